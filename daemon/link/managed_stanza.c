/* Stanzas that the daemon itself sends on a managed stream, and those that it lets clients send. */
#include "daemon/link/managed.h"
#include "protocol/base/ns.h"
#include "protocol/xml/xmlwrite.h"

static void send_own(struct link *k, const struct elem *e)
{
	struct fault *why = e ? link_check_room(k) : NULL;

	if (e && !why)
		why = link_send(k, e, NULL, false);
	fault_unref(why);
}

void managed_send_presence(struct link *k)
{
	struct arena a;

	arena_init(&a, 0);
	send_own(k, elem_new(&a, SV(XMLNS_CLIENT), SV("presence")));
	arena_done(&a);
}

/* XEP-0199: any answer, an error too, shows that the stream lives. */
void managed_deadtime(struct link *k)
{
	struct arena a;
	struct elem *iq;
	struct strview id;

	if (k->link != LINK_UP)
		return;
	arena_init(&a, 0);
	id = arena_printf(&a, "stanzad-%llu", (unsigned long long)++k->next_id);
	iq = elem_new(&a, SV(XMLNS_CLIENT), SV("iq"));
	if (iq && id.p && elem_add_attr(&a, iq, SV_NONE, SV("type"), SV("get")) == 0 &&
	    elem_add_attr(&a, iq, SV_NONE, SV("id"), id) == 0 &&
	    elem_add_new(&a, iq, SV(XMLNS_PING), SV("ping"), SV_NONE))
		send_own(k, iq);
	arena_done(&a);
}

/* --- requests of others that no client handles ------------------------------------------------ */

static struct elem *reply_to(struct arena *a, const struct elem *iq, struct strview type)
{
	struct elem *e = elem_new(a, iq->ns, iq->name);
	struct strview from = elem_attr(iq, "from"), id = elem_attr(iq, "id");

	if (!e || elem_add_attr(a, e, SV_NONE, SV("type"), type) < 0 ||
	    (from.p && elem_add_attr(a, e, SV_NONE, SV("to"), from) < 0) ||
	    (id.p && elem_add_attr(a, e, SV_NONE, SV("id"), id) < 0))
		return NULL;
	return e;
}

static struct elem *error_to(struct arena *a, const struct elem *iq, struct strview type,
			     struct strview condition)
{
	struct elem *e = reply_to(a, iq, SV("error"));
	struct elem *error = e ? elem_add_new(a, e, iq->ns, SV("error"), SV_NONE) : NULL;

	if (!error || elem_add_attr(a, error, SV_NONE, SV("type"), type) < 0 ||
	    !elem_add_new(a, error, SV(XMLNS_STANZA_ERROR), condition, SV_NONE))
		return NULL;
	return e;
}

static const struct elem *answer(struct link *k, struct arena *a, const struct elem *iq)
{
	struct xso_json_context ctx = link_xso_context(k);
	struct fault *invalid = xso_json_check(iq, &ctx, a);

	fault_unref(invalid);
	if (invalid)
		return error_to(a, iq, SV("modify"), SV("bad-request"));
	if (strview_is(elem_attr(iq, "type"), "get") && elem_child(iq, XMLNS_PING, "ping"))
		return reply_to(a, iq, SV("result"));
	return error_to(a, iq, SV("cancel"), SV("service-unavailable"));
}

void managed_received(struct link *k, const struct elem *e)
{
	struct strview type = elem_attr(e, "type");
	struct arena a;

	if (k->link != LINK_UP || !elem_is(e, XMLNS_CLIENT, "iq") ||
	    !(strview_is(type, "get") || strview_is(type, "set")) ||
	    stream_state(k->conn.stream) != STREAM_OPEN)
		return;
	arena_init(&a, 0);
	send_own(k, answer(k, &a, e));
	arena_done(&a);
}

/* --- what clients may send; a fault's path is that in the XSO --------------------------------- */

static struct fault *invalid(const char *path, const char *what)
{
	struct fault *f = fault_new(FAULT_INVALID_XSO, "%s", what);

	fault_set(f, &f->path, strview_of(path));
	return f;
}

static struct fault *check_size(const struct link *k, const struct elem *e)
{
	CLEANUP(buf_done) struct buf xml = BUF_INIT;
	struct xmlwrite_context ctx = { .default_ns = SV(XMLNS_CLIENT), .stream_prefix = true };
	struct xmlwrite_issue issue = { 0 };
	struct fault *f;

	if (xmlwrite_elem(&xml, e, &ctx, &issue) < 0)
		return invalid("", issue.text ? issue.text : "out of memory");
	if (xml.n <= k->config->limits.max_send_bytes)
		return NULL;
	f = fault_new(FAULT_INVALID_XSO, "%zu bytes on the wire, at most %zu may be sent", xml.n,
		      k->config->limits.max_send_bytes);
	fault_set(f, &f->path, SV(""));
	return f;
}

static bool is_subscription(struct strview type)
{
	return strview_is(type, "subscribe") || strview_is(type, "subscribed") ||
	       strview_is(type, "unsubscribe") || strview_is(type, "unsubscribed");
}

struct fault *managed_may_send(const struct link *k, const struct session *s, const struct elem *e)
{
	struct strview from = elem_attr(e, "from");
	bool presence = strview_is(e->name, "presence");

	if (!strview_is(e->ns, XMLNS_CLIENT) || (!presence && !strview_is(e->name, "message")))
		return invalid("", "only message and presence may be sent on a managed stream");
	if (from.p && !strview_is(from, k->jid ? k->jid : ""))
		return invalid("/from", "not our own full JID");
	if (presence && !s->peer.all_rights &&
	    (!elem_attr(e, "to").n || is_subscription(elem_attr(e, "type"))))
		return fault_new(FAULT_ACCESS_DENIED,
				 "presence for the whole session needs the right \"control\"");
	return check_size(k, e);
}
