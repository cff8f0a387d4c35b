/* SASL against a server that replays, with the client nonce of RFC 5802 section 5. */
#include <check.h>
#include <gsasl.h>

#include "protocol/stream/sasl.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

#define NONCE  "fyko+d2lbbFgONRv9qkxdawL"
#define SERVER NONCE "3rfcNHYJY1ZVvWVs7j"
#define SALT   "QSXCR+Q6sek8bf92"
#define FIRST  "r=" SERVER ",s=" SALT ",i=4096"

/* libgsasl 2.2.0 loses 15 bytes where the server's signature is wrong. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libgsasl\n";
}

/* Stands before the library's own, which is random. */
int gsasl_nonce(char *data, size_t n)
{
	struct buf b = BUF_INIT;

	if (base64_decode(SV(NONCE), &b) < 0 || b.n != n)
		return GSASL_CRYPTO_ERROR;
	memcpy(data, b.p, n);
	buf_done(&b);
	return GSASL_OK;
}

static struct sasl *begin(const char *offered, const char *allowed, bool secure, const char *user,
			  const char *password, struct fault **ret_fault)
{
	const struct sasl_credentials c = { strview_of(user), strview_of(password) };
	struct strview list[16];
	size_t n = 0;

	for (const char *p = offered; *p; p += strcspn(p, " "), p += *p == ' ')
		list[n++] = (struct strview){ p, strcspn(p, " ") };
	*ret_fault = NULL;
	return sasl_new(list, n, strview_of(allowed), secure, &c, ret_fault);
}

static struct buf base64_of(const char *text)
{
	struct buf b = BUF_INIT;

	if (text)
		buf_put_base64(&b, strview_of(text));
	return b;
}

/* One step; text in, text out. */
static struct fault *step(struct sasl *s, const char *challenge, struct buf *out)
{
	struct buf in = base64_of(challenge), encoded = BUF_INIT;
	struct fault *f = sasl_step(s, challenge ? buf_view(&in) : SV_NONE, &encoded);

	out->n = 0;
	if (!f && !strview_is(buf_view(&encoded), "="))
		ck_assert_int_eq(base64_decode(buf_view(&encoded), out), 0);
	buf_done(&in);
	buf_done(&encoded);
	return f;
}

static struct fault *succeed(struct sasl *s, const char *data)
{
	struct buf in = base64_of(data);
	struct fault *f = sasl_success(s, data ? buf_view(&in) : SV_NONE);

	buf_done(&in);
	return f;
}

static void assert_text(const struct buf *b, const char *expected)
{
	ck_assert_msg(strview_is(buf_view(b), expected), "%.*s", SV_ARG(buf_view(b)));
}

/* Consumes f. */
static void assert_auth_error(struct fault *f, const char *condition, const char *words)
{
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->kind, FAULT_AUTH_ERROR);
	ck_assert_str_eq(f->condition, condition);
	ck_assert_msg(strstr(f->text, words) && strstr(f->message, words), "%s", f->message);
	fault_unref(f);
}

static const struct {
	const char *mechanism, *user, *first, *challenge, *final, *proof;
} vectors[] = {
	/* RFC 5802 section 5 */
	{ "SCRAM-SHA-1", "user", "n,,n=user,r=" NONCE, FIRST,
	  "c=biws,r=" SERVER ",p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=" },
	/* a name that needs escapes; computed with another implementation */
	{ "SCRAM-SHA-1", ",=", "n,,n==2C=3D,r=" NONCE, FIRST,
	  "c=biws,r=" SERVER ",p=R9Qh30vybEsh8m7/t6t6rO+0VQs=", "v=KmkBHiWRk3EatGtfbuh1wh89B9o=" },
	/* RFC 7677 section 3 with the nonces of RFC 5802; computed with another implementation */
	{ "SCRAM-SHA-256", "user", "n,,n=user,r=" NONCE,
	  "r=" SERVER ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
	  "c=biws,r=" SERVER ",p=khPunbEN1bS6ZR10eQcjEAYZW+T9aSBx7y/UMYTjXdk=",
	  "v=PUZ0/urxX86eGWh/paDV5XxNJSa1/ISFj3iCA2BxaT0=" },
};

