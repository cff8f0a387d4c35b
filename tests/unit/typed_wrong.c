#include "tests/unit/typed_wrong.h"

#include "tests/unit/xso_gen_value.h"

/* Values of other shapes than these. */
size_t typed_wrong_shapes(unsigned shapes, json_t **ret)
{
	size_t n = 0;

	ret[n++] = json_null();
	ret[n++] = json_real(1.5);
	if (!(shapes & SHAPE_STRING))
		ret[n++] = json_string("1");
	if (!(shapes & SHAPE_INTEGER))
		ret[n++] = json_integer(1);
	if (!(shapes & SHAPE_BOOLEAN)) {
		ret[n++] = json_true();
		ret[n++] = json_false();
	}
	if (!(shapes & SHAPE_ARRAY)) {
		ret[n++] = json_array();
		ret[n++] = json_pack("[s]", "x");
	}
	if (!(shapes & SHAPE_OBJECT)) {
		ret[n++] = json_object();
		ret[n++] = json_pack("{s:s}", "x", "y");
	}
	return n;
}

/* Texts that XML cannot carry. A lone surrogate comes as U+FFFF (ipc/rpc/envelope.c). */
static size_t uncarried(json_t **ret)
{
	ret[0] = json_string("a\x01");
	ret[1] = json_string("\xef\xbf\xbf");
	ret[2] = json_stringn("b\0c", 3);
	return 3;
}

unsigned typed_wrong_shape_of(const struct xso_type *t)
{
	return t->store == XSO_STORE_INT    ? SHAPE_INTEGER
	       : t->store == XSO_STORE_BOOL ? SHAPE_BOOLEAN
					    : SHAPE_STRING;
}

/* Values of the right shape that the type does not take. */
static size_t out_of_type(const struct xso_type *t, json_t **ret)
{
	size_t n = 0;

	if (t->store == XSO_STORE_INT) {
		ret[n++] = json_integer(t->min - 1);
		ret[n++] = json_integer(t->max + 1);
	} else if (t->store != XSO_STORE_BOOL) {
		for (unsigned i = 0; i < 8; i++) {
			struct strview v = xso_gen_invalid(t, i * 5);

			if (v.p)
				ret[n++] = json_stringn(v.p, v.n);
		}
		n += uncarried(ret + n);
	}
	return n;
}

/* All that a value of that type cannot be. */
size_t typed_wrong_values(const struct xso_type *t, json_t **ret)
{
	size_t n = typed_wrong_shapes(typed_wrong_shape_of(t), ret);

	return n + out_of_type(t, ret + n);
}

size_t typed_wrong_strings(json_t **ret)
{
	size_t n = typed_wrong_shapes(SHAPE_STRING, ret);

	return n + uncarried(ret + n);
}
