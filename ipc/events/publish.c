#include "ipc/events/bus_private.h"
#include "ipc/json/jsonw.h"

#include <assert.h>

/* Which of a taker's subscriptions get the event in one format. */
struct group {
	enum xso_format format;
	struct taker *taker;
	const struct event *event;
};

static bool is_xso(enum event_kind kind)
{
	return kind == EVENT_XSO || kind == EVENT_XSO_OUT;
}

/* All that can be said without the event's text. */
static bool may_want(const struct subscription *sub, const struct event *e)
{
	uint32_t kinds = kind_bit(e->kind);

	if (e->kind == EVENT_XSO && sub->format == XSO_TYPED)
		kinds |= kind_bit(EVENT_XSO_INVALID);
	if (!(sub->kinds & kinds) || !subscription_has_stream(sub, e->stream))
		return false;
	if (e->kind == EVENT_LOG && e->level > sub->level)
		return false;
	return !is_xso(e->kind) || !e->elem || match_elem(sub->match, e->elem, &e->match_ctx);
}

/* What the text makes of it: an XSO that its class refuses is another event. */
static bool wants(struct bus *b, const struct subscription *sub, const struct event *e)
{
	bool invalid;

	if (!may_want(sub, e))
		return false;
	if (e->kind != EVENT_XSO || sub->format != XSO_TYPED || !e->elem)
		return true;
	invalid = event_text_get(b, e, XSO_TYPED)->invalid;
	return sub->kinds & kind_bit(invalid ? EVENT_XSO_INVALID : EVENT_XSO);
}

/* Writes the end of the line, with the ids of the group, to b->tail; how many there are. */
static size_t make_tail(struct bus *b, const struct group *g)
{
	size_t n = 0;

	buf_clear(&b->tail);
	list_for_each (it, &g->taker->session->subscriptions) {
		const struct subscription *sub = list_entry(it, struct subscription, in_session);

		if (sub->format != g->format || !wants(b, sub, g->event))
			continue;
		if (n++ == 0)
			buf_put_sv(&b->tail, SV(",\"subscriptions\":["));
		jsonw_uint(&b->tail, sub->id);
	}
	if (n)
		buf_put_sv(&b->tail, SV("]}}\n"));
	return n;
}

static bool place(struct bus *b, struct strview text, struct placed *ret)
{
	size_t off = outpage_append(&b->page, text);

	if (off == SIZE_MAX)
		return false;
	b->page->refs++;
	*ret = (struct placed){ b->page, off, text.n };
	return true;
}

/* The first to get a text gets it with its end behind it, as one. */
static bool place_first(struct bus *b, struct event_text *t)
{
	size_t head_n = t->head.n;
	struct placed all;
	bool ok;

	buf_put_sv(&t->head, buf_view(&b->tail));
	ok = !t->head.error && place(b, buf_view(&t->head), &all);
	t->head.n = head_n;
	if (!ok)
		return false;
	all.page->refs++;
	t->placed = (struct placed){ all.page, all.off, head_n };
	t->tails[0] = (struct placed){ all.page, all.off + head_n, b->tail.n };
	t->n_tails = 1;
	return true;
}

static bool find_tail(struct bus *b, struct event_text *t, struct placed *ret)
{
	struct strview tail = buf_view(&b->tail);

	for (size_t i = 0; i < t->n_tails; i++) {
		const struct placed *p = &t->tails[i];

		if (p->n == tail.n && memcmp(p->page->p + p->off, tail.p, tail.n) == 0) {
			*ret = *p;
			ret->page->refs++;
			return true;
		}
	}
	if (!place(b, tail, ret))
		return false;
	if (t->n_tails < PLACED_TAILS) {
		ret->page->refs++;
		t->tails[t->n_tails++] = *ret;
	}
	return true;
}

static bool put_text(struct bus *b, struct event_text *t, struct outq *q)
{
	struct placed tail;

	if (!t->placed.page && !place_first(b, t))
		return false;
	if (!find_tail(b, t, &tail))
		return false;
	outq_put_span(q, t->placed.page, t->placed.off, t->placed.n);
	outq_put_span(q, tail.page, tail.off,
		      tail.n); /* one span with the head, if it is behind it */
	outpage_unref(tail.page);
	return true;
}

/* The group does not get it: its subscriptions are told before the next that they do get. */
static void lose(struct bus *b, const struct group *g, bool slow)
{
	struct session *s = g->taker->session;

	list_for_each (it, &s->subscriptions) {
		struct subscription *sub = list_entry(it, struct subscription, in_session);

		if (sub->format != g->format || !wants(b, sub, g->event))
			continue;
		if (sub->disconnect) {
			s->disconnect = true;
			outq_wake(&s->out);
		}
		loss_record(b, sub, g->event, slow);
	}
}

static void forget_losses(struct session *s)
{
	list_for_each (it, &s->subscriptions)
		loss_forget(list_entry(it, struct subscription, in_session));
}

static void deliver(struct bus *b, const struct group *g)
{
	struct event_text *t = event_text_get(b, g->event, g->format);
	struct outq *q = &g->taker->session->out;
	size_t n = t->head.n + b->tail.n;

	buf_clear(&b->lost);
	if (outq_fits(q, n))
		loss_write(b, g->taker, g->event->unix_us);
	if (t->failed || b->tail.error || b->lost.error || !outq_fits(q, b->lost.n + n)) {
		lose(b, g, n <= q->max_bytes);
		return;
	}
	if (b->lost.n) {
		outq_put(q, buf_view(&b->lost));
		forget_losses(g->taker->session);
	}
	if (!put_text(b, t, q)) {
		lose(b, g, true);
		return;
	}
	b->n_sent++;
}

static bool is_for(const struct event *e, const struct session *s)
{
	if (e->only ? e->only != s : e->kind == EVENT_STREAM_BYTES)
		return false;
	if (e->not == s || s->disconnect || s->out.failed)
		return false;
	return !e->stream.p || audience_includes(&e->audience, &s->peer);
}

static void publish_to(struct bus *b, struct taker *t, const struct event *e)
{
	struct group g = { .taker = t, .event = e };

	if (!is_for(e, t->session))
		return;
	for (g.format = 0; g.format < XSO_FORMAT_COUNT_; g.format++)
		if (make_tail(b, &g) > 0)
			deliver(b, &g);
}

void bus_publish(struct bus *b, const struct event *e)
{
	assert(e->kind < EVENT_KIND_COUNT_ && e->kind != EVENT_XSO_INVALID);
	if (!b->wanting[e->kind] && !(e->kind == EVENT_XSO && b->wanting[EVENT_XSO_INVALID]))
		return;
	if (b->page && b->page->refs == 1)
		b->page->n = 0; /* all of it was written */
	list_for_each (it, &b->takers)
		publish_to(b, list_entry(it, struct taker, in_bus), e);
	for (size_t i = 0; i < ARRAY_SIZE(b->texts); i++)
		event_text_reset(&b->texts[i]);
}

bool bus_tell(struct bus *b, struct session *s, const struct event *e, enum xso_format format)
{
	const struct strview tail = SV(",\"subscriptions\":[]}}\n");
	struct event_text *t = event_text_get(b, e, format);
	bool ok = !t->failed && outq_fits(&s->out, t->head.n + tail.n);

	if (ok) {
		outq_put(&s->out, buf_view(&t->head));
		outq_put(&s->out, tail);
		b->n_sent++;
	}
	event_text_reset(t);
	return ok;
}
