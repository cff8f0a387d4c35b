#include "protocol/vocab/forms.h"

#include "protocol/vocab/files.h"
#include "protocol/xso/xso_macros.h"

struct form_range {
	struct xso xso;
	struct strview min, max; /* of the datatype */
};

static const struct xso_field form_validate_range_class_fields[] = {
	XSO_ATTR(struct form_range, min, "min", xso_string),
	XSO_ATTR(struct form_range, max, "max", xso_string),
};
XSO_CLASS(form_validate_range_class, struct form_range, "form_validate_range", XMLNS_VALIDATE,
	  "range", "The least and the greatest value of a form's field (XEP-0122)");

struct form_list_range {
	struct xso xso;
	int64_t min, max;
};

static const struct xso_field form_validate_list_range_class_fields[] = {
	XSO_ATTR_INT(struct form_list_range, min, "min", xso_uint32),
	XSO_ATTR_INT(struct form_list_range, max, "max", xso_uint32),
};
XSO_CLASS(form_validate_list_range_class, struct form_list_range, "form_validate_list_range",
	  XMLNS_VALIDATE, "list-range", "How many values a form's field may have (XEP-0122)");

struct form_validate {
	struct xso xso;
	struct strview datatype;
	bool basic, open;
	struct form_range *range;
	struct strview regex;
	struct form_list_range *list_range;
};

static const struct xso_field form_validate_class_fields[] = {
	XSO_ATTR(struct form_validate, datatype, "datatype", xso_string, XSO_DEFAULT("xs:string")),
	XSO_FLAG(struct form_validate, basic, "", "basic"),
	XSO_FLAG(struct form_validate, open, "", "open"),
	XSO_ONE(struct form_validate, range, struct form_range, form_validate_range_class,
		XMLNS_VALIDATE, "range"),
	XSO_CHILD_TEXT(struct form_validate, regex, "", "regex", xso_string),
	XSO_ONE(struct form_validate, list_range, struct form_list_range,
		form_validate_list_range_class, XMLNS_VALIDATE, "list-range"),
};
XSO_CLASS(form_validate_class, struct form_validate, "form_validate", XMLNS_VALIDATE, "validate",
	  "What may be the value of a form's field (XEP-0122)");

struct form_option {
	struct xso xso;
	struct strview label, value;
};

static const struct xso_field form_option_class_fields[] = {
	XSO_ATTR(struct form_option, label, "label", xso_string),
	XSO_CHILD_TEXT(struct form_option, value, "", "value", xso_string, .flags = XSO_REQUIRED),
};
XSO_CLASS(form_option_class, struct form_option, "form_option", XMLNS_DATA, "option",
	  "A value to choose in a form (XEP-0004)");

static const struct strview field_types[] = {
	XSO_SV("boolean"),	XSO_SV("fixed"),       XSO_SV("hidden"),      XSO_SV("jid-multi"),
	XSO_SV("jid-single"),	XSO_SV("list-multi"),  XSO_SV("list-single"), XSO_SV("text-multi"),
	XSO_SV("text-private"), XSO_SV("text-single"),
};
static const struct xso_type field_type = XSO_ENUM_TYPE("type of form field", field_types);

static const struct xso_field form_field_class_fields[] = {
	XSO_ATTR(struct form_field, var, "var", xso_string),
	XSO_ATTR_ENUM(struct form_field, type, "type", field_type, .flags = XSO_LENIENT,
		      XSO_DEFAULT("text-single")),
	XSO_ATTR(struct form_field, label, "label", xso_string),
	XSO_FLAG(struct form_field, required, "", "required"),
	XSO_CHILD_TEXT(struct form_field, desc, "", "desc", xso_string),
	XSO_VALUES(struct form_field, values, "", "value", xso_string),
	XSO_MANY(struct form_field, options, form_option_class, XMLNS_DATA, "option"),
	XSO_ONE(struct form_field, media, struct media, media_class, XMLNS_MEDIA, "media"),
	XSO_ONE(struct form_field, validate, struct form_validate, form_validate_class,
		XMLNS_VALIDATE, "validate"),
};
XSO_CLASS(form_field_class, struct form_field, "form_field", XMLNS_DATA, "field",
	  "A field of a form, with its values (XEP-0004)");

static const struct xso_field form_reported_class_fields[] = {
	XSO_MANY(struct form_fields, fields, form_field_class, XMLNS_DATA, "field"),
};
XSO_CLASS(form_reported_class, struct form_fields, "form_reported", XMLNS_DATA, "reported",
	  "The columns of a table in a form (XEP-0004)");

static const struct xso_field form_item_class_fields[] = {
	XSO_MANY(struct form_fields, fields, form_field_class, XMLNS_DATA, "field"),
};
XSO_CLASS(form_item_class, struct form_fields, "form_item", XMLNS_DATA, "item",
	  "A row of a table in a form (XEP-0004)");

static const struct strview form_types[] = {
	[FORM_CANCEL] = XSO_SV("cancel"),
	[FORM_FORM] = XSO_SV("form"),
	[FORM_RESULT] = XSO_SV("result"),
	[FORM_SUBMIT] = XSO_SV("submit"),
};
static const struct xso_type form_type = XSO_ENUM_TYPE("type of form", form_types);

static const struct xso_field form_class_fields[] = {
	XSO_ATTR_ENUM(struct form, type, "type", form_type, .flags = XSO_REQUIRED),
	XSO_CHILD_TEXT(struct form, title, "", "title", xso_string),
	XSO_VALUES(struct form, instructions, "", "instructions", xso_string),
	XSO_MANY(struct form, fields, form_field_class, XMLNS_DATA, "field"),
	XSO_ONE(struct form, reported, struct form_fields, form_reported_class, XMLNS_DATA,
		"reported"),
	XSO_MANY(struct form, items, form_item_class, XMLNS_DATA, "item"),
};
XSO_CLASS(form_class, struct form, "form", XMLNS_DATA, "x",
	  "A form to fill in, the answer, or a table (XEP-0004)");
