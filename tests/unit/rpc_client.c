#include "tests/unit/rpc_client.h"

#include <stdlib.h>

#include <check.h>

#include "ipc/json/jsonw.h"
#include "tests/unit/failmalloc.h"

void rpc_client_init(struct rpc_client *c, const struct session_limits *limits)
{
	static const struct session_limits wide = {
		.max_request_bytes = 1024 * 1024,
		.max_queue_bytes = 8 * 1024 * 1024,
		.max_in_flight = 2000,
	};
	const struct peer peer = { .uid = RPC_CLIENT_UID, .gid = 1000, .pid = 4711 };

	*c = (struct rpc_client){ 0 };
	list_init(&c->dirty);
	c->session = session_new(7, &peer, limits ? limits : &wide, &c->dirty);
}

void rpc_client_done(struct rpc_client *c)
{
	session_free(c->session);
	failmalloc_pause(true); /* assertions allocate */
	ck_assert(list_empty(&c->dirty));
	buf_done(&c->out);
	failmalloc_pause(false);
}

void rpc_client_push(struct rpc_client *c, const char *text)
{
	session_push(c->session, strview_of(text));
}

const char *rpc_client_read(struct rpc_client *c)
{
	struct outq *q = &c->session->out;
	size_t mark = c->out.n;

	failmalloc_pause(true);
	while (q->bytes > 0) {
		struct strview view;

		ck_assert_uint_eq(outq_views(q, &view, 1), 1);
		ck_assert_uint_gt(view.n, 0);
		buf_put_sv(&c->out, view);
		outq_written(q, view.n);
	}
	buf_put_char(&c->out, '\0');
	c->out.n--;
	ck_assert_int_eq(c->out.error, 0);
	failmalloc_pause(false);
	return c->out.p + mark;
}

void rpc_client_answer(struct request *r)
{
	json_t *params = json_object_get(r->json, "params");
	char *text = params ? json_dumps(params, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	struct buf *b = request_result(r);

	jsonw_begin_object(b);
	jsonw_member_cstr(b, "method", methods[r->method].name);
	if (text) {
		jsonw_key(b, "params");
		jsonw_raw(b, strview_of(text));
	}
	jsonw_end_object(b);
	free(text);
	request_done(r);
}

void rpc_client_echo(struct rpc_client *c)
{
	struct request *r;

	while ((r = session_next(c->session)))
		rpc_client_answer(r);
}
