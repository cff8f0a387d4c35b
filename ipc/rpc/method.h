/*
 * The methods: one table of name, parameters, right and result, from which dispatch, rpc.discover
 * and the manual's tables come. What a method does stands in the daemon, indexed by its id.
 */
#pragma once

#include "ipc/rpc/param.h"
#include "protocol/base/fault.h"

#include <jansson.h>

struct xso_registry;

enum right {
	RIGHT_NONE, /* anyone whom the socket lets in */
	RIGHT_OBSERVE,
	RIGHT_SEND,
	RIGHT_IQ,
	RIGHT_CONTROL,
	RIGHT_RAW,
	RIGHT_COUNT_
};

const char *right_name(enum right r);

enum method_id {
	METHOD_CLIENT_LIST,
	METHOD_DAEMON_INFO,
	METHOD_DAEMON_RELOAD,
	METHOD_DAEMON_STATS,
	METHOD_IQ_HANDLE,
	METHOD_IQ_REPLY,
	METHOD_IQ_REQUEST,
	METHOD_IQ_UNHANDLE,
	METHOD_RPC_DISCOVER,
	METHOD_STREAM_ABORT,
	METHOD_STREAM_CLOSE,
	METHOD_STREAM_CLOSE_WITH_ERROR,
	METHOD_STREAM_GET_FEATURES,
	METHOD_STREAM_INFO,
	METHOD_STREAM_LIST,
	METHOD_STREAM_OPEN,
	METHOD_STREAM_RESET,
	METHOD_STREAM_RESET_AND_GET_FEATURES,
	METHOD_STREAM_SEND,
	METHOD_STREAM_SEND_AND_WAIT_FOR,
	METHOD_STREAM_SET,
	METHOD_STREAM_START,
	METHOD_STREAM_STARTTLS,
	METHOD_STREAM_STOP,
	METHOD_STREAM_WAIT,
	METHOD_STREAM_WRITE,
	METHOD_SUBSCRIBE,
	METHOD_UNSUBSCRIBE,
	METHOD_XSO_CLASSES,
	METHOD_XSO_CONVERT,
	METHOD_XSO_SCHEMA,
	METHOD_COUNT_
};

struct method {
	const char *name;
	const char *summary;
	enum right right;
	const struct param_table *params;
	const char *result; /* JSON Schema of the result, as text */
};

extern const struct method methods[METHOD_COUNT_];

/* The method of that name, or METHOD_COUNT_. */
enum method_id method_find(struct strview name);

/*
 * Decodes the params object (NULL: none given) into a new params struct. NULL, or an invalid-params
 * fault with the path of what is wrong.
 */
struct fault *method_decode(enum method_id m, const json_t *params, void **ret);

/* The OpenRPC document of rpc.discover, with the classes of r, as one JSON value. */
void method_discover(struct buf *b, const char *version, const struct xso_registry *r);
