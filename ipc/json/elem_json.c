#include "ipc/json/elem_json.h"

#include "ipc/json/jsonw_inline.h"
#include "protocol/base/ns.h"

static bool same(struct strview a, struct strview b)
{
	return a.n == b.n && (a.p == b.p || a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

void elem_json_write_attrs(struct buf *out, const struct elem_attr *attrs, size_t n_attrs)
{
	for (size_t i = 0; i < n_attrs; i++) {
		const struct elem_attr *attr = &attrs[i];

		if (i == 0)
			JSONW_PUT(out, "{\"");
		else
			JSONW_PUT(out, ",\"");
		if (attr->ns.n && same(attr->ns, SV(XMLNS_XML)) && same(attr->name, SV("lang"))) {
			JSONW_PUT(out, "xml:");
		} else if (attr->ns.n) {
			JSONW_PUT(out, "{");
			jsonw_escape(out, attr->ns);
			JSONW_PUT(out, "}");
		}
		/* an XML name has nothing to escape */
		jsonw_put(out, attr->name.p, attr->name.n);
		JSONW_PUT(out, "\":\"");
		jsonw_escape(out, attr->value);
		JSONW_PUT(out, "\"");
	}
	JSONW_PUT(out, "}");
}

void elem_json_write_children(struct buf *out, const struct elem_node *first, struct strview ns)
{
	JSONW_PUT(out, "[");
	for (const struct elem_node *node = first; node; node = node->next) {
		if (node != first)
			JSONW_PUT(out, ",");
		if (node->elem)
			elem_json_write(out, node->elem, ns);
		else
			jsonw_quoted(out, node->text);
	}
	JSONW_PUT(out, "]");
}

void elem_json_write(struct buf *out, const struct elem *e, struct strview outer_ns)
{
	JSONW_PUT(out, "{\"name\":\"");
	jsonw_put(out, e->name.p, e->name.n);
	JSONW_PUT(out, "\"");
	if (!same(e->ns, outer_ns)) {
		JSONW_PUT(out, ",\"ns\":\"");
		jsonw_escape(out, e->ns);
		JSONW_PUT(out, "\"");
	}
	if (e->n_attrs) {
		JSONW_PUT(out, ",\"attrs\":");
		elem_json_write_attrs(out, e->attrs, e->n_attrs);
	}
	if (e->first) {
		JSONW_PUT(out, ",\"children\":");
		elem_json_write_children(out, e->first, e->ns);
	}
	JSONW_PUT(out, "}");
}
