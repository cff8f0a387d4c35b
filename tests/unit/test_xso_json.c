/* The typed form of XSOs: every rule of it, both ways. */
#include "tests/unit/xsojson.h"

#include <stdio.h>

#include "protocol/base/ns.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

#define expect(v, text) ck_assert_msg(strview_is(v, text), "%.*s\nis not %s", SV_ARG(v), text)

#define TLS		"xmlns='" XMLNS_TLS "'"
#define SASL		"xmlns='" XMLNS_SASL "'"
#define BIND		"xmlns='" XMLNS_BIND "'"
#define SID		"xmlns='" XMLNS_SID "'"
#define DELAY		"xmlns='" XMLNS_DELAY "'"
#define SE		"xmlns='" XMLNS_STANZA_ERROR "'"
#define STREAM		"xmlns='" XMLNS_STREAM "'"
#define SMERR		"xmlns='" XMLNS_STREAM_ERROR "'"
#define STAMP		"stamp='2026-11-22T18:00:00Z'"
#define JSTAMP		"\"stamp\":\"2026-11-22T18:00:00Z\""

/* An element and its typed form; with `again`, what comes back where that is not the element. */
static const struct {
	const char *xml, *json, *again;
} cases[] = {
	{ "<message from='juliet@example.test/balcony' to='bot@example.test' type='chat' id='m1'>"
	  "<body>Wherefore art thou?</body><delay " DELAY " " STAMP "/>"
	  "<stanza-id " SID " id='28482' by='bot@example.test'/>"
	  "<mood xmlns='urn:example:mood' level='3'>wistful</mood></message>",
	  "{\"kind\":\"message\",\"from\":\"juliet@example.test/balcony\","
	  "\"to\":\"bot@example.test\",\"type\":\"chat\",\"id\":\"m1\","
	  "\"body\":\"Wherefore art thou?\",\"delay\":{" JSTAMP "},"
	  "\"stanza_ids\":[{\"id\":\"28482\",\"by\":\"bot@example.test\"}],"
	  "\"other\":[{\"name\":\"mood\",\"ns\":\"urn:example:mood\",\"attrs\":{\"level\":\"3\"},"
	  "\"children\":[\"wistful\"]}]}",
	  NULL },
	{ "<message/>", "{\"kind\":\"message\"}", NULL },
	/* texts with languages: the one without comes first, wherever it stands */
	{ "<message><body>A</body></message>", "{\"kind\":\"message\",\"body\":\"A\"}", NULL },
	{ "<message><body xml:lang='de'>A</body><body>B</body><body xml:lang='fr'>C</body>"
	  "</message>",
	  "{\"kind\":\"message\",\"body\":\"B\",\"bodies\":[{\"lang\":\"de\",\"text\":\"A\"},"
	  "{\"lang\":\"fr\",\"text\":\"C\"}]}",
	  "<message><body>B</body><body xml:lang='de'>A</body><body xml:lang='fr'>C</body>"
	  "</message>" },
	{ "<message><body xml:lang='de'>A</body><body xml:lang='fr'>C</body></message>",
	  "{\"kind\":\"message\",\"body\":\"A\",\"body_lang\":\"de\","
	  "\"bodies\":[{\"lang\":\"fr\",\"text\":\"C\"}]}",
	  NULL },
	{ "<message><body>A</body><body>B</body></message>",
	  "{\"kind\":\"message\",\"body\":\"A\",\"bodies\":[{\"text\":\"B\"}]}", NULL },
	{ "<message><body xml:lang=''>A</body></message>",
	  "{\"kind\":\"message\",\"body\":\"A\",\"body_lang\":\"\"}", NULL },
	{ "<message><body xml:lang=''>A</body><body>B</body></message>",
	  "{\"kind\":\"message\",\"body\":\"B\",\"bodies\":[{\"lang\":\"\",\"text\":\"A\"}]}",
	  "<message><body>B</body><body xml:lang=''>A</body></message>" },
	{ "<message><body/><subject xml:lang='de'> </subject></message>",
	  "{\"kind\":\"message\",\"subject\":\" \",\"subject_lang\":\"de\",\"body\":\"\"}",
	  "<message><subject xml:lang='de'> </subject><body/></message>" },
	{ "<message xml:lang='en'><body>A</body></message>",
	  "{\"kind\":\"message\",\"lang\":\"en\",\"body\":\"A\"}", NULL },
	{ "<presence><status>s</status><status xml:lang='de'>t</status></presence>",
	  "{\"kind\":\"presence\",\"status\":\"s\",\"statuses\":[{\"lang\":\"de\",\"text\":\"t\"}]"
	  "}",
	  NULL },
	/* what the class has no place for */
	{ "<message><body x='1'>A</body><body>B<i/></body></message>",
	  "{\"kind\":\"message\",\"other\":[{\"name\":\"body\",\"attrs\":{\"x\":\"1\"},"
	  "\"children\":[\"A\"]},{\"name\":\"body\",\"children\":[\"B\",{\"name\":\"i\"}]}]}",
	  NULL },
	{ "<message><body xmlns='urn:x'>A</body></message>",
	  "{\"kind\":\"message\",\"other\":[{\"name\":\"body\",\"ns\":\"urn:x\","
	  "\"children\":[\"A\"]}]}",
	  NULL },
	{ "<message><thread>a</thread><thread>b</thread></message>",
	  "{\"kind\":\"message\",\"thread\":\"a\",\"other\":[{\"name\":\"thread\","
	  "\"children\":[\"b\"]}]}",
	  NULL },
	{ "<message>one<x/>\n<y/>two</message>",
	  "{\"kind\":\"message\",\"other\":[\"one\",{\"name\":\"x\"},{\"name\":\"y\"},\"two\"]}",
	  "<message>one<x/><y/>two</message>" },
	{ "<message>a<body/>b</message>", "{\"kind\":\"message\",\"body\":\"\",\"other\":[\"ab\"]}",
	  "<message><body/>ab</message>" },
	{ "<message> \n </message>", "{\"kind\":\"message\"}", "<message/>" },
	{ "<message p:a='1' b='2' xmlns:p='urn:p'/>",
	  "{\"kind\":\"message\",\"other_attrs\":{\"{urn:p}a\":\"1\",\"b\":\"2\"}}", NULL },
	{ "<message type='normal'/>", "{\"kind\":\"message\",\"type\":\"normal\"}", NULL },
	{ "<message type='bogus' id=''/>",
	  "{\"kind\":\"message\",\"id\":\"\",\"other_attrs\":{\"type\":\"bogus\"}}", NULL },
	/* children that their class cannot take, and those that it can */
	{ "<message><delay " DELAY " stamp='now'/></message>",
	  "{\"kind\":\"message\",\"other\":[{\"name\":\"delay\",\"ns\":\"urn:xmpp:delay\","
	  "\"attrs\":{\"stamp\":\"now\"}}]}",
	  NULL },
	{ "<message><delay " DELAY " " STAMP " x='y'>late<z/></delay></message>",
	  "{\"kind\":\"message\",\"delay\":{" JSTAMP ",\"reason\":\"late\","
	  "\"other_attrs\":{\"x\":\"y\"},\"other\":[{\"name\":\"z\"}]}}",
	  NULL },
	{ "<message><delay " DELAY " " STAMP ">\n<z/> </delay></message>",
	  "{\"kind\":\"message\",\"delay\":{" JSTAMP ",\"other\":[{\"name\":\"z\"}]}}",
	  "<message><delay " DELAY " " STAMP "><z/></delay></message>" },
	{ "<message><delay " DELAY " " STAMP "> </delay></message>",
	  "{\"kind\":\"message\",\"delay\":{" JSTAMP ",\"reason\":\" \"}}", NULL },
	{ "<message><stanza-id " SID " id='1' by='a@@b'/><stanza-id " SID " id='2'/></message>",
	  "{\"kind\":\"message\",\"other\":[{\"name\":\"stanza-id\",\"ns\":\"urn:xmpp:sid:0\","
	  "\"attrs\":{\"id\":\"1\",\"by\":\"a@@b\"}},{\"name\":\"stanza-id\","
	  "\"ns\":\"urn:xmpp:sid:0\",\"attrs\":{\"id\":\"2\"}}]}",
	  NULL },
	{ "<message><thread parent='p'>t</thread><origin-id " SID " id='o'/></message>",
	  "{\"kind\":\"message\",\"thread\":\"t\",\"thread_parent\":\"p\",\"origin_id\":\"o\"}",
	  NULL },
	{ "<message><origin-id " SID "/></message>",
	  "{\"kind\":\"message\",\"other\":[{\"name\":\"origin-id\",\"ns\":\"urn:xmpp:sid:0\"}]}",
	  NULL },
	{ "<presence type='unavailable'><show>xa</show><priority> +05 </priority></presence>",
	  "{\"kind\":\"presence\",\"type\":\"unavailable\",\"show\":\"xa\",\"priority\":5}",
	  "<presence type='unavailable'><show>xa</show><priority>5</priority></presence>" },
	{ "<presence><show>off</show><priority>200</priority></presence>",
	  "{\"kind\":\"presence\",\"other\":[{\"name\":\"show\",\"children\":[\"off\"]},"
	  "{\"name\":\"priority\",\"children\":[\"200\"]}]}",
	  NULL },
	{ "<presence><priority>-128</priority></presence>",
	  "{\"kind\":\"presence\",\"priority\":-128}", NULL },
	/* iq and errors */
	{ "<iq type='get' id='1'><query xmlns='q'/></iq>",
	  "{\"kind\":\"iq\",\"type\":\"get\",\"id\":\"1\",\"payload\":{\"name\":\"query\","
	  "\"ns\":\"q\"}}",
	  NULL },
	{ "<iq type='set' id='1'><bind " BIND "><resource>r</resource></bind></iq>",
	  "{\"kind\":\"iq\",\"type\":\"set\",\"id\":\"1\",\"payload\":{\"kind\":\"bind\","
	  "\"resource\":\"r\"}}",
	  NULL },
	{ "<iq type='result' id='1'/>", "{\"kind\":\"iq\",\"type\":\"result\",\"id\":\"1\"}",
	  NULL },
	{ "<iq type='result' id='1'><message/></iq>",
	  "{\"kind\":\"iq\",\"type\":\"result\",\"id\":\"1\",\"payload\":{\"name\":\"message\"}}",
	  NULL },
	{ "<iq type='result' id='1'><a/><b/></iq>",
	  "{\"kind\":\"iq\",\"type\":\"result\",\"id\":\"1\",\"payload\":{\"name\":\"a\"},"
	  "\"other\":[{\"name\":\"b\"}]}",
	  NULL },
	{ "<iq type='error' id='1'><q xmlns='q'/><error type='modify' by='x' code='400'>"
	  "<gone " SE ">xmpp:a@b</gone><text " SE " xml:lang='en'>bye</text><app xmlns='a'/>"
	  "</error></iq>",
	  "{\"kind\":\"iq\",\"type\":\"error\",\"id\":\"1\",\"error\":{\"type\":\"modify\","
	  "\"by\":\"x\",\"text\":\"bye\",\"lang\":\"en\",\"condition\":\"gone\","
	  "\"condition_text\":\"xmpp:a@b\",\"application\":{\"name\":\"app\",\"ns\":\"a\"},"
	  "\"other_attrs\":{\"code\":\"400\"}},\"payload\":{\"name\":\"q\",\"ns\":\"q\"}}",
	  "<iq type='error' id='1'><error type='modify' by='x' code='400'>"
	  "<gone " SE ">xmpp:a@b</gone><text " SE " xml:lang='en'>bye</text><app xmlns='a'/>"
	  "</error><q xmlns='q'/></iq>" },
	{ "<iq type='error' id='1'><error code='404'>Not Found</error></iq>",
	  "{\"kind\":\"iq\",\"type\":\"error\",\"id\":\"1\",\"other\":[{\"name\":\"error\","
	  "\"attrs\":{\"code\":\"404\"},\"children\":[\"Not Found\"]}]}",
	  NULL },
	{ "<message type='error'><error type='cancel'><unheard-of " SE "/></error></message>",
	  "{\"kind\":\"message\",\"type\":\"error\",\"other\":[{\"name\":\"error\","
	  "\"attrs\":{\"type\":\"cancel\"},\"children\":[{\"name\":\"unheard-of\","
	  "\"ns\":\"urn:ietf:params:xml:ns:xmpp-stanzas\"}]}]}",
	  NULL },
	{ "<presence type='error'><error type='wait'><conflict " SE "/><a xmlns='a'/>"
	  "<b xmlns='b'/></error></presence>",
	  "{\"kind\":\"presence\",\"type\":\"error\",\"error\":{\"type\":\"wait\","
	  "\"condition\":\"conflict\",\"application\":{\"name\":\"a\",\"ns\":\"a\"},"
	  "\"other\":[{\"name\":\"b\",\"ns\":\"b\"}]}}",
	  NULL },
	/* the stream's own */
	{ "<features " STREAM "><starttls " TLS "><required/></starttls><mechanisms " SASL ">"
	  "<mechanism>PLAIN</mechanism><mechanism>X</mechanism></mechanisms>"
	  "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='t'/>"
	  "</sasl-channel-binding><bind " BIND "/><session xmlns='" XMLNS_SESSION
	  "'><optional/></session><sm xmlns='" XMLNS_SM "'/><csi xmlns='urn:xmpp:csi:0'/>"
	  "<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>4294967295</max-bytes></limits>"
	  "<ver xmlns='urn:xmpp:features:rosterver'/></features>",
	  "{\"kind\":\"features\",\"starttls\":{\"required\":true},\"mechanisms\":[\"PLAIN\","
	  "\"X\"],\"channel_bindings\":[\"t\"],\"bind\":{},\"session\":{\"optional\":true},"
	  "\"sm\":{},\"csi\":true,\"limits\":{\"max_bytes\":4294967295},\"other\":["
	  "{\"name\":\"ver\",\"ns\":\"urn:xmpp:features:rosterver\"}]}",
	  NULL },
	{ "<features " STREAM "><mechanisms " SASL "/><csi xmlns='urn:xmpp:csi:0' a='b'/>"
	  "<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>x</max-bytes></limits></features>",
	  "{\"kind\":\"features\",\"mechanisms\":[],\"other\":[{\"name\":\"csi\","
	  "\"ns\":\"urn:xmpp:csi:0\",\"attrs\":{\"a\":\"b\"}},{\"name\":\"limits\","
	  "\"ns\":\"urn:xmpp:stream-limits:0\",\"children\":[{\"name\":\"max-bytes\","
	  "\"children\":[\"x\"]}]}]}",
	  NULL },
	{ "<features " STREAM "><mechanisms " SASL "><mechanism>X</mechanism><hostname "
	  "xmlns='h'>a</hostname></mechanisms></features>",
	  "{\"kind\":\"features\",\"other\":[{\"name\":\"mechanisms\",\"ns\":\"" XMLNS_SASL
	  "\",\"children\":[{\"name\":\"mechanism\",\"children\":[\"X\"]},"
	  "{\"name\":\"hostname\",\"ns\":\"h\",\"children\":[\"a\"]}]}]}",
	  NULL },
	{ "<error " STREAM "><see-other-host " SMERR ">h</see-other-host><text " SMERR
	  ">t</text></error>",
	  "{\"kind\":\"stream_error\",\"text\":\"t\",\"condition\":\"see-other-host\","
	  "\"condition_text\":\"h\"}",
	  NULL },
	{ "<starttls " TLS "/>", "{\"kind\":\"starttls\"}", NULL },
	{ "<proceed " TLS "/>", "{\"kind\":\"starttls_proceed\"}", NULL },
	{ "<failure " TLS "/>", "{\"kind\":\"starttls_failure\"}", NULL },
	{ "<auth " SASL " mechanism='PLAIN'>AGEAYg==</auth>",
	  "{\"kind\":\"sasl_auth\",\"mechanism\":\"PLAIN\",\"data\":\"AGEAYg==\"}", NULL },
	{ "<challenge " SASL ">=</challenge>", "{\"kind\":\"sasl_challenge\",\"data\":\"=\"}",
	  NULL },
	{ "<response " SASL "/>", "{\"kind\":\"sasl_response\"}", NULL },
	{ "<success " SASL ">dg==</success>", "{\"kind\":\"sasl_success\",\"data\":\"dg==\"}",
	  NULL },
	{ "<abort " SASL "/>", "{\"kind\":\"sasl_abort\"}", NULL },
	{ "<failure " SASL "><not-authorized/><text xml:lang='en'>no</text></failure>",
	  "{\"kind\":\"sasl_failure\",\"text\":\"no\",\"lang\":\"en\","
	  "\"condition\":\"not-authorized\"}",
	  NULL },
	{ "<delay " DELAY " " STAMP " from='x'>r</delay>",
	  "{\"kind\":\"delay\"," JSTAMP ",\"from\":\"x\",\"reason\":\"r\"}", NULL },
	/* of no class */
	{ "<message xmlns='urn:x'/>", "{\"name\":\"message\",\"ns\":\"urn:x\"}", NULL },
};

