/* The name of an element or attribute in a table, and literals of it. */
#pragma once

#include "protocol/base/bytes.h"

struct xso_tag {
	/* n == 0: the holding element's; of a class and so of a child of a class: the stream's */
	struct strview ns;
	struct strview name;
	unsigned mark; /* xso_mark(name): most other names differ in it */
};

/* Length and first byte of a name. */
static inline unsigned xso_mark(struct strview name)
{
	return (unsigned)name.n << 8 | (name.n ? (unsigned char)name.p[0] : 0);
}

#define XSO_SV(s)                                                                                  \
	{                                                                                          \
		"" s, sizeof(s) - 1                                                                \
	}
#define XSO_TAG(ns, name)                                                                          \
	{                                                                                          \
		XSO_SV(ns), XSO_SV(name), XSO_MARK(name)                                           \
	}
#define XSO_MARK(name) ((unsigned)(sizeof(name) - 1) << 8 | (unsigned char)("" name)[0])
