/* Bytes through TLS: in whatever pieces they come, and whatever the peer does with its records. */
#include "tests/unit/suite.h"
#include "tests/unit/tls_peer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct tls_options lax = { .server_name = "example.test" };
static struct cert cert;

static const char *const versions[] = { "NORMAL:-VERS-ALL:+VERS-TLS1.3",
					"NORMAL:-VERS-ALL:+VERS-TLS1.2" };

/* Made when first needed; kept by the test's process until its end. */
static const struct cert *the_cert(void)
{
	if (!cert.key)
		cert_make(&cert, &(struct cert_options){ .cn = "peer" });
	return &cert;
}

/* Bytes in which no two places look alike. */
static struct buf pattern(size_t n)
{
	struct buf b = BUF_INIT;
	uint32_t x = 1;

	while (b.n < n) {
		x = x * 1664525 + 1013904223;
		buf_put_char(&b, (char)(x >> 24));
	}
	ck_assert_int_eq(b.error, 0);
	return b;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* One read that brings something, at most max bytes of it onto b. */
static void read_onto(struct transport *t, struct buf *b, size_t max)
{
	char piece[20000];
	struct fault *f = NULL;
	size_t n = 0;

	ck_assert_uint_le(max, sizeof(piece));
	ck_assert_int_eq(transport_read(t, piece, max, &n, &f), TRANSPORT_OK);
	ck_assert_uint_gt(n, 0);
	ck_assert_uint_le(n, max);
	buf_put(b, piece, n);
}

static void expect_read(struct transport *t, enum transport_result result)
{
	char c[100];
	struct fault *f = NULL;
	size_t n = 0;

	ck_assert_int_eq(transport_read(t, c, sizeof(c), &n, &f), result);
	fault_unref(f);
}

static void expect_text(struct transport *t, const char *text)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	read_onto(t, &b, 100);
	ck_assert_msg(strview_is(buf_view(&b), text), "%.*s", SV_ARG(buf_view(&b)));
}

START_TEST(records_of_one_segment_are_all_pending_until_read)
{
	struct pair p;

	pair_open(&p, the_cert(), &lax, versions[_i]);
	p.peer.held = true;
	peer_send(&p.peer, SV("one"));
	peer_send(&p.peer, SV("two"));
	peer_send(&p.peer, SV("three"));
	p.peer.held = false;
	ck_assert_int_eq(send(p.peer.fd, p.peer.out.p, p.peer.out.n, 0), (int)p.peer.out.n);
	await_transport(p.t);
	expect_text(p.t, "one");
	ck_assert_uint_ne(transport_wants(p.t) & TRANSPORT_READ_PENDING, 0);
	expect_text(p.t, "two");
	ck_assert_uint_ne(transport_wants(p.t) & TRANSPORT_READ_PENDING, 0);
	expect_text(p.t, "three");
	expect_read(p.t, TRANSPORT_AGAIN);
	ck_assert_uint_eq(transport_wants(p.t), TRANSPORT_WANT_READ);
	pair_close(&p);
}
END_TEST

START_TEST(the_rest_of_a_record_is_pending)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	struct pair p;

	pair_open(&p, the_cert(), &lax, versions[_i]);
	peer_send(&p.peer, SV("0123456789"));
	await_transport(p.t);
	read_onto(p.t, &b, 4);
	ck_assert_uint_ne(transport_wants(p.t) & TRANSPORT_READ_PENDING, 0);
	read_onto(p.t, &b, 100);
	ck_assert(strview_is(buf_view(&b), "0123456789"));
	expect_read(p.t, TRANSPORT_AGAIN);
	ck_assert_uint_eq(transport_wants(p.t), TRANSPORT_WANT_READ);
	pair_close(&p);
}
END_TEST

