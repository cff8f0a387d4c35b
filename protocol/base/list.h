/* An intrusive doubly linked list. A zeroed node is in no list; removing it is a no-op. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *prev, *next;
};

#define LIST_INIT(head)                                                                            \
	{                                                                                          \
		&(head), &(head)                                                                   \
	}

#define list_entry(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

/* The current node may be removed in the body, its neighbours may not. */
#define list_for_each(it, head)                                                                    \
	for (struct list *it = (head)->next, *it##_next_ = it->next; it != (head);                 \
	     it = it##_next_, it##_next_ = it->next)

static inline void list_init(struct list *head)
{
	head->prev = head->next = head;
}

static inline bool list_empty(const struct list *head)
{
	return !head->next || head->next == head;
}

static inline void list_append(struct list *head, struct list *node)
{
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
}

static inline bool list_linked(const struct list *node)
{
	return node->next != NULL;
}

static inline void list_remove(struct list *node)
{
	if (!node->next)
		return;
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->prev = node->next = NULL;
}
