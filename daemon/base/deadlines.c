#include "daemon/base/deadlines.h"

#include <errno.h>
#include <stdlib.h>

static void put(struct deadlines *h, size_t position, struct deadline *d)
{
	h->items[position - 1] = d;
	d->position = position;
}

static struct deadline *at(const struct deadlines *h, size_t position)
{
	return h->items[position - 1];
}

/* Finds its place for d, above or below the free `position`. */
static void settle(struct deadlines *h, size_t position, struct deadline *d)
{
	while (position > 1 && at(h, position / 2)->at > d->at) {
		put(h, position, at(h, position / 2));
		position /= 2;
	}
	for (;;) {
		size_t child = position * 2;

		if (child < h->n && at(h, child + 1)->at < at(h, child)->at)
			child++;
		if (child > h->n || at(h, child)->at >= d->at)
			break;
		put(h, position, at(h, child));
		position = child;
	}
	put(h, position, d);
}

void deadlines_done(struct deadlines *h)
{
	free(h->items);
	*h = (struct deadlines){ 0 };
}

int deadlines_add(struct deadlines *h, struct deadline *d, uint64_t time)
{
	d->at = time;
	d->position = 0;
	if (time == UINT64_MAX)
		return 0;
	if (h->n == h->cap) {
		size_t cap = h->cap ? h->cap * 2 : 8;
		struct deadline **items = realloc(h->items, cap * sizeof(struct deadline *));

		if (!items)
			return -ENOMEM;
		h->items = items;
		h->cap = cap;
	}
	h->n++;
	settle(h, h->n, d);
	return 0;
}

void deadlines_remove(struct deadlines *h, struct deadline *d)
{
	size_t position = d->position;
	struct deadline *last;

	if (!position)
		return;
	d->position = 0;
	last = at(h, h->n--);
	if (last != d)
		settle(h, position, last);
	if (h->n == 0)
		deadlines_done(h);
}

uint64_t deadlines_first(const struct deadlines *h)
{
	return h->n ? at(h, 1)->at : UINT64_MAX;
}

struct deadline *deadlines_take(struct deadlines *h, uint64_t now)
{
	struct deadline *first = h->n ? at(h, 1) : NULL;

	if (!first || first->at > now)
		return NULL;
	deadlines_remove(h, first);
	return first;
}
