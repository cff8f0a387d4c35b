/*
 * Match filters (stanzad-protocol(7), EVENTS): which XSOs a subscription or a call wants. The
 * matches of one list are alternatives; an empty list matches everything.
 */
#pragma once

#include "ipc/json/xso_json.h"

struct match_list;

/* What an element is matched in: for no `from`, and for names without a namespace. */
struct match_context {
	struct strview default_ns;
	struct strview own_bare; /* our prepared bare JID; n == 0: unknown */
};

/*
 * Compiles an array of match objects (NULL: everything). NULL, or an invalid-params fault whose
 * path begins with `path`. An unknown kind, member or format of a JID is a fault.
 */
struct fault *match_compile(const json_t *array, const char *path,
			    const struct xso_json_context *ctx, struct match_list **ret);
void match_free(struct match_list *m); /* takes NULL */

bool match_elem(const struct match_list *m, const struct elem *e, const struct match_context *ctx);
