/*
 * What the readers of XSOs share: where they are in the value, the first fault, strings that XML
 * can carry. Every reading function returns NULL or false once there is a fault.
 */
#pragma once

#include "ipc/json/xso_json.h"
#include "protocol/xso/xso.h"

#include <jansson.h>

enum {
	JSONR_MAX_DEPTH = 300,
};

struct jsonr {
	struct arena *a;
	struct xso_context ctx;
	bool replace_invalid;
	const char *path; /* JSON Pointer to the whole value */
	unsigned depth;
	struct fault *fault;
};

/* The place of a value: a chain up to the whole. key.p NULL: item `index` of an array. */
struct jsonr_at {
	const struct jsonr_at *up; /* NULL: the whole */
	struct strview key;
	size_t index;
};

#define JSONR_AT_KEY(at, k)   (&(struct jsonr_at){ .up = (at), .key = (k) })
#define JSONR_AT_INDEX(at, i) (&(struct jsonr_at){ .up = (at), .index = (i) })

/* Sets the fault, invalid-xso with the path to `at`, unless there is one. */
void jsonr_fail(struct jsonr *r, const struct jsonr_at *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void jsonr_no_memory(struct jsonr *r);

/* Enters an array or object: false if that is too deep. Every true is followed by a leave. */
bool jsonr_enter(struct jsonr *r, const struct jsonr_at *at);
void jsonr_leave(struct jsonr *r);

/* A text of characters that XML can carry, copied into the arena; not for names. */
bool jsonr_string(struct jsonr *r, const struct jsonr_at *at, const json_t *value,
		  struct strview *ret);

/* The same of a text that is in the arena already. */
bool jsonr_carried(struct jsonr *r, const struct jsonr_at *at, struct strview *text);

/* An XSO in any form, in an element of namespace outer_ns (at the top: the stream's). */
struct elem *jsonr_xso(struct jsonr *r, const struct jsonr_at *at, const json_t *value,
		       struct strview outer_ns);

/* An XSO that is a string of XML. */
struct elem *jsonr_xml(struct jsonr *r, const struct jsonr_at *at, const json_t *value,
		       struct strview outer_ns);

/* Children as in raw: strings are texts, objects XSOs in any form; onto `to`. */
bool jsonr_children(struct jsonr *r, const struct jsonr_at *at, const json_t *array,
		    struct strview ns, struct elem *to);
/* The object of attributes, onto `to`: their names are "name", "xml:lang", "{uri}local". */
bool jsonr_attrs(struct jsonr *r, const struct jsonr_at *at, const json_t *object, struct elem *to);

/* The typed form: an object whose `kind` names its class. */
struct elem *jsonr_typed(struct jsonr *r, const struct jsonr_at *at, const json_t *object);
