/*
 * An intrusive hash table: finds what was put in by a key of bytes. Hashes are salted at random, so
 * whoever chooses keys cannot choose those that collide. A zeroed table is empty; a zeroed node is
 * in no table.
 */
#pragma once

#include "protocol/base/bytes.h"

struct table_node {
	struct table_node *next;
	struct table *table; /* NULL: in none */
	uint64_t hash;
	struct strview key; /* owned by whoever owns the node, unchanged while it is in a table */
};

struct table {
	struct table_node **buckets; /* a power of two of them */
	size_t n, n_buckets;
	uint64_t salt;
};

#define table_entry(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

void table_done(struct table *t); /* frees no entry; safe on a zeroed table and twice */

/* 0, or -ENOMEM and the node is in no table. Several may have the same key. */
int table_add(struct table *t, struct table_node *node, struct strview key);
void table_remove(struct table_node *node); /* a no-op where it is in no table */

/* The latest of those with that key, and what has it too behind it; NULL: none. */
struct table_node *table_find(const struct table *t, struct strview key);
struct table_node *table_find_next(const struct table_node *node);
