/* What the files of the negotiation share: negotiate.c, negotiate_sasl.c, negotiate_bind.c. */
#pragma once

#include "protocol/stream/negotiate.h"
#include "protocol/xml/elem.h"

enum {
	MAX_MECHANISMS = 64, /* offered ones that are looked at */
};

/* Named by what is awaited. */
enum step {
	AWAIT_TLS_FEATURES,
	AWAIT_PROCEED,
	AWAIT_SECURED, /* the caller, with TLS up */
	AWAIT_SASL_FEATURES,
	AWAIT_PASSWORD, /* the caller */
	AWAIT_SASL,
	AWAIT_ABORTED, /* the caller, with <abort/> sent */
	AWAIT_BIND_FEATURES,
	AWAIT_BIND,
	AWAIT_SESSION,
	DONE,
	FAILED,
	STEP_COUNT_
};

struct negotiate {
	enum step step;
	bool secure;
	bool session; /* RFC 3921: the server wants one established, too */
	struct negotiate_options options;
	struct arena strings; /* of options and offered; as long as this */
	struct strview offered[MAX_MECHANISMS];
	size_t n_offered;
	struct sasl *sasl;
	const char *mechanism; /* static */
	struct strview bound;
	struct fault *fault;

	/* what is to be sent */
	struct arena scratch;
	struct elem *elem;
	bool secret;
	struct buf data; /* SASL's, wiped when it was sent */
};

/* Each consumes f, where it takes one, and says NEGOTIATE_FAILED. */
enum negotiate_action negotiate_fail(struct negotiate *n, struct fault *f);
enum negotiate_action negotiate_fail_tls(struct negotiate *n, const char *reason);
enum negotiate_action negotiate_fail_auth(struct negotiate *n, struct strview condition,
					  struct strview text);
enum negotiate_action negotiate_fail_memory(struct negotiate *n);

/* Forgets what was sent last; then the next element is built in n->scratch and n->data. */
void negotiate_begin(struct negotiate *n);
/* e: NULL without memory. */
enum negotiate_action negotiate_send(struct negotiate *n, struct elem *e, bool secret,
				     enum step next);

/* The first child in ns that is no <text/>; NULL: none. */
const struct elem *negotiate_condition(const struct elem *e, const char *ns);
/* What <text/> in ns says, perhaps in n->scratch; p NULL: there is none. */
struct strview negotiate_text(struct negotiate *n, const struct elem *e, const char *ns);

/* The steps that are elsewhere. */
enum negotiate_action negotiate_sasl_features(struct negotiate *n, const struct elem *features);
enum negotiate_action negotiate_await_sasl(struct negotiate *n, const struct elem *e, size_t rest);
enum negotiate_action negotiate_bind_features(struct negotiate *n, const struct elem *features);
enum negotiate_action negotiate_await_bind(struct negotiate *n, const struct elem *e, size_t rest);
enum negotiate_action negotiate_await_session(struct negotiate *n, const struct elem *e,
					      size_t rest);
