#include "protocol/base/bytes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocol/base/utf8.h"

enum {
	BUF_MIN = 256,
	BUF_KEEP = 16 * 1024,
};

bool strview_has_prefix(struct strview v, struct strview prefix)
{
	return v.n >= prefix.n && strview_eq((struct strview){ v.p, prefix.n }, prefix);
}

int strview_compare(const void *a, const void *b)
{
	const struct strview *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int r = n ? memcmp(x->p, y->p, n) : 0;

	return r ? r : (x->n > y->n) - (x->n < y->n);
}

bool strview_is_space(struct strview v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] != ' ' && v.p[i] != '\t' && v.p[i] != '\n' && v.p[i] != '\r')
			return false;
	return true;
}

bool strview_is_utf8(struct strview v)
{
	struct utf8_check c = { 0 };

	return utf8_check(&c, v) == v.n && c.more == 0;
}

char *strview_dup(struct strview v)
{
	char *s = malloc(v.n + 1);

	if (!s)
		return NULL;
	if (v.n)
		memcpy(s, v.p, v.n);
	s[v.n] = '\0';
	return s;
}

void buf_done(struct buf *b)
{
	free(b->p);
	*b = BUF_INIT;
}

void buf_wipe(struct buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->cap);
	buf_done(b);
}

char *buf_reserve(struct buf *b, size_t n)
{
	size_t need, cap;
	char *p;

	if (b->error)
		return NULL;
	if (b->cap - b->n >= n && b->p)
		return b->p + b->n;
	if (__builtin_add_overflow(b->n, n, &need) || need > SIZE_MAX / 4) {
		b->error = -EMSGSIZE;
		return NULL;
	}
	cap = b->cap ? b->cap * 2 : BUF_MIN;
	while (cap < need)
		cap *= 2;
	p = realloc(b->p, cap);
	if (!p) {
		b->error = -ENOMEM;
		return NULL;
	}
	b->p = p;
	b->cap = cap;
	return p + b->n;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
	char *to = buf_reserve(b, n);

	if (!to || n == 0)
		return;
	memcpy(to, p, n);
	b->n += n;
}

void buf_vprintf(struct buf *b, const char *format, va_list ap)
{
	va_list again;
	char *to;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, ap);
	to = n < 0 ? NULL : buf_reserve(b, (size_t)n + 1);
	if (to) {
		vsnprintf(to, (size_t)n + 1, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	buf_vprintf(b, format, ap);
	va_end(ap);
}

void buf_consume(struct buf *b, size_t n)
{
	if (n >= b->n) {
		b->n = 0;
		return;
	}
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

void buf_clear(struct buf *b)
{
	if (b->cap > BUF_KEEP)
		buf_done(b);
	b->n = 0;
	b->error = 0;
}

static const char base64_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void buf_put_base64(struct buf *b, struct strview data)
{
	const unsigned char *p = (const unsigned char *)data.p;
	char *to = buf_reserve(b, (data.n + 2) / 3 * 4);

	if (!to)
		return;
	for (size_t i = 0; i < data.n; i += 3) {
		size_t have = data.n - i < 3 ? data.n - i : 3;
		uint32_t v = (uint32_t)p[i] << 16;

		if (have > 1)
			v |= (uint32_t)p[i + 1] << 8;
		if (have > 2)
			v |= p[i + 2];
		*to++ = base64_alphabet[v >> 18];
		*to++ = base64_alphabet[v >> 12 & 63];
		*to++ = have > 1 ? base64_alphabet[v >> 6 & 63] : '=';
		*to++ = have > 2 ? base64_alphabet[v & 63] : '=';
		b->n += 4;
	}
}

static int base64_value(char c)
{
	const char *at = c ? strchr(base64_alphabet, c) : NULL;

	return at ? (int)(at - base64_alphabet) : -EINVAL;
}

/* One group of four; returns how many bytes it holds, or -EINVAL. */
static int base64_group(const char *p, bool last, unsigned char out[3])
{
	int pad = last ? (p[3] == '=') + (p[3] == '=' && p[2] == '=') : 0;
	uint32_t v = 0;

	for (int i = 0; i < 4; i++) {
		int d = i >= 4 - pad ? 0 : base64_value(p[i]);

		if (d < 0)
			return -EINVAL;
		v = v << 6 | (uint32_t)d;
	}
	out[0] = (unsigned char)(v >> 16);
	out[1] = (unsigned char)(v >> 8);
	out[2] = (unsigned char)v;
	/* bits that the padding cuts off must be zero (RFC 4648 section 3.5) */
	if ((pad == 1 && out[2]) || (pad == 2 && out[1]))
		return -EINVAL;
	return 3 - pad;
}

int base64_decode(struct strview text, struct buf *b)
{
	size_t mark = b->n;

	if (text.n % 4)
		return -EINVAL;
	for (size_t i = 0; i < text.n; i += 4) {
		unsigned char out[3];
		int n = base64_group(text.p + i, i + 4 == text.n, out);

		if (n < 0) {
			b->n = mark;
			return n;
		}
		buf_put(b, out, (size_t)n);
	}
	return b->error;
}
