/*
 * The negotiation of a managed stream (RFC 6120 4.3): features, STARTTLS, SASL, resource binding;
 * one function per step. It is given features and elements, and says what to do next. It holds no
 * stream: the caller carries the orders out.
 */
#pragma once

#include "protocol/base/fault.h"
#include "protocol/base/jid.h"

enum negotiate_tls {
	NEGOTIATE_TLS_REQUIRED, /* not secure yet: STARTTLS or nothing */
	NEGOTIATE_TLS_OFF,	/* plain, loopback and explicit only */
	NEGOTIATE_TLS_DONE,	/* direct TLS */
};

struct negotiate_options {
	struct strview jid; /* prepared bare or full JID of the account */
	struct strview resource;
	struct strview mechanisms; /* allowed, with commas; n == 0: all */
	enum negotiate_tls tls;
};

enum negotiate_action {
	NEGOTIATE_WAIT,	    /* nothing to do until the next element */
	NEGOTIATE_SEND,	    /* send `elem`; `secret`: keep its content out of every log */
	NEGOTIATE_PASSWORD, /* answer with negotiate_password() */
	NEGOTIATE_STARTTLS, /* handshake now, then negotiate_secured() and reset the stream */
	NEGOTIATE_RESET,    /* reset the stream */
	NEGOTIATE_DONE,	    /* bound: negotiate_jid() */
	NEGOTIATE_FAILED,   /* negotiate_fault() */
};

struct negotiate;

struct negotiate *negotiate_new(const struct negotiate_options *options); /* NULL without memory */
void negotiate_free(struct negotiate *n);				  /* takes NULL */

/* Each says what to do next; after SEND has been done, ask negotiate_more() until WAIT. */
enum negotiate_action negotiate_features(struct negotiate *n, const struct elem *features);
enum negotiate_action negotiate_element(struct negotiate *n, const struct elem *e, size_t rest);
enum negotiate_action negotiate_password(struct negotiate *n, struct strview password);
enum negotiate_action negotiate_more(struct negotiate *n);
void negotiate_secured(struct negotiate *n); /* TLS is up and verified */

const struct elem *negotiate_elem(const struct negotiate *n, bool *ret_secret);
const struct fault *negotiate_fault(const struct negotiate *n);
struct strview negotiate_jid(const struct negotiate *n);    /* the bound JID */
const char *negotiate_mechanism(const struct negotiate *n); /* in use or used; NULL: none yet */
const char *negotiate_step(const struct negotiate *n); /* "features", "starttls", "sasl", "bind" */
