/*
 * JIDs (RFC 7622 in the stringprep form of RFC 6122 that servers of today speak), on libidn.
 * Parts are prepared, so that equal JIDs have equal bytes; separators that preparation makes are
 * refused. A struct jid is made by jid_parse() and jid_split() only and owns nothing.
 */
#pragma once

#include "protocol/base/arena.h"

enum {
	JID_PART_MAX = 1023, /* bytes, prepared */
};

struct jid {
	struct strview full;			/* all of it, prepared */
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

/* `full` is a copy in a, NUL-terminated. */
enum jid_result jid_parse(struct strview text, struct arena *a, struct jid *ret);

/*
 * The same without preparing and copying: true only where preparation surely changes nothing, and
 * `full` is text itself. False says nothing: ask jid_parse().
 */
bool jid_split(struct strview text, struct jid *ret);

const char *jid_result_text(enum jid_result r); /* "the part before @ is not valid" */
