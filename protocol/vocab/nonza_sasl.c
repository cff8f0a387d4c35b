#include "protocol/vocab/nonza_sasl.h"

#include "protocol/xso/xso_macros.h"

static const struct xso_field sasl_auth_class_fields[] = {
	XSO_ATTR(struct sasl_auth, mechanism, "mechanism", xso_string, .flags = XSO_REQUIRED),
	XSO_TEXT(struct sasl_auth, data, xso_base64),
};
XSO_CLASS(sasl_auth_class, struct sasl_auth, "sasl_auth", XMLNS_SASL, "auth",
	  "Begins authentication (RFC 6120 6.4.2)");

static const struct xso_field sasl_challenge_class_fields[] = {
	XSO_TEXT(struct sasl_data, data, xso_base64),
};
XSO_CLASS(sasl_challenge_class, struct sasl_data, "sasl_challenge", XMLNS_SASL, "challenge",
	  "The server's turn in authentication (RFC 6120 6.4.3)");

static const struct xso_field sasl_response_class_fields[] = {
	XSO_TEXT(struct sasl_data, data, xso_base64),
};
XSO_CLASS(sasl_response_class, struct sasl_data, "sasl_response", XMLNS_SASL, "response",
	  "The client's turn in authentication (RFC 6120 6.4.3)");

static const struct xso_field sasl_success_class_fields[] = {
	XSO_TEXT(struct sasl_data, data, xso_base64),
};
XSO_CLASS(sasl_success_class, struct sasl_data, "sasl_success", XMLNS_SASL, "success",
	  "Authentication succeeded (RFC 6120 6.4.6)");

/* RFC 6120 6.5 */
static const struct strview sasl_conditions[] = {
	XSO_SV("aborted"),
	XSO_SV("account-disabled"),
	XSO_SV("credentials-expired"),
	XSO_SV("encryption-required"),
	XSO_SV("incorrect-encoding"),
	XSO_SV("invalid-authzid"),
	XSO_SV("invalid-mechanism"),
	XSO_SV("malformed-request"),
	XSO_SV("mechanism-too-weak"),
	XSO_SV("not-authorized"),
	XSO_SV("temporary-auth-failure"),
};
static const struct xso_type sasl_condition = XSO_ENUM_TYPE("SASL condition", sasl_conditions);

static const struct xso_field sasl_failure_class_fields[] = {
	XSO_CHILD_TEXT(struct sasl_failure, text, XMLNS_SASL, "text", xso_string,
		       XSO_EXTRA_ATTR(struct sasl_failure, lang, XMLNS_XML, "lang")),
	XSO_CHILD_TAG(struct sasl_failure, condition, XMLNS_SASL, sasl_condition,
		      .flags = XSO_REQUIRED | XSO_OPEN),
};
XSO_CLASS(sasl_failure_class, struct sasl_failure, "sasl_failure", XMLNS_SASL, "failure",
	  "Authentication failed (RFC 6120 6.4.5)");

XSO_CLASS_EMPTY(sasl_abort_class, "sasl_abort", XMLNS_SASL, "abort",
		"The client gives authentication up (RFC 6120 6.4.4)");
