/* Messages (RFC 6121 5), and what extensions put into them. */
#pragma once

#include "protocol/xso/xso_class.h"

enum message_type {
	MESSAGE_NORMAL, /* also if absent or unknown: RFC 6121 5.2.2 */
	MESSAGE_CHAT,
	MESSAGE_ERROR,
	MESSAGE_GROUPCHAT,
	MESSAGE_HEADLINE,
};

struct message {
	struct xso xso;
	struct strview from, to, id, lang;
	unsigned type;			  /* enum message_type */
	struct xso_list bodies, subjects; /* of struct xso_text */
	struct strview thread, thread_parent;
	struct error *error;

	/* about this message */
	struct delay *delay;
	struct xso_list stanza_ids; /* of struct stanza_id * */
	struct strview origin_id;
	struct id_element *occupant_id;
	struct strview nick;
	struct encryption *encryption;
	struct xso_list fallbacks; /* of struct fallback * */
	bool attention, unstyled;
	struct xso_list spoilers;   /* of struct xso_text */
	struct xso_list markups;    /* of struct markup * */
	struct xso_list references; /* of struct reference * */
	struct headers *headers;

	/* about others */
	struct id_element *replace, *attach_to;
	struct reply *reply;
	struct reactions *reactions;
	struct referenced_stanza *referenced_stanza;
	struct apply_to *apply_to;
	struct retract *retract;
	struct retracted *retracted;
	struct retracted_legacy *retracted_legacy;
	struct moderated_legacy *moderated_legacy;

	/* receipts and markers */
	bool receipt_request, markable;
	struct id_element *receipt_received, *displayed, *marker_received, *acknowledged;
	struct strview chat_state; /* "composing" */

	/* for servers */
	bool private, no_copy, no_store, no_permanent_store, store;

	/* other stanzas inside of this one */
	struct carbon *received, *sent;
	struct forwarded *forwarded;
	struct mam_result *result;

	/* of other protocols */
	struct form *form;

	/* rooms and contacts */
	struct muc_user *muc_user;
	struct direct_invite *direct_invite;
	struct rosterx *rosterx;

	/* files and calls */
	struct oob *oob;
	struct xso_list bobs;	       /* of struct bob * */
	struct xso_list file_sharings; /* of struct file_sharing * */
	struct file_sources *file_sources;
	struct call_invite *call_invite;
	struct call_accept *call_accept;
	struct id_element *call_retract, *call_reject, *call_left;
};

extern const struct xso_class message_class;
