#include "protocol/stream/sasl.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include <gsasl.h>

enum {
	ITERATIONS_MIN = 4096,	 /* RFC 7677 section 4 */
	ITERATIONS_MAX = 500000, /* each costs the server nothing and us a microsecond */
};

struct mechanism {
	const char *name;
	bool plaintext; /* gives the password away: never without TLS */
	bool scram;	/* the server proves that it knows the password, too */
};

/* Ours, strongest first. */
static const struct mechanism mechanisms[] = {
	{ "SCRAM-SHA-256", .scram = true },
	{ "SCRAM-SHA-1", .scram = true },
	{ "PLAIN", .plaintext = true },
};

struct sasl {
	const struct mechanism *mechanism;
	Gsasl *library;
	Gsasl_session *session;
	bool started;  /* the initial response was made */
	bool complete; /* nothing is awaited from the server but its word */
};

static struct fault *auth_error(const char *mechanism, const char *condition, const char *text)
{
	struct fault *f = fault_new(FAULT_AUTH_ERROR, "authentication failed: %s", text);

	fault_set(f, &f->condition, strview_of(condition));
	fault_set(f, &f->text, strview_of(text));
	fault_set(f, &f->mechanism, strview_of(mechanism));
	return f;
}

static struct fault *refuse(const struct sasl *s, const char *text)
{
	return auth_error(s->mechanism->name, "aborted", text);
}

/* What clients get of the library's verdict. */
static struct fault *fault_of(const struct sasl *s, int rc)
{
	static const struct {
		int rc;
		const char *condition, *text;
	} known[] = {
		{ GSASL_SASLPREP_ERROR, "malformed-request",
		  "the user name or password holds a character that SASLprep (RFC 4013) cannot "
		  "carry, such as a control character or an emoji" },
		{ GSASL_AUTHENTICATION_ERROR, "aborted",
		  "the server could not prove that it knows the password" },
		{ GSASL_MECHANISM_PARSE_ERROR, "aborted",
		  "the server's challenge is not what the mechanism prescribes" },
		{ GSASL_MECHANISM_CALLED_TOO_MANY_TIMES, "aborted",
		  "the server sent more challenges than the mechanism has" },
	};

	if (rc == GSASL_MALLOC_ERROR)
		return fault_no_memory();
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].rc == rc)
			return auth_error(s->mechanism->name, known[i].condition, known[i].text);
	return refuse(s, gsasl_strerror(rc));
}

static bool name_is(struct strview v, const char *name)
{
	return v.n == strlen(name) && strncasecmp(v.p, name, v.n) == 0;
}

/* Takes the first item off a list with commas, which is not empty. */
static struct strview next_item(struct strview *list)
{
	const char *comma = memchr(list->p, ',', list->n);
	struct strview item = { list->p, comma ? (size_t)(comma - list->p) : list->n };
	size_t taken = item.n + (comma ? 1 : 0);

	*list = (struct strview){ list->p + taken, list->n - taken };
	return item;
}

static bool is_allowed(struct strview list, const char *name)
{
	if (list.n == 0)
		return true;
	while (list.n > 0) {
		struct strview one = next_item(&list);

		while (one.n > 0 && (*one.p == ' ' || *one.p == '\t')) {
			one.p++;
			one.n--;
		}
		while (one.n > 0 && (one.p[one.n - 1] == ' ' || one.p[one.n - 1] == '\t'))
			one.n--;
		if (name_is(one, name))
			return true;
	}
	return false;
}

static bool is_offered(const struct strview *offered, size_t n_offered, const char *name)
{
	for (size_t i = 0; i < n_offered; i++)
		if (name_is(offered[i], name))
			return true;
	return false;
}

static const struct mechanism *choose(const struct strview *offered, size_t n_offered,
				      struct strview allowed, bool secure, struct fault **ret_fault)
{
	bool too_open = false;

	for (size_t i = 0; i < ARRAY_SIZE(mechanisms); i++) {
		const struct mechanism *m = &mechanisms[i];

		if (!is_offered(offered, n_offered, m->name) || !is_allowed(allowed, m->name))
			continue;
		if (!m->plaintext || secure)
			return m;
		too_open = true;
	}
	if (too_open)
		*ret_fault = auth_error(NULL, "encryption-required",
					"the server takes the password only as plain text, which "
					"is not sent without TLS");
	else if (n_offered == 0)
		*ret_fault = auth_error(NULL, "invalid-mechanism",
					"the server offers no SASL mechanism");
	else
		*ret_fault = auth_error(NULL, "invalid-mechanism",
					"none of the server's SASL mechanisms is known and allowed "
					"here");
	return NULL;
}

/* The library takes NUL-terminated strings and keeps copies of its own. */
static int set_property(struct sasl *s, Gsasl_property property, struct strview v)
{
	return gsasl_property_set_raw(s->session, property, v.n ? v.p : "", v.n);
}

static struct fault *start(struct sasl *s, const struct sasl_credentials *c)
{
	int rc;

	if ((c->username.n && memchr(c->username.p, 0, c->username.n)) ||
	    (c->password.n && memchr(c->password.p, 0, c->password.n)))
		return fault_of(s, GSASL_SASLPREP_ERROR);
	rc = gsasl_init(&s->library);
	if (rc == GSASL_OK)
		rc = gsasl_client_start(s->library, s->mechanism->name, &s->session);
	if (rc == GSASL_OK)
		rc = set_property(s, GSASL_AUTHID, c->username);
	if (rc == GSASL_OK)
		rc = set_property(s, GSASL_PASSWORD, c->password);
	return rc == GSASL_OK ? NULL : fault_of(s, rc);
}

