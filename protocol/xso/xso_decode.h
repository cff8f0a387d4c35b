/* Decoding, inside: one object in the making, and how each kind of field takes a child. */
#pragma once

#include "protocol/xso/xso_class.h"

/* What becomes of a child. */
enum xso_taken {
	XSO_TAKEN,
	XSO_LEFT,   /* for `rest` */
	XSO_FAILED, /* no memory */
};

/* One object in the making. */
struct xso_decoder {
	const struct xso_context *ctx;
	struct arena *a;
	struct xso *x;
	const struct elem *e;
	struct xso_issue issue; /* the first; text NULL: none */
	/* room behind the text at the end of `rest`, which grows by further ones */
	char *joined;
	size_t joined_room;
};

/*
 * Keeps the first issue: that of a field, or, with inner, of something inside of it. False without
 * memory.
 */
bool xso_decoder_issue(struct xso_decoder *d, const struct xso_field *f, const char *text,
		       const struct strview *inner);

/* NULL for kinds that are not children. */
extern enum xso_taken (*const xso_take[XSO_KIND_COUNT_])(struct xso_decoder *,
							 const struct xso_field *,
							 const struct elem *);
