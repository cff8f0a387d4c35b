/* Arenas, and the faults that live in them. */
#include <errno.h>

#include "protocol/base/arena.h"
#include "protocol/base/fault.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

START_TEST(pieces_are_aligned_and_do_not_overlap)
{
	CLEANUP(arena_done) struct arena a;
	unsigned char *pieces[300];

	arena_init(&a, 0);
	for (size_t i = 0; i < 300; i++) {
		pieces[i] = arena_alloc(&a, i * 7);
		ck_assert_ptr_nonnull(pieces[i]);
		ck_assert_uint_eq((uintptr_t)pieces[i] % 16, 0);
		memset(pieces[i], (int)(i % 251), i * 7);
	}
	for (size_t i = 0; i < 300; i++)
		for (size_t k = 0; k < i * 7; k++)
			ck_assert_uint_eq(pieces[i][k], i % 251);
	ck_assert_ptr_ne(arena_alloc(&a, 0), arena_alloc(&a, 0));
}
END_TEST

START_TEST(a_reset_gives_all_back)
{
	struct arena a;

	arena_init(&a, 0);
	for (int i = 0; i < 100; i++)
		ck_assert_ptr_nonnull(arena_alloc(&a, 1000));
	ck_assert_uint_ge(a.used, 100000);
	arena_reset(&a);
	ck_assert_uint_eq(a.used, 0);
	ck_assert_ptr_null(a.blocks);
	ck_assert_ptr_nonnull(arena_alloc(&a, 10));
	arena_done(&a);
	arena_done(&a);
	arena_done(&(struct arena){ 0 });
}
END_TEST

START_TEST(the_cap_holds_and_the_arena_stays_usable)
{
	CLEANUP(arena_done) struct arena a;
	size_t n = 0;

	arena_init(&a, 100000);
	while (arena_alloc(&a, 1000))
		ck_assert_uint_lt(++n, 200);
	ck_assert_uint_gt(n, 40);
	ck_assert_uint_le(a.used, 100000);
	ck_assert_ptr_null(arena_alloc(&a, 100000));
	arena_reset(&a);
	ck_assert_ptr_nonnull(arena_alloc(&a, 1000));
	for (size_t less = 0; less < 40; less++)
		ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX - less));
	ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX / 2));
}
END_TEST

START_TEST(copies_and_formatted_text_end_in_nul)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	struct strview v = arena_dup(&a, SV("a\0b")), empty = arena_dup(&a, SV_NONE);
	unsigned char *zero;

	ck_assert(v.n == 3 && memcmp(v.p, "a\0b", 4) == 0);
	ck_assert(empty.p && empty.n == 0 && !*empty.p);
	v = arena_printf(&a, "%s-%d", "x", 12);
	ck_assert(v.n == 4 && strcmp(v.p, "x-12") == 0);
	memset(arena_alloc(&a, 64), 0xff, 64);
	arena_reset(&a);
	zero = arena_zalloc(&a, 64);
	for (int i = 0; i < 64; i++)
		ck_assert_uint_eq(zero[i], 0);
}
END_TEST

static void fill(void *arg)
{
	struct arena a = { 0 };
	size_t n = 0;

	while (n < 300 && arena_zalloc(&a, 1000))
		n++;
	failmalloc_pause(true);
	ck_assert_uint_ge(a.used, n * 1000);
	failmalloc_pause(false);
	arena_done(&a);
	(void)arg;
}

START_TEST(without_memory_there_is_null)
{
	ck_assert_uint_ge(failmalloc_sweep(fill, NULL), 6);
}
END_TEST

START_TEST(a_fault_keeps_its_own_strings)
{
	char text[] = "text";
	struct fault *f = fault_new(FAULT_STREAM_ERROR, "it was %s", text), *again;

	fault_set(f, &f->condition, strview_of(text));
	memset(text, 'x', 4);
	again = fault_ref(f);
	fault_unref(f);
	ck_assert_str_eq(again->message, "it was text");
	ck_assert_str_eq(again->condition, "text");
	ck_assert_ptr_null(again->text);
	ck_assert_str_eq(fault_kind_name(again->kind), "stream-error");
	ck_assert_int_eq(fault_kind_code(again->kind), -32005);
	fault_unrefp(&again);
	fault_unref(NULL);
	ck_assert_ptr_null(fault_ref(NULL));
}
END_TEST

START_TEST(a_fault_of_the_system_has_its_number)
{
	struct fault *f = fault_errno(ECONNREFUSED, "a.example");

	ck_assert_str_eq(f->message, "a.example: Connection refused");
	ck_assert_int_eq(f->kind, FAULT_TRANSPORT_ERROR);
	ck_assert_str_eq(errno_name(f->errnum), "ECONNREFUSED");
	ck_assert_str_eq(errno_name(123456), "EIO");
	fault_unref(f);
}
END_TEST

static void make_fault(void *arg)
{
	struct fault *f = fault_new(FAULT_TIMEOUT, "too %s", "late"), *g = fault_errno(EIO, NULL);

	fault_set(f, &f->text, SV("longer than what was said before"));
	failmalloc_pause(true);
	ck_assert_ptr_nonnull(f->message);
	ck_assert_ptr_nonnull(g->message);
	ck_assert(f->kind == FAULT_TIMEOUT || f->kind == FAULT_INTERNAL);
	failmalloc_pause(false);
	fault_unref(fault_ref(f));
	fault_unref(f);
	fault_unref(g);
	(void)arg;
}

START_TEST(without_memory_there_still_is_a_fault)
{
	ck_assert_uint_ge(failmalloc_sweep(make_fault, NULL), 4);
}
END_TEST

int main(void)
{
	struct suite_test tests[] = {
		{ pieces_are_aligned_and_do_not_overlap, 0 },
		{ a_reset_gives_all_back, 0 },
		{ the_cap_holds_and_the_arena_stays_usable, 0 },
		{ copies_and_formatted_text_end_in_nul, 0 },
		{ without_memory_there_is_null, 0 },
		{ a_fault_keeps_its_own_strings, 0 },
		{ a_fault_of_the_system_has_its_number, 0 },
		{ without_memory_there_still_is_a_fault, 0 },
	};

	return suite_run("arena and fault", tests, ARRAY_SIZE(tests));
}
