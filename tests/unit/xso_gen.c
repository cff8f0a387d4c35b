#include "tests/unit/xso_gen.h"

#include <assert.h>

#include "protocol/base/ns.h"
#include "protocol/xso/xso_private.h"
#include "tests/unit/xso_gen_plan.h"
#include "tests/unit/xso_gen_value.h"

enum {
	MAX_DEPTH = 4, /* of classes: below are only those that are required */
};

unsigned xso_gen_number(struct xso_gen *g, unsigned n)
{
	g->seed = g->seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(g->seed >> 33) % n;
}

bool xso_gen_one_in(struct xso_gen *g, unsigned n)
{
	return xso_gen_number(g, n) == 0;
}

#define one_in xso_gen_one_in

static void must(int r)
{
	assert(r == 0);
}

static struct strview some_text(struct xso_gen *g)
{
	return xso_gen_valid(&xso_string, xso_gen_number(g, 1000));
}

/* A text of the type, or, rarely, one that it does not take. */
static struct strview value_of(struct xso_gen *g, const struct xso_type *t)
{
	struct strview v = SV_NONE;

	if (!g->valid && one_in(g, 60))
		v = xso_gen_invalid(t, xso_gen_number(g, 1000));
	if (!v.p)
		v = xso_gen_valid(t, xso_gen_number(g, 1000));
	assert(v.p);
	return v;
}

static struct elem *child(struct xso_gen *g, struct elem *e, struct strview ns, struct strview name)
{
	struct elem *c = elem_add_new(g->a, e, ns.n ? ns : e->ns, name, SV_NONE);

	assert(c);
	return c;
}

static void add_attr(struct xso_gen *g, struct elem *e, const struct xso_tag *tag,
		     struct strview value)
{
	must(elem_add_attr(g->a, e, tag->ns, tag->name, value));
}

static void add_lang(struct xso_gen *g, struct elem *e)
{
	static const char *const langs[] = { "en", "de", "", "zh-Hant" };

	must(elem_add_attr(g->a, e, SV(XMLNS_XML), SV("lang"),
			   strview_of(langs[xso_gen_number(g, ARRAY_SIZE(langs))])));
}

/* --- what no class knows ---------------------------------------------------------------------- */

struct elem *xso_gen_other(struct xso_gen *g, struct strview outer_ns, unsigned depth)
{
	static const struct strview names[] = { { "unheard-of", 10 }, { "Odd_1.x", 7 } };
	static const struct strview spaces[] = { { "urn:example:a", 13 }, { "", 0 }, { NULL, 0 } };
	struct strview ns = one_in(g, 2) ? outer_ns : spaces[xso_gen_number(g, 3)];
	struct elem *e = elem_new(g->a, ns, names[xso_gen_number(g, 2)]);

	assert(e);
	if (one_in(g, 2))
		must(elem_add_attr(g->a, e, SV_NONE, SV("level"), some_text(g)));
	if (one_in(g, 4))
		must(elem_add_attr(g->a, e, SV("urn:{odd}"), SV("level"), some_text(g)));
	if (one_in(g, 4))
		add_lang(g, e);
	while (depth < 4 && one_in(g, 2)) {
		must(elem_add_text(g->a, e, some_text(g)));
		must(elem_add_child(g->a, e, xso_gen_other(g, e->ns, depth + 1)));
	}
	must(elem_add_text(g->a, e, some_text(g)));
	return e;
}

/* A child that has a field's name, or its class's, and is of no shape that this could have. */
static void add_misshapen(struct xso_gen *g, struct elem *e, const struct xso_field *f)
{
	struct elem *c;

	if (!f->tag.name.n || f->kind == XSO_KIND_ATTR)
		return;
	c = child(g, e, one_in(g, 6) ? SV("urn:example:a") : f->tag.ns, f->tag.name);
	if (one_in(g, 2))
		must(elem_add_attr(g->a, c, SV_NONE, SV("unheard-of"), some_text(g)));
	if (one_in(g, 3))
		add_lang(g, c);
	if (one_in(g, 2))
		must(elem_add_child(g->a, c, xso_gen_other(g, c->ns, 0)));
	if (one_in(g, 3))
		must(elem_add_text(g->a, c, some_text(g)));
}

/* --- fields ----------------------------------------------------------------------------------- */

static void add_valued(struct xso_gen *g, struct elem *e, const struct xso_field *f,
		       const struct xso_tag *tag, struct strview value)
{
	struct elem *c = child(g, e, tag->ns, tag->name);
	bool in_attr = f->kind == XSO_KIND_CHILD_ATTR ||
		       (f->extra.name.n && !f->extra_offset && f->kind != XSO_KIND_MAP);

	if (in_attr)
		add_attr(g, c, &f->extra, value);
	else
		must(elem_add_text(g->a, c, value));
	if (f->kind == XSO_KIND_MAP || (f->extra_offset && one_in(g, 2)))
		add_attr(g, c, &f->extra, some_text(g));
	if (in_attr && one_in(g, 6))
		must(elem_add_text(g->a, c, SV("\n")));
}

