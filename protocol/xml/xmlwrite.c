#include "protocol/xml/xmlwrite.h"

#include <errno.h>
#include <stdlib.h>

#include "protocol/base/ns.h"
#include "protocol/xml/xmlescape.h"

enum {
	MAX_DEPTH = 512,  /* this file recurses */
	MAX_ATTRS = 1024, /* receivers compare them pairwise */
	FEW_ATTRS = 16,	  /* up to here their order needs no memory, and so do we */
};

struct writer {
	struct buf *out;
	const struct xmlwrite_context *ctx;
	struct xmlwrite_issue issue;
};

static int refuse(struct writer *w, const struct elem *e, const char *text)
{
	w->issue = (struct xmlwrite_issue){ text, e };
	return -EINVAL;
}

/* before must end in the opening quote, an apostrophe. */
static void put_value(struct writer *w, const char *before, struct strview value)
{
	buf_put_str(w->out, before);
	xmlescape_attr(w->out, value, w->ctx->noncharacters);
	buf_put_char(w->out, '\'');
}

static bool is_stream(const struct writer *w, struct strview ns)
{
	return w->ctx->stream_prefix && strview_eq(ns, SV(XMLNS_STREAM));
}

static int compare_views(struct strview a, struct strview b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n ? memcmp(a.p, b.p, n) : 0;

	return r ? r : (a.n > b.n) - (a.n < b.n);
}

static int compare_attrs(const void *a, const void *b)
{
	const struct elem_attr *x = *(const struct elem_attr *const *)a;
	const struct elem_attr *y = *(const struct elem_attr *const *)b;
	int r = compare_views(x->name, y->name);

	return r ? r : compare_views(x->ns, y->ns);
}

static bool has_double(const struct elem_attr **attrs, size_t n, bool sorted)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k-- > 0;) {
			if (strview_eq(attrs[i]->name, attrs[k]->name) &&
			    strview_eq(attrs[i]->ns, attrs[k]->ns))
				return true;
			if (sorted)
				break;
		}
	return false;
}

/* A namespaced attribute; its prefix is numbered by the first attribute of that namespace. */
static void put_prefixed(struct writer *w, const struct elem_attr **attrs, size_t i)
{
	size_t first = 0;

	while (!strview_eq(attrs[first]->ns, attrs[i]->ns))
		first++;
	if (first == i) {
		buf_printf(w->out, " xmlns:ns%zu='", i);
		put_value(w, "", attrs[i]->ns);
	}
	buf_printf(w->out, " ns%zu:", first);
	buf_put_sv(w->out, attrs[i]->name);
	put_value(w, "='", attrs[i]->value);
}

static int put_one_attr(struct writer *w, const struct elem *e, const struct elem_attr **attrs,
			size_t i)
{
	const struct elem_attr *attr = attrs[i];

	if (!xml_is_ncname(attr->name))
		return refuse(w, e, "not a name that an attribute can have");
	if (strview_eq(attr->ns, SV(XMLNS_XMLNS)) ||
	    (attr->ns.n == 0 && strview_eq(attr->name, SV("xmlns"))))
		return refuse(w, e, "namespace declarations are no attributes");
	if (attr->ns.n && !is_stream(w, attr->ns) && !strview_eq(attr->ns, SV(XMLNS_XML))) {
		put_prefixed(w, attrs, i);
	} else {
		buf_put_char(w->out, ' ');
		if (attr->ns.n)
			buf_put_str(w->out, is_stream(w, attr->ns) ? "stream:" : "xml:");
		buf_put_sv(w->out, attr->name);
		put_value(w, "='", attr->value);
	}
	if (w->out->error == -EINVAL)
		return refuse(w, e, "an attribute has a character that XML cannot carry");
	return w->out->error;
}

static int put_ordered(struct writer *w, const struct elem *e, const struct elem_attr **attrs)
{
	bool sorted = w->ctx->sorted_attributes || e->n_attrs > FEW_ATTRS;
	int r = 0;

	for (size_t i = 0; i < e->n_attrs; i++)
		attrs[i] = &e->attrs[i];
	if (sorted)
		qsort(attrs, e->n_attrs, sizeof(*attrs), compare_attrs);
	if (has_double(attrs, e->n_attrs, sorted))
		return refuse(w, e, "an attribute occurs twice");
	for (size_t i = 0; i < e->n_attrs && !w->ctx->sorted_attributes; i++)
		attrs[i] = &e->attrs[i];
	for (size_t i = 0; i < e->n_attrs && r == 0; i++)
		r = put_one_attr(w, e, attrs, i);
	return r;
}

