/* Examining tables, inside: see xso_registry_check(). */
#pragma once

#include "protocol/xso/xso_registry.h"

/* A class under examination. */
struct examiner {
	const struct xso_registry *registry;
	const struct xso_class *cls;
	struct arena *a;
};

/* What is wrong with the class, or with its field f. */
const char *xso_finding(struct examiner *x, const struct xso_field *f, const char *text);

/* NULL or a finding: of one field alone, of one rule. */
const char *xso_examine_field(struct examiner *x, const struct xso_field *f);
const char *xso_examine_rule(struct examiner *x, const struct xso_rule *rule);
