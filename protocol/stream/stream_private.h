/* What the files of the XMLStream share: stream.c, stream_state.c, stream_input.c, stream_errors.c.
 */
#pragma once

#include "protocol/stream/stream.h"

enum {
	/*
	 * States only go forward but for reset, and what the peer sends is read only when the queue
	 * is empty; so between two pulls there are at most: HEADER, OPEN, HEADER_SENT (reset),
	 * DEADTIME, closing, CLOSING, FOOTER_RECEIVED, CLOSED.
	 */
	STREAM_MAX_EVENTS = 16,
};

/* What is done with bytes that come. */
enum stream_ear {
	EAR_OPEN,      /* they are parsed */
	EAR_PROCEED,   /* discarded: TLS has to follow a <proceed/> */
	EAR_HANDSHAKE, /* discarded, and nothing is sent: TLS begins, stream_reset() has to follow
			*/
	EAR_SHUT,      /* discarded for good */
};

struct stream {
	enum stream_state state;
	enum stream_ear ear;
	enum stream_transport transport;
	bool footer_sent;  /* or never to be sent */
	bool told_closing; /* STREAM_EVENT_CLOSING was queued */
	bool draining;	   /* a push was not yet pulled to its end */
	struct fault *cause;
	struct stream_options options;
	char *option_strings; /* of options */

	struct xmlparse *parser;  /* NULL until bytes come */
	struct xmlparse *retired; /* holds the element that was pulled last; until the next push */
	bool has_remote;
	struct xmlparse_header remote;
	char *remote_strings; /* of remote */

	struct buf out;
	size_t out_head; /* bytes of out that are transmitted */
	uint64_t queued_total, sent_total;

	uint64_t now; /* the latest that we were told */
	uint64_t received_at;
	bool soft_told;		/* the soft limit, since received_at */
	uint64_t element_from;	/* when the unfinished element began; UINT64_MAX: there is none */
	uint64_t shutdown_from; /* when closing began; UINT64_MAX: not yet */

	struct stream_event events[STREAM_MAX_EVENTS];
	size_t first_event, n_events;
};

/*
 * Copies what the views show into one new heap block and lets them show the copies; absent ones
 * stay absent. NULL without memory: then they are as they were.
 */
char *stream_keep_strings(struct strview *const views[], size_t n);

/* stream_state.c */
void stream_emit(struct stream *s, struct stream_event event);
void stream_set_state(struct stream *s, enum stream_state to);
void stream_want_transport(struct stream *s, enum stream_transport what); /* only ever more */
/* The first cause stays; consumes why. */
void stream_set_cause(struct stream *s, struct fault *why);
/* The transport is to be closed at once or is gone: CLOSED. */
void stream_end(struct stream *s);
/* Footer, EOF, CLOSING, as far as that is still to be done. */
void stream_shut(struct stream *s);
void stream_tick(struct stream *s);
void stream_received(struct stream *s); /* bytes came: the peer is alive */

/* stream_input.c */
void stream_drop_parser(struct stream *s);
void stream_forget_input(struct stream *s); /* all parser state, features, the peer's header */

/* stream_errors.c */
/* As if the peer had broken the protocol: stream error, footer, transport closed. */
void stream_refuse(struct stream *s, const char *condition, const char *text);
/* The fault of a stream error; elem: as the peer sent it. */
struct fault *stream_fault_received(const struct elem *elem);
