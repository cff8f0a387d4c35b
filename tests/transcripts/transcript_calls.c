/* The calls that a script can make. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse.h"
#include "protocol/xml/xmlwrite.h"
#include "tests/transcripts/transcript_private.h"

#define SECOND UINT64_C(1000000000)

static struct fault *call_connected(struct transcript *t, const char *arg)
{
	(void)arg;
	stream_input(t->stream, STREAM_INPUT_CONNECTED, NULL, t->now);
	return NULL;
}

static struct fault *call_eof(struct transcript *t, const char *arg)
{
	(void)arg;
	stream_input(t->stream, STREAM_INPUT_EOF, NULL, t->now);
	return NULL;
}

static struct fault *call_lost(struct transcript *t, const char *arg)
{
	static const struct {
		const char *name;
		int errnum;
	} known[] = { { "ECONNRESET", ECONNRESET }, { "ETIMEDOUT", ETIMEDOUT } };
	struct fault *why = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(arg, known[i].name) == 0)
			why = fault_errno(known[i].errnum, NULL);
	if (*arg && !why)
		transcript_fail(t, "unknown errno %s", arg);
	stream_input(t->stream, STREAM_INPUT_LOST, why, t->now);
	fault_unref(why);
	return NULL;
}

static struct fault *call_close(struct transcript *t, const char *arg)
{
	(void)arg;
	t->app_closed = true;
	stream_close(t->stream, t->now);
	return NULL;
}

static struct fault *call_abort(struct transcript *t, const char *arg)
{
	(void)arg;
	t->app_closed = true;
	stream_abort(t->stream, t->now);
	return NULL;
}

static struct fault *call_reset(struct transcript *t, const char *arg)
{
	(void)arg;
	return stream_reset(t->stream, t->now);
}

static struct fault *call_starttls(struct transcript *t, const char *arg)
{
	(void)arg;
	return stream_starttls(t->stream);
}

/* NULL only without memory. */
static const struct elem *parse(struct transcript *t, struct arena *a, const char *xml)
{
	struct buf text = transcript_text(t, xml);
	const struct elem *e = NULL;
	const char *why = NULL;
	int r = text.error ? -ENOMEM
			   : xmlparse_fragment(a, buf_view(&text), SV(XMLNS_CLIENT), &e, &why);

	if (r == -EINVAL)
		transcript_fail(t, "%s: %s", xml, why);
	buf_done(&text);
	return r == 0 ? e : NULL;
}

static struct fault *call_send(struct transcript *t, const char *arg)
{
	const struct elem *e;
	struct fault *f = NULL;
	struct arena a;

	arena_init(&a, 0);
	e = parse(t, &a, arg);
	if (e)
		f = stream_send(t->stream, e);
	arena_done(&a);
	return f;
}

/* An element that no parser would have made. */
static struct fault *call_send_text(struct transcript *t, const char *arg)
{
	struct buf text = transcript_text(t, arg);
	struct fault *f = NULL;
	struct elem *e;
	struct arena a;

	arena_init(&a, 0);
	e = elem_new(&a, SV(XMLNS_CLIENT), SV("message"));
	if (e && elem_add_text(&a, e, buf_view(&text)) == 0)
		f = stream_send(t->stream, e);
	arena_done(&a);
	buf_done(&text);
	return f;
}

static struct fault *call_bytes(struct transcript *t, const char *arg)
{
	struct buf text = transcript_text(t, arg);
	struct fault *f = stream_send_bytes(t->stream, buf_view(&text));

	buf_done(&text);
	return f;
}

/* CONDITION [TEXT] [| XML] */
static struct fault *call_error(struct transcript *t, const char *arg)
{
	char *copy = strdup(arg), *xml = copy ? strstr(copy, " | ") : NULL;
	struct buf text = BUF_INIT;
	struct fault *f = NULL;
	struct arena a;
	char *space;

	if (!copy)
		return NULL;
	arena_init(&a, 0);
	if (xml)
		*xml = '\0';
	space = strchr(copy, ' ');
	if (space) {
		*space = '\0';
		text = transcript_text(t, space + 1);
	}
	f = stream_close_with_error(t->stream, copy,
				    space ? &(struct strview){ text.p, text.n } : NULL,
				    xml ? parse(t, &a, xml + 3) : NULL, t->now);
	buf_done(&text);
	arena_done(&a);
	free(copy);
	return f;
}

static struct fault *call_fail(struct transcript *t, const char *arg)
{
	for (int kind = 0; kind < FAULT_KIND_COUNT_; kind++) {
		const char *name = fault_kind_name((enum fault_kind)kind);

		if (!name || strcmp(name, arg) != 0)
			continue;
		stream_fail(t->stream, fault_new((enum fault_kind)kind, "as the owner says"),
			    t->now);
		return NULL;
	}
	transcript_fail(t, "unknown kind %s", arg);
}

static struct fault *call_limits(struct transcript *t, const char *arg)
{
	unsigned shutdown, soft, hard;

	if (sscanf(arg, "%u %u %u", &shutdown, &soft, &hard) != 3)
		transcript_fail(t, "three numbers are needed");
	stream_set_limits(t->stream, shutdown * SECOND, soft * SECOND, hard * SECOND, t->now);
	return NULL;
}

static struct fault *call_check(struct transcript *t, const char *arg)
{
	(void)arg;
	return stream_check(t->stream);
}

static struct fault *call_relax(struct transcript *t, const char *arg)
{
	(void)arg;
	if (!t->pulling)
		stream_relax(t->stream);
	return NULL;
}

static struct fault *call_hold(struct transcript *t, const char *arg)
{
	(void)arg;
	t->hold = true;
	return NULL;
}

/* The transport takes that many bytes. */
static struct fault *call_take(struct transcript *t, const char *arg)
{
	size_t n = strtoul(arg, NULL, 10), have = stream_pending(t->stream).n;

	if (n > have && !t->lenient)
		transcript_fail(t, "only %zu are pending", have);
	n = n > have ? have : n;
	buf_put(&t->sent, stream_pending(t->stream).p, n);
	stream_sent(t->stream, n);
	return NULL;
}

void transcript_call(struct transcript *t, const char *call)
{
	static const struct {
		const char *name;
		struct fault *(*call)(struct transcript *t, const char *arg);
	} calls[] = {
		{ "abort", call_abort },	 { "bytes", call_bytes },
		{ "check", call_check },	 { "close", call_close },
		{ "connected", call_connected }, { "eof", call_eof },
		{ "error", call_error },	 { "fail", call_fail },
		{ "hold", call_hold },		 { "limits", call_limits },
		{ "lost", call_lost },		 { "relax", call_relax },
		{ "reset", call_reset },	 { "send", call_send },
		{ "send-text", call_send_text }, { "starttls", call_starttls },
		{ "take", call_take },
	};
	size_t n = strcspn(call, " ");

	fault_unref(t->failed);
	t->failed = NULL;
	t->failed_named = false;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (strlen(calls[i].name) != n || strncmp(call, calls[i].name, n) != 0)
			continue;
		t->failed = calls[i].call(t, call[n] ? call + n + 1 : "");
		return;
	}
	transcript_fail(t, "unknown call %s", call);
}
