/* What libxml2 calls for tags and text: trees are built, and their shape kept in bounds. */
#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse_internal.h"

enum {
	/* A context is replaced when its dictionary has grown by this, but not more often than
	 * this. */
	DICT_GROWTH = 64 * 1024,
	REPLACE_AFTER = 64 * 1024,
	ARENA_SLACK = 64 * 1024, /* the arena's largest block: a failure within it is the cap's */
};

static struct strview view_of(const xmlChar *s)
{
	return strview_of((const char *)s);
}

static void *alloc(struct xmlparse *p, size_t n)
{
	void *mem = arena_alloc(p->arena, n);

	if (mem)
		return mem;
	if (p->arena->max - p->arena->used < n + ARENA_SLACK)
		xmlparse_fail(p, "policy-violation", "an element needs too much memory");
	else
		xmlparse_out_of_memory(p);
	return NULL;
}

static struct strview dup_value(struct xmlparse *p, struct strview v)
{
	char *to = alloc(p, v.n + 1);

	if (!to)
		return SV_NONE;
	memcpy(to, v.p, v.n);
	to[v.n] = '\0';
	return (struct strview){ to, v.n };
}

/* Where in the stream libxml2 is. */
static uint64_t position(const struct xmlparse *p)
{
	return p->fed - xmlparse_unparsed(p).n - p->chunk_cr;
}

/* Attributes as libxml2 hands them over: five pointers each. */
struct sax_attr {
	const xmlChar *name, *prefix, *ns, *value, *end;
};

static struct strview attr_value(const struct sax_attr *attr)
{
	return (struct strview){ (const char *)attr->value, (size_t)(attr->end - attr->value) };
}

