#include "protocol/xml/xmlparse.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "protocol/xml/xmlparse_internal.h"

enum {
	BYTES_PER_ELEM = 256, /* of memory, a generous guess: two attributes and a text included */
	ARENA_SPARE = 1024 * 1024, /* stanzas of the same push */
};

static const struct xmlparse_limits default_limits = {
	.max_stanza_bytes = 4 * 1024 * 1024,
	.max_depth = 128,
	.max_elements = 100000,
	.max_attrs = 1024,
	.max_tag_bytes = 64 * 1024,
	.max_name_bytes = 1024,
	.max_header_bytes = 64 * 1024,
};

static void take_limit(size_t *to, size_t value)
{
	if (value)
		*to = value;
}

static struct xmlparse_limits effective(const struct xmlparse_limits *l)
{
	struct xmlparse_limits e = default_limits;

	if (!l)
		return e;
	take_limit(&e.max_stanza_bytes, l->max_stanza_bytes);
	take_limit(&e.max_depth, l->max_depth);
	take_limit(&e.max_elements, l->max_elements);
	take_limit(&e.max_attrs, l->max_attrs);
	take_limit(&e.max_tag_bytes, l->max_tag_bytes);
	take_limit(&e.max_name_bytes, l->max_name_bytes);
	take_limit(&e.max_header_bytes, l->max_header_bytes);
	return e;
}

/* What the trees of one push may take: a multiple of the bytes, and what each element costs. */
static size_t arena_cap(const struct xmlparse_limits *l)
{
	size_t bytes, elements;

	if (__builtin_mul_overflow(l->max_stanza_bytes, 4, &bytes) ||
	    __builtin_mul_overflow(l->max_elements, BYTES_PER_ELEM, &elements) ||
	    __builtin_add_overflow(bytes, elements, &bytes) ||
	    __builtin_add_overflow(bytes, ARENA_SPARE, &bytes))
		return SIZE_MAX;
	return bytes;
}

struct xmlparse *xmlparse_new(const struct xmlparse_limits *limits)
{
	struct xmlparse *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->limits = effective(limits);
	arena_init(&p->arenas[0], arena_cap(&p->limits));
	arena_init(&p->arenas[1], arena_cap(&p->limits));
	p->arena = &p->arenas[0];
	return p;
}

static void drop_context(struct xmlparse *p)
{
	if (!p->ctxt)
		return;
	xmlFreeDoc(p->ctxt->myDoc);
	xmlFreeParserCtxt(p->ctxt);
	p->ctxt = NULL;
}

static void drop_dict(struct xmlparse *p)
{
	if (p->old_dict)
		xmlDictFree(p->old_dict);
	p->old_dict = NULL;
}

void xmlparse_free(struct xmlparse *p)
{
	if (!p)
		return;
	drop_context(p);
	drop_dict(p);
	buf_done(&p->header);
	buf_done(&p->pieces);
	arena_done(&p->arenas[0]);
	arena_done(&p->arenas[1]);
	free(p);
}

/* All that was complete has been consumed: only what has begun must stay. */
static void forget_consumed(struct xmlparse *p)
{
	struct arena *other = p->arena == &p->arenas[0] ? &p->arenas[1] : &p->arenas[0];

	p->first = p->last = NULL;
	arena_reset(other);
	if (p->open)
		p->switch_arena = true;
	else
		arena_reset(p->arena);
	drop_dict(p);
	if (xmlparse_over(p))
		drop_context(p);
}

static bool make_context(struct xmlparse *p)
{
	p->ctxt = xmlCreatePushParserCtxt((xmlSAXHandler *)&xmlparse_handler, p, NULL, 0, NULL);
	if (!p->ctxt) {
		p->no_memory = true;
		return false;
	}
	/*
	 * NOENT: without it `&amp;` in an attribute is left as `&#38;`. No other entity can come to
	 * be declared, as the parser stops at a DOCTYPE, and there is no getEntity to ask.
	 */
	xmlCtxtUseOptions(p->ctxt, XML_PARSE_NONET | XML_PARSE_NOENT);
	if (!p->header_done)
		return true;
	p->depth = 0;
	p->chunk_cr = false;
	xmlParseChunk(p->ctxt, p->header.p, (int)p->header.n, 0);
	p->replaced = p->fed;
	p->dict_use = xmlDictGetUsage(p->ctxt->dict);
	if (p->depth != 1)
		p->no_memory = true; /* it was parsed before, so nothing else can be wrong */
	return !xmlparse_over(p);
}

/* How much more libxml2 may be given at once, 0 after a fault: a budget is used up. */
static size_t room(struct xmlparse *p)
{
	size_t limit = p->header_done ? p->limits.max_stanza_bytes : p->limits.max_header_bytes;
	size_t tag = p->limits.max_tag_bytes;
	size_t n;

	/* libxml2 may hold back up to 300 bytes of white space: nothing has begun */
	if (p->header_done && p->fed - p->begin >= limit && !xmlparse_in_element(p))
		p->begin = p->fed;
	n = (size_t)(p->fed - p->begin);
	if (n >= limit) {
		xmlparse_fail(p, "policy-violation",
			      p->header_done ? "a stanza is too large" : "the header is too large");
		return 0;
	}
	n = limit - n;
	/* libxml2 compares all attributes of a tag with each other when it has the whole of it */
	if (p->ctxt->instate == XML_PARSER_START_TAG) {
		size_t begun = xmlparse_unparsed(p).n;

		tag = begun < tag ? tag - begun : 0;
		if (tag == 0)
			xmlparse_fail(p, "policy-violation", "a start tag is too large");
	}
	return n < tag ? n : tag;
}

