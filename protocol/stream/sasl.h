/*
 * SASL (RFC 4422, RFC 6120 6) as start and step, on libgsasl as pure computation. Mechanisms are
 * chosen by our own ranking, never by the library's. Secrets are wiped when the object goes.
 */
#pragma once

#include "protocol/base/fault.h"

struct sasl_credentials {
	struct strview username; /* local part of the JID */
	struct strview password;
};

struct sasl;

/*
 * Chooses the strongest of the offered mechanisms that we can do (SCRAM-SHA-256, SCRAM-SHA-1,
 * PLAIN; the last only if `secure`) and that `allowed` (commas; n == 0: all) names. NULL with
 * *ret_fault (auth-error) if none fits.
 */
struct sasl *sasl_new(const struct strview *offered, size_t n_offered, struct strview allowed,
		      bool secure, const struct sasl_credentials *credentials,
		      struct fault **ret_fault);
void sasl_free(struct sasl *s); /* takes NULL */
const char *sasl_mechanism(const struct sasl *s);

/*
 * The next message for the server, as base64 text onto out ("=" for an empty initial response).
 * challenge: base64 as received, p == NULL at first. Iteration counts under 4,096 and over 500,000
 * are refused before they are obeyed. NULL, or the auth-error.
 */
struct fault *sasl_step(struct sasl *s, struct strview challenge, struct buf *out);

/*
 * The server says success, with additional data (p == NULL: none): NULL only if the mechanism is
 * complete and the server has proved itself where the mechanism has it do so.
 */
struct fault *sasl_success(struct sasl *s, struct strview data);
