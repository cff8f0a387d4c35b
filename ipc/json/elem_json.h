/* Elements as raw JSON text. */
#pragma once

#include "protocol/xml/elem.h"

/* One JSON value; `ns` is left out where it is outer_ns. */
void elem_json_write(struct buf *out, const struct elem *e, struct strview outer_ns);

/* Parts of it: the object of attributes, the array of children in an element of that namespace. */
void elem_json_write_attrs(struct buf *out, const struct elem_attr *attrs, size_t n_attrs);
void elem_json_write_children(struct buf *out, const struct elem_node *first, struct strview ns);
