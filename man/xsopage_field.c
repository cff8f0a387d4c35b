#include <inttypes.h>

#include "man/xsopage.h"
#include "protocol/base/ns.h"
#include "protocol/xso/xso_macros.h"

/* <name> or <name xmlns='...'>, where that is not the namespace of its holder. */
static void put_tag(struct prose *p, const struct xso_tag *tag, struct strview outer_ns)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	if (tag->ns.n && !strview_eq(tag->ns, outer_ns))
		buf_printf(&b, "<%.*s xmlns='%.*s'>", SV_ARG(tag->name), SV_ARG(tag->ns));
	else
		buf_printf(&b, "<%.*s>", SV_ARG(tag->name));
	prose_macro(p, "Ql", buf_view(&b));
}

static void put_attr(struct prose *p, const struct xso_tag *attr)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	if (strview_is(attr->ns, XMLNS_XML))
		buf_printf(&b, "xml:%.*s", SV_ARG(attr->name));
	else if (attr->ns.n)
		buf_printf(&b, "{%.*s}%.*s", SV_ARG(attr->ns), SV_ARG(attr->name));
	else
		buf_printf(&b, "%.*s", SV_ARG(attr->name));
	prose_text(p, "attribute");
	prose_macro(p, "Ql", buf_view(&b));
}

/* What it is in JSON. */

static void put_range(struct prose *p, const struct xso_type *t)
{
	if (t->min == xso_int.min && t->max == xso_int.max)
		prose_text(p, "an integer");
	else if (t->max == xso_int.max)
		prose_text(p, "an integer from %" PRId64, t->min);
	else
		prose_text(p, "an integer, %" PRId64 " to %" PRId64, t->min, t->max);
}

static void put_type(struct prose *p, const struct xso_type *t)
{
	switch (t->store) {
	case XSO_STORE_STR:
		prose_text(p, "%s", t->name);
		break;
	case XSO_STORE_ENUM:
		prose_list(p, "Ql", t->names, t->n_names, "or");
		break;
	case XSO_STORE_INT:
		put_range(p, t);
		break;
	case XSO_STORE_BOOL:
		prose_text(p, "true or false");
		break;
	}
}

static void put_what(struct prose *p, const struct xso_field *f)
{
	switch (f->kind) {
	case XSO_KIND_ATTR:
	case XSO_KIND_TEXT:
	case XSO_KIND_CHILD_TEXT:
	case XSO_KIND_CHILD_ATTR:
	case XSO_KIND_LANG_TEXTS:
		put_type(p, f->type);
		break;
	case XSO_KIND_FLAG:
		prose_text(p, "true");
		break;
	case XSO_KIND_VALUES:
	case XSO_KIND_STRINGS:
		prose_text(p, "an array, each item:");
		put_type(p, f->type);
		break;
	case XSO_KIND_MAP:
		prose_text(p, "an object, each member:");
		put_type(p, f->type);
		break;
	case XSO_KIND_ONE:
		prose_text(p, f->cls->n_fields ? "class" : "true, class");
		prose_macro(p, "Cm", f->cls->kind);
		break;
	case XSO_KIND_MANY:
		prose_text(p, "an array of class");
		prose_macro(p, "Cm", f->cls->kind);
		break;
	case XSO_KIND_TAG:
		prose_list(p, "Ql", f->type->names, f->type->n_names, "or");
		if (f->flags & XSO_OPEN)
			prose_text(p, "or another name");
		break;
	case XSO_KIND_ANY:
		prose_text(p, "an XSO");
		break;
	case XSO_KIND_COUNT_:
		break;
	}
}

/* Where it stands in the element; where an object does its class says. */

