#include "protocol/vocab/call.h"

#include "protocol/vocab/id_element.h"

struct call_jingle {
	struct xso xso;
	struct strview sid, jid;
};

static const struct xso_field call_jingle_class_fields[] = {
	XSO_ATTR(struct call_jingle, sid, "sid", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR(struct call_jingle, jid, "jid", xso_jid),
};
XSO_CLASS(call_jingle_class, struct call_jingle, "call_jingle", XMLNS_CALL_INVITES, "jingle",
	  "A Jingle session as a way to join a call (XEP-0482)");

struct call_external {
	struct xso xso;
	struct strview uri;
};

static const struct xso_field call_external_class_fields[] = {
	XSO_ATTR(struct call_external, uri, "uri", xso_uri, .flags = XSO_REQUIRED),
};
XSO_CLASS(call_external_class, struct call_external, "call_external", XMLNS_CALL_INVITES,
	  "external", "A URI as a way to join a call (XEP-0482)");

struct call_invite {
	struct xso xso;
	bool audio, video;
	struct xso_list jingles, externals;
};

static const struct xso_field call_invite_class_fields[] = {
	XSO_ATTR_BOOL(struct call_invite, audio, "audio", xso_bool, XSO_DEFAULT("true")),
	XSO_ATTR_BOOL(struct call_invite, video, "video", xso_bool, XSO_DEFAULT("false")),
	XSO_MANY(struct call_invite, jingles, call_jingle_class, XMLNS_CALL_INVITES, "jingle"),
	XSO_MANY(struct call_invite, externals, call_external_class, XMLNS_CALL_INVITES,
		 "external"),
};
XSO_CLASS(call_invite_class, struct call_invite, "call_invite", XMLNS_CALL_INVITES, "invite",
	  "An invitation to a call (XEP-0482)");

struct call_accept {
	struct xso xso;
	struct strview id;
	struct call_jingle *jingle;
	struct call_external *external;
};

static const struct xso_field call_accept_class_fields[] = {
	XSO_ATTR(struct call_accept, id, "id", xso_string, .flags = XSO_REQUIRED),
	XSO_ONE(struct call_accept, jingle, struct call_jingle, call_jingle_class,
		XMLNS_CALL_INVITES, "jingle"),
	XSO_ONE(struct call_accept, external, struct call_external, call_external_class,
		XMLNS_CALL_INVITES, "external"),
};
XSO_CLASS(call_accept_class, struct call_accept, "call_accept", XMLNS_CALL_INVITES, "accept",
	  "That an invitation to a call is accepted, and by which way (XEP-0482)");

XSO_CLASS_ID(call_retract_class, "call_retract", XMLNS_CALL_INVITES, "retract",
	     "That an invitation to a call is withdrawn (XEP-0482)");
XSO_CLASS_ID(call_reject_class, "call_reject", XMLNS_CALL_INVITES, "reject",
	     "That an invitation to a call is declined (XEP-0482)");
XSO_CLASS_ID(call_left_class, "call_left", XMLNS_CALL_INVITES, "left",
	     "That somebody left a call (XEP-0482)");
