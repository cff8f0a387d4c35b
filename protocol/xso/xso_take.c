#include "protocol/xso/xso_decode.h"

#include "protocol/xso/xso_macros.h"
#include "protocol/xso/xso_private.h"
#include "protocol/xso/xso_registry.h"

/* All text of an element that may have no other content; false if it has. */
static bool only_text(const struct elem *e, struct arena *a, struct strview *ret)
{
	elem_for_each_node(node, e)
	{
		if (node->elem)
			return false;
	}
	*ret = e->first && !e->first->next ? e->first->text : elem_text(e, a);
	return true;
}

static bool only_space(const struct elem *e)
{
	elem_for_each_node(node, e)
	{
		if (node->elem || !strview_is_space(node->text))
			return false;
	}
	return true;
}

bool xso_text_and_attr(const struct elem *e, const struct xso_tag *extra, struct arena *a,
		       struct strview *ret_text, struct strview *ret_extra)
{
	*ret_extra = SV_NONE;
	if (e->n_attrs > 1 || (e->n_attrs == 1 && !xso_attr_is(extra, &e->attrs[0])))
		return false;
	if (e->n_attrs == 1)
		*ret_extra = e->attrs[0].value.p ? e->attrs[0].value : SV("");
	return only_text(e, a, ret_text);
}

static enum xso_taken take_child_text(struct xso_decoder *d, const struct xso_field *f,
				      const struct elem *child)
{
	enum xso_taken taken;
	struct strview text, extra;

	if (!xso_text_and_attr(child, &f->extra, d->a, &text, &extra))
		return XSO_LEFT;
	if (!text.p)
		return XSO_FAILED;
	taken = xso_take_value(d, f, text, xso_member(d->x, f->offset));
	if (taken == XSO_TAKEN && f->extra_offset)
		*(struct strview *)xso_member(d->x, f->extra_offset) = extra;
	return taken;
}

static enum xso_taken take_child_attr(struct xso_decoder *d, const struct xso_field *f,
				      const struct elem *child)
{
	if (child->n_attrs != 1 || !xso_attr_is(&f->extra, &child->attrs[0]) || !only_space(child))
		return XSO_LEFT;
	return xso_take_value(d, f, child->attrs[0].value, xso_member(d->x, f->offset));
}

static enum xso_taken take_flag(struct xso_decoder *d, const struct xso_field *f,
				const struct elem *child)
{
	if (child->n_attrs || !only_space(child))
		return XSO_LEFT;
	*(bool *)xso_member(d->x, f->offset) = true;
	return XSO_TAKEN;
}

static enum xso_taken take_lang_text(struct xso_decoder *d, const struct xso_field *f,
				     const struct elem *child)
{
	static const struct xso_tag xml_lang = XSO_TAG(XMLNS_XML, "lang");
	struct xso_text *item, new;

	if (!xso_text_and_attr(child, &xml_lang, d->a, &new.text, &new.lang))
		return XSO_LEFT;
	item = new.text.p ? xso_list_add(xso_member(d->x, f->offset), sizeof(*item), d->a) : NULL;
	if (!item)
		return XSO_FAILED;
	*item = new;
	return XSO_TAKEN;
}

/* A child of that class or of what is derived of it; of one that cannot take it: XSO_WRONG. */
static enum xso_taken take_object(struct xso_decoder *d, const struct xso_class *cls,
				  const struct elem *child, struct xso **ret)
{
	cls = xso_registry_class(d->ctx->registry, cls);
	switch (xso_decode_inside(cls, child, d->ctx, d->a, ret, &d->wrong)) {
	case XSO_OK:
		return XSO_TAKEN;
	case XSO_INVALID:
		return XSO_WRONG;
	case XSO_NO_MEMORY:
		return XSO_FAILED;
	}
	return XSO_FAILED;
}

static enum xso_taken take_one(struct xso_decoder *d, const struct xso_field *f,
			       const struct elem *child)
{
	struct xso *x;
	enum xso_taken taken = take_object(d, f->cls, child, &x);

	if (taken == XSO_TAKEN)
		*(struct xso **)xso_member(d->x, f->offset) = x;
	return taken == XSO_WRONG && !(f->flags & XSO_STRICT) ? XSO_LEFT : taken;
}

static enum xso_taken take_many(struct xso_decoder *d, const struct xso_field *f,
				const struct elem *child)
{
	struct xso_list *list = xso_member(d->x, f->offset);
	struct xso *x, **item;
	enum xso_taken taken = take_object(d, f->cls, child, &x);

	if (taken == XSO_WRONG && f->flags & XSO_STRICT)
		return xso_wrong_item(d, list->n, d->wrong.text, d->wrong.path);
	if (taken != XSO_TAKEN)
		return taken == XSO_WRONG ? XSO_LEFT : taken;
	item = xso_list_add(list, sizeof(*item), d->a);
	if (!item)
		return XSO_FAILED;
	*item = x;
	return XSO_TAKEN;
}

static enum xso_taken take_tag(struct xso_decoder *d, const struct xso_field *f,
			       const struct elem *child)
{
	struct strview text;
	unsigned index;

	if (!(f->flags & XSO_OPEN) && xso_type_parse(f->type, child->name, d->a, &index) != 0)
		return XSO_LEFT;
	if (child->n_attrs || !only_text(child, d->a, &text))
		return XSO_LEFT;
	if (!text.p)
		return XSO_FAILED;
	if (!strview_is_space(text)) {
		if (!f->extra_offset)
			return XSO_LEFT;
		*(struct strview *)xso_member(d->x, f->extra_offset) = text;
	}
	*(struct strview *)xso_member(d->x, f->offset) = child->name;
	return XSO_TAKEN;
}

/* What its class cannot take, or what is of none, is taken as it is, or wrong. */
static enum xso_taken take_any(struct xso_decoder *d, const struct xso_field *f,
			       const struct elem *child)
{
	const struct xso_class *cls =
		xso_registry_find(d->ctx->registry, child->ns, child->name, d->ctx->default_ns);
	struct xso_any *any = xso_member(d->x, f->offset);
	enum xso_taken taken = XSO_LEFT;
	struct xso *x = NULL;

	if (cls && !cls->top_only) {
		taken = take_object(d, cls, child, &x);
	} else if (d->ctx->reject_unknown) {
		taken = XSO_WRONG;
		d->wrong = (struct xso_issue){ .text = "is of no known class" };
	}
	if (taken == XSO_FAILED || (taken == XSO_WRONG && f->flags & XSO_STRICT))
		return taken;
	*any = taken == XSO_TAKEN ? (struct xso_any){ .xso = x }
				  : (struct xso_any){ .elem = child };
	return XSO_TAKEN;
}

enum xso_taken (*const xso_take[XSO_KIND_COUNT_])(struct xso_decoder *, const struct xso_field *,
						  const struct elem *) = {
	[XSO_KIND_CHILD_TEXT] = take_child_text,
	[XSO_KIND_CHILD_ATTR] = take_child_attr,
	[XSO_KIND_FLAG] = take_flag,
	[XSO_KIND_LANG_TEXTS] = take_lang_text,
	[XSO_KIND_VALUES] = xso_take_values,
	[XSO_KIND_STRINGS] = xso_take_strings,
	[XSO_KIND_MAP] = xso_take_pair,
	[XSO_KIND_ONE] = take_one,
	[XSO_KIND_MANY] = take_many,
	[XSO_KIND_TAG] = take_tag,
	[XSO_KIND_ANY] = take_any,
};
