/* Classes as JSON Schema: what is written of each kind of field, and of every built-in class. */
#include <stdio.h>
#include <stdlib.h>

#include <check.h>
#include <jansson.h>

#include "ipc/json/schema.h"
#include "ipc/json/schema_write.h"
#include "protocol/vocab/vocab.h"
#include "protocol/xso/xso_macros.h"
#include "tests/unit/suite.h"

#define NS "urn:example:all"

struct inner {
	struct xso xso;
};
struct all {
	struct xso xso;
	struct strview plain, who, lang, content, note, note_by, ident, state, state_text;
	unsigned choice;
	int64_t level;
	bool yes, set;
	struct xso_list words, tags, refs, names, table, parts;
	struct inner *part;
	struct xso_any rest;
};

static const struct strview choices[] = { XSO_SV(""), XSO_SV("a"), XSO_SV("b") };
static const struct xso_type choice_type = XSO_ENUM_TYPE("choice", choices);
static const struct strview states[] = { XSO_SV("on"), XSO_SV("off") };
static const struct xso_type state_type = XSO_ENUM_TYPE("state", states);
static const struct xso_type level_type = {
	.name = "level", .store = XSO_STORE_INT, .min = -1, .max = 9
};

XSO_CLASS_EMPTY(inner_class, "inner", NS, "part", "Part of it");

static const struct xso_field all_class_fields[] = {
	XSO_ATTR(struct all, plain, "plain", xso_string, XSO_DEFAULT("say \"no\"")),
	XSO_ATTR(struct all, who, "who", xso_jid, .flags = XSO_REQUIRED | XSO_LENIENT),
	XSO_ATTR_ENUM(struct all, choice, "choice", choice_type, XSO_DEFAULT("b")),
	XSO_ATTR_INT(struct all, level, "level", level_type, XSO_DEFAULT("-1")),
	XSO_ATTR_BOOL(struct all, yes, "yes", xso_bool, XSO_DEFAULT("0")),
	XSO_LANG(struct all, lang),
	XSO_TEXT(struct all, content, xso_base64),
	XSO_CHILD_TEXT(struct all, note, "", "note", xso_hex,
		       XSO_EXTRA_ATTR(struct all, note_by, "", "by")),
	XSO_CHILD_ATTR(struct all, ident, "urn:x", "ident", "id", xso_uri),
	XSO_FLAG(struct all, set, "", "set"),
	XSO_LANG_TEXTS(struct all, words, "word", "", "word"),
	XSO_VALUES(struct all, tags, "", "tag", level_type),
	XSO_ATTR_VALUES(struct all, refs, "", "ref", "to", xso_nmtoken),
	XSO_STRINGS(struct all, names, "urn:x", "names", "name", xso_language),
	XSO_MAP(struct all, table, "", "row", "key", xso_bool),
	XSO_ONE(struct all, part, struct inner, inner_class, NS, "part",
		.flags = XSO_REQUIRED | XSO_FROM_ACCOUNT),
	XSO_CHILD_TAG(struct all, state, "urn:x", state_type, XSO_EXTRA(struct all, state_text),
		      .flags = XSO_OPEN),
	XSO_ANY(struct all, rest, .flags = XSO_STRICT),
};
static const struct xso_rule all_rules[] = {
	{ .field = "choice",
	  .is = { "a", "b" },
	  .needs = { "words", "note" },
	  .bars = { "other" },
	  .text = "as it is" },
	{ .field = "yes", .is = { "true" }, .needs = { "part" }, .or_other = true, .text = "too" },
};
XSO_CLASS(all_class, struct all, "all", NS, "all", "All of it", XSO_RULES(all_rules),
	  .refuse = XSO_REFUSE_ATTRS | XSO_REFUSE_TEXT);

struct other_holder {
	struct xso xso;
	struct xso_list parts;
};
static const struct xso_field holder_class_fields[] = {
	XSO_MANY(struct other_holder, parts, inner_class, NS, "part"),
};
XSO_CLASS(holder_class, struct other_holder, "holder", "", "holder", "", .top_only = true,
	  .refuse = XSO_REFUSE_CHILDREN);

static const struct xso_class *const own[] = { &all_class, &inner_class, &holder_class };
static const struct xso_registry own_registry = { .classes = own, .n_classes = ARRAY_SIZE(own) };

