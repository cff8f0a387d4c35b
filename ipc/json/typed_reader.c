#include "ipc/json/typed_reader.h"

#include <errno.h>

#include "protocol/xso/xso_private.h"
#include "protocol/xso/xso_registry.h"

static struct strview *extra(const struct typed_reader *o, const struct xso_field *f)
{
	return xso_member(o->x, f->extra_offset);
}

/* An attribute of the class has no place among others, unless it is there for not being valid. */
static void check_other_attr(struct typed_reader *o, const struct elem_attr *attr)
{
	const struct jsonr_at *at = JSONR_AT_KEY(o->at, SV("other_attrs"));
	const struct xso_field *f = xso_attr_of(o->x->cls, attr);
	union xso_value value;

	if (!f)
		return;
	if ((f->flags & XSO_LENIENT) && !xso_has_field(o->x, f) &&
	    xso_type_parse(f->type, attr->value, o->r->a, &value) == -EINVAL)
		return;
	jsonr_fail(o->r, JSONR_AT_KEY(at, attr->ns.n ? SV("xml:lang") : attr->name),
		   "that attribute is the field %.*s", SV_ARG(f->name));
}

/* A member that is no field's own name. */
static void read_further(struct typed_reader *o, const struct jsonr_at *at, struct strview key,
			 const json_t *value)
{
	const struct xso_class *cls = o->x->cls;

	for (size_t i = 0; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];

		if (strview_eq(f->lang_name, key) && key.n)
			return; /* read with its text */
		if (!strview_eq(f->extra_name, key) || key.n == 0)
			continue;
		if (f->extra_offset)
			jsonr_string(o->r, at, value, extra(o, f));
		return;
	}
	jsonr_fail(o->r, at, "%.*s has no field of that name", SV_ARG(cls->kind));
}

static void read_member(struct typed_reader *o, const struct jsonr_at *at, struct strview key,
			const json_t *value)
{
	const struct xso_class *cls = o->x->cls;
	const struct xso_field *f;

	if (strview_is(key, "kind")) {
		if (!json_is_string(value) || !strview_is(cls->kind, json_string_value(value)))
			jsonr_fail(o->r, at, "must be %.*s here", SV_ARG(cls->kind));
		return;
	}
	if (strview_is(key, "other")) {
		jsonr_children(o->r, at, value, xso_class_ns(cls, &o->r->ctx), &o->x->rest);
		return;
	}
	if (strview_is(key, "other_attrs")) {
		jsonr_attrs(o->r, at, value, &o->x->rest);
		return;
	}
	f = xso_field_named(cls, key);
	if (!f)
		read_further(o, at, key, value);
	else if (typed_read_field[f->kind](o, f, at, value))
		xso_set_field(o->x, f);
}

/* The main text of several, which comes first, and its language. */
static void read_main_text(struct typed_reader *o, const struct xso_field *f, const json_t *object)
{
	const json_t *text = json_object_getn(object, f->extra_name.p, f->extra_name.n);
	const json_t *lang = json_object_getn(object, f->lang_name.p, f->lang_name.n);
	struct xso_list *list = xso_member(o->x, f->offset), all = { 0 };
	const struct jsonr_at *at = JSONR_AT_KEY(o->at, f->extra_name);
	struct xso_text *item, main = { .lang = SV_NONE };

	if (!text && lang)
		jsonr_fail(o->r, at, "is required with %.*s", SV_ARG(f->lang_name));
	if (!text || !jsonr_string(o->r, at, text, &main.text))
		return;
	if (lang && !jsonr_string(o->r, JSONR_AT_KEY(o->at, f->lang_name), lang, &main.lang))
		return;
	for (size_t i = 0; i <= list->n; i++) {
		item = xso_list_add(&all, sizeof(*item), o->r->a);
		if (!item) {
			jsonr_no_memory(o->r);
			return;
		}
		*item = i ? ((const struct xso_text *)list->items)[i - 1] : main;
	}
	*list = all;
	xso_set_field(o->x, f);
}

/* What can be told only when all members have been read. */
static void finish(struct typed_reader *o, const json_t *object)
{
	const struct xso_class *cls = o->x->cls;
	struct xso_issue issue;

	for (size_t i = 0; i < cls->n_fields && !o->r->fault; i++) {
		const struct xso_field *f = &cls->fields[i];

		if (f->kind == XSO_KIND_LANG_TEXTS)
			read_main_text(o, f, object);
		if (f->extra_offset && extra(o, f)->p && !xso_has_field(o->x, f))
			jsonr_fail(o->r, JSONR_AT_KEY(o->at, f->name), "is required with %.*s",
				   SV_ARG(f->extra_name));
	}
	for (size_t i = 0; i < o->x->rest.n_attrs && !o->r->fault; i++)
		check_other_attr(o, &o->x->rest.attrs[i]);
	if (o->r->fault)
		return;
	switch (xso_check(o->x, o->r->a, &issue)) {
	case XSO_OK:
		break;
	case XSO_INVALID:
		/* its path is one name behind a slash */
		issue.path = (struct strview){ issue.path.p + 1, issue.path.n - 1 };
		jsonr_fail(o->r, JSONR_AT_KEY(o->at, issue.path), "%s", issue.text);
		break;
	case XSO_NO_MEMORY:
		jsonr_no_memory(o->r);
		break;
	}
}

struct xso *typed_read_object(struct jsonr *r, const struct jsonr_at *at, const json_t *object,
			      const struct xso_class *cls)
{
	struct typed_reader o = { .r = r, .at = at, .x = xso_new(cls, r->a) };
	const char *key;
	json_t *value;

	if (!o.x)
		jsonr_no_memory(r);
	else if (!json_is_object(object))
		jsonr_fail(r, at, "must be an object");
	if (r->fault || !jsonr_enter(r, at))
		return NULL;
	json_object_foreach((json_t *)object, key, value)
	{
		struct strview name = strview_of(key);

		read_member(&o, JSONR_AT_KEY(at, name), name, value);
		if (r->fault)
			break;
	}
	if (!r->fault)
		finish(&o, object);
	jsonr_leave(r);
	return r->fault ? NULL : o.x;
}

struct elem *jsonr_typed(struct jsonr *r, const struct jsonr_at *at, const json_t *object)
{
	const struct jsonr_at *here = JSONR_AT_KEY(at, SV("kind"));
	const json_t *kind = json_object_get(object, "kind");
	const struct xso_class *cls;
	struct strview name;
	struct elem *e;
	struct xso *x;

	if (!jsonr_string(r, here, kind, &name))
		return NULL;
	cls = xso_registry_find_kind(r->ctx.registry, name);
	if (!cls) {
		jsonr_fail(r, here, "no class is of that kind");
		return NULL;
	}
	x = typed_read_object(r, at, object, cls);
	if (!x)
		return NULL;
	e = xso_encode(x, &r->ctx, r->a);
	if (!e)
		jsonr_no_memory(r);
	return e;
}
