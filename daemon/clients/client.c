#include "daemon/clients/client.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/clients/dispatch.h"

enum {
	MAX_VIEWS = 64,
};

void client_die(struct client *k)
{
	if (k->dying)
		return;
	k->dying = true;
	list_remove(&k->in_ready);
	list_append(&k->clients->dying, &k->in_dying);
	ev_io_stop(k->clients->loop, &k->io);
}

void client_run(struct client *k)
{
	struct clients *c = k->clients;

	list_remove(&k->in_ready);
	for (unsigned i = 0; i < CLIENTS_BUDGET && !k->dying && !c->stopping; i++) {
		struct request *r = session_next(k->session);

		if (!r)
			break;
		c->stats.requests++;
		dispatch(c, r);
	}
}

static void client_read(struct client *k)
{
	struct clients *c = k->clients;
	ssize_t n = read(k->io.fd, c->read_buffer, sizeof(c->read_buffer));

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			client_die(k);
		return;
	}
	if (n > 0) {
		c->stats.bytes_in += (uint64_t)n;
		session_push(k->session, (struct strview){ c->read_buffer, (size_t)n });
	} else {
		k->eof = true;
		session_eof(k->session);
	}
	client_run(k);
}

/* What it had asked to hear ends, and what it is told goes nowhere. */
static void deafen(struct client *k)
{
	k->deaf = true;
	k->blocked = false;
	bus_session_gone(k->clients->bus, k->session);
	outq_written(&k->session->out, k->session->out.bytes);
}

void client_flush(struct client *k)
{
	struct outq *q = &k->session->out;
	struct strview views[MAX_VIEWS];
	struct iovec iov[MAX_VIEWS];

	if (k->deaf)
		outq_written(q, q->bytes);
	while (q->bytes > 0 && !k->dying) {
		size_t n_views = outq_views(q, views, MAX_VIEWS);
		struct msghdr msg = { .msg_iov = iov, .msg_iovlen = n_views };
		ssize_t n;

		for (size_t i = 0; i < n_views; i++)
			iov[i] = (struct iovec){ (void *)views[i].p, views[i].n };
		n = sendmsg(k->io.fd, &msg, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
			k->blocked = true;
			outq_compact(q);
			return;
		}
		if (n < 0) {
			deafen(k);
			return;
		}
		k->clients->stats.bytes_out += (uint64_t)n;
		outq_written(q, (size_t)n);
	}
	k->blocked = false;
}

/*
 * A client that has shut down its writing side is readable for ever, so waiting for that would
 * spin. That it is gone altogether is a hang-up, which epoll reports unasked.
 */
static void watch_hangup(struct client *k)
{
	struct epoll_event ev = { .events = 0, .data.ptr = k };

	if (k->hangup_set)
		return;
	if (epoll_ctl(k->clients->hangups.fd, EPOLL_CTL_ADD, k->io.fd, &ev) < 0)
		client_die(k);
	k->hangup_set = true;
}

/* Whether nothing can come of this client any more. */
static bool has_ended(const struct client *k)
{
	const struct session *s = k->session;

	if (s->out.failed)
		return true;
	if (s->disconnect)
		return s->out.bytes == 0 || k->blocked;
	if (s->out.bytes > 0 || !k->eof || session_pending(s))
		return false;
	return k->deaf ||
	       (s->n_requests == 0 && list_empty(&s->subscriptions) && s->n_handlers == 0);
}

void client_sync(struct client *k)
{
	struct clients *c = k->clients;
	struct session *s = k->session;
	bool pending = session_pending(s);
	bool may_begin = !c->stopping && !s->disconnect && !outq_full(&s->out);
	int want = 0;

	if (k->dying)
		return;
	if (has_ended(k)) {
		client_die(k);
		return;
	}
	if (may_begin && pending && !list_linked(&k->in_ready))
		list_append(&c->ready, &k->in_ready);
	if (may_begin && !pending && !k->eof)
		want |= EV_READ;
	if (k->blocked)
		want |= EV_WRITE;
	if (k->eof && !pending)
		watch_hangup(k);
	if (k->dying || (want == (k->io.events & (EV_READ | EV_WRITE)) &&
			 (want != 0) == (ev_is_active(&k->io) != 0)))
		return;
	ev_io_stop(c->loop, &k->io);
	ev_io_set(&k->io, k->io.fd, want);
	if (want)
		ev_io_start(c->loop, &k->io);
}

static void on_io(struct ev_loop *loop, ev_io *w, int revents)
{
	struct client *k = w->data;

	(void)loop;
	if (revents & EV_WRITE)
		client_flush(k);
	if (!k->dying && (revents & EV_READ))
		client_read(k);
	client_sync(k);
}

struct client *client_new(struct clients *c, struct account *a, int fd, const struct peer *peer)
{
	const struct config_limits *l = &c->config->limits;
	const struct session_limits limits = {
		.max_request_bytes = l->max_request_bytes,
		.max_queue_bytes = l->max_client_queue_bytes,
		.max_in_flight = CLIENTS_MAX_IN_FLIGHT,
		.quota = &a->quota,
	};
	struct client *k = calloc(1, sizeof(*k));

	if (!k) {
		free(peer->groups);
		return NULL;
	}
	k->session = session_new(c->next_id++, peer, &limits, &c->dirty);
	if (!k->session) {
		free(k);
		return NULL;
	}
	k->session->owner = k;
	k->clients = c;
	k->account = a;
	a->n_clients++;
	k->since_unix_us = clock_unix_us();
	ev_io_init(&k->io, on_io, fd, EV_READ);
	k->io.data = k;
	ev_io_start(c->loop, &k->io);
	return k;
}

void client_free(struct client *k)
{
	list_remove(&k->in_ready);
	list_remove(&k->in_dying);
	list_remove(&k->in_all);
	ev_io_stop(k->clients->loop, &k->io);
	list_remove(&k->session->out.dirty);
	session_free(k->session);
	close(k->io.fd);
	k->account->n_clients--;
	account_drop(k->account);
	free(k);
}
