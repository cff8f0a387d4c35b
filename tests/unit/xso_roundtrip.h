/* What must hold of every element, whatever is in it: it comes back from each of its JSON forms. */
#pragma once

#include "ipc/json/xso_json.h"

struct xso_context;

/* NULL, or what does not hold, as text in a. */
const char *xso_roundtrip(const struct elem *e, const struct xso_json_context *ctx,
			  struct arena *a);

/* What the engine gets for such a context. */
struct xso_context xso_roundtrip_context(const struct xso_json_context *ctx);
