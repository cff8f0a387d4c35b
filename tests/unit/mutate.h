/* Making an element of a class wrong. All of it fails the test where there is nothing such. */
#pragma once

#include "protocol/xso/xso_class.h"

/* The first child that is of that field. */
struct elem *mutate_child(const struct elem *e, const struct xso_class *cls,
			  const struct xso_field *f);
struct elem_attr *mutate_attr(const struct elem *e, const struct xso_tag *tag);

/* Takes off all of a field: the attribute, the text or the children. */
void mutate_drop(struct elem *e, const struct xso_class *cls, const struct xso_field *f);

/* Puts a value where the field has one, the first of several. */
void mutate_value(struct elem *e, const struct xso_class *cls, const struct xso_field *f,
		  struct strview v);
