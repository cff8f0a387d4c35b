#include "ipc/rpc/method.h"

#include "ipc/rpc/param_tables.h"

#include <assert.h>

#define METHOD(id, key, needs, table, text, schema)                                                \
	[METHOD_##id] = {                                                                          \
		.name = key,                                                                       \
		.summary = text,                                                                   \
		.right = RIGHT_##needs,                                                            \
		.params = &params_of_##table,                                                      \
		.result = schema,                                                                  \
	}

#define OBJECT		 "{\"type\":\"object\"}"
#define XSO_SCHEMA	 "{\"$ref\":\"#/components/schemas/any\"}"
#define STATE_SCHEMA	 "{\"$ref\":\"#/components/schemas/stream-state\"}"
#define INFO_SCHEMA	 "{\"$ref\":\"#/components/schemas/stream-info\"}"
#define PROPERTIES(text) "{\"type\":\"object\",\"properties\":{" text "}}"

const struct method methods[] = {
	METHOD(CLIENT_LIST, "client.list", NONE, none,
	       "the connected clients of the same user (root: all)",
	       "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}"),
	METHOD(DAEMON_INFO, "daemon.info", NONE, none, "what this daemon is and can do",
	       PROPERTIES("\"name\":{\"type\":\"string\"},"
			  "\"version\":{\"type\":\"string\"},"
			  "\"protocol\":{\"const\":1},\"pid\":{\"type\":\"integer\"},"
			  "\"uptime\":{\"type\":\"number\"},"
			  "\"capabilities\":{\"type\":\"array\"},"
			  "\"limits\":{\"type\":\"object\"}")),
	METHOD(DAEMON_RELOAD, "daemon.reload", CONTROL, none, "read the configuration again",
	       OBJECT),
	METHOD(DAEMON_STATS, "daemon.stats", NONE, none, "counters of the daemon", OBJECT),
	METHOD(IQ_HANDLE, "iq.handle", IQ, iq_handle,
	       "answer the iq requests of others with that payload: they come as iq.incoming",
	       PROPERTIES("\"handler\":{\"type\":\"integer\"}")),
	METHOD(IQ_REPLY, "iq.reply", IQ, iq_reply, "answer an iq.incoming", OBJECT),
	METHOD(IQ_REQUEST, "iq.request", IQ, iq_request,
	       "send an iq request and wait for its answer",
	       "{\"oneOf\":[" XSO_SCHEMA
	       "," PROPERTIES("\"answer\":" XSO_SCHEMA ","
			      "\"collected\":{\"type\":\"array\",\"items\":" XSO_SCHEMA "}") "]}"),
	METHOD(IQ_UNHANDLE, "iq.unhandle", IQ, iq_unhandle, "end an iq.handle", OBJECT),
	METHOD(RPC_DISCOVER, "rpc.discover", NONE, none, "this document",
	       "{\"$ref\":\"https://raw.githubusercontent.com/open-"
	       "rpc/meta-schema/master/schema.json\"}"),
	METHOD(STREAM_ABORT, "stream.abort", RAW, stream,
	       "end the connection at once; a managed stream (right: control) connects anew",
	       OBJECT),
	METHOD(STREAM_CLOSE, "stream.close", RAW, close, "close the stream cleanly", OBJECT),
	METHOD(STREAM_CLOSE_WITH_ERROR, "stream.close_with_error", RAW, close_with_error,
	       "send a stream error and close", OBJECT),
	METHOD(STREAM_GET_FEATURES, "stream.get_features", OBSERVE, timeout,
	       "the stream features of the latest header", XSO_SCHEMA),
	METHOD(STREAM_INFO, "stream.info", OBSERVE, stream, "all about one stream", INFO_SCHEMA),
	METHOD(STREAM_LIST, "stream.list", OBSERVE, none,
	       "all about every stream that this client may see",
	       "{\"type\":\"array\","
	       "\"items\":{\"$ref\":\"#/components/schemas/stream-info\"}}"),
	METHOD(STREAM_OPEN, "stream.open", RAW, stream_open,
	       "open a raw stream, which belongs to this client",
	       PROPERTIES("\"stream\":{\"type\":\"string\"},"
			  "\"state\":{\"$ref\":\"#/components/schemas/stream-state\"}")),
	METHOD(STREAM_RESET, "stream.reset", RAW, stream,
	       "discard all stream state and send a new header",
	       PROPERTIES("\"state\":{\"$ref\":\"#/components/schemas/stream-state\"}")),
	METHOD(STREAM_RESET_AND_GET_FEATURES, "stream.reset_and_get_features", RAW, timeout,
	       "stream.reset, then stream.get_features", XSO_SCHEMA),
	METHOD(STREAM_SEND, "stream.send", SEND, send, "send one XSO",
	       "{\"type\":\"object\","
	       "\"properties\":{\"stream\":{\"type\":\"string\"},"
	       "\"id\":{\"type\":\"string\"},"
	       "\"status\":{\"enum\":[\"queued\",\"accepted\",\"sent\","
	       "\"acked\"]}},\"required\":[\"stream\",\"status\"]}"),
	METHOD(STREAM_SEND_AND_WAIT_FOR, "stream.send_and_wait_for", SEND, send_and_wait_for,
	       "send XSOs and wait for the first that matches, which becomes no event for this "
	       "client",
	       XSO_SCHEMA),
	METHOD(STREAM_SET, "stream.set", RAW, stream_set,
	       "change time limits and log level (right for managed streams: control)",
	       PROPERTIES("\"shutdown_timeout\":{\"type\":\"number\"},"
			  "\"deadtime_soft_limit\":{\"type\":\"number\"},"
			  "\"deadtime_hard_limit\":{\"type\":\"number\"},"
			  "\"log_level\":{\"type\":\"string\"}")),
	METHOD(STREAM_START, "stream.start", CONTROL, stream, "keep a managed stream up", OBJECT),
	METHOD(STREAM_STARTTLS, "stream.starttls", RAW, starttls,
	       "TLS handshake; stream.reset must follow",
	       PROPERTIES("\"protocol\":{\"type\":\"string\"},"
			  "\"cipher\":{\"type\":\"string\"},"
			  "\"peer_certificate\":{},"
			  "\"channel_binding\":{\"type\":\"array\"}")),
	METHOD(STREAM_STOP, "stream.stop", CONTROL, stream,
	       "take a managed stream down until stream.start", OBJECT),
	METHOD(STREAM_WAIT, "stream.wait", OBSERVE, stream_wait,
	       "wait for a state, a link or the error of a stream",
	       PROPERTIES("\"state\":{\"$ref\":\"#/components/schemas/stream-state\"},"
			  "\"link\":{\"$ref\":\"#/components/schemas/link-state\""
			  "},\"error\":{\"$ref\":\"#/components/schemas/rpc-error\"}")),
	METHOD(STREAM_WRITE, "stream.write", RAW, write, "write bytes as they are on a raw stream",
	       OBJECT),
	METHOD(SUBSCRIBE, "subscribe", OBSERVE, subscribe, "ask for events",
	       PROPERTIES("\"subscription\":{\"type\":\"integer\"},"
			  "\"streams\":{\"type\":\"array\","
			  "\"items\":{\"$ref\":\"#/components/schemas/stream-info\"}}")),
	METHOD(UNSUBSCRIBE, "unsubscribe", OBSERVE, unsubscribe, "end a subscription", OBJECT),
	METHOD(XSO_CLASSES, "xso.classes", NONE, none, "the classes that typed XSOs are of",
	       "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
	       "\"kind\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"},"
	       "\"ns\":{\"type\":\"string\"},\"description\":{\"type\":\"string\"},"
	       "\"within\":{\"type\":\"array\"}},\"required\":[\"kind\",\"name\"]}}"),
	METHOD(XSO_CONVERT, "xso.convert", NONE, xso_convert,
	       "an XSO in another format, without sending it",
	       PROPERTIES("\"xso\":{\"$ref\":\"#/components/schemas/any\"}")),
	METHOD(XSO_SCHEMA, "xso.schema", NONE, xso_schema, "a class as JSON Schema",
	       "{\"$ref\":\"https://json-schema.org/draft/2020-12/schema\"}"),
};

static_assert(ARRAY_SIZE(methods) == METHOD_COUNT_, "an entry for each method");

enum method_id method_find(struct strview name)
{
	enum method_id m = 0;

	while (m < METHOD_COUNT_ && !strview_is(name, methods[m].name))
		m++;
	return m;
}

const char *right_name(enum right r)
{
	static const char *const names[RIGHT_COUNT_] = {
		[RIGHT_NONE] = "none", [RIGHT_OBSERVE] = "observe", [RIGHT_SEND] = "send",
		[RIGHT_IQ] = "iq",     [RIGHT_CONTROL] = "control", [RIGHT_RAW] = "raw",
	};

	assert(r < RIGHT_COUNT_);
	return names[r];
}
