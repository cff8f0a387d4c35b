/* What the tests of XSOs in JSON share. */
#pragma once

#include "ipc/json/xso_json.h"

struct xsojson {
	struct arena arena;
	struct xso_json_context ctx;
};

extern struct xsojson xsojson;

void xsojson_begin(void); /* a new arena; the stream is one of jabber:client */
void xsojson_end(void);

/* Parses XML that is right. */
const struct elem *xsojson_parse(const char *xml);

/* e as text of that format; ret_invalid may be NULL where the class is to take it. */
struct strview xsojson_write(const struct elem *e, enum xso_format format,
			     struct fault **ret_invalid);

/*
 * Reads JSON text as an XSO at /xso; NULL with the fault, which the arena's end does not free.
 */
const struct elem *xsojson_read(struct strview json, bool replace_invalid, struct fault **ret);

/* Fails the test unless both are the same element. */
void xsojson_expect_equal(const struct elem *got, const struct elem *want);
