/* Requests that wait for something of their stream. */
#include "daemon/link/waiter.h"

#include <stdlib.h>

#include "daemon/link/send.h"
#include "ipc/json/jsonw.h"

static const uint64_t default_timeout = 60u * 1000000000ull;

static struct waiter *waiter_of(struct list *node)
{
	return list_entry(node, struct waiter, in_link);
}

struct waiter *waiter_add(struct link *k, enum wait_kind kind, struct request *r,
			  const struct param_seconds *timeout)
{
	struct waiter *w = calloc(1, sizeof(*w));
	uint64_t ns = timeout && timeout->set ? timeout->ns : default_timeout;

	if (!w) {
		request_fail(r, fault_no_memory());
		return NULL;
	}
	/* 0 switches a limit off, as everywhere */
	w->deadline = ns == UINT64_MAX || ns == 0 ? UINT64_MAX : clock_monotonic_ns() + ns;
	w->kind = kind;
	w->request = r;
	if (w->deadline < k->waiters_deadline)
		k->waiters_deadline = w->deadline;
	list_append(&k->waiters, &w->in_link);
	return w;
}

void waiter_drop(struct waiter *w)
{
	list_remove(&w->in_link);
	match_free(w->match);
	free(w->id);
	free(w);
}

void waiter_fail(struct waiter *w, struct fault *why)
{
	struct request *r = w->request;

	waiter_drop(w);
	request_fail(r, why);
}

void waiters_fail(struct link *k, enum wait_kind kind, const struct fault *why)
{
	list_for_each (it, &k->waiters)
		if (waiter_of(it)->kind == kind)
			waiter_fail(waiter_of(it), fault_ref(why));
}

static void reply_state(struct link *k, struct waiter *w, const struct fault *error)
{
	struct request *r = w->request;

	waiter_drop(w);
	link_reply_state(k, r, error);
}

static void reply_open(struct link *k, struct waiter *w)
{
	struct request *r = w->request;
	struct buf *b;

	waiter_drop(w);
	b = request_result(r);
	jsonw_begin_object(b);
	jsonw_member_cstr(b, "stream", k->name);
	jsonw_member_cstr(b, "state", stream_state_name(conn_state(&k->conn)));
	jsonw_end_object(b);
	request_done(r);
}

/* A stanza was accepted, and the stream ended before the kernel had taken it. */
static void fail_unsent(struct waiter *w)
{
	struct fault *f = fault_new(FAULT_CANCELED, "the stream ended before it was sent");

	fault_set_sent(f, false);
	waiter_fail(w, f);
}

void waiters_state(struct link *k)
{
	enum stream_state state = conn_state(&k->conn);

	list_for_each (it, &k->waiters) {
		struct waiter *w = waiter_of(it);

		if (w->kind == WAIT_OPEN && state >= STREAM_HEADER_SENT)
			reply_open(k, w);
		else if ((w->kind == WAIT_STATE && state >= w->state) ||
			 (w->kind == WAIT_CLOSE && state >= STREAM_FOOTER_RECEIVED))
			reply_state(k, w, NULL);
		else if (w->kind == WAIT_SENT && state == STREAM_CLOSED)
			fail_unsent(w);
	}
}

void waiters_link(struct link *k)
{
	list_for_each (it, &k->waiters) {
		struct waiter *w = waiter_of(it);

		if ((w->kind == WAIT_LINK && k->link == w->link_state) ||
		    (w->kind == WAIT_STOP && (k->link == LINK_STOPPED || !k->want_stop)))
			reply_state(k, w, w->kind == WAIT_LINK ? k->error : NULL);
	}
}

static void fail_closing(struct waiter *w, const struct fault *why)
{
	struct fault *f = why ? fault_ref(why)
			      : fault_new(FAULT_NOT_CONNECTED, "the stream is shutting down");

	waiter_fail(w, f);
}

void waiters_closing(struct link *k, const struct fault *why)
{
	list_for_each (it, &k->waiters) {
		struct waiter *w = waiter_of(it);

		if (w->kind == WAIT_FEATURES || w->kind == WAIT_MATCH || w->kind == WAIT_STARTTLS) {
			fail_closing(w, why);
		} else if (w->kind == WAIT_ERROR) {
			struct fault *f = why ? fault_ref(why)
					      : fault_new(FAULT_NOT_CONNECTED, "stream shut down");

			reply_state(k, w, f);
			fault_unref(f);
		}
	}
}

