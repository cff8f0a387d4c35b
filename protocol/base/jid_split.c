/* JIDs that preparation would not change, as nearly all on the wire are. */
#include "protocol/base/jid.h"
#include "protocol/base/utf8.h"

/* Where an ASCII character stays as it is. */
enum {
	LOCAL = 1 << 0,
	DOMAIN = 1 << 1,
};

static const unsigned char stays_in[256] = {
	['a' ... 'z'] = LOCAL | DOMAIN,
	['0' ... '9'] = LOCAL | DOMAIN,
	['-'] = LOCAL | DOMAIN,
	['.'] = LOCAL | DOMAIN,
	['_'] = LOCAL | DOMAIN,
	['!'] = LOCAL,
	['#' ... '%'] = LOCAL,
	['(' ... ','] = LOCAL,
	[';'] = LOCAL,
	['='] = LOCAL,
	['?'] = LOCAL,
	['[' ... '^'] = LOCAL,
	['`'] = LOCAL,
	['{' ... '~'] = LOCAL,
};

/*
 * Characters that resourceprep (RFC 6122 appendix B) leaves alone, whatever stands next to them:
 * none is prohibited, written from right to left, or changed or joined by NFKC. By no means all.
 */
static const struct {
	uint32_t first, last;
} stable[] = {
	{ ' ', '~' },	      /* ASCII */
	{ 0xc0, 0x131 },      /* Latin */
	{ 0x14a, 0x17e },     /* Latin */
	{ 0x388, 0x3ce },     /* Greek */
	{ 0x400, 0x482 },     /* Cyrillic */
	{ 0x3041, 0x3094 },   /* Hiragana */
	{ 0x30a1, 0x30fe },   /* Katakana */
	{ 0x4e00, 0x9fff },   /* Han */
	{ 0xac00, 0xd7a3 },   /* Hangul */
	{ 0x1f300, 0x1f64f }, /* pictographs */
};

static unsigned char at(struct strview v, size_t i)
{
	return stays_in[(unsigned char)v.p[i]];
}

static bool is_local(struct strview v)
{
	unsigned char all = LOCAL;

	for (size_t i = 0; i < v.n; i++)
		all &= at(v, i);
	return all && v.n > 0 && v.n <= JID_PART_MAX;
}

/* Labels between dots, none of them empty. */
static bool is_domain(struct strview v)
{
	unsigned char all = DOMAIN;
	char before = '.';

	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '.' && before == '.')
			return false;
		all &= at(v, i);
		before = v.p[i];
	}
	return all && before != '.' && v.n <= JID_PART_MAX;
}

/* Eight bytes at a time: all from space to tilde? */
static bool is_printable(uint64_t v)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;

	/* no carry crosses a byte, since none of them has its highest bit set */
	return !(v & high) && !((v + ones) & high) && ((v + ones * (0x80 - ' ')) & high) == high;
}

static bool is_stable(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_SIZE(stable); i++)
		if (c <= stable[i].last)
			return c >= stable[i].first;
	return false;
}

/* How many bytes at the front of v are from space to tilde. */
static size_t printable_run(struct strview v)
{
	uint64_t word;
	size_t i = 0;

	for (; v.n - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, v.p + i, sizeof(word));
		if (!is_printable(word))
			break;
	}
	while (i < v.n && v.p[i] >= ' ' && v.p[i] <= '~')
		i++;
	return i;
}

static bool is_resource(struct strview v)
{
	size_t i = printable_run(v);

	while (i < v.n) {
		uint32_t c;
		size_t n = utf8_decode((struct strview){ v.p + i, v.n - i }, &c);

		if (!is_stable(c))
			return false;
		i += n;
	}
	return v.n > 0 && v.n <= JID_PART_MAX;
}

bool jid_split(struct strview text, struct jid *ret)
{
	const char *slash = text.n ? memchr(text.p, '/', text.n) : NULL;
	struct strview bare = { text.p, slash ? (size_t)(slash - text.p) : text.n };
	const char *sign = bare.n ? memchr(bare.p, '@', bare.n) : NULL;
	struct jid jid = { .full = text, .bare = bare, .domain = bare };

	if (slash)
		jid.resource = (struct strview){ slash + 1, text.n - bare.n - 1 };
	if (sign) {
		jid.local = (struct strview){ bare.p, (size_t)(sign - bare.p) };
		jid.domain = (struct strview){ sign + 1, bare.n - jid.local.n - 1 };
	}
	if (!is_domain(jid.domain) || (sign && !is_local(jid.local)) ||
	    (slash && !is_resource(jid.resource)))
		return false;
	*ret = jid;
	return true;
}
