/*
 * All local clients: their sessions, their turns, and what their requests work on. It owns the
 * clients and knows the layers below; what only the daemon as a whole can do (a reload) is held
 * here until main has done it.
 *
 * One loop turn: bytes are read, requests begun, and before the loop waits again everything that
 * was queued goes out in one write per client, and clients that are gone are taken apart. So
 * nothing is freed while it is on the stack.
 */
#pragma once

#include <ev.h>

#include "daemon/base/config.h"
#include "daemon/link/link.h"
#include "ipc/events/bus.h"

struct clients_stats {
	uint64_t accepted, refused, requests;
	uint64_t bytes_in, bytes_out;
};

enum {
	CLIENTS_READ_SIZE = 64 * 1024,
	CLIENTS_BUDGET = 128,	      /* requests of one client in one loop turn */
	CLIENTS_MAX_IN_FLIGHT = 4096, /* requests of one client that wait; a batch has 1,000 */
	CLIENTS_FD_RESERVE = 24,      /* descriptors that clients leave to the streams */
};

struct clients {
	struct ev_loop *loop;
	struct bus *bus;
	struct links *links;
	struct config *config;
	struct list all;       /* struct client.in_all */
	struct list accounts;  /* struct account.in_all */
	struct list ready;     /* struct client.in_ready: have requests to be begun */
	struct list dying;     /* struct client.in_dying */
	struct list dirty;     /* struct outq.dirty */
	struct list reloads;   /* struct request.held */
	ev_watcher *on_reload; /* fed when `reloads` has one */
	ev_prepare before_wait;
	ev_idle no_wait;
	ev_io hangups; /* on an epoll of our own: clients that read and write no more */
	size_t n;
	unsigned fd_limit; /* client descriptors stay below it */
	uint64_t next_id;
	uint64_t started_unix_us;
	ev_tstamp started;
	bool stopping;
	bool limit_logged;
	struct clients_stats stats;
	char read_buffer[CLIENTS_READ_SIZE];
};

/* All but `config` (a reference is taken) must live longer. NULL without memory or descriptors. */
struct clients *clients_new(struct ev_loop *loop, struct bus *bus, struct links *links,
			    struct config *config, ev_watcher *on_reload);
void clients_free(struct clients *c); /* at once, whatever is still queued; takes NULL */

void clients_configure(struct clients *c, struct config *config);

/* A connection that was accepted; fd is consumed. Beyond a limit it is closed. */
void clients_add(struct clients *c, int fd);
size_t clients_count(const struct clients *c);

/* Ends every daemon.reload that waits: with success, or with the fault (consumed). */
void clients_reloaded(struct clients *c, struct fault *why);

/* Begins what waits to be begun, writes what is queued, takes apart what is gone: every loop turn
 * ends with it by itself. True: there is more to do at once. */
bool clients_settle(struct clients *c);

/* No request is read or begun from here on; replies and events still go out. */
void clients_stop(struct clients *c);
bool clients_flushed(const struct clients *c);
