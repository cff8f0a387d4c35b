#include "ipc/json/schema_props.h"

#include "ipc/json/jsonw.h"
#include "ipc/json/schema.h"
#include "protocol/xso/xso_macros.h"

struct writer {
	struct buf *out;
	const struct xso_registry *registry;
};

struct strview schema_props_name(const struct xso_field *f)
{
	return f->kind == XSO_KIND_LANG_TEXTS ? f->extra_name : f->name;
}

static void put_key(struct writer *w, struct strview name)
{
	jsonw_string(w->out, name);
	buf_put_char(w->out, ':');
}

static void put_type(struct writer *w, const char *type)
{
	jsonw_member_cstr(w->out, "type", type);
}

void schema_props_value(struct buf *out, const struct xso_field *f, struct strview text)
{
	const struct xso_type *t = f->kind == XSO_KIND_FLAG ? &xso_bool : f->type;
	union xso_value v;

	switch (t->store) {
	case XSO_STORE_STR:
	case XSO_STORE_ENUM:
		jsonw_string(out, text);
		break;
	case XSO_STORE_INT:
		if (xso_type_parse(t, text, NULL, &v.number) == 0)
			jsonw_int(out, v.number);
		break;
	case XSO_STORE_BOOL:
		if (xso_type_parse(t, text, NULL, &v.boolean) == 0)
			jsonw_bool(out, v.boolean);
		break;
	}
}

void schema_props_flags(struct buf *out, unsigned flags)
{
	bool account = flags & XSO_FROM_ACCOUNT, archive = flags & XSO_FROM_ARCHIVE;

	if (flags & XSO_LENIENT)
		jsonw_member_bool(out, SCHEMA_LENIENT, true);
	if (flags & XSO_STRICT)
		jsonw_member_bool(out, SCHEMA_STRICT, true);
	if (!account && !archive)
		return;
	jsonw_key(out, SCHEMA_FROM);
	if (account && archive)
		jsonw_begin_array(out);
	if (account)
		jsonw_cstr(out, SCHEMA_ACCOUNT);
	if (archive)
		jsonw_cstr(out, SCHEMA_ARCHIVE);
	if (account && archive)
		jsonw_end_array(out);
}

static void put_names(struct writer *w, const char *key, const struct xso_type *t)
{
	jsonw_key(w->out, key);
	jsonw_begin_array(w->out);
	for (size_t i = 0; i < t->n_names; i++)
		if (t->names[i].n)
			jsonw_string(w->out, t->names[i]);
	jsonw_end_array(w->out);
}

/* What says which values there are. */
static void put_scalar(struct writer *w, const struct xso_type *t)
{
	const struct schema_type *words = schema_type_of(t);

	put_type(w, words ? words->json : "string");
	if (words && words->format)
		jsonw_member_cstr(w->out, "format", words->format);
	if (words && words->encoding)
		jsonw_member_cstr(w->out, "contentEncoding", words->encoding);
	if (t->store == XSO_STORE_ENUM)
		put_names(w, "enum", t);
	if (t->store == XSO_STORE_INT) {
		jsonw_key(w->out, "minimum");
		jsonw_int(w->out, t->min);
		jsonw_key(w->out, "maximum");
		jsonw_int(w->out, t->max);
	}
}

static void xml_begin(struct writer *w, const char *node_type)
{
	jsonw_key(w->out, "xml");
	jsonw_begin_object(w->out);
	if (node_type)
		jsonw_member_cstr(w->out, SCHEMA_NODE_TYPE, node_type);
}

static void put_tag(struct writer *w, const struct xso_tag *tag)
{
	jsonw_member(w->out, "name", tag->name);
	if (tag->ns.n)
		jsonw_member(w->out, "namespace", tag->ns);
}

/* The name of an attribute as in attrs of raw. */
static void put_attr(struct writer *w, const char *key, const struct xso_tag *tag)
{
	jsonw_key(w->out, key);
	buf_put_char(w->out, '"');
	if (strview_is(tag->ns, XMLNS_XML)) {
		buf_put_str(w->out, "xml:");
	} else if (tag->ns.n) {
		buf_put_char(w->out, '{');
		jsonw_escape(w->out, tag->ns);
		buf_put_char(w->out, '}');
	}
	jsonw_escape(w->out, tag->name);
	buf_put_char(w->out, '"');
}