static void add_strings(struct xso_gen *g, struct elem *e, const struct xso_field *f)
{
	struct elem *holder = child(g, e, f->tag.ns, f->tag.name);

	for (unsigned i = xso_gen_number(g, 4); i > 0; i--) {
		if (one_in(g, 3))
			must(elem_add_text(g->a, holder, SV("\n  ")));
		add_valued(g, holder, f, &f->item, value_of(g, f->type));
	}
	if (!g->valid && one_in(g, 8))
		must(elem_add_child(g->a, holder, xso_gen_other(g, holder->ns, 0)));
}

static void add_lang_text(struct xso_gen *g, struct elem *e, const struct xso_field *f)
{
	struct elem *c = child(g, e, f->tag.ns, f->tag.name);

	must(elem_add_text(g->a, c, some_text(g)));
	if (one_in(g, 2))
		add_lang(g, c);
}

static void add_tag(struct xso_gen *g, struct elem *e, const struct xso_field *f,
		    struct strview name)
{
	struct elem *c;

	if (!name.p)
		name = xso_gen_valid(f->type, xso_gen_number(g, 1000));
	if (!g->valid && one_in(g, 30))
		name = SV("nonsense");
	c = child(g, e, f->tag.ns, name);
	if (f->extra_offset && one_in(g, 3))
		must(elem_add_text(g->a, c, SV("xmpp:a@b")));
}

static void add_class(struct xso_gen *g, struct elem *e, const struct xso_class *cls)
{
	struct xso_gen inner = *g;

	inner.depth++;
	must(elem_add_child(g->a, e, xso_gen_class(&inner, xso_registry_class(g->registry, cls))));
	g->seed = inner.seed;
}

/* Anything, of a class or not; not of one that stands at the top only, or that a field claims. */
static void add_any(struct xso_gen *g, struct elem *e, const struct xso_class *holder,
		    const struct xso_field *f)
{
	const struct xso_registry *r = g->registry;
	const struct xso_class *cls = r->classes[xso_gen_number(g, (unsigned)r->n_classes)];
	struct elem named = { .ns = cls->tag.ns, .name = cls->tag.name };

	if (one_in(g, 2) || cls->top_only || cls->tag.ns.n == 0 || g->depth >= MAX_DEPTH ||
	    xso_field_of(holder, g->default_ns, &named) != f)
		must(elem_add_child(g->a, e, xso_gen_other(g, SV("urn:example:b"), 0)));
	else
		add_class(g, e, cls);
}

static bool has_text(const struct elem *e)
{
	elem_for_each_node(node, e)
	{
		if (!node->elem)
			return true;
	}
	return false;
}

/* value.p NULL: any. */
static void add_child_field(struct xso_gen *g, struct elem *e, const struct xso_class *cls,
			    const struct xso_field *f, struct strview value)
{
	if (!value.p && f->type && f->kind != XSO_KIND_TAG)
		value = value_of(g, f->type);
	switch (f->kind) {
	case XSO_KIND_ATTR:
	case XSO_KIND_COUNT_:
		break;
	case XSO_KIND_TEXT:
		if (!has_text(e))
			must(elem_add_text(g->a, e, value));
		break;
	case XSO_KIND_CHILD_TEXT:
	case XSO_KIND_CHILD_ATTR:
	case XSO_KIND_VALUES:
	case XSO_KIND_MAP:
		add_valued(g, e, f, &f->tag, value);
		break;
	case XSO_KIND_FLAG:
		must(elem_add_text(g->a, child(g, e, f->tag.ns, f->tag.name),
				   one_in(g, 6) ? SV(" ") : SV_NONE));
		break;
	case XSO_KIND_LANG_TEXTS:
		add_lang_text(g, e, f);
		break;
	case XSO_KIND_STRINGS:
		add_strings(g, e, f);
		break;
	case XSO_KIND_ONE:
	case XSO_KIND_MANY:
		add_class(g, e, f->cls);
		break;
	case XSO_KIND_TAG:
		add_tag(g, e, f, value);
		break;
	case XSO_KIND_ANY:
		add_any(g, e, cls, f);
		break;
	}
}

/* --- whole elements --------------------------------------------------------------------------- */

static struct elem *new_elem(struct xso_gen *g, const struct xso_class *cls)
{
	struct elem *e = elem_new(g->a, cls->tag.ns.n ? cls->tag.ns : g->default_ns, cls->tag.name);

	assert(e);
	return e;
}

static bool takes_text(const struct xso_class *cls)
{
	for (size_t i = 0; i < cls->n_fields; i++)
		if (cls->fields[i].kind == XSO_KIND_TEXT)
			return true;
	return false;
}