static json_t *schema_of(const struct xso_class *cls, const struct xso_registry *r)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	json_error_t error;
	json_t *schema;

	schema_write(&b, cls, r);
	ck_assert_int_eq(b.error, 0);
	ck_assert_ptr_null(memchr(b.p, '\n', b.n));
	schema = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, &error);
	ck_assert_msg(schema, "%s: %s in %.*s", cls->kind.p, error.text, (int)b.n, b.p);
	return schema;
}

/* The value at a JSON Pointer, whose segments have no escapes; NULL: there is none. */
static const json_t *at(const json_t *v, const char *pointer)
{
	char path[256];
	char *state = NULL;

	snprintf(path, sizeof(path), "%s", pointer);
	for (char *key = strtok_r(path, "/", &state); key && v; key = strtok_r(NULL, "/", &state))
		v = json_is_array(v) ? json_array_get(v, (size_t)atoi(key))
				     : json_object_get(v, key);
	return v;
}

static void expect(const struct xso_class *cls, const char *pointer, const char *want)
{
	json_t *schema = schema_of(cls, &own_registry);
	json_t *wanted = want ? json_loads(want, JSON_DECODE_ANY, NULL) : NULL;
	const json_t *got = at(schema, pointer);
	char *text = got ? json_dumps(got, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	ck_assert_msg(!want || wanted, "no JSON: %s", want);
	ck_assert_msg(wanted ? got && json_equal(got, wanted) : !got, "%s: %s\nis not %s", pointer,
		      text ? text : "nothing", want ? want : "nothing");
	free(text);
	json_decref(wanted);
	json_decref(schema);
}

#define LANG_XML "\"nodeType\":\"attribute\",\"name\":\"lang\",\"namespace\":\"" XMLNS_XML "\""

static const struct {
	const struct xso_class *cls;
	const char *pointer, *want;
} cases[] = {
	{ &all_class, "$schema", "\"https://json-schema.org/draft/2020-12/schema\"" },
	{ &all_class, "$id", "\"kind:all\"" },
	{ &all_class, "title", "\"All of it\"" },
	{ &all_class, "kind", "\"all\"" },
	{ &all_class, "type", "\"object\"" },
	{ &all_class, "xml", "{\"name\":\"all\",\"namespace\":\"" NS "\"}" },
	{ &all_class, "within", NULL },
	{ &all_class, "many", NULL },
	{ &all_class, "additionalProperties", "false" },
	{ &all_class, "required", "[\"who\",\"part\"]" },
	{ &all_class, "properties/kind", "{\"const\":\"all\"}" },
	{ &all_class, "properties/plain",
	  "{\"type\":\"string\",\"default\":\"say \\\"no\\\"\","
	  "\"xml\":{\"nodeType\":\"attribute\",\"name\":\"plain\"}}" },
	{ &all_class, "properties/who",
	  "{\"type\":\"string\",\"format\":\"jid\","
	  "\"xml\":{\"nodeType\":\"attribute\",\"name\":\"who\",\"x-lenient\":true}}" },
	{ &all_class, "properties/choice",
	  "{\"type\":\"string\",\"enum\":[\"a\",\"b\"],\"default\":\"b\","
	  "\"xml\":{\"nodeType\":\"attribute\",\"name\":\"choice\"}}" },
	{ &all_class, "properties/level",
	  "{\"type\":\"integer\",\"minimum\":-1,\"maximum\":9,\"default\":-1,"
	  "\"xml\":{\"nodeType\":\"attribute\",\"name\":\"level\"}}" },
	{ &all_class, "properties/yes",
	  "{\"type\":\"boolean\",\"default\":false,"
	  "\"xml\":{\"nodeType\":\"attribute\",\"name\":\"yes\"}}" },
	{ &all_class, "properties/lang", "{\"type\":\"string\",\"xml\":{" LANG_XML "}}" },
	{ &all_class, "properties/content",
	  "{\"type\":\"string\",\"contentEncoding\":\"base64\",\"xml\":{\"nodeType\":\"text\"}}" },
	{ &all_class, "properties/note",
	  "{\"type\":\"string\",\"contentEncoding\":\"base16\",\"xml\":{\"name\":\"note\"}}" },
	{ &all_class, "properties/note_by",
	  "{\"type\":\"string\",\"xml\":{\"nodeType\":\"attribute\",\"name\":\"by\","
	  "\"x-of\":\"note\"}}" },
	{ &all_class, "properties/ident",
	  "{\"type\":\"string\",\"format\":\"iri\",\"xml\":{\"name\":\"ident\","
	  "\"namespace\":\"urn:x\",\"x-attribute\":\"id\"}}" },
	{ &all_class, "properties/set", "{\"type\":\"boolean\",\"xml\":{\"name\":\"set\"}}" },
	{ &all_class, "properties/word", "{\"type\":\"string\",\"xml\":{\"name\":\"word\"}}" },
	{ &all_class, "properties/word_lang",
	  "{\"type\":\"string\",\"xml\":{" LANG_XML ",\"x-of\":\"word\"}}" },
	{ &all_class, "properties/words",
	  "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":"
	  "{\"lang\":{\"type\":\"string\"},\"text\":{\"type\":\"string\"}},"
	  "\"required\":[\"text\"],\"additionalProperties\":false},\"xml\":{\"x-of\":\"word\"}}" },
	{ &all_class, "properties/tags",
	  "{\"type\":\"array\",\"items\":{\"type\":\"integer\",\"minimum\":-1,\"maximum\":9,"
	  "\"xml\":{\"name\":\"tag\"}}}" },
	{ &all_class, "properties/refs",
	  "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"format\":\"nmtoken\","
	  "\"xml\":{\"name\":\"ref\",\"x-attribute\":\"to\"}}}" },
	{ &all_class, "properties/names",
	  "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"format\":\"language\","
	  "\"xml\":{\"name\":\"name\"}},\"xml\":{\"nodeType\":\"element\",\"name\":\"names\","
	  "\"namespace\":\"urn:x\"}}" },
	{ &all_class, "properties/table",
	  "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"boolean\"},"
	  "\"xml\":{\"name\":\"row\",\"x-key\":\"key\"}}" },
	{ &all_class, "properties/part",
	  "{\"anyOf\":[{\"const\":true},{\"$ref\":\"kind:inner\"}],"
	  "\"xml\":{\"x-from\":\"account\"}}" },
	{ &all_class, "properties/state",
	  "{\"type\":\"string\",\"examples\":[\"on\",\"off\"],"
	  "\"xml\":{\"namespace\":\"urn:x\",\"x-tag\":true}}" },
	{ &all_class, "properties/state_text",
	  "{\"type\":\"string\",\"xml\":{\"nodeType\":\"text\",\"x-of\":\"state\"}}" },
	{ &all_class, "properties/rest", "{\"$ref\":\"kind:any\",\"xml\":{\"x-strict\":true}}" },
	{ &all_class, "properties/other", "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}" },
	{ &all_class, "properties/other_attrs", "false" },
	{ &all_class, "allOf",
	  "[{\"description\":\"as it is\",\"if\":{\"properties\":{\"choice\":{\"enum\":[\"a\","
	  "\"b\"]}},\"required\":[\"choice\"]},\"then\":{\"required\":[\"word\",\"note\"],"
	  "\"not\":{\"anyOf\":[{\"required\":[\"other\"]}]}}},"
	  "{\"description\":\"too\",\"if\":{\"properties\":{\"yes\":{\"enum\":[true]}},"
	  "\"required\":[\"yes\"]},\"then\":{\"anyOf\":[{\"required\":[\"part\"]},"
	  "{\"required\":[\"other\"]}]}}]" },
	/* of whom it is a part */
	{ &inner_class, "within",
	  "[{\"kind\":\"all\",\"required\":true,\"x-from\":\"account\"},\"holder\"]" },
	{ &inner_class, "many", "[\"holder\"]" },
	{ &inner_class, "properties/other",
	  "{\"type\":\"array\",\"items\":{\"type\":[\"object\",\"string\"]}}" },
	{ &inner_class, "properties/other_attrs",
	  "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}" },
	{ &inner_class, "required", NULL },
	{ &inner_class, "allOf", NULL },
	{ &holder_class, "title", NULL },
	{ &holder_class, "xml", "{\"name\":\"holder\",\"x-top-only\":true}" },
	{ &holder_class, "within", "[]" },
	{ &holder_class, "properties/parts",
	  "{\"type\":\"array\",\"items\":{\"anyOf\":[{\"const\":true},"
	  "{\"$ref\":\"kind:inner\"}]}}" },
	{ &holder_class, "properties/other",
	  "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}" },
};

START_TEST(a_class_is_written_as_schema)
{
	expect(cases[_i].cls, cases[_i].pointer, cases[_i].want);
}
END_TEST

START_TEST(the_language_of_an_attribute_has_its_usual_name)
{
	static const struct xso_field fields[] = {
		{ .kind = XSO_KIND_CHILD_ATTR,
		  .name = XSO_SV("a"),
		  .tag = XSO_TAG("", "a"),
		  .extra = XSO_TAG(XMLNS_XML, "lang"),
		  .type = &xso_string },
		{ .kind = XSO_KIND_MAP,
		  .name = XSO_SV("b"),
		  .tag = XSO_TAG("", "b"),
		  .extra = XSO_TAG("urn:x", "key"),
		  .type = &xso_string },
	};
	const struct xso_class cls = {
		.kind = XSO_SV("c"), .tag = XSO_TAG("", "c"), .fields = fields, .n_fields = 2
	};

	expect(&cls, "properties/a/xml", "{\"name\":\"a\",\"x-attribute\":\"xml:lang\"}");
	expect(&cls, "properties/b/xml", "{\"name\":\"b\",\"x-key\":\"{urn:x}key\"}");
}
END_TEST

START_TEST(whoever_may_send_a_child_is_told)
{
	struct xso_field fields[] = { holder_class_fields[0] };
	struct xso_class cls = holder_class;

	cls.fields = fields;
	fields[0].flags = XSO_FROM_ARCHIVE | XSO_FROM_ACCOUNT | XSO_LENIENT;
	expect(&cls, "properties/parts/xml",
	       "{\"x-lenient\":true,\"x-from\":[\"account\",\"archive\"]}");
	fields[0].flags = XSO_FROM_ARCHIVE;
	expect(&cls, "properties/parts/xml", "{\"x-from\":\"archive\"}");
}
END_TEST

START_TEST(every_type_goes_both_ways)
{
	static const struct xso_type *const types[] = {
		&xso_string, &xso_jid, &xso_datetime, &xso_date,     &xso_time, &xso_base64,
		&xso_hex,    &xso_uri, &xso_language, &xso_location, &xso_bool, &xso_nmtoken,
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const struct schema_type *words = schema_type_of(types[i]);

		ck_assert_msg(words, "%s", types[i]->name);
		ck_assert_ptr_eq(
			schema_type_find(words->json, words->format, words->encoding, false),
			words);
		ck_assert_ptr_eq(words->type, types[i]);
	}
	ck_assert_ptr_eq(schema_type_of(&xso_byte)->type, &xso_int);
	ck_assert_ptr_eq(schema_type_find("integer", NULL, NULL, false)->type, &xso_int);
	ck_assert_ptr_eq(schema_type_find("string", NULL, NULL, true), schema_type_of(&state_type));
	ck_assert_ptr_eq(schema_type_find("string", "uri", NULL, false)->type, &xso_uri);
	ck_assert_ptr_null(schema_type_find("string", "email", NULL, false));
	ck_assert_ptr_null(schema_type_find("string", "jid", "base64", false));
	ck_assert_ptr_null(schema_type_find("integer", NULL, NULL, true));
	ck_assert_ptr_null(schema_type_find("number", NULL, NULL, false));
}
END_TEST

/* --- the built-in classes -----------------------------------------------------------------------
 */

static const struct xso_class *builtin(int i)
{
	return xso_registry_at(vocab_registry(), (size_t)i);
}

static const char *string_at(const json_t *v, const char *pointer)
{
	const char *s = json_string_value(at(v, pointer));

	return s ? s : "";
}

START_TEST(every_class_says_what_it_is)
{
	const struct xso_class *cls = builtin(_i);
	json_t *schema = schema_of(cls, vocab_registry());

	ck_assert_str_eq(string_at(schema, "$schema"), SCHEMA_DIALECT);
	ck_assert_str_eq(string_at(schema, "kind"), cls->kind.p);
	ck_assert_str_eq(string_at(schema, "properties/kind/const"), cls->kind.p);
	ck_assert_str_eq(string_at(schema, "xml/name"), cls->tag.name.p);
	ck_assert_msg(cls->summary.n > 0 && json_object_get(schema, "title"), "%s has no summary",
		      cls->kind.p);
	ck_assert_msg(json_is_true(at(schema, "xml/x-top-only")) == cls->top_only, "%s",
		      cls->kind.p);
	json_decref(schema);
}
END_TEST

/* Every $ref in v is to a class, or to any. */
static void check_refs(const json_t *v, const char *kind)
{
	const char *ref = json_string_value(json_object_get(v, "$ref"));
	const char *key;
	size_t i;
	json_t *inner;

	if (ref) {
		ck_assert_msg(strncmp(ref, SCHEMA_REF, strlen(SCHEMA_REF)) == 0, "%s: %s", kind,
			      ref);
		ref += strlen(SCHEMA_REF);
		ck_assert_msg(strcmp(ref, SCHEMA_ANY) == 0 ||
				      xso_registry_find_kind(vocab_registry(), strview_of(ref)),
			      "%s: no class %s", kind, ref);
	}
	json_object_foreach((json_t *)v, key, inner) check_refs(inner, kind);
	json_array_foreach((json_t *)v, i, inner) check_refs(inner, kind);
}

START_TEST(every_class_that_another_has_is_one)
{
	json_t *schema = schema_of(builtin(_i), vocab_registry());

	ck_assert(!xso_registry_find_kind(vocab_registry(), SV(SCHEMA_ANY)));
	check_refs(schema, builtin(_i)->kind.p);
	json_decref(schema);
}
END_TEST

START_TEST(every_name_of_every_class_is_a_property)
{
	const struct xso_class *cls = builtin(_i);
	json_t *schema = schema_of(cls, vocab_registry());
	const json_t *properties = at(schema, "properties");
	size_t n = 3; /* kind, other, other_attrs */
	size_t i;
	json_t *name;

	for (i = 0; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];
		const struct strview names[] = { f->name, f->extra_name, f->lang_name };

		for (size_t k = 0; k < ARRAY_SIZE(names); k++) {
			if (names[k].n == 0)
				continue;
			n++;
			ck_assert_msg(json_is_object(json_object_get(properties, names[k].p)),
				      "%s.%s", cls->kind.p, names[k].p);
		}
		ck_assert_msg(!f->type || schema_type_of(f->type), "%s.%s: a type without words",
			      cls->kind.p, f->name.p);
	}
	ck_assert_uint_eq(json_object_size(properties), n);
	json_array_foreach((json_t *)at(schema, "required"), i, name)
		ck_assert_ptr_nonnull(json_object_get(properties, json_string_value(name)));
	json_decref(schema);
}
END_TEST

