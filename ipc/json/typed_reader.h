/* Reading typed JSON, inside: one object in the making, and how each kind of field is read. */
#pragma once

#include "ipc/json/jsonr.h"
#include "protocol/xso/xso_class.h"

struct typed_reader {
	struct jsonr *r;
	const struct jsonr_at *at; /* of the JSON object */
	struct xso *x;
};

/*
 * The value of the member that has the field's name: whether the field is there then. Where it is
 * not, because something is wrong, the fault is set; without one it counts as left out, as a flag
 * that is false.
 */
extern bool (*const typed_read_field[XSO_KIND_COUNT_])(struct typed_reader *,
						       const struct xso_field *,
						       const struct jsonr_at *, const json_t *);

/* An object of a known class, or NULL with the fault set; a `kind` may say the class again. */
struct xso *typed_read_object(struct jsonr *r, const struct jsonr_at *at, const json_t *object,
			      const struct xso_class *cls);
