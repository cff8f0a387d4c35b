#include "tests/unit/xso_same.h"

#include <stdlib.h>

#include "protocol/xso/xso_private.h"

/* Two objects and the elements that they were decoded from. */
struct pair {
	const struct xso_context *ctx;
	struct arena *a;
	const struct elem *want, *got;
	const struct xso *want_x, *got_x;
	const char *at; /* path of the two */
};

/* Children of an element that are of one field, or of none. */
struct group {
	const struct elem **items;
	size_t n;
};

static const char *differ(const struct pair *p, const char *what, struct strview name)
{
	struct strview text =
		arena_printf(p->a, "%s: %s %.*s", *p->at ? p->at : "/", what, SV_ARG(name));

	return text.p ? text.p : "out of memory";
}

/* --- values ----------------------------------------------------------------------------------- */

static bool has_forms(const struct xso_type *t)
{
	return t && (t->store == XSO_STORE_INT || t->store == XSO_STORE_BOOL);
}

/* Equal, or of a type with several forms and in its value equal. */
static bool same_value(const struct xso_type *t, struct strview x, struct strview y,
		       struct arena *a)
{
	union xso_value vx = { 0 }, vy = { 0 };

	if (strview_eq(x, y))
		return true;
	if (!has_forms(t) || xso_type_parse(t, x, a, &vx) != 0 || xso_type_parse(t, y, a, &vy) != 0)
		return false;
	return t->store == XSO_STORE_INT ? vx.number == vy.number : vx.boolean == vy.boolean;
}

static const struct elem_attr *attr_like(const struct elem *e, const struct elem_attr *attr)
{
	for (size_t i = 0; i < e->n_attrs; i++)
		if (strview_eq(e->attrs[i].name, attr->name) &&
		    strview_eq(e->attrs[i].ns, attr->ns))
			return &e->attrs[i];
	return NULL;
}

static bool is_tag(const struct xso_tag *tag, const struct elem_attr *attr)
{
	return strview_eq(tag->name, attr->name) && strview_eq(tag->ns, attr->ns);
}

/* The text without white space alone, where that means nothing beside the elements. */
static bool has_content(const struct elem_node *node)
{
	return node->elem || !strview_is_space(node->text);
}

static const struct elem_node *next_content(const struct elem_node *node)
{
	while (node && !has_content(node))
		node = node->next;
	return node;
}

/* Both children carry one value of that field in a text or attribute. */
static bool same_scalar(const struct xso_field *f, const struct elem *x, const struct elem *y,
			struct arena *a);

static bool same_items(const struct xso_field *f, const struct elem *x, const struct elem *y,
		       struct arena *a)
{
	const struct elem_node *nx = next_content(x->first), *ny = next_content(y->first);

	while (nx && ny) {
		if (!nx->elem || !ny->elem || !same_scalar(f, nx->elem, ny->elem, a))
			return false;
		nx = next_content(nx->next);
		ny = next_content(ny->next);
	}
	return !nx && !ny;
}

static bool same_attrs(const struct xso_field *f, const struct elem *x, const struct elem *y,
		       struct arena *a)
{
	if (x->n_attrs != y->n_attrs)
		return false;
	for (size_t i = 0; i < x->n_attrs; i++) {
		const struct elem_attr *attr = attr_like(y, &x->attrs[i]);
		bool value = is_tag(&f->extra, &x->attrs[i]) && !f->extra_offset &&
			     f->kind != XSO_KIND_MAP;

		if (!attr || !same_value(value ? f->type : NULL, x->attrs[i].value, attr->value, a))
			return false;
	}
	return true;
}

static bool same_scalar(const struct xso_field *f, const struct elem *x, const struct elem *y,
			struct arena *a)
{
	struct strview tx = elem_text(x, a), ty = elem_text(y, a);

	if (!strview_eq(x->name, y->name) || !strview_eq(x->ns, y->ns) || !same_attrs(f, x, y, a))
		return false;
	if (!next_content(x->first) && !next_content(y->first) &&
	    (f->kind == XSO_KIND_FLAG || f->kind == XSO_KIND_CHILD_ATTR ||
	     f->kind == XSO_KIND_TAG || f->kind == XSO_KIND_STRINGS ||
	     (f->kind == XSO_KIND_VALUES && f->extra.name.n)))
		return true;
	return same_value(f->type, tx, ty, a);
}

