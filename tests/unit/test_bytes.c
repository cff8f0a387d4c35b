/* Views, buffers, base64, UTF-8. */
#include <errno.h>
#include <stdio.h>

#include "protocol/base/utf8.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

START_TEST(views_compare_by_their_bytes)
{
	ck_assert(strview_eq(SV_NONE, SV("")));
	ck_assert(strview_eq(SV("a\0b"), SV("a\0b")));
	ck_assert(!strview_eq(SV("a\0b"), SV("a\0c")));
	ck_assert(!strview_eq(SV("a"), SV("ab")));
	ck_assert(strview_is(SV("ab"), "ab") && !strview_is(SV("ab"), "a"));
	ck_assert(strview_has_prefix(SV("ab"), SV("")) && strview_has_prefix(SV_NONE, SV_NONE));
	ck_assert(strview_has_prefix(SV("ab"), SV("ab")) && !strview_has_prefix(SV("a"), SV("ab")));
	ck_assert(!strview_has_prefix(SV("ab"), SV("b")));
	ck_assert_ptr_null(strview_of(NULL).p);
}
END_TEST

START_TEST(only_the_four_of_xml_are_space)
{
	for (unsigned c = 0; c < 256; c++) {
		char text[] = { ' ', (char)c };
		bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';

		ck_assert(strview_is_space((struct strview){ text, 2 }) == space);
	}
	ck_assert(strview_is_space(SV_NONE));
}
END_TEST

static size_t encode(uint32_t c, char *to)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* In one piece, and with the check going on from byte to byte. */
static bool good_utf8(struct strview v)
{
	struct utf8_check whole = { 0 }, bytes = { 0 };
	bool all = utf8_check(&whole, v) == v.n && !whole.more, each = true;

	for (size_t i = 0; i < v.n && each; i++)
		each = utf8_check(&bytes, (struct strview){ v.p + i, 1 }) == 1;
	ck_assert(all == (each && !bytes.more));
	ck_assert(all == strview_is_utf8(v));
	return all;
}

START_TEST(every_character_but_nul_and_surrogates_is_utf8)
{
	for (uint32_t c = 0; c < 0x120000; c += c < 0x3000 ? 1 : 13) {
		bool good = c > 0 && c < 0x110000 && (c < 0xd800 || c > 0xdfff);
		uint32_t decoded;
		char text[4];
		struct strview v = { text, encode(c, text) };

		ck_assert_msg(good_utf8(v) == good, "U+%04X", c);
		ck_assert_uint_eq(utf8_decode(v, &decoded), good || !c ? v.n : 0);
		ck_assert_uint_eq(decoded, good || !c ? c : UINT32_MAX);
	}
}
END_TEST

START_TEST(what_is_no_utf8_is_found_where_it_begins_to_be_wrong)
{
	static const struct {
		const char *bytes;
		size_t good;
	} rows[] = {
		{ "\x80", 0 },
		{ "\xbf", 0 },
		{ "\xc0\xaf", 0 },
		{ "\xc1\xbf", 0 },
		{ "\xc2 ", 1 },
		{ "\xe0\x9f\xbf", 1 },
		{ "\xed\xa0\x80", 1 },
		{ "\xef\xbf ", 2 },
		{ "\xf0\x8f\xbf\xbf", 1 },
		{ "\xf4\x90\x80\x80", 1 },
		{ "\xf5\x80\x80\x80", 0 },
		{ "\xfe", 0 },
		{ "\xff", 0 },
		{ "\xc3\xa4\xc3\xa4\xff", 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t before = 0; before < 40; before++) {
			char text[64];
			size_t n = strlen(rows[i].bytes);
			struct utf8_check c = { 0 };

			memset(text, 'x', sizeof(text));
			memcpy(text + before, rows[i].bytes, n);
			ck_assert_uint_eq(utf8_check(&c, (struct strview){ text, 64 }),
					  before + rows[i].good);
			ck_assert(!good_utf8((struct strview){ text, 64 }));
		}
}
END_TEST

START_TEST(a_nul_is_found_at_each_place)
{
	for (size_t n = 1; n < 70; n++)
		for (size_t at = 0; at < n; at++) {
			struct utf8_check c = { 0 };
			char text[70];

			memset(text, 'x', sizeof(text));
			text[at] = '\0';
			ck_assert_uint_eq(utf8_check(&c, (struct strview){ text, n }), at);
		}
}
END_TEST

START_TEST(a_buffer_grows_and_can_be_rolled_back)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	size_t mark;

	buf_put(&b, NULL, 0);
	for (int i = 0; i < 1000; i++)
		buf_put_char(&b, (char)('a' + i % 26));
	mark = b.n;
	buf_printf(&b, "%s %d", "x", 5);
	ck_assert(strview_eq((struct strview){ b.p + mark, b.n - mark }, SV("x 5")));
	b.n = mark;
	buf_put_str(&b, "yz");
	ck_assert_uint_eq(b.n, 1002);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(b.p[i], 'a' + i % 26);
	buf_consume(&b, 1000);
	ck_assert(strview_eq(buf_view(&b), SV("yz")));
	buf_consume(&b, 5);
	ck_assert_uint_eq(b.n, 0);
	ck_assert_int_eq(b.error, 0);
}
END_TEST

