/* Elements that name another stanza by an `id`, and say nothing else. */
#pragma once

#include "protocol/xso/xso_macros.h"

struct id_element {
	struct xso xso;
	struct strview id;
};

/* A class of such elements. */
#define XSO_CLASS_ID(class, kind_name, ns, element, text)                                          \
	static const struct xso_field class##_fields[] = {                                         \
		XSO_ATTR(struct id_element, id, "id", xso_string, .flags = XSO_REQUIRED),          \
	};                                                                                         \
	XSO_CLASS(class, struct id_element, kind_name, ns, element, text)
