#include "protocol/vocab/stanza.h"

#include "protocol/xso/xso_macros.h"

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

static const struct strview iq_types[] = {
	[IQ_GET] = XSO_SV("get"),
	[IQ_SET] = XSO_SV("set"),
	[IQ_RESULT] = XSO_SV("result"),
	[IQ_ERROR] = XSO_SV("error"),
};
static const struct xso_type iq_type = XSO_ENUM_TYPE("iq type", iq_types);

static const struct xso_field iq_class_fields[] = {
	STANZA_ATTRS(struct iq, iq_type, XSO_REQUIRED, .flags = XSO_REQUIRED),
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
