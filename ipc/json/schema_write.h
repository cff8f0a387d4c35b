/* Classes as JSON Schema, from their tables alone, in the dialect of schema.h. */
#pragma once

#include "protocol/base/bytes.h"
#include "protocol/xso/xso_registry.h"

/* cls as one JSON value. r says who holds it; errors latch in the buf. */
void schema_write(struct buf *out, const struct xso_class *cls, const struct xso_registry *r);

/* What "kind:any" refers to: an XSO in any form. */
void schema_write_any(struct buf *out);

/*
 * Which classes have a field of cls: the next one from the i-th of r on, with that field, or NULL.
 * i goes on behind it.
 */
const struct xso_class *schema_next_holder(const struct xso_class *cls,
					   const struct xso_registry *r, size_t *i,
					   const struct xso_field **ret);

/* The member `within` of the object begun last, if there is to be one; true: there are holders. */
bool schema_write_within(struct buf *out, const struct xso_class *cls,
			 const struct xso_registry *r);