START_TEST(scram_follows_the_vectors)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct fault *f;
	struct sasl *s = begin(vectors[_i].mechanism, "", false, vectors[_i].user, "pencil", &f);

	ck_assert_ptr_nonnull(s);
	ck_assert_str_eq(sasl_mechanism(s), vectors[_i].mechanism);
	ck_assert_ptr_null(step(s, NULL, &out));
	assert_text(&out, vectors[_i].first);
	ck_assert_ptr_null(step(s, vectors[_i].challenge, &out));
	assert_text(&out, vectors[_i].final);
	ck_assert_ptr_null(succeed(s, vectors[_i].proof));
	sasl_free(s);
}
END_TEST

START_TEST(the_proof_may_also_come_as_a_challenge)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct fault *f;
	struct sasl *s = begin("SCRAM-SHA-1", "", false, "user", "pencil", &f);

	ck_assert_ptr_null(step(s, NULL, &out));
	ck_assert_ptr_null(step(s, FIRST, &out));
	ck_assert_ptr_null(step(s, vectors[0].proof, &out));
	assert_text(&out, "");
	ck_assert_ptr_null(succeed(s, NULL));
	sasl_free(s);
}
END_TEST

START_TEST(plain_sends_name_and_password_under_tls)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct fault *f;
	struct sasl *s = begin("PLAIN", "", true, "juliet", "s3cr\xc3\xa4t", &f);

	ck_assert_ptr_nonnull(s);
	ck_assert_ptr_null(step(s, NULL, &out));
	ck_assert(strview_eq(buf_view(&out), SV("\0juliet\0s3cr\xc3\xa4t")));
	ck_assert_ptr_null(succeed(s, NULL));
	sasl_free(s);
}
END_TEST

static const struct {
	const char *offered, *allowed;
	bool secure;
	const char *chosen, *condition; /* one of them */
} choices[] = {
	{ "PLAIN SCRAM-SHA-1 SCRAM-SHA-256", "", true, "SCRAM-SHA-256", NULL },
	{ "PLAIN SCRAM-SHA-1", "", true, "SCRAM-SHA-1", NULL },
	{ "PLAIN SCRAM-SHA-1", "", false, "SCRAM-SHA-1", NULL },
	{ "PLAIN DIGEST-MD5 CRAM-MD5 LOGIN", "", true, "PLAIN", NULL },
	{ "SCRAM-SHA-256-PLUS SCRAM-SHA-1", "", true, "SCRAM-SHA-1", NULL },
	{ "scram-sha-256", "", true, "SCRAM-SHA-256", NULL },
	{ "PLAIN SCRAM-SHA-1 SCRAM-SHA-256", "SCRAM-SHA-1", true, "SCRAM-SHA-1", NULL },
	{ "PLAIN SCRAM-SHA-1", "scram-sha-256 ,\tplain ", true, "PLAIN", NULL },
	{ "PLAIN", "", false, NULL, "encryption-required" },
	{ "PLAIN SCRAM-SHA-1", "PLAIN", false, NULL, "encryption-required" },
	{ "PLAIN", "SCRAM-SHA-1,SCRAM-SHA-256", true, NULL, "invalid-mechanism" },
	{ "SCRAM-SHA-1", "SCRAM", true, NULL, "invalid-mechanism" },
	{ "SCRAM-SHA-512 DIGEST-MD5 EXTERNAL ANONYMOUS", "", true, NULL, "invalid-mechanism" },
	{ "", "", true, NULL, "invalid-mechanism" },
};

START_TEST(the_strongest_mechanism_of_ours_is_chosen)
{
	struct fault *f;
	struct sasl *s = begin(choices[_i].offered, choices[_i].allowed, choices[_i].secure, "user",
			       "pencil", &f);

	if (choices[_i].chosen) {
		ck_assert_ptr_nonnull(s);
		ck_assert_str_eq(sasl_mechanism(s), choices[_i].chosen);
	} else {
		ck_assert_ptr_null(s);
		assert_auth_error(f, choices[_i].condition, "");
	}
	sasl_free(s);
}
END_TEST