/*
 * Refuses comments and instructions as soon as they begin: libxml2 waits for their end, and looks
 * for it anew from the start in each chunk.
 */
static void refuse_begun(struct xmlparse *p)
{
	struct strview v = xmlparse_unparsed(p);
	xmlParserInputState state = p->ctxt->instate;

	if (state != XML_PARSER_CONTENT && state != XML_PARSER_MISC)
		return;
	if (strview_has_prefix(v, SV("<?")))
		xmlparse_fail(p, "restricted-xml", "a processing instruction");
	else if (strview_has_prefix(v, SV("<!-")))
		xmlparse_fail(p, "restricted-xml", "a comment");
}

/* Gives libxml2 some of v and takes it off v; `behind` bytes of the push come after v. */
static void feed(struct xmlparse *p, struct strview *v, size_t behind)
{
	size_t n;

	if (!p->ctxt && !make_context(p))
		return;
	n = room(p);
	if (n == 0)
		return;
	if (n > v->n)
		n = v->n;
	if (!p->header_done) {
		buf_put(&p->header, v->p, n);
		if (p->header.error) {
			p->no_memory = true;
			return;
		}
	}
	p->chunk_n = n;
	p->chunk_cr = v->p[n - 1] == '\r';
	p->behind = v->n - n + behind;
	p->fed += n;
	xmlParseChunk(p->ctxt, v->p, (int)n, 0);
	p->chunk_cr = false;
	if (p->replace) {
		n -= p->refeed;
		p->fed -= p->refeed;
		p->replace = false;
		p->old_dict = p->ctxt->dict;
		xmlDictReference(p->old_dict);
		drop_context(p);
	} else if (!xmlparse_over(p)) {
		refuse_begun(p);
		if (p->ctxt->disableSAX)
			xmlparse_fail(p, "not-well-formed", NULL);
	}
	v->p += n;
	v->n -= n;
}

/* No UTF-8: other encodings show in the first bytes (XML 1.0, appendix F). */
static void refuse_bytes(struct xmlparse *p, const char *bad)
{
	unsigned char c = (unsigned char)*bad;

	if (p->fed < 2 && (c == 0 || c >= 0xfe))
		xmlparse_fail(p, "unsupported-encoding", "XMPP is UTF-8");
	else
		xmlparse_fail(p, "not-well-formed", c ? "not UTF-8" : "a NUL byte");
}

int xmlparse_push(struct xmlparse *p, struct strview in)
{
	struct strview good;

	assert(in.n <= XMLPARSE_MAX_PUSH);
	forget_consumed(p);
	if (in.n == 0 || xmlparse_over(p))
		return p->no_memory ? -ENOMEM : 0;
	good = (struct strview){ in.p, utf8_check(&p->utf8, in) };
	in.n -= good.n;
	while (good.n && !xmlparse_over(p))
		feed(p, &good, in.n);
	if (in.n && !xmlparse_over(p))
		refuse_bytes(p, good.p);
	if (xmlparse_over(p) && !p->no_memory && p->ctxt && !p->old_dict) {
		/* no more use for it, but the names of complete elements are in its dictionary */
		p->old_dict = p->ctxt->dict;
		xmlDictReference(p->old_dict);
		drop_context(p);
	}
	return p->no_memory ? -ENOMEM : 0;
}

bool xmlparse_next(struct xmlparse *p, struct xmlparse_event *ret)
{
	if (p->no_memory)
		return false;
	if (p->header_done && !p->header_told) {
		*ret = (struct xmlparse_event){ .what = XMLPARSE_HEADER, .header = p->remote };
		p->header_told = true;
		return true;
	}
	if (p->first) {
		*ret = (struct xmlparse_event){ .what = XMLPARSE_ELEMENT,
						.elem = &p->first->open.elem,
						.rest = p->first->rest };
		p->first = p->first->next;
		if (!p->first)
			p->last = NULL;
		return true;
	}
	if (p->footer_done && !p->footer_told) {
		*ret = (struct xmlparse_event){ .what = XMLPARSE_FOOTER };
		p->footer_told = true;
		return true;
	}
	if (p->condition && !p->fault_told) {
		*ret = (struct xmlparse_event){ .what = XMLPARSE_FAULT,
						.condition = p->condition,
						.text = p->why };
		p->fault_told = true;
		return true;
	}
	return false;
}

bool xmlparse_in_element(const struct xmlparse *p)
{
	if (xmlparse_over(p))
		return false;
	if (!p->header_done)
		return p->fed > 0;
	if (p->open)
		return true;
	return p->ctxt && (p->ctxt->instate != XML_PARSER_CONTENT || /* in a CDATA section */
			   !strview_is_space(xmlparse_unparsed(p)));
}

void xmlparse_relax(struct xmlparse *p)
{
	if (p->first || xmlparse_in_element(p) || (!p->header_done && !xmlparse_over(p)))
		return;
	forget_consumed(p);
	buf_done(&p->pieces);
	drop_context(p);
	p->begin = p->fed;
}
