#include "ipc/json/schema_write.h"

#include "ipc/json/jsonw.h"
#include "ipc/json/schema.h"
#include "ipc/json/schema_props.h"

/* What a class is, whatever stands for it in which registry. */
static const struct xso_class *root_of(const struct xso_class *cls)
{
	return cls->base ? cls->base : cls;
}

/* The field by which a class holds cls, or NULL. */
static const struct xso_field *field_of(const struct xso_class *holder, const struct xso_class *cls)
{
	for (size_t i = 0; i < holder->n_fields; i++) {
		const struct xso_field *f = &holder->fields[i];

		if (f->cls && root_of(f->cls) == root_of(cls))
			return f;
	}
	return NULL;
}

static void put_holder(struct buf *out, struct strview kind, const struct xso_field *f)
{
	if (!f->flags) {
		jsonw_string(out, kind);
		return;
	}
	jsonw_begin_object(out);
	jsonw_member(out, SCHEMA_KIND, kind);
	if (f->flags & XSO_REQUIRED)
		jsonw_member_bool(out, "required", true);
	schema_props_flags(out, f->flags);
	jsonw_end_object(out);
}

const struct xso_class *schema_next_holder(const struct xso_class *cls,
					   const struct xso_registry *r, size_t *i,
					   const struct xso_field **ret)
{
	while (*i < xso_registry_count(r)) {
		const struct xso_class *holder = xso_registry_at(r, (*i)++);

		*ret = field_of(holder, cls);
		if (*ret)
			return holder;
	}
	return NULL;
}

bool schema_write_within(struct buf *out, const struct xso_class *cls, const struct xso_registry *r)
{
	const struct xso_class *holder;
	const struct xso_field *f;
	size_t i = 0, n = 0;

	while ((holder = schema_next_holder(cls, r, &i, &f))) {
		if (n++ == 0) {
			jsonw_key(out, SCHEMA_WITHIN);
			jsonw_begin_array(out);
		}
		put_holder(out, holder->kind, f);
	}
	if (n) {
		jsonw_end_array(out);
	} else if (cls->top_only) {
		jsonw_key(out, SCHEMA_WITHIN);
		jsonw_raw(out, SV("[]"));
	}
	return n > 0;
}

/* In which of its holders a field of the class is an array. */
static void put_many(struct buf *out, const struct xso_class *cls, const struct xso_registry *r)
{
	const struct xso_class *holder;
	const struct xso_field *f;
	size_t n = 0, n_many = 0;

	for (size_t i = 0; schema_next_holder(cls, r, &i, &f); n++)
		n_many += f->kind == XSO_KIND_MANY;
	if (n_many == 0)
		return;
	jsonw_key(out, SCHEMA_MANY);
	if (n_many == n) {
		jsonw_bool(out, true);
		return;
	}
	jsonw_begin_array(out);
	for (size_t i = 0; (holder = schema_next_holder(cls, r, &i, &f));)
		if (f->kind == XSO_KIND_MANY)
			jsonw_string(out, holder->kind);
	jsonw_end_array(out);
}

static void put_id(struct buf *out, struct strview kind)
{
	jsonw_member_cstr(out, "$schema", SCHEMA_DIALECT);
	jsonw_key(out, "$id");
	buf_put_str(out, "\"" SCHEMA_REF);
	jsonw_escape(out, kind);
	buf_put_char(out, '"');
}

static void put_head(struct buf *out, const struct xso_class *cls, const struct xso_registry *r)
{
	put_id(out, cls->kind);
	if (cls->summary.n)
		jsonw_member(out, "title", cls->summary);
	jsonw_member(out, SCHEMA_KIND, cls->kind);
	jsonw_member_cstr(out, "type", "object");
	jsonw_key(out, "xml");
	jsonw_begin_object(out);
	jsonw_member(out, "name", cls->tag.name);
	if (cls->tag.ns.n)
		jsonw_member(out, "namespace", cls->tag.ns);
	if (cls->top_only)
		jsonw_member_bool(out, SCHEMA_TOP_ONLY, true);
	jsonw_end_object(out);
	if (schema_write_within(out, cls, r))
		put_many(out, cls, r);
}

/* `other` and `other_attrs`: what the class has no field for. */
static void put_policies(struct buf *out, unsigned refuse)
{
	const unsigned children = XSO_REFUSE_CHILDREN, text = XSO_REFUSE_TEXT;

	jsonw_key(out, SCHEMA_OTHER);
	if ((refuse & children) && (refuse & text))
		jsonw_bool(out, false);
	else if (refuse & children)
		jsonw_raw(out, SV("{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"));
	else if (refuse & text)
		jsonw_raw(out, SV("{\"type\":\"array\",\"items\":{\"type\":\"object\"}}"));
	else
		jsonw_raw(out,
			  SV("{\"type\":\"array\",\"items\":{\"type\":[\"object\",\"string\"]}}"));
	jsonw_key(out, SCHEMA_OTHER_ATTRS);
	if (refuse & XSO_REFUSE_ATTRS)
		jsonw_bool(out, false);
	else
		jsonw_raw(
			out,
			SV("{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}"));
}

