/* Each kind of field, both ways, and each way in which an element can fail its class. */
#include <stdio.h>

#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse.h"
#include "protocol/xml/xmlwrite.h"
#include "protocol/xso/xso.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"
#include "tests/unit/xso_samples.h"

static struct arena arena;
static struct xso_context context;

static void begin(void)
{
	arena_init(&arena, 0);
	context = (struct xso_context){ .default_ns = SV(XMLNS_CLIENT), .registry = xso_samples() };
}

static void end(void)
{
	arena_done(&arena);
}

static const struct elem *parse(const char *xml)
{
	const struct elem *e;
	const char *text = "";

	ck_assert_msg(xmlparse_fragment(&arena, strview_of(xml), SV(XMLNS_SAMPLE), &e, &text) == 0,
		      "%s: %s", text, xml);
	return e;
}

static struct strview xml_of(const struct elem *e)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	const struct xmlwrite_context ctx = { .default_ns = SV(XMLNS_SAMPLE) };

	ck_assert_int_eq(xmlwrite_elem(&b, e, &ctx, NULL), 0);
	return arena_dup(&arena, buf_view(&b));
}

static const struct xso_class *class_of(const struct elem *e)
{
	return xso_registry_find(xso_samples(), e->ns, e->name, context.default_ns);
}

static void *decode(const char *xml)
{
	const struct elem *e = parse(xml);
	struct xso_issue issue = { 0 };
	struct xso *x = NULL;
	enum xso_result r = xso_decode(class_of(e), e, &context, &arena, &x, &issue);

	ck_assert_msg(r == XSO_OK, "%s: %.*s %s", xml, SV_ARG(issue.path), issue.text);
	return x;
}

#define expect(v, literal) ck_assert_msg(strview_is(v, literal), "%.*s, not %s", SV_ARG(v), literal)

