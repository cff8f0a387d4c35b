/* Lines: how long, what is in them that is no JSON, and what they cost. */
#include <stdio.h>
#include <stdlib.h>

#include <check.h>

#include "ipc/rpc/line.h"
#include "tests/unit/rpc_client.h"
#include "tests/unit/suite.h"

#define CALL(id) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"stream.list\"}"
#define OK(id)	 "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"result\":{\"method\":\"stream.list\"}}"

/* Lines that are no JSON text, or not one of ours, with their length. */
#define BAD(text)                                                                                  \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}
static const struct strview not_json[] = {
	BAD("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\0\"}"),
	BAD("\0"),
	BAD("1\0"),
	BAD("{"),
	BAD("["),
	BAD("[1,]"),
	BAD("{\"a\":1,}"),
	BAD("{'a':1}"),
	BAD("{a:1}"),
	BAD("{\"a\"}"),
	BAD("[1 2]"),
	BAD("]"),
	BAD("nul"),
	BAD("NaN"),
	BAD("-Infinity"),
	BAD("01"),
	BAD("+1"),
	BAD(".5"),
	BAD("1."),
	BAD("0x1"),
	BAD("\"a"),
	BAD("\"\\x\""),
	BAD("\"\\u12\""),
	BAD("\"\t\""),
	BAD("\"\x01\""),
	BAD("{} {}"),
	BAD("[1] x"),
	BAD("// c\t{}"),
	BAD("/**/{}"),
	BAD("\xef\xbb\xbf{}"),
	BAD("\"\xff\""),
	BAD("\"\xc0\xaf\""),
	BAD("\"\xe0\x80\xaf\""),
	BAD("\"\xed\xa0\x80\""),
	BAD("\"\xf4\x90\x80\x80\""),
	BAD("\"\xc3\""),
	BAD("GET / HTTP/1.1"),
	BAD("<stream:stream>"),
};

START_TEST(what_is_not_json_is_a_parse_error_and_the_next_line_is_read)
{
	static const char start[] = "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,";
	struct rpc_client c;
	const char *out;

	rpc_client_init(&c, NULL);
	session_push(c.session, not_json[_i]);
	rpc_client_push(&c, "\n" CALL("2") "\n");
	rpc_client_echo(&c);
	out = rpc_client_read(&c);
	ck_assert_msg(strncmp(out, start, strlen(start)) == 0, "%s", out);
	out = strchr(out, '\n');
	ck_assert_str_eq(out, "\n" OK("2") "\n");
	rpc_client_done(&c);
}
END_TEST

START_TEST(deep_nesting_of_any_depth_is_refused)
{
	static const size_t depths[] = { 301, 2048, 2049, 100000 };
	size_t depth = depths[_i];
	struct buf b = BUF_INIT;
	struct rpc_client c;

	rpc_client_init(&c, NULL);
	buf_put_str(&b, "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"subscribe\",\"params\":");
	for (size_t i = 1; i < depth; i++)
		buf_put_str(&b, "[");
	for (size_t i = 1; i < depth; i++)
		buf_put_str(&b, "]");
	buf_put_str(&b, "}\n");
	session_push(c.session, buf_view(&b));
	ck_assert(!session_next(c.session));
	ck_assert_str_eq(rpc_client_read(&c),
			 "{\"jsonrpc\":\"2.0\",\"id\":8,\"error\":{\"code\":-32600,\"message\":"
			 "\"nested deeper than 300\"}}\n");
	buf_done(&b);
	rpc_client_done(&c);
}
END_TEST

START_TEST(a_line_may_be_as_long_as_the_limit_says)
{
	const struct session_limits limits = { .max_request_bytes = sizeof(CALL("1")) };
	static const char *const ends[] = { "\n", "\r\n" };
	struct rpc_client c;

	rpc_client_init(&c, &limits);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		rpc_client_push(&c, CALL("1") " "); /* as long as the limit */
		ck_assert(!session_next(c.session));
		rpc_client_push(&c, ends[i]);
		rpc_client_echo(&c);
		ck_assert_str_eq(rpc_client_read(&c), OK("1") "\n");
		rpc_client_push(&c, CALL("1") "  ");
		ck_assert(!session_next(c.session));
		ck_assert_ptr_nonnull(strstr(rpc_client_read(&c), "-32600"));
		rpc_client_push(&c, ends[i]);
		rpc_client_echo(&c);
		ck_assert_str_eq(rpc_client_read(&c), "");
	}
	rpc_client_done(&c);
}
END_TEST

START_TEST(an_over_long_line_is_not_stored)
{
	static char chunk[16 * 1024];
	struct line_reader l;
	struct strview line;
	int too_long = 0;

	memset(chunk, ' ', sizeof(chunk));
	line_init(&l, 1000000);
	for (int i = 0; i < 1000; i++) {
		ck_assert_int_eq(line_push(&l, (struct strview){ chunk, sizeof(chunk) }), 0);
		too_long += line_next(&l, &line) == LINE_TOO_LONG;
		ck_assert_uint_le(l.in.n, 1000000 + sizeof(chunk));
	}
	ck_assert_int_eq(too_long, 1);
	ck_assert_uint_eq(l.in.n, 0);
	ck_assert_int_eq(line_push(&l, SV("\n7\n")), 0);
	ck_assert_int_eq(line_next(&l, &line), LINE_READY);
	ck_assert(strview_is(line, "7"));
	line_done(&l);
}
END_TEST

/* Ten million bytes, one at a time, on one line and on many: quadratic work would not end. */
START_TEST(bytes_that_come_one_by_one_cost_no_more_than_themselves)
{
	struct line_reader l;
	struct strview line;
	int early = 0, ready = 0;

	line_init(&l, 0);
	for (int i = 0; i < 10000000; i++) {
		line_push(&l, SV("x"));
		early += line_next(&l, &line) != LINE_NONE;
	}
	ck_assert_int_eq(early, 0);
	line_push(&l, SV("\n"));
	ck_assert_int_eq(line_next(&l, &line), LINE_READY);
	ck_assert_uint_eq(line.n, 10000000);
	for (int i = 0; i < 1000000; i++) {
		line_push(&l, i % 10 == 9 ? SV("\n") : SV("x"));
		ready += line_next(&l, &line) == LINE_READY;
	}
	ck_assert_int_eq(ready, 100000);
	line_done(&l);
}
END_TEST

START_TEST(lines_that_are_not_taken_at_once_cost_no_more_than_themselves)
{
	struct line_reader l;
	struct strview line;
	int ready = 0;

	line_init(&l, 0);
	for (int i = 0; i < 300000; i++)
		line_push(&l, SV("aaaaaaaaaa\nbbbbbbbbbb\n"));
	for (int i = 0; i < 300000; i++) {
		line_push(&l, SV("cccccccccc\n")); /* one in, one out, with many waiting */
		ready += line_next(&l, &line) == LINE_READY;
	}
	ck_assert_int_eq(ready, 300000);
	line_done(&l);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ what_is_not_json_is_a_parse_error_and_the_next_line_is_read,
		  (int)ARRAY_SIZE(not_json) },
		{ deep_nesting_of_any_depth_is_refused, 4 },
		{ a_line_may_be_as_long_as_the_limit_says, 0 },
		{ an_over_long_line_is_not_stored, 0 },
		{ bytes_that_come_one_by_one_cost_no_more_than_themselves, 0 },
		{ lines_that_are_not_taken_at_once_cost_no_more_than_themselves, 0 },
	};

	return suite_run("line", tests, ARRAY_SIZE(tests));
}
