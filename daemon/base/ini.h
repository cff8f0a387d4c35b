/*
 * The syntax of configuration files, as push/next: sections in brackets, KEY = VALUE, comments from
 * # or ; at the start of a line or after white space, double quotes around a value that has such.
 * It knows no section or key.
 */
#pragma once

#include "protocol/base/bytes.h"

enum ini_kind {
	INI_SECTION, /* name */
	INI_KEY,     /* name, value */
	INI_FAULT,   /* what */
	INI_END,
};

struct ini_item {
	enum ini_kind kind;
	int line; /* from 1 */
	struct strview name;
	struct strview value; /* n == 0: nothing, or "" */
	const char *what;     /* is wrong */
	bool of_section;      /* INI_FAULT: in the line of a section, whose keys have no home now */
};

/* Where reading stands; views of items point into the text. */
struct ini {
	struct strview rest;
	int line;
};

void ini_init(struct ini *i, struct strview text); /* a byte order mark is skipped */
struct ini_item ini_next(struct ini *i);
