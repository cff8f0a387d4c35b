/*
 * Elements at random, made from the tables of the classes: every field present or not, in any
 * order, with values of its type or not, and things around them that no class knows.
 */
#pragma once

#include "protocol/xso/xso_registry.h"

struct xso_gen {
	const struct xso_registry *registry;
	struct strview default_ns;
	struct arena *a;
	uint64_t seed;
	bool valid;	/* nothing that makes the whole element one which its class cannot take */
	unsigned depth; /* of classes inside of others; starts with 0 */
};

static inline struct xso_gen xso_gen_of(const struct xso_registry *r, struct strview default_ns,
					struct arena *a, uint64_t seed, bool valid)
{
	return (struct xso_gen){ r, default_ns, a, seed, valid, 0 };
}

/* A number below n. */
unsigned xso_gen_number(struct xso_gen *g, unsigned n);
/* Whether, with the probability of 1 in n. */
bool xso_gen_one_in(struct xso_gen *g, unsigned n);

/* An element of that class. */
struct elem *xso_gen_class(struct xso_gen *g, const struct xso_class *cls);

/*
 * One of that class with as little as possible, and the field f (NULL: none more). NULL: the rules
 * of the class do not let it be.
 */
struct elem *xso_gen_with(struct xso_gen *g, const struct xso_class *cls,
			  const struct xso_field *f);

/* An element of no class. */
struct elem *xso_gen_other(struct xso_gen *g, struct strview outer_ns, unsigned depth);
