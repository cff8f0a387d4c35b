/*
 * XSOs as JSON values, in the three formats that clients choose from, both ways
 * (stanzad-protocol(7), XSOS IN JSON). Typed JSON is derived from the class tables of protocol/xso;
 * raw and xml are the element itself. What comes out is text, what comes in is a jansson value.
 */
#pragma once

#include "protocol/base/fault.h"
#include "protocol/xml/elem.h"

#include <jansson.h>

struct xso_archives;
struct xso_registry;

enum xso_format {
	XSO_TYPED,
	XSO_RAW,
	XSO_XML,
	XSO_FORMAT_COUNT_
};

const char *xso_format_name(enum xso_format f);
bool xso_format_parse(struct strview name, enum xso_format *ret);

struct xso_json_context {
	struct strview default_ns;	     /* the stream's; jabber:client where there is none */
	const struct xso_registry *registry; /* NULL: the built-in classes */
	bool reject_unknown_payload; /* typed: an iq whose payload has no class is an issue */
	/* who may send what is not everybody's to send, as in struct xso_context */
	struct strview account;
	const struct xso_archives *archives;
};

/*
 * Writes e as one JSON value. Typed: where e's class cannot take it, the partial XSO is written
 * instead (kind and attributes) and *ret_invalid is an invalid-xso fault, with `path` to what was
 * at fault; it is NULL otherwise. An element of no class is written raw. 0 or the buf's latched
 * error; scratch is used and not reset.
 */
int xso_json_write(struct buf *out, const struct elem *e, enum xso_format format,
		   const struct xso_json_context *ctx, struct arena *scratch,
		   struct fault **ret_invalid);

/* Whether the class of e can take it, without writing: NULL or the invalid-xso fault. */
struct fault *xso_json_check(const struct elem *e, const struct xso_json_context *ctx,
			     struct arena *scratch);

/*
 * Reads any of the three forms; an object with `kind` is typed. `path` is the JSON Pointer to the
 * value, the prefix of data.path in faults. The element and its strings live in a (strings of the
 * value are copied). NULL, or an invalid-xso fault. replace_invalid: characters that XML cannot
 * carry become U+FFFD in texts and attribute values.
 */
struct fault *xso_json_read(const json_t *value, const char *path,
			    const struct xso_json_context *ctx, bool replace_invalid,
			    struct arena *a, const struct elem **ret);

/* Whether `kind` names a class, for matches; ret_ns and ret_name take its element. */
bool xso_json_kind(const struct xso_json_context *ctx, struct strview kind, struct strview *ret_ns,
		   struct strview *ret_name);
