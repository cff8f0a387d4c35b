#include "ipc/json/typed_reader.h"

#include <errno.h>
#include <inttypes.h>

#include "protocol/xml/xmlwrite.h"
#include "protocol/xso/xso_private.h"
#include "protocol/xso/xso_registry.h"
#include "protocol/xso/xso_registry.h"

static void *member(const struct typed_reader *o, const struct xso_field *f)
{
	return xso_member(o->x, f->offset);
}

static bool read_str(struct jsonr *r, const struct jsonr_at *at, const struct xso_type *t,
		     const json_t *value, void *ret)
{
	struct strview text;
	int status;

	if (!jsonr_string(r, at, value, &text))
		return false;
	status = xso_type_parse(t, text, r->a, ret);
	if (status == -ENOMEM)
		jsonr_no_memory(r);
	else if (status < 0)
		jsonr_fail(r, at, "not a valid %s", t->name);
	return status == 0;
}

static bool read_enum(struct jsonr *r, const struct jsonr_at *at, const struct xso_type *t,
		      const json_t *value, void *ret)
{
	CLEANUP(buf_done) struct buf names = BUF_INIT;
	struct strview text;

	if (!jsonr_string(r, at, value, &text))
		return false;
	if (xso_type_parse(t, text, r->a, ret) == 0)
		return true;
	for (size_t i = 0; i < t->n_names; i++)
		if (t->names[i].n)
			buf_printf(&names, "%s%.*s", names.n ? ", " : "", SV_ARG(t->names[i]));
	jsonr_fail(r, at, "must be one of %.*s", (int)names.n, names.p ? names.p : "");
	return false;
}

static bool read_int(struct jsonr *r, const struct jsonr_at *at, const struct xso_type *t,
		     const json_t *value, void *ret)
{
	json_int_t n = json_integer_value(value);

	if (!json_is_integer(value) || n < t->min || n > t->max) {
		jsonr_fail(r, at, "must be an integer from %" PRId64 " to %" PRId64, t->min,
			   t->max);
		return false;
	}
	*(int64_t *)ret = n;
	return true;
}

static bool read_bool(struct jsonr *r, const struct jsonr_at *at, const struct xso_type *t,
		      const json_t *value, void *ret)
{
	if (!json_is_boolean(value)) {
		jsonr_fail(r, at, "must be a %s", t->name);
		return false;
	}
	*(bool *)ret = json_is_true(value);
	return true;
}

static bool (*const read_store[])(struct jsonr *, const struct jsonr_at *, const struct xso_type *,
				  const json_t *, void *) = {
	[XSO_STORE_STR] = read_str,
	[XSO_STORE_ENUM] = read_enum,
	[XSO_STORE_INT] = read_int,
	[XSO_STORE_BOOL] = read_bool,
};

static bool read_value(struct jsonr *r, const struct jsonr_at *at, const struct xso_field *f,
		       const json_t *value, void *item)
{
	return read_store[f->type->store](r, at, f->type, value, item);
}

static bool read_scalar(struct typed_reader *o, const struct xso_field *f,
			const struct jsonr_at *at, const json_t *value)
{
	return read_value(o->r, at, f, value, member(o, f));
}

static bool read_flag(struct typed_reader *o, const struct xso_field *f, const struct jsonr_at *at,
		      const json_t *value)
{
	if (!json_is_boolean(value))
		jsonr_fail(o->r, at, "must be true, or left out");
	*(bool *)member(o, f) = json_is_true(value);
	return json_is_true(value);
}

/* --- lists ------------------------------------------------------------------------------------ */

/* One item of a list, which was cleared. */
typedef bool (*read_item_fn)(struct jsonr *, const struct jsonr_at *, const struct xso_field *,
			     const json_t *, void *item);

/* Children of the element that there are none of are left out. */
static bool read_items(struct typed_reader *o, const struct xso_field *f, const struct jsonr_at *at,
		       const json_t *array, size_t item_size, read_item_fn read_item)
{
	if (!json_is_array(array)) {
		jsonr_fail(o->r, at, "must be an array");
		return false;
	}
	for (size_t i = 0; i < json_array_size(array); i++) {
		void *item = xso_list_add(member(o, f), item_size, o->r->a);

		if (!item)
			jsonr_no_memory(o->r);
		if (!item ||
		    !read_item(o->r, JSONR_AT_INDEX(at, i), f, json_array_get(array, i), item))
			return false;
	}
	return json_array_size(array) > 0;
}

static bool read_values(struct typed_reader *o, const struct xso_field *f,
			const struct jsonr_at *at, const json_t *value)
{
	return read_items(o, f, at, value, sizeof(union xso_value), read_value);
}

/* In a child that holds them, which may be empty. */
static bool read_strings(struct typed_reader *o, const struct xso_field *f,
			 const struct jsonr_at *at, const json_t *value)
{
	(void)read_values(o, f, at, value); /* there is a fault, or a list */
	return !o->r->fault;
}

static bool read_pair(struct jsonr *r, const struct jsonr_at *at, const struct xso_field *f,
		      const json_t *value, struct xso_pair *pair)
{
	struct strview key = at->key;

	if (!jsonr_carried(r, at, &key))
		return false;
	pair->key = arena_dup(r->a, key);
	if (!pair->key.p)
		jsonr_no_memory(r);
	return pair->key.p && read_value(r, at, f, value, &pair->value);
}

