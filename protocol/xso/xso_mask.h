/* A bit for each field of a class. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xso_mask {
	uint64_t words[2];
};

static inline bool xso_mask_has(const struct xso_mask *m, size_t i)
{
	return m->words[i / 64] >> i % 64 & 1;
}

static inline void xso_mask_set(struct xso_mask *m, size_t i)
{
	m->words[i / 64] |= (uint64_t)1 << i % 64;
}

/* The bits of a that b lacks. */
static inline struct xso_mask xso_mask_without(const struct xso_mask *a, const struct xso_mask *b)
{
	return (struct xso_mask){ { a->words[0] & ~b->words[0], a->words[1] & ~b->words[1] } };
}

/* Takes the lowest bit off: for (struct xso_mask left = x->present; xso_mask_take(&left, &i);) */
static inline bool xso_mask_take(struct xso_mask *left, size_t *ret)
{
	uint64_t *word = &left->words[left->words[0] == 0];

	if (*word == 0)
		return false;
	*ret = (size_t)__builtin_ctzll(*word) + (word == left->words ? 0 : 64);
	*word &= *word - 1;
	return true;
}
