/*
 * Classes as JSON Schema 2020-12: what the words of the dialect are and which type of values is
 * which. schema_write.h goes from a class to its schema, schema_read.h back; a class read from what
 * was written of another is the same but for its kind.
 *
 * The class is an object schema:
 *
 *   $schema, $id ("kind:KIND"), title (the summary): written, and of no meaning when read
 *   kind            what makes it another class; $id and properties.kind just follow it
 *   type            "object"
 *   xml             {name, namespace}; no namespace: the content namespace of the stream
 *   within, many    the holders: see below
 *   properties      the fields, in their order; `kind` {const}, `other`, `other_attrs`
 *   required        names of required fields (of LANG_TEXTS the singular)
 *   additionalProperties   false, or left out
 *   allOf           the rules; left out if there are none
 *
 * within: left out, the class is a payload or top-level element only; [], only a top-level one
 * (top_only, which "x-top-only": true in xml says too); else an array of the classes that have a
 * field of it. An item is the holder's kind, or where there is more to say of the field, {"kind",
 * "required"?, "x-lenient"?, "x-strict"?, "x-from"?}. many: true, the field is an array in all of
 * them; an array of kinds: in those; false or left out: in none.
 *
 * A property: S is a scalar schema, {type, enum?, format?, contentEncoding?, minimum?, maximum?},
 * and `default`, what absence means, where the kind of field may have it. In `xml`, `name` is the
 * property's own if left out, `namespace` that of the holding element (of an attribute: none).
 *
 *   ATTR        S, xml {nodeType "attribute", name, namespace}
 *   TEXT        S, xml {nodeType "text"}
 *   CHILD_TEXT  S, xml {name, namespace}; of type boolean also x-value "text"
 *   CHILD_ATTR  S, xml {name, namespace, x-attribute}
 *   FLAG        {type "boolean"}, xml {name, namespace}
 *   extra       {type "string"}, xml {nodeType "attribute", name, namespace, x-of}, behind the
 *               CHILD_TEXT named by x-of; nodeType "text" behind a TAG
 *   LANG_TEXTS  the singular as CHILD_TEXT; its language as an extra (xml:lang) of it; the plural
 *               {type "array", items {type "object", properties {lang, text}}}, xml {x-of}. It is
 *               the array that makes it LANG_TEXTS.
 *   VALUES      {type "array", items: S with xml {name, namespace, x-attribute?}}
 *   STRINGS     the same, and beside items xml {nodeType "element", name, namespace}
 *   MAP         {type "object", additionalProperties: S}, xml {name, namespace, x-key}
 *   ONE         {$ref "kind:KIND"}; of a class without fields {anyOf [{const true}, {$ref}]} is
 *               the same
 *   MANY        {type "array", items: as ONE}
 *   TAG         {type "string", enum}, xml {namespace, x-tag true}; `examples` for `enum`: XSO_OPEN
 *   ANY         {$ref "kind:any"}
 *
 * Flags: x-lenient true, x-strict true, x-from "account", "archive" or an array of both, in the xml
 * of the property. x-attribute and x-key are names of attributes as in attrs of raw: "id",
 * "xml:lang", "{uri}local". Names that mean absence (empty ones of an enum) are not written.
 *
 * Policies: `other` and `other_attrs` are false where they are refused; "other": {items {type
 * "object"}} refuses texts, {items {type "string"}} children; left out or otherwise: all is kept.
 *
 * Rules, one an item of allOf, `description` being its text:
 *
 *   {"description", "if": {"properties": {FIELD: {"enum": [VALUES]}}, "required": [FIELD]},
 *    "then": {"required": [needs], "not": {"anyOf": [{"required": [BARRED]}, ...]}}}
 *
 * Either half of `then` is left out if empty. "anyOf": [{"required": [needs]}, {"required":
 * ["other"]}] in place of the first one: or_other. ["other"] as BARRED is any unknown child or
 * text.
 */
#pragma once

#include "protocol/xso/xso_class.h"

#define SCHEMA_DIALECT	   "https://json-schema.org/draft/2020-12/schema"
#define SCHEMA_REF	   "kind:" /* before a kind, in $id and $ref */
#define SCHEMA_TOP_ONLY	   "x-top-only"
#define SCHEMA_ANY	   "any" /* the kind that stands for an XSO in any form: no class has it */
#define SCHEMA_KIND	   "kind"
#define SCHEMA_WITHIN	   "within"
#define SCHEMA_MANY	   "many"
#define SCHEMA_OTHER	   "other"
#define SCHEMA_OTHER_ATTRS "other_attrs"

/* in xml */
#define SCHEMA_NODE_TYPE   "nodeType"
#define SCHEMA_OF	   "x-of"
#define SCHEMA_VALUE	   "x-value"
#define SCHEMA_ATTRIBUTE   "x-attribute"
#define SCHEMA_MAP_KEY	   "x-key"
#define SCHEMA_TAG	   "x-tag"
#define SCHEMA_LENIENT	   "x-lenient"
#define SCHEMA_STRICT	   "x-strict"
#define SCHEMA_FROM	   "x-from"
#define SCHEMA_ACCOUNT	   "account"
#define SCHEMA_ARCHIVE	   "archive"

/* Which type of values is which in a schema. */
struct schema_type {
	const struct xso_type *type; /* NULL: an enum */
	const char *json;	     /* `type` */
	const char *format;	     /* NULL: none */
	const char *encoding;	     /* `contentEncoding`; NULL: none */
};

/*
 * How t is written, NULL if there are no words for it. All integers have one row: minimum and
 * maximum, always written, are t's own.
 */
const struct schema_type *schema_type_of(const struct xso_type *t);

/*
 * The row for these words, NULL pointers where one is left out; NULL: there is none. An enum is a
 * string with `enum`; the type of an integer has the widest bounds, minimum and maximum narrow it.
 */
const struct schema_type *schema_type_find(const char *json, const char *format,
					   const char *encoding, bool with_enum);
