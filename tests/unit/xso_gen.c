#include "tests/unit/xso_gen.h"

#include <assert.h>
#include <stdlib.h>

#include "protocol/base/ns.h"

unsigned xso_gen_number(struct xso_gen *g, unsigned n)
{
	g->seed = g->seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(g->seed >> 33) % n;
}

static bool one_in(struct xso_gen *g, unsigned n)
{
	return xso_gen_number(g, n) == 0;
}

static struct strview some_text(struct xso_gen *g)
{
	static const char *const texts[] = {
		"x",
		"hello",
		"a \"quoted\" \\ text",
		"<&>'\n\t",
		"naïve 🙂",
		" ",
		"",
		"0123456789abcdef0123456789abcdef",
		"]]>",
		"true",
	};

	return strview_of(texts[xso_gen_number(g, ARRAY_SIZE(texts))]);
}

/* A text of the type in a form that comes back the same, or one that is not of the type. */
static struct strview value_of(struct xso_gen *g, const struct xso_type *t, bool *ret_valid)
{
	static const char *const jids[] = { "a@b", "example.org", "a@example.org/Мария", "@@", "" };
	static const char *const times[] = { "2026-11-22T18:00:00Z", "2024-02-29T00:00:00.5+01:00",
					     "2026-02-29T00:00:00Z", "yesterday" };
	static const char *const numbers[] = { "0", "5", "127", "", "4294967296", "x" };
	static const char *const base64[] = { "=", "AAAA", "AP8=", "A", "A=AA" };
	static const struct {
		const struct xso_type *type;
		const char *const *values;
		unsigned n, n_valid;
	} known[] = {
		{ &xso_jid, jids, 5, 3 },      { &xso_datetime, times, 4, 2 },
		{ &xso_byte, numbers, 6, 3 },  { &xso_uint32, numbers, 6, 3 },
		{ &xso_base64, base64, 5, 3 },
	};
	bool valid = g->valid || !one_in(g, 8);

	*ret_valid = true;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		unsigned from = valid ? 0 : known[i].n_valid;
		unsigned n = valid ? known[i].n_valid : known[i].n - known[i].n_valid;

		*ret_valid = valid;
		if (t == known[i].type)
			return strview_of(known[i].values[from + xso_gen_number(g, n)]);
	}
	if (t->store == XSO_STORE_ENUM && valid) {
		struct strview v = t->names[xso_gen_number(g, (unsigned)t->n_names)];

		return v.n ? v : t->names[t->n_names - 1];
	}
	if (t->store == XSO_STORE_ENUM)
		return SV("nonsense");
	*ret_valid = true;
	return some_text(g);
}

static void must(int r)
{
	assert(r == 0);
}

static struct elem *child(struct xso_gen *g, struct elem *e, struct strview ns, struct strview name)
{
	struct elem *c = elem_add_new(g->a, e, ns.n ? ns : e->ns, name, SV_NONE);

	assert(c);
	return c;
}

struct elem *xso_gen_other(struct xso_gen *g, struct strview outer_ns, unsigned depth)
{
	static const struct strview names[] = { { "x", 1 }, { "mood", 4 }, { "body", 4 } };
	static const struct strview spaces[] = { { "urn:example:a", 13 }, { "", 0 }, { NULL, 0 } };
	struct strview ns = one_in(g, 2) ? outer_ns : spaces[xso_gen_number(g, 3)];
	struct elem *e = elem_new(g->a, ns, names[xso_gen_number(g, 2 + (ns.p != outer_ns.p))]);

	assert(e);
	if (one_in(g, 2))
		must(elem_add_attr(g->a, e, SV_NONE, SV("level"), some_text(g)));
	if (one_in(g, 4))
		must(elem_add_attr(g->a, e, SV("urn:{odd}"), SV("level"), some_text(g)));
	if (one_in(g, 4))
		must(elem_add_attr(g->a, e, SV(XMLNS_XML), SV("lang"), SV("en")));
	while (depth < 4 && one_in(g, 2)) {
		must(elem_add_text(g->a, e, some_text(g)));
		must(elem_add_child(g->a, e, xso_gen_other(g, e->ns, depth + 1)));
	}
	must(elem_add_text(g->a, e, some_text(g)));
	return e;
}

static void add_value(struct xso_gen *g, struct elem *e, const struct xso_field *f)
{
	bool valid;

	must(elem_add_text(g->a, e, value_of(g, f->type, &valid)));
	if (f->extra.name.n && one_in(g, 2))
		must(elem_add_attr(g->a, e, f->extra.ns, f->extra.name, some_text(g)));
}

