/* The parameters of each method, as tables over the structs of ipc/rpc/params.h. */
#pragma once

#include "ipc/rpc/method.h"

extern const struct param_table params_of_none, params_of_stream, params_of_stream_open,
	params_of_stream_set, params_of_timeout, params_of_stream_wait, params_of_starttls,
	params_of_send, params_of_send_and_wait_for, params_of_write, params_of_close,
	params_of_close_with_error, params_of_subscribe, params_of_unsubscribe,
	params_of_iq_request, params_of_iq_handle, params_of_iq_reply, params_of_iq_unhandle,
	params_of_xso_convert, params_of_xso_schema;
