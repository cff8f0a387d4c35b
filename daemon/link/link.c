/* A link's events on their way to the bus, and what its connection tells it. */
#include <stdlib.h>

#include "daemon/link/iq.h"
#include "daemon/link/managed.h"
#include "daemon/link/send.h"
#include "daemon/link/waiter.h"
#include "ipc/json/jsonw.h"
#include "protocol/base/ns.h"

/* --- publishing ------------------------------------------------------------------------------- */

struct audience link_audience(const struct link *k)
{
	return (struct audience){ .raw = k->raw, .uid = k->owner_uid };
}

static struct strview default_ns(const struct link *k)
{
	if (k->conn.stream)
		return stream_default_namespace(k->conn.stream);
	return k->options.default_namespace.n ? k->options.default_namespace : SV(XMLNS_CLIENT);
}

struct xso_json_context link_xso_context(const struct link *k)
{
	return (struct xso_json_context){
		.default_ns = default_ns(k),
		.reject_unknown_payload = k->options.reject_unknown,
		.account = k->section ? strview_of(k->section->jid) : SV_NONE,
		.archives = &k->archives.asked,
	};
}

struct match_context link_match_context(const struct link *k)
{
	struct match_context ctx = { .default_ns = default_ns(k) };

	if (k->section)
		ctx.own_bare = strview_of(k->section->jid);
	return ctx;
}

struct event link_event(struct link *k, enum event_kind kind)
{
	return (struct event){
		.kind = kind,
		.stream = strview_of(k->name),
		.seq = events[kind].has_seq ? seq_next(k) : 0,
		.unix_us = clock_unix_us(),
		.audience = link_audience(k),
		.level = -1,
	};
}

void link_publish(struct link *k, enum event_kind kind, const struct buf *members)
{
	struct event e;

	if (k->silent)
		return;
	e = link_event(k, kind);
	if (members && !members->error)
		e.members = buf_view(members);
	bus_publish(k->links->bus, &e);
}

void link_publish_info(struct link *k, enum event_kind kind)
{
	CLEANUP(buf_done) struct buf members = BUF_INIT;

	if (bus_wants(k->links->bus, kind, strview_of(k->name))) {
		jsonw_key(&members, "info");
		link_info(k, &members);
	}
	link_publish(k, kind, &members);
}

/* To all but `except`, whose own call gets it. Its number; 0: it is none. */
static uint64_t publish_xso(struct link *k, enum event_kind kind, const struct elem *e,
			    const struct session *except)
{
	struct event ev;

	if (k->silent)
		return 0;
	ev = link_event(k, kind);
	ev.elem = e;
	ev.xso_ctx = link_xso_context(k);
	ev.match_ctx = link_match_context(k);
	ev.not = except;
	bus_publish(k->links->bus, &ev);
	return ev.seq;
}

bool link_wants(const struct link *k, enum event_kind kind)
{
	return !k->silent && bus_wants(k->links->bus, kind, strview_of(k->name));
}

/* --- sending ---------------------------------------------------------------------------------- */

/* xso.out: those of the sender's uid, and root, see what clients send. */
static void publish_out(struct link *k, const struct elem *e, const struct session *by)
{
	CLEANUP(buf_done) struct buf members = BUF_INIT;
	struct event ev;

	if (!link_wants(k, EVENT_XSO_OUT))
		return;
	jsonw_member_uint(&members, "client", by->id);
	ev = link_event(k, EVENT_XSO_OUT);
	ev.audience = (struct audience){ .raw = true, .uid = by->peer.uid };
	ev.members = buf_view(&members);
	ev.elem = e;
	ev.xso_ctx = link_xso_context(k);
	ev.match_ctx = link_match_context(k);
	if (!members.error)
		bus_publish(k->links->bus, &ev);
}

struct fault *link_check(const struct link *k)
{
	if (!k->conn.stream || k->conn.phase != CONN_RUNNING || k->conn.starttls_wanted) {
		const struct fault *cause = k->conn.stream ? stream_cause(k->conn.stream) : NULL;

		return cause ? fault_ref(cause)
			     : fault_new(FAULT_NOT_CONNECTED, "the stream is not connected");
	}
	if (!k->raw && k->link != LINK_UP)
		return fault_new(FAULT_NOT_CONNECTED, "the stream is %s", link_state_name(k->link));
	return stream_check(k->conn.stream);
}

struct fault *link_send(struct link *k, const struct elem *e, const struct session *by, bool mute)
{
	struct fault *why = stream_send(k->conn.stream, e);

	if (why)
		return why;
	k->links->stanzas_out++;
	archives_note(&k->archives, e);
	link_log_xso(k, true, e, mute);
	if (by && !mute)
		publish_out(k, e, by);
	return NULL;
}

/* --- what the connection tells ---------------------------------------------------------------- */

void link_connected(struct link *k)
{
	k->links->connects++;
	link_log(k, LOG_LEVEL_DEBUG, "connected to %s", transport_peer(k->conn.transport));
	if (!k->raw) {
		managed_connected(k);
		return;
	}
	k->silent = false;
	link_publish_info(k, EVENT_STREAM_ADDED);
}

void link_connect_failed(struct link *k, struct fault *why)
{
	if (!k->raw) {
		managed_failed(k, why);
		return;
	}
	waiters_fail(k, WAIT_OPEN, why);
	fault_unref(why);
	link_remove(k);
}

static void forget_features(struct link *k)
{
	arena_reset(&k->features_arena);
	k->features = NULL;
	k->features_unconsumed = false;
}

