/*
 * One client's side of the protocol, without its socket: bytes in, requests out; replies and events
 * in, lines out. JSON-RPC 2.0, one JSON text a line, batches, limits (stanzad-protocol(7), THE
 * SOCKET). Malformed lines are answered here and never seen by the caller.
 */
#pragma once

#include "ipc/rpc/outq.h"
#include "protocol/base/fault.h"
#include "protocol/base/list.h"

#include <sys/types.h>

struct xso_registry;

struct session_limits {
	size_t max_request_bytes;
	size_t max_queue_bytes;
	unsigned max_in_flight; /* requests begun and not answered; more are answered with overflow
				 */
	struct quota *quota;	/* of the client's user; NULL: none */
};

/* Who the client is, from the kernel. */
struct peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;
	gid_t *groups; /* supplementary; owned by the session */
	size_t n_groups;
	bool all_rights; /* root and the daemon's own user */
};

struct session {
	uint64_t id; /* in client.list; never used again */
	struct peer peer;
	struct outq out;
	struct list requests; /* struct request.in_session: begun and not answered */
	unsigned n_requests;
	struct list subscriptions; /* struct subscription.in_session; ipc/events */
	uint64_t next_subscription;
	uint64_t next_handler;
	unsigned n_handlers, n_incoming; /* iq.handle; iq.incoming not answered yet */
	size_t collected;		 /* bytes of stanzas that its calls of iq.request hold */
	bool disconnect; /* to be closed once `out` is written (overflow: "disconnect") */
	struct session_input *input; /* lines, batches: private to session.c */
	void *owner;		     /* whoever made the session: its own, not used here */
};

/* peer.groups is consumed. NULL without memory. dirty: list of outq.dirty with something to write.
 */
struct session *session_new(uint64_t id, const struct peer *peer,
			    const struct session_limits *limits, struct list *dirty);

/* All its requests must have been answered or dropped by whoever holds them. */
void session_free(struct session *s);

/* Bytes of the client. Push only when session_next() has returned NULL and !outq_full(&s->out). */
void session_push(struct session *s, struct strview in);
void session_eof(struct session *s); /* what stands without a final newline is a line */

/*
 * The next request to be begun, in order of arrival; NULL: none for now (also while the output
 * queue is full: ask again when it has drained). The caller ends each with one of the functions of
 * request.h.
 */
struct request *session_next(struct session *s);

/* Whether lines or batch members wait that session_next() would give if the queue had room. */
bool session_pending(const struct session *s);

/* The classes of XSOs that the client has. */
const struct xso_registry *session_registry(const struct session *s);

/* Sends one line that is complete but for its end; without memory `out` fails. For ipc/rpc. */
void session_reply(struct session *s, struct buf *line);
