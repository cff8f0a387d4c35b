/* Extensions inside of stanzas. */
#pragma once

#include "protocol/xso/xso_class.h"

/* XEP-0203 */
struct delay {
	struct xso xso;
	struct strview stamp, from, reason;
};

/* XEP-0359 */
struct stanza_id {
	struct xso xso;
	struct strview id, by;
};

/* RFC 6120 7: payload, and feature of the stream */
struct bind {
	struct xso xso;
	struct strview jid, resource;
	bool required, optional;
};

/* RFC 3921 3: payload, and feature of the stream */
struct session {
	struct xso xso;
	bool required, optional;
};

extern const struct xso_class delay_class, stanza_id_class, bind_class, session_class;
