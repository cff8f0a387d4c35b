/* The raw and the XML form of XSOs. */
#include "tests/unit/xsojson.h"

#include <stdio.h>

#include "protocol/base/ns.h"
#include "protocol/vocab/vocab.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"
#include "tests/unit/xso_gen.h"

#define expect(v, text) ck_assert_msg(strview_is(v, text), "%.*s\nis not %s", SV_ARG(v), text)

/* Elements and their raw form, both ways. */
static const struct {
	const char *xml, *json;
} raw_cases[] = {
	{ "<message/>", "{\"name\":\"message\"}" },
	{ "<message to='bot@example.test'><body>Hi &amp; bye</body></message>",
	  "{\"name\":\"message\",\"attrs\":{\"to\":\"bot@example.test\"},"
	  "\"children\":[{\"name\":\"body\",\"children\":[\"Hi & bye\"]}]}" },
	/* a namespace is left out where it is the parent's */
	{ "<a xmlns='urn:a'><b/><c xmlns='urn:c'><d/><e xmlns='urn:a'/></c></a>",
	  "{\"name\":\"a\",\"ns\":\"urn:a\",\"children\":[{\"name\":\"b\"},{\"name\":\"c\","
	  "\"ns\":\"urn:c\",\"children\":[{\"name\":\"d\"},{\"name\":\"e\",\"ns\":\"urn:a\"}]}]}" },
	/* none at all is one that must be said */
	{ "<a xmlns=''><b/></a>", "{\"name\":\"a\",\"ns\":\"\",\"children\":[{\"name\":\"b\"}]}" },
	{ "<a><b xmlns=''/></a>", "{\"name\":\"a\",\"children\":[{\"name\":\"b\",\"ns\":\"\"}]}" },
	{ "<a xml:lang='en' xml:space='x' p:l='1' xmlns:p='u:{p}'/>",
	  "{\"name\":\"a\",\"attrs\":{\"xml:lang\":\"en\","
	  "\"{http://www.w3.org/XML/1998/namespace}space\":\"x\",\"{u:{p}}l\":\"1\"}}" },
	{ "<xml:a><b/></xml:a>", "{\"name\":\"a\",\"ns\":\"http://www.w3.org/XML/1998/namespace\","
				 "\"children\":[{\"name\":\"b\",\"ns\":\"jabber:client\"}]}" },
	{ "<a lang='x'/>", "{\"name\":\"a\",\"attrs\":{\"lang\":\"x\"}}" },
	{ "<a>1<b/>2<c/>\n</a>", "{\"name\":\"a\",\"children\":[\"1\",{\"name\":\"b\"},\"2\","
				 "{\"name\":\"c\"},\"\\n\"]}" },
	{ "<a>x<![CDATA[<y>]]>&#x1F642;</a>", "{\"name\":\"a\",\"children\":[\"x<y>🙂\"]}" },
	{ "<a b='&quot;\\&#9;&#10;&#13;'>&#13;\\&quot;</a>",
	  "{\"name\":\"a\",\"attrs\":{\"b\":\"\\\"\\\\\\t\\n\\r\"},\"children\":[\"\\r\\\\\\\"\"]"
	  "}" },
	{ "<a b=''/>", "{\"name\":\"a\",\"attrs\":{\"b\":\"\"}}" },
	{ "<é-1.b xmlns='&quot;'/>", "{\"name\":\"é-1.b\",\"ns\":\"\\\"\"}" },
};

START_TEST(raw_is_the_element_and_reads_back_the_same)
{
	const struct elem *e = xsojson_parse(raw_cases[_i].xml), *again;
	struct fault *fault;

	expect(xsojson_write(e, XSO_RAW, NULL), raw_cases[_i].json);
	again = xsojson_read(strview_of(raw_cases[_i].json), false, &fault);
	ck_assert_ptr_null(fault);
	xsojson_expect_equal(again, e);
}
END_TEST

