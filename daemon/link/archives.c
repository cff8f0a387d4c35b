#include "daemon/link/archives.h"

#include <stdlib.h>

#include "protocol/base/jid.h"
#include "protocol/base/ns.h"

void archives_init(struct archives *a)
{
	*a = (struct archives){ .asked.own = true };
}

/* All that are known in the order that look-ups need. */
static void sort(struct archives *a)
{
	struct strview *jids = (struct strview *)a->asked.jids;

	a->asked.n_jids = 0;
	for (size_t i = 0; i < ARCHIVES_MAX; i++)
		if (a->in_order[i])
			jids[a->asked.n_jids++] = strview_of(a->in_order[i]);
	qsort(jids, a->asked.n_jids, sizeof(*jids), strview_compare);
}

/* Without memory its results are kept untyped, as anybody else's. */
static void add(struct archives *a, struct strview jid)
{
	char *copy;

	if (xso_archives_have(&a->asked, jid))
		return;
	if (!a->asked.jids)
		a->asked.jids = calloc(ARCHIVES_MAX, sizeof(struct strview));
	if (!a->in_order)
		a->in_order = calloc(ARCHIVES_MAX, sizeof(char *));
	copy = a->asked.jids && a->in_order ? strview_dup(jid) : NULL;
	if (!copy)
		return;
	free(a->in_order[a->next]);
	a->in_order[a->next] = copy;
	a->next = (a->next + 1) % ARCHIVES_MAX;
	sort(a);
}

void archives_note(struct archives *a, const struct elem *e)
{
	struct strview to = elem_attr(e, "to");
	struct arena scratch = { 0 };
	struct jid jid;

	if (!strview_is(e->name, "iq") || !elem_child(e, XMLNS_MAM, "query"))
		return;
	if (to.p && jid_parse(to, &scratch, &jid) == JID_OK)
		add(a, jid.full);
	arena_done(&scratch);
}

void archives_reset(struct archives *a)
{
	for (size_t i = 0; a->in_order && i < ARCHIVES_MAX; i++)
		free(a->in_order[i]);
	free(a->in_order);
	free((void *)a->asked.jids);
	archives_init(a);
}
