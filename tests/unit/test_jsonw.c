#include "ipc/json/jsonw.h"

#include <errno.h>
#include <stdio.h>

#include <jansson.h>

#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

static void expect(const struct buf *b, const char *text)
{
	ck_assert_int_eq(b->error, 0);
	ck_assert_msg(strview_is(buf_view(b), text), "got %.*s, want %s", (int)b->n, b->p, text);
}

START_TEST(commas_come_where_a_value_came_before)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	jsonw_begin_object(&b);
	jsonw_member_cstr(&b, "a", "x");
	jsonw_key(&b, "b");
	jsonw_begin_array(&b);
	jsonw_uint(&b, 1);
	jsonw_null(&b);
	jsonw_begin_object(&b);
	jsonw_end_object(&b);
	jsonw_begin_array(&b);
	jsonw_end_array(&b);
	jsonw_bool(&b, false);
	jsonw_raw(&b, SV("{\"r\":0}"));
	jsonw_cstr(&b, ",");
	jsonw_cstr(&b, "[");
	jsonw_cstr(&b, ":");
	jsonw_end_array(&b);
	jsonw_member_bool(&b, "c", true);
	jsonw_member_uint(&b, "d", 0);
	jsonw_member_opt(&b, "e", SV_NONE);
	jsonw_member_opt(&b, "f", SV(""));
	jsonw_key(&b, "g");
	jsonw_int(&b, -1);
	jsonw_end_object(&b);
	expect(&b, "{\"a\":\"x\",\"b\":[1,null,{},[],false,{\"r\":0},\",\",\"[\",\":\"],\"c\":true,"
		   "\"d\":0,\"f\":\"\",\"g\":-1}");
}
END_TEST

START_TEST(a_new_line_begins_without_a_comma)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	jsonw_cstr(&b, "a");
	buf_put_char(&b, '\n');
	jsonw_cstr(&b, "b");
	expect(&b, "\"a\"\n\"b\"");
}
END_TEST

START_TEST(numbers_are_written_to_their_limits)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	jsonw_begin_array(&b);
	jsonw_uint(&b, UINT64_MAX);
	jsonw_int(&b, INT64_MIN);
	jsonw_int(&b, INT64_MAX);
	jsonw_int(&b, 0);
	jsonw_end_array(&b);
	expect(&b, "[18446744073709551615,-9223372036854775808,9223372036854775807,0]");
}
END_TEST

START_TEST(seconds_have_no_more_digits_than_they_need)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	static const uint64_t ns[] = { 0, 15000000000, 250000000, 1, 1500000001, 100 };

	jsonw_begin_array(&b);
	for (size_t i = 0; i < ARRAY_SIZE(ns); i++)
		jsonw_seconds(&b, ns[i]);
	jsonw_end_array(&b);
	expect(&b, "[0,15,0.25,0.000000001,1.500000001,0.0000001]");
}
END_TEST

START_TEST(times_are_those_of_the_calendar)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	static const uint64_t days[] = { 0, 58, 59, 789, 790, 11016, 11017, 20779, 47540, 47541 };
	static const char *const dates[] = { "1970-01-01", "1970-02-28", "1970-03-01", "1972-02-29",
					     "1972-03-01", "2000-02-29", "2000-03-01", "2026-11-22",
					     "2100-02-28", "2100-03-01" };

	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		char want[64];

		buf_clear(&b);
		jsonw_time(&b, (days[i] * 86400 + 18 * 3600 + 59 * 60 + 7) * 1000000 + 42);
		snprintf(want, sizeof(want), "\"%sT18:59:07.000042Z\"", dates[i]);
		expect(&b, want);
	}
}
END_TEST

START_TEST(bytes_are_written_as_base64)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	jsonw_begin_array(&b);
	jsonw_base64(&b, SV(""));
	jsonw_base64(&b, SV("\0\xff\x01\x02"));
	jsonw_end_array(&b);
	expect(&b, "[\"\",\"AP8BAg==\"]");
}
END_TEST

/* What an escaper of one line would write. */
static void reference(struct buf *b, struct strview v)
{
	static const char *const short_form[256] = {
		['"'] = "\\\"", ['\\'] = "\\\\", ['\b'] = "\\b", ['\t'] = "\\t",
		['\n'] = "\\n", ['\f'] = "\\f",	 ['\r'] = "\\r",
	};

	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];

		if (short_form[c])
			buf_put_str(b, short_form[c]);
		else if (c < 0x20)
			buf_printf(b, "\\u%04x", c);
		else
			buf_put_char(b, v.p[i]);
	}
}

