/* The negotiation's steps; STARTTLS (RFC 6120 5). */
#include <assert.h>
#include <stdlib.h>

#include "protocol/base/ns.h"
#include "protocol/stream/negotiate_private.h"
#include "protocol/stream/sasl.h"

struct negotiate *negotiate_new(const struct negotiate_options *options)
{
	struct negotiate *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	arena_init(&n->strings, 0);
	arena_init(&n->scratch, 0);
	n->options.jid = arena_dup(&n->strings, options->jid);
	n->options.resource = arena_dup(&n->strings, options->resource);
	n->options.mechanisms = arena_dup(&n->strings, options->mechanisms);
	if (!n->options.jid.p || !n->options.resource.p || !n->options.mechanisms.p) {
		negotiate_free(n);
		return NULL;
	}
	n->secure = options->tls == NEGOTIATE_TLS_DONE;
	n->step = options->tls == NEGOTIATE_TLS_REQUIRED ? AWAIT_TLS_FEATURES : AWAIT_SASL_FEATURES;
	return n;
}

void negotiate_free(struct negotiate *n)
{
	if (!n)
		return;
	buf_wipe(&n->data);
	sasl_free(n->sasl);
	fault_unref(n->fault);
	arena_done(&n->scratch);
	arena_done(&n->strings);
	free(n);
}

enum negotiate_action negotiate_fail(struct negotiate *n, struct fault *f)
{
	fault_unref(n->fault);
	n->fault = f;
	n->step = FAILED;
	return NEGOTIATE_FAILED;
}

enum negotiate_action negotiate_fail_tls(struct negotiate *n, const char *reason)
{
	struct fault *f = fault_new(FAULT_TLS_ERROR, "%s", reason);

	fault_set(f, &f->reason, strview_of(reason));
	return negotiate_fail(n, f);
}

enum negotiate_action negotiate_fail_memory(struct negotiate *n)
{
	return negotiate_fail(n, fault_no_memory());
}

enum negotiate_action negotiate_fail_auth(struct negotiate *n, struct strview condition,
					  struct strview text)
{
	struct fault *f = fault_new(FAULT_AUTH_ERROR, "authentication failed: %.*s%s%.*s",
				    SV_ARG(condition), text.n ? ": " : "", SV_ARG(text));

	fault_set(f, &f->condition, condition);
	fault_set(f, &f->text, text);
	fault_set(f, &f->mechanism, strview_of(n->mechanism));
	return negotiate_fail(n, f);
}

enum negotiate_action negotiate_send(struct negotiate *n, struct elem *e, bool secret,
				     enum step next)
{
	if (!e)
		return negotiate_fail_memory(n);
	n->elem = e;
	n->secret = secret;
	n->step = next;
	return NEGOTIATE_SEND;
}

void negotiate_begin(struct negotiate *n)
{
	n->elem = NULL;
	buf_wipe(&n->data);
	arena_reset(&n->scratch);
}

const struct elem *negotiate_condition(const struct elem *e, const char *ns)
{
	elem_for_each_node(node, e)
	{
		if (node->elem && strview_is(node->elem->ns, ns) &&
		    !strview_is(node->elem->name, "text"))
			return node->elem;
	}
	return NULL;
}

struct strview negotiate_text(struct negotiate *n, const struct elem *e, const char *ns)
{
	const struct elem *text = elem_child(e, ns, "text");

	return text ? elem_text(text, &n->scratch) : SV_NONE;
}

static enum negotiate_action tls_features(struct negotiate *n, const struct elem *features)
{
	if (!elem_child(features, XMLNS_TLS, "starttls"))
		return negotiate_fail_tls(n, "the server offers no STARTTLS");
	negotiate_begin(n);
	return negotiate_send(n, elem_new(&n->scratch, SV(XMLNS_TLS), SV("starttls")), false,
			      AWAIT_PROCEED);
}

