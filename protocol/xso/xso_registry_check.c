#include "protocol/xso/xso_examine.h"
#include "protocol/xso/xso_layout.h"

const char *xso_finding(struct examiner *x, const struct xso_field *f, const char *text)
{
	struct strview v = arena_printf(x->a, "%.*s%s%.*s: %s", SV_ARG(x->cls->kind), f ? "." : "",
					f ? (int)f->name.n : 0, f ? f->name.p : "", text);

	return v.p ? v.p : "out of memory";
}

/* A small letter, and then digits and underscores, too. */
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
			return xso_finding(x, f, "not a name that a field can have");
		for (size_t k = 0; k < i; k++)
			if (strview_eq(name_of(cls, k), name))
				return xso_finding(x, f, "a name that occurs twice");
	}
	return NULL;
}

static bool same_tag(const struct xso_tag *a, const struct xso_tag *b)
{
	return strview_eq(a->ns, b->ns) && strview_eq(a->name, b->name);
}

static bool overlap(size_t a, size_t a_size, size_t b, size_t b_size)
{
	return a && b && a < b + b_size && b < a + a_size;
}

static bool share_room(const struct xso_field *a, const struct xso_field *b)
{
	size_t a_size = xso_member_size(a), b_size = xso_member_size(b);
	size_t extra = sizeof(struct strview);

	return overlap(a->offset, a_size, b->offset, b_size) ||
	       overlap(a->extra_offset, extra, b->offset, b_size) ||
	       overlap(a->offset, a_size, b->extra_offset, extra) ||
	       overlap(a->extra_offset, extra, b->extra_offset, extra);
}

/* What a field may not be behind another one: attributes come first, those of the rest last. */
static const char *check_pair(struct examiner *x, const struct xso_field *before,
			      const struct xso_field *f)
{
	bool attr = f->kind == XSO_KIND_ATTR;

	if (share_room(before, f))
		return xso_finding(x, f, "a member in another one's room");
	if (attr && before->kind != XSO_KIND_ATTR)
		return xso_finding(x, f, "an attribute behind what is none");
	if (before->kind == XSO_KIND_ANY ||
	    (before->kind == XSO_KIND_TAG && f->kind < before->kind))
		return xso_finding(x, f, "behind a field that takes the rest");
	if (f->kind == XSO_KIND_TEXT && before->kind == XSO_KIND_TEXT)
		return xso_finding(x, f, "a second text");
	if (attr == (before->kind == XSO_KIND_ATTR) && (f->tag.name.n || before->kind == f->kind) &&
	    same_tag(&f->tag, &before->tag))
		return xso_finding(x, f, "a tag that occurs twice");
	return NULL;
}

static const char *check_order(struct examiner *x)
{
	const struct xso_class *cls = x->cls;
	size_t own = cls->base ? cls->base->n_fields : 0;

	for (size_t i = 0; i < cls->n_fields; i++)
		for (size_t k = 0; k < i; k++) {
			const char *found = NULL;

			/* further fields come first, wherever they stand */
			if (i < own || k >= own)
				found = check_pair(x, &cls->fields[k], &cls->fields[i]);
			else if (share_room(&cls->fields[k], &cls->fields[i]))
				found = xso_finding(x, &cls->fields[i],
						    "a member in another one's room");
			if (found)
				return found;
		}
	return NULL;
}

/* What stands for another class begins as that does; further fields are children with a name. */
static const char *check_derived(struct examiner *x)
{
	const struct xso_class *cls = x->cls, *base = cls->base;

	if (!base)
		return NULL;
	if (base->base || !strview_eq(cls->kind, base->kind) || !same_tag(&cls->tag, &base->tag) ||
	    cls->size < base->size || cls->n_fields < base->n_fields ||
	    cls->top_only != base->top_only || cls->refuse != base->refuse ||
	    (base->n_fields &&
	     memcmp(cls->fields, base->fields, base->n_fields * sizeof(*cls->fields)) != 0))
		return xso_finding(x, NULL, "not the same as what it stands for");
	for (size_t i = base->n_fields; i < cls->n_fields; i++) {
		const struct xso_field *f = &cls->fields[i];

		if (f->kind == XSO_KIND_ATTR || !f->tag.name.n || f->flags & XSO_REQUIRED)
			return xso_finding(x, f, "not a field that can be added");
		if (f->offset < base->size)
			return xso_finding(x, f, "a member in the room of its base");
	}
	return NULL;
}

static const char *check_class(struct examiner *x)
{
	const struct xso_class *cls = x->cls;
	const char *found = NULL;

	if (!is_name(cls->kind) || cls->tag.name.n == 0 || cls->tag.mark != xso_mark(cls->tag.name))
		return xso_finding(x, NULL, "no kind or no tag");
	if (cls->size < sizeof(struct xso) || cls->n_fields > XSO_MAX_FIELDS)
		return xso_finding(x, NULL, "too small, or too many fields");
	if (cls->n_fields && (!cls->index || cls->n_fields > (size_t)1 << cls->index->bits >> 1))
		return xso_finding(x, NULL, "no index for its fields, or too small a one");
	if (!x->registry->base && !cls->summary.n)
		return xso_finding(x, NULL, "no summary");
	found = check_names(x);
	for (size_t i = 0; i < cls->n_fields && !found; i++)
		found = xso_examine_field(x, &cls->fields[i]);
	for (size_t i = 0; i < cls->n_rules && !found; i++)
		found = xso_examine_rule(x, &cls->rules[i]);
	found = found ? found : check_order(x);
	return found ? found : check_derived(x);
}

/* Whether the class may stand beside those before it, and beside those that its registry extends.
 */
static const char *check_unique(struct examiner *x, size_t n_before)
{
	const struct xso_registry *r = x->registry;
	const struct xso_class *below;

	for (size_t i = 0; i < n_before; i++) {
		if (strview_eq(x->cls->kind, r->classes[i]->kind))
			return xso_finding(x, NULL, "a kind that occurs twice");
		if (same_tag(&x->cls->tag, &r->classes[i]->tag))
			return xso_finding(x, NULL, "a tag that occurs twice");
	}
	if (!r->base)
		return NULL;
	if (xso_registry_find_kind(r->base, x->cls->kind))
		return xso_finding(x, NULL, "a kind that occurs twice");
	below = xso_registry_find(r->base, x->cls->tag.ns, x->cls->tag.name, SV_NONE);
	return below && below->top_only ? xso_finding(x, NULL, "a tag that cannot be taken") : NULL;
}

const char *xso_registry_check(const struct xso_registry *r, struct arena *a)
{
	struct examiner x = { .registry = r, .a = a };
	const char *found = NULL;

	for (size_t i = 0; i < r->n_classes && !found; i++) {
		x.cls = r->classes[i];
		found = x.cls->base ? xso_finding(&x, NULL, "not a class of its own")
				    : check_class(&x);
		found = found ? found : check_unique(&x, i);
	}
	for (size_t i = 0; i < r->n_derived && !found; i++) {
		x.cls = r->derived[i];
		found = x.cls->base ? check_class(&x)
				    : xso_finding(&x, NULL, "a derived class without its base");
		for (size_t k = 0; k < i && !found; k++)
			if (r->derived[k]->base == x.cls->base)
				found = xso_finding(&x, NULL, "derived twice");
	}
	return found;
}
