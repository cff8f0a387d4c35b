#include "protocol/vocab/stanza.h"

#include "protocol/xso/xso_macros.h"

/* What all stanzas begin with (RFC 6120 8.1). */
#define STANZA_ATTRS(T, type_type, type_flags, id_flags)                                           \
	XSO_ATTR(T, from, "from", xso_jid), XSO_ATTR(T, to, "to", xso_jid),                        \
		XSO_ATTR_ENUM(T, type, "type", type_type, .flags = type_flags),                    \
		XSO_ATTR(T, id, "id", xso_string, .flags = id_flags), XSO_LANG(T, lang)

static const struct strview error_types[] = {
	[ERROR_AUTH] = XSO_SV("auth"),	       [ERROR_CANCEL] = XSO_SV("cancel"),
	[ERROR_CONTINUE] = XSO_SV("continue"), [ERROR_MODIFY] = XSO_SV("modify"),
	[ERROR_WAIT] = XSO_SV("wait"),
};
static const struct xso_type error_type = XSO_ENUM_TYPE("error type", error_types);

/* RFC 6120 8.3.3 */
static const struct strview stanza_conditions[] = {
	XSO_SV("bad-request"),
	XSO_SV("conflict"),
	XSO_SV("feature-not-implemented"),
	XSO_SV("forbidden"),
	XSO_SV("gone"),
	XSO_SV("internal-server-error"),
	XSO_SV("item-not-found"),
	XSO_SV("jid-malformed"),
	XSO_SV("not-acceptable"),
	XSO_SV("not-allowed"),
	XSO_SV("not-authorized"),
	XSO_SV("policy-violation"),
	XSO_SV("recipient-unavailable"),
	XSO_SV("redirect"),
	XSO_SV("registration-required"),
	XSO_SV("remote-server-not-found"),
	XSO_SV("remote-server-timeout"),
	XSO_SV("resource-constraint"),
	XSO_SV("service-unavailable"),
	XSO_SV("subscription-required"),
	XSO_SV("undefined-condition"),
	XSO_SV("unexpected-request"),
	XSO_SV("payment-required"), /* of RFC 3920 only, which servers still send */
};
static const struct xso_type stanza_condition =
	XSO_ENUM_TYPE("stanza error condition", stanza_conditions);

static const struct xso_field error_class_fields[] = {
	XSO_ATTR_ENUM(struct error, type, "type", error_type, .flags = XSO_REQUIRED),
	XSO_ATTR(struct error, by, "by", xso_jid),
	XSO_CHILD_TEXT(struct error, text, XMLNS_STANZA_ERROR, "text", xso_string,
		       XSO_EXTRA_ATTR(struct error, lang, XMLNS_XML, "lang")),
	XSO_CHILD_TAG(struct error, condition, XMLNS_STANZA_ERROR, stanza_condition,
		      XSO_EXTRA(struct error, condition_text), .flags = XSO_REQUIRED),
	XSO_ANY(struct error, application),
};
XSO_CLASS(error_class, struct error, "error", "", "error",
	  "Why a stanza was not processed (RFC 6120 8.3)");

static const struct strview message_types[] = {
	[MESSAGE_NORMAL] = XSO_SV("normal"),	 [MESSAGE_CHAT] = XSO_SV("chat"),
	[MESSAGE_ERROR] = XSO_SV("error"),	 [MESSAGE_GROUPCHAT] = XSO_SV("groupchat"),
	[MESSAGE_HEADLINE] = XSO_SV("headline"),
};
static const struct xso_type message_type = XSO_ENUM_TYPE("message type", message_types);

