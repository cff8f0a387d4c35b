/* The frame of a unit test program: its tests in one suite. */
#pragma once

#include <stdlib.h>

#include <check.h>

struct suite_test {
	const TTest *test;
	int n; /* runs it with _i from 0 to n - 1; 0: once */
};

/* setup and teardown, which may be NULL, run before and after each test. */
static inline int suite_run_with(const char *name, void (*setup)(void), void (*teardown)(void),
				 const struct suite_test *tests, size_t n_tests)
{
	Suite *s = suite_create(name);
	TCase *t = tcase_create(name);
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	for (size_t i = 0; i < n_tests; i++)
		tcase_add_loop_test(t, tests[i].test, 0, tests[i].n ? tests[i].n : 1);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static inline int suite_run(const char *name, const struct suite_test *tests, size_t n_tests)
{
	return suite_run_with(name, NULL, NULL, tests, n_tests);
}
