#include "daemon/link/conn.h"

#include <assert.h>

#include "daemon/base/clock.h"
#include "daemon/link/conn_internal.h"
#include "daemon/link/link_events.h"

enum {
	READS_PER_TURN = 8, /* of XMLPARSE_MAX_PUSH bytes: then others have their turn */
};

static const uint64_t relax_after = 2000000000u; /* ns without input */

/* One for all: what is read is consumed before the next read. */
static char read_buffer[XMLPARSE_MAX_PUSH];

/* --- the end of a transport ------------------------------------------------------------------- */

void conn_drop_transport(struct conn *c)
{
	ev_io_stop(c->loop, &c->io);
	ev_idle_stop(c->loop, &c->more);
	c->io_mask = 0;
	c->starttls_wanted = false;
	transport_free(TAKE_PTR(c->transport));
}

/* The transport is gone, with why (consumed) or without a cause of its own. */
static void lose_transport(struct conn *c, struct fault *why)
{
	conn_drop_transport(c);
	stream_input(c->stream, STREAM_INPUT_LOST, why, clock_monotonic_ns());
	fault_unref(why);
	c->phase = CONN_IDLE;
}

/* --- STARTTLS --------------------------------------------------------------------------------- */

void conn_starttls(struct conn *c, const struct tls_options *options)
{
	c->options.tls = *options;
	c->starttls_wanted = true;
}

void conn_starttls_failed(struct conn *c, struct fault *why)
{
	link_tls_failed(c->link, why);
	lose_transport(c, why);
}

static void handshake_stepped(struct conn *c, struct fault *why)
{
	if (why)
		conn_starttls_failed(c, why);
	else if (transport_state(c->transport) == TRANSPORT_SECURE)
		link_secured(c->link);
}

/* A near peer may have answered before we look: then the first step is the last, too. */
static void begin_handshake(struct conn *c)
{
	c->starttls_wanted = false;
	handshake_stepped(c, transport_starttls(c->transport, &c->options.tls));
}

static void step_handshake(struct conn *c)
{
	handshake_stepped(c, transport_step(c->transport));
}

/* --- the running stream ----------------------------------------------------------------------- */

static void pull_events(struct conn *c)
{
	struct stream_event ev;

	while (stream_next(c->stream, &ev))
		link_stream_event(c->link, &ev);
}

static bool can_read(const struct conn *c)
{
	return c->transport && c->phase == CONN_RUNNING && !c->got_eof && !c->starttls_wanted &&
	       (transport_state(c->transport) == TRANSPORT_PLAIN ||
		transport_state(c->transport) == TRANSPORT_SECURE);
}

/* One read; false when there is nothing more for now. */
static bool read_once(struct conn *c)
{
	struct fault *why = NULL;
	uint64_t now;
	size_t n = 0;

	switch (transport_read(c->transport, read_buffer, sizeof(read_buffer), &n, &why)) {
	case TRANSPORT_OK:
		now = clock_monotonic_ns();
		c->relax_at = now + relax_after;
		link_bytes(c->link, false, (struct strview){ read_buffer, n });
		stream_push(c->stream, (struct strview){ read_buffer, n }, now);
		pull_events(c);
		return true;
	case TRANSPORT_AGAIN:
		return false;
	case TRANSPORT_EOF:
		c->got_eof = true;
		stream_input(c->stream, STREAM_INPUT_EOF, NULL, clock_monotonic_ns());
		pull_events(c);
		return false;
	case TRANSPORT_FAILED:
		lose_transport(c, why);
		pull_events(c);
		return false;
	}
	assert(!"unreachable");
}

static void read_some(struct conn *c)
{
	for (int i = 0; i < READS_PER_TURN && can_read(c); i++)
		if (!read_once(c))
			return;
}

