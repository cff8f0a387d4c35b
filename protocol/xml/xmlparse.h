/*
 * The parser of one XML stream (RFC 6120 4 and 11): bytes are pushed in, the header, top-level
 * elements, the footer and the first fault are pulled out. On libxml2's push parser, with what it
 * does not do by itself: strict UTF-8, no DTD, comment, processing instruction or entity beyond the
 * five, namespace well-formedness, budgets for everything a peer controls, no growth over time.
 *
 * Events point into memory that stays until the next xmlparse_push(). Push only when
 * xmlparse_next() has returned false, at most XMLPARSE_MAX_PUSH bytes at a time.
 */
#pragma once

#include "protocol/xml/elem.h"

enum {
	XMLPARSE_MAX_PUSH = 16 * 1024,
};

/* Budgets; 0 takes the default. */
struct xmlparse_limits {
	size_t max_stanza_bytes; /* of one top-level element on the wire; default 4 MiB */
	size_t max_depth;	 /* below the stream root; default 128 */
	size_t max_elements;	 /* in one top-level element; default 100,000 */
	size_t max_attrs;	 /* of one element; default 1,024 */
	size_t max_tag_bytes;	 /* of one start tag; default 64 KiB */
	size_t max_name_bytes;	 /* of one name; default 1,024 */
	size_t max_header_bytes; /* before the header is complete; default 64 KiB */
};

enum xmlparse_what {
	XMLPARSE_HEADER,  /* `header` */
	XMLPARSE_ELEMENT, /* `elem`, `rest` */
	XMLPARSE_FOOTER,
	XMLPARSE_FAULT, /* `condition`, `text`; nothing follows */
};

/* The peer's stream header; absent attributes have p == NULL. */
struct xmlparse_header {
	struct strview to, from, id, version, lang;
	struct strview default_ns; /* content namespace: what xmlns= says, n == 0 if nothing */
};

struct xmlparse_event {
	enum xmlparse_what what;
	struct xmlparse_header header;
	const struct elem *elem;
	size_t rest;	       /* bytes of this push behind the element */
	const char *condition; /* RFC 6120 4.9.3 stream error condition, static */
	const char *text;      /* explanation in English, or NULL */
};

struct xmlparse;

/* NULL without memory. limits may be NULL. */
struct xmlparse *xmlparse_new(const struct xmlparse_limits *limits);
void xmlparse_free(struct xmlparse *p); /* takes NULL */

int xmlparse_push(struct xmlparse *p,
		  struct strview in); /* 0 or -ENOMEM: the parser is then dead */
bool xmlparse_next(struct xmlparse *p, struct xmlparse_event *ret);

/* Whether an element (or the header) has begun and not ended: someone should mind the time. */
bool xmlparse_in_element(const struct xmlparse *p);

/*
 * Gives back what is not needed between stanzas, libxml2's context with it, if nothing is pending;
 * the next push rebuilds it from the recorded header. What events pointed into is gone then.
 */
void xmlparse_relax(struct xmlparse *p);

/*
 * Parses one whole document fragment: exactly one element, `default_ns` where it declares none. For
 * XSOs that clients give as XML; a comment, processing instruction, declaration or DTD is a fault.
 * 0, -EINVAL with *ret_text set to a static explanation, or -ENOMEM.
 */
int xmlparse_fragment(struct arena *a, struct strview in, struct strview default_ns,
		      const struct elem **ret, const char **ret_text);
