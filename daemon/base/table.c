#include "daemon/base/table.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

enum {
	BUCKETS_MIN = 16,
};

static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_of(const struct table *t, struct strview key)
{
	uint64_t hash = t->salt ^ key.n;

	while (key.n > 0) {
		size_t n = key.n < sizeof(uint64_t) ? key.n : sizeof(uint64_t);
		uint64_t word = 0;

		memcpy(&word, key.p, n);
		hash = mix(hash ^ word, 0x9e3779b97f4a7c15u ^ t->salt);
		key.p += n;
		key.n -= n;
	}
	return mix(hash, 0xd6e8feb86659fd93u);
}

static struct table_node **bucket_of(const struct table *t, uint64_t hash)
{
	return &t->buckets[hash & (t->n_buckets - 1)];
}

static int resize(struct table *t, size_t n_buckets)
{
	struct table old = *t;

	t->buckets = calloc(n_buckets, sizeof(struct table_node *));
	if (!t->buckets) {
		t->buckets = old.buckets;
		return -ENOMEM;
	}
	t->n_buckets = n_buckets;
	for (size_t i = 0; i < old.n_buckets; i++) {
		while (old.buckets[i]) {
			struct table_node *node = old.buckets[i];
			struct table_node **end = bucket_of(t, node->hash);

			/* behind what is there: those of one key keep their order */
			while (*end)
				end = &(*end)->next;
			old.buckets[i] = node->next;
			node->next = NULL;
			*end = node;
		}
	}
	free(old.buckets);
	return 0;
}

static int grow(struct table *t)
{
	int r;

	if (t->n < t->n_buckets)
		return 0;
	if (t->n_buckets == 0)
		(void)!getrandom(&t->salt, sizeof(t->salt), 0); /* 0 is a poor salt, not a fault */
	r = resize(t, t->n_buckets ? t->n_buckets * 2 : BUCKETS_MIN);
	return t->n_buckets ? 0 : r; /* crowded buckets are slow, and all there is */
}

void table_done(struct table *t)
{
	free(t->buckets);
	*t = (struct table){ 0 };
}

int table_add(struct table *t, struct table_node *node, struct strview key)
{
	struct table_node **bucket;
	int r = grow(t);

	if (r < 0)
		return r;
	node->table = t;
	node->key = key;
	node->hash = hash_of(t, key);
	bucket = bucket_of(t, node->hash);
	node->next = *bucket;
	*bucket = node;
	t->n++;
	return 0;
}

void table_remove(struct table_node *node)
{
	struct table *t = node->table;
	struct table_node **at;

	if (!t)
		return;
	at = bucket_of(t, node->hash);
	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	node->next = NULL;
	node->table = NULL;
	t->n--;
	if (t->n == 0) { /* an idle owner holds no memory */
		free(t->buckets);
		t->buckets = NULL;
		t->n_buckets = 0;
	}
}

static struct table_node *find_from(struct table_node *node, uint64_t hash, struct strview key)
{
	while (node && (node->hash != hash || !strview_eq(node->key, key)))
		node = node->next;
	return node;
}

struct table_node *table_find(const struct table *t, struct strview key)
{
	uint64_t hash;

	if (t->n == 0)
		return NULL;
	hash = hash_of(t, key);
	return find_from(*bucket_of(t, hash), hash, key);
}

struct table_node *table_find_next(const struct table_node *node)
{
	return find_from(node->next, node->hash, node->key);
}
