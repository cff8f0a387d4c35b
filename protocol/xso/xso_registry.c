#include "protocol/xso/xso_registry.h"

const struct xso_class *xso_registry_find(const struct xso_registry *r, struct strview ns,
					  struct strview name, struct strview default_ns)
{
	bool content = strview_eq(ns, default_ns);

	for (size_t i = 0; i < r->n_classes; i++) {
		const struct xso_class *cls = r->classes[i];

		if (!strview_eq(cls->tag.name, name))
			continue;
		if (cls->tag.ns.n ? strview_eq(cls->tag.ns, ns) : content)
			return cls;
	}
	return NULL;
}

const struct xso_class *xso_registry_find_kind(const struct xso_registry *r, struct strview kind)
{
	for (size_t i = 0; i < r->n_classes; i++)
		if (strview_eq(r->classes[i]->kind, kind))
			return r->classes[i];
	return NULL;
}
