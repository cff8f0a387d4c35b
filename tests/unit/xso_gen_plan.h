/* Which fields a generated element has, so that its class's rules are met. */
#pragma once

#include "protocol/xso/xso_class.h"
#include "tests/unit/xso_gen.h"

struct xso_gen_plan {
	struct xso_mask fields;
	/* of fields that rules ask for: the text (TAG: the name) that they have; p NULL: any */
	struct strview values[XSO_MAX_FIELDS];
	bool no_other; /* no unknown children and texts */
};

/*
 * Takes off what rules bar and adds what they need; `keep` must stay unless it is XSO_MAX_FIELDS or
 * more. False: that could not be done.
 */
bool xso_gen_plan(struct xso_gen *g, const struct xso_class *cls, size_t keep,
		  struct xso_gen_plan *p);
