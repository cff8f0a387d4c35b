#include "protocol/vocab/muc.h"

#include "protocol/vocab/forms.h"
#include "protocol/vocab/id_element.h"

/* A number that means nothing is as good as none. */
static const struct xso_field muc_history_class_fields[] = {
	XSO_ATTR_INT(struct muc_history, maxchars, "maxchars", xso_uint32, .flags = XSO_LENIENT),
	XSO_ATTR_INT(struct muc_history, maxstanzas, "maxstanzas", xso_uint32,
		     .flags = XSO_LENIENT),
	XSO_ATTR_INT(struct muc_history, seconds, "seconds", xso_uint32, .flags = XSO_LENIENT),
	XSO_ATTR(struct muc_history, since, "since", xso_datetime, .flags = XSO_LENIENT),
};
XSO_CLASS(muc_history_class, struct muc_history, "muc_history", XMLNS_MUC, "history",
	  "How much of a room's history is wanted (XEP-0045)");

static const struct xso_field muc_class_fields[] = {
	XSO_CHILD_TEXT(struct muc, password, "", "password", xso_string),
	XSO_ONE(struct muc, history, struct muc_history, muc_history_class, XMLNS_MUC, "history"),
};
XSO_CLASS(muc_class, struct muc, "muc", XMLNS_MUC, "x",
	  "That presence is to enter a room (XEP-0045)");

static const struct strview affiliations[] = {
	[AFFILIATION_ADMIN] = XSO_SV("admin"), [AFFILIATION_MEMBER] = XSO_SV("member"),
	[AFFILIATION_NONE] = XSO_SV("none"),   [AFFILIATION_OUTCAST] = XSO_SV("outcast"),
	[AFFILIATION_OWNER] = XSO_SV("owner"),
};
static const struct xso_type affiliation = XSO_ENUM_TYPE("affiliation", affiliations);

static const struct strview roles[] = {
	[ROLE_MODERATOR] = XSO_SV("moderator"),
	[ROLE_NONE] = XSO_SV("none"),
	[ROLE_PARTICIPANT] = XSO_SV("participant"),
	[ROLE_VISITOR] = XSO_SV("visitor"),
};
static const struct xso_type role = XSO_ENUM_TYPE("role", roles);

static const struct xso_type status_code = {
	.name = "integer",
	.store = XSO_STORE_INT,
	.min = 100,
	.max = 999,
};

#define ACTOR_FIELDS                                                                               \
	XSO_ATTR(struct muc_actor, jid, "jid", xso_jid),                                           \
		XSO_ATTR(struct muc_actor, nick, "nick", xso_string)
#define ITEM_ATTRS                                                                                 \
	XSO_ATTR_ENUM(struct muc_item, affiliation, "affiliation", affiliation,                    \
		      .flags = XSO_LENIENT),                                                       \
		XSO_ATTR_ENUM(struct muc_item, role, "role", role, .flags = XSO_LENIENT),          \
		XSO_ATTR(struct muc_item, jid, "jid", xso_jid),                                    \
		XSO_ATTR(struct muc_item, nick, "nick", xso_string)
#define REASON(T) XSO_CHILD_TEXT(T, reason, "", "reason", xso_string)
#define CONTINUE(T)                                                                                \
	XSO_FIELD_NAMED(ONE, T, continued, "continue", struct muc_continue *,                      \
			.cls = &muc_continue_class, .tag = XSO_TAG(XMLNS_MUC_USER, "continue"))

static const struct xso_field muc_actor_class_fields[] = { ACTOR_FIELDS };
XSO_CLASS(muc_actor_class, struct muc_actor, "muc_actor", XMLNS_MUC_USER, "actor",
	  "Who changed the affiliation or role of somebody (XEP-0045)");

struct muc_continue {
	struct xso xso;
	struct strview thread;
};

static const struct xso_field muc_continue_class_fields[] = {
	XSO_ATTR(struct muc_continue, thread, "thread", xso_string),
};
XSO_CLASS(muc_continue_class, struct muc_continue, "muc_continue", XMLNS_MUC_USER, "continue",
	  "That a room continues a chat of two (XEP-0045)");

static const struct xso_field muc_item_class_fields[] = {
	ITEM_ATTRS,
	REASON(struct muc_item),
	XSO_ONE(struct muc_item, actor, struct muc_actor, muc_actor_class, XMLNS_MUC_USER, "actor"),
	CONTINUE(struct muc_item),
};
XSO_CLASS(muc_item_class, struct muc_item, "muc_item", XMLNS_MUC_USER, "item",
	  "Affiliation and role of an occupant (XEP-0045)");