static void begin_property(struct writer *w, struct strview name)
{
	put_key(w, name);
	jsonw_begin_object(w->out);
}

/* Up to what xml says of a field with one value. */
static void begin_value(struct writer *w, const struct xso_field *f, const char *node_type)
{
	begin_property(w, f->name);
	put_scalar(w, f->type);
	if (f->absent.p) {
		jsonw_key(w->out, "default");
		schema_props_value(w->out, f, f->absent);
	}
	xml_begin(w, node_type);
}

/* The end of a property and of its xml, with flags that say how the field is read. */
static void end_value(struct writer *w, const struct xso_field *f)
{
	schema_props_flags(w->out, f->flags);
	jsonw_end_object(w->out);
	jsonw_end_object(w->out);
}

/* A property of its own for what comes with a field. */
static void put_extra(struct writer *w, struct strview name, const char *node_type,
		      const struct xso_tag *tag, struct strview of)
{
	begin_property(w, name);
	put_type(w, "string");
	xml_begin(w, node_type);
	if (tag)
		put_tag(w, tag);
	jsonw_member(w->out, SCHEMA_OF, of);
	jsonw_end_object(w->out);
	jsonw_end_object(w->out);
}

static void write_attr(struct writer *w, const struct xso_field *f)
{
	begin_value(w, f, "attribute");
	put_tag(w, &f->tag);
	end_value(w, f);
}

static void write_text(struct writer *w, const struct xso_field *f)
{
	begin_value(w, f, "text");
	end_value(w, f);
}

static void write_child_text(struct writer *w, const struct xso_field *f)
{
	begin_value(w, f, NULL);
	put_tag(w, &f->tag);
	if (f->type->store == XSO_STORE_BOOL)
		jsonw_member_cstr(w->out, SCHEMA_VALUE, "text");
	end_value(w, f);
	if (f->extra_offset)
		put_extra(w, f->extra_name, "attribute", &f->extra, f->name);
}

static void write_child_attr(struct writer *w, const struct xso_field *f)
{
	begin_value(w, f, NULL);
	put_tag(w, &f->tag);
	put_attr(w, SCHEMA_ATTRIBUTE, &f->extra);
	end_value(w, f);
}

static void write_flag(struct writer *w, const struct xso_field *f)
{
	begin_property(w, f->name);
	put_type(w, "boolean");
	xml_begin(w, NULL);
	put_tag(w, &f->tag);
	end_value(w, f);
}

/* {lang, text} */
static void put_text_items(struct writer *w)
{
	jsonw_key(w->out, "items");
	jsonw_raw(w->out, SV("{\"type\":\"object\",\"properties\":{\"lang\":{\"type\":\"string\"},"
			     "\"text\":{\"type\":\"string\"}},\"required\":[\"text\"],"
			     "\"additionalProperties\":false}"));
}

static void write_lang_texts(struct writer *w, const struct xso_field *f)
{
	static const struct xso_tag lang = { XSO_SV(XMLNS_XML), XSO_SV("lang"), XSO_MARK("lang") };

	begin_property(w, f->extra_name);
	put_scalar(w, f->type);
	xml_begin(w, NULL);
	put_tag(w, &f->tag);
	end_value(w, f);
	put_extra(w, f->lang_name, "attribute", &lang, f->extra_name);
	begin_property(w, f->name);
	put_type(w, "array");
	put_text_items(w);
	xml_begin(w, NULL);
	jsonw_member(w->out, SCHEMA_OF, f->extra_name);
	jsonw_end_object(w->out);
	jsonw_end_object(w->out);
}

static void put_items(struct writer *w, const struct xso_field *f, const struct xso_tag *tag)
{
	jsonw_key(w->out, "items");
	jsonw_begin_object(w->out);
	put_scalar(w, f->type);
	xml_begin(w, NULL);
	put_tag(w, tag);
	if (f->extra.name.n)
		put_attr(w, SCHEMA_ATTRIBUTE, &f->extra);
	jsonw_end_object(w->out);
	jsonw_end_object(w->out);
}

/* Of a property that stands for no element of its own: only if there is something to say. */
static void put_flags_only(struct writer *w, const struct xso_field *f)
{
	if (!(f->flags & (XSO_LENIENT | XSO_STRICT | XSO_FROM_ACCOUNT | XSO_FROM_ARCHIVE)))
		return;
	xml_begin(w, NULL);
	schema_props_flags(w->out, f->flags);
	jsonw_end_object(w->out);
}

