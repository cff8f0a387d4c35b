#include "protocol/vocab/rsm.h"

#include "protocol/xso/xso_macros.h"

struct rsm_first {
	struct xso xso;
	int64_t index; /* of that item among all */
	struct strview id;
};

static const struct xso_field rsm_first_class_fields[] = {
	XSO_ATTR_INT(struct rsm_first, index, "index", xso_uint32, .flags = XSO_LENIENT),
	XSO_TEXT(struct rsm_first, id, xso_string),
};
XSO_CLASS(rsm_first_class, struct rsm_first, "rsm_first", XMLNS_RSM, "first",
	  "The first item of a page (XEP-0059)");

static const struct xso_field rsm_class_fields[] = {
	XSO_CHILD_TEXT(struct rsm, after, "", "after", xso_string),
	XSO_CHILD_TEXT(struct rsm, before, "", "before", xso_string),
	XSO_CHILD_INT(struct rsm, index, "", "index", xso_uint32, .flags = XSO_LENIENT),
	XSO_CHILD_INT(struct rsm, max, "", "max", xso_uint32, .flags = XSO_LENIENT),
	XSO_ONE(struct rsm, first, struct rsm_first, rsm_first_class, XMLNS_RSM, "first"),
	XSO_CHILD_TEXT(struct rsm, last, "", "last", xso_string),
	XSO_CHILD_INT(struct rsm, count, "", "count", xso_uint32, .flags = XSO_LENIENT),
};
XSO_CLASS(rsm_class, struct rsm, "rsm", XMLNS_RSM, "set",
	  "Which page of a result is asked for, or is this (XEP-0059)");
