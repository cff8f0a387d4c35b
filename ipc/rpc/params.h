/* What each method takes, decoded; views and values point into the request's JSON. */
#pragma once

#include "ipc/rpc/method.h"

struct params_stream { /* stream.info, .reset, .abort, .start, .stop */
	struct strview stream;
};

struct params_tls {
	struct param_bool verify;
	struct strview ca_file, ca_pem, server_name;
	const json_t
		*pin_sha256; /* string or array of strings: hex or base64 of the key's SHA-256 */
};

enum {
	OPEN_TLS_STARTTLS,
	OPEN_TLS_DIRECT
};
enum {
	OPEN_MODE_C2S,
	OPEN_MODE_COMPONENT
};
enum {
	UNKNOWN_DELIVER,
	UNKNOWN_REJECT
};

struct params_stream_open {
	struct strview name, to, from, default_namespace, host;
	int mode, tls, unknown_stanza, log_level; /* -1: absent */
	struct param_uint port;
	struct param_bool sorted_attributes;
	struct param_seconds shutdown_timeout, deadtime_soft_limit, deadtime_hard_limit, timeout;
	struct params_tls tls_options;
};

struct params_stream_set {
	struct strview stream;
	struct param_seconds shutdown_timeout, deadtime_soft_limit, deadtime_hard_limit;
	int log_level;
};

struct params_timeout { /* stream.get_features, stream.reset_and_get_features */
	struct strview stream;
	struct param_seconds timeout;
};

struct params_stream_wait {
	struct strview stream;
	int state, link; /* -1: absent; indices of enum stream_state and enum link_state */
	struct param_bool error;
	struct param_seconds timeout;
};

struct params_starttls {
	struct strview stream;
	struct params_tls tls_options;
	struct param_seconds timeout;
};

enum {
	SEND_ACCEPTED,
	SEND_SENT,
	SEND_ACKED
};

struct params_send {
	struct strview stream;
	const json_t *xso;
	int wait; /* -1: absent */
	struct param_bool queue, mute, replace_invalid;
	struct param_seconds expires, timeout;
};

struct params_send_and_wait_for {
	struct strview stream;
	const json_t *send, *wait_for;
	struct param_seconds timeout;
	int format; /* enum xso_format; -1: absent */
};

struct params_write {
	struct strview stream, data;
};

struct params_close {
	struct strview stream;
	struct param_bool wait;
	struct param_seconds timeout;
};

struct params_close_with_error {
	struct strview stream, condition, text;
	const json_t *application;
};

enum {
	OVERFLOW_DROP,
	OVERFLOW_DISCONNECT
};

struct params_subscribe {
	const json_t *streams, *events, *match;
	int format, level, overflow; /* -1: absent */
};

struct params_unsubscribe {
	struct param_uint subscription;
};

struct params_xso_convert {
	const json_t *xso;
	int format; /* enum xso_format; -1: absent */
};

struct params_xso_schema {
	struct strview kind;
};
