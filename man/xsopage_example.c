#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "ipc/json/typed_json.h"
#include "man/xsopage.h"
#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse.h"
#include "protocol/xml/xmlwrite.h"
#include "protocol/xso/xso_archives.h"
#include "protocol/xso/xso_private.h"

enum {
	FITTING = 480, /* bytes of XML that an example may have, if a class has one of so few */
};

/* The best example of a class so far. */
struct example {
	const struct xso *x; /* NULL: none */
	size_t n_fields, n_bytes;
	bool whole; /* every part of it is a field's */
};

/* They live as long as the program. */
static struct arena arena;
static struct example *examples; /* as the classes of the registry */
static const struct xso_registry *registry;
static bool asked; /* the own archive was */

static void fail(const char *name, const char *why)
{
	fprintf(stderr, "gen-xso-page: %s: %s\n", name, why);
	exit(EXIT_FAILURE);
}

static struct xso_context context(void)
{
	static const struct xso_archives own = { .own = true };

	return (struct xso_context){ .default_ns = SV(XMLNS_CLIENT),
				     .registry = registry,
				     .archives = asked ? &own : NULL };
}

static struct example *example_of(const struct xso_class *cls)
{
	for (size_t i = 0; i < xso_registry_count(registry); i++)
		if (xso_registry_at(registry, i) == cls)
			return &examples[i];
	return NULL;
}

static size_t count_fields(const struct xso *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->cls->n_fields; i++)
		n += xso_has_field(x, &x->cls->fields[i]);
	return n;
}

static size_t count_bytes(const struct xso *x)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	const struct xso_context ctx = context();
	const struct xmlwrite_context as = { .default_ns = ctx.default_ns };
	const struct elem *e = xso_encode(x, &ctx, &arena);

	if (!e || xmlwrite_elem(&b, e, &as, NULL) < 0)
		fail(x->cls->kind.p, "cannot be written");
	return b.n;
}

/* Whole before partly known, small before large, then whichever shows most, then the shorter. */
static bool is_better(const struct example *a, const struct example *than)
{
	bool a_fits = a->n_bytes <= FITTING, than_fits = than->n_bytes <= FITTING;

	if (!than->x || a->whole != than->whole)
		return !than->x || a->whole;
	if (a_fits != than_fits)
		return a_fits;
	if (a_fits && a->n_fields != than->n_fields)
		return a->n_fields > than->n_fields;
	return a->n_bytes < than->n_bytes;
}

static void visit(const struct xso *x);

static void visit_field(const struct xso *x, const struct xso_field *f)
{
	const void *member = xso_member(x, f->offset);
	const struct xso_list *list = member;

	if (f->kind == XSO_KIND_ONE)
		visit(*(const struct xso *const *)member);
	if (f->kind == XSO_KIND_MANY)
		for (size_t i = 0; i < list->n; i++)
			visit(((struct xso *const *)list->items)[i]);
	if (f->kind == XSO_KIND_ANY && ((const struct xso_any *)member)->xso)
		visit(((const struct xso_any *)member)->xso);
}

static void visit(const struct xso *x)
{
	struct example *best = example_of(x->cls);
	const struct example found = { x, count_fields(x), count_bytes(x),
				       !x->rest.first && !x->rest.n_attrs };

	if (best && (asked ? !best->x : is_better(&found, best)))
		*best = found;
	for (size_t i = 0; i < x->cls->n_fields; i++)
		if (xso_has_field(x, &x->cls->fields[i]))
			visit_field(x, &x->cls->fields[i]);
}

static void visit_elem(const char *name, const struct elem *e)
{
	const struct xso_context ctx = context();
	const struct xso_class *cls = xso_registry_find(registry, e->ns, e->name, ctx.default_ns);
	struct xso_issue issue = { .text = "out of memory" };
	struct xso *x;

	if (!cls)
		return;
	if (xso_decode(cls, e, &ctx, &arena, &x, &issue) != XSO_OK)
		fail(name, issue.text);
	visit(x);
}

static struct strview load(const char *path)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		fail(path, strerror(errno));
	do {
		char *to = buf_reserve(&b, BUFSIZ);

		n = to ? fread(to, 1, BUFSIZ, f) : 0;
		b.n += n;
	} while (n);
	if (ferror(f) || b.error)
		fail(path, "cannot be read");
	fclose(f);
	while (b.n && strview_is_space((struct strview){ b.p + b.n - 1, 1 }))
		b.n--;
	return arena_dup(&arena, buf_view(&b));
}

static void load_file(const char *folder, const char *name)
{
	struct strview path = arena_printf(&arena, "%s/%s", folder, name);
	const struct elem *root = NULL;
	const char *text = "out of memory";

	if (!path.p || xmlparse_fragment(&arena, load(path.p), SV(XMLNS_CLIENT), &root, &text) != 0)
		fail(name, text);
	elem_for_each_node(node, root)
	{
		if (node->elem)
			visit_elem(name, node->elem);
	}
}

static int is_xml(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 4 && strcmp(entry->d_name + n - 4, ".xml") == 0;
}

void xsopage_load_examples(const char *folder, const struct xso_registry *r)
{
	struct dirent **files;
	int n = scandir(folder, &files, is_xml, alphasort);

	if (n < 0)
		fail(folder, strerror(errno));
	arena_init(&arena, 0);
	registry = r;
	examples = calloc(xso_registry_count(r), sizeof(*examples));
	if (!examples)
		fail(folder, "out of memory");
	for (int i = 0; i < n; i++)
		load_file(folder, files[i]->d_name);
	/* what is taken from an archive only, which xso.convert has not asked */
	asked = true;
	for (int i = 0; i < n; i++) {
		load_file(folder, files[i]->d_name);
		free(files[i]);
	}
	free(files);
}

void xsopage_example(FILE *out, const struct xso_class *cls)
{
	CLEANUP(buf_done) struct buf json = BUF_INIT;
	const struct xso_context ctx = context();
	const struct xso *x = example_of(cls)->x;
	const struct elem *e;

	if (!x)
		return;
	e = xso_encode(x, &ctx, &arena);
	typed_json_write(&json, x, &ctx, false);
	if (!e || json.error)
		fail(cls->kind.p, "cannot be written");
	fputs(".Bd -literal -offset indent\n", out);
	xsopage_json(out, buf_view(&json));
	fputs("\n", out);
	xsopage_xml(out, e);
	fputs(".Ed\n", out);
}
