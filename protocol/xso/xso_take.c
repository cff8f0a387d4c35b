#include "protocol/xso/xso_decode.h"

#include <errno.h>

#include "protocol/xso/xso_macros.h"
#include "protocol/xso/xso_private.h"
#include "protocol/xso/xso_registry.h"

static bool tag_is(const struct xso_tag *tag, struct strview outer, struct strview ns,
		   struct strview name)
{
	return strview_eq(tag->name, name) && strview_eq(xso_tag_ns(tag, outer), ns);
}

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

/* A child with a text and at most the attribute `extra`; *ret_extra.p is NULL without it. */
static bool text_and_attr(const struct elem *e, const struct xso_tag *extra, struct arena *a,
			  struct strview *ret_text, struct strview *ret_extra)
{
	*ret_extra = SV_NONE;
	if (e->n_attrs > 1 || (e->n_attrs == 1 && !xso_attr_is(extra, &e->attrs[0])))
		return false;
	if (e->n_attrs == 1)
		*ret_extra = e->attrs[0].value.p ? e->attrs[0].value : SV("");
	return only_text(e, a, ret_text);
}

/* The value of a child, of the field's type or else an issue. */
static enum xso_taken take_value(struct xso_decoder *d, const struct xso_field *f,
				 struct strview text, void *member)
{
	int r = xso_type_parse(f->type, text, d->a, member);

	if (r == 0)
		return XSO_TAKEN;
	if (r != -EINVAL)
		return XSO_FAILED;
	if (!(f->flags & XSO_LENIENT) && !xso_decoder_issue(d, f, "is not valid", NULL))
		return XSO_FAILED;
	return XSO_LEFT;
}

static enum xso_taken take_child_text(struct xso_decoder *d, const struct xso_field *f,
				      const struct elem *child)
{
	enum xso_taken taken;
	struct strview text, extra;

	if (!text_and_attr(child, &f->extra, d->a, &text, &extra))
		return XSO_LEFT;
	if (!text.p)
		return XSO_FAILED;
	taken = take_value(d, f, text, xso_member(d->x, f->offset));
	if (taken == XSO_TAKEN && f->extra_offset)
		*(struct strview *)xso_member(d->x, f->extra_offset) = extra;
	return taken;
}

static enum xso_taken take_child_attr(struct xso_decoder *d, const struct xso_field *f,
				      const struct elem *child)
{
	if (child->n_attrs != 1 || !xso_attr_is(&f->extra, &child->attrs[0]) || !only_space(child))
		return XSO_LEFT;
	return take_value(d, f, child->attrs[0].value, xso_member(d->x, f->offset));
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

	if (!text_and_attr(child, &xml_lang, d->a, &new.text, &new.lang))
		return XSO_LEFT;
	item = new.text.p ? xso_list_add(xso_member(d->x, f->offset), sizeof(*item), d->a) : NULL;
	if (!item)
		return XSO_FAILED;
	*item = new;
	return XSO_TAKEN;
}

/* The value of an item of a list, in its text or its attribute. */
static enum xso_taken item_value(struct xso_decoder *d, const struct xso_field *f,
				 const struct elem *item, union xso_value *ret)
{
	struct strview text, attr;

	if (!text_and_attr(item, &f->extra, d->a, &text, &attr))
		return XSO_LEFT;
	if (!text.p)
		return XSO_FAILED;
	if (f->extra.name.n && (!attr.p || !strview_is_space(text)))
		return XSO_LEFT;
	return take_value(d, f, f->extra.name.n ? attr : text, ret);
}

static enum xso_taken take_strings(struct xso_decoder *d, const struct xso_field *f,
				   const struct elem *child)
{
	struct xso_list list = { 0 };

	if (child->n_attrs)
		return XSO_LEFT;
	elem_for_each_node(node, child)
	{
		enum xso_taken taken = XSO_LEFT;
		union xso_value *item, value;

		if (!node->elem && strview_is_space(node->text))
			continue;
		if (node->elem && tag_is(&f->item, child->ns, node->elem->ns, node->elem->name))
			taken = item_value(d, f, node->elem, &value);
		if (taken != XSO_TAKEN)
			return taken;
		item = xso_list_add(&list, sizeof(*item), d->a);
		if (!item)
			return XSO_FAILED;
		*item = value;
	}
	*(struct xso_list *)xso_member(d->x, f->offset) = list;
	return XSO_TAKEN;
}

