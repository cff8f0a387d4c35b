/* What only the own account, or an archive that was asked, may send. */
#include <stdlib.h>

#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse.h"
#include "protocol/xso/xso_archives.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"
#include "tests/unit/xso_samples.h"

static struct arena arena;

static void begin(void)
{
	arena_init(&arena, 0);
}

static void end(void)
{
	arena_done(&arena);
}

#define CHILDREN                                                                                   \
	"<copy xmlns='" XMLNS_PART "' id='1'/><result xmlns='" XMLNS_PART "' id='2'/></envelope>"

static const struct elem *parse(const char *attrs)
{
	struct strview xml = arena_printf(&arena, "<envelope %s>" CHILDREN, attrs);
	const struct elem *e;
	const char *text = "";

	ck_assert_msg(xmlparse_fragment(&arena, xml, SV(XMLNS_CLIENT), &e, &text) == 0, "%s", text);
	return e;
}

static const struct strview asked_jids[] = { { "archive.test", 12 }, { "room@muc.test", 13 } };
static const struct xso_archives asked = { .jids = asked_jids, .n_jids = 2 };
static const struct xso_archives all = { .jids = asked_jids, .n_jids = 2, .own = true };

static const struct {
	const char *attrs, *account;
	const struct xso_archives *archives;
	bool copy, result;
} cases[] = {
	{ "from='a@b' to='a@b/r'", "a@b", NULL, true, false },
	{ "from='a@b' to='a@b/r'", "a@b", &asked, true, false },
	{ "from='a@b' to='a@b/r'", "a@b", &all, true, true },
	{ "to='a@b/r'", "a@b", &all, true, true },
	{ "to='a@b/r'", "a@b", &asked, true, false },
	{ "", "a@b", &all, true, true },
	/* in other words, the same */
	{ "from='A@B'", "a@b", &all, true, true },
	{ "from='\xc3\x84@b'", "\xc3\xa4@b", &all, true, true },
	/* others, and who only look like it */
	{ "from='c@b' to='a@b/r'", "a@b", &all, false, false },
	{ "from='a@b/r' to='a@b/r'", "a@b", &all, false, false },
	{ "from='b' to='a@b/r'", "a@b", &all, false, false },
	{ "from='a@b.c' to='a@b/r'", "a@b", &all, false, false },
	{ "from='' to='a@b/r'", "a@b", &all, false, false },
	{ "from='@@' to='a@b/r'", "a@b", &all, false, false },
	{ "xmlns:x='urn:x' x:from='a@b' from='c@b'", "a@b", &all, false, false },
	/* what the stanza says of its receiver does not count */
	{ "from='c@b' to='c@b/r'", "a@b", &all, false, false },
	/* archives that were asked */
	{ "from='archive.test'", "a@b", &asked, false, true },
	{ "from='room@muc.test'", "a@b", &asked, false, true },
	{ "from='ROOM@muc.test'", "a@b", &asked, false, true },
	{ "from='room@muc.test/nick'", "a@b", &asked, false, false },
	{ "from='else@muc.test'", "a@b", &asked, false, false },
	{ "from='archive.test'", "a@b", NULL, false, false },
	/* without a known account it is that of the receiver */
	{ "from='a@b' to='a@b/r'", "", &all, true, true },
	{ "from='a@b' to='A@b'", "", &all, true, true },
	{ "from='c@b' to='a@b/r'", "", &all, false, false },
	{ "from='a@b'", "", &all, false, false },
	{ "from='' to=''", "", &all, false, false },
	{ "from='@' to='@'", "", &all, false, false },
	{ "", "", &all, true, true },
};

static const struct sample_envelope *decode(const struct elem *e, const struct xso_context *ctx,
					    struct arena *a)
{
	struct xso_issue issue = { 0 };
	struct xso *x = NULL;
	enum xso_result r = xso_decode(&sample_envelope_class, e, ctx, a, &x, &issue);

	ck_assert_msg(r == XSO_OK || r == XSO_NO_MEMORY, "%s", issue.text);
	return (const struct sample_envelope *)x;
}

static bool is_left(const struct sample_envelope *x, const char *name)
{
	return elem_child(&x->xso.rest, XMLNS_PART, name);
}