START_TEST(xml_is_one_element_with_its_namespaces)
{
	const struct elem *e = xsojson_parse("<message to='a'><x xmlns='y'>&lt;</x></message>");
	struct strview xml = xsojson_write(e, XSO_XML, NULL);
	struct fault *fault;

	expect(xml, "\"<message xmlns='jabber:client' to='a'><x xmlns='y'>&lt;</x></message>\"");
	xsojson_expect_equal(xsojson_read(xml, false, &fault), e);
	ck_assert_ptr_null(fault);
}
END_TEST

/* Other ways to write what comes out in one of them. */
static const struct {
	const char *json, *raw;
} read_cases[] = {
	{ "{\"name\":\"a\",\"children\":[\"x\",\"y\",\"\",\"z\",{\"name\":\"b\"},\"\"]}",
	  "{\"name\":\"a\",\"children\":[\"xyz\",{\"name\":\"b\"}]}" },
	{ "{\"name\":\"a\",\"attrs\":{},\"children\":[]}", "{\"name\":\"a\"}" },
	{ "{\"children\":[{\"name\":\"b\"}],\"ns\":\"u\",\"name\":\"a\"}",
	  "{\"name\":\"a\",\"ns\":\"u\",\"children\":[{\"name\":\"b\"}]}" },
	{ "{\"name\":\"a\",\"ns\":\"jabber:client\"}", "{\"name\":\"a\"}" },
	{ "{\"name\":\"a\",\"attrs\":{\"{http://www.w3.org/XML/1998/namespace}lang\":\"de\"}}",
	  "{\"name\":\"a\",\"attrs\":{\"xml:lang\":\"de\"}}" },
	{ "\"<p:a xmlns:p='u'><b/></p:a>\"", "{\"name\":\"a\",\"ns\":\"u\",\"children\":[{\"name\":"
					     "\"b\",\"ns\":\"jabber:client\"}]}" },
	{ "\" <a/> \"", "{\"name\":\"a\"}" },
	{ "{\"name\":\"a\",\"children\":[\"<b/>\"]}", "{\"name\":\"a\",\"children\":[\"<b/>\"]}" },
	{ "{\"name\":\"a\",\"children\":[{\"kind\":\"delay\",\"stamp\":\"2026-11-22T18:00:00Z\"}]}",
	  "{\"name\":\"a\",\"children\":[{\"name\":\"delay\",\"ns\":\"urn:xmpp:delay\","
	  "\"attrs\":{\"stamp\":\"2026-11-22T18:00:00Z\"}}]}" },
};

START_TEST(other_ways_to_write_an_xso_are_understood)
{
	struct fault *fault;
	const struct elem *e = xsojson_read(strview_of(read_cases[_i].json), false, &fault);

	ck_assert_msg(!fault, "%s", fault ? fault->message : "");
	expect(xsojson_write(e, XSO_RAW, NULL), read_cases[_i].raw);
}
END_TEST

