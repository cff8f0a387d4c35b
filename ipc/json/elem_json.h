/* Elements as raw JSON text. */
#pragma once

#include "protocol/xml/elem.h"

/* One JSON value at the end of out; `ns` is left out where it is outer_ns. */
void elem_json_write(struct buf *out, const struct elem *e, struct strview outer_ns);

/*
 * The same at a cursor of jsonw_inline.h, which may be NULL, and parts of it: the object of
 * attributes, the array of children in an element of that namespace.
 */
char *elem_json_put(struct buf *out, char *to, const struct elem *e, struct strview outer_ns);
char *elem_json_put_attrs(struct buf *out, char *to, const struct elem *holder);
char *elem_json_put_children(struct buf *out, char *to, const struct elem *holder,
			     struct strview ns);
