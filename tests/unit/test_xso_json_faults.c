/*
 * Every way in which typed JSON can fail, for every field of every class, from the tables: the
 * fault says where, and nothing comes out.
 */
#include <stdio.h>

#include "tests/unit/typed_sample.h"
#include "tests/unit/typed_wrong.h"
#include "tests/unit/suite.h"
#include "tests/unit/xso_gen_value.h"

static void begin(void)
{
	arena_init(&typed_sample_arena, 0);
}

static void end(void)
{
	arena_done(&typed_sample_arena);
}

static void expect_each_fault(const json_t *o, const char *key, json_t **values, size_t n,
			      const char *path)
{
	for (size_t i = 0; i < n; i++)
		typed_sample_fails(o, key, values[i], path);
}

/* --- fields ----------------------------------------------------------------------------------- */

static void fail_scalar(const json_t *o, const struct xso_field *f)
{
	json_t *wrong[TYPED_WRONG_MAX];

	expect_each_fault(o, f->name.p, wrong, typed_wrong_values(f->type, wrong),
			  typed_sample_at("/%s", f->name.p));
}

static void fail_flag(const json_t *o, const struct xso_field *f)
{
	json_t *wrong[TYPED_WRONG_MAX];

	expect_each_fault(o, f->name.p, wrong, typed_wrong_shapes(SHAPE_BOOLEAN, wrong),
			  typed_sample_at("/%s", f->name.p));
}

static void fail_array(const json_t *o, const struct xso_field *f)
{
	json_t *wrong[TYPED_WRONG_MAX];

	expect_each_fault(o, f->name.p, wrong, typed_wrong_shapes(SHAPE_ARRAY, wrong),
			  typed_sample_at("/%s", f->name.p));
}

/* The second item is at fault. */
static json_t *after_first(const json_t *o, const struct xso_field *f, json_t *value)
{
	json_t *list = json_array(), *all = json_object_get(o, f->name.p);

	if (json_array_size(all))
		json_array_append(list, json_array_get(all, 0));
	json_array_append_new(list, value);
	return list;
}

static const char *at_last(const json_t *o, const struct xso_field *f, const char *more)
{
	return typed_sample_at("/%s/%d%s", f->name.p,
			       json_array_size(json_object_get(o, f->name.p)) ? 1 : 0, more);
}

static void fail_values(const json_t *o, const struct xso_field *f)
{
	json_t *wrong[TYPED_WRONG_MAX];
	size_t n = typed_wrong_values(f->type, wrong);

	fail_array(o, f);
	for (size_t i = 0; i < n; i++)
		typed_sample_fails(o, f->name.p, after_first(o, f, wrong[i]), at_last(o, f, ""));
}

static void fail_map(const json_t *o, const struct xso_field *f)
{
	json_t *wrong[TYPED_WRONG_MAX];
	struct strview good = xso_gen_valid(f->type, 0);
	size_t n = typed_wrong_shapes(SHAPE_OBJECT, wrong);

	expect_each_fault(o, f->name.p, wrong, n, typed_sample_at("/%s", f->name.p));
	n = typed_wrong_values(f->type, wrong);
	for (size_t i = 0; i < n; i++)
		typed_sample_fails(o, f->name.p, json_pack("{s:o}", "a/~b", wrong[i]),
				   typed_sample_at("/%s/a~1~0b", f->name.p));
	if (typed_wrong_shape_of(f->type) == SHAPE_STRING)
		typed_sample_fails(o, f->name.p, json_pack("{s:s%}", "a\x02", good.p, good.n),
				   typed_sample_at("/%s/a\x02", f->name.p));
}

static void fail_lang_texts(const json_t *o, const struct xso_field *f)
{
	static const char *const names[] = { "text", "lang" };
	json_t *wrong[TYPED_WRONG_MAX];

	fail_array(o, f);
	for (unsigned i = 0; i < 2; i++) {
		size_t n = typed_wrong_strings(wrong);

		for (size_t k = 0; k < n; k++) {
			json_t *text = json_pack("{s:s,s:s}", "lang", "de", "text", "x");

			json_object_set_new(text, names[i], wrong[k]);
			typed_sample_fails(o, f->name.p, json_pack("[{s:s},o]", "text", "a", text),
					   typed_sample_at("/%s/1/%s", f->name.p, names[i]));
		}
	}
	typed_sample_fails(o, f->name.p, json_pack("[{s:s}]", "lang", "de"),
			   typed_sample_at("/%s/0/text", f->name.p));
	typed_sample_fails(o, f->name.p, json_pack("[{s:s,s:s}]", "text", "x", "length", "1"),
			   typed_sample_at("/%s/0/length", f->name.p));
	typed_sample_fails(o, f->name.p, json_pack("[s]", "x"),
			   typed_sample_at("/%s/0", f->name.p));
	expect_each_fault(o, f->extra_name.p, wrong, typed_wrong_strings(wrong),
			  typed_sample_at("/%s", f->extra_name.p));
	expect_each_fault(o, f->lang_name.p, wrong, typed_wrong_strings(wrong),
			  typed_sample_at("/%s", f->lang_name.p));
}

static json_t *without(json_t *object, const char *key)
{
	json_object_del(object, key);
	return object;
}

static json_t *with(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
	return object;
}

