/* What the iq.* methods take, decoded, as in ipc/rpc/params.h. */
#pragma once

#include "ipc/rpc/method.h"

enum {
	IQ_REQUEST_GET,
	IQ_REQUEST_SET
};

struct params_iq_request {
	struct strview stream, to;
	int type; /* IQ_REQUEST_... */
	const json_t *payload, *collect;
	struct param_seconds timeout;
	int format; /* enum xso_format; -1: absent */
};

struct params_iq_handle {
	struct strview stream, name, ns, node;
	const json_t *types, *features;
	struct param_seconds timeout;
	int format; /* enum xso_format; -1: absent */
};

struct params_iq_reply {
	struct strview token;
	const json_t *payload, *error;
};

struct params_iq_unhandle {
	struct param_uint handler;
};
