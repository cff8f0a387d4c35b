/*
 * Every way in which an element can fail its class, for every field of every class, from the
 * tables: the fault says where, the partial object is its attributes, and other formats do not
 * mind.
 */
#include "protocol/xso/xso_registry.h"
#include "tests/unit/mutate.h"
#include "tests/unit/suite.h"
#include "tests/unit/typed_invalid.h"
#include "tests/unit/typed_sample.h"
#include "tests/unit/xso_gen_value.h"

static struct arena *const arena = &typed_sample_arena;

static void begin(void)
{
	arena_init(arena, 0);
}

static void end(void)
{
	arena_done(arena);
}

static bool is_value(const struct xso_field *f)
{
	return f->type && f->kind != XSO_KIND_LANG_TEXTS && f->kind != XSO_KIND_TAG;
}

/* Where a value of the field stands: the field, an item or entry of it. */
static const char *value_path(struct elem *e, const struct xso_class *cls,
			      const struct xso_field *f)
{
	struct strview key;

	if (f->kind == XSO_KIND_VALUES || f->kind == XSO_KIND_STRINGS)
		return typed_sample_at("/%s/0", f->name.p);
	if (f->kind != XSO_KIND_MAP)
		return typed_sample_at("/%s", f->name.p);
	key = SV("k~/");
	mutate_attr(mutate_child(e, cls, f), &f->extra)->value = key;
	return typed_sample_at("/%s/k~0~1", f->name.p);
}

/* --- tests ------------------------------------------------------------------------------------ */

START_TEST(a_value_that_is_not_of_its_type_is_told)
{
	const struct xso_class *cls = typed_sample_class(_i);

	for (size_t i = 0; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];

		for (unsigned k = 0; k < 6 && is_value(f); k++) {
			struct strview v = xso_gen_invalid(f->type, k * 7);
			struct elem *e = typed_sample_elem(cls, f, i);
			const char *path;

			/* no text at all is none */
			if (!v.p || (v.n == 0 && f->kind == XSO_KIND_TEXT))
				continue;
			path = value_path(e, cls, f);
			mutate_value(e, cls, f, v);
			if (f->flags & XSO_LENIENT)
				typed_sample_taken(e);
			else
				typed_sample_invalid(cls, e, path);
		}
		arena_reset(arena);
	}
}
END_TEST

START_TEST(a_field_that_is_required_and_missing_is_told)
{
	const struct xso_class *cls = typed_sample_class(_i);

	for (size_t i = 0; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];
		struct elem *e;

		if (!(f->flags & XSO_REQUIRED))
			continue;
		e = typed_sample_elem(cls, NULL, i);
		mutate_drop(e, cls, f);
		typed_sample_invalid(cls, e, typed_sample_at("/%s", f->name.p));
	}
}
END_TEST

/* One with an attribute or child that it cannot have: it is left over, so it is missing. */
START_TEST(a_required_child_of_another_shape_is_missing)
{
	const struct xso_class *cls = typed_sample_class(_i);

	for (size_t i = 0; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];
		struct elem *e, *c;

		if (!(f->flags & XSO_REQUIRED) || f->kind < XSO_KIND_CHILD_TEXT || f->cls ||
		    f->kind == XSO_KIND_ANY)
			continue;
		e = typed_sample_elem(cls, f, i);
		c = mutate_child(e, cls, f);
		ck_assert_ptr_nonnull(elem_add_new(arena, c, c->ns, SV("unheard-of"), SV_NONE));
		typed_sample_invalid(cls, e, typed_sample_at("/%s", f->name.p));
	}
}
END_TEST

/* Something inside of a strict field: its own path follows. */
START_TEST(what_a_strict_child_lacks_is_told_with_its_path)
{
	const struct xso_class *cls = typed_sample_class(_i);

	for (size_t i = 0; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];
		const struct xso_class *inner = f->cls;

		for (size_t k = 0; inner && k < inner->n_fields; k++) {
			const struct xso_field *needed = &inner->fields[k];
			struct elem *e;

			if (!(needed->flags & XSO_REQUIRED))
				continue;
			e = typed_sample_elem(cls, f, i);
			mutate_drop(mutate_child(e, cls, f), inner, needed);
			if (f->flags & XSO_STRICT)
				typed_sample_invalid(
					cls, e,
					typed_sample_at("/%s%s/%s", f->name.p,
							f->kind == XSO_KIND_MANY ? "/0" : "",
							needed->name.p));
			else if (f->flags & XSO_REQUIRED)
				typed_sample_invalid(cls, e, typed_sample_at("/%s", f->name.p));
			else
				typed_sample_taken(e);
		}
		arena_reset(arena);
	}
}
END_TEST

/* Whatever may be a child of any class: each class of which something is required. */
START_TEST(what_a_payload_lacks_is_told_with_its_path)
{
	const struct xso_class *cls = typed_sample_class(_i);
	const struct xso_field *f = cls->n_fields ? &cls->fields[cls->n_fields - 1] : NULL;
	const struct xso_registry *r = typed_sample_context.registry;

	for (size_t i = 0; f && f->kind == XSO_KIND_ANY && i < r->n_classes; i++) {
		const struct xso_class *inner = r->classes[i];
		struct elem *e, *c;

		for (size_t k = 0; k < inner->n_fields && inner->tag.ns.n; k++) {
			if (!(inner->fields[k].flags & XSO_REQUIRED) || inner->top_only)
				continue;
			e = typed_sample_elem(cls, f, i);
			c = typed_sample_elem(inner, NULL, k);
			if (xso_field_of(cls, typed_sample_context.default_ns, c) != f)
				continue;
			mutate_drop(e, cls, f);
			mutate_drop(c, inner, &inner->fields[k]);
			ck_assert_int_eq(elem_add_child(arena, e, c), 0);
			if (f->flags & XSO_STRICT)
				typed_sample_invalid(cls, e,
						     typed_sample_at("/%s/%s", f->name.p,
								     inner->fields[k].name.p));
			else
				typed_sample_taken(e);
		}
		arena_reset(arena);
	}
}
END_TEST

int main(void)
{
	int n = typed_sample_classes();
	const struct suite_test tests[] = {
		{ a_value_that_is_not_of_its_type_is_told, n },
		{ a_field_that_is_required_and_missing_is_told, n },
		{ a_required_child_of_another_shape_is_missing, n },
		{ what_a_strict_child_lacks_is_told_with_its_path, n },
		{ what_a_payload_lacks_is_told_with_its_path, n },
	};

	return suite_run_with("xso_invalid", begin, end, tests, ARRAY_SIZE(tests));
}
