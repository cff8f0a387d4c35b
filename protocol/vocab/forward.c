#include "protocol/vocab/forward.h"

#include "protocol/vocab/message.h"
#include "protocol/vocab/payload.h"
#include "protocol/vocab/presence.h"
#include "protocol/vocab/stanza.h"
#include "protocol/xso/xso_macros.h"

static const struct xso_field forwarded_class_fields[] = {
	XSO_ONE(struct forwarded, delay, struct delay, delay_class, XMLNS_DELAY, "delay"),
	XSO_ONE(struct forwarded, message, struct message, message_class, "", "message"),
	XSO_ONE(struct forwarded, presence, struct presence, presence_class, "", "presence"),
	XSO_ONE(struct forwarded, iq, struct iq, iq_class, "", "iq"),
};
XSO_CLASS(forwarded_class, struct forwarded, "forwarded", XMLNS_FORWARD, "forwarded",
	  "A stanza inside of another one (XEP-0297)");

#define CARBON_CLASS(class, kind_name, text)                                                       \
	static const struct xso_field class##_fields[] = {                                         \
		XSO_ONE(struct carbon, forwarded, struct forwarded, forwarded_class,               \
			XMLNS_FORWARD, "forwarded", .flags = XSO_REQUIRED),                        \
	};                                                                                         \
	XSO_CLASS(class, struct carbon, kind_name, XMLNS_CARBONS, kind_name, text)
CARBON_CLASS(received_class, "received",
	     "A copy of what another client of the account received (XEP-0280)");
CARBON_CLASS(sent_class, "sent", "A copy of what another client of the account sent (XEP-0280)");

XSO_CLASS_EMPTY(carbons_enable_class, "carbons_enable", XMLNS_CARBONS, "enable",
		"Request for copies of what other clients send and receive (XEP-0280)");
XSO_CLASS_EMPTY(carbons_disable_class, "carbons_disable", XMLNS_CARBONS, "disable",
		"Request for no further copies (XEP-0280)");

static const struct xso_field result_class_fields[] = {
	XSO_ATTR(struct mam_result, id, "id", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR(struct mam_result, queryid, "queryid", xso_string),
	XSO_ONE(struct mam_result, forwarded, struct forwarded, forwarded_class, XMLNS_FORWARD,
		"forwarded", .flags = XSO_REQUIRED),
};
XSO_CLASS(result_class, struct mam_result, "result", XMLNS_MAM, "result",
	  "What an archive holds (XEP-0313)");