static void put_properties(struct buf *out, const struct xso_class *cls,
			   const struct xso_registry *r)
{
	jsonw_key(out, "properties");
	jsonw_begin_object(out);
	jsonw_key(out, SCHEMA_KIND);
	jsonw_begin_object(out);
	jsonw_member(out, "const", cls->kind);
	jsonw_end_object(out);
	for (size_t i = 0; i < cls->n_fields; i++)
		schema_props_write(out, &cls->fields[i], r);
	put_policies(out, cls->refuse);
	jsonw_end_object(out);
}

static void put_required(struct buf *out, const struct xso_class *cls)
{
	size_t n = 0;

	for (size_t i = 0; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];

		if (!(f->flags & XSO_REQUIRED))
			continue;
		if (n++ == 0) {
			jsonw_key(out, "required");
			jsonw_begin_array(out);
		}
		jsonw_string(out, schema_props_name(f));
	}
	if (n)
		jsonw_end_array(out);
}

/* A rule says fields by their own names, a schema by those of its properties. */
static void put_field_name(struct buf *out, const struct xso_class *cls, const char *name)
{
	const struct xso_field *f = xso_field_named(cls, strview_of(name));

	jsonw_string(out, f ? schema_props_name(f) : strview_of(name));
}

static void put_names(struct buf *out, const struct xso_class *cls,
		      const char *const names[XSO_RULE_NAMES])
{
	jsonw_key(out, "required");
	jsonw_begin_array(out);
	for (size_t i = 0; i < XSO_RULE_NAMES && names[i]; i++)
		put_field_name(out, cls, names[i]);
	jsonw_end_array(out);
}

/* {"required": [name]} */
static void put_one_name(struct buf *out, const struct xso_class *cls, const char *name)
{
	jsonw_begin_object(out);
	put_names(out, cls, (const char *[XSO_RULE_NAMES]){ name });
	jsonw_end_object(out);
}

static void put_needs(struct buf *out, const struct xso_class *cls, const struct xso_rule *rule)
{
	if (!rule->needs[0])
		return;
	if (!rule->or_other) {
		put_names(out, cls, rule->needs);
		return;
	}
	jsonw_key(out, "anyOf");
	jsonw_begin_array(out);
	jsonw_begin_object(out);
	put_names(out, cls, rule->needs);
	jsonw_end_object(out);
	put_one_name(out, cls, SCHEMA_OTHER);
	jsonw_end_array(out);
}

static void put_bars(struct buf *out, const struct xso_class *cls, const struct xso_rule *rule)
{
	if (!rule->bars[0])
		return;
	jsonw_key(out, "not");
	jsonw_begin_object(out);
	jsonw_key(out, "anyOf");
	jsonw_begin_array(out);
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->bars[i]; i++)
		put_one_name(out, cls, rule->bars[i]);
	jsonw_end_array(out);
	jsonw_end_object(out);
}

static void put_if(struct buf *out, const struct xso_class *cls, const struct xso_rule *rule)
{
	const struct xso_field *f = xso_field_named(cls, strview_of(rule->field));

	jsonw_key(out, "if");
	jsonw_begin_object(out);
	jsonw_key(out, "properties");
	jsonw_begin_object(out);
	jsonw_key(out, rule->field);
	jsonw_begin_object(out);
	jsonw_key(out, "enum");
	jsonw_begin_array(out);
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->is[i]; i++)
		schema_props_value(out, f, strview_of(rule->is[i]));
	jsonw_end_array(out);
	jsonw_end_object(out);
	jsonw_end_object(out);
	put_names(out, cls, (const char *[XSO_RULE_NAMES]){ rule->field });
	jsonw_end_object(out);
}

static void put_rule(struct buf *out, const struct xso_class *cls, const struct xso_rule *rule)
{
	jsonw_begin_object(out);
	jsonw_member_cstr(out, "description", rule->text);
	put_if(out, cls, rule);
	jsonw_key(out, "then");
	jsonw_begin_object(out);
	put_needs(out, cls, rule);
	put_bars(out, cls, rule);
	jsonw_end_object(out);
	jsonw_end_object(out);
}

static void put_rules(struct buf *out, const struct xso_class *cls)
{
	if (cls->n_rules == 0)
		return;
	jsonw_key(out, "allOf");
	jsonw_begin_array(out);
	for (size_t i = 0; i < cls->n_rules; i++)
		put_rule(out, cls, &cls->rules[i]);
	jsonw_end_array(out);
}

void schema_write(struct buf *out, const struct xso_class *cls, const struct xso_registry *r)
{
	jsonw_begin_object(out);
	put_head(out, cls, r);
	put_properties(out, cls, r);
	put_required(out, cls);
	jsonw_key(out, "additionalProperties");
	jsonw_bool(out, false);
	put_rules(out, cls);
	jsonw_end_object(out);
}

void schema_write_any(struct buf *out)
{
	jsonw_begin_object(out);
	put_id(out, SV(SCHEMA_ANY));
	jsonw_member_cstr(out, "title", "An XSO in any form");
	jsonw_member_cstr(out, "description",
			  "XML as a string, a raw element with `name`, "
			  "or a typed one with `kind`");
	jsonw_key(out, "anyOf");
	jsonw_raw(out, SV("[{\"type\":\"string\"},{\"type\":\"object\",\"required\":[\"name\"]},"
			  "{\"type\":\"object\",\"required\":[\"kind\"]}]"));
	jsonw_end_object(out);
}
