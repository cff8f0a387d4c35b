/*
 * A batch: requests that came in one array and are answered in one. It lives until all its members
 * were begun and all of them have ended; whoever is about to end one calls batch_end().
 */
#pragma once

#include "ipc/rpc/session.h"

#include <jansson.h>

enum {
	BATCH_MAX = 1000,
};

struct batch {
	struct session *session;
	json_t *members; /* owned until all are begun, then NULL */
	size_t next;	 /* member to be begun */
	size_t open;	 /* begun and not ended, and one for members not begun */
	struct buf out;	 /* replies so far */
};

/* Consumes members, of which there is one at least. NULL without memory. */
struct batch *batch_new(struct session *s, json_t *members);

/* The next member, a new reference, which counts as begun. Not when all are. */
json_t *batch_next(struct batch *b);
bool batch_all_begun(const struct batch *b); /* then batch_drop() */

void batch_put(struct batch *b, struct strview reply); /* of a member that is begun */
void batch_end(struct batch *b);  /* of a member; the last one sends the reply */
void batch_drop(struct batch *b); /* no further member will be begun */
