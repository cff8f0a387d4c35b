/* The hash table. */
#include <errno.h>
#include <stdio.h>

#include "daemon/base/table.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

enum {
	MANY = 3000,
};

struct item {
	struct table_node node;
	char key[16];
};

static struct item items[MANY];

static struct strview key_of(unsigned i)
{
	snprintf(items[i].key, sizeof(items[i].key), "key-%u", i);
	return strview_of(items[i].key);
}

START_TEST(what_was_put_in_is_found_until_it_is_taken_out)
{
	struct table t = { 0 };

	ck_assert_ptr_null(table_find(&t, SV("key-0")));
	for (unsigned i = 0; i < MANY; i++)
		ck_assert_int_eq(table_add(&t, &items[i].node, key_of(i)), 0);
	ck_assert_uint_eq(t.n, MANY);
	for (unsigned i = 0; i < MANY; i++)
		ck_assert_ptr_eq(table_find(&t, key_of(i)), &items[i].node);
	ck_assert_ptr_null(table_find(&t, SV("key-")));
	ck_assert_ptr_null(table_find(&t, SV("key-3000")));
	for (unsigned i = 0; i < MANY; i += 2)
		table_remove(&items[i].node);
	for (unsigned i = 0; i < MANY; i++)
		ck_assert_ptr_eq(table_find(&t, key_of(i)), i % 2 ? &items[i].node : NULL);
	for (unsigned i = 0; i < MANY; i++)
		table_remove(&items[i].node);
	ck_assert_uint_eq(t.n, 0);
	ck_assert_ptr_null(t.buckets);
	ck_assert_ptr_null(table_find(&t, SV("key-1")));
	table_done(&t);
	table_done(&t);
}
END_TEST

START_TEST(several_of_one_key_are_all_found_the_latest_first)
{
	struct table t = { 0 };
	struct table_node *node;
	unsigned n = 0;

	/* among enough others that the table grows in between */
	for (unsigned i = 0; i < MANY; i++)
		ck_assert_int_eq(
			table_add(&t, &items[i].node, i % 100 ? key_of(i) : SV("the same")), 0);
	for (node = table_find(&t, SV("the same")); node; node = table_find_next(node), n++)
		ck_assert(strview_is(node->key, "the same"));
	ck_assert_uint_eq(n, MANY / 100);
	ck_assert_ptr_eq(table_find(&t, SV("the same")), &items[MANY - 100].node);
	for (unsigned i = 0; i < MANY; i++)
		table_remove(&items[i].node);
}
END_TEST

START_TEST(keys_may_be_empty_long_or_have_a_nul)
{
	static const struct strview keys[] = { SV(""),		SV("a\0b"),	SV("a\0c"),
					       SV("a"),		SV("12345678"), SV("123456789"),
					       SV("12345678\0") };
	struct table t = { 0 };

	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
		ck_assert_int_eq(table_add(&t, &items[i].node, keys[i]), 0);
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
		ck_assert_ptr_eq(table_find(&t, keys[i]), &items[i].node);
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
		table_remove(&items[i].node);
}
END_TEST

START_TEST(a_node_in_no_table_is_removed_in_vain)
{
	struct table_node node = { 0 };

	table_remove(&node);
}
END_TEST

/* What is there may become crowded, but is found. */
static void fill(void *arg)
{
	struct table t = { 0 };
	unsigned n = 0;

	(void)arg;
	while (n < 100 && table_add(&t, &items[n].node, key_of(n)) == 0)
		n++;
	failmalloc_pause(true);
	ck_assert(n == 0 || n == 100);
	for (unsigned i = 0; i < n; i++)
		ck_assert_ptr_eq(table_find(&t, key_of(i)), &items[i].node);
	for (unsigned i = 0; i < 100; i++)
		table_remove(&items[i].node);
	failmalloc_pause(false);
	table_done(&t);
}

START_TEST(without_memory_it_is_slow_or_refuses_and_loses_nothing)
{
	ck_assert_uint_ge(failmalloc_sweep(fill, NULL), 3);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ what_was_put_in_is_found_until_it_is_taken_out, 0 },
		{ several_of_one_key_are_all_found_the_latest_first, 0 },
		{ keys_may_be_empty_long_or_have_a_nul, 0 },
		{ a_node_in_no_table_is_removed_in_vain, 0 },
		{ without_memory_it_is_slow_or_refuses_and_loses_nothing, 0 },
	};

	return suite_run("table", tests, sizeof(tests) / sizeof(tests[0]));
}
