#include "daemon/net/resolve_internal.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <idn-free.h>
#include <idna.h>
#include <netdb.h>
#include <stdlib.h>

enum {
	ADDRESSES_MAX = 32, /* of one name that are tried */
	LABEL_MAX = 63,	    /* RFC 1035 2.3.4 */
	NAME_MAX_ = 253,
};

/* What c-ares works on; the query may be gone before it is. */
struct lookup {
	struct resolver *resolver;
	struct resolve_query *query; /* NULL: nobody waits any more */
};

struct resolve_query {
	struct ev_loop *loop;
	ev_watcher *done;
	char *host;
	uint16_t port;
	struct lookup *lookup; /* NULL: finished */
	ev_timer limit;
	struct fault *fault; /* or addresses, when finished */
	struct address *addresses;
	size_t n_addresses;
};

/* --- the end of a query ----------------------------------------------------------------------- */

static struct fault *resolve_fault(const char *host, int errnum, const char *why)
{
	struct fault *f = fault_new(FAULT_TRANSPORT_ERROR, "cannot resolve %s: %s", host, why);

	fault_set_errnum(f, errnum);
	return f;
}

/* fault: consumed; NULL if there are addresses. */
static void finish(struct resolve_query *q, struct fault *fault)
{
	assert(!q->fault && (fault || q->n_addresses > 0));
	q->fault = fault;
	if (q->lookup)
		TAKE_PTR(q->lookup)->query = NULL;
	ev_timer_stop(q->loop, &q->limit);
	ev_feed_event(q->loop, q->done, EV_CUSTOM);
}

static void on_limit(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct resolve_query *q = w->data;

	(void)loop;
	(void)revents;
	finish(q, resolve_fault(q->host, ETIMEDOUT, "no answer from the name servers"));
}

static void add_address(struct resolve_query *q, const struct sockaddr *addr, socklen_t len)
{
	struct address *a = &q->addresses[q->n_addresses];

	if (q->n_addresses == ADDRESSES_MAX || len > sizeof(a->addr))
		return;
	memset(a, 0, sizeof(*a));
	memcpy(&a->addr, addr, len);
	a->len = len;
	if (addr->sa_family == AF_INET)
		((struct sockaddr_in *)&a->addr)->sin_port = htons(q->port);
	else
		((struct sockaddr_in6 *)&a->addr)->sin6_port = htons(q->port);
	q->n_addresses++;
}

static bool reserve_addresses(struct resolve_query *q)
{
	q->addresses = calloc(ADDRESSES_MAX, sizeof(*q->addresses));
	return q->addresses;
}

/* The next node at or after n that has (or has not) this family. */
static const struct ares_addrinfo_node *of_family(const struct ares_addrinfo_node *n, int family,
						  bool same)
{
	while (n && ((n->ai_family == family) != same ||
		     (n->ai_family != AF_INET && n->ai_family != AF_INET6)))
		n = n->ai_next;
	return n;
}

/* c-ares has sorted by RFC 6724; its first family leads, and then they alternate. */
static void take_addresses(struct resolve_query *q, const struct ares_addrinfo *result)
{
	int first = result->nodes ? result->nodes->ai_family : AF_UNSPEC;
	const struct ares_addrinfo_node *a = of_family(result->nodes, first, true);
	const struct ares_addrinfo_node *b = of_family(result->nodes, first, false);

	while (a || b) {
		if (a) {
			add_address(q, a->ai_addr, (socklen_t)a->ai_addrlen);
			a = of_family(a->ai_next, first, true);
		}
		if (b) {
			add_address(q, b->ai_addr, (socklen_t)b->ai_addrlen);
			b = of_family(b->ai_next, first, false);
		}
	}
}

static struct fault *status_fault(const char *host, int status)
{
	switch (status) {
	case ARES_ENOTFOUND:
		return resolve_fault(host, EHOSTUNREACH, "no such name");
	case ARES_ENODATA:
		return resolve_fault(host, EHOSTUNREACH, "the name has no address");
	case ARES_ETIMEOUT:
		return resolve_fault(host, ETIMEDOUT, "no answer from the name servers");
	case ARES_ECONNREFUSED:
		return resolve_fault(host, EHOSTUNREACH, "no name server can be reached");
	case ARES_ENOMEM:
		return fault_no_memory();
	default:
		return resolve_fault(host, EHOSTUNREACH, ares_strerror(status));
	}
}

static void on_answer(void *arg, int status, int timeouts, struct ares_addrinfo *result)
{
	struct lookup *l = arg;
	struct resolve_query *q = l->query;

	(void)timeouts;
	l->resolver->n_lookups--;
	if (q && status == ARES_SUCCESS && reserve_addresses(q))
		take_addresses(q, result);
	else if (q && status == ARES_SUCCESS)
		status = ARES_ENOMEM;
	if (q && status == ARES_SUCCESS && q->n_addresses == 0)
		status = ARES_ENODATA;
	if (q)
		finish(q, status == ARES_SUCCESS ? NULL : status_fault(q->host, status));
	if (result)
		ares_freeaddrinfo(result);
	free(l);
}

/* --- names ------------------------------------------------------------------------------------ */

