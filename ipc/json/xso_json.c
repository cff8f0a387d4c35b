#include "ipc/json/xso_json.h"

#include <errno.h>

#include "ipc/json/elem_json.h"
#include "ipc/json/jsonr.h"
#include "ipc/json/jsonw_inline.h"
#include "ipc/json/typed_json.h"
#include "protocol/vocab/vocab.h"
#include "protocol/xml/xmlwrite.h"

static const struct strview format_names[XSO_FORMAT_COUNT_] = {
	[XSO_TYPED] = { "typed", 5 },
	[XSO_RAW] = { "raw", 3 },
	[XSO_XML] = { "xml", 3 },
};

const char *xso_format_name(enum xso_format f)
{
	return format_names[f].p;
}

bool xso_format_parse(struct strview name, enum xso_format *ret)
{
	for (unsigned i = 0; i < XSO_FORMAT_COUNT_; i++) {
		if (!strview_eq(format_names[i], name))
			continue;
		*ret = (enum xso_format)i;
		return true;
	}
	return false;
}

static struct xso_context engine_context(const struct xso_json_context *ctx)
{
	return (struct xso_context){
		.default_ns = ctx->default_ns,
		.registry = ctx->registry ? ctx->registry : vocab_registry(),
		.reject_unknown = ctx->reject_unknown_payload,
		.account = ctx->account,
		.archives = ctx->archives,
	};
}

static struct fault *issue_fault(const struct xso_class *cls, const struct xso_issue *issue)
{
	struct fault *f = fault_new(FAULT_INVALID_XSO, "%.*s: %.*s %s", SV_ARG(cls->kind),
				    SV_ARG(issue->path), issue->text);

	if (f->kind == FAULT_INVALID_XSO)
		fault_set(f, &f->path, issue->path);
	return f;
}

static void write_typed(struct buf *out, const struct elem *e, const struct xso_json_context *jc,
			struct arena *scratch, struct fault **ret_invalid)
{
	const struct xso_context ctx = engine_context(jc);
	const struct xso_class *cls =
		xso_registry_find(ctx.registry, e->ns, e->name, ctx.default_ns);
	struct xso_issue issue;
	struct xso *x;

	if (!cls) {
		elem_json_write(out, e, jc->default_ns);
		return;
	}
	switch (xso_decode(cls, e, &ctx, scratch, &x, &issue)) {
	case XSO_OK:
		typed_json_write(out, x, &ctx, false);
		break;
	case XSO_INVALID:
		typed_json_write(out, x, &ctx, true);
		*ret_invalid = issue_fault(cls, &issue);
		break;
	case XSO_NO_MEMORY:
		out->error = -ENOMEM;
		break;
	}
}

/* Namespaces are declared, and that there is none where the stream has one. */
static void write_xml(struct buf *out, const struct elem *e, struct strview default_ns)
{
	CLEANUP(buf_done) struct buf xml = BUF_INIT;
	const struct xmlwrite_context ctx = { .default_ns = e->ns.n ? SV_NONE : default_ns,
					      .noncharacters = true };
	int r = xmlwrite_elem(&xml, e, &ctx, NULL);

	if (r < 0)
		out->error = r;
	else
		jsonw_close(out, jsonw_quoted(out, jsonw_open(out), buf_view(&xml)));
}

int xso_json_write(struct buf *out, const struct elem *e, enum xso_format format,
		   const struct xso_json_context *ctx, struct arena *scratch,
		   struct fault **ret_invalid)
{
	*ret_invalid = NULL;
	if (out->error)
		return out->error;
	jsonw_separate(out);
	switch (format) {
	case XSO_TYPED:
		write_typed(out, e, ctx, scratch, ret_invalid);
		break;
	case XSO_RAW:
	case XSO_FORMAT_COUNT_:
		elem_json_write(out, e, ctx->default_ns);
		break;
	case XSO_XML:
		write_xml(out, e, ctx->default_ns);
		break;
	}
	if (out->error) {
		fault_unref(*ret_invalid);
		*ret_invalid = NULL;
	}
	return out->error;
}

struct fault *xso_json_check(const struct elem *e, const struct xso_json_context *jc,
			     struct arena *scratch)
{
	const struct xso_context ctx = engine_context(jc);
	const struct xso_class *cls =
		xso_registry_find(ctx.registry, e->ns, e->name, ctx.default_ns);
	struct xso_issue issue;
	struct xso *x;

	if (!cls)
		return NULL;
	switch (xso_decode(cls, e, &ctx, scratch, &x, &issue)) {
	case XSO_OK:
		return NULL;
	case XSO_INVALID:
		return issue_fault(cls, &issue);
	case XSO_NO_MEMORY:
		break;
	}
	return fault_no_memory();
}

struct fault *xso_json_read(const json_t *value, const char *path,
			    const struct xso_json_context *ctx, bool replace_invalid,
			    struct arena *a, const struct elem **ret)
{
	struct jsonr r = {
		.a = a,
		.ctx = engine_context(ctx),
		.replace_invalid = replace_invalid,
		.path = path,
	};
	struct elem *e = jsonr_xso(&r, NULL, value, ctx->default_ns);

	if (!r.fault)
		*ret = e;
	return r.fault;
}

bool xso_json_kind(const struct xso_json_context *jc, struct strview kind, struct strview *ret_ns,
		   struct strview *ret_name)
{
	const struct xso_context ctx = engine_context(jc);
	const struct xso_class *cls = xso_registry_find_kind(ctx.registry, kind);

	if (!cls)
		return false;
	*ret_ns = cls->tag.ns.n ? cls->tag.ns : jc->default_ns;
	*ret_name = cls->tag.name;
	return true;
}
