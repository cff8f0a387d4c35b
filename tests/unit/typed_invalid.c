#include "tests/unit/typed_invalid.h"

#include <check.h>

#include "protocol/base/ns.h"
#include "protocol/xml/xmlwrite.h"
#include "tests/unit/typed_sample.h"
#include "tests/unit/xso_gen.h"

struct elem *typed_sample_elem(const struct xso_class *cls, const struct xso_field *f,
			       uint64_t seed)
{
	struct xso_gen g =
		xso_gen_of(typed_sample_context.registry, typed_sample_context.default_ns,
			   &typed_sample_arena, seed, true);
	struct elem *e = xso_gen_with(&g, cls, f);

	ck_assert_msg(e, "%s: the rules let no %s be", cls->kind.p, f ? f->name.p : "object");
	return e;
}

const char *typed_sample_xml(const struct elem *e)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	const struct xmlwrite_context ctx = { .default_ns = SV(XMLNS_CLIENT) };

	ck_assert_int_eq(xmlwrite_elem(&b, e, &ctx, NULL), 0);
	return arena_printf(&typed_sample_arena, "%.*s", SV_ARG(buf_view(&b))).p;
}

static json_t *typed(const struct elem *e, struct fault **ret_invalid)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	json_t *object;

	ck_assert_int_eq(xso_json_write(&b, e, XSO_TYPED, &typed_sample_context,
					&typed_sample_arena, ret_invalid),
			 0);
	object = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_ptr_nonnull(object);
	return object;
}

static bool is_attr(const struct xso_class *cls, const char *key)
{
	const struct xso_field *f = xso_field_named(cls, strview_of(key));

	return f && f->kind == XSO_KIND_ATTR;
}

/* Its kind and all of its attributes, and no more. */
static void expect_partial(const struct xso_class *cls, const struct elem *e, const json_t *object)
{
	size_t n = 0, others = json_object_size(json_object_get(object, "other_attrs"));
	const char *key;
	json_t *value;

	ck_assert_str_eq(json_string_value(json_object_get(object, "kind")), cls->kind.p);
	json_object_foreach((json_t *)object, key, value)
	{
		bool attr = is_attr(cls, key);

		n += attr;
		ck_assert_msg(attr || strcmp(key, "kind") == 0 || strcmp(key, "other_attrs") == 0,
			      "%s in the partial object of %.1500s", key, typed_sample_xml(e));
	}
	ck_assert_uint_eq(n + others, e->n_attrs);
}

void typed_sample_invalid(const struct xso_class *cls, const struct elem *e, const char *path)
{
	CLEANUP(fault_unrefp) struct fault *invalid = NULL, *checked = NULL, *none = NULL;
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	json_t *object = typed(e, &invalid);

	ck_assert_msg(invalid, "is taken, not refused at %s: %.1500s", path, typed_sample_xml(e));
	ck_assert_int_eq(invalid->kind, FAULT_INVALID_XSO);
	ck_assert_msg(strcmp(invalid->path, path) == 0, "%s, not at %s: %.1500s", invalid->message,
		      path, typed_sample_xml(e));
	expect_partial(cls, e, object);
	json_decref(object);
	checked = xso_json_check(e, &typed_sample_context, &typed_sample_arena);
	ck_assert_str_eq(checked->path, path);
	for (unsigned f = XSO_RAW; f <= XSO_XML; f++) {
		ck_assert_int_eq(xso_json_write(&b, e, (enum xso_format)f, &typed_sample_context,
						&typed_sample_arena, &none),
				 0);
		ck_assert_ptr_null(none);
	}
}

void typed_sample_taken(const struct elem *e)
{
	CLEANUP(fault_unrefp) struct fault *invalid = NULL;

	json_decref(typed(e, &invalid));
	ck_assert_msg(!invalid, "%s: %.1500s", invalid ? invalid->message : "",
		      typed_sample_xml(e));
}
