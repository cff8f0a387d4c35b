/*
 * Deadlines by their time: a binary heap of embedded entries, so that thousands of waits cost what
 * the one that is over does. A zeroed heap is empty; a zeroed entry is in none.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct deadline {
	uint64_t at;	 /* ns */
	size_t position; /* in the heap, from 1; 0: in none */
};

struct deadlines {
	struct deadline **items;
	size_t n, cap;
};

#define deadline_entry(d, type, member) ((type *)(void *)((char *)(d)-offsetof(type, member)))

void deadlines_done(struct deadlines *h); /* frees no entry; safe on a zeroed heap and twice */

/* 0 or -ENOMEM. UINT64_MAX is no deadline: nothing is added. */
int deadlines_add(struct deadlines *h, struct deadline *d, uint64_t at);
void deadlines_remove(struct deadlines *h, struct deadline *d); /* a no-op where it is in none */

uint64_t deadlines_first(const struct deadlines *h); /* UINT64_MAX: there is none */
/* One that is over, taken out; NULL: none is. */
struct deadline *deadlines_take(struct deadlines *h, uint64_t now);
