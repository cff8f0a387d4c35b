#include "tests/transcripts/transcript.h"

#include <stdio.h>
#include <stdlib.h>

#include <check.h>

#include "protocol/base/ns.h"
#include "protocol/xml/xmlwrite.h"
#include "tests/transcripts/transcript_private.h"
#include "tests/unit/failmalloc.h"

enum {
	RANDOM_RUNS = 20,
	MAX_ALLOCATIONS = 20000,
};

void transcript_fail(struct transcript *t, const char *format, ...)
{
	const char *end, *line = t->script;
	char message[4096];
	va_list ap;

	failmalloc_pause(true);
	for (unsigned i = 1; i < t->line; i++)
		line = strchr(line, '\n') + 1;
	end = strchrnul(line, '\n');
	va_start(ap, format);
	vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	ck_abort_msg("line %u (%s): %.*s\n\t%s", t->line,
		     t->cut == CUT_NOT	   ? "whole"
		     : t->cut == CUT_BYTES ? "byte by byte"
					   : "random cuts",
		     (int)(end - line), line, message);
	abort();
}

void transcript_describe_fault(struct buf *out, const struct fault *f)
{
	buf_put_str(out, fault_kind_name(f->kind) ? fault_kind_name(f->kind) : "internal");
	if (f->kind == FAULT_TRANSPORT_ERROR)
		buf_printf(out, " %s", errno_name(f->errnum));
	if (f->condition)
		buf_printf(out, " %s", f->condition);
	if (f->has_sent)
		buf_put_str(out, f->sent ? " sent" : " received");
	if (f->kind == FAULT_NOT_CONNECTED)
		buf_printf(out, " %s", f->message);
	if (f->path)
		buf_printf(out, " at '%s'", f->path);
	if (f->text)
		buf_printf(out, " \"%s\"", f->text);
	if (f->application)
		buf_printf(out, " {%.*s}%.*s", SV_ARG(f->application->ns),
			   SV_ARG(f->application->name));
}

static void describe_elem(struct buf *out, const struct elem *e)
{
	const struct xmlwrite_context ctx = { .default_ns = SV(XMLNS_CLIENT),
					      .stream_prefix = true };

	buf_printf(out, "%.*s ", SV_ARG(e->name));
	(void)xmlwrite_elem(out, e, &ctx, NULL); /* what was parsed can be written */
}

static void describe(struct buf *out, const struct stream_event *ev)
{
	switch (ev->kind) {
	case STREAM_EVENT_STATE:
		buf_printf(out, "state %s %s", stream_state_name(ev->state),
			   stream_state_name(ev->previous));
		break;
	case STREAM_EVENT_CLOSING:
		buf_put_str(out, "closing ");
		if (ev->fault)
			transcript_describe_fault(out, ev->fault);
		else
			buf_put_str(out, "null");
		break;
	case STREAM_EVENT_FEATURES:
		describe_elem(out, ev->elem);
		break;
	case STREAM_EVENT_ELEMENT:
		buf_put_str(out, "element ");
		describe_elem(out, ev->elem);
		break;
	case STREAM_EVENT_DEADTIME:
		buf_put_str(out, "deadtime");
		break;
	case STREAM_EVENT_HEADER:
		buf_put_str(out, "header");
		break;
	}
	buf_put(out, "", 1);
}

/* Whether `expected` is `is`, or a beginning of it that ends where a word ends. */
bool transcript_begins(const char *is, const char *expected)
{
	size_t n = strlen(expected);

	return strncmp(is, expected, n) == 0 && (is[n] == '\0' || is[n] == ' ');
}

static void check_can_not_send(struct transcript *t)
{
	struct fault *f = stream_check(t->stream);

	if (!f)
		transcript_fail(t, "a send would succeed after the closing event");
	fault_unref(f);
	f = stream_send_bytes(t->stream, SV("x"));
	if (!f)
		transcript_fail(t, "bytes could be sent after the closing event");
	fault_unref(f);
}

/* These hold for every stream, whatever fails. */
static void check_event(struct transcript *t, const struct stream_event *ev)
{
	if (ev->kind == STREAM_EVENT_CLOSING) {
		if (t->told_closing)
			transcript_fail(t, "a second closing event");
		if (t->state >= STREAM_CLOSING)
			transcript_fail(t, "the closing event came after its state");
		if (!ev->fault && !t->app_closed)
			transcript_fail(t, "the closing event has no reason");
		t->told_closing = true;
	}
	if (ev->kind == STREAM_EVENT_STATE) {
		if (ev->previous != t->state || ev->state == t->state)
			transcript_fail(t, "state event from %s to %s, but the state was %s",
					stream_state_name(ev->previous),
					stream_state_name(ev->state), stream_state_name(t->state));
		if (ev->state < ev->previous &&
		    (ev->state != STREAM_HEADER_SENT || ev->previous != STREAM_OPEN))
			transcript_fail(t, "the state went back");
		if (ev->state >= STREAM_CLOSING && !t->told_closing)
			transcript_fail(t, "no closing event came before %s",
					stream_state_name(ev->state));
		t->state = ev->state;
	}
	if (t->told_closing)
		check_can_not_send(t);
}

