/*
 * Nothing is lost: elements of every class, made at random from its table, and mixtures that no
 * honest peer would send, come back from all their forms.
 */
#include <stdio.h>

#include "protocol/base/ns.h"
#include "protocol/vocab/vocab.h"
#include "protocol/xml/xmlwrite.h"
#include "protocol/xso/xso_archives.h"
#include "tests/unit/suite.h"
#include "tests/unit/xso_gen.h"
#include "tests/unit/xso_roundtrip.h"
#include "tests/unit/xso_samples.h"

enum {
	SEEDS = 60, /* of each class, valid and hostile ones by turns */
};

static struct arena arena;
static const struct xso_archives own_archive = { .own = true };
static struct xso_json_context context = { .default_ns = { "jabber:client", 13 },
					   .archives = &own_archive };

static void begin(void)
{
	arena_init(&arena, 0);
}

static void end(void)
{
	arena_done(&arena);
}

static const char *xml_of(const struct elem *e)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	const struct xmlwrite_context ctx = { .default_ns = context.default_ns };

	ck_assert_int_eq(xmlwrite_elem(&b, e, &ctx, NULL), 0);
	return arena_printf(&arena, "%.*s", SV_ARG(buf_view(&b))).p;
}

/* Of the built-in ones, and behind them of those with every kind of field. */
static const struct xso_class *class_number(int i)
{
	size_t at = (size_t)i;

	context.registry = at < vocab_registry()->n_classes ? vocab_registry() : xso_samples();
	if (context.registry == xso_samples())
		at -= vocab_registry()->n_classes;
	return context.registry->classes[at];
}

/* Whether its class takes it. */
static bool comes_back(const struct elem *e, const struct xso_json_context *ctx, bool must_be_taken)
{
	CLEANUP(fault_unrefp) struct fault *invalid = xso_json_check(e, ctx, &arena);
	const char *found = xso_roundtrip(e, ctx, &arena);

	ck_assert_msg(!found, "%.1500s\n%.1500s", xml_of(e), found);
	ck_assert_msg(!invalid || !must_be_taken, "%.1500s\n%.1500s", xml_of(e),
		      invalid ? invalid->message : "");
	return !invalid;
}

START_TEST(elements_of_every_class_come_back)
{
	const struct xso_class *cls = class_number(_i);
	unsigned taken = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct xso_gen g = xso_gen_of(context.registry, context.default_ns, &arena,
					      seed + (uint64_t)_i * 1000, seed % 2);

		taken += comes_back(xso_gen_class(&g, cls), &context, g.valid);
		arena_reset(&arena);
	}
	ck_assert_msg(taken > SEEDS / 2 + SEEDS / 8, "%s: only %u of %d are taken", cls->kind.p,
		      taken, SEEDS);
}
END_TEST

/* Also where the stream's namespace is that of components, and with all that is unknown refused. */
START_TEST(on_other_streams_they_come_back_too)
{
	const struct xso_registry *r = vocab_registry();
	const struct xso_json_context component = { .default_ns = SV(XMLNS_COMPONENT),
						    .reject_unknown_payload = true };

	for (size_t i = 0; i < r->n_classes; i++)
		for (uint64_t seed = 0; seed < 6; seed++) {
			struct xso_gen g = xso_gen_of(r, component.default_ns, &arena,
						      seed + (uint64_t)i * 999, seed % 2);

			comes_back(xso_gen_class(&g, r->classes[i]), &component, false);
			arena_reset(&arena);
		}
}
END_TEST

START_TEST(elements_of_no_class_come_back)
{
	for (uint64_t seed = 0; seed < 500; seed++) {
		struct xso_gen g =
			xso_gen_of(vocab_registry(), context.default_ns, &arena, seed, false);

		comes_back(xso_gen_other(&g, context.default_ns, 0), &context, true);
		arena_reset(&arena);
	}
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ elements_of_every_class_come_back,
		  (int)(vocab_registry()->n_classes + xso_samples()->n_classes) },
		{ on_other_streams_they_come_back_too, 0 },
		{ elements_of_no_class_come_back, 0 },
	};

	return suite_run_with("xso_roundtrip", begin, end, tests, ARRAY_SIZE(tests));
}
