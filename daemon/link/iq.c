/* What requests in both directions have in common: their elements, their life with the link. */
#include "daemon/link/iq_internal.h"

#include <stdlib.h>

#include "daemon/link/managed.h"
#include "daemon/link/send.h"
#include "protocol/base/ns.h"

/* --- elements --------------------------------------------------------------------------------- */

unsigned iq_type(const struct elem *e)
{
	struct strview type = elem_attr(e, "type");

	if (!elem_is(e, XMLNS_CLIENT, "iq"))
		return 0;
	return strview_is(type, "get") ? IQ_GET : strview_is(type, "set") ? IQ_SET : 0;
}

static struct elem *answer_to(struct arena *a, struct strview to, struct strview id,
			      struct strview type)
{
	struct elem *e = elem_new(a, SV(XMLNS_CLIENT), SV("iq"));

	if (!e || elem_add_attr(a, e, SV_NONE, SV("type"), type) < 0 ||
	    (to.p && elem_add_attr(a, e, SV_NONE, SV("to"), to) < 0) ||
	    (id.p && elem_add_attr(a, e, SV_NONE, SV("id"), id) < 0))
		return NULL;
	return e;
}

struct elem *iq_result(struct arena *a, struct strview to, struct strview id)
{
	return answer_to(a, to, id, SV("result"));
}

struct elem *iq_error(struct arena *a, struct strview to, struct strview id, const char *type,
		      const char *condition)
{
	struct elem *e = answer_to(a, to, id, SV("error"));
	struct elem *error = e ? elem_add_new(a, e, e->ns, SV("error"), SV_NONE) : NULL;

	if (!error || elem_add_attr(a, error, SV_NONE, SV("type"), strview_of(type)) < 0 ||
	    !elem_add_new(a, error, SV(XMLNS_STANZA_ERROR), strview_of(condition), SV_NONE))
		return NULL;
	return e;
}

/* What echoes a peer's long id could be more than the server takes: that one goes unanswered. */
void iq_send_own(struct link *k, const struct elem *e)
{
	struct fault *why = e ? link_check_room(k) : NULL;

	if (e && !why)
		why = managed_check_size(k, e);
	if (e && !why)
		why = link_send(k, e, NULL, false);
	if (why)
		link_log(k, LOG_LEVEL_WARNING, "an iq goes unanswered: %s", why->message);
	fault_unref(why);
}

struct xso_json_context iq_context(const struct link *k, const struct session *s)
{
	struct xso_json_context ctx = link_xso_context(k);

	ctx.registry = session_registry(s);
	return ctx;
}

struct fault *iq_read(const struct link *k, const struct session *s, json_t *members,
		      struct arena *a, struct elem **ret)
{
	struct xso_json_context ctx = iq_context(k, s);
	const struct elem *e = NULL;
	struct fault *why;

	if (!members)
		return fault_no_memory();
	why = xso_json_read(members, "", &ctx, false, a, &e);
	json_decref(members);
	if (!why)
		*ret = (struct elem *)e;
	return why;
}

/* --- life ------------------------------------------------------------------------------------- */

struct iq *iq_new(void)
{
	struct iq *iq = calloc(1, sizeof(*iq));

	if (!iq)
		return NULL;
	list_init(&iq->waiting);
	list_init(&iq->collecting);
	list_init(&iq->all_handlers);
	list_init(&iq->all_features);
	list_init(&iq->handed_out);
	return iq;
}

void iq_free(struct link *k)
{
	struct iq *iq = k->iq;

	if (!iq)
		return;
	iq_requests_cancel(k, "the stream is gone");
	iq_incoming_forget(k);
	list_for_each (it, &iq->all_handlers)
		iq_handler_free(k, list_entry(it, struct iq_handler, in_all));
	table_done(&iq->requests);
	table_done(&iq->handlers);
	table_done(&iq->features);
	deadlines_done(&iq->request_ends);
	deadlines_done(&iq->incoming_ends);
	free(iq);
	k->iq = NULL;
}

void iq_stopping(struct link *k)
{
	if (k->iq && k->link == LINK_UP && conn_state(&k->conn) == STREAM_OPEN)
		iq_incoming_end(k, NULL);
}

void iq_shutdown(struct link *k)
{
	if (k->iq)
		iq_requests_cancel(k, "the daemon is stopping");
}

void iq_closed(struct link *k)
{
	if (!k->iq)
		return;
	iq_requests_cancel(k, "the session ended before the answer came");
	iq_incoming_forget(k);
}

uint64_t iq_deadline(const struct link *k)
{
	uint64_t requests = deadlines_first(&k->iq->request_ends);
	uint64_t incoming = deadlines_first(&k->iq->incoming_ends);

	return requests < incoming ? requests : incoming;
}

void iq_tick(struct link *k, uint64_t now)
{
	iq_requests_tick(k, now);
	iq_incoming_tick(k, now);
}

void iq_session_gone(struct link *k, const struct session *s)
{
	if (!k->iq)
		return;
	iq_requests_drop(k, s);
	if (s->n_handlers == 0 && s->n_incoming == 0)
		return;
	iq_handlers_drop(k, s);
	iq_incoming_end(k, s);
	conn_sync(&k->conn);
}
