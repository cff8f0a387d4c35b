/*
 * Events on their way to clients: who asked for which, in which format, and one text for all who
 * get the same. Nothing is built when nobody listens. The bus holds subscriptions; whoever makes an
 * event publishes it here and knows no client.
 */
#pragma once

#include "ipc/events/match.h"
#include "ipc/rpc/event.h"
#include "ipc/rpc/params.h"
#include "ipc/rpc/session.h"

/* Who may see a stream's events. */
struct audience {
	bool raw;  /* only `uid` and root; else by rights: whoever has observe */
	uid_t uid; /* of a raw stream's owner */
};

struct event {
	enum event_kind kind;
	struct strview stream; /* p NULL: none */
	uint64_t seq;	       /* 0: has none */
	uint64_t unix_us;
	struct audience audience;
	const struct elem *elem; /* the xso, written as `xso` in the taker's format */
	struct xso_json_context xso_ctx;
	struct match_context match_ctx;
	struct strview members; /* further members as JSON text without braces: "state":"OPEN",… */
	const struct session *only;  /* own events, stream.bytes: nobody else; NULL: all */
	const struct session * not ; /* whose call consumed the XSO; NULL: nobody */
	int level;		     /* EVENT_LOG: enum log_level_name */
};

struct bus;

struct bus *bus_new(void); /* NULL without memory */
void bus_free(struct bus *b);

/*
 * Subscribes; the streams named must have been checked to exist and be visible. NULL with
 * *ret_id set, or the fault.
 */
struct fault *bus_subscribe(struct bus *b, struct session *s, const struct params_subscribe *p,
			    uint64_t *ret_id);
bool bus_unsubscribe(struct bus *b, struct session *s, uint64_t id); /* false: no such */
void bus_session_gone(struct bus *b, struct session *s);

/* Whether anyone would get such an event: ask before building members. */
bool bus_wants(const struct bus *b, enum event_kind kind, struct strview stream);
void bus_publish(struct bus *b, const struct event *e);

/* An event for one client, which needs no subscription. False: its queue is full, or no memory. */
bool bus_tell(struct bus *b, struct session *s, const struct event *e, enum xso_format format);

/* Whether s may see what that audience may see. */
bool audience_includes(const struct audience *a, const struct peer *peer);

unsigned bus_subscriptions(const struct bus *b); /* of all sessions: for daemon.stats */
uint64_t bus_events_sent(const struct bus *b);
uint64_t bus_events_lost(const struct bus *b);
