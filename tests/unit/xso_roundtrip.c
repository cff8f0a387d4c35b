#include "tests/unit/xso_roundtrip.h"

#include <stdarg.h>
#include <string.h>

#include "protocol/vocab/vocab.h"
#include "protocol/xml/xmlwrite.h"
#include "tests/unit/xso_same.h"

struct xso_context xso_roundtrip_context(const struct xso_json_context *ctx)
{
	return (struct xso_context){
		.default_ns = ctx->default_ns,
		.registry = ctx->registry ? ctx->registry : vocab_registry(),
		.reject_unknown = ctx->reject_unknown_payload,
		.account = ctx->account,
		.archives = ctx->archives,
	};
}

static const char *say(struct arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static const char *say(struct arena *a, const char *format, ...)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	struct strview text;
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&b, format, ap);
	va_end(ap);
	text = b.error ? SV_NONE : arena_printf(a, "%.*s", SV_ARG(buf_view(&b)));
	return text.p ? text.p : "out of memory";
}

static const char *read_back(struct strview json, const struct xso_json_context *ctx,
			     struct arena *a, const struct elem **ret)
{
	CLEANUP(fault_unrefp) struct fault *fault = NULL;
	json_t *value = json_loadb(json.p, json.n,
				   JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);

	if (!value)
		return say(a, "not JSON: %.*s", SV_ARG(json));
	fault = xso_json_read(value, "", ctx, false, a, ret);
	json_decref(value);
	if (fault)
		return say(a, "not read again: %s %s: %.*s", fault->path, fault->message,
			   SV_ARG(json));
	return NULL;
}

/* The text of e in that form; *ret_taken says whether its class took it. */
static const char *write_form(const struct elem *e, enum xso_format format,
			      const struct xso_json_context *ctx, struct arena *a,
			      struct strview *ret, bool *ret_taken)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	CLEANUP(fault_unrefp) struct fault *invalid = NULL;

	if (xso_json_write(&b, e, format, ctx, a, &invalid) < 0)
		return say(a, "not written as %s", xso_format_name(format));
	*ret = arena_dup(a, buf_view(&b));
	if (!ret->n || memchr(ret->p, '\n', ret->n))
		return say(a, "not a line: %.*s", SV_ARG(*ret));
	*ret_taken = !invalid;
	return NULL;
}

static const char *exactly(const struct elem *e, enum xso_format format,
			   const struct xso_json_context *ctx, struct arena *a)
{
	const struct elem *again;
	struct strview text;
	bool taken;
	const char *found = write_form(e, format, ctx, a, &text, &taken);

	if (!found)
		found = read_back(text, ctx, a, &again);
	if (!found && !elem_equal(e, again))
		found = say(a, "came back otherwise from %.*s", SV_ARG(text));
	return found;
}

/* The same typed text from what came of it, and from the raw form of that. */
static const char *same_again(const struct elem *e, struct strview typed,
			      const struct xso_json_context *ctx, struct arena *a)
{
	struct strview raw, text = SV_NONE;
	const struct elem *from_raw;
	bool taken;
	const char *found = write_form(e, XSO_TYPED, ctx, a, &text, &taken);

	if (!found && (!taken || !strview_eq(text, typed)))
		found = say(a, "%.*s\nbecame %.*s", SV_ARG(typed), SV_ARG(text));
	if (!found)
		found = write_form(e, XSO_RAW, ctx, a, &raw, &taken);
	if (!found)
		found = read_back(raw, ctx, a, &from_raw);
	if (!found)
		found = write_form(from_raw, XSO_TYPED, ctx, a, &text, &taken);
	if (!found && !strview_eq(text, typed))
		found = say(a, "%.*s\nbecame by way of raw %.*s", SV_ARG(typed), SV_ARG(text));
	return found;
}

static const char *as_typed(const struct elem *e, const struct xso_json_context *ctx,
			    struct arena *a)
{
	const struct xso_context engine = xso_roundtrip_context(ctx);
	const struct xso_class *cls =
		xso_registry_find(engine.registry, e->ns, e->name, engine.default_ns);
	const struct elem *again = NULL;
	struct strview typed;
	bool taken;
	const char *found = write_form(e, XSO_TYPED, ctx, a, &typed, &taken), *differs;

	if (found || !taken)
		return found;
	found = read_back(typed, ctx, a, &again);
	if (found)
		return found;
	if (!cls)
		return elem_equal(e, again) ? NULL : "of no class, and came back otherwise";
	differs = xso_same_typed(cls, e, again, &engine, a);
	if (differs)
		return say(a, "came back otherwise, %s, from %.*s", differs, SV_ARG(typed));
	return same_again(again, typed, ctx, a);
}

/* What came in may hold noncharacters, which do not go out. */
static bool can_be_sent(const struct elem *e, const struct xso_json_context *ctx)
{
	CLEANUP(buf_done) struct buf xml = BUF_INIT;
	const struct xmlwrite_context to = { .default_ns = ctx->default_ns };

	return xmlwrite_elem(&xml, e, &to, NULL) == 0;
}

const char *xso_roundtrip(const struct elem *e, const struct xso_json_context *ctx, struct arena *a)
{
	const char *found;

	if (!can_be_sent(e, ctx))
		return NULL;
	found = exactly(e, XSO_RAW, ctx, a);
	if (!found)
		found = exactly(e, XSO_XML, ctx, a);
	return found ? found : as_typed(e, ctx, a);
}
