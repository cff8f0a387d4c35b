#include "protocol/vocab/presence.h"

#include "protocol/vocab/chat.h"
#include "protocol/vocab/files.h"
#include "protocol/vocab/forms.h"
#include "protocol/vocab/muc.h"
#include "protocol/vocab/payload.h"
#include "protocol/vocab/person.h"
#include "protocol/vocab/stanza.h"
#include "protocol/xso/xso_macros.h"

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

#define ONE(m, ns, child) XSO_ONE(struct presence, m, struct m, m##_class, ns, child)

static const struct xso_field presence_class_fields[] = {
	STANZA_ATTRS(struct presence, presence_type, 0),
	XSO_CHILD_ENUM(struct presence, show, "", "show", presence_show, .flags = XSO_LENIENT),
	XSO_LANG_TEXTS(struct presence, statuses, "status", "", "status"),
	XSO_CHILD_INT(struct presence, priority, "", "priority", xso_byte, .flags = XSO_LENIENT,
		      XSO_DEFAULT("0")),
	ONE(error, "", "error"),
	ONE(delay, XMLNS_DELAY, "delay"),
	ONE(caps, XMLNS_CAPS, "c"),
	XSO_CHILD_TEXT(struct presence, nick, XMLNS_NICK, "nick", xso_string),
	ONE(vcard_update, XMLNS_VCARD_UPDATE, "x"),
	ONE(idle, XMLNS_IDLE, "idle"),
	ONE(muc, XMLNS_MUC, "x"),
	ONE(muc_user, XMLNS_MUC_USER, "x"),
	XSO_ONE(struct presence, occupant_id, struct id_element, occupant_id_class,
		XMLNS_OCCUPANT_ID, "occupant-id"),
	ONE(hats, XMLNS_HATS, "hats"),
	XSO_ONE(struct presence, hats_legacy, struct hats, hats_legacy_class, XMLNS_HATS_LEGACY,
		"hats"),
	ONE(headers, XMLNS_SHIM, "headers"),
	XSO_MANY(struct presence, bobs, bob_class, XMLNS_BOB, "data"),
	FORM_ONE(struct presence, form),
};
XSO_CLASS(presence_class, struct presence, "presence", "", "presence",
	  "Presence and subscriptions to it (RFC 6121 3, 4)", .top_only = true);