static const struct {
	const char *challenge, *words;
} bad_challenges[] = {
	{ "r=" SERVER ",s=" SALT ",i=1", "iteration count" },
	{ "r=" SERVER ",s=" SALT ",i=4095", "iteration count" },
	{ "r=" SERVER ",s=" SALT ",i=500001", "iteration count" },
	{ "r=" SERVER ",s=" SALT ",i=2147483647", "iteration count" },
	{ "r=" SERVER ",s=" SALT ",i=18446744073709555712", "iteration count" },
	{ "r=" SERVER ",s=" SALT ",i=0", "iteration count" },
	{ "r=" SERVER ",s=" SALT ",i=-4096", "iteration count" },
	{ "r=" SERVER ",s=" SALT ",i= 4096", "iteration count" },
	{ "r=" SERVER ",s=" SALT ",i=4096x", "iteration count" },
	{ "r=" SERVER ",s=" SALT ",i=", "iteration count" },
	{ "r=" SERVER ",s=" SALT ",i=2147483647,i=4096", "iteration count" },
	{ "r=" SERVER ",s=" SALT ",i=4096,i=2147483647", "iteration count" },
	{ "v=x,r=" SERVER ",s=" SALT ",i=2147483647", "not what the mechanism prescribes" },
	{ "r=" SERVER ",s=" SALT, "not what the mechanism prescribes" },
	{ "", "not what the mechanism prescribes" },
	{ "e=other-error", "not what the mechanism prescribes" },
	/* the nonce is not a continuation of ours */
	{ "r=3rfcNHYJY1ZVvWVs7j,s=" SALT ",i=4096", "" },
	{ "m=x,r=" SERVER ",s=" SALT ",i=4096", "not what the mechanism prescribes" },
};

START_TEST(a_bad_challenge_is_refused_before_it_is_obeyed)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct fault *f;
	struct sasl *s = begin("SCRAM-SHA-256", "", true, "user", "pencil", &f);

	ck_assert_ptr_null(step(s, NULL, &out));
	assert_auth_error(step(s, bad_challenges[_i].challenge, &out), "aborted",
			  bad_challenges[_i].words);
	sasl_free(s);
}
END_TEST

START_TEST(what_is_not_base64_or_holds_nul_is_refused)
{
	static const struct strview bad[] = {
		{ "%%%%", 4 },
		{ "abc", 3 },
		{ "====", 4 },
		{ "cj1h\n", 5 },
	};
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct fault *f;
	struct sasl *s;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		s = begin("SCRAM-SHA-256", "", true, "user", "pencil", &f);
		ck_assert_ptr_null(step(s, NULL, &out));
		assert_auth_error(sasl_step(s, bad[i], &out), "incorrect-encoding", "base64");
		sasl_free(s);
	}
	s = begin("SCRAM-SHA-256", "", true, "user", "pencil", &f);
	ck_assert_ptr_null(step(s, NULL, &out));
	assert_auth_error(sasl_step(s, SV("AHI9"), &out), "aborted", "prescribes");
	sasl_free(s);
}
END_TEST

/* After how many steps the server says success, and with what. */
static const struct {
	int steps;
	const char *data;
} early[] = {
	{ 0, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=" },
	{ 1, NULL },
	{ 1, "" },
	{ 1, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=" },
	{ 1, FIRST },
	{ 2, NULL },
	{ 2, "" },
	{ 2, "v=" },
	{ 2, "v=AAAApqV8S7suAoZWja4dJRkFsKQ=" },
	{ 2, "e=invalid-proof" },
	{ 2, FIRST },
};

START_TEST(success_without_the_servers_proof_is_refused)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct fault *f;
	struct sasl *s = begin("SCRAM-SHA-1", "", true, "user", "pencil", &f);

	if (early[_i].steps >= 1)
		ck_assert_ptr_null(step(s, NULL, &out));
	if (early[_i].steps == 2)
		ck_assert_ptr_null(step(s, FIRST, &out));
	assert_auth_error(succeed(s, early[_i].data), "aborted", "");
	sasl_free(s);
}
END_TEST

START_TEST(a_wrong_proof_says_so)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct fault *f;
	struct sasl *s = begin("SCRAM-SHA-1", "", true, "user", "pencil", &f);

	ck_assert_ptr_null(step(s, NULL, &out));
	ck_assert_ptr_null(step(s, FIRST, &out));
	f = succeed(s, "v=AAAApqV8S7suAoZWja4dJRkFsKQ=");
	ck_assert_str_eq(f->mechanism, "SCRAM-SHA-1");
	assert_auth_error(f, "aborted", "could not prove");
	sasl_free(s);
}
END_TEST