START_TEST(sessions_do_not_disturb_each_other)
{
	enum {
		N = 3,
		BYTES = 200000
	};
	struct buf sent = pattern(BYTES + N), got[N] = { 0 };
	struct pair p[N];
	size_t at[N] = { 0 };
	size_t open = N;

	for (int i = 0; i < N; i++)
		pair_open(&p[i], the_cert(), &lax, NULL);
	while (open > 0) {
		open = 0;
		for (int i = 0; i < N; i++) {
			ssize_t r = at[i] < BYTES
					    ? gnutls_record_send(
						      p[i].peer.session, sent.p + i + at[i],
						      BYTES - at[i] < 1000 ? BYTES - at[i] : 1000)
					    : 0;

			if (r > 0)
				at[i] += (size_t)r;
			/* every third round it is read, so that more lies there than is taken */
			if (got[i].n < BYTES && (at[i] == BYTES || at[i] % 3000 == 0)) {
				await_transport(p[i].t);
				read_onto(p[i].t, &got[i], 700);
			}
			open += got[i].n < BYTES;
		}
	}
	for (int i = 0; i < N; i++) {
		ck_assert_uint_eq(got[i].n, BYTES);
		ck_assert_int_eq(memcmp(got[i].p, sent.p + i, BYTES), 0);
		buf_done(&got[i]);
		pair_close(&p[i]);
	}
	buf_done(&sent);
}
END_TEST

START_TEST(a_session_that_goes_leaves_nothing_for_the_next)
{
	struct pair a, b;

	pair_open(&a, the_cert(), &lax, NULL);
	pair_open(&b, the_cert(), &lax, NULL);
	a.peer.held = true;
	peer_send(&a.peer, SV("one"));
	peer_send(&a.peer, SV("two"));
	a.peer.held = false;
	ck_assert_int_eq(send(a.peer.fd, a.peer.out.p, a.peer.out.n, 0), (int)a.peer.out.n);
	await_transport(a.t);
	expect_text(a.t, "one");
	pair_close(&a);
	peer_send(&b.peer, SV("three"));
	await_transport(b.t);
	expect_text(b.t, "three");
	pair_close(&b);
}
END_TEST

static void feed_byte(struct pair *p, size_t i)
{
	ck_assert_int_eq(send(p->peer.fd, p->peer.out.p + i, 1, 0), 1);
	await_readable(transport_fd(p->t));
}

START_TEST(a_handshake_and_records_may_come_byte_by_byte)
{
	struct sockaddr_in addr;
	int listener = listen_on_loopback(&addr);
	struct pair p = { .t = connect_to(&addr) };

	tls_peer_init(&p.peer, accept_from(listener), the_cert(), versions[_i]);
	close(listener);
	p.peer.held = true;
	ck_assert_ptr_null(transport_starttls(p.t, &lax));
	while (transport_state(p.t) == TRANSPORT_HANDSHAKE || p.peer.result != 0) {
		await_readable(p.peer.fd);
		if (p.peer.result != 0)
			p.peer.result = gnutls_handshake(p.peer.session);
		for (size_t i = 0; i < p.peer.out.n; i++) {
			if (transport_state(p.t) == TRANSPORT_SECURE)
				break;
			feed_byte(&p, i);
			ck_assert_ptr_null(transport_step(p.t));
		}
		buf_clear(&p.peer.out);
	}
	peer_send(&p.peer, SV("hello"));
	for (size_t i = 0; i + 1 < p.peer.out.n; i++) {
		feed_byte(&p, i);
		expect_read(p.t, TRANSPORT_AGAIN);
	}
	feed_byte(&p, p.peer.out.n - 1);
	expect_text(p.t, "hello");
	pair_close(&p);
}
END_TEST

START_TEST(a_key_update_is_no_data_and_no_fault)
{
	struct pair p;

	pair_open(&p, the_cert(), &lax, versions[0]);
	ck_assert_int_eq(gnutls_session_key_update(p.peer.session, GNUTLS_KU_PEER), 0);
	await_transport(p.t);
	expect_read(p.t, TRANSPORT_AGAIN);
	/* with data behind it in one segment, the data come at once */
	p.peer.held = true;
	ck_assert_int_eq(gnutls_session_key_update(p.peer.session, GNUTLS_KU_PEER), 0);
	peer_send(&p.peer, SV("data"));
	p.peer.held = false;
	ck_assert_int_eq(send(p.peer.fd, p.peer.out.p, p.peer.out.n, 0), (int)p.peer.out.n);
	await_transport(p.t);
	expect_text(p.t, "data");
	pair_close(&p);
}
END_TEST

