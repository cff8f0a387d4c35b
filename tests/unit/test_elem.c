/* Trees of elements. */
#include <errno.h>

#include "protocol/base/ns.h"
#include "protocol/xml/elem.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

static struct elem *sample(struct arena *a)
{
	struct elem *e = elem_new(a, SV(XMLNS_CLIENT), SV("message"));

	elem_add_attr(a, e, SV(""), SV("to"), SV("a@b"));
	elem_add_attr(a, e, SV(XMLNS_XML), SV("lang"), SV("de"));
	elem_add_attr(a, e, SV(""), SV("empty"), SV_NONE);
	elem_add_new(a, e, SV(XMLNS_CLIENT), SV("body"), SV("hello"));
	elem_add_text(a, e, SV("x"));
	elem_add_text(a, e, SV(""));
	elem_add_text(a, e, SV("y"));
	elem_add_new(a, e, SV("urn:x"), SV("body"), SV(""));
	elem_add_text(a, e, SV("z"));
	return e;
}

START_TEST(attributes_are_found_by_name_and_namespace)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	const struct elem *e = sample(&a);

	ck_assert(elem_is(e, XMLNS_CLIENT, "message"));
	ck_assert(!elem_is(e, XMLNS_CLIENT, "messag") && !elem_is(e, "", "message"));
	ck_assert(strview_is(elem_attr(e, "to"), "a@b"));
	ck_assert_ptr_null(elem_attr(e, "lang").p);
	ck_assert(strview_is(elem_attr_ns(e, XMLNS_XML, "lang"), "de"));
	ck_assert_ptr_null(elem_attr_ns(e, XMLNS_XML, "to").p);
	ck_assert_ptr_nonnull(elem_attr(e, "empty").p);
	ck_assert_uint_eq(elem_attr(e, "empty").n, 0);
}
END_TEST

START_TEST(attributes_keep_their_order_however_many_there_are)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	struct elem *e = elem_new(&a, SV(""), SV("a"));

	for (size_t i = 0; i < 100; i++) {
		struct elem *copy = elem_copy(&a, e);

		/* a copy can be added to as well, without touching others */
		ck_assert_int_eq(elem_add_attr(&a, copy, SV(""), SV("x"), SV("")), 0);
		ck_assert_int_eq(elem_add_attr(&a, e, SV(""), arena_printf(&a, "n%zu", i), SV("")),
				 0);
		ck_assert_uint_eq(e->n_attrs, i + 1);
		for (size_t k = 0; k <= i; k++)
			ck_assert(strview_eq(e->attrs[k].name, arena_printf(&a, "n%zu", k)));
	}
}
END_TEST

START_TEST(neighbouring_texts_are_one)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	const struct elem *e = sample(&a);
	const struct elem_node *n = e->first;

	ck_assert(n->elem && strview_is(n->elem->name, "body"));
	n = n->next;
	ck_assert(!n->elem && strview_is(n->text, "xy"));
	n = n->next;
	ck_assert(n->elem && !n->elem->first);
	n = n->next;
	ck_assert(!n->elem && strview_is(n->text, "z"));
	ck_assert(!n->next && e->last == n);
}
END_TEST

START_TEST(text_is_joined_over_children)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	struct elem *e = sample(&a);
	const struct elem *body = elem_child(e, XMLNS_CLIENT, "body");

	ck_assert(strview_is(elem_text(e, &a), "xyz"));
	ck_assert(strview_is(elem_text(body, &a), "hello"));
	ck_assert_ptr_eq(elem_text(body, &a).p, body->first->text.p);
	body = elem_child(e, "urn:x", "body");
	ck_assert_uint_eq(elem_text(body, &a).n, 0);
	ck_assert_ptr_nonnull(elem_text(body, &a).p);
	ck_assert_ptr_null(elem_child(e, "urn:x", "subject"));
}
END_TEST

