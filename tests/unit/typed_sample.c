#include "tests/unit/typed_sample.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <check.h>

#include "protocol/vocab/vocab.h"
#include "protocol/xso/xso_archives.h"
#include "tests/unit/typed_invalid.h"
#include "tests/unit/xso_samples.h"

struct arena typed_sample_arena;

static const struct xso_archives own_archive = { .own = true };
struct xso_json_context typed_sample_context = { .default_ns = { "jabber:client", 13 },
						 .archives = &own_archive };

int typed_sample_classes(void)
{
	return (int)(vocab_registry()->n_classes + xso_samples()->n_classes);
}

const struct xso_class *typed_sample_class(int i)
{
	const struct xso_registry *r = vocab_registry();
	size_t at = (size_t)i;

	if (at >= r->n_classes) {
		at -= r->n_classes;
		r = xso_samples();
	}
	typed_sample_context.registry = r;
	return r->classes[at];
}

static struct fault *read_xso(const json_t *object)
{
	static const struct elem none;
	const struct elem *e = &none;
	struct fault *fault = xso_json_read(object, "/xso", &typed_sample_context, false,
					    &typed_sample_arena, &e);

	/* where it fails, nothing comes out */
	ck_assert((fault != NULL) == (e == &none));
	return fault;
}

static void expect_read(const json_t *object)
{
	CLEANUP(fault_unrefp) struct fault *fault = read_xso(object);

	ck_assert_msg(!fault, "%s %s: %.1500s", fault ? fault->path : "",
		      fault ? fault->message : "", json_dumps(object, 0));
}

/* An object of that class that has the field, and not more than it must have; it reads well. */
json_t *typed_sample(const struct xso_class *cls, const struct xso_field *f, uint64_t seed)
{
	const struct elem *e = typed_sample_elem(cls, f, seed);
	CLEANUP(fault_unrefp) struct fault *invalid = NULL;
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	json_t *object;

	ck_assert_int_eq(xso_json_write(&b, e, XSO_TYPED, &typed_sample_context,
					&typed_sample_arena, &invalid),
			 0);
	ck_assert_msg(!invalid, "%s: %s", cls->kind.p, invalid ? invalid->message : "");
	object = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_ptr_nonnull(object);
	expect_read(object);
	return object;
}

/* Its value in JSON, at the name of its first member. */
const char *typed_sample_key(const struct xso_field *f)
{
	return f->kind == XSO_KIND_LANG_TEXTS ? f->extra_name.p : f->name.p;
}

/* Reads `object` with `value` (consumed) as its member `key`; it fails at `path` in it. */
void typed_sample_fails(const json_t *object, const char *key, json_t *value, const char *path)
{
	json_t *copy = json_deep_copy(object);
	char *text;

	if (value)
		ck_assert_int_eq(json_object_set_new(copy, key, value), 0);
	else
		ck_assert_int_eq(json_object_del(copy, key), 0);
	text = json_dumps(copy, 0);
	{
		CLEANUP(fault_unrefp) struct fault *fault = read_xso(copy);

		ck_assert_msg(fault, "is taken, not refused at %s: %.1500s", path, text);
		ck_assert_int_eq(fault->kind, FAULT_INVALID_XSO);
		ck_assert_msg(strncmp(fault->path, "/xso", 4) == 0 &&
				      strcmp(fault->path + 4, path) == 0,
			      "%s %s, not at %s: %.1500s", fault->path, fault->message, path, text);
		ck_assert(*fault->message);
	}
	free(text);
	json_decref(copy);
}

/* "/key" and what follows. */
const char *typed_sample_at(const char *format, ...)
{
	static char rooms[4][512];
	static unsigned next;
	char *room = rooms[next++ % 4];
	va_list ap;

	va_start(ap, format);
	vsnprintf(room, sizeof(rooms[0]), format, ap);
	va_end(ap);
	return room;
}
