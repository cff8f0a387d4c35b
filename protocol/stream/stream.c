/* The XMLStream as its owner drives it and asks it. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "protocol/base/ns.h"
#include "protocol/stream/stream_private.h"
#include "protocol/xml/xmlwrite.h"

enum {
	ELEMENT_TIMEOUT_S = 300, /* 4 MiB at 14 KiB a second */
	OUT_COMPACT = 64 * 1024, /* transmitted bytes that may stand before what is pending */
};

char *stream_keep_strings(struct strview *const views[], size_t n)
{
	size_t total = 1;
	char *block, *p;

	for (size_t i = 0; i < n; i++)
		total += views[i]->n;
	block = p = malloc(total);
	if (!block)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (!views[i]->p)
			continue;
		memcpy(p, views[i]->p, views[i]->n);
		views[i]->p = p;
		p += views[i]->n;
	}
	return block;
}

struct stream *stream_new(const struct stream_options *options)
{
	struct stream_options o = *options;
	struct strview *const strings[] = { &o.to, &o.from, &o.default_namespace, &o.lang };
	struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	if (o.default_namespace.n == 0)
		o.default_namespace = SV(XMLNS_CLIENT);
	s->option_strings = stream_keep_strings(strings, ARRAY_SIZE(strings));
	if (o.element_timeout == 0)
		o.element_timeout = ELEMENT_TIMEOUT_S * UINT64_C(1000000000);
	s->options = o;
	s->shutdown_from = s->element_from = UINT64_MAX;
	if (!s->option_strings) {
		free(s);
		return NULL;
	}
	return s;
}

/* What was sent may have been a password. */
static void wipe_out(struct stream *s)
{
	if (s->out.p)
		explicit_bzero(s->out.p, s->out.n);
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	wipe_out(s);
	buf_done(&s->out);
	xmlparse_free(s->parser);
	xmlparse_free(s->retired);
	fault_unref(s->cause);
	free(s->remote_strings);
	free(s->option_strings);
	free(s);
}

/* What a call on a stream that cannot serve it gets. */
static struct fault *not_connected(const struct stream *s)
{
	static const char *const texts[STREAM_STATE_COUNT_] = {
		[STREAM_READY] = "the stream is not connected yet",
		[STREAM_HEADER_SENT] = "the stream waits for the peer's header",
		[STREAM_OPEN] = "the stream must be reset after STARTTLS",
		[STREAM_CLOSING] = "the stream is closing",
		[STREAM_FOOTER_RECEIVED] = "the stream is closing",
		[STREAM_CLOSED] = "the stream is closed",
	};

	switch (s->cause ? s->cause->kind : FAULT_KIND_COUNT_) {
	case FAULT_NOT_CONNECTED:
	case FAULT_TRANSPORT_ERROR:
	case FAULT_STREAM_ERROR:
	case FAULT_TLS_ERROR:
	case FAULT_AUTH_ERROR:
		return fault_ref(s->cause);
	case FAULT_UNKNOWN_STREAM:
	case FAULT_ACCESS_DENIED:
	case FAULT_STANZA_ERROR:
	case FAULT_TIMEOUT:
	case FAULT_UNSUPPORTED:
	case FAULT_INVALID_XSO:
	case FAULT_CONFLICT:
	case FAULT_OVERFLOW:
	case FAULT_CANCELED:
	case FAULT_PARSE_ERROR:
	case FAULT_INVALID_REQUEST:
	case FAULT_METHOD_NOT_FOUND:
	case FAULT_INVALID_PARAMS:
	case FAULT_INTERNAL:
		return fault_new(FAULT_NOT_CONNECTED, "%s: %s", texts[s->state], s->cause->message);
	case FAULT_KIND_COUNT_:
		break;
	}
	return fault_new(FAULT_NOT_CONNECTED, "%s", texts[s->state]);
}

struct fault *stream_check(const struct stream *s)
{
	return s->state == STREAM_OPEN && s->ear != EAR_HANDSHAKE ? NULL : not_connected(s);
}

struct fault *stream_send(struct stream *s, const struct elem *e)
{
	const struct xmlwrite_context ctx = {
		.default_ns = s->options.default_namespace,
		.stream_prefix = true,
		.sorted_attributes = s->options.sorted_attributes,
	};
	struct fault *f = stream_check(s);
	struct xmlwrite_issue issue = { 0 };
	size_t mark = s->out.n;
	int r;

	if (f)
		return f;
	r = xmlwrite_elem(&s->out, e, &ctx, &issue);
	if (r == 0) {
		s->queued_total += s->out.n - mark;
		return NULL;
	}
	if (r == -ENOMEM)
		return fault_no_memory();
	f = fault_new(FAULT_INVALID_XSO, "%s", issue.text ? issue.text : "cannot be written");
	fault_set(f, &f->path, SV(""));
	return f;
}

