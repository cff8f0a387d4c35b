/* Methods: what each takes, and how wrong parameters are told. */
#include <stdio.h>
#include <stdlib.h>

#include <check.h>
#include <jansson.h>

#include "ipc/rpc/event.h"
#include "ipc/rpc/params.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

static json_t *json_of(const char *quoted)
{
	char *text = strdup(quoted);
	json_t *json;

	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	json = json_loads(text, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
	ck_assert_msg(json != NULL, "%s", quoted);
	free(text);
	return json;
}

static void *decode(enum method_id m, json_t *json)
{
	void *params = NULL;
	struct fault *why = method_decode(m, json, &params);

	ck_assert_msg(!why, "%s", why ? why->message : "");
	ck_assert_ptr_nonnull(params);
	return params;
}

START_TEST(every_method_is_found_by_its_name_and_nothing_else)
{
	for (enum method_id m = 0; m < METHOD_COUNT_; m++) {
		ck_assert_int_eq(method_find(strview_of(methods[m].name)), m);
		ck_assert_ptr_nonnull(methods[m].summary);
		for (enum method_id other = 0; other < m; other++)
			ck_assert_str_ne(methods[m].name, methods[other].name);
	}
	ck_assert_int_eq(method_find(SV("")), METHOD_COUNT_);
	ck_assert_int_eq(method_find(SV("subscrib")), METHOD_COUNT_);
	ck_assert_int_eq(method_find(SV("subscribe\0")), METHOD_COUNT_);
	ck_assert_int_eq(method_find(SV("Subscribe")), METHOD_COUNT_);
}
END_TEST

START_TEST(parameters_that_were_not_given_are_absent)
{
	struct params_subscribe *s = decode(METHOD_SUBSCRIBE, NULL);
	struct params_stream_open *o;
	json_t *json = json_of("{'to':'b.test'}");

	ck_assert(!s->streams && !s->events && !s->match);
	ck_assert_int_eq(s->format, -1);
	ck_assert_int_eq(s->level, -1);
	ck_assert_int_eq(s->overflow, -1);
	free(s);
	o = decode(METHOD_STREAM_OPEN, json);
	ck_assert(strview_is(o->to, "b.test"));
	ck_assert(!o->name.p && !o->host.p && !o->tls_options.ca_file.p);
	ck_assert(!o->port.set && !o->sorted_attributes.set && !o->tls_options.verify.set);
	ck_assert(!o->shutdown_timeout.set && !o->timeout.set);
	ck_assert_int_eq(o->mode, -1);
	ck_assert_int_eq(o->tls, -1);
	ck_assert_int_eq(o->unknown_stanza, -1);
	ck_assert_int_eq(o->log_level, -1);
	free(o);
	json_decref(json);
}
END_TEST

START_TEST(stream_open_takes_all_its_parameters)
{
	json_t *json = json_of(
		"{'name':'n','to':'b.test','from':'a@b.test','mode':'component',"
		"'default_namespace':'urn:x','host':'127.0.0.1','port':65535,'tls':'direct',"
		"'sorted_attributes':true,'shutdown_timeout':0.25,'deadtime_soft_limit':0,"
		"'deadtime_hard_limit':2.5,'unknown_stanza':'reject','log_level':'debug',"
		"'timeout':null,'verify':false,'ca_file':'/x','ca_pem':'P','pin_sha256':['a','b'],"
		"'server_name':'s'}");
	struct params_stream_open *o = decode(METHOD_STREAM_OPEN, json);

	ck_assert(strview_is(o->name, "n"));
	ck_assert(strview_is(o->from, "a@b.test"));
	ck_assert_int_eq(o->mode, OPEN_MODE_COMPONENT);
	ck_assert(strview_is(o->default_namespace, "urn:x"));
	ck_assert(strview_is(o->host, "127.0.0.1"));
	ck_assert(o->port.set && o->port.value == 65535);
	ck_assert_int_eq(o->tls, OPEN_TLS_DIRECT);
	ck_assert(o->sorted_attributes.set && o->sorted_attributes.value);
	ck_assert(o->shutdown_timeout.set && o->shutdown_timeout.ns == 250000000);
	ck_assert(o->deadtime_soft_limit.set && o->deadtime_soft_limit.ns == 0);
	ck_assert(o->deadtime_hard_limit.set && o->deadtime_hard_limit.ns == 2500000000);
	ck_assert_int_eq(o->unknown_stanza, UNKNOWN_REJECT);
	ck_assert_int_eq(o->log_level, EVENT_LEVEL_DEBUG);
	ck_assert(o->timeout.set && o->timeout.ns == UINT64_MAX);
	ck_assert(o->tls_options.verify.set && !o->tls_options.verify.value);
	ck_assert(strview_is(o->tls_options.ca_file, "/x"));
	ck_assert(strview_is(o->tls_options.ca_pem, "P"));
	ck_assert(strview_is(o->tls_options.server_name, "s"));
	ck_assert_uint_eq(json_array_size(o->tls_options.pin_sha256), 2);
	free(o);
	json_decref(json);
}
END_TEST

START_TEST(a_time_of_any_size_can_be_added_to)
{
	json_t *json = json_of("{'timeout':1e300}");
	struct params_timeout *p = decode(METHOD_STREAM_GET_FEATURES, json);

	ck_assert_uint_ge(p->timeout.ns, 100ull * 366 * 86400 * 1000000000);
	ck_assert_uint_lt(p->timeout.ns, UINT64_MAX / 2);
	free(p);
	json_decref(json);
}
END_TEST

/* A parameter, values it takes and values it does not, as arrays. */
static const struct {
	enum method_id method;
	const char *name, *good, *bad, *wanted;
} rows[] = {
	{ METHOD_STREAM_INFO, "stream", "['', 'a', '\xc3\xa4']",
	  "[null, 1, true, [], {}, 1.5, 'a\\u0000b']", "a string" },
	{ METHOD_STREAM_OPEN, "port", "[1, 5222, 65535]",
	  "[0, 65536, -1, 1.0, '5222', null, 9223372036854775807]", "an integer from 1 to 65535" },
	{ METHOD_UNSUBSCRIBE, "subscription", "[0, 1, 9223372036854775807]",
	  "[-1, 1.5, '1', null, true]", "an integer of 0 or more" },
	{ METHOD_STREAM_OPEN, "sorted_attributes", "[true, false]", "[0, 1, 'true', null]",
	  "true or false" },
	{ METHOD_STREAM_SET, "shutdown_timeout", "[0, 15, 0.001, 1e10]",
	  "[-1, -0.5, '1', null, true]", "a number of seconds" },
	{ METHOD_STREAM_WAIT, "timeout", "[0, 1, null]", "[-1, 'x', false]", "or null" },
	{ METHOD_STREAM_OPEN, "tls", "['starttls', 'direct']", "['STARTTLS', '', 'off', 1, null]",
	  "one of \"starttls\", \"direct\"" },
	{ METHOD_STREAM_OPEN, "mode", "['c2s', 'component']", "['s2s', 'c2s\\u0000']",
	  "one of \"c2s\", \"component\"" },
	{ METHOD_STREAM_WAIT, "state",
	  "['READY', 'STREAM_HEADER_SENT', 'OPEN', 'CLOSING', 'CLOSING_STREAM_FOOTER_RECEIVED', "
	  "'CLOSED']",
	  "['open', 2]", "one of \"READY\", \"STREAM_HEADER_SENT\"" },
	{ METHOD_STREAM_WAIT, "link",
	  "['stopped', 'connecting', 'negotiating', 'up', 'waiting', 'down']", "['UP']",
	  "one of \"stopped\"" },
	{ METHOD_STREAM_SEND, "wait", "['accepted', 'sent', 'acked']", "['queued', true]",
	  "one of \"accepted\"" },
	{ METHOD_STREAM_SEND, "xso", "['<a/>', {}]", "[1, null, [], true]",
	  "an object or a string" },
	{ METHOD_SUBSCRIBE, "streams", "[[], ['a'], ['a', 'b']]",
	  "['a', null, [1], ['a', null], {}, ['\\u0000']]", "an array of strings" },
	{ METHOD_SUBSCRIBE, "match", "[[], [1]]", "['a', {}, null]", "an array" },
	{ METHOD_SUBSCRIBE, "level", "['error', 'warning', 'info', 'debug']", "['notice', 3]",
	  "one of \"error\"" },
	{ METHOD_SUBSCRIBE, "overflow", "['drop', 'disconnect']", "['close']", "one of \"drop\"" },
	{ METHOD_SUBSCRIBE, "format", "['typed', 'raw', 'xml']", "['json', '']",
	  "one of \"typed\", \"raw\", \"xml\"" },
	{ METHOD_STREAM_STARTTLS, "pin_sha256", "['x', [], ['x']]", "[1, [1], null, {}]",
	  "a string or an array of strings" },
};

/* With values for what else the method needs. */
static json_t *params_with(enum method_id m, const char *name, json_t *value)
{
	json_t *params = json_object();

	for (size_t i = 0; i < methods[m].params->n; i++) {
		const struct param_field *f = &methods[m].params->fields[i];

		if (f->required && f->type == PARAM_UINT)
			json_object_set_new(params, f->name, json_integer(1));
		else if (f->required && f->type == PARAM_ENUM)
			json_object_set_new(params, f->name, json_string(f->names[0]));
		else if (f->required && f->type == PARAM_ARRAY)
			json_object_set_new(params, f->name, json_array());
		else if (f->required)
			json_object_set_new(params, f->name, json_string("x"));
	}
	if (name)
		json_object_set(params, name, value);
	return params;
}

START_TEST(each_type_takes_its_values_and_refuses_all_others)
{
	json_t *good = json_of(rows[_i].good), *bad = json_of(rows[_i].bad), *value;
	char path[100];
	size_t i;

	snprintf(path, sizeof(path), "/%s", rows[_i].name);
	json_array_foreach(good, i, value)
	{
		json_t *params = params_with(rows[_i].method, rows[_i].name, value);

		free(decode(rows[_i].method, params));
		json_decref(params);
	}
	json_array_foreach(bad, i, value)
	{
		json_t *params = params_with(rows[_i].method, rows[_i].name, value);
		void *decoded = NULL;
		struct fault *why = method_decode(rows[_i].method, params, &decoded);

		ck_assert_msg(why != NULL, "%s takes its bad value %zu", rows[_i].name, i);
		ck_assert_ptr_null(decoded);
		ck_assert_int_eq(why->kind, FAULT_INVALID_PARAMS);
		ck_assert_str_eq(why->path, path);
		ck_assert_msg(strstr(why->message, rows[_i].wanted) != NULL, "%s", why->message);
		ck_assert_ptr_nonnull(strstr(why->message, rows[_i].name));
		fault_unref(why);
		json_decref(params);
	}
	json_decref(good);
	json_decref(bad);
}
END_TEST

START_TEST(each_method_names_an_unknown_parameter_and_those_it_takes)
{
	enum method_id m = (enum method_id)_i;
	json_t *params = params_with(m, NULL, NULL);
	void *decoded = NULL;
	struct fault *why;

	free(decode(m, params));
	json_object_set_new(params, "a~/b", json_null());
	why = method_decode(m, params, &decoded);
	ck_assert_ptr_nonnull(why);
	ck_assert_int_eq(why->kind, FAULT_INVALID_PARAMS);
	ck_assert_str_eq(why->path, "/a~0~1b");
	ck_assert_ptr_nonnull(strstr(why->message, "a~/b"));
	for (size_t i = 0; i < methods[m].params->n; i++)
		ck_assert_ptr_nonnull(strstr(why->message, methods[m].params->fields[i].name));
	fault_unref(why);
	json_decref(params);
}
END_TEST

START_TEST(each_method_names_a_parameter_that_is_missing)
{
	enum method_id m = (enum method_id)_i;

	for (size_t i = 0; i < methods[m].params->n; i++) {
		const struct param_field *f = &methods[m].params->fields[i];
		json_t *params = params_with(m, NULL, NULL);
		void *decoded = NULL;
		struct fault *why;

		json_object_del(params, f->name);
		why = method_decode(m, params, &decoded);
		ck_assert_int_eq(why != NULL, f->required);
		if (why) {
			ck_assert_int_eq(why->kind, FAULT_INVALID_PARAMS);
			ck_assert_str_eq(why->path + 1, f->name);
			ck_assert_ptr_nonnull(strstr(why->message, f->name));
		}
		fault_unref(why);
		free(decoded);
		json_decref(params);
	}
}
END_TEST

START_TEST(the_stream_may_always_be_left_out)
{
	for (enum method_id m = 0; m < METHOD_COUNT_; m++)
		for (size_t i = 0; i < methods[m].params->n; i++)
			if (strcmp(methods[m].params->fields[i].name, "stream") == 0)
				ck_assert(!methods[m].params->fields[i].required);
}
END_TEST

static void decode_without_memory(void *arg)
{
	void *params = NULL;
	struct fault *why = method_decode(METHOD_SUBSCRIBE, arg, &params);

	failmalloc_pause(true);
	ck_assert(!why != !params);
	failmalloc_pause(false);
	fault_unref(why);
	free(params);
}

START_TEST(parameters_are_decoded_or_refused_when_memory_fails)
{
	json_t *good = json_of("{'events':['xso']}"), *bad = json_of("{'event':['xso']}");

	ck_assert_uint_ge(failmalloc_sweep(decode_without_memory, good), 1);
	ck_assert_uint_ge(failmalloc_sweep(decode_without_memory, bad), 3);
	json_decref(good);
	json_decref(bad);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ every_method_is_found_by_its_name_and_nothing_else, 0 },
		{ parameters_that_were_not_given_are_absent, 0 },
		{ stream_open_takes_all_its_parameters, 0 },
		{ a_time_of_any_size_can_be_added_to, 0 },
		{ each_type_takes_its_values_and_refuses_all_others, (int)ARRAY_SIZE(rows) },
		{ each_method_names_an_unknown_parameter_and_those_it_takes, METHOD_COUNT_ },
		{ each_method_names_a_parameter_that_is_missing, METHOD_COUNT_ },
		{ the_stream_may_always_be_left_out, 0 },
		{ parameters_are_decoded_or_refused_when_memory_fails, 0 },
	};

	return suite_run("method", tests, ARRAY_SIZE(tests));
}
