#include "ipc/rpc/method.h"

#include "ipc/json/jsonw.h"

#include <stdlib.h>

/* About 292 years: a time that is added to without overflow. */
#define SECONDS_MAX 9.2e9

enum {
	SHOWN_MAX = 80, /* bytes of a client's text that a message repeats */
};

/* A value's slot in the params struct. */
struct slot {
	char *params;
	const struct param_field *field;
};

#define SLOT(s, type) ((type *)(void *)((s)->params + (s)->field->offset))

static bool take_string(const struct slot *s, const json_t *v)
{
	if (!json_is_string(v) || memchr(json_string_value(v), 0, json_string_length(v)))
		return false;
	*SLOT(s, struct strview) = (struct strview){ json_string_value(v), json_string_length(v) };
	return true;
}

static bool take_bool(const struct slot *s, const json_t *v)
{
	if (!json_is_boolean(v))
		return false;
	*SLOT(s, struct param_bool) = (struct param_bool){ true, json_is_true(v) };
	return true;
}

static bool take_uint(const struct slot *s, const json_t *v)
{
	uint64_t value;

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return false;
	value = (uint64_t)json_integer_value(v);
	if (value < s->field->min || (s->field->max && value > s->field->max))
		return false;
	*SLOT(s, struct param_uint) = (struct param_uint){ true, value };
	return true;
}

static bool take_seconds(const struct slot *s, const json_t *v)
{
	double seconds = json_number_value(v);

	if (json_is_null(v) && s->field->nullable) {
		*SLOT(s, struct param_seconds) = (struct param_seconds){ true, UINT64_MAX };
		return true;
	}
	if (!json_is_number(v) || !(seconds >= 0))
		return false;
	if (seconds > SECONDS_MAX)
		seconds = SECONDS_MAX;
	*SLOT(s, struct param_seconds) = (struct param_seconds){ true, (uint64_t)(seconds * 1e9) };
	return true;
}

static bool take_enum(const struct slot *s, const json_t *v)
{
	const struct strview text = { json_string_value(v), json_string_length(v) };

	if (!json_is_string(v))
		return false;
	for (int i = 0; s->field->names[i]; i++) {
		if (strview_is(text, s->field->names[i])) {
			*SLOT(s, int) = i;
			return true;
		}
	}
	return false;
}

static bool take_value(const struct slot *s, const json_t *v)
{
	*SLOT(s, const json_t *) = v;
	return true;
}

static bool is_plain_string(const json_t *v)
{
	return json_is_string(v) && !memchr(json_string_value(v), 0, json_string_length(v));
}

static bool take_strings(const struct slot *s, const json_t *v)
{
	size_t i;
	json_t *item;

	if (s->field->type == PARAM_STRING_OR_STRINGS && is_plain_string(v))
		return take_value(s, v);
	if (!json_is_array(v))
		return false;
	json_array_foreach(v, i, item)
	{
		if (!is_plain_string(item))
			return false;
	}
	return take_value(s, v);
}

static bool take_array(const struct slot *s, const json_t *v)
{
	return json_is_array(v) && take_value(s, v);
}

static bool take_xso(const struct slot *s, const json_t *v)
{
	return (json_is_object(v) || json_is_string(v)) && take_value(s, v);
}

static const struct {
	bool (*take)(const struct slot *s, const json_t *v);
	const char *wanted;
	const char *schema;
} types[] = {
	[PARAM_STRING] = { take_string, "a string without NUL", "\"type\":\"string\"" },
	[PARAM_BOOL] = { take_bool, "true or false", "\"type\":\"boolean\"" },
	[PARAM_UINT] = { take_uint, "an integer", "\"type\":\"integer\"" },
	[PARAM_SECONDS] = { take_seconds, "a number of seconds, 0 or more",
			    "\"type\":\"number\",\"minimum\":0" },
	[PARAM_ENUM] = { take_enum, "one of", "\"type\":\"string\"" },
	[PARAM_STRINGS] = { take_strings, "an array of strings",
			    "\"type\":\"array\",\"items\":{\"type\":\"string\"}" },
	[PARAM_STRING_OR_STRINGS] = { take_strings, "a string or an array of strings",
				      "\"type\":[\"string\",\"array\"],\"items\":{\"type\":"
				      "\"string\"}" },
	[PARAM_ARRAY] = { take_array, "an array", "\"type\":\"array\"" },
	[PARAM_XSO] = { take_xso, "an object or a string (of XML)",
			"\"$ref\":\"#/components/schemas/any\"" },
};