/* What has a place in the class comes back in the order of its table, the rest behind. */
static const struct {
	const char *xml, *back; /* NULL: the same */
	bool left;		/* something is in `rest` */
} forms[] = {
	{ "<sample title='' colour='red' level='255' on='false' xml:lang='de'/>", NULL, false },
	{ "<sample level=' 007 ' on='1'/>", "<sample level='7' on='true'/>", false },
	{ "<sample colour='green' on='true'/>", NULL, false },
	{ "<sample level='256'/>", NULL, true },
	{ "<sample level='7' other='x'/>", NULL, true },
	{ "<sample xmlns:a='urn:a' a:title='x'/>", "<sample xmlns:ns0='urn:a' ns0:title='x'/>",
	  true },
	{ "<sample><jid node='n'>a@b</jid></sample>", NULL, false },
	{ "<sample><jid node=''>a@b</jid></sample>", NULL, false },
	{ "<sample><jid node='n' x='y'>a@b</jid></sample>", NULL, true },
	{ "<sample><jid x='y'>a@b</jid></sample>", NULL, true },
	{ "<sample><jid>a@b<x/></jid></sample>", NULL, true },
	{ "<sample><jid>a@b</jid><jid>c@d</jid></sample>", NULL, true },
	{ "<sample><jid xmlns='urn:else'>a@b</jid></sample>", NULL, false },
	{ "<sample><shade>red</shade></sample>", NULL, false },
	{ "<sample><shade>blue</shade></sample>", NULL, true },
	{ "<sample><shade>blue</shade><shade>red</shade></sample>",
	  "<sample><shade>red</shade><shade>blue</shade></sample>", true },
	{ "<sample><count>-9007199254740991</count></sample>", NULL, false },
	{ "<sample><yes> 0 </yes></sample>", "<sample><yes>false</yes></sample>", false },
	{ "<sample><stamp at='2026-11-22T18:00:00.125-14:00'/></sample>", NULL, false },
	{ "<sample><stamp at='2026-11-22T18:00:00Z'>x</stamp></sample>", NULL, true },
	{ "<sample><stamp/></sample>", NULL, true },
	{ "<sample><stamp at='2026-11-22T18:00:00Z' to='x'/></sample>", NULL, true },
	{ "<sample><loud/></sample>", NULL, false },
	{ "<sample><loud> </loud></sample>", "<sample><loud/></sample>", false },
	{ "<sample><loud>!</loud></sample>", NULL, true },
	{ "<sample><loud at='x'/></sample>", NULL, true },
	{ "<sample><loud/><loud/></sample>", NULL, true },
	{ "<sample><note>a</note><note xml:lang=''>b</note><note xml:lang='de'>c</note></sample>",
	  NULL, false },
	{ "<sample><note id='1'>a</note></sample>", NULL, true },
	{ "<sample><note><b/></note></sample>", NULL, true },
	{ "<sample><size>1</size> <size>65535</size></sample>",
	  "<sample><size>1</size><size>65535</size></sample>", false },
	{ "<sample><size>1</size><size x=''>2</size><size>3</size></sample>",
	  "<sample><size>1</size><size>3</size><size x=''>2</size></sample>", true },
	{ "<sample><speaks lang='en'/><speaks lang='de-CH-1996'/></sample>", NULL, false },
	{ "<sample><speaks lang='e n'/><speaks/><speaks lang='en'>x</speaks></sample>", NULL,
	  true },
	{ "<sample><hosts> <host>a:1</host> <host>b:2</host></hosts></sample>",
	  "<sample><hosts><host>a:1</host><host>b:2</host></hosts></sample>", false },
	{ "<sample><hosts/></sample>", NULL, false },
	{ "<sample><hosts><host>a:1</host>x</hosts></sample>", NULL, true },
	{ "<sample><hosts x=''><host>a:1</host></hosts></sample>", NULL, true },
	{ "<sample><hosts><host>a:1</host><guest/></hosts></sample>", NULL, true },
	{ "<sample><hosts><host x=''>a:1</host></hosts></sample>", NULL, true },
	{ "<sample><scores><score n='1'/><score n='-2'/></scores></sample>", NULL, false },
	{ "<sample><scores><score>1</score></scores></sample>", NULL, true },
	{ "<sample><header name='a'>1</header><header name=''>2</header></sample>", NULL, false },
	{ "<sample><header name='a'>1</header><header>2</header><header name='a'>3</header>"
	  "</sample>",
	  NULL, true },
	{ "<sample><header name='a' x=''>1</header></sample>", NULL, true },
	{ "<sample><part xmlns='" XMLNS_PART "' id='1' size='2' x='y'><x/></part></sample>", NULL,
	  false },
	{ "<sample><lax xmlns='" XMLNS_PART "' id='1'/></sample>", NULL, false },
	{ "<sample><lax xmlns='" XMLNS_PART "'/></sample>", NULL, true },
	{ "<sample><sad xmlns='" XMLNS_MOOD "'>why</sad></sample>", NULL, false },
	{ "<sample><glad xmlns='" XMLNS_MOOD "'/></sample>", NULL, true },
	{ "<sample><sad xmlns='" XMLNS_MOOD "' x=''/></sample>", NULL, true },
	{ "<sample><sad xmlns='" XMLNS_MOOD "'><x/></sad></sample>", NULL, true },
	{ "<sample><sad xmlns='" XMLNS_MOOD "'/><happy xmlns='" XMLNS_MOOD "'/></sample>", NULL,
	  true },
	{ "<sample><total>5</total></sample>", NULL, false },
	{ "<sample><a/><b/></sample>", NULL, true },
	{ "<sample>x<a/>y</sample>", "<sample><a/>xy</sample>", true },
	{ "<total>0</total>", NULL, false },
	{ "<total> 12 </total>", "<total>12</total>", false },
	{ "<total/>", NULL, false },
	{ "<total>1<x/>2</total>", "<total>12<x/></total>", true },
	{ "<lax-total>x</lax-total>", NULL, true },
	{ "<lax-total>256</lax-total>", NULL, true },
	{ "<lax-total>2<x/>5<y/>6</lax-total>", NULL, true },
	{ "<lax-total>5</lax-total>", NULL, false },
	{ "<closed id='1'> </closed>", "<closed id='1'/>", false },
	{ "<part xmlns='" XMLNS_PART "' id='1'><part id='2'/><part id='3'/></part>", NULL, false },
	{ "<ruled colour='red'><a>1</a><b>2</b></ruled>", NULL, false },
	{ "<ruled colour='green'><x/></ruled>", NULL, true },
	{ "<ruled colour='green'><c>1</c></ruled>", NULL, false },
	{ "<ruled><loud/><a>1</a></ruled>", NULL, false },
	{ "<ruled/>", NULL, false },
};