static void add_item(struct xso_gen *g, struct elem *item, const struct xso_field *f)
{
	bool valid;
	struct strview v = value_of(g, f->type, &valid);

	if (f->extra.name.n)
		must(elem_add_attr(g->a, item, f->extra.ns, f->extra.name, v));
	else
		must(elem_add_text(g->a, item, v));
}

static void add_pair(struct xso_gen *g, struct elem *item, const struct xso_field *f)
{
	bool valid;

	must(elem_add_attr(g->a, item, f->extra.ns, f->extra.name, some_text(g)));
	must(elem_add_text(g->a, item, value_of(g, f->type, &valid)));
}

static void add_strings(struct xso_gen *g, struct elem *e, const struct xso_field *f)
{
	struct elem *holder = child(g, e, f->tag.ns, f->tag.name);

	for (unsigned i = xso_gen_number(g, 4); i > 0; i--) {
		add_item(g, child(g, holder, f->item.ns, f->item.name), f);
	}
}

static void add_tag(struct xso_gen *g, struct elem *e, const struct xso_field *f)
{
	bool valid;
	struct elem *c = child(g, e, f->tag.ns, value_of(g, f->type, &valid));

	if (f->extra_offset && one_in(g, 3))
		must(elem_add_text(g->a, c, SV("xmpp:a@b")));
}

