#include "ipc/json/typed_json.h"

#include "ipc/json/elem_json.h"
#include "ipc/json/jsonw_inline.h"
#include "protocol/xso/xso_class.h"
#include "protocol/xso/xso_private.h"

/* One JSON object in the making. */
struct writer {
	struct buf *out;
	char *to; /* the cursor; NULL: failed */
	const struct xso_context *ctx;
	const struct xso *x;
	bool first; /* no member yet */
};

static char *put_object(struct buf *out, char *to, const struct xso *x,
			const struct xso_context *ctx, bool with_kind, bool partial);

static const void *member(const struct writer *w, const struct xso_field *f)
{
	return xso_member(w->x, f->offset);
}

static void put_name(struct writer *w, struct strview name)
{
	if (!w->to)
		return;
	if (!w->first)
		w->to = JSONW_PUT(w->to, ",");
	w->first = false;
	w->to = jsonw_plain(w->out, JSONW_PUT(w->to, "\""), name);
	if (w->to)
		w->to = JSONW_PUT(w->to, "\":");
}

static void put_string(struct writer *w, struct strview name, struct strview v)
{
	put_name(w, name);
	w->to = jsonw_quoted(w->out, w->to, v);
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

/* Numbers and booleans are rare. */
static void put_value(struct writer *w, const struct xso_type *t, const void *v)
{
	if (!w->to)
		return;
	jsonw_close(w->out, w->to);
	if (t->store == XSO_STORE_INT)
		jsonw_int(w->out, *(const int64_t *)v);
	else
		jsonw_bool(w->out, *(const bool *)v);
	w->to = jsonw_open(w->out);
}

static void put_typed(struct writer *w, const struct xso_type *t, const void *v)
{
	if (t->store == XSO_STORE_STR)
		w->to = jsonw_quoted(w->out, w->to, *(const struct strview *)v);
	else if (t->store == XSO_STORE_ENUM)
		w->to = jsonw_quoted(w->out, w->to, t->names[*(const unsigned *)v]);
	else
		put_value(w, t, v);
}

static void write_scalar(struct writer *w, const struct xso_field *f)
{
	put_name(w, f->name);
	put_typed(w, f->type, member(w, f));
	put_extra(w, f);
}

static void write_flag(struct writer *w, const struct xso_field *f)
{
	if (!*(const bool *)member(w, f))
		return;
	put_name(w, f->name);
	if (w->to)
		w->to = JSONW_PUT(w->to, "true");
}

/* Between the items of an array, which begins with the first and ends with put_array_end(). */
static void put_item(struct writer *w, size_t i)
{
	if (w->to)
		w->to = i ? JSONW_PUT(w->to, ",") : JSONW_PUT(w->to, "[");
}

static void put_array_end(struct writer *w, size_t n)
{
	if (!w->to)
		return;
	if (n == 0)
		w->to = JSONW_PUT(w->to, "[");
	w->to = JSONW_PUT(w->to, "]");
}

static void put_lang_text(struct writer *w, const struct xso_text *text)
{
	struct writer object = { w->out, w->to, w->ctx, w->x, true };

	if (object.to)
		object.to = JSONW_PUT(object.to, "{");
	if (text->lang.p)
		put_string(&object, SV("lang"), text->lang);
	put_string(&object, SV("text"), text->text);
	w->to = object.to ? JSONW_PUT(object.to, "}") : NULL;
}

static void write_lang_texts(struct writer *w, const struct xso_field *f)
{
	const struct xso_list *list = member(w, f);
	const struct xso_text *items = list->items, *main = xso_text_main(list);
	size_t n = 0;

	if (!main)
		return;
	put_string(w, f->extra_name, main->text);
	if (main->lang.p)
		put_string(w, f->lang_name, main->lang);
	if (list->n == 1)
		return;
	put_name(w, f->name);
	for (size_t i = 0; i < list->n; i++) {
		if (&items[i] == main)
			continue;
		put_item(w, n++);
		put_lang_text(w, &items[i]);
	}
	put_array_end(w, n);
}

static void write_values(struct writer *w, const struct xso_field *f)
{
	const struct xso_list *list = member(w, f);
	const union xso_value *items = list->items;

	put_name(w, f->name);
	for (size_t i = 0; i < list->n; i++) {
		put_item(w, i);
		put_typed(w, f->type, &items[i]);
	}
	put_array_end(w, list->n);
}

static void write_map(struct writer *w, const struct xso_field *f)
{
	const struct xso_list *list = member(w, f);
	const struct xso_pair *pairs = list->items;

	put_name(w, f->name);
	if (w->to)
		w->to = JSONW_PUT(w->to, "{");
	for (size_t i = 0; i < list->n; i++) {
		if (w->to && i)
			w->to = JSONW_PUT(w->to, ",");
		w->to = jsonw_quoted(w->out, w->to, pairs[i].key);
		if (w->to)
			w->to = JSONW_PUT(w->to, ":");
		put_typed(w, f->type, &pairs[i].value);
	}
	if (w->to)
		w->to = JSONW_PUT(w->to, "}");
}

/* An object of a class that a field names; of one without fields, that it is there. */
static void put_inner(struct writer *w, const struct xso *x)
{
	if (x->cls->n_fields == 0 && x->rest.n_attrs == 0 && !x->rest.first)
		w->to = w->to ? JSONW_PUT(w->to, "true") : NULL;
	else
		w->to = put_object(w->out, w->to, x, w->ctx, false, false);
}

static void write_one(struct writer *w, const struct xso_field *f)
{
	put_name(w, f->name);
	put_inner(w, *(struct xso *const *)member(w, f));
}

static void write_many(struct writer *w, const struct xso_field *f)
{
	const struct xso_list *list = member(w, f);
	struct xso *const *items = list->items;

	put_name(w, f->name);
	for (size_t i = 0; i < list->n; i++) {
		put_item(w, i);
		put_inner(w, items[i]);
	}
	put_array_end(w, list->n);
}

static void write_tag(struct writer *w, const struct xso_field *f)
{
	put_string(w, f->name, *(const struct strview *)member(w, f));
	put_extra(w, f);
}

static void write_any(struct writer *w, const struct xso_field *f)
{
	const struct xso_any *any = member(w, f);

	put_name(w, f->name);
	if (any->xso)
		w->to = put_object(w->out, w->to, any->xso, w->ctx, true, false);
	else
		w->to = elem_json_put(w->out, w->to, any->elem, xso_class_ns(w->x->cls, w->ctx));
}

static void (*const write_field[XSO_KIND_COUNT_])(struct writer *, const struct xso_field *) = {
	[XSO_KIND_ATTR] = write_scalar,	      [XSO_KIND_TEXT] = write_scalar,
	[XSO_KIND_CHILD_TEXT] = write_scalar, [XSO_KIND_CHILD_ATTR] = write_scalar,
	[XSO_KIND_FLAG] = write_flag,	      [XSO_KIND_LANG_TEXTS] = write_lang_texts,
	[XSO_KIND_VALUES] = write_values,     [XSO_KIND_STRINGS] = write_values,
	[XSO_KIND_MAP] = write_map,	      [XSO_KIND_ONE] = write_one,
	[XSO_KIND_MANY] = write_many,	      [XSO_KIND_TAG] = write_tag,
	[XSO_KIND_ANY] = write_any,
};

static void write_rest(struct writer *w, bool partial)
{
	const struct elem *rest = &w->x->rest;

	if (rest->n_attrs) {
		put_name(w, SV("other_attrs"));
		w->to = elem_json_put_attrs(w->out, w->to, rest);
	}
	if (rest->first && !partial) {
		put_name(w, SV("other"));
		w->to = elem_json_put_children(w->out, w->to, rest,
					       xso_class_ns(w->x->cls, w->ctx));
	}
}

static char *put_object(struct buf *out, char *to, const struct xso *x,
			const struct xso_context *ctx, bool with_kind, bool partial)
{
	struct writer w = { out, to ? JSONW_PUT(to, "{") : NULL, ctx, x, true };
	const struct xso_class *cls = x->cls;
	struct xso_mask left = x->present;
	size_t i;

	if (with_kind)
		put_string(&w, SV("kind"), cls->kind);
	while (xso_mask_take(&left, &i)) {
		const struct xso_field *f = &cls->fields[i];

		if (partial && f->kind != XSO_KIND_ATTR)
			break;
		write_field[f->kind](&w, f);
	}
	write_rest(&w, partial);
	/* the ends of many objects may follow one another */
	return w.to ? jsonw_room(out, JSONW_PUT(w.to, "}"), 0) : NULL;
}

void typed_json_write(struct buf *out, const struct xso *x, const struct xso_context *ctx,
		      bool partial)
{
	jsonw_close(out, put_object(out, jsonw_open(out), x, ctx, true, partial));
}
