/*
 * What the files of the parser share: xmlparse.c feeds libxml2 and keeps budgets over bytes;
 * libxml2 calls xmlparse_tree.c for tags and text, xmlparse_sax.c for all else.
 *
 * Names and namespaces in the trees are strings of libxml2's dictionary, which lives as long as the
 * events of a push: where the context is replaced in a push, its dictionary is kept until the next.
 */
#pragma once

#include <libxml/parser.h>

#include "protocol/base/utf8.h"
#include "protocol/xml/xmlparse.h"

/* An element with its place in the tree. */
struct open_elem {
	struct elem elem;
	struct elem_node node; /* in the parent, if it is an elem */
	struct open_elem *parent;
};

struct top_elem {
	struct open_elem open;
	struct top_elem *next; /* complete ones wait in a queue */
	size_t rest;
};

struct xmlparse {
	struct xmlparse_limits limits;
	bool fragment;		/* any root will do */
	xmlParserCtxt *ctxt;	/* NULL: nothing came yet, relaxed, being replaced */
	xmlDict *old_dict;	/* of the context that was replaced in this push */
	struct buf header;	/* all bytes up to the end of the header, to make a new context */
	struct utf8_check utf8; /* across pushes */

	/*
	 * What was begun before a push stays in its arena, what begins in it goes into the other,
	 * so that each is empty again after two pushes.
	 */
	struct arena arenas[2], *arena;
	bool switch_arena;	/* at the next top-level element */
	struct open_elem *open; /* the innermost, NULL between top-level elements */
	struct elem_node *text; /* the last text of open->elem, not linked yet; or NULL */
	struct buf pieces;	/* all of that text, where it came in pieces */
	size_t depth;		/* of open elements, the stream's root included */
	size_t n_elements;	/* begun in the current top-level element */

	/* Offsets into the stream. */
	uint64_t fed;		/* what libxml2 was given */
	uint64_t begin;		/* of what is not complete yet */
	uint64_t replaced;	/* when the context was */
	unsigned long dict_use; /* of the fresh context */

	/* The chunk that libxml2 is parsing. */
	size_t chunk_n, behind; /* its length, and how much of the push follows it */
	bool chunk_cr;		/* ends in a CR, which libxml2 holds back from its input */
	size_t refeed;		/* its last bytes that the next context gets again */
	bool replace;		/* the context stopped, to be replaced */

	/* For xmlparse_next(). */
	struct xmlparse_header remote;
	struct top_elem *first, *last;
	const char *condition, *why; /* the fault */
	bool header_done, header_told, footer_done, footer_told, fault_told;
	bool no_memory;
};

static inline bool xmlparse_over(const struct xmlparse *p)
{
	return p->condition || p->footer_done || p->no_memory;
}

/* What libxml2 holds that it has not parsed yet. */
static inline struct strview xmlparse_unparsed(const struct xmlparse *p)
{
	const xmlParserInput *in = p->ctxt ? p->ctxt->input : NULL;

	return in ? (struct strview){ (const char *)in->cur, (size_t)(in->end - in->cur) }
		  : SV_NONE;
}

/* The first fault counts; from then on libxml2 calls nothing. */
void xmlparse_fail(struct xmlparse *p, const char *condition, const char *why);
void xmlparse_out_of_memory(struct xmlparse *p);

/* The callbacks of xmlparse_tree.c. */
void xmlparse_on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns,
		       int n_decls, const xmlChar **decls, int n_attrs, int n_defaulted,
		       const xmlChar **attrs);
void xmlparse_on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns);
void xmlparse_on_text(void *user, const xmlChar *s, int n);

extern const xmlSAXHandler xmlparse_handler;
