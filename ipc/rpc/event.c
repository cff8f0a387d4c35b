#include "ipc/rpc/event.h"

#include <assert.h>

#define XSO_SCHEMA   "{\"$ref\":\"#/components/schemas/any\"}"
#define ERROR_SCHEMA "{\"$ref\":\"#/components/schemas/rpc-error\"}"
#define STATE_SCHEMA "{\"$ref\":\"#/components/schemas/stream-state\"}"
#define LINK_SCHEMA  "{\"$ref\":\"#/components/schemas/link-state\"}"
#define INFO_SCHEMA  "{\"$ref\":\"#/components/schemas/stream-info\"}"
#define INTEGER	     "{\"type\":\"integer\"}"
#define STRING	     "{\"type\":\"string\"}"
#define NUMBER	     "{\"type\":\"number\"}"
#define BOOLEAN	     "{\"type\":\"boolean\"}"

#define EVENT(id, key, text, mark, ...)                                                            \
	[EVENT_##id] = {                                                                           \
		.name = key,                                                                       \
		.summary = text,                                                                   \
		.mark = true,                                                                      \
		.members = (const struct event_member[]){ __VA_ARGS__ },                           \
	}

const struct event_info events[] = {
	EVENT(STREAM_STATE, "stream.state", "the stream went from one state to another", has_seq,
	      { "state", STATE_SCHEMA, false }, { "previous", STATE_SCHEMA, false },
	      { NULL, NULL, false }),
	EVENT(STREAM_LINK, "stream.link", "the link of a managed stream changed", has_seq,
	      { "link", LINK_SCHEMA, false }, { "previous", LINK_SCHEMA, false },
	      { "attempt", INTEGER, true }, { "retry_in", NUMBER, true }, { "jid", STRING, true },
	      { "resumed", BOOLEAN, true }, { "reason", ERROR_SCHEMA, true },
	      { NULL, NULL, false }),
	EVENT(STREAM_FEATURES, "stream.features", "the server announced its features", has_seq,
	      { "xso", XSO_SCHEMA, false }, { NULL, NULL, false }),
	EVENT(STREAM_TLS, "stream.tls", "a TLS handshake was completed", has_seq,
	      { "protocol", STRING, false }, { "cipher", STRING, false },
	      { "peer_certificate", "{}", false },
	      { "channel_binding", "{\"type\":\"array\"}", false }, { NULL, NULL, false }),
	EVENT(STREAM_CLOSING, "stream.closing",
	      "the stream ends, and why; once for each connection", has_seq,
	      { "reason", "{\"oneOf\":[{\"type\":\"null\"}," ERROR_SCHEMA "]}", false },
	      { NULL, NULL, false }),
	EVENT(STREAM_DEADTIME, "stream.deadtime", "nothing was received for deadtime_soft_limit",
	      has_seq, { "limit", "{\"const\":\"soft\"}", false }, { NULL, NULL, false }),
	EVENT(STREAM_ADDED, "stream.added", "there is a new stream", has_seq,
	      { "info", INFO_SCHEMA, false }, { NULL, NULL, false }),
	EVENT(STREAM_REMOVED, "stream.removed", "a stream is gone", has_seq,
	      { "info", INFO_SCHEMA, false }, { NULL, NULL, false }),
	EVENT(XSO, "xso", "an XSO was received", has_seq, { "xso", XSO_SCHEMA, false },
	      { NULL, NULL, false }),
	EVENT(XSO_INVALID, "xso.invalid",
	      "an XSO was received that its class could not take (format typed only)", has_seq,
	      { "partial", XSO_SCHEMA, false }, { "error", ERROR_SCHEMA, false },
	      { NULL, NULL, false }),
	EVENT(SEND_LOST, "send.lost",
	      "a stanza of this client was not acknowledged when its session ended", own,
	      { "xso", XSO_SCHEMA, false }, { "sent", BOOLEAN, false }, { NULL, NULL, false }),
	EVENT(EVENTS_LOST, "events.lost",
	      "events of one subscription and stream that did not reach this client", own,
	      { "dropped", INTEGER, false }, { "from_seq", INTEGER, true },
	      { "to_seq", INTEGER, true },
	      { "reason", "{\"enum\":[\"slow\",\"limit\",\"disk\",\"archive\"]}", false },
	      { NULL, NULL, false }),
	EVENT(SUBSCRIPTION_ENDED, "subscription.ended",
	      "a subscription ended without having been asked to", own,
	      { "subscription", INTEGER, false },
	      { "reason", "{\"enum\":[\"takeover\",\"access\"]}", false }, { NULL, NULL, false }),
	EVENT(DAEMON_STOPPING, "daemon.stopping", "the daemon goes down or restarts", own,
	      { NULL, NULL, false }),
	EVENT(IQ_INCOMING, "iq.incoming", "an iq request for a handler of this client's", own,
	      { "seq", INTEGER, false }, { "handler", INTEGER, false }, { "token", STRING, false },
	      { "xso", XSO_SCHEMA, false }, { NULL, NULL, false }),
	EVENT(XSO_OUT, "xso.out", "an XSO was sent by a client of the same user (root: of anyone)",
	      opt_in, { "xso", XSO_SCHEMA, false }, { "client", INTEGER, false },
	      { NULL, NULL, false }),
	EVENT(STREAM_BYTES, "stream.bytes", "bytes of an own raw stream as they are on the wire",
	      opt_in, { "direction", "{\"enum\":[\"in\",\"out\"]}", false },
	      { "data", STRING, false }, { NULL, NULL, false }),
	EVENT(LOG, "log", "a line of the stream's log", opt_in,
	      { "level", "{\"enum\":[\"error\",\"warning\",\"info\",\"debug\"]}", false },
	      { "message", STRING, false }, { NULL, NULL, false }),
};

static_assert(ARRAY_SIZE(events) == EVENT_KIND_COUNT_, "an entry for each event");

const char *const event_level_names[] = {
	[EVENT_LEVEL_ERROR] = "error", [EVENT_LEVEL_WARNING] = "warning",
	[EVENT_LEVEL_INFO] = "info",   [EVENT_LEVEL_DEBUG] = "debug",
	[EVENT_LEVEL_COUNT_] = NULL,
};

enum event_kind event_find(struct strview name)
{
	enum event_kind kind = 0;

	while (kind < EVENT_KIND_COUNT_ && !strview_is(name, events[kind].name))
		kind++;
	return kind;
}
