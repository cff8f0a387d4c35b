/* iq.request: what clients ask others, under ids of the daemon's own. */
#include "daemon/link/iq_internal.h"

#include <stdlib.h>

#include "daemon/link/managed.h"
#include "daemon/link/send.h"
#include "ipc/rpc/params_iq.h"
#include "protocol/base/jid.h"
#include "protocol/base/ns.h"

static struct iq_request *request_of(struct list *node)
{
	return list_entry(node, struct iq_request, in_all);
}

static void free_request(struct iq_request *q)
{
	struct session *s = q->request ? q->request->session : NULL;

	if (s) {
		s->collected -= q->collected.n;
		if (s->out.quota)
			s->out.quota->bytes -= q->collected.n;
	}
	table_remove(&q->in_table);
	list_remove(&q->in_all);
	list_remove(&q->in_collecting);
	match_free(q->collect);
	buf_done(&q->collected);
	free(q);
}

struct request *iq_request_end(struct link *k, struct iq_request *q)
{
	struct request *r = q->request;

	deadlines_remove(&k->iq->request_ends, &q->end);
	free_request(q);
	return r;
}

static void cancel(struct link *k, struct iq_request *q, const char *text)
{
	struct fault *why = fault_new(FAULT_CANCELED, "%s", text);

	fault_set_sent(why, k->conn.stream && stream_sent_total(k->conn.stream) >= q->sent_at);
	request_fail(iq_request_end(k, q), why);
}

void iq_requests_cancel(struct link *k, const char *why)
{
	list_for_each (it, &k->iq->waiting)
		cancel(k, request_of(it), why);
}

/* --- asking ----------------------------------------------------------------------------------- */

/* The prepared JID that was asked; n == 0: our own account. */
static struct strview prepare_to(const struct link *k, struct strview to, struct arena *a)
{
	struct jid jid;

	if (!to.p || jid_parse(to, a, &jid) != JID_OK || strview_is(jid.full, k->section->jid))
		return SV_NONE;
	return jid.full;
}

static struct strview put_text(char **to, struct strview v)
{
	struct strview copy = { v.p ? *to : NULL, v.n };

	if (v.n)
		memcpy(*to, v.p, v.n);
	*to += v.n;
	return copy;
}

/* The strings are copied; collect is consumed with success. */
static struct iq_request *new_request(struct link *k, const struct elem *e, struct strview to)
{
	const struct elem *payload = e->first->elem;
	struct strview id = elem_attr(e, "id"), queryid = elem_attr(payload, "queryid");
	struct iq_request *q = calloc(1, sizeof(*q) + id.n + to.n + queryid.n);
	char *text;

	if (!q)
		return NULL;
	text = q->text;
	id = put_text(&text, id);
	q->to = put_text(&text, to);
	q->queryid = put_text(&text, queryid);
	if (table_add(&k->iq->requests, &q->in_table, id) < 0) {
		free_request(q);
		return NULL;
	}
	return q;
}

static uint64_t end_of(const struct param_seconds *timeout)
{
	uint64_t ns = timeout->set ? timeout->ns : 60u * UINT64_C(1000000000);

	/* 0 switches a limit off, as everywhere */
	return ns == UINT64_MAX || ns == 0 ? UINT64_MAX : clock_monotonic_ns() + ns;
}

/* The iq that goes out, with an id of its own. */
static struct fault *build(struct link *k, const struct request *r, struct arena *a,
			   struct elem **ret)
{
	const struct params_iq_request *p = r->params;
	char id[LINK_ID_SIZE];
	json_t *iq;

	if (link_new_id(id) < 0)
		return fault_no_memory();
	iq = json_pack("{s:s, s:s, s:s, s:O}", "kind", "iq", "type",
		       p->type == IQ_REQUEST_GET ? "get" : "set", "id", id, "payload", p->payload);
	if (iq && p->to.p && json_object_set_new(iq, "to", json_stringn(p->to.p, p->to.n)) < 0) {
		json_decref(iq);
		iq = NULL;
	}
	return iq_read(k, r->session, iq, a, ret);
}

/* From here on it waits: r is consumed in any case. */
static void begin(struct link *k, struct request *r, const struct elem *e, struct strview to,
		  struct match_list *collect)
{
	const struct params_iq_request *p = r->params;
	struct iq_request *q = new_request(k, e, to);
	struct fault *why = q ? NULL : fault_no_memory();

	if (q && deadlines_add(&k->iq->request_ends, &q->end, end_of(&p->timeout)) < 0)
		why = fault_no_memory();
	if (!why)
		why = link_send(k, e, r->session, false);
	if (why) {
		if (q)
			(void)iq_request_end(k, q);
		match_free(collect);
		request_fail(r, why);
		return;
	}
	q->request = r;
	q->format = p->format >= 0 ? (enum xso_format)p->format : XSO_TYPED;
	q->sent_at = stream_queued_total(k->conn.stream);
	q->collect = collect;
	list_append(&k->iq->waiting, &q->in_all);
	if (collect)
		list_append(&k->iq->collecting, &q->in_collecting);
}

void iq_handle_request(struct link *k, struct request *r)
{
	const struct params_iq_request *p = r->params;
	struct xso_json_context ctx = iq_context(k, r->session);
	struct match_list *collect = NULL;
	struct elem *e = NULL;
	struct fault *why = NULL;
	struct arena a;

	arena_init(&a, 0);
	if (p->collect)
		why = match_compile(p->collect, "/collect", &ctx, &collect);
	if (!why)
		why = link_check(k);
	if (!why)
		why = link_check_room(k);
	if (!why)
		why = build(k, r, &a, &e);
	if (!why)
		why = managed_may_request(k, r->session, e);
	if (why) {
		match_free(collect);
		request_fail(r, why);
	} else {
		begin(k, r, e, prepare_to(k, p->to, &a), collect);
	}
	arena_done(&a);
}

/* --- ends ------------------------------------------------------------------------------------- */

void iq_requests_tick(struct link *k, uint64_t now)
{
	struct deadline *d;

	while ((d = deadlines_take(&k->iq->request_ends, now))) {
		struct iq_request *q = deadline_entry(d, struct iq_request, end);

		request_fail(iq_request_end(k, q),
			     fault_new(FAULT_TIMEOUT, "no answer came in time"));
	}
}

void iq_requests_drop(struct link *k, const struct session *s)
{
	list_for_each (it, &k->iq->waiting)
		if (request_of(it)->request->session == s)
			request_drop(iq_request_end(k, request_of(it)));
}
