#include "protocol/xso/xso_decode.h"

#include <errno.h>

#include "protocol/xso/xso_index.h"
#include "protocol/xso/xso_private.h"

bool xso_decoder_issue(struct xso_decoder *d, const struct xso_field *f, const char *text,
		       const struct strview *inner)
{
	struct strview path;

	if (d->issue.text)
		return true;
	path = arena_printf(d->a, "/%.*s%.*s", SV_ARG(f->name), inner ? (int)inner->n : 0,
			    inner && inner->n ? inner->p : "");
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
			 !xso_decoder_issue(d, f, "is not valid", NULL))
			return false;
	}
	if (r == -EINVAL)
		r = elem_add_attr(d->a, &d->x->rest, attr->ns, attr->name, attr->value);
	return r == 0;
}

static bool decode_child(struct xso_decoder *d, const struct elem *child)
{
	const struct xso_class *cls = d->x->cls;
	const struct xso_field *f = xso_field_of(cls, d->ctx->default_ns, child);
	enum xso_taken taken = XSO_LEFT;

	if (f && (xso_is_plural(f->kind) || !xso_has_field(d->x, f)))
		taken = xso_take[f->kind](d, f, child);
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
static bool decode_text(struct xso_decoder *d, const struct xso_field *f)
{
	struct strview text = elem_text(d->e, d->a);
	int r;

	if (!text.p)
		return false;
	if (text.n == 0 || (strview_is_space(text) && d->e->first->next))
		return true;
	r = xso_type_parse(f->type, text, d->a, xso_member(d->x, f->offset));
	if (r == 0)
		xso_set_field(d->x, f);
	return r == 0 || (r == -EINVAL && xso_decoder_issue(d, f, "is not valid", NULL));
}

static bool decode_children(struct xso_decoder *d)
{
	const struct xso_field *text = find_text(d->x->cls, d->e);

	if (text && !decode_text(d, text))
		return false;
	elem_for_each_node(node, d->e)
	{
		bool ok = true;

		if (node->elem)
			ok = decode_child(d, node->elem);
		else if (!text && !strview_is_space(node->text))
			ok = rest_text(d, node->text);
		if (!ok)
			return false;
	}
	return true;
}

enum xso_result xso_decode(const struct xso_class *cls, const struct elem *e,
			   const struct xso_context *ctx, struct arena *a, struct xso **ret,
			   struct xso_issue *ret_issue)
{
	struct xso_decoder d = { .ctx = ctx, .a = a, .x = xso_new(cls, a), .e = e };
	enum xso_result result = XSO_OK;

	if (!d.x)
		return XSO_NO_MEMORY;
	for (size_t i = 0; i < e->n_attrs; i++)
		if (!decode_attr(&d, &e->attrs[i]))
			return XSO_NO_MEMORY;
	if (!decode_children(&d))
		return XSO_NO_MEMORY;
	if (d.issue.text)
		result = XSO_INVALID;
	else
		result = xso_check(d.x, a, &d.issue);
	if (result == XSO_NO_MEMORY)
		return result;
	*ret = d.x;
	if (result == XSO_INVALID)
		*ret_issue = d.issue;
	return result;
}
