#include "daemon/net/tls_internal.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	RECORD_MAX = 16384,
	READ_ROUNDS = 16, /* records without data (tickets, key updates) in one read */
};

/* RFC 7590: 1.2 at least. GnuTLS has no compression any more. */
static const char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

struct fault *tls_fault(const char *format, ...)
{
	struct fault *f;
	va_list ap;
	char *text = NULL;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	f = fault_new(FAULT_TLS_ERROR, "%s", text ? text : "out of memory");
	fault_set(f, &f->reason, strview_of(text));
	free(text);
	return f;
}

/* --- life ------------------------------------------------------------------------------------- */

static int verify_hook(gnutls_session_t session)
{
	struct tls_session *t = gnutls_session_get_ptr(session);

	fault_unref(t->refused);
	t->refused = tls_verify(t);
	return t->refused ? GNUTLS_E_CERTIFICATE_ERROR : 0;
}

static bool is_address(const char *name)
{
	return strchr(name, ':') || name[strspn(name, "0123456789.")] == '\0';
}

static int set_names(struct tls_session *t, const struct tls_options *o)
{
	gnutls_datum_t alpn = { (unsigned char *)"xmpp-client", 11 };
	int r = 0;

	/* RFC 6066 3: no literal addresses */
	if (t->server_name && !is_address(t->server_name))
		r = gnutls_server_name_set(t->session, GNUTLS_NAME_DNS, t->server_name,
					   strlen(t->server_name));
	if (r >= 0 && o->alpn)
		r = gnutls_alpn_set_protocols(t->session, &alpn, 1, 0);
	return r;
}

/* Parsed once, shared by all sessions. */
static int set_priorities(gnutls_session_t session)
{
	static gnutls_priority_t parsed;
	int r = parsed ? 0 : gnutls_priority_init(&parsed, priorities, NULL);

	return r < 0 ? r : gnutls_priority_set(session, parsed);
}

static int set_session(struct tls_session *t, const struct tls_options *o)
{
	int r = gnutls_init(&t->session,
			    GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS);

	if (r < 0)
		return r;
	gnutls_session_set_ptr(t->session, t);
	r = set_priorities(t->session);
	if (r >= 0)
		r = gnutls_credentials_set(t->session, GNUTLS_CRD_CERTIFICATE,
					   t->context->credentials);
	if (r >= 0)
		r = set_names(t, o);
	gnutls_session_set_verify_function(t->session, verify_hook);
	gnutls_transport_set_ptr(t->session, t);
	gnutls_transport_set_pull_function(t->session, tls_pull);
	gnutls_transport_set_vec_push_function(t->session, tls_push);
	return r;
}

static int copy_options(struct tls_session *t, const struct tls_options *o)
{
	struct strview name = strview_of(o->server_name);

	t->verify = o->verify;
	if (name.n > 0 && name.p[name.n - 1] == '.')
		name.n--;
	if (name.n > 0 && !(t->server_name = strview_dup(name)))
		return -ENOMEM;
	if (o->n_pins == 0)
		return 0;
	t->pins = calloc(o->n_pins, sizeof(*t->pins));
	if (!t->pins)
		return -ENOMEM;
	t->n_pins = o->n_pins;
	for (size_t i = 0; i < o->n_pins; i++) {
		assert(o->pins[i].n == sizeof(*t->pins));
		memcpy(t->pins[i], o->pins[i].p, sizeof(*t->pins));
	}
	return 0;
}

struct tls_session *tls_session_new(struct tls_context *ctx, const struct tls_options *o, int fd,
				    struct fault **ret_fault)
{
	struct tls_session *t = calloc(1, sizeof(*t));
	int r;

	assert(ctx && fd >= 0);
	if (!t) {
		*ret_fault = fault_no_memory();
		return NULL;
	}
	ctx->refs++;
	t->context = ctx;
	t->fd = fd;
	r = copy_options(t, o) < 0 ? GNUTLS_E_MEMORY_ERROR : set_session(t, o);
	if (r < 0) {
		*ret_fault = tls_fault("cannot set up TLS for %s: %s", o->server_name,
				       gnutls_strerror(r));
		tls_session_free(t);
		return NULL;
	}
	return t;
}

void tls_session_free(struct tls_session *t)
{
	if (!t)
		return;
	if (t->session)
		gnutls_deinit(t->session);
	tls_pull_done(t);
	tls_context_unref(t->context);
	fault_unref(t->refused);
	free(t->server_name);
	free(t->pins);
	free(t);
}

/* --- the handshake ---------------------------------------------------------------------------- */

static struct fault *handshake_fault(struct tls_session *t, int r)
{
	if (t->refused)
		return TAKE_PTR(t->refused);
	if (t->not_tls)
		return tls_fault("the peer does not speak TLS here");
	switch (r) {
	case GNUTLS_E_PREMATURE_TERMINATION:
		return tls_fault("the peer closed the connection during the TLS handshake");
	case GNUTLS_E_PULL_ERROR:
	case GNUTLS_E_PUSH_ERROR:
		return tls_fault("the connection broke during the TLS handshake: %s",
				 strerror(t->errnum));
	case GNUTLS_E_FATAL_ALERT_RECEIVED:
		return tls_fault("the peer refused the TLS handshake: %s",
				 gnutls_alert_get_name(gnutls_alert_get(t->session)));
	case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
		return tls_fault("the peer speaks neither TLS 1.3 nor TLS 1.2");
	default:
		return tls_fault("TLS handshake failed: %s", gnutls_strerror(r));
	}
}

