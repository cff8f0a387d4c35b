/*
 * The sockets that clients connect to: one of our own at a path, or those that systemd passed.
 * When descriptors run out it stops accepting for a moment, so the loop does not spin.
 */
#pragma once

#include "daemon/clients/clients.h"
#include "daemon/clients/unixsocket.h"

struct listener;

struct listener *listener_new(struct ev_loop *loop, struct clients *clients); /* NULL: no memory */
void listener_free(struct listener *l); /* stops, unlinks what was bound; takes NULL */

/* Takes over an open socket. 0 or -ENOMEM. */
int listener_add(struct listener *l, struct unixsocket *s);

/* The listening Unix sockets among those that systemd passed are added: how many, or -errno. */
int listener_add_passed(struct listener *l);

void listener_start(struct listener *l);
void listener_stop(struct listener *l); /* accepts no more; the paths stay ours till the end */