/* An object inside, as a field or an item of one: `place` is where it stands. */
static void fail_inside(const json_t *o, const struct xso_field *f, bool many)
{
	const struct xso_class *cls = f->cls;
	uint64_t seed = 7;

#define expect_inside(object, more)                                                                \
	typed_sample_fails(o, f->name.p, many ? after_first(o, f, object) : (object),              \
			   many ? at_last(o, f, more) : typed_sample_at("/%s%s", f->name.p, more))

	expect_inside(with(typed_sample(cls, NULL, seed), "unheard_of", json_true()),
		      "/unheard_of");
	expect_inside(with(typed_sample(cls, NULL, seed), "kind", json_string("no_such")), "/kind");
	expect_inside(with(typed_sample(cls, NULL, seed), "other", json_pack("[i]", 1)),
		      "/other/0");
	expect_inside(json_false(), "");
	expect_inside(json_string("<x/>"), "");
	expect_inside(json_array(), "");
	expect_inside(json_null(), "");
	if (cls->n_fields)
		expect_inside(json_true(), "");
	for (size_t i = 0; i < cls->n_fields; i++)
		if (cls->fields[i].flags & XSO_REQUIRED)
			expect_inside(without(typed_sample(cls, NULL, seed),
					      typed_sample_key(&cls->fields[i])),
				      typed_sample_at("/%s", cls->fields[i].name.p));
#undef expect_inside
}

static void fail_many(const json_t *o, const struct xso_field *f)
{
	fail_array(o, f);
	fail_inside(o, f, true);
}

static void fail_one(const json_t *o, const struct xso_field *f)
{
	fail_inside(o, f, false);
}

static void fail_tag(const json_t *o, const struct xso_field *f)
{
	static const char *const bad[] = { "", "a b", "a:b", "1a", "-", "<" };
	json_t *wrong[TYPED_WRONG_MAX];

	expect_each_fault(o, f->name.p, wrong, typed_wrong_strings(wrong),
			  typed_sample_at("/%s", f->name.p));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		typed_sample_fails(o, f->name.p, json_string(bad[i]),
				   typed_sample_at("/%s", f->name.p));
	if (!(f->flags & XSO_OPEN))
		typed_sample_fails(o, f->name.p, json_string("nonsense"),
				   typed_sample_at("/%s", f->name.p));
}

static void fail_any(const json_t *o, const struct xso_field *f)
{
	const char *key = f->name.p;
	json_t *wrong[TYPED_WRONG_MAX];

	expect_each_fault(o, key, wrong, typed_wrong_shapes(SHAPE_STRING | SHAPE_OBJECT, wrong),
			  typed_sample_at("/%s", key));
	typed_sample_fails(o, key, json_string("no XML"), typed_sample_at("/%s", key));
	typed_sample_fails(o, key, json_string("<a/><b/>"), typed_sample_at("/%s", key));
	typed_sample_fails(o, key, json_string("<a><!-- --></a>"), typed_sample_at("/%s", key));
	typed_sample_fails(o, key, json_string("<p:a/>"), typed_sample_at("/%s", key));
	typed_sample_fails(o, key, json_object(), typed_sample_at("/%s/name", key));
	typed_sample_fails(o, key, json_pack("{s:s}", "kind", "no such"),
			   typed_sample_at("/%s/kind", key));
	typed_sample_fails(o, key, json_pack("{s:n}", "kind"), typed_sample_at("/%s/kind", key));
	typed_sample_fails(o, key, json_pack("{s:s}", "name", "a b"),
			   typed_sample_at("/%s/name", key));
	typed_sample_fails(o, key, json_pack("{s:s,s:i}", "name", "a", "x", 1),
			   typed_sample_at("/%s/x", key));
	typed_sample_fails(o, key, json_pack("{s:s,s:[i]}", "name", "a", "children", 1),
			   typed_sample_at("/%s/children/0", key));
}

static void (*const fail[XSO_KIND_COUNT_])(const json_t *, const struct xso_field *) = {
	[XSO_KIND_ATTR] = fail_scalar,	     [XSO_KIND_TEXT] = fail_scalar,
	[XSO_KIND_CHILD_TEXT] = fail_scalar, [XSO_KIND_CHILD_ATTR] = fail_scalar,
	[XSO_KIND_FLAG] = fail_flag,	     [XSO_KIND_LANG_TEXTS] = fail_lang_texts,
	[XSO_KIND_VALUES] = fail_values,     [XSO_KIND_STRINGS] = fail_values,
	[XSO_KIND_MAP] = fail_map,	     [XSO_KIND_ONE] = fail_one,
	[XSO_KIND_MANY] = fail_many,	     [XSO_KIND_TAG] = fail_tag,
	[XSO_KIND_ANY] = fail_any,
};

/* What comes with a field: of the wrong kind, or without it. */
static void fail_extra(json_t *o, const struct xso_field *f)
{
	const char *extra = f->kind == XSO_KIND_LANG_TEXTS ? f->lang_name.p : f->extra_name.p;
	json_t *wrong[TYPED_WRONG_MAX];

	expect_each_fault(o, extra, wrong, typed_wrong_strings(wrong),
			  typed_sample_at("/%s", extra));
	json_object_set_new(o, extra, json_string("x"));
	typed_sample_fails(o, typed_sample_key(f), NULL,
			   typed_sample_at("/%s", typed_sample_key(f)));
}

START_TEST(no_field_takes_what_it_cannot_be)
{
	const struct xso_class *cls = typed_sample_class(_i);

	for (size_t i = 0; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];
		json_t *o = typed_sample(cls, f, i);

		ck_assert_msg(json_object_get(o, typed_sample_key(f)), "%s has no %s", cls->kind.p,
			      typed_sample_key(f));
		fail[f->kind](o, f);
		if (f->extra_offset || f->kind == XSO_KIND_LANG_TEXTS)
			fail_extra(o, f);
		json_decref(o);
		arena_reset(&typed_sample_arena);
	}
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ no_field_takes_what_it_cannot_be, typed_sample_classes() },
	};

	return suite_run_with("xso_json_faults", begin, end, tests, ARRAY_SIZE(tests));
}
