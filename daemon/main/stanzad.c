#include "daemon/main/stanzad.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/clients/clients.h"
#include "daemon/clients/listener.h"
#include "daemon/link/link.h"
#include "daemon/main/places.h"
#include "daemon/main/service.h"
#include "daemon/net/resolve.h"
#include "ipc/events/bus.h"

/* Streams close within their own shutdown_timeout; this bounds all of them together. */
#define CLOSE_TIMEOUT_S 60.
/* Clients that do not read keep nobody waiting for longer. */
#define FLUSH_TIMEOUT_S 3.
/* The service manager's status line changes at most so often. */
#define STATUS_PERIOD_S 0.5
#define EXTEND_PERIOD_S 5.

enum phase {
	PHASE_RUNNING,
	PHASE_CLOSING,	/* awaits the end of all streams */
	PHASE_FLUSHING, /* awaits that clients have read what they get */
	PHASE_DONE,
};

struct stanzad {
	struct options options;
	struct config *config;
	char *state_dir; /* as it was at the start; NULL: none */
	struct ev_loop *loop;
	struct bus *bus;
	struct resolver *resolver;
	struct links *links;
	struct clients *clients;
	struct listener *listener;
	enum phase phase;
	ev_tstamp deadline; /* of the phase */
	ev_signal on_term, on_int, on_hup;
	ev_timer reload; /* never started: fed by whoever asks for a reload */
	ev_timer watchdog, status, patience;
	bool status_due; /* `status` has fired */
	struct service service;
};

/* --- status ---------------------------------------------------------------------------------- */

static void status_text(const struct stanzad *s, char ret[static SERVICE_STATUS_SIZE])
{
	size_t n = clients_count(s->clients);

	snprintf(ret, SERVICE_STATUS_SIZE, "%zu of %zu streams up, %zu %s", links_up(s->links),
		 links_managed(s->links), n, n == 1 ? "client" : "clients");
}

static void show_ready(struct stanzad *s)
{
	char text[SERVICE_STATUS_SIZE];

	status_text(s, text);
	service_ready(&s->service, text);
}

static void show_status(struct stanzad *s)
{
	char text[SERVICE_STATUS_SIZE];

	status_text(s, text);
	service_status(&s->service, text);
}

static void on_status(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct stanzad *s = w->data;

	(void)loop, (void)revents;
	s->status_due = true;
}

/*
 * After a turn: something may have changed. What the timer's own turn brought is no reason to look
 * again, only that the service manager did not take what it was told.
 */
static void care_for_status(struct stanzad *s)
{
	bool again = !s->status_due;

	if (s->status_due) {
		show_status(s);
		again = !service_flush(&s->service);
	}
	s->status_due = false;
	if (again && !ev_is_active(&s->status) && service_is_managed(&s->service)) {
		ev_timer_set(&s->status, STATUS_PERIOD_S, 0.);
		ev_timer_start(s->loop, &s->status);
	}
}

static void on_watchdog(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct stanzad *s = w->data;

	(void)loop, (void)revents;
	service_alive(&s->service);
}

/* --- reload ---------------------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void warn_of_unchangeable(const struct config *old, const struct config *new)
{
	if (!same_text(old->socket, new->socket))
		log_write(LOG_LEVEL_WARNING, "a changed \"socket\" takes effect at the next start");
	if (!same_text(old->state_dir, new->state_dir))
		log_write(LOG_LEVEL_WARNING,
			  "a changed \"state_dir\" takes effect at the next start");
}

/* Every fault is a line of the log; the first stands in the reply. */
static struct fault *log_faults(const struct buf *faults, int error)
{
	struct fault *why = NULL;
	size_t at = 0;

