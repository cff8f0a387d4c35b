/* Typed XSOs as clients write them: what is understood, and what is refused and where. */
#include "tests/unit/xsojson.h"

#include <stdio.h>

#include "protocol/base/jid.h"
#include "protocol/base/ns.h"
#include "tests/unit/suite.h"

#define IQ "\"kind\":\"iq\",\"type\":\"get\",\"id\":\"1\""

/* JSON and the XML that it stands for. */
static const struct {
	const char *json, *xml;
} cases[] = {
	{ "{\"body\":\"x\",\"to\":\"a@b\",\"kind\":\"message\"}",
	  "<message to='a@b'><body>x</body></message>" },
	/* the main text comes first, wherever it stands and whatever its language */
	{ "{\"bodies\":[{\"text\":\"y\",\"lang\":\"fr\"}],\"body_lang\":\"de\",\"body\":\"x\","
	  "\"kind\":\"message\"}",
	  "<message><body xml:lang='de'>x</body><body xml:lang='fr'>y</body></message>" },
	{ "{\"kind\":\"message\",\"bodies\":[{\"lang\":\"de\",\"text\":\"x\"}]}",
	  "<message><body xml:lang='de'>x</body></message>" },
	{ "{\"kind\":\"message\",\"bodies\":[],\"stanza_ids\":[],\"other\":[],"
	  "\"other_attrs\":{}}",
	  "<message/>" },
	/* a child that may be anything takes every form */
	{ "{" IQ ",\"payload\":\"<query xmlns='q'/>\"}",
	  "<iq type='get' id='1'><query xmlns='q'/></iq>" },
	{ "{" IQ ",\"payload\":\"<query/>\"}", "<iq type='get' id='1'><query/></iq>" },
	{ "{" IQ ",\"payload\":{\"name\":\"q\",\"ns\":\"q\"}}",
	  "<iq type='get' id='1'><q xmlns='q'/></iq>" },
	{ "{" IQ ",\"payload\":{\"kind\":\"bind\",\"resource\":\"r\"}}",
	  "<iq type='get' id='1'><bind xmlns='" XMLNS_BIND "'><resource>r</resource></bind></iq>" },
	{ "{\"kind\":\"stream_error\",\"condition\":\"reset\",\"application\":\"<a xmlns='b'/>\"}",
	  "<error xmlns='" XMLNS_STREAM "'><reset xmlns='" XMLNS_STREAM_ERROR
	  "'/><a xmlns='b'/></error>" },
	/* strings among other children are texts */
	{ "{\"kind\":\"message\",\"other\":[\"<a/>\",\"b\",{\"kind\":\"delay\",\"stamp\":"
	  "\"2026-11-22T18:00:00Z\"},{\"name\":\"c\",\"children\":[\"d\"]}]}",
	  "<message>&lt;a/>b<delay xmlns='" XMLNS_DELAY
	  "' stamp='2026-11-22T18:00:00Z'/><c>d</c></message>" },
	/* a field of a known class may say so */
	{ "{\"kind\":\"message\",\"delay\":{\"kind\":\"delay\",\"stamp\":"
	  "\"2026-11-22T18:00:00Z\"}}",
	  "<message><delay xmlns='" XMLNS_DELAY "' stamp='2026-11-22T18:00:00Z'/></message>" },
	{ "{\"kind\":\"starttls\",\"required\":false}", "<starttls xmlns='" XMLNS_TLS "'/>" },
	{ "{\"kind\":\"sasl_failure\",\"condition\":\"new-one\"}",
	  "<failure xmlns='" XMLNS_SASL "'><new-one/></failure>" },
	{ "{\"kind\":\"message\",\"other_attrs\":{\"type\":\"bogus\",\"xml:id\":\"x\"}}", NULL },
	{ "{\"kind\":\"message\",\"other_attrs\":{\"type\":\"bogus\",\"{u}id\":\"x\"}}",
	  "<message type='bogus' p:id='x' xmlns:p='u'/>" },
	{ "{\"kind\":\"iq\",\"type\":\"result\",\"id\":\"\"}", "<iq type='result' id=''/>" },
	{ "{\"kind\":\"message\",\"body\":\"\\r\\n\\t\\\"<&>\"}",
	  "<message><body>&#13;\n\t\"&lt;&amp;></body></message>" },
};

