/* Characters, names and their escapes. */
#include <errno.h>

#include "protocol/xml/xmlwrite.h"
#include "tests/unit/suite.h"

static const char *naive(unsigned char c, bool attr)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '\r':
		return "&#13;";
	case '"':
		return attr ? "&quot;" : NULL;
	case '\'':
		return attr ? "&apos;" : NULL;
	case '\t':
		return attr ? "&#9;" : NULL;
	case '\n':
		return attr ? "&#10;" : NULL;
	default:
		return c < ' ' ? "" : NULL;
	}
}

/* One character among others, at each place of a run. */
static void check_escape(unsigned char c, size_t at, size_t n, bool attr)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT, expected = BUF_INIT;
	const char *as = naive(c, attr);
	char in[64];

	memset(in, 'x', n);
	in[at] = (char)c;
	(attr ? xmlwrite_attr_value : xmlwrite_text)(&out, (struct strview){ in, n });
	if (as && !*as) {
		ck_assert_int_eq(out.error, -EINVAL);
		ck_assert_uint_eq(out.n, 0);
		return;
	}
	buf_put(&expected, in, at);
	buf_put_str(&expected, as ? as : (char[]){ (char)c, '\0' });
	buf_put(&expected, in + at + 1, n - at - 1);
	ck_assert_msg(strview_eq(buf_view(&out), buf_view(&expected)), "%02x at %zu of %zu", c, at,
		      n);
}

START_TEST(each_ascii_character_is_escaped_at_each_place)
{
	for (size_t n = 1; n < 50; n += n < 18 ? 1 : 5)
		for (size_t at = 0; at < n; at++)
			check_escape((unsigned char)_i, at, n, false);
	for (size_t n = 1; n < 50; n += n < 18 ? 1 : 5)
		for (size_t at = 0; at < n; at++)
			check_escape((unsigned char)_i, at, n, true);
}
END_TEST

START_TEST(names_are_ncnames_of_xml)
{
	static const char *const names[] = {
		"a", "_", "A1.-_", "\xc3\xa4", "a\xc2\xb7", "\xe4\xb8\xad", "\xf0\x90\x80\x80"
	};
	static const char *const others[] = {
		"",	"1",  "-a",	  ".",	      "a:b",	      ":",
		"a b",	"a/", "\xc2\xb7", "\xcc\x80", "\xef\xbf\xbe", "\xf3\xb0\x80\x80",
		"\xc3", "a\n"
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		ck_assert_msg(xml_is_ncname(strview_of(names[i])), "%s", names[i]);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		ck_assert_msg(!xml_is_ncname(strview_of(others[i])), "%s", others[i]);
	ck_assert(!xml_is_ncname(SV("a\0")));
}
END_TEST

START_TEST(the_first_bad_character_is_found)
{
	ck_assert_uint_eq(xml_bad_char(SV("")), 0);
	ck_assert_uint_eq(xml_bad_char(SV("\t\n\r ~\x7f\xc3\xa4")), 8);
	ck_assert_uint_eq(xml_bad_char(SV("ab\x01")), 2);
	ck_assert_uint_eq(xml_bad_char(SV("a\0")), 1);
	ck_assert_uint_eq(xml_bad_char(SV("\xc3\xa4\xef\xbf\xbf")), 2);
	ck_assert_uint_eq(xml_bad_char(SV("\xc3")), 0);
}
END_TEST

int main(void)
{
	struct suite_test tests[] = {
		{ each_ascii_character_is_escaped_at_each_place, 128 },
		{ names_are_ncnames_of_xml, 0 },
		{ the_first_bad_character_is_found, 0 },
	};

	return suite_run("xmlescape", tests, ARRAY_SIZE(tests));
}
