/* What all that walks the tables shares: decoding, encoding, the JSON of ipc/. */
#pragma once

#include "protocol/xso/xso_class.h"

static inline void *xso_member(const struct xso *x, size_t offset)
{
	return (char *)(uintptr_t)x + offset;
}

static inline uint32_t xso_bit(const struct xso_class *cls, const struct xso_field *f)
{
	return (uint32_t)1 << (f - cls->fields);
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
