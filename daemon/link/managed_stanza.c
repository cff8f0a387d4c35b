/* Stanzas that the daemon itself sends on a managed stream, and those that it lets clients send. */
#include "daemon/link/managed.h"
#include "daemon/link/send.h"
#include "protocol/base/jid.h"
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

/* --- what clients may send; a fault's path is that in the XSO --------------------------------- */

static struct fault *invalid(const char *path, const char *what)
{
	struct fault *f = fault_new(FAULT_INVALID_XSO, "%s", what);

	fault_set(f, &f->path, strview_of(path));
	return f;
}

struct fault *managed_check_size(const struct link *k, const struct elem *e)
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
	return managed_check_size(k, e);
}

/* Whether the account or the server itself is asked, in whatever form. */
static bool is_to_ours(const struct link *k, struct strview to)
{
	struct arena scratch = { 0 };
	struct jid jid;
	bool ours = !to.p;

	if (to.p && jid_parse(to, &scratch, &jid) == JID_OK)
		ours = strview_is(jid.full, k->section->jid) ||
		       (!jid.local.n && strview_is(jid.domain, k->section->domain));
	arena_done(&scratch);
	return ours;
}

struct fault *managed_may_request(const struct link *k, const struct session *s,
				  const struct elem *e)
{
	struct fault *why;

	if (strview_is(elem_attr(e, "type"), "set") && !s->peer.all_rights &&
	    is_to_ours(k, elem_attr(e, "to")) && !elem_child(e, XMLNS_MAM, "query"))
		return fault_new(FAULT_ACCESS_DENIED, "a set to our own account or server needs "
						      "the right \"control\"");
	why = managed_check_size(k, e);
	if (why)
		fault_set(why, &why->path, SV("/payload"));
	return why;
}
