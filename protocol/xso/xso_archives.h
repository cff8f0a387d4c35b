/* Archives that were asked (XEP-0313): only what these send is taken as their result. */
#pragma once

#include "protocol/base/bytes.h"

struct xso_archives {
	const struct strview *jids; /* prepared, in the order of strview_compare() */
	size_t n_jids;
	bool own; /* that of the own account, too, whose answers need no `from` */
};

bool xso_archives_have(const struct xso_archives *archives, struct strview jid);
