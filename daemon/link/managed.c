/* A managed stream across its connections: connect, negotiate, keep up, come back. */
#include "daemon/link/managed.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "daemon/link/backoff.h"
#include "daemon/link/iq.h"
#include "daemon/link/waiter.h"
#include "ipc/json/jsonw.h"
#include "protocol/base/ns.h"
#include "protocol/vocab/vocab.h"

enum {
	MAX_CONNECTING = 64, /* at a time; the others wait for a slot */
};

/* --- link states ------------------------------------------------------------------------------ */

void managed_set_link(struct link *k, enum link_state to, const struct fault *why)
{
	CLEANUP(buf_done) struct buf members = BUF_INIT;
	enum link_state previous = k->link;

	k->link = to;
	k->since_us = clock_unix_us();
	jsonw_member_cstr(&members, "link", link_state_name(to));
	jsonw_member_cstr(&members, "previous", link_state_name(previous));
	if (k->attempt)
		jsonw_member_uint(&members, "attempt", k->attempt);
	if (to == LINK_WAITING) {
		uint64_t now = clock_monotonic_ns();

		jsonw_key(&members, "retry_in");
		jsonw_seconds(&members, k->retry_at > now ? k->retry_at - now : 0);
	}
	if (k->jid && to == LINK_UP) {
		jsonw_member_cstr(&members, "jid", k->jid);
		jsonw_member_bool(&members, "resumed", false);
	}
	if (why) {
		jsonw_key(&members, "reason");
		fault_json(&members, why);
	}
	link_publish(k, EVENT_STREAM_LINK, &members);
	waiters_link(k);
}

/* --- slots: a bound on simultaneous handshakes ------------------------------------------------ */

void managed_release_slot(struct link *k)
{
	list_remove(&k->in_queue);
	if (!k->connecting)
		return;
	k->connecting = false;
	k->links->n_connecting--;
	links_slot_free(k->links);
}

void links_slot_free(struct links *l)
{
	while (l->n_connecting < MAX_CONNECTING && !list_empty(&l->queue)) {
		struct link *k = list_entry(l->queue.next, struct link, in_queue);

		list_remove(&k->in_queue);
		k->connecting = true;
		l->n_connecting++;
		k->retry_at = 0; /* by its own timer, not on this stack */
		conn_sync(&k->conn);
	}
}

/* --- the end of an attempt, or of a connection ------------------------------------------------ */

/* Faults that cannot heal by themselves. */
static bool is_permanent(const struct link *k, const struct fault *why)
{
	static const char *const conditions[] = { "conflict", "host-unknown", "not-authorized",
						  "unsupported-version" };

	if (why->kind == FAULT_AUTH_ERROR)
		return !why->condition || strcmp(why->condition, "temporary-auth-failure") != 0;
	if (why->kind == FAULT_TLS_ERROR)
		return why->lasting;
	if (why->kind != FAULT_STREAM_ERROR || !why->condition)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++)
		if (strcmp(why->condition, conditions[i]) == 0)
			return true;
	return strcmp(why->condition, "policy-violation") == 0 && k->link == LINK_NEGOTIATING;
}

static uint32_t random_u32(void)
{
	uint32_t v = 0x9e3779b9u;

	(void)!getrandom(&v, sizeof(v), 0); /* a poor jitter is still one */
	return v;
}

static void end_stopped(struct link *k)
{
	k->retry_at = UINT64_MAX;
	k->attempt = 0;
	managed_set_link(k, LINK_STOPPED, NULL);
	if (k->remove)
		link_remove(k);
}

/* There is no connection any more; why: its cause, or NULL. */
static void end_attempt(struct link *k, const struct fault *why)
{
	bool at_once = k->reconnect;
	uint64_t delay = 0;

	managed_release_slot(k);
	negotiate_free(TAKE_PTR(k->negotiate));
	k->step_deadline = k->settled_at = UINT64_MAX;
	k->reconnect = false;
	if (why) {
		fault_unref(k->error);
		k->error = fault_ref(why);
	}
	if (k->want_stop) {
		end_stopped(k);
		return;
	}
	if (why && !at_once && is_permanent(k, why)) {
		link_log(k, LOG_LEVEL_ERROR, "down: %s", why->message);
		managed_set_link(k, LINK_DOWN, why);
		return;
	}
	if (!at_once)
		delay = backoff_delay(k->attempt ? k->attempt : 1, random_u32());
	k->retry_at = clock_monotonic_ns() + delay;
	link_log(k, LOG_LEVEL_WARNING, "%s; next attempt in %.1f s",
		 why ? why->message : "disconnected", (double)delay / 1e9);
	managed_set_link(k, LINK_WAITING, why);
}

