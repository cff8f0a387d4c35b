#include "daemon/clients/dispatch.h"

#include <assert.h>

#include "daemon/clients/access.h"
#include "ipc/rpc/params.h"
#include "ipc/rpc/params_iq.h"

static void handle_stream_open(struct clients *c, struct request *r)
{
	link_handle_open(c->links, r);
}

static void handle_stream_list(struct clients *c, struct request *r)
{
	link_handle_list(c->links, r);
}

/* NULL: about one stream, which is found here and does the rest itself. */
static const handler_fn handlers[METHOD_COUNT_] = {
	[METHOD_CLIENT_LIST] = handle_client_list,     [METHOD_DAEMON_INFO] = handle_daemon_info,
	[METHOD_DAEMON_RELOAD] = handle_daemon_reload, [METHOD_DAEMON_STATS] = handle_daemon_stats,
	[METHOD_RPC_DISCOVER] = handle_rpc_discover,   [METHOD_STREAM_LIST] = handle_stream_list,
	[METHOD_STREAM_OPEN] = handle_stream_open,     [METHOD_SUBSCRIBE] = handle_subscribe,
	[METHOD_UNSUBSCRIBE] = handle_unsubscribe,     [METHOD_XSO_CLASSES] = handle_xso_classes,
	[METHOD_XSO_CONVERT] = handle_xso_convert,     [METHOD_XSO_SCHEMA] = handle_xso_schema,
};

/* The parameters of methods about one stream begin with its name, but for two of iq.*. */
static_assert(offsetof(struct params_stream, stream) == 0, "stream first");
static_assert(offsetof(struct params_stream_set, stream) == 0, "stream first");
static_assert(offsetof(struct params_timeout, stream) == 0, "stream first");
static_assert(offsetof(struct params_stream_wait, stream) == 0, "stream first");
static_assert(offsetof(struct params_starttls, stream) == 0, "stream first");
static_assert(offsetof(struct params_send, stream) == 0, "stream first");
static_assert(offsetof(struct params_send_and_wait_for, stream) == 0, "stream first");
static_assert(offsetof(struct params_write, stream) == 0, "stream first");
static_assert(offsetof(struct params_close, stream) == 0, "stream first");
static_assert(offsetof(struct params_close_with_error, stream) == 0, "stream first");
static_assert(offsetof(struct params_iq_request, stream) == 0, "stream first");
static_assert(offsetof(struct params_iq_handle, stream) == 0, "stream first");

static struct link *find_stream(struct links *l, const struct request *r, struct fault **ret_fault)
{
	const struct params_stream *p = r->params;

	return links_find(l, r->session, p->stream, ret_fault);
}

static void handle_stream(struct clients *c, struct request *r)
{
	struct fault *why = NULL;
	struct link *k = r->method == METHOD_IQ_REPLY	   ? links_find_token(c->links, r, &why)
			 : r->method == METHOD_IQ_UNHANDLE ? links_find_handler(c->links, r, &why)
							   : find_stream(c->links, r, &why);

	if (k)
		why = access_check(&r->session->peer, r->method, k);
	if (why)
		request_fail(r, why);
	else
		link_handle(k, r);
}

void dispatch(struct clients *c, struct request *r)
{
	handler_fn handler = handlers[r->method];
	struct fault *why;

	if (!handler) {
		handle_stream(c, r);
		return;
	}
	why = access_check(&r->session->peer, r->method, NULL);
	if (why)
		request_fail(r, why);
	else
		handler(c, r);
}
