/* One element given as XML by a client. */
#include <errno.h>

#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse.h"
#include "protocol/xml/xmlwrite.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

static const struct xmlwrite_context in_client = { .default_ns = { "jabber:client", 13 } };

#define TEN(x)	   x x x x x x x x x x
#define HUNDRED(x) TEN(TEN(x))
#define ROW(in, out)                                                                               \
	{                                                                                          \
		{ in, sizeof(in) - 1 }, out                                                        \
	}

static const struct {
	struct strview in;
	const char *out;
} good[] = {
	ROW("<a/>", "<a/>"),
	ROW(" \r\n\t<a/>\n", "<a/>"),
	ROW("<a xmlns='jabber:client'/>", "<a/>"),
	ROW("<a xmlns=''/>", "<a xmlns=''/>"),
	ROW("<a xmlns='x' b=\"1\"><c/> <![CDATA[<]]>&#62;</a>",
	    "<a xmlns='x' b='1'><c/> &lt;&gt;</a>"),
	ROW("<x:a xmlns:x='y' x:b='1'/>", "<a xmlns='y' xmlns:ns0='y' ns0:b='1'/>"),
	ROW("<message xml:lang='de'/>", "<message xml:lang='de'/>"),
	ROW(HUNDRED("<a>") HUNDRED("<a>") HUNDRED("<a>") "x" HUNDRED("</a>") HUNDRED("</a>")
		    HUNDRED("</a>"),
	    NULL),
	ROW("<a>" HUNDRED(TEN(TEN("0123456789"))) "</a>", NULL),
};

static const struct strview bad[] = {
	SV(""),
	SV("  "),
	SV("text"),
	SV("text<a/>"),
	SV("<a/>text"),
	SV("<a/>&amp;"),
	SV("<a/>&"),
	SV("<a/><b/>"),
	SV("<a/><b"),
	SV("<a"),
	SV("<a>"),
	SV("<a><b></a></b>"),
	SV("</a>"),
	SV("</root>"),
	SV("<a/></root>"),
	SV("</root><root>"),
	SV("<a/></root><root xmlns='x'>"),
	SV("</root><stream xmlns='" XMLNS_STREAM "'/>"),
	SV("<?xml version='1.0'?><a/>"),
	SV("<?pi?><a/>"),
	SV("<a/><?pi?>"),
	SV("<a><?pi?></a>"),
	SV("<!-- --><a/>"),
	SV("<a><!-- --></a>"),
	SV("<a/><!-- -->"),
	SV("<a/><!--"),
	SV("<!DOCTYPE a><a/>"),
	SV("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
	SV("<a>&b;</a>"),
	SV("<a><b:c/></a>"),
	SV("<stream:features/>"),
	SV("<a b:c='1'/>"),
	SV("<a b='1' b='2'/>"),
	SV("<a>\x01</a>"),
	SV("<a>\0</a>"),
	SV("<a>\xff</a>"),
	SV("<a/>\xc3"),
	SV("\xef\xbb\xbf<a/>"),
	SV("<![CDATA[ ]]><a/>x"),
	SV("<a/><![CDATA["),
	SV("<a><![CDATA["),
	SV(HUNDRED("<a>") HUNDRED("<a>") HUNDRED("<a>") "<a>" HUNDRED("</a>") HUNDRED("</a>")
		   HUNDRED("</a>") "</a>"),
};

START_TEST(one_element_is_parsed)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct strview in = good[_i].in;
	char *copy = strview_dup(in);
	const struct elem *e = NULL;
	const char *text = NULL;
	int r = xmlparse_fragment(&a, (struct strview){ copy, in.n }, SV(XMLNS_CLIENT), &e, &text);

	ck_assert_msg(r == 0, "%.*s: %s", SV_ARG(in), text);
	free(copy); /* the element stands on its own */
	ck_assert_int_eq(xmlwrite_elem(&out, e, &in_client, NULL), 0);
	buf_put_char(&out, '\0');
	ck_assert_msg(strcmp(out.p, good[_i].out ? good[_i].out : in.p) == 0, "%.200s", out.p);
}
END_TEST

START_TEST(what_is_not_one_element_is_refused_with_a_reason)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	const struct elem *e = NULL;
	const char *text = NULL;

	ck_assert_msg(xmlparse_fragment(&a, bad[_i], SV(XMLNS_CLIENT), &e, &text) == -EINVAL,
		      "%.*s", SV_ARG(bad[_i]));
	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_null(e);
}
END_TEST

START_TEST(any_default_namespace_can_be_given)
{
	static const char *const names[] = { "", "a'b\"<&>", "http://example.com/\xc3\xa4", "x y" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(arena_done) struct arena a = { 0 };
		const struct elem *e = NULL;
		const char *text = NULL;

		ck_assert_int_eq(xmlparse_fragment(&a, SV("<a/>"), strview_of(names[i]), &e, &text),
				 0);
		ck_assert(elem_is(e, names[i], "a"));
		ck_assert_int_eq(xmlparse_fragment(&a, SV("<a/>"), SV("\x01"), &e, &text), -EINVAL);
	}
}
END_TEST

static void run_fragment(void *arg)
{
	struct arena a = { 0 };
	const struct elem *e = NULL;
	const char *text = NULL;
	int r = xmlparse_fragment(&a, SV("<a xmlns='x'><b c='d'>1&amp;2</b>3<e/></a>"), SV("y"), &e,
				  &text);

	failmalloc_pause(true);
	ck_assert(r == -ENOMEM ? !e
			       : r == 0 && e &&
					 strview_is(elem_attr(elem_child(e, "x", "b"), "c"), "d"));
	failmalloc_pause(false);
	arena_done(&a);
	(void)arg;
}

START_TEST(without_memory_there_is_no_element)
{
	CLEANUP(arena_done) struct arena tiny = { 0 };
	const struct elem *e = NULL;
	const char *text = NULL;

	ck_assert_uint_gt(failmalloc_sweep(run_fragment, NULL), 20);
	arena_init(&tiny, 100);
	ck_assert_int_eq(xmlparse_fragment(&tiny, SV("<a/>"), SV("y"), &e, &text), -ENOMEM);
}
END_TEST

int main(void)
{
	struct suite_test tests[] = {
		{ one_element_is_parsed, ARRAY_SIZE(good) },
		{ what_is_not_one_element_is_refused_with_a_reason, ARRAY_SIZE(bad) },
		{ any_default_namespace_can_be_given, 0 },
		{ without_memory_there_is_no_element, 0 },
	};

	return suite_run("fragments", tests, ARRAY_SIZE(tests));
}