static void put_where(struct prose *p, const struct xso_class *cls, const struct xso_field *f)
{
	switch (f->kind) {
	case XSO_KIND_ATTR:
		put_attr(p, &f->tag);
		break;
	case XSO_KIND_TEXT:
		prose_text(p, "the text");
		break;
	case XSO_KIND_CHILD_ATTR:
		put_attr(p, &f->extra);
		prose_text(p, "of child");
		put_tag(p, &f->tag, cls->tag.ns);
		break;
	case XSO_KIND_CHILD_TEXT:
	case XSO_KIND_LANG_TEXTS:
	case XSO_KIND_FLAG:
		prose_text(p, "child");
		put_tag(p, &f->tag, cls->tag.ns);
		break;
	case XSO_KIND_VALUES:
	case XSO_KIND_STRINGS:
		if (f->extra.name.n) {
			put_attr(p, &f->extra);
			prose_text(p, "of");
		}
		prose_text(p, "children");
		put_tag(p, f->kind == XSO_KIND_STRINGS ? &f->item : &f->tag, cls->tag.ns);
		if (f->kind == XSO_KIND_STRINGS) {
			prose_text(p, "of child");
			put_tag(p, &f->tag, cls->tag.ns);
		}
		break;
	case XSO_KIND_MAP:
		prose_text(p, "children");
		put_tag(p, &f->tag, cls->tag.ns);
		prose_text(p, "named by");
		put_attr(p, &f->extra);
		break;
	case XSO_KIND_TAG:
		prose_text(p, "name of a child");
		if (f->tag.ns.n && !strview_eq(f->tag.ns, cls->tag.ns)) {
			prose_text(p, "in namespace");
			prose_macro(p, "Ql", f->tag.ns);
		}
		break;
	case XSO_KIND_ANY:
		prose_text(p, "any other child");
		break;
	case XSO_KIND_ONE:
	case XSO_KIND_MANY:
	case XSO_KIND_COUNT_:
		break;
	}
}

static void put_more(struct prose *p, const struct xso_field *f)
{
	if (f->absent.p) {
		prose_text(p, "Absent means");
		prose_macro(p, "Ql", f->absent);
		prose_stop(p);
	}
	if (f->flags & XSO_LENIENT) {
		prose_text(p, "Another value stays in");
		prose_macro(p, "Fa", f->kind == XSO_KIND_ATTR ? SV("other_attrs") : SV("other"));
		prose_stop(p);
	}
	if (f->flags & (XSO_FROM_ACCOUNT | XSO_FROM_ARCHIVE)) {
		prose_text(p, "Only from %s%s%s",
			   f->flags & XSO_FROM_ACCOUNT ? "the own account" : "",
			   f->flags & XSO_FROM_ACCOUNT && f->flags & XSO_FROM_ARCHIVE ? " or " : "",
			   f->flags & XSO_FROM_ARCHIVE ? "an archive that was asked" : "");
		prose_stop(p);
	}
}

static void put_item(struct prose *p, struct strview name, bool required)
{
	prose_macro(p, "It Fa", name);
	if (required)
		fputs(" Ns *", p->out);
	prose_end(p);
}

/* What comes with a field under a name of its own. */
static void put_extra(struct prose *p, const struct xso_field *f)
{
	put_item(p, f->extra_name, false);
	if (f->kind == XSO_KIND_TAG)
		prose_text(p, "text of the child that is");
	else
		put_attr(p, &f->extra);
	if (f->kind != XSO_KIND_TAG)
		prose_text(p, "of the child that is");
	prose_macro(p, "Fa", f->name);
	prose_stop(p);
}

static void put_further_texts(struct prose *p, const struct xso_field *f)
{
	put_item(p, f->lang_name, false);
	prose_text(p, "its");
	prose_macro(p, "Ql", SV("xml:lang"));
	prose_stop(p);
	put_item(p, f->name, false);
	prose_text(p, "the others: an array of");
	prose_macro(p, "Ql", SV("{lang?, text}"));
	prose_stop(p);
}

void xsopage_field(FILE *out, const struct xso_class *cls, const struct xso_field *f)
{
	struct prose p = { .out = out };

	put_item(&p, f->kind == XSO_KIND_LANG_TEXTS ? f->extra_name : f->name,
		 f->flags & XSO_REQUIRED);
	put_what(&p, f);
	if (!f->cls)
		prose_punct(&p, ";");
	put_where(&p, cls, f);
	prose_stop(&p);
	put_more(&p, f);
	if (f->kind == XSO_KIND_LANG_TEXTS)
		put_further_texts(&p, f);
	else if (f->extra_offset)
		put_extra(&p, f);
}
