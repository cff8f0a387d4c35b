/* What the files of iq.h share. */
#pragma once

#include "daemon/base/deadlines.h"
#include "daemon/base/table.h"
#include "daemon/link/iq.h"

struct iq {
	struct table requests;	/* struct iq_request.in_table, by id */
	struct list waiting;	/* struct iq_request.in_all, in their order */
	struct list collecting; /* struct iq_request.in_collecting, likewise */
	struct deadlines request_ends;

	struct table handlers; /* struct iq_handler.in_table, by iq_handler_key() */
	struct list all_handlers;
	struct table features;	  /* struct iq_feature.in_table */
	struct list all_features; /* in the order in which they came */
	size_t features_size;	  /* on the wire, at most */

	struct list handed_out; /* struct iq_incoming.in_all */
	struct deadlines incoming_ends;
};

enum {
	IQ_GET = 1 << 0,
	IQ_SET = 1 << 1,
};

/* A request of a client's that waits for its answer. */
struct iq_request {
	struct table_node in_table;
	struct list in_all, in_collecting;
	struct deadline end;
	struct request *request;
	uint64_t sent_at;	/* bytes queued when it was */
	struct strview to;	/* prepared; n == 0: our own account */
	struct strview queryid; /* of a query that its results repeat (XEP-0313 3); p NULL: none */
	enum xso_format format;
	struct match_list *collect; /* NULL: nothing */
	struct buf collected;	    /* JSON values with commas */
	char text[];
};

struct iq_handler {
	struct table_node in_table;
	struct list in_all;
	struct session *session;
	uint64_t id;	/* of its session */
	unsigned types; /* IQ_GET, IQ_SET */
	enum xso_format format;
	uint64_t timeout;	 /* ns; UINT64_MAX: none */
	struct strview ns, node; /* node.p NULL: any */
	struct iq_feature **features;
	size_t n_features;
	struct arena arena; /* all strings */
};

/* A feature of our disco#info that handlers have. */
struct iq_feature {
	struct table_node in_table;
	struct list in_all;
	unsigned refs;
	struct strview name;
	char text[];
};

/* iq.c */
struct elem *iq_result(struct arena *a, struct strview to, struct strview id);
struct elem *iq_error(struct arena *a, struct strview to, struct strview id, const char *type,
		      const char *condition);
void iq_send_own(struct link *k, const struct elem *e); /* NULL: no memory, and nothing is sent */
unsigned iq_type(const struct elem *e);			/* IQ_GET, IQ_SET; 0: any other */
struct xso_json_context iq_context(const struct link *k, const struct session *s);
/* The iq of those typed members (consumed), with faults whose path is that of params. */
struct fault *iq_read(const struct link *k, const struct session *s, json_t *members,
		      struct arena *a, struct elem **ret);

/* iq_handler.c */
struct iq_handler *iq_handler_find(const struct link *k, const struct elem *payload, unsigned type);
void iq_handler_free(struct link *k, struct iq_handler *h);
void iq_handlers_drop(struct link *k, const struct session *s);

/* iq_incoming.c */
void iq_incoming_end(struct link *k, const struct session *of); /* NULL: of all */
void iq_incoming_forget(struct link *k);			/* all, without an answer */
void iq_incoming_tick(struct link *k, uint64_t now);

/* iq_request.c */
struct request *iq_request_end(struct link *k, struct iq_request *q); /* frees q; its request */
void iq_requests_tick(struct link *k, uint64_t now);
void iq_requests_drop(struct link *k, const struct session *s);
void iq_requests_cancel(struct link *k, const char *why);

/* iq_answer.c: what the daemon answers itself */
bool iq_is_claimed(struct strview name, struct strview ns, unsigned types); /* by no handler */
const struct elem *iq_answer(struct link *k, struct arena *a, const struct elem *e,
			     const struct elem *payload, unsigned type);
