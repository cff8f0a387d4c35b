/*
 * The archives that a stream has asked (XEP-0313): only they can send what is taken as a result of
 * theirs. The latest ones, in the session of the moment. Inside daemon/link only.
 */
#pragma once

#include "protocol/xml/elem.h"
#include "protocol/xso/xso_archives.h"

enum {
	ARCHIVES_MAX = 64,
};

struct archives {
	struct xso_archives asked;
	char **in_order; /* a ring: the strings, which are owned; NULL: none yet */
	size_t next;
};

void archives_init(struct archives *a); /* that of the own account alone */

/* e was sent: if it asks an archive, that is noted. */
void archives_note(struct archives *a, const struct elem *e);
void archives_reset(struct archives *a);
