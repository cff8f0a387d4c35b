/* Names, against a small name server on loopback which runs on the same loop. */
#include "daemon/net/resolve.h"

#include "tests/unit/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	DNS_A = 1,
	DNS_AAAA = 28,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
};

/* What the server knows of a name: how many addresses of each kind, made up. */
struct record {
	const char *name;
	int n_v4, n_v6;
	int rcode;
	bool silent;
};

static const struct record zone[] = {
	{ .name = "both.test", .n_v4 = 3, .n_v6 = 2 },
	{ .name = "four.test", .n_v4 = 1 },
	{ .name = "six.test", .n_v6 = 1 },
	{ .name = "many.test", .n_v4 = 28, .n_v6 = 15 },
	{ .name = "empty.test" },
	{ .name = "broken.test", .rcode = DNS_SERVFAIL },
	{ .name = "silent.test", .silent = true },
	{ .name = "xn--bcher-kva.test", .n_v4 = 1 },
	{ .name = "short", .n_v4 = 1 },
};

/* The world of a test. */
struct world {
	struct ev_loop *loop;
	struct resolver *resolver;
	ev_io server;
	ev_timer guard;
	int n_queries, n_done, n_expected;
	ev_watcher done;
	char last_name[256];
};

/* --- the server ------------------------------------------------------------------------------- */

static const struct record *find(const char *name)
{
	static const struct record unknown = { .rcode = DNS_NXDOMAIN };

	for (size_t i = 0; i < ARRAY_SIZE(zone); i++)
		if (strcasecmp(zone[i].name, name) == 0)
			return &zone[i];
	return &unknown;
}

/* The name of the question in text form; returns where it ends. */
static size_t read_name(const unsigned char *q, size_t n, char *ret, size_t max)
{
	size_t at = 12, out = 0;

	while (at < n && q[at] != 0) {
		size_t len = q[at];

		ck_assert_uint_le(at + len, n);
		ck_assert_uint_lt(out + len + 1, max);
		if (out > 0)
			ret[out++] = '.';
		memcpy(ret + out, q + at + 1, len);
		out += len;
		at += len + 1;
	}
	ret[out] = '\0';
	return at + 1;
}

static size_t put_answer(unsigned char *to, int type, int i)
{
	size_t len = type == DNS_A ? 4 : 16;
	unsigned char head[12] = { 0xc0, 12, 0, (unsigned char)type, 0, 1, 0, 0,
				   0,	 60, 0, (unsigned char)len };

	memcpy(to, head, 12);
	memset(to + 12, 0, len);
	if (type == DNS_A) {
		to[12] = 127;
		to[13] = 1;
	} else {
		to[12] = 0xfd;
	}
	to[12 + len - 1] = (unsigned char)(i + 1);
	return 12 + len;
}

static void answer(struct world *w, int fd, const unsigned char *q, size_t n,
		   const struct sockaddr_in *to)
{
	unsigned char a[2048];
	size_t end = read_name(q, n, w->last_name, sizeof(w->last_name)) + 4;
	const struct record *r = find(w->last_name);
	int type = q[end - 3];
	int count = type == DNS_A ? r->n_v4 : type == DNS_AAAA ? r->n_v6 : 0;

	if (r->silent)
		return;
	memcpy(a, q, end);
	a[2] = 0x81; /* a response, recursion desired and available */
	a[3] = (unsigned char)(0x80 | r->rcode);
	a[6] = 0;
	a[7] = (unsigned char)count;
	memset(a + 8, 0, 4);
	for (int i = 0; i < count; i++)
		end += put_answer(a + end, type, i);
	ck_assert_int_eq(sendto(fd, a, end, 0, (const struct sockaddr *)to, sizeof(*to)), (int)end);
}

static void on_query(struct ev_loop *loop, ev_io *io, int revents)
{
	struct world *w = io->data;
	unsigned char q[512];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(io->fd, q, sizeof(q), 0, (struct sockaddr *)&from, &len);

	(void)loop;
	(void)revents;
	ck_assert_int_gt(n, 16);
	w->n_queries++;
	answer(w, io->fd, q, (size_t)n, &from);
}