START_TEST(typed_is_what_the_class_says_and_reads_back)
{
	const struct elem *e = xsojson_parse(cases[_i].xml), *again;
	struct fault *fault = NULL;

	expect(xsojson_write(e, XSO_TYPED, NULL), cases[_i].json);
	ck_assert_ptr_null(xso_json_check(e, &xsojson.ctx, &xsojson.arena));
	again = xsojson_read(strview_of(cases[_i].json), false, &fault);
	ck_assert_msg(!fault, "%s %s", fault ? fault->path : "", fault ? fault->message : "");
	if (cases[_i].again)
		e = xsojson_parse(cases[_i].again);
	xsojson_expect_equal(again, e);
	expect(xsojson_write(again, XSO_TYPED, NULL), cases[_i].json);
}
END_TEST

/* What a class cannot take: the partial XSO, and what is at fault. */
static const struct {
	const char *xml, *partial, *path;
} invalid_cases[] = {
	{ "<presence from='a@b' type='bogus'><show>xa</show></presence>",
	  "{\"kind\":\"presence\",\"from\":\"a@b\",\"other_attrs\":{\"type\":\"bogus\"}}",
	  "/type" },
	{ "<message from='a@@b' to='c' id='1'><body>x</body><x/></message>",
	  "{\"kind\":\"message\",\"to\":\"c\",\"id\":\"1\",\"other_attrs\":{\"from\":\"a@@b\"}}",
	  "/from" },
	{ "<message to=''/>", "{\"kind\":\"message\",\"other_attrs\":{\"to\":\"\"}}", "/to" },
	{ "<iq type='bogus' id='1'><x/></iq>",
	  "{\"kind\":\"iq\",\"id\":\"1\",\"other_attrs\":{\"type\":\"bogus\"}}", "/type" },
	{ "<iq id='1'><x/></iq>", "{\"kind\":\"iq\",\"id\":\"1\"}", "/type" },
	{ "<iq type='get'><x/></iq>", "{\"kind\":\"iq\",\"type\":\"get\"}", "/id" },
	{ "<iq type='get' id='1'/>", "{\"kind\":\"iq\",\"type\":\"get\",\"id\":\"1\"}",
	  "/payload" },
	{ "<iq type='set' id='1'><a/><b/></iq>", "{\"kind\":\"iq\",\"type\":\"set\",\"id\":\"1\"}",
	  "/other" },
	{ "<iq type='set' id='1'><a/><error type='wait'><gone " SE "/></error></iq>",
	  "{\"kind\":\"iq\",\"type\":\"set\",\"id\":\"1\"}", "/error" },
	{ "<iq type='error' id='1'><a/></iq>", "{\"kind\":\"iq\",\"type\":\"error\",\"id\":\"1\"}",
	  "/error" },
	{ "<iq type='set' id='1'><bind " BIND "><jid>@</jid></bind></iq>",
	  "{\"kind\":\"iq\",\"type\":\"set\",\"id\":\"1\"}", "/payload/jid" },
	{ "<iq type='result' id='1'><delay " DELAY "/></iq>",
	  "{\"kind\":\"iq\",\"type\":\"result\",\"id\":\"1\"}", "/payload/stamp" },
	{ "<error " STREAM "><bogus " SMERR "/></error>", "{\"kind\":\"stream_error\"}",
	  "/condition" },
	{ "<auth " SASL ">AAAA</auth>", "{\"kind\":\"sasl_auth\"}", "/mechanism" },
	{ "<challenge " SASL ">***</challenge>", "{\"kind\":\"sasl_challenge\"}", "/data" },
	{ "<delay " DELAY " stamp='2026-02-30T00:00:00Z'/>",
	  "{\"kind\":\"delay\",\"other_attrs\":{\"stamp\":\"2026-02-30T00:00:00Z\"}}", "/stamp" },
};

