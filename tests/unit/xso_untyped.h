/* Whether there is anything in an element that its class and those inside have no place for. */
#pragma once

#include "protocol/xso/xso_registry.h"

/*
 * NULL if every part of e has a field or class of its own; else where something has not: a path of
 * field names, "/items/0/other".
 */
const char *xso_untyped(const struct xso_class *cls, const struct elem *e,
			const struct xso_context *ctx, struct arena *a);
