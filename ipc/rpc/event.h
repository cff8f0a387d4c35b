/*
 * The events: one table of their names and members, from which subscriptions, the lines on the wire
 * and rpc.discover come.
 */
#pragma once

#include "protocol/base/bytes.h"

enum event_kind {
	EVENT_STREAM_STATE,
	EVENT_STREAM_LINK,
	EVENT_STREAM_FEATURES,
	EVENT_STREAM_TLS,
	EVENT_STREAM_CLOSING,
	EVENT_STREAM_DEADTIME,
	EVENT_STREAM_ADDED,
	EVENT_STREAM_REMOVED,
	EVENT_XSO, /* becomes xso.invalid for typed takers whose class refuses it */
	EVENT_XSO_INVALID,
	EVENT_SEND_LOST,	  /* own */
	EVENT_EVENTS_LOST,	  /* own; made by the bus */
	EVENT_SUBSCRIPTION_ENDED, /* own */
	EVENT_DAEMON_STOPPING,	  /* own: each subscriber of anything */
	EVENT_IQ_INCOMING,	  /* own: to whom handles it, unsubscribed (bus_tell) */
	EVENT_XSO_OUT,		  /* opt-in from here on */
	EVENT_STREAM_BYTES,
	EVENT_LOG,
	EVENT_KIND_COUNT_
};

enum log_level_name { /* in order of noise; names "error" ... "debug" as in the configuration */
	EVENT_LEVEL_ERROR,
	EVENT_LEVEL_WARNING,
	EVENT_LEVEL_INFO,
	EVENT_LEVEL_DEBUG,
	EVENT_LEVEL_COUNT_
};

struct event_member {
	const char *name; /* NULL: the end */
	const char *schema;
	bool optional;
};

struct event_info {
	const char *name;
	const char *summary;
	const struct event_member *members; /* beyond stream, seq, time, subscriptions */
	bool opt_in, own, has_seq;
};

extern const struct event_info events[EVENT_KIND_COUNT_];

extern const char *const event_level_names[]; /* by enum log_level_name; NULL-terminated */

/* The event of that name, or EVENT_KIND_COUNT_. */
enum event_kind event_find(struct strview name);
