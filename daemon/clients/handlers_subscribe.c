/* Methods about events and XSOs that touch no stream. */
#include "daemon/clients/dispatch.h"

#include <stdio.h>

#include "ipc/json/jsonw.h"
#include "ipc/json/xso_json.h"
#include "ipc/rpc/params.h"
#include "protocol/base/ns.h"

enum {
	CONVERT_ARENA_MAX = 64 * 1024 * 1024,
};

/* Names that this client cannot see do not exist for it. */
static struct fault *check_streams(struct clients *c, const struct session *s, const json_t *names)
{
	size_t i;
	json_t *name;

	json_array_foreach((json_t *)names, i, name)
	{
		struct strview v = { json_string_value(name), json_string_length(name) };
		struct fault *why = NULL;
		char path[48];

		if (links_find(c->links, s, v, &why))
			continue;
		snprintf(path, sizeof(path), "/streams/%zu", i);
		fault_set(why, &why->path, strview_of(path));
		return why;
	}
	return NULL;
}

/*
 * The snapshot and the reply are written before anything else can happen, so the events that
 * follow are exactly the changes after it.
 */
void handle_subscribe(struct clients *c, struct request *r)
{
	const struct params_subscribe *p = r->params;
	uint64_t id = 0;
	struct fault *why = check_streams(c, r->session, p->streams);
	struct buf *b;

	if (!why)
		why = bus_subscribe(c->bus, r->session, p, &id);
	if (why) {
		request_fail(r, why);
		return;
	}
	b = request_result(r);
	jsonw_begin_object(b);
	jsonw_member_uint(b, "subscription", id);
	jsonw_key(b, "streams");
	links_info_array(c->links, r->session, p->streams, b);
	jsonw_end_object(b);
	request_done(r);
}

void handle_unsubscribe(struct clients *c, struct request *r)
{
	const struct params_unsubscribe *p = r->params;
	struct fault *why;

	if (bus_unsubscribe(c->bus, r->session, p->subscription.value)) {
		request_ok(r);
		return;
	}
	why = fault_new(FAULT_INVALID_PARAMS, "this connection has no subscription %llu",
			(unsigned long long)p->subscription.value);
	fault_set(why, &why->path, SV("/subscription"));
	request_fail(r, why);
}

void handle_xso_convert(struct clients *c, struct request *r)
{
	const struct params_convert *p = r->params;
	const struct xso_json_context ctx = { .default_ns = SV(XMLNS_CLIENT) };
	CLEANUP(arena_done) struct arena arena;
	const struct elem *e = NULL;
	struct fault *why;
	struct buf *b;

	(void)c;
	arena_init(&arena, CONVERT_ARENA_MAX);
	why = xso_json_read(p->xso, "/xso", &ctx, false, &arena, &e);
	if (!why && p->format == XSO_TYPED) {
		why = xso_json_check(e, &ctx, &arena);
		if (why && why->path) /* that of a field in the form that it cannot have */
			fault_set(why, &why->path, SV("/xso"));
	}
	if (why) {
		request_fail(r, why);
		return;
	}
	b = request_result(r);
	jsonw_begin_object(b);
	jsonw_key(b, "xso");
	(void)xso_json_write(b, e, (enum xso_format)p->format, &ctx, &arena, &why);
	jsonw_end_object(b);
	if (why) /* checked above: cannot be */
		request_fail(r, why);
	else
		request_done(r);
}
