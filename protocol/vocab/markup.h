/* Markup of a body (XEP-0394). */
#pragma once

#include "protocol/xso/xso_class.h"

#define XMLNS_MARKUP "urn:xmpp:markup:0"

extern const struct xso_class markup_class, markup_span_class, markup_bcode_class,
	markup_list_class, markup_bquote_class;
