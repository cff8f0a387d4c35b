/*
 * Parameters of methods: tables over structs (params.h), which decoding and rpc.discover work by.
 */
#pragma once

#include "protocol/base/bytes.h"

enum param_type {
	PARAM_STRING,		 /* struct strview; p NULL: absent */
	PARAM_BOOL,		 /* struct param_bool */
	PARAM_UINT,		 /* struct param_uint */
	PARAM_SECONDS,		 /* struct param_seconds; null where PARAM_NULLABLE */
	PARAM_ENUM,		 /* int: index into `names`; -1: absent */
	PARAM_STRINGS,		 /* const json_t *: an array of strings, checked */
	PARAM_STRING_OR_STRINGS, /* const json_t *: one string or an array of them, checked */
	PARAM_ARRAY,		 /* const json_t * */
	PARAM_XSO,		 /* const json_t *: object or string, checked no further */
};

struct param_bool {
	bool set, value;
};

struct param_uint {
	bool set;
	uint64_t value;
};

struct param_seconds {
	bool set;
	uint64_t ns; /* UINT64_MAX: for ever (null) */
};

struct param_field {
	const char *name;
	const char *summary;
	enum param_type type;
	size_t offset;
	bool required, nullable;
	uint64_t min, max;	  /* PARAM_UINT; max 0: none */
	const char *const *names; /* PARAM_ENUM, NULL-terminated */
};

struct param_table {
	const struct param_field *fields;
	size_t n, size; /* size of the params struct */
};

/* JSON Schema of a parameter, as one JSON value. */
void param_schema(struct buf *b, const struct param_field *f);
