#include "ipc/rpc/envelope.h"

#include "ipc/json/jsonw.h"

#include <strings.h>

/* What a look at the brackets and strings tells, without parsing. */
struct shape {
	size_t depth;
	size_t ids;   /* members of the outermost object that are, or may be, named id */
	size_t id_at; /* where the value of the last of them begins */
	bool surrogates;
};

/* The key that ends before its colon at `colon`. */
static void look_at_key(struct shape *shape, struct strview key, size_t colon)
{
	static const char id[] = "\"id\"";

	if (memchr(key.p, '\\', key.n)) {
		shape->ids += 2; /* it may be any, so none can be told */
	} else if (key.n == sizeof(id) - 1 && memcmp(key.p, id, key.n) == 0) {
		shape->ids++;
		shape->id_at = colon + 1;
	}
}

/* The string that begins at `start`: up to behind its closing quote. */
static size_t look_at_string(struct shape *shape, struct strview line, size_t start)
{
	size_t i = start + 1;

	while (i < line.n && line.p[i] != '"') {
		if (line.p[i] != '\\') {
			i++;
			continue;
		}
		if (line.n - i > 2 && line.p[i + 1] == 'u' && (line.p[i + 2] | 0x20) == 'd')
			shape->surrogates = true; /* or Hangul, or some halves of pairs */
		i += 2;
	}
	return i < line.n ? i + 1 : line.n;
}

static struct shape look_at(struct strview line)
{
	struct shape shape = { 0 };
	struct strview string = { line.p, 0 };
	size_t depth = 0, i = 0;

	while (i < line.n) {
		char c = line.p[i];

		if (c == '"') {
			size_t end = look_at_string(&shape, line, i);

			string = (struct strview){ line.p + i, end - i };
			i = end;
			continue;
		}
		if (c == '{' || c == '[') {
			if (++depth > shape.depth)
				shape.depth = depth;
		} else if (c == '}' || c == ']') {
			depth -= depth > 0;
		} else if (c == ':' && depth == 1) {
			look_at_key(&shape, string, i);
		}
		i++;
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
	json_t *id;

	if (shape.ids != 1)
		return;
	id = json_loadb(line.p + shape.id_at, line.n - shape.id_at,
			JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DISABLE_EOF_CHECK, NULL);
	if (id)
		(void)read_id(id, e); /* false: none could be read, which e->id says */
	json_decref(id);
}

/* What to say of a text that jansson refused. */
static struct fault *parse_fault(const json_error_t *error)
{
	switch (json_error_code(error)) {
	case json_error_out_of_memory:
		return fault_no_memory();
	case json_error_duplicate_key:
	case json_error_null_byte_in_key:
		return fault_new(FAULT_INVALID_REQUEST, "%s", error->text);
	case json_error_numeric_overflow:
		return fault_new(FAULT_INVALID_REQUEST, "%s: integers have at most 64 bits",
				 error->text);
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

enum {
	UNIT_LENGTH = 6, /* of \uXXXX */
};

/* The code unit that an escape at i spells; 0 if there is none. */
static unsigned escaped_unit(const struct buf *text, size_t i)
{
	static const char digits[] = "0123456789abcdef";
	unsigned unit = 0;

	if (i > text->n || text->n - i < UNIT_LENGTH || memcmp(text->p + i, "\\u", 2) != 0)
		return 0;
	for (size_t k = i + 2; k < i + UNIT_LENGTH; k++) {
		const char *digit = memchr(digits, text->p[k] | 0x20, sizeof(digits) - 1);

		if (!digit)
			return 0;
		unit = unit << 4 | (unsigned)(digit - digits);
	}
	return unit;
}

static bool is_high(unsigned unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(unsigned unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Lone surrogates become U+FFFF, which no XML can carry either. */
static void replace_lone_surrogates(struct buf *text)
{
	size_t i = 0;

	while (i < text->n) {
		unsigned unit = escaped_unit(text, i);

		if (is_high(unit) && is_low(escaped_unit(text, i + UNIT_LENGTH))) {
			i += 2 * UNIT_LENGTH;
		} else if (is_high(unit) || is_low(unit)) {
			memcpy(text->p + i, "\\uffff", UNIT_LENGTH);
			i += UNIT_LENGTH;
		} else {
			i += text->p[i] == '\\' ? 2 : 1;
		}
	}
}

/* Whether an id has U+FFFF in it, and may so be another than the one that the client wrote. */
static bool has_replaced_id(const json_t *request)
{
	const json_t *id = json_object_get(request, "id");

	if (json_is_array(request)) {
		size_t i;
		json_t *member;

		json_array_foreach(request, i, member) if (!json_is_array(member) &&
							   has_replaced_id(member)) return true;
		return false;
	}
	return json_is_string(id) &&
	       memmem(json_string_value(id), json_string_length(id), "\xef\xbf\xbf", 3);
}

/*
 * A text with \uXXXX of a surrogate that is alone, which jansson takes for no JSON, though the
 * grammar has it. What is wrong with it is for the parameter to say where it stands. NULL: no.
 */
static json_t *parse_with_surrogates(struct strview line)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;
	json_t *json;

	buf_put(&text, line.p, line.n);
	if (text.error)
		return NULL;
	replace_lone_surrogates(&text);
	json = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL,
			  NULL);
	if (!has_replaced_id(json))
		return json;
	json_decref(json);
	return NULL;
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
	if (!json && shape.surrogates && json_error_code(&error) == json_error_invalid_syntax)
		json = parse_with_surrogates(line);
	if (json) {
		*ret = json;
		return NULL;
	}
	why = parse_fault(&error);
	if (why->kind == FAULT_INVALID_REQUEST)
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
