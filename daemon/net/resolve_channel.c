/* c-ares on libev: its sockets and its timer. */
#include "daemon/net/resolve_internal.h"

#include <errno.h>
#include <stdlib.h>

enum {
	TRY_MS = 2000, /* the first wait for one name server */
	TRIES = 3,
};

/* A descriptor of c-ares, watched. */
struct socket_watch {
	struct list link;
	ev_io io;
};

void resolver_set_timer(struct resolver *r)
{
	struct timeval tv, *next = ares_timeout(r->channel, NULL, &tv);

	ev_timer_stop(r->loop, &r->timer);
	if (!next)
		return;
	ev_now_update(r->loop);
	ev_timer_set(&r->timer, (double)next->tv_sec + (double)next->tv_usec / 1e6 + 1e-3, 0.);
	ev_timer_start(r->loop, &r->timer);
}

static void on_io(struct ev_loop *loop, ev_io *w, int revents)
{
	struct resolver *r = w->data;

	(void)loop;
	ares_process_fd(r->channel, revents & EV_READ ? w->fd : ARES_SOCKET_BAD,
			revents & EV_WRITE ? w->fd : ARES_SOCKET_BAD);
	resolver_set_timer(r);
}

static void on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct resolver *r = w->data;

	(void)loop;
	(void)revents;
	ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	resolver_set_timer(r);
}

static struct socket_watch *find_watch(struct resolver *r, int fd)
{
	list_for_each (it, &r->sockets) {
		struct socket_watch *s = list_entry(it, struct socket_watch, link);

		if (s->io.fd == fd)
			return s;
	}
	return NULL;
}

/* Without memory the descriptor goes unwatched, and the query ends by its time limit. */
static void on_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct resolver *r = arg;
	struct socket_watch *s = find_watch(r, fd);
	int mask = (readable ? EV_READ : 0) | (writable ? EV_WRITE : 0);

	if (!s && mask) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return;
		ev_io_init(&s->io, on_io, fd, mask);
		s->io.data = r;
		list_append(&r->sockets, &s->link);
	}
	if (!s)
		return;
	ev_io_stop(r->loop, &s->io);
	if (mask) {
		ev_io_set(&s->io, fd, mask);
		ev_io_start(r->loop, &s->io);
	} else {
		list_remove(&s->link);
		free(s);
	}
}

void resolver_close_channel(struct resolver *r)
{
	if (r->has_channel)
		ares_destroy(r->channel);
	r->has_channel = false;
	ev_timer_stop(r->loop, &r->timer);
}

int resolver_open_channel(struct resolver *r)
{
	struct ares_options o = {
		.flags = ARES_FLAG_NOSEARCH, /* a JID's domain is absolute */
		.timeout = TRY_MS,
		.tries = TRIES,
		.lookups = (char *)"fb", /* /etc/hosts first */
		.sock_state_cb = on_socket,
		.sock_state_cb_data = r,
	};
	int status = ares_init_options(&r->channel, &o,
				       ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
					       ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB);

	if (status != ARES_SUCCESS)
		return status;
	r->has_channel = true;
	return r->servers ? ares_set_servers_ports_csv(r->channel, r->servers) : ARES_SUCCESS;
}

struct resolver *resolver_new(struct ev_loop *loop)
{
	struct resolver *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
		free(r);
		return NULL;
	}
	r->loop = loop;
	r->time_limit = 10.;
	list_init(&r->sockets);
	ev_timer_init(&r->timer, on_timer, 0., 0.);
	r->timer.data = r;
	return r;
}

int resolver_set_servers(struct resolver *r, const char *servers)
{
	char *copy = strview_dup(strview_of(servers));

	if (!copy)
		return -ENOMEM;
	free(r->servers);
	r->servers = copy;
	return 0;
}

void resolver_set_time_limit(struct resolver *r, double seconds)
{
	r->time_limit = seconds;
}

void resolver_free(struct resolver *r)
{
	if (!r)
		return;
	resolver_close_channel(r);
	ares_library_cleanup();
	free(r->servers);
	free(r);
}
