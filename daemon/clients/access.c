#include "daemon/clients/access.h"

#include <unistd.h>

bool access_all_rights(uid_t uid)
{
	return uid == 0 || uid == geteuid();
}

/* What whoever else the socket lets in has on managed streams; raw streams they cannot see. */
static const bool granted_to_all[RIGHT_COUNT_] = {
	[RIGHT_NONE] = true,
	[RIGHT_OBSERVE] = true,
	[RIGHT_SEND] = true,
	[RIGHT_IQ] = true,
};

bool access_has(const struct peer *peer, enum right right, const struct link *k)
{
	if (granted_to_all[right] || peer->all_rights)
		return true;
	return k && link_is_raw(k) && link_owner_uid(k) == peer->uid;
}

/* Two methods need another right on managed streams than on raw ones. */
static enum right right_needed(enum method_id m, const struct link *k)
{
	bool by_kind = m == METHOD_STREAM_ABORT || m == METHOD_STREAM_SET;

	if (by_kind && k)
		return link_is_raw(k) ? RIGHT_RAW : RIGHT_CONTROL;
	return methods[m].right;
}

struct fault *access_check(const struct peer *peer, enum method_id m, const struct link *k)
{
	enum right right = right_needed(m, k);

	if (access_has(peer, right, k))
		return NULL;
	return fault_new(FAULT_ACCESS_DENIED, "%s needs the right \"%s\", which uid %u lacks",
			 methods[m].name, right_name(right), (unsigned)peer->uid);
}
