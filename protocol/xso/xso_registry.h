/* Which classes there are: by element and by kind. The built-in ones are in protocol/vocab. */
#pragma once

#include "protocol/xso/xso_class.h"

struct xso_registry {
	const struct xso_class *const *classes; /* those met most often first */
	size_t n_classes;
};

/*
 * The class of elements {ns}name, or NULL. In the stream's content namespace default_ns are the
 * classes whose own namespace is empty.
 */
const struct xso_class *xso_registry_find(const struct xso_registry *r, struct strview ns,
					  struct strview name, struct strview default_ns);

const struct xso_class *xso_registry_find_kind(const struct xso_registry *r, struct strview kind);

/*
 * NULL, or the first thing that is wrong with the tables, as text in a: kinds, tags and names that
 * are not unique, members outside of the struct, fields out of order. For tests.
 */
const char *xso_registry_check(const struct xso_registry *r, struct arena *a);