/* --- children --------------------------------------------------------------------------------- */

static void add(struct group *g, const struct elem *e, size_t room, struct arena *a)
{
	if (!g->items)
		g->items = arena_alloc(a, room * sizeof(*g->items));
	if (!g->items)
		abort();
	g->items[g->n++] = e;
}

static size_t n_children(const struct elem *e)
{
	size_t n = 0;

	elem_for_each_node(node, e) n += node->elem != NULL;
	return n;
}

static const struct elem_node *next_elem(const struct elem_node *node)
{
	while (node && !node->elem)
		node = node->next;
	return node;
}

/* The children that fields of x have taken, a group for each; those of `rest` are left out. */
static struct group *taken(const struct pair *p, const struct elem *e, const struct xso *x)
{
	const struct xso_class *cls = x->cls;
	struct group *groups = arena_zalloc(p->a, (cls->n_fields + 1) * sizeof(*groups));
	const struct elem_node *left = next_elem(x->rest.first);
	size_t room = n_children(e);

	if (!groups)
		abort();
	elem_for_each_node(node, e)
	{
		const struct xso_field *f;

		if (!node->elem)
			continue;
		if (left && left->elem == node->elem) {
			left = next_elem(left->next);
			continue;
		}
		f = xso_field_of(cls, p->ctx->default_ns, node->elem);
		add(&groups[f ? (size_t)(f - cls->fields) : cls->n_fields], node->elem, room, p->a);
	}
	return groups;
}

/* Of several languages, the text without one of its own, else the first, is the main one. */
static void main_first(struct group *g)
{
	static const struct elem_attr lang = { { "http://www.w3.org/XML/1998/namespace", 36 },
					       { "lang", 4 },
					       { NULL, 0 } };
	const struct elem *main;
	size_t i = 0;

	while (i < g->n && attr_like(g->items[i], &lang))
		i++;
	if (i == g->n)
		return;
	main = g->items[i];
	memmove(g->items + 1, g->items, i * sizeof(*g->items));
	g->items[0] = main;
}

static const char *same_object(const struct pair *p);

static const struct xso *object_of(const struct xso *x, const struct xso_field *f, size_t i)
{
	const void *member = xso_member(x, f->offset);

	if (f->kind == XSO_KIND_ONE)
		return *(struct xso *const *)member;
	if (f->kind == XSO_KIND_MANY)
		return ((struct xso *const *)((const struct xso_list *)member)->items)[i];
	return f->kind == XSO_KIND_ANY ? ((const struct xso_any *)member)->xso : NULL;
}

static const char *path_of(const struct pair *p, const struct xso_field *f, size_t i)
{
	struct strview path = arena_printf(p->a, "%s/%.*s/%zu", p->at, SV_ARG(f->name), i);

	return path.p ? path.p : "";
}

static const char *same_child(const struct pair *p, const struct xso_field *f,
			      const struct elem *want, const struct elem *got, size_t i)
{
	struct pair inner = *p;
	bool same;

	inner.want = want;
	inner.got = got;
	inner.want_x = object_of(p->want_x, f, i);
	inner.got_x = object_of(p->got_x, f, i);
	inner.at = path_of(p, f, i);
	if (!inner.want_x != !inner.got_x)
		return differ(&inner, "is of a class once only:", want->name);
	if (inner.want_x)
		return same_object(&inner);
	if (f->kind == XSO_KIND_FLAG) /* with white space at most */
		return NULL;
	if (f->kind == XSO_KIND_STRINGS)
		same = same_items(f, want, got, p->a);
	else if (f->kind == XSO_KIND_LANG_TEXTS || f->kind == XSO_KIND_ANY)
		same = elem_equal(want, got);
	else
		same = same_scalar(f, want, got, p->a);
	return same ? NULL : differ(&inner, "another value of", want->name);
}

