#include "protocol/base/arena.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	BLOCK_MIN = 1024,
	BLOCK_MAX = 64 * 1024, /* what one allocation needs may still be larger */
};

struct arena_block {
	struct arena_block *next;
	size_t size;
};

static_assert(sizeof(struct arena_block) % 16 == 0, "what follows the head is aligned");

void arena_init(struct arena *a, size_t max_bytes)
{
	*a = (struct arena){ .max = max_bytes };
}

void arena_done(struct arena *a)
{
	arena_reset(a);
}

void arena_reset(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
	a->cur = a->end = NULL;
	a->used = 0;
}

void *arena_alloc_slow(struct arena *a, size_t n)
{
	size_t size = a->blocks ? a->blocks->size * 2 : BLOCK_MIN;
	struct arena_block *block;
	size_t total;

	if (n > SIZE_MAX / 2)
		return NULL;
	n = n ? (n + 15) & ~(size_t)15 : 16;
	if (size > BLOCK_MAX)
		size = BLOCK_MAX;
	if (size < n + sizeof(*block))
		size = n + sizeof(*block);
	if (__builtin_add_overflow(a->used, size, &total) || (a->max && total > a->max))
		return NULL;
	block = malloc(size);
	if (!block)
		return NULL;
	block->next = a->blocks;
	block->size = size;
	a->blocks = block;
	a->used = total;
	a->cur = (char *)(block + 1) + n;
	a->end = (char *)block + size;
	return block + 1;
}

void *arena_zalloc(struct arena *a, size_t n)
{
	void *p = arena_alloc(a, n);

	return p ? memset(p, 0, n) : NULL;
}

struct strview arena_dup(struct arena *a, struct strview v)
{
	char *p = arena_alloc(a, v.n + 1);

	if (!p)
		return SV_NONE;
	if (v.n)
		memcpy(p, v.p, v.n);
	p[v.n] = '\0';
	return (struct strview){ p, v.n };
}

struct strview arena_printf(struct arena *a, const char *format, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, format);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, ap);
	p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
	if (p)
		vsnprintf(p, (size_t)n + 1, format, again);
	va_end(again);
	va_end(ap);
	return p ? (struct strview){ p, (size_t)n } : SV_NONE;
}
