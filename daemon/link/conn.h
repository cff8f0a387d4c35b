/*
 * One connection: name look-up, transport and XMLStream, their watchers and the one conn_sync()
 * that every callback and every request ends in. Embedded in its link, which it tells of everything
 * by the functions of link_events.h; both are one room.
 */
#pragma once

#include <ev.h>

#include "daemon/net/resolve.h"
#include "daemon/net/transport.h"
#include "protocol/stream/stream.h"

struct link;

struct conn_options {
	const char *host; /* to connect to */
	uint16_t port;
	bool direct_tls;
	struct tls_options tls; /* strings belong to the link */
};

enum conn_phase {
	CONN_IDLE,
	CONN_RESOLVING,
	CONN_CONNECTING,
	CONN_DIRECT_TLS, /* the handshake before the stream */
	CONN_RUNNING,	 /* a stream on a transport */
};

struct conn {
	struct link *link;
	struct ev_loop *loop;
	struct resolver *resolver;
	enum conn_phase phase;
	struct conn_options options;
	struct resolve_query *query;
	ev_watcher resolved;
	size_t next_address;
	struct fault *last_fault; /* of the latest address tried */
	struct transport *transport;
	struct stream *stream; /* stays after its end, for its cause */
	ev_io io;
	ev_idle more; /* there is more to read than the socket shows */
	ev_timer timer;
	int io_mask;
	bool starttls_wanted; /* as soon as all pending bytes are out */
	bool shut;	      /* EOF was sent */
	bool got_eof;
	bool syncing, again; /* conn_sync() is running; was called meanwhile */
	bool scheduled;	     /* more to read without waiting */
	uint64_t armed;	     /* when `timer` fires; UINT64_MAX: stopped */
	uint64_t relax_at;   /* when an idle stream gives back memory; UINT64_MAX: it has */
};

void conn_init(struct conn *c, struct link *link, struct ev_loop *loop, struct resolver *resolver);
void conn_done(struct conn *c); /* closes at once, tells nobody */

/*
 * Begins to connect; `stream` is consumed and takes over when the transport is up. The link is told
 * by link_connected() or link_connect_failed(). The options' strings must live until then.
 */
void conn_open(struct conn *c, const struct conn_options *options, struct stream *stream);

/* Handshake on the running stream, once what is pending has been sent; link_secured() or a fault.
 */
void conn_starttls(struct conn *c, const struct tls_options *options);
void conn_starttls_failed(struct conn *c, struct fault *why); /* consumes why; the stream is dead */

/* The address tried does not answer: the next one. False: there is none, or it is connected. */
bool conn_skip_address(struct conn *c);

/* Gives up while still connecting; tells nobody. */
void conn_cancel(struct conn *c);

/* Pulls events, flushes, acts on the transport, sets watchers. Idempotent. */
void conn_sync(struct conn *c);

bool conn_secure(const struct conn *c);
bool conn_can_starttls(const struct conn *c);
enum stream_state conn_state(const struct conn *c); /* READY where there is no stream yet */
