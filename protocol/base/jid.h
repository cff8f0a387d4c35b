/*
 * JIDs (RFC 7622 in the stringprep form of RFC 6122 that servers of today speak), on libidn.
 * jid_parse() is the only maker of a struct jid: parts are prepared, so that equal JIDs have equal
 * bytes, and separators that preparation makes are refused.
 */
#pragma once

#include "protocol/base/arena.h"

struct jid {
	struct strview full;			/* all of it, prepared, NUL-terminated */
	struct strview local, domain, resource; /* views into full; n == 0: absent */
	struct strview bare;			/* a prefix of full */
};

enum jid_result {
	JID_OK,
	JID_EMPTY,
	JID_TOO_LONG,
	JID_BAD_LOCAL,
	JID_BAD_DOMAIN,
	JID_BAD_RESOURCE,
	JID_NO_MEMORY,
};

enum jid_result jid_parse(struct strview text, struct arena *a, struct jid *ret);
const char *jid_result_text(enum jid_result r); /* "the part before @ is not valid" */
