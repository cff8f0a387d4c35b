/* One element on its own: the stream parser, with a root made up for it. */
#include <errno.h>

#include "protocol/xml/xmlparse_internal.h"
#include "protocol/xml/xmlwrite.h"

enum {
	FRAGMENT_DEPTH = 300,
};

struct fragment {
	struct xmlparse *parser;
	struct arena *arena; /* of the result */
	const struct elem *elem;
	const char *text; /* what is wrong */
};

static int refuse(struct fragment *f, const char *text)
{
	f->text = text;
	return -EINVAL;
}

static int push(struct fragment *f, struct strview in)
{
	struct xmlparse_event ev;
	int r = xmlparse_push(f->parser, in);

	while (r == 0 && xmlparse_next(f->parser, &ev)) {
		switch (ev.what) {
		case XMLPARSE_HEADER:
			break;
		case XMLPARSE_ELEMENT:
			if (f->elem)
				return refuse(f, "more than one element");
			f->elem = elem_copy(f->arena, ev.elem);
			if (!f->elem)
				return -ENOMEM;
			break;
		case XMLPARSE_FOOTER:
			return refuse(f, "an end tag without a start tag");
		case XMLPARSE_FAULT:
			return refuse(f, ev.text ? ev.text : "not well-formed");
		}
	}
	return r;
}

static int push_root(struct fragment *f, struct strview default_ns)
{
	CLEANUP(buf_done) struct buf root = BUF_INIT;

	buf_put_str(&root, "<root xmlns='");
	xmlwrite_attr_value(&root, default_ns);
	buf_put_str(&root, "'>");
	if (root.error == -EINVAL || root.n > XMLPARSE_MAX_PUSH)
		return refuse(f, "not a namespace");
	return root.error ? root.error : push(f, buf_view(&root));
}

static int push_all(struct fragment *f, struct strview in)
{
	int r = 0;

	while (in.n && r == 0) {
		size_t n = in.n < XMLPARSE_MAX_PUSH ? in.n : XMLPARSE_MAX_PUSH;

		r = push(f, (struct strview){ in.p, n });
		in.p += n;
		in.n -= n;
	}
	if (r == 0 && xmlparse_in_element(f->parser))
		return refuse(f, "ends before its element does");
	if (r == 0 && !f->elem)
		return refuse(f, "no element");
	return r;
}

int xmlparse_fragment(struct arena *a, struct strview in, struct strview default_ns,
		      const struct elem **ret, const char **ret_text)
{
	struct xmlparse_limits limits = { .max_depth = FRAGMENT_DEPTH };
	struct fragment f = { .arena = a };
	int r;

	/* its size is the business of whoever read it; white space before it counts, too */
	if (__builtin_add_overflow(in.n, 1, &limits.max_stanza_bytes))
		return -ENOMEM;
	f.parser = xmlparse_new(&limits);
	if (!f.parser)
		return -ENOMEM;
	f.parser->fragment = true;
	r = push_root(&f, default_ns);
	if (r == 0)
		r = push_all(&f, in);
	xmlparse_free(f.parser);
	if (r == 0)
		*ret = f.elem;
	else if (r == -EINVAL)
		*ret_text = f.text;
	return r;
}
