/* What elements look like as XML, and what is never written. */
#include <errno.h>

#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse.h"
#include "protocol/xml/xmlwrite.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

static const struct xmlwrite_context in_stream = {
	.default_ns = { "jabber:client", 13 },
	.stream_prefix = true,
};

/* A tree in text, for short: parsed in jabber:client, where it must come out as it is. */
static const char *const same[] = {
	"<a/>",
	"<a b='1' c=''/>",
	"<a c='1' b='2'/>",
	"<a>x<b/>y<c>z</c></a>",
	"<a xmlns=''><b/></a>",
	"<a xmlns=''><b xmlns='x'><c xmlns=''/></b><d/></a>",
	"<a xmlns='x'><b/><c xmlns='jabber:client'><d/></c></a>",
	"<a xml:lang='de'/>",
	"<xml:a/>",
	"<a xmlns='x'><xml:a><b/></xml:a></a>",
	"<a xmlns:ns0='x' ns0:b='1'/>",
	"<a xmlns:ns0='x' ns0:b='1' ns0:c='2' d='3' xmlns:ns3='y' ns3:b='4'/>",
	"<a xmlns='x' xmlns:ns0='x' ns0:b='1' b='2'/>",
	"<a b='&amp;&lt;&gt;&quot;&apos;&#9;&#10;&#13;\x7f\xc2\x80'/>",
	"<a>&amp;&lt;&gt;\"'\t\n&#13;\x7f\xc2\x80</a>",
	"<a xmlns='&amp;&lt;&gt;&quot;&apos;'/>",
	"<\xc3\xa4.-1 \xc3\xb6='\xf0\x9f\x99\x82'/>",
};

static const struct elem *parse(struct arena *a, struct strview in, struct strview default_ns)
{
	const struct elem *e = NULL;
	const char *text = NULL;

	ck_assert_msg(xmlparse_fragment(a, in, default_ns, &e, &text) == 0, "%.*s: %s", SV_ARG(in),
		      text);
	return e;
}

START_TEST(these_elements_are_written_as_they_were)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	const struct elem *e = parse(&a, strview_of(same[_i]), SV(XMLNS_CLIENT));

	ck_assert_int_eq(xmlwrite_elem(&out, e, &in_stream, NULL), 0);
	buf_put_char(&out, '\0');
	ck_assert_str_eq(out.p, same[_i]);
}
END_TEST

START_TEST(the_prefix_of_streams_is_used_where_it_is_bound)
{
	struct xmlwrite_context ctx = in_stream;
	CLEANUP(arena_done) struct arena a = { 0 };
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	const struct elem *e =
		parse(&a, SV("<s:error xmlns:s='" XMLNS_STREAM "' s:a='1'><s:b/><c/></s:error>"),
		      SV(XMLNS_CLIENT));

	ck_assert_int_eq(xmlwrite_elem(&out, e, &ctx, NULL), 0);
	buf_put_char(&out, '\n');
	ctx.stream_prefix = false;
	ck_assert_int_eq(xmlwrite_elem(&out, e, &ctx, NULL), 0);
	buf_put_char(&out, '\0');
	ck_assert_str_eq(out.p, "<stream:error stream:a='1'><stream:b/><c/></stream:error>\n"
				"<error xmlns='" XMLNS_STREAM "' xmlns:ns0='" XMLNS_STREAM
				"' ns0:a='1'><b/><c xmlns='jabber:client'/></error>");
}
END_TEST

START_TEST(attributes_can_be_sorted)
{
	struct xmlwrite_context ctx = in_stream;
	CLEANUP(arena_done) struct arena a = { 0 };
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	const struct elem *e =
		parse(&a, SV("<a c='1' x:b='2' b='3' bb='4' xml:lang='5' xmlns:x='y'/>"),
		      SV(XMLNS_CLIENT));

	ctx.sorted_attributes = true;
	ck_assert_int_eq(xmlwrite_elem(&out, e, &ctx, NULL), 0);
	buf_put_char(&out, '\0');
	ck_assert_str_eq(out.p, "<a b='3' xmlns:ns1='y' ns1:b='2' bb='4' c='1' xml:lang='5'/>");
}
END_TEST

