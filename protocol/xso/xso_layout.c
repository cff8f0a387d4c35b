#include "protocol/xso/xso_layout.h"

static size_t value_size(const struct xso_type *t)
{
	static const size_t sizes[] = {
		[XSO_STORE_STR] = sizeof(struct strview),
		[XSO_STORE_ENUM] = sizeof(unsigned),
		[XSO_STORE_INT] = sizeof(int64_t),
		[XSO_STORE_BOOL] = sizeof(bool),
	};

	return sizes[t->store];
}

size_t xso_member_size(const struct xso_field *f)
{
	static const size_t sizes[XSO_KIND_COUNT_] = {
		[XSO_KIND_FLAG] = sizeof(bool),
		[XSO_KIND_LANG_TEXTS] = sizeof(struct xso_list),
		[XSO_KIND_VALUES] = sizeof(struct xso_list),
		[XSO_KIND_STRINGS] = sizeof(struct xso_list),
		[XSO_KIND_MAP] = sizeof(struct xso_list),
		[XSO_KIND_ONE] = sizeof(struct xso *),
		[XSO_KIND_MANY] = sizeof(struct xso_list),
		[XSO_KIND_TAG] = sizeof(struct strview),
		[XSO_KIND_ANY] = sizeof(struct xso_any),
	};

	return sizes[f->kind] ? sizes[f->kind] : value_size(f->type);
}

/* Room for n bytes at *size, aligned for any member. */
static size_t place(size_t *size, size_t n)
{
	size_t align = _Alignof(struct xso), at = (*size + align - 1) / align * align;

	*size = at + n;
	return at;
}

size_t xso_layout(struct xso_field *fields, size_t n, size_t from)
{
	size_t size = from;

	for (size_t i = 0; i < n; i++) {
		struct xso_field *f = &fields[i];

		f->tag.mark = xso_mark(f->tag.name);
		f->extra.mark = xso_mark(f->extra.name);
		f->item.mark = xso_mark(f->item.name);
		f->offset = place(&size, xso_member_size(f));
		f->extra_offset = 0;
		if (f->extra_name.n && f->kind != XSO_KIND_LANG_TEXTS)
			f->extra_offset = place(&size, sizeof(struct strview));
	}
	return size;
}
