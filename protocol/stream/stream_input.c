/* What comes from the peer and from its transport. */
#include <assert.h>
#include <stdlib.h>

#include "protocol/base/ns.h"
#include "protocol/stream/stream_private.h"
#include "protocol/xso/xso_registry.h"

static void forget_remote(struct stream *s)
{
	free(s->remote_strings);
	s->remote_strings = NULL;
	s->has_remote = false;
	s->remote = (struct xmlparse_header){ 0 };
}

void stream_drop_parser(struct stream *s)
{
	/* the element that is being handled may lie in there */
	if (s->retired)
		xmlparse_free(s->parser);
	else
		s->retired = s->parser;
	s->parser = NULL;
	s->draining = false;
	s->element_from = UINT64_MAX;
}

void stream_forget_input(struct stream *s)
{
	stream_drop_parser(s);
	forget_remote(s);
}

void stream_push(struct stream *s, struct strview in, uint64_t now)
{
	assert(!s->draining && in.n <= XMLPARSE_MAX_PUSH);
	s->now = now;
	xmlparse_free(s->retired);
	s->retired = NULL;
	if (in.n == 0 || s->state == STREAM_READY || s->state == STREAM_CLOSED)
		return;
	stream_received(s);
	if (s->ear != EAR_OPEN)
		return;
	if (!s->parser)
		s->parser = xmlparse_new(&s->options.limits);
	if (s->parser && xmlparse_push(s->parser, in) == 0)
		s->draining = true;
	else
		stream_refuse(s, "internal-server-error", "out of memory");
}

/* Major and minor number of "1.0"; leading zeros do not count (RFC 6120 4.7.5). */
static bool is_version_1_0(struct strview v)
{
	const char *dot = v.n ? memchr(v.p, '.', v.n) : NULL;
	size_t major, i;

	if (!dot)
		return false;
	major = (size_t)(dot - v.p);
	for (i = 0; i + 1 < major; i++)
		if (v.p[i] != '0')
			return false;
	if (major == 0 || v.p[major - 1] != '1' || major + 1 == v.n)
		return false;
	for (i = major + 1; i < v.n; i++)
		if (v.p[i] != '0')
			return false;
	return true;
}

/* NULL, or what is wrong with the peer's header. */
static const char *check_header(const struct stream *s, const struct xmlparse_header *h,
				const char **ret_condition)
{
	if (!s->options.no_version && !is_version_1_0(h->version)) {
		*ret_condition = "unsupported-version";
		return "unsupported version";
	}
	*ret_condition = "undefined-condition";
	if (!h->from.p)
		return "from attribute required in response header";
	if (!h->id.p)
		return "id attribute required in response header";
	return NULL;
}

static void on_header(struct stream *s, const struct xmlparse_event *ev)
{
	struct xmlparse_header h = ev->header;
	struct strview *const views[] = {
		&h.to, &h.from, &h.id, &h.version, &h.lang, &h.default_ns
	};
	const char *condition, *text = check_header(s, &h, &condition);

	if (text) {
		stream_refuse(s, condition, text);
		return;
	}
	forget_remote(s);
	s->remote_strings = stream_keep_strings(views, ARRAY_SIZE(views));
	if (!s->remote_strings) {
		stream_refuse(s, "internal-server-error", "out of memory");
		return;
	}
	s->remote = h;
	s->has_remote = true;
	stream_emit(s, (struct stream_event){ .kind = STREAM_EVENT_HEADER });
	stream_set_state(s, STREAM_OPEN);
}

static bool is_stanza(const struct stream *s, const struct elem *e)
{
	return strview_eq(e->ns, s->options.default_namespace) &&
	       (strview_is(e->name, "message") || strview_is(e->name, "presence") ||
		strview_is(e->name, "iq"));
}

static bool is_declared(const struct stream *s, const struct elem *e)
{
	return s->options.classes &&
	       xso_registry_find(s->options.classes, e->ns, e->name, s->options.default_namespace);
}

static bool is_of_stream(const struct elem *e)
{
	return strview_is(e->ns, XMLNS_TLS) || strview_is(e->ns, XMLNS_SASL) ||
	       strview_is(e->ns, XMLNS_SM);
}

static void refuse_unknown(struct stream *s, const struct elem *e)
{
	struct strview text;
	struct arena scratch;

	arena_init(&scratch, 0);
	text = arena_printf(&scratch, "unsupported stanza: {%.*s}%.*s", SV_ARG(e->ns),
			    SV_ARG(e->name));
	stream_refuse(s, "unsupported-stanza-type", text.p);
	arena_done(&scratch);
}

static void on_stream_error(struct stream *s, const struct elem *e)
{
	stream_set_cause(s, stream_fault_received(e));
	stream_shut(s);
}

