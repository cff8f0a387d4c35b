#include "protocol/xso/xso_index.h"
#include "protocol/xso/xso_layout.h"
#include "protocol/xso/xso_registry.h"

/* A class under examination. */
struct examiner {
	const struct xso_class *cls;
	struct arena *a;
};

static const char *finding(struct examiner *x, const struct xso_field *f, const char *text)
{
	struct strview v = arena_printf(x->a, "%.*s%s%.*s: %s", SV_ARG(x->cls->kind), f ? "." : "",
					f ? (int)f->name.n : 0, f ? f->name.p : "", text);

	return v.p ? v.p : "out of memory";
}

static bool needs_type(enum xso_kind kind)
{
	return kind != XSO_KIND_FLAG && kind != XSO_KIND_ONE && kind != XSO_KIND_MANY &&
	       kind != XSO_KIND_ANY;
}

static bool fits(const struct examiner *x, size_t offset, size_t size)
{
	return offset >= sizeof(struct xso) && offset + size <= x->cls->size;
}

static const char *check_field(struct examiner *x, const struct xso_field *f)
{
	bool object = f->kind == XSO_KIND_ONE || f->kind == XSO_KIND_MANY;

	if (needs_type(f->kind) != (f->type != NULL))
		return finding(x, f, "a type where none is needed, or none");
	if (object != (f->cls != NULL))
		return finding(x, f, "a class where none is needed, or none");
	if (!fits(x, f->offset, xso_member_size(f)) ||
	    (f->extra_offset && !fits(x, f->extra_offset, sizeof(struct strview))))
		return finding(x, f, "a member outside of the struct");
	if (f->tag.mark != xso_mark(f->tag.name))
		return finding(x, f, "a wrong mark");
	if (object &&
	    (!strview_eq(f->tag.ns, f->cls->tag.ns) || !strview_eq(f->tag.name, f->cls->tag.name)))
		return finding(x, f, "another tag than its class");
	return NULL;
}

static bool is_name(struct strview v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!(v.p[i] >= 'a' && v.p[i] <= 'z') &&
		    (i == 0 || (v.p[i] != '_' && !(v.p[i] >= '0' && v.p[i] <= '9'))))
			return false;
	return v.n > 0;
}

/* Every name by which a member is known: own, extra and language. */
static struct strview name_of(const struct xso_class *cls, size_t i)
{
	const struct xso_field *f = &cls->fields[i / 3];
	const struct strview names[] = { f->name, f->extra_name, f->lang_name };

	return names[i % 3];
}

static const char *check_names(struct examiner *x)
{
	const struct xso_class *cls = x->cls;

	for (size_t i = 0; i < cls->n_fields * 3; i++) {
		struct strview name = name_of(cls, i);
		const struct xso_field *f = &cls->fields[i / 3];

		if (name.n == 0 && i % 3)
			continue;
		if (!is_name(name) || strview_is(name, "kind") || strview_is(name, "other") ||
		    strview_is(name, "other_attrs"))
			return finding(x, f, "not a name that a field can have");
		for (size_t k = 0; k < i; k++)
			if (strview_eq(name_of(cls, k), name))
				return finding(x, f, "a name that occurs twice");
	}
	return NULL;
}

static bool same_tag(const struct xso_tag *a, const struct xso_tag *b)
{
	return strview_eq(a->ns, b->ns) && strview_eq(a->name, b->name);
}

/* What no two fields of a class may share: attributes first, catch-alls last, one text. */
static const char *check_order(struct examiner *x)
{
	const struct xso_class *cls = x->cls;

	for (size_t i = 0; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];

		for (size_t k = 0; k < i; k++) {
			const struct xso_field *before = &cls->fields[k];

			if (f->kind == XSO_KIND_ATTR && before->kind != XSO_KIND_ATTR)
				return finding(x, f, "an attribute behind what is none");
			if (before->kind >= XSO_KIND_TAG && f->kind <= before->kind)
				return finding(x, f, "behind a field that takes the rest");
			if (f->kind == XSO_KIND_TEXT && before->kind == XSO_KIND_TEXT)
				return finding(x, f, "a second text");
			if ((f->kind == XSO_KIND_ATTR) == (before->kind == XSO_KIND_ATTR) &&
			    f->tag.name.n && same_tag(&f->tag, &before->tag))
				return finding(x, f, "a tag that occurs twice");
		}
	}
	return NULL;
}

static const char *check_class(struct examiner *x)
{
	const struct xso_class *cls = x->cls;
	const char *found;

	if (!is_name(cls->kind) || cls->tag.name.n == 0)
		return finding(x, NULL, "no kind or no tag");
	if (cls->size < sizeof(struct xso) || cls->n_fields > XSO_MAX_FIELDS)
		return finding(x, NULL, "too small, or too many fields");
	for (size_t i = 0; i < cls->n_fields; i++) {
		found = check_field(x, &cls->fields[i]);
		if (found)
			return found;
	}
	found = check_names(x);
	return found ? found : check_order(x);
}

const char *xso_registry_check(const struct xso_registry *r, struct arena *a)
{
	for (size_t i = 0; i < r->n_classes; i++) {
		struct examiner x = { r->classes[i], a };
		const char *found = check_class(&x);

		for (size_t k = 0; k < i && !found; k++) {
			if (strview_eq(x.cls->kind, r->classes[k]->kind))
				found = finding(&x, NULL, "a kind that occurs twice");
			else if (same_tag(&x.cls->tag, &r->classes[k]->tag))
				found = finding(&x, NULL, "a tag that occurs twice");
		}
		if (found)
			return found;
	}
	return NULL;
}