/* Anything, of a class or not; not of one that stands at the top only. */
static void add_any(struct xso_gen *g, struct elem *e)
{
	const struct xso_registry *r = g->registry;
	const struct xso_class *cls = r->classes[xso_gen_number(g, (unsigned)r->n_classes)];

	if (one_in(g, 2) || cls->top_only || cls->tag.ns.n == 0)
		must(elem_add_child(g->a, e, xso_gen_other(g, SV("urn:example:b"), 0)));
	else
		must(elem_add_child(g->a, e, xso_gen_class(g, cls)));
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

static bool takes_text(const struct xso_class *cls)
{
	for (size_t i = 0; i < cls->n_fields; i++)
		if (cls->fields[i].kind == XSO_KIND_TEXT)
			return true;
	return false;
}

static void add_field(struct xso_gen *g, struct elem *e, const struct xso_field *f)
{
	bool valid;

	switch (f->kind) {
	case XSO_KIND_ATTR:
		break; /* done before */
	case XSO_KIND_TEXT:
		if (!has_text(e))
			must(elem_add_text(g->a, e, value_of(g, f->type, &valid)));
		break;
	case XSO_KIND_CHILD_TEXT:
		add_value(g, child(g, e, f->tag.ns, f->tag.name), f);
		break;
	case XSO_KIND_CHILD_ATTR:
		must(elem_add_attr(g->a, child(g, e, f->tag.ns, f->tag.name), f->extra.ns,
				   f->extra.name, value_of(g, f->type, &valid)));
		break;
	case XSO_KIND_FLAG:
		child(g, e, f->tag.ns, f->tag.name);
		break;
	case XSO_KIND_LANG_TEXTS: {
		struct elem *c = child(g, e, f->tag.ns, f->tag.name);

		must(elem_add_text(g->a, c, some_text(g)));
		if (one_in(g, 2))
			must(elem_add_attr(g->a, c, SV(XMLNS_XML), SV("lang"),
					   one_in(g, 2) ? SV("de") : SV("")));
		break;
	}
	case XSO_KIND_VALUES:
		add_item(g, child(g, e, f->tag.ns, f->tag.name), f);
		break;
	case XSO_KIND_MAP:
		add_pair(g, child(g, e, f->tag.ns, f->tag.name), f);
		break;
	case XSO_KIND_STRINGS:
		add_strings(g, e, f);
		break;
	case XSO_KIND_ONE:
	case XSO_KIND_MANY:
		must(elem_add_child(g->a, e, xso_gen_class(g, f->cls)));
		break;
	case XSO_KIND_TAG:
		add_tag(g, e, f);
		break;
	case XSO_KIND_ANY:
		add_any(g, e);
		break;
	case XSO_KIND_COUNT_:
		assert(false);
	}
}

/* Between the fields: white space, text, what no class knows, a thing of a shape nobody expects. */
static void add_noise(struct xso_gen *g, struct elem *e, const struct xso_class *cls)
{
	const struct xso_field *f = &cls->fields[xso_gen_number(g, (unsigned)cls->n_fields + 1)];
	struct elem *c;

	if (one_in(g, 3) && !(g->valid && takes_text(cls)))
		must(elem_add_text(g->a, e, SV("\n  ")));
	if (!g->valid && one_in(g, 6))
		must(elem_add_text(g->a, e, some_text(g)));
	if (!g->valid && one_in(g, 3))
		must(elem_add_child(g->a, e, xso_gen_other(g, e->ns, 0)));
	if (g->valid || !one_in(g, 5) || f == &cls->fields[cls->n_fields] ||
	    f->kind == XSO_KIND_ATTR || !f->tag.name.n)
		return;
	c = child(g, e, f->tag.ns, f->tag.name);
	if (one_in(g, 2))
		must(elem_add_attr(g->a, c, SV_NONE, SV("unheard-of"), SV("x")));
	if (one_in(g, 2))
		must(elem_add_child(g->a, c, xso_gen_other(g, c->ns, 0)));
}

static void add_attr_fields(struct xso_gen *g, struct elem *e, const struct xso_class *cls)
{
	bool valid;

	for (size_t i = 0; i < cls->n_fields && cls->fields[i].kind == XSO_KIND_ATTR; i++) {
		const struct xso_field *f = &cls->fields[i];
		bool needed = f->flags & XSO_REQUIRED;

		if ((needed && (g->valid || !one_in(g, 8))) || (!needed && one_in(g, 2)))
			must(elem_add_attr(g->a, e, f->tag.ns, f->tag.name,
					   value_of(g, f->type, &valid)));
	}
	if (one_in(g, 4))
		must(elem_add_attr(g->a, e, SV_NONE, SV("unheard-of"), some_text(g)));
	if (one_in(g, 4))
		must(elem_add_attr(g->a, e, SV("urn:example:a"), SV("id"), some_text(g)));
}

struct elem *xso_gen_class(struct xso_gen *g, const struct xso_class *cls)
{
	struct elem *e = elem_new(g->a, cls->tag.ns.n ? cls->tag.ns : g->default_ns, cls->tag.name);
	unsigned rounds = 1 + xso_gen_number(g, 2 + (unsigned)cls->n_fields);

	assert(e);
	add_attr_fields(g, e, cls);
	for (size_t i = 0; i < cls->n_fields; i++)
		if ((cls->fields[i].flags & XSO_REQUIRED) && (g->valid || !one_in(g, 6)))
			add_field(g, e, &cls->fields[i]);
	for (; rounds > 0 && cls->n_fields; rounds--) {
		const struct xso_field *f =
			&cls->fields[xso_gen_number(g, (unsigned)cls->n_fields)];

		add_noise(g, e, cls);
		if (!(f->flags & XSO_REQUIRED) || !g->valid)
			add_field(g, e, f);
	}
	return e;
}

static int compare(const void *a, const void *b)
{
	const struct strview *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int r = n ? memcmp(x->p, y->p, n) : 0;

	return r ? r : (x->n > y->n) - (x->n < y->n);
}

static struct strview sorted(struct strview *parts, size_t n, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	if (n)
		qsort(parts, n, sizeof(*parts), compare);
	for (size_t i = 0; i < n; i++)
		buf_put_sv(&b, parts[i]);
	assert(!b.error);
	return arena_dup(a, buf_view(&b));
}

static void put_without_space(struct buf *b, struct strview text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!strview_is_space((struct strview){ text.p + i, 1 }))
			buf_put_char(b, text.p[i]);
}

struct strview xso_gen_canonical(const struct elem *e, struct arena *a)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;
	struct strview *parts;
	size_t n = 0, n_elems = 0;

	elem_for_each_node(node, e)
	{
		n_elems += node->elem != NULL;
	}
	parts = arena_alloc(a, (n_elems + e->n_attrs + 1) * sizeof(*parts));
	assert(parts);
	for (size_t i = 0; i < e->n_attrs; i++)
		parts[n++] = arena_printf(a, " {%.*s}%.*s=\"%.*s\"", SV_ARG(e->attrs[i].ns),
					  SV_ARG(e->attrs[i].name), SV_ARG(e->attrs[i].value));
	elem_for_each_node(node, e)
	{
		if (node->elem)
			parts[n++] = xso_gen_canonical(node->elem, a);
		else
			put_without_space(&text, node->text);
	}
	return arena_printf(a, "<{%.*s}%.*s|%.*s|%.*s>", SV_ARG(e->ns), SV_ARG(e->name),
			    SV_ARG(buf_view(&text)), SV_ARG(sorted(parts, n, a)));
}
