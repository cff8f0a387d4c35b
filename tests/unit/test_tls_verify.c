/* How a server must prove itself, and what is said if it cannot. */
#include "daemon/net/tls_internal.h"

#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"
#include "tests/unit/tls_peer.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const char *const right_name[] = { "example.test", NULL };
static const char *const other_names[] = { "other.test", "second.test", NULL };
static const char *const wild_name[] = { "*.example.test", NULL };
static const char *const four_names[] = { "a.test", "b.test", "c.test", "d.test", NULL };

/* A CA, its file, and options that trust it for example.test. */
struct ground {
	struct cert ca;
	char *ca_file;
	struct tls_options options;
};

static void lay(struct ground *g)
{
	char *pem;

	cert_make(&g->ca, &(struct cert_options){ .cn = "Test CA", .ca = true });
	pem = cert_pem(&g->ca);
	g->ca_file = temp_file(pem);
	free(pem);
	g->options = (struct tls_options){
		.verify = true,
		.server_name = "example.test",
		.ca_file = g->ca_file,
	};
}

static void clear(struct ground *g)
{
	temp_file_free(g->ca_file);
	cert_done(&g->ca);
}

/* The reason for which a server with this certificate is refused. */
static char *refusal(const struct cert *cert, const struct tls_options *o, const char *priorities)
{
	struct sockaddr_in addr;
	int listener = listen_on_loopback(&addr);
	struct transport *t = connect_to(&addr);
	struct tls_peer peer;
	struct fault *f;
	char *reason;

	tls_peer_init(&peer, accept_from(listener), cert, priorities);
	close(listener);
	ck_assert_ptr_null(transport_starttls(t, o));
	f = handshake(t, &peer);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->kind, FAULT_TLS_ERROR);
	ck_assert_int_eq(transport_state(t), TRANSPORT_DEAD);
	ck_assert_uint_eq(transport_wants(t), 0);
	ck_assert_ptr_null(transport_tls_info(t));
	ck_assert_str_eq(f->message, f->reason);
	reason = strview_dup(strview_of(f->reason));
	fault_unref(f);
	transport_free(t);
	tls_peer_done(&peer);
	return reason;
}

static void check_refused(const struct cert_options *co, const struct tls_options *o,
			  const char *expected)
{
	struct cert cert;
	char *reason;

	cert_make(&cert, co);
	reason = refusal(&cert, o, NULL);
	ck_assert_str_eq(reason, expected);
	free(reason);
	cert_done(&cert);
}

static void check_accepted(const struct cert_options *co, const struct tls_options *o)
{
	struct pair p;
	struct cert cert;

	cert_make(&cert, co);
	pair_open(&p, &cert, o, NULL);
	ck_assert(transport_tls_info(p.t)->verified);
	pair_close(&p);
	cert_done(&cert);
}

START_TEST(a_good_certificate_is_accepted_and_described)
{
	static const char *const priorities[] = { "NORMAL:-VERS-ALL:+VERS-TLS1.3",
						  "NORMAL:-VERS-ALL:+VERS-TLS1.2" };
	struct ground g;
	struct cert cert;
	const struct tls_info *i;
	unsigned char spki[32];
	struct pair p;

	lay(&g);
	cert_make(&cert,
		  &(struct cert_options){ .names = right_name, .cn = "server\n", .signer = &g.ca });
	pair_open(&p, &cert, &g.options, priorities[_i]);
	i = transport_tls_info(p.t);
	ck_assert_str_eq(i->protocol, _i == 0 ? "TLS1.3" : "TLS1.2");
	ck_assert(strncmp(i->cipher, "TLS_", 4) == 0);
	ck_assert_str_eq(i->subject, "CN=server?");
	ck_assert_str_eq(i->issuer, "CN=Test CA");
	ck_assert_str_eq(i->names[0], "example.test");
	ck_assert_ptr_null(i->names[1]);
	ck_assert(i->verified);
	ck_assert_uint_eq(strlen(i->not_after), 20);
	ck_assert_int_eq(i->not_after[19], 'Z');
	cert_spki_sha256(&cert, spki);
	for (size_t n = 0; n < 32; n++) {
		char hex[3];

		snprintf(hex, sizeof(hex), "%02x", spki[n]);
		ck_assert_int_eq(strncmp(i->spki_sha256 + 2 * n, hex, 2), 0);
	}
	ck_assert_uint_eq(strlen(i->fingerprint), 64);
	ck_assert_str_ne(i->fingerprint, i->spki_sha256);
	ck_assert(i->tls_exporter);
	ck_assert(i->tls_unique == (_i == 1));
	ck_assert(i->tls_server_end_point);
	pair_close(&p);
	cert_done(&cert);
	clear(&g);
}
END_TEST

