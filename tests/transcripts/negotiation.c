#include "tests/transcripts/negotiation.h"

#include <stdio.h>

#include <check.h>
#include <gsasl.h>

#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse.h"
#include "protocol/xml/xmlwrite.h"
#include "tests/unit/failmalloc.h"

/* Stands before the library's own, which is random. */
int gsasl_nonce(char *data, size_t n)
{
	static const unsigned char nonce[18] = { 0x7f, 0x29, 0x28, 0xf9, 0xdd, 0xa5,
						 0x6d, 0xb1, 0x60, 0x38, 0xd4, 0x6f,
						 0xf6, 0xa9, 0x31, 0x75, 0xac, 0x0b };

	if (n != sizeof(nonce))
		return GSASL_CRYPTO_ERROR;
	memcpy(data, nonce, n);
	return GSASL_OK;
}

struct run {
	struct negotiate *n;
	enum negotiate_action action;
	bool lenient; /* an allocation may fail: what comes of it does not matter */
	const char *line;
};

#define run_fail(r, ...)                                                                           \
	do {                                                                                       \
		fprintf(stderr, __VA_ARGS__);                                                      \
		failmalloc_pause(true);                                                            \
		ck_abort_msg("at %s", (r)->line);                                                  \
	} while (0)

static void feed(struct run *r, const char *xml, size_t rest, bool features)
{
	const struct elem *e = NULL;
	const char *why;
	struct arena a;
	int rc;

	arena_init(&a, 0);
	rc = xmlparse_fragment(&a, strview_of(xml), SV(XMLNS_CLIENT), &e, &why);
	if (rc < 0 && !r->lenient)
		run_fail(r, "%s\n", why);
	if (rc == 0)
		r->action =
			features ? negotiate_features(r->n, e) : negotiate_element(r->n, e, rest);
	arena_done(&a);
}

static void step_features(struct run *r, const char *arg)
{
	char xml[2048];

	snprintf(xml, sizeof(xml), "<f:features xmlns:f='" XMLNS_STREAM "'>%s</f:features>", arg);
	feed(r, xml, 0, true);
}

static void step_element(struct run *r, const char *arg)
{
	feed(r, arg, 0, false);
}

static void step_with_rest(struct run *r, const char *arg)
{
	feed(r, arg, 1, false);
}

static void step_password(struct run *r, const char *arg)
{
	if (r->action == NEGOTIATE_PASSWORD)
		r->action = negotiate_password(r->n, strview_of(arg));
}

static void step_secured(struct run *r, const char *arg)
{
	(void)arg;
	if (r->action == NEGOTIATE_STARTTLS)
		negotiate_secured(r->n);
}

static void step_more(struct run *r, const char *arg)
{
	(void)arg;
	r->action = negotiate_more(r->n);
}

static void expect_elem(struct run *r, const char *arg, bool expect_secret)
{
	const struct xmlwrite_context ctx = { .default_ns = SV(XMLNS_CLIENT) };
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	const struct elem *e;
	bool secret;

	if (r->lenient)
		return;
	e = negotiate_elem(r->n, &secret);
	if (!e || secret != expect_secret)
		run_fail(r, "no element, or its secrecy is another\n");
	ck_assert_int_eq(xmlwrite_elem(&out, e, &ctx, NULL), 0);
	if (!strview_is(buf_view(&out), arg))
		run_fail(r, "%.*s\n", SV_ARG(buf_view(&out)));
}

static void step_open(struct run *r, const char *arg)
{
	expect_elem(r, arg, false);
}

static void step_secret(struct run *r, const char *arg)
{
	expect_elem(r, arg, true);
}

static void step_action(struct run *r, const char *arg)
{
	static const char *const names[] = {
		[NEGOTIATE_WAIT] = "wait",	   [NEGOTIATE_SEND] = "send",
		[NEGOTIATE_PASSWORD] = "password", [NEGOTIATE_STARTTLS] = "starttls",
		[NEGOTIATE_RESET] = "reset",	   [NEGOTIATE_DONE] = "done",
		[NEGOTIATE_FAILED] = "failed",
	};

	if (r->action == NEGOTIATE_FAILED && !negotiate_fault(r->n))
		run_fail(r, "failed without a fault\n");
	if (!r->lenient && strcmp(names[r->action], arg) != 0)
		run_fail(r, "the action is %s: %s\n", names[r->action],
			 negotiate_fault(r->n) ? negotiate_fault(r->n)->message : "");
}

static void step_step(struct run *r, const char *arg)
{
	if (!r->lenient && strcmp(negotiate_step(r->n), arg) != 0)
		run_fail(r, "the step is %s\n", negotiate_step(r->n));
}

static void step_fault(struct run *r, const char *arg)
{
	const struct fault *f = negotiate_fault(r->n);
	char text[1024];

	if (r->lenient)
		return;
	if (!f)
		run_fail(r, "no fault\n");
	snprintf(text, sizeof(text), "%s %s%s%s%s%s", fault_kind_name(f->kind),
		 f->type ? f->type : "", f->type ? " " : "", f->condition ? f->condition : "",
		 f->text || f->reason ? ": " : "",
		 f->text     ? f->text
		 : f->reason ? f->reason
			     : "");
	if (strncmp(text, arg, strlen(arg)) != 0)
		run_fail(r, "the fault is %s\n", text);
}

static void step(struct run *r, const char *line)
{
	static const struct {
		char sign;
		void (*step)(struct run *r, const char *arg);
	} steps[] = {
		{ 'F', step_features }, { 'E', step_element }, { 'R', step_with_rest },
		{ 'P', step_password }, { 'T', step_secured }, { 'M', step_more },
		{ 'C', step_open },	{ 'X', step_secret },  { '=', step_action },
		{ '?', step_step },	{ '!', step_fault },
	};

	r->line = line;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (steps[i].sign == line[0]) {
			steps[i].step(r, line[2] ? line + 3 : line + 2);
			return;
		}
	run_fail(r, "no such step\n");
}

struct script {
	struct negotiate_options options;
	const char *text;
	bool lenient;
	const char *jid; /* bound in the end */
};

static void run_once(void *arg)
{
	const struct script *script = arg;
	struct run r = { .n = negotiate_new(&script->options), .lenient = script->lenient };
	char copy[8192], *next;

	snprintf(copy, sizeof(copy), "%s", script->text);
	for (char *line = copy; r.n && *line; line = next) {
		next = strchr(line, '\n');
		*next++ = '\0';
		step(&r, line);
	}
	if (!script->lenient && script->jid)
		ck_assert(strview_is(negotiate_jid(r.n), script->jid));
	negotiate_free(r.n);
}

struct negotiate_options negotiation_options(enum negotiate_tls tls)
{
	return (struct negotiate_options){
		.jid = SV("user@example.test"),
		.resource = SV("here"),
		.tls = tls,
	};
}

void negotiation_run(const struct negotiate_options *options, const char *text, const char *jid)
{
	struct script script = { *options, text, false, jid };

	run_once(&script);
	script.lenient = true;
	failmalloc_sweep(run_once, &script);
}
