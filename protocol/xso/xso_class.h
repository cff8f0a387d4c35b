/*
 * Classes of XSOs as static tables: decoding, encoding and every other format are derived from
 * them. A table lists a class's fields; attributes come first, a field that claims whatever no
 * other one does comes last.
 */
#pragma once

#include "protocol/xso/xso.h"
#include "protocol/xso/xso_types.h"

/* The name of an element or attribute. */
struct xso_tag {
	struct strview ns; /* n == 0: the holding element's; of a class: the stream's content one */
	struct strview name;
	unsigned mark; /* xso_mark(name): most other names differ in it */
};

/* Length and first byte of a name. */
static inline unsigned xso_mark(struct strview name)
{
	return (unsigned)name.n << 8 | (name.n ? (unsigned char)name.p[0] : 0);
}

enum xso_kind {
	XSO_KIND_ATTR,	     /* an attribute */
	XSO_KIND_TEXT,	     /* the text of the element itself */
	XSO_KIND_CHILD_TEXT, /* a child with a text, perhaps with one attribute (extra) */
	XSO_KIND_CHILD_ATTR, /* a child with one attribute (extra) and nothing else */
	XSO_KIND_FLAG,	     /* an empty child */
	XSO_KIND_LANG_TEXTS, /* children with texts in several languages */
	XSO_KIND_STRINGS,    /* a child that holds children (item) with a text or attribute each */
	XSO_KIND_ONE,	     /* a child of a class */
	XSO_KIND_MANY,	     /* children of a class */
	/* the last ones claim what the others do not */
	XSO_KIND_CONDITION, /* a child whose name is the value, perhaps with a text */
	XSO_KIND_ANY,	    /* a child that no other field claims */
	XSO_KIND_COUNT_
};

enum {
	XSO_REQUIRED = 1 << 0, /* its absence is an issue */
	XSO_LENIENT =
		1 << 1, /* a value that is not valid counts as absent, in `rest`, and is no issue */
	XSO_STRICT = 1 << 2, /* ANY: a child that its class cannot take is an issue */
	XSO_OPEN = 1 << 3,   /* CONDITION: names beyond those of the type are taken too */
};

struct xso_field {
	enum xso_kind kind;
	unsigned flags;
	struct strview name;	   /* unique in the class */
	struct strview extra_name; /* of what is at extra_offset; LANG_TEXTS: of the main text */
	struct strview lang_name;  /* LANG_TEXTS: of the main text's language */
	struct xso_tag tag;	   /* of the attribute or child; CONDITION: ns only */
	struct xso_tag extra;	   /* of the child's attribute; STRINGS: of an item's, if any */
	struct xso_tag item;	   /* STRINGS: of an item */
	size_t offset;		   /* of the member, by kind: */
	size_t extra_offset;	   /* struct strview: extra attribute, condition's text; 0: none */
	const struct xso_type *type; /* ATTR, TEXT, CHILD_*, STRINGS; CONDITION: its names */
	const struct xso_class *cls; /* ONE, MANY: of elements of that tag */
};

struct xso_class {
	struct strview kind; /* unique name */
	struct xso_tag tag;
	size_t size; /* of the struct */
	const struct xso_field *fields;
	size_t n_fields;
	bool top_only; /* as a child that may be anything it is of no class */
	/* What the table cannot say: NULL, or why x is not valid; *ret_field is at fault. */
	const char *(*check)(const struct xso *x, const char **ret_field);
};

/* The field that a child is of by its name, in an element of that class and namespace, or NULL. */
const struct xso_field *xso_field_of(const struct xso_class *cls, struct strview ns,
				     const struct elem *child);
/* The field of an attribute, or NULL. */
const struct xso_field *xso_attr_of(const struct xso_class *cls, const struct elem_attr *attr);
