/*
 * XSOs through their JSON forms and back. Input that begins with a brace or quote is JSON as a
 * client would send it, everything else XML; whatever of it is taken has to come back: exactly from
 * raw and XML, from typed as the same typed text.
 */
#include <stdio.h>
#include <stdlib.h>

#include "ipc/json/xso_json.h"
#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse.h"
#include "protocol/xml/xmlwrite.h"
#include "tests/fuzz/fuzz.h"

static const struct xso_json_context context = { .default_ns = { "jabber:client", 13 } };

static void must(bool ok, const char *what, const struct buf *b)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %.*s\n", what, (int)b->n, b->p);
	abort();
}

static const struct elem *read_json(struct strview json, struct arena *a, struct fault **ret)
{
	json_t *value = json_loadb(json.p, json.n,
				   JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	const struct elem *e = NULL;

	if (value)
		*ret = xso_json_read(value, "", &context, false, a, &e);
	json_decref(value);
	return e;
}

/* What came in may hold noncharacters, which do not go out. */
static bool can_be_sent(const struct elem *e)
{
	CLEANUP(buf_done) struct buf xml = BUF_INIT;
	const struct xmlwrite_context ctx = { .default_ns = context.default_ns };

	return xmlwrite_elem(&xml, e, &ctx, NULL) == 0;
}

static void comes_back(const struct elem *e, enum xso_format format, struct arena *a)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT, again = BUF_INIT;
	CLEANUP(fault_unrefp) struct fault *invalid = NULL, *fault = NULL, *none = NULL;
	const struct elem *read;

	if (xso_json_write(&text, e, format, &context, a, &invalid) < 0) {
		must(format == XSO_XML, "not written", &text);
		return;
	}
	must(text.n > 0 && !memchr(text.p, '\n', text.n), "not a line", &text);
	if (invalid || !can_be_sent(e))
		return;
	read = read_json(buf_view(&text), a, &fault);
	must(read, fault ? fault->message : "not JSON", &text);
	if (format != XSO_TYPED) {
		must(elem_equal(e, read), "came back otherwise", &text);
		return;
	}
	must(xso_json_write(&again, read, format, &context, a, &none) == 0 && !none,
	     "cannot be taken again", &text);
	must(strview_eq(buf_view(&text), buf_view(&again)), "came back otherwise", &text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strview in = { (const char *)data, size };
	CLEANUP(fault_unrefp) struct fault *fault = NULL;
	const struct elem *e = NULL;
	const char *text;
	struct arena a;

	arena_init(&a, 64 << 20);
	if (size && (*data == '{' || *data == '"'))
		e = read_json(in, &a, &fault);
	else if (xmlparse_fragment(&a, in, context.default_ns, &e, &text) < 0)
		e = NULL;
	for (unsigned f = 0; f < XSO_FORMAT_COUNT_ && e; f++)
		comes_back(e, (enum xso_format)f, &a);
	arena_done(&a);
	return 0;
}
