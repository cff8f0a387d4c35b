#include "ipc/events/match_private.h"
#include "protocol/base/ns.h"

/* Whether v begins with the prepared text and goes on with `c`, or ends there. */
static bool begins_part(struct strview v, struct strview prepared, char c)
{
	return strview_has_prefix(v, prepared) && (v.n == prepared.n || v.p[prepared.n] == c);
}

/* Whether the JID that is prepared is one that `want` stands for. */
static bool jid_matches(const struct jid *want, const struct jid *jid)
{
	if (want->resource.n)
		return strview_eq(want->full, jid->full);
	if (want->local.n)
		return strview_eq(want->bare, jid->bare);
	return strview_eq(want->domain, jid->domain);
}

static bool text_matches_jid(const struct jid *want, struct strview text)
{
	struct arena scratch = { 0 };
	struct jid jid;
	bool matches;

	/* equal bytes: what is prepared already prepares to itself */
	if (strview_eq(text, want->full))
		return true;
	if (want->local.n && !want->resource.n && begins_part(text, want->bare, '/'))
		return true;
	if (jid_split(text, &jid))
		return jid_matches(want, &jid);
	matches = jid_parse(text, &scratch, &jid) == JID_OK && jid_matches(want, &jid);
	arena_done(&scratch);
	return matches;
}

static bool from_matches(const struct match *m, const struct elem *e,
			 const struct match_context *ctx)
{
	struct strview from = elem_attr(e, "from");

	if (!from.p)
		from = ctx->own_bare;
	return from.n && text_matches_jid(&m->from, from);
}

static bool to_matches(const struct match *m, const struct elem *e)
{
	struct strview to = elem_attr(e, "to");

	return to.n && text_matches_jid(&m->to, to);
}

/* The `type` that a stanza has, also where it does not say it (RFC 6121 5.2.2, 4.7.1). */
static struct strview type_of(const struct elem *e)
{
	struct strview type = elem_attr(e, "type");

	if (type.p)
		return type;
	if (strview_is(e->name, "message"))
		return SV("normal");
	return strview_is(e->name, "presence") ? SV("available") : SV_NONE;
}

/* The class's element; stanzas have the namespace of their stream. */
static bool kind_matches(const struct match *m, const struct elem *e,
			 const struct match_context *ctx)
{
	if (!strview_eq(e->name, m->kind_name))
		return false;
	return strview_eq(e->ns, m->kind_ns) ||
	       (strview_is(m->kind_ns, XMLNS_CLIENT) && ctx->default_ns.n &&
		strview_eq(e->ns, ctx->default_ns));
}

static bool has_matches(const struct match_child *has, const struct elem *e)
{
	struct strview ns = has->ns.p ? has->ns : e->ns;

	elem_for_each_node(it, e)
	{
		if (it->elem && strview_eq(it->elem->ns, ns) &&
		    (!has->name.p || strview_eq(it->elem->name, has->name)))
			return true;
	}
	return false;
}

static bool attr_matches(struct strview want, struct strview value)
{
	return !want.p || (value.p && strview_eq(want, value));
}

static bool match_one(const struct match *m, const struct elem *e, const struct match_context *ctx)
{
	if (m->kind_name.p && !kind_matches(m, e, ctx))
		return false;
	if (m->name.p && !strview_eq(m->name, e->name))
		return false;
	if (m->ns.p && !strview_eq(m->ns, e->ns))
		return false;
	if (m->type.p && !attr_matches(m->type, type_of(e)))
		return false;
	if (!attr_matches(m->id, elem_attr(e, "id")))
		return false;
	if (m->from.full.n && !from_matches(m, e, ctx))
		return false;
	if (m->to.full.n && !to_matches(m, e))
		return false;
	return !m->has.set || has_matches(&m->has, e);
}

bool match_elem(const struct match_list *m, const struct elem *e, const struct match_context *ctx)
{
	for (size_t i = 0; i < m->n_items; i++)
		if (match_one(&m->items[i], e, ctx))
			return true;
	return m->n_items == 0;
}
