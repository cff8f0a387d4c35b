/* The states of the XMLStream, their one setter, and what time does to them. */
#include <assert.h>
#include <errno.h>

#include "protocol/stream/stream_private.h"
#include "protocol/xml/xmlwrite.h"

#define TO(state) (1u << (state))

enum {
	ABORT_LINGER_S = 15, /* for bytes that the peer does not take; where no limit is set */
};

static const unsigned allowed[STREAM_STATE_COUNT_] = {
	[STREAM_READY] = TO(STREAM_HEADER_SENT) | TO(STREAM_CLOSED),
	[STREAM_HEADER_SENT] = TO(STREAM_OPEN) | TO(STREAM_CLOSING) |
			       TO(STREAM_FOOTER_RECEIVED) /* EOF */ | TO(STREAM_CLOSED),
	[STREAM_OPEN] = TO(STREAM_HEADER_SENT) /* reset */ | TO(STREAM_CLOSING) |
			TO(STREAM_FOOTER_RECEIVED) /* dead time */ | TO(STREAM_CLOSED),
	[STREAM_CLOSING] = TO(STREAM_FOOTER_RECEIVED) | TO(STREAM_CLOSED),
	[STREAM_FOOTER_RECEIVED] = TO(STREAM_CLOSED),
	[STREAM_CLOSED] = 0,
};

static const char *const names[STREAM_STATE_COUNT_] = {
	[STREAM_READY] = "READY",
	[STREAM_HEADER_SENT] = "STREAM_HEADER_SENT",
	[STREAM_OPEN] = "OPEN",
	[STREAM_CLOSING] = "CLOSING",
	[STREAM_FOOTER_RECEIVED] = "CLOSING_STREAM_FOOTER_RECEIVED",
	[STREAM_CLOSED] = "CLOSED",
};

const char *stream_state_name(enum stream_state state)
{
	assert(state < STREAM_STATE_COUNT_);
	return names[state];
}

void stream_emit(struct stream *s, struct stream_event event)
{
	assert(s->n_events < STREAM_MAX_EVENTS);
	s->events[(s->first_event + s->n_events++) % STREAM_MAX_EVENTS] = event;
}

void stream_set_state(struct stream *s, enum stream_state to)
{
	assert(to < STREAM_STATE_COUNT_ && (allowed[s->state] & TO(to)));
	if (to >= STREAM_CLOSING && !s->told_closing) {
		s->told_closing = true;
		s->shutdown_from = s->now;
		stream_emit(s, (struct stream_event){ .kind = STREAM_EVENT_CLOSING,
						      .state = to,
						      .fault = s->cause });
	}
	stream_emit(s, (struct stream_event){
			       .kind = STREAM_EVENT_STATE, .state = to, .previous = s->state });
	s->state = to;
}

void stream_want_transport(struct stream *s, enum stream_transport what)
{
	if (s->transport < what)
		s->transport = what;
}

void stream_set_cause(struct stream *s, struct fault *why)
{
	if (s->cause)
		fault_unref(why);
	else
		s->cause = why;
}

void stream_end(struct stream *s)
{
	s->ear = EAR_SHUT;
	stream_drop_parser(s);
	if (s->state != STREAM_CLOSED)
		stream_set_state(s, STREAM_CLOSED);
}

void stream_shut(struct stream *s)
{
	if (s->state >= STREAM_CLOSING)
		return;
	if (!s->footer_sent && s->ear != EAR_HANDSHAKE) {
		size_t mark = s->out.n;

		xmlwrite_footer(&s->out);
		if (s->out.error)
			s->out.error = 0;
		else
			s->queued_total += s->out.n - mark;
	}
	s->footer_sent = true;
	stream_want_transport(s, STREAM_TRANSPORT_SHUTDOWN);
	/* then the peer's footer cannot come, or would not be seen */
	if (s->state == STREAM_HEADER_SENT || s->ear != EAR_OPEN) {
		stream_want_transport(s, STREAM_TRANSPORT_CLOSE);
		s->ear = EAR_SHUT;
	}
	stream_set_state(s, STREAM_CLOSING);
}

static uint64_t after(uint64_t from, uint64_t limit)
{
	uint64_t at;

	return limit == 0 || __builtin_add_overflow(from, limit, &at) ? UINT64_MAX : at;
}

static bool is_connected(const struct stream *s)
{
	return s->state != STREAM_READY && s->state != STREAM_CLOSED;
}

static uint64_t soft_deadline(const struct stream *s)
{
	return is_connected(s) && !s->soft_told
		       ? after(s->received_at, s->options.deadtime_soft_limit)
		       : UINT64_MAX;
}

static uint64_t hard_deadline(const struct stream *s)
{
	return is_connected(s) ? after(s->received_at, s->options.deadtime_hard_limit) : UINT64_MAX;
}

/* Nobody may keep half an element here for ever by a byte now and then. */
static uint64_t element_deadline(const struct stream *s)
{
	return s->element_from == UINT64_MAX || s->ear != EAR_OPEN
		       ? UINT64_MAX
		       : after(s->element_from, s->options.element_timeout);
}

static uint64_t shutdown_deadline(const struct stream *s)
{
	uint64_t limit = s->options.shutdown_timeout;

	if (s->shutdown_from == UINT64_MAX || s->transport == STREAM_TRANSPORT_ABORT)
		return UINT64_MAX;
	if (s->state == STREAM_CLOSED && limit == 0)
		limit = ABORT_LINGER_S * UINT64_C(1000000000);
	return after(s->shutdown_from, limit);
}

uint64_t stream_deadline(const struct stream *s)
{
	uint64_t at = shutdown_deadline(s);

	if (at > element_deadline(s))
		at = element_deadline(s);
	if (at > soft_deadline(s))
		at = soft_deadline(s);
	return at < hard_deadline(s) ? at : hard_deadline(s);
}

/* As the seed: as if both sides had closed. */
static void trip_hard_limit(struct stream *s)
{
	stream_set_cause(s, fault_errno(ETIMEDOUT, "nothing received within deadtime_hard_limit"));
	stream_want_transport(s, STREAM_TRANSPORT_ABORT);
	if (s->state < STREAM_FOOTER_RECEIVED)
		stream_set_state(s, STREAM_FOOTER_RECEIVED);
	stream_end(s);
}

void stream_tick(struct stream *s)
{
	uint64_t hard = hard_deadline(s);

	if (soft_deadline(s) <= s->now && soft_deadline(s) < hard) {
		s->soft_told = true;
		stream_emit(s, (struct stream_event){ .kind = STREAM_EVENT_DEADTIME });
	}
	if (hard <= s->now)
		trip_hard_limit(s);
	if (element_deadline(s) <= s->now)
		stream_refuse(s, "policy-violation", "an element was begun and not ended in time");
	if (shutdown_deadline(s) <= s->now) {
		stream_want_transport(s, STREAM_TRANSPORT_ABORT);
		stream_end(s);
	}
}

void stream_received(struct stream *s)
{
	s->received_at = s->now;
	s->soft_told = false;
}
