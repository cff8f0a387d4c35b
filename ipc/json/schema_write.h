/* Classes as JSON Schema, from their tables alone, in the dialect of schema.h. */
#pragma once

#include "protocol/base/bytes.h"
#include "protocol/xso/xso_registry.h"

/* cls as one JSON value. r says who holds it; errors latch in the buf. */
void schema_write(struct buf *out, const struct xso_class *cls, const struct xso_registry *r);

/* What "kind:any" refers to: an XSO in any form. */
void schema_write_any(struct buf *out);

/* The member `within` of the object begun last, if there is to be one; true: there are holders. */
bool schema_write_within(struct buf *out, const struct xso_class *cls,
			 const struct xso_registry *r);