/* --- the world -------------------------------------------------------------------------------- */

static void on_done(struct ev_loop *loop, ev_watcher *watcher, int revents)
{
	struct world *w = watcher->data;

	(void)revents;
	if (++w->n_done == w->n_expected)
		ev_break(loop, EVBREAK_ALL);
}

static void on_guard(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)timer;
	(void)revents;
	ck_abort_msg("no answer in time");
}

static void world_open(struct world *w)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char servers[32];

	*w = (struct world){ .loop = ev_loop_new(EVFLAG_AUTO) };
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	ev_io_init(&w->server, on_query, fd, EV_READ);
	ev_timer_init(&w->guard, on_guard, 30., 0.);
	ev_init(&w->done, on_done);
	w->server.data = w->done.data = w;
	ev_io_start(w->loop, &w->server);
	ev_timer_start(w->loop, &w->guard);
	w->resolver = resolver_new(w->loop);
	ck_assert_ptr_nonnull(w->resolver);
	snprintf(servers, sizeof(servers), "127.0.0.1:%d", ntohs(addr.sin_port));
	ck_assert_int_eq(resolver_set_servers(w->resolver, servers), 0);
}

static void world_close(struct world *w)
{
	resolver_free(w->resolver);
	ev_io_stop(w->loop, &w->server);
	ev_timer_stop(w->loop, &w->guard);
	close(w->server.fd);
	ev_loop_destroy(w->loop);
}

static void run(struct world *w, int n_expected)
{
	w->n_expected = n_expected;
	w->n_done = 0;
	ev_run(w->loop, 0);
	ck_assert_int_eq(w->n_done, n_expected);
}

static void append_address(char *to, size_t max, const struct address *a)
{
	char text[INET6_ADDRSTRLEN];
	size_t n = strlen(to);
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&a->addr;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&a->addr;
	bool is_v4 = a->addr.ss_family == AF_INET;

	ck_assert_uint_eq(a->len, is_v4 ? sizeof(*v4) : sizeof(*v6));
	inet_ntop(a->addr.ss_family, is_v4 ? (const void *)&v4->sin_addr : &v6->sin6_addr, text,
		  sizeof(text));
	snprintf(to + n, max - n, "%s%s#%d", n > 0 ? " " : "", text,
		 ntohs(is_v4 ? v4->sin_port : v6->sin6_port));
}

/* "ADDRESS#PORT …", or "!ERRNO message". */
static void look_up(struct world *w, const char *host, char *ret, size_t max)
{
	struct resolve_query *q = resolve_start(w->resolver, host, 5222, &w->done);
	const struct address *a;
	struct fault *f;
	size_t n;

	ck_assert_ptr_nonnull(q);
	run(w, 1);
	ret[0] = '\0';
	f = resolve_result(q, &a, &n);
	if (f) {
		ck_assert_int_eq(f->kind, FAULT_TRANSPORT_ERROR);
		snprintf(ret, max, "!%s %s", errno_name(f->errnum), f->message);
		fault_unref(f);
	} else {
		ck_assert_uint_gt(n, 0);
		for (size_t i = 0; i < n; i++)
			append_address(ret, max, &a[i]);
	}
	resolve_free(q);
}

static void check(struct world *w, const char *host, const char *expected)
{
	char got[4096];

	look_up(w, host, got, sizeof(got));
	ck_assert_str_eq(got, expected);
}

/* --- tests ------------------------------------------------------------------------------------ */

START_TEST(literal_addresses_and_localhost_ask_no_server)
{
	struct world w;

	world_open(&w);
	check(&w, "192.0.2.1", "192.0.2.1#5222");
	check(&w, "2001:db8::1", "2001:db8::1#5222");
	check(&w, "[2001:db8::1]", "2001:db8::1#5222");
	check(&w, "localhost", "127.0.0.1#5222 ::1#5222");
	check(&w, "LocalHost.", "127.0.0.1#5222 ::1#5222");
	check(&w, "xmpp.localhost", "127.0.0.1#5222 ::1#5222");
	ck_assert_int_eq(w.n_queries, 0);
	world_close(&w);
}
END_TEST

