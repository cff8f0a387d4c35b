/*
 * The iq requests that the clients of a managed stream share: those of clients to others
 * (iq.request), which keep apart by ids of the daemon's own, and those of others to clients that
 * handle them (iq.handle, iq.reply) or to the daemon itself. Inside daemon/link only.
 */
#pragma once

#include "daemon/link/link_internal.h"

struct iq *iq_new(void);      /* NULL without memory */
void iq_free(struct link *k); /* everything that waits is canceled; a no-op without iq */

/* The iq.* methods; each consumes r. */
void iq_handle_request(struct link *k, struct request *r);
void iq_handle_handle(struct link *k, struct request *r);
void iq_handle_reply(struct link *k, struct request *r);
void iq_handle_unhandle(struct link *k, struct request *r);

/* A request of a client's that waits for its answer. */
struct iq_request;

/* The one that e answers, by its id and its sender; NULL: none. */
struct iq_request *iq_request_answered(const struct link *k, const struct elem *e);
struct session *iq_request_session(const struct iq_request *q);
void iq_request_answer(struct link *k, struct iq_request *q, const struct elem *e); /* frees q */
bool iq_collect(struct link *k, const struct elem *e); /* a call takes it: it is no event */

/* A stanza that was published under that number: a request is handed out or answered. */
void iq_received(struct link *k, const struct elem *e, uint64_t seq);

/* Ends. */
void iq_stopping(struct link *k); /* before the stream is closed: what was handed out is answered */
void iq_shutdown(struct link *k); /* the daemon stops: what waits is canceled */
void iq_closed(struct link *k);	  /* the session is over for good */
void iq_session_gone(struct link *k, const struct session *s);
void iq_tick(struct link *k, uint64_t now);
uint64_t iq_deadline(const struct link *k);
