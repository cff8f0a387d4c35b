/* Escaping for xmlwrite.c: what cannot be written is latched as -EINVAL, and nothing put. */
#pragma once

#include "protocol/xml/xmlwrite.h"

void xmlescape_text(struct buf *out, struct strview text, bool noncharacters);
void xmlescape_attr(struct buf *out, struct strview text, bool noncharacters);
