/*
 * The envelope of JSON-RPC 2.0: what a line is before its method is known, and what of it is wrong.
 * Nothing here knows a client or a method.
 */
#pragma once

#include "protocol/base/fault.h"

#include <jansson.h>

enum {
	ENVELOPE_MAX_DEPTH = 300,
};

struct envelope {
	struct buf id; /* JSON text of it; n == 0: none, or none that could be read */
	const char *method;
	size_t method_n;
	json_t *params; /* NULL: none; an object */
};

void envelope_done(struct envelope *e);

/*
 * One line as JSON: *ret is a new reference. NULL, or a parse-error or invalid-request fault; then
 * e->id is what could be read of it.
 */
struct fault *envelope_parse(struct strview line, json_t **ret, struct envelope *e);

/*
 * One request: e points into it. NULL, or an invalid-request or invalid-params fault with e->id
 * where there is one. *ret_valid says whether it is a request at all: one without an id that is
 * gets no reply.
 */
struct fault *envelope_read(const json_t *request, struct envelope *e, bool *ret_valid);