START_TEST(a_certificate_for_another_name_is_refused)
{
	struct ground g;

	lay(&g);
	check_refused(&(struct cert_options){ .names = other_names, .signer = &g.ca }, &g.options,
		      "certificate is for other.test, second.test, not for example.test");
	check_refused(&(struct cert_options){ .names = four_names, .signer = &g.ca }, &g.options,
		      "certificate is for a.test, b.test, c.test, …, not for example.test");
	check_refused(&(struct cert_options){ .names = wild_name, .signer = &g.ca }, &g.options,
		      "certificate is for *.example.test, not for example.test");
	clear(&g);
}
END_TEST

START_TEST(a_common_name_is_no_host_name)
{
	struct ground g;

	lay(&g);
	check_refused(
		&(struct cert_options){
			.names = other_names, .cn = "example.test", .signer = &g.ca },
		&g.options, "certificate is for other.test, second.test, not for example.test");
	clear(&g);
}
END_TEST

START_TEST(a_wildcard_stands_for_one_label)
{
	struct ground g;

	lay(&g);
	g.options.server_name = "xmpp.example.test";
	check_accepted(&(struct cert_options){ .names = wild_name, .signer = &g.ca }, &g.options);
	g.options.server_name = "a.xmpp.example.test";
	check_refused(&(struct cert_options){ .names = wild_name, .signer = &g.ca }, &g.options,
		      "certificate is for *.example.test, not for a.xmpp.example.test");
	clear(&g);
}
END_TEST

START_TEST(a_trailing_dot_and_the_case_of_the_server_name_do_not_matter)
{
	struct ground g;

	lay(&g);
	g.options.server_name = "Example.TEST.";
	check_accepted(&(struct cert_options){ .names = right_name, .signer = &g.ca }, &g.options);
	clear(&g);
}
END_TEST

START_TEST(an_a_label_matches_its_u_label)
{
	static const char *const name[] = { "xn--bcher-kva.test", NULL };
	struct ground g;

	lay(&g);
	g.options.server_name = "bücher.test";
	check_accepted(&(struct cert_options){ .names = name, .signer = &g.ca }, &g.options);
	clear(&g);
}
END_TEST

START_TEST(an_expired_certificate_is_refused_with_the_date)
{
	struct ground g;

	lay(&g);
	check_refused(&(struct cert_options){ .names = right_name,
					      .signer = &g.ca,
					      .begin = 1577836800,
					      .end = 1609459199 },
		      &g.options, "certificate expired on 2020-12-31T23:59:59Z");
	clear(&g);
}
END_TEST

START_TEST(a_certificate_of_the_future_is_refused_with_the_date)
{
	struct ground g;

	lay(&g);
	check_refused(&(struct cert_options){ .names = right_name,
					      .signer = &g.ca,
					      .begin = 4070908800,
					      .end = 4102444800 },
		      &g.options, "certificate is not valid before 2099-01-01T00:00:00Z");
	clear(&g);
}
END_TEST

START_TEST(an_expired_signer_is_not_taken_for_an_expired_certificate)
{
	struct ground g;
	struct cert old;
	char *pem;

	lay(&g);
	cert_make(&old,
		  &(struct cert_options){
			  .cn = "Old CA", .ca = true, .begin = 1577836800, .end = 1609459199 });
	pem = cert_pem(&old);
	temp_file_write(g.ca_file, pem);
	check_refused(&(struct cert_options){ .names = right_name, .signer = &old }, &g.options,
		      "a certificate in its chain has expired");
	free(pem);
	cert_done(&old);
	clear(&g);
}
END_TEST

