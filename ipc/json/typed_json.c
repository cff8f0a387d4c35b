#include "ipc/json/typed_json.h"

#include "ipc/json/elem_json.h"
#include "ipc/json/jsonw_inline.h"
#include "protocol/xso/xso_class.h"
#include "protocol/xso/xso_private.h"

/* One JSON object in the making. */
struct writer {
	struct buf *out;
	const struct xso_context *ctx;
	const struct xso *x;
	bool first; /* no member yet */
};

static void write_object(struct buf *out, const struct xso *x, const struct xso_context *ctx,
			 bool with_kind, bool partial);

static const void *member(const struct writer *w, const struct xso_field *f)
{
	return xso_member(w->x, f->offset);
}

static void put_name(struct writer *w, struct strview name)
{
	jsonw_name(w->out, name, &w->first);
}

static void put_string(struct writer *w, struct strview name, struct strview v)
{
	put_name(w, name);
	jsonw_quoted(w->out, v);
}

static void put_extra(struct writer *w, const struct xso_field *f)
{
	struct strview v;

	if (!f->extra_offset)
		return;
	v = *(const struct strview *)xso_member(w->x, f->extra_offset);
	if (v.p)
		put_string(w, f->extra_name, v);
}

static void write_scalar(struct writer *w, const struct xso_field *f)
{
	const void *v = member(w, f);

	put_name(w, f->name);
	switch (f->type->store) {
	case XSO_STORE_STR:
		jsonw_quoted(w->out, *(const struct strview *)v);
		break;
	case XSO_STORE_ENUM:
		jsonw_quoted(w->out, f->type->names[*(const unsigned *)v]);
		break;
	case XSO_STORE_INT:
		jsonw_int(w->out, *(const int64_t *)v);
		break;
	case XSO_STORE_BOOL:
		jsonw_bool(w->out, *(const bool *)v);
		break;
	}
	put_extra(w, f);
}

static void write_flag(struct writer *w, const struct xso_field *f)
{
	if (!*(const bool *)member(w, f))
		return;
	put_name(w, f->name);
	JSONW_PUT(w->out, "true");
}

static void write_lang_text(struct buf *out, const struct xso_text *text)
{
	JSONW_PUT(out, "{");
	if (text->lang.p) {
		JSONW_PUT(out, "\"lang\":");
		jsonw_quoted(out, text->lang);
		JSONW_PUT(out, ",");
	}
	JSONW_PUT(out, "\"text\":");
	jsonw_quoted(out, text->text);
	JSONW_PUT(out, "}");
}

static void write_lang_texts(struct writer *w, const struct xso_field *f)
{
	const struct xso_list *list = member(w, f);
	const struct xso_text *items = list->items, *main = xso_text_main(list);
	bool first = true;

	if (!main)
		return;
	put_string(w, f->extra_name, main->text);
	if (main->lang.p)
		put_string(w, f->lang_name, main->lang);
	if (list->n == 1)
		return;
	put_name(w, f->name);
	JSONW_PUT(w->out, "[");
	for (size_t i = 0; i < list->n; i++) {
		if (&items[i] == main)
			continue;
		if (!first)
			JSONW_PUT(w->out, ",");
		write_lang_text(w->out, &items[i]);
		first = false;
	}
	JSONW_PUT(w->out, "]");
}

static void write_strings(struct writer *w, const struct xso_field *f)
{
	const struct xso_list *list = member(w, f);
	const struct strview *items = list->items;

	put_name(w, f->name);
	JSONW_PUT(w->out, "[");
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			JSONW_PUT(w->out, ",");
		jsonw_quoted(w->out, items[i]);
	}
	JSONW_PUT(w->out, "]");
}

static void write_one(struct writer *w, const struct xso_field *f)
{
	put_name(w, f->name);
	write_object(w->out, *(struct xso *const *)member(w, f), w->ctx, false, false);
}

static void write_many(struct writer *w, const struct xso_field *f)
{
	const struct xso_list *list = member(w, f);
	struct xso *const *items = list->items;

	put_name(w, f->name);
	JSONW_PUT(w->out, "[");
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			JSONW_PUT(w->out, ",");
		write_object(w->out, items[i], w->ctx, false, false);
	}
	JSONW_PUT(w->out, "]");
}

static void write_condition(struct writer *w, const struct xso_field *f)
{
	put_string(w, f->name, *(const struct strview *)member(w, f));
	put_extra(w, f);
}

static void write_any(struct writer *w, const struct xso_field *f)
{
	const struct xso_any *any = member(w, f);

	put_name(w, f->name);
	if (any->xso)
		write_object(w->out, any->xso, w->ctx, true, false);
	else
		elem_json_write(w->out, any->elem, xso_class_ns(w->x->cls, w->ctx));
}

static void (*const write_field[XSO_KIND_COUNT_])(struct writer *, const struct xso_field *) = {
	[XSO_KIND_ATTR] = write_scalar,	      [XSO_KIND_TEXT] = write_scalar,
	[XSO_KIND_CHILD_TEXT] = write_scalar, [XSO_KIND_CHILD_ATTR] = write_scalar,
	[XSO_KIND_FLAG] = write_flag,	      [XSO_KIND_LANG_TEXTS] = write_lang_texts,
	[XSO_KIND_STRINGS] = write_strings,   [XSO_KIND_ONE] = write_one,
	[XSO_KIND_MANY] = write_many,	      [XSO_KIND_CONDITION] = write_condition,
	[XSO_KIND_ANY] = write_any,
};

static void write_rest(struct writer *w, bool partial)
{
	const struct elem *rest = &w->x->rest;

	if (rest->n_attrs) {
		put_name(w, SV("other_attrs"));
		elem_json_write_attrs(w->out, rest->attrs, rest->n_attrs);
	}
	if (rest->first && !partial) {
		put_name(w, SV("other"));
		elem_json_write_children(w->out, rest->first, xso_class_ns(w->x->cls, w->ctx));
	}
}

static void write_object(struct buf *out, const struct xso *x, const struct xso_context *ctx,
			 bool with_kind, bool partial)
{
	struct writer w = { out, ctx, x, true };
	const struct xso_class *cls = x->cls;
	uint32_t present = x->present;

	JSONW_PUT(out, "{");
	if (with_kind)
		put_string(&w, SV("kind"), cls->kind);
	for (; present; present &= present - 1) {
		const struct xso_field *f = &cls->fields[__builtin_ctz(present)];

		if (partial && f->kind != XSO_KIND_ATTR)
			break;
		write_field[f->kind](&w, f);
	}
	write_rest(&w, partial);
	JSONW_PUT(out, "}");
}

void typed_json_write(struct buf *out, const struct xso *x, const struct xso_context *ctx,
		      bool partial)
{
	write_object(out, x, ctx, true, partial);
}
