/* Rooms: XEP-0045, and what goes with it. */
#pragma once

#include "protocol/xso/xso_class.h"

#define XMLNS_MUC	    "http://jabber.org/protocol/muc"	   /* XEP-0045 */
#define XMLNS_MUC_USER	    "http://jabber.org/protocol/muc#user"  /* ... */
#define XMLNS_MUC_ADMIN	    "http://jabber.org/protocol/muc#admin" /* ... */
#define XMLNS_MUC_OWNER	    "http://jabber.org/protocol/muc#owner" /* ... */
#define XMLNS_DIRECT_INVITE "jabber:x:conference"		   /* XEP-0249 */
#define XMLNS_HATS	    "urn:xmpp:hats:0"			   /* XEP-0317 */
#define XMLNS_HATS_LEGACY   "xmpp:prosody.im/protocol/hats:1"	   /* ... before 0.2 */
#define XMLNS_OCCUPANT_ID   "urn:xmpp:occupant-id:0"		   /* XEP-0421 */

enum muc_affiliation {
	AFFILIATION_ADMIN,
	AFFILIATION_MEMBER,
	AFFILIATION_NONE,
	AFFILIATION_OUTCAST,
	AFFILIATION_OWNER,
};

enum muc_role {
	ROLE_MODERATOR,
	ROLE_NONE,
	ROLE_PARTICIPANT,
	ROLE_VISITOR,
};

struct muc_history {
	struct xso xso;
	int64_t maxchars, maxstanzas, seconds;
	struct strview since;
};

/* With presence that joins. */
struct muc {
	struct xso xso;
	struct strview password;
	struct muc_history *history;
};

struct muc_actor {
	struct xso xso;
	struct strview jid, nick;
};

/* An occupant or affiliation: in muc_user, and in muc_admin. */
struct muc_item {
	struct xso xso;
	unsigned affiliation; /* enum muc_affiliation */
	unsigned role;	      /* enum muc_role */
	struct strview jid, nick, reason;
	struct muc_actor *actor;
	struct muc_continue *continued;
};

struct muc_user {
	struct xso xso;
	struct xso_list items;	  /* of struct muc_item * */
	struct xso_list statuses; /* of union xso_value: numbers */
	struct xso_list invites;  /* of struct muc_invite * */
	struct muc_invite *decline;
	struct strview password;
	struct muc_destroy *destroy;
};

/* invite and decline */
struct muc_invite {
	struct xso xso;
	struct strview from, to, reason;
	struct muc_continue *continued;
};

struct muc_destroy {
	struct xso xso;
	struct strview jid, password, reason;
};

extern const struct xso_class muc_class, muc_history_class;
extern const struct xso_class muc_user_class, muc_item_class, muc_actor_class, muc_continue_class,
	muc_invite_class, muc_decline_class, muc_destroy_class;
extern const struct xso_class muc_admin_class, muc_admin_item_class, muc_admin_actor_class;
extern const struct xso_class muc_owner_class, muc_owner_destroy_class;
extern const struct xso_class direct_invite_class;
extern const struct xso_class hats_class, hat_class, hats_legacy_class, hat_legacy_class;
extern const struct xso_class occupant_id_class;
