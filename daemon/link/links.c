/* All streams of the daemon: look-up, configuration, the end. */
#include <malloc.h>
#include <stdlib.h>

#include "daemon/link/iq.h"
#include "daemon/link/managed.h"
#include "daemon/link/waiter.h"

static const char *const link_state_names[LINK_STATE_COUNT_] = {
	[LINK_STOPPED] = "stopped",	    [LINK_CONNECTING] = "connecting",
	[LINK_NEGOTIATING] = "negotiating", [LINK_UP] = "up",
	[LINK_WAITING] = "waiting",	    [LINK_DOWN] = "down",
};

const char *link_state_name(enum link_state s)
{
	return link_state_names[s];
}

static struct link *link_of(struct list *node)
{
	return list_entry(node, struct link, in_links);
}

/* --- one link's life -------------------------------------------------------------------------- */

struct link *link_new(struct links *l, struct strview name, bool raw)
{
	struct link *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->name = strview_dup(name);
	k->iq = raw ? NULL : iq_new();
	if (!k->name || (!raw && !k->iq)) {
		free(k->name);
		free(k->iq);
		free(k);
		return NULL;
	}
	k->links = l;
	k->raw = raw;
	k->log_level = LOG_LEVEL_INFO;
	k->since_us = clock_unix_us();
	k->step_deadline = k->retry_at = k->settled_at = k->waiters_deadline = UINT64_MAX;
	list_init(&k->waiters);
	archives_init(&k->archives);
	arena_init(&k->features_arena, 0);
	arena_init(&k->options_arena, 0);
	conn_init(&k->conn, k, l->loop, l->resolver);
	list_append(&l->all, &k->in_links);
	return k;
}

static void drop_waiters(struct link *k)
{
	while (!list_empty(&k->waiters)) {
		struct waiter *w = list_entry(k->waiters.next, struct waiter, in_link);

		waiter_fail(w, fault_new(FAULT_CANCELED, "the stream is gone"));
	}
}

void link_free(struct link *k)
{
	drop_waiters(k);
	iq_free(k);
	archives_reset(&k->archives);
	conn_done(&k->conn);
	managed_done(k);
	list_remove(&k->in_links);
	arena_done(&k->features_arena);
	arena_done(&k->options_arena);
	free(k->name);
	free(k);
}

/* Callbacks of the link may be on the stack: it goes at the end of the loop turn. */
void link_remove(struct link *k)
{
	if (!k->silent)
		link_publish_info(k, EVENT_STREAM_REMOVED);
	k->silent = true;
	drop_waiters(k);
	iq_free(k);
	list_remove(&k->in_links);
	list_append(&k->links->dead, &k->in_links);
}

static void on_prepare(struct ev_loop *loop, ev_prepare *w, int revents)
{
	struct links *l = w->data;

	(void)loop;
	(void)revents;
	list_for_each (it, &l->dead)
		link_free(link_of(it));
}

/*
 * Handshakes and logins leave holes in the heap. Once it is quiet they go back to the system: a
 * fifth of what idle streams hold. It walks the heap, so it is done seldom.
 */
static void on_trim(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)w;
	(void)revents;
	malloc_trim(0);
}

void link_relaxed(struct link *k)
{
	if (!ev_is_active(&k->links->trim))
		ev_timer_start(k->links->loop, &k->links->trim);
}

bool link_is_raw(const struct link *k)
{
	return k->raw;
}

uid_t link_owner_uid(const struct link *k)
{
	return k->owner_uid;
}

struct strview link_name(const struct link *k)
{
	return strview_of(k->name);
}

/* --- all -------------------------------------------------------------------------------------- */

struct links *links_new(struct ev_loop *loop, struct bus *bus, struct resolver *resolver,
			const char *state_dir)
{
	struct links *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->loop = loop;
	l->bus = bus;
	l->resolver = resolver;
	l->state_dir = state_dir;
	list_init(&l->all);
	list_init(&l->queue);
	list_init(&l->dead);
	ev_prepare_init(&l->reap, on_prepare);
	l->reap.data = l;
	ev_prepare_start(loop, &l->reap);
	ev_unref(loop);
	ev_timer_init(&l->trim, on_trim, 2., 0.);
	return l;
}

void links_free(struct links *l)
{
	if (!l)
		return;
	list_for_each (it, &l->all)
		link_free(link_of(it));
	list_for_each (it, &l->dead)
		link_free(link_of(it));
	ev_timer_stop(l->loop, &l->trim);
	ev_ref(l->loop);
	ev_prepare_stop(l->loop, &l->reap);
	config_unref(l->config);
	table_done(&l->tokens);
	free(l);
}

