/* JSON values that a field cannot take. They are new references; at most TYPED_WRONG_MAX of them.
 */
#pragma once

#include "protocol/xso/xso_types.h"

#include <jansson.h>

enum {
	TYPED_WRONG_MAX = 32,
};

enum typed_wrong_shape {
	SHAPE_STRING = 1 << 0,
	SHAPE_INTEGER = 1 << 1,
	SHAPE_BOOLEAN = 1 << 2,
	SHAPE_ARRAY = 1 << 3,
	SHAPE_OBJECT = 1 << 4,
};

/* That of a value of the type. */
unsigned typed_wrong_shape_of(const struct xso_type *t);

/* Values of other shapes than these. */
size_t typed_wrong_shapes(unsigned shapes, json_t **ret);
/* All that a value of that type cannot be: of other shapes, and out of what it takes. */
size_t typed_wrong_values(const struct xso_type *t, json_t **ret);
/* All that any string cannot be: of other shapes, and with characters that XML cannot carry. */
size_t typed_wrong_strings(json_t **ret);
