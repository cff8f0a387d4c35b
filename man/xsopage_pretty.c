#include <assert.h>
#include <stdlib.h>

#include <jansson.h>

#include "man/xsopage.h"
#include "protocol/base/ns.h"
#include "protocol/xml/xmlwrite.h"

enum {
	WIDTH = 72,
};

/* --- JSON
 * ----------------------------------------------------------------------------------------- */

static char *compact(const json_t *v)
{
	char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);

	if (!text)
		abort();
	return text;
}

static size_t put(FILE *out, size_t column, const char *text)
{
	roff_literal(out, strview_of(text));
	return column + strlen(text);
}

static size_t new_line(FILE *out, size_t column)
{
	fprintf(out, "\n%*s", (int)column, "");
	return column;
}

static size_t put_json(FILE *out, size_t column, const json_t *v, size_t behind);

/* A member or item, on this line if it fits; key NULL: an item. `behind` follows what is last. */
static size_t put_member(FILE *out, size_t indent, size_t column, const char *key, const json_t *v,
			 size_t behind)
{
	char *text = compact(v);
	json_t *name = key ? json_string(key) : NULL;
	char *key_text = name ? compact(name) : NULL;
	size_t n = strlen(text) + (key_text ? strlen(key_text) + 1 : 0);

	if (column > indent && column + n + behind > WIDTH)
		column = new_line(out, indent);
	if (key_text) {
		column = put(out, column, key_text);
		column = put(out, column, ":");
	}
	column = put_json(out, column, v, behind);
	json_decref(name);
	free(key_text);
	free(text);
	return column;
}

static size_t put_json(FILE *out, size_t column, const json_t *v, size_t behind)
{
	char *text = compact(v);
	size_t indent = column + 1, i = 0, n;
	const char *key;
	json_t *item;

	if (column + strlen(text) + behind <= WIDTH || !(json_is_object(v) || json_is_array(v))) {
		column = put(out, column, text);
		free(text);
		return column;
	}
	free(text);
	n = json_is_object(v) ? json_object_size(v) : json_array_size(v);
	column = put(out, column, json_is_object(v) ? "{" : "[");
	if (json_is_object(v)) {
		json_object_foreach((json_t *)v, key, item)
		{
			if (i)
				column = put(out, column, ",");
			column = put_member(out, indent, column, key, item,
					    ++i < n ? 1 : behind + 1);
		}
	} else {
		json_array_foreach((json_t *)v, i, item)
		{
			if (i)
				column = put(out, column, ",");
			column = put_member(out, indent, column, NULL, item,
					    i + 1 < n ? 1 : behind + 1);
		}
	}
	return put(out, column, json_is_object(v) ? "}" : "]");
}

void xsopage_json(FILE *out, struct strview json)
{
	json_error_t error;
	json_t *v = json_loadb(json.p, json.n, 0, &error);

	if (!v) {
		fprintf(stderr, "gen-xso-page: %s: %.*s\n", error.text, SV_ARG(json));
		exit(EXIT_FAILURE);
	}
	put_json(out, 0, v, 0);
	fputs("\n", out);
	json_decref(v);
}

/* --- XML
 * ------------------------------------------------------------------------------------------ */

static bool has_text(const struct elem *e)
{
	elem_for_each_node(node, e)
	{
		if (!node->elem)
			return true;
	}
	return false;
}

static size_t put_buf(FILE *out, size_t column, struct buf *b)
{
	if (b->error)
		abort();
	roff_literal(out, buf_view(b));
	column += b->n;
	buf_done(b);
	return column;
}

/* " name='value'", on a line of its own where this one is full. */
static size_t put_attr(FILE *out, size_t indent, size_t column, const char *prefix,
		       struct strview name, struct strview value)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s%.*s='", prefix, SV_ARG(name));
	xmlwrite_attr_value(&b, value);
	buf_put_str(&b, "'");
	if (column + 1 + b.n > WIDTH)
		column = new_line(out, indent);
	else
		column = put(out, column, " ");
	return put_buf(out, column, &b);
}

static size_t put_start(FILE *out, size_t column, const struct elem *e, struct strview outer_ns)
{
	struct buf b = BUF_INIT;
	size_t indent = column + 4;

	buf_printf(&b, "<%.*s", SV_ARG(e->name));
	column = put_buf(out, column, &b);
	if (!strview_eq(e->ns, outer_ns))
		column = put_attr(out, indent, column, "", SV("xmlns"), e->ns);
	for (size_t i = 0; i < e->n_attrs; i++) {
		const struct elem_attr *attr = &e->attrs[i];
		char prefix[] = { (char)('a' + i % 26), ':', '\0' };

		if (strview_is(attr->ns, XMLNS_XML)) {
			column = put_attr(out, indent, column, "xml:", attr->name, attr->value);
			continue;
		}
		if (attr->ns.n)
			column = put_attr(out, indent, column,
					  "xmlns:", (struct strview){ prefix, 1 }, attr->ns);
		column = put_attr(out, indent, column, attr->ns.n ? prefix : "", attr->name,
				  attr->value);
	}
	return put(out, column, e->first ? ">" : "/>");
}

static size_t put_elem(FILE *out, size_t column, const struct elem *e, struct strview outer_ns,
		       bool inside_text)
{
	bool one_line = inside_text || has_text(e);
	size_t indent = column;
	struct buf b = BUF_INIT;

	column = put_start(out, column, e, outer_ns);
	if (!e->first)
		return column;
	elem_for_each_node(node, e)
	{
		if (!one_line)
			column = new_line(out, indent + 2);
		if (node->elem) {
			column = put_elem(out, column, node->elem, e->ns, one_line);
		} else {
			xmlwrite_text(&b, node->text);
			column = put_buf(out, column, &b);
		}
	}
	if (!one_line)
		column = new_line(out, indent);
	buf_printf(&b, "</%.*s>", SV_ARG(e->name));
	return put_buf(out, column, &b);
}

void xsopage_xml(FILE *out, const struct elem *e)
{
	put_elem(out, 0, e, SV(XMLNS_CLIENT), false);
	fputs("\n", out);
}
