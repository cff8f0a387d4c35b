/*
 * What a class as a whole refuses of typed JSON, for every class, from the tables: what is missing,
 * unknown, among others, or against its policies and rules.
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

START_TEST(what_a_class_requires_must_be_there)
{
	const struct xso_class *cls = typed_sample_class(_i);
	json_t *o = typed_sample(cls, NULL, 3);

	for (size_t i = 0; i < cls->n_fields; i++)
		if (cls->fields[i].flags & XSO_REQUIRED)
			typed_sample_fails(o, typed_sample_key(&cls->fields[i]), NULL,
					   typed_sample_at("/%s", cls->fields[i].name.p));
	typed_sample_fails(o, "kind", json_string("no_such"), "/kind");
	typed_sample_fails(o, "kind", json_null(), "/kind");
	json_decref(o);
}
END_TEST

START_TEST(what_no_field_is_of_is_refused)
{
	const struct xso_class *cls = typed_sample_class(_i);
	json_t *o = typed_sample(cls, NULL, 4);

	typed_sample_fails(o, "unheard_of", json_true(), "/unheard_of");
	typed_sample_fails(o, "", json_null(), "/");
	typed_sample_fails(o, "a/~", json_string("x"), "/a~1~0");
	typed_sample_fails(o, "name", json_null(), "/name");
	json_decref(o);
}
END_TEST

START_TEST(bad_entries_among_others_are_refused)
{
	const struct xso_class *cls = typed_sample_class(_i);
	json_t *o = typed_sample(cls, NULL, 5), *wrong[TYPED_WRONG_MAX];

	expect_each_fault(o, "other", wrong, typed_wrong_shapes(SHAPE_ARRAY, wrong), "/other");
	expect_each_fault(o, "other_attrs", wrong, typed_wrong_shapes(SHAPE_OBJECT, wrong),
			  "/other_attrs");
	typed_sample_fails(o, "other", json_pack("[i]", 5), "/other/0");
	typed_sample_fails(o, "other", json_pack("[n]"), "/other/0");
	typed_sample_fails(o, "other", json_pack("[[s]]", "x"), "/other/0");
	typed_sample_fails(o, "other", json_pack("[{}]"), "/other/0/name");
	typed_sample_fails(o, "other", json_pack("[{s:s}]", "kind", ""), "/other/0/kind");
	typed_sample_fails(o, "other", json_pack("[s,s]", "a", "b\x1f"), "/other/1");
	typed_sample_fails(o, "other", json_pack("[{s:s,s:s}]", "name", "a", "text", "b"),
			   "/other/0/text");
	typed_sample_fails(o, "other", json_pack("[{s:s,s:s}]", "name", "a", "ns", "\x01"),
			   "/other/0/ns");
	for (size_t n = typed_wrong_strings(wrong); n > 0; n--)
		typed_sample_fails(o, "other_attrs", json_pack("{s:o}", "unheard-of", wrong[n - 1]),
				   "/other_attrs/unheard-of");
	typed_sample_fails(o, "other_attrs", json_pack("{s:s}", "a:b", "x"), "/other_attrs/a:b");
	typed_sample_fails(o, "other_attrs", json_pack("{s:s}", "a b", "x"), "/other_attrs/a b");
	typed_sample_fails(o, "other_attrs", json_pack("{s:s}", "{}b", "x"), "/other_attrs/{}b");
	typed_sample_fails(o, "other_attrs", json_pack("{s:s}", "xmlns", "x"),
			   "/other_attrs/xmlns");
	typed_sample_fails(o, "other_attrs",
			   json_pack("{s:s}", "{http://www.w3.org/2000/xmlns/}b", "x"),
			   "/other_attrs/{http:~1~1www.w3.org~12000~1xmlns~1}b");
	json_decref(o);
}
END_TEST

START_TEST(an_attribute_that_is_a_field_is_no_other)
{
	const struct xso_class *cls = typed_sample_class(_i);

	for (size_t i = 0; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];
		const char *name = f->tag.ns.n ? "xml:lang" : f->tag.name.p;
		struct strview value;
		json_t *o;

		if (f->kind != XSO_KIND_ATTR)
			continue;
		o = typed_sample(cls, f, i);
		value = xso_gen_valid(f->type, 1);
		typed_sample_fails(o, "other_attrs", json_pack("{s:s%}", name, value.p, value.n),
				   typed_sample_at("/other_attrs/%s", name));
		json_decref(o);
	}
}
END_TEST

static struct strview namespace_of(const struct xso_class *cls, const struct xso_field *f)
{
	if (f->tag.ns.n)
		return f->tag.ns;
	return f->cls || !cls->tag.ns.n ? typed_sample_context.default_ns : cls->tag.ns;
}

/* What is to be a child of any kind, or named by its value, is not another field's by its name. */
START_TEST(an_element_that_is_a_field_is_nothing_else)
{
	const struct xso_class *cls = typed_sample_class(_i);

	for (size_t i = 0; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];
		json_t *o;

		if (f->kind < XSO_KIND_TAG)
			continue;
		o = typed_sample(cls, f, i);
		for (size_t k = 0; k < cls->n_fields; k++) {
			const struct xso_tag *tag = &cls->fields[k].tag;
			struct strview ns = namespace_of(cls, &cls->fields[k]);

			if (cls->fields[k].kind == XSO_KIND_ATTR || !tag->name.n)
				continue;
			if (f->kind == XSO_KIND_ANY)
				typed_sample_fails(
					o, f->name.p,
					json_pack("{s:s,s:s}", "name", tag->name.p, "ns", ns.p),
					typed_sample_at("/%s", f->name.p));
			else if (strview_eq(ns, f->tag.ns))
				typed_sample_fails(o, f->name.p, json_string(tag->name.p),
						   typed_sample_at("/%s", f->name.p));
		}
		json_decref(o);
	}
}
END_TEST

