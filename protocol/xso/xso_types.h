/*
 * The types of single values: how the text of an attribute or element becomes a member and back.
 * Strings are kept as they were written; numbers and booleans may come back in another form.
 */
#pragma once

#include "protocol/base/arena.h"

enum xso_store {
	XSO_STORE_STR,	/* struct strview */
	XSO_STORE_ENUM, /* unsigned: index into names */
	XSO_STORE_INT,	/* int64_t */
	XSO_STORE_BOOL, /* bool */
};

/* Room for a member of any type. */
union xso_value {
	struct strview text;
	unsigned index;
	int64_t number;
	bool boolean;
};

struct xso_type {
	const char *name; /* for messages and schemas: "jid" */
	enum xso_store store;
	const struct strview *names; /* enum; one with n == 0 stands for absence, as a default */
	size_t n_names;
	int64_t min, max; /* int */
	/* str: 0, -EINVAL or -ENOMEM; NULL: any string will do */
	int (*valid)(struct strview v, struct arena *scratch);
};

extern const struct xso_type xso_string;
extern const struct xso_type xso_jid;	   /* RFC 7622; kept as written, not prepared */
extern const struct xso_type xso_datetime; /* XEP-0082 DateTime */
extern const struct xso_type xso_date;	   /* XEP-0082 Date */
extern const struct xso_type xso_time;	   /* XEP-0082 Time */
extern const struct xso_type xso_base64;   /* RFC 4648 section 4, or "=": RFC 6120 6.4.2 */
extern const struct xso_type xso_hex;	   /* RFC 4648 section 8, either case */
extern const struct xso_type xso_language; /* RFC 5646 2.1, its shape */
extern const struct xso_type xso_nmtoken;  /* XML 1.0 2.3 */
extern const struct xso_type xso_uri;	   /* RFC 3986, or an IRI: RFC 3987 */
extern const struct xso_type xso_location; /* "host:port", "[::1]:5222": RFC 3986 3.2 */
extern const struct xso_type xso_byte;	   /* -128 to 127 */
extern const struct xso_type xso_uint8;
extern const struct xso_type xso_uint16;
extern const struct xso_type xso_uint32;
extern const struct xso_type xso_int; /* all that JSON can carry: 53 bits */
extern const struct xso_type xso_uint;
extern const struct xso_type xso_bool;

/* A const struct xso_type of an enum, from an array of struct strview. */
#define XSO_ENUM_TYPE(type_name, name_list)                                                        \
	{                                                                                          \
		.name = type_name, .store = XSO_STORE_ENUM, .names = name_list,                    \
		.n_names = ARRAY_SIZE(name_list)                                                   \
	}

/* 0, -EINVAL or -ENOMEM; the member is not touched unless 0. */
int xso_type_parse(const struct xso_type *t, struct strview text, struct arena *scratch,
		   void *member);

/* The text of a member; p NULL without memory. */
struct strview xso_type_format(const struct xso_type *t, const void *member, struct arena *a);
