#include "protocol/vocab/payload.h"

#include "protocol/xso/xso_macros.h"

static const struct xso_field delay_class_fields[] = {
	XSO_ATTR(struct delay, stamp, "stamp", xso_datetime, .flags = XSO_REQUIRED),
	XSO_ATTR(struct delay, from, "from", xso_jid),
	XSO_TEXT(struct delay, reason, xso_string),
};
XSO_CLASS(delay_class, struct delay, "delay", XMLNS_DELAY, "delay",
	  "Delayed delivery: when it was sent first (XEP-0203)");

static const struct xso_field stanza_id_class_fields[] = {
	XSO_ATTR(struct stanza_id, id, "id", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR(struct stanza_id, by, "by", xso_jid, .flags = XSO_REQUIRED),
};
XSO_CLASS(stanza_id_class, struct stanza_id, "stanza_id", XMLNS_SID, "stanza-id",
	  "Id that a server or room gave to a stanza (XEP-0359)");

static const struct xso_field bind_class_fields[] = {
	XSO_CHILD_TEXT(struct bind, jid, "", "jid", xso_jid),
	XSO_CHILD_TEXT(struct bind, resource, "", "resource", xso_string),
	XSO_FLAG(struct bind, required, "", "required"),
	XSO_FLAG(struct bind, optional, "", "optional"),
};
XSO_CLASS(bind_class, struct bind, "bind", XMLNS_BIND, "bind",
	  "Resource binding: feature, request and answer (RFC 6120 7)");

static const struct xso_field session_class_fields[] = {
	XSO_FLAG(struct session, required, "", "required"),
	XSO_FLAG(struct session, optional, "", "optional"),
};
XSO_CLASS(session_class, struct session, "session", XMLNS_SESSION, "session",
	  "Session establishment: feature and request (RFC 3921 3)");
