/* Each type: which texts are values of it, and how these come back. */
#include <errno.h>

#include "protocol/base/arena.h"
#include "protocol/xso/xso_types.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

static struct arena arena;

static void begin(void)
{
	arena_init(&arena, 0);
}

static void end(void)
{
	arena_done(&arena);
}

static const struct strview names[] = { { "", 0 }, { "get", 3 }, { "set", 3 } };
static const struct xso_type an_enum = XSO_ENUM_TYPE("an enum", names);

#define SAME "\1"
#define BAD  NULL

static const struct {
	const struct xso_type *type;
	const char *text, *back;
} cases[] = {
	{ &xso_string, "", SAME },
	{ &xso_string, " a\n ", SAME },
	{ &xso_jid, "a@b/c", SAME },
	{ &xso_jid, "B\xc3\x84@b", SAME }, /* not prepared */
	{ &xso_jid, "a@b/c d", SAME },
	{ &xso_jid, "", BAD },
	{ &xso_jid, "@b", BAD },
	{ &xso_jid, "a b@c", BAD },
	{ &xso_jid, " a@b", BAD },
	{ &xso_datetime, "2026-11-22T18:00:00Z", SAME },
	{ &xso_datetime, "2026-11-22T18:00:00.1234567890+14:59", SAME },
	{ &xso_datetime, "2016-12-31T23:59:60-00:00", SAME },
	{ &xso_datetime, "2000-02-29T00:00:00Z", SAME },
	{ &xso_datetime, "1900-02-29T00:00:00Z", BAD },
	{ &xso_datetime, "2026-02-30T00:00:00Z", BAD },
	{ &xso_datetime, "2026-04-31T00:00:00Z", BAD },
	{ &xso_datetime, "2026-00-01T00:00:00Z", BAD },
	{ &xso_datetime, "2026-13-01T00:00:00Z", BAD },
	{ &xso_datetime, "2026-01-00T00:00:00Z", BAD },
	{ &xso_datetime, "2026-11-22T24:00:00Z", BAD },
	{ &xso_datetime, "2026-11-22T18:60:00Z", BAD },
	{ &xso_datetime, "2026-11-22T18:00:61Z", BAD },
	{ &xso_datetime, "2026-11-22T18:00:00", BAD },
	{ &xso_datetime, "2026-11-22T18:00Z", BAD },
	{ &xso_datetime, "2026-11-22T18:00:00.Z", BAD },
	{ &xso_datetime, "2026-11-22T18:00:00z", BAD },
	{ &xso_datetime, "2026-11-22T18:00:00+15:00", BAD },
	{ &xso_datetime, "2026-11-22T18:00:00+01:60", BAD },
	{ &xso_datetime, "2026-11-22T18:00:00+0100", BAD },
	{ &xso_datetime, "2026-11-22 18:00:00Z", BAD },
	{ &xso_datetime, "20261122T18:00:00Z", BAD },
	{ &xso_datetime, "2026-11-22T", BAD },
	{ &xso_datetime, "2026-11-22", BAD },
	{ &xso_datetime, "", BAD },
	{ &xso_date, "2026-11-22", SAME },
	{ &xso_date, "2024-02-29", SAME },
	{ &xso_date, "2026-02-29", BAD },
	{ &xso_date, "2026-11-22Z", BAD },
	{ &xso_date, "2026-11-2", BAD },
	{ &xso_date, "-026-11-22", BAD },
	{ &xso_date, "", BAD },
	{ &xso_time, "18:00:00", SAME },
	{ &xso_time, "18:00:00.5", SAME },
	{ &xso_time, "18:00:00Z", SAME },
	{ &xso_time, "18:00:00.5-01:30", SAME },
	{ &xso_time, "18:00:00.", BAD },
	{ &xso_time, "18:00:00x", BAD },
	{ &xso_time, "18:00", BAD },
	{ &xso_time, "", BAD },
	{ &xso_base64, "", SAME },
	{ &xso_base64, "=", SAME },
	{ &xso_base64, "AAA=", SAME },
	{ &xso_base64, "A+/=", SAME },
	{ &xso_base64, "AA==", SAME },
	{ &xso_base64, "A===", BAD },
	{ &xso_base64, "AAA", BAD },
	{ &xso_base64, "AA=A", BAD },
	{ &xso_base64, "AA_-", BAD },
	{ &xso_base64, "AA A", BAD },
	{ &xso_hex, "", SAME },
	{ &xso_hex, "00fFaA", SAME },
	{ &xso_hex, "0", BAD },
	{ &xso_hex, "0g", BAD },
	{ &xso_language, "en", SAME },
	{ &xso_language, "zh-Hant-TW", SAME },
	{ &xso_language, "x-1234567a", SAME },
	{ &xso_language, "de-1996", SAME },
	{ &xso_language, "", BAD },
	{ &xso_language, "e1", BAD },
	{ &xso_language, "-en", BAD },
	{ &xso_language, "en-", BAD },
	{ &xso_language, "en--us", BAD },
	{ &xso_language, "abcdefghi", BAD },
	{ &xso_language, "en_US", BAD },
	{ &xso_nmtoken, "a:b.c-1", SAME },
	{ &xso_nmtoken, "-1", SAME },
	{ &xso_nmtoken, "\xc3\xa4\xc2\xb7", SAME },
	{ &xso_nmtoken, "", BAD },
	{ &xso_nmtoken, "a b", BAD },
	{ &xso_nmtoken, "a/b", BAD },
	{ &xso_nmtoken, "\xc3\x97", BAD },
	{ &xso_uri, "xmpp:a@b?join", SAME },
	{ &xso_uri, "http://[::1]:80/a%20b#c", SAME },
	{ &xso_uri, "urn:x", SAME },
	{ &xso_uri, "h+.-1:", SAME },
	{ &xso_uri, "https://ex\xc3\xa4mple.test/", SAME },
	{ &xso_uri, "", BAD },
	{ &xso_uri, ":", BAD },
	{ &xso_uri, "1a:b", BAD },
	{ &xso_uri, "/relative", BAD },
	{ &xso_uri, "http", BAD },
	{ &xso_uri, "http://a b", BAD },
	{ &xso_uri, "http://a%2", BAD },
	{ &xso_uri, "http://a%2g", BAD },
	{ &xso_uri, "http://<a>", BAD },
	{ &xso_uri, "http://a\n", BAD },
	{ &xso_location, "host.test:5222", SAME },
	{ &xso_location, "host.test", SAME },
	{ &xso_location, "192.0.2.1:1", SAME },
	{ &xso_location, "[2001:db8::1]:65535", SAME },
	{ &xso_location, "[::]", SAME },
	{ &xso_location, "h\xc3\xb6st:5222", SAME },
	{ &xso_location, "", BAD },
	{ &xso_location, ":5222", BAD },
	{ &xso_location, "host:", BAD },
	{ &xso_location, "host:0", BAD },
	{ &xso_location, "host:65536", BAD },
	{ &xso_location, "host:99999999999999999999", BAD },
	{ &xso_location, "host:52x", BAD },
	{ &xso_location, "::1", BAD },
	{ &xso_location, "[::1", BAD },
	{ &xso_location, "[::1]5222", BAD },
	{ &xso_location, "[host]:1", BAD },
	{ &xso_location, "[]:1", BAD },
	{ &xso_location, "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:1", BAD },
	{ &xso_location, "a@host:1", BAD },
	{ &xso_location, "host/x:1", BAD },
	{ &xso_location, "a b:1", BAD },
	{ &xso_byte, "-128", SAME },
	{ &xso_byte, "+127", "127" },
	{ &xso_byte, "128", BAD },
	{ &xso_byte, "-129", BAD },
	{ &xso_uint8, "255", SAME },
	{ &xso_uint8, " \t00 ", "0" },
	{ &xso_uint8, "-0", "0" },
	{ &xso_uint8, "256", BAD },
	{ &xso_uint8, "-1", BAD },
	{ &xso_uint16, "65535", SAME },
	{ &xso_uint16, "65536", BAD },
	{ &xso_uint32, "4294967295", SAME },
	{ &xso_uint32, "4294967296", BAD },
	{ &xso_int, "9007199254740991", SAME },
	{ &xso_int, "-9007199254740991", SAME },
	{ &xso_int, "9007199254740992", BAD },
	{ &xso_int, "-9007199254740992", BAD },
	{ &xso_int, "9223372036854775808", BAD },
	{ &xso_int, "-9223372036854775809", BAD },
	{ &xso_int, "18446744073709551617", BAD },
	{ &xso_int, "", BAD },
	{ &xso_int, " ", BAD },
	{ &xso_int, "+", BAD },
	{ &xso_int, "--1", BAD },
	{ &xso_int, "1 2", BAD },
	{ &xso_int, "1.0", BAD },
	{ &xso_int, "0x1", BAD },
	{ &xso_uint, "9007199254740991", SAME },
	{ &xso_uint, "-1", BAD },
	{ &xso_bool, "true", SAME },
	{ &xso_bool, "false", SAME },
	{ &xso_bool, " 1\n", "true" },
	{ &xso_bool, "0", "false" },
	{ &xso_bool, "", BAD },
	{ &xso_bool, "yes", BAD },
	{ &xso_bool, "TRUE", BAD },
	{ &an_enum, "set", SAME },
	{ &an_enum, "", BAD },
	{ &an_enum, "SET", BAD },
	{ &an_enum, "set ", BAD },
};

