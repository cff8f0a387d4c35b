/*
 * The XML parser with any bytes: however they are cut, the same must come out, and what comes out
 * must be the same again when it is written and read. The first byte chooses the cuts.
 */
#include <stdio.h>
#include <stdlib.h>

#include "protocol/xml/xmlparse.h"
#include "protocol/xml/xmlwrite.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/xmlfeed.h"

/* Budgets small enough to be met. */
static const struct xmlparse_limits limits = {
	.max_stanza_bytes = 2000,
	.max_depth = 10,
	.max_elements = 50,
	.max_attrs = 10,
	.max_tag_bytes = 500,
	.max_name_bytes = 50,
	.max_header_bytes = 1000,
};

struct outcome {
	struct buf log;
	struct strview events; /* the log without the fault */
	bool waits;	       /* for the end of something */
};

static struct outcome run(struct strview in, size_t max, bool relax)
{
	struct outcome o = { .log = BUF_INIT };
	struct xmlparse *p = xmlparse_new(&limits);
	unsigned seed = (unsigned)max;

	if (!p)
		abort();
	while (in.n) {
		struct strview piece = { in.p, relax && in.n > 40 ? 40 : in.n };

		if (max ? xmlfeed_cut(p, piece, max, &seed, &o.log)
			: xmlfeed_push(p, piece, &o.log))
			abort();
		if (relax)
			xmlparse_relax(p);
		in.p += piece.n;
		in.n -= piece.n;
	}
	o.waits = xmlparse_in_element(p);
	xmlparse_free(p);
	o.events = buf_view(&o.log);
	for (size_t i = o.log.n; i-- > 0;) /* it comes last */
		if (o.log.p[i] == '!' && (i == 0 || o.log.p[i - 1] == '\n')) {
			o.events.n = i;
			break;
		}
	return o;
}

static void compare(const struct outcome *a, const struct outcome *b)
{
	bool same = strview_eq(a->events, b->events);

	/*
	 * In small pieces libxml2 may wait for more where it sees a fault in larger ones, and of
	 * two faults it may see the second first, as it holds text back.
	 */
	if ((a->events.n == a->log.n) != (b->events.n == b->log.n))
		same = same && (a->waits || b->waits);
	if (same)
		return;
	fprintf(stderr, "different:\n%.*s---\n%.*s", (int)a->log.n, a->log.p, (int)b->log.n,
		b->log.p);
	abort();
}

static void write_and_read_again(struct strview in)
{
	static const struct xmlwrite_context ctx = { .noncharacters = true };
	struct arena a = { 0 };
	struct buf out = BUF_INIT;
	const struct elem *e, *again;
	const char *text;

	if (xmlparse_fragment(&a, in, SV_NONE, &e, &text) == 0) {
		if (xmlwrite_elem(&out, e, &ctx, NULL) ||
		    xmlparse_fragment(&a, buf_view(&out), SV_NONE, &again, &text) ||
		    !elem_equal(e, again))
			abort();
	}
	buf_done(&out);
	arena_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, bytes, cut;
	struct strview in = { (const char *)data + 1, size - 1 };

	if (size == 0)
		return 0;
	whole = run(in, 0, false);
	bytes = run(in, 1, data[0] & 1);
	cut = run(in, 2 + data[0] / 2, data[0] & 1);
	compare(&whole, &bytes);
	compare(&whole, &cut);
	write_and_read_again(in);
	buf_done(&whole.log);
	buf_done(&bytes.log);
	buf_done(&cut.log);
	return 0;
}
