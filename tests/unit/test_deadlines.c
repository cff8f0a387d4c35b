/* The heap of deadlines. */
#include <errno.h>

#include "daemon/base/deadlines.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

START_TEST(the_earliest_comes_first_and_none_before_its_time)
{
	struct deadline d[5] = { 0 };
	static const uint64_t at[] = { 30, 10, 20, 10, 40 };
	struct deadlines h = { 0 };

	ck_assert(deadlines_first(&h) == UINT64_MAX);
	ck_assert_ptr_null(deadlines_take(&h, UINT64_MAX - 1));
	for (size_t i = 0; i < 5; i++)
		ck_assert_int_eq(deadlines_add(&h, &d[i], at[i]), 0);
	ck_assert(deadlines_first(&h) == 10);
	ck_assert_ptr_null(deadlines_take(&h, 9));
	ck_assert(deadlines_take(&h, 10)->at == 10 && deadlines_take(&h, 15)->at == 10);
	ck_assert_ptr_null(deadlines_take(&h, 19));
	ck_assert_ptr_eq(deadlines_take(&h, 100), &d[2]);
	ck_assert_ptr_eq(deadlines_take(&h, 100), &d[0]);
	ck_assert_ptr_eq(deadlines_take(&h, 100), &d[4]);
	ck_assert_ptr_null(deadlines_take(&h, 100));
	deadlines_done(&h);
	deadlines_done(&h);
}
END_TEST

START_TEST(what_has_no_deadline_is_never_over)
{
	struct deadline d = { 0 };
	struct deadlines h = { 0 };

	ck_assert_int_eq(deadlines_add(&h, &d, UINT64_MAX), 0);
	ck_assert(deadlines_first(&h) == UINT64_MAX);
	ck_assert_ptr_null(deadlines_take(&h, UINT64_MAX));
	deadlines_remove(&h, &d);
	deadlines_done(&h);
}
END_TEST

enum {
	MANY = 500,
};

static uint64_t earliest(const struct deadline *d)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < MANY; i++)
		if (d[i].position && d[i].at < first)
			first = d[i].at;
	return first;
}

START_TEST(random_use_keeps_the_order)
{
	struct deadline d[MANY] = { 0 };
	struct deadlines h = { 0 };
	unsigned seed = 7;

	for (unsigned i = 0; i < 20000; i++) {
		struct deadline *one = &d[(seed = seed * 1103515245u + 12345u) / 65536 % MANY];
		struct deadline *taken;

		if (one->position)
			deadlines_remove(&h, one);
		else
			ck_assert_int_eq(deadlines_add(&h, one, seed / 65536 % 1000), 0);
		ck_assert(deadlines_first(&h) == earliest(d));
		if (seed % 7)
			continue;
		taken = deadlines_take(&h, earliest(d));
		ck_assert(!taken || (taken->position == 0 && taken->at <= earliest(d)));
	}
	for (uint64_t last = 0; h.n > 0;) {
		struct deadline *taken = deadlines_take(&h, UINT64_MAX);

		ck_assert(taken->at >= last);
		last = taken->at;
	}
	ck_assert_ptr_null(h.items);
}
END_TEST

static void add_some(void *arg)
{
	struct deadline d[20] = { 0 };
	struct deadlines h = { 0 };
	size_t n = 0;

	(void)arg;
	while (n < 20 && deadlines_add(&h, &d[n], 100 - n) == 0)
		n++;
	failmalloc_pause(true);
	ck_assert_uint_eq(h.n, n);
	ck_assert(n == 20 || d[n].position == 0);
	for (; n > 0; n--)
		ck_assert_ptr_eq(deadlines_take(&h, 100), &d[n - 1]);
	failmalloc_pause(false);
	deadlines_done(&h);
}

START_TEST(without_memory_nothing_is_added_and_the_rest_stays)
{
	ck_assert_uint_ge(failmalloc_sweep(add_some, NULL), 2);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ the_earliest_comes_first_and_none_before_its_time, 0 },
		{ what_has_no_deadline_is_never_over, 0 },
		{ random_use_keeps_the_order, 0 },
		{ without_memory_nothing_is_added_and_the_rest_stays, 0 },
	};

	return suite_run("deadlines", tests, sizeof(tests) / sizeof(tests[0]));
}
