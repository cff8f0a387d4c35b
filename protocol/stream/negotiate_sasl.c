/* The negotiation's step of SASL (RFC 6120 6). */
#include <assert.h>

#include "protocol/base/ns.h"
#include "protocol/stream/negotiate_private.h"
#include "protocol/stream/sasl.h"

static bool keep_mechanisms(struct negotiate *n, const struct elem *mechanisms)
{
	n->n_offered = 0;
	elem_for_each_node(node, mechanisms)
	{
		struct strview name;

		if (!node->elem || !elem_is(node->elem, XMLNS_SASL, "mechanism") ||
		    n->n_offered == MAX_MECHANISMS)
			continue;
		name = arena_dup(&n->strings, elem_text(node->elem, &n->scratch));
		if (!name.p)
			return false;
		n->offered[n->n_offered++] = name;
	}
	return true;
}

enum negotiate_action negotiate_sasl_features(struct negotiate *n, const struct elem *features)
{
	const struct elem *mechanisms = elem_child(features, XMLNS_SASL, "mechanisms");
	const struct elem *tls = elem_child(features, XMLNS_TLS, "starttls");

	if (!mechanisms && tls && !n->secure)
		return negotiate_fail_tls(
			n, "the server lets nobody log in without TLS, which is switched "
			   "off here");
	if (mechanisms && !keep_mechanisms(n, mechanisms))
		return negotiate_fail_memory(n);
	n->step = AWAIT_PASSWORD;
	return NEGOTIATE_PASSWORD;
}

/* SASL's next message, in <auth/> or <response/>. */
static enum negotiate_action send_sasl(struct negotiate *n, const char *name)
{
	struct elem *e = elem_new(&n->scratch, SV(XMLNS_SASL), strview_of(name));

	if (e && elem_add_text(&n->scratch, e, buf_view(&n->data)) < 0)
		e = NULL;
	if (e && n->step == AWAIT_PASSWORD &&
	    elem_add_attr(&n->scratch, e, SV_NONE, SV("mechanism"), strview_of(n->mechanism)) < 0)
		e = NULL;
	return negotiate_send(n, e, true, AWAIT_SASL);
}

enum negotiate_action negotiate_password(struct negotiate *n, struct strview password)
{
	const char *at = n->options.jid.n ? memchr(n->options.jid.p, '@', n->options.jid.n) : NULL;
	const struct sasl_credentials credentials = {
		.username = { n->options.jid.p, at ? (size_t)(at - n->options.jid.p) : 0 },
		.password = password,
	};
	struct fault *f = NULL;

	assert(n->step == AWAIT_PASSWORD);
	negotiate_begin(n);
	sasl_free(n->sasl);
	n->sasl = sasl_new(n->offered, n->n_offered, n->options.mechanisms, n->secure, &credentials,
			   &f);
	if (!n->sasl)
		return negotiate_fail(n, f);
	n->mechanism = sasl_mechanism(n->sasl);
	f = sasl_step(n->sasl, SV_NONE, &n->data);
	return f ? negotiate_fail(n, f) : send_sasl(n, "auth");
}

static enum negotiate_action on_challenge(struct negotiate *n, const struct elem *e)
{
	struct strview text = elem_text(e, &n->scratch);
	struct fault *f;

	if (!text.p)
		return negotiate_fail_memory(n);
	buf_wipe(&n->data); /* text may be in scratch */
	f = sasl_step(n->sasl, text, &n->data);
	if (!f)
		return send_sasl(n, "response");
	/* told to the server first (RFC 6120 6.4.4) */
	negotiate_fail(n, f);
	return negotiate_send(n, elem_new(&n->scratch, SV(XMLNS_SASL), SV("abort")), false,
			      AWAIT_ABORTED);
}

static enum negotiate_action on_success(struct negotiate *n, const struct elem *e)
{
	struct strview text = elem_text(e, &n->scratch);
	struct fault *f;

	if (!text.p)
		return negotiate_fail_memory(n);
	f = sasl_success(n->sasl, text);
	negotiate_begin(n);
	sasl_free(TAKE_PTR(n->sasl));
	if (f)
		return negotiate_fail(n, f);
	n->step = AWAIT_BIND_FEATURES;
	return NEGOTIATE_RESET;
}

static enum negotiate_action on_failure(struct negotiate *n, const struct elem *e)
{
	const struct elem *condition = negotiate_condition(e, XMLNS_SASL);

	return negotiate_fail_auth(n, condition ? condition->name : SV("not-authorized"),
				   negotiate_text(n, e, XMLNS_SASL));
}

enum negotiate_action negotiate_await_sasl(struct negotiate *n, const struct elem *e, size_t rest)
{
	(void)rest; /* the stream's reset throws it away */
	if (elem_is(e, XMLNS_SASL, "challenge"))
		return on_challenge(n, e);
	if (elem_is(e, XMLNS_SASL, "success"))
		return on_success(n, e);
	if (elem_is(e, XMLNS_SASL, "failure"))
		return on_failure(n, e);
	return NEGOTIATE_WAIT;
}
