#include "protocol/xso/xso_decode.h"

#include <errno.h>

#include "protocol/xso/xso_index.h"
#include "protocol/xso/xso_private.h"

/* Keeps the first issue: that of a field, or of something inside of it. False without memory. */
static bool note(struct xso_decoder *d, const struct xso_field *f, const char *text,
		 struct strview inner)
{
	struct strview path;

	if (d->issue.text)
		return true;
	path = arena_printf(d->a, "/%.*s%.*s", SV_ARG(f->name), SV_ARG(inner));
	if (!path.p)
		return false;
	d->issue = (struct xso_issue){ text, path };
	return true;
}

static bool decode_attr(struct xso_decoder *d, const struct elem_attr *attr)
{
	const struct xso_field *f = xso_attr_of(d->x->cls, attr);
	int r = -EINVAL;

	if (f && !xso_has_field(d->x, f)) {
		r = xso_type_parse(f->type, attr->value, d->a, xso_member(d->x, f->offset));
		if (r == 0)
			xso_set_field(d->x, f);
		else if (r == -EINVAL && !(f->flags & XSO_LENIENT) &&
			 !note(d, f, "is not valid", SV_NONE))
			return false;
	}
	if (r == -EINVAL)
		r = elem_add_attr(d->a, &d->x->rest, attr->ns, attr->name, attr->value);
	return r == 0;
}

static enum xso_taken take_child(struct xso_decoder *d, const struct xso_field *f,
				 const struct elem *child)
{
	enum xso_taken taken = XSO_TAKEN;

	if (xso_has_field(d->x, f) && !xso_is_plural(f->kind))
		return XSO_LEFT;
	if (f->flags & (XSO_FROM_ACCOUNT | XSO_FROM_ARCHIVE))
		taken = xso_sender(d, f);
	if (taken == XSO_TAKEN)
		taken = xso_take[f->kind](d, f, child);
	if (taken != XSO_WRONG)
		return taken;
	if (!(f->flags & XSO_LENIENT) && !note(d, f, d->wrong.text, d->wrong.path))
		return XSO_FAILED;
	return XSO_LEFT;
}

static bool decode_child(struct xso_decoder *d, const struct elem *child)
{
	const struct xso_field *f = xso_field_of(d->x->cls, d->ctx->default_ns, child);
	enum xso_taken taken = f ? take_child(d, f, child) : XSO_LEFT;

	if (taken == XSO_TAKEN)
		xso_set_field(d->x, f);
	if (taken == XSO_LEFT)
		return elem_add_child(d->a, &d->x->rest, (struct elem *)(uintptr_t)child) == 0;
	return taken == XSO_TAKEN;
}

/* Neighbours become one; many of them must not cost their square. */
static bool rest_text(struct xso_decoder *d, struct strview text)
{
	struct elem_node *last = d->x->rest.last;
	size_t n;

	if (!last || last->elem) {
		d->joined_room = 0;
		return elem_add_text(d->a, &d->x->rest, text) == 0;
	}
	n = last->text.n + text.n;
	if (n > d->joined_room) {
		d->joined = arena_alloc(d->a, n * 2);
		if (!d->joined)
			return false;
		d->joined_room = n * 2;
		memcpy(d->joined, last->text.p, last->text.n);
	}
	memcpy(d->joined + last->text.n, text.p, text.n);
	last->text = (struct strview){ d->joined, n };
	return true;
}

/* The field of the element's own text, if it has one and the class too. */
static const struct xso_field *find_text(const struct xso_class *cls, const struct elem *e)
{
	const struct elem_node *node = e->first;

	while (node && node->elem)
		node = node->next;
	return node ? xso_index_of(cls)->text : NULL;
}

/* The element's own text; white space counts only where there is nothing else. */
static enum xso_taken decode_text(struct xso_decoder *d, const struct xso_field *f)
{
	struct strview text = elem_text(d->e, d->a);
	enum xso_taken taken;

	if (!text.p)
		return XSO_FAILED;
	if (text.n == 0 || (strview_is_space(text) && d->e->first->next))
		return XSO_TAKEN;
	taken = xso_take_value(d, f, text, xso_member(d->x, f->offset));
	if (taken == XSO_TAKEN)
		xso_set_field(d->x, f);
	if (taken != XSO_WRONG)
		return taken;
	if (!(f->flags & XSO_LENIENT) && !note(d, f, d->wrong.text, SV_NONE))
		return XSO_FAILED;
	return XSO_LEFT;
}

static bool decode_children(struct xso_decoder *d)
{
	const struct xso_field *text = find_text(d->x->cls, d->e);
	enum xso_taken taken = text ? decode_text(d, text) : XSO_LEFT;

	if (taken == XSO_FAILED)
		return false;
	elem_for_each_node(node, d->e)
	{
		bool ok = true;

		if (node->elem)
			ok = decode_child(d, node->elem);
		else if (taken == XSO_LEFT && !strview_is_space(node->text))
			ok = rest_text(d, node->text);
		if (!ok)
			return false;
	}
	return true;
}

static enum xso_result decode(struct xso_decoder *d, struct xso **ret, struct xso_issue *ret_issue)
{
	enum xso_result result = XSO_INVALID;

	if (!d->x)
		return XSO_NO_MEMORY;
	for (size_t i = 0; i < d->e->n_attrs; i++)
		if (!decode_attr(d, &d->e->attrs[i]))
			return XSO_NO_MEMORY;
	if (!decode_children(d))
		return XSO_NO_MEMORY;
	if (!d->issue.text)
		result = xso_check(d->x, d->a, &d->issue);
	if (result == XSO_NO_MEMORY)
		return result;
	*ret = d->x;
	if (result == XSO_INVALID)
		*ret_issue = d->issue;
	return result;
}

enum xso_result xso_decode(const struct xso_class *cls, const struct elem *e,
			   const struct xso_context *ctx, struct arena *a, struct xso **ret,
			   struct xso_issue *ret_issue)
{
	struct xso_decoder d = { .ctx = ctx, .a = a, .x = xso_new(cls, a), .e = e };

	return decode(&d, ret, ret_issue);
}

enum xso_result xso_decode_inside(const struct xso_class *cls, const struct elem *e,
				  const struct xso_context *ctx, struct arena *a, struct xso **ret,
				  struct xso_issue *ret_issue)
{
	struct xso_decoder d = { .ctx = ctx, .a = a, .x = xso_new(cls, a), .e = e };

	d.inside = true;
	return decode(&d, ret, ret_issue);
}
