/*
 * Who may do what (stanzad-protocol(7), RIGHTS). Rights are looked up at each request, so that a
 * changed configuration acts on connected clients.
 */
#pragma once

#include "daemon/link/link.h"

/* Root and the daemon's own user may do everything and use limits whole. */
bool access_all_rights(uid_t uid);

bool access_has(const struct peer *peer, enum right right, const struct link *k);

/*
 * Whether the peer may call that method, on that stream where it is about one (else NULL), which
 * links_find() has found visible. NULL, or the access-denied fault.
 */
struct fault *access_check(const struct peer *peer, enum method_id m, const struct link *k);