START_TEST(an_unknown_signer_is_named)
{
	struct ground g;
	struct cert other;

	lay(&g);
	cert_make(&other, &(struct cert_options){ .cn = "Other CA", .ca = true });
	check_refused(&(struct cert_options){ .names = right_name, .signer = &other }, &g.options,
		      "the certificate's signer is not known (CN=Other CA): add it with ca_file");
	cert_done(&other);
	clear(&g);
}
END_TEST

START_TEST(a_self_signed_certificate_is_refused_as_such)
{
	struct ground g;

	lay(&g);
	check_refused(&(struct cert_options){ .names = right_name, .cn = "self" }, &g.options,
		      "certificate is self-signed and not known: add it with ca_file");
	clear(&g);
}
END_TEST

START_TEST(a_self_signed_certificate_that_is_its_own_ca_file_is_accepted)
{
	struct ground g;
	struct cert cert;
	struct pair p;
	char *pem;

	lay(&g);
	cert_make(&cert, &(struct cert_options){ .names = right_name, .cn = "self" });
	pem = cert_pem(&cert);
	temp_file_write(g.ca_file, pem);
	pair_open(&p, &cert, &g.options, NULL);
	pair_close(&p);
	free(pem);
	cert_done(&cert);
	clear(&g);
}
END_TEST

START_TEST(a_certificate_for_clients_is_refused)
{
	struct ground g;

	lay(&g);
	check_refused(&(struct cert_options){ .names = right_name,
					      .signer = &g.ca,
					      .purpose = GNUTLS_KP_TLS_WWW_CLIENT },
		      &g.options, "certificate is not meant for servers");
	clear(&g);
}
END_TEST

START_TEST(all_that_is_wrong_is_said)
{
	struct ground g;

	lay(&g);
	check_refused(&(struct cert_options){ .names = other_names, .cn = "self" }, &g.options,
		      "certificate is for other.test, second.test, not for example.test; "
		      "certificate is self-signed and not known: add it with ca_file");
	clear(&g);
}
END_TEST

START_TEST(without_verification_any_certificate_is_taken_but_not_called_verified)
{
	struct tls_options o = { .server_name = "example.test",
				 .ca_file = "/nonexistent/is/not/read" };
	struct cert cert;
	struct pair p;

	cert_make(&cert, &(struct cert_options){
				 .names = other_names, .begin = 1577836800, .end = 1609459199 });
	pair_open(&p, &cert, &o, NULL);
	ck_assert(!transport_tls_info(p.t)->verified);
	pair_close(&p);
	cert_done(&cert);
}
END_TEST

/* --- pins ------------------------------------------------------------------------------------- */

static void check_pins(bool verify, const struct strview *pins, size_t n, struct ground *g,
		       const struct cert *cert, const char *refused)
{
	struct tls_options o = g->options;
	struct pair p;
	char *reason;

	o.verify = verify;
	o.pins = pins;
	o.n_pins = n;
	if (refused) {
		reason = refusal(cert, &o, NULL);
		ck_assert_msg(strstr(reason, refused) != NULL, "%s", reason);
		free(reason);
	} else {
		pair_open(&p, cert, &o, NULL);
		ck_assert(transport_tls_info(p.t)->verified == verify);
		pair_close(&p);
	}
}

START_TEST(one_pin_must_match_besides_verification)
{
	unsigned char right[32], wrong[32] = { 1 };
	struct strview pins[] = { { (char *)wrong, 32 }, { (char *)right, 32 } };
	struct cert cert, stranger;
	struct ground g;

	lay(&g);
	cert_make(&cert, &(struct cert_options){ .names = right_name, .signer = &g.ca });
	cert_make(&stranger, &(struct cert_options){ .names = right_name, .cn = "self" });
	cert_spki_sha256(&cert, right);
	check_pins(true, pins, 2, &g, &cert, NULL);
	check_pins(true, pins + 1, 1, &g, &cert, NULL);
	check_pins(true, pins, 1, &g, &cert, "matches no pin_sha256");
	check_pins(false, pins, 1, &g, &cert, "matches no pin_sha256");
	check_pins(false, pins + 1, 1, &g, &cert, NULL);
	cert_spki_sha256(&stranger, right);
	check_pins(true, pins, 2, &g, &stranger, "self-signed");
	check_pins(false, pins, 2, &g, &stranger, NULL);
	cert_done(&stranger);
	cert_done(&cert);
	clear(&g);
}
END_TEST