START_TEST(each_kind_of_field_comes_back)
{
	const char *xml = forms[_i].xml, *want = forms[_i].back ? forms[_i].back : xml;
	struct xso *x = decode(xml);
	struct elem *e = xso_encode(x, &context, &arena);
	struct strview got;

	ck_assert_ptr_nonnull(e);
	got = xml_of(e);
	/* names of prefixes and where namespaces are declared are the writer's */
	ck_assert_msg(elem_equal(parse(want), e), "%s\nbecame %.*s", want, SV_ARG(got));
	ck_assert_msg((x->rest.n_attrs || x->rest.first) == forms[_i].left, "%s", xml);
}
END_TEST

static const struct {
	const char *xml, *path, *text;
} issues[] = {
	{ "<sample colour='blue'/>", "/colour", "not valid" },
	{ "<sample colour=''/>", "/colour", "not valid" },
	{ "<sample on='yes'/>", "/on", "not valid" },
	{ "<sample><jid>@</jid></sample>", "/jid", "not valid" },
	{ "<sample><count>9007199254740992</count></sample>", "/count", "not valid" },
	{ "<sample><yes/></sample>", "/yes", "not valid" },
	{ "<sample><stamp at='2026-11-22'/></sample>", "/stamp", "not valid" },
	{ "<sample><size>65536</size></sample>", "/sizes/0", "not valid" },
	{ "<sample><size>1</size><size x=''/><size>-1</size></sample>", "/sizes/1", "not valid" },
	{ "<sample><hosts><host>a:1</host><host/></hosts></sample>", "/hosts/1", "not valid" },
	{ "<sample><scores><score n=''/></scores></sample>", "/scores/0", "not valid" },
	{ "<sample><header name='a/b~c'>x</header></sample>", "/headers/a~1b~0c", "not valid" },
	{ "<sample><header name=''>x</header></sample>", "/headers/", "not valid" },
	{ "<sample><part xmlns='" XMLNS_PART "'/></sample>", "/part/id", "required" },
	{ "<sample><part xmlns='" XMLNS_PART "' id='1'><part id='2'/><part id='3' size='300'/>"
	  "</part></sample>",
	  "/part/parts/1/size", "not valid" },
	{ "<sample><closed x=''/></sample>", "/any/other_attrs", "no other attributes" },
	{ "<sample><total>x</total></sample>", "/any/total", "not valid" },
	{ "<total>256</total>", "/total", "not valid" },
	{ "<total>1<x/>x</total>", "/total", "not valid" },
	{ "<part xmlns='" XMLNS_PART "'/>", "/id", "required" },
	{ "<closed id='1' x=''/>", "/other_attrs", "no other attributes" },
	{ "<closed><x/></closed>", "/other", "no other children" },
	{ "<closed> x </closed>", "/other", "no text" },
	{ "<ruled colour='red'/>", "/a", "red needs both" },
	{ "<ruled colour='red'><a/></ruled>", "/b", "red needs both" },
	{ "<ruled colour='red'><a/><x/></ruled>", "/b", "red needs both" },
	{ "<ruled colour='green'/>", "/c", "green needs" },
	{ "<ruled colour='green'>text</ruled>", "/c", "green needs" },
	{ "<ruled><loud/><c/></ruled>", "/c", "alone" },
	{ "<ruled><loud/><x/></ruled>", "/other", "alone" },
	{ "<ruled><loud/>x</ruled>", "/other", "alone" },
	/* the first one is told */
	{ "<sample on='x'><size>x</size></sample>", "/on", "not valid" },
	{ "<sample><size>x</size><jid>@</jid></sample>", "/sizes/0", "not valid" },
};

