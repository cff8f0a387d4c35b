#include <assert.h>

#include "protocol/xso/xso_index.h"
#include "protocol/xso/xso_private.h"

/* What an object is examined for: its class's required fields, rules and policies. */

static enum xso_result fail(const char *text, const char *field, struct arena *a,
			    struct xso_issue *ret)
{
	struct strview path = arena_printf(a, "/%s", field);

	if (!path.p)
		return XSO_NO_MEMORY;
	*ret = (struct xso_issue){ text, path };
	return XSO_INVALID;
}

/* The field of x of that name, if it is there. */
static const struct xso_field *there(const struct xso *x, const char *name)
{
	const struct xso_field *f = xso_field_named(x->cls, strview_of(name));

	return f && xso_has_field(x, f) ? f : NULL;
}

/* Whether there is a child among what is left, or else a text. */
static bool has_nodes(const struct elem *rest, bool children)
{
	elem_for_each_node(node, rest)
	{
		if ((node->elem != NULL) == children)
			return true;
	}
	return false;
}

/* NULL, or what the class refuses. */
static const char *refused(const struct xso *x, const char **ret_text)
{
	unsigned refuse = x->cls->refuse;

	*ret_text = "there may be no other attributes";
	if (refuse & XSO_REFUSE_ATTRS && x->rest.n_attrs)
		return "other_attrs";
	*ret_text = "there may be no other children";
	if (refuse & XSO_REFUSE_CHILDREN && has_nodes(&x->rest, true))
		return "other";
	*ret_text = "there may be no text";
	return refuse & XSO_REFUSE_TEXT && has_nodes(&x->rest, false) ? "other" : NULL;
}

/* The text of a value that needs no memory for it: of a string, a name or a boolean. */
static struct strview value_text(const struct xso *x, const struct xso_field *f)
{
	const void *member = xso_member(x, f->offset);

	if (f->kind == XSO_KIND_FLAG)
		return *(const bool *)member ? SV("true") : SV("false");
	if (f->kind == XSO_KIND_TAG)
		return *(const struct strview *)member;
	assert(f->type && f->type->store != XSO_STORE_INT);
	return xso_type_format(f->type, member, NULL);
}

static bool applies(const struct xso_rule *rule, const struct xso *x)
{
	const struct xso_field *f = there(x, rule->field);
	struct strview value;

	if (!f)
		return false;
	value = value_text(x, f);
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->is[i]; i++)
		if (strview_is(value, rule->is[i]))
			return true;
	return false;
}

/* NULL, or the field because of which x breaks the rule. */
static const char *broken(const struct xso_rule *rule, const struct xso *x)
{
	bool excused = rule->or_other && has_nodes(&x->rest, true);

	if (!applies(rule, x))
		return NULL;
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->needs[i]; i++)
		if (!excused && !there(x, rule->needs[i]))
			return rule->needs[i];
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->bars[i]; i++)
		if (strcmp(rule->bars[i], "other") == 0 ? x->rest.first != NULL
							: there(x, rule->bars[i]) != NULL)
			return rule->bars[i];
	return NULL;
}

enum xso_result xso_check(const struct xso *x, struct arena *a, struct xso_issue *ret_issue)
{
	const struct xso_class *cls = x->cls;
	struct xso_mask missing = xso_mask_without(&xso_index_of(cls)->required, &x->present);
	const char *field, *text;
	size_t i;

	if (xso_mask_take(&missing, &i))
		return fail("is required", cls->fields[i].name.p, a, ret_issue);
	field = cls->refuse ? refused(x, &text) : NULL;
	if (field)
		return fail(text, field, a, ret_issue);
	for (i = 0; i < cls->n_rules; i++) {
		field = broken(&cls->rules[i], x);
		if (field)
			return fail(cls->rules[i].text, field, a, ret_issue);
	}
	return XSO_OK;
}
