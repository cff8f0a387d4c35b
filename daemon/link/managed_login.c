/* The login of a managed stream: carries out what the negotiation orders. */
#include <stdlib.h>

#include "daemon/link/managed.h"
#include "protocol/base/ns.h"

static const uint64_t settle_time = 60u * 1000000000ull; /* `up` for so long: attempts count anew */

void managed_connected(struct link *k)
{
	static const enum negotiate_tls tls[] = {
		[CONFIG_TLS_AUTO] = NEGOTIATE_TLS_REQUIRED,
		[CONFIG_TLS_STARTTLS] = NEGOTIATE_TLS_REQUIRED,
		[CONFIG_TLS_DIRECT] = NEGOTIATE_TLS_DONE,
		[CONFIG_TLS_OFF] = NEGOTIATE_TLS_OFF,
	};
	struct negotiate_options o = {
		.jid = strview_of(k->section->jid),
		.resource = strview_of(k->section->resource),
		.mechanisms = strview_of(k->section->mechanisms),
		.tls = tls[k->section->tls],
	};

	k->negotiate = negotiate_new(&o);
	managed_set_link(k, LINK_NEGOTIATING, NULL);
	managed_wind_up(k);
}

/* Ends a login for good: the peer is told, and not waited for. */
static enum negotiate_action give_up(struct link *k, struct fault *why)
{
	uint64_t now = clock_monotonic_ns();

	stream_fail(k->conn.stream, why, now);
	stream_abort(k->conn.stream, now);
	return NEGOTIATE_WAIT;
}

static enum negotiate_action give_password(struct link *k)
{
	CLEANUP(buf_done) struct buf secret = BUF_INIT;
	const char *file = k->section->password_file;
	enum negotiate_action next;
	int r = config_read_secret(file, &secret);

	if (r < 0) {
		/* not refused by the server: it may heal, so it is tried again */
		struct fault *f =
			fault_new(FAULT_AUTH_ERROR, "cannot read the password from %s: %s", file,
				  strerror(-r));

		fault_set(f, &f->condition, SV("temporary-auth-failure"));
		return give_up(k, f);
	}
	if (r == CONFIG_SECRET_EXPOSED)
		link_log(k, LOG_LEVEL_WARNING, "everybody may read the password in %s", file);
	next = negotiate_password(k->negotiate, buf_view(&secret));
	explicit_bzero(secret.p, secret.cap);
	return next;
}

static void come_up(struct link *k)
{
	struct strview jid = negotiate_jid(k->negotiate);

	free(k->jid);
	k->jid = strview_dup(jid);
	managed_release_slot(k);
	k->step_deadline = UINT64_MAX;
	k->settled_at = clock_monotonic_ns() + settle_time;
	fault_unref(TAKE_PTR(k->error));
	link_log(k, LOG_LEVEL_INFO, "up as %.*s (%s%s)", SV_ARG(jid),
		 negotiate_mechanism(k->negotiate) ? negotiate_mechanism(k->negotiate) : "",
		 conn_secure(&k->conn) ? ", TLS" : ", no TLS");
	managed_set_link(k, LINK_UP, NULL);
	if (k->section->presence)
		managed_send_presence(k);
}

/* Carries out one order; what to do next. */
static enum negotiate_action obey(struct link *k, enum negotiate_action action)
{
	struct stream *s = k->conn.stream;
	struct fault *why = NULL;
	bool secret;

	switch (action) {
	case NEGOTIATE_SEND: {
		const struct elem *e = negotiate_elem(k->negotiate, &secret);

		why = stream_send(s, e);
		link_log_xso(k, true, e, secret);
		break;
	}
	case NEGOTIATE_PASSWORD:
		return give_password(k);
	case NEGOTIATE_STARTTLS:
		why = stream_starttls(s);
		if (!why)
			conn_starttls(&k->conn, &k->tls);
		fault_unref(why);
		return NEGOTIATE_WAIT;
	case NEGOTIATE_RESET:
		why = stream_reset(s, clock_monotonic_ns());
		break;
	case NEGOTIATE_DONE:
		come_up(k);
		return NEGOTIATE_WAIT;
	case NEGOTIATE_FAILED:
		return give_up(k, fault_ref(negotiate_fault(k->negotiate)));
	case NEGOTIATE_WAIT:
		return NEGOTIATE_WAIT;
	}
	if (why) { /* the stream died meanwhile, and tells so itself */
		fault_unref(why);
		return NEGOTIATE_WAIT;
	}
	return negotiate_more(k->negotiate);
}

/* What belongs to a login, and is none of the clients' business when that is over. */
static bool is_late(struct link *k, const struct elem *e)
{
	/* the stream is deaf behind it */
	if (elem_is(e, XMLNS_TLS, "proceed"))
		stream_fail(k->conn.stream,
			    fault_new(FAULT_TLS_ERROR, "the server speaks of TLS out of turn"),
			    clock_monotonic_ns());
	return strview_is(e->ns, XMLNS_SASL) || strview_is(e->ns, XMLNS_TLS) ||
	       strview_is(e->ns, XMLNS_SM);
}

bool managed_takes(struct link *k, const struct stream_event *ev)
{
	enum negotiate_action next;
	const char *step;

	if (k->link == LINK_UP)
		return is_late(k, ev->elem);
	if (k->link != LINK_NEGOTIATING || !k->negotiate ||
	    stream_state(k->conn.stream) != STREAM_OPEN)
		return true;
	if (ev->kind == STREAM_EVENT_ELEMENT)
		link_log_xso(k, false, ev->elem, false);
	step = negotiate_step(k->negotiate);
	if (ev->kind == STREAM_EVENT_FEATURES)
		next = negotiate_features(k->negotiate, ev->elem);
	else
		next = negotiate_element(k->negotiate, ev->elem, ev->rest);
	while (next != NEGOTIATE_WAIT)
		next = obey(k, next);
	/* what brings the login no further gains the server no time */
	if (k->link == LINK_NEGOTIATING && strcmp(step, negotiate_step(k->negotiate)) != 0)
		managed_wind_up(k);
	return true;
}

void managed_secured(struct link *k)
{
	negotiate_secured(k->negotiate);
	managed_wind_up(k);
	fault_unref(stream_reset(k->conn.stream, clock_monotonic_ns()));
}
