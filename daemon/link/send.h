/* What goes out on a stream. Inside daemon/link only. */
#pragma once

#include "daemon/link/link_internal.h"

enum {
	LINK_ID_SIZE = 25, /* with the NUL */
};

/* 96 random bits as text, which nobody can guess. 0 or -ENOMEM. */
int link_new_id(char id[LINK_ID_SIZE]);

struct fault *link_check(const struct link *k); /* NULL: a stanza can be sent */

/* NULL, or overflow: the server does not take what is queued for it already. */
struct fault *link_check_room(const struct link *k);

/* by: the client whose it is, for xso.out; NULL: our own. mute: nobody is shown its content. */
struct fault *link_send(struct link *k, const struct elem *e, const struct session *by, bool mute);

/* Answers a stream.send with {stream, id?, status}; id.p may be NULL; consumes r. */
void link_reply_sent(struct link *k, struct request *r, struct strview id, const char *status);

/* The methods; each consumes r. */
void link_handle_send(struct link *k, struct request *r);
void link_handle_send_and_wait_for(struct link *k, struct request *r);
