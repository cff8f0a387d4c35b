/*
 * Where a class's fields are found by name: hash tables with a byte for a field, and what else of
 * the table is asked for again and again. Room for one is static (XSO_CLASS) or in an arena; it is
 * filled when it is needed first.
 */
#pragma once

#include "protocol/xso/xso_class.h"

struct xso_index {
	const struct xso_field *of; /* the fields that it is of; NULL: it is empty */
	size_t n;
	uint8_t *tags, *names;	      /* 1 << bits: 1 + the number of a field, 0: free */
	const struct xso_field *text; /* that of kind TEXT, or NULL */
	const struct xso_field *rest; /* the first that takes what is left, or the end */
	struct xso_mask required, defaults;
	unsigned bits;
};

/* Bits of a table that is at most a quarter full with n. */
#define XSO_INDEX_BITS(n)                                                                          \
	((n) <= 2     ? 3                                                                          \
	 : (n) <= 4   ? 4                                                                          \
	 : (n) <= 8   ? 5                                                                          \
	 : (n) <= 16  ? 6                                                                          \
	 : (n) <= 32  ? 7                                                                          \
	 : (n) <= 64  ? 8                                                                          \
	 : (n) <= 128 ? 9                                                                          \
	 : (n) <= 256 ? 10                                                                         \
		      : 11)

/* Initialiser of a static index of a class with n fields. */
#define XSO_INDEX(n_fields)                                                                        \
	{                                                                                          \
		.tags = (uint8_t[1 << XSO_INDEX_BITS(n_fields)]){ 0 },                             \
		.names = (uint8_t[1 << XSO_INDEX_BITS(n_fields)]){ 0 },                            \
		.bits = XSO_INDEX_BITS(n_fields)                                                   \
	}

/* An empty index for a class with n fields, or NULL. */
struct xso_index *xso_index_new(size_t n_fields, struct arena *a);

const struct xso_index *xso_index_fill(const struct xso_class *cls);

/* A place in a table of so many bits; names that differ inside only share it. */
static inline unsigned xso_hash(struct strview v, unsigned bits)
{
	uint32_t h = (uint32_t)v.n;

	if (v.n)
		h += (uint32_t)(unsigned char)v.p[0] << 8 |
		     (uint32_t)(unsigned char)v.p[v.n / 2] << 16 |
		     (uint32_t)(unsigned char)v.p[v.n - 1] << 24;
	return (h * 0x9e3779b1u) >> (32 - bits);
}

static inline const struct xso_index *xso_index_of(const struct xso_class *cls)
{
	const struct xso_index *index = cls->index;

	if (index && index->of == cls->fields && index->n == cls->n_fields)
		return index;
	return xso_index_fill(cls);
}