static void run_when(struct transcript *t, const char *event)
{
	for (size_t i = 0; i < t->n_when; i++) {
		struct transcript_when *w = &t->when[i];
		char *call = w->call;

		if (!call || !transcript_begins(event, w->event))
			continue;
		w->call = NULL;
		transcript_call(t, call);
		return;
	}
}

static void flush(struct transcript *t)
{
	struct strview pending = stream_pending(t->stream);

	if (t->hold)
		return;
	buf_put_sv(&t->sent, pending);
	stream_sent(t->stream, pending.n);
	if (!t->lenient && stream_sent_total(t->stream) != stream_queued_total(t->stream))
		transcript_fail(t, "all was sent, but not counted as such");
}

void transcript_pull(struct transcript *t)
{
	struct stream_event ev;

	t->pulling = true;
	while (stream_next(t->stream, &ev)) {
		struct buf text = BUF_INIT;

		describe(&text, &ev);
		check_event(t, &ev);
		if (text.error) {
			buf_done(&text);
			continue;
		}
		if (t->n_events == TRANSCRIPT_MAX_EVENTS)
			transcript_fail(t, "more events than the runner keeps");
		t->events[(t->first_event + t->n_events++) % TRANSCRIPT_MAX_EVENTS] = text.p;
		run_when(t, text.p);
	}
	t->pulling = false;
	if (t->state != stream_state(t->stream))
		transcript_fail(t, "the state is %s, but no event said so",
				stream_state_name(stream_state(t->stream)));
	flush(t);
}

static void begin_run(struct transcript *t, const struct stream_options *options)
{
	t->stream = stream_new(options);
	t->state = STREAM_READY;
	t->seed = t->seed ? t->seed : 1;
	t->now = 1000;
	t->line = 0;
}

static void end_run(struct transcript *t)
{
	while (t->n_events > 0) {
		free(t->events[t->first_event]);
		t->first_event = (t->first_event + 1) % TRANSCRIPT_MAX_EVENTS;
		t->n_events--;
	}
	for (size_t i = 0; i < t->n_when; i++)
		free(t->when[i].event);
	buf_done(&t->sent);
	fault_unref(t->failed);
	stream_free(t->stream);
}

/* Nothing may be left unsaid; and a closing event is still owed by a stream that lives. */
static void finish(struct transcript *t)
{
	if (!t->lenient && t->sent.n > 0)
		transcript_fail(t, "we have sent also: %.*s", SV_ARG(buf_view(&t->sent)));
	if (!t->lenient && t->n_events > 0)
		transcript_fail(t, "there was a further event: %s", t->events[t->first_event]);
	for (size_t i = 0; i < t->n_when && !t->lenient; i++)
		if (t->when[i].call)
			transcript_fail(t, "%s never came", t->when[i].event);
	if (!t->told_closing)
		t->app_closed = true;
	stream_abort(t->stream, t->now);
	transcript_pull(t);
	if (!t->told_closing || t->state != STREAM_CLOSED)
		transcript_fail(t, "no closing event came in the end");
}

static void run(struct transcript *t, const struct stream_options *options, const char *script)
{
	char *copy, *next;

	failmalloc_pause(true);
	copy = strdup(script);
	failmalloc_pause(false);
	if (!copy)
		abort();
	t->script = script;
	begin_run(t, options);
	for (char *line = copy; line && t->stream; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		t->line++;
		transcript_step(t, line);
	}
	if (t->stream)
		finish(t);
	end_run(t);
	free(copy);
}

struct stream_options transcript_options(void)
{
	return (struct stream_options){
		.to = SV("example.test"),
		.shutdown_timeout = UINT64_C(15000000000),
	};
}

void transcript_run(const struct stream_options *options, const char *script)
{
	const struct stream_options usual = transcript_options();
	bool failed = true;

	options = options ? options : &usual;
	run(&(struct transcript){ .cut = CUT_NOT }, options, script);
	run(&(struct transcript){ .cut = CUT_BYTES }, options, script);
	for (uint64_t seed = 1; seed <= RANDOM_RUNS; seed++)
		run(&(struct transcript){ .cut = CUT_RANDOM, .seed = seed }, options, script);
	for (size_t n = 0; failed; n++) {
		ck_assert_uint_lt(n, MAX_ALLOCATIONS);
		/* nothing of check's from here on: it allocates, too */
		failmalloc_arm(n);
		run(&(struct transcript){ .cut = CUT_NOT, .lenient = true }, options, script);
		failed = failmalloc_disarm();
	}
}