/* What cannot be sent, and where that is. */
static const struct {
	const char *json, *path, *message;
} fault_cases[] = {
	{ "5", "/xso", "an XSO is" },
	{ "null", "/xso", "an XSO is" },
	{ "[]", "/xso", "an XSO is" },
	{ "{}", "/xso/name", "kind or a name" },
	{ "{\"name\":5}", "/xso/name", "string" },
	{ "{\"name\":\"\"}", "/xso/name", "name" },
	{ "{\"name\":\"a:b\"}", "/xso/name", "name" },
	{ "{\"name\":\"1a\"}", "/xso/name", "name" },
	{ "{\"name\":\"a b\"}", "/xso/name", "name" },
	{ "{\"name\":\"a\\u0000\"}", "/xso/name", "U+0000" },
	{ "{\"name\":\"a\",\"ns\":null}", "/xso/ns", "string" },
	{ "{\"name\":\"a\",\"ns\":\"\\u0001\"}", "/xso/ns", "U+0001" },
	{ "{\"name\":\"a\",\"ns\":\"http://www.w3.org/2000/xmlns/\"}", "/xso/ns", "namespace" },
	{ "{\"name\":\"a\",\"text\":\"x\"}", "/xso/text", "no such member" },
	{ "{\"name\":\"a\",\"a/b~c\":\"x\"}", "/xso/a~1b~0c", "no such member" },
	{ "{\"name\":\"a\",\"attrs\":[]}", "/xso/attrs", "object" },
	{ "{\"name\":\"a\",\"attrs\":{\"b\":1}}", "/xso/attrs/b", "string" },
	{ "{\"name\":\"a\",\"attrs\":{\"b\":null}}", "/xso/attrs/b", "string" },
	{ "{\"name\":\"a\",\"attrs\":{\"b\":\"\\ufffe\"}}", "/xso/attrs/b", "U+FFFE" },
	{ "{\"name\":\"a\",\"attrs\":{\"p:b\":\"\"}}", "/xso/attrs/p:b", "prefix" },
	{ "{\"name\":\"a\",\"attrs\":{\"xml:space\":\"\"}}", "/xso/attrs/xml:space", "prefix" },
	{ "{\"name\":\"a\",\"attrs\":{\"xmlns\":\"u\"}}", "/xso/attrs/xmlns", "namespace" },
	{ "{\"name\":\"a\",\"attrs\":{\"xmlns:p\":\"u\"}}", "/xso/attrs/xmlns:p", "prefix" },
	{ "{\"name\":\"a\",\"attrs\":{\"{http://www.w3.org/2000/xmlns/}p\":\"u\"}}",
	  "/xso/attrs/{http:~1~1www.w3.org~12000~1xmlns~1}p", "namespace" },
	{ "{\"name\":\"a\",\"attrs\":{\"{}b\":\"\"}}", "/xso/attrs/{}b", "empty" },
	{ "{\"name\":\"a\",\"attrs\":{\"{u}\":\"\"}}", "/xso/attrs/{u}", "name" },
	{ "{\"name\":\"a\",\"attrs\":{\"{u\":\"\"}}", "/xso/attrs/{u", "name" },
	{ "{\"name\":\"a\",\"attrs\":{\"\":\"\"}}", "/xso/attrs/", "name" },
	{ "{\"name\":\"a\",\"attrs\":{\"xml:lang\":\"a\","
	  "\"{http://www.w3.org/XML/1998/namespace}lang\":\"a\"}}",
	  "/xso/attrs/{http:~1~1www.w3.org~1XML~11998~1namespace}lang", "same" },
	{ "{\"name\":\"a\",\"children\":\"x\"}", "/xso/children", "array" },
	{ "{\"name\":\"a\",\"children\":[{\"name\":\"b\"},7]}", "/xso/children/1", "string or" },
	{ "{\"name\":\"a\",\"children\":[\"x\",\"\\u0008\"]}", "/xso/children/1", "U+0008" },
	{ "{\"name\":\"a\",\"children\":[\"\\u0000\"]}", "/xso/children/0", "U+0000" },
	{ "{\"name\":\"a\",\"children\":[\"\\ufdd0\"]}", "/xso/children/0", "U+FDD0" },
	{ "{\"name\":\"a\",\"children\":[\"\\ud83f\\udfff\"]}", "/xso/children/0", "U+1FFFF" },
	{ "{\"name\":\"a\",\"children\":[{\"name\":\"b\",\"children\":[{\"kind\":\"x\"}]}]}",
	  "/xso/children/0/children/0/kind", "kind" },
	{ "\"\"", "/xso", "XML" },
	{ "\"<a>\"", "/xso", "XML" },
	{ "\"<a/><b/>\"", "/xso", "XML" },
	{ "\"<a/>x\"", "/xso", "XML" },
	{ "\"x\"", "/xso", "XML" },
	{ "\"<a><!-- c --></a>\"", "/xso", "XML" },
	{ "\"<!-- c --><a/>\"", "/xso", "XML" },
	{ "\"<a><?p i?></a>\"", "/xso", "XML" },
	{ "\"<?xml version='1.0'?><a/>\"", "/xso", "XML" },
	{ "\"<!DOCTYPE a><a/>\"", "/xso", "XML" },
	{ "\"<a>&nbsp;</a>\"", "/xso", "XML" },
	{ "\"<p:a/>\"", "/xso", "XML" },
	{ "\"<a b='1' b='2'/>\"", "/xso", "XML" },
	{ "\"<a>\\u0001</a>\"", "/xso", "U+0001" },
	{ "\"<a>&#1;</a>\"", "/xso", "XML" },
};

