/* The stream.* methods on one stream. */
#include <assert.h>
#include <stdlib.h>

#include "daemon/link/iq.h"
#include "daemon/link/managed.h"
#include "daemon/link/send.h"
#include "daemon/link/waiter.h"
#include "ipc/json/jsonw.h"

static struct fault *unsupported(const char *what)
{
	return fault_new(FAULT_UNSUPPORTED, "%s", what);
}

static void reply_state(struct link *k, struct request *r)
{
	link_reply_state(k, r, NULL);
}

/* --- asking and setting ----------------------------------------------------------------------- */

static void handle_info(struct link *k, struct request *r)
{
	link_info(k, request_result(r));
	request_done(r);
}

static uint64_t new_limit(const struct param_seconds *p, uint64_t old)
{
	if (!p->set)
		return old;
	return p->ns == UINT64_MAX ? 0 : p->ns;
}

static void handle_set(struct link *k, struct request *r)
{
	const struct params_stream_set *p = r->params;
	struct stream_options *o = &k->options;
	struct buf *b;

	o->shutdown_timeout = new_limit(&p->shutdown_timeout, o->shutdown_timeout);
	o->deadtime_soft_limit = new_limit(&p->deadtime_soft_limit, o->deadtime_soft_limit);
	o->deadtime_hard_limit = new_limit(&p->deadtime_hard_limit, o->deadtime_hard_limit);
	if (p->log_level >= 0)
		k->log_level = p->log_level;
	if (k->conn.stream)
		stream_set_limits(k->conn.stream, o->shutdown_timeout, o->deadtime_soft_limit,
				  o->deadtime_hard_limit, clock_monotonic_ns());
	b = request_result(r);
	jsonw_begin_object(b);
	jsonw_key(b, "shutdown_timeout");
	jsonw_seconds(b, o->shutdown_timeout);
	jsonw_key(b, "deadtime_soft_limit");
	jsonw_seconds(b, o->deadtime_soft_limit);
	jsonw_key(b, "deadtime_hard_limit");
	jsonw_seconds(b, o->deadtime_hard_limit);
	jsonw_member_cstr(b, "log_level", log_level_name((enum log_level)k->log_level));
	jsonw_end_object(b);
	request_done(r);
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* The error that a closing or closed stream has for whoever waits for something of it. */
static struct fault *closing_fault(const struct link *k)
{
	const struct fault *cause;

	if (k->conn.stream && conn_state(&k->conn) < STREAM_CLOSING)
		return NULL;
	if (!k->raw && k->link != LINK_STOPPED && k->link != LINK_DOWN)
		return NULL; /* the next connection may bring it */
	cause = k->conn.stream ? stream_cause(k->conn.stream) : NULL;
	if (!k->raw && k->error)
		cause = k->error;
	return cause ? fault_ref(cause)
		     : fault_new(FAULT_NOT_CONNECTED, "the stream is not connected");
}

/* Features that no call has consumed are there for the next one, also while an orderly close goes
 * on. */
static bool has_features(const struct link *k)
{
	return k->features_unconsumed && conn_state(&k->conn) < STREAM_CLOSED &&
	       !stream_cause(k->conn.stream);
}

static void wait_features(struct link *k, struct request *r, const struct param_seconds *timeout)
{
	struct fault *why = has_features(k) ? NULL : closing_fault(k);

	if (why) {
		request_fail(r, why);
		return;
	}
	if (waiter_add(k, WAIT_FEATURES, r, timeout) && k->features_unconsumed)
		waiters_features(k);
}

static void handle_get_features(struct link *k, struct request *r)
{
	const struct params_timeout *p = r->params;

	wait_features(k, r, &p->timeout);
}

static bool wait_is_over(const struct link *k, const struct params_stream_wait *p)
{
	if (p->link >= 0)
		return (int)k->link == p->link;
	return (int)conn_state(&k->conn) >= p->state;
}

static void wait_error(struct link *k, struct request *r, const struct params_stream_wait *p)
{
	struct fault *why = closing_fault(k);

	if (why)
		link_reply_state(k, r, why);
	else
		(void)waiter_add(k, WAIT_ERROR, r, &p->timeout);
	fault_unref(why);
}

static void handle_wait(struct link *k, struct request *r)
{
	const struct params_stream_wait *p = r->params;
	int n = (p->state >= 0) + (p->link >= 0) + (p->error.set && p->error.value);
	struct waiter *w;

	if (n != 1) {
		request_fail(r, fault_new(FAULT_INVALID_PARAMS,
					  "exactly one of state, link and error: true is needed"));
	} else if (p->link >= 0 && k->raw) {
		request_fail(r, unsupported("a raw stream has no link"));
	} else if (p->error.value) {
		wait_error(k, r, p);
	} else if (wait_is_over(k, p)) {
		link_reply_state(k, r, p->link >= 0 ? k->error : NULL);
	} else if ((w = waiter_add(k, p->link >= 0 ? WAIT_LINK : WAIT_STATE, r, &p->timeout))) {
		w->state = p->state >= 0 ? (enum stream_state)p->state : STREAM_READY;
		w->link_state = p->link >= 0 ? (enum link_state)p->link : LINK_STOPPED;
	}
}

/* --- driving a raw stream --------------------------------------------------------------------- */

static void handle_starttls(struct link *k, struct request *r)
{
	const struct params_starttls *p = r->params;
	struct fault *why = link_check(k);

	if (!why && !conn_can_starttls(&k->conn))
		why = unsupported("STARTTLS is not available on this transport");
	if (!why)
		why = raw_read_tls(k, &p->tls_options);
	if (!why)
		why = stream_starttls(k->conn.stream);
	if (why) {
		request_fail(r, why);
		return;
	}
	if (waiter_add(k, WAIT_STARTTLS, r, &p->timeout))
		conn_starttls(&k->conn, &k->tls);
}

static struct fault *reset(struct link *k)
{
	if (!k->conn.stream || k->conn.phase != CONN_RUNNING || k->conn.starttls_wanted)
		return link_check(k);
	if (transport_state(k->conn.transport) == TRANSPORT_HANDSHAKE)
		return fault_new(FAULT_NOT_CONNECTED, "the TLS handshake is under way");
	return stream_reset(k->conn.stream, clock_monotonic_ns());
}

static void handle_reset(struct link *k, struct request *r)
{
	struct fault *why = reset(k);

	if (why) {
		request_fail(r, why);
		return;
	}
	conn_sync(&k->conn);
	reply_state(k, r);
}

static void handle_reset_and_get_features(struct link *k, struct request *r)
{
	const struct params_timeout *p = r->params;
	struct fault *why = reset(k);

	if (why) {
		request_fail(r, why);
		return;
	}
	k->features_unconsumed = false;
	wait_features(k, r, &p->timeout);
}

static void handle_write(struct link *k, struct request *r)
{
	const struct params_write *p = r->params;
	CLEANUP(buf_done) struct buf bytes = BUF_INIT;
	struct fault *why;

	if (base64_decode(p->data, &bytes) < 0) {
		why = fault_new(FAULT_INVALID_PARAMS, "data: base64 is needed");
		fault_set(why, &why->path, SV("/data"));
	} else if (k->conn.starttls_wanted || k->conn.phase != CONN_RUNNING) {
		why = link_check(k);
	} else {
		why = link_check_room(k);
		if (!why)
			why = stream_send_bytes(k->conn.stream, buf_view(&bytes));
	}
	if (why)
		request_fail(r, why);
	else
		request_ok(r);
}

static void handle_close(struct link *k, struct request *r)
{
	const struct params_close *p = r->params;

	if (k->conn.stream)
		stream_close(k->conn.stream, clock_monotonic_ns());
	conn_sync(&k->conn);
	if (p->wait.value && conn_state(&k->conn) < STREAM_FOOTER_RECEIVED)
		(void)waiter_add(k, WAIT_CLOSE, r, &p->timeout);
	else
		reply_state(k, r);
}

/* Reads an optional XSO parameter into an arena. */
static struct fault *read_xso(const struct link *k, const json_t *value, const char *path,
			      bool replace, struct arena *a, const struct elem **ret)
{
	struct xso_json_context ctx = link_xso_context(k);

	*ret = NULL;
	return value ? xso_json_read(value, path, &ctx, replace, a, ret) : NULL;
}

static void handle_close_with_error(struct link *k, struct request *r)
{
	const struct params_close_with_error *p = r->params;
	char *condition = strview_dup(p->condition);
	const struct elem *application = NULL;
	struct fault *why = NULL;
	struct arena a;

	arena_init(&a, 0);
	if (!condition || !stream_condition_known(condition)) {
		why = fault_new(FAULT_INVALID_PARAMS,
				"condition: RFC 6120 defines no such stream error condition");
		fault_set(why, &why->path, SV("/condition"));
	}
	if (!why)
		why = read_xso(k, p->application, "/application", false, &a, &application);
	if (!why)
		why = link_check(k);
	if (!why)
		why = stream_close_with_error(k->conn.stream, condition,
					      p->text.p ? &p->text : NULL, application,
					      clock_monotonic_ns());
	if (why) {
		request_fail(r, why);
	} else {
		conn_sync(&k->conn);
		reply_state(k, r);
	}
	arena_done(&a);
	free(condition);
}

static void handle_abort(struct link *k, struct request *r)
{
	if (!k->raw)
		managed_reconnect(k);
	else if (k->conn.stream)
		stream_abort(k->conn.stream, clock_monotonic_ns());
	conn_sync(&k->conn);
	reply_state(k, r);
}

static void handle_start(struct link *k, struct request *r)
{
	managed_start(k);
	reply_state(k, r);
}

static void handle_stop(struct link *k, struct request *r)
{
	managed_stop(k);
	if (k->link == LINK_STOPPED)
		reply_state(k, r);
	else
		(void)waiter_add(k, WAIT_STOP, r, NULL);
}

/* --- dispatch --------------------------------------------------------------------------------- */

enum scope {
	RAW = 1,
	MANAGED = 2
};

static const struct {
	void (*handle)(struct link *k, struct request *r);
	unsigned scope;
} handlers[METHOD_COUNT_] = {
	[METHOD_IQ_HANDLE] = { iq_handle_handle, MANAGED },
	[METHOD_IQ_REPLY] = { iq_handle_reply, MANAGED },
	[METHOD_IQ_REQUEST] = { iq_handle_request, MANAGED },
	[METHOD_IQ_UNHANDLE] = { iq_handle_unhandle, MANAGED },
	[METHOD_STREAM_ABORT] = { handle_abort, RAW | MANAGED },
	[METHOD_STREAM_CLOSE] = { handle_close, RAW },
	[METHOD_STREAM_CLOSE_WITH_ERROR] = { handle_close_with_error, RAW },
	[METHOD_STREAM_GET_FEATURES] = { handle_get_features, RAW | MANAGED },
	[METHOD_STREAM_INFO] = { handle_info, RAW | MANAGED },
	[METHOD_STREAM_RESET] = { handle_reset, RAW },
	[METHOD_STREAM_RESET_AND_GET_FEATURES] = { handle_reset_and_get_features, RAW },
	[METHOD_STREAM_SEND] = { link_handle_send, RAW | MANAGED },
	[METHOD_STREAM_SEND_AND_WAIT_FOR] = { link_handle_send_and_wait_for, RAW | MANAGED },
	[METHOD_STREAM_SET] = { handle_set, RAW | MANAGED },
	[METHOD_STREAM_START] = { handle_start, MANAGED },
	[METHOD_STREAM_STARTTLS] = { handle_starttls, RAW },
	[METHOD_STREAM_STOP] = { handle_stop, MANAGED },
	[METHOD_STREAM_WAIT] = { handle_wait, RAW | MANAGED },
	[METHOD_STREAM_WRITE] = { handle_write, RAW },
};

void link_handle_list(struct links *l, struct request *r)
{
	links_info_array(l, r->session, NULL, request_result(r));
	request_done(r);
}

void link_handle(struct link *k, struct request *r)
{
	unsigned scope = handlers[r->method].scope;

	assert(handlers[r->method].handle);
	if (!(scope & (k->raw ? RAW : MANAGED))) {
		request_fail(r, unsupported(k->raw ? "only managed streams have this method"
						   : "only raw streams have this method"));
		return;
	}
	handlers[r->method].handle(k, r);
	if (!k->silent)
		conn_sync(&k->conn);
}
