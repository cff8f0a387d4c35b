/* Methods about the daemon itself. */
#include "daemon/clients/dispatch.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "config.h"
#include "daemon/clients/client.h"
#include "ipc/json/jsonw.h"

enum {
	PROTOCOL_NUMBER = 1,
};

/* What a program may ask for before it relies on it. */
static const char *const capabilities[] = {
	"managed-streams", "raw-streams", "rpc.discover", "starttls",
	"xso.classes",	   "xso.convert", "xso.schema",
};

static uint64_t uptime_ns(const struct clients *c)
{
	ev_tstamp t = ev_now(c->loop) - c->started;

	return t > 0 ? (uint64_t)(t * 1e9) : 0;
}

static void put_uptime(struct buf *b, const struct clients *c)
{
	/* to the millisecond: more would be noise */
	jsonw_key(b, "uptime");
	jsonw_seconds(b, uptime_ns(c) / 1000000 * 1000000);
}

static void put_limits(struct buf *b, const struct config_limits *l)
{
	jsonw_begin_object(b);
	jsonw_member_uint(b, "max_request_bytes", l->max_request_bytes);
	jsonw_member_uint(b, "max_client_queue_bytes", l->max_client_queue_bytes);
	jsonw_member_uint(b, "max_clients", l->max_clients);
	jsonw_member_uint(b, "max_send_bytes", l->max_send_bytes);
	jsonw_member_uint(b, "max_stanza_bytes", l->max_stanza_bytes);
	jsonw_member_uint(b, "max_stanza_depth", l->max_stanza_depth);
	jsonw_member_uint(b, "max_requests_in_flight", CLIENTS_MAX_IN_FLIGHT);
	jsonw_end_object(b);
}

void handle_daemon_info(struct clients *c, struct request *r)
{
	struct buf *b = request_result(r);

	jsonw_begin_object(b);
	jsonw_member_cstr(b, "name", PACKAGE_NAME);
	jsonw_member_cstr(b, "version", PACKAGE_VERSION);
	jsonw_member_uint(b, "protocol", PROTOCOL_NUMBER);
	jsonw_member_uint(b, "pid", (uint64_t)getpid());
	put_uptime(b, c);
	jsonw_key(b, "capabilities");
	jsonw_begin_array(b);
	for (size_t i = 0; i < ARRAY_SIZE(capabilities); i++)
		jsonw_cstr(b, capabilities[i]);
	jsonw_end_array(b);
	jsonw_key(b, "limits");
	put_limits(b, &c->config->limits);
	jsonw_end_object(b);
	request_done(r);
}

static uint64_t resident_bytes(void)
{
	unsigned long size = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f)
		return 0;
	if (fscanf(f, "%lu %lu", &size, &resident) != 2)
		resident = 0;
	fclose(f);
	return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t cpu_ns(void)
{
	struct rusage u;

	if (getrusage(RUSAGE_SELF, &u) < 0)
		return 0;
	return ((uint64_t)u.ru_utime.tv_sec + (uint64_t)u.ru_stime.tv_sec) * 1000000000 +
	       ((uint64_t)u.ru_utime.tv_usec + (uint64_t)u.ru_stime.tv_usec) * 1000;
}

static uint64_t queued_bytes(const struct clients *c)
{
	uint64_t n = 0;

	list_for_each (it, (struct list *)&c->all)
		n += list_entry(it, struct client, in_all)->session->out.bytes;
	return n;
}

void handle_daemon_stats(struct clients *c, struct request *r)
{
	struct buf *b = request_result(r);

	jsonw_begin_object(b);
	put_uptime(b, c);
	jsonw_key(b, "cpu");
	jsonw_seconds(b, cpu_ns() / 1000 * 1000);
	jsonw_member_uint(b, "resident_bytes", resident_bytes());
	jsonw_member_uint(b, "clients", c->n);
	jsonw_member_uint(b, "clients_accepted", c->stats.accepted);
	jsonw_member_uint(b, "clients_refused", c->stats.refused);
	jsonw_member_uint(b, "requests", c->stats.requests);
	jsonw_member_uint(b, "bytes_from_clients", c->stats.bytes_in);
	jsonw_member_uint(b, "bytes_to_clients", c->stats.bytes_out);
	jsonw_member_uint(b, "queued_bytes", queued_bytes(c));
	jsonw_member_uint(b, "subscriptions", bus_subscriptions(c->bus));
	jsonw_member_uint(b, "events_sent", bus_events_sent(c->bus));
	jsonw_member_uint(b, "events_lost", bus_events_lost(c->bus));
	links_stats(c->links, b);
	jsonw_end_object(b);
	request_done(r);
}

/* Done by the daemon as a whole, which clients_reloaded() tells us. */
void handle_daemon_reload(struct clients *c, struct request *r)
{
	list_append(&c->reloads, &r->held);
	ev_feed_event(c->loop, c->on_reload, EV_CUSTOM);
}

static size_t count(const struct list *head)
{
	size_t n = 0;

	list_for_each (it, (struct list *)head)
		n++;
	return n;
}

static void put_client(struct buf *b, const struct client *k, const struct session *self)
{
	const struct session *s = k->session;

	jsonw_begin_object(b);
	jsonw_member_uint(b, "id", s->id);
	jsonw_member_bool(b, "self", s == self);
	jsonw_member_uint(b, "uid", s->peer.uid);
	jsonw_member_uint(b, "gid", s->peer.gid);
	jsonw_member_uint(b, "pid", s->peer.pid > 0 ? (uint64_t)s->peer.pid : 0);
	jsonw_key(b, "since");
	jsonw_time(b, k->since_unix_us);
	jsonw_member_uint(b, "subscriptions", count(&s->subscriptions));
	jsonw_member_uint(b, "requests", s->n_requests);
	jsonw_member_uint(b, "queued_bytes", s->out.bytes);
	jsonw_end_object(b);
}

void handle_client_list(struct clients *c, struct request *r)
{
	const struct session *self = r->session;
	struct buf *b = request_result(r);

	jsonw_begin_array(b);
	list_for_each (it, &c->all) {
		const struct client *k = list_entry(it, struct client, in_all);

		if (!k->dying && (self->peer.uid == 0 || k->session->peer.uid == self->peer.uid))
			put_client(b, k, self);
	}
	jsonw_end_array(b);
	request_done(r);
}

void handle_rpc_discover(struct clients *c, struct request *r)
{
	(void)c;
	method_discover(request_result(r), PACKAGE_VERSION, session_registry(r->session));
	request_done(r);
}
