#include "ipc/rpc/envelope.h"

#include "ipc/json/jsonw.h"

#include <strings.h>

enum {
	JANSSON_MAX_DEPTH = 2048, /* fixed when it was built; beyond it nothing is parsed */
};

/* What a look at the brackets tells, without parsing. */
struct shape {
	size_t depth;
	size_t top_keys; /* members of the outermost object, doubles counted */
};

static struct shape look_at(struct strview line)
{
	struct shape shape = { 0 };
	size_t depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > shape.depth)
				shape.depth = depth;
		} else if (c == '}' || c == ']') {
			depth -= depth > 0;
		} else if (c == ':' && depth == 1) {
			shape.top_keys++;
		}
	}
	return shape;
}

void envelope_done(struct envelope *e)
{
	buf_done(&e->id);
}

/* Whether `id` may be one; its text goes to e->id. */
static bool read_id(const json_t *id, struct envelope *e)
{
	switch (json_typeof(id)) {
	case JSON_STRING:
		jsonw_string(&e->id,
			     (struct strview){ json_string_value(id), json_string_length(id) });
		return true;
	case JSON_INTEGER:
		jsonw_int(&e->id, json_integer_value(id));
		return true;
	case JSON_NULL:
		jsonw_null(&e->id);
		return true;
	case JSON_OBJECT:
	case JSON_ARRAY:
	case JSON_REAL:
	case JSON_TRUE:
	case JSON_FALSE:
		break;
	}
	return false;
}

/* A text that is refused though it may be JSON: its id, where there is exactly one. */
static void salvage_id(struct strview line, struct shape shape, struct envelope *e)
{
	json_t *json, *id;

	if (shape.depth > JANSSON_MAX_DEPTH)
		return;
	json = json_loadb(line.p, line.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	id = json_object_get(json, "id");
	if (id && json_object_size(json) == shape.top_keys)
		(void)read_id(id, e); /* false: none could be read, which e->id says */
	json_decref(json);
}

/* What to say of a text that jansson refused. */
static struct fault *parse_fault(const json_error_t *error)
{
	switch (json_error_code(error)) {
	case json_error_out_of_memory:
		return fault_new(FAULT_INTERNAL, "out of memory");
	case json_error_duplicate_key:
		return fault_new(FAULT_INVALID_REQUEST, "%s", error->text);
	case json_error_numeric_overflow:
		return fault_new(FAULT_INVALID_REQUEST, "%s: integers have at most 64 bits",
				 error->text);
	case json_error_null_byte_in_key:
		return fault_new(FAULT_INVALID_REQUEST, "%s", error->text);
	case json_error_invalid_utf8:
		return fault_new(FAULT_PARSE_ERROR, "not valid UTF-8 at byte %d of the line",
				 error->position);
	case json_error_unknown:
	case json_error_stack_overflow:
	case json_error_invalid_argument:
	case json_error_cannot_open_file:
	case json_error_premature_end_of_input:
	case json_error_end_of_input_expected:
	case json_error_invalid_syntax:
	case json_error_invalid_format:
	case json_error_wrong_type:
	case json_error_null_character:
	case json_error_null_value:
	case json_error_item_not_found:
	case json_error_index_out_of_range:
		break;
	}
	return fault_new(FAULT_PARSE_ERROR, "not JSON at byte %d of the line: %s", error->position,
			 error->text);
}

static bool has_content_length(struct strview line)
{
	static const char header[] = "Content-Length:";

	return line.n >= sizeof(header) - 1 && strncasecmp(line.p, header, sizeof(header) - 1) == 0;
}

struct fault *envelope_parse(struct strview line, json_t **ret, struct envelope *e)
{
	struct fault *why;
	struct shape shape;
	json_error_t error;
	json_t *json;

	if (has_content_length(line))
		return fault_new(
			FAULT_PARSE_ERROR,
			"no headers are used here: a message is one JSON text on one line, "
			"which ends in a newline");
	if (memchr(line.p, 0, line.n))
		return fault_new(FAULT_PARSE_ERROR, "not JSON: the line has a NUL byte");
	shape = look_at(line);
	if (shape.depth > ENVELOPE_MAX_DEPTH) {
		salvage_id(line, shape, e);
		return fault_new(FAULT_INVALID_REQUEST, "nested deeper than %d",
				 ENVELOPE_MAX_DEPTH);
	}
	json = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL,
			  &error);
	if (json) {
		*ret = json;
		return NULL;
	}
	why = parse_fault(&error);
	if (json_error_code(&error) == json_error_duplicate_key)
		salvage_id(line, shape, e);
	return why;
}

static struct fault *invalid(const char *text)
{
	return fault_new(FAULT_INVALID_REQUEST, "%s", text);
}

static struct fault *read_params(const json_t *params, struct envelope *e)
{
	if (json_is_object(params)) {
		e->params = (json_t *)params;
		return NULL;
	}
	return params && json_array_size(params) > 0
		       ? fault_new(FAULT_INVALID_PARAMS,
				   "parameters are named here: params must be an object")
		       : NULL;
}

static bool is_version(const json_t *v)
{
	return json_string_length(v) == 3 && memcmp(json_string_value(v), "2.0", 3) == 0;
}

struct fault *envelope_read(const json_t *request, struct envelope *e, bool *ret_valid)
{
	const json_t *id = json_object_get(request, "id");
	const json_t *version = json_object_get(request, "jsonrpc");
	const json_t *method = json_object_get(request, "method");
	const json_t *params = json_object_get(request, "params");

	*ret_valid = false;
	if (!json_is_object(request))
		return invalid("a request is an object");
	if (id && !read_id(id, e))
		return invalid("id must be a string, an integer or null");
	if (!is_version(version))
		return invalid("jsonrpc must be \"2.0\"");
	if (!json_is_string(method))
		return invalid("method must be a string");
	if (params && !json_is_object(params) && !json_is_array(params))
		return invalid("params must be an object");
	*ret_valid = true;
	e->method = json_string_value(method);
	e->method_n = json_string_length(method);
	return read_params(params, e);
}
