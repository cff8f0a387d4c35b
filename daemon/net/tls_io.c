/*
 * The transport functions of TLS sessions. Reading a record takes GnuTLS two pulls; one recv() into
 * a large buffer serves many. The buffer is shared by all sessions, so that an idle session has
 * none: what one session left in it moves to the heap only when another needs the buffer.
 */
#include "daemon/net/tls_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

static struct {
	struct tls_session *owner; /* of the bytes left; NULL: none are */
	size_t at, n;
	char bytes[64 * 1024];
} shared;

/* What the owner left moves to its own memory. */
static void evict(void)
{
	struct tls_session *t = shared.owner;
	size_t n = shared.n - shared.at;

	shared.owner = NULL;
	if (!t)
		return;
	t->rest = malloc(n);
	if (!t->rest) {
		t->errnum = ENOMEM;
		return;
	}
	memcpy(t->rest, shared.bytes + shared.at, n);
	t->rest_at = 0;
	t->rest_n = n;
}

static size_t take_rest(struct tls_session *t, void *data, size_t n)
{
	if (n > t->rest_n - t->rest_at)
		n = t->rest_n - t->rest_at;
	memcpy(data, t->rest + t->rest_at, n);
	t->rest_at += n;
	if (t->rest_at == t->rest_n)
		free(TAKE_PTR(t->rest));
	return n;
}

static size_t take_shared(void *data, size_t n)
{
	if (n > shared.n - shared.at)
		n = shared.n - shared.at;
	memcpy(data, shared.bytes + shared.at, n);
	shared.at += n;
	if (shared.at == shared.n)
		shared.owner = NULL;
	return n;
}

static ssize_t fail(struct tls_session *t, int errnum)
{
	if (errnum != EAGAIN)
		t->errnum = errnum;
	gnutls_transport_set_errno(t->session, errnum);
	return -1;
}

/* RFC 8446 5.1: the types of records. */
static void note_first(struct tls_session *t, unsigned char first)
{
	if (!t->heard)
		t->not_tls = first < 20 || first > 24;
	t->heard = true;
}

ssize_t tls_pull(gnutls_transport_ptr_t session, void *data, size_t n)
{
	struct tls_session *t = session;
	ssize_t r;

	if (t->errnum)
		return fail(t, t->errnum);
	if (t->rest)
		return (ssize_t)take_rest(t, data, n);
	if (shared.owner != t) {
		evict();
		do {
			r = recv(t->fd, shared.bytes, sizeof(shared.bytes), MSG_DONTWAIT);
		} while (r < 0 && errno == EINTR);
		t->blocked = r < 0 && errno == EAGAIN;
		if (r < 0)
			return fail(t, errno);
		if (r == 0)
			return 0;
		note_first(t, (unsigned char)shared.bytes[0]);
		shared.owner = t;
		shared.at = 0;
		shared.n = (size_t)r;
	}
	return (ssize_t)take_shared(data, n);
}

ssize_t tls_push(gnutls_transport_ptr_t session, const giovec_t *iov, int n_iov)
{
	struct tls_session *t = session;
	struct msghdr m = { .msg_iov = (struct iovec *)iov, .msg_iovlen = (size_t)n_iov };
	ssize_t r;

	if (t->push_errnum)
		return fail(t, EAGAIN);
	do {
		r = sendmsg(t->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (r < 0 && errno == EINTR);
	if (r < 0 && t->up && errno != EAGAIN) {
		/* GnuTLS would give the session up, and with it what the peer said before it went
		 */
		t->push_errnum = errno;
		return fail(t, EAGAIN);
	}
	return r < 0 ? fail(t, errno) : r;
}

bool tls_pull_pending(const struct tls_session *t)
{
	return t->rest || shared.owner == t;
}

void tls_pull_done(struct tls_session *t)
{
	if (shared.owner == t)
		shared.owner = NULL;
	free(TAKE_PTR(t->rest));
}
