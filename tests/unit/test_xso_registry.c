/* Registries: finding classes, and extending others. */
#include "protocol/xso/xso_registry.h"

#include "protocol/base/ns.h"
#include "protocol/vocab/vocab.h"
#include "protocol/xso/xso_layout.h"
#include "protocol/xso/xso_macros.h"
#include "tests/unit/suite.h"
#include "tests/unit/xso_samples.h"

static struct arena arena;

static void begin(void)
{
	arena_init(&arena, 0);
}

static void end(void)
{
	arena_done(&arena);
}

START_TEST(every_class_is_found_by_element_and_by_kind)
{
	const struct xso_registry *r = vocab_registry();
	struct xso_registry unindexed = *r;

	unindexed.slots = NULL;
	for (size_t i = 0; i < r->n_classes; i++) {
		const struct xso_class *cls = r->classes[i];
		struct strview ns = cls->tag.ns.n ? cls->tag.ns : SV("urn:stream");

		ck_assert_ptr_eq(xso_registry_find(r, ns, cls->tag.name, SV("urn:stream")), cls);
		ck_assert_ptr_eq(xso_registry_find(&unindexed, ns, cls->tag.name, SV("urn:stream")),
				 cls);
		ck_assert_ptr_eq(xso_registry_find_kind(r, cls->kind), cls);
		ck_assert_ptr_eq(xso_registry_find_kind(&unindexed, cls->kind), cls);
		ck_assert_ptr_null(
			xso_registry_find(r, SV("urn:x"), cls->tag.name, SV("urn:stream")));
	}
	ck_assert_ptr_null(xso_registry_find_kind(r, SV("")));
	ck_assert_ptr_null(xso_registry_find_kind(r, SV("no_such_kind")));
	ck_assert_ptr_null(xso_registry_find(r, SV_NONE, SV("message"), SV(XMLNS_CLIENT)));
	ck_assert_ptr_null(xso_registry_find(r, SV(XMLNS_CLIENT), SV(""), SV(XMLNS_CLIENT)));
}
END_TEST

/* A registry that extends another by one class within a class of that. */
struct extension {
	struct xso_class own, derived;
	struct xso_field own_fields[2], fields[XSO_MAX_FIELDS];
	const struct xso_class *classes[1], *derivations[1];
	struct xso_registry registry;
};

/* `element` with a text and an attribute, once in `within`; that is of the registry below. */
static struct extension *extend(const struct xso_registry *below, const struct xso_class *within,
				const char *kind, const char *ns, const char *element)
{
	struct extension *x = arena_zalloc(&arena, sizeof(*x));
	const struct xso_class *was = xso_registry_class(below, within);
	const struct xso_class **room;

	x->own_fields[0] = (struct xso_field){
		.kind = XSO_KIND_ATTR,
		.name = SV("level"),
		.tag = { .name = SV("level") },
		.type = &xso_uint8,
	};
	x->own_fields[1] = (struct xso_field){
		.kind = XSO_KIND_CHILD_TEXT,
		.name = SV("comment"),
		.tag = { .name = SV("comment") },
		.extra = { .name = SV("by") },
		.extra_name = SV("comment_by"),
		.type = &xso_string,
	};
	x->own = (struct xso_class){
		.kind = strview_of(kind),
		.tag = { strview_of(ns), strview_of(element), xso_mark(strview_of(element)) },
		.size = xso_layout(x->own_fields, 2, sizeof(struct xso)),
		.fields = x->own_fields,
		.n_fields = 2,
		.index = xso_index_new(2, &arena),
	};
	memcpy(x->fields, was->fields, was->n_fields * sizeof(*x->fields));
	x->fields[was->n_fields] = (struct xso_field){
		.kind = XSO_KIND_ONE,
		.name = strview_of(kind),
		.tag = x->own.tag,
		.cls = &x->own,
	};
	x->derived = *was;
	x->derived.fields = x->fields;
	x->derived.n_fields++;
	x->derived.size = xso_layout(x->fields + was->n_fields, 1, was->size);
	x->derived.index = xso_index_new(x->derived.n_fields, &arena);
	x->derived.base = within;
	x->classes[0] = &x->own;
	x->derivations[0] = &x->derived;
	x->registry = (struct xso_registry){
		.classes = x->classes,
		.n_classes = 1,
		.base = below,
		.derived = x->derivations,
		.n_derived = 1,
	};
	room = arena_alloc(&arena, XSO_REGISTRY_ROOM(1) * sizeof(*room));
	xso_registry_index(&x->registry, room);
	return x;
}

static const struct elem *part_in(const struct xso_class *outer, const char *ns, const char *name)
{
	struct elem *e = elem_new(&arena, outer->tag.ns, outer->tag.name), *child;

	child = elem_add_new(&arena, e, strview_of(ns), strview_of(name), SV_NONE);
	ck_assert_int_eq(elem_add_attr(&arena, e, SV_NONE, SV("id"), SV("1")), 0);
	ck_assert_int_eq(elem_add_attr(&arena, child, SV_NONE, SV("level"), SV("5")), 0);
	ck_assert_ptr_nonnull(
		elem_add_new(&arena, child, strview_of(ns), SV("comment"), SV("hello")));
	return e;
}