START_TEST(a_renegotiation_is_refused)
{
	char c;
	struct fault *f = NULL;
	struct pair p;
	size_t n;

	pair_open(&p, the_cert(), &lax, versions[1]);
	ck_assert_int_eq(gnutls_rehandshake(p.peer.session), 0);
	await_transport(p.t);
	ck_assert_int_eq(transport_read(p.t, &c, 1, &n, &f), TRANSPORT_FAILED);
	ck_assert_int_eq(f->kind, FAULT_TLS_ERROR);
	ck_assert_str_eq(f->reason, "the peer asked for a TLS renegotiation: refused");
	ck_assert_int_eq(transport_state(p.t), TRANSPORT_DEAD);
	fault_unref(f);
	pair_close(&p);
}
END_TEST

/* --- ends ------------------------------------------------------------------------------------- */

START_TEST(an_orderly_end_is_eof_and_we_may_still_send)
{
	struct fault *f = NULL;
	struct pair p;
	char text[10];
	size_t n = 0;

	pair_open(&p, the_cert(), &lax, versions[_i]);
	ck_assert_int_eq(gnutls_bye(p.peer.session, GNUTLS_SHUT_WR), 0);
	await_transport(p.t);
	expect_read(p.t, TRANSPORT_EOF);
	expect_read(p.t, TRANSPORT_EOF);
	ck_assert_uint_eq(transport_wants(p.t), 0);
	ck_assert_int_eq(transport_write(p.t, SV("bye"), &n, &f), TRANSPORT_OK);
	await_readable(p.peer.fd);
	ck_assert_int_eq(gnutls_record_recv(p.peer.session, text, sizeof(text)), 3);
	pair_close(&p);
}
END_TEST

START_TEST(an_end_without_close_notify_is_truncation)
{
	struct fault *f = NULL;
	struct pair p;
	char c;
	size_t n;

	pair_open(&p, the_cert(), &lax, versions[_i]);
	peer_send(&p.peer, SV("x"));
	shutdown(p.peer.fd, SHUT_WR);
	await_transport(p.t);
	expect_text(p.t, "x");
	await_transport(p.t);
	ck_assert_int_eq(transport_read(p.t, &c, 1, &n, &f), TRANSPORT_FAILED);
	ck_assert_int_eq(f->kind, FAULT_TRANSPORT_ERROR);
	ck_assert_int_eq(f->errnum, ECONNRESET);
	ck_assert_msg(strstr(f->message, "closed without close_notify: truncated") != NULL, "%s",
		      f->message);
	fault_unref(f);
	pair_close(&p);
}
END_TEST

START_TEST(shutdown_says_close_notify_and_goes_on_reading)
{
	struct fault *f = NULL;
	struct pair p;
	char c;
	size_t n;

	pair_open(&p, the_cert(), &lax, versions[_i]);
	transport_shutdown(p.t);
	transport_shutdown(p.t);
	await_readable(p.peer.fd);
	ck_assert_int_eq(gnutls_record_recv(p.peer.session, &c, 1), 0);
	await_readable(p.peer.fd);
	ck_assert_int_eq(recv(p.peer.fd, &c, 1, 0), 0);
	peer_send(&p.peer, SV("more"));
	await_transport(p.t);
	expect_text(p.t, "more");
	ck_assert_int_eq(transport_write(p.t, SV("x"), &n, &f), TRANSPORT_FAILED);
	fault_unref(f);
	pair_close(&p);
}
END_TEST

START_TEST(what_the_peer_said_before_it_went_is_read_though_writing_fails)
{
	CLEANUP(buf_done) struct buf much = pattern(100000);
	enum transport_result r;
	struct fault *f = NULL;
	struct pair p;
	size_t n;

	pair_open(&p, the_cert(), &lax, versions[_i]);
	ck_assert_int_eq(transport_write(p.t, SV("unread"), &n, &f), TRANSPORT_OK);
	await_readable(p.peer.fd);
	peer_send(&p.peer, SV("last words"));
	/* unread data make it a reset */
	close(p.peer.fd);
	p.peer.fd = -1;
	await_readable(transport_fd(p.t));
	do {
		r = transport_write(p.t, buf_view(&much), &n, &f);
	} while (r == TRANSPORT_OK);
	ck_assert_int_eq(r, TRANSPORT_AGAIN);
	ck_assert_uint_eq(transport_wants(p.t) & TRANSPORT_WANT_WRITE, 0);
	await_transport(p.t);
	expect_text(p.t, "last words");
	ck_assert_int_eq(transport_write(p.t, buf_view(&much), &n, &f), TRANSPORT_FAILED);
	ck_assert(f->errnum == EPIPE || f->errnum == ECONNRESET);
	fault_unref(f);
	pair_close(&p);
}
END_TEST

