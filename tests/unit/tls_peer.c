#include "tests/unit/tls_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <check.h>

enum {
	WAIT_MS = 10000, /* for what comes at once unless something is broken */
	STEPS = 10000,
};

/* --- certificates ----------------------------------------------------------------------------- */

static void set_names(gnutls_x509_crt_t crt, const struct cert_options *o)
{
	if (o->cn)
		ck_assert_int_ge(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0,
							       o->cn, (unsigned)strlen(o->cn)),
				 0);
	for (const char *const *name = o->names; name && *name; name++)
		ck_assert_int_ge(gnutls_x509_crt_set_subject_alt_name(
					 crt, GNUTLS_SAN_DNSNAME, *name, (unsigned)strlen(*name),
					 GNUTLS_FSAN_APPEND),
				 0);
}

static void set_purpose(gnutls_x509_crt_t crt, const struct cert_options *o)
{
	const char *oid = o->purpose ? o->purpose : GNUTLS_KP_TLS_WWW_SERVER;

	gnutls_x509_crt_set_ca_status(crt, o->ca);
	if (o->ca)
		gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_KEY_CERT_SIGN);
	else
		ck_assert_int_ge(gnutls_x509_crt_set_key_purpose_oid(crt, oid, 0), 0);
}

void cert_make(struct cert *ret, const struct cert_options *o)
{
	static unsigned char serial[4] = { 1 };
	const struct cert *signer = o->signer ? o->signer : ret;
	time_t now = time(NULL);

	ck_assert_int_ge(gnutls_x509_privkey_init(&ret->key), 0);
	ck_assert_int_ge(
		gnutls_x509_privkey_generate(ret->key, GNUTLS_PK_ECDSA,
					     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
		0);
	ck_assert_int_ge(gnutls_x509_crt_init(&ret->crt), 0);
	gnutls_x509_crt_set_version(ret->crt, 3);
	serial[3]++;
	gnutls_x509_crt_set_serial(ret->crt, serial, sizeof(serial));
	gnutls_x509_crt_set_activation_time(ret->crt, o->begin ? o->begin : now - 3600);
	gnutls_x509_crt_set_expiration_time(ret->crt, o->end ? o->end : now + 3600);
	set_names(ret->crt, o);
	set_purpose(ret->crt, o);
	ck_assert_int_ge(gnutls_x509_crt_set_key(ret->crt, ret->key), 0);
	ck_assert_int_ge(
		gnutls_x509_crt_sign2(ret->crt, signer->crt, signer->key, GNUTLS_DIG_SHA256, 0), 0);
}

void cert_done(struct cert *c)
{
	gnutls_x509_crt_deinit(c->crt);
	gnutls_x509_privkey_deinit(c->key);
}

char *cert_pem(const struct cert *c)
{
	gnutls_datum_t d;
	char *text;

	ck_assert_int_ge(gnutls_x509_crt_export2(c->crt, GNUTLS_X509_FMT_PEM, &d), 0);
	text = strview_dup((struct strview){ (char *)d.data, d.size });
	gnutls_free(d.data);
	ck_assert_ptr_nonnull(text);
	return text;
}

void cert_spki_sha256(const struct cert *c, unsigned char ret[32])
{
	size_t n = 32;

	ck_assert_int_ge(gnutls_x509_crt_get_key_id(c->crt, GNUTLS_KEYID_USE_SHA256, ret, &n), 0);
}

/* --- files ------------------------------------------------------------------------------------ */

void temp_file_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

char *temp_file(const char *text)
{
	char *path = strview_dup(SV("/tmp/stanzad-test-XXXXXX"));
	int fd;

	ck_assert_ptr_nonnull(path);
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	temp_file_write(path, text);
	return path;
}

void temp_file_free(char *path)
{
	unlink(path);
	free(path);
}

/* --- sockets ---------------------------------------------------------------------------------- */

int listen_on_loopback(struct sockaddr_in *ret)
{
	socklen_t len = sizeof(*ret);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*ret = (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)ret, sizeof(*ret)), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)ret, &len), 0);
	return fd;
}

int accept_from(int listener)
{
	int fd;

	await_readable(listener);
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	ck_assert_int_ge(fd, 0);
	return fd;
}

struct transport *connect_to(const struct sockaddr_in *addr)
{
	struct fault *f = NULL;
	struct transport *t = transport_connect((const struct sockaddr *)addr, sizeof(*addr), &f);

	ck_assert_ptr_nonnull(t);
	while (transport_state(t) == TRANSPORT_CONNECTING) {
		await_transport(t);
		ck_assert_ptr_null(transport_step(t));
	}
	ck_assert_int_eq(transport_state(t), TRANSPORT_PLAIN);
	return t;
}

static void await(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	ck_assert_int_eq(poll(&p, 1, WAIT_MS), 1);
}

void await_readable(int fd)
{
	await(fd, POLLIN);
}

