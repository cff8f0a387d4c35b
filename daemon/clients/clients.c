#include "daemon/clients/clients.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/clients/access.h"
#include "daemon/clients/client.h"
#include "ipc/rpc/request.h"

enum {
	MAX_GROUPS = 65536, /* NGROUPS_MAX of Linux */
};

/* --- the end of a loop turn ------------------------------------------------------------------ */

static void drop_reloads_of(struct clients *c, const struct session *s)
{
	list_for_each (it, &c->reloads) {
		struct request *r = list_entry(it, struct request, held);

		if (r->session != s)
			continue;
		list_remove(it);
		request_drop(r);
	}
}

/* Its streams close and its waits end, which makes events for others. */
static void reap(struct clients *c, struct client *k)
{
	struct session *s = k->session;

	drop_reloads_of(c, s);
	bus_session_gone(c->bus, s);
	links_session_gone(c->links, s);
	c->n--;
	c->limit_logged = false;
	log_write(LOG_LEVEL_DEBUG, "client %llu is gone", (unsigned long long)s->id);
	client_free(k);
}

static bool reap_all(struct clients *c)
{
	bool any = false;

	while (!list_empty(&c->dying)) {
		reap(c, list_entry(c->dying.next, struct client, in_dying));
		any = true;
	}
	return any;
}

static void flush_all(struct clients *c)
{
	while (!list_empty(&c->dirty)) {
		struct outq *q = list_entry(c->dirty.next, struct outq, dirty);
		struct client *k = list_entry(q, struct session, out)->owner;

		list_remove(&q->dirty);
		if (k->dying)
			continue;
		if (k->blocked)
			outq_compact(q);
		else
			client_flush(k);
		client_sync(k);
	}
}

/* Each gets one budget; what is appended meanwhile waits for the next turn. */
static bool run_ready(struct clients *c)
{
	struct list now, *it;
	bool any = false;

	if (list_empty(&c->ready))
		return false;
	now = c->ready;
	now.next->prev = now.prev->next = &now;
	list_init(&c->ready);
	while (!list_empty(&now)) {
		struct client *k;

		it = now.next;
		list_remove(it);
		k = list_entry(it, struct client, in_ready);
		client_run(k);
		client_sync(k);
		any = true;
	}
	return any;
}

bool clients_settle(struct clients *c)
{
	bool again = run_ready(c);

	do {
		flush_all(c);
		again |= reap_all(c);
	} while (!list_empty(&c->dirty) || !list_empty(&c->dying));
	return again || !list_empty(&c->ready);
}

/*
 * Requests that are begun and clients that are reaped here may make whatever else is pending in
 * this turn, after this watcher: then the loop does not wait but comes here again.
 */
static void before_wait(struct ev_loop *loop, ev_prepare *w, int revents)
{
	struct clients *c = w->data;

	(void)revents;
	if (clients_settle(c))
		ev_idle_start(loop, &c->no_wait);
	else
		ev_idle_stop(loop, &c->no_wait);
}

static void on_no_wait(struct ev_loop *loop, ev_idle *w, int revents)
{
	(void)loop, (void)w, (void)revents;
}

static void on_hangups(struct ev_loop *loop, ev_io *w, int revents)
{
	struct epoll_event hangups[64];
	int n = epoll_wait(w->fd, hangups, (int)ARRAY_SIZE(hangups), 0);

	(void)loop, (void)revents;
	for (int i = 0; i < n; i++)
		client_die(hangups[i].data.ptr);
}

/* --- life ------------------------------------------------------------------------------------ */

static unsigned fd_limit(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) < 0 || rl.rlim_cur == RLIM_INFINITY)
		return 1 << 20;
	if (rl.rlim_cur <= 2 * CLIENTS_FD_RESERVE)
		return (unsigned)rl.rlim_cur;
	return (unsigned)(rl.rlim_cur - CLIENTS_FD_RESERVE);
}

struct clients *clients_new(struct ev_loop *loop, struct bus *bus, struct links *links,
			    struct config *config, ev_watcher *on_reload)
{
	struct clients *c = calloc(1, sizeof(*c));
	int fd;

	if (!c)
		return NULL;
	fd = epoll_create1(EPOLL_CLOEXEC);
	if (fd < 0) {
		free(c);
		return NULL;
	}
	c->loop = loop;
	c->bus = bus;
	c->links = links;
	c->config = config_ref(config);
	c->on_reload = on_reload;
	c->next_id = 1;
	c->started = ev_now(loop);
	c->fd_limit = fd_limit();
	c->started_unix_us = clock_unix_us();
	list_init(&c->accounts);
	list_init(&c->all);
	list_init(&c->ready);
	list_init(&c->dying);
	list_init(&c->dirty);
	list_init(&c->reloads);
	ev_prepare_init(&c->before_wait, before_wait);
	ev_set_priority(&c->before_wait, EV_MINPRI); /* after every other's work of this turn */
	c->before_wait.data = c;
	ev_prepare_start(loop, &c->before_wait);
	ev_idle_init(&c->no_wait, on_no_wait);
	ev_io_init(&c->hangups, on_hangups, fd, EV_READ);
	ev_io_start(loop, &c->hangups);
	return c;
}

