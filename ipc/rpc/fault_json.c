#include "ipc/json/jsonw.h"
#include "ipc/json/xso_json.h"
#include "ipc/rpc/request.h"
#include "protocol/base/ns.h"

/* An element in the lossless form; faults that hold one know no format. */
static void member_elem(struct buf *b, const char *key, const struct elem *e)
{
	const struct xso_json_context ctx = { .default_ns = SV(XMLNS_CLIENT) };
	struct arena scratch = { 0 };
	struct fault *invalid = NULL;

	if (!e)
		return;
	jsonw_key(b, key);
	(void)xso_json_write(b, e, XSO_RAW, &ctx, &scratch, &invalid); /* latched in b */
	fault_unref(invalid);
	arena_done(&scratch);
}

static void data_json(struct buf *b, const struct fault *f)
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
	member_elem(b, "application", f->application);
	member_elem(b, "stanza", f->stanza);
	if (f->has_sent)
		jsonw_member_bool(b, "sent", f->sent);
}

void fault_json(struct buf *b, const struct fault *f)
{
	jsonw_begin_object(b);
	jsonw_key(b, "code");
	jsonw_int(b, fault_kind_code(f->kind));
	jsonw_member_cstr(b, "message", f->message);
	if (fault_kind_name(f->kind) || f->path) {
		jsonw_key(b, "data");
		jsonw_begin_object(b);
		data_json(b, f);
		jsonw_end_object(b);
	}
	jsonw_end_object(b);
}
