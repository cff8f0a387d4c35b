#include "protocol/xso/xso_index.h"

#include <assert.h>

#include "protocol/xso/xso_private.h"

struct xso_index *xso_index_new(size_t n_fields, struct arena *a)
{
	struct xso_index *index = arena_zalloc(a, sizeof(*index));
	unsigned bits = XSO_INDEX_BITS(n_fields);
	uint8_t *room = arena_alloc(a, (size_t)2 << bits);

	if (!index || !room)
		return NULL;
	*index = (struct xso_index){
		.tags = room,
		.names = room + ((size_t)1 << bits),
		.bits = bits,
	};
	return index;
}

static void put(uint8_t *table, unsigned bits, struct strview name, size_t i)
{
	unsigned at = xso_hash(name, bits);

	while (table[at])
		at = (at + 1) & ((1u << bits) - 1);
	table[at] = (uint8_t)(i + 1);
}

/* A class without fields needs no index of its own. */
static const struct xso_index *empty(void)
{
	static uint8_t none[2];
	static struct xso_index index = { .tags = none, .names = none, .bits = 1 };

	return &index;
}

static void enter(struct xso_index *index, size_t i)
{
	const struct xso_field *f = &index->of[i];

	if (f->tag.name.n)
		put(index->tags, index->bits, f->tag.name, i);
	put(index->names, index->bits, f->name, i);
	if (f->kind == XSO_KIND_TEXT)
		index->text = f;
	if (f->kind >= XSO_KIND_TAG && f < index->rest)
		index->rest = f;
	if (f->flags & XSO_REQUIRED)
		xso_mask_set(&index->required, i);
	if (f->absent.p)
		xso_mask_set(&index->defaults, i);
}

const struct xso_index *xso_index_fill(const struct xso_class *cls)
{
	struct xso_index *index = cls->index;
	size_t own;

	if (cls->n_fields == 0)
		return empty();
	assert(index && cls->n_fields <= (size_t)1 << index->bits >> 1);
	memset(index->tags, 0, (size_t)1 << index->bits);
	memset(index->names, 0, (size_t)1 << index->bits);
	*index = (struct xso_index){
		.of = cls->fields,
		.n = cls->n_fields,
		.tags = index->tags,
		.names = index->names,
		.rest = cls->fields + cls->n_fields,
		.bits = index->bits,
	};
	/* further fields of a derived class come before those of its base */
	own = cls->base ? cls->base->n_fields : 0;
	for (size_t i = own; i < cls->n_fields; i++)
		enter(index, i);
	for (size_t i = 0; i < own; i++)
		enter(index, i);
	return index;
}

const struct xso_field *xso_field_named(const struct xso_class *cls, struct strview name)
{
	const struct xso_index *index = xso_index_of(cls);
	unsigned at = xso_hash(name, index->bits);

	for (; index->names[at]; at = (at + 1) & ((1u << index->bits) - 1)) {
		const struct xso_field *f = &cls->fields[index->names[at] - 1];

		if (xso_name_eq(f->name, name))
			return f;
	}
	return NULL;
}

const struct xso_field *xso_attr_of(const struct xso_class *cls, const struct elem_attr *attr)
{
	const struct xso_index *index = xso_index_of(cls);
	unsigned mark = xso_mark(attr->name), at = xso_hash(attr->name, index->bits);

	for (; index->tags[at]; at = (at + 1) & ((1u << index->bits) - 1)) {
		const struct xso_field *f = &cls->fields[index->tags[at] - 1];

		if (f->tag.mark == mark && f->kind == XSO_KIND_ATTR && xso_attr_is(&f->tag, attr))
			return f;
	}
	return NULL;
}

/* The field that takes whatever is left of a namespace, or of all. */
static const struct xso_field *rest_field(const struct xso_class *cls,
					  const struct xso_index *index, struct strview ns)
{
	const struct xso_field *end = cls->fields + cls->n_fields;

	for (const struct xso_field *f = index->rest; f < end; f++)
		if (f->kind == XSO_KIND_ANY ||
		    (f->kind == XSO_KIND_TAG && strview_eq(f->tag.ns, ns)))
			return f;
	return NULL;
}

const struct xso_field *xso_field_of(const struct xso_class *cls, struct strview default_ns,
				     const struct elem *child)
{
	const struct xso_index *index = xso_index_of(cls);
	struct strview ns = xso_tag_ns(&cls->tag, default_ns);
	unsigned mark = xso_mark(child->name), at = xso_hash(child->name, index->bits);

	for (; index->tags[at]; at = (at + 1) & ((1u << index->bits) - 1)) {
		const struct xso_field *f = &cls->fields[index->tags[at] - 1];

		if (f->tag.mark == mark && f->kind != XSO_KIND_ATTR &&
		    xso_name_eq(f->tag.name, child->name) &&
		    strview_eq(xso_tag_ns(&f->tag, f->cls ? default_ns : ns), child->ns))
			return f;
	}
	return rest_field(cls, index, child->ns);
}