/* --- trust anchors ---------------------------------------------------------------------------- */

static void check_no_context(const struct tls_options *o, const char *reason)
{
	struct fault *f = NULL;

	ck_assert_ptr_null(tls_context_get(o, &f));
	ck_assert_int_eq(f->kind, FAULT_TLS_ERROR);
	ck_assert_str_eq(f->reason, reason);
	fault_unref(f);
}

START_TEST(a_ca_file_that_cannot_be_used_is_named)
{
	struct tls_options o = { .verify = true,
				 .server_name = "x",
				 .ca_file = "/nonexistent/ca.pem" };
	char expected[100];
	char *path = temp_file("no certificate\n");

	check_no_context(&o, "cannot read /nonexistent/ca.pem: No such file or directory");
	o.ca_file = "/tmp";
	check_no_context(&o, "cannot read /tmp: Is a directory");
	o.ca_file = "/dev/zero";
	check_no_context(&o, "cannot read /dev/zero: Invalid argument");
	o.ca_file = path;
	snprintf(expected, sizeof(expected), "%s holds no certificate in PEM form", path);
	check_no_context(&o, expected);
	o.ca_file = NULL;
	o.ca_pem = SV("nonsense");
	check_no_context(&o, "ca_pem holds no certificate in PEM form");
	o.ca_pem = SV("");
	check_no_context(&o, "ca_pem holds no certificate in PEM form");
	temp_file_free(path);
}
END_TEST

START_TEST(anchors_may_come_as_text)
{
	struct ground g;
	struct cert other;
	char *pem;

	lay(&g);
	pem = cert_pem(&g.ca);
	g.options.ca_file = NULL;
	g.options.ca_pem = strview_of(pem);
	check_accepted(&(struct cert_options){ .names = right_name, .signer = &g.ca }, &g.options);
	cert_make(&other, &(struct cert_options){ .cn = "Other CA", .ca = true });
	free(pem);
	pem = cert_pem(&other);
	g.options.ca_pem = strview_of(pem);
	check_refused(&(struct cert_options){ .names = right_name, .signer = &g.ca }, &g.options,
		      "the certificate's signer is not known (CN=Test CA): add it with ca_file");
	/* both count */
	g.options.ca_file = g.ca_file;
	check_accepted(&(struct cert_options){ .names = right_name, .signer = &g.ca }, &g.options);
	check_accepted(&(struct cert_options){ .names = right_name, .signer = &other }, &g.options);
	free(pem);
	cert_done(&other);
	clear(&g);
}
END_TEST

START_TEST(a_ca_file_is_loaded_once_until_it_changes)
{
	struct tls_context *first, *again, *after;
	struct fault *f = NULL;
	struct ground g;
	struct cert other;
	char *pem, *both;

	lay(&g);
	first = tls_context_get(&g.options, &f);
	again = tls_context_get(&g.options, &f);
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_eq(first, again);
	cert_make(&other, &(struct cert_options){ .cn = "Other CA", .ca = true });
	pem = cert_pem(&other);
	ck_assert_int_gt(asprintf(&both, "%s\n", pem), 0);
	temp_file_write(g.ca_file, both);
	after = tls_context_get(&g.options, &f);
	ck_assert_ptr_nonnull(after);
	ck_assert_ptr_ne(after, first);
	tls_context_unref(first);
	tls_context_unref(again);
	tls_context_unref(after);
	check_accepted(&(struct cert_options){ .names = right_name, .signer = &other }, &g.options);
	check_refused(&(struct cert_options){ .names = right_name, .signer = &g.ca }, &g.options,
		      "the certificate's signer is not known (CN=Test CA): add it with ca_file");
	free(both);
	free(pem);
	cert_done(&other);
	clear(&g);
}
END_TEST