START_TEST(a_challenge_after_the_end_is_refused)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct fault *f;
	struct sasl *s = begin("PLAIN", "", true, "user", "pencil", &f);

	ck_assert_ptr_null(step(s, NULL, &out));
	assert_auth_error(step(s, "", &out), "aborted", "more challenges");
	sasl_free(s);
}
END_TEST

START_TEST(credentials_that_saslprep_cannot_carry_are_named)
{
	static const char emoji[] = "p\xf0\x9f\x98\x80", bell[] = "p\x07", bad[] = "p\xff";
	static const char *const texts[] = { emoji, bell, bad };
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct fault *f;
	struct sasl *s;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		s = begin("SCRAM-SHA-1", "", true, texts[i], "pencil", &f);
		assert_auth_error(step(s, NULL, &out), "malformed-request", "SASLprep");
		sasl_free(s);
		s = begin("SCRAM-SHA-1", "", true, "user", texts[i], &f);
		ck_assert_ptr_null(step(s, NULL, &out));
		assert_auth_error(step(s, FIRST, &out), "malformed-request", "SASLprep");
		sasl_free(s);
	}
}
END_TEST

START_TEST(credentials_with_nul_are_refused)
{
	const struct sasl_credentials c = { SV("user"), SV("pen\0cil") };
	const struct strview plain = SV("PLAIN");
	struct fault *f = NULL;

	ck_assert_ptr_null(sasl_new(&plain, 1, SV_NONE, true, &c, &f));
	assert_auth_error(f, "malformed-request", "SASLprep");
}
END_TEST

static void log_in(void *arg)
{
	const struct sasl_credentials c = { SV("user"), SV("pencil") };
	const struct strview scram = SV("SCRAM-SHA-1");
	struct buf out = BUF_INIT, in = BUF_INIT;
	struct fault *f = NULL;
	struct sasl *s = sasl_new(&scram, 1, SV_NONE, true, &c, &f);

	(void)arg;
	if (s)
		f = sasl_step(s, SV_NONE, &out);
	buf_put_base64(&in, SV(FIRST));
	if (s && !f && !in.error)
		f = sasl_step(s, buf_view(&in), &out);
	fault_unref(f);
	sasl_free(s);
	buf_done(&in);
	buf_done(&out);
}

START_TEST(a_failing_allocation_is_a_fault)
{
	ck_assert_uint_gt(failmalloc_sweep(log_in, NULL), 3);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ scram_follows_the_vectors, ARRAY_SIZE(vectors) },
		{ the_proof_may_also_come_as_a_challenge, 0 },
		{ plain_sends_name_and_password_under_tls, 0 },
		{ the_strongest_mechanism_of_ours_is_chosen, ARRAY_SIZE(choices) },
		{ a_bad_challenge_is_refused_before_it_is_obeyed, ARRAY_SIZE(bad_challenges) },
		{ what_is_not_base64_or_holds_nul_is_refused, 0 },
		{ success_without_the_servers_proof_is_refused, ARRAY_SIZE(early) },
		{ a_wrong_proof_says_so, 0 },
		{ a_challenge_after_the_end_is_refused, 0 },
		{ credentials_that_saslprep_cannot_carry_are_named, 0 },
		{ credentials_with_nul_are_refused, 0 },
		{ a_failing_allocation_is_a_fault, 0 },
	};

	return suite_run("sasl", tests, ARRAY_SIZE(tests));
}
