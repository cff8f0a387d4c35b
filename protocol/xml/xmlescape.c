/* Escaping of text and attribute values. */
#include "protocol/xml/xmlescape.h"

#include <errno.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* What an ASCII byte is written as; NULL: as it is. Those that XML cannot carry are BAD. */
#define BAD ""

static const char *const in_text[128] = {
	[0 ... 8] = BAD, [11 ... 12] = BAD, ['\r'] = "&#13;", [14 ... 31] = BAD,
	['&'] = "&amp;", ['<'] = "&lt;",    ['>'] = "&gt;",
};

static const char *const in_attr[128] = {
	[0 ... 8] = BAD,  ['\t'] = "&#9;",   ['\n'] = "&#10;", [11 ... 12] = BAD,
	['\r'] = "&#13;", [14 ... 31] = BAD, ['&'] = "&amp;",  ['<'] = "&lt;",
	['>'] = "&gt;",	  ['\''] = "&apos;", ['"'] = "&quot;",
};

/*
 * How many bytes at p surely need no thought, in steps of 16: none is a control, not ASCII, one of
 * & < >, or a quote. TAB and LF in text do stop it, and are then looked up.
 */
static size_t plain_run(const char *p, size_t n)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; n - i >= 16; i += 16) {
		__m128i v = _mm_loadu_si128((const void *)(p + i));
		/* signed: controls, and what is not ASCII as negative */
		__m128i stop = _mm_cmplt_epi8(v, _mm_set1_epi8(' '));

		/* with bit 1 set `<` and `>` are the same; with bit 0 set `&` and ' are */
		stop = _mm_or_si128(stop, _mm_cmpeq_epi8(_mm_or_si128(v, _mm_set1_epi8(2)),
							 _mm_set1_epi8('>')));
		stop = _mm_or_si128(stop, _mm_cmpeq_epi8(_mm_or_si128(v, _mm_set1_epi8(1)),
							 _mm_set1_epi8('\'')));
		stop = _mm_or_si128(stop, _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
		if (_mm_movemask_epi8(stop))
			break;
	}
#else
	(void)p;
	(void)n;
#endif
	return i;
}

static void escape(struct buf *out, struct strview v, const char *const table[128],
		   bool noncharacters)
{
	size_t mark = out->n, begin = 0, i = 0, stop = 0;

	while (i < v.n) {
		unsigned char c;
		size_t len = 1;

		if (i >= stop) {
			i += plain_run(v.p + i, v.n - i);
			stop = i + 16;
			if (i == v.n)
				break;
		}
		c = (unsigned char)v.p[i];
		if (c >= 0x80) {
			len = xml_char_length((struct strview){ v.p + i, v.n - i }, noncharacters);
		} else if (table[c]) {
			len = strlen(table[c]);
			buf_put(out, v.p + begin, i - begin);
			buf_put(out, table[c], len);
			begin = i + 1;
			len = len > 0;
		}
		if (len == 0) {
			out->n = mark;
			if (!out->error)
				out->error = -EINVAL;
			return;
		}
		i += len;
	}
	if (v.n)
		buf_put(out, v.p + begin, v.n - begin);
}

void xmlescape_text(struct buf *out, struct strview text, bool noncharacters)
{
	escape(out, text, in_text, noncharacters);
}

void xmlescape_attr(struct buf *out, struct strview text, bool noncharacters)
{
	escape(out, text, in_attr, noncharacters);
}

void xmlwrite_text(struct buf *out, struct strview text)
{
	xmlescape_text(out, text, false);
}

void xmlwrite_attr_value(struct buf *out, struct strview text)
{
	xmlescape_attr(out, text, false);
}
