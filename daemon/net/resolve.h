/*
 * Names to addresses on the loop, by c-ares: A and AAAA of one host; literal addresses and
 * localhost (RFC 6761) need no server. A query tells its owner through the loop: the watcher it was
 * given is fed, so nobody is called from inside the resolver.
 */
#pragma once

#include "protocol/base/fault.h"

#include <ev.h>
#include <sys/socket.h>

struct resolver;

struct resolver *resolver_new(struct ev_loop *loop); /* NULL without memory */
void resolver_free(struct resolver *r); /* takes NULL; queries under way end in a fault */

/* Name servers in place of the system's, for tests: "ADDRESS:PORT" with commas. 0 or -ENOMEM. */
int resolver_set_servers(struct resolver *r, const char *servers);
void resolver_set_time_limit(struct resolver *r, double seconds); /* 10 at first */

struct address {
	struct sockaddr_storage addr;
	socklen_t len;
};

struct resolve_query;

/*
 * Starts to look host up. `done` (initialised, of any type, data set) is fed with ev_feed_event
 * when resolve_result() can be asked, at the latest after the time limit. A U-label is looked up as
 * its A-label. NULL without memory.
 */
struct resolve_query *resolve_start(struct resolver *r, const char *host, uint16_t port,
				    ev_watcher *done);
void resolve_free(struct resolve_query *q); /* cancels, `done` too; takes NULL */

/*
 * After `done`: NULL with addresses (at least one, IPv6 and IPv4 alternating), or the fault, a
 * transport-error: ETIMEDOUT without an answer, EINVAL for what is no host name, else EHOSTUNREACH.
 */
struct fault *resolve_result(const struct resolve_query *q, const struct address **ret,
			     size_t *ret_n);