START_TEST(unused_contexts_do_not_pile_up)
{
	enum {
		N = 60
	};
	char *paths[N];
	struct ground g;
	struct fault *f = NULL;
	char *pem;

	lay(&g);
	pem = cert_pem(&g.ca);
	for (int i = 0; i < N; i++) {
		struct tls_context *c;

		paths[i] = temp_file(pem);
		g.options.ca_file = paths[i];
		c = tls_context_get(&g.options, &f);
		ck_assert_ptr_nonnull(c);
		tls_context_unref(c);
	}
	ck_assert_uint_le(tls_context_cached(), 16);
	for (int i = 0; i < N; i++)
		temp_file_free(paths[i]);
	free(pem);
	clear(&g);
}
END_TEST

/* --- versions --------------------------------------------------------------------------------- */

START_TEST(tls_below_1_2_is_refused)
{
	struct ground g;
	struct cert cert;
	char *reason;

	lay(&g);
	cert_make(&cert, &(struct cert_options){ .names = right_name, .signer = &g.ca });
	reason = refusal(&cert, &g.options, "NORMAL:-VERS-ALL:+VERS-TLS1.1");
	ck_assert_msg(strstr(reason, "the peer speaks neither TLS 1.3 nor TLS 1.2") != NULL, "%s",
		      reason);
	free(reason);
	cert_done(&cert);
	clear(&g);
}
END_TEST

/* --- what the client says of itself ----------------------------------------------------------- */

static void get_hello(struct pair *p, char name[64], char alpn[64])
{
	gnutls_datum_t d = { NULL, 0 };
	size_t n = 63;
	unsigned type;

	name[0] = alpn[0] = '\0';
	if (gnutls_server_name_get(p->peer.session, name, &n, &type, 0) < 0)
		name[0] = '\0';
	if (gnutls_alpn_get_selected_protocol(p->peer.session, &d) >= 0)
		snprintf(alpn, 64, "%.*s", (int)d.size, (char *)d.data);
}

static void open_with_alpn(struct pair *p, const struct cert *cert, const struct tls_options *o)
{
	gnutls_datum_t protocols[] = { { (unsigned char *)"xmpp-client", 11 } };
	struct sockaddr_in addr;
	int listener = listen_on_loopback(&addr);

	p->t = connect_to(&addr);
	tls_peer_init(&p->peer, accept_from(listener), cert, NULL);
	close(listener);
	gnutls_alpn_set_protocols(p->peer.session, protocols, 1, 0);
	ck_assert_ptr_null(transport_starttls(p->t, o));
	ck_assert_ptr_null(handshake(p->t, &p->peer));
}

START_TEST(the_server_is_told_its_name_and_alpn_where_asked_for)
{
	struct ground g;
	struct cert cert;
	struct pair p;
	char name[64], alpn[64];

	lay(&g);
	cert_make(&cert, &(struct cert_options){ .names = right_name, .signer = &g.ca });
	open_with_alpn(&p, &cert, &g.options);
	get_hello(&p, name, alpn);
	ck_assert_str_eq(name, "example.test");
	ck_assert_str_eq(alpn, "");
	pair_close(&p);
	g.options.alpn = true;
	g.options.server_name = "example.test.";
	open_with_alpn(&p, &cert, &g.options);
	get_hello(&p, name, alpn);
	ck_assert_str_eq(name, "example.test");
	ck_assert_str_eq(alpn, "xmpp-client");
	pair_close(&p);
	g.options.verify = false;
	g.options.server_name = "127.0.0.1";
	open_with_alpn(&p, &cert, &g.options);
	get_hello(&p, name, alpn);
	ck_assert_str_eq(name, "");
	pair_close(&p);
	/* a server without ALPN is as good */
	pair_open(&p, &cert, &g.options, NULL);
	pair_close(&p);
	cert_done(&cert);
	clear(&g);
}
END_TEST

