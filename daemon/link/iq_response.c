/* What comes back for iq.request: answers, and stanzas that are collected before them. */
#include "daemon/link/iq_internal.h"

#include "ipc/json/jsonw.h"
#include "protocol/base/jid.h"
#include "protocol/base/ns.h"

/* --- answers ---------------------------------------------------------------------------------- */

static bool same_jid(struct strview text, struct strview prepared)
{
	struct arena scratch = { 0 };
	struct jid jid;
	bool same;

	if (strview_eq(text, prepared) || jid_split(text, &jid))
		return strview_eq(text, prepared);
	same = jid_parse(text, &scratch, &jid) == JID_OK && strview_eq(jid.full, prepared);
	arena_done(&scratch);
	return same;
}

/*
 * Whether e is from the one who was asked (RFC 6120 8.1.2.1, 10.3.3). Only our server can send
 * something without `from` or in the name of our account or of itself.
 */
static bool is_from_asked(const struct link *k, const struct iq_request *q, const struct elem *e)
{
	struct strview from = elem_attr(e, "from");
	struct strview domain = strview_of(k->section->domain);

	if (q->to.n > 0)
		return from.p ? same_jid(from, q->to) : strview_eq(q->to, domain);
	return !from.p || same_jid(from, strview_of(k->section->jid)) || same_jid(from, domain);
}

struct iq_request *iq_request_answered(const struct link *k, const struct elem *e)
{
	struct strview type = elem_attr(e, "type"), id = elem_attr(e, "id");
	struct table_node *node;
	struct iq_request *q;

	if (!id.n || !elem_is(e, XMLNS_CLIENT, "iq") ||
	    (!strview_is(type, "result") && !strview_is(type, "error")))
		return NULL;
	node = table_find(&k->iq->requests, id);
	q = node ? table_entry(node, struct iq_request, in_table) : NULL;
	return q && is_from_asked(k, q, e) ? q : NULL;
}

struct session *iq_request_session(const struct iq_request *q)
{
	return q->request->session;
}

static void set_stanza(struct fault *f, const struct elem *e)
{
	if (f != fault_no_memory())
		f->stanza = elem_copy(&f->arena, e);
}

/* The error of an answer, which may lack anything (RFC 6120 8.3). */
static struct fault *stanza_error(const struct elem *e)
{
	const struct elem *error = elem_child(e, XMLNS_CLIENT, "error"), *text = NULL;
	struct strview condition = SV("undefined-condition"), type = SV("cancel");
	struct fault *f;

	elem_for_each_node(it, error ? error : e)
	{
		if (!error || !it->elem || !strview_is(it->elem->ns, XMLNS_STANZA_ERROR))
			continue;
		if (strview_is(it->elem->name, "text"))
			text = it->elem;
		else
			condition = it->elem->name;
	}
	if (error && elem_attr(error, "type").n)
		type = elem_attr(error, "type");
	f = fault_new(FAULT_STANZA_ERROR, "the answer is an error: %.*s", SV_ARG(condition));
	fault_set(f, &f->condition, condition);
	fault_set(f, &f->type, type);
	if (text && f != fault_no_memory())
		fault_set(f, &f->text, elem_text(text, &f->arena));
	if (error && elem_attr(error, "by").p)
		fault_set(f, &f->by, elem_attr(error, "by"));
	set_stanza(f, e);
	return f;
}

static void write_answer(struct iq_request *q, const struct elem *e,
			 const struct xso_json_context *ctx, struct fault **ret_invalid)
{
	struct buf *b = request_result(q->request);
	struct arena scratch;

	arena_init(&scratch, 0);
	if (q->collect) {
		jsonw_begin_object(b);
		jsonw_key(b, "answer");
	}
	(void)xso_json_write(b, e, q->format, ctx, &scratch, ret_invalid);
	if (q->collect) {
		jsonw_key(b, "collected");
		jsonw_begin_array(b);
		buf_put_sv(b, buf_view(&q->collected));
		jsonw_end_array(b);
		jsonw_end_object(b);
	}
	arena_done(&scratch);
}

void iq_request_answer(struct link *k, struct iq_request *q, const struct elem *e)
{
	struct xso_json_context ctx = iq_context(k, q->request->session);
	enum xso_format format = q->format;
	struct fault *why = NULL;

	if (strview_is(elem_attr(e, "type"), "error")) {
		request_fail_as(iq_request_end(k, q), stanza_error(e), format, &ctx);
		return;
	}
	write_answer(q, e, &ctx, &why);
	if (!why) {
		request_done(iq_request_end(k, q));
		return;
	}
	/* it did come, and is none that its class could take: as it is */
	fault_set_sent(why, true);
	set_stanza(why, e);
	request_fail(iq_request_end(k, q), why);
}

/* --- stanzas before the answer ---------------------------------------------------------------- */

/* Results of another query than this one, where both have a name. */
static bool is_of_other_query(const struct iq_request *q, const struct elem *e)
{
	elem_for_each_node(it, e)
	{
		struct strview id = it->elem ? elem_attr(it->elem, "queryid") : SV_NONE;

		if (id.p && q->queryid.p && !strview_eq(id, q->queryid))
			return true;
	}
	return false;
}

static bool wants(const struct link *k, const struct iq_request *q, const struct elem *e)
{
	struct match_context ctx = link_match_context(k);

	return is_from_asked(k, q, e) && !is_of_other_query(q, e) &&
	       match_elem(q->collect, e, &ctx);
}

/* What waits in a call is charged like what waits in the client's queue. */
static bool has_room(const struct session *s, size_t n)
{
	return n <= s->out.max_bytes && s->collected <= s->out.max_bytes - n &&
	       quota_has_room(s->out.quota, s->collected, n);
}

/* False: the call has failed. */
static bool keep(struct link *k, struct iq_request *q, struct strview json)
{
	struct session *s = q->request->session;
	size_t before = q->collected.n;

	if (!has_room(s, json.n + 1)) {
		request_fail(iq_request_end(k, q),
			     fault_new(FAULT_OVERFLOW,
				       "more was collected than this client's queue may hold"));
		return false;
	}
	if (before)
		buf_put_char(&q->collected, ',');
	buf_put_sv(&q->collected, json);
	s->collected += q->collected.n - before;
	if (s->out.quota)
		s->out.quota->bytes += q->collected.n - before;
	if (!q->collected.error)
		return true;
	request_fail(iq_request_end(k, q), fault_no_memory());
	return false;
}

/* False: its class cannot take it, or there is no room for it, so it is an event for all. */
static bool collect(struct link *k, struct iq_request *q, const struct elem *e)
{
	struct xso_json_context ctx = iq_context(k, q->request->session);
	CLEANUP(buf_done) struct buf json = BUF_INIT;
	struct fault *invalid = NULL;
	struct arena scratch;

	arena_init(&scratch, 0);
	(void)xso_json_write(&json, e, q->format, &ctx, &scratch, &invalid);
	arena_done(&scratch);
	fault_unref(invalid);
	if (invalid)
		return false;
	if (!json.error)
		return keep(k, q, buf_view(&json));
	request_fail(iq_request_end(k, q), fault_no_memory());
	return false;
}

bool iq_collect(struct link *k, const struct elem *e)
{
	if (list_empty(&k->iq->collecting) || elem_is(e, XMLNS_CLIENT, "iq"))
		return false;
	list_for_each (it, &k->iq->collecting) {
		struct iq_request *q = list_entry(it, struct iq_request, in_collecting);

		if (wants(k, q, e))
			return collect(k, q, e);
	}
	return false;
}
