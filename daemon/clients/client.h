/*
 * One connected client: a descriptor, a session, and when to read and write. Private to
 * daemon/clients. It is destroyed only by clients.c, at the end of a loop turn.
 */
#pragma once

#include "daemon/clients/account.h"
#include "daemon/clients/clients.h"

struct client {
	struct list in_all, in_ready, in_dying;
	struct clients *clients;
	struct account *account;
	struct session *session;
	ev_io io;
	uint64_t since_unix_us;
	bool eof;	 /* it has shut down its writing side */
	bool deaf;	 /* a write failed: it reads no more, but what it sent is still begun */
	bool blocked;	 /* the kernel takes no more for now */
	bool hangup_set; /* in clients.hangups */
	bool dying;
};

/* Takes over fd, and peer.groups also when it fails. NULL without memory: fd stays the caller's. */
struct client *client_new(struct clients *c, struct account *a, int fd, const struct peer *peer);
void client_free(struct client *k);

void client_run(struct client *k);   /* begins requests, up to the budget */
void client_flush(struct client *k); /* writes what the kernel takes */
void client_sync(struct client *k);  /* what to wait for now, or whether it has ended */
void client_die(struct client *k);   /* it is gone; taken apart at the end of the turn */
