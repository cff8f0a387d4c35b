/* The three stanzas and the error inside of them (RFC 6120 8, RFC 6121). */
#pragma once

#include "protocol/vocab/payload.h"

enum message_type {
	MESSAGE_NORMAL, /* also if absent or unknown: RFC 6121 5.2.2 */
	MESSAGE_CHAT,
	MESSAGE_ERROR,
	MESSAGE_GROUPCHAT,
	MESSAGE_HEADLINE,
};

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

enum iq_type {
	IQ_GET,
	IQ_SET,
	IQ_RESULT,
	IQ_ERROR,
};

enum error_type {
	ERROR_AUTH,
	ERROR_CANCEL,
	ERROR_CONTINUE,
	ERROR_MODIFY,
	ERROR_WAIT,
};

/* RFC 6120 8.3 */
struct error {
	struct xso xso;
	unsigned type; /* enum error_type */
	struct strview by;
	struct strview condition;      /* "item-not-found" */
	struct strview condition_text; /* gone, redirect: the new address */
	struct strview text, lang;     /* and its xml:lang */
	struct xso_any application;
};

struct message {
	struct xso xso;
	struct strview from, to, id, lang;
	unsigned type;			  /* enum message_type */
	struct xso_list bodies, subjects; /* of struct xso_text */
	struct strview thread, thread_parent;
	struct delay *delay;
	struct xso_list stanza_ids; /* of struct stanza_id * */
	struct strview origin_id;
	struct error *error;
};

struct presence {
	struct xso xso;
	struct strview from, to, id, lang;
	unsigned type;		  /* enum presence_type */
	unsigned show;		  /* enum presence_show */
	struct xso_list statuses; /* of struct xso_text */
	int64_t priority;
	struct delay *delay;
	struct error *error;
};

struct iq {
	struct xso xso;
	struct strview from, to, id, lang;
	unsigned type; /* enum iq_type */
	struct error *error;
	struct xso_any payload;
};

extern const struct xso_class error_class, message_class, presence_class, iq_class;
