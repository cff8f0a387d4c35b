/* Objects as typed JSON text, by the tables of their classes. */
#pragma once

#include "protocol/xso/xso.h"

/*
 * x as one JSON object with its kind. partial: only its attributes, where its class could not take
 * the rest.
 */
void typed_json_write(struct buf *out, const struct xso *x, const struct xso_context *ctx,
		      bool partial);
