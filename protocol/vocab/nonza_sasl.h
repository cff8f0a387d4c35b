/* SASL on the stream (RFC 6120 6). Data is base64 as it stands on the wire, "=" where empty. */
#pragma once

#include "protocol/xso/xso_class.h"

struct sasl_auth {
	struct xso xso;
	struct strview mechanism, data;
};

/* challenge, response and success; present says whether there is data at all */
struct sasl_data {
	struct xso xso;
	struct strview data;
};

struct sasl_failure {
	struct xso xso;
	struct strview condition; /* "not-authorized"; servers use names beyond RFC 6120 6.5 */
	struct strview text, lang;
};

extern const struct xso_class sasl_auth_class, sasl_challenge_class, sasl_response_class,
	sasl_success_class, sasl_failure_class, sasl_abort_class;
