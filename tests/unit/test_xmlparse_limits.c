/* What a peer can make the parser hold or do: budgets, memory over time, failing allocations. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse_internal.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"
#include "tests/unit/xmlfeed.h"

#define HEAD   "<stream:stream xmlns='jabber:client' xmlns:stream='" XMLNS_STREAM "'>"
#define E_HEAD "H -|-|-|-|-|jabber:client\n"

static const struct xmlparse_limits small = {
	.max_stanza_bytes = 200,
	.max_depth = 4,
	.max_elements = 6,
	.max_attrs = 3,
	.max_tag_bytes = 90,
	.max_name_bytes = 10,
	.max_header_bytes = 100,
};

/* `n` times `c` in place of `@` of `in`; the parser's answer to all. */
static const struct {
	const char *in, c;
	size_t n;
	const char *events; /* after the header */
} rows[] = {
	/* --- bytes of an element; <a></a> is 7 --- */
	{ "<a>@</a>", 'x', 193, "E\n" },
	{ "<a>@</a>", 'x', 194, "!\n" },
	{ "<b/>  <a>@</a>", 'x', 193, "E\nE\n" },
	{ "<b/>  <a>@</a>", 'x', 194, "E\n!\n" },
	{ "<a>@</a>", '\n', 194, "!\n" },
	{ "<a>@", '&', 196, "" },
	{ "<a>@", '&', 198, "!\n" },
	{ "@<a/>", ' ', 5000, "E\n" },
	{ "@", ' ', 5000, "" },
	{ "<a><![CDATA[@]]></a>", 'x', 181, "E\n" },
	{ "<a><![CDATA[@]]></a>", 'x', 182, "!\n" },
	{ "</@", 'x', 197, "" },
	{ "</@", 'x', 199, "!\n" },
	/* --- bytes of a start tag; <a b=''/> is 9 --- */
	{ "<a b='@'/>", 'x', 81, "E\n" },
	{ "<a b='@'/>", 'x', 82, "!\n" },
	{ "<a b='@'/>", '>', 82, "!\n" },
	{ "<a><b c='@'/></a>", 'x', 81, "E\n" },
	{ "<a><b c='@'/></a>", 'x', 82, "!\n" },
	{ "<a b='@", '&', 85, "!\n" },
	/* --- names --- */
	{ "<@/>", 'n', 10, "E\n" },
	{ "<@/>", 'n', 11, "!\n" },
	{ "<a @=''/>", 'n', 10, "E\n" },
	{ "<a @=''/>", 'n', 11, "!\n" },
	/* --- shape: here each `@` is a whole piece --- */
	{ "<a><a><a><a/></a></a></a>@", ' ', 0, "E\n" },
	{ "<a><a><a><a><a/></a></a></a></a>@", ' ', 0, "!\n" },
	{ "<a><b/><b/><b/><b/><b/></a><a><b/></a>@", ' ', 0, "E\nE\n" },
	{ "<a><b/><b/><b/><b/><b/><b/></a>@", ' ', 0, "!\n" },
	{ "<a b='' c='' d=''/>@", ' ', 0, "E\n" },
	{ "<a b='' c='' d='' e=''/>@", ' ', 0, "!\n" },
};