static void change_nothing(struct arena *a, struct elem *e)
{
	(void)a, (void)e;
}
static void change_attr_order(struct arena *a, struct elem *e)
{
	struct elem_attr first = e->attrs[0];

	e->attrs[0] = e->attrs[1];
	e->attrs[1] = first;
	(void)a;
}
static void change_attr_value(struct arena *a, struct elem *e)
{
	e->attrs[0].value = SV("A@b");
	(void)a;
}
static void change_attr_name(struct arena *a, struct elem *e)
{
	e->attrs[0].name = SV("from");
	(void)a;
}
static void change_attr_ns(struct arena *a, struct elem *e)
{
	e->attrs[0].ns = SV("x");
	(void)a;
}
static void change_attr_number(struct arena *a, struct elem *e)
{
	elem_add_attr(a, e, SV(""), SV("more"), SV(""));
}
static void change_name(struct arena *a, struct elem *e)
{
	e->name = SV("presence");
	(void)a;
}
static void change_ns(struct arena *a, struct elem *e)
{
	e->first->elem->ns = SV("");
	(void)a;
}
static void change_text(struct arena *a, struct elem *e)
{
	e->last->text = SV("Z");
	(void)a;
}
static void change_more_text(struct arena *a, struct elem *e)
{
	elem_add_text(a, e->first->elem, SV("!"));
}
static void change_more_children(struct arena *a, struct elem *e)
{
	elem_add_new(a, e, SV(""), SV("new"), SV(""));
}
static void change_child_order(struct arena *a, struct elem *e)
{
	struct elem *first = e->first->elem, *third = e->first->next->next->elem;

	e->first->elem = third;
	e->first->next->next->elem = first;
	(void)a;
}

static const struct {
	void (*change)(struct arena *a, struct elem *e);
	bool equal;
} changes[] = {
	{ change_nothing, true },	 { change_attr_order, true },
	{ change_attr_value, false },	 { change_attr_name, false },
	{ change_attr_ns, false },	 { change_attr_number, false },
	{ change_name, false },		 { change_ns, false },
	{ change_text, false },		 { change_more_text, false },
	{ change_more_children, false }, { change_child_order, false },
};

START_TEST(a_copy_is_equal_until_it_is_changed)
{
	struct arena from = { 0 };
	CLEANUP(arena_done) struct arena to = { 0 };
	CLEANUP(arena_done) struct arena other = { 0 };
	const struct elem *e = sample(&from), *again = sample(&other);
	struct elem *copy = elem_copy(&to, e);

	ck_assert(elem_equal(e, copy));
	arena_done(&from); /* it stands on its own */
	changes[_i].change(&to, copy);
	ck_assert(elem_equal(again, copy) == changes[_i].equal);
	ck_assert(elem_equal(copy, again) == changes[_i].equal);
}
END_TEST

static void run_build(void *arg)
{
	struct arena a = { 0 };
	struct elem *e = elem_new(&a, SV("x"), SV("a")), *copy;
	int r = e ? 0 : -ENOMEM;

	for (size_t i = 0; i < 200 && r == 0; i++)
		r = elem_add_attr(&a, e, SV(""), SV("name"), SV("value"));
	for (size_t i = 0; i < 200 && r == 0; i++)
		r = elem_add_new(&a, e, SV(""), SV("b"), SV("t")) ? 0 : -ENOMEM;
	for (size_t i = 0; i < 100 && r == 0; i++)
		r = elem_add_text(&a, e, SV("0123456789abcdef0123456789abcdef0123456789"));
	copy = r == 0 ? elem_copy(&a, e) : NULL;
	failmalloc_pause(true);
	ck_assert(r == 0 || r == -ENOMEM);
	ck_assert(!copy || elem_equal(copy, e));
	failmalloc_pause(false);
	arena_done(&a);
	(void)arg;
}

START_TEST(without_memory_it_says_so)
{
	CLEANUP(arena_done) struct arena tiny = { 0 };
	CLEANUP(arena_done) struct arena a = { 0 };

	ck_assert_uint_gt(failmalloc_sweep(run_build, NULL), 5);
	arena_init(&tiny, 1);
	ck_assert_ptr_null(elem_copy(&tiny, sample(&a)));
	ck_assert_ptr_null(elem_text(sample(&a), &tiny).p);
	ck_assert_ptr_null(elem_new(&tiny, SV(""), SV("a")));
}
END_TEST

int main(void)
{
	struct suite_test tests[] = {
		{ attributes_are_found_by_name_and_namespace, 0 },
		{ attributes_keep_their_order_however_many_there_are, 0 },
		{ neighbouring_texts_are_one, 0 },
		{ text_is_joined_over_children, 0 },
		{ a_copy_is_equal_until_it_is_changed, ARRAY_SIZE(changes) },
		{ without_memory_it_says_so, 0 },
	};

	return suite_run("elem", tests, ARRAY_SIZE(tests));
}
