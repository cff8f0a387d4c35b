/*
 * An XML element as an immutable tree in an arena: the lossless form of an XSO. Attributes and
 * mixed children keep their order; neighbouring texts are one; prefixes, CDATA sections and quotes
 * are not kept. The arena owns everything; nothing here is freed by itself.
 */
#pragma once

#include "protocol/base/arena.h"

struct elem_attr {
	struct strview ns; /* n == 0: none, as attributes usually have; XMLNS_XML for xml:lang */
	struct strview name;
	struct strview value;
};

/*
 * How many attributes an array of n has room for. Whoever makes `attrs` allocates that many, so
 * that elem_add_attr() can go on with any element.
 */
static inline size_t elem_attrs_room(size_t n)
{
	size_t room = n > 0;

	while (room < n)
		room *= 2;
	return room;
}

struct elem_node {
	struct elem_node *next;
	struct elem *elem;   /* NULL: a text */
	struct strview text; /* where elem is NULL; never empty */
};

struct elem {
	struct strview ns; /* n == 0: no namespace */
	struct strview name;
	struct elem_attr *attrs;
	size_t n_attrs;
	struct elem_node *first, *last; /* children in document order */
};

#define elem_for_each_node(it, e) for (struct elem_node *it = (e)->first; it; it = it->next)

/*
 * Building. Strings are not copied: they must live as long as the arena. Every function returns
 * NULL or -ENOMEM when the arena is exhausted; then the tree is not to be used.
 */
struct elem *elem_new(struct arena *a, struct strview ns, struct strview name);
int elem_add_attr(struct arena *a, struct elem *e, struct strview ns, struct strview name,
		  struct strview value);
int elem_add_child(struct arena *a, struct elem *e, struct elem *child);
int elem_add_text(struct arena *a, struct elem *e, struct strview text); /* merged; "" adds none */

/* elem_new with a child of that name put below `parent`, and a text where text.n > 0. */
struct elem *elem_add_new(struct arena *a, struct elem *parent, struct strview ns,
			  struct strview name, struct strview text);

/* A deep copy into another arena, strings included. Recursive: for trees of bounded depth. */
struct elem *elem_copy(struct arena *a, const struct elem *e);

/* Asking. */
bool elem_is(const struct elem *e, const char *ns, const char *name);
struct strview elem_attr(const struct elem *e, const char *name); /* no namespace; p NULL: absent */
struct strview elem_attr_ns(const struct elem *e, const char *ns, const char *name);
const struct elem *elem_child(const struct elem *e, const char *ns,
			      const char *name); /* first or NULL */
/*
 * All text directly in e; a view into it where it is one text, else joined in a. "" where there is
 * none; p is NULL only without memory.
 */
struct strview elem_text(const struct elem *e, struct arena *a);

/* Whether two trees are canonically equal: attributes as a set, children in order. */
bool elem_equal(const struct elem *a, const struct elem *b);