/* --- failing handshakes ----------------------------------------------------------------------- */

static void check_handshake_fault(struct transport *t, const char *reason)
{
	struct fault *f = NULL;

	while (!f) {
		ck_assert_int_eq(transport_state(t), TRANSPORT_HANDSHAKE);
		await_transport(t);
		f = transport_step(t);
	}
	ck_assert_int_eq(f->kind, FAULT_TLS_ERROR);
	ck_assert_msg(strstr(f->reason, reason) != NULL, "%s", f->reason);
	ck_assert_int_eq(transport_state(t), TRANSPORT_DEAD);
	fault_unref(f);
}

static struct transport *begin_handshake(int *ret_fd)
{
	struct sockaddr_in addr;
	int listener = listen_on_loopback(&addr);
	struct transport *t = connect_to(&addr);

	*ret_fd = accept_from(listener);
	close(listener);
	ck_assert_ptr_null(transport_starttls(t, &lax));
	return t;
}

START_TEST(plain_text_where_tls_should_be_is_a_tls_error)
{
	static const char *const texts[] = { "<stream:error/>", "HTTP/1.1 400 Bad Request\r\n",
					     "\n", "\x80garbage garbage garbage" };
	int fd;
	struct transport *t = begin_handshake(&fd);

	ck_assert_int_gt(send(fd, texts[_i], strlen(texts[_i]), 0), 0);
	shutdown(fd, SHUT_WR);
	check_handshake_fault(t, "the peer does not speak TLS here");
	transport_free(t);
	close(fd);
}
END_TEST

START_TEST(an_eof_in_the_handshake_is_a_tls_error)
{
	int fd;
	struct transport *t = begin_handshake(&fd);

	shutdown(fd, SHUT_WR);
	check_handshake_fault(t, "the peer closed the connection during the TLS handshake");
	transport_free(t);
	close(fd);
}
END_TEST

START_TEST(a_reset_in_the_handshake_is_a_tls_error)
{
	int fd;
	struct transport *t = begin_handshake(&fd);

	await_readable(fd);
	close(fd);
	check_handshake_fault(t, "the connection broke during the TLS handshake: Connection reset");
	transport_free(t);
}
END_TEST

START_TEST(what_was_sent_in_the_clear_before_the_handshake_is_a_tls_error)
{
	struct sockaddr_in addr;
	int listener = listen_on_loopback(&addr), fd;
	struct transport *t = connect_to(&addr);
	struct fault *f;

	fd = accept_from(listener);
	ck_assert_int_eq(send(fd, "<message/>", 10, 0), 10);
	await_readable(transport_fd(t));
	f = transport_starttls(t, &lax);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->kind, FAULT_TLS_ERROR);
	ck_assert_str_eq(f->reason, "the peer sent data in the clear where TLS was to begin");
	ck_assert_int_eq(transport_state(t), TRANSPORT_DEAD);
	fault_unref(f);
	transport_free(t);
	close(fd);
	close(listener);
}
END_TEST

/* --- writing ---------------------------------------------------------------------------------- */

static void drain(struct tls_peer *p, struct buf *got)
{
	char piece[5000];

	for (;;) {
		ssize_t r = gnutls_record_recv(p->session, piece, sizeof(piece));

		if (r == GNUTLS_E_AGAIN)
			return;
		ck_assert_int_gt(r, 0);
		buf_put(got, piece, (size_t)r);
	}
}

/*
 * The peer reads only when nothing more goes out. Each retry after AGAIN brings more bytes than the
 * attempt before it, at another address: neither may matter.
 */
