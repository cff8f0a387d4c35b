#include "protocol/vocab/person.h"

#include "protocol/xso/xso_macros.h"

static const struct xso_field caps_class_fields[] = {
	XSO_ATTR(struct caps, hash, "hash", xso_string),
	XSO_ATTR(struct caps, node, "node", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR(struct caps, ver, "ver", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR(struct caps, ext, "ext", xso_string),
};
XSO_CLASS(caps_class, struct caps, "caps", XMLNS_CAPS, "c",
	  "What an entity can do, as a hash (XEP-0115)");

/* XEP-0153: an empty photo says that there is none, none at all that it is not known yet */
struct vcard_update {
	struct xso xso;
	struct strview photo;
};

static const struct xso_field vcard_update_class_fields[] = {
	XSO_CHILD_TEXT(struct vcard_update, photo, "", "photo", xso_hex, .flags = XSO_LENIENT),
};
XSO_CLASS(vcard_update_class, struct vcard_update, "vcard_update", XMLNS_VCARD_UPDATE, "x",
	  "The hash of the avatar in the vCard (XEP-0153)");

/* What is published; in messages and presence it is a text of these. */
struct nick {
	struct xso xso;
	struct strview nick;
};

static const struct xso_field nick_class_fields[] = {
	XSO_TEXT(struct nick, nick, xso_string),
};
XSO_CLASS(nick_class, struct nick, "nick", XMLNS_NICK, "nick", "A nickname (XEP-0172)");

struct idle {
	struct xso xso;
	struct strview since;
};

static const struct xso_field idle_class_fields[] = {
	XSO_ATTR(struct idle, since, "since", xso_datetime, .flags = XSO_REQUIRED),
};
XSO_CLASS(idle_class, struct idle, "idle", XMLNS_IDLE, "idle",
	  "Since when somebody has done nothing (XEP-0319)");
