/* Decoding, inside: one object in the making, and how each kind of field takes a child. */
#pragma once

#include "protocol/xso/xso_class.h"

/* What becomes of a child. */
enum xso_taken {
	XSO_TAKEN,
	XSO_LEFT,   /* for `rest` */
	XSO_WRONG,  /* the same, and an issue (`wrong`) unless the field is lenient */
	XSO_FAILED, /* no memory */
};

/* One object in the making. */
struct xso_decoder {
	const struct xso_context *ctx;
	struct arena *a;
	struct xso *x;
	const struct elem *e;
	bool inside;		/* of another one */
	struct xso_issue issue; /* the first; text NULL: none */
	struct xso_issue wrong; /* of XSO_WRONG: its path begins behind the field's name */
	/* room behind the text at the end of `rest`, which grows by further ones */
	char *joined;
	size_t joined_room;
	struct xso_keys *keys; /* of maps */
};

/* The same as xso_decode(), of a child: what only top-level elements may have is left. */
enum xso_result xso_decode_inside(const struct xso_class *cls, const struct elem *e,
				  const struct xso_context *ctx, struct arena *a, struct xso **ret,
				  struct xso_issue *ret_issue);

/* By kind; NULL for kinds that are not children. */
extern enum xso_taken (*const xso_take[XSO_KIND_COUNT_])(struct xso_decoder *,
							 const struct xso_field *,
							 const struct elem *);
enum xso_taken xso_take_values(struct xso_decoder *d, const struct xso_field *f,
			       const struct elem *child);
enum xso_taken xso_take_strings(struct xso_decoder *d, const struct xso_field *f,
				const struct elem *child);
enum xso_taken xso_take_pair(struct xso_decoder *d, const struct xso_field *f,
			     const struct elem *child);

/* The value of a child, if it is of the field's type. */
enum xso_taken xso_take_value(struct xso_decoder *d, const struct xso_field *f, struct strview text,
			      void *member);
/*
 * A child with a text only and at most the attribute `extra`; *ret_extra.p is NULL without that,
 * *ret_text.p without memory.
 */
bool xso_text_and_attr(const struct elem *e, const struct xso_tag *extra, struct arena *a,
		       struct strview *ret_text, struct strview *ret_extra);

/* Whether a child of f may be taken from this sender: TAKEN, LEFT or FAILED. */
enum xso_taken xso_sender(struct xso_decoder *d, const struct xso_field *f);

/* Whether the key is new to the map f: TAKEN, LEFT or FAILED. Many keys cost no square. */
enum xso_taken xso_keys_add(struct xso_decoder *d, const struct xso_field *f, struct strview key);

/* XSO_WRONG for an item or entry whose place is told: "/3", "/key". XSO_FAILED without memory. */
enum xso_taken xso_wrong_item(struct xso_decoder *d, size_t index, const char *text,
			      struct strview inner);