START_TEST(every_class_is_within_those_that_have_it)
{
	const struct xso_class *cls = builtin(_i);
	json_t *schema = schema_of(cls, vocab_registry());
	const json_t *within = at(schema, "within");
	size_t i, held = 0;
	json_t *item;

	json_array_foreach((json_t *)within, i, item)
	{
		const char *kind = json_string_value(item);
		const struct xso_class *holder;

		kind = kind ? kind : string_at(item, "kind");
		holder = xso_registry_find_kind(vocab_registry(), strview_of(kind));
		ck_assert_msg(holder, "%s is within %s", cls->kind.p, kind);
		for (size_t k = 0; k < holder->n_fields; k++)
			held += holder->fields[k].cls == cls;
	}
	ck_assert_msg(held >= json_array_size(within), "%s", cls->kind.p);
	ck_assert_msg(!within || json_array_size(within) || cls->top_only, "%s", cls->kind.p);
	json_decref(schema);
}
END_TEST

int main(void)
{
	const int n = (int)xso_registry_count(vocab_registry());
	const struct suite_test tests[] = {
		{ a_class_is_written_as_schema, (int)ARRAY_SIZE(cases) },
		{ the_language_of_an_attribute_has_its_usual_name, 0 },
		{ whoever_may_send_a_child_is_told, 0 },
		{ every_type_goes_both_ways, 0 },
		{ every_class_says_what_it_is, n },
		{ every_class_that_another_has_is_one, n },
		{ every_name_of_every_class_is_a_property, n },
		{ every_class_is_within_those_that_have_it, n },
	};

	return suite_run("schema", tests, ARRAY_SIZE(tests));
}
