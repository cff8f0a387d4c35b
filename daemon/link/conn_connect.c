/* How a connection comes about: the name, the addresses in turn, direct TLS. */
#include <assert.h>
#include <errno.h>

#include "daemon/base/clock.h"
#include "daemon/link/conn.h"
#include "daemon/link/conn_internal.h"
#include "daemon/link/link_events.h"

static void fail_connect(struct conn *c, struct fault *why)
{
	conn_cancel(c);
	link_connect_failed(c->link, why);
}

/* Keeps the latest fault: it is told when no address is left. */
static void note_fault(struct conn *c, struct fault *why)
{
	fault_unref(c->last_fault);
	c->last_fault = why;
}

static void try_next_address(struct conn *c)
{
	const struct address *addresses;
	struct fault *why;
	size_t n;

	conn_drop_transport(c);
	why = resolve_result(c->query, &addresses, &n);
	if (why) {
		fail_connect(c, why);
		return;
	}
	c->phase = CONN_CONNECTING;
	while (!c->transport && c->next_address < n) {
		const struct address *a = &addresses[c->next_address++];

		why = NULL;
		c->transport = transport_connect((const struct sockaddr *)&a->addr, a->len, &why);
		if (!c->transport)
			note_fault(c, why);
	}
	if (!c->transport) {
		why = c->last_fault ? fault_ref(c->last_fault)
				    : fault_errno(EHOSTUNREACH, c->options.host);
		fail_connect(c, why);
	} else if (transport_state(c->transport) == TRANSPORT_PLAIN) {
		c->scheduled = true; /* connected at once: no event will say so */
	}
}

void conn_resolved(struct ev_loop *loop, ev_watcher *w, int revents)
{
	struct conn *c = w->data;

	(void)loop;
	(void)revents;
	if (c->phase != CONN_RESOLVING)
		return;
	try_next_address(c);
	conn_sync(c);
}

bool conn_skip_address(struct conn *c)
{
	const struct address *addresses;
	size_t n = 0;

	if (c->phase != CONN_CONNECTING)
		return false;
	fault_unref(resolve_result(c->query, &addresses, &n));
	if (c->next_address >= n)
		return false;
	note_fault(c, fault_errno(ETIMEDOUT, transport_peer(c->transport)));
	try_next_address(c);
	return true;
}

static void begin_stream(struct conn *c)
{
	resolve_free(TAKE_PTR(c->query));
	fault_unrefp(&c->last_fault);
	c->phase = CONN_RUNNING;
	c->shut = c->got_eof = false;
	link_connected(c->link);
	stream_input(c->stream, STREAM_INPUT_CONNECTED, NULL, clock_monotonic_ns());
}

/* The transport may have connected, or finished its first handshake. */
void conn_step_connect(struct conn *c)
{
	struct fault *why = transport_step(c->transport);

	if (!why && transport_state(c->transport) == TRANSPORT_PLAIN && c->options.direct_tls &&
	    c->phase == CONN_CONNECTING) {
		c->phase = CONN_DIRECT_TLS;
		why = transport_starttls(c->transport, &c->options.tls);
		if (!why)
			why = transport_step(c->transport);
	}
	if (why && c->phase == CONN_DIRECT_TLS) {
		fail_connect(c, why);
	} else if (why) {
		note_fault(c, why);
		try_next_address(c);
	} else if (transport_state(c->transport) ==
		   (c->options.direct_tls ? TRANSPORT_SECURE : TRANSPORT_PLAIN)) {
		begin_stream(c);
	}
}

void conn_open(struct conn *c, const struct conn_options *options, struct stream *stream)
{
	assert(c->phase == CONN_IDLE && !c->transport);
	stream_free(c->stream);
	c->stream = stream;
	c->options = *options;
	c->next_address = 0;
	c->phase = CONN_RESOLVING;
	c->query = resolve_start(c->resolver, options->host, options->port, &c->resolved);
	if (!c->query)
		fail_connect(c, fault_no_memory());
}

void conn_cancel(struct conn *c)
{
	ev_clear_pending(c->loop, &c->resolved);
	resolve_free(TAKE_PTR(c->query));
	fault_unrefp(&c->last_fault);
	conn_drop_transport(c);
	c->phase = CONN_IDLE;
}