/* Between the fields: white space, text, what no class knows, and what looks as if. */
static void add_noise(struct xso_gen *g, struct elem *e, const struct xso_class *cls,
		      const struct xso_gen_plan *p)
{
	bool children = !p->no_other && !(cls->refuse & XSO_REFUSE_CHILDREN);
	bool text = !p->no_other && !(cls->refuse & XSO_REFUSE_TEXT) && !takes_text(cls);

	if (one_in(g, 3) && !(g->valid && takes_text(cls)))
		must(elem_add_text(g->a, e, SV("\n  ")));
	if (one_in(g, 6) && (text || (!g->valid && one_in(g, 6))))
		must(elem_add_text(g->a, e, some_text(g)));
	if (one_in(g, 6) && (children || (!g->valid && one_in(g, 6))))
		must(elem_add_child(g->a, e, xso_gen_other(g, e->ns, 0)));
	if (!g->valid && one_in(g, 12) && cls->n_fields)
		add_misshapen(g, e, &cls->fields[xso_gen_number(g, (unsigned)cls->n_fields)]);
}

static void add_attrs(struct xso_gen *g, struct elem *e, const struct xso_class *cls,
		      const struct xso_gen_plan *p)
{
	bool others = !(cls->refuse & XSO_REFUSE_ATTRS) || (!g->valid && one_in(g, 10));

	if (others && one_in(g, 6))
		must(elem_add_attr(g->a, e, SV("urn:example:a"), SV("id"), some_text(g)));
	for (size_t i = 0; i < cls->n_fields; i++)
		if (cls->fields[i].kind == XSO_KIND_ATTR && xso_mask_has(&p->fields, i))
			add_attr(g, e, &cls->fields[i].tag,
				 p->values[i].p ? p->values[i] : value_of(g, cls->fields[i].type));
	if (others && one_in(g, 6))
		must(elem_add_attr(g->a, e, SV_NONE, SV("unheard-of"), some_text(g)));
}

/* How often a field's child is there. */
static unsigned how_many(struct xso_gen *g, const struct xso_class *cls, const struct xso_field *f,
			 const struct xso_gen_plan *p)
{
	if (!one_in(g, 3))
		return 1;
	if (xso_is_plural(f->kind) && f->kind != XSO_KIND_MAP)
		return 1 + xso_gen_number(g, 3);
	/* a second one has no place */
	return g->valid && (p->no_other || cls->refuse & XSO_REFUSE_CHILDREN) ? 1 : 2;
}

static void add_children(struct xso_gen *g, struct elem *e, const struct xso_class *cls,
			 struct xso_gen_plan *p)
{
	unsigned n = (unsigned)cls->n_fields, from = n ? xso_gen_number(g, n) : 0;
	/* any number that has no divisor in common goes through all */
	unsigned step = one_in(g, 2) || n < 2 ? 1 : n - 1;

	for (unsigned i = 0; i < n; i++) {
		unsigned at = (from + i * step) % n;
		const struct xso_field *f = &cls->fields[at];

		if (f->kind == XSO_KIND_ATTR || !xso_mask_has(&p->fields, at))
			continue;
		add_noise(g, e, cls, p);
		for (unsigned k = how_many(g, cls, f, p); k > 0; k--)
			add_child_field(g, e, cls, f, p->values[at]);
	}
	add_noise(g, e, cls, p);
}

struct elem *xso_gen_class(struct xso_gen *g, const struct xso_class *cls)
{
	struct elem *e = new_elem(g, cls);
	struct xso_gen_plan *p = arena_zalloc(g->a, sizeof(*p));
	unsigned few = cls->n_fields > 20 ? 6 : 2;

	assert(p);
	for (size_t i = 0; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];
		bool inner = f->cls || f->kind == XSO_KIND_ANY;

		if (f->flags & XSO_REQUIRED ? g->valid || !one_in(g, 30)
					    : one_in(g, few) && !(inner && g->depth >= MAX_DEPTH))
			xso_mask_set(&p->fields, i);
	}
	if (!xso_gen_plan(g, cls, XSO_MAX_FIELDS, p))
		assert(!g->valid);
	add_attrs(g, e, cls, p);
	add_children(g, e, cls, p);
	return e;
}

struct elem *xso_gen_with(struct xso_gen *g, const struct xso_class *cls, const struct xso_field *f)
{
	struct xso_gen_plan *p = arena_zalloc(g->a, sizeof(*p));
	struct elem *e = new_elem(g, cls);

	assert(p);
	for (size_t i = 0; i < cls->n_fields; i++)
		if (&cls->fields[i] == f || cls->fields[i].flags & XSO_REQUIRED)
			xso_mask_set(&p->fields, i);
	if (!xso_gen_plan(g, cls, f ? (size_t)(f - cls->fields) : XSO_MAX_FIELDS, p))
		return NULL;
	for (size_t i = 0; i < cls->n_fields; i++) {
		const struct xso_field *at = &cls->fields[i];

		if (!xso_mask_has(&p->fields, i))
			continue;
		if (at->kind == XSO_KIND_ATTR)
			add_attr(g, e, &at->tag,
				 p->values[i].p ? p->values[i] : value_of(g, at->type));
		else
			add_child_field(g, e, cls, at, p->values[i]);
	}
	return e;
}
