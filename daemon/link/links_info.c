/* What is said of all streams together. */
#include "daemon/link/link_internal.h"

#include "ipc/json/jsonw.h"

static struct link *link_of(struct list *node)
{
	return list_entry(node, struct link, in_links);
}

size_t links_count(const struct links *l)
{
	size_t n = 0;

	list_for_each (it, &l->all)
		n += !link_of(it)->silent;
	return n;
}

size_t links_managed(const struct links *l)
{
	size_t n = 0;

	list_for_each (it, &l->all)
		n += !link_of(it)->raw;
	return n;
}

size_t links_up(const struct links *l)
{
	size_t n = 0;

	list_for_each (it, &l->all)
		n += !link_of(it)->raw && link_of(it)->link == LINK_UP;
	return n;
}

static bool named(const json_t *names, const char *name)
{
	const json_t *item;
	size_t i;

	if (!names)
		return true;
	json_array_foreach((json_t *)names, i,
			   item) if (strcmp(json_string_value(item), name) == 0) return true;
	return false;
}

void links_info_array(struct links *l, const struct session *s, const json_t *names,
		      struct buf *out)
{
	jsonw_begin_array(out);
	list_for_each (it, &l->all) {
		struct link *k = link_of(it);

		if (link_visible(k, s) && named(names, k->name))
			link_info(k, out);
	}
	jsonw_end_array(out);
}

void links_stats(const struct links *l, struct buf *out)
{
	jsonw_member_uint(out, "streams", links_count(l));
	jsonw_member_uint(out, "streams_up", links_up(l));
	jsonw_member_uint(out, "stanzas_in", l->stanzas_in);
	jsonw_member_uint(out, "stanzas_out", l->stanzas_out);
	jsonw_member_uint(out, "bytes_in", l->bytes_in);
	jsonw_member_uint(out, "bytes_out", l->bytes_out);
	jsonw_member_uint(out, "connects", l->connects);
}
