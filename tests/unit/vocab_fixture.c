#include "tests/unit/vocab_fixture.h"

#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse.h"
#include "protocol/xml/xmlwrite.h"
#include "protocol/xso/xso_private.h"

struct arena arena;
struct xso_context context;

void vocab_begin(void)
{
	arena_init(&arena, 0);
	context = (struct xso_context){ .default_ns = SV(XMLNS_CLIENT),
					.registry = vocab_registry() };
}

void vocab_end(void)
{
	arena_done(&arena);
}

enum xso_result try_decode(const char *xml, struct xso **ret)
{
	struct xso_issue issue;
	const struct elem *e;
	const char *text = "";

	ck_assert_msg(xmlparse_fragment(&arena, strview_of(xml), context.default_ns, &e, &text) ==
			      0,
		      "%s: %s", text, xml);
	return xso_decode(xso_registry_find(context.registry, e->ns, e->name, context.default_ns),
			  e, &context, &arena, ret, &issue);
}

void *decode(const char *xml)
{
	struct xso *x = NULL;

	ck_assert_msg(try_decode(xml, &x) == XSO_OK, "%s", xml);
	return x;
}

struct message *message_with(const char *inner)
{
	struct strview xml = arena_printf(&arena,
					  "<message from='a@example.test' to='a@example.test/r'>"
					  "%s</message>",
					  inner);

	return decode(xml.p);
}

void comes_back_as(const void *object, const char *xml)
{
	const struct xmlwrite_context ctx = { .default_ns = context.default_ns };
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	const struct elem *e = xso_encode(object, &context, &arena);

	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(xmlwrite_elem(&b, e, &ctx, NULL), 0);
	ck_assert_msg(strview_is(buf_view(&b), xml), "%.*s, not %s", SV_ARG(buf_view(&b)), xml);
}

size_t left(const struct xso *x)
{
	size_t n = 0;

	elem_for_each_node(node, &x->rest) n += node->elem != NULL;
	return n;
}

const struct xso *first_inside(const struct xso *x)
{
	for (size_t i = 0; i < x->cls->n_fields; i++) {
		const struct xso_field *f = &x->cls->fields[i];
		void *member = xso_member(x, f->offset);

		if (xso_has_field(x, f) && f->kind == XSO_KIND_ONE)
			return *(struct xso *const *)member;
		if (xso_has_field(x, f) && f->kind == XSO_KIND_MANY)
			return item_of(*(struct xso_list *)member, 0);
	}
	return NULL;
}