/* Only the kinds of events, and what stands after `!` must be policy-violation. */
static void shorten(struct buf *log, struct buf *kinds)
{
	char *save, *line;

	buf_put_char(log, '\0');
	for (line = strtok_r(log->p, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (line[0] == '!')
			ck_assert_str_eq(line, "! policy-violation");
		buf_put_char(kinds, line[0]);
		buf_put_char(kinds, '\n');
	}
	buf_put_char(kinds, '\0');
}

static void build(struct buf *in, int i)
{
	const char *at = strchr(rows[i].in, '@');

	buf_put_str(in, HEAD);
	buf_put(in, rows[i].in, (size_t)(at - rows[i].in));
	for (size_t k = 0; k < rows[i].n; k++)
		buf_put_char(in, rows[i].c);
	buf_put_str(in, at + 1);
}

static void check_row(int i, size_t max, unsigned seed)
{
	CLEANUP(buf_done) struct buf in = BUF_INIT, log = BUF_INIT, kinds = BUF_INIT;
	struct xmlparse *p = xmlparse_new(&small);

	build(&in, i);
	if (max)
		ck_assert_int_eq(xmlfeed_cut(p, buf_view(&in), max, &seed, &log), 0);
	else
		ck_assert_int_eq(xmlfeed_push(p, buf_view(&in), &log), 0);
	shorten(&log, &kinds);
	ck_assert_msg(kinds.p[0] == 'H' && strcmp(kinds.p + 2, rows[i].events) == 0,
		      "%s with %zu (pieces to %zu): %s instead of %s", rows[i].in, rows[i].n, max,
		      kinds.p + 2, rows[i].events);
	xmlparse_free(p);
}

START_TEST(a_budget_ends_at_the_same_byte_however_it_is_cut)
{
	check_row(_i, 0, 0);
	check_row(_i, 1, 0);
	for (unsigned seed = 0; seed < 30; seed++)
		check_row(_i, 2 + seed * 2, seed);
}
END_TEST

START_TEST(a_header_has_a_budget)
{
	static const char *const heads[] = { "                    %s",
					     "<?xml                    %s",
					     "<!--                %s", "<stream:stream to='%s" };

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		for (size_t step = 1; step <= 1000; step *= 10) {
			CLEANUP(buf_done) struct buf in = BUF_INIT, log = BUF_INIT;
			struct xmlparse *p = xmlparse_new(&small);
			unsigned seed = 1;

			buf_put(&in, heads[i], (size_t)(strchr(heads[i], '%') - heads[i]));
			while (in.n <= small.max_header_bytes)
				buf_put_char(&in, ' ');
			ck_assert_int_eq(xmlfeed_cut(p, buf_view(&in), step, &seed, &log), 0);
			buf_put_char(&log, '\0');
			ck_assert_str_eq(log.p,
					 i == 2 ? "! restricted-xml\n" : "! policy-violation\n");
			xmlparse_free(p);
		}
}
END_TEST

/* How many times `piece` can be pushed behind `before` until there is an event. */
static size_t pieces_until_event(const char *before, const char *piece, size_t most)
{
	CLEANUP(buf_done) struct buf log = BUF_INIT, block = BUF_INIT;
	struct xmlparse *p = xmlparse_new(NULL);
	size_t n = 0, per_block;

	ck_assert_int_eq(xmlfeed_push(p, SV(HEAD), &log), 0);
	ck_assert_int_eq(xmlfeed_push(p, strview_of(before), &log), 0);
	buf_clear(&log);
	for (per_block = 0; block.n + strlen(piece) < XMLPARSE_MAX_PUSH; per_block++)
		buf_put_str(&block, piece);
	for (; n < most && log.n == 0; n += per_block)
		ck_assert_int_eq(xmlfeed_push(p, buf_view(&block), &log), 0);
	buf_put_char(&log, '\0');
	ck_assert_str_eq(log.p, "! policy-violation\n");
	xmlparse_free(p);
	return n;
}

START_TEST(a_bomb_is_refused_before_it_costs_much)
{
	/* libxml2 would take 3,000,000 levels */
	ck_assert_uint_lt(pieces_until_event("", "<a>", 3000000), 6000);
	/* and compare 111,845 attributes with each other, for seconds */
	ck_assert_uint_lt(pieces_until_event("<a", " b1234=''", 111845) * 9, 80 * 1024);
	ck_assert_uint_lt(pieces_until_event("<a>", "<b/>", 3000000), 105000);
	ck_assert_uint_lt(pieces_until_event("<a>", "&", 11000000), 4300000);
	ck_assert_uint_lt(pieces_until_event("<a>", "0123456789abcdef", 700000), 270000);
	ck_assert_uint_lt(pieces_until_event("<a><![CDATA[", "0123456789abcdef", 700000), 270000);
}
END_TEST

static size_t resident(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long size, pages;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%lu %lu", &size, &pages), 2);
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED 0
#endif

/* Elements with a number between the parts. */
static const struct name_form {
	const char *parts[3];
} name_forms[] = {
	{ { "<n", "/>", NULL } },
	{ { "<a n", "=''/>", NULL } },
	{ { "<p", ":a xmlns:p", "='x'/>" } },
	{ { "<a xmlns='urn:", "'/>", NULL } },
};

static void put_named(struct buf *in, const struct name_form *form, size_t number)
{
	buf_put_str(in, form->parts[0]);
	for (size_t i = 1; i < ARRAY_SIZE(form->parts) && form->parts[i]; i++)
		buf_printf(in, "%zu%s", number, form->parts[i]);
}

/* Pushes n elements of distinct names in chunks that end anywhere; each must come out in turn. */
static void push_names(struct xmlparse *p, const struct name_form *form, size_t from, size_t n)
{
	CLEANUP(buf_done) struct buf in = BUF_INIT;
	size_t told = from, pushed = from;
	uint64_t fed = p->fed;

	while (told < from + n) {
		struct xmlparse_event ev;
		size_t take;

		for (; in.n < XMLPARSE_MAX_PUSH && pushed < from + n; pushed++)
			put_named(&in, form, pushed);
		take = in.n < XMLPARSE_MAX_PUSH ? in.n : XMLPARSE_MAX_PUSH;
		ck_assert_int_eq(xmlparse_push(p, (struct strview){ in.p, take }), 0);
		fed += take;
		ck_assert(p->fed == fed);
		buf_consume(&in, take);
		for (; xmlparse_next(p, &ev); told++) {
			char name[32];
			bool by_elem = form == &name_forms[0], by_attr = form == &name_forms[1];

			if (ev.what != XMLPARSE_ELEMENT)
				ck_abort_msg("no element");
			snprintf(name, sizeof(name), "n%zu", told);
			if (!strview_is(ev.elem->name, by_elem ? name : "a") ||
			    (by_attr && !strview_is(ev.elem->attrs[0].name, name)))
				ck_abort_msg("not %s", name);
		}
	}
}

START_TEST(a_stream_of_ever_new_names_does_not_grow)
{
	const struct name_form *form = &name_forms[_i];
	struct xmlparse *p = xmlparse_new(NULL);
	size_t before;

	ck_assert_int_eq(xmlparse_push(p, SV(HEAD)), 0);
	ck_assert(xmlparse_next(p, &(struct xmlparse_event){ 0 }));
	push_names(p, form, 0, 100000);
	before = resident();
	push_names(p, form, 100000, SANITIZED ? 50000 : 500000);
	if (!SANITIZED)
		ck_assert_uint_lt(resident(), before + 512 * 1024);
	ck_assert_uint_lt(xmlDictGetUsage(p->ctxt->dict), 512 * 1024);
	xmlparse_free(p);
}
END_TEST

/* A stream whose header declares n prefixes; what its dictionary takes. */
static struct xmlparse *open_with_prefixes(size_t n, unsigned long *ret_use)
{
	struct xmlparse_limits limits = { .max_header_bytes = 1000000, .max_tag_bytes = 1000000 };
	CLEANUP(buf_done) struct buf head = BUF_INIT;
	CLEANUP(buf_done) struct buf log = BUF_INIT;
	struct xmlparse *p = xmlparse_new(&limits);

	buf_put_str(&head, "<stream:stream xmlns:stream='" XMLNS_STREAM "'");
	for (size_t i = 0; i < n; i++)
		buf_printf(&head, " xmlns:p%zu='u%zu'", i, i);
	buf_put_str(&head, ">");
	ck_assert_int_eq(xmlfeed_push(p, buf_view(&head), &log), 0);
	ck_assert_uint_gt(log.n, 0);
	*ret_use = xmlDictGetUsage(p->ctxt->dict);
	return p;
}

/*
 * The dictionary grows in ever larger steps: after a header that fills one to the brim, a single
 * new name looks like much.
 */
START_TEST(a_long_header_is_not_parsed_anew_for_each_element)
{
	size_t low = 1000, high = 10000, contexts = 0;
	struct xmlparse *p;
	unsigned long use;
	uint64_t last;

	while (high - low > 1) {
		size_t n = (low + high) / 2;

		xmlparse_free(open_with_prefixes(n, &use));
		*(use > 100000 ? &high : &low) = n;
	}
	p = open_with_prefixes(low, &use);
	last = p->replaced;
	for (size_t i = 0; i < 20000; i++) {
		push_names(p, &name_forms[0], 1000000000000 + i, 1);
		contexts += p->replaced != last;
		last = p->replaced;
	}
	ck_assert_uint_ge(contexts, 1);
	ck_assert_uint_le(contexts, p->fed / (64 * 1024));
	xmlparse_free(p);
}
END_TEST

START_TEST(a_stream_that_never_pauses_does_not_grow)
{
	static const char stanza[] = "<message from='a@b/c' to='d@e'><body>hello</body></message>";
	CLEANUP(buf_done) struct buf in = BUF_INIT;
	struct xmlparse *p = xmlparse_new(NULL);
	struct xmlparse_event ev;
	size_t n = 0, most = 0;

	ck_assert_int_eq(xmlparse_push(p, SV(HEAD)), 0);
	ck_assert(xmlparse_next(p, &ev));
	for (size_t i = 0; i < 5000; i++) {
		while (in.n < 1000) /* never at the end of a stanza */
			buf_put(&in, stanza, sizeof(stanza) - 1);
		ck_assert_int_eq(xmlparse_push(p, (struct strview){ in.p, 1000 }), 0);
		buf_consume(&in, 1000);
		while (xmlparse_next(p, &ev))
			n += ev.what == XMLPARSE_ELEMENT;
		if (p->arenas[0].used + p->arenas[1].used > most)
			most = p->arenas[0].used + p->arenas[1].used;
	}
	ck_assert_uint_gt(n, 80000);
	ck_assert_uint_lt(most, 64 * 1024);
	xmlparse_free(p);
}
END_TEST

START_TEST(an_idle_stream_holds_nothing)
{
	CLEANUP(buf_done) struct buf log = BUF_INIT;
	struct xmlparse *p = xmlparse_new(NULL);
	CLEANUP(buf_done) struct buf big = BUF_INIT;

	buf_put_str(&big, "<a>");
	while (big.n < 100000)
		buf_put_str(&big, "&amp;");
	buf_put_str(&big, "</a> ");
	ck_assert_int_eq(xmlfeed_push(p, SV(HEAD), &log), 0);
	ck_assert_int_eq(xmlfeed_push(p, buf_view(&big), &log), 0);
	xmlparse_relax(p);
	ck_assert_ptr_null(p->ctxt);
	ck_assert_ptr_null(p->old_dict);
	ck_assert_uint_eq(p->arenas[0].used + p->arenas[1].used, 0);
	ck_assert_uint_eq(p->pieces.cap, 0);
	ck_assert_uint_lt(p->header.cap, 512);
	xmlparse_free(p);
}
END_TEST

START_TEST(text_and_attributes_take_a_bounded_multiple_of_their_bytes)
{
	static const char *const pieces[] = {
		"<b c='' d='' e=''/>",
		"<b/>",
		"&#38;",
		"x<b/>",
	};
	struct xmlparse_limits limits = { .max_stanza_bytes = 256 * 1024 };

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		CLEANUP(buf_done) struct buf in = BUF_INIT, log = BUF_INIT;
		struct xmlparse *p = xmlparse_new(&limits);

		buf_put_str(&in, HEAD "<a>");
		while (in.n < limits.max_stanza_bytes - 100)
			buf_put_str(&in, pieces[i]);
		ck_assert_int_eq(xmlfeed_push(p, buf_view(&in), &log), 0);
		ck_assert_uint_eq(log.n, strlen(E_HEAD));
		ck_assert_uint_lt(p->arenas[0].used + p->arenas[1].used + p->pieces.cap,
				  limits.max_stanza_bytes * 40);
		ck_assert_int_eq(xmlfeed_push(p, SV("</a>"), &log), 0);
		ck_assert_uint_gt(log.n, in.n / 2);
		xmlparse_free(p);
	}
}
END_TEST

static const char transcript[] =
	"<?xml version='1.0'?>" HEAD
	"<m a='1' b='&lt;' x:c='3' xmlns:x='urn:x'><body>1 &amp; 2 <![CDATA[3]]> 4</body><n/></m>"
	"\n<iq><q xmlns='urn:q'/></iq><!-- -->";

static void run_transcript(void *arg)
{
	static const char expected[] =
		E_HEAD "E <m a='1' b='&lt;' xmlns:ns2='urn:x' ns2:c='3'><body>1 &amp; 2 3 4</body>"
		       "<n/></m>\nE <iq><q xmlns='urn:q'/></iq>\n! restricted-xml\n";
	const size_t *step = arg;
	struct buf log = BUF_INIT;
	struct xmlparse *p = xmlparse_new(NULL);
	int r = p ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof(transcript) - 1 && r == 0; i += *step) {
		size_t n = sizeof(transcript) - 1 - i;
		struct xmlparse_event ev;

		r = xmlparse_push(p, (struct strview){ transcript + i, n < *step ? n : *step });
		failmalloc_pause(true);
		while (xmlparse_next(p, &ev))
			xmlfeed_log(&log, &ev);
		if (*step < 8)
			xmlparse_relax(p);
		failmalloc_pause(false);
	}
	failmalloc_pause(true);
	if (r == 0) {
		ck_assert_uint_eq(log.n, sizeof(expected) - 1);
	} else {
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert(!p || !xmlparse_next(p, &(struct xmlparse_event){ 0 }));
	}
	ck_assert(strview_has_prefix(strview_of(expected), buf_view(&log)));
	buf_done(&log);
	xmlparse_free(p);
	failmalloc_pause(false);
}

START_TEST(without_memory_it_says_so_and_tells_nothing_wrong)
{
	size_t steps[] = { 1, 7, 100, sizeof(transcript) };

	xmlInitParser();
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		ck_assert_uint_gt(failmalloc_sweep(run_transcript, &steps[i]), 20);
}
END_TEST

int main(void)
{
	struct suite_test tests[] = {
		{ a_budget_ends_at_the_same_byte_however_it_is_cut, ARRAY_SIZE(rows) },
		{ a_header_has_a_budget, 0 },
		{ a_bomb_is_refused_before_it_costs_much, 0 },
		{ a_stream_of_ever_new_names_does_not_grow, ARRAY_SIZE(name_forms) },
		{ a_long_header_is_not_parsed_anew_for_each_element, 0 },
		{ a_stream_that_never_pauses_does_not_grow, 0 },
		{ an_idle_stream_holds_nothing, 0 },
		{ text_and_attributes_take_a_bounded_multiple_of_their_bytes, 0 },
		{ without_memory_it_says_so_and_tells_nothing_wrong, 0 },
	};

	return suite_run("limits of xmlparse", tests, ARRAY_SIZE(tests));
}
