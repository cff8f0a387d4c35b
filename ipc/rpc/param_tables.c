#include "ipc/rpc/param_tables.h"

#include "ipc/rpc/event.h"
#include "ipc/rpc/params.h"
#include "ipc/rpc/params_iq.h"

/* One field of T: a member m, of the C type that goes with the PARAM_ type. */
#define FIELD(T, m, key, kind, ctype, text, ...)                                                   \
	{                                                                                          \
		.name = key, .summary = text, .type = kind,                                        \
		.offset = offsetof(T, m) + _Generic(&((T *)0)->m, ctype * : 0), __VA_ARGS__        \
	}
#define STRING(T, m, key, text, ...)                                                               \
	FIELD(T, m, key, PARAM_STRING, struct strview, text, __VA_ARGS__)
#define BOOLEAN(T, m, text)   FIELD(T, m, #m, PARAM_BOOL, struct param_bool, text)
#define UINT(T, m, text, ...) FIELD(T, m, #m, PARAM_UINT, struct param_uint, text, __VA_ARGS__)
#define SECONDS(T, m, text)   FIELD(T, m, #m, PARAM_SECONDS, struct param_seconds, text)
#define ENUM(T, m, table, text, ...)                                                               \
	FIELD(T, m, #m, PARAM_ENUM, int, text, .names = table, __VA_ARGS__)
#define VALUE(T, m, kind, text, ...) FIELD(T, m, #m, kind, const json_t *, text, __VA_ARGS__)

#define STREAM(T)                                                                                  \
	STRING(T, stream, "stream", "name of the stream; may be left out where there is one only")
#define TIMEOUT(T)                                                                                 \
	FIELD(T, timeout, "timeout", PARAM_SECONDS, struct param_seconds,                          \
	      "seconds to wait, by default 60; null: for ever", .nullable = true)
#define TLS_OPTIONS(T)                                                                             \
	FIELD(T, tls_options.verify, "verify", PARAM_BOOL, struct param_bool,                      \
	      "false: any certificate will do"),                                                   \
		STRING(T, tls_options.ca_file, "ca_file", "file of the CAs to trust, in PEM"),     \
		STRING(T, tls_options.ca_pem, "ca_pem", "the CAs to trust, in PEM"),               \
		FIELD(T, tls_options.pin_sha256, "pin_sha256", PARAM_STRING_OR_STRINGS,            \
		      const json_t *, "SHA-256 of the public keys to accept, hex or base64"),      \
		STRING(T, tls_options.server_name, "server_name",                                  \
		       "name in the certificate, by default that of `to`")

#define TABLE(name, T)                                                                             \
	const struct param_table params_of_##name = { .fields = name##_fields,                     \
						      .n = ARRAY_SIZE(name##_fields),              \
						      .size = sizeof(T) }

static const char *const states[] = {
	"READY",
	"STREAM_HEADER_SENT",
	"OPEN",
	"CLOSING",
	"CLOSING_STREAM_FOOTER_RECEIVED",
	"CLOSED",
	NULL,
};
static const char *const link_names[] = {
	"stopped", "connecting", "negotiating", "up", "waiting", "down", NULL,
};
static const char *const modes[] = { "c2s", "component", NULL };
static const char *const tls_modes[] = { "starttls", "direct", NULL };
static const char *const unknown_modes[] = { "deliver", "reject", NULL };
static const char *const send_waits[] = { "accepted", "sent", "acked", NULL };
static const char *const formats[] = { "typed", "raw", "xml", NULL };
static const char *const request_types[] = { "get", "set", NULL };
static const char *const overflows[] = { "drop", "disconnect", NULL };

const struct param_table params_of_none = { .fields = NULL, .n = 0, .size = 1 };

static const struct param_field stream_fields[] = {
	STREAM(struct params_stream),
};
TABLE(stream, struct params_stream);

#define T struct params_stream_open
static const struct param_field stream_open_fields[] = {
	STRING(T, name, "name", "name for the stream, by default one is made up"),
	STRING(T, to, "to", "domain of the server", .required = true),
	STRING(T, from, "from", "own JID for the stream header"),
	ENUM(T, mode, modes, "client to server (c2s, the default) or component (XEP-0114)"),
	STRING(T, default_namespace, "default_namespace", "content namespace of the stream"),
	STRING(T, host, "host", "host to connect to, by default found by `to`"),
	UINT(T, port, "port to connect to", .min = 1, .max = 65535),
	ENUM(T, tls, tls_modes, "starttls (the default): plain until stream.starttls; or direct"),
	BOOLEAN(T, sorted_attributes, "write attributes in order of their names"),
	SECONDS(T, shutdown_timeout,
		"seconds for the closing handshake, by default 15; 0: no limit"),
	SECONDS(T, deadtime_soft_limit, "seconds of silence until stream.deadtime; 0: off"),
	SECONDS(T, deadtime_hard_limit, "seconds of silence that end the stream; 0: off"),
	ENUM(T, unknown_stanza, unknown_modes, "what becomes of elements that no class declares"),
	ENUM(T, log_level, event_level_names, "how much goes to the daemon's log"),
	TIMEOUT(T),
	TLS_OPTIONS(T),
};
TABLE(stream_open, T);
#undef T

#define T struct params_stream_set
static const struct param_field stream_set_fields[] = {
	STREAM(T),
	SECONDS(T, shutdown_timeout, "seconds for the closing handshake; 0: no limit"),
	SECONDS(T, deadtime_soft_limit, "seconds of silence until stream.deadtime; 0: off"),
	SECONDS(T, deadtime_hard_limit, "seconds of silence that end the stream; 0: off"),
	ENUM(T, log_level, event_level_names, "how much goes to the daemon's log"),
};
TABLE(stream_set, T);
#undef T

static const struct param_field timeout_fields[] = {
	STREAM(struct params_timeout),
	TIMEOUT(struct params_timeout),
};
TABLE(timeout, struct params_timeout);

#define T struct params_stream_wait
static const struct param_field stream_wait_fields[] = {
	STREAM(T),
	ENUM(T, state, states, "wait for this state or a later one"),
	ENUM(T, link, link_names, "wait for this state of the link"),
	BOOLEAN(T, error, "true: wait for the stream's error"),
	TIMEOUT(T),
};
TABLE(stream_wait, T);
#undef T

static const struct param_field starttls_fields[] = {
	STREAM(struct params_starttls),
	TLS_OPTIONS(struct params_starttls),
	TIMEOUT(struct params_starttls),
};
TABLE(starttls, struct params_starttls);

#define T struct params_send
static const struct param_field send_fields[] = {
	STREAM(T),
	VALUE(T, xso, PARAM_XSO, "the XSO to send", .required = true),
	ENUM(T, wait, send_waits,
	     "answer when it was accepted (the default), sent or acknowledged"),
	BOOLEAN(T, queue, "keep it while the stream is not up"),
	SECONDS(T, expires, "seconds after which it is not sent any more"),
	BOOLEAN(T, mute, "show its content in no log and no xso.out"),
	BOOLEAN(T, replace_invalid, "characters that XML cannot carry become U+FFFD"),
	TIMEOUT(T),
};
TABLE(send, T);
#undef T

#define T struct params_send_and_wait_for
static const struct param_field send_and_wait_for_fields[] = {
	STREAM(T),
	VALUE(T, send, PARAM_ARRAY, "XSOs to send, may be empty", .required = true),
	VALUE(T, wait_for, PARAM_ARRAY, "matches, alternatives", .required = true),
	ENUM(T, format, formats, "format of the result, by default typed"),
	TIMEOUT(T),
};
TABLE(send_and_wait_for, T);
#undef T

static const struct param_field write_fields[] = {
	STREAM(struct params_write),
	STRING(struct params_write, data, "data", "the bytes, in base64", .required = true),
};
TABLE(write, struct params_write);

static const struct param_field close_fields[] = {
	STREAM(struct params_close),
	BOOLEAN(struct params_close, wait, "answer when the peer has closed too"),
	TIMEOUT(struct params_close),
};
TABLE(close, struct params_close);

#define T struct params_close_with_error
static const struct param_field close_with_error_fields[] = {
	STREAM(T),
	STRING(T, condition, "condition", "stream error condition of RFC 6120", .required = true),
	STRING(T, text, "text", "explanation for people"),
	VALUE(T, application, PARAM_XSO, "application-specific condition"),
};
TABLE(close_with_error, T);
#undef T

#define T struct params_subscribe
static const struct param_field subscribe_fields[] = {
	VALUE(T, streams, PARAM_STRINGS, "names of streams, by default all, now and later"),
	VALUE(T, events, PARAM_STRINGS, "names of events, by default all but those marked opt-in"),
	VALUE(T, match, PARAM_ARRAY, "which XSOs: alternatives, by default all"),
	ENUM(T, format, formats, "format of XSOs, by default typed"),
	ENUM(T, level, event_level_names,
	     "of the event log: this level and graver, by default info"),
	ENUM(T, overflow, overflows,
	     "what a full queue does: drop events (the default), or disconnect"),
};
TABLE(subscribe, T);
#undef T

static const struct param_field unsubscribe_fields[] = {
	UINT(struct params_unsubscribe, subscription, "what subscribe returned", .required = true),
};
TABLE(unsubscribe, struct params_unsubscribe);

static const struct param_field xso_convert_fields[] = {
	VALUE(struct params_xso_convert, xso, PARAM_XSO, "the XSO", .required = true),
	ENUM(struct params_xso_convert, format, formats, "format of the result, by default typed"),
};
TABLE(xso_convert, struct params_xso_convert);

static const struct param_field xso_schema_fields[] = {
	STRING(struct params_xso_schema, kind, "kind", "the class", .required = true),
};
TABLE(xso_schema, struct params_xso_schema);

#define T struct params_iq_request
static const struct param_field iq_request_fields[] = {
	STREAM(T),
	STRING(T, to, "to", "whom to ask, by default our own account"),
	ENUM(T, type, request_types, "get or set", .required = true),
	VALUE(T, payload, PARAM_XSO, "what is asked or told", .required = true),
	VALUE(T, collect, PARAM_ARRAY,
	      "matches: stanzas of the one asked which come before the answer, and with it"),
	ENUM(T, format, formats, "format of the result, by default typed"),
	TIMEOUT(T),
};
TABLE(iq_request, T);
#undef T

#define T struct params_iq_handle
static const struct param_field iq_handle_fields[] = {
	STREAM(T),
	STRING(T, name, "name", "name of the payload's element", .required = true),
	STRING(T, ns, "ns", "its namespace", .required = true),
	STRING(T, node, "node", "only payloads with this attribute node"),
	VALUE(T, types, PARAM_STRINGS, "get, set, by default both"),
	VALUE(T, features, PARAM_STRINGS, "for our disco#info meanwhile, by default ns"),
	ENUM(T, format, formats, "format of XSOs, by default typed"),
	FIELD(T, timeout, "timeout", PARAM_SECONDS, struct param_seconds,
	      "seconds for each answer, by default 30; null: for ever", .nullable = true),
};
TABLE(iq_handle, T);
#undef T

#define T struct params_iq_reply
static const struct param_field iq_reply_fields[] = {
	STRING(T, token, "token", "of the iq.incoming", .required = true),
	VALUE(T, payload, PARAM_XSO, "of the result, by default none"),
	VALUE(T, error, PARAM_XSO, "an error instead: type, condition, text and so on"),
};
TABLE(iq_reply, T);
#undef T

static const struct param_field iq_unhandle_fields[] = {
	UINT(struct params_iq_unhandle, handler, "what iq.handle returned", .required = true),
};
TABLE(iq_unhandle, struct params_iq_unhandle);