START_TEST(what_clients_write_is_understood)
{
	CLEANUP(fault_unrefp) struct fault *fault = NULL;
	const struct elem *e = xsojson_read(strview_of(cases[_i].json), false, &fault);

	if (!cases[_i].xml) {
		ck_assert_ptr_null(e);
		return;
	}
	ck_assert_msg(!fault, "%s %s", fault ? fault->path : "", fault ? fault->message : "");
	xsojson_expect_equal(e, xsojson_parse(cases[_i].xml));
}
END_TEST

static const struct {
	const char *json, *path, *message;
} fault_cases[] = {
	{ "{\"kind\":\"Message\"}", "/xso/kind", "no class" },
	{ "{\"kind\":\"\"}", "/xso/kind", "no class" },
	{ "{\"kind\":null,\"name\":\"a\"}", "/xso/kind", "string" },
	{ "{\"kind\":\"message\",\"name\":\"a\"}", "/xso/name", "no field" },
	{ "{\"kind\":\"message\",\"payload\":\"<a/>\"}", "/xso/payload", "no field" },
	{ "{\"kind\":\"message\",\"\":1}", "/xso/", "no field" },
	{ "{\"kind\":\"message\",\"a/b\":1}", "/xso/a~1b", "no field" },
	{ "{\"kind\":\"message\",\"body\":null}", "/xso/body", "string" },
	{ "{\"kind\":\"message\",\"body\":5}", "/xso/body", "string" },
	{ "{\"kind\":\"message\",\"body\":\"\\u0000\"}", "/xso/body", "U+0000" },
	{ "{\"kind\":\"message\",\"body\":\"\\u001f\"}", "/xso/body", "U+001F" },
	{ "{\"kind\":\"message\",\"body\":\"\\uffff\"}", "/xso/body", "U+FFFF" },
	{ "{\"kind\":\"message\",\"body_lang\":\"de\"}", "/xso/body", "body_lang" },
	{ "{\"kind\":\"message\",\"body\":\"x\",\"body_lang\":5}", "/xso/body_lang", "string" },
	{ "{\"kind\":\"message\",\"bodies\":{}}", "/xso/bodies", "array" },
	{ "{\"kind\":\"message\",\"bodies\":[\"x\"]}", "/xso/bodies/0", "object" },
	{ "{\"kind\":\"message\",\"bodies\":[{\"text\":\"a\"},{\"lang\":\"x\"}]}",
	  "/xso/bodies/1/text", "required" },
	{ "{\"kind\":\"message\",\"bodies\":[{\"text\":\"a\",\"x\":\"y\"}]}", "/xso/bodies/0/x",
	  "only" },
	{ "{\"kind\":\"message\",\"bodies\":[{\"text\":5}]}", "/xso/bodies/0/text", "string" },
	{ "{\"kind\":\"message\",\"thread_parent\":\"p\"}", "/xso/thread", "thread_parent" },
	{ "{\"kind\":\"message\",\"thread\":\"t\",\"thread_parent\":1}", "/xso/thread_parent",
	  "string" },
	{ "{\"kind\":\"message\",\"to\":\"\"}", "/xso/to", "JID" },
	{ "{\"kind\":\"message\",\"to\":\"a@\"}", "/xso/to", "JID" },
	{ "{\"kind\":\"message\",\"from\":\"a b@c\"}", "/xso/from", "JID" },
	{ "{\"kind\":\"message\",\"type\":\"bogus\"}", "/xso/type",
	  "normal, chat, error, groupchat, headline" },
	{ "{\"kind\":\"presence\",\"type\":\"available\"}", "/xso/type", "error, probe" },
	{ "{\"kind\":\"presence\",\"type\":\"\"}", "/xso/type", "error, probe" },
	{ "{\"kind\":\"presence\",\"show\":\"\"}", "/xso/show", "away, chat" },
	{ "{\"kind\":\"presence\",\"priority\":128}", "/xso/priority", "-128 to 127" },
	{ "{\"kind\":\"presence\",\"priority\":\"5\"}", "/xso/priority", "integer" },
	{ "{\"kind\":\"presence\",\"priority\":1.5}", "/xso/priority", "integer" },
	{ "{\"kind\":\"message\",\"delay\":\"<delay/>\"}", "/xso/delay", "object" },
	{ "{\"kind\":\"message\",\"delay\":{}}", "/xso/delay/stamp", "required" },
	{ "{\"kind\":\"message\",\"delay\":{\"stamp\":\"now\"}}", "/xso/delay/stamp", "date" },
	{ "{\"kind\":\"message\",\"delay\":{\"kind\":\"bind\"}}", "/xso/delay/kind", "delay" },
	{ "{\"kind\":\"message\",\"stanza_ids\":{}}", "/xso/stanza_ids", "array" },
	{ "{\"kind\":\"message\",\"stanza_ids\":[{\"id\":\"1\",\"by\":\"a\"},{\"id\":\"2\"}]}",
	  "/xso/stanza_ids/1/by", "required" },
	{ "{\"kind\":\"message\",\"error\":{\"condition\":\"gone\"}}", "/xso/error/type",
	  "required" },
	{ "{\"kind\":\"message\",\"error\":{\"type\":\"wait\"}}", "/xso/error/condition",
	  "required" },
	{ "{\"kind\":\"message\",\"error\":{\"type\":\"wait\",\"condition\":\"bogus\"}}",
	  "/xso/error/condition", "one of" },
	{ "{\"kind\":\"message\",\"error\":{\"type\":\"wait\",\"condition\":\"gone\","
	  "\"lang\":\"de\"}}",
	  "/xso/error/text", "lang" },
	{ "{\"kind\":\"message\",\"error\":{\"type\":\"wait\",\"condition\":\"gone\","
	  "\"application\":\"<gone xmlns='" XMLNS_STANZA_ERROR "'/>\"}}",
	  "/xso/error/application", "condition" },
	{ "{\"kind\":\"sasl_failure\",\"condition\":\"text\"}", "/xso/condition", "text" },
	{ "{\"kind\":\"sasl_failure\",\"condition\":\"a b\"}", "/xso/condition", "name" },
	{ "{\"kind\":\"sasl_auth\",\"mechanism\":\"X\",\"data\":\"*\"}", "/xso/data", "base64" },
	{ "{\"kind\":\"sasl_auth\"}", "/xso/mechanism", "required" },
	{ "{\"kind\":\"starttls\",\"required\":\"yes\"}", "/xso/required", "true" },
	{ "{\"kind\":\"features\",\"mechanisms\":\"X\"}", "/xso/mechanisms", "array" },
	{ "{\"kind\":\"features\",\"mechanisms\":[\"X\",1]}", "/xso/mechanisms/1", "string" },
	{ "{\"kind\":\"iq\",\"id\":\"1\"}", "/xso/type", "required" },
	{ "{\"kind\":\"iq\",\"type\":\"result\"}", "/xso/id", "required" },
	{ "{" IQ "}", "/xso/payload", "needs a payload" },
	{ "{" IQ ",\"payload\":\"<a/>\",\"other\":[{\"name\":\"b\"}]}", "/xso/other",
	  "exactly one" },
	{ "{" IQ ",\"payload\":\"<error/>\"}", "/xso/payload", "error" },
	{ "{" IQ ",\"payload\":\"no xml\"}", "/xso/payload", "XML" },
	{ "{" IQ ",\"payload\":{\"kind\":\"bind\",\"jid\":\"@\"}}", "/xso/payload/jid", "JID" },
	{ "{" IQ ",\"payload\":5}", "/xso/payload", "XSO" },
	{ "{\"kind\":\"iq\",\"type\":\"error\",\"id\":\"1\"}", "/xso/error", "error" },
	{ "{\"kind\":\"message\",\"other\":{}}", "/xso/other", "array" },
	{ "{\"kind\":\"message\",\"other\":[5]}", "/xso/other/0", "string or" },
	{ "{\"kind\":\"message\",\"other\":[{\"name\":\"a\",\"children\":[{\"kind\":\"delay\"}]}]}",
	  "/xso/other/0/children/0/stamp", "required" },
	{ "{\"kind\":\"message\",\"other_attrs\":[]}", "/xso/other_attrs", "object" },
	{ "{\"kind\":\"message\",\"other_attrs\":{\"to\":\"a@b\"}}", "/xso/other_attrs/to",
	  "field to" },
	{ "{\"kind\":\"message\",\"other_attrs\":{\"type\":\"chat\"}}", "/xso/other_attrs/type",
	  "field type" },
	{ "{\"kind\":\"message\",\"type\":\"chat\",\"other_attrs\":{\"type\":\"bogus\"}}",
	  "/xso/other_attrs/type", "field type" },
	{ "{\"other_attrs\":{\"type\":\"bogus\"},\"type\":\"chat\",\"kind\":\"message\"}",
	  "/xso/other_attrs/type", "field type" },
	{ "{\"kind\":\"message\",\"other_attrs\":{\"xml:lang\":\"de\"}}",
	  "/xso/other_attrs/xml:lang", "field lang" },
};

