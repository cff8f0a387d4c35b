/*
 * The examples of specifications, tests/transcripts/xso/NAME.xml: each comes back from all its
 * forms, and is typed whole, but for those of NAME-opaque.xml, which hold what no class knows.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse.h"
#include "protocol/xso/xso_archives.h"
#include "tests/unit/suite.h"
#include "tests/unit/xso_roundtrip.h"
#include "tests/unit/xso_untyped.h"

static struct dirent **files;
static int n_files;
static struct arena arena;

static const char *folder(void)
{
	static char path[4096];
	const char *top = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/tests/transcripts/xso", top ? top : ".");
	return path;
}

static int is_xml(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 4 && strcmp(entry->d_name + n - 4, ".xml") == 0;
}

static struct strview load(const char *name)
{
	struct strview path = arena_printf(&arena, "%s/%s", folder(), name);
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	FILE *f = fopen(path.p, "re");
	size_t n;

	ck_assert_msg(f, "%s cannot be read", path.p);
	do {
		char *to = buf_reserve(&b, 65536);

		ck_assert_ptr_nonnull(to);
		n = fread(to, 1, 65536, f);
		b.n += n;
	} while (n);
	fclose(f);
	while (b.n && strview_is_space((struct strview){ b.p + b.n - 1, 1 }))
		b.n--;
	return arena_dup(&arena, buf_view(&b));
}

/* NULL, or what is wrong with it. */
static const char *examine(const struct elem *e, const struct xso_json_context *ctx, bool opaque)
{
	const struct xso_context engine = xso_roundtrip_context(ctx);
	const struct xso_class *cls =
		xso_registry_find(engine.registry, e->ns, e->name, engine.default_ns);
	CLEANUP(fault_unrefp) struct fault *invalid = xso_json_check(e, ctx, &arena);
	const char *found;
	struct strview text;

	if (invalid) {
		text = arena_printf(&arena, "invalid: %s", invalid->message);
		return text.p;
	}
	found = xso_roundtrip(e, ctx, &arena);
	if (found || opaque)
		return found;
	if (!cls)
		return "of no class";
	found = xso_untyped(cls, e, &engine, &arena);
	if (!found)
		return NULL;
	text = arena_printf(&arena, "not typed: %s", found);
	return text.p;
}

static bool is_opaque(const char *name)
{
	size_t n = strlen(name), end = strlen("-opaque.xml");

	return n > end && strcmp(name + n - end, "-opaque.xml") == 0;
}

START_TEST(the_examples_of_a_specification_are_typed_and_come_back)
{
	/* the own archive was asked, and that of a room */
	static const struct strview jids[] = { { "coven@chat.example.test", 23 } };
	const struct xso_archives archives = { jids, ARRAY_SIZE(jids), true };
	const struct xso_json_context ctx = { .default_ns = SV(XMLNS_CLIENT),
					      .archives = &archives };
	const char *name = files[_i]->d_name, *text = "";
	const struct elem *root = NULL;
	unsigned n = 0, failed = 0;

	arena_init(&arena, 0);
	ck_assert_msg(xmlparse_fragment(&arena, load(name), ctx.default_ns, &root, &text) == 0,
		      "%s: %s (no declaration or comment may be in it)", name, text);
	ck_assert_msg(elem_is(root, XMLNS_CLIENT, "examples"),
		      "%s: the root is <examples xmlns='jabber:client'>", name);
	elem_for_each_node(node, root)
	{
		const char *found;

		ck_assert_msg(node->elem || strview_is_space(node->text), "%s: stray text %.*s",
			      name, SV_ARG(node->text));
		found = node->elem ? examine(node->elem, &ctx, is_opaque(name)) : NULL;
		n += node->elem != NULL;
		if (!found)
			continue;
		failed++;
		fprintf(stderr, "%s: example %u, <%.*s>: %s\n", name, n, SV_ARG(node->elem->name),
			found);
	}
	arena_done(&arena);
	ck_assert_msg(n > 0, "%s holds no example", name);
	ck_assert_msg(!failed, "%s: %u of %u examples fail, see standard error", name, failed, n);
}
END_TEST

START_TEST(there_are_examples)
{
	ck_assert_msg(n_files > 0, "none in %s", folder());
}
END_TEST

int main(void)
{
	struct suite_test tests[] = {
		{ there_are_examples, 0 },
		{ the_examples_of_a_specification_are_typed_and_come_back, 0 },
	};

	n_files = scandir(folder(), &files, is_xml, alphasort);
	tests[1].n = n_files;
	return suite_run("xso_examples", tests, n_files > 0 ? 2 : 1);
}
