#include "tests/unit/xso_gen_plan.h"

#include "tests/unit/xso_gen_value.h"

enum {
	ATTEMPTS = 50, /* at values for what rules ask for */
	ROUNDS = 8,    /* of rules that act on one another */
};

static void mask_clear(struct xso_mask *m, size_t i)
{
	m->words[i / 64] &= ~((uint64_t)1 << i % 64);
}

/* The number of the field of that name; XSO_MAX_FIELDS: none, as "other". */
static size_t number_of(const struct xso_class *cls, const char *name)
{
	const struct xso_field *f = xso_field_named(cls, strview_of(name));

	return f ? (size_t)(f - cls->fields) : XSO_MAX_FIELDS;
}

/* A value for a field that a rule asks for: one of those of the rule, or any. */
static struct strview some_value(struct xso_gen *g, const struct xso_rule *rule,
				 const struct xso_field *f)
{
	unsigned n = 0;
	struct strview text;

	if (f->kind == XSO_KIND_FLAG)
		return SV("true");
	while (n < XSO_RULE_NAMES && rule->is[n])
		n++;
	if (n && xso_gen_one_in(g, 2))
		return strview_of(rule->is[xso_gen_number(g, n)]);
	text = xso_gen_valid(f->type, xso_gen_number(g, 1000));
	if (f->type->store == XSO_STORE_BOOL)
		return strview_is(text, "true") || strview_is(text, "1") ? SV("true") : SV("false");
	return text;
}

static bool applies(const struct xso_rule *rule, const struct xso_gen_plan *p, size_t head)
{
	if (!xso_mask_has(&p->fields, head))
		return false;
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->is[i]; i++)
		if (strview_is(p->values[head], rule->is[i]))
			return true;
	return false;
}

/* Whether nothing had to be changed. */
static bool apply(const struct xso_class *cls, const struct xso_rule *rule, struct xso_gen_plan *p)
{
	bool met = true;

	for (size_t i = 0; i < XSO_RULE_NAMES && rule->needs[i]; i++) {
		size_t f = number_of(cls, rule->needs[i]);

		met &= xso_mask_has(&p->fields, f);
		xso_mask_set(&p->fields, f);
	}
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->bars[i]; i++) {
		size_t f = number_of(cls, rule->bars[i]);

		if (f == XSO_MAX_FIELDS) {
			p->no_other = true;
			continue;
		}
		met &= !xso_mask_has(&p->fields, f);
		mask_clear(&p->fields, f);
	}
	return met;
}

static bool has_all(const struct xso_class *cls, size_t keep, const struct xso_gen_plan *p)
{
	for (size_t i = 0; i < cls->n_fields; i++)
		if ((cls->fields[i].flags & XSO_REQUIRED) && !xso_mask_has(&p->fields, i))
			return false;
	return keep >= XSO_MAX_FIELDS || xso_mask_has(&p->fields, keep);
}

static bool attempt(struct xso_gen *g, const struct xso_class *cls, struct xso_gen_plan *p)
{
	bool met = false;

	for (size_t i = 0; i < cls->n_rules; i++) {
		size_t head = number_of(cls, cls->rules[i].field);

		p->values[head] = some_value(g, &cls->rules[i], &cls->fields[head]);
	}
	for (unsigned round = 0; round < ROUNDS && !met; round++) {
		met = true;
		for (size_t i = 0; i < cls->n_rules; i++) {
			const struct xso_rule *rule = &cls->rules[i];

			if (applies(rule, p, number_of(cls, rule->field)))
				met &= apply(cls, rule, p);
		}
	}
	return met;
}

bool xso_gen_plan(struct xso_gen *g, const struct xso_class *cls, size_t keep,
		  struct xso_gen_plan *p)
{
	const struct xso_mask wanted = p->fields;

	for (unsigned i = 0; i < ATTEMPTS; i++) {
		p->fields = wanted;
		p->no_other = false;
		if (attempt(g, cls, p) && has_all(cls, keep, p))
			return true;
	}
	return false;
}
