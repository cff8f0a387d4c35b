/* Elements of every class as samples, and what has to come of them once they are wrong. For tests.
 */
#pragma once

#include "protocol/xso/xso_class.h"

/* As typed_sample(), before it is JSON. */
struct elem *typed_sample_elem(const struct xso_class *cls, const struct xso_field *f,
			       uint64_t seed);

const char *typed_sample_xml(const struct elem *e);

/*
 * Fails the test unless the class cannot take e, for what is at `path`, the partial object is its
 * kind and all attributes, and raw and xml do not mind.
 */
void typed_sample_invalid(const struct xso_class *cls, const struct elem *e, const char *path);
/* ... unless it is taken. */
void typed_sample_taken(const struct elem *e);
