/* The parts of jsonw.h that the writers of XSOs want inline. */
#pragma once

#include "ipc/json/jsonw.h"

/* Puts a comma where a value came before. */
void jsonw_separate(struct buf *b);

static inline char *jsonw_room(struct buf *b, size_t n)
{
	if (__builtin_expect(!b->error && b->cap - b->n >= n, 1))
		return b->p + b->n;
	return buf_reserve(b, n);
}

/* Text that is JSON already; n is a constant as a rule. */
static inline void jsonw_put(struct buf *b, const char *p, size_t n)
{
	char *to = jsonw_room(b, n);

	if (!to)
		return;
	memcpy(to, p, n);
	b->n += n;
}

#define JSONW_PUT(b, literal) jsonw_put(b, "" literal, sizeof(literal) - 1)

/* A string without what precedes and follows it: no comma comes by itself. */
static inline void jsonw_quoted(struct buf *b, struct strview v)
{
	JSONW_PUT(b, "\"");
	jsonw_escape(b, v);
	JSONW_PUT(b, "\"");
}

/* "name": of a member whose name needs no escapes; the first of an object has no comma. */
static inline void jsonw_name(struct buf *b, struct strview name, bool *first)
{
	char *to = jsonw_room(b, name.n + 4);

	if (!to)
		return;
	if (!*first)
		*to++ = ',';
	*to++ = '"';
	memcpy(to, name.p, name.n);
	to[name.n] = '"';
	to[name.n + 1] = ':';
	b->n += name.n + 3 + !*first;
	*first = false;
}
