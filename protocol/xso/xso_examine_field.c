#include "protocol/xso/xso_examine.h"
#include "protocol/xso/xso_layout.h"
#include "protocol/xso/xso_private.h"

/* What a field of each kind has, must have or cannot have. */
enum {
	TYPE = 1 << 0,
	CLASS = 1 << 1,
	TAG_NAME = 1 << 2,
	EXTRA_ATTR = 1 << 3, /* must have one */
	ITEM = 1 << 4,
	TEXTS = 1 << 5, /* extra and language names */
	ENUM = 1 << 6,	/* of that store, or open */
	MAY_EXTRA = 1 << 7,
	MAY_EXTRA_ATTR = 1 << 8,
	MAY_DEFAULT = 1 << 9,
	MAY_LENIENT = 1 << 10,
	MAY_STRICT = 1 << 11,
	MAY_OPEN = 1 << 12,
	MAY_SENDER = 1 << 13,
};

static const unsigned traits[XSO_KIND_COUNT_] = {
	[XSO_KIND_ATTR] = TYPE | TAG_NAME | MAY_DEFAULT | MAY_LENIENT,
	[XSO_KIND_TEXT] = TYPE | MAY_DEFAULT | MAY_LENIENT,
	[XSO_KIND_CHILD_TEXT] = TYPE | TAG_NAME | MAY_EXTRA | MAY_EXTRA_ATTR | MAY_DEFAULT |
				MAY_LENIENT | MAY_SENDER,
	[XSO_KIND_CHILD_ATTR] = TYPE | TAG_NAME | EXTRA_ATTR | MAY_EXTRA_ATTR | MAY_DEFAULT |
				MAY_LENIENT | MAY_SENDER,
	[XSO_KIND_FLAG] = TAG_NAME | MAY_SENDER,
	[XSO_KIND_LANG_TEXTS] = TYPE | TAG_NAME | TEXTS | MAY_SENDER,
	[XSO_KIND_VALUES] = TYPE | TAG_NAME | MAY_EXTRA_ATTR | MAY_LENIENT | MAY_SENDER,
	[XSO_KIND_STRINGS] = TYPE | TAG_NAME | ITEM | MAY_EXTRA_ATTR | MAY_LENIENT | MAY_SENDER,
	[XSO_KIND_MAP] = TYPE | TAG_NAME | EXTRA_ATTR | MAY_EXTRA_ATTR | MAY_LENIENT | MAY_SENDER,
	[XSO_KIND_ONE] = CLASS | TAG_NAME | MAY_STRICT | MAY_SENDER,
	[XSO_KIND_MANY] = CLASS | TAG_NAME | MAY_STRICT | MAY_SENDER,
	[XSO_KIND_TAG] = TYPE | ENUM | MAY_EXTRA | MAY_OPEN | MAY_SENDER,
	[XSO_KIND_ANY] = MAY_STRICT | MAY_SENDER,
};

static bool has(const struct xso_field *f, unsigned trait)
{
	return traits[f->kind] & trait;
}

static const char *examine_parts(struct examiner *x, const struct xso_field *f)
{
	bool names_extra = f->extra_name.n && !has(f, TEXTS);

	if (has(f, TYPE) != (f->type != NULL))
		return xso_finding(x, f, "a type where none is needed, or none");
	if (has(f, CLASS) != (f->cls != NULL))
		return xso_finding(x, f, "a class where none is needed, or none");
	if (has(f, TAG_NAME) != (f->tag.name.n > 0) || (f->kind == XSO_KIND_TAG && !f->tag.ns.n))
		return xso_finding(x, f, "a name where none is needed, or none");
	if (has(f, ITEM) != (f->item.name.n > 0))
		return xso_finding(x, f, "an item where none is needed, or none");
	if ((has(f, EXTRA_ATTR) && !f->extra.name.n) ||
	    (!has(f, MAY_EXTRA_ATTR) && f->extra.name.n))
		return xso_finding(x, f, "an extra attribute where none is needed, or none");
	if (names_extra != (f->extra_offset > 0) || (names_extra && !has(f, MAY_EXTRA)) ||
	    (f->kind == XSO_KIND_CHILD_TEXT && names_extra != (f->extra.name.n > 0)))
		return xso_finding(x, f, "an extra member where none can be, or none");
	if (has(f, TEXTS) != (f->lang_name.n > 0) || (has(f, TEXTS) && !f->extra_name.n))
		return xso_finding(x, f, "no names of a text and its language, or too many");
	if (has(f, ENUM) && f->type->store != XSO_STORE_ENUM && !(f->flags & XSO_OPEN))
		return xso_finding(x, f, "a type that is no enumeration");
	if (f->tag.mark != xso_mark(f->tag.name) || f->extra.mark != xso_mark(f->extra.name) ||
	    f->item.mark != xso_mark(f->item.name))
		return xso_finding(x, f, "a wrong mark");
	return NULL;
}