static const char *same_children(const struct pair *p)
{
	const struct xso_class *cls = p->want_x->cls;
	struct group *want = taken(p, p->want, p->want_x), *got = taken(p, p->got, p->got_x);

	if (want[cls->n_fields].n || got[cls->n_fields].n)
		return differ(p, "a child got lost:", p->want->name);
	for (size_t i = 0; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];
		const char *found = NULL;

		if (want[i].n != got[i].n)
			return differ(p, "not as many of", f->name);
		if (f->kind == XSO_KIND_LANG_TEXTS) {
			main_first(&want[i]);
			main_first(&got[i]);
		}
		for (size_t k = 0; k < want[i].n && !found; k++)
			found = same_child(p, f, want[i].items[k], got[i].items[k], k);
		if (found)
			return found;
	}
	return NULL;
}

/* --- what no field has a place for ------------------------------------------------------------ */

static const struct xso_field *text_field(const struct xso_class *cls)
{
	for (size_t i = 0; i < cls->n_fields; i++)
		if (cls->fields[i].kind == XSO_KIND_TEXT)
			return &cls->fields[i];
	return NULL;
}

/* Children and texts that belong to no field, in order, from the element itself. */
static struct elem *left_over(const struct pair *p, const struct elem *e, const struct xso *x)
{
	const struct elem_node *left = next_elem(x->rest.first);
	struct elem *ret = elem_new(p->a, SV_NONE, SV("other"));
	const struct xso_field *own = text_field(x->cls);
	bool with_text = !own || !xso_has_field(x, own);
	CLEANUP(buf_done) struct buf text = BUF_INIT;
	int r = ret ? 0 : -1;

	elem_for_each_node(node, e)
	{
		if (!node->elem && with_text && has_content(node)) {
			buf_put_sv(&text, node->text);
		} else if (node->elem && left && node->elem == left->elem) {
			if (text.n)
				r |= elem_add_text(p->a, ret, arena_dup(p->a, buf_view(&text)));
			buf_clear(&text);
			r |= elem_add_child(p->a, ret, node->elem);
			left = next_elem(left->next);
		}
	}
	if (text.n)
		r |= elem_add_text(p->a, ret, arena_dup(p->a, buf_view(&text)));
	if (r != 0 || text.error)
		abort();
	return ret;
}

static const char *same_text(const struct pair *p)
{
	const struct xso_field *f = text_field(p->want_x->cls);
	struct strview want, got;

	if (!f || !xso_has_field(p->want_x, f))
		return NULL; /* it is left over */
	want = elem_text(p->want, p->a);
	got = elem_text(p->got, p->a);
	return same_value(f->type, want, got, p->a) ? NULL : differ(p, "another text", got);
}

static const char *same_own_attrs(const struct pair *p)
{
	if (p->want->n_attrs != p->got->n_attrs)
		return differ(p, "not as many attributes of", p->want->name);
	for (size_t i = 0; i < p->want->n_attrs; i++) {
		const struct elem_attr *attr = &p->want->attrs[i], *other = attr_like(p->got, attr);
		const struct xso_field *f = xso_attr_of(p->want_x->cls, attr);

		if (!other || !same_value(f ? f->type : NULL, attr->value, other->value, p->a))
			return differ(p, "another attribute", attr->name);
	}
	return NULL;
}

static const char *same_object(const struct pair *p)
{
	const char *found;

	if (p->want_x->cls != p->got_x->cls || !strview_eq(p->want->name, p->got->name) ||
	    !strview_eq(p->want->ns, p->got->ns))
		return differ(p, "not the same name:", p->got->name);
	found = same_own_attrs(p);
	if (!found)
		found = same_children(p);
	if (!found)
		found = same_text(p);
	if (!found && !elem_equal(left_over(p, p->want, p->want_x), left_over(p, p->got, p->got_x)))
		found = differ(p, "other children and texts of", p->want->name);
	return found;
}

const char *xso_same_typed(const struct xso_class *cls, const struct elem *want,
			   const struct elem *got, const struct xso_context *ctx, struct arena *a)
{
	struct pair p = { .ctx = ctx, .a = a, .want = want, .got = got, .at = "" };
	struct xso_issue issue;
	struct xso *want_x, *got_x;

	if (xso_decode(cls, want, ctx, a, &want_x, &issue) != XSO_OK ||
	    xso_decode(cls, got, ctx, a, &got_x, &issue) != XSO_OK)
		return "the class cannot take both";
	p.want_x = want_x;
	p.got_x = got_x;
	return same_object(&p);
}
