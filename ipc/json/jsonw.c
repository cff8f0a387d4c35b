#include "ipc/json/jsonw_inline.h"

#include <inttypes.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	BLOCK = 16,	   /* bytes looked at together */
	ESCAPE_MAX = 6,	   /* \u0000 */
	REPLACEMENT_N = 3, /* U+FFFD in UTF-8 */
	NS_DIGITS = 9,
};

void jsonw_separate(struct buf *b)
{
	if (b->n == 0)
		return;
	switch (b->p[b->n - 1]) {
	case '{':
	case '[':
	case ':':
	case ',':
	case '\n':
		break;
	default:
		buf_put_char(b, ',');
	}
}

void jsonw_begin_object(struct buf *b)
{
	jsonw_separate(b);
	buf_put_char(b, '{');
}

void jsonw_end_object(struct buf *b)
{
	buf_put_char(b, '}');
}

void jsonw_begin_array(struct buf *b)
{
	jsonw_separate(b);
	buf_put_char(b, '[');
}

void jsonw_end_array(struct buf *b)
{
	buf_put_char(b, ']');
}

void jsonw_key(struct buf *b, const char *key)
{
	size_t n = strlen(key);
	char *to;

	jsonw_separate(b);
	to = buf_reserve(b, n + 3);
	if (!to)
		return;
	*to++ = '"';
	memcpy(to, key, n);
	to[n] = '"';
	to[n + 1] = ':';
	b->n += n + 3;
}

void jsonw_key_sv(struct buf *b, struct strview key)
{
	jsonw_separate(b);
	buf_put_char(b, '"');
	jsonw_escape(b, key);
	buf_put(b, "\":", 2);
}

static char *put_escape(char *to, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[32] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
	};

	*to++ = '\\';
	if (c == '"' || c == '\\') {
		*to++ = (char)c;
	} else if (letters[c & 31]) {
		*to++ = letters[c & 31];
	} else {
		memcpy(to, "u00", 3);
		to[3] = hex[c >> 4];
		to[4] = hex[c & 15];
		to += 5;
	}
	return to;
}

static bool needs_escape(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
}

/* The length of the UTF-8 sequence at p (RFC 3629 section 4), or 0. */
static size_t sequence_length(const char *p, size_t n)
{
	unsigned char c = (unsigned char)*p;
	size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	if (c == 0)
		return 1;
	return len <= n && strview_is_utf8((struct strview){ p, len }) ? len : 0;
}

/* For what is not valid UTF-8, byte by byte. */
static void escape_invalid(struct buf *b, struct strview v)
{
	for (size_t i = 0; i < v.n;) {
		size_t len = sequence_length(v.p + i, v.n - i);
		char *to = buf_reserve(b, ESCAPE_MAX);

		if (!to)
			return;
		if (len == 0) {
			memcpy(to, "\xef\xbf\xbd", REPLACEMENT_N);
			b->n += REPLACEMENT_N;
		} else if (len == 1 && needs_escape((unsigned char)v.p[i])) {
			b->n = (size_t)(put_escape(to, (unsigned char)v.p[i]) - b->p);
		} else {
			memcpy(to, v.p + i, len);
			b->n += len;
		}
		i += len ? len : 1;
	}
}

/*
 * Copies up to BLOCK bytes to `to`, which has room for BLOCK, and tells with a bit each which of
 * them need an escape; *high becomes non-zero where one is not ASCII.
 */
#ifdef __SSE2__
static inline unsigned copy_vector(char *to, __m128i block, size_t n, unsigned *high)
{
	__m128i special = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')),
				       _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
	/* as signed bytes, those that are not ASCII are below 0x20 too */
	__m128i low = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));
	unsigned valid = (1u << n) - 1, mask, negative;

	_mm_storeu_si128((__m128i *)(void *)to, block);
	mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(special, low)) & valid;
	if (__builtin_expect(mask == 0, 1))
		return 0;
	negative = (unsigned)_mm_movemask_epi8(block) & valid;
	*high |= negative;
	return mask & ~negative;
}

static inline unsigned copy_block(char *to, const char *p, size_t n, unsigned *high)
{
	char part[BLOCK] = { 0 };

	if (n >= BLOCK)
		return copy_vector(to, _mm_loadu_si128((const __m128i *)(const void *)p), BLOCK,
				   high);
	/* no byte beyond the string is read: two overlapping loads make up what is there */
	if (n >= 8) {
		memcpy(part, p, 8);
		memcpy(part + n - 8, p + n - 8, 8);
	} else if (n >= 4) {
		memcpy(part, p, 4);
		memcpy(part + n - 4, p + n - 4, 4);
	} else {
		part[0] = p[0];
		part[n / 2] = p[n / 2];
		part[n - 1] = p[n - 1];
	}
	return copy_vector(to, _mm_loadu_si128((const __m128i *)(const void *)part), n, high);
}
#else
static inline unsigned copy_block(char *to, const char *p, size_t n, unsigned *high)
{
	unsigned mask = 0;

	for (size_t i = 0; i < n && i < BLOCK; i++) {
		unsigned char c = (unsigned char)p[i];

		to[i] = p[i];
		*high |= c & 0x80u;
		mask |= (unsigned)needs_escape(c) << i;
	}
	return mask;
}
#endif

