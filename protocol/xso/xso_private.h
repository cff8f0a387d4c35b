/* What all that walks the tables shares: decoding, encoding, the JSON of ipc/. */
#pragma once

#include "protocol/xso/xso_class.h"

static inline void *xso_member(const struct xso *x, size_t offset)
{
	return (char *)(uintptr_t)x + offset;
}

/* Whether a field of x is there; x has it from now on. */
static inline bool xso_has_field(const struct xso *x, const struct xso_field *f)
{
	return xso_mask_has(&x->present, (size_t)(f - x->cls->fields));
}

static inline void xso_set_field(struct xso *x, const struct xso_field *f)
{
	xso_mask_set(&x->present, (size_t)(f - x->cls->fields));
}

/* strview_eq() of names, which are short: no call for up to 16 bytes. */
static inline bool xso_name_eq(struct strview a, struct strview b)
{
	uint64_t x[2], y[2];
	uint32_t v[2], w[2];

	if (a.n != b.n)
		return false;
	if (a.n > sizeof(x))
		return memcmp(a.p, b.p, a.n) == 0;
	if (a.n >= sizeof(x[0])) {
		memcpy(&x[0], a.p, sizeof(x[0]));
		memcpy(&x[1], a.p + a.n - sizeof(x[0]), sizeof(x[0]));
		memcpy(&y[0], b.p, sizeof(y[0]));
		memcpy(&y[1], b.p + b.n - sizeof(y[0]), sizeof(y[0]));
		return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
	}
	if (a.n >= sizeof(v[0])) {
		memcpy(&v[0], a.p, sizeof(v[0]));
		memcpy(&v[1], a.p + a.n - sizeof(v[0]), sizeof(v[0]));
		memcpy(&w[0], b.p, sizeof(w[0]));
		memcpy(&w[1], b.p + b.n - sizeof(w[0]), sizeof(w[0]));
		return ((v[0] ^ w[0]) | (v[1] ^ w[1])) == 0;
	}
	return a.n == 0 ||
	       (a.p[0] == b.p[0] && a.p[a.n / 2] == b.p[b.n / 2] && a.p[a.n - 1] == b.p[b.n - 1]);
}

/* Attributes without a prefix are in no namespace, whatever that of their element is. */
static inline bool xso_attr_is(const struct xso_tag *tag, const struct elem_attr *attr)
{
	return xso_name_eq(tag->name, attr->name) && strview_eq(tag->ns, attr->ns);
}

/* Whether the member is a list: an array in JSON, or an object of a map's entries. */
static inline bool xso_is_list(enum xso_kind kind)
{
	return kind == XSO_KIND_LANG_TEXTS || kind == XSO_KIND_VALUES || kind == XSO_KIND_STRINGS ||
	       kind == XSO_KIND_MAP || kind == XSO_KIND_MANY;
}

/* Whether several children make up one field. */
static inline bool xso_is_plural(enum xso_kind kind)
{
	return kind == XSO_KIND_LANG_TEXTS || kind == XSO_KIND_VALUES || kind == XSO_KIND_MAP ||
	       kind == XSO_KIND_MANY;
}

/* The namespace of a class's elements; of the name of something in an element of `outer`. */
static inline struct strview xso_class_ns(const struct xso_class *cls,
					  const struct xso_context *ctx)
{
	return cls->tag.ns.n ? cls->tag.ns : ctx->default_ns;
}

static inline struct strview xso_tag_ns(const struct xso_tag *tag, struct strview outer)
{
	return tag->ns.n ? tag->ns : outer;
}