static const struct xso_field muc_invite_class_fields[] = {
	XSO_ATTR(struct muc_invite, from, "from", xso_jid),
	XSO_ATTR(struct muc_invite, to, "to", xso_jid),
	REASON(struct muc_invite),
	CONTINUE(struct muc_invite),
};
XSO_CLASS(muc_invite_class, struct muc_invite, "muc_invite", XMLNS_MUC_USER, "invite",
	  "An invitation by way of the room (XEP-0045)");

static const struct xso_field muc_decline_class_fields[] = {
	XSO_ATTR(struct muc_invite, from, "from", xso_jid),
	XSO_ATTR(struct muc_invite, to, "to", xso_jid),
	REASON(struct muc_invite),
};
XSO_CLASS(muc_decline_class, struct muc_invite, "muc_decline", XMLNS_MUC_USER, "decline",
	  "That an invitation is declined (XEP-0045)");

#define DESTROY_FIELDS                                                                             \
	XSO_ATTR(struct muc_destroy, jid, "jid", xso_jid),                                         \
		XSO_CHILD_TEXT(struct muc_destroy, password, "", "password", xso_string),          \
		REASON(struct muc_destroy)

/* The password is of the room that comes instead. */
static const struct xso_field muc_destroy_class_fields[] = { DESTROY_FIELDS };
XSO_CLASS(muc_destroy_class, struct muc_destroy, "muc_destroy", XMLNS_MUC_USER, "destroy",
	  "That a room is no more (XEP-0045)");

static const struct xso_field muc_user_class_fields[] = {
	XSO_MANY(struct muc_user, items, muc_item_class, XMLNS_MUC_USER, "item"),
	XSO_ATTR_VALUES(struct muc_user, statuses, "", "status", "code", status_code,
			.flags = XSO_LENIENT),
	XSO_MANY(struct muc_user, invites, muc_invite_class, XMLNS_MUC_USER, "invite"),
	XSO_ONE(struct muc_user, decline, struct muc_invite, muc_decline_class, XMLNS_MUC_USER,
		"decline"),
	XSO_CHILD_TEXT(struct muc_user, password, "", "password", xso_string),
	XSO_ONE(struct muc_user, destroy, struct muc_destroy, muc_destroy_class, XMLNS_MUC_USER,
		"destroy"),
};
XSO_CLASS(muc_user_class, struct muc_user, "muc_user", XMLNS_MUC_USER, "x",
	  "What a room says of occupants and of itself, and invitations (XEP-0045)");

static const struct xso_field muc_admin_actor_class_fields[] = { ACTOR_FIELDS };
XSO_CLASS(muc_admin_actor_class, struct muc_actor, "muc_admin_actor", XMLNS_MUC_ADMIN, "actor",
	  "Who changed the affiliation or role of somebody (XEP-0045)");

static const struct xso_field muc_admin_item_class_fields[] = {
	ITEM_ATTRS,
	REASON(struct muc_item),
	XSO_ONE(struct muc_item, actor, struct muc_actor, muc_admin_actor_class, XMLNS_MUC_ADMIN,
		"actor"),
};
XSO_CLASS(muc_admin_item_class, struct muc_item, "muc_admin_item", XMLNS_MUC_ADMIN, "item",
	  "An affiliation or role to look up, or to change (XEP-0045)");

struct muc_admin {
	struct xso xso;
	struct xso_list items;
};

static const struct xso_field muc_admin_class_fields[] = {
	XSO_MANY(struct muc_admin, items, muc_admin_item_class, XMLNS_MUC_ADMIN, "item"),
};
XSO_CLASS(muc_admin_class, struct muc_admin, "muc_admin", XMLNS_MUC_ADMIN, "query",
	  "Affiliations and roles of a room (XEP-0045)");

static const struct xso_field muc_owner_destroy_class_fields[] = { DESTROY_FIELDS };
XSO_CLASS(muc_owner_destroy_class, struct muc_destroy, "muc_owner_destroy", XMLNS_MUC_OWNER,
	  "destroy", "Request to destroy a room (XEP-0045)");

struct muc_owner {
	struct xso xso;
	struct muc_destroy *destroy;
	struct form *form;
};

static const struct xso_field muc_owner_class_fields[] = {
	XSO_ONE(struct muc_owner, destroy, struct muc_destroy, muc_owner_destroy_class,
		XMLNS_MUC_OWNER, "destroy"),
	FORM_ONE(struct muc_owner, form),
};
XSO_CLASS(muc_owner_class, struct muc_owner, "muc_owner", XMLNS_MUC_OWNER, "query",
	  "Configuration of a room, or its end (XEP-0045)");