static enum xso_taken take_values(struct xso_decoder *d, const struct xso_field *f,
				  const struct elem *child)
{
	union xso_value *item, value;
	enum xso_taken taken = item_value(d, f, child, &value);

	if (taken != XSO_TAKEN)
		return taken;
	item = xso_list_add(xso_member(d->x, f->offset), sizeof(*item), d->a);
	if (!item)
		return XSO_FAILED;
	*item = value;
	return XSO_TAKEN;
}

static enum xso_taken take_pair(struct xso_decoder *d, const struct xso_field *f,
				const struct elem *child)
{
	struct xso_list *list = xso_member(d->x, f->offset);
	const struct xso_pair *pairs = list->items;
	struct xso_pair *item, new;
	struct strview text;
	enum xso_taken taken;

	if (!text_and_attr(child, &f->extra, d->a, &text, &new.key) || !new.key.p)
		return XSO_LEFT;
	for (size_t i = 0; i < list->n; i++)
		if (strview_eq(pairs[i].key, new.key))
			return XSO_LEFT;
	taken = text.p ? take_value(d, f, text, &new.value) : XSO_FAILED;
	if (taken != XSO_TAKEN)
		return taken;
	item = xso_list_add(list, sizeof(*item), d->a);
	if (!item)
		return XSO_FAILED;
	*item = new;
	return XSO_TAKEN;
}

static enum xso_taken take_object(struct xso_decoder *d, const struct xso_class *cls,
				  const struct elem *child, struct xso **ret,
				  struct xso_issue *issue)
{
	cls = xso_registry_class(d->ctx->registry, cls);
	switch (xso_decode(cls, child, d->ctx, d->a, ret, issue)) {
	case XSO_OK:
		return XSO_TAKEN;
	case XSO_INVALID:
		return XSO_LEFT;
	case XSO_NO_MEMORY:
		return XSO_FAILED;
	}
	return XSO_FAILED;
}

static enum xso_taken take_one(struct xso_decoder *d, const struct xso_field *f,
			       const struct elem *child)
{
	struct xso_issue issue;
	struct xso *x;
	enum xso_taken taken = take_object(d, f->cls, child, &x, &issue);

	if (taken == XSO_TAKEN)
		*(struct xso **)xso_member(d->x, f->offset) = x;
	return taken;
}

static enum xso_taken take_many(struct xso_decoder *d, const struct xso_field *f,
				const struct elem *child)
{
	struct xso_issue issue;
	struct xso *x, **item;
	enum xso_taken taken = take_object(d, f->cls, child, &x, &issue);

	if (taken != XSO_TAKEN)
		return taken;
	item = xso_list_add(xso_member(d->x, f->offset), sizeof(*item), d->a);
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

static enum xso_taken take_any(struct xso_decoder *d, const struct xso_field *f,
			       const struct elem *child)
{
	struct xso_any *any = xso_member(d->x, f->offset);
	const struct xso_class *cls =
		xso_registry_find(d->ctx->registry, child->ns, child->name, d->ctx->default_ns);
	bool strict = f->flags & XSO_STRICT;
	struct xso_issue issue;
	struct xso *x = NULL;
	enum xso_taken taken = XSO_LEFT;

	if (cls && !cls->top_only) {
		taken = take_object(d, cls, child, &x, &issue);
		if (taken == XSO_LEFT && strict &&
		    !xso_decoder_issue(d, f, issue.text, &issue.path))
			return XSO_FAILED;
	} else if (strict && d->ctx->reject_unknown &&
		   !xso_decoder_issue(d, f, "is of no known class", NULL)) {
		return XSO_FAILED;
	}
	if (taken == XSO_FAILED)
		return XSO_FAILED;
	*any = (struct xso_any){ taken == XSO_TAKEN ? x : NULL, taken == XSO_TAKEN ? NULL : child };
	return XSO_TAKEN;
}

enum xso_taken (*const xso_take[XSO_KIND_COUNT_])(struct xso_decoder *, const struct xso_field *,
						  const struct elem *) = {
	[XSO_KIND_CHILD_TEXT] = take_child_text,
	[XSO_KIND_CHILD_ATTR] = take_child_attr,
	[XSO_KIND_FLAG] = take_flag,
	[XSO_KIND_LANG_TEXTS] = take_lang_text,
	[XSO_KIND_VALUES] = take_values,
	[XSO_KIND_STRINGS] = take_strings,
	[XSO_KIND_MAP] = take_pair,
	[XSO_KIND_ONE] = take_one,
	[XSO_KIND_MANY] = take_many,
	[XSO_KIND_TAG] = take_tag,
	[XSO_KIND_ANY] = take_any,
};
