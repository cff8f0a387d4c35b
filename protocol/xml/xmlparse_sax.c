/* What libxml2 calls for what XMPP forbids, and for errors. */
#include <strings.h>

#include "protocol/xml/xmlparse_internal.h"

void xmlparse_fail(struct xmlparse *p, const char *condition, const char *why)
{
	if (xmlparse_over(p))
		return;
	p->condition = condition;
	p->why = why;
	if (p->ctxt)
		p->ctxt->disableSAX = 1;
}

void xmlparse_out_of_memory(struct xmlparse *p)
{
	p->no_memory = true;
	if (p->ctxt)
		p->ctxt->disableSAX = 1;
}

/*
 * In a callback. disableSAX is not enough in the prolog, where a document type declaration might
 * follow and would be obeyed.
 */
static void refuse(struct xmlparse *p, const char *condition, const char *why)
{
	xmlparse_fail(p, condition, why);
	xmlStopParser(p->ctxt);
}

static void on_start_document(void *user)
{
	struct xmlparse *p = user;

	if (p->ctxt->encoding && strcasecmp((const char *)p->ctxt->encoding, "UTF-8") != 0)
		refuse(p, "unsupported-encoding", "XMPP is UTF-8");
}

static void on_comment(void *user, const xmlChar *text)
{
	(void)text;
	refuse(user, "restricted-xml", "a comment");
}

static void on_instruction(void *user, const xmlChar *target, const xmlChar *data)
{
	(void)target;
	(void)data;
	refuse(user, "restricted-xml", "a processing instruction");
}

/* Comes before any declaration in it is parsed, so none ever takes effect. */
static void on_doctype(void *user, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	(void)name;
	(void)id;
	(void)system;
	refuse(user, "restricted-xml", "a document type declaration");
}

static const struct {
	int code;
	const char *condition, *why;
} errors[] = {
	{ XML_ERR_UNDECLARED_ENTITY, "restricted-xml", "an entity that is not predefined" },
	{ XML_WAR_UNDECLARED_ENTITY, "restricted-xml", "an entity that is not predefined" },
	{ XML_ERR_UNKNOWN_ENCODING, "unsupported-encoding", "XMPP is UTF-8" },
	{ XML_ERR_UNSUPPORTED_ENCODING, "unsupported-encoding", "XMPP is UTF-8" },
	{ XML_ERR_INVALID_ENCODING, "unsupported-encoding", "XMPP is UTF-8" },
	{ XML_ERR_TAG_NAME_MISMATCH, "not-well-formed", "an end tag of another element" },
	{ XML_ERR_ATTRIBUTE_REDEFINED, "not-well-formed", "an attribute occurs twice" },
	{ XML_NS_ERR_ATTRIBUTE_REDEFINED, "not-well-formed", "an attribute occurs twice" },
	{ XML_NS_ERR_UNDEFINED_NAMESPACE, "not-well-formed", "a prefix that is not bound" },
	{ XML_ERR_INVALID_CHAR, "not-well-formed", "a character that XML forbids" },
};

/* For errors of all levels. It must not stop the parser, which is not done with its input yet. */
static void on_error(void *user, xmlErrorPtr e)
{
	struct xmlparse *p = user;
	xmlParserInputState state = p->ctxt ? p->ctxt->instate : XML_PARSER_START;

	/* a namespace name that is no URI is a warning to us: servers pass them on */
	if (e->level == XML_ERR_WARNING || e->code == XML_WAR_NS_URI)
		return;
	if (e->code == XML_ERR_NO_MEMORY)
		return xmlparse_out_of_memory(p);
	if (state == XML_PARSER_COMMENT)
		return xmlparse_fail(p, "restricted-xml", "a comment");
	if (state == XML_PARSER_PI)
		return xmlparse_fail(p, "restricted-xml", "a processing instruction");
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (errors[i].code == e->code)
			return xmlparse_fail(p, errors[i].condition, errors[i].why);
	xmlparse_fail(p, "not-well-formed", NULL);
}

const xmlSAXHandler xmlparse_handler = {
	.initialized = XML_SAX2_MAGIC,
	.internalSubset = on_doctype,
	.startDocument = on_start_document,
	.startElementNs = xmlparse_on_start,
	.endElementNs = xmlparse_on_end,
	.characters = xmlparse_on_text,
	.ignorableWhitespace = xmlparse_on_text,
	.cdataBlock = xmlparse_on_text,
	.comment = on_comment,
	.processingInstruction = on_instruction,
	.serror = on_error,
};
