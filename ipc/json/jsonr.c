#include "ipc/json/jsonr.h"

#include "ipc/json/jsonw.h"
#include "protocol/base/ns.h"
#include "protocol/base/utf8.h"
#include "protocol/xml/xmlwrite.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* A JSON Pointer (RFC 6901), from the top down. */
static void put_path(struct buf *b, const struct jsonr_at *at)
{
	if (!at)
		return;
	put_path(b, at->up);
	if (at->key.p)
		jsonw_pointer(b, at->key);
	else
		buf_printf(b, "/%zu", at->index);
}

void jsonr_fail(struct jsonr *r, const struct jsonr_at *at, const char *format, ...)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT, path = BUF_INIT;
	va_list ap;

	if (r->fault)
		return;
	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	buf_put_str(&path, r->path);
	put_path(&path, at);
	if (text.error || path.error) {
		jsonr_no_memory(r);
		return;
	}
	r->fault = fault_new(FAULT_INVALID_XSO, "%.*s", (int)text.n, text.p);
	if (r->fault->kind == FAULT_INVALID_XSO)
		fault_set(r->fault, &r->fault->path, buf_view(&path));
}

void jsonr_no_memory(struct jsonr *r)
{
	if (!r->fault)
		r->fault = fault_no_memory();
}

bool jsonr_enter(struct jsonr *r, const struct jsonr_at *at)
{
	if (r->depth == JSONR_MAX_DEPTH) {
		jsonr_fail(r, at, "nested deeper than %d levels", JSONR_MAX_DEPTH);
		return false;
	}
	r->depth++;
	return true;
}

void jsonr_leave(struct jsonr *r)
{
	r->depth--;
}

/* Copies text with U+FFFD for each character that XML cannot carry. */
static bool replace(struct jsonr *r, struct strview text, struct strview *ret)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;

	while (text.n) {
		size_t good = xml_bad_char(text), bad;
		uint32_t c;

		buf_put(&out, text.p, good);
		if (good == text.n)
			break;
		text = (struct strview){ text.p + good, text.n - good };
		bad = utf8_decode(text, &c);
		if (bad == 0)
			bad = 1;
		buf_put(&out, replacement, sizeof(replacement) - 1);
		text = (struct strview){ text.p + bad, text.n - bad };
	}
	*ret = out.error ? SV_NONE : arena_dup(r->a, buf_view(&out));
	if (!ret->p)
		jsonr_no_memory(r);
	return ret->p;
}

static void fail_char(struct jsonr *r, const struct jsonr_at *at, struct strview text, size_t bad)
{
	uint32_t c;

	if (utf8_decode((struct strview){ text.p + bad, text.n - bad }, &c))
		jsonr_fail(r, at, "XML cannot carry the character U+%04X", (unsigned)c);
	else
		jsonr_fail(r, at, "not valid UTF-8");
}

/* Makes *text one of characters that XML can carry, where that is wanted, or fails. */
static bool carried(struct jsonr *r, const struct jsonr_at *at, bool replace_invalid,
		    struct strview *text)
{
	size_t bad = xml_bad_char(*text);

	if (bad == text->n)
		return true;
	if (replace_invalid)
		return replace(r, *text, text);
	fail_char(r, at, *text, bad);
	return false;
}

bool jsonr_carried(struct jsonr *r, const struct jsonr_at *at, struct strview *text)
{
	return carried(r, at, r->replace_invalid, text);
}

static bool read_string(struct jsonr *r, const struct jsonr_at *at, const json_t *value,
			bool replace_invalid, struct strview *ret)
{
	struct strview text;

	if (!json_is_string(value)) {
		jsonr_fail(r, at, "must be a string");
		return false;
	}
	text = (struct strview){ json_string_value(value), json_string_length(value) };
	if (!carried(r, at, replace_invalid, &text))
		return false;
	if (text.p == json_string_value(value))
		text = arena_dup(r->a, text);
	if (!text.p) {
		jsonr_no_memory(r);
		return false;
	}
	*ret = text;
	return true;
}

