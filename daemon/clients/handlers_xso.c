/* Methods about classes and the forms of XSOs, which touch no stream. */
#include "daemon/clients/dispatch.h"

#include "ipc/json/jsonw.h"
#include "ipc/json/schema.h"
#include "ipc/json/schema_write.h"
#include "ipc/json/xso_json.h"
#include "ipc/rpc/params.h"
#include "protocol/base/ns.h"

enum {
	CONVERT_ARENA_MAX = 64 * 1024 * 1024,
};

static void put_class(struct buf *b, const struct xso_class *cls, const struct xso_registry *r)
{
	jsonw_begin_object(b);
	jsonw_member(b, "kind", cls->kind);
	jsonw_member(b, "name", cls->tag.name);
	if (cls->tag.ns.n)
		jsonw_member(b, "ns", cls->tag.ns);
	if (cls->summary.n)
		jsonw_member(b, "description", cls->summary);
	(void)schema_write_within(b, cls, r);
	jsonw_end_object(b);
}

void handle_xso_classes(struct clients *c, struct request *r)
{
	const struct xso_registry *registry = session_registry(r->session);
	struct buf *b = request_result(r);

	(void)c;
	jsonw_begin_array(b);
	for (size_t i = 0; i < xso_registry_count(registry); i++)
		put_class(b, xso_registry_at(registry, i), registry);
	jsonw_end_array(b);
	request_done(r);
}

void handle_xso_schema(struct clients *c, struct request *r)
{
	const struct params_xso_schema *p = r->params;
	const struct xso_registry *registry = session_registry(r->session);
	const struct xso_class *cls = xso_registry_find_kind(registry, p->kind);
	struct fault *why;

	(void)c;
	if (cls) {
		schema_write(request_result(r), cls, registry);
		request_done(r);
	} else if (strview_is(p->kind, SCHEMA_ANY)) {
		schema_write_any(request_result(r));
		request_done(r);
	} else {
		why = fault_new(FAULT_INVALID_PARAMS, "there is no class %.*s", SV_ARG(p->kind));
		fault_set(why, &why->path, SV("/kind"));
		request_fail(r, why);
	}
}

/* The element of the parameter, if it can have the format wanted. */
static struct fault *read_xso(const struct params_xso_convert *p, enum xso_format format,
			      const struct xso_json_context *ctx, struct arena *a,
			      const struct elem **ret)
{
	struct fault *why = xso_json_read(p->xso, "/xso", ctx, false, a, ret);

	if (!why && format == XSO_TYPED) {
		why = xso_json_check(*ret, ctx, a);
		if (why && why->path) /* that of a field in the form that it cannot have */
			fault_set(why, &why->path, SV("/xso"));
	}
	return why;
}

void handle_xso_convert(struct clients *c, struct request *r)
{
	const struct params_xso_convert *p = r->params;
	const enum xso_format format = p->format < 0 ? XSO_TYPED : (enum xso_format)p->format;
	const struct xso_json_context ctx = { .default_ns = SV(XMLNS_CLIENT),
					      .registry = session_registry(r->session) };
	CLEANUP(arena_done) struct arena arena;
	const struct elem *e = NULL;
	struct fault *why;
	struct buf *b;

	(void)c;
	arena_init(&arena, CONVERT_ARENA_MAX);
	why = read_xso(p, format, &ctx, &arena, &e);
	if (why) {
		request_fail(r, why);
		return;
	}
	b = request_result(r);
	jsonw_begin_object(b);
	jsonw_key(b, "xso");
	(void)xso_json_write(b, e, format, &ctx, &arena, &why);
	jsonw_end_object(b);
	if (why) /* checked above: cannot be */
		request_fail(r, why);
	else
		request_done(r);
}
