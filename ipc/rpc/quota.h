/*
 * What all clients of one user hold together, and how much they may: so that a user with many
 * clients cannot take what is everybody's. Owned by whoever makes the sessions, outlives them, and
 * is counted by those who hand out. Limits of 0 are none.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
	QUOTA_SHARE = 64 * 1024, /* queued bytes of one client that are always granted */
};

struct quota {
	size_t bytes, max_bytes;	 /* queued and not yet written */
	unsigned requests, max_requests; /* begun and not yet answered */
	unsigned subscriptions, max_subscriptions;
	unsigned handlers, max_handlers; /* iq.handle */
	unsigned incoming, max_incoming; /* iq.incoming that await their iq.reply */
};

/* Whether a client that has `own` bytes queued may queue n more; quota may be NULL. */
static inline bool quota_has_room(const struct quota *q, size_t own, size_t n)
{
	if (!q || q->max_bytes == 0)
		return true;
	if (own <= QUOTA_SHARE && n <= QUOTA_SHARE - own)
		return true;
	return q->bytes <= q->max_bytes && n <= q->max_bytes - q->bytes;
}