struct sasl *sasl_new(const struct strview *offered, size_t n_offered, struct strview allowed,
		      bool secure, const struct sasl_credentials *credentials,
		      struct fault **ret_fault)
{
	const struct mechanism *m = choose(offered, n_offered, allowed, secure, ret_fault);
	struct fault *fault;
	struct sasl *s;

	if (!m)
		return NULL;
	s = calloc(1, sizeof(*s));
	if (!s) {
		*ret_fault = fault_no_memory();
		return NULL;
	}
	s->mechanism = m;
	fault = start(s, credentials);
	if (fault) {
		*ret_fault = fault;
		sasl_free(s);
		return NULL;
	}
	return s;
}

/* The library frees what it was given without wiping it. */
static void wipe_property(struct sasl *s, Gsasl_property property)
{
	char *value = (char *)(uintptr_t)gsasl_property_fast(s->session, property);

	if (value)
		explicit_bzero(value, strlen(value));
}

void sasl_free(struct sasl *s)
{
	if (!s)
		return;
	if (s->session) {
		wipe_property(s, GSASL_PASSWORD);
		wipe_property(s, GSASL_SCRAM_SALTED_PASSWORD);
		gsasl_finish(s->session);
	}
	if (s->library)
		gsasl_done(s->library);
	free(s);
}

const char *sasl_mechanism(const struct sasl *s)
{
	return s->mechanism->name;
}

static bool count_in_range(struct strview digits)
{
	unsigned long n = 0;

	if (digits.n == 0 || digits.n > 6)
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return false;
		n = n * 10 + (unsigned long)(digits.p[i] - '0');
	}
	return n >= ITERATIONS_MIN && n <= ITERATIONS_MAX;
}

/*
 * RFC 5802 7, server-first-message: r=...,s=...,i=COUNT. The library obeys any count, and its
 * reading of odd messages is its own: so whatever could be taken for the count has to be in range.
 */
static struct fault *check_iterations(const struct sasl *s, struct strview message)
{
	bool found = false;

	while (message.n > 0) {
		struct strview one = next_item(&message);

		if (!strview_has_prefix(one, SV("i=")))
			continue;
		if (!count_in_range((struct strview){ one.p + 2, one.n - 2 }))
			return refuse(s, "the server asks for an iteration count that is not "
					 "between 4096 and 500000");
		found = true;
	}
	return found ? NULL : fault_of(s, GSASL_MECHANISM_PARSE_ERROR);
}

/* Runs the mechanism on decoded input; *ret_rc is GSASL_OK or GSASL_NEEDS_MORE on success. */
static struct fault *run(struct sasl *s, struct strview in, struct buf *out)
{
	char *answer = NULL;
	size_t n = 0;
	int rc = gsasl_step(s->session, in.p, in.n, &answer, &n);

	if (rc != GSASL_OK && rc != GSASL_NEEDS_MORE) {
		gsasl_free(answer);
		return fault_of(s, rc);
	}
	s->complete = rc == GSASL_OK;
	if (out && n == 0 && !s->started)
		buf_put_str(out, "=");
	else if (out)
		buf_put_base64(out, (struct strview){ answer, n });
	s->started = true;
	if (answer)
		explicit_bzero(answer, n);
	gsasl_free(answer);
	return out && out->error ? fault_no_memory() : NULL;
}

static struct fault *decode(const struct sasl *s, struct strview text, struct buf *ret)
{
	int r = strview_is(text, "=") ? 0 : base64_decode(text, ret);

	if (r == -ENOMEM)
		return fault_no_memory();
	if (r < 0)
		return auth_error(s->mechanism->name, "incorrect-encoding",
				  "the server's SASL data is not base64");
	if (ret->n && memchr(ret->p, 0, ret->n))
		return fault_of(s, GSASL_MECHANISM_PARSE_ERROR);
	return NULL;
}

struct fault *sasl_step(struct sasl *s, struct strview challenge, struct buf *out)
{
	CLEANUP(buf_wipe) struct buf in = BUF_INIT;
	struct fault *fault;
	bool first = !s->started;

	assert(first || challenge.p);
	if (first)
		return run(s, SV_NONE, out);
	if (s->complete)
		return fault_of(s, GSASL_MECHANISM_CALLED_TOO_MANY_TIMES);
	fault = decode(s, challenge, &in);
	/* the proof, if it comes as a challenge, has no count */
	if (!fault && s->mechanism->scram && !strview_has_prefix(buf_view(&in), SV("v=")))
		fault = check_iterations(s, buf_view(&in));
	return fault ? fault : run(s, buf_view(&in), out);
}

struct fault *sasl_success(struct sasl *s, struct strview data)
{
	CLEANUP(buf_wipe) struct buf in = BUF_INIT;
	struct fault *fault;

	if (s->complete)
		return NULL;
	if (!data.p || data.n == 0)
		return refuse(s, "the server says success without having proved that it knows the "
				 "password");
	fault = decode(s, data, &in);
	if (!fault && s->mechanism->scram && !strview_has_prefix(buf_view(&in), SV("v=")))
		return refuse(s, "the server says success without having proved that it knows the "
				 "password");
	if (!fault)
		fault = run(s, buf_view(&in), NULL);
	if (!fault && !s->complete)
		return refuse(s, "the server says success before the exchange is complete");
	return fault;
}
