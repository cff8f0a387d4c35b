#include "ipc/json/jsonw_inline.h"

#include <inttypes.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "protocol/base/utf8.h"

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

/* For what is not valid UTF-8, byte by byte. */
static void escape_invalid(struct buf *b, struct strview v)
{
	for (size_t i = 0; i < v.n;) {
		uint32_t c;
		size_t len = utf8_decode((struct strview){ v.p + i, v.n - i }, &c);
		char *to = buf_reserve(b, ESCAPE_MAX);

		if (!to)
			return;
		if (len == 0) {
			memcpy(to, "\xef\xbf\xbd", REPLACEMENT_N);
			b->n += REPLACEMENT_N;
		} else if (c < 0x80 && needs_escape((unsigned char)c)) {
			b->n = (size_t)(put_escape(to, (unsigned char)c) - b->p);
		} else {
			memcpy(to, v.p + i, len);
			b->n += len;
		}
		i += len ? len : 1;
	}
}

char *jsonw_grow(struct buf *b, char *to, size_t n)
{
	b->n = (size_t)(to - b->p);
	return n < SIZE_MAX / 2 ? buf_reserve(b, n + JSONW_SLACK) : NULL;
}

#ifdef __SSE2__

typedef __m128i block_of_text;

/* n bytes, 1 to BLOCK, and zeros; no byte beyond them is read. */
static inline __m128i load_block(const char *p, size_t n)
{
	uint64_t lo = 0, hi = 0;
	uint32_t first, last;

	if (n == BLOCK)
		return _mm_loadu_si128((const __m128i *)(const void *)p);
	if (n >= 8) {
		memcpy(&lo, p, 8);
		memcpy(&hi, p + n - 8, 8);
		hi = hi >> 8 >> (56 - (n - 8) * 8);
	} else if (n >= 4) {
		memcpy(&first, p, 4);
		memcpy(&last, p + n - 4, 4);
		lo = first | (uint64_t)last << ((n - 4) * 8);
	} else {
		lo = (unsigned char)p[0] | (uint64_t)(unsigned char)p[n / 2] << (n / 2 * 8) |
		     (uint64_t)(unsigned char)p[n - 1] << ((n - 1) * 8);
	}
	return _mm_set_epi64x((long long)hi, (long long)lo);
}

/* Writes all of BLOCK. */
static inline void store_block(char *to, __m128i block)
{
	_mm_storeu_si128((__m128i *)(void *)to, block);
}

/* A bit for each byte that needs an escape. */
static inline unsigned special_bytes(__m128i block)
{
	__m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
	__m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
	__m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
	__m128i any = _mm_or_si128(_mm_or_si128(quote, backslash), control);

	return (unsigned)_mm_movemask_epi8(any);
}

#else

typedef struct {
	char bytes[BLOCK];
} block_of_text;

static inline block_of_text load_block(const char *p, size_t n)
{
	block_of_text block = { { 0 } };

	memcpy(block.bytes, p, n);
	return block;
}

static inline void store_block(char *to, block_of_text block)
{
	memcpy(to, block.bytes, BLOCK);
}

static inline unsigned special_bytes(block_of_text block)
{
	unsigned mask = 0;

	for (size_t i = 0; i < BLOCK; i++)
		mask |= (unsigned)needs_escape((unsigned char)block.bytes[i]) << i;
	return mask;
}

#endif

/* Goes on behind a byte that needs an escape, the one at index n of what is at *v. */
static char *jump_escape(struct buf *b, char *to, size_t n, struct strview *v)
{
	to = put_escape(to + n, (unsigned char)v->p[n]);
	*v = (struct strview){ v->p + n + 1, v->n - n - 1 };
	return jsonw_room(b, to, v->n);
}

char *jsonw_text(struct buf *b, char *to, struct strview v)
{
	block_of_text block;
	unsigned special;

	to = jsonw_room(b, to, v.n);
	while (to && v.n >= BLOCK) {
		block = load_block(v.p, BLOCK);
		special = special_bytes(block);
		store_block(to, block);
		if (__builtin_expect(special != 0, 0)) {
			to = jump_escape(b, to, (size_t)__builtin_ctz(special), &v);
			continue;
		}
		to += BLOCK;
		v = (struct strview){ v.p + BLOCK, v.n - BLOCK };
	}
	while (to && v.n) {
		block = load_block(v.p, v.n);
		special = special_bytes(block) & ((1u << v.n) - 1);
		store_block(to, block);
		if (__builtin_expect(special == 0, 1))
			return to + v.n;
		to = jump_escape(b, to, (size_t)__builtin_ctz(special), &v);
	}
	return to;
}

char *jsonw_plain(struct buf *b, char *to, struct strview v)
{
	to = jsonw_room(b, to, v.n);
	if (!to || v.n == 0)
		return to;
	if (v.n <= BLOCK)
		store_block(to, load_block(v.p, v.n));
	else
		memcpy(to, v.p, v.n);
	return to + v.n;
}

void jsonw_escape(struct buf *b, struct strview v)
{
	char *to;

	if (!strview_is_utf8(v)) {
		escape_invalid(b, v);
		return;
	}
	to = jsonw_open(b);
	if (to)
		jsonw_close(b, jsonw_text(b, to, v));
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

void jsonw_pointer(struct buf *b, struct strview key)
{
	buf_put_char(b, '/');
	for (size_t i = 0; i < key.n; i++) {
		if (key.p[i] == '~' || key.p[i] == '/')
			buf_put_str(b, key.p[i] == '~' ? "~0" : "~1");
		else
			buf_put_char(b, key.p[i]);
	}
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