static const struct xso_field message_class_fields[] = {
	STANZA_ATTRS(struct message, message_type, XSO_LENIENT, 0),
	XSO_LANG_TEXTS(struct message, subjects, "subject", "", "subject"),
	XSO_LANG_TEXTS(struct message, bodies, "body", "", "body"),
	XSO_CHILD_TEXT(struct message, thread, "", "thread", xso_string,
		       XSO_EXTRA_ATTR(struct message, thread_parent, "", "parent")),
	XSO_ONE(struct message, delay, struct delay, delay_class, XMLNS_DELAY, "delay"),
	XSO_MANY(struct message, stanza_ids, stanza_id_class, XMLNS_SID, "stanza-id"),
	XSO_CHILD_ATTR(struct message, origin_id, XMLNS_SID, "origin-id", "id", xso_string),
	XSO_ONE(struct message, error, struct error, error_class, "", "error"),
};
XSO_CLASS(message_class, struct message, "message", "", "message", "Message (RFC 6121 5)",
	  .top_only = true);

static const struct strview presence_types[] = {
	[PRESENCE_AVAILABLE] = XSO_SV(""),
	[PRESENCE_ERROR] = XSO_SV("error"),
	[PRESENCE_PROBE] = XSO_SV("probe"),
	[PRESENCE_SUBSCRIBE] = XSO_SV("subscribe"),
	[PRESENCE_SUBSCRIBED] = XSO_SV("subscribed"),
	[PRESENCE_UNAVAILABLE] = XSO_SV("unavailable"),
	[PRESENCE_UNSUBSCRIBE] = XSO_SV("unsubscribe"),
	[PRESENCE_UNSUBSCRIBED] = XSO_SV("unsubscribed"),
};
static const struct xso_type presence_type = XSO_ENUM_TYPE("presence type", presence_types);

static const struct strview presence_shows[] = {
	[SHOW_NONE] = XSO_SV(""),   [SHOW_AWAY] = XSO_SV("away"), [SHOW_CHAT] = XSO_SV("chat"),
	[SHOW_DND] = XSO_SV("dnd"), [SHOW_XA] = XSO_SV("xa"),
};
static const struct xso_type presence_show = XSO_ENUM_TYPE("show", presence_shows);

static const struct xso_field presence_class_fields[] = {
	STANZA_ATTRS(struct presence, presence_type, 0, 0),
	XSO_CHILD_ENUM(struct presence, show, "", "show", presence_show, .flags = XSO_LENIENT),
	XSO_LANG_TEXTS(struct presence, statuses, "status", "", "status"),
	XSO_CHILD_INT(struct presence, priority, "", "priority", xso_byte, .flags = XSO_LENIENT),
	XSO_ONE(struct presence, delay, struct delay, delay_class, XMLNS_DELAY, "delay"),
	XSO_ONE(struct presence, error, struct error, error_class, "", "error"),
};
XSO_CLASS(presence_class, struct presence, "presence", "", "presence",
	  "Presence and subscriptions to it (RFC 6121 3, 4)", .top_only = true);

static const struct strview iq_types[] = {
	[IQ_GET] = XSO_SV("get"),
	[IQ_SET] = XSO_SV("set"),
	[IQ_RESULT] = XSO_SV("result"),
	[IQ_ERROR] = XSO_SV("error"),
};
static const struct xso_type iq_type = XSO_ENUM_TYPE("iq type", iq_types);

static const struct xso_field iq_class_fields[] = {
	STANZA_ATTRS(struct iq, iq_type, XSO_REQUIRED, XSO_REQUIRED),
	XSO_ONE(struct iq, error, struct error, error_class, "", "error"),
	XSO_ANY(struct iq, payload, .flags = XSO_STRICT),
};

/* RFC 6120 8.2.3; an error that could not be decoded is one, too. */
static const struct xso_rule iq_rules[] = {
	{
		.field = "type",
		.is = { "get", "set" },
		.needs = { "payload" },
		.text = "an iq of type get or set needs a payload",
	},
	{
		.field = "type",
		.is = { "get", "set" },
		.bars = { "error", "other" },
		.text = "an iq of type get or set has exactly one child",
	},
	{
		.field = "type",
		.is = { "error" },
		.needs = { "error" },
		.or_other = true,
		.text = "an iq of type error needs an error",
	},
};
XSO_CLASS(iq_class, struct iq, "iq", "", "iq", "Request, or answer to one (RFC 6120 8.2.3)",
	  .top_only = true, XSO_RULES(iq_rules));