START_TEST(clearing_keeps_small_memory_only)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	buf_put_str(&b, "x");
	buf_clear(&b);
	ck_assert_uint_gt(b.cap, 0);
	ck_assert_ptr_nonnull(buf_reserve(&b, 100000));
	buf_clear(&b);
	ck_assert_uint_eq(b.cap, 0);
	buf_done(&b);
	buf_done(&b);
}
END_TEST

START_TEST(the_first_error_is_latched_until_it_is_cleared)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	buf_put_str(&b, "x");
	ck_assert_ptr_null(buf_reserve(&b, SIZE_MAX));
	ck_assert_int_eq(b.error, -EMSGSIZE);
	buf_put_str(&b, "y");
	buf_put_char(&b, 'y');
	buf_printf(&b, "y");
	buf_put_base64(&b, SV("y"));
	ck_assert_uint_eq(b.n, 1);
	buf_clear(&b);
	buf_put_str(&b, "z");
	ck_assert_int_eq(b.error, 0);
	ck_assert(strview_eq(buf_view(&b), SV("z")));
}
END_TEST

static void fill(void *arg)
{
	struct buf b = BUF_INIT;
	size_t n = 0;

	for (; n < 2000 && !b.error; n++)
		buf_put_char(&b, 'x');
	failmalloc_pause(true);
	ck_assert(b.error == 0 || b.error == -ENOMEM);
	ck_assert_uint_eq(b.n, b.error ? n - 1 : n);
	failmalloc_pause(false);
	buf_done(&b);
	(void)arg;
}

START_TEST(without_memory_a_buffer_keeps_what_it_has)
{
	ck_assert_uint_ge(failmalloc_sweep(fill, NULL), 4);
}
END_TEST

START_TEST(base64_is_that_of_rfc_4648)
{
	static const struct {
		struct strview data;
		const char *text;
	} rows[] = {
		{ { "", 0 }, "" },
		{ { "f", 1 }, "Zg==" },
		{ { "fo", 2 }, "Zm8=" },
		{ { "foo", 3 }, "Zm9v" },
		{ { "foob", 4 }, "Zm9vYg==" },
		{ { "fooba", 5 }, "Zm9vYmE=" },
		{ { "foobar", 6 }, "Zm9vYmFy" },
		{ { "\0\xff\xfe", 3 }, "AP/+" },
	};
	static const char *const bad[] = { "Z",	       "Zg",   "Zg=",  "Z===",	  "====",
					   "Zg==Zg==", "Zh==", "Zm9=", "Zm9v\n",  "Zm 9",
					   "Zm-_",     "=Zg=", "Zg=a", "Zm9vZ!==" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(buf_done) struct buf text = BUF_INIT, data = BUF_INIT;

		buf_put_base64(&text, rows[i].data);
		ck_assert(strview_is(buf_view(&text), rows[i].text));
		ck_assert_int_eq(base64_decode(buf_view(&text), &data), 0);
		ck_assert(strview_eq(buf_view(&data), rows[i].data));
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		CLEANUP(buf_done) struct buf data = BUF_INIT;

		buf_put_str(&data, "kept");
		ck_assert_msg(base64_decode(strview_of(bad[i]), &data) == -EINVAL, "%s", bad[i]);
		ck_assert_uint_eq(data.n, 4);
	}
}
END_TEST

int main(void)
{
	struct suite_test tests[] = {
		{ views_compare_by_their_bytes, 0 },
		{ only_the_four_of_xml_are_space, 0 },
		{ every_character_but_nul_and_surrogates_is_utf8, 0 },
		{ what_is_no_utf8_is_found_where_it_begins_to_be_wrong, 0 },
		{ a_nul_is_found_at_each_place, 0 },
		{ a_buffer_grows_and_can_be_rolled_back, 0 },
		{ clearing_keeps_small_memory_only, 0 },
		{ the_first_error_is_latched_until_it_is_cleared, 0 },
		{ without_memory_a_buffer_keeps_what_it_has, 0 },
		{ base64_is_that_of_rfc_4648, 0 },
	};

	return suite_run("bytes", tests, ARRAY_SIZE(tests));
}
