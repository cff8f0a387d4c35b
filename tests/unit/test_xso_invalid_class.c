/*
 * What a class as a whole refuses of an element, for every class, from the tables: what is unknown,
 * against its policies and rules.
 */
#include "protocol/xso/xso_registry.h"
#include "tests/unit/mutate.h"
#include "tests/unit/suite.h"
#include "tests/unit/typed_invalid.h"
#include "tests/unit/typed_sample.h"

static struct arena *const arena = &typed_sample_arena;

static void begin(void)
{
	arena_init(arena, 0);
}

static void end(void)
{
	arena_done(arena);
}

static void add_unheard_of(struct elem *e)
{
	ck_assert_ptr_nonnull(
		elem_add_new(arena, e, SV("urn:example:a"), SV("unheard-of"), SV_NONE));
}

START_TEST(what_a_class_refuses_is_told)
{
	const struct xso_class *cls = typed_sample_class(_i);
	struct elem *attr = typed_sample_elem(cls, NULL, 1),
		    *child = typed_sample_elem(cls, NULL, 2);
	struct elem *text = typed_sample_elem(cls, NULL, 3);

	ck_assert_int_eq(elem_add_attr(arena, attr, SV_NONE, SV("unheard-of"), SV("x")), 0);
	if (cls->refuse & XSO_REFUSE_ATTRS)
		typed_sample_invalid(cls, attr, "/other_attrs");
	else
		typed_sample_taken(attr);
	add_unheard_of(child);
	if (cls->refuse & XSO_REFUSE_CHILDREN)
		typed_sample_invalid(cls, child, "/other");
	ck_assert_int_eq(elem_add_text(arena, text, SV("x")), 0);
	if (cls->refuse & XSO_REFUSE_TEXT)
		typed_sample_invalid(cls, text, "/other");
	ck_assert_int_eq(elem_add_text(arena, attr, SV("\n ")), 0); /* never counts */
}
END_TEST

/* Where all that is of no class is refused. */
START_TEST(a_payload_of_no_class_is_told_where_it_must_have_one)
{
	const struct xso_class *cls = typed_sample_class(_i);
	const struct xso_field *f = cls->n_fields ? &cls->fields[cls->n_fields - 1] : NULL;
	struct elem *e;

	if (!f || f->kind != XSO_KIND_ANY)
		return;
	e = typed_sample_elem(cls, f, 9);
	mutate_drop(e, cls, f);
	add_unheard_of(e);
	typed_sample_taken(e);
	typed_sample_context.reject_unknown_payload = true;
	if (f->flags & XSO_STRICT)
		typed_sample_invalid(cls, e, typed_sample_at("/%s", f->name.p));
	else
		typed_sample_taken(e);
	typed_sample_context.reject_unknown_payload = false;
}
END_TEST

/* --- rules ------------------------------------------------------------------------------------ */

static bool has(const struct elem *e, const struct xso_class *cls, const struct xso_field *f)
{
	if (f->kind == XSO_KIND_ATTR) {
		for (size_t i = 0; i < e->n_attrs; i++)
			if (xso_attr_of(cls, &e->attrs[i]) == f)
				return true;
		return false;
	}
	elem_for_each_node(node, e)
	{
		if (node->elem &&
		    xso_field_of(cls, typed_sample_context.default_ns, node->elem) == f)
			return true;
	}
	return false;
}

/* The text of what a rule asks for. */
static struct strview head_value(const struct elem *e, const struct xso_class *cls,
				 const struct xso_field *f)
{
	if (f->kind == XSO_KIND_ATTR)
		return mutate_attr(e, &f->tag)->value;
	if (f->kind == XSO_KIND_TAG)
		return mutate_child(e, cls, f)->name;
	if (f->kind == XSO_KIND_FLAG)
		return SV("true");
	return elem_text(f->kind == XSO_KIND_TEXT ? e : mutate_child(e, cls, f), arena);
}

static bool applies(const struct xso_rule *rule, struct strview value)
{
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->is[i]; i++)
		if (strview_is(value, rule->is[i]))
			return true;
	return false;
}

static void lacks(const struct xso_class *cls, const struct xso_rule *rule,
		  const struct xso_field *head, uint64_t seed)
{
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->needs[i]; i++) {
		const struct xso_field *f = xso_field_named(cls, strview_of(rule->needs[i]));
		struct elem *e = typed_sample_elem(cls, head, seed);

		mutate_drop(e, cls, f);
		typed_sample_invalid(cls, e, typed_sample_at("/%s", rule->needs[i]));
		if (!rule->or_other)
			continue;
		add_unheard_of(e);
		if (xso_field_of(cls, typed_sample_context.default_ns, e->last->elem) == NULL)
			typed_sample_taken(e);
	}
}

static void has_too_much(const struct xso_class *cls, const struct xso_rule *rule,
			 const struct xso_field *head, uint64_t seed)
{
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->bars[i]; i++) {
		const struct xso_field *f = xso_field_named(cls, strview_of(rule->bars[i]));
		struct elem *e = typed_sample_elem(cls, head, seed), *other;

		if (!f) {
			ck_assert_int_eq(elem_add_text(arena, e, SV("x")), 0);
			typed_sample_invalid(cls, e, "/other");
			continue;
		}
		other = typed_sample_elem(cls, f, seed);
		ck_assert(!has(e, cls, f));
		if (f->kind == XSO_KIND_ATTR)
			ck_assert_int_eq(elem_add_attr(arena, e, f->tag.ns, f->tag.name,
						       mutate_attr(other, &f->tag)->value),
					 0);
		else
			ck_assert_int_eq(elem_add_child(arena, e, mutate_child(other, cls, f)), 0);
		typed_sample_invalid(cls, e, typed_sample_at("/%s", rule->bars[i]));
	}
}

START_TEST(what_breaks_a_rule_is_told)
{
	const struct xso_class *cls = typed_sample_class(_i);

	for (size_t i = 0; i < cls->n_rules; i++) {
		const struct xso_rule *rule = &cls->rules[i];
		const struct xso_field *head = xso_field_named(cls, strview_of(rule->field));
		unsigned applied = 0;

		for (uint64_t seed = 0; seed < 40; seed++) {
			struct elem *e = typed_sample_elem(cls, head, seed);

			if (!applies(rule, head_value(e, cls, head)))
				continue;
			applied++;
			lacks(cls, rule, head, seed);
			has_too_much(cls, rule, head, seed);
		}
		ck_assert_msg(applied, "%s: rule %zu is never met", cls->kind.p, i);
	}
}
END_TEST

int main(void)
{
	int n = typed_sample_classes();
	const struct suite_test tests[] = {
		{ what_a_class_refuses_is_told, n },
		{ a_payload_of_no_class_is_told_where_it_must_have_one, n },
		{ what_breaks_a_rule_is_told, n },
	};

	return suite_run_with("xso_invalid_class", begin, end, tests, ARRAY_SIZE(tests));
}