static const char *examine_flags(struct examiner *x, const struct xso_field *f)
{
	static const struct {
		unsigned flag, trait;
	} flags[] = {
		{ XSO_REQUIRED, ~0u },
		{ XSO_LENIENT, MAY_LENIENT },
		{ XSO_STRICT, MAY_STRICT },
		{ XSO_OPEN, MAY_OPEN },
		{ XSO_FROM_ACCOUNT, MAY_SENDER },
		{ XSO_FROM_ARCHIVE, MAY_SENDER },
	};
	bool attr = f->kind == XSO_KIND_ATTR, text = f->kind == XSO_KIND_TEXT;
	unsigned left = f->flags, refuse = attr	  ? XSO_REFUSE_ATTRS
					   : text ? XSO_REFUSE_TEXT
						  : XSO_REFUSE_CHILDREN;

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i].flag & left && has(f, flags[i].trait))
			left &= ~flags[i].flag;
	if (left)
		return xso_finding(x, f, "a flag that its kind does not have");
	if (f->flags & XSO_LENIENT && x->cls->refuse & refuse)
		return xso_finding(x, f, "lenient where nothing can be left over");
	return NULL;
}

static const char *examine_default(struct examiner *x, const struct xso_field *f)
{
	union xso_value value;

	if (!f->absent.p)
		return NULL;
	if (!has(f, MAY_DEFAULT) || f->flags & XSO_REQUIRED)
		return xso_finding(x, f, "a default that it cannot have");
	if (xso_type_parse(f->type, f->absent, x->a, &value) != 0)
		return xso_finding(x, f, "a default that is not valid");
	return NULL;
}

/* The class of children: of that tag, and one that schemas can name. */
static const char *examine_class(struct examiner *x, const struct xso_field *f)
{
	const struct xso_class *known;

	if (!f->cls)
		return NULL;
	if (!strview_eq(f->tag.ns, f->cls->tag.ns) || !strview_eq(f->tag.name, f->cls->tag.name))
		return xso_finding(x, f, "another tag than its class");
	known = xso_registry_find_kind(x->registry, f->cls->kind);
	if (!known || (known->base ? known->base : known) != (f->cls->base ? f->cls->base : f->cls))
		return xso_finding(x, f, "a class that is not in the registry");
	return NULL;
}

static bool fits(const struct examiner *x, size_t offset, size_t size)
{
	size_t align = size < _Alignof(struct xso) ? size : _Alignof(struct xso);

	return offset >= sizeof(struct xso) && offset + size <= x->cls->size && offset % align == 0;
}

const char *xso_examine_field(struct examiner *x, const struct xso_field *f)
{
	const char *found = examine_parts(x, f);

	if (!found && (!fits(x, f->offset, xso_member_size(f)) ||
		       (f->extra_offset && !fits(x, f->extra_offset, sizeof(struct strview)))))
		found = xso_finding(x, f, "a member outside of the struct");
	if (!found && xso_is_list(f->kind) && f->name.p[f->name.n - 1] != 's')
		found = xso_finding(x, f, "many of a name that is no plural");
	found = found ? found : examine_flags(x, f);
	found = found ? found : examine_default(x, f);
	return found ? found : examine_class(x, f);
}

static bool is_field(const struct xso_class *cls, const char *name)
{
	return xso_field_named(cls, strview_of(name));
}

/* Whether the field of a rule can have that value. */
static bool can_be(struct examiner *x, const struct xso_field *f, const char *text)
{
	union xso_value value;

	switch (f->kind) {
	case XSO_KIND_FLAG:
		return strcmp(text, "true") == 0;
	case XSO_KIND_ATTR:
	case XSO_KIND_TEXT:
	case XSO_KIND_CHILD_TEXT:
	case XSO_KIND_CHILD_ATTR:
		return f->type->store != XSO_STORE_INT &&
		       xso_type_parse(f->type, strview_of(text), x->a, &value) == 0;
	case XSO_KIND_TAG:
		return f->flags & XSO_OPEN ||
		       xso_type_parse(f->type, strview_of(text), x->a, &value) == 0;
	case XSO_KIND_LANG_TEXTS:
	case XSO_KIND_VALUES:
	case XSO_KIND_STRINGS:
	case XSO_KIND_MAP:
	case XSO_KIND_ONE:
	case XSO_KIND_MANY:
	case XSO_KIND_ANY:
	case XSO_KIND_COUNT_:
		break;
	}
	return false;
}

const char *xso_examine_rule(struct examiner *x, const struct xso_rule *rule)
{
	const struct xso_field *f = xso_field_named(x->cls, strview_of(rule->field));

	if (!f || !rule->text || !rule->is[0] || (!rule->needs[0] && !rule->bars[0]))
		return xso_finding(x, f, "a rule that lacks something");
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->is[i]; i++)
		if (!can_be(x, f, rule->is[i]))
			return xso_finding(x, f, "a rule for a value that it cannot have");
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->needs[i]; i++)
		if (!is_field(x->cls, rule->needs[i]))
			return xso_finding(x, f, "a rule that needs what is no field");
	for (size_t i = 0; i < XSO_RULE_NAMES && rule->bars[i]; i++)
		if (!is_field(x->cls, rule->bars[i]) && strcmp(rule->bars[i], "other") != 0)
			return xso_finding(x, f, "a rule that bars what is no field");
	return NULL;
}