/* Each as name, namespace, attribute name, its namespace, its value, text. */
static const struct {
	const char *name, *ns, *attr, *attr_ns, *value, *text;
} bad[] = {
	{ "", "x", "b", "", "", "" },
	{ "1", "x", "b", "", "", "" },
	{ "a:b", "x", "b", "", "", "" },
	{ "a b", "x", "b", "", "", "" },
	{ "a>", "x", "b", "", "", "" },
	{ "\xc3\x97", "x", "b", "", "", "" }, /* the multiplication sign is no name character */
	{ "a\xff", "x", "b", "", "", "" },
	{ "a", XMLNS_XMLNS, "b", "", "", "" },
	{ "a", "\x01", "b", "", "", "" },
	{ "a", "\xed\xa0\x80", "b", "", "", "" },
	{ "a", "x", "", "", "", "" },
	{ "a", "x", "b=", "", "", "" },
	{ "a", "x", "b:c", "", "", "" },
	{ "a", "x", "xmlns", "", "", "" },
	{ "a", "x", "b", XMLNS_XMLNS, "", "" },
	{ "a", "x", "b", "\x0b", "", "" },
	{ "a", "x", "b", "", "\x01", "" },
	{ "a", "x", "b", "", "\xef\xbf\xbe", "" },
	{ "a", "x", "b", "", "", "\x08" },
	{ "a", "x", "b", "", "", "\x1b[0m" },
	{ "a", "x", "b", "", "", "0123456789abcdef\x1f" },
	{ "a", "x", "b", "", "", "0123456789abcdef0123456789abcde\xc0" },
	{ "a", "x", "b", "", "", "\xc0\xbc" },
	{ "a", "x", "b", "", "", "\xed\xbf\xbf" },
	{ "a", "x", "b", "", "", "\xf4\x90\x80\x80" },
	{ "a", "x", "b", "", "", "\xe2\x82" },
	{ "a", "x", "b", "", "", "\xef\xbf\xbf" },
	{ "a", "x", "b", "", "", "\xef\xb7\x90" }, /* U+FDD0 */
	{ "a", "x", "b", "", "", "\xf0\x9f\xbf\xbe" },
};

START_TEST(what_xml_cannot_carry_is_refused_and_nothing_written)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct xmlwrite_issue issue = { 0 };
	struct elem *top = elem_new(&a, SV("x"), SV("top"));
	struct elem *e = elem_new(&a, strview_of(bad[_i].ns), strview_of(bad[_i].name));

	elem_add_text(&a, top, SV("before"));
	elem_add_child(&a, top, e);
	elem_add_attr(&a, e, strview_of(bad[_i].attr_ns), strview_of(bad[_i].attr),
		      strview_of(bad[_i].value));
	elem_add_text(&a, e, strview_of(bad[_i].text));
	buf_put_str(&out, "kept");
	ck_assert_int_eq(xmlwrite_elem(&out, top, &in_stream, &issue), -EINVAL);
	ck_assert_ptr_eq(issue.elem, e);
	ck_assert_ptr_nonnull(issue.text);
	ck_assert_uint_eq(out.n, 4);
	ck_assert_int_eq(out.error, 0);
	ck_assert_int_eq(xmlwrite_elem(&out, top, &in_stream, NULL), -EINVAL);
}
END_TEST

START_TEST(noncharacters_that_came_in_can_be_written)
{
	struct xmlwrite_context ctx = in_stream;
	CLEANUP(arena_done) struct arena a = { 0 };
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	const struct elem *e = parse(&a, SV("<a b='&#xFDD0;'>&#x1FFFE;</a>"), SV(XMLNS_CLIENT));

	ck_assert_int_eq(xmlwrite_elem(&out, e, &ctx, NULL), -EINVAL);
	ctx.noncharacters = true;
	ck_assert_int_eq(xmlwrite_elem(&out, e, &ctx, NULL), 0);
	buf_put_char(&out, '\0');
	ck_assert_str_eq(out.p, "<a b='\xef\xb7\x90'>\xf0\x9f\xbf\xbe</a>");
	/* but U+FFFE and U+FFFF never can */
	e = elem_add_new(&a, elem_new(&a, SV(""), SV("a")), SV(""), SV("b"), SV("\xef\xbf\xbe"));
	ck_assert_int_eq(xmlwrite_elem(&out, e, &ctx, NULL), -EINVAL);
}
END_TEST

