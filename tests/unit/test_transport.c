/* Transports without TLS. */
#include "tests/unit/suite.h"
#include "tests/unit/tls_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* A connected pair: our transport, the peer's descriptor. */
static struct transport *open_pair(int *ret_fd)
{
	struct sockaddr_in addr;
	int listener = listen_on_loopback(&addr);
	struct transport *t = connect_to(&addr);

	*ret_fd = accept_from(listener);
	close(listener);
	return t;
}

static void expect_fault(struct fault *f, int errnum)
{
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->kind, FAULT_TRANSPORT_ERROR);
	ck_assert_str_eq(errno_name(f->errnum), errno_name(errnum));
	fault_unref(f);
}

START_TEST(a_connection_is_set_up_and_described)
{
	struct sockaddr_in addr;
	int listener = listen_on_loopback(&addr), on = 0;
	struct transport *t = connect_to(&addr);
	socklen_t len = sizeof(on);
	char peer[32];

	snprintf(peer, sizeof(peer), "127.0.0.1:%d", ntohs(addr.sin_port));
	ck_assert_str_eq(transport_peer(t), peer);
	ck_assert_uint_eq(transport_wants(t), TRANSPORT_WANT_READ);
	ck_assert_int_ne(fcntl(transport_fd(t), F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_ne(fcntl(transport_fd(t), F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(getsockopt(transport_fd(t), IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
	ck_assert_int_ne(on, 0);
	ck_assert_ptr_null(transport_tls_info(t));
	transport_free(t);
	close(listener);
}
END_TEST

START_TEST(ipv6_is_as_good)
{
	struct sockaddr_in6 addr = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct fault *f = NULL;
	struct transport *t;
	char peer[32];

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, len) < 0) {
		fprintf(stderr, "skipped: this machine has no IPv6\n");
		return;
	}
	ck_assert_int_eq(listen(fd, 1), 0);
	getsockname(fd, (struct sockaddr *)&addr, &len);
	t = transport_connect((struct sockaddr *)&addr, len, &f);
	ck_assert_ptr_nonnull(t);
	while (transport_state(t) == TRANSPORT_CONNECTING) {
		await_transport(t);
		ck_assert_ptr_null(transport_step(t));
	}
	snprintf(peer, sizeof(peer), "[::1]:%d", ntohs(addr.sin6_port));
	ck_assert_str_eq(transport_peer(t), peer);
	transport_free(t);
	close(fd);
}
END_TEST

START_TEST(a_refused_connection_is_a_transport_error_that_names_the_address)
{
	struct sockaddr_in addr;
	struct fault *f = NULL;
	struct transport *t;
	char expected[64];

	close(listen_on_loopback(&addr));
	t = transport_connect((struct sockaddr *)&addr, sizeof(addr), &f);
	while (t && !f) {
		await_transport(t);
		f = transport_step(t);
	}
	snprintf(expected, sizeof(expected), "127.0.0.1:%d: Connection refused",
		 ntohs(addr.sin_port));
	ck_assert_str_eq(f->message, expected);
	expect_fault(f, ECONNREFUSED);
	if (t) {
		ck_assert_int_eq(transport_state(t), TRANSPORT_DEAD);
		ck_assert_uint_eq(transport_wants(t), 0);
		ck_assert_ptr_null(transport_step(t));
	}
	transport_free(t);
}
END_TEST

START_TEST(an_address_without_route_is_a_fault_at_once)
{
	/* RFC 6890: never a destination */
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(5222),
				    .sin_addr.s_addr = htonl(0xffffffff) };
	struct fault *f = NULL;

	ck_assert_ptr_null(transport_connect((struct sockaddr *)&addr, sizeof(addr), &f));
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->kind, FAULT_TRANSPORT_ERROR);
	fault_unref(f);
}
END_TEST

START_TEST(a_step_before_anything_happened_is_harmless)
{
	/* the backlog of a listener that nobody serves is full after a few */
	struct sockaddr_in addr;
	int listener = listen_on_loopback(&addr);
	struct transport *t[200];
	struct fault *f = NULL;
	int waiting = 0;

	for (int i = 0; i < 200; i++) {
		t[i] = transport_connect((struct sockaddr *)&addr, sizeof(addr), &f);
		ck_assert_ptr_nonnull(t[i]);
		ck_assert_ptr_null(transport_step(t[i]));
		waiting += transport_state(t[i]) == TRANSPORT_CONNECTING;
	}
	ck_assert_int_gt(waiting, 0);
	ck_assert_uint_eq(transport_wants(t[199]), TRANSPORT_WANT_WRITE);
	for (int i = 0; i < 200; i++)
		transport_free(t[i]);
	close(listener);
}
END_TEST

START_TEST(bytes_go_both_ways)
{
	struct fault *f = NULL;
	char text[20];
	size_t n = 0;
	int fd;
	struct transport *t = open_pair(&fd);

	ck_assert_int_eq(transport_read(t, text, sizeof(text), &n, &f), TRANSPORT_AGAIN);
	ck_assert_int_eq(transport_write(t, SV("ping"), &n, &f), TRANSPORT_OK);
	ck_assert_uint_eq(n, 4);
	await_readable(fd);
	ck_assert_int_eq(recv(fd, text, sizeof(text), 0), 4);
	ck_assert_int_eq(send(fd, "pong", 4, 0), 4);
	await_transport(t);
	ck_assert_int_eq(transport_read(t, text, sizeof(text), &n, &f), TRANSPORT_OK);
	ck_assert_uint_eq(n, 4);
	ck_assert_int_eq(memcmp(text, "pong", 4), 0);
	transport_free(t);
	close(fd);
}
END_TEST

START_TEST(a_full_socket_wants_to_be_written_to)
{
	static char block[65536];
	struct strview v = { block, sizeof(block) };
	enum transport_result r;
	struct fault *f = NULL;
	size_t n, total = 0, got = 0;
	int fd;
	struct transport *t = open_pair(&fd);

	while ((r = transport_write(t, v, &n, &f)) == TRANSPORT_OK)
		total += n;
	ck_assert_int_eq(r, TRANSPORT_AGAIN);
	ck_assert_uint_eq(transport_wants(t), TRANSPORT_WANT_READ | TRANSPORT_WANT_WRITE);
	while (got < total) {
		ssize_t piece = (await_readable(fd), recv(fd, block, sizeof(block), 0));

		ck_assert_int_gt(piece, 0);
		got += (size_t)piece;
	}
	ck_assert_int_eq(transport_write(t, SV("x"), &n, &f), TRANSPORT_OK);
	ck_assert_uint_eq(transport_wants(t), TRANSPORT_WANT_READ);
	transport_free(t);
	close(fd);
}
END_TEST

START_TEST(a_fin_is_eof_and_ends_the_wish_to_read)
{
	struct fault *f = NULL;
	char c;
	size_t n;
	int fd;
	struct transport *t = open_pair(&fd);

	shutdown(fd, SHUT_WR);
	await_transport(t);
	ck_assert_int_eq(transport_read(t, &c, 1, &n, &f), TRANSPORT_EOF);
	ck_assert_int_eq(transport_read(t, &c, 1, &n, &f), TRANSPORT_EOF);
	ck_assert_uint_eq(transport_wants(t), 0);
	ck_assert_int_eq(transport_write(t, SV("x"), &n, &f), TRANSPORT_OK);
	transport_free(t);
	close(fd);
}
END_TEST

START_TEST(our_shutdown_is_eof_for_the_peer_and_reading_goes_on)
{
	struct fault *f = NULL;
	char c;
	size_t n;
	int fd;
	struct transport *t = open_pair(&fd);

	transport_shutdown(t);
	await_readable(fd);
	ck_assert_int_eq(recv(fd, &c, 1, 0), 0);
	ck_assert_int_eq(send(fd, "y", 1, 0), 1);
	await_transport(t);
	ck_assert_int_eq(transport_read(t, &c, 1, &n, &f), TRANSPORT_OK);
	ck_assert_int_eq(transport_write(t, SV("x"), &n, &f), TRANSPORT_FAILED);
	expect_fault(f, ENOTCONN);
	transport_free(t);
	close(fd);
}
END_TEST

static void reset_by_peer(int fd)
{
	struct linger hard = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fd);
}

START_TEST(a_reset_is_a_transport_error)
{
	struct fault *f = NULL;
	char c;
	size_t n;
	int fd;
	struct transport *t = open_pair(&fd);

	reset_by_peer(fd);
	await_transport(t);
	ck_assert_int_eq(transport_read(t, &c, 1, &n, &f), TRANSPORT_FAILED);
	expect_fault(f, ECONNRESET);
	ck_assert_int_eq(transport_state(t), TRANSPORT_DEAD);
	f = NULL;
	ck_assert_int_eq(transport_read(t, &c, 1, &n, &f), TRANSPORT_FAILED);
	expect_fault(f, ENOTCONN);
	transport_free(t);
}
END_TEST

/* The default action of SIGPIPE would end the test's process. */
START_TEST(writing_to_a_peer_that_is_gone_is_a_fault_and_no_signal)
{
	enum transport_result r;
	struct fault *f = NULL;
	size_t n;
	int fd;
	struct transport *t = open_pair(&fd);

	close(fd);
	await_readable(transport_fd(t));
	do {
		r = transport_write(t, SV("x"), &n, &f);
	} while (r == TRANSPORT_OK);
	ck_assert_int_eq(r, TRANSPORT_FAILED);
	ck_assert_int_eq(f->kind, FAULT_TRANSPORT_ERROR);
	ck_assert(f->errnum == EPIPE || f->errnum == ECONNRESET);
	fault_unref(f);
	ck_assert_uint_eq(transport_wants(t), 0);
	transport_free(t);
}
END_TEST

START_TEST(what_the_peer_said_before_it_went_is_read_though_writing_fails)
{
	enum transport_result r;
	struct fault *f = NULL;
	char text[20];
	size_t n;
	int fd;
	struct transport *t = open_pair(&fd);

	ck_assert_int_eq(transport_write(t, SV("unread"), &n, &f), TRANSPORT_OK);
	await_readable(fd);
	ck_assert_int_eq(send(fd, "last", 4, 0), 4);
	close(fd);
	await_readable(transport_fd(t));
	do {
		r = transport_write(t, SV("x"), &n, &f);
	} while (r == TRANSPORT_OK);
	ck_assert_int_eq(r, TRANSPORT_AGAIN);
	ck_assert_uint_eq(transport_wants(t), TRANSPORT_WANT_READ);
	ck_assert_int_eq(transport_read(t, text, sizeof(text), &n, &f), TRANSPORT_OK);
	ck_assert_uint_eq(n, 4);
	ck_assert_int_eq(memcmp(text, "last", 4), 0);
	ck_assert_int_eq(transport_read(t, text, sizeof(text), &n, &f), TRANSPORT_FAILED);
	ck_assert(f->errnum == EPIPE || f->errnum == ECONNRESET);
	fault_unref(f);
	transport_free(t);
}
END_TEST

START_TEST(whoever_only_writes_to_a_peer_that_is_gone_learns_it_at_last)
{
	enum transport_result r = TRANSPORT_OK;
	struct fault *f = NULL;
	size_t n;
	int fd;
	struct transport *t = open_pair(&fd);

	ck_assert_int_eq(transport_write(t, SV("unread"), &n, &f), TRANSPORT_OK);
	await_readable(fd);
	ck_assert_int_eq(send(fd, "last", 4, 0), 4);
	close(fd);
	await_readable(transport_fd(t));
	for (int i = 0; i < 5000 && r != TRANSPORT_FAILED; i++)
		r = transport_write(t, SV("x"), &n, &f);
	ck_assert_int_eq(r, TRANSPORT_FAILED);
	fault_unref(f);
	transport_free(t);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ a_connection_is_set_up_and_described, 0 },
		{ ipv6_is_as_good, 0 },
		{ a_refused_connection_is_a_transport_error_that_names_the_address, 0 },
		{ an_address_without_route_is_a_fault_at_once, 0 },
		{ a_step_before_anything_happened_is_harmless, 0 },
		{ bytes_go_both_ways, 0 },
		{ a_full_socket_wants_to_be_written_to, 0 },
		{ a_fin_is_eof_and_ends_the_wish_to_read, 0 },
		{ our_shutdown_is_eof_for_the_peer_and_reading_goes_on, 0 },
		{ a_reset_is_a_transport_error, 0 },
		{ writing_to_a_peer_that_is_gone_is_a_fault_and_no_signal, 0 },
		{ what_the_peer_said_before_it_went_is_read_though_writing_fails, 0 },
		{ whoever_only_writes_to_a_peer_that_is_gone_learns_it_at_last, 0 },
	};

	return suite_run("transport", tests, ARRAY_SIZE(tests));
}