static void flush(struct conn *c)
{
	struct fault *why = NULL;

	while (c->transport && stream_pending(c->stream).n > 0 &&
	       transport_state(c->transport) != TRANSPORT_HANDSHAKE) {
		struct strview v = stream_pending(c->stream);
		size_t n = 0;
		enum transport_result r = transport_write(c->transport, v, &n, &why);

		if (r == TRANSPORT_FAILED) {
			lose_transport(c, why);
			return;
		}
		if (r != TRANSPORT_OK)
			return;
		link_bytes(c->link, true, (struct strview){ v.p, n });
		stream_sent(c->stream, n);
		link_written(c->link);
	}
}

/* Closing with input unread would reset the connection, and what we said last with it. */
static void drain(struct conn *c)
{
	struct fault *why = NULL;
	size_t n;

	for (int i = 0; i < READS_PER_TURN; i++)
		if (transport_read(c->transport, read_buffer, sizeof(read_buffer), &n, &why) !=
		    TRANSPORT_OK)
			break;
	fault_unref(why);
}

/* What the stream wants done with the transport, once its bytes are out. */
static void act_on_transport(struct conn *c)
{
	enum stream_transport want = stream_transport(c->stream);

	if (!c->transport || want == STREAM_TRANSPORT_KEEP)
		return;
	if (want != STREAM_TRANSPORT_ABORT && stream_pending(c->stream).n > 0 &&
	    transport_state(c->transport) != TRANSPORT_HANDSHAKE)
		return;
	if (!c->shut && transport_state(c->transport) != TRANSPORT_HANDSHAKE)
		transport_shutdown(c->transport);
	c->shut = true;
	if (want == STREAM_TRANSPORT_SHUTDOWN)
		return;
	if (want == STREAM_TRANSPORT_CLOSE && !c->got_eof &&
	    transport_state(c->transport) != TRANSPORT_HANDSHAKE)
		drain(c);
	lose_transport(c, NULL);
}

/* --- watchers --------------------------------------------------------------------------------- */