START_TEST(each_way_to_fail_a_class_is_told_with_its_place)
{
	const struct elem *e = parse(issues[_i].xml);
	struct xso_issue issue = { 0 };
	struct xso *x = NULL;

	ck_assert_int_eq(xso_decode(class_of(e), e, &context, &arena, &x, &issue), XSO_INVALID);
	ck_assert_ptr_eq(x->cls, class_of(e));
	expect(issue.path, issues[_i].path);
	ck_assert_msg(strstr(issue.text, issues[_i].text), "%s", issue.text);
}
END_TEST

START_TEST(what_is_of_no_class_can_be_refused_where_a_class_is_needed)
{
	const struct elem *e = parse("<sample><x/></sample>");
	struct xso_issue issue;
	struct xso *x;

	context.reject_unknown = true;
	ck_assert_int_eq(xso_decode(&sample_class, e, &context, &arena, &x, &issue), XSO_INVALID);
	expect(issue.path, "/any");
}
END_TEST

static const char everything[] =
	"<sample title='t' colour='red' level='1' on='0' xml:lang='en' more='m'>"
	"<jid node='n'>m\xc3\xa4x@b</jid><shade>red</shade><count>5</count><yes>1</yes>"
	"<stamp at='2026-11-22T18:00:00Z'/><loud/><note>a</note><note xml:lang='de'>b</note>"
	"<size>1</size><size>2</size><speaks lang='en'/><hosts><host>[::1]:5</host></hosts>"
	"<scores><score n='3'/></scores><header name='a'>1</header><header name='b'>2</header>"
	"<header name='c'>3</header><header name='a'>4</header>"
	"<part xmlns='" XMLNS_PART "' id='p'><part id='q'/></part><lax xmlns='" XMLNS_PART
	"' id='l'/><sad xmlns='" XMLNS_MOOD "'>text</sad><total>8</total>x<more/>y</sample>";

START_TEST(members_have_the_values)
{
	const struct sample *s = decode(everything);
	const union xso_value *sizes = s->sizes.items, *hosts = s->hosts.items;
	const union xso_value *speaks = s->speaks.items, *scores = s->scores.items;
	const struct xso_pair *pairs = s->headers.items;
	struct sample_part *const *parts = s->part->parts.items;

	expect(s->title, "t");
	ck_assert_uint_eq(s->colour, COLOUR_RED);
	ck_assert_int_eq(s->level, 1);
	ck_assert(!s->on && s->yes && s->loud);
	expect(s->jid_node, "n");
	ck_assert_int_eq(s->count, 5);
	expect(xso_text_main(&s->notes)->text, "a");
	ck_assert_uint_eq(s->sizes.n, 2);
	ck_assert_int_eq(sizes[1].number, 2);
	expect(speaks[0].text, "en");
	expect(hosts[0].text, "[::1]:5");
	ck_assert_int_eq(scores[0].number, 3);
	ck_assert_uint_eq(s->headers.n, 3);
	expect(pairs[1].key, "b");
	ck_assert_int_eq(pairs[1].value.number, 2);
	expect(parts[0]->id, "q");
	expect(s->lax->id, "l");
	expect(s->mood, "sad");
	expect(s->mood_text, "text");
	ck_assert(xso_is(s->any.xso, &sample_total_class));
	ck_assert_int_eq(((const struct sample_total *)s->any.xso)->total, 8);
}
END_TEST

START_TEST(absent_members_have_their_defaults_and_stay_absent)
{
	const struct sample *s = decode("<sample level='x'/>");

	ck_assert_uint_eq(s->colour, COLOUR_GREEN);
	ck_assert(s->on);
	ck_assert_int_eq(s->count, 7);
	expect(s->stamp, "1970-01-01T00:00:00Z");
	ck_assert(!xso_has(&s->xso, offsetof(struct sample, count)));
	expect(xml_of(xso_encode(&s->xso, &context, &arena)), "<sample level='x'/>");
	ck_assert_int_eq(((struct sample_total *)decode("<lax-total>x</lax-total>"))->total, 9);
}
END_TEST

static struct elem *headers(size_t n)
{
	struct elem *e = elem_new(&arena, SV(XMLNS_SAMPLE), SV("sample"));

