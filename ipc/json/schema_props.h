/* Inside of schema_write.c: the properties of a class, by the kinds of its fields. */
#pragma once

#include "protocol/base/bytes.h"
#include "protocol/xso/xso_registry.h"

/* The properties of one field, which are members of the object begun last. */
void schema_props_write(struct buf *out, const struct xso_field *f, const struct xso_registry *r);

/* The name by which `required` means the field. */
struct strview schema_props_name(const struct xso_field *f);

/* A value of the field, of its text in a table, which is valid. */
void schema_props_value(struct buf *out, const struct xso_field *f, struct strview text);

/* The members x-lenient, x-strict and x-from that these flags ask for. */
void schema_props_flags(struct buf *out, unsigned flags);
