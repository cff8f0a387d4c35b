/* The output queue of a client: spans of shared pages. */
#include <stdio.h>
#include <stdlib.h>

#include <check.h>

#include "ipc/rpc/outq.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

struct fixture {
	struct list dirty;
	struct outq q;
	struct outpage *page; /* as of a bus */
};

static void setup(struct fixture *f, size_t max_bytes)
{
	*f = (struct fixture){ 0 };
	list_init(&f->dirty);
	outq_init(&f->q, max_bytes, &f->dirty);
}

static void teardown(struct fixture *f)
{
	outq_done(&f->q);
	ck_assert(list_empty(&f->dirty));
	if (f->page)
		ck_assert_uint_eq(f->page->refs, 1); /* the queue holds none any more */
	outpage_unref(f->page);
}

static void put_shared(struct fixture *f, const char *text)
{
	size_t off = outpage_append(&f->page, strview_of(text));

	ck_assert_uint_ne(off, SIZE_MAX);
	outq_put_span(&f->q, f->page, off, strlen(text));
}

static void take_all(struct outq *q, struct buf *out, size_t max_n)
{
	while (q->bytes > 0) {
		struct strview view;
		size_t n;

		outq_views(q, &view, 1);
		n = view.n < max_n ? view.n : max_n;
		buf_put(out, view.p, n);
		outq_written(q, n);
	}
}

static void check_content(struct outq *q, const char *wanted)
{
	struct buf out = BUF_INIT;

	take_all(q, &out, SIZE_MAX);
	buf_put_char(&out, '\0');
	ck_assert_str_eq(out.p, wanted);
	buf_done(&out);
}

START_TEST(spans_that_follow_each_other_on_a_page_are_written_as_one)
{
	struct fixture f;
	struct strview views[4];

	setup(&f, 0);
	put_shared(&f, "one\n");
	put_shared(&f, "two\n");
	ck_assert_uint_eq(outq_views(&f.q, views, 4), 1);
	ck_assert(strview_is(views[0], "one\ntwo\n"));
	ck_assert_uint_eq(f.page->refs, 2);
	outpage_append(&f.page, SV("of others\n"));
	put_shared(&f, "three\n");
	ck_assert_uint_eq(outq_views(&f.q, views, 4), 2);
	ck_assert(strview_is(views[1], "three\n"));
	ck_assert_uint_eq(outq_views(&f.q, views, 1), 1);
	check_content(&f.q, "one\ntwo\nthree\n");
	teardown(&f);
}
END_TEST

START_TEST(replies_follow_each_other_on_one_page_of_their_own)
{
	struct fixture f;
	struct strview views[4];

	setup(&f, 0);
	put_shared(&f, "event\n");
	for (int i = 0; i < 10; i++)
		outq_put(&f.q, SV("reply\n"));
	ck_assert_uint_eq(outq_views(&f.q, views, 4), 2);
	ck_assert_uint_eq(views[1].n, 60);
	ck_assert_uint_eq(f.page->n, 6);
	teardown(&f);
}
END_TEST

START_TEST(what_was_written_in_parts_is_written_once)
{
	struct fixture f;
	struct strview view;

	setup(&f, 0);
	put_shared(&f, "abc");
	outq_put(&f.q, SV("defg"));
	put_shared(&f, "hi");
	outq_written(&f.q, 2);
	outq_views(&f.q, &view, 1);
	ck_assert(strview_is(view, "c"));
	outq_written(&f.q, 3);
	outq_views(&f.q, &view, 1);
	ck_assert(strview_is(view, "fg"));
	ck_assert_uint_eq(f.q.bytes, 4);
	check_content(&f.q, "fghi");
	teardown(&f);
}
END_TEST

START_TEST(events_fit_up_to_the_limit_and_replies_beyond_it)
{
	struct fixture f;

	setup(&f, 10);
	ck_assert(outq_fits(&f.q, 10));
	ck_assert(!outq_fits(&f.q, 11));
	ck_assert(!outq_fits(&f.q, SIZE_MAX));
	outq_put(&f.q, SV("1234"));
	ck_assert(outq_fits(&f.q, 6));
	ck_assert(!outq_fits(&f.q, 7));
	ck_assert(!outq_full(&f.q));
	outq_put(&f.q, SV("567890"));
	ck_assert(outq_full(&f.q));
	ck_assert(outq_fits(&f.q, 0));
	ck_assert(!outq_fits(&f.q, 1));
	outq_put(&f.q, SV("and more"));
	ck_assert(!outq_fits(&f.q, 0));
	outq_written(&f.q, 10);
	ck_assert(!outq_full(&f.q));
	check_content(&f.q, "and more");
	teardown(&f);
}
END_TEST

