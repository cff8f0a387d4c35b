#include "protocol/vocab/retract.h"

#include "protocol/vocab/id_element.h"
#include "protocol/vocab/muc.h"

struct fasten_external {
	struct xso xso;
	struct strview name, element_namespace;
};

static const struct xso_field fasten_external_class_fields[] = {
	XSO_ATTR(struct fasten_external, name, "name", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR(struct fasten_external, element_namespace, "element-namespace", xso_string),
};
XSO_CLASS(fasten_external_class, struct fasten_external, "fasten_external", XMLNS_FASTEN,
	  "external", "A child of the message that belongs to a fastening (XEP-0422)");

/* Several payloads are of one name; what is behind the first stays in `other`. */
struct apply_to {
	struct xso xso;
	struct strview id;
	bool clear, shell;
	struct xso_list externals;
	struct xso_any payload;
};

static const struct xso_field apply_to_class_fields[] = {
	XSO_ATTR(struct apply_to, id, "id", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR_BOOL(struct apply_to, clear, "clear", xso_bool, XSO_DEFAULT("false")),
	XSO_ATTR_BOOL(struct apply_to, shell, "shell", xso_bool, XSO_DEFAULT("false")),
	XSO_MANY(struct apply_to, externals, fasten_external_class, XMLNS_FASTEN, "external"),
	XSO_ANY(struct apply_to, payload),
};
XSO_CLASS(apply_to_class, struct apply_to, "apply_to", XMLNS_FASTEN, "apply-to",
	  "What is fastened to another message (XEP-0422)");

/* Who did it. */
struct moderated {
	struct xso xso;
	struct strview by;
	struct id_element *occupant_id;
};

static const struct xso_field moderated_class_fields[] = {
	XSO_ATTR(struct moderated, by, "by", xso_jid),
	XSO_ONE(struct moderated, occupant_id, struct id_element, occupant_id_class,
		XMLNS_OCCUPANT_ID, "occupant-id"),
};
XSO_CLASS(moderated_class, struct moderated, "moderated", XMLNS_MODERATE, "moderated",
	  "The moderator who retracted a message (XEP-0425)");

struct retract {
	struct xso xso;
	struct strview id, reason;
	struct moderated *moderated;
};

static const struct xso_field retract_class_fields[] = {
	XSO_ATTR(struct retract, id, "id", xso_string, .flags = XSO_REQUIRED),
	XSO_CHILD_TEXT(struct retract, reason, "", "reason", xso_string),
	XSO_ONE(struct retract, moderated, struct moderated, moderated_class, XMLNS_MODERATE,
		"moderated"),
};
XSO_CLASS(retract_class, struct retract, "retract", XMLNS_RETRACT, "retract",
	  "The message that is retracted (XEP-0424)");

/* In place of the message; id is that of the one that retracted it. */
struct retracted {
	struct xso xso;
	struct strview id, by, stamp, reason;
	struct moderated *moderated;
};

static const struct xso_field retracted_class_fields[] = {
	XSO_ATTR(struct retracted, id, "id", xso_string),
	XSO_ATTR(struct retracted, by, "by", xso_jid),
	XSO_ATTR(struct retracted, stamp, "stamp", xso_datetime),
	XSO_CHILD_TEXT(struct retracted, reason, "", "reason", xso_string),
	XSO_ONE(struct retracted, moderated, struct moderated, moderated_class, XMLNS_MODERATE,
		"moderated"),
};
XSO_CLASS(retracted_class, struct retracted, "retracted", XMLNS_RETRACT, "retracted",
	  "That this message was retracted (XEP-0424)");

/* An iq's payload, to a room. */
struct moderate {
	struct xso xso;
	struct strview id, reason;
	bool retract;
};

static const struct xso_field moderate_class_fields[] = {
	XSO_ATTR(struct moderate, id, "id", xso_string, .flags = XSO_REQUIRED),
	XSO_CHILD_TEXT(struct moderate, reason, "", "reason", xso_string),
	XSO_FLAG(struct moderate, retract, XMLNS_RETRACT, "retract"),
};
XSO_CLASS(moderate_class, struct moderate, "moderate", XMLNS_MODERATE, "moderate",
	  "Request to a room to retract a message (XEP-0425)");

XSO_CLASS_EMPTY(retract_legacy_class, "retract_legacy", XMLNS_RETRACT_LEGACY, "retract",
		"That a message is retracted, fastened to it (XEP-0424, before 0.4)");

struct retracted_legacy {
	struct xso xso;
	struct strview by, from, stamp, origin_id;
};

static const struct xso_field retracted_legacy_class_fields[] = {
	XSO_ATTR(struct retracted_legacy, by, "by", xso_jid),
	XSO_ATTR(struct retracted_legacy, from, "from", xso_jid),
	XSO_ATTR(struct retracted_legacy, stamp, "stamp", xso_datetime),
	XSO_CHILD_ATTR(struct retracted_legacy, origin_id, XMLNS_SID, "origin-id", "id",
		       xso_string),
};
XSO_CLASS(retracted_legacy_class, struct retracted_legacy, "retracted_legacy", XMLNS_RETRACT_LEGACY,
	  "retracted", "That this message was retracted (XEP-0424, before 0.4)");

struct moderate_legacy {
	struct xso xso;
	struct strview reason;
	bool retract;
};

static const struct xso_field moderate_legacy_class_fields[] = {
	XSO_CHILD_TEXT(struct moderate_legacy, reason, "", "reason", xso_string),
	XSO_FLAG(struct moderate_legacy, retract, XMLNS_RETRACT_LEGACY, "retract"),
};
XSO_CLASS(moderate_legacy_class, struct moderate_legacy, "moderate_legacy", XMLNS_MODERATE_LEGACY,
	  "moderate",
	  "Request to a room to retract a message, fastened to it (XEP-0425, before 0.3)");

/* Fastened to a message, with `retract`; or in it, with `retracted`. */
struct moderated_legacy {
	struct xso xso;
	struct strview by, reason;
	struct id_element *occupant_id;
	bool retract;
	struct retracted_legacy *retracted;
};

static const struct xso_field moderated_legacy_class_fields[] = {
	XSO_ATTR(struct moderated_legacy, by, "by", xso_jid),
	XSO_CHILD_TEXT(struct moderated_legacy, reason, "", "reason", xso_string),
	XSO_ONE(struct moderated_legacy, occupant_id, struct id_element, occupant_id_class,
		XMLNS_OCCUPANT_ID, "occupant-id"),
	XSO_FLAG(struct moderated_legacy, retract, XMLNS_RETRACT_LEGACY, "retract"),
	XSO_ONE(struct moderated_legacy, retracted, struct retracted_legacy, retracted_legacy_class,
		XMLNS_RETRACT_LEGACY, "retracted"),
};
XSO_CLASS(moderated_legacy_class, struct moderated_legacy, "moderated_legacy",
	  XMLNS_MODERATE_LEGACY, "moderated",
	  "That a moderator retracts, or has retracted, a message (XEP-0425, before 0.3)");
