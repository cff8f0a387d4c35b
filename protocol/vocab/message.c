#include "protocol/vocab/message.h"

#include "protocol/vocab/call.h"
#include "protocol/vocab/chat.h"
#include "protocol/vocab/files.h"
#include "protocol/vocab/forms.h"
#include "protocol/vocab/forward.h"
#include "protocol/vocab/markup.h"
#include "protocol/vocab/muc.h"
#include "protocol/vocab/payload.h"
#include "protocol/vocab/person.h"
#include "protocol/vocab/retract.h"
#include "protocol/vocab/stanza.h"
#include "protocol/xso/xso_macros.h"

static const struct strview message_types[] = {
	[MESSAGE_NORMAL] = XSO_SV("normal"),	 [MESSAGE_CHAT] = XSO_SV("chat"),
	[MESSAGE_ERROR] = XSO_SV("error"),	 [MESSAGE_GROUPCHAT] = XSO_SV("groupchat"),
	[MESSAGE_HEADLINE] = XSO_SV("headline"),
};
static const struct xso_type message_type = XSO_ENUM_TYPE("message type", message_types);

/* XEP-0085 */
static const struct strview chat_states[] = {
	XSO_SV("active"), XSO_SV("composing"), XSO_SV("gone"), XSO_SV("inactive"), XSO_SV("paused"),
};
static const struct xso_type chat_state = XSO_ENUM_TYPE("chat state", chat_states);

/* A row for an extension whose class and struct are named alike; an id_element; several. */
#define ONE(m, ns, child)	XSO_ONE(struct message, m, struct m, m##_class, ns, child)
#define ID(m, ns, child)	XSO_ONE(struct message, m, struct id_element, m##_class, ns, child)
#define MANY(m, cls, ns, child) XSO_MANY(struct message, m, cls, ns, child)
#define FLAG(m, ns, child)	XSO_FLAG(struct message, m, ns, child)

static const struct xso_field message_class_fields[] = {
	STANZA_ATTRS(struct message, message_type, 0, .flags = XSO_LENIENT, XSO_DEFAULT("normal")),
	XSO_LANG_TEXTS(struct message, subjects, "subject", "", "subject"),
	XSO_LANG_TEXTS(struct message, bodies, "body", "", "body"),
	XSO_CHILD_TEXT(struct message, thread, "", "thread", xso_string,
		       XSO_EXTRA_ATTR(struct message, thread_parent, "", "parent")),
	ONE(error, "", "error"),

	ONE(delay, XMLNS_DELAY, "delay"),
	MANY(stanza_ids, stanza_id_class, XMLNS_SID, "stanza-id"),
	XSO_CHILD_ATTR(struct message, origin_id, XMLNS_SID, "origin-id", "id", xso_string),
	ID(occupant_id, XMLNS_OCCUPANT_ID, "occupant-id"),
	XSO_CHILD_TEXT(struct message, nick, XMLNS_NICK, "nick", xso_string),
	ONE(encryption, XMLNS_EME, "encryption"),
	MANY(fallbacks, fallback_class, XMLNS_FALLBACK, "fallback"),
	FLAG(attention, XMLNS_ATTENTION, "attention"),
	FLAG(unstyled, XMLNS_STYLING, "unstyled"),
	XSO_LANG_TEXTS(struct message, spoilers, "spoiler", XMLNS_SPOILER, "spoiler"),
	MANY(markups, markup_class, XMLNS_MARKUP, "markup"),
	MANY(references, reference_class, XMLNS_REFERENCE, "reference"),
	ONE(headers, XMLNS_SHIM, "headers"),

	ID(replace, XMLNS_CORRECT, "replace"),
	ID(attach_to, XMLNS_ATTACH, "attach-to"),
	ONE(reply, XMLNS_REPLY, "reply"),
	ONE(reactions, XMLNS_REACTIONS, "reactions"),
	ONE(referenced_stanza, XMLNS_SID, "referenced-stanza"),
	ONE(apply_to, XMLNS_FASTEN, "apply-to"),
	ONE(retract, XMLNS_RETRACT, "retract"),
	ONE(retracted, XMLNS_RETRACT, "retracted"),
	ONE(retracted_legacy, XMLNS_RETRACT_LEGACY, "retracted"),
	ONE(moderated_legacy, XMLNS_MODERATE_LEGACY, "moderated"),

	FLAG(receipt_request, XMLNS_RECEIPTS, "request"),
	ID(receipt_received, XMLNS_RECEIPTS, "received"),
	FLAG(markable, XMLNS_MARKERS, "markable"),
	ID(displayed, XMLNS_MARKERS, "displayed"),
	ID(marker_received, XMLNS_MARKERS, "received"),
	ID(acknowledged, XMLNS_MARKERS, "acknowledged"),

	FLAG(private, XMLNS_CARBONS, "private"),
	FLAG(no_copy, XMLNS_HINTS, "no-copy"),
	FLAG(no_store, XMLNS_HINTS, "no-store"),
	FLAG(no_permanent_store, XMLNS_HINTS, "no-permanent-store"),
	FLAG(store, XMLNS_HINTS, "store"),

	XSO_ONE(struct message, received, struct carbon, received_class, XMLNS_CARBONS, "received",
		.flags = XSO_FROM_ACCOUNT),
	XSO_ONE(struct message, sent, struct carbon, sent_class, XMLNS_CARBONS, "sent",
		.flags = XSO_FROM_ACCOUNT),
	XSO_ONE(struct message, forwarded, struct forwarded, forwarded_class, XMLNS_FORWARD,
		"forwarded", .flags = XSO_FROM_ACCOUNT),
	XSO_ONE(struct message, result, struct mam_result, result_class, XMLNS_MAM, "result",
		.flags = XSO_FROM_ARCHIVE),

	FORM_ONE(struct message, form),

	ONE(muc_user, XMLNS_MUC_USER, "x"),
	ONE(direct_invite, XMLNS_DIRECT_INVITE, "x"),
	ONE(rosterx, XMLNS_ROSTERX, "x"),

	ONE(oob, XMLNS_OOB, "x"),
	MANY(bobs, bob_class, XMLNS_BOB, "data"),
	MANY(file_sharings, file_sharing_class, XMLNS_SFS, "file-sharing"),
	ONE(file_sources, XMLNS_SFS, "sources"),
	ONE(call_invite, XMLNS_CALL_INVITES, "invite"),
	ONE(call_accept, XMLNS_CALL_INVITES, "accept"),
	ID(call_retract, XMLNS_CALL_INVITES, "retract"),
	ID(call_reject, XMLNS_CALL_INVITES, "reject"),
	ID(call_left, XMLNS_CALL_INVITES, "left"),

	XSO_CHILD_TAG(struct message, chat_state, XMLNS_CHAT_STATES, chat_state),
};
XSO_CLASS(message_class, struct message, "message", "", "message", "Message (RFC 6121 5)",
	  .top_only = true);