START_TEST(what_cannot_be_sent_is_refused_with_its_place)
{
	CLEANUP(fault_unrefp) struct fault *fault = NULL;

	xsojson_read(strview_of(fault_cases[_i].json), false, &fault);
	ck_assert_msg(fault, "%s", fault_cases[_i].json);
	ck_assert_int_eq(fault->kind, FAULT_INVALID_XSO);
	ck_assert_str_eq(fault->path, fault_cases[_i].path);
	ck_assert_msg(strstr(fault->message, fault_cases[_i].message), "%s", fault->message);
}
END_TEST

START_TEST(characters_that_xml_cannot_carry_are_replaced_on_request)
{
	static const char json[] = "{\"name\":\"a\",\"attrs\":{\"b\":\"x\\u0000y\"},\"children\":["
				   "\"\\ufffe\\ud83f\\udfff\",\"\\u001b[0m ok\"]}";
	CLEANUP(fault_unrefp) struct fault *fault = NULL;
	const struct elem *e = xsojson_read(strview_of(json), true, &fault);

	ck_assert_ptr_null(fault);
	expect(xsojson_write(e, XSO_RAW, NULL),
	       "{\"name\":\"a\",\"attrs\":{\"b\":\"x\ufffdy\"},\"children\":["
	       "\"\ufffd\ufffd\ufffd[0m ok\"]}");
	e = xsojson_read(SV("\"<a>\\u0001</a>\""), true, &fault);
	ck_assert_ptr_null(fault);
	expect(xsojson_write(e, XSO_RAW, NULL), "{\"name\":\"a\",\"children\":[\"\ufffd\"]}");
	xsojson_read(SV("{\"name\":\"a\\u0001\"}"), true, &fault);
	ck_assert_str_eq(fault->path, "/xso/name");
}
END_TEST

/* levels: objects and arrays within one another */
static const struct elem *read_nested(size_t levels, struct fault **ret)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	for (size_t i = 0; i + 2 < levels; i += 2)
		buf_put_str(&b, "{\"name\":\"a\",\"children\":[");
	buf_put_str(&b, levels % 2 ? "{\"name\":\"a\"}" : "{\"name\":\"a\",\"children\":[]}");
	for (size_t i = 0; i + 2 < levels; i += 2)
		buf_put_str(&b, "]}");
	return xsojson_read(buf_view(&b), false, ret);
}

START_TEST(nesting_has_a_bound)
{
	CLEANUP(fault_unrefp) struct fault *fault = NULL;

	ck_assert_ptr_nonnull(read_nested(300, &fault));
	ck_assert_ptr_null(read_nested(301, &fault));
	ck_assert_ptr_nonnull(strstr(fault->message, "300"));
	fault_unref(fault);
	ck_assert_ptr_null(read_nested(2000, &fault));
}
END_TEST

START_TEST(very_many_strings_are_joined_without_a_square)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	CLEANUP(fault_unrefp) struct fault *fault = NULL;
	const struct elem *e;

	buf_put_str(&b, "{\"name\":\"a\",\"children\":[\"0123456789\"");
	for (int i = 1; i < 70000; i++)
		buf_put_str(&b, ",\"0123456789\"");
	buf_put_str(&b, "]}");
	e = xsojson_read(buf_view(&b), false, &fault);
	ck_assert_uint_eq(e->first->text.n, 700000);
	ck_assert_uint_lt(xsojson.arena.used, 8 << 20);
}
END_TEST

START_TEST(an_xso_follows_what_stands_before_it)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	const struct elem *e = xsojson_parse("<message/>");
	struct fault *fault;

	buf_put_str(&b, "[");
	for (unsigned f = 0; f < XSO_FORMAT_COUNT_; f++)
		ck_assert_int_eq(xso_json_write(&b, e, (enum xso_format)f, &xsojson.ctx,
						&xsojson.arena, &fault),
				 0);
	buf_put_str(&b, "]");
	expect(buf_view(&b), "[{\"kind\":\"message\"},{\"name\":\"message\"},"
			     "\"<message xmlns='jabber:client'/>\"]");
}
END_TEST