static int put_attrs(struct writer *w, const struct elem *e)
{
	const struct elem_attr *few[FEW_ATTRS], **many;
	int r;

	if (e->n_attrs <= FEW_ATTRS)
		return put_ordered(w, e, few);
	if (e->n_attrs > MAX_ATTRS)
		return refuse(w, e, "too many attributes");
	many = malloc(e->n_attrs * sizeof(*many));
	if (!many)
		return -ENOMEM;
	r = put_ordered(w, e, many);
	free(many);
	return r;
}

/* The prefix of e's own name, with its colon; declares the default namespace where it changes. */
static const char *element_prefix(const struct writer *w, const struct elem *e)
{
	if (is_stream(w, e->ns))
		return "stream:";
	return strview_eq(e->ns, SV(XMLNS_XML)) ? "xml:" : "";
}

static int put_elem(struct writer *w, const struct elem *e, struct strview default_ns,
		    unsigned depth);

static int put_children(struct writer *w, const struct elem *e, struct strview default_ns,
			unsigned depth)
{
	int r = 0;

	elem_for_each_node(it, e)
	{
		if (it->elem) {
			r = put_elem(w, it->elem, default_ns, depth + 1);
		} else {
			xmlescape_text(w->out, it->text, w->ctx->noncharacters);
			r = w->out->error;
			if (r == -EINVAL)
				r = refuse(w, e, "a text has a character that XML cannot carry");
		}
		if (r < 0)
			return r;
	}
	return r;
}

static int put_elem(struct writer *w, const struct elem *e, struct strview default_ns,
		    unsigned depth)
{
	const char *prefix = element_prefix(w, e);
	int r;

	if (depth >= MAX_DEPTH)
		return refuse(w, e, "nested too deeply");
	if (!xml_is_ncname(e->name))
		return refuse(w, e, "not a name that an element can have");
	if (strview_eq(e->ns, SV(XMLNS_XMLNS)))
		return refuse(w, e, "not a namespace that an element can have");
	buf_put_char(w->out, '<');
	buf_put_str(w->out, prefix);
	buf_put_sv(w->out, e->name);
	if (!*prefix && !strview_eq(e->ns, default_ns)) {
		default_ns = e->ns;
		put_value(w, " xmlns='", e->ns);
		if (w->out->error == -EINVAL)
			return refuse(w, e, "a namespace has a character that XML cannot carry");
	}
	r = put_attrs(w, e);
	if (r < 0)
		return r;
	if (!e->first) {
		buf_put_str(w->out, "/>");
		return w->out->error;
	}
	buf_put_char(w->out, '>');
	r = put_children(w, e, default_ns, depth);
	if (r < 0)
		return r;
	buf_put_str(w->out, "</");
	buf_put_str(w->out, prefix);
	buf_put_sv(w->out, e->name);
	buf_put_char(w->out, '>');
	return w->out->error;
}

int xmlwrite_elem(struct buf *out, const struct elem *e, const struct xmlwrite_context *ctx,
		  struct xmlwrite_issue *ret_issue)
{
	struct writer w = { .out = out, .ctx = ctx };
	size_t mark = out->n;
	int r;

	if (out->error)
		return out->error;
	r = put_elem(&w, e, ctx->default_ns, 0);
	if (r < 0) {
		out->n = mark;
		out->error = 0;
		if (r == -EINVAL && ret_issue)
			*ret_issue = w.issue;
	}
	return r;
}

static void put_header_attr(struct buf *out, const char *before, struct strview value)
{
	buf_put_str(out, before);
	xmlwrite_attr_value(out, value);
	buf_put_char(out, '\'');
}

int xmlwrite_header(struct buf *out, const struct xmlwrite_header *h)
{
	size_t mark = out->n;
	int r;

	if (out->error)
		return out->error;
	buf_put_str(out, "<?xml version='1.0'?><stream:stream");
	if (h->default_ns.n)
		put_header_attr(out, " xmlns='", h->default_ns);
	put_header_attr(out, " xmlns:stream='", SV(XMLNS_STREAM));
	/* this order is also the sorted one */
	if (h->from.p)
		put_header_attr(out, " from='", h->from);
	if (h->to.p)
		put_header_attr(out, " to='", h->to);
	if (h->version.p)
		put_header_attr(out, " version='", h->version);
	if (h->lang.p)
		put_header_attr(out, " xml:lang='", h->lang);
	buf_put_char(out, '>');
	r = out->error;
	if (r < 0) {
		out->n = mark;
		out->error = 0;
	}
	return r;
}

void xmlwrite_footer(struct buf *out)
{
	buf_put_str(out, "</stream:stream>");
}