	for (size_t i = 0; i < 2 * n; i++) {
		struct strview key = arena_printf(&arena, "%zu", i * 7919 % n);
		struct elem *child =
			elem_add_new(&arena, e, SV(XMLNS_SAMPLE), SV("header"), SV("1"));

		ck_assert_int_eq(elem_add_attr(&arena, child, SV_NONE, SV("name"), key), 0);
	}
	return e;
}

START_TEST(keys_of_a_map_are_unique_however_many)
{
	static const size_t many[] = { 1, 2, 3, 4, 7, 8, 9, 100, 100000 };
	size_t n = many[_i];
	const struct elem *e = headers(n);
	const struct sample *s;
	struct xso_issue issue;
	const struct elem_node *node;
	struct xso *x;

	ck_assert_int_eq(xso_decode(&sample_class, e, &context, &arena, &x, &issue), XSO_OK);
	s = (const struct sample *)x;
	ck_assert_uint_eq(s->headers.n, n);
	node = x->rest.first;
	for (size_t i = 0; i < n; i++) {
		expect(((struct xso_pair *)s->headers.items)[i].key,
		       arena_printf(&arena, "%zu", i * 7919 % n).p);
		ck_assert_ptr_nonnull(node);
		node = node->next;
	}
	ck_assert_ptr_null(node);
}
END_TEST

static void run_without_memory(void *arg)
{
	const struct elem *e = arg;
	struct elem *again = NULL;
	struct arena scratch;
	struct xso_issue issue;
	enum xso_result r;
	struct xso *x;

	arena_init(&scratch, 0);
	r = xso_decode(class_of(e), e, &context, &scratch, &x, &issue);
	if (r == XSO_OK)
		again = xso_encode(x, &context, &scratch);
	failmalloc_pause(true);
	ck_assert(r == XSO_OK || r == XSO_NO_MEMORY);
	if (again)
		ck_assert(strview_eq(xml_of(again),
				     xml_of(xso_encode(decode(everything), &context, &arena))));
	failmalloc_pause(false);
	arena_done(&scratch);
}

START_TEST(without_memory_nothing_comes_out)
{
	ck_assert_uint_gt(failmalloc_sweep(run_without_memory, (void *)parse(everything)), 0);
}
END_TEST

/* The same for every single allocation from the arena; _i: whether of what fails its class. */
START_TEST(a_full_arena_is_an_error_wherever_it_fills_up)
{
	const struct elem *e = parse(_i ? issues[_i - 1].xml : everything);
	enum xso_result want = _i ? XSO_INVALID : XSO_OK;
	size_t failed = 0, done = 0;

	for (size_t room = 0; room < (_i ? 3000 : 20000); room += 16) {
		struct arena scratch;
		struct xso_issue issue;
		struct elem *again = NULL;
		enum xso_result r;
		struct xso *x;

		arena_init(&scratch, 0);
		ck_assert_ptr_nonnull(arena_alloc(&scratch, 20000));
		scratch.max = scratch.used; /* no block more */
		scratch.cur = scratch.end - room;
		r = xso_decode(class_of(e), e, &context, &scratch, &x, &issue);
		if (r == XSO_OK)
			again = xso_encode(x, &context, &scratch);
		ck_assert(r == want || r == XSO_NO_MEMORY);
		if (r == XSO_NO_MEMORY || (want == XSO_OK && !again))
			failed++;
		else
			done++;
		arena_done(&scratch);
	}
	ck_assert_uint_gt(failed, 0);
	ck_assert_uint_gt(done, 0);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ each_kind_of_field_comes_back, ARRAY_SIZE(forms) },
		{ each_way_to_fail_a_class_is_told_with_its_place, ARRAY_SIZE(issues) },
		{ what_is_of_no_class_can_be_refused_where_a_class_is_needed, 0 },
		{ members_have_the_values, 0 },
		{ absent_members_have_their_defaults_and_stay_absent, 0 },
		{ keys_of_a_map_are_unique_however_many, 9 },
		{ without_memory_nothing_comes_out, 0 },
		{ a_full_arena_is_an_error_wherever_it_fills_up, ARRAY_SIZE(issues) + 1 },
	};

	return suite_run_with("xso_fields", begin, end, tests, ARRAY_SIZE(tests));
}