START_TEST(what_a_class_cannot_take_is_written_in_part)
{
	const struct elem *e = xsojson_parse(invalid_cases[_i].xml);
	CLEANUP(fault_unrefp) struct fault *invalid = NULL, *checked = NULL;

	expect(xsojson_write(e, XSO_TYPED, &invalid), invalid_cases[_i].partial);
	ck_assert_ptr_nonnull(invalid);
	ck_assert_int_eq(invalid->kind, FAULT_INVALID_XSO);
	ck_assert_str_eq(invalid->path, invalid_cases[_i].path);
	checked = xso_json_check(e, &xsojson.ctx, &xsojson.arena);
	ck_assert_str_eq(checked->path, invalid_cases[_i].path);
	/* the other formats do not mind */
	(void)xsojson_write(e, XSO_RAW, NULL);
	(void)xsojson_write(e, XSO_XML, NULL);
}
END_TEST

START_TEST(an_unknown_payload_is_an_issue_where_that_is_asked_for)
{
	const struct elem *e = xsojson_parse("<iq type='get' id='1'><x/></iq>");
	const struct elem *known = xsojson_parse("<iq type='get' id='1'><bind " BIND "/></iq>");
	CLEANUP(fault_unrefp) struct fault *invalid = NULL;

	xsojson.ctx.reject_unknown_payload = true;
	expect(xsojson_write(e, XSO_TYPED, &invalid),
	       "{\"kind\":\"iq\",\"type\":\"get\",\"id\":\"1\"}");
	ck_assert_str_eq(invalid->path, "/payload");
	ck_assert_ptr_null(xso_json_check(known, &xsojson.ctx, &xsojson.arena));
	e = xsojson_parse("<message type='error'><error type='wait'><gone " SE "/><x xmlns='y'/>"
			  "</error></message>");
	expect(xsojson_write(e, XSO_TYPED, NULL),
	       "{\"kind\":\"message\",\"type\":\"error\",\"error\":{\"type\":\"wait\","
	       "\"condition\":\"gone\",\"application\":{\"name\":\"x\",\"ns\":\"y\"}}}");
}
END_TEST