static void read_header_attr(struct xmlparse *p, const struct sax_attr *attr)
{
	static const struct {
		const char *ns, *name;
		size_t offset;
	} known[] = {
		{ "", "to", offsetof(struct xmlparse_header, to) },
		{ "", "from", offsetof(struct xmlparse_header, from) },
		{ "", "id", offsetof(struct xmlparse_header, id) },
		{ "", "version", offsetof(struct xmlparse_header, version) },
		{ XMLNS_XML, "lang", offsetof(struct xmlparse_header, lang) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct strview *to = (void *)((char *)&p->remote + known[i].offset);

		if (strview_is(view_of(attr->name), known[i].name) &&
		    strview_is(view_of(attr->ns), known[i].ns))
			*to = dup_value(p, attr_value(attr));
	}
}

static void start_stream(struct xmlparse *p, struct strview ns, struct strview name,
			 const xmlChar *const *decls, size_t n_decls, const struct sax_attr *attrs,
			 size_t n_attrs)
{
	p->depth = 1;
	if (p->header_done)
		return; /* replayed */
	if (!p->fragment && !strview_eq(ns, SV(XMLNS_STREAM)))
		return xmlparse_fail(p, "invalid-namespace", "not a stream header's namespace");
	if (!p->fragment && !strview_eq(name, SV("stream")))
		return xmlparse_fail(p, "bad-format", "not a stream header");
	for (size_t i = 0; i < n_decls; i++)
		if (!decls[2 * i])
			p->remote.default_ns = dup_value(p, view_of(decls[2 * i + 1]));
	for (size_t i = 0; i < n_attrs; i++)
		read_header_attr(p, &attrs[i]);
	/* libxml2 stands before the `>` or `/>` */
	p->header.n = (size_t)position(p);
	p->begin = p->header.n + 1;
	buf_put_char(&p->header, '>');
	if (p->header.error)
		return xmlparse_out_of_memory(p);
	p->header_done = !xmlparse_over(p);
}

/* Puts what was text until now into the tree. */
static bool end_text(struct xmlparse *p)
{
	struct elem *e = &p->open->elem;
	struct elem_node *node = p->text;

	if (p->pieces.n) {
		char *joined = alloc(p, p->pieces.n);

		if (!joined)
			return false;
		memcpy(joined, p->pieces.p, p->pieces.n);
		node->text = (struct strview){ joined, p->pieces.n };
		buf_clear(&p->pieces);
	}
	if (e->last)
		e->last->next = node;
	else
		e->first = node;
	e->last = node;
	p->text = NULL;
	return true;
}

void xmlparse_on_text(void *user, const xmlChar *s, int n)
{
	struct xmlparse *p = user;
	struct strview piece = { (const char *)s, (size_t)n };

	if (xmlparse_over(p) || n <= 0)
		return;
	if (!p->open) {
		if (strview_is_space(piece))
			p->begin = position(p);
		else
			xmlparse_fail(p, "bad-format", "text between stanzas");
		return;
	}
	if (!p->text) {
		struct elem_node *node = alloc(p, sizeof(*node) + piece.n);

		if (!node)
			return;
		memcpy(node + 1, piece.p, piece.n);
		*node = (struct elem_node){ .text = { (const char *)(node + 1), piece.n } };
		p->text = node;
		return;
	}
	if (!p->pieces.n)
		buf_put_sv(&p->pieces, p->text->text);
	buf_put_sv(&p->pieces, piece);
	if (p->pieces.error)
		xmlparse_out_of_memory(p);
}

/* A new element with its attributes, in one piece of memory. */
static struct open_elem *make_elem(struct xmlparse *p, const struct sax_attr *attrs, size_t n_attrs)
{
	size_t head = p->open ? sizeof(struct open_elem) : sizeof(struct top_elem);
	size_t size = head + elem_attrs_room(n_attrs) * sizeof(struct elem_attr);
	struct open_elem *o;
	char *values;

	for (size_t i = 0; i < n_attrs; i++)
		size += attr_value(&attrs[i]).n;
	o = alloc(p, size);
	if (!o)
		return NULL;
	o->elem = (struct elem){ 0 };
	o->node = (struct elem_node){ .elem = &o->elem };
	o->elem.attrs = (void *)((char *)o + head);
	o->elem.n_attrs = n_attrs;
	values = (char *)(o->elem.attrs + elem_attrs_room(n_attrs));
	for (size_t i = 0; i < n_attrs; i++) {
		struct strview value = attr_value(&attrs[i]);

		memcpy(values, value.p, value.n);
		o->elem.attrs[i] = (struct elem_attr){
			.ns = view_of(attrs[i].ns),
			.name = view_of(attrs[i].name),
			.value = { values, value.n },
		};
		values += value.n;
	}
	return o;
}

static bool within_limits(struct xmlparse *p, const struct elem *e)
{
	const char *why = NULL;

	if (p->depth > p->limits.max_depth)
		why = "elements nested too deeply";
	else if (++p->n_elements > p->limits.max_elements)
		why = "too many elements in a stanza";
	else if (e->n_attrs > p->limits.max_attrs)
		why = "too many attributes";
	else if (e->name.n > p->limits.max_name_bytes)
		why = "a name is too long";
	for (size_t i = 0; i < e->n_attrs && !why; i++)
		if (e->attrs[i].name.n > p->limits.max_name_bytes)
			why = "a name is too long";
	if (why)
		xmlparse_fail(p, "policy-violation", why);
	return !why;
}

void xmlparse_on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns,
		       int n_decls, const xmlChar **decls, int n_attrs, int n_defaulted,
		       const xmlChar **attrs)
{
	struct xmlparse *p = user;
	struct open_elem *o;

	(void)prefix;
	(void)n_defaulted;
	if (xmlparse_over(p))
		return;
	if (p->depth == 0)
		return start_stream(p, view_of(ns), view_of(name), decls, (size_t)n_decls,
				    (const struct sax_attr *)attrs, (size_t)n_attrs);
	if (p->text && !end_text(p))
		return;
	if (!p->open && p->switch_arena) {
		p->arena = p->arena == &p->arenas[0] ? &p->arenas[1] : &p->arenas[0];
		p->switch_arena = false;
	}
	o = make_elem(p, (const struct sax_attr *)attrs, (size_t)n_attrs);
	if (!o)
		return;
	o->elem.name = view_of(name);
	/* libxml2 has each string once; most elements are in the namespace of their parent */
	o->elem.ns =
		p->open && p->open->elem.ns.p == (const char *)ns ? p->open->elem.ns : view_of(ns);
	if (!within_limits(p, &o->elem))
		return;
	o->parent = p->open;
	if (o->parent) {
		struct elem *parent = &o->parent->elem;

		if (parent->last)
			parent->last->next = &o->node;
		else
			parent->first = &o->node;
		parent->last = &o->node;
	}
	p->open = o;
	p->depth++;
}

/*
 * libxml2 never forgets a name: the context is stopped between two stanzas, before its dictionary
 * grows large, and the rest of the chunk is for the next.
 */
static void consider_replacing(struct xmlparse *p, size_t unparsed)
{
	size_t after = p->header.n > REPLACE_AFTER ? p->header.n : REPLACE_AFTER;

	if (p->fed - p->replaced < after || p->old_dict || unparsed > p->chunk_n)
		return;
	if (xmlDictGetUsage(p->ctxt->dict) < p->dict_use + DICT_GROWTH)
		return;
	p->replace = true;
	p->refeed = unparsed;
	xmlStopParser(p->ctxt);
}

static void end_top(struct xmlparse *p, struct top_elem *top)
{
	size_t unparsed = xmlparse_unparsed(p).n + p->chunk_cr;

	top->rest = unparsed + p->behind;
	top->next = NULL;
	if (p->last)
		p->last->next = top;
	else
		p->first = top;
	p->last = top;
	p->n_elements = 0;
	p->begin = p->fed - unparsed;
	consider_replacing(p, unparsed);
}

void xmlparse_on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
	struct xmlparse *p = user;
	struct open_elem *o = p->open;

	(void)name;
	(void)prefix;
	(void)ns;
	if (xmlparse_over(p))
		return;
	if (!o) {
		p->footer_done = true;
		p->ctxt->disableSAX = 1;
		return;
	}
	if (p->text && !end_text(p))
		return;
	p->open = o->parent;
	p->depth--;
	if (!p->open)
		end_top(p, (struct top_elem *)o);
}