START_TEST(only_the_entitled_sender_is_believed)
{
	struct xso_context ctx = {
		.default_ns = SV(XMLNS_CLIENT),
		.registry = xso_samples(),
		.account = strview_of(cases[_i].account),
		.archives = cases[_i].archives,
	};
	const struct elem *e = parse(cases[_i].attrs);
	const struct sample_envelope *x = decode(e, &ctx, &arena);

	ck_assert_int_eq(x->copy != NULL, cases[_i].copy);
	ck_assert_int_eq(x->result != NULL, cases[_i].result);
	ck_assert_int_eq(is_left(x, "copy"), !cases[_i].copy);
	ck_assert_int_eq(is_left(x, "result"), !cases[_i].result);
	ck_assert_ptr_nonnull(xso_encode(&x->xso, &ctx, &arena));
}
END_TEST

START_TEST(inside_of_something_else_nobody_is)
{
	struct xso_context ctx = {
		.default_ns = SV(XMLNS_CLIENT),
		.registry = xso_samples(),
		.account = SV("a@b"),
		.archives = &all,
	};
	struct xso_class inner = sample_envelope_class;
	const struct xso_class *list[] = { &inner, &sample_class };
	struct xso_registry r = { .classes = list, .n_classes = 2 };
	struct elem *outer = elem_new(&arena, SV(XMLNS_SAMPLE), SV("sample"));
	const struct sample_envelope *x;
	struct xso_issue issue;
	struct xso *s;

	inner.top_only = false;
	ctx.registry = &r;
	ck_assert_int_eq(elem_add_child(&arena, outer, (struct elem *)(uintptr_t)parse("")), 0);
	ck_assert_int_eq(xso_decode(&sample_class, outer, &ctx, &arena, &s, &issue), XSO_OK);
	x = (const struct sample_envelope *)((const struct sample *)s)->any.xso;
	ck_assert_ptr_eq(x->xso.cls, &inner);
	ck_assert(!x->copy && !x->result);
	ck_assert(is_left(x, "copy") && is_left(x, "result"));
}
END_TEST

START_TEST(an_archive_is_found_among_many)
{
	struct strview jids[100];
	struct xso_archives many = { .jids = jids };

	for (unsigned i = 0; i < ARRAY_SIZE(jids); i++)
		jids[i] = arena_printf(&arena, "room%u@muc.test", i * 37 % 100);
	qsort(jids, ARRAY_SIZE(jids), sizeof(*jids), strview_compare);
	for (size_t n = 0; n <= ARRAY_SIZE(jids); n++) {
		many.n_jids = n;
		for (size_t i = 0; i < ARRAY_SIZE(jids); i++)
			ck_assert_int_eq(xso_archives_have(&many, jids[i]), i < n);
	}
	ck_assert(!xso_archives_have(&many, SV("room@muc.test")));
	ck_assert(!xso_archives_have(&many, SV_NONE));
}
END_TEST

static void run_without_memory(void *arg)
{
	struct xso_context ctx = {
		.default_ns = SV(XMLNS_CLIENT),
		.registry = xso_samples(),
		.archives = &all,
	};
	const struct sample_envelope *x;
	struct xso_issue issue;
	struct arena scratch;
	enum xso_result r;
	struct xso *any;

	arena_init(&scratch, 0);
	r = xso_decode(&sample_envelope_class, arg, &ctx, &scratch, &any, &issue);
	failmalloc_pause(true);
	x = (const struct sample_envelope *)any;
	ck_assert(r == XSO_OK ? x->copy && x->result : r == XSO_NO_MEMORY);
	failmalloc_pause(false);
	arena_done(&scratch);
}

START_TEST(without_memory_nobody_is_taken_for_another)
{
	const struct elem *e = parse("from='\xc3\x84@b' to='\xc3\x84@b/r'");

	ck_assert_uint_gt(failmalloc_sweep(run_without_memory, (void *)e), 0);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ only_the_entitled_sender_is_believed, ARRAY_SIZE(cases) },
		{ inside_of_something_else_nobody_is, 0 },
		{ an_archive_is_found_among_many, 0 },
		{ without_memory_nobody_is_taken_for_another, 0 },
	};

	return suite_run_with("xso_sender", begin, end, tests, ARRAY_SIZE(tests));
}
