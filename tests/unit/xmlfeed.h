/* Feeds the XML parser in pieces and writes down what comes out, so that it can be compared. */
#pragma once

#include "protocol/xml/xmlparse.h"

/*
 * One line an event: "H to|from|id|version|lang|default_ns" with - for what is absent, "E " and the
 * element as XML, "F" for the footer, "! " and the condition.
 */
void xmlfeed_log(struct buf *log, const struct xmlparse_event *ev);

/* Pushes one piece of any size, and logs. 0 or what xmlparse_push() returned. */
int xmlfeed_push(struct xmlparse *p, struct strview in, struct buf *log);

/* In pieces of 1 to max bytes, by a generator that *seed starts and goes on with. */
int xmlfeed_cut(struct xmlparse *p, struct strview in, size_t max, unsigned *seed, struct buf *log);