/* --- memory ----------------------------------------------------------------------------------- */

struct poor_run {
	struct ground *ground;
	const struct cert *cert;
	bool right; /* whether the certificate is */
};

/* Connects and shakes hands; fault or not, both ends are closed. */
static struct fault *try_handshake(const struct poor_run *run)
{
	struct fault *f = NULL;
	struct sockaddr_in addr;
	struct tls_peer peer;
	struct transport *t;
	int listener;
	bool secure;

	failmalloc_pause(true);
	listener = listen_on_loopback(&addr);
	failmalloc_pause(false);
	t = transport_connect((struct sockaddr *)&addr, sizeof(addr), &f);
	failmalloc_pause(true);
	if (t) {
		while (transport_state(t) == TRANSPORT_CONNECTING) {
			await_transport(t);
			ck_assert_ptr_null(transport_step(t));
		}
		tls_peer_init(&peer, accept_from(listener), run->cert, NULL);
		failmalloc_pause(false);
		f = transport_starttls(t, &run->ground->options);
		failmalloc_pause(true);
		if (!f)
			f = handshake(t, &peer);
		secure = transport_state(t) == TRANSPORT_SECURE;
		ck_assert(secure == (f == NULL));
		ck_assert(secure == (transport_tls_info(t) != NULL));
		ck_assert(!secure || run->right);
		transport_free(t);
		tls_peer_done(&peer);
	}
	close(listener);
	return f;
}

static void shake_hands_poorly(void *arg)
{
	const struct poor_run *run = arg;
	struct fault *f = try_handshake(run);

	if (run->right && f)
		ck_assert_msg(f->kind == FAULT_INTERNAL || f->kind == FAULT_TLS_ERROR ||
				      f->errnum == ENOMEM,
			      "%s", f->message);
	fault_unref(f);
	failmalloc_pause(false);
}

START_TEST(each_failing_allocation_is_told_and_opens_no_door)
{
	struct ground g;
	struct cert cert;
	struct poor_run run = { .ground = &g, .cert = &cert, .right = _i == 0 };

	handshake_pause = failmalloc_pause;
	lay(&g);
	cert_make(&cert, &(struct cert_options){ .names = _i == 0 ? right_name : other_names,
						 .signer = &g.ca });
	ck_assert_uint_gt(failmalloc_sweep(shake_hands_poorly, &run), 10);
	cert_done(&cert);
	clear(&g);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ a_good_certificate_is_accepted_and_described, 2 },
		{ a_certificate_for_another_name_is_refused, 0 },
		{ a_common_name_is_no_host_name, 0 },
		{ a_wildcard_stands_for_one_label, 0 },
		{ a_trailing_dot_and_the_case_of_the_server_name_do_not_matter, 0 },
		{ an_a_label_matches_its_u_label, 0 },
		{ an_expired_certificate_is_refused_with_the_date, 0 },
		{ a_certificate_of_the_future_is_refused_with_the_date, 0 },
		{ an_expired_signer_is_not_taken_for_an_expired_certificate, 0 },
		{ an_unknown_signer_is_named, 0 },
		{ a_self_signed_certificate_is_refused_as_such, 0 },
		{ a_self_signed_certificate_that_is_its_own_ca_file_is_accepted, 0 },
		{ a_certificate_for_clients_is_refused, 0 },
		{ all_that_is_wrong_is_said, 0 },
		{ without_verification_any_certificate_is_taken_but_not_called_verified, 0 },
		{ one_pin_must_match_besides_verification, 0 },
		{ a_ca_file_that_cannot_be_used_is_named, 0 },
		{ anchors_may_come_as_text, 0 },
		{ a_ca_file_is_loaded_once_until_it_changes, 0 },
		{ unused_contexts_do_not_pile_up, 0 },
		{ tls_below_1_2_is_refused, 0 },
		{ each_failing_allocation_is_told_and_opens_no_door, 2 },
		{ the_server_is_told_its_name_and_alpn_where_asked_for, 0 },
	};

	return suite_run("tls verification", tests, ARRAY_SIZE(tests));
}
