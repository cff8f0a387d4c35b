/*
 * A request that was begun and must be ended exactly once: with a result, a fault, or by being
 * dropped because its client is gone. Whoever holds one owns it. Notifications are ended alike and
 * write nothing; a batch writes its one reply when the last of it has ended.
 */
#pragma once

#include "ipc/json/xso_json.h"
#include "ipc/rpc/method.h"
#include "ipc/rpc/session.h"

#include <jansson.h>

struct request {
	struct list in_session; /* session.requests */
	struct list held;	/* for whoever holds it while it waits */
	struct session *session;
	enum method_id method;
	void *params;	     /* the method's params struct (ipc/rpc/params.h); owned */
	json_t *json;	     /* the whole request, which params points into; owned */
	struct buf out;	     /* the reply as it is being written */
	struct strview id;   /* JSON text of the id; p NULL: a notification; owned */
	struct batch *batch; /* NULL: alone on its line */
};

/* Begins the result and returns where to write one JSON value with jsonw; then request_done(). */
struct buf *request_result(struct request *r);
void request_done(struct request *r);			 /* sends the result; consumes r */
void request_fail(struct request *r, struct fault *why); /* sends the error; consumes both */
/* The same, where the call has chosen a format, for the element that the fault holds. */
void request_fail_as(struct request *r, struct fault *why, enum xso_format format,
		     const struct xso_json_context *ctx);
void request_drop(struct request *r); /* no reply; consumes r */

/* A result that is an empty object. */
void request_ok(struct request *r);

/* {code, message, data} of a fault, as one JSON value: for events and stream.info too. */
void fault_json(struct buf *b, const struct fault *f);
/* The same with its elements in another format than raw. */
void fault_json_as(struct buf *b, const struct fault *f, enum xso_format format,
		   const struct xso_json_context *ctx);

/* The beginning of a reply, up to the value of its id (p NULL: null). For ipc/rpc. */
void reply_begin(struct buf *b, struct strview id);