START_TEST(what_is_no_host_name_asks_no_server)
{
	static const char *const names[] = {
		"",    ".",	    "..",	  "a..b",   ".a",	"a b",	     "a/b",
		"a_b", "a\nb.test", "e\\000vil",  "a@b",    "[::1",	"::1::1",    "\xff",
		"a,b", "-\x01",	    "1.2.3.4.5:", "a:5222", "a;b.test", "[example]",
	};
	char expected[100];
	struct world w;

	world_open(&w);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(expected, sizeof(expected), "!EINVAL cannot resolve %s: not a host name",
			 names[i]);
		check(&w, names[i], expected);
	}
	ck_assert_int_eq(w.n_queries, 0);
	world_close(&w);
}
END_TEST

START_TEST(labels_and_names_have_the_lengths_of_dns)
{
	char name[300], got[600];
	struct world w;

	world_open(&w);
	memset(name, 'a', 64);
	strcpy(name + 64, ".test");
	look_up(&w, name, got, sizeof(got));
	ck_assert_ptr_nonnull(strstr(got, "not a host name"));
	for (int i = 0; i < 127; i++)
		memcpy(name + 2 * i, "a.", 2);
	name[253] = '\0';
	look_up(&w, name, got, sizeof(got));
	ck_assert_ptr_nonnull(strstr(got, "no such name"));
	strcpy(name + 253, "aa");
	look_up(&w, name, got, sizeof(got));
	ck_assert_ptr_nonnull(strstr(got, "not a host name"));
	world_close(&w);
}
END_TEST

START_TEST(one_family_is_enough)
{
	struct world w;

	world_open(&w);
	check(&w, "four.test", "127.1.0.1#5222");
	check(&w, "FOUR.test.", "127.1.0.1#5222");
	check(&w, "six.test", "fd00::1#5222");
	world_close(&w);
}
END_TEST

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

START_TEST(families_alternate)
{
	static const char *const orders[] = { "46464", "64644" };
	char got[1000], order[10] = "";
	struct world w;
	size_t n = 0;

	world_open(&w);
	look_up(&w, "both.test", got, sizeof(got));
	for (char *part = strtok(got, " "); part && n < 9; part = strtok(NULL, " "))
		order[n++] = strchr(part, ':') ? '6' : '4';
	ck_assert_msg(strcmp(order, orders[0]) == 0 || strcmp(order, orders[1]) == 0, "%s", order);
	world_close(&w);
}
END_TEST

START_TEST(of_very_many_addresses_some_are_taken)
{
	char got[4096];
	struct world w;

	world_open(&w);
	look_up(&w, "many.test", got, sizeof(got));
	ck_assert_uint_eq(count(got, "#5222"), 32);
	world_close(&w);
}
END_TEST

START_TEST(each_failure_has_its_sentence)
{
	struct world w;

	world_open(&w);
	check(&w, "nowhere.test", "!EHOSTUNREACH cannot resolve nowhere.test: no such name");
	check(&w, "empty.test", "!EHOSTUNREACH cannot resolve empty.test: the name has no address");
	world_close(&w);
}
END_TEST

START_TEST(a_failing_server_is_a_fault)
{
	char got[300];
	struct world w;

	world_open(&w);
	look_up(&w, "broken.test", got, sizeof(got));
	ck_assert_msg(strncmp(got, "!EHOSTUNREACH cannot resolve broken.test: ", 42) == 0, "%s",
		      got);
	world_close(&w);
}
END_TEST

START_TEST(a_server_that_is_not_there_is_a_fault)
{
	char got[300];
	struct world w;

	world_open(&w);
	ev_io_stop(w.loop, &w.server);
	close(w.server.fd);
	w.server.fd = -1;
	/* c-ares notices the refusal of one query, and waits in vain for the other */
	resolver_set_time_limit(w.resolver, 0.2);
	look_up(&w, "four.test", got, sizeof(got));
	ck_assert_msg(strstr(got, "cannot resolve four.test: no ") != NULL, "%s", got);
	world_close(&w);
}
END_TEST

