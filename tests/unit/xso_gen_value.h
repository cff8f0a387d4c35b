/* Texts for the types of single values: such as a type takes, and such as it does not. */
#pragma once

#include "protocol/xso/xso_types.h"

/*
 * One of the texts that t takes; the same i gives the same one. p NULL: none is known, so that one
 * has to be added to the pool.
 */
struct strview xso_gen_valid(const struct xso_type *t, unsigned i);
/* One that t does not take; p NULL: it takes all. */
struct strview xso_gen_invalid(const struct xso_type *t, unsigned i);
