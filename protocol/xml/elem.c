#include "protocol/xml/elem.h"

#include <errno.h>

struct elem *elem_new(struct arena *a, struct strview ns, struct strview name)
{
	struct elem *e = arena_alloc(a, sizeof(*e));

	if (e)
		*e = (struct elem){ .ns = ns, .name = name };
	return e;
}

int elem_add_attr(struct arena *a, struct elem *e, struct strview ns, struct strview name,
		  struct strview value)
{
	if (e->n_attrs == elem_attrs_room(e->n_attrs)) {
		struct elem_attr *attrs =
			arena_alloc(a, elem_attrs_room(e->n_attrs + 1) * sizeof(*attrs));

		if (!attrs)
			return -ENOMEM;
		if (e->n_attrs)
			memcpy(attrs, e->attrs, e->n_attrs * sizeof(*attrs));
		e->attrs = attrs;
	}
	e->attrs[e->n_attrs++] = (struct elem_attr){ ns, name, value };
	return 0;
}

static struct elem_node *add_node(struct arena *a, struct elem *e)
{
	struct elem_node *node = arena_alloc(a, sizeof(*node));

	if (!node)
		return NULL;
	*node = (struct elem_node){ 0 };
	if (e->last)
		e->last->next = node;
	else
		e->first = node;
	e->last = node;
	return node;
}

int elem_add_child(struct arena *a, struct elem *e, struct elem *child)
{
	struct elem_node *node = add_node(a, e);

	if (!node)
		return -ENOMEM;
	node->elem = child;
	return 0;
}

int elem_add_text(struct arena *a, struct elem *e, struct strview text)
{
	struct elem_node *node = e->last;
	char *joined;

	if (text.n == 0)
		return 0;
	if (!node || node->elem) {
		node = add_node(a, e);
		if (!node)
			return -ENOMEM;
		node->text = text;
		return 0;
	}
	joined = arena_alloc(a, node->text.n + text.n);
	if (!joined)
		return -ENOMEM;
	memcpy(joined, node->text.p, node->text.n);
	memcpy(joined + node->text.n, text.p, text.n);
	node->text = (struct strview){ joined, node->text.n + text.n };
	return 0;
}

struct elem *elem_add_new(struct arena *a, struct elem *parent, struct strview ns,
			  struct strview name, struct strview text)
{
	struct elem *e = elem_new(a, ns, name);

	if (!e || elem_add_text(a, e, text) < 0 || elem_add_child(a, parent, e) < 0)
		return NULL;
	return e;
}

static bool copy_view(struct arena *a, struct strview *v)
{
	if (!v->p)
		return true;
	*v = arena_dup(a, *v);
	return v->p;
}

static bool copy_attrs(struct arena *a, struct elem *to, const struct elem *from)
{
	if (!from->n_attrs)
		return true;
	to->attrs = arena_alloc(a, elem_attrs_room(from->n_attrs) * sizeof(*to->attrs));
	if (!to->attrs)
		return false;
	for (; to->n_attrs < from->n_attrs; to->n_attrs++) {
		struct elem_attr *attr = &to->attrs[to->n_attrs];

		*attr = from->attrs[to->n_attrs];
		if (!copy_view(a, &attr->ns) || !copy_view(a, &attr->name) ||
		    !copy_view(a, &attr->value))
			return false;
	}
	return true;
}

struct elem *elem_copy(struct arena *a, const struct elem *e)
{
	struct elem *copy = elem_new(a, e->ns, e->name);

	if (!copy || !copy_view(a, &copy->ns) || !copy_view(a, &copy->name) ||
	    !copy_attrs(a, copy, e))
		return NULL;
	elem_for_each_node(it, e)
	{
		struct elem_node *node = add_node(a, copy);

		if (!node)
			return NULL;
		if (it->elem) {
			node->elem = elem_copy(a, it->elem);
			if (!node->elem)
				return NULL;
		} else {
			node->text = it->text;
			if (!copy_view(a, &node->text))
				return NULL;
		}
	}
	return copy;
}

bool elem_is(const struct elem *e, const char *ns, const char *name)
{
	return strview_is(e->name, name) && strview_is(e->ns, ns);
}

struct strview elem_attr(const struct elem *e, const char *name)
{
	return elem_attr_ns(e, "", name);
}

/* The value of the attribute, with p set even where it is empty. */
static struct strview find_attr(const struct elem *e, struct strview ns, struct strview name)
{
	for (size_t i = 0; i < e->n_attrs; i++)
		if (strview_eq(e->attrs[i].name, name) && strview_eq(e->attrs[i].ns, ns))
			return e->attrs[i].value.p ? e->attrs[i].value : SV("");
	return SV_NONE;
}

struct strview elem_attr_ns(const struct elem *e, const char *ns, const char *name)
{
	return find_attr(e, strview_of(ns), strview_of(name));
}

const struct elem *elem_child(const struct elem *e, const char *ns, const char *name)
{
	elem_for_each_node(it, e)
	{
		if (it->elem && elem_is(it->elem, ns, name))
			return it->elem;
	}
	return NULL;
}

struct strview elem_text(const struct elem *e, struct arena *a)
{
	struct strview only = SV("");
	size_t n = 0, n_texts = 0;
	char *joined;

	elem_for_each_node(it, e)
	{
		if (it->elem)
			continue;
		only = it->text;
		n += it->text.n;
		n_texts++;
	}
	if (n_texts <= 1)
		return only;
	joined = arena_alloc(a, n);
	if (!joined)
		return SV_NONE;
	n = 0;
	elem_for_each_node(it, e)
	{
		if (it->elem)
			continue;
		memcpy(joined + n, it->text.p, it->text.n);
		n += it->text.n;
	}
	return (struct strview){ joined, n };
}

bool elem_equal(const struct elem *a, const struct elem *b)
{
	const struct elem_node *x = a->first, *y = b->first;

	if (!strview_eq(a->name, b->name) || !strview_eq(a->ns, b->ns) || a->n_attrs != b->n_attrs)
		return false;
	for (size_t i = 0; i < a->n_attrs; i++) {
		struct strview value = find_attr(b, a->attrs[i].ns, a->attrs[i].name);

		if (!value.p || !strview_eq(value, a->attrs[i].value))
			return false;
	}
	for (; x && y; x = x->next, y = y->next) {
		if (!x->elem != !y->elem)
			return false;
		if (x->elem ? !elem_equal(x->elem, y->elem) : !strview_eq(x->text, y->text))
			return false;
	}
	return !x && !y;
}
