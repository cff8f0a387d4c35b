/*
 * How class tables are written: a macro for each kind of field. T is the struct and m its member,
 * whose type is checked, and the field has its name. A namespace "" is that of the holding element,
 * of a child of a class (XSO_ONE, XSO_MANY) the stream's. What follows the named parameters are
 * further initialisers.
 */
#pragma once

#include "protocol/base/ns.h"
#include "protocol/xso/xso_macros_class.h"

/* Offset of a member and a compile-time check that it has type C. */
#define XSO_OFFSET(T, m, C)		    (offsetof(T, m) + _Generic(&((T *)0)->m, C * : 0))

/* What absence means, as the text of a value: XSO_ATTR(T, m, "m", xso_string, XSO_DEFAULT("x")) */
#define XSO_DEFAULT(text)		    .absent = XSO_SV(text)

#define XSO_FIELD(field_kind, T, m, C, ...) XSO_FIELD_NAMED(field_kind, T, m, #m, C, ##__VA_ARGS__)
/* For names that C has as keywords. */
#define XSO_FIELD_NAMED(field_kind, T, m, field_name, C, ...)                                      \
	{                                                                                          \
		.kind = XSO_KIND_##field_kind, .name = XSO_SV(field_name),                         \
		.offset = XSO_OFFSET(T, m, C), ##__VA_ARGS__                                       \
	}

/* A second string that comes with a field: an attribute of the child, a condition's text. */
#define XSO_EXTRA(T, m)		       .extra_name = XSO_SV(#m), .extra_offset = XSO_OFFSET(T, m, struct strview)
#define XSO_EXTRA_ATTR(T, m, ns, attr) XSO_EXTRA(T, m), .extra = XSO_TAG(ns, attr)

#define XSO_ATTR_AS(C, T, m, attr, t, ...)                                                         \
	XSO_FIELD(ATTR, T, m, C, .tag = XSO_TAG("", attr), .type = &t, ##__VA_ARGS__)
#define XSO_ATTR(T, m, attr, t, ...)	  XSO_ATTR_AS(struct strview, T, m, attr, t, ##__VA_ARGS__)
#define XSO_ATTR_ENUM(T, m, attr, t, ...) XSO_ATTR_AS(unsigned, T, m, attr, t, ##__VA_ARGS__)
#define XSO_ATTR_INT(T, m, attr, t, ...)  XSO_ATTR_AS(int64_t, T, m, attr, t, ##__VA_ARGS__)
#define XSO_ATTR_BOOL(T, m, attr, t, ...) XSO_ATTR_AS(bool, T, m, attr, t, ##__VA_ARGS__)
#define XSO_LANG(T, m)                                                                             \
	XSO_FIELD(ATTR, T, m, struct strview, .tag = XSO_TAG(XMLNS_XML, "lang"),                   \
		  .type = &xso_string)

#define XSO_TEXT_AS(C, T, m, t, ...) XSO_FIELD(TEXT, T, m, C, .type = &t, ##__VA_ARGS__)
#define XSO_TEXT(T, m, t, ...)	     XSO_TEXT_AS(struct strview, T, m, t, ##__VA_ARGS__)

#define XSO_CHILD_AS(C, T, m, ns, child, t, ...)                                                   \
	XSO_FIELD(CHILD_TEXT, T, m, C, .tag = XSO_TAG(ns, child), .type = &t, ##__VA_ARGS__)
#define XSO_CHILD_TEXT(T, m, ns, child, t, ...)                                                    \
	XSO_CHILD_AS(struct strview, T, m, ns, child, t, ##__VA_ARGS__)
#define XSO_CHILD_ENUM(T, m, ns, child, t, ...)                                                    \
	XSO_CHILD_AS(unsigned, T, m, ns, child, t, ##__VA_ARGS__)
#define XSO_CHILD_INT(T, m, ns, child, t, ...)                                                     \
	XSO_CHILD_AS(int64_t, T, m, ns, child, t, ##__VA_ARGS__)
#define XSO_CHILD_ATTR_AS(C, T, m, ns, child, attr, t, ...)                                        \
	XSO_FIELD(CHILD_ATTR, T, m, C, .tag = XSO_TAG(ns, child), .extra = XSO_TAG("", attr),      \
		  .type = &t, ##__VA_ARGS__)
#define XSO_CHILD_ATTR(T, m, ns, child, attr, t, ...)                                              \
	XSO_CHILD_ATTR_AS(struct strview, T, m, ns, child, attr, t, ##__VA_ARGS__)
/* <child>true</child>; a FLAG is <child/> */
#define XSO_CHILD_BOOL(T, m, ns, child, t, ...)                                                    \
	XSO_CHILD_AS(bool, T, m, ns, child, t, ##__VA_ARGS__)
#define XSO_FLAG(T, m, ns, child) XSO_FIELD(FLAG, T, m, bool, .tag = XSO_TAG(ns, child))

/* A list of struct xso_text, named as a plural; its main text has the name in the singular. */
#define XSO_LANG_TEXTS(T, m, singular, ns, child)                                                  \
	XSO_FIELD(LANG_TEXTS, T, m, struct xso_list, .tag = XSO_TAG(ns, child),                    \
		  .extra_name = XSO_SV(singular), .lang_name = XSO_SV(singular "_lang"),           \
		  .type = &xso_string)

/*
 * Lists of union xso_value (of struct strview, if it is the type of strings):
 * <child>value</child><child>value</child>…, or with the value in an attribute of each child
 */
#define XSO_VALUES(T, m, ns, child, t, ...)                                                        \
	XSO_FIELD(VALUES, T, m, struct xso_list, .tag = XSO_TAG(ns, child), .type = &t,            \
		  ##__VA_ARGS__)
#define XSO_ATTR_VALUES(T, m, ns, child, attr, t, ...)                                             \
	XSO_VALUES(T, m, ns, child, t, .extra = XSO_TAG("", attr), ##__VA_ARGS__)

/* A list of struct xso_pair, each key once: <child key='key'>value</child>… */
#define XSO_MAP(T, m, ns, child, key, t, ...)                                                      \
	XSO_FIELD(MAP, T, m, struct xso_list, .tag = XSO_TAG(ns, child),                           \
		  .extra = XSO_TAG("", key), .type = &t, ##__VA_ARGS__)

/* A list as of XSO_VALUES: <child><item>value</item>…</child> */
#define XSO_STRINGS(T, m, ns, child, item_name, t, ...)                                            \
	XSO_FIELD(STRINGS, T, m, struct xso_list, .tag = XSO_TAG(ns, child),                       \
		  .item = XSO_TAG("", item_name), .type = &t, ##__VA_ARGS__)

/* A pointer to C, and a list of pointers to such objects; the tag is the class's. */
#define XSO_ONE(T, m, C, class, ns, child, ...)                                                    \
	XSO_FIELD(ONE, T, m, C *, .cls = &class, .tag = XSO_TAG(ns, child), ##__VA_ARGS__)
#define XSO_MANY(T, m, class, ns, child, ...)                                                      \
	XSO_FIELD(MANY, T, m, struct xso_list, .cls = &class, .tag = XSO_TAG(ns, child),           \
		  ##__VA_ARGS__)

/* The name of the child, which is in that namespace: a stanza error's condition, a chat state. */
#define XSO_CHILD_TAG(T, m, ns, t, ...)                                                            \
	XSO_FIELD(TAG, T, m, struct strview, .tag = XSO_TAG(ns, ""), .type = &t, ##__VA_ARGS__)

#define XSO_ANY(T, m, ...) XSO_FIELD(ANY, T, m, struct xso_any, ##__VA_ARGS__)