void managed_failed(struct link *k, struct fault *why)
{
	end_attempt(k, why);
	fault_unref(why);
}

void managed_closed(struct link *k)
{
	struct fault *why = fault_ref(stream_cause(k->conn.stream));

	iq_closed(k);
	end_attempt(k, why);
	fault_unref(why);
}

/* --- connecting ------------------------------------------------------------------------------- */

void managed_wind_up(struct link *k)
{
	uint64_t limit = k->section->negotiation_timeout;

	k->step_deadline = limit ? clock_monotonic_ns() + limit : UINT64_MAX;
}

static void begin_attempt(struct link *k)
{
	const struct config_stream *s = k->section;
	struct conn_options options = {
		.host = s->host ? s->host : s->domain,
		.port = s->port			      ? s->port
			: s->tls == CONFIG_TLS_DIRECT ? 5223
						      : 5222,
		.direct_tls = s->tls == CONFIG_TLS_DIRECT,
		.tls = k->tls,
	};
	struct stream *stream = stream_new(&k->options);

	k->retry_at = UINT64_MAX;
	if (!stream) {
		managed_failed(k, fault_no_memory());
		return;
	}
	managed_wind_up(k);
	conn_open(&k->conn, &options, stream);
}

/* By itself or by stream.start: wants a slot, and then connects. */
static void request_attempt(struct link *k)
{
	struct links *l = k->links;

	k->attempt++;
	k->retry_at = UINT64_MAX;
	managed_set_link(k, LINK_CONNECTING, NULL);
	if (l->n_connecting < MAX_CONNECTING) {
		k->connecting = true;
		l->n_connecting++;
		begin_attempt(k);
	} else {
		list_append(&l->queue, &k->in_queue);
	}
}

/* The stream is over, and its last words are for a peer that does not read them. */
static void drop_remains(struct link *k)
{
	if (k->conn.phase == CONN_RUNNING && conn_state(&k->conn) == STREAM_CLOSED)
		conn_cancel(&k->conn);
}

void managed_start(struct link *k)
{
	if (k->links->stopping || k->remove)
		return;
	k->reconnect |= k->want_stop && k->conn.phase == CONN_RUNNING;
	k->want_stop = false;
	if (k->link != LINK_STOPPED && k->link != LINK_DOWN && k->link != LINK_WAITING)
		return;
	k->reconnect = false;
	k->attempt = 0;
	if (k->conn.phase == CONN_IDLE) {
		request_attempt(k);
	} else { /* the old transport still ends */
		k->retry_at = clock_monotonic_ns();
		managed_set_link(k, LINK_WAITING, NULL);
	}
	conn_sync(&k->conn);
}

void managed_stop(struct link *k)
{
	k->want_stop = true;
	drop_remains(k);
	if (k->conn.phase == CONN_RUNNING) {
		iq_stopping(k);
		stream_close(k->conn.stream, clock_monotonic_ns());
	} else {
		conn_cancel(&k->conn);
		if (k->link != LINK_STOPPED)
			end_attempt(k, NULL);
		else if (k->remove)
			link_remove(k);
	}
	conn_sync(&k->conn);
}

void managed_reconnect(struct link *k)
{
	if (k->link == LINK_WAITING) {
		k->retry_at = 0;
	} else if (k->conn.phase == CONN_RUNNING && conn_state(&k->conn) != STREAM_CLOSED) {
		k->reconnect = true;
		stream_abort(k->conn.stream, clock_monotonic_ns());
	} else if (k->link == LINK_CONNECTING && k->conn.phase != CONN_IDLE) {
		k->reconnect = true;
		conn_cancel(&k->conn);
		end_attempt(k, NULL);
	}
	conn_sync(&k->conn);
}

/* --- time ------------------------------------------------------------------------------------- */

