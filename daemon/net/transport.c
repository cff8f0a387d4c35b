#include "daemon/net/transport.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	PATIENCE = 1000,
};

enum shut {
	SHUT_NOT,
	SHUT_ASKED, /* close_notify is not out yet */
	SHUT_DONE,
};

struct transport {
	int fd;
	enum transport_state state;
	enum shut shut;
	bool got_eof;	    /* the peer's direction is closed: reading would spin */
	bool write_blocked; /* the latest write did not get all out */
	int broken;	   /* errno of a write: the peer is gone, what it said last is read first */
	unsigned patience; /* writes that may still come before it is read */
	struct tls_session *tls;
	struct tls_info *info; /* NULL before the handshake is done */
	char peer[INET6_ADDRSTRLEN + 32];
};

static void set_peer(struct transport *t, const struct sockaddr *addr, socklen_t len)
{
	char host[INET6_ADDRSTRLEN + 20], port[8];
	bool v6 = addr->sa_family == AF_INET6;

	if (getnameinfo(addr, len, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		snprintf(t->peer, sizeof(t->peer), "(unknown address)");
	else
		snprintf(t->peer, sizeof(t->peer), v6 ? "[%s]:%s" : "%s:%s", host, port);
}

static struct fault *die(struct transport *t, struct fault *f)
{
	t->state = TRANSPORT_DEAD;
	return f;
}

static struct fault *die_errno(struct transport *t, int errnum)
{
	return die(t, fault_errno(errnum, t->peer));
}

/* --- connecting ------------------------------------------------------------------------------- */

static int start_connect(struct transport *t, const struct sockaddr *addr, socklen_t len)
{
	int one = 1;

	t->fd = socket(addr->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (t->fd < 0)
		return -errno;
	/* stanzas are small and wait for nothing; a socket that is no TCP does without */
	(void)setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(t->fd, addr, len) == 0)
		t->state = TRANSPORT_PLAIN;
	else if (errno != EINPROGRESS && errno != EINTR)
		return -errno;
	return 0;
}

struct transport *transport_connect(const struct sockaddr *addr, socklen_t len,
				    struct fault **ret_fault)
{
	struct transport *t = calloc(1, sizeof(*t));
	int r;

	if (!t) {
		*ret_fault = fault_no_memory();
		return NULL;
	}
	t->fd = -1;
	t->patience = PATIENCE;
	t->state = TRANSPORT_CONNECTING;
	set_peer(t, addr, len);
	r = start_connect(t, addr, len);
	if (r < 0) {
		*ret_fault = fault_errno(-r, t->peer);
		transport_free(t);
		return NULL;
	}
	return t;
}

static struct fault *step_connect(struct transport *t)
{
	struct pollfd p = { .fd = t->fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int error = 0;

	if (poll(&p, 1, 0) <= 0)
		return NULL;
	if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error)
		return die_errno(t, error);
	t->state = TRANSPORT_PLAIN;
	return NULL;
}

void transport_free(struct transport *t)
{
	if (!t)
		return;
	tls_session_free(t->tls);
	if (t->info)
		tls_info_done(t->info);
	free(t->info);
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}

/* --- TLS -------------------------------------------------------------------------------------- */

static struct fault *finish_handshake(struct transport *t)
{
	int r;

	t->info = calloc(1, sizeof(*t->info));
	r = t->info ? tls_info_init(t->info, t->tls) : -ENOMEM;
	if (r < 0) {
		free(TAKE_PTR(t->info));
		return die_errno(t, -r);
	}
	t->state = TRANSPORT_SECURE;
	return NULL;
}

static struct fault *step_handshake(struct transport *t)
{
	struct fault *f = NULL;

	switch (tls_session_handshake(t->tls, &f)) {
	case TRANSPORT_OK:
		return finish_handshake(t);
	case TRANSPORT_AGAIN:
		return NULL;
	case TRANSPORT_EOF:
	case TRANSPORT_FAILED:
		break;
	}
	return die(t, f);
}

/* The client speaks first in TLS: whoever sent something may have injected it (CVE-2011-0411). */
static bool has_early_bytes(const struct transport *t)
{
	char c;

	return recv(t->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

struct fault *transport_starttls(struct transport *t, const struct tls_options *o)
{
	struct tls_context *context;
	struct fault *f = NULL;

	assert(t->state == TRANSPORT_PLAIN && !t->tls);
	if (has_early_bytes(t))
		return die(t, tls_fault("the peer sent data in the clear where TLS was to begin"));
	context = tls_context_get(o, &f);
	if (!context)
		return die(t, f);
	t->tls = tls_session_new(context, o, t->fd, &f);
	tls_context_unref(context);
	if (!t->tls)
		return die(t, f);
	t->state = TRANSPORT_HANDSHAKE;
	t->write_blocked = false;
	return step_handshake(t);
}

/* --- the end of our direction ----------------------------------------------------------------- */

static void step_shutdown(struct transport *t)
{
	if (t->shut != SHUT_ASKED)
		return;
	if (t->state == TRANSPORT_SECURE && tls_session_bye(t->tls) == TRANSPORT_AGAIN)
		return;
	/* fails only where there is no connection any more, which reading finds */
	(void)shutdown(t->fd, SHUT_WR);
	t->shut = SHUT_DONE;
}

void transport_shutdown(struct transport *t)
{
	if (t->shut != SHUT_NOT || (t->state != TRANSPORT_PLAIN && t->state != TRANSPORT_SECURE))
		return;
	t->shut = SHUT_ASKED;
	step_shutdown(t);
}

struct fault *transport_step(struct transport *t)
{
	switch (t->state) {
	case TRANSPORT_CONNECTING:
		return step_connect(t);
	case TRANSPORT_HANDSHAKE:
		return step_handshake(t);
	case TRANSPORT_PLAIN:
	case TRANSPORT_SECURE:
		step_shutdown(t);
		return NULL;
	case TRANSPORT_DEAD:
		break;
	}
	return NULL;
}

/* --- data ------------------------------------------------------------------------------------- */

static enum transport_result read_plain(struct transport *t, char *p, size_t n, size_t *ret_n,
					struct fault **ret_fault)
{
	ssize_t r;

	do {
		r = recv(t->fd, p, n, MSG_DONTWAIT);
	} while (r < 0 && errno == EINTR);
	if (r < 0 && errno == EAGAIN)
		return TRANSPORT_AGAIN;
	if (r < 0) {
		*ret_fault = fault_errno(errno, NULL);
		return TRANSPORT_FAILED;
	}
	*ret_n = (size_t)r;
	return r == 0 ? TRANSPORT_EOF : TRANSPORT_OK;
}

static enum transport_result write_plain(struct transport *t, struct strview v, size_t *ret_n)
{
	ssize_t r;

	do {
		r = send(t->fd, v.p, v.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (r < 0 && errno == EINTR);
	if (r < 0 && errno != EAGAIN)
		t->broken = errno;
	if (r < 0)
		return TRANSPORT_AGAIN;
	*ret_n = (size_t)r;
	return TRANSPORT_OK;
}

/* Neither connected nor alive: whoever asks anyway learns it as a fault. */
static enum transport_result not_usable(struct fault **ret_fault)
{
	*ret_fault = fault_errno(ENOTCONN, NULL);
	return TRANSPORT_FAILED;
}

static enum transport_result fail_broken(struct transport *t, struct fault **ret_fault)
{
	t->state = TRANSPORT_DEAD;
	*ret_fault = fault_errno(t->broken, NULL);
	return TRANSPORT_FAILED;
}

enum transport_result transport_read(struct transport *t, char *p, size_t n, size_t *ret_n,
				     struct fault **ret_fault)
{
	enum transport_result r;

	assert(n > 0);
	if (t->state != TRANSPORT_PLAIN && t->state != TRANSPORT_SECURE)
		return not_usable(ret_fault);
	if (t->got_eof)
		return TRANSPORT_EOF;
	step_shutdown(t);
	r = t->state == TRANSPORT_SECURE ? tls_session_read(t->tls, p, n, ret_n, ret_fault)
					 : read_plain(t, p, n, ret_n, ret_fault);
	if (r == TRANSPORT_EOF && t->broken)
		return fail_broken(t, ret_fault);
	if (r == TRANSPORT_EOF)
		t->got_eof = true;
	if (r == TRANSPORT_FAILED)
		t->state = TRANSPORT_DEAD;
	return r;
}

/* Something to read makes reading end in the fault; without, or if nobody reads, writing does. */
static enum transport_result write_broken(struct transport *t, struct fault **ret_fault)
{
	char c;

	if (t->got_eof || t->patience-- == 0 ||
	    (!(transport_wants(t) & TRANSPORT_READ_PENDING) &&
	     recv(t->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) <= 0))
		return fail_broken(t, ret_fault);
	return TRANSPORT_AGAIN;
}

enum transport_result transport_write(struct transport *t, struct strview v, size_t *ret_n,
				      struct fault **ret_fault)
{
	enum transport_result r = TRANSPORT_AGAIN;
	size_t n = 0;

	assert(v.n > 0);
	if ((t->state != TRANSPORT_PLAIN && t->state != TRANSPORT_SECURE) || t->shut != SHUT_NOT)
		return not_usable(ret_fault);
	if (t->state == TRANSPORT_PLAIN && !t->broken)
		r = write_plain(t, v, &n);
	else if (!t->broken)
		r = tls_session_write(t->tls, v, &n, ret_fault);
	if (t->tls && !t->broken)
		t->broken = tls_session_push_error(t->tls);
	t->write_blocked = n < v.n && !t->broken;
	if (r == TRANSPORT_FAILED)
		t->state = TRANSPORT_DEAD;
	if (r == TRANSPORT_OK)
		*ret_n = n;
	return r == TRANSPORT_AGAIN && t->broken ? write_broken(t, ret_fault) : r;
}

/* --- asking ----------------------------------------------------------------------------------- */

int transport_fd(const struct transport *t)
{
	return t->fd;
}

enum transport_state transport_state(const struct transport *t)
{
	return t->state;
}

static unsigned wants_up(const struct transport *t)
{
	unsigned wants = 0;

	if (!t->got_eof)
		wants |= TRANSPORT_WANT_READ;
	if (!t->got_eof && t->tls && tls_session_pending(t->tls))
		wants |= TRANSPORT_READ_PENDING;
	if (t->shut == SHUT_ASKED || (t->write_blocked && t->shut == SHUT_NOT))
		wants |= TRANSPORT_WANT_WRITE;
	return wants;
}

unsigned transport_wants(const struct transport *t)
{
	switch (t->state) {
	case TRANSPORT_CONNECTING:
		return TRANSPORT_WANT_WRITE;
	case TRANSPORT_HANDSHAKE:
		return tls_session_wants_write(t->tls) ? TRANSPORT_WANT_WRITE : TRANSPORT_WANT_READ;
	case TRANSPORT_PLAIN:
	case TRANSPORT_SECURE:
		return wants_up(t);
	case TRANSPORT_DEAD:
		break;
	}
	return 0;
}

const struct tls_info *transport_tls_info(const struct transport *t)
{
	return t->info;
}

const char *transport_peer(const struct transport *t)
{
	return t->peer;
}
