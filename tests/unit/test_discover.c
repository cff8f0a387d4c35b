/* The document of rpc.discover, which is made of the tables of methods and events. */
#include <stdio.h>
#include <stdlib.h>

#include <check.h>
#include <jansson.h>

#include "ipc/rpc/event.h"
#include "ipc/rpc/method.h"
#include "protocol/vocab/vocab.h"
#include "tests/unit/suite.h"

static json_t *discover(void)
{
	struct buf b = BUF_INIT;
	json_error_t error;
	json_t *doc;

	method_discover(&b, "1.2.3", vocab_registry());
	ck_assert_int_eq(b.error, 0);
	ck_assert_ptr_null(memchr(b.p, '\n', b.n));
	doc = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, &error);
	ck_assert_msg(doc != NULL, "%s: %.80s", error.text, b.p + error.position - 40);
	buf_done(&b);
	return doc;
}

static const json_t *find(const json_t *array, const char *name)
{
	size_t i;
	json_t *item;

	json_array_foreach((json_t *)array, i,
			   item) if (strcmp(json_string_value(json_object_get(item, "name")),
					    name) == 0) return item;
	ck_abort_msg("%s is not in the document", name);
	return NULL;
}

START_TEST(the_document_has_every_method_with_its_parameters)
{
	json_t *doc = discover();
	const json_t *all = json_object_get(doc, "methods");

	ck_assert_uint_eq(json_array_size(all), METHOD_COUNT_ + EVENT_KIND_COUNT_);
	for (enum method_id m = 0; m < METHOD_COUNT_; m++) {
		const json_t *entry = find(all, methods[m].name);
		const json_t *params = json_object_get(entry, "params");

		ck_assert_str_eq(json_string_value(json_object_get(entry, "paramStructure")),
				 "by-name");
		ck_assert_uint_eq(json_array_size(params), methods[m].params->n);
		for (size_t i = 0; i < methods[m].params->n; i++) {
			const struct param_field *f = &methods[m].params->fields[i];
			const json_t *param = find(params, f->name);

			ck_assert_int_eq(json_is_true(json_object_get(param, "required")),
					 f->required);
			ck_assert(json_is_object(json_object_get(param, "schema")));
		}
		ck_assert(json_is_object(
			json_object_get(json_object_get(entry, "result"), "schema")));
		ck_assert_uint_ge(json_array_size(json_object_get(entry, "errors")), 14);
		ck_assert(!json_object_get(entry, "x-event"));
	}
	json_decref(doc);
}
END_TEST

START_TEST(the_document_has_every_event_among_the_methods_without_a_result)
{
	json_t *doc = discover();
	const json_t *all = json_object_get(doc, "methods");

	for (enum event_kind k = 0; k < EVENT_KIND_COUNT_; k++) {
		const json_t *entry = find(all, events[k].name);

		ck_assert(json_is_true(json_object_get(entry, "x-event")));
		ck_assert(!json_object_get(entry, "result"));
		ck_assert_ptr_nonnull(find(json_object_get(entry, "params"), "subscriptions"));
	}
	json_decref(doc);
}
END_TEST

/* Whether every $ref in the document points to something in it. */
static void check_refs(const json_t *doc, const json_t *value)
{
	const char *ref = json_string_value(json_object_get(value, "$ref")), *key;
	json_t *child;
	size_t i;

	if (ref && ref[0] == '#') {
		const json_t *at = doc;
		char path[200];

		snprintf(path, sizeof(path), "%s", ref + 2);
		for (char *p = strtok(path, "/"); p; p = strtok(NULL, "/"))
			at = json_object_get(at, p);
		ck_assert_msg(at != NULL, "%s points nowhere", ref);
	}
	json_object_foreach((json_t *)value, key, child) check_refs(doc, child);
	json_array_foreach((json_t *)value, i, child) check_refs(doc, child);
}

START_TEST(the_document_is_whole_in_itself)
{
	json_t *doc = discover();
	const json_t *errors = json_object_get(json_object_get(doc, "components"), "errors");

	check_refs(doc, doc);
	ck_assert_ptr_nonnull(json_object_get(doc, "openrpc"));
	ck_assert_str_eq(
		json_string_value(json_object_get(json_object_get(doc, "info"), "version")),
		"1.2.3");
	ck_assert_uint_eq(json_object_size(errors), FAULT_KIND_COUNT_);
	ck_assert_int_eq(
		json_integer_value(json_object_get(json_object_get(errors, "timeout"), "code")),
		-32007);
	json_decref(doc);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ the_document_has_every_method_with_its_parameters, 0 },
		{ the_document_has_every_event_among_the_methods_without_a_result, 0 },
		{ the_document_is_whole_in_itself, 0 },
	};

	return suite_run("discover", tests, ARRAY_SIZE(tests));
}
