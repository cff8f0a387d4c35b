#include "daemon/clients/account.h"

#include <stdlib.h>

enum {
	/* of all clients together */
	TOTAL_QUEUES = 32, /* times max_client_queue_bytes */
	TOTAL_REQUESTS = 16384,
	TOTAL_SUBSCRIPTIONS = 16384,
	TOTAL_HANDLERS = 4096,
	TOTAL_INCOMING = 16384,
};

static size_t part_of(const struct account *a, size_t limit)
{
	return a->all_rights ? limit : limit / 2 + limit % 2;
}

void account_configure(struct account *a, const struct config_limits *l)
{
	size_t queues;

	if (__builtin_mul_overflow(l->max_client_queue_bytes, (size_t)TOTAL_QUEUES, &queues))
		queues = SIZE_MAX;
	a->max_clients = part_of(a, l->max_clients);
	a->quota.max_bytes = part_of(a, queues);
	a->quota.max_requests = (unsigned)part_of(a, TOTAL_REQUESTS);
	a->quota.max_subscriptions = (unsigned)part_of(a, TOTAL_SUBSCRIPTIONS);
	a->quota.max_handlers = (unsigned)part_of(a, TOTAL_HANDLERS);
	a->quota.max_incoming = (unsigned)part_of(a, TOTAL_INCOMING);
}

struct account *account_get(struct list *all, uid_t uid, bool all_rights,
			    const struct config_limits *l)
{
	struct account *a;

	list_for_each (it, all) {
		a = list_entry(it, struct account, in_all);
		if (a->uid == uid)
			return a;
	}
	a = calloc(1, sizeof(*a));
	if (!a)
		return NULL;
	a->uid = uid;
	a->all_rights = all_rights;
	account_configure(a, l);
	list_append(all, &a->in_all);
	return a;
}

void account_drop(struct account *a)
{
	if (a->n_clients > 0)
		return;
	list_remove(&a->in_all);
	free(a);
}