struct link *links_by_name(const struct links *l, struct strview name)
{
	list_for_each (it, &l->all)
		if (strview_is(name, link_of(it)->name))
			return link_of(it);
	return NULL;
}

bool link_visible(struct link *k, const struct session *s)
{
	struct audience a = link_audience(k);

	return !k->silent && audience_includes(&a, &s->peer);
}

static struct link *find_only(struct links *l, const struct session *s, struct fault **ret_fault)
{
	struct link *only = NULL;
	unsigned n = 0;

	list_for_each (it, &l->all) {
		if (!link_visible(link_of(it), s))
			continue;
		only = link_of(it);
		n++;
	}
	if (n == 1)
		return only;
	if (n == 0) {
		*ret_fault = fault_new(FAULT_UNKNOWN_STREAM, "there is no stream");
	} else {
		*ret_fault = fault_new(FAULT_INVALID_PARAMS,
				       "stream: needed, as there are %u streams", n);
		fault_set(*ret_fault, &(*ret_fault)->path, SV("/stream"));
	}
	return NULL;
}

struct link *links_find(struct links *l, const struct session *s, struct strview name,
			struct fault **ret_fault)
{
	if (!name.p)
		return find_only(l, s, ret_fault);
	list_for_each (it, &l->all) {
		struct link *k = link_of(it);

		if (strview_is(name, k->name) && link_visible(k, s))
			return k;
	}
	*ret_fault = fault_new(FAULT_UNKNOWN_STREAM, "there is no stream \"%.*s\"",
			       name.n > 64 ? 64 : (int)name.n, name.p);
	return NULL;
}

void links_session_gone(struct links *l, struct session *s)
{
	list_for_each (it, &l->all) {
		struct link *k = link_of(it);

		waiters_session_gone(k, s);
		iq_session_gone(k, s);
		if (!k->raw || k->owner != s)
			continue;
		k->owner = NULL;
		if (k->silent || conn_state(&k->conn) == STREAM_CLOSED) {
			conn_cancel(&k->conn);
			link_remove(k);
			continue;
		}
		stream_close(k->conn.stream, clock_monotonic_ns());
		conn_sync(&k->conn);
		if (k->silent || !list_linked(&k->in_links))
			continue;
		link_publish_info(k, EVENT_STREAM_REMOVED);
		k->silent = true;
		if (conn_state(&k->conn) == STREAM_CLOSED)
			link_remove(k);
	}
}

/* --- the configured streams ------------------------------------------------------------------- */

static void remove_managed(struct link *k)
{
	k->remove = true;
	managed_stop(k);
}

static void configure_one(struct links *l, struct config *config,
			  const struct config_stream *section)
{
	struct link *k = links_by_name(l, strview_of(section->name));

	if (k && !k->raw && !k->remove && config_stream_equal(k->section, section)) {
		managed_configure(k, config, section);
		if (k->link == LINK_DOWN)
			managed_start(k);
		return;
	}
	if (k && k->raw) {
		log_write(LOG_LEVEL_WARNING,
			  "%s:%d: a client has a raw stream of the name %s: reload again later",
			  section->file, section->line, section->name);
		return;
	}
	if (k) {
		managed_reconfigure(k, config, section);
		return;
	}
	k = link_new(l, strview_of(section->name), false);
	if (!k) {
		log_write(LOG_LEVEL_ERROR, "stream %s: out of memory", section->name);
		return;
	}
	seq_load(k);
	managed_configure(k, config, section);
	link_publish_info(k, EVENT_STREAM_ADDED);
	if (section->autostart)
		managed_start(k);
}

void links_configure(struct links *l, struct config *config)
{
	struct config *old = l->config;

	l->config = config_ref(config);
	list_for_each (it, &l->all) {
		struct link *k = link_of(it);

		if (!k->raw && !config_find_stream(config, k->name))
			remove_managed(k);
	}
	for (size_t i = 0; i < config->n_streams; i++)
		configure_one(l, config, &config->streams[i]);
	config_unref(old);
}

void links_shutdown(struct links *l)
{
	l->stopping = true;
	list_for_each (it, &l->all) {
		struct link *k = link_of(it);

		waiters_shutdown(k);
		iq_shutdown(k);
		if (!k->raw) {
			managed_stop(k);
		} else if (k->conn.phase == CONN_RUNNING) {
			stream_close(k->conn.stream, clock_monotonic_ns());
			conn_sync(&k->conn);
		} else {
			conn_cancel(&k->conn);
		}
	}
}

bool links_idle(const struct links *l)
{
	list_for_each (it, &l->all)
		if (link_of(it)->conn.phase != CONN_IDLE)
			return false;
	return true;
}
