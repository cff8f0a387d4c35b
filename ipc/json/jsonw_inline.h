/*
 * The inside of jsonw.h, for the writers of XSOs: text goes to a cursor, so that room is made once
 * a string. A cursor has JSONW_SLACK bytes of room when it is handed to or comes from a function
 * here; as many may be put with JSONW_PUT between two of them. NULL: the error is latched in the
 * buf.
 */
#pragma once

#include "ipc/json/jsonw.h"

enum {
	JSONW_SLACK = 64,
};

/* Puts a comma where a value came before. */
void jsonw_separate(struct buf *b);

/* A cursor with room for n bytes and the slack, where `to` was; NULL with the error latched. */
char *jsonw_grow(struct buf *b, char *to, size_t n);

static inline char *jsonw_room(struct buf *b, char *to, size_t n)
{
	if (__builtin_expect((size_t)(b->p + b->cap - to) >= n + JSONW_SLACK, 1))
		return to;
	return jsonw_grow(b, to, n);
}

/* A cursor at the end of b, and the end of b at a cursor. */
static inline char *jsonw_open(struct buf *b)
{
	return buf_reserve(b, JSONW_SLACK);
}

static inline void jsonw_close(struct buf *b, const char *to)
{
	if (to)
		b->n = (size_t)(to - b->p);
}

/* A literal; to is not NULL. */
#define JSONW_PUT(to, literal)                                                                     \
	((char *)memcpy(to, "" literal, sizeof(literal) - 1) + (sizeof(literal) - 1))

/* The content of a string of valid UTF-8, escaped; to is not NULL. */
char *jsonw_text(struct buf *b, char *to, struct strview v);
/* Text that has nothing to escape; to is not NULL. */
char *jsonw_plain(struct buf *b, char *to, struct strview v);

/* A string with its quotes; to may be NULL. */
static inline char *jsonw_quoted(struct buf *b, char *to, struct strview v)
{
	if (to)
		to = jsonw_text(b, JSONW_PUT(to, "\""), v);
	return to ? JSONW_PUT(to, "\"") : NULL;
}