static void write_values(struct writer *w, const struct xso_field *f)
{
	begin_property(w, f->name);
	put_type(w, "array");
	put_items(w, f, &f->tag);
	put_flags_only(w, f);
	jsonw_end_object(w->out);
}

static void write_strings(struct writer *w, const struct xso_field *f)
{
	begin_property(w, f->name);
	put_type(w, "array");
	put_items(w, f, &f->item);
	xml_begin(w, "element");
	put_tag(w, &f->tag);
	end_value(w, f);
}

static void write_map(struct writer *w, const struct xso_field *f)
{
	begin_property(w, f->name);
	put_type(w, "object");
	jsonw_key(w->out, "additionalProperties");
	jsonw_begin_object(w->out);
	put_scalar(w, f->type);
	jsonw_end_object(w->out);
	xml_begin(w, NULL);
	put_tag(w, &f->tag);
	put_attr(w, SCHEMA_MAP_KEY, &f->extra);
	end_value(w, f);
}

static void put_ref(struct writer *w, struct strview kind)
{
	jsonw_key(w->out, "$ref");
	buf_put_str(w->out, "\"" SCHEMA_REF);
	jsonw_escape(w->out, kind);
	buf_put_char(w->out, '"');
}

/* The members that refer to the field's class; a class of no fields may be just `true`. */
static void put_class(struct writer *w, const struct xso_field *f)
{
	const struct xso_class *cls = xso_registry_class(w->registry, f->cls);

	if (cls->n_fields) {
		put_ref(w, cls->kind);
		return;
	}
	jsonw_key(w->out, "anyOf");
	jsonw_begin_array(w->out);
	jsonw_raw(w->out, SV("{\"const\":true}"));
	jsonw_begin_object(w->out);
	put_ref(w, cls->kind);
	jsonw_end_object(w->out);
	jsonw_end_array(w->out);
}

static void write_one(struct writer *w, const struct xso_field *f)
{
	begin_property(w, f->name);
	put_class(w, f);
	put_flags_only(w, f);
	jsonw_end_object(w->out);
}

static void write_many(struct writer *w, const struct xso_field *f)
{
	begin_property(w, f->name);
	put_type(w, "array");
	jsonw_key(w->out, "items");
	jsonw_begin_object(w->out);
	put_class(w, f);
	jsonw_end_object(w->out);
	put_flags_only(w, f);
	jsonw_end_object(w->out);
}

static void write_tag(struct writer *w, const struct xso_field *f)
{
	begin_property(w, f->name);
	put_type(w, "string");
	put_names(w, f->flags & XSO_OPEN ? "examples" : "enum", f->type);
	xml_begin(w, NULL);
	if (f->tag.ns.n)
		jsonw_member(w->out, "namespace", f->tag.ns);
	jsonw_member_bool(w->out, SCHEMA_TAG, true);
	end_value(w, f);
	if (f->extra_offset)
		put_extra(w, f->extra_name, "text", NULL, f->name);
}

static void write_any(struct writer *w, const struct xso_field *f)
{
	begin_property(w, f->name);
	put_ref(w, SV(SCHEMA_ANY));
	put_flags_only(w, f);
	jsonw_end_object(w->out);
}

static void (*const write_property[XSO_KIND_COUNT_])(struct writer *, const struct xso_field *) = {
	[XSO_KIND_ATTR] = write_attr,
	[XSO_KIND_TEXT] = write_text,
	[XSO_KIND_CHILD_TEXT] = write_child_text,
	[XSO_KIND_CHILD_ATTR] = write_child_attr,
	[XSO_KIND_FLAG] = write_flag,
	[XSO_KIND_LANG_TEXTS] = write_lang_texts,
	[XSO_KIND_VALUES] = write_values,
	[XSO_KIND_STRINGS] = write_strings,
	[XSO_KIND_MAP] = write_map,
	[XSO_KIND_ONE] = write_one,
	[XSO_KIND_MANY] = write_many,
	[XSO_KIND_TAG] = write_tag,
	[XSO_KIND_ANY] = write_any,
};

void schema_props_write(struct buf *out, const struct xso_field *f, const struct xso_registry *r)
{
	struct writer w = { out, r };

	write_property[f->kind](&w, f);
}