START_TEST(without_a_limit_all_fits)
{
	struct fixture f;

	setup(&f, 0);
	outq_put(&f.q, SV("1234"));
	ck_assert(outq_fits(&f.q, SIZE_MAX));
	ck_assert(!outq_full(&f.q));
	teardown(&f);
}
END_TEST

START_TEST(a_queue_announces_itself_when_it_begins_to_hold_something)
{
	struct fixture f;

	setup(&f, 0);
	ck_assert(list_empty(&f.dirty));
	outq_put(&f.q, SV(""));
	ck_assert(list_empty(&f.dirty));
	outq_put(&f.q, SV("ab"));
	ck_assert_ptr_eq(f.dirty.next, &f.q.dirty);
	list_remove(&f.q.dirty); /* a writer has taken it up ... */
	outq_written(&f.q, 1);	 /* ... and the socket takes no more */
	outq_put(&f.q, SV("cd"));
	ck_assert(list_empty(&f.dirty));
	outq_written(&f.q, 3);
	outq_put(&f.q, SV("e"));
	ck_assert(!list_empty(&f.dirty));
	outq_written(&f.q, 1);
	ck_assert(list_empty(&f.dirty));
	teardown(&f);
}
END_TEST

START_TEST(a_full_page_gives_way_to_a_new_one_and_stays_while_it_is_needed)
{
	static char text[OUTPAGE_SIZE / 2 + 2];
	struct fixture f;
	struct outpage *first;

	setup(&f, 0);
	memset(text, 'a', sizeof(text) - 1);
	put_shared(&f, text);
	first = f.page;
	put_shared(&f, text);
	ck_assert_ptr_ne(f.page, first);
	ck_assert_uint_eq(first->refs, 1); /* the queue's */
	ck_assert_uint_eq(f.page->n, sizeof(text) - 1);
	outq_written(&f.q, sizeof(text) - 1);
	teardown(&f);
}
END_TEST

START_TEST(a_text_larger_than_a_page_gets_one_of_its_size)
{
	static char text[3 * OUTPAGE_SIZE];
	struct fixture f;
	struct strview view;

	setup(&f, 0);
	memset(text, 'b', sizeof(text) - 1);
	put_shared(&f, text);
	ck_assert_uint_eq(outq_views(&f.q, &view, 1), 1);
	ck_assert_uint_eq(view.n, sizeof(text) - 1);
	ck_assert_uint_eq(f.page->cap, sizeof(text) - 1);
	teardown(&f);
}
END_TEST

static size_t bytes_held(const struct outq *q)
{
	const struct outpage *last = NULL;
	size_t n = 0;

	for (size_t i = 0; i < q->n_spans; i++) {
		const struct outpage *p = q->spans[(q->first + i) % q->cap_spans].page;

		n += p == last ? 0 : p->cap;
		last = p;
	}
	return n;
}

START_TEST(a_compacted_queue_holds_little_more_than_its_bytes)
{
	static char text[OUTPAGE_SIZE - 10];
	struct fixture f;
	struct buf wanted = BUF_INIT;

	setup(&f, 0);
	memset(text, 'c', sizeof(text) - 1);
	for (int i = 0; i < 500; i++) { /* small spans on large pages of others */
		put_shared(&f, "small\n");
		buf_put_str(&wanted, "small\n");
		if (i % 50 == 0) {
			put_shared(&f, text);
			buf_put_str(&wanted, text);
		} else {
			outpage_append(&f.page, strview_of(text));
		}
	}
	ck_assert_uint_gt(bytes_held(&f.q), 20 * f.q.bytes);
	outq_compact(&f.q);
	ck_assert_uint_le(bytes_held(&f.q), f.q.bytes + f.q.bytes / 2);
	ck_assert_uint_le(f.q.n_spans, 21);
	buf_put_char(&wanted, '\0');
	check_content(&f.q, wanted.p);
	buf_done(&wanted);
	teardown(&f);
}
END_TEST

