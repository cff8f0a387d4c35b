#include "ipc/events/bus_private.h"
#include "ipc/json/jsonw.h"

#include <stdlib.h>

static struct loss *loss_new(struct strview stream)
{
	struct loss *l = malloc(sizeof(*l) + stream.n);

	if (!l)
		return NULL;
	*l = (struct loss){ 0 };
	if (stream.p) {
		char *copy = (char *)(l + 1);

		memcpy(copy, stream.p, stream.n);
		l->stream = (struct strview){ copy, stream.n };
	}
	return l;
}

static struct loss *find(const struct subscription *sub, struct strview stream)
{
	list_for_each (it, &sub->losses) {
		struct loss *l = list_entry(it, struct loss, in_subscription);

		if (!l->stream.p == !stream.p && strview_eq(l->stream, stream))
			return l;
	}
	return NULL;
}

void loss_record(struct bus *b, struct subscription *sub, const struct event *e, bool slow)
{
	struct loss *l = find(sub, e->stream);

	b->n_lost++;
	if (!l) {
		l = loss_new(e->stream);
		if (!l) {
			/* nothing is lost in silence: rather the client goes */
			sub->taker->session->out.failed = true;
			outq_wake(&sub->taker->session->out);
			return;
		}
		list_append(&sub->losses, &l->in_subscription);
		sub->taker->n_losses++;
	}
	l->dropped++;
	l->slow = l->slow || slow;
	if (e->seq && !l->from_seq)
		l->from_seq = e->seq;
	if (e->seq)
		l->to_seq = e->seq;
}

static void write_one(struct bus *b, const struct subscription *sub, const struct loss *l,
		      uint64_t unix_us)
{
	struct buf *out = &b->lost;

	buf_put_str(out, "{\"jsonrpc\":\"2.0\",\"method\":\"events.lost\",\"params\":{");
	jsonw_member_opt(out, "stream", l->stream);
	event_text_time(b, out, unix_us);
	jsonw_member_uint(out, "dropped", l->dropped);
	if (l->from_seq) {
		jsonw_member_uint(out, "from_seq", l->from_seq);
		jsonw_member_uint(out, "to_seq", l->to_seq);
	}
	jsonw_member_cstr(out, "reason", l->slow ? "slow" : "limit");
	buf_printf(out, ",\"subscriptions\":[%ju]}}\n", (uintmax_t)sub->id);
}

void loss_write(struct bus *b, struct taker *t, uint64_t unix_us)
{
	if (t->n_losses == 0)
		return;
	list_for_each (it, &t->session->subscriptions) {
		const struct subscription *sub = list_entry(it, struct subscription, in_session);

		list_for_each (l, &sub->losses)
			write_one(b, sub, list_entry(l, struct loss, in_subscription), unix_us);
	}
}

void loss_forget(struct subscription *sub)
{
	list_for_each (it, &sub->losses) {
		struct loss *l = list_entry(it, struct loss, in_subscription);

		list_remove(&l->in_subscription);
		free(l);
		sub->taker->n_losses--;
	}
}
