#include "ipc/rpc/outq.h"

#include <assert.h>
#include <stdlib.h>

enum {
	SPANS_MIN = 8,
	SPANS_KEEP = 64, /* an empty ring larger than this is given back */
	REPLY_PAGE_MIN = 2 * 1024,
	COMPACT_SPANS = 1024, /* beyond so many, small ones are copied together */
};

static struct outpage *page_new(size_t cap)
{
	struct outpage *p;

	if (cap > SIZE_MAX / 2)
		return NULL;
	p = malloc(sizeof(*p) + cap);
	if (p)
		*p = (struct outpage){ .refs = 1, .cap = cap };
	return p;
}

void outpage_unref(struct outpage *p)
{
	if (p && --p->refs == 0)
		free(p);
}

size_t outpage_append(struct outpage **page, struct strview text)
{
	struct outpage *p = *page;
	size_t off;

	if (!p || p->cap - p->n < text.n) {
		p = page_new(text.n > OUTPAGE_SIZE ? text.n : OUTPAGE_SIZE);
		if (!p)
			return SIZE_MAX;
		outpage_unref(*page);
		*page = p;
	}
	off = p->n;
	if (text.n)
		memcpy(p->p + off, text.p, text.n);
	p->n += text.n;
	return off;
}

static struct outspan *span_at(const struct outq *q, size_t i)
{
	return &q->spans[(q->first + i) % q->cap_spans];
}

void outq_init(struct outq *q, size_t max_bytes, struct list *dirty_head)
{
	*q = (struct outq){ .max_bytes = max_bytes, .dirty_head = dirty_head };
}

void outq_done(struct outq *q)
{
	for (size_t i = 0; i < q->n_spans; i++)
		outpage_unref(span_at(q, i)->page);
	if (q->quota)
		q->quota->bytes -= q->bytes;
	free(q->spans);
	list_remove(&q->dirty);
	*q = (struct outq){ 0 };
}

bool outq_fits(const struct outq *q, size_t n)
{
	if (q->max_bytes != 0 && (q->bytes > q->max_bytes || n > q->max_bytes - q->bytes))
		return false;
	return quota_has_room(q->quota, q->bytes, n);
}

bool outq_full(const struct outq *q)
{
	return (q->max_bytes != 0 && q->bytes >= q->max_bytes) ||
	       !quota_has_room(q->quota, q->bytes, 1);
}

void outq_wake(struct outq *q)
{
	if (q->dirty_head && !list_linked(&q->dirty))
		list_append(q->dirty_head, &q->dirty);
}

static void fail(struct outq *q)
{
	q->failed = true;
	outq_wake(q);
}

static bool ring_grow(struct outq *q)
{
	size_t cap = q->cap_spans ? q->cap_spans * 2 : SPANS_MIN;
	struct outspan *spans = calloc(cap, sizeof(*spans));

	if (!spans)
		return false;
	for (size_t i = 0; i < q->n_spans; i++)
		spans[i] = *span_at(q, i);
	free(q->spans);
	q->spans = spans;
	q->first = 0;
	q->cap_spans = cap;
	return true;
}

static void count(struct outq *q, size_t n)
{
	if (q->bytes == 0)
		outq_wake(q);
	q->bytes += n;
	if (q->quota)
		q->quota->bytes += n;
}

/* The last span, where it ends on `page` at `off`. */
static struct outspan *span_ending_at(const struct outq *q, const struct outpage *page, size_t off)
{
	struct outspan *last = q->n_spans ? span_at(q, q->n_spans - 1) : NULL;

	return last && last->page == page && last->off + last->n == off ? last : NULL;
}

void outq_put_span(struct outq *q, struct outpage *page, size_t off, size_t n)
{
	struct outspan *last = span_ending_at(q, page, off);

	if (n == 0)
		return;
	if (!last) {
		if (q->n_spans == q->cap_spans && q->n_spans >= COMPACT_SPANS)
			outq_compact(q);
		if (q->n_spans == q->cap_spans && !ring_grow(q)) {
			fail(q);
			return;
		}
		*span_at(q, q->n_spans++) = (struct outspan){ .page = page, .off = off };
		last = span_at(q, q->n_spans - 1);
		page->refs++;
	}
	last->n += n;
	count(q, n);
}

/* The page that the last span alone refers to and fills to its end, if n more fit there. */
static struct outpage *private_page(const struct outq *q, size_t n)
{
	const struct outspan *last = q->n_spans ? span_at(q, q->n_spans - 1) : NULL;

	if (!last || last->page->refs != 1 || last->off + last->n != last->page->n ||
	    last->page->cap - last->page->n < n)
		return NULL;
	return last->page;
}

void outq_put(struct outq *q, struct strview text)
{
	struct outpage *page = private_page(q, text.n);
	size_t off;

	if (page) {
		page->refs++;
	} else {
		page = page_new(text.n > REPLY_PAGE_MIN ? text.n : REPLY_PAGE_MIN);
		if (!page) {
			fail(q);
			return;
		}
	}
	off = outpage_append(&page, text); /* has room */
	outq_put_span(q, page, off, text.n);
	outpage_unref(page);
}

size_t outq_views(const struct outq *q, struct strview *ret, size_t max)
{
	size_t n = q->n_spans < max ? q->n_spans : max;

	for (size_t i = 0; i < n; i++) {
		const struct outspan *s = span_at(q, i);

		ret[i] = (struct strview){ s->page->p + s->off, s->n };
	}
	return n;
}

void outq_written(struct outq *q, size_t n)
{
	assert(n <= q->bytes);
	q->bytes -= n;
	if (q->quota)
		q->quota->bytes -= n;
	while (n > 0) {
		struct outspan *s = span_at(q, 0);

		if (n < s->n) {
			s->off += n;
			s->n -= n;
			return;
		}
		n -= s->n;
		outpage_unref(s->page);
		q->first = (q->first + 1) % q->cap_spans;
		q->n_spans--;
	}
	if (q->bytes > 0)
		return;
	if (!q->failed)
		list_remove(&q->dirty);
	if (q->cap_spans > SPANS_KEEP) {
		free(q->spans);
		q->spans = NULL;
		q->first = q->cap_spans = 0;
	}
}

/* Spans that waste their page: what they hold alive is far more than what they are. */
static bool is_small(const struct outspan *s)
{
	return s->n < s->page->cap / 2;
}

void outq_compact(struct outq *q)
{
	struct outpage *to = NULL;
	size_t left = 0, kept = 0;

	for (size_t i = 0; i < q->n_spans; i++)
		left += is_small(span_at(q, i)) ? span_at(q, i)->n : 0;
	for (size_t i = 0; i < q->n_spans; i++) {
		struct outspan s = *span_at(q, i);
		struct outspan *last = kept ? span_at(q, kept - 1) : NULL;
		size_t off = SIZE_MAX;

		if (is_small(&s)) {
			if (!to || to->cap - to->n < s.n) {
				outpage_unref(to);
				to = page_new(left < OUTPAGE_SIZE ? left : OUTPAGE_SIZE);
			}
			if (to)
				off = outpage_append(&to,
						     (struct strview){ s.page->p + s.off, s.n });
			left -= s.n;
		}
		if (off != SIZE_MAX) {
			outpage_unref(s.page);
			to->refs++;
			s = (struct outspan){ to, off, s.n };
		}
		if (last && last->page == s.page && last->off + last->n == s.off) {
			last->n += s.n;
			outpage_unref(s.page);
			continue;
		}
		*span_at(q, kept++) = s;
	}
	q->n_spans = kept;
	outpage_unref(to);
}
