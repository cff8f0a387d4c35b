/* What classes that are made at run time need of the engine, besides tables like all others. */
#pragma once

#include "protocol/xso/xso_class.h"

/*
 * Sets the marks and offsets of n fields, whose members get room behind `from` bytes, each of the
 * type that its kind's macro checks (xso_macros.h): of the type's store, for a value. A field that
 * has an extra name and is no LANG_TEXTS gets an extra member, too. Returns the size of the struct.
 */
size_t xso_layout(struct xso_field *fields, size_t n, size_t from);

/* The size of a field's member. */
size_t xso_member_size(const struct xso_field *f);
