/*
 * Which classes there are: by element and by kind. The built-in ones are in protocol/vocab; another
 * registry extends these by declared ones.
 */
#pragma once

#include "protocol/xso/xso_index.h"

struct xso_registry {
	const struct xso_class *const *classes; /* its own */
	size_t n_classes;
	const struct xso_registry *base; /* what it extends; NULL: nothing */
	/*
	 * Classes that stand for others, of the base, where its tables name these: they have
	 * further fields. Each names its own as its `base`, which is one without a base; it stands
	 * for what the registries below have made of that, and so has the fields of these.
	 */
	const struct xso_class *const *derived;
	size_t n_derived;
	/* two hash tables, by element and by kind; NULL: the few classes are gone through */
	const struct xso_class **slots;
	unsigned bits;
};

/*
 * Makes the index of r's own classes in a room of XSO_REGISTRY_ROOM(n_classes) pointers, which is
 * cleared first.
 */
void xso_registry_index(struct xso_registry *r, const struct xso_class **room);
#define XSO_REGISTRY_ROOM(n_classes) ((size_t)2 << XSO_INDEX_BITS(n_classes))

/*
 * The class of elements {ns}name, or NULL; a derived one where there is one. In the stream's
 * content namespace default_ns are the classes whose own namespace is empty. A registry's own
 * classes come before those of its base, but not before those that are top_only.
 */
const struct xso_class *xso_registry_find(const struct xso_registry *r, struct strview ns,
					  struct strview name, struct strview default_ns);

const struct xso_class *xso_registry_find_kind(const struct xso_registry *r, struct strview kind);

/* What stands for a class that a table names: that itself, or one derived of it. */
const struct xso_class *xso_registry_derived(const struct xso_registry *r,
					     const struct xso_class *cls);
static inline const struct xso_class *xso_registry_class(const struct xso_registry *r,
							 const struct xso_class *cls)
{
	return r && (r->n_derived || r->base) ? xso_registry_derived(r, cls) : cls;
}

/* How many classes there are, and each of them: those of the base first, derived ones for theirs.
 */
size_t xso_registry_count(const struct xso_registry *r);
const struct xso_class *xso_registry_at(const struct xso_registry *r, size_t i);

/*
 * NULL, or the first thing that is wrong with the registry's own and derived classes, as text in a:
 * kinds, tags and names that are not unique, members outside of the struct, fields out of order.
 */
const char *xso_registry_check(const struct xso_registry *r, struct arena *a);