START_TEST(a_write_that_has_to_wait_loses_and_doubles_nothing)
{
	enum {
		BYTES = 3000000
	};
	struct buf sent = pattern(BYTES), got = BUF_INIT;
	size_t at = 0, offer = 1, waits = 0;
	int small = 4096;
	struct pair p;

	pair_open(&p, the_cert(), &lax, versions[_i]);
	setsockopt(transport_fd(p.t), SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	while (at < BYTES) {
		struct fault *f = NULL;
		size_t n = 0, left = BYTES - at;
		struct strview v = { sent.p + at, offer < left ? offer : left };
		char *moved = strview_dup(v);
		enum transport_result r =
			transport_write(p.t, (struct strview){ moved, v.n }, &n, &f);

		memset(moved, 'x', v.n);
		free(moved);
		ck_assert_int_ne(r, TRANSPORT_FAILED);
		offer += 777;
		if (r == TRANSPORT_OK) {
			ck_assert_uint_gt(n, 0);
			ck_assert_uint_le(n, v.n);
			at += n;
			offer = offer < 60000 ? offer : 1;
			/* what it has taken in part waits, and has to be offered again */
			if (n < v.n)
				offer = v.n - n + 5;
		} else {
			waits++;
			ck_assert_uint_ne(transport_wants(p.t) & TRANSPORT_WANT_WRITE, 0);
			drain(&p.peer, &got);
		}
	}
	while (got.n < BYTES) {
		await_readable(p.peer.fd);
		drain(&p.peer, &got);
	}
	ck_assert_uint_gt(waits, 10);
	ck_assert_uint_eq(got.n, BYTES);
	ck_assert_int_eq(memcmp(got.p, sent.p, BYTES), 0);
	ck_assert_uint_eq(transport_wants(p.t), TRANSPORT_WANT_READ);
	pair_close(&p);
	buf_done(&sent);
	buf_done(&got);
}
END_TEST

START_TEST(a_shutdown_that_has_to_wait_is_finished_later)
{
	struct buf sent = pattern(4000000), got = BUF_INIT;
	struct fault *f = NULL;
	size_t at = 0, n;
	struct pair p;
	char c;

	pair_open(&p, the_cert(), &lax, NULL);
	while (transport_write(p.t, (struct strview){ sent.p + at, 16384 }, &n, &f) == TRANSPORT_OK)
		at += n;
	ck_assert_ptr_null(f);
	transport_shutdown(p.t);
	ck_assert_uint_ne(transport_wants(p.t) & TRANSPORT_WANT_WRITE, 0);
	while (transport_wants(p.t) & TRANSPORT_WANT_WRITE) {
		await_readable(p.peer.fd);
		drain(&p.peer, &got);
		ck_assert_ptr_null(transport_step(p.t));
	}
	for (;;) {
		ssize_t r;

		await_readable(p.peer.fd);
		r = gnutls_record_recv(p.peer.session, &c, 1);
		if (r == 1)
			buf_put_char(&got, c);
		else if (r != GNUTLS_E_AGAIN)
			break;
	}
	ck_assert_uint_ge(got.n, at);
	ck_assert_int_eq(memcmp(got.p, sent.p, got.n), 0);
	pair_close(&p);
	buf_done(&sent);
	buf_done(&got);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ records_of_one_segment_are_all_pending_until_read, 2 },
		{ the_rest_of_a_record_is_pending, 2 },
		{ sessions_do_not_disturb_each_other, 0 },
		{ a_session_that_goes_leaves_nothing_for_the_next, 0 },
		{ a_handshake_and_records_may_come_byte_by_byte, 2 },
		{ a_key_update_is_no_data_and_no_fault, 0 },
		{ a_renegotiation_is_refused, 0 },
		{ an_orderly_end_is_eof_and_we_may_still_send, 2 },
		{ an_end_without_close_notify_is_truncation, 2 },
		{ shutdown_says_close_notify_and_goes_on_reading, 2 },
		{ what_the_peer_said_before_it_went_is_read_though_writing_fails, 2 },
		{ plain_text_where_tls_should_be_is_a_tls_error, 4 },
		{ an_eof_in_the_handshake_is_a_tls_error, 0 },
		{ a_reset_in_the_handshake_is_a_tls_error, 0 },
		{ what_was_sent_in_the_clear_before_the_handshake_is_a_tls_error, 0 },
		{ a_write_that_has_to_wait_loses_and_doubles_nothing, 2 },
		{ a_shutdown_that_has_to_wait_is_finished_later, 0 },
	};

	return suite_run("tls data", tests, ARRAY_SIZE(tests));
}