bool jsonr_string(struct jsonr *r, const struct jsonr_at *at, const json_t *value,
		  struct strview *ret)
{
	return read_string(r, at, value, r->replace_invalid, ret);
}

static bool bad_namespace(struct jsonr *r, const struct jsonr_at *at, struct strview ns)
{
	size_t bad = xml_bad_char(ns);

	if (bad < ns.n)
		fail_char(r, at, ns, bad);
	else if (strview_eq(ns, SV(XMLNS_XMLNS)))
		jsonr_fail(r, at, "namespace declarations are not written as attributes");
	return r->fault;
}

/* Splits a key at its last brace, and names what is wrong with it. */
static bool split_attr_name(struct jsonr *r, const struct jsonr_at *at, struct strview key,
			    const json_t *attrs, struct strview *ret_ns, struct strview *ret_name)
{
	const char *brace = key.n && *key.p == '{' ? memrchr(key.p, '}', key.n) : NULL;

	*ret_ns = SV_NONE;
	*ret_name = key;
	if (strview_eq(key, SV("xml:lang"))) {
		*ret_ns = SV(XMLNS_XML);
		*ret_name = SV("lang");
		return true;
	}
	if (brace) {
		*ret_ns = (struct strview){ key.p + 1, (size_t)(brace - key.p) - 1 };
		*ret_name = (struct strview){ brace + 1, (size_t)(key.p + key.n - brace) - 1 };
		if (ret_ns->n == 0)
			jsonr_fail(r, at, "an empty namespace");
		else if (bad_namespace(r, at, *ret_ns))
			return false;
		else if (strview_eq(*ret_ns, SV(XMLNS_XML)) && strview_is(*ret_name, "lang") &&
			 json_object_get(attrs, "xml:lang"))
			jsonr_fail(r, at, "the same attribute as xml:lang");
	}
	if (!brace && memchr(key.p, ':', key.n))
		jsonr_fail(r, at, "a prefix that is not bound: write {uri}local");
	else if (!brace && strview_is(key, "xmlns"))
		jsonr_fail(r, at, "namespace declarations are not written as attributes");
	else if (!xml_is_ncname(*ret_name))
		jsonr_fail(r, at, "not a name that an attribute can have");
	return !r->fault;
}

/* One member of an object of attributes. */
static bool read_attr(struct jsonr *r, const struct jsonr_at *at, const json_t *attrs,
		      const char *key, const json_t *value, struct elem *to)
{
	struct strview copy = arena_dup(r->a, strview_of(key)), ns, name, text;
	const struct jsonr_at *here = JSONR_AT_KEY(at, copy);

	if (!copy.p)
		jsonr_no_memory(r);
	if (r->fault || !split_attr_name(r, here, copy, attrs, &ns, &name) ||
	    !jsonr_string(r, here, value, &text))
		return false;
	if (elem_add_attr(r->a, to, ns, name, text) < 0)
		jsonr_no_memory(r);
	return !r->fault;
}

bool jsonr_attrs(struct jsonr *r, const struct jsonr_at *at, const json_t *object, struct elem *to)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object)) {
		jsonr_fail(r, at, "must be an object");
		return false;
	}
	json_object_foreach((json_t *)object, key, value)
	{
		if (!read_attr(r, at, object, key, value, to))
			return false;
	}
	return true;
}

/*
 * The strings of an array from *index on, as one text: *index becomes that behind them. They are
 * joined at once, since an array may have very many.
 */
static bool read_texts(struct jsonr *r, const struct jsonr_at *at, const json_t *array,
		       size_t *index, struct elem *to)
{
	CLEANUP(buf_done) struct buf joined = BUF_INIT;
	bool one = !json_is_string(json_array_get(array, *index + 1));
	struct strview text;

	for (; json_is_string(json_array_get(array, *index)); (*index)++) {
		if (!jsonr_string(r, JSONR_AT_INDEX(at, *index), json_array_get(array, *index),
				  &text))
			return false;
		if (!one)
			buf_put_sv(&joined, text);
	}
	if (!one)
		text = joined.error ? SV_NONE : arena_dup(r->a, buf_view(&joined));
	if (!text.p || elem_add_text(r->a, to, text) < 0)
		jsonr_no_memory(r);
	return !r->fault;
}

