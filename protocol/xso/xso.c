#include "protocol/xso/xso.h"

#include <assert.h>
#include <errno.h>

#include "protocol/xso/xso_index.h"
#include "protocol/xso/xso_private.h"

struct xso *xso_new(const struct xso_class *cls, struct arena *a)
{
	struct xso *x = arena_zalloc(a, cls->size);
	struct xso_mask defaults = xso_index_of(cls)->defaults;
	size_t i;

	if (!x)
		return NULL;
	x->cls = cls;
	while (xso_mask_take(&defaults, &i)) {
		const struct xso_field *f = &cls->fields[i];

		if (xso_type_parse(f->type, f->absent, a, xso_member(x, f->offset)) == -ENOMEM)
			return NULL;
	}
	return x;
}

static const struct xso_field *field_at(const struct xso_class *cls, size_t offset)
{
	for (size_t i = 0; i < cls->n_fields; i++)
		if (cls->fields[i].offset == offset)
			return &cls->fields[i];
	assert(false);
	return NULL;
}

void xso_set(struct xso *x, size_t offset)
{
	xso_set_field(x, field_at(x->cls, offset));
}

bool xso_has(const struct xso *x, size_t offset)
{
	return xso_has_field(x, field_at(x->cls, offset));
}

void *xso_list_add(struct xso_list *list, size_t item_size, struct arena *a)
{
	char *item;

	/* full when n is a power of two, and then room for as many again is made */
	if ((list->n & (list->n - 1)) == 0) {
		size_t room = list->n ? list->n * 2 : 1;
		void *items = arena_alloc(a, room * item_size);

		if (!items)
			return NULL;
		if (list->n)
			memcpy(items, list->items, list->n * item_size);
		list->items = items;
	}
	item = (char *)list->items + list->n++ * item_size;
	return memset(item, 0, item_size);
}

const struct xso_text *xso_text_main(const struct xso_list *texts)
{
	const struct xso_text *text = texts->items;

	for (size_t i = 0; i < texts->n; i++)
		if (!text[i].lang.p)
			return &text[i];
	return texts->n ? text : NULL;
}