static struct xso *decode(const struct xso_registry *r, const struct elem *e)
{
	struct xso_context ctx = { .default_ns = SV(XMLNS_CLIENT), .registry = r };
	const struct xso_class *cls = xso_registry_find(r, e->ns, e->name, ctx.default_ns);
	struct xso_issue issue = { 0 };
	struct xso *x = NULL;

	ck_assert_int_eq(xso_decode(cls, e, &ctx, &arena, &x, &issue), XSO_OK);
	ck_assert(elem_equal(e, xso_encode(x, &ctx, &arena)));
	return x;
}

START_TEST(a_declared_class_is_a_field_of_what_it_is_within)
{
	struct extension *x = extend(xso_samples(), &sample_part_class, "badge", "urn:m", "badge");
	const struct xso_registry *r = &x->registry;
	struct xso *p = decode(r, part_in(&sample_part_class, "urn:m", "badge"));
	const char *found = xso_registry_check(r, &arena);
	const struct xso_field *f = &x->fields[sample_part_class.n_fields];
	const struct xso *mark;

	ck_assert_msg(!found, "%s", found);
	ck_assert_ptr_eq(p->cls, &x->derived);
	ck_assert(xso_is(p, &sample_part_class));
	ck_assert(strview_is(((struct sample_part *)p)->id, "1"));
	mark = *(struct xso **)(void *)((char *)p + f->offset);
	ck_assert_ptr_eq(mark->cls, &x->own);
	ck_assert_int_eq(*(int64_t *)(void *)((char *)mark + x->own_fields[0].offset), 5);
	ck_assert_ptr_null(p->rest.first);
	/* and of nothing in the registry below */
	p = decode(xso_samples(), part_in(&sample_part_class, "urn:m", "badge"));
	ck_assert_ptr_eq(p->cls, &sample_part_class);
	ck_assert_ptr_nonnull(p->rest.first);
}
END_TEST

START_TEST(derived_classes_stand_wherever_a_table_names_their_base)
{
	struct extension *x = extend(xso_samples(), &sample_part_class, "badge", "urn:m", "badge");
	struct elem *e = elem_new(&arena, SV(XMLNS_PART), SV("part"));
	const struct sample_part *p;

	ck_assert_int_eq(elem_add_attr(&arena, e, SV_NONE, SV("id"), SV("0")), 0);
	ck_assert_int_eq(elem_add_child(&arena, e,
					(struct elem *)(uintptr_t)part_in(&sample_part_class,
									  "urn:m", "badge")),
			 0);
	p = (const struct sample_part *)decode(&x->registry, e);
	ck_assert_ptr_eq((*(struct xso **)p->parts.items)->cls, &x->derived);
	ck_assert_ptr_eq(xso_registry_find_kind(&x->registry, SV("part")), &x->derived);
	ck_assert_ptr_eq(xso_registry_class(&x->registry, &sample_lax_class), &sample_lax_class);
	ck_assert_ptr_eq(xso_registry_class(xso_samples(), &sample_part_class), &sample_part_class);
	ck_assert_ptr_eq(xso_registry_class(NULL, &sample_part_class), &sample_part_class);
}
END_TEST

START_TEST(registries_extend_each_other_and_keep_what_is_below)
{
	struct extension *low =
		extend(xso_samples(), &sample_part_class, "badge", "urn:m", "badge");
	struct extension *high =
		extend(&low->registry, &sample_part_class, "seal", "urn:seal", "seal");
	struct extension *inner = extend(&low->registry, &low->own, "deep", "urn:d", "deep");
	const struct xso_registry *r = &high->registry;

	ck_assert_ptr_null(xso_registry_check(&low->registry, &arena));
	ck_assert_ptr_null(xso_registry_check(r, &arena));
	ck_assert_ptr_null(xso_registry_check(&inner->registry, &arena));
	ck_assert_ptr_eq(xso_registry_class(r, &sample_part_class), &high->derived);
	ck_assert_ptr_eq(xso_registry_class(r, &low->derived), &high->derived);
	ck_assert_ptr_null(decode(r, part_in(&sample_part_class, "urn:m", "badge"))->rest.first);
	ck_assert_ptr_null(decode(r, part_in(&sample_part_class, "urn:seal", "seal"))->rest.first);
	ck_assert_ptr_null(
		decode(&inner->registry, part_in(&low->own, "urn:d", "deep"))->rest.first);
	ck_assert_ptr_eq(xso_registry_find_kind(r, SV("badge")), &low->own);
	ck_assert_ptr_eq(xso_registry_find_kind(r, SV("total")), &sample_total_class);
	ck_assert_ptr_eq(xso_registry_find_kind(&inner->registry, SV("badge")), &inner->derived);
	ck_assert_uint_eq(xso_registry_count(r), xso_samples()->n_classes + 2);
}
END_TEST

