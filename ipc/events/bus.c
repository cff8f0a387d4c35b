#include "ipc/events/bus_private.h"

#include <stdlib.h>

enum {
	MAX_SUBSCRIPTIONS = 1024, /* of one session */
};

struct bus *bus_new(void)
{
	struct bus *b = calloc(1, sizeof(*b));

	if (b)
		list_init(&b->takers);
	return b;
}

void bus_free(struct bus *b)
{
	if (!b)
		return;
	list_for_each (it, &b->takers)
		bus_session_gone(b, list_entry(it, struct taker, in_bus)->session);
	for (size_t i = 0; i < ARRAY_SIZE(b->texts); i++)
		buf_done(&b->texts[i].head);
	buf_done(&b->tail);
	buf_done(&b->lost);
	buf_done(&b->time_text);
	arena_done(&b->scratch);
	outpage_unref(b->page);
	free(b);
}

static struct taker *find_taker(const struct session *s)
{
	const struct list *first = s->subscriptions.next;

	return first == &s->subscriptions
		       ? NULL
		       : list_entry(first, struct subscription, in_session)->taker;
}

static struct taker *get_taker(struct bus *b, struct session *s)
{
	struct taker *t = find_taker(s);

	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->session = s;
	list_append(&b->takers, &t->in_bus);
	return t;
}

static void count_kinds(struct bus *b, const struct subscription *sub, unsigned by)
{
	for (enum event_kind k = 0; k < EVENT_KIND_COUNT_; k++) {
		if (!(sub->kinds & kind_bit(k)))
			continue;
		b->wanting[k] += by;
		if (sub->all_streams)
			b->wanting_all[k] += by;
	}
	b->n_subscriptions += by;
}

struct fault *bus_subscribe(struct bus *b, struct session *s, const struct params_subscribe *p,
			    uint64_t *ret_id)
{
	struct taker *t = find_taker(s);
	struct quota *q = s->out.quota;
	struct subscription *sub;
	struct fault *why;

	if (q && q->max_subscriptions && q->subscriptions >= q->max_subscriptions)
		return fault_new(FAULT_OVERFLOW, "this user's clients have %u subscriptions",
				 q->subscriptions);
	if (t && t->n_subscriptions >= MAX_SUBSCRIPTIONS)
		return fault_new(FAULT_OVERFLOW, "a client has at most %d subscriptions",
				 MAX_SUBSCRIPTIONS);
	why = subscription_new(p, &sub);
	if (why)
		return why;
	sub->taker = get_taker(b, s);
	if (!sub->taker) {
		subscription_free(sub);
		return fault_no_memory();
	}
	sub->id = s->next_subscription++;
	sub->taker->n_subscriptions++;
	if (q)
		q->subscriptions++;
	list_append(&s->subscriptions, &sub->in_session);
	count_kinds(b, sub, 1);
	*ret_id = sub->id;
	return NULL;
}

static void remove_subscription(struct bus *b, struct subscription *sub)
{
	struct taker *t = sub->taker;

	count_kinds(b, sub, -1u);
	if (t->session->out.quota)
		t->session->out.quota->subscriptions--;
	subscription_free(sub);
	if (--t->n_subscriptions > 0)
		return;
	list_remove(&t->in_bus);
	free(t);
}

bool bus_unsubscribe(struct bus *b, struct session *s, uint64_t id)
{
	list_for_each (it, &s->subscriptions) {
		struct subscription *sub = list_entry(it, struct subscription, in_session);

		if (sub->id != id)
			continue;
		remove_subscription(b, sub);
		return true;
	}
	return false;
}

void bus_session_gone(struct bus *b, struct session *s)
{
	list_for_each (it, &s->subscriptions)
		remove_subscription(b, list_entry(it, struct subscription, in_session));
}

bool bus_wants(const struct bus *b, enum event_kind kind, struct strview stream)
{
	uint32_t kinds = kind_bit(kind);

	if (kind == EVENT_XSO)
		kinds |= kind_bit(EVENT_XSO_INVALID);
	if (b->wanting_all[kind] || (kind == EVENT_XSO && b->wanting_all[EVENT_XSO_INVALID]))
		return true;
	if (!b->wanting[kind] && !(kind == EVENT_XSO && b->wanting[EVENT_XSO_INVALID]))
		return false;
	list_for_each (it, &b->takers) {
		const struct session *s = list_entry(it, struct taker, in_bus)->session;

		list_for_each (of, &s->subscriptions) {
			const struct subscription *sub =
				list_entry(of, struct subscription, in_session);

			if ((sub->kinds & kinds) && subscription_has_stream(sub, stream))
				return true;
		}
	}
	return false;
}

bool audience_includes(const struct audience *a, const struct peer *peer)
{
	return !a->raw || peer->uid == 0 || peer->uid == a->uid;
}

unsigned bus_subscriptions(const struct bus *b)
{
	return b->n_subscriptions;
}

uint64_t bus_events_sent(const struct bus *b)
{
	return b->n_sent;
}

uint64_t bus_events_lost(const struct bus *b)
{
	return b->n_lost;
}
