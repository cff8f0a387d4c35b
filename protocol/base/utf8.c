#include "protocol/base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Begins the character of which b is the first byte; false where none starts like that. */
static bool begin(struct utf8_check *c, unsigned char b)
{
	c->lo = 0x80;
	c->hi = 0xbf;
	if (b >= 0xc2 && b <= 0xdf)
		c->more = 1;
	else if (b >= 0xe0 && b <= 0xef)
		c->more = 2;
	else if (b >= 0xf0 && b <= 0xf4)
		c->more = 3;
	else
		return false;
	if (b == 0xe0)
		c->lo = 0xa0; /* overlong below */
	else if (b == 0xed)
		c->hi = 0x9f; /* surrogates above */
	else if (b == 0xf0)
		c->lo = 0x90; /* overlong below */
	else if (b == 0xf4)
		c->hi = 0x8f; /* beyond U+10FFFF above */
	return true;
}

static bool go_on(struct utf8_check *c, unsigned char b)
{
	if (b < c->lo || b > c->hi)
		return false;
	c->lo = 0x80;
	c->hi = 0xbf;
	c->more--;
	return true;
}

size_t utf8_decode(struct strview v, uint32_t *ret_char)
{
	static const unsigned char masks[] = { 0, 0x1f, 0x0f, 0x07 };
	const unsigned char *p = (const unsigned char *)v.p;
	struct utf8_check c = { 0 };
	uint32_t value;
	size_t n = 1;

	*ret_char = UINT32_MAX;
	if (v.n == 0)
		return 0;
	if (p[0] < 0x80) {
		*ret_char = p[0];
		return 1;
	}
	if (!begin(&c, p[0]))
		return 0;
	value = p[0] & masks[c.more];
	for (; c.more; n++) {
		if (n == v.n || !go_on(&c, p[n]))
			return 0;
		value = value << 6 | (p[n] & 0x3f);
	}
	*ret_char = value;
	return n;
}

/* How many bytes at p are in 1 to 127, to whole words at least. */
static size_t ascii_run(const unsigned char *p, size_t n)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; n - i >= 16; i += 16) {
		__m128i v = _mm_loadu_si128((const void *)(p + i));

		/* as signed bytes, NUL and all from 0x80 are not above zero */
		if (_mm_movemask_epi8(_mm_cmpgt_epi8(v, _mm_setzero_si128())) != 0xffff)
			break;
	}
#else
	for (; n - i >= 8; i += 8) {
		uint64_t v;

		memcpy(&v, p + i, 8);
		/* a high bit is set, or borrowed by a NUL */
		if ((v | (v - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080))
			break;
	}
#endif
	return i;
}

size_t utf8_check(struct utf8_check *c, struct strview v)
{
	const unsigned char *p = (const unsigned char *)v.p;
	size_t i = 0;

	while (i < v.n) {
		size_t stop;

		if (c->more) {
			if (!go_on(c, p[i]))
				return i;
			i++;
			continue;
		}
		i += ascii_run(p + i, v.n - i);
		/* the run ends here or within the next 16: no new run for each character */
		stop = v.n - i < 16 ? v.n : i + 16;
		while (i < stop && !c->more) {
			if (p[i] == 0 || (p[i] >= 0x80 && !begin(c, p[i])))
				return i;
			i++;
			while (c->more && i < v.n) {
				if (!go_on(c, p[i]))
					return i;
				i++;
			}
		}
	}
	return v.n;
}
