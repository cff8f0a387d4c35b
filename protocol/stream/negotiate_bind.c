/* The negotiation's step of resource binding (RFC 6120 7). */
#include "protocol/base/ns.h"
#include "protocol/stream/negotiate_private.h"

/* <iq type='set'> with a payload; the ids need not be guessed, there is nobody else yet. */
static struct elem *new_iq_set(struct arena *a, struct strview id)
{
	struct elem *iq = elem_new(a, SV(XMLNS_CLIENT), SV("iq"));

	if (!iq || elem_add_attr(a, iq, SV_NONE, SV("type"), SV("set")) < 0 ||
	    elem_add_attr(a, iq, SV_NONE, SV("id"), id) < 0)
		return NULL;
	return iq;
}

enum negotiate_action negotiate_bind_features(struct negotiate *n, const struct elem *features)
{
	const struct elem *session = elem_child(features, XMLNS_SESSION, "session");
	struct elem *iq, *bind;

	if (!elem_child(features, XMLNS_BIND, "bind"))
		return negotiate_fail(
			n, fault_new(FAULT_UNSUPPORTED, "the server offers no resource binding"));
	n->session = session && !elem_child(session, XMLNS_SESSION, "optional");
	negotiate_begin(n);
	iq = new_iq_set(&n->scratch, SV("bind"));
	bind = iq ? elem_add_new(&n->scratch, iq, SV(XMLNS_BIND), SV("bind"), SV_NONE) : NULL;
	if (bind && n->options.resource.n > 0 &&
	    !elem_add_new(&n->scratch, bind, SV(XMLNS_BIND), SV("resource"), n->options.resource))
		bind = NULL;
	return negotiate_send(n, bind ? iq : NULL, false, AWAIT_BIND);
}

/* RFC 6120 8.3 */
static enum negotiate_action fail_stanza(struct negotiate *n, const char *what,
					 const struct elem *iq)
{
	const struct elem *error = elem_child(iq, XMLNS_CLIENT, "error");
	const struct elem *condition =
		error ? negotiate_condition(error, XMLNS_STANZA_ERROR) : NULL;
	struct strview name = condition ? condition->name : SV("undefined-condition");
	struct strview text = error ? negotiate_text(n, error, XMLNS_STANZA_ERROR) : SV_NONE;
	struct fault *f = fault_new(FAULT_STANZA_ERROR, "%s: %.*s%s%.*s", what, SV_ARG(name),
				    text.n ? ": " : "", SV_ARG(text));

	fault_set(f, &f->condition, name);
	fault_set(f, &f->text, text);
	fault_set(f, &f->type, error ? elem_attr(error, "type") : SV_NONE);
	fault_set(f, &f->by, error ? elem_attr(error, "by") : SV_NONE);
	if (f != fault_no_memory())
		f->stanza = elem_copy(&f->arena, iq);
	return negotiate_fail(n, f);
}

static bool is_answer(const struct elem *e, const char *id, bool *ret_error)
{
	struct strview type = elem_attr(e, "type");

	*ret_error = strview_is(type, "error");
	return elem_is(e, XMLNS_CLIENT, "iq") && strview_is(elem_attr(e, "id"), id) &&
	       (*ret_error || strview_is(type, "result"));
}

static enum negotiate_action take_jid(struct negotiate *n, const struct elem *iq)
{
	const struct elem *bind = elem_child(iq, XMLNS_BIND, "bind");
	const struct elem *e = bind ? elem_child(bind, XMLNS_BIND, "jid") : NULL;
	struct strview text = e ? elem_text(e, &n->scratch) : SV("");
	struct jid jid;

	switch (text.p ? jid_parse(text, &n->strings, &jid) : JID_NO_MEMORY) {
	case JID_OK:
		break;
	case JID_NO_MEMORY:
		return negotiate_fail_memory(n);
	case JID_EMPTY:
	case JID_TOO_LONG:
	case JID_BAD_LOCAL:
	case JID_BAD_DOMAIN:
	case JID_BAD_RESOURCE:
		return negotiate_fail(
			n, fault_new(FAULT_STANZA_ERROR,
				     "resource binding: the server's answer has no valid JID"));
	}
	if (jid.resource.n == 0)
		return negotiate_fail(
			n, fault_new(FAULT_STANZA_ERROR,
				     "resource binding: the server's answer has no resource"));
	n->bound = jid.full;
	return NEGOTIATE_DONE;
}

static enum negotiate_action establish_session(struct negotiate *n)
{
	struct elem *iq;

	negotiate_begin(n);
	iq = new_iq_set(&n->scratch, SV("session"));
	if (iq && !elem_add_new(&n->scratch, iq, SV(XMLNS_SESSION), SV("session"), SV_NONE))
		iq = NULL;
	return negotiate_send(n, iq, false, AWAIT_SESSION);
}

static enum negotiate_action finish(struct negotiate *n)
{
	negotiate_begin(n);
	n->step = DONE;
	return NEGOTIATE_DONE;
}

enum negotiate_action negotiate_await_bind(struct negotiate *n, const struct elem *e, size_t rest)
{
	enum negotiate_action action;
	bool error;

	(void)rest;
	if (!is_answer(e, "bind", &error))
		return NEGOTIATE_WAIT;
	if (error)
		return fail_stanza(n, "resource binding", e);
	action = take_jid(n, e);
	if (action != NEGOTIATE_DONE)
		return action;
	return n->session ? establish_session(n) : finish(n);
}

enum negotiate_action negotiate_await_session(struct negotiate *n, const struct elem *e,
					      size_t rest)
{
	bool error;

	(void)rest;
	if (!is_answer(e, "session", &error))
		return NEGOTIATE_WAIT;
	return error ? fail_stanza(n, "session establishment", e) : finish(n);
}