START_TEST(what_a_class_does_not_allow_is_refused_with_its_place)
{
	CLEANUP(fault_unrefp) struct fault *fault = NULL;

	xsojson_read(strview_of(fault_cases[_i].json), false, &fault);
	ck_assert_msg(fault, "%s", fault_cases[_i].json);
	ck_assert_int_eq(fault->kind, FAULT_INVALID_XSO);
	ck_assert_str_eq(fault->path, fault_cases[_i].path);
	ck_assert_msg(strstr(fault->message, fault_cases[_i].message), "%s", fault->message);
}
END_TEST

START_TEST(replacing_characters_makes_a_typed_text_fit_to_be_sent)
{
	CLEANUP(fault_unrefp) struct fault *fault = NULL;
	const struct elem *e =
		xsojson_read(SV("{\"kind\":\"message\",\"id\":\"\\u0001\",\"body\":\"a\\u0000\"}"),
			     true, &fault);

	ck_assert_ptr_null(fault);
	xsojson_expect_equal(e,
			     xsojson_parse("<message id='\ufffd'><body>a\ufffd</body></message>"));
}
END_TEST

/* iq within other within iq …, each level an object and an array */
START_TEST(typed_nesting_has_the_same_bound)
{
	CLEANUP(fault_unrefp) struct fault *fault = NULL;
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	for (int levels = 149; levels <= 150; levels++) {
		buf_clear(&b);
		for (int i = 0; i < levels; i++)
			buf_put_str(&b, "{\"kind\":\"message\",\"other\":[");
		buf_put_str(&b, "{\"kind\":\"message\"}");
		for (int i = 0; i < levels; i++)
			buf_put_str(&b, "]}");
		xsojson_read(buf_view(&b), false, &fault);
		ck_assert(!fault == (levels == 149));
	}
	ck_assert_ptr_nonnull(strstr(fault->message, "300"));
}
END_TEST

