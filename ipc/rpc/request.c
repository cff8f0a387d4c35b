#include "ipc/rpc/request.h"

#include "ipc/json/jsonw.h"
#include "ipc/rpc/batch.h"

#include <stdlib.h>

void reply_begin(struct buf *b, struct strview id)
{
	buf_put_sv(b, SV("{\"jsonrpc\":\"2.0\",\"id\":"));
	buf_put_sv(b, id.p ? id : SV("null"));
}

/* Frees r; what it had to say was said. */
static void request_end(struct request *r)
{
	struct batch *batch = r->batch;

	list_remove(&r->in_session);
	list_remove(&r->held);
	r->session->n_requests--;
	if (r->session->out.quota)
		r->session->out.quota->requests--;
	buf_done(&r->out);
	free(r->params);
	free((char *)r->id.p);
	json_decref(r->json);
	free(r);
	if (batch)
		batch_end(batch);
}

static void send_out(struct request *r)
{
	if (r->batch && r->out.error)
		r->batch->out.error = r->out.error;
	else if (r->batch)
		batch_put(r->batch, buf_view(&r->out));
	else
		session_reply(r->session, &r->out);
}

struct buf *request_result(struct request *r)
{
	buf_clear(&r->out);
	if (r->id.p) {
		reply_begin(&r->out, r->id);
		jsonw_key(&r->out, "result");
	}
	return &r->out;
}

void request_done(struct request *r)
{
	if (r->id.p) {
		jsonw_end_object(&r->out);
		send_out(r);
	}
	request_end(r);
}

void request_fail_as(struct request *r, struct fault *why, enum xso_format format,
		     const struct xso_json_context *ctx)
{
	if (r->id.p) {
		buf_clear(&r->out);
		reply_begin(&r->out, r->id);
		jsonw_key(&r->out, "error");
		fault_json_as(&r->out, why, format, ctx);
		jsonw_end_object(&r->out);
		send_out(r);
	}
	fault_unref(why);
	request_end(r);
}

void request_fail(struct request *r, struct fault *why)
{
	request_fail_as(r, why, XSO_RAW, NULL);
}

void request_drop(struct request *r)
{
	request_end(r);
}

void request_ok(struct request *r)
{
	struct buf *b = request_result(r);

	jsonw_begin_object(b);
	jsonw_end_object(b);
	request_done(r);
}
