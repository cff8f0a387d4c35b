/* What the parts of the resolver share with each other only. */
#pragma once

#include "daemon/net/resolve.h"

#include <ares.h>

#include "protocol/base/list.h"

/*
 * A c-ares channel lives while look-ups are under way, so that each new burst of them sees the
 * system's configuration of now.
 */
struct resolver {
	struct ev_loop *loop;
	char *servers;	   /* for tests, "ADDRESS:PORT" with commas; NULL: the system's */
	double time_limit; /* seconds for a query, whatever servers there are */
	ares_channel channel;
	bool has_channel;
	size_t n_lookups;
	struct list sockets; /* of struct socket_watch */
	ev_timer timer;	     /* c-ares's retries */
};

int resolver_open_channel(struct resolver *r); /* an ARES_ status */
/* Look-ups end with ARES_EDESTRUCTION, and their queries in a fault. */
void resolver_close_channel(struct resolver *r);
void resolver_set_timer(struct resolver *r); /* after each call of c-ares */