START_TEST(a_queue_of_very_many_spans_compacts_itself)
{
	struct fixture f;
	struct buf wanted = BUF_INIT;

	setup(&f, 0);
	for (int i = 0; i < 100000; i++) {
		char text[20];

		snprintf(text, sizeof(text), "%d\n", i);
		put_shared(&f, text);
		outpage_append(&f.page, SV("of others"));
		buf_put_str(&wanted, text);
	}
	ck_assert_uint_le(f.q.cap_spans, 2048);
	ck_assert_uint_le(bytes_held(&f.q), 2 * f.q.bytes);
	buf_put_char(&wanted, '\0');
	check_content(&f.q, wanted.p);
	buf_done(&wanted);
	teardown(&f);
}
END_TEST

/* Whatever is done in whatever order: what comes out is what went in. */
START_TEST(random_use_loses_no_byte_and_doubles_none)
{
	struct fixture f;
	struct buf in = BUF_INIT, out = BUF_INIT;

	srand((unsigned)_i + 1);
	setup(&f, 0);
	for (int i = 0; i < 20000; i++) {
		char text[32];
		struct strview view;

		snprintf(text, sizeof(text), "<%d:%.*s>", i, rand() % 20, "xxxxxxxxxxxxxxxxxxxx");
		switch (rand() % 8) {
		case 0:
		case 1:
			outq_put(&f.q, strview_of(text));
			buf_put_str(&in, text);
			break;
		case 2:
		case 3:
			put_shared(&f, text);
			buf_put_str(&in, text);
			break;
		case 4:
			outpage_append(&f.page, strview_of(text));
			break;
		case 5:
			if (rand() % 50 == 0)
				outq_compact(&f.q);
			break;
		case 6:
			if (outq_views(&f.q, &view, 1)) {
				size_t n = 1 + (size_t)rand() % view.n;

				buf_put(&out, view.p, n);
				outq_written(&f.q, n);
			}
			break;
		default:
			if (rand() % 200 == 0)
				take_all(&f.q, &out, 7);
		}
		ck_assert_uint_eq(out.n + f.q.bytes, in.n);
	}
	take_all(&f.q, &out, 7);
	ck_assert(strview_eq(buf_view(&in), buf_view(&out)));
	ck_assert(!f.q.failed);
	buf_done(&in);
	buf_done(&out);
	teardown(&f);
}
END_TEST

static void use_without_memory(void *arg)
{
	struct fixture f;
	char content[400] = "";
	struct strview views[40];
	size_t n, put = 0;

	(void)arg;
	setup(&f, 0);
	for (int i = 0; i < 12; i++) {
		size_t off = outpage_append(&f.page, SV("event\n"));

		outq_put(&f.q, SV("reply\n"));
		if (off != SIZE_MAX)
			outq_put_span(&f.q, f.page, off, 6);
		put += off != SIZE_MAX ? 2 : 1;
		if (i == 5)
			outq_compact(&f.q);
	}
	n = outq_views(&f.q, views, 40);
	for (size_t i = 0; i < n; i++)
		strncat(content, views[i].p, views[i].n);
	failmalloc_pause(true);
	ck_assert_uint_eq(f.q.bytes, strlen(content));
	if (!f.q.failed)
		ck_assert_uint_eq(f.q.bytes, 6 * put);
	if (f.q.failed)
		ck_assert(!list_empty(&f.dirty)); /* its client is looked at */
	teardown(&f);
	failmalloc_pause(false);
}

START_TEST(without_memory_nothing_is_lost_in_silence)
{
	ck_assert_uint_gt(failmalloc_sweep(use_without_memory, NULL), 3);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ spans_that_follow_each_other_on_a_page_are_written_as_one, 0 },
		{ replies_follow_each_other_on_one_page_of_their_own, 0 },
		{ what_was_written_in_parts_is_written_once, 0 },
		{ events_fit_up_to_the_limit_and_replies_beyond_it, 0 },
		{ without_a_limit_all_fits, 0 },
		{ a_queue_announces_itself_when_it_begins_to_hold_something, 0 },
		{ a_full_page_gives_way_to_a_new_one_and_stays_while_it_is_needed, 0 },
		{ a_text_larger_than_a_page_gets_one_of_its_size, 0 },
		{ a_compacted_queue_holds_little_more_than_its_bytes, 0 },
		{ a_queue_of_very_many_spans_compacts_itself, 0 },
		{ random_use_loses_no_byte_and_doubles_none, 5 },
		{ without_memory_nothing_is_lost_in_silence, 0 },
	};

	return suite_run("outq", tests, ARRAY_SIZE(tests));
}