struct fault *stream_send_bytes(struct stream *s, struct strview bytes)
{
	if ((s->state != STREAM_HEADER_SENT && s->state != STREAM_OPEN) || s->ear == EAR_HANDSHAKE)
		return not_connected(s);
	buf_put_sv(&s->out, bytes);
	if (s->out.error) {
		s->out.error = 0;
		return fault_no_memory();
	}
	s->queued_total += bytes.n;
	return NULL;
}

static int write_header(struct stream *s)
{
	const struct xmlwrite_header header = {
		.to = s->options.to,
		.from = s->options.from,
		.lang = s->options.lang,
		.version = s->options.no_version ? SV_NONE : SV("1.0"),
		.default_ns = s->options.default_namespace,
		.sorted_attributes = s->options.sorted_attributes,
	};
	size_t mark = s->out.n;
	int r = xmlwrite_header(&s->out, &header);

	s->queued_total += s->out.n - mark;
	return r;
}

struct fault *stream_reset(struct stream *s, uint64_t now)
{
	int r;

	if (s->state != STREAM_HEADER_SENT && s->state != STREAM_OPEN)
		return not_connected(s);
	s->now = now;
	r = write_header(s);
	if (r == -ENOMEM)
		return fault_no_memory();
	if (r < 0)
		return fault_new(FAULT_INVALID_PARAMS, "the stream's header cannot be written");
	stream_forget_input(s);
	s->ear = EAR_OPEN;
	if (s->state != STREAM_HEADER_SENT)
		stream_set_state(s, STREAM_HEADER_SENT);
	return NULL;
}

struct fault *stream_starttls(struct stream *s)
{
	struct fault *f = stream_check(s);

	if (f)
		return f;
	stream_forget_input(s);
	s->ear = EAR_HANDSHAKE;
	return NULL;
}

void stream_close(struct stream *s, uint64_t now)
{
	s->now = now;
	if (s->state == STREAM_READY)
		stream_abort(s, now);
	else
		stream_shut(s);
}

void stream_fail(struct stream *s, struct fault *why, uint64_t now)
{
	s->now = now;
	stream_set_cause(s, why);
	if (s->state == STREAM_READY || s->ear == EAR_HANDSHAKE) {
		stream_want_transport(s, STREAM_TRANSPORT_ABORT);
		stream_end(s);
	} else {
		stream_shut(s);
	}
}

void stream_abort(struct stream *s, uint64_t now)
{
	s->now = now;
	stream_want_transport(s, s->state == STREAM_READY ? STREAM_TRANSPORT_ABORT
							  : STREAM_TRANSPORT_CLOSE);
	stream_end(s);
}

enum stream_state stream_state(const struct stream *s)
{
	return s->state;
}

const struct fault *stream_cause(const struct stream *s)
{
	return s->cause;
}

const struct xmlparse_header *stream_remote(const struct stream *s)
{
	return s->has_remote ? &s->remote : NULL;
}

struct strview stream_default_namespace(const struct stream *s)
{
	return s->options.default_namespace;
}

struct strview stream_pending(const struct stream *s)
{
	struct strview out = buf_view(&s->out);

	return (struct strview){ out.p ? out.p + s->out_head : NULL, out.n - s->out_head };
}

void stream_sent(struct stream *s, size_t n)
{
	assert(n <= s->out.n - s->out_head);
	s->out_head += n;
	s->sent_total += n;
	if (s->out_head == s->out.n) {
		wipe_out(s);
		buf_clear(&s->out);
		s->out_head = 0;
	} else if (s->out_head >= OUT_COMPACT && s->out_head > s->out.n / 2) {
		buf_consume(&s->out, s->out_head);
		s->out_head = 0;
	}
}

uint64_t stream_queued_total(const struct stream *s)
{
	return s->queued_total;
}

uint64_t stream_sent_total(const struct stream *s)
{
	return s->sent_total;
}

enum stream_transport stream_transport(const struct stream *s)
{
	return s->transport;
}

void stream_set_limits(struct stream *s, uint64_t shutdown_timeout, uint64_t deadtime_soft_limit,
		       uint64_t deadtime_hard_limit, uint64_t now)
{
	s->now = now;
	s->options.shutdown_timeout = shutdown_timeout;
	s->options.deadtime_soft_limit = deadtime_soft_limit;
	s->options.deadtime_hard_limit = deadtime_hard_limit;
}

void stream_relax(struct stream *s)
{
	assert(!s->draining);
	if (s->parser)
		xmlparse_relax(s->parser);
	xmlparse_free(s->retired);
	s->retired = NULL;
	if (s->out.n == 0)
		buf_done(&s->out);
}