START_TEST(on_a_component_stream_stanzas_are_in_its_namespace)
{
	CLEANUP(fault_unrefp) struct fault *fault = NULL;
	struct strview ns, name;

	xsojson.ctx.default_ns = SV(XMLNS_COMPONENT);
	expect(xsojson_write(xsojson_parse("<message><body>x</body></message>"), XSO_TYPED, NULL),
	       "{\"kind\":\"message\",\"body\":\"x\"}");
	expect(xsojson_write(xsojson_parse("<message xmlns='jabber:client'/>"), XSO_TYPED, NULL),
	       "{\"name\":\"message\",\"ns\":\"jabber:client\"}");
	xsojson_expect_equal(
		xsojson_read(SV("{\"kind\":\"message\",\"body\":\"x\",\"error\":{\"type\":\"wait\","
				"\"condition\":\"gone\"},\"other\":[{\"name\":\"x\"}]}"),
			     false, &fault),
		xsojson_parse("<message><body>x</body><error type='wait'><gone " SE
			      "/></error><x/></message>"));
	ck_assert(xso_json_kind(&xsojson.ctx, SV("message"), &ns, &name));
	expect(ns, XMLNS_COMPONENT);
	expect(name, "message");
	ck_assert(xso_json_kind(&xsojson.ctx, SV("stanza_id"), &ns, &name));
	expect(ns, XMLNS_SID);
	expect(name, "stanza-id");
	ck_assert(!xso_json_kind(&xsojson.ctx, SV("Message"), &ns, &name));
}
END_TEST