static void on_state(struct link *k, const struct stream_event *ev)
{
	CLEANUP(buf_done) struct buf members = BUF_INIT;

	k->since_us = clock_unix_us();
	jsonw_member_cstr(&members, "state", stream_state_name(ev->state));
	jsonw_member_cstr(&members, "previous", stream_state_name(ev->previous));
	link_publish(k, EVENT_STREAM_STATE, &members);
	if (ev->state == STREAM_HEADER_SENT)
		forget_features(k);
	waiters_state(k);
	if (ev->state != STREAM_CLOSED)
		return;
	archives_reset(&k->archives);
	if (!k->raw)
		managed_closed(k);
	else if (k->silent)
		link_remove(k);
}

static void on_closing(struct link *k, const struct stream_event *ev)
{
	CLEANUP(buf_done) struct buf members = BUF_INIT;

	jsonw_key(&members, "reason");
	if (ev->fault)
		fault_json(&members, ev->fault);
	else
		jsonw_null(&members);
	if (ev->fault && k->raw)
		link_log(k, LOG_LEVEL_INFO, "closing: %s", ev->fault->message);
	link_publish(k, EVENT_STREAM_CLOSING, &members);
	waiters_closing(k, ev->fault);
}

static void on_features(struct link *k, const struct elem *e)
{
	struct waiter *w;

	arena_reset(&k->features_arena);
	k->features = elem_copy(&k->features_arena, e);
	k->features_unconsumed = k->features != NULL;
	link_log_xso(k, false, e, false);
	w = waiters_match(k, e);
	(void)publish_xso(k, EVENT_STREAM_FEATURES, e, w ? w->request->session : NULL);
	if (w)
		waiter_matched(k, w, e);
	waiters_features(k);
}

/* What answers an iq.request is nobody else's, but for being an event. */
static bool take_answer(struct link *k, const struct elem *e)
{
	struct iq_request *q = k->iq ? iq_request_answered(k, e) : NULL;

	if (!q)
		return false;
	(void)publish_xso(k, EVENT_XSO, e, iq_request_session(q));
	iq_request_answer(k, q, e);
	return true;
}

static void on_element(struct link *k, const struct elem *e)
{
	struct waiter *w;
	uint64_t seq = 0;

	k->links->stanzas_in++;
	link_log_xso(k, false, e, false);
	if (take_answer(k, e))
		return;
	w = waiters_match(k, e);
	if (!k->iq || !iq_collect(k, e))
		seq = publish_xso(k, EVENT_XSO, e, w ? w->request->session : NULL);
	if (w)
		waiter_matched(k, w, e);
	if (k->iq)
		iq_received(k, e, seq);
}

static void on_deadtime(struct link *k)
{
	CLEANUP(buf_done) struct buf members = BUF_INIT;

	jsonw_member_cstr(&members, "limit", "soft");
	link_publish(k, EVENT_STREAM_DEADTIME, &members);
	if (!k->raw)
		managed_deadtime(k);
}

void link_stream_event(struct link *k, const struct stream_event *ev)
{
	switch (ev->kind) {
	case STREAM_EVENT_STATE:
		on_state(k, ev);
		break;
	case STREAM_EVENT_CLOSING:
		on_closing(k, ev);
		break;
	case STREAM_EVENT_FEATURES:
		on_features(k, ev->elem);
		if (!k->raw)
			(void)managed_takes(k, ev);
		break;
	case STREAM_EVENT_ELEMENT:
		if (k->raw || !managed_takes(k, ev))
			on_element(k, ev->elem);
		break;
	case STREAM_EVENT_DEADTIME:
		on_deadtime(k);
		break;
	case STREAM_EVENT_HEADER:
		break;
	}
}

void link_secured(struct link *k)
{
	CLEANUP(buf_done) struct buf object = BUF_INIT;
	struct strview members;
	struct event e;

	forget_features(k);
	tls_info_json(transport_tls_info(k->conn.transport), &object);
	if (!k->silent && !object.error) {
		members = (struct strview){ object.p + 1, object.n - 2 };
		e = link_event(k, EVENT_STREAM_TLS);
		e.members = members;
		bus_publish(k->links->bus, &e);
	}
	if (k->raw)
		waiters_secured(k);
	else
		managed_secured(k);
}

void link_tls_failed(struct link *k, const struct fault *why)
{
	waiters_fail(k, WAIT_STARTTLS, why);
}

void link_bytes(struct link *k, bool out, struct strview bytes)
{
	CLEANUP(buf_done) struct buf members = BUF_INIT;
	struct event e;

	if (out)
		k->links->bytes_out += bytes.n;
	else
		k->links->bytes_in += bytes.n;
	if (!k->raw || !k->owner || !link_wants(k, EVENT_STREAM_BYTES))
		return;
	jsonw_member_cstr(&members, "direction", out ? "out" : "in");
	jsonw_key(&members, "data");
	jsonw_base64(&members, bytes);
	e = link_event(k, EVENT_STREAM_BYTES);
	e.only = k->owner;
	e.members = buf_view(&members);
	if (!members.error)
		bus_publish(k->links->bus, &e);
}

void link_written(struct link *k)
{
	if (!list_empty(&k->waiters))
		waiters_written(k);
}

void link_tick(struct link *k, uint64_t now)
{
	waiters_tick(k, now);
	if (k->iq)
		iq_tick(k, now);
	if (!k->raw)
		managed_tick(k, now);
}

uint64_t link_deadline(const struct link *k)
{
	uint64_t m = k->raw ? UINT64_MAX : managed_deadline(k);
	uint64_t iq = k->iq ? iq_deadline(k) : UINT64_MAX;
	uint64_t first = m < iq ? m : iq;

	return k->waiters_deadline < first ? k->waiters_deadline : first;
}
