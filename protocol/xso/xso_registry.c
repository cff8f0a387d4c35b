#include "protocol/xso/xso_registry.h"

#include "protocol/xso/xso_index.h"

/* Names like `query` are those of many classes, so namespaces count. */
static unsigned tag_hash(struct strview ns, struct strview name, unsigned bits)
{
	return (xso_hash(ns, bits) ^ xso_hash(name, bits)) & ((1u << bits) - 1);
}

static void put(const struct xso_class **table, unsigned bits, unsigned at,
		const struct xso_class *cls)
{
	while (table[at])
		at = (at + 1) & ((1u << bits) - 1);
	table[at] = cls;
}

void xso_registry_index(struct xso_registry *r, const struct xso_class **room)
{
	unsigned bits = XSO_INDEX_BITS(r->n_classes);
	size_t n = (size_t)1 << bits;

	if (r->n_classes > n / 2)
		return;
	memset(room, 0, 2 * n * sizeof(*room));
	for (size_t i = 0; i < r->n_classes; i++) {
		const struct xso_class *cls = r->classes[i];

		put(room, bits, tag_hash(cls->tag.ns, cls->tag.name, bits), cls);
		put(room + n, bits, xso_hash(cls->kind, bits), cls);
	}
	r->slots = room;
	r->bits = bits;
}

static bool is_of(const struct xso_class *cls, struct strview ns, struct strview name)
{
	return strview_eq(cls->tag.name, name) && strview_eq(cls->tag.ns, ns);
}

/* The registry's own class of that tag. */
static const struct xso_class *find_tag(const struct xso_registry *r, struct strview ns,
					struct strview name)
{
	unsigned at;

	if (!r->slots) {
		for (size_t i = 0; i < r->n_classes; i++)
			if (is_of(r->classes[i], ns, name))
				return r->classes[i];
		return NULL;
	}
	for (at = tag_hash(ns, name, r->bits); r->slots[at]; at = (at + 1) & ((1u << r->bits) - 1))
		if (is_of(r->slots[at], ns, name))
			return r->slots[at];
	return NULL;
}

const struct xso_class *xso_registry_find(const struct xso_registry *r, struct strview ns,
					  struct strview name, struct strview default_ns)
{
	const struct xso_class *found = NULL;

	for (const struct xso_registry *at = r; at; at = at->base) {
		const struct xso_class *cls = NULL;

		if (strview_eq(ns, default_ns))
			cls = find_tag(at, SV_NONE, name);
		if (!cls && ns.n)
			cls = find_tag(at, ns, name);
		if (cls && (!found || cls->top_only))
			found = cls;
	}
	return found ? xso_registry_class(r, found) : NULL;
}

static const struct xso_class *find_kind(const struct xso_registry *r, struct strview kind)
{
	const struct xso_class **table;
	unsigned at;

	if (!r->slots) {
		for (size_t i = 0; i < r->n_classes; i++)
			if (strview_eq(r->classes[i]->kind, kind))
				return r->classes[i];
		return NULL;
	}
	table = r->slots + ((size_t)1 << r->bits);
	for (at = xso_hash(kind, r->bits); table[at]; at = (at + 1) & ((1u << r->bits) - 1))
		if (strview_eq(table[at]->kind, kind))
			return table[at];
	return NULL;
}

const struct xso_class *xso_registry_find_kind(const struct xso_registry *r, struct strview kind)
{
	for (const struct xso_registry *at = r; at; at = at->base) {
		const struct xso_class *cls = find_kind(at, kind);

		if (cls)
			return xso_registry_class(r, cls);
	}
	return NULL;
}

const struct xso_class *xso_registry_derived(const struct xso_registry *r,
					     const struct xso_class *cls)
{
	const struct xso_class *root = cls->base ? cls->base : cls;

	for (; r; r = r->base)
		for (size_t i = 0; i < r->n_derived; i++)
			if (r->derived[i]->base == root)
				return r->derived[i];
	return cls;
}

size_t xso_registry_count(const struct xso_registry *r)
{
	size_t n = 0;

	for (; r; r = r->base)
		n += r->n_classes;
	return n;
}

const struct xso_class *xso_registry_at(const struct xso_registry *r, size_t i)
{
	const struct xso_registry *at = r;
	size_t below = xso_registry_count(r->base);

	while (i < below) {
		at = at->base;
		below = xso_registry_count(at->base);
	}
	return xso_registry_class(r, at->classes[i - below]);
}
