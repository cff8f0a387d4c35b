#include "daemon/clients/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "daemon/base/log.h"

enum {
	ACCEPT_BUDGET = 64, /* of one socket in one loop turn */
};

#define PAUSE_S 0.2

struct slot {
	struct listener *listener;
	struct unixsocket socket;
	char *name; /* LISTEN_FDNAMES; NULL: our own */
	ev_io io;
};

struct listener {
	struct ev_loop *loop;
	struct clients *clients;
	struct slot **slots;
	size_t n_slots;
	ev_timer resume;
	bool started;
	bool pause_logged;
};

static void set_watching(struct listener *l, bool on)
{
	for (size_t i = 0; i < l->n_slots; i++) {
		if (on)
			ev_io_start(l->loop, &l->slots[i]->io);
		else
			ev_io_stop(l->loop, &l->slots[i]->io);
	}
}

static void on_resume(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop, (void)revents;
	set_watching(w->data, true);
}

/* What is not accepted stays in the kernel's queue, and the loop would wake for it for ever. */
static void pause_accepting(struct listener *l, int error)
{
	if (!l->pause_logged)
		log_write(LOG_LEVEL_WARNING, "cannot accept clients for now: %s", strerror(error));
	l->pause_logged = true;
	set_watching(l, false);
	ev_timer_set(&l->resume, PAUSE_S, 0.);
	ev_timer_start(l->loop, &l->resume);
}

static void on_accept(struct ev_loop *loop, ev_io *w, int revents)
{
	struct slot *slot = w->data;
	struct listener *l = slot->listener;

	(void)loop, (void)revents;
	for (unsigned i = 0; i < ACCEPT_BUDGET; i++) {
		int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			l->pause_logged = false;
			clients_add(l->clients, fd);
			continue;
		}
		if (errno == EINTR || errno == ECONNABORTED)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			pause_accepting(l, errno);
		return;
	}
}

struct listener *listener_new(struct ev_loop *loop, struct clients *clients)
{
	struct listener *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->loop = loop;
	l->clients = clients;
	ev_timer_init(&l->resume, on_resume, 0., 0.);
	l->resume.data = l;
	return l;
}

void listener_free(struct listener *l)
{
	if (!l)
		return;
	listener_stop(l);
	for (size_t i = 0; i < l->n_slots; i++) {
		unixsocket_close(&l->slots[i]->socket);
		free(l->slots[i]->name);
		free(l->slots[i]);
	}
	free(l->slots);
	free(l);
}

static int add_slot(struct listener *l, struct unixsocket *s, const char *name)
{
	struct slot **slots = reallocarray(l->slots, l->n_slots + 1, sizeof(struct slot *));
	struct slot *slot = calloc(1, sizeof(*slot));

	if (slots)
		l->slots = slots;
	if (!slots || !slot || (name && !(slot->name = strdup(name)))) {
		free(slot);
		return -ENOMEM;
	}
	slot->listener = l;
	slot->socket = *s;
	*s = UNIXSOCKET_INIT;
	ev_io_init(&slot->io, on_accept, slot->socket.fd, EV_READ);
	slot->io.data = slot;
	l->slots[l->n_slots++] = slot;
	if (l->started)
		ev_io_start(l->loop, &slot->io);
	return 0;
}

int listener_add(struct listener *l, struct unixsocket *s)
{
	return add_slot(l, s, NULL);
}

int listener_add_passed(struct listener *l)
{
	char **names = NULL;
	int n = sd_listen_fds_with_names(1, &names), n_added = 0, r = 0;

	for (int i = 0; i < n && r >= 0; i++) {
		int fd = SD_LISTEN_FDS_START + i;
		struct unixsocket s = { .fd = fd, .lock_fd = -1 };

		if (sd_is_socket_unix(fd, SOCK_STREAM, 1, NULL, 0) <= 0) {
			log_write(LOG_LEVEL_WARNING,
				  "systemd passed descriptor %d (%s), which is no listening Unix "
				  "stream socket: ignored",
				  fd, names[i]);
			close(fd);
			continue;
		}
		/* systemd's are blocking: a client that goes before accept() would stop the loop */
		(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
		r = add_slot(l, &s, names[i]);
		n_added++;
	}
	for (int i = 0; names && i < n; i++)
		free(names[i]);
	free(names);
	if (n < 0)
		return n;
	return r < 0 ? r : n_added;
}

void listener_start(struct listener *l)
{
	l->started = true;
	set_watching(l, true);
}

void listener_stop(struct listener *l)
{
	l->started = false;
	ev_timer_stop(l->loop, &l->resume);
	set_watching(l, false);
}
