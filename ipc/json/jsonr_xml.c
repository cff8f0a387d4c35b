#include "ipc/json/jsonr.h"

#include <errno.h>

#include "protocol/xml/xmlparse.h"

/*
 * What the parser lets through for a server's sake and we do not send: noncharacters, which came as
 * character references. The depth is bounded by that of a fragment.
 */
static bool check_texts(struct jsonr *r, const struct jsonr_at *at, struct elem *e)
{
	if (!jsonr_carried(r, at, &e->ns))
		return false;
	for (size_t i = 0; i < e->n_attrs; i++) {
		if (!jsonr_carried(r, at, &e->attrs[i].ns) ||
		    !jsonr_carried(r, at, &e->attrs[i].value))
			return false;
	}
	elem_for_each_node(it, e)
	{
		if (it->elem ? !check_texts(r, at, it->elem) : !jsonr_carried(r, at, &it->text))
			return false;
	}
	return true;
}

struct elem *jsonr_xml(struct jsonr *r, const struct jsonr_at *at, const json_t *value,
		       struct strview outer_ns)
{
	const struct elem *parsed;
	const char *text = NULL;
	struct strview xml;
	struct elem *e;
	int status;

	if (!jsonr_string(r, at, value, &xml))
		return NULL;
	status = xmlparse_fragment(r->a, xml, outer_ns, &parsed, &text);
	if (status == -EINVAL)
		jsonr_fail(r, at, "not one XML element: %s", text ? text : "not well-formed");
	else if (status < 0)
		jsonr_no_memory(r);
	if (status < 0)
		return NULL;
	e = (struct elem *)parsed; /* it is ours: nobody else knows it */
	return check_texts(r, at, e) ? e : NULL;
}
