#include <stdlib.h>

#include "protocol/xso/xso_decode.h"

/*
 * The keys of a map so far, in sorted runs whose lengths are the bits of their number: a new one is
 * a run of its own, and runs of equal length become one.
 */
struct xso_keys {
	struct xso_keys *next;
	const struct xso_field *f;
	struct xso_list list; /* of struct strview */
};

static struct xso_keys *keys_of(struct xso_decoder *d, const struct xso_field *f)
{
	struct xso_keys *keys = d->keys;

	while (keys && keys->f != f)
		keys = keys->next;
	if (keys)
		return keys;
	keys = arena_zalloc(d->a, sizeof(*keys));
	if (!keys)
		return NULL;
	keys->next = d->keys;
	keys->f = f;
	d->keys = keys;
	return keys;
}

static bool has(const struct xso_keys *keys, struct strview key)
{
	const struct strview *items = keys->list.items;
	size_t at = keys->list.n;

	/* the shortest run is the last */
	for (size_t left = at; left; left &= left - 1) {
		size_t run = left & -left;

		at -= run;
		if (bsearch(&key, items + at, run, sizeof(key), strview_compare))
			return true;
	}
	return false;
}

enum xso_taken xso_keys_add(struct xso_decoder *d, const struct xso_field *f, struct strview key)
{
	struct xso_keys *keys = keys_of(d, f);
	struct strview *items;
	size_t run;

	if (!keys)
		return XSO_FAILED;
	if (has(keys, key))
		return XSO_LEFT;
	items = xso_list_add(&keys->list, sizeof(*items), d->a);
	if (!items)
		return XSO_FAILED;
	*items = key;
	items = keys->list.items;
	run = keys->list.n & -keys->list.n;
	qsort(items + keys->list.n - run, run, sizeof(*items), strview_compare);
	return XSO_TAKEN;
}
