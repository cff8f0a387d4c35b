/*
 * Elements at random, made from the tables of the classes: every field present or not, in any
 * order, with values of its type or not, and things around them that no class knows. And what two
 * elements have in common that differ only in what typed objects do not keep.
 */
#pragma once

#include "protocol/xso/xso_registry.h"

struct xso_gen {
	const struct xso_registry *registry;
	struct strview default_ns;
	struct arena *a;
	uint64_t seed;
	bool valid; /* nothing that makes the whole element one which its class cannot take */
};

/* A number below n. */
unsigned xso_gen_number(struct xso_gen *g, unsigned n);

/* An element of that class. */
struct elem *xso_gen_class(struct xso_gen *g, const struct xso_class *cls);

/* An element of no class. */
struct elem *xso_gen_other(struct xso_gen *g, struct strview outer_ns, unsigned depth);

/*
 * Text that is equal for elements which differ only in the order of attributes and children, in how
 * text is spread among the children, and in white space.
 */
struct strview xso_gen_canonical(const struct elem *e, struct arena *a);
