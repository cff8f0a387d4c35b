#include "tests/unit/mutate.h"

#include <check.h>

#include "tests/unit/typed_invalid.h"
#include "tests/unit/typed_sample.h"

struct elem *mutate_child(const struct elem *e, const struct xso_class *cls,
			  const struct xso_field *f)
{
	elem_for_each_node(node, e)
	{
		if (node->elem &&
		    xso_field_of(cls, typed_sample_context.default_ns, node->elem) == f)
			return node->elem;
	}
	ck_abort_msg("%s has no %s", typed_sample_xml(e), f->name.p);
	return NULL;
}

struct elem_attr *mutate_attr(const struct elem *e, const struct xso_tag *tag)
{
	for (size_t i = 0; i < e->n_attrs; i++)
		if (strview_eq(e->attrs[i].name, tag->name) && strview_eq(e->attrs[i].ns, tag->ns))
			return &e->attrs[i];
	ck_abort_msg("%s has no attribute %s", typed_sample_xml(e), tag->name.p);
	return NULL;
}

static void drop_attr(struct elem *e, struct elem_attr *attr)
{
	*attr = e->attrs[--e->n_attrs];
}

void mutate_drop(struct elem *e, const struct xso_class *cls, const struct xso_field *f)
{
	struct elem_node **at = &e->first;

	if (f->kind == XSO_KIND_ATTR) {
		drop_attr(e, mutate_attr(e, &f->tag));
		return;
	}
	e->last = NULL;
	while (*at) {
		const struct elem *c = (*at)->elem;
		const struct xso_field *owner =
			c ? xso_field_of(cls, typed_sample_context.default_ns, c) : NULL;

		if (c ? owner == f : f->kind == XSO_KIND_TEXT) {
			*at = (*at)->next;
		} else {
			e->last = *at;
			at = &(*at)->next;
		}
	}
}

static void set_text(struct elem *e, struct strview text)
{
	e->first = e->last = NULL;
	ck_assert_int_eq(elem_add_text(&typed_sample_arena, e, text), 0);
}

void mutate_value(struct elem *e, const struct xso_class *cls, const struct xso_field *f,
		  struct strview v)
{
	struct elem *c;

	if (f->kind == XSO_KIND_ATTR) {
		mutate_attr(e, &f->tag)->value = v;
		return;
	}
	if (f->kind == XSO_KIND_TEXT) {
		set_text(e, v);
		return;
	}
	c = mutate_child(e, cls, f);
	if (f->kind == XSO_KIND_STRINGS) {
		c->first = c->last = NULL;
		c = elem_add_new(&typed_sample_arena, c, f->item.ns.n ? f->item.ns : c->ns,
				 f->item.name, SV_NONE);
		ck_assert_ptr_nonnull(c);
		if (f->extra.name.n)
			ck_assert_int_eq(elem_add_attr(&typed_sample_arena, c, f->extra.ns,
						       f->extra.name, v),
					 0);
	}
	if (f->extra.name.n && !f->extra_offset && f->kind != XSO_KIND_MAP)
		mutate_attr(c, &f->extra)->value = v;
	else
		set_text(c, v);
}