START_TEST(a_declared_class_comes_before_a_built_in_one_but_never_before_a_stanza)
{
	/* lax is a field of sample already; part's own is behind what it is within */
	struct extension *x = extend(xso_samples(), &sample_class, "mine", XMLNS_PART, "lax");
	struct extension *top = extend(xso_samples(), &sample_part_class, "mine", "", "envelope");
	const struct elem *lax = part_in(&sample_class, XMLNS_PART, "lax");
	struct xso *s = decode(&x->registry, lax);

	ck_assert_ptr_null(xso_registry_check(&x->registry, &arena));
	ck_assert_ptr_null(((struct sample *)s)->lax);
	ck_assert_ptr_eq(
		(*(struct xso **)(void *)((char *)s + x->fields[sample_class.n_fields].offset))
			->cls,
		&x->own);
	ck_assert_ptr_eq(
		xso_registry_find(&x->registry, SV(XMLNS_PART), SV("lax"), SV(XMLNS_CLIENT)),
		&x->own);
	ck_assert_ptr_eq(xso_registry_find(&top->registry, SV(XMLNS_CLIENT), SV("envelope"),
					   SV(XMLNS_CLIENT)),
			 &sample_envelope_class);
	ck_assert_ptr_nonnull(
		strstr(xso_registry_check(&top->registry, &arena), "cannot be taken"));
}
END_TEST

START_TEST(a_fault_in_an_extension_is_found)
{
	static const char *const findings[] = {
		"not the same", "not the same",		  "not the same",
		"can be added", "room of its base",	  "without its base",
		"twice",	"kind that occurs twice", "can be added",
	};
	struct extension *x = extend(xso_samples(), &sample_part_class, "badge", "urn:m", "badge");
	struct xso_field *added = &x->fields[sample_part_class.n_fields];
	const struct xso_class *twice[] = { &x->derived, &x->derived };
	const char *found;

	switch (_i) {
	case 0:
		x->derived.kind = SV("parts");
		break;
	case 1:
		x->fields[0].name = SV("ident");
		break;
	case 2:
		x->derived.top_only = true;
		break;
	case 3:
		added->flags = XSO_REQUIRED;
		break;
	case 4:
		added->offset = sizeof(struct xso);
		break;
	case 5:
		x->derived.base = NULL;
		break;
	case 6:
		x->registry.derived = twice;
		x->registry.n_derived = 2;
		break;
	case 7:
		x->own.kind = SV("total");
		break;
	case 8:
		*added = (struct xso_field){
			.kind = XSO_KIND_TEXT,
			.name = SV("text"),
			.type = &xso_string,
			.offset = sample_part_class.size,
		};
		x->derived.size += sizeof(struct strview);
		break;
	}
	found = xso_registry_check(&x->registry, &arena);
	/* a room that is shared is found by the room, too */
	ck_assert_msg(found && (strstr(found, findings[_i]) || (_i == 4 && strstr(found, "room"))),
		      "%s", found ? found : "nothing");
}
END_TEST

START_TEST(layouts_have_room_for_every_member)
{
	struct xso_field fields[XSO_MAX_FIELDS];
	size_t n = sample_class.n_fields, size;
	char *used;

	memcpy(fields, sample_class.fields, n * sizeof(*fields));
	size = xso_layout(fields, n, 1001);
	used = arena_zalloc(&arena, size);
	for (size_t i = 0; i < n; i++) {
		size_t member = xso_member_size(&fields[i]);

		ck_assert_uint_ge(fields[i].offset, 1001);
		ck_assert_uint_eq(fields[i].offset % _Alignof(struct xso), 0);
		for (size_t k = 0; k < member; k++)
			ck_assert_int_eq(used[fields[i].offset + k]++, 0);
		ck_assert((fields[i].extra_offset > 0) ==
			  (sample_class.fields[i].extra_offset > 0));
		for (size_t k = 0; fields[i].extra_offset && k < sizeof(struct strview); k++)
			ck_assert_int_eq(used[fields[i].extra_offset + k]++, 0);
	}
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ every_class_is_found_by_element_and_by_kind, 0 },
		{ a_declared_class_is_a_field_of_what_it_is_within, 0 },
		{ derived_classes_stand_wherever_a_table_names_their_base, 0 },
		{ registries_extend_each_other_and_keep_what_is_below, 0 },
		{ a_declared_class_comes_before_a_built_in_one_but_never_before_a_stanza, 0 },
		{ a_fault_in_an_extension_is_found, 9 },
		{ layouts_have_room_for_every_member, 0 },
	};

	return suite_run_with("xso_registry", begin, end, tests, ARRAY_SIZE(tests));
}