static enum negotiate_action await_proceed(struct negotiate *n, const struct elem *e, size_t rest)
{
	if (elem_is(e, XMLNS_TLS, "failure"))
		return negotiate_fail_tls(n, "the server refuses STARTTLS");
	if (!elem_is(e, XMLNS_TLS, "proceed"))
		return NEGOTIATE_WAIT;
	if (rest > 0)
		return negotiate_fail_tls(
			n, "something was sent in plain text behind the server's consent "
			   "to STARTTLS: an attack, or a broken server");
	n->step = AWAIT_SECURED;
	return NEGOTIATE_STARTTLS;
}

void negotiate_secured(struct negotiate *n)
{
	assert(n->step == AWAIT_SECURED);
	n->secure = true;
	n->step = AWAIT_SASL_FEATURES;
}

static const struct {
	const char *name;
	enum negotiate_action (*features)(struct negotiate *n, const struct elem *features);
	enum negotiate_action (*element)(struct negotiate *n, const struct elem *e, size_t rest);
} steps[STEP_COUNT_] = {
	[AWAIT_TLS_FEATURES] = { .name = "features", .features = tls_features },
	[AWAIT_PROCEED] = { .name = "starttls", .element = await_proceed },
	[AWAIT_SECURED] = { .name = "starttls" },
	[AWAIT_SASL_FEATURES] = { .name = "features", .features = negotiate_sasl_features },
	[AWAIT_PASSWORD] = { .name = "sasl" },
	[AWAIT_SASL] = { .name = "sasl", .element = negotiate_await_sasl },
	[AWAIT_ABORTED] = { .name = "sasl" },
	[AWAIT_BIND_FEATURES] = { .name = "features", .features = negotiate_bind_features },
	[AWAIT_BIND] = { .name = "bind", .element = negotiate_await_bind },
	[AWAIT_SESSION] = { .name = "bind", .element = negotiate_await_session },
	[DONE] = { .name = "done" },
	[FAILED] = { .name = "failed" },
};

static bool is_over(const struct negotiate *n)
{
	return n->step == DONE || n->step == FAILED || n->step == AWAIT_ABORTED;
}

enum negotiate_action negotiate_features(struct negotiate *n, const struct elem *features)
{
	return steps[n->step].features ? steps[n->step].features(n, features) : NEGOTIATE_WAIT;
}

enum negotiate_action negotiate_element(struct negotiate *n, const struct elem *e, size_t rest)
{
	if (is_over(n))
		return NEGOTIATE_WAIT;
	/* nothing of these comes without having been asked for */
	if (n->step != AWAIT_PROCEED && strview_is(e->ns, XMLNS_TLS))
		return negotiate_fail_tls(n, "the server speaks of TLS out of turn");
	if (n->step != AWAIT_SASL && strview_is(e->ns, XMLNS_SASL))
		return negotiate_fail_auth(n, SV("aborted"),
					   SV("the server speaks of SASL out of turn"));
	return steps[n->step].element ? steps[n->step].element(n, e, rest) : NEGOTIATE_WAIT;
}

enum negotiate_action negotiate_more(struct negotiate *n)
{
	negotiate_begin(n); /* what was sent may be a secret */
	if (n->step == AWAIT_ABORTED)
		n->step = FAILED;
	return n->step == FAILED ? NEGOTIATE_FAILED : NEGOTIATE_WAIT;
}

const struct elem *negotiate_elem(const struct negotiate *n, bool *ret_secret)
{
	if (ret_secret)
		*ret_secret = n->secret;
	return n->elem;
}

const struct fault *negotiate_fault(const struct negotiate *n)
{
	return n->fault;
}

struct strview negotiate_jid(const struct negotiate *n)
{
	return n->bound;
}

const char *negotiate_mechanism(const struct negotiate *n)
{
	return n->mechanism;
}

const char *negotiate_step(const struct negotiate *n)
{
	return steps[n->step].name;
}
