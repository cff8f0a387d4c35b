/* What all stanzas have, errors inside of them, and iq (RFC 6120 8). */
#pragma once

#include "protocol/xso/xso_class.h"

/* In tables, the attributes of a stanza (RFC 6120 8.1). */
#define STANZA_ATTRS(T, type_type, id_flags, ...)                                                  \
	XSO_ATTR(T, from, "from", xso_jid), XSO_ATTR(T, to, "to", xso_jid),                        \
		XSO_ATTR_ENUM(T, type, "type", type_type, ##__VA_ARGS__),                          \
		XSO_ATTR(T, id, "id", xso_string, .flags = id_flags), XSO_LANG(T, lang)

enum iq_type {
	IQ_GET,
	IQ_SET,
	IQ_RESULT,
	IQ_ERROR,
};

enum error_type {
	ERROR_AUTH,
	ERROR_CANCEL,
	ERROR_CONTINUE,
	ERROR_MODIFY,
	ERROR_WAIT,
};

/* RFC 6120 8.3 */
struct error {
	struct xso xso;
	unsigned type; /* enum error_type */
	struct strview by;
	struct strview condition;      /* "item-not-found" */
	struct strview condition_text; /* gone, redirect: the new address */
	struct strview text, lang;     /* and its xml:lang */
	struct xso_any application;
};

struct iq {
	struct xso xso;
	struct strview from, to, id, lang;
	unsigned type; /* enum iq_type */
	struct error *error;
	struct xso_any payload;
};

extern const struct xso_class error_class, iq_class;
