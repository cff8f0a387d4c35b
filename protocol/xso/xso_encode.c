#include "protocol/xso/xso_macros.h"
#include "protocol/xso/xso_private.h"

/* One element in the making. */
struct encoder {
	const struct xso_context *ctx;
	struct arena *a;
	const struct xso *x;
	struct elem *e;
};

static void *member(const struct encoder *n, const struct xso_field *f)
{
	return xso_member(n->x, f->offset);
}

static struct strview extra(const struct encoder *n, const struct xso_field *f)
{
	if (!f->extra_offset)
		return SV_NONE;
	return *(const struct strview *)xso_member(n->x, f->extra_offset);
}

/* A new child of that name with a text; NULL without memory. */
static struct elem *add_child(struct encoder *n, const struct xso_tag *tag, struct strview text)
{
	return elem_add_new(n->a, n->e, xso_tag_ns(tag, n->e->ns), tag->name, text);
}

static bool add_attr(struct encoder *n, struct elem *e, const struct xso_tag *tag,
		     struct strview value)
{
	return !value.p || elem_add_attr(n->a, e, tag->ns, tag->name, value) == 0;
}

static bool put_attr(struct encoder *n, const struct xso_field *f)
{
	struct strview text = xso_type_format(f->type, member(n, f), n->a);

	return text.p && add_attr(n, n->e, &f->tag, text);
}

static bool put_text(struct encoder *n, const struct xso_field *f)
{
	struct strview text = xso_type_format(f->type, member(n, f), n->a);

	return text.p && elem_add_text(n->a, n->e, text) == 0;
}

static bool put_child_text(struct encoder *n, const struct xso_field *f)
{
	struct strview text = xso_type_format(f->type, member(n, f), n->a);
	struct elem *child = text.p ? add_child(n, &f->tag, text) : NULL;

	return child && add_attr(n, child, &f->extra, extra(n, f));
}

static bool put_child_attr(struct encoder *n, const struct xso_field *f)
{
	struct strview text = xso_type_format(f->type, member(n, f), n->a);
	struct elem *child = text.p ? add_child(n, &f->tag, SV_NONE) : NULL;

	return child && add_attr(n, child, &f->extra, text);
}

static bool put_flag(struct encoder *n, const struct xso_field *f)
{
	return !*(const bool *)member(n, f) || add_child(n, &f->tag, SV_NONE);
}

static bool put_lang_texts(struct encoder *n, const struct xso_field *f)
{
	static const struct xso_tag xml_lang = XSO_TAG(XMLNS_XML, "lang");
	const struct xso_list *list = member(n, f);
	const struct xso_text *items = list->items;

	for (size_t i = 0; i < list->n; i++) {
		struct elem *child = add_child(n, &f->tag, items[i].text);

		if (!child || !add_attr(n, child, &xml_lang, items[i].lang))
			return false;
	}
	return true;
}

/* Children of e with a value each, in their text or their attribute. */
static bool put_items(struct encoder *n, const struct xso_field *f, struct elem *e,
		      const struct xso_tag *tag)
{
	const struct xso_list *list = member(n, f);
	const union xso_value *items = list->items;
	bool as_attr = f->extra.name.n;

	for (size_t i = 0; i < list->n; i++) {
		struct strview text = xso_type_format(f->type, &items[i], n->a);
		struct elem *item;

		if (!text.p)
			return false;
		item = elem_add_new(n->a, e, xso_tag_ns(tag, e->ns), tag->name,
				    as_attr ? SV_NONE : text);
		if (!item || (as_attr && !add_attr(n, item, &f->extra, text)))
			return false;
	}
	return true;
}

static bool put_values(struct encoder *n, const struct xso_field *f)
{
	return put_items(n, f, n->e, &f->tag);
}

static bool put_strings(struct encoder *n, const struct xso_field *f)
{
	struct elem *holder = add_child(n, &f->tag, SV_NONE);

	return holder && put_items(n, f, holder, &f->item);
}

