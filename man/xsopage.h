/*
 * gen-xso-page: stanzad-xso(7) from the tables of the classes, and from the examples of
 * specifications that the tests run (tests/transcripts/xso). It runs when the tree is built.
 */
#pragma once

#include <stdio.h>

#include "protocol/xso/xso_registry.h"

/* --- xsopage_prose.c: sentences of words and macros
 * ----------------------------------------------- */

/* Where a line of roff stands. */
struct prose {
	FILE *out;
	enum {
		PROSE_BEGIN,
		PROSE_TEXT,
		PROSE_MACRO
	} at;
};

void prose_text(struct prose *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void prose_macro(struct prose *p, const char *macro, struct strview arg);
void prose_punct(struct prose *p, const char *mark); /* at the end of what came last */
void prose_end(struct prose *p);		     /* of the line */
void prose_stop(struct prose *p);		     /* of the sentence */
/* "a, b or c", each as that macro; names with n == 0 are left out. */
void prose_list(struct prose *p, const char *macro, const struct strview *names, size_t n,
		const char *last);

/* A line, or the rest of one, in a display: roff's own characters escaped. */
void roff_literal(FILE *out, struct strview text);

/* --- xsopage_class.c ----------------------------------------------------------------------------
 */

void xsopage_class(FILE *out, const struct xso_class *cls, const struct xso_registry *r);
void xsopage_field(FILE *out, const struct xso_class *cls, const struct xso_field *f);

/* --- xsopage_example.c
 * ---------------------------------------------------------------------------- */

/* For each class of r the best object among the examples in that folder. Exits where it fails. */
void xsopage_load_examples(const char *folder, const struct xso_registry *r);
/* Nothing where there is none, which tests/process/test_xso.py finds. */
void xsopage_example(FILE *out, const struct xso_class *cls);

/* --- xsopage_pretty.c: over several lines
 * --------------------------------------------------------- */

void xsopage_json(FILE *out, struct strview json);
void xsopage_xml(FILE *out, const struct elem *e);
