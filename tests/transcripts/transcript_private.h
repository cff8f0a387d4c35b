/* What transcript.c and transcript_calls.c share. */
#pragma once

#include "tests/transcripts/transcript.h"

enum {
	TRANSCRIPT_MAX_EVENTS = 64,
	TRANSCRIPT_MAX_WHEN = 8,
};

enum transcript_cut {
	CUT_NOT,
	CUT_BYTES,
	CUT_RANDOM,
};

struct transcript_when {
	char *event, *call; /* NULL: done */
};

struct transcript {
	struct stream *stream;
	enum transcript_cut cut;
	bool lenient; /* an allocation may fail: only invariants hold */
	uint64_t seed;
	uint64_t now;
	const char *script;
	unsigned line;

	struct buf sent;		     /* not yet named by a C: */
	char *events[TRANSCRIPT_MAX_EVENTS]; /* not yet named by an E: */
	size_t first_event, n_events;
	struct transcript_when when[TRANSCRIPT_MAX_WHEN];
	size_t n_when;
	bool pulling;
	bool hold; /* what we send stays pending */

	struct fault *failed; /* the latest call's; NULL: it has not */
	bool failed_named;

	/* for the invariants */
	enum stream_state state;
	bool told_closing;
	bool app_closed;
};

/* Fails the test, naming the line. */
void transcript_fail(struct transcript *t, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));
void transcript_step(struct transcript *t, const char *line);
/* Whether `is` is that, or begins so and a word ends there. */
bool transcript_begins(const char *is, const char *expected);
/* TEXT with its escapes undone; on the heap. */
struct buf transcript_text(struct transcript *t, const char *text);
void transcript_call(struct transcript *t, const char *call);
void transcript_describe_fault(struct buf *out, const struct fault *f);
void transcript_pull(struct transcript *t);