	while (at < faults->n) {
		const char *line = faults->p + at;
		const char *end = memchr(line, '\n', faults->n - at);
		int n = (int)(end ? (size_t)(end - line) : faults->n - at);

		log_write(LOG_LEVEL_ERROR, "%.*s", n, line);
		if (!why)
			why = fault_new(FAULT_INTERNAL,
					"the configuration has a fault, the old one stays: %.*s", n,
					line);
		at += (size_t)n + 1;
	}
	if (!why)
		why = fault_errno(-error, "cannot read the configuration");
	log_write(LOG_LEVEL_ERROR, "the old configuration stays");
	return why;
}

static struct fault *load_again(struct stanzad *s)
{
	CLEANUP(buf_done) struct buf faults = BUF_INIT;
	struct config *config = NULL;
	int r = config_load(s->options.config, s->options.user_mode, &config, &faults);

	if (r < 0)
		return log_faults(&faults, r);
	if (options_apply(&s->options, config) < 0) {
		config_unref(config);
		return fault_no_memory();
	}
	warn_of_unchangeable(s->config, config);
	config_unref(s->config);
	s->config = config;
	log_set_level(config->log_level);
	clients_configure(s->clients, config);
	links_configure(s->links, config);
	log_write(LOG_LEVEL_INFO, "configuration reloaded: %zu streams", config->n_streams);
	return NULL;
}

static void reload(struct stanzad *s)
{
	if (s->phase != PHASE_RUNNING) {
		clients_reloaded(s->clients, fault_new(FAULT_CANCELED, "the daemon is stopping"));
		return;
	}
	service_reloading(&s->service);
	clients_reloaded(s->clients, load_again(s));
	show_ready(s);
}

static void on_reload(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop, (void)revents;
	reload(w->data);
}

static void on_hup(struct ev_loop *loop, ev_signal *w, int revents)
{
	(void)loop, (void)revents;
	reload(w->data);
}

/* --- stopping -------------------------------------------------------------------------------- */

static void begin_stopping(struct stanzad *s)
{
	const struct event stopping = { .kind = EVENT_DAEMON_STOPPING, .unix_us = clock_unix_us() };

	service_stopping(&s->service);
	s->phase = PHASE_CLOSING;
	s->deadline = ev_now(s->loop) + CLOSE_TIMEOUT_S;
	listener_stop(s->listener);
	clients_stop(s->clients);
	clients_reloaded(s->clients, fault_new(FAULT_CANCELED, "the daemon is stopping"));
	bus_publish(s->bus, &stopping);
	links_shutdown(s->links);
	ev_timer_start(s->loop, &s->patience);
}

static void on_stop_signal(struct ev_loop *loop, ev_signal *w, int revents)
{
	struct stanzad *s = w->data;

	(void)loop, (void)revents;
	log_write(LOG_LEVEL_INFO, "%s: %s", w->signum == SIGINT ? "SIGINT" : "SIGTERM",
		  s->phase == PHASE_RUNNING ? "stopping" : "stopping at once");
	if (s->phase == PHASE_RUNNING)
		begin_stopping(s);
	else
		s->deadline = 0; /* who asks twice does not want to wait */
}

/* Wakes the loop to look at the deadline, and keeps the service manager from losing patience. */
static void on_patience(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct stanzad *s = w->data;

	(void)loop, (void)revents;
	service_extend(&s->service, (uint64_t)(2 * EXTEND_PERIOD_S * 1e6));
}

static void advance(struct stanzad *s)
{
	bool late = ev_now(s->loop) >= s->deadline;

	if (s->phase == PHASE_CLOSING && (late || links_idle(s->links))) {
		if (late)
			log_write(LOG_LEVEL_WARNING, "streams that did not close are cut off");
		s->phase = PHASE_FLUSHING;
		s->deadline = late ? s->deadline : ev_now(s->loop) + FLUSH_TIMEOUT_S;
		ev_timer_stop(s->loop, &s->patience);
		ev_timer_set(&s->patience, FLUSH_TIMEOUT_S, EXTEND_PERIOD_S);
		ev_timer_start(s->loop, &s->patience);
	}
	if (s->phase != PHASE_FLUSHING)
		return;
	(void)clients_settle(s->clients);
	if (clients_flushed(s->clients) || ev_now(s->loop) >= s->deadline)
		s->phase = PHASE_DONE;
}

