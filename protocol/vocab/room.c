/* What goes with rooms beyond XEP-0045. */
#include "protocol/vocab/id_element.h"
#include "protocol/vocab/muc.h"

struct direct_invite {
	struct xso xso;
	struct strview jid, password, reason, thread;
	bool continued;
};

static const struct xso_field direct_invite_class_fields[] = {
	XSO_ATTR(struct direct_invite, jid, "jid", xso_jid, .flags = XSO_REQUIRED),
	XSO_ATTR(struct direct_invite, password, "password", xso_string),
	XSO_ATTR(struct direct_invite, reason, "reason", xso_string),
	XSO_ATTR(struct direct_invite, thread, "thread", xso_string),
	XSO_FIELD_NAMED(ATTR, struct direct_invite, continued, "continue", bool,
			.tag = XSO_TAG("", "continue"), .type = &xso_bool),
};
XSO_CLASS(direct_invite_class, struct direct_invite, "direct_invite", XMLNS_DIRECT_INVITE, "x",
	  "An invitation to a room, straight from a contact (XEP-0249)");

struct hat {
	struct xso xso;
	struct strview title, uri, hue, lang;
};

static const struct xso_field hat_class_fields[] = {
	XSO_ATTR(struct hat, title, "title", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR(struct hat, uri, "uri", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR(struct hat, hue, "hue", xso_string),
	XSO_LANG(struct hat, lang),
};
XSO_CLASS(hat_class, struct hat, "hat", XMLNS_HATS, "hat", "A hat of an occupant (XEP-0317)");

struct hats {
	struct xso xso;
	struct xso_list hats;
};

static const struct xso_field hats_class_fields[] = {
	XSO_MANY(struct hats, hats, hat_class, XMLNS_HATS, "hat"),
};
XSO_CLASS(hats_class, struct hats, "hats", XMLNS_HATS, "hats",
	  "The hats of an occupant (XEP-0317)");

/* As servers have sent it before there was a syntax. */
struct hat_legacy {
	struct xso xso;
	struct strview title, id;
};

static const struct xso_field hat_legacy_class_fields[] = {
	XSO_ATTR(struct hat_legacy, title, "title", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR(struct hat_legacy, id, "id", xso_string),
};
XSO_CLASS(hat_legacy_class, struct hat_legacy, "hat_legacy", XMLNS_HATS_LEGACY, "hat",
	  "A hat of an occupant (XEP-0317, before 0.2)");

static const struct xso_field hats_legacy_class_fields[] = {
	XSO_MANY(struct hats, hats, hat_legacy_class, XMLNS_HATS_LEGACY, "hat"),
};
XSO_CLASS(hats_legacy_class, struct hats, "hats_legacy", XMLNS_HATS_LEGACY, "hats",
	  "The hats of an occupant (XEP-0317, before 0.2)");

XSO_CLASS_ID(occupant_id_class, "occupant_id", XMLNS_OCCUPANT_ID, "occupant-id",
	     "Who an occupant is, whatever the nickname (XEP-0421)");