void param_schema(struct buf *b, const struct param_field *f)
{
	if (f->type == PARAM_SECONDS && f->nullable) {
		buf_put_str(b, "{\"type\":[\"number\",\"null\"],\"minimum\":0}");
		return;
	}
	jsonw_begin_object(b);
	buf_put_str(b, types[f->type].schema);
	if (f->type == PARAM_ENUM) {
		jsonw_key(b, "enum");
		jsonw_begin_array(b);
		for (size_t i = 0; f->names[i]; i++)
			jsonw_cstr(b, f->names[i]);
		jsonw_end_array(b);
	}
	if (f->type == PARAM_UINT)
		jsonw_member_uint(b, "minimum", f->min);
	if (f->type == PARAM_UINT && f->max)
		jsonw_member_uint(b, "maximum", f->max);
	jsonw_end_object(b);
}

/* "one of "a", "b"", "an integer from 1 to 65535", … */
static void put_wanted(struct buf *b, const struct param_field *f)
{
	buf_put_str(b, types[f->type].wanted);
	if (f->type == PARAM_ENUM)
		for (size_t i = 0; f->names[i]; i++)
			buf_printf(b, "%s\"%s\"", i ? ", " : " ", f->names[i]);
	if (f->type == PARAM_UINT)
		buf_printf(b, f->max ? " from %ju to %ju" : " of %ju or more", (uintmax_t)f->min,
			   (uintmax_t)f->max);
	if (f->nullable)
		buf_put_str(b, ", or null");
}

/* An invalid-params fault whose path is one member of params. */
static struct fault *fault_at(struct strview key, struct buf *message)
{
	CLEANUP(buf_done) struct buf path = BUF_INIT;
	struct fault *why = fault_new(FAULT_INVALID_PARAMS, "%.*s", SV_ARG(buf_view(message)));

	jsonw_pointer(&path, key);
	if (!path.error)
		fault_set(why, &why->path, buf_view(&path));
	return why;
}

static struct fault *wrong_type(const struct param_field *f)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;

	buf_printf(&text, "parameter \"%s\" must be ", f->name);
	put_wanted(&text, f);
	return fault_at(strview_of(f->name), &text);
}

static struct fault *missing(const struct method *m, const struct param_field *f)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;

	buf_printf(&text, "%s needs the parameter \"%s\": ", m->name, f->name);
	put_wanted(&text, f);
	return fault_at(strview_of(f->name), &text);
}

static struct fault *unknown(const struct method *m, const char *key)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;

	buf_printf(&text, "%s has no parameter \"%.*s\"; it takes ", m->name, SHOWN_MAX, key);
	for (size_t i = 0; i < m->params->n; i++)
		buf_printf(&text, "%s%s", i ? ", " : "", m->params->fields[i].name);
	if (m->params->n == 0)
		buf_put_str(&text, "none");
	return fault_at(strview_of(key), &text);
}

/* Absent values: zeros, but -1 for what is an index. */
static void set_absent(const struct method *m, char *params)
{
	for (size_t i = 0; i < m->params->n; i++) {
		struct slot s = { params, &m->params->fields[i] };

		if (s.field->type == PARAM_ENUM)
			*SLOT(&s, int) = -1;
	}
}

static const struct param_field *find_field(const struct method *m, const char *key)
{
	for (size_t i = 0; i < m->params->n; i++)
		if (strcmp(m->params->fields[i].name, key) == 0)
			return &m->params->fields[i];
	return NULL;
}

static struct fault *decode(const struct method *m, const json_t *object, char *params)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		struct slot s = { params, find_field(m, key) };

		if (!s.field)
			return unknown(m, key);
		if (!types[s.field->type].take(&s, value))
			return wrong_type(s.field);
	}
	for (size_t i = 0; i < m->params->n; i++) {
		const struct param_field *f = &m->params->fields[i];

		if (f->required && !json_object_get(object, f->name))
			return missing(m, f);
	}
	return NULL;
}

struct fault *method_decode(enum method_id m, const json_t *params, void **ret)
{
	char *p = calloc(1, methods[m].params->size);
	struct fault *why;

	if (!p)
		return fault_no_memory();
	set_absent(&methods[m], p);
	why = decode(&methods[m], params, p);
	if (why)
		free(p);
	else
		*ret = p;
	return why;
}