START_TEST(an_attribute_that_occurs_twice_is_refused)
{
	static const size_t numbers[] = { 2, 3, 16, 17, 1000, 1024 };

	for (size_t k = 0; k < ARRAY_SIZE(numbers); k++) {
		CLEANUP(arena_done) struct arena a = { 0 };
		CLEANUP(buf_done) struct buf out = BUF_INIT;
		struct elem *e = elem_new(&a, SV(XMLNS_CLIENT), SV("a"));
		const struct elem *back;

		for (size_t i = 1; i < numbers[k]; i++)
			elem_add_attr(&a, e, i % 2 ? SV("") : SV("x"),
				      arena_printf(&a, "n%zu", numbers[k] - i), SV("v"));
		elem_add_attr(&a, e, SV("y"), SV("n1"), SV("w"));
		ck_assert_int_eq(xmlwrite_elem(&out, e, &in_stream, NULL), 0);
		back = parse(&a, buf_view(&out), SV(XMLNS_CLIENT));
		for (size_t i = 0; i < numbers[k]; i++) /* in order */
			ck_assert(strview_eq(back->attrs[i].name, e->attrs[i].name));
		e->attrs[numbers[k] - 1] = e->attrs[0];
		ck_assert_int_eq(xmlwrite_elem(&out, e, &in_stream, NULL), -EINVAL);
	}
}
END_TEST

START_TEST(size_and_depth_are_bounded)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct elem *e = elem_new(&a, SV("x"), SV("a")), *wide = elem_new(&a, SV("x"), SV("a"));
	struct xmlwrite_issue issue;

	for (size_t i = 1; i < 512; i++) {
		struct elem *outer = elem_new(&a, SV("x"), SV("a"));

		elem_add_child(&a, outer, e);
		e = outer;
	}
	ck_assert_int_eq(xmlwrite_elem(&out, e, &in_stream, NULL), 0);
	for (size_t i = 512; i < 100000; i++) {
		struct elem *outer = elem_new(&a, SV("x"), SV("a"));

		elem_add_child(&a, outer, e);
		e = outer;
		if (i == 512)
			ck_assert_int_eq(xmlwrite_elem(&out, e, &in_stream, &issue), -EINVAL);
	}
	ck_assert_int_eq(xmlwrite_elem(&out, e, &in_stream, &issue), -EINVAL);
	ck_assert_str_eq(issue.text, "nested too deeply");
	for (size_t i = 0; i < 1025; i++)
		elem_add_attr(&a, wide, SV(""), arena_printf(&a, "n%zu", i), SV(""));
	ck_assert_int_eq(xmlwrite_elem(&out, wide, &in_stream, &issue), -EINVAL);
	ck_assert_str_eq(issue.text, "too many attributes");
}
END_TEST

START_TEST(a_header_has_what_it_is_given)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct xmlwrite_header h = { .default_ns = SV(XMLNS_CLIENT),
				     .to = SV("a'b"),
				     .from = SV("c@d"),
				     .version = SV("1.0"),
				     .lang = SV("en") };
	struct xmlwrite_header component = { .default_ns = SV(XMLNS_COMPONENT), .to = SV("x") };

	ck_assert_int_eq(xmlwrite_header(&out, &h), 0);
	xmlwrite_footer(&out);
	buf_put_char(&out, '\n');
	ck_assert_int_eq(xmlwrite_header(&out, &component), 0);
	h.to = SV("\x02");
	ck_assert_int_eq(xmlwrite_header(&out, &h), -EINVAL);
	buf_put_char(&out, '\0');
	ck_assert_str_eq(out.p,
			 "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
			 "xmlns:stream='http://etherx.jabber.org/streams' from='c@d' to='a&apos;b' "
			 "version='1.0' xml:lang='en'></stream:stream>\n"
			 "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
			 "xmlns:stream='http://etherx.jabber.org/streams' to='x'>");
}
END_TEST

static unsigned next_random(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 8) % below;
}

static struct strview pick(unsigned *seed, const struct strview *from, unsigned n)
{
	return from[next_random(seed, n)];
}

