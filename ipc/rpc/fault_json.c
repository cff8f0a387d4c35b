#include "ipc/json/jsonw.h"
#include "ipc/json/xso_json.h"
#include "ipc/rpc/request.h"
#include "protocol/base/ns.h"

/* How the elements that a fault holds are written. */
struct form {
	enum xso_format format;
	const struct xso_json_context *ctx;
};

/* An element whose class cannot take it is written in the lossless form. */
static void member_elem(struct buf *b, const char *key, const struct elem *e, struct form form)
{
	struct arena scratch = { 0 };
	struct fault *invalid = NULL;
	size_t mark;

	if (!e)
		return;
	jsonw_key(b, key);
	mark = b->n;
	(void)xso_json_write(b, e, form.format, form.ctx, &scratch, &invalid); /* latched in b */
	if (invalid) {
		b->n = mark;
		fault_unref(TAKE_PTR(invalid));
		(void)xso_json_write(b, e, XSO_RAW, form.ctx, &scratch, &invalid);
	}
	fault_unref(invalid);
	arena_done(&scratch);
}

static void data_json(struct buf *b, const struct fault *f, struct form form)
{
	const char *kind = fault_kind_name(f->kind);

	if (kind)
		jsonw_member_cstr(b, "kind", kind);
	jsonw_member_opt(b, "path", strview_of(f->path));
	if (!kind)
		return;
	if (f->kind == FAULT_TRANSPORT_ERROR) {
		if (f->errnum)
			jsonw_member_cstr(b, "errno", errno_name(f->errnum));
		jsonw_member_cstr(b, "message", f->message);
	}
	jsonw_member_opt(b, "type", strview_of(f->type));
	jsonw_member_opt(b, "condition", strview_of(f->condition));
	jsonw_member_opt(b, "text", strview_of(f->text));
	jsonw_member_opt(b, "by", strview_of(f->by));
	jsonw_member_opt(b, "mechanism", strview_of(f->mechanism));
	jsonw_member_opt(b, "reason", strview_of(f->reason));
	member_elem(b, "application", f->application, form);
	member_elem(b, "stanza", f->stanza, form);
	if (f->has_sent)
		jsonw_member_bool(b, "sent", f->sent);
}

void fault_json_as(struct buf *b, const struct fault *f, enum xso_format format,
		   const struct xso_json_context *ctx)
{
	const struct xso_json_context plain = { .default_ns = SV(XMLNS_CLIENT) };
	const struct form form = { format, ctx ? ctx : &plain };

	jsonw_begin_object(b);
	jsonw_key(b, "code");
	jsonw_int(b, fault_kind_code(f->kind));
	jsonw_member_cstr(b, "message", f->message);
	if (fault_kind_name(f->kind) || f->path) {
		jsonw_key(b, "data");
		jsonw_begin_object(b);
		data_json(b, f, form);
		jsonw_end_object(b);
	}
	jsonw_end_object(b);
}

void fault_json(struct buf *b, const struct fault *f)
{
	fault_json_as(b, f, XSO_RAW, NULL);
}