static void set_io(struct conn *c)
{
	unsigned wants = c->transport ? transport_wants(c->transport) : 0;
	int mask = 0;

	if (c->transport && c->phase == CONN_RUNNING &&
	    transport_state(c->transport) != TRANSPORT_HANDSHAKE) {
		if (can_read(c))
			mask |= EV_READ;
		if (stream_pending(c->stream).n > 0 || (wants & TRANSPORT_WANT_WRITE))
			mask |= EV_WRITE;
		if (can_read(c) && (wants & TRANSPORT_READ_PENDING))
			c->scheduled = true;
	} else {
		if (wants & TRANSPORT_WANT_READ)
			mask |= EV_READ;
		if (wants & TRANSPORT_WANT_WRITE)
			mask |= EV_WRITE;
	}
	if (mask != c->io_mask || (mask && c->io.fd != transport_fd(c->transport))) {
		ev_io_stop(c->loop, &c->io);
		if (mask) {
			ev_io_set(&c->io, transport_fd(c->transport), mask);
			ev_io_start(c->loop, &c->io);
		}
		c->io_mask = mask;
	}
	/* in the next turn: what is fed is handled in this one, and may be fed again for ever */
	if (c->scheduled && c->io_mask)
		ev_idle_start(c->loop, &c->more);
	c->scheduled = false;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * Deadlines mostly move away, with each byte that comes: a timer that fires too early is harmless
 * and cheaper than arming it anew each time.
 */
static void set_timer(struct conn *c)
{
	uint64_t deadline = earlier(link_deadline(c->link), c->relax_at);
	uint64_t now;

	if (c->stream && c->phase == CONN_RUNNING)
		deadline = earlier(deadline, stream_deadline(c->stream));
	if (c->armed <= deadline && (deadline != UINT64_MAX || c->armed == UINT64_MAX))
		return;
	c->armed = deadline;
	if (deadline == UINT64_MAX) {
		ev_timer_stop(c->loop, &c->timer);
		return;
	}
	now = clock_monotonic_ns();
	ev_now_update(c->loop);
	ev_timer_stop(c->loop, &c->timer);
	ev_timer_set(&c->timer, deadline > now ? (double)(deadline - now) / 1e9 + 1e-4 : 0., 0.);
	ev_timer_start(c->loop, &c->timer);
}

void conn_sync(struct conn *c)
{
	if (c->syncing) {
		c->again = true;
		return;
	}
	c->syncing = true;
	do {
		c->again = false;
		if (c->stream && c->phase != CONN_IDLE && c->phase != CONN_RUNNING)
			break;
		if (c->stream) {
			pull_events(c);
			flush(c);
			pull_events(c);
			if (c->transport && c->starttls_wanted &&
			    stream_transport(c->stream) == STREAM_TRANSPORT_KEEP &&
			    stream_pending(c->stream).n == 0)
				begin_handshake(c);
			act_on_transport(c);
			pull_events(c);
		}
	} while (c->again);
	c->syncing = false;
	set_io(c);
	set_timer(c);
}

static void on_io(struct ev_loop *loop, ev_io *w, int revents)
{
	struct conn *c = w->data;

	(void)loop;
	c->syncing = true;
	if (c->phase == CONN_CONNECTING || c->phase == CONN_DIRECT_TLS)
		conn_step_connect(c);
	else if (c->transport && transport_state(c->transport) == TRANSPORT_HANDSHAKE)
		step_handshake(c);
	else if (c->transport && (revents & EV_WRITE))
		fault_unref(transport_step(c->transport)); /* an EOF that waited to be sent */
	if ((revents & EV_READ) && c->phase == CONN_RUNNING)
		read_some(c);
	c->syncing = false;
	conn_sync(c);
}

static void on_more(struct ev_loop *loop, ev_idle *w, int revents)
{
	struct conn *c = w->data;

	(void)revents;
	ev_idle_stop(loop, w);
	on_io(loop, &c->io, EV_READ);
}

static void on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct conn *c = w->data;
	uint64_t now = clock_monotonic_ns();

	(void)loop;
	(void)revents;
	c->armed = UINT64_MAX;
	c->syncing = true;
	if (c->stream && c->phase == CONN_RUNNING && stream_deadline(c->stream) <= now)
		stream_input(c->stream, STREAM_INPUT_TICK, NULL, now);
	if (c->stream && c->relax_at <= now) {
		stream_relax(c->stream);
		c->relax_at = UINT64_MAX;
		link_relaxed(c->link);
	}
	link_tick(c->link, now);
	c->syncing = false;
	conn_sync(c);
}

/* --- life ------------------------------------------------------------------------------------- */

void conn_init(struct conn *c, struct link *link, struct ev_loop *loop, struct resolver *resolver)
{
	*c = (struct conn){
		.link = link,
		.loop = loop,
		.resolver = resolver,
		.armed = UINT64_MAX,
		.relax_at = UINT64_MAX,
	};
	ev_init(&c->resolved, conn_resolved);
	ev_io_init(&c->io, on_io, -1, 0);
	ev_idle_init(&c->more, on_more);
	ev_set_priority(&c->more, EV_MAXPRI); /* in each turn, whatever else there is to do */
	ev_timer_init(&c->timer, on_timer, 0., 0.);
	c->resolved.data = c->io.data = c->more.data = c->timer.data = c;
}

void conn_done(struct conn *c)
{
	conn_cancel(c);
	ev_timer_stop(c->loop, &c->timer);
	stream_free(TAKE_PTR(c->stream));
}

bool conn_secure(const struct conn *c)
{
	return c->transport && transport_state(c->transport) == TRANSPORT_SECURE;
}

bool conn_can_starttls(const struct conn *c)
{
	return c->transport && c->phase == CONN_RUNNING && !c->starttls_wanted &&
	       transport_state(c->transport) == TRANSPORT_PLAIN &&
	       stream_state(c->stream) < STREAM_CLOSING;
}

enum stream_state conn_state(const struct conn *c)
{
	return c->stream ? stream_state(c->stream) : STREAM_READY;
}