/* Each byte that can stand alone, at each place of strings of each length around the block's. */
START_TEST(every_ascii_character_is_escaped_as_it_must_be_wherever_it_stands)
{
	CLEANUP(buf_done) struct buf got = BUF_INIT, want = BUF_INIT;

	for (size_t n = 1; n < 50; n++) {
		char *text = malloc(n); /* exactly: a sanitizer sees a byte read beyond */

		ck_assert_ptr_nonnull(text);
		for (size_t at = 0; at < n; at++) {
			memset(text, 'a', n);
			text[at] = (char)_i;
			text[n - 1 - at] = (char)_i;
			buf_clear(&got);
			buf_clear(&want);
			jsonw_escape(&got, (struct strview){ text, n });
			reference(&want, (struct strview){ text, n });
			ck_assert(strview_eq(buf_view(&got), buf_view(&want)));
		}
		free(text);
	}
}
END_TEST

START_TEST(text_that_is_not_ascii_stays_as_it_is)
{
	static const char *const texts[] = { "\xc3\xa9", "naïve \xf0\x9f\x99\x82 日本語 привет",
					     "\x7f", "\xe2\x80\xa8", "a\xef\xbf\xbf" };
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		buf_clear(&b);
		jsonw_escape(&b, strview_of(texts[i]));
		expect(&b, texts[i]);
	}
}
END_TEST

START_TEST(bytes_that_are_not_utf8_become_replacement_characters)
{
	static const struct {
		struct strview in;
		const char *out;
	} cases[] = {
		{ { "\xff", 1 }, "\ufffd" },
		{ { "a\xc3", 2 }, "a\ufffd" },
		{ { "\xe2\x82z\"", 4 }, "\ufffd\ufffdz\\\"" },
		{ { "\xc0\xaf", 2 }, "\ufffd\ufffd" },
		{ { "\xed\xa0\x80", 3 }, "\ufffd\ufffd\ufffd" },
		{ { "\xf4\x90\x80\x80", 4 }, "\ufffd\ufffd\ufffd\ufffd" },
		{ { "a\0b", 3 }, "a\\u0000b" },
		{ { "0123456789abcdef\xc3\xa9\x80\n", 20 }, "0123456789abcdefé\ufffd\\n" },
	};
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		buf_clear(&b);
		jsonw_escape(&b, cases[i].in);
		expect(&b, cases[i].out);
	}
}
END_TEST

START_TEST(a_json_reader_reads_back_what_was_written)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	char text[300];
	uint64_t seed = 1;

	for (int round = 0; round < 2000; round++) {
		size_t n = 0;
		json_t *value;

		while (n < sizeof(text) - 4) {
			static const char *const pieces[] = {
				"a", "bcdefgh",		"\"", "\\", "\n", "\x01", "é", "€", "🙂",
				"/", "0123456789abcdef"
			};
			const char *piece;

			seed = seed * 6364136223846793005u + 1442695040888963407u;
			if (seed >> 60 == 0)
				break;
			piece = pieces[(seed >> 33) % ARRAY_SIZE(pieces)];
			if (n + strlen(piece) > sizeof(text))
				break;
			memcpy(text + n, piece, strlen(piece));
			n += strlen(piece);
		}
		buf_clear(&b);
		jsonw_string(&b, (struct strview){ text, n });
		value = json_loadb(b.p, b.n, JSON_DECODE_ANY, NULL);
		ck_assert_ptr_nonnull(value);
		ck_assert_uint_eq(json_string_length(value), n);
		ck_assert_mem_eq(json_string_value(value), text, n);
		json_decref(value);
	}
}
END_TEST

START_TEST(a_failed_allocation_is_latched_and_nothing_is_written_later)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	char text[1000];
	size_t n;

	memset(text, '\n', sizeof(text));
	for (size_t i = 0;; i++) {
		bool failed;

		buf_done(&b);
		failmalloc_arm(i);
		jsonw_begin_array(&b);
		jsonw_string(&b, (struct strview){ text, sizeof(text) });
		jsonw_time(&b, 0);
		jsonw_end_array(&b);
		failed = failmalloc_disarm();
		if (!failed)
			break;
		ck_assert_int_eq(b.error, -ENOMEM);
		n = b.n;
		jsonw_cstr(&b, "x");
		jsonw_escape(&b, SV("x"));
		ck_assert_uint_eq(b.n, n);
	}
	ck_assert_int_eq(b.error, 0);
	ck_assert_uint_eq(b.n, 2 * sizeof(text) + 34);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ commas_come_where_a_value_came_before, 0 },
		{ a_new_line_begins_without_a_comma, 0 },
		{ numbers_are_written_to_their_limits, 0 },
		{ seconds_have_no_more_digits_than_they_need, 0 },
		{ times_are_those_of_the_calendar, 0 },
		{ bytes_are_written_as_base64, 0 },
		{ every_ascii_character_is_escaped_as_it_must_be_wherever_it_stands, 128 },
		{ text_that_is_not_ascii_stays_as_it_is, 0 },
		{ bytes_that_are_not_utf8_become_replacement_characters, 0 },
		{ a_json_reader_reads_back_what_was_written, 0 },
		{ a_failed_allocation_is_latched_and_nothing_is_written_later, 0 },
	};

	return suite_run("jsonw", tests, ARRAY_SIZE(tests));
}