START_TEST(formats_have_names)
{
	enum xso_format f;

	for (unsigned i = 0; i < XSO_FORMAT_COUNT_; i++) {
		ck_assert(xso_format_parse(strview_of(xso_format_name((enum xso_format)i)), &f));
		ck_assert_uint_eq(f, i);
	}
	ck_assert(!xso_format_parse(SV("RAW"), &f));
	ck_assert(!xso_format_parse(SV(""), &f));
}
END_TEST

START_TEST(random_elements_come_back_exactly_from_raw_and_xml)
{
	for (uint64_t seed = 0; seed < 500; seed++) {
		struct xso_gen g = xso_gen_of(vocab_registry(), xsojson.ctx.default_ns,
					      &xsojson.arena, seed + (uint64_t)_i * 1000, false);
		const struct xso_class *cls = g.registry->classes[seed % g.registry->n_classes];
		struct elem *e = seed % 3 ? xso_gen_class(&g, cls)
					  : xso_gen_other(&g, xsojson.ctx.default_ns, 0);

		for (unsigned f = XSO_RAW; f <= XSO_XML; f++) {
			struct fault *fault;
			const struct elem *again = xsojson_read(
				xsojson_write(e, (enum xso_format)f, NULL), false, &fault);

			ck_assert_msg(!fault, "%s", fault ? fault->message : "");
			xsojson_expect_equal(again, e);
		}
		arena_reset(&xsojson.arena);
	}
}
END_TEST

START_TEST(without_memory_nothing_is_written_or_read)
{
	static const char json[] = "{\"name\":\"a\",\"ns\":\"u\",\"attrs\":{\"b\":\"c\\u0001\"},"
				   "\"children\":[\"x\",\"y\",{\"name\":\"z\"},\"w\"]}";
	json_t *value = json_loads(json, 0, NULL);
	const struct elem *e = xsojson_parse("<a b='c'>text<b xmlns='u'/></a>"), *read;
	bool failed = true;

	for (size_t i = 0; failed; i++) {
		CLEANUP(buf_done) struct buf b = BUF_INIT;
		struct fault *fault = NULL, *invalid = NULL;
		struct arena scratch;
		int r = 0;

		arena_init(&scratch, 0);
		failmalloc_arm(i);
		for (unsigned f = 0; f < XSO_FORMAT_COUNT_ && r == 0; f++)
			r = xso_json_write(&b, e, (enum xso_format)f, &xsojson.ctx, &scratch,
					   &invalid);
		if (r == 0)
			fault = xso_json_read(value, "", &xsojson.ctx, true, &scratch, &read);
		failed = failmalloc_disarm();
		ck_assert(failed == (r < 0 || fault));
		ck_assert(!fault || fault->kind == FAULT_INTERNAL);
		fault_unref(fault);
		arena_done(&scratch);
	}
	json_decref(value);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ raw_is_the_element_and_reads_back_the_same, ARRAY_SIZE(raw_cases) },
		{ xml_is_one_element_with_its_namespaces, 0 },
		{ other_ways_to_write_an_xso_are_understood, ARRAY_SIZE(read_cases) },
		{ what_cannot_be_sent_is_refused_with_its_place, ARRAY_SIZE(fault_cases) },
		{ characters_that_xml_cannot_carry_are_replaced_on_request, 0 },
		{ nesting_has_a_bound, 0 },
		{ very_many_strings_are_joined_without_a_square, 0 },
		{ an_xso_follows_what_stands_before_it, 0 },
		{ formats_have_names, 0 },
		{ random_elements_come_back_exactly_from_raw_and_xml, 2 },
		{ without_memory_nothing_is_written_or_read, 0 },
	};

	return suite_run_with("elem_json", xsojson_begin, xsojson_end, tests, ARRAY_SIZE(tests));
}