/* --- life ------------------------------------------------------------------------------------ */

static void watch(struct stanzad *s)
{
	double interval = service_watchdog_interval();

	ev_signal_init(&s->on_term, on_stop_signal, SIGTERM);
	ev_signal_init(&s->on_int, on_stop_signal, SIGINT);
	ev_signal_init(&s->on_hup, on_hup, SIGHUP);
	ev_timer_init(&s->status, on_status, STATUS_PERIOD_S, 0.);
	ev_timer_init(&s->watchdog, on_watchdog, interval, interval);
	ev_timer_init(&s->patience, on_patience, 0., EXTEND_PERIOD_S);
	s->on_term.data = s->on_int.data = s->on_hup.data = s;
	s->watchdog.data = s->status.data = s->patience.data = s;
	ev_signal_start(s->loop, &s->on_term);
	ev_signal_start(s->loop, &s->on_int);
	ev_signal_start(s->loop, &s->on_hup);
	if (interval > 0)
		ev_timer_start(s->loop, &s->watchdog);
}

static bool make_parts(struct stanzad *s)
{
	s->loop = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
	if (!s->loop)
		return false;
	ev_timer_init(&s->reload, on_reload, 0., 0.);
	s->reload.data = s;
	s->bus = bus_new();
	s->resolver = resolver_new(s->loop);
	if (!s->bus || !s->resolver)
		return false;
	s->links = links_new(s->loop, s->bus, s->resolver, s->state_dir);
	if (!s->links)
		return false;
	s->clients = clients_new(s->loop, s->bus, s->links, s->config, (ev_watcher *)&s->reload);
	if (!s->clients)
		return false;
	s->listener = listener_new(s->loop, s->clients);
	return s->listener != NULL;
}

struct stanzad *stanzad_new(const struct options *o, struct config *config)
{
	struct stanzad *s = calloc(1, sizeof(*s));

	if (!s) {
		config_unref(config);
		log_write(LOG_LEVEL_ERROR, "out of memory");
		return NULL;
	}
	s->options = *o;
	s->config = config;
	service_init(&s->service);
	if (config->state_dir)
		s->state_dir = strdup(config->state_dir);
	if ((config->state_dir && !s->state_dir) || !make_parts(s)) {
		log_write(LOG_LEVEL_ERROR, "cannot start: no epoll, or out of memory");
		stanzad_free(s);
		return NULL;
	}
	places_make_state_dir(config->state_dir, o->user_mode);
	if (!places_open_sockets(s->listener, config->socket, o->user_mode)) {
		stanzad_free(s);
		return NULL;
	}
	watch(s);
	return s;
}

void stanzad_run(struct stanzad *s)
{
	log_write(LOG_LEVEL_INFO, "%s, %zu streams configured", PACKAGE_STRING,
		  s->config->n_streams);
	listener_start(s->listener);
	links_configure(s->links, s->config);
	show_ready(s);
	while (s->phase != PHASE_DONE) {
		ev_run(s->loop, EVRUN_ONCE);
		if (s->phase != PHASE_RUNNING)
			advance(s);
		else
			care_for_status(s);
	}
	log_write(LOG_LEVEL_INFO, "stopped");
}

void stanzad_free(struct stanzad *s)
{
	if (!s)
		return;
	listener_free(s->listener);
	clients_free(s->clients);
	if (s->links)
		links_free(s->links);
	if (s->resolver)
		resolver_free(s->resolver);
	if (s->bus)
		bus_free(s->bus);
	if (s->loop)
		ev_loop_destroy(s->loop);
	service_done(&s->service);
	config_unref(s->config);
	free(s->state_dir);
	free(s);
}
