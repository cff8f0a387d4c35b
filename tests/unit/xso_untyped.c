#include "tests/unit/xso_untyped.h"

#include "protocol/xso/xso_private.h"

static const char *untyped_inside(const struct xso *x, const char *at, struct arena *a);

static const struct xso *object_of(const struct xso *x, const struct xso_field *f, size_t i)
{
	const void *member = xso_member(x, f->offset);

	if (f->kind == XSO_KIND_ONE)
		return *(struct xso *const *)member;
	if (f->kind == XSO_KIND_MANY)
		return ((struct xso *const *)((const struct xso_list *)member)->items)[i];
	return ((const struct xso_any *)member)->xso;
}

static const char *place(struct arena *a, const char *at, struct strview name, size_t i)
{
	struct strview path = arena_printf(a, "%s/%.*s/%zu", at, SV_ARG(name), i);

	return path.p ? path.p : at;
}

static const char *untyped_field(const struct xso *x, const struct xso_field *f, const char *at,
				 struct arena *a)
{
	size_t n = f->kind == XSO_KIND_MANY ? ((const struct xso_list *)xso_member(x, f->offset))->n
					    : 1;
	const char *found = NULL;

	if (f->kind != XSO_KIND_ONE && f->kind != XSO_KIND_MANY && f->kind != XSO_KIND_ANY)
		return NULL;
	for (size_t i = 0; i < n && !found; i++) {
		const struct xso *inner = object_of(x, f, i);
		const char *here = place(a, at, f->name, i);

		found = inner ? untyped_inside(inner, here, a) : here;
	}
	return found;
}

static const char *untyped_inside(const struct xso *x, const char *at, struct arena *a)
{
	struct xso_mask left = x->present;
	const char *found = NULL;
	size_t i;

	if (x->rest.n_attrs)
		return place(a, at, x->rest.attrs[0].name, 0);
	if (x->rest.first)
		return place(a, at, x->rest.first->elem ? x->rest.first->elem->name : SV("text"),
			     0);
	while (!found && xso_mask_take(&left, &i))
		found = untyped_field(x, &x->cls->fields[i], at, a);
	return found;
}

const char *xso_untyped(const struct xso_class *cls, const struct elem *e,
			const struct xso_context *ctx, struct arena *a)
{
	struct xso_issue issue;
	struct xso *x;

	if (xso_decode(cls, e, ctx, a, &x, &issue) != XSO_OK)
		return "its class cannot take it";
	return untyped_inside(x, "", a);
}
