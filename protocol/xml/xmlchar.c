/* What XML 1.0 lets names and text consist of. */
#include "protocol/base/utf8.h"
#include "protocol/xml/xmlwrite.h"

/* NameStartChar of XML 1.0 (fifth edition) [4] beyond ASCII. */
static const struct range {
	uint32_t first, last;
} name_start[] = {
	{ 0xc0, 0xd6 },	    { 0xd8, 0xf6 },	{ 0xf8, 0x2ff },    { 0x370, 0x37d },
	{ 0x37f, 0x1fff },  { 0x200c, 0x200d }, { 0x2070, 0x218f }, { 0x2c00, 0x2fef },
	{ 0x3001, 0xd7ff }, { 0xf900, 0xfdcf }, { 0xfdf0, 0xfffd }, { 0x10000, 0xeffff },
};

/* What NameChar [4a] adds to it. */
static const struct range name_more[] = {
	{ 0xb7, 0xb7 },
	{ 0x300, 0x36f },
	{ 0x203f, 0x2040 },
};

static bool in_ranges(uint32_t c, const struct range *ranges, size_t n_ranges)
{
	for (size_t i = 0; i < n_ranges; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static bool is_name_char(uint32_t c, bool first)
{
	if (c < 0x80) {
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
			return true;
		return !first && ((c >= '0' && c <= '9') || c == '-' || c == '.');
	}
	if (in_ranges(c, name_start, ARRAY_SIZE(name_start)))
		return true;
	return !first && in_ranges(c, name_more, ARRAY_SIZE(name_more));
}

bool xml_is_ncname(struct strview v)
{
	for (size_t i = 0; i < v.n;) {
		uint32_t c;
		size_t len = utf8_decode((struct strview){ v.p + i, v.n - i }, &c);

		if (len == 0 || !is_name_char(c, i == 0))
			return false;
		i += len;
	}
	return v.n > 0;
}

bool xml_is_nmtoken(struct strview v)
{
	for (size_t i = 0; i < v.n;) {
		uint32_t c;
		size_t len = utf8_decode((struct strview){ v.p + i, v.n - i }, &c);

		if (len == 0 || (c != ':' && !is_name_char(c, false)))
			return false;
		i += len;
	}
	return v.n > 0;
}

size_t xml_char_length(struct strview v, bool noncharacters)
{
	unsigned char first = (unsigned char)v.p[0];
	uint32_t c;
	size_t len;

	if (first < 0x80)
		return first >= ' ' || first == '\t' || first == '\n' || first == '\r';
	len = utf8_decode(v, &c);
	if (c == 0xfffe || c == 0xffff)
		return 0;
	if (!noncharacters && ((c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe))
		return 0;
	return len;
}

size_t xml_bad_char(struct strview v)
{
	for (size_t i = 0; i < v.n;) {
		size_t len = xml_char_length((struct strview){ v.p + i, v.n - i }, false);

		if (len == 0)
			return i;
		i += len;
	}
	return v.n;
}
