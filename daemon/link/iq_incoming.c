/* Requests of others: handed out as iq.incoming, answered by iq.reply or by the daemon itself. */
#include <stdlib.h>

#include "daemon/link/iq_internal.h"
#include "daemon/link/managed.h"
#include "daemon/link/send.h"
#include "ipc/json/jsonw.h"
#include "ipc/rpc/params_iq.h"

enum {
	MAX_INCOMING = 1024, /* of one client, not answered yet */
	MAX_IDENTITY = 8192, /* bytes of sender and id that are kept for an answer */
};

/* A request that a client has to answer. */
struct iq_incoming {
	struct table_node in_table; /* links.tokens, by its token */
	struct list in_all;
	struct deadline end;
	struct link *link;
	struct session *session;
	struct strview from, id; /* from.p NULL: from the server */
	char token[LINK_ID_SIZE];
	char text[];
};

static struct iq_incoming *incoming_of(struct list *node)
{
	return list_entry(node, struct iq_incoming, in_all);
}

static void forget(struct iq_incoming *in)
{
	struct session *s = in->session;

	deadlines_remove(&in->link->iq->incoming_ends, &in->end);
	table_remove(&in->in_table);
	list_remove(&in->in_all);
	s->n_incoming--;
	if (s->out.quota)
		s->out.quota->incoming--;
	free(in);
}

static void answer_error(struct link *k, const struct elem *e, const char *type,
			 const char *condition)
{
	struct arena a = { 0 };

	iq_send_own(k, iq_error(&a, elem_attr(e, "from"), elem_attr(e, "id"), type, condition));
	arena_done(&a);
}

/* The client does not answer it: that is told instead. */
static void end(struct iq_incoming *in, const char *type, const char *condition)
{
	struct arena a = { 0 };

	iq_send_own(in->link, iq_error(&a, in->from, in->id, type, condition));
	arena_done(&a);
	forget(in);
}

/* --- handing out ------------------------------------------------------------------------------ */

static bool has_room(const struct session *s)
{
	const struct quota *q = s->out.quota;

	return s->n_incoming < MAX_INCOMING && !s->disconnect && !s->out.failed &&
	       (!q || q->max_incoming == 0 || q->incoming < q->max_incoming);
}

static struct iq_incoming *new_incoming(struct link *k, const struct iq_handler *h,
					const struct elem *e)
{
	struct strview from = elem_attr(e, "from"), id = elem_attr(e, "id");
	struct iq_incoming *in;
	struct session *s = h->session;
	uint64_t at = h->timeout;

	if (from.n > MAX_IDENTITY || id.n > MAX_IDENTITY - from.n || !has_room(s))
		return NULL;
	in = calloc(1, sizeof(*in) + from.n + id.n);
	if (!in)
		return NULL;
	if (at == 0 || __builtin_add_overflow(at, clock_monotonic_ns(), &at))
		at = UINT64_MAX;
	if (link_new_id(in->token) < 0 ||
	    table_add(&k->links->tokens, &in->in_table, strview_of(in->token)) < 0) {
		free(in);
		return NULL;
	}
	in->link = k;
	in->session = s;
	memcpy(in->text, id.p, id.n);
	in->id = (struct strview){ in->text, id.n };
	if (from.p) {
		memcpy(in->text + id.n, from.p, from.n);
		in->from = (struct strview){ in->text + id.n, from.n };
	}
	list_append(&k->iq->handed_out, &in->in_all);
	s->n_incoming++;
	if (s->out.quota)
		s->out.quota->incoming++;
	if (deadlines_add(&k->iq->incoming_ends, &in->end, at) < 0) {
		forget(in);
		return NULL;
	}
	return in;
}

static bool tell(struct link *k, const struct iq_handler *h, const struct iq_incoming *in,
		 const struct elem *e, uint64_t seq)
{
	CLEANUP(buf_done) struct buf members = BUF_INIT;
	struct event ev = link_event(k, EVENT_IQ_INCOMING);

	jsonw_member_uint(&members, "handler", h->id);
	jsonw_member_cstr(&members, "token", in->token);
	ev.seq = seq;
	ev.members = buf_view(&members);
	ev.elem = e;
	ev.xso_ctx = iq_context(k, h->session);
	return !members.error && bus_tell(k->links->bus, h->session, &ev, h->format);
}

/* A client that is too busy, or a request that is too much: somebody may try again. */
static void hand_out(struct link *k, const struct iq_handler *h, const struct elem *e, uint64_t seq)
{
	struct iq_incoming *in = new_incoming(k, h, e);

	if (!in)
		answer_error(k, e, "wait", "resource-constraint");
	else if (!tell(k, h, in, e, seq))
		end(in, "wait", "resource-constraint");
}

