/* A compiled list of matches: made by match.c, asked by match_elem.c. */
#pragma once

#include "ipc/events/match.h"
#include "protocol/base/jid.h"

struct match_child {
	bool set;
	struct strview name, ns; /* p NULL: any name; the parent's namespace */
};

/* What is not given (p NULL, or full.n == 0) does not restrict. */
struct match {
	struct strview kind_ns, kind_name;
	struct strview name, ns, type, id;
	struct jid from, to;
	struct match_child has;
};

struct match_list {
	struct arena arena; /* all strings */
	struct match *items;
	size_t n_items;
};
