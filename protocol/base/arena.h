/*
 * A bump allocator: many small allocations, one reset. Whatever lives in it is plain data without
 * destructors. Embedded; not thread-safe.
 */
#pragma once

#include "protocol/base/bytes.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	char *cur, *end;	    /* free room of the newest block */
	size_t used;		    /* bytes of all blocks */
	size_t max;		    /* cap on `used`; 0: none */
};

void arena_init(struct arena *a, size_t max_bytes);
void arena_done(struct arena *a);  /* safe on a zeroed arena and twice */
void arena_reset(struct arena *a); /* gives back all memory: an idle owner holds none */

void *arena_alloc_slow(struct arena *a, size_t n);

/* n bytes, aligned for any type, not cleared; NULL beyond the cap or without memory. */
static inline void *arena_alloc(struct arena *a, size_t n)
{
	size_t rounded = (n + 15) & ~(size_t)15; /* 0 where it overflows, too */

	if (__builtin_expect((size_t)(a->end - a->cur) >= rounded && rounded > 0, 1)) {
		void *p = a->cur;

		a->cur += rounded;
		return p;
	}
	return arena_alloc_slow(a, n);
}

void *arena_zalloc(struct arena *a, size_t n);

/* A copy with a NUL behind it that n does not count; p is NULL on failure. */
struct strview arena_dup(struct arena *a, struct strview v);
struct strview arena_printf(struct arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