/* The one element in it that a request has (RFC 6120 8.2.3), or NULL. */
static const struct elem *payload_of(const struct elem *e)
{
	const struct elem *payload = NULL;

	elem_for_each_node(it, e)
	{
		if (it->elem && payload)
			return NULL;
		if (it->elem)
			payload = it->elem;
	}
	return elem_attr(e, "id").p ? payload : NULL;
}

static bool can_take(const struct elem *e, const struct xso_json_context *ctx)
{
	struct arena scratch = { 0 };
	struct fault *invalid = xso_json_check(e, ctx, &scratch);
	bool can = !invalid;

	fault_unref(invalid);
	arena_done(&scratch);
	return can;
}

void iq_received(struct link *k, const struct elem *e, uint64_t seq)
{
	unsigned type = iq_type(e);
	struct xso_json_context ctx = link_xso_context(k);
	const struct elem *payload;
	struct iq_handler *h;
	struct arena a = { 0 };

	if (k->link != LINK_UP || !type || conn_state(&k->conn) != STREAM_OPEN)
		return;
	payload = payload_of(e);
	h = payload ? iq_handler_find(k, payload, type) : NULL;
	if (h)
		ctx = iq_context(k, h->session);
	/* a handler that takes raw elements judges them itself */
	if (!payload || ((!h || h->format == XSO_TYPED) && !can_take(e, &ctx)))
		answer_error(k, e, "modify", "bad-request");
	else if (h)
		hand_out(k, h, e, seq);
	else
		iq_send_own(k, iq_answer(k, &a, e, payload, type));
	arena_done(&a);
}

/* --- iq.reply --------------------------------------------------------------------------------- */

static struct iq_incoming *by_token(const struct links *l, const struct request *r)
{
	const struct params_iq_reply *p = r->params;
	struct table_node *node = table_find(&l->tokens, p->token);
	struct iq_incoming *in = node ? table_entry(node, struct iq_incoming, in_table) : NULL;

	return in && in->session == r->session ? in : NULL;
}

struct link *links_find_token(struct links *l, const struct request *r, struct fault **ret_fault)
{
	struct iq_incoming *in = by_token(l, r);

	if (in)
		return in->link;
	*ret_fault = fault_new(FAULT_CANCELED,
			       "there is no such request any more that this client could answer");
	fault_set_sent(*ret_fault, false);
	return NULL;
}

static struct fault *build(const struct link *k, const struct request *r,
			   const struct iq_incoming *in, struct arena *a, struct elem **ret)
{
	const struct params_iq_reply *p = r->params;
	const json_t *value = p->error ? p->error : p->payload;
	json_t *iq = json_pack("{s:s, s:s, s:s}", "kind", "iq", "type",
			       p->error ? "error" : "result", "id", "id");
	struct fault *why;

	if (iq && value &&
	    json_object_set(iq, p->error ? "error" : "payload", (json_t *)value) < 0) {
		json_decref(iq);
		iq = NULL;
	}
	why = iq_read(k, r->session, iq, a, ret);
	if (why)
		return why;
	/* the peer's own, however odd they are */
	for (size_t i = 0; i < (*ret)->n_attrs; i++)
		if (strview_is((*ret)->attrs[i].name, "id"))
			(*ret)->attrs[i].value = in->id;
	if (in->from.p && elem_add_attr(a, *ret, SV_NONE, SV("to"), in->from) < 0)
		return fault_no_memory();
	why = managed_check_size(k, *ret);
	if (why)
		fault_set(why, &why->path, p->error ? SV("/error") : SV("/payload"));
	return why;
}

/* After a fault the client may try again. */
void iq_handle_reply(struct link *k, struct request *r)
{
	const struct params_iq_reply *p = r->params;
	struct iq_incoming *in = by_token(k->links, r);
	struct elem *e = NULL;
	struct fault *why = NULL;
	struct arena a = { 0 };

	if (p->payload && p->error)
		why = fault_new(FAULT_INVALID_PARAMS, "a reply has either payload or error");
	if (!why)
		why = link_check(k);
	if (!why)
		why = link_check_room(k);
	if (!why)
		why = build(k, r, in, &a, &e);
	if (!why)
		why = link_send(k, e, r->session, false);
	arena_done(&a);
	if (why) {
		request_fail(r, why);
		return;
	}
	forget(in);
	request_ok(r);
}

/* --- ends ------------------------------------------------------------------------------------- */

void iq_incoming_end(struct link *k, const struct session *of)
{
	list_for_each (it, &k->iq->handed_out)
		if (!of || incoming_of(it)->session == of)
			end(incoming_of(it), "cancel", "service-unavailable");
}

void iq_incoming_forget(struct link *k)
{
	list_for_each (it, &k->iq->handed_out)
		forget(incoming_of(it));
}

void iq_incoming_tick(struct link *k, uint64_t now)
{
	struct deadline *d;

	while ((d = deadlines_take(&k->iq->incoming_ends, now)))
		end(deadline_entry(d, struct iq_incoming, end), "wait", "resource-constraint");
}
