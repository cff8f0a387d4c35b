#include "protocol/vocab/chat.h"

#include "protocol/vocab/id_element.h"

/* XEP-0131; a name may come more than once */
struct header {
	struct xso xso;
	struct strview name, value;
};

static const struct xso_field header_class_fields[] = {
	XSO_ATTR(struct header, name, "name", xso_string, .flags = XSO_REQUIRED),
	XSO_TEXT(struct header, value, xso_string),
};
XSO_CLASS(header_class, struct header, "header", XMLNS_SHIM, "header",
	  "A header of a stanza (XEP-0131)");

struct headers {
	struct xso xso;
	struct xso_list headers;
};

static const struct xso_field headers_class_fields[] = {
	XSO_MANY(struct headers, headers, header_class, XMLNS_SHIM, "header"),
};
XSO_CLASS(headers_class, struct headers, "headers", XMLNS_SHIM, "headers",
	  "Headers of a stanza (XEP-0131)");

/* XEP-0144: also an iq's payload */
struct rosterx_item {
	struct xso xso;
	unsigned action;
	struct strview jid, name;
	struct xso_list groups;
};

static const struct strview rosterx_actions[] = {
	XSO_SV("add"),
	XSO_SV("delete"),
	XSO_SV("modify"),
};
static const struct xso_type rosterx_action = XSO_ENUM_TYPE("roster action", rosterx_actions);

static const struct xso_field rosterx_item_class_fields[] = {
	XSO_ATTR_ENUM(struct rosterx_item, action, "action", rosterx_action, XSO_DEFAULT("add")),
	XSO_ATTR(struct rosterx_item, jid, "jid", xso_jid, .flags = XSO_REQUIRED),
	XSO_ATTR(struct rosterx_item, name, "name", xso_string),
	XSO_VALUES(struct rosterx_item, groups, "", "group", xso_string),
};
XSO_CLASS(rosterx_item_class, struct rosterx_item, "rosterx_item", XMLNS_ROSTERX, "item",
	  "A contact that is suggested (XEP-0144)");

struct rosterx {
	struct xso xso;
	struct xso_list items;
};

static const struct xso_field rosterx_class_fields[] = {
	XSO_MANY(struct rosterx, items, rosterx_item_class, XMLNS_ROSTERX, "item"),
};
XSO_CLASS(rosterx_class, struct rosterx, "rosterx", XMLNS_ROSTERX, "x",
	  "Suggested changes of the roster (XEP-0144)");

XSO_CLASS_ID(receipt_received_class, "receipt_received", XMLNS_RECEIPTS, "received",
	     "That a message was received (XEP-0184)");
XSO_CLASS_ID(replace_class, "replace", XMLNS_CORRECT, "replace",
	     "The message that this one corrects (XEP-0308)");
XSO_CLASS_ID(displayed_class, "displayed", XMLNS_MARKERS, "displayed",
	     "That all messages up to one were shown (XEP-0333)");
XSO_CLASS_ID(marker_received_class, "marker_received", XMLNS_MARKERS, "received",
	     "That all messages up to one were received (XEP-0333, before 0.5)");
XSO_CLASS_ID(acknowledged_class, "acknowledged", XMLNS_MARKERS, "acknowledged",
	     "That all messages up to one were read (XEP-0333, before 0.5)");
XSO_CLASS_ID(attach_to_class, "attach_to", XMLNS_ATTACH, "attach-to",
	     "The message that this one belongs to (XEP-0367)");

struct referenced_stanza {
	struct xso xso;
	struct strview id, by;
};

static const struct xso_field referenced_stanza_class_fields[] = {
	XSO_ATTR(struct referenced_stanza, id, "id", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR(struct referenced_stanza, by, "by", xso_jid),
};
XSO_CLASS(referenced_stanza_class, struct referenced_stanza, "referenced_stanza", XMLNS_SID,
	  "referenced-stanza", "Another stanza, by its stanza_id (XEP-0359)");

/* XEP-0372 wants a uri, which XEP-0385 leaves out */
struct reference {
	struct xso xso;
	struct strview type, uri, anchor;
	int64_t begin, end;
};

static const struct xso_field reference_class_fields[] = {
	XSO_ATTR(struct reference, type, "type", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR(struct reference, uri, "uri", xso_uri),
	XSO_ATTR(struct reference, anchor, "anchor", xso_uri),
	XSO_ATTR_INT(struct reference, begin, "begin", xso_uint32),
	XSO_ATTR_INT(struct reference, end, "end", xso_uint32),
};
XSO_CLASS(reference_class, struct reference, "reference", XMLNS_REFERENCE, "reference",
	  "What a part of a body refers to (XEP-0372)");

struct encryption {
	struct xso xso;
	struct strview namespace, name;
};

static const struct xso_field encryption_class_fields[] = {
	XSO_ATTR(struct encryption, namespace, "namespace", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR(struct encryption, name, "name", xso_string),
};
XSO_CLASS(encryption_class, struct encryption, "encryption", XMLNS_EME, "encryption",
	  "How a message is encrypted (XEP-0380)");

struct fallback_region {
	struct xso xso;
	int64_t start, end;
};

#define FALLBACK_CLASS(class, kind_name, element, text)                                            \
	static const struct xso_field class##_fields[] = {                                         \
		XSO_ATTR_INT(struct fallback_region, start, "start", xso_uint32),                  \
		XSO_ATTR_INT(struct fallback_region, end, "end", xso_uint32),                      \
	};                                                                                         \
	XSO_CLASS(class, struct fallback_region, kind_name, XMLNS_FALLBACK, element, text)
FALLBACK_CLASS(fallback_body_class, "fallback_body", "body",
	       "A part of the body, or all of it (XEP-0428)");
FALLBACK_CLASS(fallback_subject_class, "fallback_subject", "subject",
	       "A part of the subject, or all of it (XEP-0428)");

struct fallback {
	struct xso xso;
	struct strview of;
	struct xso_list bodies, subjects;
};

static const struct xso_field fallback_class_fields[] = {
	XSO_FIELD_NAMED(ATTR, struct fallback, of, "for", struct strview, .tag = XSO_TAG("", "for"),
			.type = &xso_string),
	XSO_MANY(struct fallback, bodies, fallback_body_class, XMLNS_FALLBACK, "body"),
	XSO_MANY(struct fallback, subjects, fallback_subject_class, XMLNS_FALLBACK, "subject"),
};
XSO_CLASS(fallback_class, struct fallback, "fallback", XMLNS_FALLBACK, "fallback",
	  "What is there only for those who lack an extension (XEP-0428)");

struct reactions {
	struct xso xso;
	struct strview id;
	struct xso_list reactions;
};

static const struct xso_field reactions_class_fields[] = {
	XSO_ATTR(struct reactions, id, "id", xso_string, .flags = XSO_REQUIRED),
	XSO_VALUES(struct reactions, reactions, "", "reaction", xso_string),
};
XSO_CLASS(reactions_class, struct reactions, "reactions", XMLNS_REACTIONS, "reactions",
	  "All reactions of the sender to a message (XEP-0444)");

struct reply {
	struct xso xso;
	struct strview to, id;
};

static const struct xso_field reply_class_fields[] = {
	XSO_ATTR(struct reply, to, "to", xso_jid),
	XSO_ATTR(struct reply, id, "id", xso_string, .flags = XSO_REQUIRED),
};
XSO_CLASS(reply_class, struct reply, "reply", XMLNS_REPLY, "reply",
	  "The message that this one answers (XEP-0461)");
