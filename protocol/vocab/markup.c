#include "protocol/vocab/markup.h"

#include "protocol/xso/xso_macros.h"

/* Positions count characters of the body, and `end` is not part of it. */
#define RANGE(T)                                                                                   \
	XSO_ATTR_INT(T, start, "start", xso_uint32, .flags = XSO_REQUIRED),                        \
		XSO_ATTR_INT(T, end, "end", xso_uint32, .flags = XSO_REQUIRED)

struct markup_span {
	struct xso xso;
	int64_t start, end;
	bool emphasis, strong, code, deleted;
};

static const struct xso_field markup_span_class_fields[] = {
	RANGE(struct markup_span),
	XSO_FLAG(struct markup_span, emphasis, "", "emphasis"),
	XSO_FLAG(struct markup_span, strong, "", "strong"),
	XSO_FLAG(struct markup_span, code, "", "code"),
	XSO_FLAG(struct markup_span, deleted, "", "deleted"),
};
XSO_CLASS(markup_span_class, struct markup_span, "markup_span", XMLNS_MARKUP, "span",
	  "How a part of a body is meant (XEP-0394)");

struct markup_bcode {
	struct xso xso;
	int64_t start, end;
	struct strview language;
};

static const struct xso_field markup_bcode_class_fields[] = {
	RANGE(struct markup_bcode),
	XSO_ATTR(struct markup_bcode, language, "language", xso_string),
};
XSO_CLASS(markup_bcode_class, struct markup_bcode, "markup_bcode", XMLNS_MARKUP, "bcode",
	  "A block of code (XEP-0394)");

struct markup_list {
	struct xso xso;
	int64_t start, end;
	bool ordered;
	struct xso_list lis; /* where items begin */
};

static const struct xso_field markup_list_class_fields[] = {
	RANGE(struct markup_list),
	XSO_ATTR_BOOL(struct markup_list, ordered, "ordered", xso_bool, XSO_DEFAULT("false")),
	XSO_ATTR_VALUES(struct markup_list, lis, "", "li", "start", xso_uint32),
};
XSO_CLASS(markup_list_class, struct markup_list, "markup_list", XMLNS_MARKUP, "list",
	  "A list; its items begin at `lis` (XEP-0394)");

struct markup_bquote {
	struct xso xso;
	int64_t start, end;
};

static const struct xso_field markup_bquote_class_fields[] = {
	RANGE(struct markup_bquote),
};
XSO_CLASS(markup_bquote_class, struct markup_bquote, "markup_bquote", XMLNS_MARKUP, "bquote",
	  "A quotation (XEP-0394)");

struct markup {
	struct xso xso;
	struct strview lang;
	struct xso_list spans, bcodes, lists, bquotes;
};

static const struct xso_field markup_class_fields[] = {
	XSO_LANG(struct markup, lang),
	XSO_MANY(struct markup, spans, markup_span_class, XMLNS_MARKUP, "span"),
	XSO_MANY(struct markup, bcodes, markup_bcode_class, XMLNS_MARKUP, "bcode"),
	XSO_MANY(struct markup, lists, markup_list_class, XMLNS_MARKUP, "list"),
	XSO_MANY(struct markup, bquotes, markup_bquote_class, XMLNS_MARKUP, "bquote"),
};
XSO_CLASS(markup_class, struct markup, "markup", XMLNS_MARKUP, "markup",
	  "Markup of the body of the same language (XEP-0394)");
