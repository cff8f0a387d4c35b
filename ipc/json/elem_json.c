#include "ipc/json/elem_json.h"

#include "ipc/json/jsonw_inline.h"
#include "protocol/base/ns.h"

/* "xml:lang", "{uri}local"; the namespace is not empty. */
static char *put_attr_ns(struct buf *out, char *to, const struct elem_attr *attr)
{
	if (strview_eq(attr->ns, SV(XMLNS_XML)) && strview_eq(attr->name, SV("lang")))
		return JSONW_PUT(to, "xml:");
	to = jsonw_text(out, JSONW_PUT(to, "{"), attr->ns);
	return to ? JSONW_PUT(to, "}") : NULL;
}

static char *put_attr(struct buf *out, char *to, const struct elem_attr *attr)
{
	to = JSONW_PUT(to, "\"");
	if (attr->ns.n)
		to = put_attr_ns(out, to, attr);
	/* an XML name has nothing to escape */
	if (to)
		to = jsonw_plain(out, to, attr->name);
	if (to)
		to = jsonw_text(out, JSONW_PUT(to, "\":\""), attr->value);
	return to ? JSONW_PUT(to, "\"") : NULL;
}

char *elem_json_put_attrs(struct buf *out, char *to, const struct elem *holder)
{
	if (to)
		to = JSONW_PUT(to, "{");
	for (size_t i = 0; i < holder->n_attrs && to; i++) {
		if (i)
			to = JSONW_PUT(to, ",");
		to = put_attr(out, to, &holder->attrs[i]);
	}
	return to ? JSONW_PUT(to, "}") : NULL;
}

char *elem_json_put_children(struct buf *out, char *to, const struct elem *holder,
			     struct strview ns)
{
	if (to)
		to = JSONW_PUT(to, "[");
	for (const struct elem_node *node = holder->first; node && to; node = node->next) {
		if (node != holder->first)
			to = JSONW_PUT(to, ",");
		if (node->elem)
			to = elem_json_put(out, to, node->elem, ns);
		else
			to = jsonw_quoted(out, to, node->text);
	}
	return to ? JSONW_PUT(to, "]") : NULL;
}

char *elem_json_put(struct buf *out, char *to, const struct elem *e, struct strview outer_ns)
{
	if (to)
		to = jsonw_plain(out, JSONW_PUT(to, "{\"name\":\""), e->name);
	if (to)
		to = JSONW_PUT(to, "\"");
	if (to && !strview_eq(e->ns, outer_ns)) {
		to = jsonw_text(out, JSONW_PUT(to, ",\"ns\":\""), e->ns);
		to = to ? JSONW_PUT(to, "\"") : NULL;
	}
	if (to && e->n_attrs)
		to = elem_json_put_attrs(out, JSONW_PUT(to, ",\"attrs\":"), e);
	if (to && e->first)
		to = elem_json_put_children(out, JSONW_PUT(to, ",\"children\":"), e, e->ns);
	/* the ends of many elements may follow one another */
	return to ? jsonw_room(out, JSONW_PUT(to, "}"), 0) : NULL;
}

void elem_json_write(struct buf *out, const struct elem *e, struct strview outer_ns)
{
	jsonw_close(out, elem_json_put(out, jsonw_open(out), e, outer_ns));
}