START_TEST(texts_that_are_values_come_back_and_others_do_not_become_one)
{
	const struct xso_type *t = cases[_i].type;
	struct strview text = strview_of(cases[_i].text), back;
	union xso_value value, before;
	int r;

	memset(&value, 0x55, sizeof(value));
	before = value;
	r = xso_type_parse(t, text, &arena, &value);
	ck_assert_msg(r == (cases[_i].back ? 0 : -EINVAL), "%s %s: %d", t->name, text.p, r);
	if (r < 0) {
		ck_assert_mem_eq(&value, &before, sizeof(value));
		return;
	}
	back = xso_type_format(t, &value, &arena);
	ck_assert_msg(strview_is(back, *cases[_i].back == '\1' ? text.p : cases[_i].back), "%.*s",
		      SV_ARG(back));
}
END_TEST

START_TEST(an_absent_text_is_an_empty_string)
{
	struct strview v = SV_NONE;

	ck_assert_int_eq(xso_type_parse(&xso_string, SV_NONE, &arena, &v), 0);
	ck_assert_ptr_nonnull(v.p);
	v = SV_NONE;
	ck_assert_ptr_nonnull(xso_type_format(&xso_string, &v, &arena).p);
}
END_TEST

START_TEST(preparing_and_writing_out_need_memory)
{
	const struct xso_type *const types[] = { &xso_jid, &xso_int };
	struct strview text = _i ? SV("5") : SV("m\xc3\xa4x@b");
	struct arena scratch;
	union xso_value value;

	arena_init(&scratch, 0);
	failmalloc_arm(0);
	if (_i == 0) {
		ck_assert_int_eq(xso_type_parse(types[_i], text, &scratch, &value), -ENOMEM);
	} else {
		value.number = 5;
		ck_assert_ptr_null(xso_type_format(types[_i], &value, &scratch).p);
	}
	ck_assert(failmalloc_disarm());
	arena_done(&scratch);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ texts_that_are_values_come_back_and_others_do_not_become_one, ARRAY_SIZE(cases) },
		{ an_absent_text_is_an_empty_string, 0 },
		{ preparing_and_writing_out_need_memory, 2 },
	};

	return suite_run_with("xso_types", begin, end, tests, ARRAY_SIZE(tests));
}