static void on_element(struct stream *s, const struct xmlparse_event *ev)
{
	struct stream_event out = {
		.kind = STREAM_EVENT_ELEMENT,
		.elem = ev->elem,
		.rest = ev->rest,
	};
	bool closing = s->state >= STREAM_CLOSING;
	bool known = is_stanza(s, ev->elem) || is_declared(s, ev->elem);

	if (elem_is(ev->elem, XMLNS_STREAM, "error")) {
		on_stream_error(s, ev->elem);
		return;
	}
	if (elem_is(ev->elem, XMLNS_STREAM, "features")) {
		out.kind = STREAM_EVENT_FEATURES;
	} else if (closing && !known) {
		return;
	} else if (s->options.reject_unknown && !known && !is_of_stream(ev->elem)) {
		refuse_unknown(s, ev->elem);
		return;
	}
	stream_emit(s, out);
	if (!closing && elem_is(ev->elem, XMLNS_TLS, "proceed"))
		s->ear = EAR_PROCEED;
}

static struct fault *closed_by_peer(const char *what)
{
	return fault_new(FAULT_NOT_CONNECTED, "%s closed by peer", what);
}

static void on_footer(struct stream *s, const struct xmlparse_event *ev)
{
	(void)ev;
	if (s->state < STREAM_CLOSING) {
		stream_set_cause(s, closed_by_peer("stream"));
		stream_shut(s);
	}
	s->ear = EAR_SHUT;
	stream_want_transport(s, STREAM_TRANSPORT_CLOSE);
	stream_set_state(s, STREAM_FOOTER_RECEIVED);
}

static void on_parse_fault(struct stream *s, const struct xmlparse_event *ev)
{
	stream_refuse(s, ev->condition, ev->text);
}

static void end_push(struct stream *s)
{
	if (s->draining && s->ear == EAR_OPEN && s->element_from == UINT64_MAX &&
	    xmlparse_in_element(s->parser))
		s->element_from = s->now;
	s->draining = false;
}

bool stream_next(struct stream *s, struct stream_event *ret)
{
	static void (*const handlers[])(struct stream *, const struct xmlparse_event *) = {
		[XMLPARSE_HEADER] = on_header,
		[XMLPARSE_ELEMENT] = on_element,
		[XMLPARSE_FOOTER] = on_footer,
		[XMLPARSE_FAULT] = on_parse_fault,
	};
	struct xmlparse_event ev;

	/* no further than needed: what the owner does with this one decides about the next */
	while (s->n_events == 0) {
		if (!s->draining || s->ear != EAR_OPEN || !xmlparse_next(s->parser, &ev)) {
			end_push(s);
			return false;
		}
		s->element_from = UINT64_MAX;
		handlers[ev.what](s, &ev);
	}
	*ret = s->events[s->first_event];
	s->first_event = (s->first_event + 1) % STREAM_MAX_EVENTS;
	s->n_events--;
	return true;
}

static void on_connected(struct stream *s)
{
	struct fault *f;

	if (s->state != STREAM_READY)
		return; /* aborted in the meantime */
	s->received_at = s->now;
	stream_set_state(s, STREAM_HEADER_SENT);
	f = stream_reset(s, s->now);
	if (!f)
		return;
	/* a stream that did not begin has no footer */
	stream_set_cause(s, f);
	stream_want_transport(s, STREAM_TRANSPORT_ABORT);
	stream_end(s);
}

static void on_eof(struct stream *s)
{
	if (s->state == STREAM_READY || s->state == STREAM_CLOSED)
		return;
	if (s->state < STREAM_CLOSING)
		stream_set_cause(s, closed_by_peer("connection"));
	if (s->ear != EAR_HANDSHAKE)
		s->ear = EAR_SHUT;
	if (s->state == STREAM_OPEN)
		stream_shut(s);
	s->ear = EAR_SHUT;
	stream_want_transport(s, STREAM_TRANSPORT_CLOSE);
	if (s->state != STREAM_FOOTER_RECEIVED)
		stream_set_state(s, STREAM_FOOTER_RECEIVED);
}

static void on_lost(struct stream *s, const struct fault *why)
{
	if (s->state == STREAM_CLOSED)
		return;
	if (why)
		stream_set_cause(s, fault_ref(why));
	else if (s->state < STREAM_CLOSING)
		stream_set_cause(s, closed_by_peer("connection"));
	stream_want_transport(s, STREAM_TRANSPORT_ABORT);
	stream_end(s);
}

void stream_input(struct stream *s, enum stream_input what, const struct fault *why, uint64_t now)
{
	s->now = now;
	switch (what) {
	case STREAM_INPUT_CONNECTED:
		on_connected(s);
		break;
	case STREAM_INPUT_EOF:
		on_eof(s);
		break;
	case STREAM_INPUT_LOST:
		on_lost(s, why);
		break;
	case STREAM_INPUT_TICK:
		stream_tick(s);
		break;
	}
}
