/*
 * What a client may send: bytes in, whatever comes out is lines of JSON, and the same lines however
 * the bytes were cut. Methods that need no daemon are carried out, events are published in between.
 */
#include <stdlib.h>

#include "ipc/events/bus.h"
#include "ipc/json/jsonw.h"
#include "ipc/rpc/params.h"
#include "ipc/rpc/request.h"
#include "protocol/base/ns.h"
#include "protocol/vocab/vocab.h"

static const struct xso_json_context xso_ctx = { .default_ns = SV(XMLNS_CLIENT) };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool what)
{
	if (!what)
		abort();
}

static void handle_subscribe(struct bus *bus, struct request *r)
{
	uint64_t id;
	struct fault *why = bus_subscribe(bus, r->session, r->params, &id);

	if (why) {
		request_fail(r, why);
		return;
	}
	jsonw_uint(request_result(r), id);
	request_done(r);
}

static void handle_convert(struct request *r)
{
	const struct params_xso_convert *p = r->params;
	struct arena a;
	const struct elem *e;
	struct fault *why, *invalid = NULL;

	arena_init(&a, 1024 * 1024);
	why = xso_json_read(p->xso, "/xso", &xso_ctx, false, &a, &e);
	if (!why) {
		(void)xso_json_write(request_result(r), e, (enum xso_format)p->format, &xso_ctx, &a,
				     &invalid);
		request_done(r);
		fault_unref(invalid);
	} else {
		request_fail(r, why);
	}
	arena_done(&a);
}

static void handle(struct bus *bus, struct request *r)
{
	const struct params_unsubscribe *unsubscribe = r->params;

	if (r->method == METHOD_SUBSCRIBE) {
		handle_subscribe(bus, r);
	} else if (r->method == METHOD_XSO_CONVERT) {
		handle_convert(r);
	} else if (r->method == METHOD_RPC_DISCOVER) {
		method_discover(request_result(r), "0", vocab_registry());
		request_done(r);
	} else if (r->method == METHOD_UNSUBSCRIBE) {
		(void)bus_unsubscribe(bus, r->session, unsubscribe->subscription.value);
		request_ok(r);
	} else {
		request_ok(r);
	}
}

static void publish(struct bus *bus, uint64_t seq)
{
	struct elem_attr from = { SV_NONE, SV("from"), SV("A@b.test/r") };
	struct elem message = { SV(XMLNS_CLIENT), SV("message"), &from, 1, NULL, NULL };
	struct event e = {
		.kind = EVENT_XSO,
		.stream = SV("s"),
		.seq = seq,
		.elem = &message,
		.xso_ctx = xso_ctx,
		.match_ctx = { .default_ns = SV(XMLNS_CLIENT) },
	};

	bus_publish(bus, &e);
}

static void drain(struct outq *q, struct buf *out)
{
	struct strview view;

	while (q->bytes > 0) {
		require(outq_views(q, &view, 1) == 1 && view.n > 0);
		buf_put_sv(out, view);
		outq_written(q, view.n);
	}
}

static void check_lines(struct strview v)
{
	while (v.n > 0) {
		const char *lf = memchr(v.p, '\n', v.n);
		json_t *json;

		require(lf != NULL);
		json = json_loadb(v.p, (size_t)(lf - v.p), JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
				  NULL);
		require(json != NULL);
		json_decref(json);
		v.n -= (size_t)(lf + 1 - v.p);
		v.p = lf + 1;
	}
}

static void run(struct strview in, size_t piece, struct buf *out)
{
	const struct peer peer = { .uid = 1 };
	const struct session_limits limits = { 4096, 16384, 8, NULL };
	struct list dirty = LIST_INIT(dirty);
	struct bus *bus = bus_new();
	struct session *s = session_new(1, &peer, &limits, &dirty);
	uint64_t seq = 0;

	while (in.n > 0 || session_pending(s)) {
		size_t n = in.n < piece ? in.n : piece;
		struct request *r;

		session_push(s, (struct strview){ in.p, n });
		in.p += n;
		in.n -= n;
		if (in.n == 0)
			session_eof(s);
		while ((r = session_next(s))) {
			handle(bus, r);
			publish(bus, ++seq);
			drain(&s->out, out);
		}
		drain(&s->out, out);
	}
	bus_session_gone(bus, s);
	session_free(s);
	bus_free(bus);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strview in = { (const char *)data + 1, size - 1 };
	struct buf whole = BUF_INIT, cut = BUF_INIT;

	if (size == 0)
		return 0;
	run(in, SIZE_MAX, &whole);
	run(in, 1 + data[0] % 64, &cut);
	check_lines(buf_view(&whole));
	require(strview_eq(buf_view(&whole), buf_view(&cut)));
	buf_done(&whole);
	buf_done(&cut);
	return 0;
}