START_TEST(without_memory_nothing_is_written_or_read)
{
	const char *json = cases[_i].json;
	const struct elem *e = xsojson_parse(cases[_i].xml), *read;
	json_t *value = json_loads(json, 0, NULL);
	bool failed = true;

	for (size_t i = 0; failed; i++) {
		CLEANUP(buf_done) struct buf b = BUF_INIT;
		struct fault *fault = NULL, *invalid = NULL;
		struct arena scratch;
		int r;

		arena_init(&scratch, 0);
		failmalloc_arm(i);
		r = xso_json_write(&b, e, XSO_TYPED, &xsojson.ctx, &scratch, &invalid);
		if (r == 0)
			fault = xso_json_read(value, "", &xsojson.ctx, false, &scratch, &read);
		failed = failmalloc_disarm();
		ck_assert(failed == (r < 0 || fault));
		ck_assert(!fault || fault->kind == FAULT_INTERNAL);
		ck_assert_ptr_null(invalid);
		fault_unref(fault);
		arena_done(&scratch);
	}
	json_decref(value);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ typed_is_what_the_class_says_and_reads_back, ARRAY_SIZE(cases) },
		{ what_a_class_cannot_take_is_written_in_part, ARRAY_SIZE(invalid_cases) },
		{ an_unknown_payload_is_an_issue_where_that_is_asked_for, 0 },
		{ on_a_component_stream_stanzas_are_in_its_namespace, 0 },
		{ without_memory_nothing_is_written_or_read, ARRAY_SIZE(cases) },
	};

	return suite_run_with("xso_json", xsojson_begin, xsojson_end, tests, ARRAY_SIZE(tests));
}