void await_transport(const struct transport *t)
{
	unsigned wants = transport_wants(t);
	short events = 0;

	ck_assert_uint_ne(wants, 0);
	if (wants & TRANSPORT_READ_PENDING)
		return;
	if (wants & TRANSPORT_WANT_READ)
		events |= POLLIN;
	if (wants & TRANSPORT_WANT_WRITE)
		events |= POLLOUT;
	await(transport_fd(t), events);
}

/* --- the server ------------------------------------------------------------------------------- */

static ssize_t peer_push(gnutls_transport_ptr_t ptr, const void *data, size_t n)
{
	struct tls_peer *p = ptr;
	ssize_t r;

	if (p->held) {
		buf_put(&p->out, data, n);
		return (ssize_t)n;
	}
	r = send(p->fd, data, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (r < 0)
		gnutls_transport_set_errno(p->session, errno);
	return r;
}

static ssize_t peer_pull(gnutls_transport_ptr_t ptr, void *data, size_t n)
{
	struct tls_peer *p = ptr;
	ssize_t r = recv(p->fd, data, n, MSG_DONTWAIT);

	if (r < 0)
		gnutls_transport_set_errno(p->session, errno);
	return r;
}

void tls_peer_init(struct tls_peer *p, int fd, const struct cert *cert, const char *priorities)
{
	gnutls_x509_crt_t list[1] = { cert->crt };

	*p = (struct tls_peer){ .fd = fd, .result = GNUTLS_E_AGAIN };
	ck_assert_int_ge(gnutls_certificate_allocate_credentials(&p->credentials), 0);
	ck_assert_int_ge(gnutls_certificate_set_x509_key(p->credentials, list, 1, cert->key), 0);
	ck_assert_int_ge(gnutls_init(&p->session, GNUTLS_SERVER | GNUTLS_NONBLOCK), 0);
	ck_assert_int_ge(
		gnutls_priority_set_direct(p->session, priorities ? priorities : "NORMAL", NULL),
		0);
	gnutls_credentials_set(p->session, GNUTLS_CRD_CERTIFICATE, p->credentials);
	gnutls_transport_set_ptr(p->session, p);
	gnutls_transport_set_push_function(p->session, peer_push);
	gnutls_transport_set_pull_function(p->session, peer_pull);
}

void tls_peer_done(struct tls_peer *p)
{
	gnutls_deinit(p->session);
	gnutls_certificate_free_credentials(p->credentials);
	buf_done(&p->out);
	if (p->fd >= 0)
		close(p->fd);
}

static bool peer_step(struct tls_peer *p)
{
	if (p->result == GNUTLS_E_AGAIN || p->result == GNUTLS_E_WARNING_ALERT_RECEIVED)
		p->result = gnutls_handshake(p->session);
	return p->result != GNUTLS_E_AGAIN;
}

/* Until one of both sides can go on. */
static void await_either(const struct transport *t, const struct tls_peer *p)
{
	struct pollfd fds[] = {
		{ .fd = transport_fd(t), .events = POLLIN },
		{ .fd = p->fd, .events = POLLIN },
	};

	ck_assert_int_gt(poll(fds, p->result == GNUTLS_E_AGAIN ? 2 : 1, WAIT_MS), 0);
}

void (*handshake_pause)(bool pause);

static struct fault *client_step(struct transport *t)
{
	struct fault *f;

	if (handshake_pause)
		handshake_pause(false);
	f = transport_step(t);
	if (handshake_pause)
		handshake_pause(true);
	return f;
}

struct fault *handshake(struct transport *t, struct tls_peer *p)
{
	for (int i = 0; i < STEPS; i++) {
		bool done = peer_step(p);
		struct fault *f = client_step(t);

		if (f || (done && transport_state(t) == TRANSPORT_SECURE)) {
			peer_step(p);
			return f;
		}
		if (transport_state(t) != TRANSPORT_SECURE)
			await_either(t, p);
		else
			await_readable(p->fd);
	}
	ck_abort_msg("the handshake never ends");
}

void pair_open(struct pair *ret, const struct cert *cert, const struct tls_options *o,
	       const char *priorities)
{
	struct sockaddr_in addr;
	int listener = listen_on_loopback(&addr);

	ret->t = connect_to(&addr);
	tls_peer_init(&ret->peer, accept_from(listener), cert, priorities);
	close(listener);
	ck_assert_ptr_null(transport_starttls(ret->t, o));
	ck_assert_ptr_null(handshake(ret->t, &ret->peer));
	ck_assert_int_eq(ret->peer.result, 0);
}

void pair_close(struct pair *p)
{
	transport_free(p->t);
	tls_peer_done(&p->peer);
}

void peer_send(struct tls_peer *p, struct strview v)
{
	ck_assert_int_eq(gnutls_record_send(p->session, v.p, v.n), (int)v.n);
}