void clients_free(struct clients *c)
{
	if (!c)
		return;
	list_for_each (it, &c->all)
		client_die(list_entry(it, struct client, in_all));
	reap_all(c);
	ev_prepare_stop(c->loop, &c->before_wait);
	ev_idle_stop(c->loop, &c->no_wait);
	ev_io_stop(c->loop, &c->hangups);
	close(c->hangups.fd);
	config_unref(c->config);
	free(c);
}

void clients_configure(struct clients *c, struct config *config)
{
	struct config *old = c->config;

	c->config = config_ref(config);
	config_unref(old);
	list_for_each (it, &c->accounts)
		account_configure(list_entry(it, struct account, in_all), &config->limits);
	list_for_each (it, &c->all) {
		struct client *k = list_entry(it, struct client, in_all);

		k->session->out.max_bytes = config->limits.max_client_queue_bytes;
		client_sync(k);
	}
}

size_t clients_count(const struct clients *c)
{
	return c->n;
}

/* --- admission ------------------------------------------------------------------------------- */

static int peer_groups(int fd, struct peer *peer)
{
	socklen_t n = 64 * sizeof(gid_t);

	for (;;) {
		gid_t *groups = malloc(n ? n : 1);

		if (!groups)
			return -ENOMEM;
		if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &n) == 0) {
			peer->groups = groups;
			peer->n_groups = n / sizeof(gid_t);
			return 0;
		}
		free(groups);
		/* ERANGE: n says how much is needed */
		if (errno != ERANGE || n > MAX_GROUPS * sizeof(gid_t))
			return -errno;
	}
}

static int peer_get(int fd, struct peer *peer)
{
	struct ucred cred;
	socklen_t n = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) < 0)
		return -errno;
	peer->uid = cred.uid;
	peer->gid = cred.gid;
	peer->pid = cred.pid;
	peer->all_rights = access_all_rights(cred.uid);
	return peer_groups(fd, peer);
}

static bool has_room(const struct clients *c, const struct account *a)
{
	unsigned max = c->config->limits.max_clients;

	return max == 0 || (c->n < max && a->n_clients < a->max_clients);
}

static void refuse(struct clients *c, int fd, const char *why, uid_t uid)
{
	c->stats.refused++;
	close(fd);
	if (c->limit_logged)
		return;
	c->limit_logged = true; /* until the next client goes: a flood is one line */
	log_write(LOG_LEVEL_WARNING, "refused a client of uid %u: %s (%zu are connected)",
		  (unsigned)uid, why, c->n);
}

/* NULL, or why not; then fd is still the caller's. */
static const char *admit(struct clients *c, int fd, const struct peer *peer)
{
	struct account *a;
	struct client *k = NULL;
	const char *why = "out of memory";

	if (fd >= (int)c->fd_limit) {
		free(peer->groups);
		return "too few file descriptors";
	}
	a = account_get(&c->accounts, peer->uid, peer->all_rights, &c->config->limits);
	if (a && has_room(c, a)) {
		k = client_new(c, a, fd, peer);
	} else {
		why = a ? "max_clients" : why;
		free(peer->groups);
	}
	if (a)
		account_drop(a);
	if (!k)
		return why;
	list_append(&c->all, &k->in_all);
	c->n++;
	c->stats.accepted++;
	return NULL;
}

void clients_add(struct clients *c, int fd)
{
	struct peer peer = { .uid = (uid_t)-1 };
	const char *why = "the kernel does not say who it is";

	if (peer_get(fd, &peer) == 0)
		why = admit(c, fd, &peer);
	if (why)
		refuse(c, fd, why, peer.uid);
	else
		log_write(LOG_LEVEL_DEBUG, "client %llu: uid %u, process %ld",
			  (unsigned long long)(c->next_id - 1), (unsigned)peer.uid, (long)peer.pid);
}

/* --- what main does for them ----------------------------------------------------------------- */

void clients_reloaded(struct clients *c, struct fault *why)
{
	while (!list_empty(&c->reloads)) {
		struct request *r = list_entry(c->reloads.next, struct request, held);

		list_remove(&r->held);
		if (why)
			request_fail(r, fault_ref(why));
		else
			request_ok(r);
	}
	fault_unref(why);
}

void clients_stop(struct clients *c)
{
	c->stopping = true;
	list_for_each (it, &c->all)
		client_sync(list_entry(it, struct client, in_all));
}

bool clients_flushed(const struct clients *c)
{
	list_for_each (it, (struct list *)&c->all) {
		const struct client *k = list_entry(it, struct client, in_all);

		if (!k->dying && k->session->out.bytes > 0)
			return false;
	}
	return true;
}
