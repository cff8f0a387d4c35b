/* Requests that wait for something of their stream. Inside daemon/link only. */
#pragma once

#include "daemon/link/link_internal.h"

enum wait_kind {
	WAIT_OPEN,  /* stream.open */
	WAIT_STATE, /* at least `state` */
	WAIT_LINK,  /* `link_state` */
	WAIT_ERROR,
	WAIT_FEATURES,
	WAIT_CLOSE, /* STREAM_FOOTER_RECEIVED */
	WAIT_SENT,  /* bytes up to `sent_at` */
	WAIT_MATCH, /* an XSO that `match` takes */
	WAIT_STARTTLS,
	WAIT_STOP, /* the managed stream is stopped */
};

/* A request that waits for something of its link. */
struct waiter {
	struct list in_link; /* link.waiters, in order of arrival */
	enum wait_kind kind;
	struct request *request;
	uint64_t deadline; /* UINT64_MAX: none */
	enum stream_state state;
	enum link_state link_state;
	uint64_t sent_at;
	struct match_list *match;
	enum xso_format format;
	char *id; /* of the stanza sent; NULL: none */
};

struct waiter *waiter_add(struct link *k, enum wait_kind kind, struct request *r,
			  const struct param_seconds *timeout);
void waiter_drop(struct waiter *w);		       /* without its request */
void waiter_fail(struct waiter *w, struct fault *why); /* consumes why */
void waiters_fail(struct link *k, enum wait_kind kind, const struct fault *why);
void waiters_state(struct link *k);			       /* after a state event */
void waiters_link(struct link *k);			       /* after a link event */
void waiters_closing(struct link *k, const struct fault *why); /* after stream.closing */
void waiters_features(struct link *k);
void waiters_written(struct link *k);
/* The first that waits for e; NULL: none. */
struct waiter *waiters_match(struct link *k, const struct elem *e);
/* Replies with e, in the format that was asked for. */
void waiter_matched(struct link *k, struct waiter *w, const struct elem *e);
void waiters_secured(struct link *k);
void waiters_shutdown(struct link *k); /* the daemon stops: what cannot end in time is canceled */
void waiters_session_gone(struct link *k, const struct session *s);
void waiters_tick(struct link *k, uint64_t now);
