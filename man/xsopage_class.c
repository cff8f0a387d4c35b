#include <ctype.h>

#include "ipc/json/schema_props.h"
#include "ipc/json/schema_write.h"
#include "man/xsopage.h"

/* "<delay xmlns='urn:xmpp:delay'>" */
static void put_element(struct prose *p, const struct xso_class *cls)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	buf_printf(&b, "<%.*s", SV_ARG(cls->tag.name));
	if (cls->tag.ns.n)
		buf_printf(&b, " xmlns='%.*s'", SV_ARG(cls->tag.ns));
	buf_put_str(&b, ">");
	prose_text(p, "Element");
	prose_macro(p, "Ql", buf_view(&b));
}

/* "in message, presence and roster as items" */
static void put_holders(struct prose *p, const struct xso_class *cls, const struct xso_registry *r)
{
	const struct xso_class *holder;
	const struct xso_field *f;
	size_t n = 0, left = 0;

	for (size_t i = 0; schema_next_holder(cls, r, &i, &f);)
		left++;
	for (size_t i = 0; (holder = schema_next_holder(cls, r, &i, &f)); n++) {
		if (n == 0 || --left > 1)
			prose_punct(p, ",");
		if (n == 0 || left == 1)
			prose_text(p, n ? "and" : "in");
		prose_macro(p, "Cm", holder->kind);
		if (strview_eq(schema_props_name(f), cls->kind))
			continue;
		prose_text(p, "as");
		prose_macro(p, "Fa", schema_props_name(f));
	}
	if (cls->top_only) {
		prose_punct(p, ",");
		prose_text(p, n ? "and on the top of a stream" : "on the top of a stream only");
	}
}

/* A sentence that begins with a small letter and has no stop. */
static void put_sentence(struct prose *p, const char *text)
{
	prose_text(p, "%c%s", toupper((unsigned char)*text), text + 1);
	prose_stop(p);
}

static void put_policies(struct prose *p, unsigned refuse)
{
	static const struct {
		unsigned what;
		const char *text;
	} refused[] = {
		{ XSO_REFUSE_ATTRS, "an attribute that is none of these is refused" },
		{ XSO_REFUSE_CHILDREN, "a child that is none of these is refused" },
		{ XSO_REFUSE_TEXT, "a text that is none of these is refused" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (refuse & refused[i].what)
			put_sentence(p, refused[i].text);
}

static void put_fields(struct prose *p, const struct xso_class *cls)
{
	if (cls->n_fields == 0) {
		prose_text(p, "It has no fields: where it is one of another class it is");
		prose_macro(p, "Ql", SV("true"));
		prose_stop(p);
		return;
	}
	fputs(".Pp\n.Bl -tag -width receipt_request -compact\n", p->out);
	for (size_t i = 0; i < cls->n_fields; i++)
		xsopage_field(p->out, cls, &cls->fields[i]);
	fputs(".El\n", p->out);
}

void xsopage_class(FILE *out, const struct xso_class *cls, const struct xso_registry *r)
{
	struct prose p = { .out = out };

	prose_macro(&p, "Ss", cls->kind);
	prose_end(&p);
	prose_text(&p, "%.*s", SV_ARG(cls->summary));
	prose_stop(&p);
	put_element(&p, cls);
	put_holders(&p, cls, r);
	prose_stop(&p);
	put_fields(&p, cls);
	if (cls->n_fields && (cls->n_rules || cls->refuse))
		fputs(".Pp\n", out);
	for (size_t i = 0; i < cls->n_rules; i++)
		put_sentence(&p, cls->rules[i].text);
	put_policies(&p, cls->refuse);
}
