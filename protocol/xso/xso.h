/*
 * XML stream objects: one element of the stream as a C struct, by the table of its class
 * (xso_class.h). Decoded from a finished element tree, encoded to one; nothing is lost on the way
 * but the order across fields and white space between elements. Objects, like the elements they
 * point into, live in an arena.
 */
#pragma once

#include "protocol/xml/elem.h"
#include "protocol/xso/xso_mask.h"
#include "protocol/xso/xso_types.h"

struct xso_class;
struct xso_registry;
struct xso_archives;

/* The head of every object: struct message begins with one. */
struct xso {
	const struct xso_class *cls;
	struct xso_mask present; /* field i of the class is there and valid */
	struct elem rest; /* attributes and children that no field has a place for; no name */
};

/* What may occur more than once. `items` is an array of what the field's macro says. */
struct xso_list {
	void *items;
	size_t n;
};

/* An item of a list of texts in several languages, in document order. */
struct xso_text {
	struct strview lang; /* xml:lang of its own; p NULL: none */
	struct strview text;
};

/* An entry of a map. */
struct xso_pair {
	struct strview key;
	union xso_value value;
};

/* A child of any class or of none. */
struct xso_any {
	struct xso *xso;	 /* NULL: its class is not known */
	const struct elem *elem; /* where xso is NULL; NULL: no such child */
};

struct xso_context {
	struct strview default_ns;	     /* the stream's content namespace */
	const struct xso_registry *registry; /* of the classes of children that may be anything */
	bool reject_unknown; /* a child which must be of a class may not be of none */
	/*
	 * The stream's own bare JID, the only sender of carbons and the like; n == 0: it is not
	 * known, and that of the stanza's `to` counts. Archives that were asked; NULL: none.
	 */
	struct strview account;
	const struct xso_archives *archives;
};

/* Why a class cannot take an element. */
struct xso_issue {
	const char *text;    /* in English, static */
	struct strview path; /* of field names: "/payload/jid"; n == 0: the object itself */
};

enum xso_result {
	XSO_OK,
	XSO_INVALID,
	XSO_NO_MEMORY,
};

/*
 * Strings of the object point into e. When XSO_INVALID, *ret_issue is the first issue and *ret is
 * the partial object: attributes with a bit in `present` are certain, attributes that are not
 * valid are in `rest`, children may be missing. ret and ret_issue are not touched without memory.
 */
enum xso_result xso_decode(const struct xso_class *cls, const struct elem *e,
			   const struct xso_context *ctx, struct arena *a, struct xso **ret,
			   struct xso_issue *ret_issue);

/* Whether the object has what its class requires. XSO_INVALID sets *ret_issue. */
enum xso_result xso_check(const struct xso *x, struct arena *a, struct xso_issue *ret_issue);

/* A new, empty object of that class, or NULL. Set members and then their bits with xso_set(). */
struct xso *xso_new(const struct xso_class *cls, struct arena *a);

/* The element of x, which shares its strings; `present` says what is written. NULL: no memory. */
struct elem *xso_encode(const struct xso *x, const struct xso_context *ctx, struct arena *a);

/* Room for one more item at the end, cleared, or NULL. */
void *xso_list_add(struct xso_list *list, size_t item_size, struct arena *a);

/* The main text of a list: that without a language of its own, else the first; NULL if empty. */
const struct xso_text *xso_text_main(const struct xso_list *texts);

/* The field whose member is at `offset` is there: xso_set(&m->xso, offsetof(struct message, id)) */
void xso_set(struct xso *x, size_t offset);
bool xso_has(const struct xso *x, size_t offset);
