/*
 * The XMLStream: one XML stream to a server, from its header to its footer, without I/O or clock.
 * Semantics are those of aioxmpp.protocol.XMLStream; RFC 6120 section 4. Bytes and what happened to
 * the transport are pushed in, events are pulled out, bytes to transmit are asked for. After every
 * push or call: pull all events, transmit, look at stream_transport() and stream_deadline().
 *
 * Times are monotonic nanoseconds. Owned by whoever made it; it owns its copy of all options.
 */
#pragma once

#include "protocol/base/fault.h"
#include "protocol/xml/xmlparse.h"

enum stream_state {
	STREAM_READY,		/* not connected yet */
	STREAM_HEADER_SENT,	/* awaits the peer's header */
	STREAM_OPEN,		/* elements flow */
	STREAM_CLOSING,		/* awaits the peer's footer */
	STREAM_FOOTER_RECEIVED, /* awaits the end of the transport */
	STREAM_CLOSED,		/* final */
	STREAM_STATE_COUNT_
};

const char *stream_state_name(enum stream_state state); /* "STREAM_HEADER_SENT" */

struct xso_registry;
struct stream_options {
	struct strview to, from;	  /* from.p NULL: none */
	struct strview default_namespace; /* n == 0: jabber:client */
	struct strview lang;		  /* xml:lang of our header; p NULL: none */
	bool no_version;		  /* XEP-0114: no version attribute, none expected */
	bool sorted_attributes;
	bool reject_unknown; /* unknown top-level element: stream error unsupported-stanza-type */
	const struct xso_registry *classes; /* declared ones, not unknown; NULL: none; not copied */
	uint64_t shutdown_timeout;	    /* ns; 0: no limit */
	uint64_t deadtime_soft_limit, deadtime_hard_limit; /* ns; 0: off */
	uint64_t element_timeout; /* ns from an element's first byte to its last; 0: 5 minutes */
	struct xmlparse_limits limits;
};

enum stream_event_kind {
	STREAM_EVENT_STATE,    /* state, previous */
	STREAM_EVENT_CLOSING,  /* fault: NULL if the application closed without error */
	STREAM_EVENT_FEATURES, /* elem */
	STREAM_EVENT_ELEMENT,  /* elem: any other top-level element but stream errors; rest */
	STREAM_EVENT_DEADTIME, /* the soft limit */
	STREAM_EVENT_HEADER,   /* the peer's header was accepted; see stream_remote() */
};

struct stream_event {
	enum stream_event_kind kind;
	enum stream_state state, previous;
	const struct fault *fault; /* belongs to the stream: ref it to keep it */
	const struct elem *elem;   /* until the next stream_push() */
	size_t rest; /* bytes of the same push behind elem: an attack behind <proceed/> */
};

/* What happened to the transport. */
enum stream_input {
	STREAM_INPUT_CONNECTED, /* READY: the header is sent */
	STREAM_INPUT_EOF,	/* the peer closed its direction in an orderly way */
	STREAM_INPUT_LOST,	/* the transport is gone; with a fault or, clean, without */
	STREAM_INPUT_TICK,	/* stream_deadline() has passed */
};

/* What the owner is to do with the transport, after stream_pending() has been transmitted. */
enum stream_transport {
	STREAM_TRANSPORT_KEEP,
	STREAM_TRANSPORT_SHUTDOWN, /* send EOF, go on reading */
	STREAM_TRANSPORT_CLOSE,	   /* EOF and close, then STREAM_INPUT_LOST */
	STREAM_TRANSPORT_ABORT,	   /* close at once, pending bytes are lost */
};

struct stream;

struct stream *stream_new(const struct stream_options *options); /* NULL without memory */
void stream_free(struct stream *s);				 /* takes NULL */

/* Feeding. */
void stream_push(struct stream *s, struct strview in, uint64_t now); /* at most XMLPARSE_MAX_PUSH */
void stream_input(struct stream *s, enum stream_input what, const struct fault *why, uint64_t now);
bool stream_next(struct stream *s, struct stream_event *ret);

/*
 * Driving. Each returns NULL, or a new reference to the fault that clients get: what killed the
 * stream if there was a cause, else not-connected; and then nothing has happened.
 */
struct fault *stream_send(struct stream *s, const struct elem *e);	 /* all or nothing */
struct fault *stream_send_bytes(struct stream *s, struct strview bytes); /* as they are */
struct fault *stream_reset(struct stream *s, uint64_t now);
/* Throws away all input; the caller drives the handshake, then stream_reset(). */
struct fault *stream_starttls(struct stream *s);
void stream_close(struct stream *s, uint64_t now); /* no-op when closing or closed */
/* condition: RFC 6120 4.9.3 (stream_condition_known()); text and application may be NULL. */
struct fault *stream_close_with_error(struct stream *s, const char *condition,
				      const struct strview *text, const struct elem *application,
				      uint64_t now);
/* The transport or login failed for a reason that the owner knows (TLS, SASL): ends the stream. */
void stream_fail(struct stream *s, struct fault *why, uint64_t now); /* consumes why */
void stream_abort(struct stream *s, uint64_t now);

/* Asking. */
enum stream_state stream_state(const struct stream *s);
struct fault *
stream_check(const struct stream *s); /* NULL if it can send now, else as stream_send() */
const struct fault *stream_cause(const struct stream *s); /* what killed it, or NULL */
const struct xmlparse_header *
stream_remote(const struct stream *s); /* the peer's latest header or NULL */
struct strview stream_default_namespace(const struct stream *s);
struct strview stream_pending(const struct stream *s); /* bytes to transmit */
void stream_sent(struct stream *s, size_t n);	       /* that many of them are transmitted */
uint64_t stream_queued_total(const struct stream *s);  /* bytes ever queued and ever transmitted: */
uint64_t stream_sent_total(const struct stream *s);    /* a send is "sent" when this reaches that */
enum stream_transport stream_transport(const struct stream *s);
uint64_t stream_deadline(const struct stream *s); /* UINT64_MAX: none */
bool stream_condition_known(const char *condition);
void stream_set_limits(struct stream *s, uint64_t shutdown_timeout, uint64_t deadtime_soft_limit,
		       uint64_t deadtime_hard_limit, uint64_t now);
/* Lets go of memory that an idle stream does not need (xmlparse_relax). */
void stream_relax(struct stream *s);