static void step_timed_out(struct link *k)
{
	struct fault *why;

	k->step_deadline = UINT64_MAX;
	if (conn_skip_address(&k->conn)) {
		if (k->conn.phase != CONN_IDLE)
			managed_wind_up(k);
		return;
	}
	why = fault_new(FAULT_TRANSPORT_ERROR, "no answer at step \"%s\" within %g s",
			k->negotiate ? negotiate_step(k->negotiate) : "connect",
			(double)k->section->negotiation_timeout / 1e9);
	fault_set_errnum(why, ETIMEDOUT);
	if (k->conn.phase != CONN_RUNNING) {
		conn_cancel(&k->conn);
		managed_failed(k, why);
	} else if (transport_state(k->conn.transport) == TRANSPORT_HANDSHAKE) {
		conn_starttls_failed(&k->conn, why);
	} else {
		stream_fail(k->conn.stream, why, clock_monotonic_ns());
		stream_abort(k->conn.stream, clock_monotonic_ns());
	}
}

void managed_tick(struct link *k, uint64_t now)
{
	if (k->step_deadline <= now)
		step_timed_out(k);
	if (k->settled_at <= now) {
		k->settled_at = UINT64_MAX;
		k->attempt = 0;
	}
	if (k->retry_at > now)
		return;
	drop_remains(k);
	if (k->conn.phase != CONN_IDLE)
		return;
	if (k->link == LINK_CONNECTING && k->connecting)
		begin_attempt(k);
	else if (k->link == LINK_WAITING)
		request_attempt(k);
}

uint64_t managed_deadline(const struct link *k)
{
	uint64_t first = k->step_deadline < k->settled_at ? k->step_deadline : k->settled_at;

	return k->retry_at < first ? k->retry_at : first;
}

/* --- configuration ---------------------------------------------------------------------------- */

void managed_configure(struct link *k, struct config *config, const struct config_stream *section)
{
	struct config *old = k->config;

	k->config = config_ref(config);
	k->section = section;
	k->tls = (struct tls_options){
		.verify = true,
		.alpn = section->tls == CONFIG_TLS_DIRECT,
		.server_name = section->domain,
		.ca_file = section->ca_file,
		.pins = section->pins,
		.n_pins = section->n_pins,
	};
	k->options = (struct stream_options){
		.to = strview_of(section->domain),
		.default_namespace = SV(XMLNS_CLIENT),
		.classes = vocab_registry(),
		.shutdown_timeout = section->shutdown_timeout,
		.deadtime_soft_limit = section->deadtime_soft_limit,
		.deadtime_hard_limit = section->deadtime_hard_limit,
		.limits = { .max_stanza_bytes = config->limits.max_stanza_bytes,
			    .max_depth = config->limits.max_stanza_depth },
	};
	config_unref(old);
}

/* What was stopped stays so, unless the configuration begins to say otherwise. */
static bool is_wanted(const struct link *k, const struct config_stream *section)
{
	if (section->autostart && (k->remove || !k->section->autostart))
		return true;
	return !k->remove && !k->want_stop && k->link != LINK_STOPPED;
}

void managed_reconfigure(struct link *k, struct config *config, const struct config_stream *section)
{
	bool wanted = is_wanted(k, section);

	drop_remains(k);
	iq_stopping(k);
	if (k->conn.phase == CONN_RUNNING)
		stream_close(k->conn.stream, clock_monotonic_ns());
	else
		conn_cancel(&k->conn);
	k->remove = false;
	managed_configure(k, config, section);
	managed_release_slot(k);
	k->want_stop = !wanted;
	k->reconnect = wanted;
	if (k->conn.phase != CONN_RUNNING) {
		k->reconnect = false;
		k->step_deadline = UINT64_MAX;
		k->attempt = 0;
		if (wanted) {
			managed_set_link(k, LINK_STOPPED, NULL);
			managed_start(k);
		}
	}
	conn_sync(&k->conn);
}

void managed_done(struct link *k)
{
	list_remove(&k->in_queue);
	if (k->connecting)
		k->links->n_connecting--;
	negotiate_free(TAKE_PTR(k->negotiate));
	fault_unrefp(&k->error);
	if (!k->raw)
		seq_save(k);
	free(TAKE_PTR(k->jid));
	config_unref(TAKE_PTR(k->config));
}