enum transport_result tls_session_handshake(struct tls_session *t, struct fault **ret_fault)
{
	for (int i = 0; i < READ_ROUNDS; i++) {
		int r = gnutls_handshake(t->session);

		if (r == 0) {
			t->up = true;
			return TRANSPORT_OK;
		}
		if (gnutls_error_is_fatal(r)) {
			*ret_fault = handshake_fault(t, r);
			return TRANSPORT_FAILED;
		}
		if (r == GNUTLS_E_AGAIN || r == GNUTLS_E_INTERRUPTED)
			return TRANSPORT_AGAIN;
	}
	*ret_fault = tls_fault("TLS handshake failed: too many warnings from the peer");
	return TRANSPORT_FAILED;
}

/* --- data ------------------------------------------------------------------------------------- */

static struct fault *io_fault(struct tls_session *t, int r)
{
	switch (r) {
	case GNUTLS_E_PREMATURE_TERMINATION:
		return fault_errno(ECONNRESET, "closed without close_notify: truncated");
	case GNUTLS_E_PULL_ERROR:
	case GNUTLS_E_PUSH_ERROR:
		return fault_errno(t->errnum ? t->errnum : EIO, NULL);
	case GNUTLS_E_REHANDSHAKE:
		return tls_fault("the peer asked for a TLS renegotiation: refused");
	case GNUTLS_E_FATAL_ALERT_RECEIVED:
		return tls_fault("TLS alert from the peer: %s",
				 gnutls_alert_get_name(gnutls_alert_get(t->session)));
	default:
		return tls_fault("TLS failed: %s", gnutls_strerror(r));
	}
}

/*
 * AGAIN also comes when a record held no data (tickets, key updates): only where the socket had
 * nothing more it is one, or the owner would wait for bytes that are already here.
 */
enum transport_result tls_session_read(struct tls_session *t, char *p, size_t n, size_t *ret_n,
				       struct fault **ret_fault)
{
	for (int i = 0; i < READ_ROUNDS; i++) {
		ssize_t r;

		t->blocked = false;
		r = gnutls_record_recv(t->session, p, n);
		if (r > 0) {
			*ret_n = (size_t)r;
			return TRANSPORT_OK;
		}
		if (r == 0)
			return TRANSPORT_EOF;
		if (r == GNUTLS_E_REHANDSHAKE || gnutls_error_is_fatal((int)r)) {
			*ret_fault = io_fault(t, (int)r);
			return TRANSPORT_FAILED;
		}
		if (r == GNUTLS_E_AGAIN && t->blocked)
			return TRANSPORT_AGAIN;
	}
	return TRANSPORT_AGAIN;
}

static ssize_t send_record(struct tls_session *t, struct strview v)
{
	/* a waiting record is encrypted already: GnuTLS sends it, whatever we give */
	if (t->writing) {
		assert(v.n >= t->writing);
		return gnutls_record_send(t->session, NULL, 0);
	}
	return gnutls_record_send(t->session, v.p, v.n < RECORD_MAX ? v.n : RECORD_MAX);
}

enum transport_result tls_session_write(struct tls_session *t, struct strview v, size_t *ret_n,
					struct fault **ret_fault)
{
	size_t done = 0;

	while (done < v.n) {
		struct strview left = { v.p + done, v.n - done };
		ssize_t r = send_record(t, left);

		if (r == GNUTLS_E_AGAIN || r == GNUTLS_E_INTERRUPTED) {
			if (!t->writing)
				t->writing = left.n < RECORD_MAX ? left.n : RECORD_MAX;
			break;
		}
		t->writing = 0;
		if (r < 0) {
			*ret_fault = io_fault(t, (int)r);
			return TRANSPORT_FAILED;
		}
		done += (size_t)r;
	}
	*ret_n = done;
	return done > 0 || v.n == 0 ? TRANSPORT_OK : TRANSPORT_AGAIN;
}

enum transport_result tls_session_bye(struct tls_session *t)
{
	int r = t->push_errnum ? 0 : gnutls_bye(t->session, GNUTLS_SHUT_WR);

	if (t->push_errnum)
		return TRANSPORT_OK;
	return r == GNUTLS_E_AGAIN || r == GNUTLS_E_INTERRUPTED ? TRANSPORT_AGAIN : TRANSPORT_OK;
}

int tls_session_push_error(const struct tls_session *t)
{
	return t->push_errnum;
}

bool tls_session_wants_write(const struct tls_session *t)
{
	return gnutls_record_get_direction(t->session) == 1;
}

bool tls_session_pending(const struct tls_session *t)
{
	return gnutls_record_check_pending(t->session) > 0 || tls_pull_pending(t);
}
