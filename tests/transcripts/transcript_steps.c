/* The steps of a script. */
#include <stdlib.h>

#include "tests/transcripts/transcript_private.h"

#define SECOND UINT64_C(1000000000)

static unsigned hex(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 32) - 'a' + 10);
}

struct buf transcript_text(struct transcript *t, const char *text)
{
	struct buf out = BUF_INIT;

	(void)t;
	for (const char *p = text; *p; p++) {
		if (p[0] == '%' && p[1] == 'c') {
			buf_put_str(&out, TRANSCRIPT_CLIENT_HEADER);
			p++;
		} else if (p[0] == '%' && p[1] == 's') {
			buf_put_str(&out, TRANSCRIPT_SERVER_HEADER);
			p++;
		} else if (p[0] == '%' && p[1] == 'f') {
			buf_put_str(&out, "</stream:stream>");
			p++;
		} else if (p[0] == '\\' && p[1] == 'x') {
			buf_put_char(&out, (char)(hex(p[2]) << 4 | hex(p[3])));
			p += 3;
		} else {
			buf_put_char(&out, *p);
		}
	}
	return out;
}

static uint64_t next_random(struct transcript *t)
{
	t->seed ^= t->seed << 13;
	t->seed ^= t->seed >> 7;
	t->seed ^= t->seed << 17;
	return t->seed;
}

static void push(struct transcript *t, struct strview in, bool whole)
{
	while (in.n > 0) {
		size_t n = in.n;

		if (!whole && t->cut == CUT_BYTES)
			n = 1;
		else if (!whole && t->cut == CUT_RANDOM)
			n = 1 + next_random(t) % (in.n < 40 ? in.n : 40);
		else if (n > XMLPARSE_MAX_PUSH)
			n = XMLPARSE_MAX_PUSH;
		stream_push(t->stream, (struct strview){ in.p, n }, t->now);
		transcript_pull(t);
		in.p += n;
		in.n -= n;
	}
}

static void step_server(struct transcript *t, const char *arg)
{
	struct buf text = transcript_text(t, arg);

	push(t, buf_view(&text), false);
	buf_done(&text);
}

static void step_packet(struct transcript *t, const char *arg)
{
	struct buf text = transcript_text(t, arg);

	push(t, buf_view(&text), true);
	buf_done(&text);
}

static void step_client(struct transcript *t, const char *arg)
{
	struct buf text;

	if (t->lenient)
		return;
	text = transcript_text(t, arg);
	if (t->sent.n < text.n || memcmp(t->sent.p, text.p, text.n) != 0)
		transcript_fail(t, "we have sent: %.*s", SV_ARG(buf_view(&t->sent)));
	buf_consume(&t->sent, text.n);
	buf_done(&text);
}

static void step_event(struct transcript *t, const char *arg)
{
	char *event;

	if (t->lenient)
		return;
	if (t->n_events == 0)
		transcript_fail(t, "there was no further event");
	event = t->events[t->first_event];
	if (!transcript_begins(event, arg))
		transcript_fail(t, "the next event was: %s", event);
	free(event);
	t->first_event = (t->first_event + 1) % TRANSCRIPT_MAX_EVENTS;
	t->n_events--;
}

static void step_state(struct transcript *t, const char *arg)
{
	const char *is = stream_state_name(stream_state(t->stream));

	if (!t->lenient && strcmp(is, arg) != 0)
		transcript_fail(t, "the state is %s", is);
}

static void step_transport(struct transcript *t, const char *arg)
{
	static const char *const names[] = {
		[STREAM_TRANSPORT_KEEP] = "keep",
		[STREAM_TRANSPORT_SHUTDOWN] = "shutdown",
		[STREAM_TRANSPORT_CLOSE] = "close",
		[STREAM_TRANSPORT_ABORT] = "abort",
	};
	const char *is = names[stream_transport(t->stream)];

	if (!t->lenient && strcmp(is, arg) != 0)
		transcript_fail(t, "the transport is to %s", is);
}

static void step_deadline(struct transcript *t, const char *arg)
{
	uint64_t is = stream_deadline(t->stream);
	uint64_t expected =
		strcmp(arg, "none") == 0 ? UINT64_MAX : t->now + strtoull(arg, NULL, 10) * SECOND;

	if (!t->lenient && is != expected)
		transcript_fail(t, "the deadline is %s", is == UINT64_MAX ? "none" : "another");
}

static void step_time(struct transcript *t, const char *arg)
{
	uint64_t until = t->now + strtoull(arg, NULL, 10) * SECOND;

	for (unsigned n = 0; stream_deadline(t->stream) <= until; n++) {
		if (n == 100)
			transcript_fail(t, "the deadline does not go away");
		if (t->now < stream_deadline(t->stream))
			t->now = stream_deadline(t->stream);
		stream_input(t->stream, STREAM_INPUT_TICK, NULL, t->now);
		transcript_pull(t);
	}
	t->now = until;
}

static void step_call(struct transcript *t, const char *arg)
{
	transcript_call(t, arg);
	transcript_pull(t);
}

static void check_unnamed_fault(struct transcript *t)
{
	struct buf text = BUF_INIT;

	if (!t->failed || t->failed_named || t->lenient)
		return;
	transcript_describe_fault(&text, t->failed);
	transcript_fail(t, "the call above failed: %.*s", SV_ARG(buf_view(&text)));
}

static void step_fault(struct transcript *t, const char *arg)
{
	struct buf text = BUF_INIT;

	if (t->lenient)
		return;
	if (!t->failed)
		transcript_fail(t, "it has not failed");
	transcript_describe_fault(&text, t->failed);
	buf_put(&text, "", 1);
	if (!transcript_begins(text.p, arg))
		transcript_fail(t, "it failed with: %s", text.p);
	buf_done(&text);
	t->failed_named = true;
}

static void step_when(struct transcript *t, const char *arg)
{
	const char *bar = strstr(arg, " | ");
	struct transcript_when *w = &t->when[t->n_when];

	if (!bar || t->n_when == TRANSCRIPT_MAX_WHEN)
		transcript_fail(t, "cannot be kept");
	w->event = strndup(arg, (size_t)(bar - arg));
	w->call = w->event ? (char *)(uintptr_t)(bar + 3) : NULL;
	t->n_when++;
}

void transcript_step(struct transcript *t, const char *line)
{
	static const struct {
		char sign;
		void (*step)(struct transcript *t, const char *arg);
	} steps[] = {
		{ 'S', step_server },	{ 'P', step_packet }, { 'C', step_client },
		{ 'E', step_event },	{ '=', step_state },  { '~', step_transport },
		{ 'D', step_deadline }, { 'T', step_time },   { '>', step_call },
		{ '!', step_fault },	{ 'W', step_when },
	};

	if (*line == '\0' || *line == '#')
		return;
	if (line[0] != '!')
		check_unnamed_fault(t);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		if (steps[i].sign != line[0] || line[1] != ':')
			continue;
		steps[i].step(t, line[2] == ' ' ? line + 3 : line + 2);
		return;
	}
	transcript_fail(t, "no such step");
}
