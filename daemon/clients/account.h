/*
 * What the clients of one user have together. Whoever has all rights may use each limit whole,
 * any other user half of it. It lives as long as the user has a client. Private to daemon/clients.
 */
#pragma once

#include <sys/types.h>

#include "daemon/base/config.h"
#include "ipc/rpc/quota.h"
#include "protocol/base/list.h"

struct account {
	struct list in_all;
	uid_t uid;
	bool all_rights;
	size_t n_clients, max_clients; /* 0: no limit */
	struct quota quota;
};

/* The user's account, found or made; NULL without memory. account_drop() if nobody came of it. */
struct account *account_get(struct list *all, uid_t uid, bool all_rights,
			    const struct config_limits *l);
void account_configure(struct account *a, const struct config_limits *l);

/* Frees it if it has no client. */
void account_drop(struct account *a);