START_TEST(dates_and_times_are_those_of_the_calendar)
{
	static const struct {
		const char *stamp;
		bool valid;
	} stamps[] = {
		{ "2026-11-22T18:00:00Z", true },
		{ "2024-02-29T23:59:60.123456-14:00", true },
		{ "2000-02-29T00:00:00+00:00", true },
		{ "1900-02-29T00:00:00Z", false },
		{ "2023-02-29T00:00:00Z", false },
		{ "2023-04-31T00:00:00Z", false },
		{ "2023-00-01T00:00:00Z", false },
		{ "2023-13-01T00:00:00Z", false },
		{ "2023-01-00T00:00:00Z", false },
		{ "2023-01-01T24:00:00Z", false },
		{ "2023-01-01T00:60:00Z", false },
		{ "2023-01-01T00:00:61Z", false },
		{ "2023-01-01T00:00:00", false },
		{ "2023-01-01T00:00:00.Z", false },
		{ "2023-01-01T00:00:00.5", false },
		{ "2023-01-01T00:00:00+1:00", false },
		{ "2023-01-01T00:00:00+15:00", false },
		{ "2023-01-01T00:00:00+01:60", false },
		{ "2023-01-01 00:00:00Z", false },
		{ "2023-01-01", false },
		{ "", false },
		{ "2023-01-01T00:00:00ZZ", false },
		{ "20230101T00:00:00", false },
		{ "+023-01-01T00:00:00Z", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(stamps); i++) {
		CLEANUP(fault_unrefp) struct fault *fault = NULL;
		struct strview json = arena_printf(
			&xsojson.arena, "{\"kind\":\"delay\",\"stamp\":\"%s\"}", stamps[i].stamp);

		xsojson_read(json, false, &fault);
		ck_assert_msg(!fault == stamps[i].valid, "%s", stamps[i].stamp);
	}
}
END_TEST

static unsigned number(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*seed >> 33);
}

