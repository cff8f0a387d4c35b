#include "protocol/vocab/nonza.h"

#include "protocol/xso/xso_macros.h"

static const struct xso_field starttls_class_fields[] = {
	XSO_FLAG(struct starttls, required, "", "required"),
};
XSO_CLASS(starttls_class, struct starttls, "starttls", XMLNS_TLS, "starttls",
	  "Offer of TLS, and the request for it (RFC 6120 5.4)");
XSO_CLASS_EMPTY(starttls_proceed_class, "starttls_proceed", XMLNS_TLS, "proceed",
		"TLS may begin (RFC 6120 5.4.2.3)");
XSO_CLASS_EMPTY(starttls_failure_class, "starttls_failure", XMLNS_TLS, "failure",
		"TLS will not begin (RFC 6120 5.4.2.2)");

static const struct xso_field sm_feature_class_fields[] = {
	XSO_FLAG(struct sm_feature, required, "", "required"),
	XSO_FLAG(struct sm_feature, optional, "", "optional"),
};
XSO_CLASS(sm_feature_class, struct sm_feature, "sm", XMLNS_SM, "sm",
	  "Offer of stream management (XEP-0198)");

static const struct xso_field stream_limits_class_fields[] = {
	XSO_CHILD_INT(struct stream_limits, max_bytes, "", "max-bytes", xso_uint32),
	XSO_CHILD_INT(struct stream_limits, idle_seconds, "", "idle-seconds", xso_uint32),
};
XSO_CLASS(stream_limits_class, struct stream_limits, "limits", XMLNS_STREAM_LIMITS, "limits",
	  "What the server takes at most (XEP-0478)");

static const struct xso_field features_class_fields[] = {
	XSO_ONE(struct features, starttls, struct starttls, starttls_class, XMLNS_TLS, "starttls"),
	XSO_STRINGS(struct features, mechanisms, XMLNS_SASL, "mechanisms", "mechanism", xso_string),
	XSO_STRINGS(struct features, channel_bindings, XMLNS_CHANNEL_BINDING,
		    "sasl-channel-binding", "channel-binding", xso_string,
		    .extra = XSO_TAG("", "type")),
	XSO_ONE(struct features, bind, struct bind, bind_class, XMLNS_BIND, "bind"),
	XSO_ONE(struct features, session, struct session, session_class, XMLNS_SESSION, "session"),
	XSO_ONE(struct features, sm, struct sm_feature, sm_feature_class, XMLNS_SM, "sm"),
	XSO_FLAG(struct features, csi, XMLNS_CSI, "csi"),
	XSO_ONE(struct features, limits, struct stream_limits, stream_limits_class,
		XMLNS_STREAM_LIMITS, "limits"),
};
XSO_CLASS(features_class, struct features, "features", XMLNS_STREAM, "features",
	  "What the server offers when a stream begins (RFC 6120 4.3)", .top_only = true);

/* RFC 6120 4.9.3 */
static const struct strview stream_conditions[] = {
	XSO_SV("bad-format"),
	XSO_SV("bad-namespace-prefix"),
	XSO_SV("conflict"),
	XSO_SV("connection-timeout"),
	XSO_SV("host-gone"),
	XSO_SV("host-unknown"),
	XSO_SV("improper-addressing"),
	XSO_SV("internal-server-error"),
	XSO_SV("invalid-from"),
	XSO_SV("invalid-namespace"),
	XSO_SV("invalid-xml"),
	XSO_SV("not-authorized"),
	XSO_SV("not-well-formed"),
	XSO_SV("policy-violation"),
	XSO_SV("remote-connection-failed"),
	XSO_SV("reset"),
	XSO_SV("resource-constraint"),
	XSO_SV("restricted-xml"),
	XSO_SV("see-other-host"),
	XSO_SV("system-shutdown"),
	XSO_SV("undefined-condition"),
	XSO_SV("unsupported-encoding"),
	XSO_SV("unsupported-feature"),
	XSO_SV("unsupported-stanza-type"),
	XSO_SV("unsupported-version"),
	/* of RFC 3920, which servers still send */
	XSO_SV("invalid-id"),
	XSO_SV("xml-not-well-formed"),
};
enum {
	N_OF_RFC_3920 = 2, /* the last ones */
};
static const struct xso_type stream_condition =
	XSO_ENUM_TYPE("stream error condition", stream_conditions);

const char *stream_condition_find(struct strview name)
{
	for (size_t i = 0; i < ARRAY_SIZE(stream_conditions) - N_OF_RFC_3920; i++)
		if (strview_eq(stream_conditions[i], name))
			return stream_conditions[i].p;
	return NULL;
}

static const struct xso_field stream_error_class_fields[] = {
	XSO_CHILD_TEXT(struct stream_error, text, XMLNS_STREAM_ERROR, "text", xso_string,
		       XSO_EXTRA_ATTR(struct stream_error, lang, XMLNS_XML, "lang")),
	XSO_CHILD_TAG(struct stream_error, condition, XMLNS_STREAM_ERROR, stream_condition,
		      XSO_EXTRA(struct stream_error, condition_text), .flags = XSO_REQUIRED),
	XSO_ANY(struct stream_error, application),
};
XSO_CLASS(stream_error_class, struct stream_error, "stream_error", XMLNS_STREAM, "error",
	  "Error that ends the stream (RFC 6120 4.9)", .top_only = true);