static bool is_localhost(const char *name)
{
	static const char suffix[] = ".localhost";
	size_t n = strlen(name);

	if (n > 0 && name[n - 1] == '.')
		n--;
	return (n == 9 && strncasecmp(name, "localhost", 9) == 0) ||
	       (n >= sizeof(suffix) &&
		strncasecmp(name + n - sizeof(suffix) + 1, suffix, sizeof(suffix) - 1) == 0);
}

/* Letters, digits and hyphens in labels of legal length: what a host name may have (RFC 1123). */
static bool is_host_name(const char *name)
{
	size_t label = 0, i;

	for (i = 0; name[i]; i++) {
		if (name[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (!isascii(name[i]) ||
			   (!isalnum((unsigned char)name[i]) && name[i] != '-') ||
			   ++label > LABEL_MAX) {
			return false;
		}
	}
	return i > 0 && i <= NAME_MAX_ + (name[i - 1] == '.');
}

/* With or without the brackets of a URI; a scope such as %eth0 may follow. */
static bool literal_v6(struct resolve_query *q)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_family = AF_INET6 };
	struct strview v = strview_of(q->host);
	struct addrinfo *found = NULL;
	char *text;

	if (v.n > 2 && v.p[0] == '[' && v.p[v.n - 1] == ']')
		v = (struct strview){ v.p + 1, v.n - 2 };
	text = memchr(v.p, ':', v.n) ? strview_dup(v) : NULL;
	if (text && getaddrinfo(text, NULL, &hints, &found) == 0) {
		add_address(q, found->ai_addr, found->ai_addrlen);
		freeaddrinfo(found);
	}
	free(text);
	return q->n_addresses > 0;
}

static bool literal_v4(struct resolve_query *q, const char *text)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, text, &a.sin_addr) != 1)
		return false;
	add_address(q, (struct sockaddr *)&a, sizeof(a));
	return true;
}

/* What needs no name server; true if the query is finished. */
static bool answer_at_once(struct resolve_query *q)
{
	struct sockaddr_in6 loopback6 = { .sin6_family = AF_INET6,
					  .sin6_addr = IN6ADDR_LOOPBACK_INIT };

	if (!reserve_addresses(q)) {
		finish(q, fault_no_memory());
		return true;
	}
	if (is_localhost(q->host)) {
		literal_v4(q, "127.0.0.1");
		add_address(q, (struct sockaddr *)&loopback6, sizeof(loopback6));
	}
	if (q->n_addresses > 0 || literal_v4(q, q->host) || literal_v6(q)) {
		finish(q, NULL);
		return true;
	}
	free(TAKE_PTR(q->addresses));
	return false;
}

/* --- queries ---------------------------------------------------------------------------------- */

static void look_up(struct resolver *r, struct resolve_query *q, const char *name)
{
	struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct lookup *l;
	int status;

	if (r->n_lookups == 0)
		resolver_close_channel(r);
	status = r->has_channel ? ARES_SUCCESS : resolver_open_channel(r);
	l = status == ARES_SUCCESS ? calloc(1, sizeof(*l)) : NULL;
	if (!l) {
		finish(q, status_fault(q->host, status == ARES_SUCCESS ? ARES_ENOMEM : status));
		return;
	}
	*l = (struct lookup){ .resolver = r, .query = q };
	q->lookup = l;
	r->n_lookups++;
	ev_now_update(r->loop);
	ev_timer_set(&q->limit, r->time_limit, 0.);
	ev_timer_start(r->loop, &q->limit);
	ares_getaddrinfo(r->channel, name, NULL, &hints, on_answer, l);
	resolver_set_timer(r);
}

static void start(struct resolver *r, struct resolve_query *q)
{
	char *name = NULL;

	if (answer_at_once(q))
		return;
	if (strview_is_utf8(strview_of(q->host)) &&
	    idna_to_ascii_8z(q->host, &name, 0) == IDNA_SUCCESS && is_host_name(name))
		look_up(r, q, name);
	else
		finish(q, resolve_fault(q->host, EINVAL, "not a host name"));
	idn_free(name);
}

struct resolve_query *resolve_start(struct resolver *r, const char *host, uint16_t port,
				    ev_watcher *done)
{
	struct resolve_query *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->loop = r->loop;
	q->done = done;
	q->port = port;
	q->host = strview_dup(strview_of(host));
	ev_timer_init(&q->limit, on_limit, 0., 0.);
	q->limit.data = q;
	if (!q->host) {
		free(q);
		return NULL;
	}
	start(r, q);
	return q;
}

void resolve_free(struct resolve_query *q)
{
	if (!q)
		return;
	if (q->lookup)
		q->lookup->query = NULL;
	ev_timer_stop(q->loop, &q->limit);
	ev_clear_pending(q->loop, q->done);
	fault_unref(q->fault);
	free(q->addresses);
	free(q->host);
	free(q);
}

struct fault *resolve_result(const struct resolve_query *q, const struct address **ret,
			     size_t *ret_n)
{
	if (q->fault)
		return fault_ref(q->fault);
	assert(q->n_addresses > 0);
	*ret = q->addresses;
	*ret_n = q->n_addresses;
	return NULL;
}