static bool read_map(struct typed_reader *o, const struct xso_field *f, const struct jsonr_at *at,
		     const json_t *object)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object)) {
		jsonr_fail(o->r, at, "must be an object");
		return false;
	}
	json_object_foreach((json_t *)object, key, value)
	{
		struct xso_pair *pair = xso_list_add(member(o, f), sizeof(*pair), o->r->a);

		if (!pair)
			jsonr_no_memory(o->r);
		if (!pair || !read_pair(o->r, JSONR_AT_KEY(at, strview_of(key)), f, value, pair))
			return false;
	}
	return json_object_size(object) > 0;
}

/* --- children --------------------------------------------------------------------------------- */

static bool read_object(struct jsonr *r, const struct jsonr_at *at, const struct xso_field *f,
			const json_t *value, void *item)
{
	const struct xso_class *cls = xso_registry_class(r->ctx.registry, f->cls);
	struct xso *x;

	/* all that one of a class without fields says is that it is there */
	if (cls->n_fields == 0 && json_is_true(value)) {
		x = xso_new(cls, r->a);
		if (!x)
			jsonr_no_memory(r);
	} else {
		x = typed_read_object(r, at, value, cls);
	}
	*(struct xso **)item = x;
	return x;
}

static bool read_one(struct typed_reader *o, const struct xso_field *f, const struct jsonr_at *at,
		     const json_t *value)
{
	return read_object(o->r, at, f, value, member(o, f));
}

static bool read_many(struct typed_reader *o, const struct xso_field *f, const struct jsonr_at *at,
		      const json_t *value)
{
	return read_items(o, f, at, value, sizeof(struct xso *), read_object);
}

/* What is to be in the field f may not be another one's by its name. */
static bool belongs(struct typed_reader *o, const struct xso_field *f, const struct jsonr_at *at,
		    const struct elem *child)
{
	const struct xso_class *cls = o->x->cls;
	const struct xso_field *owner = xso_field_of(cls, o->r->ctx.default_ns, child);

	if (owner && owner != f)
		jsonr_fail(o->r, at, "that element is the field %.*s", SV_ARG(owner->name));
	return owner == f;
}

static bool read_tag(struct typed_reader *o, const struct xso_field *f, const struct jsonr_at *at,
		     const json_t *value)
{
	struct elem child = { .ns = f->tag.ns };
	unsigned index;

	if (!(f->flags & XSO_OPEN) && !read_enum(o->r, at, f->type, value, &index))
		return false;
	if (!jsonr_string(o->r, at, value, &child.name))
		return false;
	if (!xml_is_ncname(child.name)) {
		jsonr_fail(o->r, at, "not a name that an element can have");
		return false;
	}
	*(struct strview *)member(o, f) = child.name;
	return belongs(o, f, at, &child);
}

static bool read_any(struct typed_reader *o, const struct xso_field *f, const struct jsonr_at *at,
		     const json_t *value)
{
	struct elem *e = jsonr_xso(o->r, at, value, xso_class_ns(o->x->cls, &o->r->ctx));

	*(struct xso_any *)member(o, f) = (struct xso_any){ .elem = e };
	return e && belongs(o, f, at, e);
}

/* --- texts in several languages --------------------------------------------------------------- */

/* {lang, text} */
static bool read_lang_text(struct jsonr *r, const struct jsonr_at *at, const struct xso_field *f,
			   const json_t *object, void *item)
{
	struct xso_text *ret = item;
	const char *key;
	json_t *value;

	(void)f;
	if (!json_is_object(object)) {
		jsonr_fail(r, at, "must be an object of lang and text");
		return false;
	}
	json_object_foreach((json_t *)object, key, value)
	{
		const struct jsonr_at *here = JSONR_AT_KEY(at, strview_of(key));

		if (strcmp(key, "lang") == 0)
			jsonr_string(r, here, value, &ret->lang);
		else if (strcmp(key, "text") == 0)
			jsonr_string(r, here, value, &ret->text);
		else
			jsonr_fail(r, here, "a text has lang and text only");
		if (r->fault)
			return false;
	}
	if (!ret->text.p)
		jsonr_fail(r, JSONR_AT_KEY(at, SV("text")), "is required");
	return !r->fault;
}

/* The texts other than the main one. */
static bool read_lang_texts(struct typed_reader *o, const struct xso_field *f,
			    const struct jsonr_at *at, const json_t *value)
{
	return read_items(o, f, at, value, sizeof(struct xso_text), read_lang_text);
}

bool (*const typed_read_field[XSO_KIND_COUNT_])(struct typed_reader *, const struct xso_field *,
						const struct jsonr_at *, const json_t *) = {
	[XSO_KIND_ATTR] = read_scalar,	     [XSO_KIND_TEXT] = read_scalar,
	[XSO_KIND_CHILD_TEXT] = read_scalar, [XSO_KIND_CHILD_ATTR] = read_scalar,
	[XSO_KIND_FLAG] = read_flag,	     [XSO_KIND_LANG_TEXTS] = read_lang_texts,
	[XSO_KIND_VALUES] = read_values,     [XSO_KIND_STRINGS] = read_strings,
	[XSO_KIND_MAP] = read_map,	     [XSO_KIND_ONE] = read_one,
	[XSO_KIND_MANY] = read_many,	     [XSO_KIND_TAG] = read_tag,
	[XSO_KIND_ANY] = read_any,
};