static bool put_map(struct encoder *n, const struct xso_field *f)
{
	const struct xso_list *list = member(n, f);
	const struct xso_pair *pairs = list->items;

	for (size_t i = 0; i < list->n; i++) {
		struct strview text = xso_type_format(f->type, &pairs[i].value, n->a);
		struct elem *child = text.p ? add_child(n, &f->tag, text) : NULL;

		if (!child || !add_attr(n, child, &f->extra, pairs[i].key))
			return false;
	}
	return true;
}

static bool put_object(struct encoder *n, const struct xso *x)
{
	struct elem *child = xso_encode(x, n->ctx, n->a);

	return child && elem_add_child(n->a, n->e, child) == 0;
}

static bool put_one(struct encoder *n, const struct xso_field *f)
{
	return put_object(n, *(struct xso *const *)member(n, f));
}

static bool put_many(struct encoder *n, const struct xso_field *f)
{
	const struct xso_list *list = member(n, f);
	struct xso *const *items = list->items;

	for (size_t i = 0; i < list->n; i++)
		if (!put_object(n, items[i]))
			return false;
	return true;
}

static bool put_tag(struct encoder *n, const struct xso_field *f)
{
	return elem_add_new(n->a, n->e, f->tag.ns, *(const struct strview *)member(n, f),
			    extra(n, f));
}

static bool put_any(struct encoder *n, const struct xso_field *f)
{
	const struct xso_any *any = member(n, f);

	if (any->xso)
		return put_object(n, any->xso);
	return elem_add_child(n->a, n->e, (struct elem *)(uintptr_t)any->elem) == 0;
}

static bool (*const put[XSO_KIND_COUNT_])(struct encoder *, const struct xso_field *) = {
	[XSO_KIND_ATTR] = put_attr,
	[XSO_KIND_TEXT] = put_text,
	[XSO_KIND_CHILD_TEXT] = put_child_text,
	[XSO_KIND_CHILD_ATTR] = put_child_attr,
	[XSO_KIND_FLAG] = put_flag,
	[XSO_KIND_LANG_TEXTS] = put_lang_texts,
	[XSO_KIND_VALUES] = put_values,
	[XSO_KIND_STRINGS] = put_strings,
	[XSO_KIND_MAP] = put_map,
	[XSO_KIND_ONE] = put_one,
	[XSO_KIND_MANY] = put_many,
	[XSO_KIND_TAG] = put_tag,
	[XSO_KIND_ANY] = put_any,
};

static bool put_rest(struct encoder *n)
{
	const struct elem *rest = &n->x->rest;

	for (size_t i = 0; i < rest->n_attrs; i++) {
		const struct elem_attr *attr = &rest->attrs[i];

		if (elem_add_attr(n->a, n->e, attr->ns, attr->name, attr->value) < 0)
			return false;
	}
	elem_for_each_node(node, rest)
	{
		int r = node->elem ? elem_add_child(n->a, n->e, node->elem)
				   : elem_add_text(n->a, n->e, node->text);

		if (r < 0)
			return false;
	}
	return true;
}

static bool put_fields(struct encoder *n, bool tags)
{
	struct xso_mask left = n->x->present;
	size_t i;

	while (xso_mask_take(&left, &i)) {
		const struct xso_field *f = &n->x->cls->fields[i];

		if ((f->kind == XSO_KIND_TAG) == tags && !put[f->kind](n, f))
			return false;
	}
	return true;
}

struct elem *xso_encode(const struct xso *x, const struct xso_context *ctx, struct arena *a)
{
	struct encoder n = { .ctx = ctx, .a = a, .x = x };

	n.e = elem_new(a, xso_class_ns(x->cls, ctx), x->cls->tag.name);
	if (!n.e)
		return NULL;
	/* RFC 6120 has the condition before the text; decoding needs it behind in the table. */
	return put_fields(&n, true) && put_fields(&n, false) && put_rest(&n) ? n.e : NULL;
}
