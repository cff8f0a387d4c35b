#include "tests/unit/xmlfeed.h"

#include <stdlib.h>

#include "protocol/xml/xmlwrite.h"

static void log_field(struct buf *log, struct strview v, char after)
{
	if (v.p)
		buf_put_sv(log, v);
	else
		buf_put_char(log, '-');
	buf_put_char(log, after);
}

static void log_elem(struct buf *log, const struct elem *e)
{
	static const struct xmlwrite_context ctx = {
		.default_ns = { "jabber:client", 13 },
		.stream_prefix = true,
		.noncharacters = true,
	};
	struct xmlwrite_issue issue = { 0 };

	buf_put_str(log, "E ");
	if (xmlwrite_elem(log, e, &ctx, &issue) < 0)
		buf_printf(log, "(cannot be written: %s)", issue.text ? issue.text : "no memory");
	buf_put_char(log, '\n');
}

void xmlfeed_log(struct buf *log, const struct xmlparse_event *ev)
{
	switch (ev->what) {
	case XMLPARSE_HEADER:
		buf_put_str(log, "H ");
		log_field(log, ev->header.to, '|');
		log_field(log, ev->header.from, '|');
		log_field(log, ev->header.id, '|');
		log_field(log, ev->header.version, '|');
		log_field(log, ev->header.lang, '|');
		log_field(log, ev->header.default_ns, '\n');
		break;
	case XMLPARSE_ELEMENT:
		log_elem(log, ev->elem);
		break;
	case XMLPARSE_FOOTER:
		buf_put_str(log, "F\n");
		break;
	case XMLPARSE_FAULT:
		buf_printf(log, "! %s\n", ev->condition);
		break;
	}
}

int xmlfeed_push(struct xmlparse *p, struct strview in, struct buf *log)
{
	struct xmlparse_event ev;
	int r = 0;

	while (in.n && r == 0) {
		size_t n = in.n < XMLPARSE_MAX_PUSH ? in.n : XMLPARSE_MAX_PUSH;
		/* memory of its own, so that sanitizers see what is read behind or after it */
		char *piece = malloc(n);

		if (!piece)
			abort();
		memcpy(piece, in.p, n);
		r = xmlparse_push(p, (struct strview){ piece, n });
		free(piece);
		while (xmlparse_next(p, &ev))
			xmlfeed_log(log, &ev);
		in.p += n;
		in.n -= n;
	}
	return r;
}

int xmlfeed_cut(struct xmlparse *p, struct strview in, size_t max, unsigned *seed, struct buf *log)
{
	int r = 0;

	while (in.n && r == 0) {
		size_t n;

		*seed = *seed * 1103515245u + 12345u;
		n = 1 + (*seed >> 8) % max;
		if (n > in.n)
			n = in.n;
		r = xmlfeed_push(p, (struct strview){ in.p, n }, log);
		in.p += n;
		in.n -= n;
	}
	return r;
}
