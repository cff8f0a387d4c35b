/*
 * A stream under its name, as clients see it: raw (a client opened it and drives it) or managed
 * (configured; kept up by the daemon across connections). It owns the XMLStream and transport of
 * the moment, numbers and publishes their events, and holds the requests that wait for it.
 */
#pragma once

#include "daemon/base/config.h"
#include "daemon/net/resolve.h"
#include "ipc/events/bus.h"
#include "ipc/rpc/request.h"
#include "protocol/stream/stream.h"

enum link_state { /* of a managed stream */
	LINK_STOPPED,
	LINK_CONNECTING,
	LINK_NEGOTIATING,
	LINK_UP,
	LINK_WAITING,
	LINK_DOWN,
	LINK_STATE_COUNT_
};

const char *link_state_name(enum link_state s);

struct link;

/* All streams of the daemon. */
struct links;

/* state_dir: where event numbers of managed streams survive; NULL: nowhere. Must outlive the links.
 */
struct links *links_new(struct ev_loop *loop, struct bus *bus, struct resolver *resolver,
			const char *state_dir);
void links_free(struct links *l);

/* The configured streams: adds, removes, restarts what changed; unchanged ones are not touched. */
void links_configure(struct links *l, struct config *config);

/* Closes all streams cleanly; links_idle() says when the last is closed. */
void links_shutdown(struct links *l);
bool links_idle(const struct links *l);

/* The stream of a handler or of a token that a request names; NULL with *ret_fault. */
struct link *links_find_handler(struct links *l, const struct request *r, struct fault **ret_fault);
struct link *links_find_token(struct links *l, const struct request *r, struct fault **ret_fault);

/* A client went: its waiting requests are dropped, its raw streams closed. */
void links_session_gone(struct links *l, struct session *s);

/*
 * The stream that a request names and may see; where it names none, the only visible one. NULL with
 * *ret_fault (unknown-stream, invalid-params).
 */
struct link *links_find(struct links *l, const struct session *s, struct strview name,
			struct fault **ret_fault);
size_t links_count(const struct links *l);
size_t links_up(const struct links *l); /* managed and `up`, for the service's status */
size_t links_managed(const struct links *l);

/* stream.info of every visible stream (of `names`, NULL: all), as a JSON array. */
void links_info_array(struct links *l, const struct session *s, const json_t *names,
		      struct buf *out);
void links_stats(const struct links *l, struct buf *out); /* members of daemon.stats */

bool link_is_raw(const struct link *k);
uid_t link_owner_uid(const struct link *k);
struct strview link_name(const struct link *k);

/* Requests about streams; each consumes r. One function per method. */
void link_handle_open(struct links *l, struct request *r);
void link_handle_list(struct links *l, struct request *r);
/* For all other stream.* methods: the stream is found and the right checked by the caller. */
void link_handle(struct link *k, struct request *r);