static bool read_child(struct jsonr *r, const struct jsonr_at *at, const json_t *value,
		       struct strview ns, struct elem *to)
{
	struct elem *child;

	if (!json_is_object(value)) {
		jsonr_fail(r, at, "must be a string or an XSO");
		return false;
	}
	child = jsonr_xso(r, at, value, ns);
	if (child && elem_add_child(r->a, to, child) < 0)
		jsonr_no_memory(r);
	return !r->fault;
}

bool jsonr_children(struct jsonr *r, const struct jsonr_at *at, const json_t *array,
		    struct strview ns, struct elem *to)
{
	size_t i = 0;

	if (!json_is_array(array)) {
		jsonr_fail(r, at, "must be an array");
		return false;
	}
	if (!jsonr_enter(r, at))
		return false;
	while (i < json_array_size(array) && !r->fault) {
		const json_t *value = json_array_get(array, i);

		if (json_is_string(value))
			read_texts(r, at, array, &i, to);
		else
			read_child(r, JSONR_AT_INDEX(at, i++), value, ns, to);
	}
	jsonr_leave(r);
	return !r->fault;
}

/* The members of the raw form other than name, which is read. */
static bool read_raw_members(struct jsonr *r, const struct jsonr_at *at, const json_t *object,
			     struct elem *e)
{
	const char *key;
	json_t *value;

	/* the children's namespace may depend on it */
	value = json_object_get(object, "ns");
	if (value) {
		const struct jsonr_at *here = JSONR_AT_KEY(at, SV("ns"));

		if (!read_string(r, here, value, false, &e->ns))
			return false;
		if (bad_namespace(r, here, e->ns))
			return false;
	}
	json_object_foreach((json_t *)object, key, value)
	{
		const struct jsonr_at *here = JSONR_AT_KEY(at, strview_of(key));

		if (r->fault)
			return false;
		if (strcmp(key, "attrs") == 0)
			jsonr_attrs(r, here, value, e);
		else if (strcmp(key, "children") == 0)
			jsonr_children(r, here, value, e->ns, e);
		else if (strcmp(key, "name") != 0 && strcmp(key, "ns") != 0)
			jsonr_fail(r, here, "a raw XSO has no such member");
	}
	return !r->fault;
}

static struct elem *read_raw(struct jsonr *r, const struct jsonr_at *at, const json_t *object,
			     struct strview outer_ns)
{
	const struct jsonr_at *here = JSONR_AT_KEY(at, SV("name"));
	const json_t *value = json_object_get(object, "name");
	struct strview name;
	struct elem *e;

	if (!value) {
		jsonr_fail(r, here, "an XSO has a kind or a name");
		return NULL;
	}
	if (!read_string(r, here, value, false, &name))
		return NULL;
	if (!xml_is_ncname(name)) {
		jsonr_fail(r, here, "not a name that an element can have");
		return NULL;
	}
	e = elem_new(r->a, outer_ns, name);
	if (!e)
		jsonr_no_memory(r);
	return e && read_raw_members(r, at, object, e) ? e : NULL;
}

struct elem *jsonr_xso(struct jsonr *r, const struct jsonr_at *at, const json_t *value,
		       struct strview outer_ns)
{
	struct elem *e;

	if (json_is_string(value))
		return jsonr_xml(r, at, value, outer_ns);
	if (!json_is_object(value)) {
		jsonr_fail(r, at, "an XSO is an object, or a string of XML");
		return NULL;
	}
	if (json_object_get(value, "kind"))
		return jsonr_typed(r, at, value);
	if (!jsonr_enter(r, at))
		return NULL;
	e = read_raw(r, at, value, outer_ns);
	jsonr_leave(r);
	return e;
}
