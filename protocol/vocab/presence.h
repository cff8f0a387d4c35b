/* Presence and subscriptions to it (RFC 6121 3, 4), and what extensions put into it. */
#pragma once

#include "protocol/xso/xso_class.h"

enum presence_type {
	PRESENCE_AVAILABLE, /* if absent */
	PRESENCE_ERROR,
	PRESENCE_PROBE,
	PRESENCE_SUBSCRIBE,
	PRESENCE_SUBSCRIBED,
	PRESENCE_UNAVAILABLE,
	PRESENCE_UNSUBSCRIBE,
	PRESENCE_UNSUBSCRIBED,
};

enum presence_show {
	SHOW_NONE, /* if absent */
	SHOW_AWAY,
	SHOW_CHAT,
	SHOW_DND,
	SHOW_XA,
};

struct presence {
	struct xso xso;
	struct strview from, to, id, lang;
	unsigned type;		  /* enum presence_type */
	unsigned show;		  /* enum presence_show */
	struct xso_list statuses; /* of struct xso_text */
	int64_t priority;
	struct error *error;

	struct delay *delay;
	struct caps *caps;
	struct strview nick;
	struct vcard_update *vcard_update;
	struct idle *idle;
	struct muc *muc;
	struct muc_user *muc_user;
	struct id_element *occupant_id;
	struct hats *hats, *hats_legacy;
	struct headers *headers;
	struct xso_list bobs; /* of struct bob * */
	struct form *form;
};

extern const struct xso_class presence_class;
