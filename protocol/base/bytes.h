/*
 * Bytes: views that own nothing, and a growable buffer with a latched error. Text is UTF-8 and not
 * NUL-terminated unless a function says so.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Runs f(&var) at the end of var's scope: CLEANUP(buf_done) struct buf b = BUF_INIT; */
#define CLEANUP(f) __attribute__((cleanup(f)))

/* Hands over what p points to: reads p and leaves NULL in it. */
#define TAKE_PTR(p)                                                                                \
	({                                                                                         \
		__typeof__(p) *take_p_ = &(p);                                                     \
		__typeof__(p) take_v_ = *take_p_;                                                  \
		*take_p_ = NULL;                                                                   \
		take_v_;                                                                           \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct strview {
	const char *p; /* may be NULL where n is 0; NULL also says "absent" where that differs */
	size_t n;
};

#define SV(literal) ((struct strview){ "" literal, sizeof(literal) - 1 })
#define SV_NONE	    ((struct strview){ NULL, 0 })
/* For printf: "%.*s", SV_ARG(v) */
#define SV_ARG(v)   (int)(v).n, (v).p ? (v).p : ""

static inline struct strview strview_of(const char *cstr)
{
	return cstr ? (struct strview){ cstr, strlen(cstr) } : SV_NONE;
}

static inline bool strview_eq(struct strview a, struct strview b)
{
	return a.n == b.n && (a.p == b.p || a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool strview_is(struct strview a, const char *cstr)
{
	return strview_eq(a, strview_of(cstr));
}

bool strview_has_prefix(struct strview v, struct strview prefix);

/* Of two struct strview by their bytes, for qsort() and bsearch(). */
int strview_compare(const void *a, const void *b);

/* XML white space only: space, tab, CR, LF. True for the empty view. */
bool strview_is_space(struct strview v);

/* Whether v is well-formed UTF-8 without NUL: no overlong form, surrogate or value over 10FFFF. */
bool strview_is_utf8(struct strview v);

/* A NUL-terminated heap copy, or NULL without memory. */
char *strview_dup(struct strview v);

/*
 * Growable bytes. The first failure is latched in `error` (-ENOMEM, -EMSGSIZE): later writes do
 * nothing, so a caller checks once at the end. `n` may be lowered to an earlier value to roll back.
 */
struct buf {
	char *p;
	size_t n, cap;
	int error; /* 0 or negative errno */
};

#define BUF_INIT ((struct buf){ 0 })

void buf_done(struct buf *b);		    /* safe on a zeroed buf and twice */
void buf_wipe(struct buf *b);		    /* the same, of a secret */
char *buf_reserve(struct buf *b, size_t n); /* room for n more at p + this->n; NULL when latched */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));
void buf_put_base64(struct buf *b, struct strview data); /* RFC 4648 section 4, padded */
void buf_consume(struct buf *b, size_t n);		 /* drops n bytes from the front */
void buf_clear(struct buf *b); /* empties it and its error, keeps memory up to 16 KiB */

static inline void buf_put_sv(struct buf *b, struct strview v)
{
	buf_put(b, v.p, v.n);
}

static inline void buf_put_str(struct buf *b, const char *cstr)
{
	buf_put(b, cstr, strlen(cstr));
}

static inline void buf_put_char(struct buf *b, char c)
{
	if (b->n < b->cap && !b->error)
		b->p[b->n++] = c;
	else
		buf_put(b, &c, 1);
}

static inline struct strview buf_view(const struct buf *b)
{
	return (struct strview){ b->p, b->n };
}

/* Decodes RFC 4648 base64 (padding required, no white space) onto b. 0, -EINVAL or -ENOMEM. */
int base64_decode(struct strview text, struct buf *b);