static bool is_taken(struct strview to)
{
	CLEANUP(fault_unrefp) struct fault *fault = NULL;
	struct elem *e = elem_new(&xsojson.arena, SV(XMLNS_CLIENT), SV("message"));

	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(elem_add_attr(&xsojson.arena, e, SV_NONE, SV("to"), to), 0);
	fault = xso_json_check(e, &xsojson.ctx, &xsojson.arena);
	return !fault;
}

START_TEST(addresses_that_are_no_jids_are_refused)
{
	static const char *const good[] = { "a@b",	  "A.b-c_d@e.f-g.H1/r e/s@o&<>",
					    "localhost",  "127.0.0.1",
					    "a@b/ü🙂", "ü@ä" };
	static const char *const bad[] = { "a@b/",  "@b",    "a@",    "/r",	"a@@b",	 "a@b@c",
					   "a b@c", "a&b@c", "a<b@c", "a\"b@c", "a:b@c", "" };

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(is_taken(strview_of(good[i])), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!is_taken(strview_of(bad[i])), "%s", bad[i]);
}
END_TEST

/* The quick look at what is plain agrees with the whole preparation. */
START_TEST(an_address_is_taken_if_and_only_if_it_is_a_jid)
{
	static const char pieces[] = "aZ9-..@/ _'&<:\x7f\x01~%";
	uint64_t seed = 7;

	for (int round = 0; round < 60000; round++) {
		struct strview text;
		struct jid jid;
		char buf[12];
		size_t n;

		n = number(&seed) % sizeof(buf);
		for (size_t i = 0; i < n; i++)
			buf[i] = pieces[number(&seed) % (i % 2 ? 7 : sizeof(pieces) - 1)];
		text = (struct strview){ buf, n };
		ck_assert_msg(is_taken(text) == (jid_parse(text, &xsojson.arena, &jid) == JID_OK),
			      "%.*s", SV_ARG(text));
		if (round % 1000 == 0)
			arena_reset(&xsojson.arena);
	}
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ what_clients_write_is_understood, ARRAY_SIZE(cases) },
		{ what_a_class_does_not_allow_is_refused_with_its_place, ARRAY_SIZE(fault_cases) },
		{ replacing_characters_makes_a_typed_text_fit_to_be_sent, 0 },
		{ typed_nesting_has_the_same_bound, 0 },
		{ dates_and_times_are_those_of_the_calendar, 0 },
		{ addresses_that_are_no_jids_are_refused, 0 },
		{ an_address_is_taken_if_and_only_if_it_is_a_jid, 0 },
	};

	return suite_run_with("xso_json_read", xsojson_begin, xsojson_end, tests,
			      ARRAY_SIZE(tests));
}