void waiter_matched(struct link *k, struct waiter *w, const struct elem *e)
{
	struct xso_json_context ctx = link_xso_context(k);
	struct request *r = w->request;
	enum xso_format format = w->format;
	struct fault *invalid = NULL;
	struct arena scratch;

	waiter_drop(w);
	arena_init(&scratch, 0);
	(void)xso_json_write(request_result(r), e, format, &ctx, &scratch, &invalid);
	if (invalid)
		request_fail(r, invalid);
	else
		request_done(r);
	arena_done(&scratch);
}

/* features_future: each waiting call gets the features, and so consumes them. */
void waiters_features(struct link *k)
{
	list_for_each (it, &k->waiters) {
		struct waiter *w = waiter_of(it);

		if (w->kind == WAIT_FEATURES && k->features) {
			k->features_unconsumed = false;
			waiter_matched(k, w, k->features);
		}
	}
}

static void reply_sent(struct link *k, struct waiter *w)
{
	link_reply_sent(k, w->request, strview_of(w->id), "sent");
	waiter_drop(w);
}

void waiters_written(struct link *k)
{
	uint64_t sent = stream_sent_total(k->conn.stream);

	list_for_each (it, &k->waiters) {
		struct waiter *w = waiter_of(it);

		if (w->kind == WAIT_SENT && sent >= w->sent_at)
			reply_sent(k, w);
	}
}

/* The class of e must be able to take it, or it is the error handler's, not the caller's. */
static bool takes(const struct link *k, const struct waiter *w, const struct elem *e)
{
	struct match_context ctx = link_match_context(k);
	struct xso_json_context xso = link_xso_context(k);
	struct fault *why = NULL;
	struct arena scratch;

	if (w->kind != WAIT_MATCH || !match_elem(w->match, e, &ctx))
		return false;
	if (w->format != XSO_TYPED)
		return true;
	arena_init(&scratch, 0);
	why = xso_json_check(e, &xso, &scratch);
	arena_done(&scratch);
	fault_unref(why);
	return !why;
}

struct waiter *waiters_match(struct link *k, const struct elem *e)
{
	list_for_each (it, &k->waiters)
		if (takes(k, waiter_of(it), e))
			return waiter_of(it);
	return NULL;
}

void waiters_secured(struct link *k)
{
	list_for_each (it, &k->waiters) {
		struct waiter *w = waiter_of(it);
		struct request *r = w->request;

		if (w->kind != WAIT_STARTTLS)
			continue;
		waiter_drop(w);
		tls_info_json(transport_tls_info(k->conn.transport), request_result(r));
		request_done(r);
	}
}

void waiters_shutdown(struct link *k)
{
	list_for_each (it, &k->waiters) {
		struct waiter *w = waiter_of(it);

		if (w->kind != WAIT_SENT && w->kind != WAIT_CLOSE && w->kind != WAIT_STOP)
			waiter_fail(w, fault_new(FAULT_CANCELED, "the daemon is stopping"));
	}
}

void waiters_session_gone(struct link *k, const struct session *s)
{
	list_for_each (it, &k->waiters) {
		struct waiter *w = waiter_of(it);
		struct request *r = w->request;

		if (r->session != s)
			continue;
		waiter_drop(w);
		request_drop(r);
	}
}

static void time_out(struct link *k, struct waiter *w)
{
	enum wait_kind kind = w->kind;

	waiter_fail(w, fault_new(FAULT_TIMEOUT, "what was waited for did not come in time"));
	if (kind == WAIT_STARTTLS && k->conn.transport) {
		struct fault *f = fault_new(FAULT_TLS_ERROR, "the TLS handshake timed out");

		fault_set(f, &f->reason, SV("the handshake timed out"));
		conn_starttls_failed(&k->conn, f);
	} else if (kind == WAIT_OPEN) {
		conn_cancel(&k->conn);
		link_remove(k);
	}
}

void waiters_tick(struct link *k, uint64_t now)
{
	if (k->waiters_deadline > now)
		return;
	k->waiters_deadline = UINT64_MAX;
	list_for_each (it, &k->waiters) {
		struct waiter *w = waiter_of(it);

		if (w->deadline <= now)
			time_out(k, w);
		else if (w->deadline < k->waiters_deadline)
			k->waiters_deadline = w->deadline;
	}
}
