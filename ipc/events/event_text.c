#include "ipc/events/bus_private.h"
#include "ipc/json/jsonw.h"
#include "ipc/rpc/request.h"

void event_text_time(struct bus *b, struct buf *out, uint64_t unix_us)
{
	uint64_t second = unix_us / 1000000;
	unsigned micros = (unsigned)(unix_us % 1000000);
	char fraction[] = ".000000Z\"";

	jsonw_key(out, "time");
	if (b->time_text.n == 0 || second != b->time_second) {
		buf_clear(&b->time_text);
		jsonw_time(&b->time_text, second * 1000000);
		if (b->time_text.error) {
			buf_clear(&b->time_text);
			jsonw_time(out, unix_us);
			return;
		}
		b->time_text.n -= sizeof(fraction) - 1;
		b->time_second = second;
	}
	for (size_t i = 6; i > 0; i--, micros /= 10)
		fraction[i] = (char)('0' + micros % 10);
	buf_put_sv(out, buf_view(&b->time_text));
	buf_put(out, fraction, sizeof(fraction) - 1);
}

static void put_head(struct bus *b, struct buf *out, const struct event *e, enum event_kind kind)
{
	buf_put_sv(out, SV("{\"jsonrpc\":\"2.0\",\"method\":\""));
	buf_put_str(out, events[kind].name);
	buf_put_sv(out, SV("\",\"params\":{"));
	jsonw_member_opt(out, "stream", e->stream);
	if (e->seq)
		jsonw_member_uint(out, "seq", e->seq);
	event_text_time(b, out, e->unix_us);
	if (e->members.n) {
		buf_put_char(out, ',');
		buf_put_sv(out, e->members);
	}
}

/* The XSO that its class refuses: what is certain of it, and why. */
static void put_invalid(struct bus *b, struct event_text *t, const struct event *e,
			const struct fault *why)
{
	struct fault *again = NULL;

	t->invalid = true;
	t->head.n = 0;
	put_head(b, &t->head, e, EVENT_XSO_INVALID);
	jsonw_key(&t->head, "partial");
	(void)xso_json_write(&t->head, e->elem, XSO_TYPED, &e->xso_ctx, &b->scratch, &again);
	fault_unref(again);
	jsonw_key(&t->head, "error");
	fault_json(&t->head, why);
}

static void put_xso(struct bus *b, struct event_text *t, const struct event *e,
		    enum xso_format format)
{
	struct fault *invalid = NULL;
	size_t mark;

	jsonw_key(&t->head, "xso");
	mark = t->head.n;
	if (xso_json_write(&t->head, e->elem, format, &e->xso_ctx, &b->scratch, &invalid) < 0)
		t->failed = true;
	if (invalid && e->kind == EVENT_XSO) {
		put_invalid(b, t, e, invalid);
	} else if (invalid) {
		/* what is not xso has no event for it: whole, in the other object format */
		struct fault *none = NULL;

		t->head.n = mark;
		(void)xso_json_write(&t->head, e->elem, XSO_RAW, &e->xso_ctx, &b->scratch, &none);
		fault_unref(none);
	}
	fault_unref(invalid);
	arena_reset(&b->scratch);
}

struct event_text *event_text_get(struct bus *b, const struct event *e, enum xso_format format)
{
	/* without an XSO all formats are one text */
	struct event_text *t = &b->texts[e->elem ? format : XSO_TYPED];

	if (t->made)
		return t;
	t->made = true;
	put_head(b, &t->head, e, e->kind);
	if (e->elem)
		put_xso(b, t, e, format);
	t->failed = t->failed || t->head.error;
	return t;
}

void event_text_reset(struct event_text *t)
{
	struct buf head = t->head;

	if (!t->made)
		return;
	outpage_unref(t->placed.page);
	for (size_t i = 0; i < t->n_tails; i++)
		outpage_unref(t->tails[i].page);
	buf_clear(&head);
	*t = (struct event_text){ .head = head };
}
