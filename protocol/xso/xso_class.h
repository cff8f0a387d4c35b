/*
 * Classes of XSOs as static tables: decoding, encoding and every other format are derived from
 * them. A table lists a class's fields; attributes come first, a field that claims whatever no
 * other one does comes last.
 */
#pragma once

#include "protocol/xso/xso.h"
#include "protocol/xso/xso_tag.h"
#include "protocol/xso/xso_types.h"

enum xso_kind {
	XSO_KIND_ATTR,	     /* an attribute */
	XSO_KIND_TEXT,	     /* the text of the element itself */
	XSO_KIND_CHILD_TEXT, /* a child with a text, perhaps with one attribute (extra) */
	XSO_KIND_CHILD_ATTR, /* a child with one attribute (extra) and nothing else */
	XSO_KIND_FLAG,	     /* an empty child */
	XSO_KIND_LANG_TEXTS, /* children with texts in several languages */
	XSO_KIND_VALUES,     /* children with a text or one attribute (extra) each */
	XSO_KIND_STRINGS,    /* the same (item), wrapped in a child that holds nothing else */
	XSO_KIND_MAP,	     /* children with a key (attribute extra) and a text each */
	XSO_KIND_ONE,	     /* a child of a class */
	XSO_KIND_MANY,	     /* children of a class */
	/* the last ones claim what the others do not */
	XSO_KIND_TAG, /* a child whose name is the value, perhaps with a text */
	XSO_KIND_ANY, /* a child that no other field claims */
	XSO_KIND_COUNT_
};

enum {
	XSO_REQUIRED = 1 << 0, /* its absence is an issue */
	XSO_LENIENT = 1 << 1,  /* a value that is not valid counts as absent, in `rest` */
	XSO_STRICT = 1 << 2,   /* ONE, MANY, ANY: a child that its class cannot take is an issue */
	XSO_OPEN = 1 << 3,     /* TAG: names beyond those of the type are taken too */
	XSO_FROM_ACCOUNT = 1 << 4, /* taken only if the stanza is from the own account; */
	XSO_FROM_ARCHIVE = 1 << 5, /* ... or from an archive that was asked (xso_context) */
};

struct xso_field {
	enum xso_kind kind;
	unsigned flags;
	struct strview name;	     /* unique in the class */
	struct strview extra_name;   /* of what is at extra_offset; LANG_TEXTS: of the main text */
	struct strview lang_name;    /* LANG_TEXTS: of the main text's language */
	struct xso_tag tag;	     /* of the attribute or child; TAG: ns only */
	struct xso_tag extra;	     /* of the child's attribute; of an item's, if it is one */
	struct xso_tag item;	     /* STRINGS: of an item */
	size_t offset;		     /* of the member, by kind: see xso_macros.h */
	size_t extra_offset;	     /* struct strview: extra attribute, tag's text; 0: none */
	const struct xso_type *type; /* ATTR, TEXT, CHILD_*, VALUES, STRINGS, MAP; TAG: its names */
	const struct xso_class *cls; /* ONE, MANY: of elements of that tag */
	struct strview absent;	     /* the text that absence means, not emitted; p NULL: none */
};

enum {
	XSO_RULE_NAMES = 4,
};

/* If a field has one of these values, then some fields must be there and others must not. */
struct xso_rule {
	const char *field, *is[XSO_RULE_NAMES];
	const char *needs[XSO_RULE_NAMES]; /* a list ends with NULL, or is full */
	bool or_other;			   /* an unknown child will do, instead of those needed */
	const char *bars[XSO_RULE_NAMES];  /* "other": no unknown child or text either */
	const char *text;		   /* in English, why */
};

/* What a class refuses; without, it is kept in `rest`. */
enum {
	XSO_REFUSE_ATTRS = 1 << 0,    /* unknown attributes */
	XSO_REFUSE_CHILDREN = 1 << 1, /* unknown children */
	XSO_REFUSE_TEXT = 1 << 2,     /* text where the class has none */
};

enum {
	XSO_MAX_FIELDS = 128, /* of a class: bits of struct xso_mask */
};

struct xso_index;

struct xso_class {
	struct strview kind; /* unique name */
	struct xso_tag tag;
	size_t size; /* of the struct */
	const struct xso_field *fields;
	size_t n_fields;
	const struct xso_rule *rules;
	size_t n_rules;
	unsigned refuse;
	bool top_only;		 /* as a child that may be anything it is of no class */
	struct strview summary;	 /* for the manual and schemas: what it is, and where defined */
	struct xso_index *index; /* of its fields: xso_index.h */
	/*
	 * NULL, or the class that this one stands for in a registry with declared classes: it has
	 * the same struct and fields, and more room and further fields behind.
	 */
	const struct xso_class *base;
};

/* Whether x is of that class: then it may be cast to the class's struct. */
static inline bool xso_is(const struct xso *x, const struct xso_class *cls)
{
	return x && (x->cls == cls || x->cls->base == cls);
}

/* The field that a child is of by its name, in an element of that class, or NULL. */
const struct xso_field *xso_field_of(const struct xso_class *cls, struct strview default_ns,
				     const struct elem *child);
/* The field that has that name, not one of its extra ones, or NULL. */
const struct xso_field *xso_field_named(const struct xso_class *cls, struct strview name);
/* The field of an attribute, or NULL. */
const struct xso_field *xso_attr_of(const struct xso_class *cls, const struct elem_attr *attr);