START_TEST(what_a_class_refuses_is_refused)
{
	const struct xso_class *cls = typed_sample_class(_i);
	json_t *o = typed_sample(cls, NULL, 6);

	if (cls->refuse & XSO_REFUSE_ATTRS)
		typed_sample_fails(o, "other_attrs", json_pack("{s:s}", "unheard-of", "x"),
				   "/other_attrs");
	if (cls->refuse & XSO_REFUSE_CHILDREN)
		typed_sample_fails(o, "other", json_pack("[{s:s}]", "name", "unheard-of"),
				   "/other");
	if (cls->refuse & XSO_REFUSE_TEXT)
		typed_sample_fails(o, "other", json_pack("[s]", "x"), "/other");
	json_decref(o);
}
END_TEST

/* --- rules ------------------------------------------------------------------------------------ */

/* Whether the rule asks for the value that the sample has. */
static bool applies(const struct xso_rule *rule, const json_t *o)
{
	const json_t *value = json_object_get(o, rule->field);
	const char *text = json_is_boolean(value) ? json_is_true(value) ? "true" : "false"
						  : json_string_value(value);

	for (size_t i = 0; text && i < XSO_RULE_NAMES && rule->is[i]; i++)
		if (strcmp(rule->is[i], text) == 0)
			return true;
	return false;
}

static void fail_rule(const struct xso_class *cls, const struct xso_rule *rule, const json_t *o)
{
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->needs[i]; i++)
		typed_sample_fails(o, rule->needs[i], NULL, typed_sample_at("/%s", rule->needs[i]));
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->bars[i]; i++) {
		const struct xso_field *f = xso_field_named(cls, strview_of(rule->bars[i]));
		json_t *other;

		if (!f) {
			typed_sample_fails(o, "other", json_pack("[{s:s}]", "name", "unheard-of"),
					   "/other");
			continue;
		}
		other = typed_sample(cls, f, 8);
		typed_sample_fails(o, typed_sample_key(f),
				   json_deep_copy(json_object_get(other, typed_sample_key(f))),
				   typed_sample_at("/%s", f->name.p));
		json_decref(other);
	}
}

START_TEST(rules_are_kept)
{
	const struct xso_class *cls = typed_sample_class(_i);

	for (size_t i = 0; i < cls->n_rules; i++) {
		const struct xso_rule *rule = &cls->rules[i];
		const struct xso_field *head = xso_field_named(cls, strview_of(rule->field));
		unsigned applied = 0;

		for (uint64_t seed = 0; seed < 40; seed++) {
			json_t *o = typed_sample(cls, head, seed);

			if (applies(rule, o)) {
				applied++;
				fail_rule(cls, rule, o);
			}
			json_decref(o);
		}
		ck_assert_msg(applied, "%s: rule %zu is never met", cls->kind.p, i);
	}
}
END_TEST

int main(void)
{
	int n = typed_sample_classes();
	const struct suite_test tests[] = {
		{ what_a_class_requires_must_be_there, n },
		{ what_no_field_is_of_is_refused, n },
		{ bad_entries_among_others_are_refused, n },
		{ an_attribute_that_is_a_field_is_no_other, n },
		{ an_element_that_is_a_field_is_nothing_else, n },
		{ what_a_class_refuses_is_refused, n },
		{ rules_are_kept, n },
	};

	return suite_run_with("xso_json_refused", begin, end, tests, ARRAY_SIZE(tests));
}
