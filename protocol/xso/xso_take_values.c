#include <errno.h>

#include "protocol/xso/xso_decode.h"
#include "protocol/xso/xso_private.h"

static bool tag_is(const struct xso_tag *tag, struct strview outer, const struct elem *e)
{
	return strview_eq(tag->name, e->name) && strview_eq(xso_tag_ns(tag, outer), e->ns);
}

enum xso_taken xso_take_value(struct xso_decoder *d, const struct xso_field *f, struct strview text,
			      void *member)
{
	int r = xso_type_parse(f->type, text, d->a, member);

	if (r == 0)
		return XSO_TAKEN;
	if (r != -EINVAL)
		return XSO_FAILED;
	d->wrong = (struct xso_issue){ .text = "is not valid" };
	return XSO_WRONG;
}

enum xso_taken xso_wrong_item(struct xso_decoder *d, size_t index, const char *text,
			      struct strview inner)
{
	struct strview path = arena_printf(d->a, "/%zu%.*s", index, SV_ARG(inner));

	d->wrong = (struct xso_issue){ text, path };
	return path.p ? XSO_WRONG : XSO_FAILED;
}

/* The same for an entry of a map: its key, as RFC 6901 3 has it. */
static enum xso_taken wrong_entry(struct xso_decoder *d, struct strview key)
{
	char *path = arena_alloc(d->a, 2 * key.n + 1);
	size_t n = 0;

	if (!path)
		return XSO_FAILED;
	path[n++] = '/';
	for (size_t i = 0; i < key.n; i++) {
		bool escaped = key.p[i] == '~' || key.p[i] == '/';

		path[n++] = escaped ? '~' : key.p[i];
		if (escaped)
			path[n++] = key.p[i] == '~' ? '0' : '1';
	}
	d->wrong.path = (struct strview){ path, n };
	return XSO_WRONG;
}

/* One more value of a list, from the text of an item or from its attribute. */
static enum xso_taken take_item(struct xso_decoder *d, const struct xso_field *f,
				const struct elem *e, struct xso_list *list)
{
	bool as_attr = f->extra.name.n;
	union xso_value *item, value;
	struct strview text, attr;
	enum xso_taken taken;

	if (!xso_text_and_attr(e, &f->extra, d->a, &text, &attr))
		return XSO_LEFT;
	if (!text.p)
		return XSO_FAILED;
	if (as_attr && (!attr.p || !strview_is_space(text)))
		return XSO_LEFT;
	taken = xso_take_value(d, f, as_attr ? attr : text, &value);
	if (taken == XSO_WRONG)
		return xso_wrong_item(d, list->n, d->wrong.text, SV_NONE);
	item = taken == XSO_TAKEN ? xso_list_add(list, sizeof(*item), d->a) : NULL;
	if (!item)
		return XSO_FAILED;
	*item = value;
	return XSO_TAKEN;
}

enum xso_taken xso_take_values(struct xso_decoder *d, const struct xso_field *f,
			       const struct elem *child)
{
	return take_item(d, f, child, xso_member(d->x, f->offset));
}

enum xso_taken xso_take_strings(struct xso_decoder *d, const struct xso_field *f,
				const struct elem *child)
{
	struct xso_list list = { 0 };

	if (child->n_attrs)
		return XSO_LEFT;
	elem_for_each_node(node, child)
	{
		enum xso_taken taken = XSO_LEFT;

		if (!node->elem && strview_is_space(node->text))
			continue;
		if (node->elem && tag_is(&f->item, child->ns, node->elem))
			taken = take_item(d, f, node->elem, &list);
		if (taken != XSO_TAKEN)
			return taken;
	}
	*(struct xso_list *)xso_member(d->x, f->offset) = list;
	return XSO_TAKEN;
}

enum xso_taken xso_take_pair(struct xso_decoder *d, const struct xso_field *f,
			     const struct elem *child)
{
	struct xso_pair *item, new;
	struct strview text;
	enum xso_taken taken;

	if (!xso_text_and_attr(child, &f->extra, d->a, &text, &new.key) || !new.key.p)
		return XSO_LEFT;
	taken = text.p ? xso_take_value(d, f, text, &new.value) : XSO_FAILED;
	if (taken == XSO_WRONG)
		return wrong_entry(d, new.key);
	if (taken == XSO_TAKEN)
		taken = xso_keys_add(d, f, new.key);
	if (taken != XSO_TAKEN)
		return taken;
	item = xso_list_add(xso_member(d->x, f->offset), sizeof(*item), d->a);
	if (!item)
		return XSO_FAILED;
	*item = new;
	return XSO_TAKEN;
}
