/*
 * Writes XML onto a buf: elements, namespace-aware, from a tree; the stream's header and footer.
 * What comes out never needs the input's quoting: CR is written as a reference, in attributes TAB,
 * LF and CR, and `>` always. Nothing that XML 1.0 cannot carry is written: the write fails instead
 * and the buf is rolled back.
 */
#pragma once

#include "protocol/xml/elem.h"

/* Where and why an element cannot be written. */
struct xmlwrite_issue {
	const char *text;	 /* static */
	const struct elem *elem; /* the element that holds it */
};

struct xmlwrite_context {
	struct strview default_ns; /* in force where the element is written; n == 0: none */
	bool stream_prefix;	   /* `stream:` is bound to XMLNS_STREAM there */
	bool sorted_attributes;	   /* by name: for tests and debugging */
	bool noncharacters;	   /* lets those through that XML 1.0 can carry: for what came in */
};

/* 0, -EINVAL with *ret_issue (which may be NULL), or -ENOMEM. */
int xmlwrite_elem(struct buf *out, const struct elem *e, const struct xmlwrite_context *ctx,
		  struct xmlwrite_issue *ret_issue);

struct xmlwrite_header {
	struct strview to, from, lang, version; /* p == NULL: left out */
	struct strview default_ns;
	bool sorted_attributes;
};

/* <?xml version='1.0'?><stream:stream …> (RFC 6120 4.7). 0, -EINVAL or -ENOMEM, as above. */
int xmlwrite_header(struct buf *out, const struct xmlwrite_header *h);
void xmlwrite_footer(struct buf *out);

/* What XML cannot carry is latched as -EINVAL in out->error, and nothing of that text written. */
void xmlwrite_text(struct buf *out, struct strview text);	/* escaped for content */
void xmlwrite_attr_value(struct buf *out, struct strview text); /* escaped for either quote */

/* Names and characters, by XML 1.0 (fifth edition) and Namespaces in XML 1.0. */
bool xml_is_ncname(struct strview v);
bool xml_is_nmtoken(struct strview v);
/*
 * The length of the character at the front of v, which is not empty; 0 where it is no XML Char, or
 * a noncharacter and those are not wanted.
 */
size_t xml_char_length(struct strview v, bool noncharacters);
/* Valid UTF-8 of XML Chars only, and no noncharacter: index of the first bad byte, or v.n. */
size_t xml_bad_char(struct strview v);
