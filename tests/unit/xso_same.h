/*
 * Whether two elements are the same but for what typed objects give up: the order of children
 * across fields (kept within a field and among what no field takes), white space alone between
 * elements, the lexical form of numbers and booleans, and that of texts in several languages the
 * one without a language of its own comes first. Everything else has to be equal.
 */
#pragma once

#include "protocol/xso/xso_registry.h"

/*
 * Both of class cls, which must be able to take them. NULL, or where and how they differ, as text
 * in a.
 */
const char *xso_same_typed(const struct xso_class *cls, const struct elem *want,
			   const struct elem *got, const struct xso_context *ctx, struct arena *a);
