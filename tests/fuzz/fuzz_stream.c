/*
 * An XMLStream under whatever its peer sends and its owner does. The input is a list of steps: one
 * byte says what, with its upper half as a number; those that need bytes take that many of what
 * follows. What must hold: states go their legal ways, exactly one closing event comes, before any
 * state from CLOSING on, and nothing can be sent after it.
 */
#include <stdlib.h>

#include "protocol/stream/stream.h"
#include "protocol/xml/elem.h"

#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what))                                                                       \
			abort();                                                                   \
	} while (0)

#define HEADER                                                                                     \
	"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "    \
	"from='e' id='1' version='1.0'>"

struct fuzz {
	struct stream *stream;
	const uint8_t *p, *end;
	uint64_t now;
	enum stream_state state;
	bool told_closing, app_closed;
	uint8_t when; /* a step to be made on the next element; 0: none */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void act(struct fuzz *f, uint8_t what, bool pulling);

static void check_event(struct fuzz *f, const struct stream_event *ev)
{
	struct fault *fault;

	if (ev->kind == STREAM_EVENT_CLOSING) {
		CHECK(!f->told_closing && f->state < STREAM_CLOSING);
		CHECK(ev->fault || f->app_closed);
		f->told_closing = true;
	}
	if (ev->kind == STREAM_EVENT_STATE) {
		CHECK(ev->previous == f->state && ev->state != f->state);
		CHECK(ev->state < STREAM_CLOSING || f->told_closing);
		CHECK(ev->state > f->state || f->state == STREAM_OPEN);
		f->state = ev->state;
	}
	if (ev->kind == STREAM_EVENT_ELEMENT || ev->kind == STREAM_EVENT_FEATURES)
		CHECK(f->state >= STREAM_OPEN && f->state <= STREAM_CLOSING);
	if (!f->told_closing)
		return;
	fault = stream_check(f->stream);
	CHECK(fault);
	fault_unref(fault);
}

static void pull(struct fuzz *f)
{
	struct stream_event ev;

	while (stream_next(f->stream, &ev)) {
		check_event(f, &ev);
		if (!ev.elem)
			continue;
		/* what came can be sent, if anything can */
		fault_unref(stream_send(f->stream, ev.elem));
		if (f->when)
			act(f, f->when, true);
		f->when = 0;
		CHECK(ev.elem->name.n > 0); /* is still there */
	}
	CHECK(f->state == stream_state(f->stream));
	stream_sent(f->stream, stream_pending(f->stream).n / 2);
	stream_sent(f->stream, stream_pending(f->stream).n);
	CHECK(stream_sent_total(f->stream) == stream_queued_total(f->stream));
}

static struct strview take(struct fuzz *f, size_t n)
{
	struct strview v = { (const char *)f->p, (size_t)(f->end - f->p) };

	v.n = v.n < n ? v.n : n;
	f->p += v.n;
	return v;
}

static void input(struct fuzz *f, unsigned n)
{
	static const enum stream_input what[] = { STREAM_INPUT_EOF, STREAM_INPUT_LOST,
						  STREAM_INPUT_TICK, STREAM_INPUT_CONNECTED };

	if (what[n % 4] == STREAM_INPUT_TICK)
		f->now += n;
	stream_input(f->stream, what[n % 4], NULL, f->now);
}

static void act(struct fuzz *f, uint8_t what, bool pulling)
{
	unsigned n = what >> 4;

	switch (what & 15) {
	case 1:
		f->app_closed = true;
		stream_close(f->stream, f->now);
		break;
	case 2:
		f->app_closed = true;
		stream_abort(f->stream, f->now);
		break;
	case 3:
		fault_unref(stream_reset(f->stream, f->now));
		break;
	case 4:
		fault_unref(stream_starttls(f->stream));
		break;
	case 5:
		fault_unref(stream_close_with_error(f->stream, "conflict", NULL, NULL, f->now));
		break;
	case 6:
		input(f, n);
		break;
	case 7:
		stream_set_limits(f->stream, n, n & 3, n & 7, f->now);
		break;
	case 8:
		stream_fail(f->stream, fault_new(FAULT_TLS_ERROR, "fuzz"), f->now);
		break;
	case 9:
		f->when = (uint8_t)(n % 9);
		break;
	case 10:
		if (!pulling)
			stream_relax(f->stream);
		break;
	case 11: /* hard to guess */
		if (!pulling)
			stream_push(f->stream, SV(HEADER), f->now);
		break;
	default:
		if (!pulling)
			stream_push(f->stream, take(f, n == 15 ? 4096 : n * 8 + 1), f->now);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stream_options options = {
		.to = SV("example.test"),
		.shutdown_timeout = 5,
		.reject_unknown = size & 1,
	};
	struct fuzz f = { .stream = stream_new(&options), .p = data, .end = data + size };

	CHECK(f.stream);
	stream_input(f.stream, STREAM_INPUT_CONNECTED, NULL, 0);
	pull(&f);
	while (f.p < f.end) {
		act(&f, *f.p++, false);
		pull(&f);
	}
	f.app_closed = f.app_closed || !f.told_closing;
	stream_abort(f.stream, f.now);
	pull(&f);
	CHECK(f.told_closing && f.state == STREAM_CLOSED);
	stream_free(f.stream);
	return 0;
}
