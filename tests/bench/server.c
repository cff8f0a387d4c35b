#include "tests/bench/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
	RECORD = 16 * 1024,
};

struct peer_conn {
	struct bench_server *server;
	int fd;
	gnutls_session_t tls;
	char in[64 * 1024];
	size_t n_in;
	bool authenticated;
};

static gnutls_certificate_credentials_t credentials;

static bool say(struct peer_conn *c, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t r = gnutls_record_send(c->tls, p, n);

		if (r == GNUTLS_E_AGAIN || r == GNUTLS_E_INTERRUPTED)
			continue;
		if (r <= 0)
			return false;
		p += r;
		n -= (size_t)r;
	}
	return true;
}

static bool say_str(struct peer_conn *c, const char *text)
{
	return say(c, text, strlen(text));
}

static bool say_header(struct peer_conn *c)
{
	return say_str(c, "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
			  "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' "
			  "from='bench.test' id='1'>") &&
	       say_str(c,
		       c->authenticated
			       ? "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
				 "</stream:features>"
			       : "<stream:features><mechanisms "
				 "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN"
				 "</mechanism></mechanisms></stream:features>");
}

/* Waits until the subscriber is near enough; `sent` is in bytes of all rounds. */
static void keep_near(struct bench_server *s, size_t sent)
{
	struct timespec pause = { .tv_nsec = 20 * 1000 };
	unsigned long stanzas = sent / (s->corpus.n / s->n_stanzas);

	while (stanzas > atomic_load(&s->n_read) + s->window)
		nanosleep(&pause, NULL);
}

static bool blast(struct peer_conn *c)
{
	struct bench_server *s = c->server;
	size_t sent = 0;

	for (unsigned round = 0; round < s->rounds; round++) {
		for (size_t off = 0; off < s->corpus.n; off += RECORD) {
			size_t n = s->corpus.n - off < RECORD ? s->corpus.n - off : RECORD;

			keep_near(s, sent);
			if (!say(c, s->corpus.p + off, n))
				return false;
			sent += n;
		}
	}
	return say_str(c, "<message id='END'/>");
}

/* The id of the element that begins at p, as text between quotes. */
static void copy_id(const char *p, char *to, size_t size)
{
	const char *id = strstr(p, " id=");
	size_t n = 0;

	if (id)
		for (id += 5; id[n] && id[n] != '\'' && id[n] != '"' && n + 1 < size; n++)
			to[n] = id[n];
	to[n] = '\0';
}

static bool answer_iq(struct peer_conn *c, const char *iq)
{
	char id[128], text[512];

	copy_id(iq, id, sizeof(id));
	if (strstr(iq, "xmpp-bind"))
		snprintf(text, sizeof(text),
			 "<iq type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
			 "<jid>bench@bench.test/b</jid></bind></iq>",
			 id);
	else
		snprintf(text, sizeof(text), "<iq type='result' id='%s'/>", id);
	return say_str(c, text);
}

/* One piece of what the client said, up to and with its last '>'. */
static bool react(struct peer_conn *c, const char *text)
{
	if (strstr(text, "<stream:stream"))
		return say_header(c);
	if (strstr(text, "</stream:stream"))
		return false;
	if (strstr(text, "<auth")) {
		c->authenticated = true;
		return say_str(c, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
	}
	if (strstr(text, "<presence")) {
		atomic_fetch_add(&c->server->n_ready, 1);
		return c->server->mode != BENCH_BLAST || blast(c);
	}
	if (strstr(text, "<iq"))
		return answer_iq(c, text);
	return true;
}

static bool complete(const struct peer_conn *c)
{
	const char *iq = strstr(c->in, "<iq");

	if (c->n_in == 0 || c->in[c->n_in - 1] != '>')
		return false;
	return !iq || strstr(iq, "</iq>") || strstr(iq, "/>");
}

static bool serve(struct peer_conn *c)
{
	ssize_t n;

	do
		n = gnutls_handshake(c->tls);
	while (n < 0 && gnutls_error_is_fatal((int)n) == 0);
	if (n < 0)
		return false;
	for (;;) {
		n = gnutls_record_recv(c->tls, c->in + c->n_in, sizeof(c->in) - 1 - c->n_in);
		if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED)
			continue;
		if (n <= 0)
			return false;
		c->n_in += (size_t)n;
		c->in[c->n_in] = '\0';
		if (!complete(c))
			continue;
		if (!react(c, c->in))
			return false;
		c->n_in = 0;
	}
}