START_TEST(a_silent_server_is_a_fault_after_the_time_limit)
{
	struct world w;

	world_open(&w);
	resolver_set_time_limit(w.resolver, 0.05);
	check(&w, "silent.test",
	      "!ETIMEDOUT cannot resolve silent.test: no answer from the name servers");
	ck_assert_int_gt(w.n_queries, 0);
	/* the look-up that nobody waits for any more does not disturb the next one */
	resolver_set_time_limit(w.resolver, 10.);
	check(&w, "four.test", "127.1.0.1#5222");
	world_close(&w);
}
END_TEST

START_TEST(a_u_label_is_looked_up_as_its_a_label)
{
	struct world w;

	world_open(&w);
	check(&w, "bücher.test", "127.1.0.1#5222");
	ck_assert_str_eq(w.last_name, "xn--bcher-kva.test");
	world_close(&w);
}
END_TEST

START_TEST(names_are_absolute)
{
	struct world w;

	world_open(&w);
	check(&w, "short", "127.1.0.1#5222");
	check(&w, "unknown", "!EHOSTUNREACH cannot resolve unknown: no such name");
	ck_assert_str_eq(w.last_name, "unknown");
	world_close(&w);
}
END_TEST

START_TEST(many_queries_run_at_once)
{
	enum {
		N = 100
	};
	struct resolve_query *q[N];
	ev_watcher done[N];
	struct world w;

	world_open(&w);
	for (int i = 0; i < N; i++) {
		done[i] = w.done;
		q[i] = resolve_start(w.resolver, i % 2 ? "four.test" : "nowhere.test", 1, &done[i]);
	}
	run(&w, N);
	for (int i = 0; i < N; i++) {
		const struct address *a;
		size_t n;
		struct fault *f = resolve_result(q[i], &a, &n);

		ck_assert((f == NULL) == (i % 2 == 1));
		fault_unref(f);
		resolve_free(q[i]);
	}
	world_close(&w);
}
END_TEST

START_TEST(a_canceled_query_never_tells)
{
	struct resolve_query *literal, *asked;
	struct world w;

	world_open(&w);
	literal = resolve_start(w.resolver, "192.0.2.1", 1, &w.done);
	resolve_free(literal);
	asked = resolve_start(w.resolver, "six.test", 1, &w.done);
	resolve_free(asked);
	/* its answer comes, and then that of another */
	check(&w, "four.test", "127.1.0.1#5222");
	ck_assert_int_eq(w.n_done, 1);
	world_close(&w);
}
END_TEST

START_TEST(the_resolver_may_go_before_its_queries)
{
	const struct address *a;
	struct resolve_query *q;
	struct fault *f;
	struct world w;
	size_t n;

	world_open(&w);
	q = resolve_start(w.resolver, "silent.test", 1, &w.done);
	resolver_free(w.resolver);
	w.resolver = NULL;
	f = resolve_result(q, &a, &n);
	ck_assert_ptr_nonnull(f);
	fault_unref(f);
	resolve_free(q);
	world_close(&w);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ literal_addresses_and_localhost_ask_no_server, 0 },
		{ what_is_no_host_name_asks_no_server, 0 },
		{ labels_and_names_have_the_lengths_of_dns, 0 },
		{ one_family_is_enough, 0 },
		{ families_alternate, 0 },
		{ of_very_many_addresses_some_are_taken, 0 },
		{ each_failure_has_its_sentence, 0 },
		{ a_failing_server_is_a_fault, 0 },
		{ a_server_that_is_not_there_is_a_fault, 0 },
		{ a_silent_server_is_a_fault_after_the_time_limit, 0 },
		{ a_u_label_is_looked_up_as_its_a_label, 0 },
		{ names_are_absolute, 0 },
		{ many_queries_run_at_once, 0 },
		{ a_canceled_query_never_tells, 0 },
		{ the_resolver_may_go_before_its_queries, 0 },
	};

	return suite_run("resolve", tests, ARRAY_SIZE(tests));
}
