#include "tests/unit/xso_samples.h"

#include "protocol/xso/xso_macros.h"

static const struct strview colours[] = { XSO_SV("red"), XSO_SV("green") };
static const struct xso_type colour = XSO_ENUM_TYPE("colour", colours);
static const struct strview moods[] = { XSO_SV("happy"), XSO_SV("sad") };
static const struct xso_type mood = XSO_ENUM_TYPE("mood", moods);

static const struct xso_field sample_part_class_fields[] = {
	XSO_ATTR(struct sample_part, id, "id", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR_INT(struct sample_part, size, "size", xso_uint8),
	XSO_MANY(struct sample_part, parts, sample_part_class, XMLNS_PART, "part",
		 .flags = XSO_STRICT),
};
XSO_CLASS(sample_part_class, struct sample_part, "part", XMLNS_PART, "part", "Part");

static const struct xso_field sample_lax_class_fields[] = {
	XSO_ATTR(struct sample_part, id, "id", xso_string, .flags = XSO_REQUIRED),
};
XSO_CLASS(sample_lax_class, struct sample_part, "lax", XMLNS_PART, "lax",
	  "Part that may be broken");

static const struct xso_field sample_copy_class_fields[] = {
	XSO_ATTR(struct sample_part, id, "id", xso_string),
};
XSO_CLASS(sample_copy_class, struct sample_part, "copy", XMLNS_PART, "copy", "Of the account only");

static const struct xso_field sample_result_class_fields[] = {
	XSO_ATTR(struct sample_part, id, "id", xso_string),
};
XSO_CLASS(sample_result_class, struct sample_part, "result", XMLNS_PART, "result",
	  "Of archives only");

static const struct xso_field sample_class_fields[] = {
	XSO_ATTR(struct sample, title, "title", xso_string),
	XSO_ATTR_ENUM(struct sample, colour, "colour", colour, XSO_DEFAULT("green")),
	XSO_ATTR_INT(struct sample, level, "level", xso_uint8, .flags = XSO_LENIENT),
	XSO_ATTR_BOOL(struct sample, on, "on", xso_bool, XSO_DEFAULT("true")),
	XSO_LANG(struct sample, lang),
	XSO_CHILD_TEXT(struct sample, jid, "", "jid", xso_jid,
		       XSO_EXTRA_ATTR(struct sample, jid_node, "", "node")),
	XSO_CHILD_ENUM(struct sample, shade, "", "shade", colour, .flags = XSO_LENIENT),
	XSO_CHILD_INT(struct sample, count, "", "count", xso_int, XSO_DEFAULT("7")),
	XSO_CHILD_BOOL(struct sample, yes, "", "yes", xso_bool),
	XSO_CHILD_ATTR(struct sample, stamp, "", "stamp", "at", xso_datetime,
		       XSO_DEFAULT("1970-01-01T00:00:00Z")),
	XSO_FLAG(struct sample, loud, "", "loud"),
	XSO_LANG_TEXTS(struct sample, notes, "note", "", "note"),
	XSO_VALUES(struct sample, sizes, "", "size", xso_uint16),
	XSO_ATTR_VALUES(struct sample, speaks, "", "speaks", "lang", xso_language,
			.flags = XSO_LENIENT),
	XSO_STRINGS(struct sample, hosts, "", "hosts", "host", xso_location),
	XSO_STRINGS(struct sample, scores, "", "scores", "score", xso_int,
		    .extra = XSO_TAG("", "n")),
	XSO_MAP(struct sample, headers, "", "header", "name", xso_int),
	XSO_ONE(struct sample, part, struct sample_part, sample_part_class, XMLNS_PART, "part",
		.flags = XSO_STRICT),
	XSO_ONE(struct sample, lax, struct sample_part, sample_lax_class, XMLNS_PART, "lax"),
	XSO_CHILD_TAG(struct sample, mood, XMLNS_MOOD, mood, XSO_EXTRA(struct sample, mood_text)),
	XSO_ANY(struct sample, any, .flags = XSO_STRICT),
};
XSO_CLASS(sample_class, struct sample, "sample", XMLNS_SAMPLE, "sample", "Of all kinds");

static const struct xso_field sample_total_class_fields[] = {
	XSO_TEXT_AS(int64_t, struct sample_total, total, xso_uint8),
};
XSO_CLASS(sample_total_class, struct sample_total, "total", XMLNS_SAMPLE, "total", "A number");

static const struct xso_field sample_lax_total_class_fields[] = {
	XSO_TEXT_AS(int64_t, struct sample_total, total, xso_uint8, .flags = XSO_LENIENT,
		    XSO_DEFAULT("9")),
};
XSO_CLASS(sample_lax_total_class, struct sample_total, "lax_total", XMLNS_SAMPLE, "lax-total",
	  "Perhaps one");

static const struct xso_field sample_closed_class_fields[] = {
	XSO_ATTR(struct sample_part, id, "id", xso_string),
};
XSO_CLASS(sample_closed_class, struct sample_part, "closed", XMLNS_SAMPLE, "closed",
	  "With nothing else", .refuse = XSO_REFUSE_ATTRS | XSO_REFUSE_CHILDREN | XSO_REFUSE_TEXT);

static const struct xso_field sample_envelope_class_fields[] = {
	XSO_ONE(struct sample_envelope, copy, struct sample_part, sample_copy_class, XMLNS_PART,
		"copy", .flags = XSO_FROM_ACCOUNT),
	XSO_ONE(struct sample_envelope, result, struct sample_part, sample_result_class, XMLNS_PART,
		"result", .flags = XSO_FROM_ARCHIVE),
};
XSO_CLASS(sample_envelope_class, struct sample_envelope, "envelope", "", "envelope",
	  "With a sender", .top_only = true);

static const struct xso_field sample_ruled_class_fields[] = {
	XSO_ATTR_ENUM(struct sample_ruled, colour, "colour", colour),
	XSO_FLAG(struct sample_ruled, loud, "", "loud"),
	XSO_CHILD_TEXT(struct sample_ruled, a, "", "a", xso_string),
	XSO_CHILD_TEXT(struct sample_ruled, b, "", "b", xso_string),
	XSO_CHILD_TEXT(struct sample_ruled, c, "", "c", xso_string),
};
static const struct xso_rule rules[] = {
	{ .field = "colour", .is = { "red" }, .needs = { "a", "b" }, .text = "red needs both" },
	{
		.field = "colour",
		.is = { "green" },
		.needs = { "c" },
		.or_other = true,
		.text = "green needs something",
	},
	{ .field = "loud", .is = { "true" }, .bars = { "c", "other" }, .text = "loud is alone" },
};
XSO_CLASS(sample_ruled_class, struct sample_ruled, "ruled", XMLNS_SAMPLE, "ruled", "By rules",
	  XSO_RULES(rules));

XSO_CLASS_EMPTY(sample_mark_class, "mark", XMLNS_PART, "mark", "That it is there");
XSO_CLASS_EMPTY(sample_sign_class, "sign", XMLNS_PART, "sign", "That they are there");

static const struct xso_field sample_more_class_fields[] = {
	XSO_ONE(struct sample_more, mark, struct xso, sample_mark_class, XMLNS_PART, "mark"),
	XSO_MANY(struct sample_more, signs, sample_sign_class, XMLNS_PART, "sign"),
	XSO_MAP(struct sample_more, words, "", "word", "key", xso_string),
	XSO_ATTR_VALUES(struct sample_more, flags, "", "flag", "on", xso_bool),
	XSO_VALUES(struct sample_more, colours, "", "colour", colour),
	XSO_STRINGS(struct sample_more, answers, "", "answers", "answer", xso_bool),
	XSO_LANG_TEXTS(struct sample_more, names, "name", "", "name"),
	XSO_CHILD_TAG(struct sample_more, state, XMLNS_MOOD, mood,
		      .flags = XSO_REQUIRED | XSO_OPEN),
};
XSO_CLASS(sample_more_class, struct sample_more, "more", XMLNS_SAMPLE, "more", "Of more kinds");

const struct xso_registry *xso_samples(void)
{
	static const struct xso_class *const classes[] = {
		&sample_class,		&sample_part_class,	 &sample_lax_class,
		&sample_total_class,	&sample_lax_total_class, &sample_closed_class,
		&sample_envelope_class, &sample_ruled_class,	 &sample_copy_class,
		&sample_result_class,	&sample_mark_class,	 &sample_sign_class,
		&sample_more_class,
	};
	static const struct xso_class *room[XSO_REGISTRY_ROOM(ARRAY_SIZE(classes))];
	static struct xso_registry registry = {
		.classes = classes,
		.n_classes = ARRAY_SIZE(classes),
	};

	if (!registry.slots)
		xso_registry_index(&registry, room);
	return &registry;
}
