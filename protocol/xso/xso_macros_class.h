/* How a class is made of its table of fields (xso_macros.h). */
#pragma once

#include <assert.h>

#include "protocol/xso/xso_index.h"

/*
 * A class of that name from the table NAME_fields, with struct T. Further initialisers: .rules and
 * .n_rules by XSO_RULES(table), .refuse, .top_only. The summary says what it is and where defined:
 * "Delayed delivery (XEP-0203)".
 */
#define XSO_CLASS(class, T, kind_name, ns, element, text, ...)                                     \
	static_assert(offsetof(T, xso) == 0, "the head comes first");                              \
	static_assert(ARRAY_SIZE(class##_fields) <= XSO_MAX_FIELDS, "fields fit the mask");        \
	static struct xso_index class##_index = XSO_INDEX(ARRAY_SIZE(class##_fields));             \
	const struct xso_class class = { .kind = XSO_SV(kind_name),                                \
					 .tag = XSO_TAG(ns, element),                              \
					 .size = sizeof(T),                                        \
					 .fields = class##_fields,                                 \
					 .n_fields = ARRAY_SIZE(class##_fields),                   \
					 .summary = XSO_SV(text),                                  \
					 .index = &class##_index,                                  \
					 ##__VA_ARGS__ }
#define XSO_RULES(table) .rules = table, .n_rules = ARRAY_SIZE(table)

/* A class without fields of its own: all that it says is that it is there. */
#define XSO_CLASS_EMPTY(class, kind_name, ns, element, text)                                       \
	const struct xso_class class = { .kind = XSO_SV(kind_name),                                \
					 .tag = XSO_TAG(ns, element),                              \
					 .size = sizeof(struct xso),                               \
					 .summary = XSO_SV(text) }