static void *run_conn(void *arg)
{
	struct peer_conn *c = arg;

	(void)serve(c);
	gnutls_deinit(c->tls);
	close(c->fd);
	free(c);
	return NULL;
}

static void start_conn(struct bench_server *s, int fd)
{
	struct peer_conn *c = calloc(1, sizeof(*c));
	pthread_attr_t attr;
	pthread_t thread;
	int one = 1;

	if (!c || gnutls_init(&c->tls, GNUTLS_SERVER | GNUTLS_NO_SIGNAL) < 0) {
		free(c);
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c->server = s;
	c->fd = fd;
	gnutls_priority_set_direct(c->tls, "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM",
				   NULL);
	gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_transport_set_int(c->tls, fd);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, 128 * 1024);
	if (pthread_create(&thread, &attr, run_conn, c)) {
		close(fd);
		gnutls_deinit(c->tls);
		free(c);
	}
	pthread_attr_destroy(&attr);
}

static void *run_listener(void *arg)
{
	struct bench_server *s = arg;

	for (;;) {
		int fd = accept(s->listener, NULL, NULL);

		if (fd < 0 && errno != EINTR)
			return NULL;
		if (fd >= 0)
			start_conn(s, fd);
	}
}

/* --- the certificate -------------------------------------------------------------------------- */

static int make_certificate(struct bench_server *s, const char *dir, const char *domain)
{
	static const unsigned char serial[] = { 1 };
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
	gnutls_datum_t pem = { 0 };
	time_t now = time(NULL);
	FILE *f;

	gnutls_x509_privkey_init(&key);
	gnutls_x509_crt_init(&crt);
	if (gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
					 GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) < 0)
		return -EIO;
	gnutls_x509_crt_set_version(crt, 3);
	gnutls_x509_crt_set_serial(crt, serial, sizeof(serial));
	gnutls_x509_crt_set_activation_time(crt, now - 60);
	gnutls_x509_crt_set_expiration_time(crt, now + 86400);
	gnutls_x509_crt_set_dn(crt, "CN=bench", NULL);
	gnutls_x509_crt_set_key(crt, key);
	gnutls_x509_crt_set_basic_constraints(crt, 1, -1);
	gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, domain,
					     (unsigned)strlen(domain), GNUTLS_FSAN_SET);
	if (gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0) < 0 ||
	    gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem) < 0)
		return -EIO;
	snprintf(s->ca_file, sizeof(s->ca_file), "%s/ca.pem", dir);
	f = fopen(s->ca_file, "we");
	if (!f)
		return -errno;
	fwrite(pem.data, 1, pem.size, f);
	fclose(f);
	gnutls_free(pem.data);
	gnutls_certificate_allocate_credentials(&credentials);
	return gnutls_certificate_set_x509_key(credentials, &crt, 1, key) < 0 ? -EIO : 0;
}

int bench_server_start(struct bench_server *s, const char *dir, const char *domain)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);
	pthread_t thread;
	int r = make_certificate(s, dir, domain);

	if (r < 0)
		return r;
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(s->listener, 1024) < 0 ||
	    getsockname(s->listener, (struct sockaddr *)&addr, &len) < 0)
		return -errno;
	s->port = ntohs(addr.sin_port);
	return pthread_create(&thread, NULL, run_listener, s) ? -EAGAIN : 0;
}