void jsonw_escape(struct buf *b, struct strview v)
{
	const char *p = v.p, *end = p + v.n;
	size_t mark = b->n;
	char *to = buf_reserve(b, v.n + BLOCK);
	unsigned high = 0;

	if (!to)
		return;
	while (p < end) {
		size_t n = (size_t)(end - p) < BLOCK ? (size_t)(end - p) : BLOCK;
		unsigned mask = copy_block(to, p, n, &high);

		if (__builtin_expect(mask == 0, 1)) {
			p += n;
			to += n;
			continue;
		}
		n = (size_t)__builtin_ctz(mask);
		to = put_escape(to + n, (unsigned char)p[n]);
		p += n + 1;
		b->n = (size_t)(to - b->p);
		to = buf_reserve(b, (size_t)(end - p) + BLOCK + ESCAPE_MAX);
		if (!to)
			return;
	}
	b->n = (size_t)(to - b->p);
	if (high && !strview_is_utf8(v)) {
		b->n = mark;
		escape_invalid(b, v);
	}
}

void jsonw_string(struct buf *b, struct strview v)
{
	jsonw_separate(b);
	buf_put_char(b, '"');
	jsonw_escape(b, v);
	buf_put_char(b, '"');
}

void jsonw_cstr(struct buf *b, const char *cstr)
{
	jsonw_string(b, strview_of(cstr));
}

static void put_digits(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	buf_put(b, digits + at, sizeof(digits) - at);
}

void jsonw_uint(struct buf *b, uint64_t v)
{
	jsonw_separate(b);
	put_digits(b, v);
}

void jsonw_int(struct buf *b, int64_t v)
{
	jsonw_separate(b);
	if (v < 0)
		buf_put_char(b, '-');
	put_digits(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void jsonw_seconds(struct buf *b, uint64_t ns)
{
	uint64_t fraction = ns % 1000000000u;
	char digits[NS_DIGITS];
	size_t n = NS_DIGITS;

	jsonw_uint(b, ns / 1000000000u);
	if (!fraction)
		return;
	for (size_t i = NS_DIGITS; i-- > 0; fraction /= 10)
		digits[i] = (char)('0' + fraction % 10);
	while (digits[n - 1] == '0')
		n--;
	buf_put_char(b, '.');
	buf_put(b, digits, n);
}

void jsonw_bool(struct buf *b, bool v)
{
	jsonw_separate(b);
	buf_put_sv(b, v ? SV("true") : SV("false"));
}

void jsonw_null(struct buf *b)
{
	jsonw_separate(b);
	buf_put_sv(b, SV("null"));
}

void jsonw_base64(struct buf *b, struct strview data)
{
	jsonw_separate(b);
	buf_put_char(b, '"');
	buf_put_base64(b, data);
	buf_put_char(b, '"');
}

void jsonw_raw(struct buf *b, struct strview json)
{
	jsonw_separate(b);
	buf_put_sv(b, json);
}

/* Year, month and day of a day count since 1970-01-01, in the Gregorian calendar. */
static void civil_date(uint64_t days, uint64_t *year, unsigned *month, unsigned *day)
{
	/* counted from 0000-03-01, so that a leap day is the last of its year */
	uint64_t since = days + 719468, era = since / 146097, of_era = since % 146097;
	uint64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = (unsigned)(of_era - (365 * y + y / 4 - y / 100));
	unsigned m = (5 * of_year + 2) / 153;

	*day = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = y + era * 400 + (*month <= 2);
}

void jsonw_time(struct buf *b, uint64_t unix_us)
{
	uint64_t seconds = unix_us / 1000000, year;
	unsigned of_day = (unsigned)(seconds % 86400), month, day;

	civil_date(seconds / 86400, &year, &month, &day);
	jsonw_separate(b);
	buf_printf(b, "\"%04" PRIu64 "-%02u-%02uT%02u:%02u:%02u.%06uZ\"", year, month, day,
		   of_day / 3600, of_day / 60 % 60, of_day % 60, (unsigned)(unix_us % 1000000));
}