static struct elem *random_tree(struct arena *a, unsigned *seed, unsigned depth)
{
	static const struct strview nss[] = { SV(""),	     SV(XMLNS_CLIENT), SV("urn:x"),
					      SV("urn:y&'"), SV(XMLNS_STREAM), SV(XMLNS_XML) };
	static const struct strview names[] = { SV("a"),       SV("b"),	       SV("c"),
						SV("message"), SV("\xc3\xa4"), SV("ns0") };
	static const struct strview texts[] = { SV(""),
						SV("x"),
						SV("<&>\"'"),
						SV(" \t\n\r "),
						SV("]]>"),
						SV("&#13;&amp;"),
						SV("\xf0\x9f\x99\x82"),
						SV("0123456789abcdef<0123456789abcdef") };
	struct elem *e = elem_new(a, pick(seed, nss, 6), pick(seed, names, 6));

	for (unsigned i = next_random(seed, 4); i-- > 0;) {
		struct strview ns = pick(seed, nss, 6), name = pick(seed, names, 6);
		bool there = false;

		for (size_t k = 0; k < e->n_attrs; k++)
			there |= strview_eq(e->attrs[k].name, name) &&
				 strview_eq(e->attrs[k].ns, ns);
		if (!there)
			elem_add_attr(a, e, ns, name, pick(seed, texts, 8));
	}
	for (unsigned i = depth ? next_random(seed, 5) : 0; i-- > 0;) {
		if (next_random(seed, 2))
			elem_add_child(a, e, random_tree(a, seed, depth - 1));
		else
			elem_add_text(a, e, pick(seed, texts, 8));
	}
	return e;
}

START_TEST(what_is_written_reads_as_the_same_tree)
{
	for (unsigned seed = (unsigned)_i * 200; seed < ((unsigned)_i + 1) * 200; seed++) {
		CLEANUP(arena_done) struct arena a = { 0 };
		CLEANUP(buf_done) struct buf out = BUF_INIT, again = BUF_INIT;
		unsigned state = seed;
		const struct elem *e = random_tree(&a, &state, 4), *back;
		struct xmlwrite_context ctx = { .default_ns = seed % 2 ? SV("urn:x") : SV(""),
						.sorted_attributes = seed % 3 == 0 };

		ck_assert_int_eq(xmlwrite_elem(&out, e, &ctx, NULL), 0);
		back = parse(&a, buf_view(&out), ctx.default_ns);
		ck_assert_msg(elem_equal(e, back), "%u: %.*s", seed, (int)out.n, out.p);
		ck_assert_int_eq(xmlwrite_elem(&again, back, &ctx, NULL), 0);
		ck_assert(strview_eq(buf_view(&out), buf_view(&again)));
	}
}
END_TEST

static void run_write(void *arg)
{
	struct buf out = BUF_INIT;
	int r;

	buf_put_str(&out, "kept");
	if (!out.error) {
		r = xmlwrite_elem(&out, arg, &in_stream, NULL);
		failmalloc_pause(true);
		ck_assert(r == 0 || (r == -ENOMEM && out.n == 4 && out.error == 0));
		failmalloc_pause(false);
	}
	buf_done(&out);
}

START_TEST(without_memory_nothing_is_written)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	struct elem *e = elem_new(&a, SV("x"), SV("a"));

	for (size_t i = 0; i < 40; i++)
		elem_add_attr(&a, e, SV("y"), arena_printf(&a, "attribute%zu", i), SV("value"));
	ck_assert_uint_gt(failmalloc_sweep(run_write, e), 3);
}
END_TEST

int main(void)
{
	struct suite_test tests[] = {
		{ these_elements_are_written_as_they_were, ARRAY_SIZE(same) },
		{ the_prefix_of_streams_is_used_where_it_is_bound, 0 },
		{ attributes_can_be_sorted, 0 },
		{ what_xml_cannot_carry_is_refused_and_nothing_written, ARRAY_SIZE(bad) },
		{ noncharacters_that_came_in_can_be_written, 0 },
		{ an_attribute_that_occurs_twice_is_refused, 0 },
		{ size_and_depth_are_bounded, 0 },
		{ a_header_has_what_it_is_given, 0 },
		{ what_is_written_reads_as_the_same_tree, 10 },
		{ without_memory_nothing_is_written, 0 },
	};

	return suite_run("xmlwrite", tests, ARRAY_SIZE(tests));
}
