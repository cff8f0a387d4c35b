/* Requests of others that the daemon itself answers. */
#include <time.h>

#include "config.h"
#include "daemon/link/iq_internal.h"
#include "protocol/base/ns.h"

struct asked {
	struct link *link;
	struct arena *arena;
	const struct elem *iq, *payload;
};

static struct elem *result(const struct asked *q)
{
	return iq_result(q->arena, elem_attr(q->iq, "from"), elem_attr(q->iq, "id"));
}

static struct elem *error(const struct asked *q, const char *type, const char *condition)
{
	return iq_error(q->arena, elem_attr(q->iq, "from"), elem_attr(q->iq, "id"), type,
			condition);
}

/* A result with a payload of the name that was asked, without content so far. */
static struct elem *result_with(const struct asked *q, struct elem **ret_payload)
{
	struct elem *e = result(q);

	*ret_payload =
		e ? elem_add_new(q->arena, e, q->payload->ns, q->payload->name, SV_NONE) : NULL;
	return *ret_payload ? e : NULL;
}

/* --- XEP-0199, XEP-0092, XEP-0202 ------------------------------------------------------------- */

static struct elem *answer_ping(const struct asked *q)
{
	return result(q);
}

/* The operating system is nobody's business. */
static struct elem *answer_version(const struct asked *q)
{
	struct elem *query, *e = result_with(q, &query);

	if (!e || !elem_add_new(q->arena, query, query->ns, SV("name"), SV("stanzad")) ||
	    !elem_add_new(q->arena, query, query->ns, SV("version"), SV(PACKAGE_VERSION)))
		return NULL;
	return e;
}

static struct elem *answer_time(const struct asked *q)
{
	time_t now = (time_t)(clock_unix_us() / 1000000);
	struct elem *payload, *e = result_with(q, &payload);
	struct strview tzo, utc;
	struct tm local, u;
	long minutes;

	if (!e || !localtime_r(&now, &local) || !gmtime_r(&now, &u))
		return NULL;
	minutes = local.tm_gmtoff / 60;
	tzo = arena_printf(q->arena, "%c%02ld:%02ld", minutes < 0 ? '-' : '+',
			   (minutes < 0 ? -minutes : minutes) / 60,
			   (minutes < 0 ? -minutes : minutes) % 60);
	utc = arena_printf(q->arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", u.tm_year + 1900,
			   u.tm_mon + 1, u.tm_mday, u.tm_hour, u.tm_min, u.tm_sec);
	if (!tzo.p || !utc.p || !elem_add_new(q->arena, payload, payload->ns, SV("tzo"), tzo) ||
	    !elem_add_new(q->arena, payload, payload->ns, SV("utc"), utc))
		return NULL;
	return e;
}

/* --- XEP-0030 --------------------------------------------------------------------------------- */

static bool add_feature(const struct asked *q, struct elem *query, struct strview name)
{
	struct elem *f = elem_add_new(q->arena, query, query->ns, SV("feature"), SV_NONE);

	return f && elem_add_attr(q->arena, f, SV_NONE, SV("var"), name) == 0;
}

static bool add_identity(const struct asked *q, struct elem *query, struct strview category,
			 struct strview type)
{
	struct elem *i = elem_add_new(q->arena, query, query->ns, SV("identity"), SV_NONE);

	return i && elem_add_attr(q->arena, i, SV_NONE, SV("category"), category) == 0 &&
	       elem_add_attr(q->arena, i, SV_NONE, SV("type"), type) == 0 &&
	       elem_add_attr(q->arena, i, SV_NONE, SV("name"), SV("stanzad")) == 0;
}

/* What handlers of one node have; false: there is none, or no memory. */
static bool describe_node(const struct asked *q, struct elem *query, struct strview node)
{
	bool found = false;

	list_for_each (it, &q->link->iq->all_handlers) {
		const struct iq_handler *h = list_entry(it, struct iq_handler, in_all);

		if (!h->node.p || !strview_eq(h->node, node))
			continue;
		if (!found &&
		    !(strview_is(h->ns, XMLNS_COMMANDS)
			      ? add_identity(q, query, SV("automation"), SV("command-node"))
			      : add_identity(q, query, SV("client"), SV("bot"))))
			return false;
		found = true;
		for (size_t i = 0; i < h->n_features; i++)
			if (!add_feature(q, query, h->features[i]->name))
				return false;
	}
	return found && elem_add_attr(q->arena, query, SV_NONE, SV("node"), node) == 0;
}

static bool has_own_feature(struct strview name);
static bool add_own_features(const struct asked *q, struct elem *query);

static bool describe_us(const struct asked *q, struct elem *query)
{
	if (!add_identity(q, query, SV("client"), SV("bot")) || !add_own_features(q, query))
		return false;
	list_for_each (it, &q->link->iq->all_features) {
		const struct iq_feature *f = list_entry(it, struct iq_feature, in_all);

		if (!has_own_feature(f->name) && !add_feature(q, query, f->name))
			return false;
	}
	return true;
}

static struct elem *answer_disco_info(const struct asked *q)
{
	struct strview node = elem_attr(q->payload, "node");
	struct elem *query, *e = result_with(q, &query);

	if (e && node.p)
		return describe_node(q, query, node) ? e : error(q, "cancel", "item-not-found");
	return e && describe_us(q, query) ? e : NULL;
}

/* --- RFC 6121 2.1.6 --------------------------------------------------------------------------- */

/* A push is from our account; anyone else is asking for what we have not. */
static struct elem *answer_roster(const struct asked *q)
{
	struct strview from = elem_attr(q->iq, "from");

	if (from.p && !strview_is(from, q->link->section->jid))
		return error(q, "cancel", "service-unavailable");
	return result(q);
}

/* --- which ------------------------------------------------------------------------------------ */

static const struct {
	const char *name, *ns;
	unsigned type;
	struct elem *(*answer)(const struct asked *q);
	bool feature;
	unsigned claimed; /* what no handler may have */
} answers[] = {
	{ "query", XMLNS_DISCO_INFO, IQ_GET, answer_disco_info, true, IQ_GET | IQ_SET },
	{ "query", XMLNS_VERSION, IQ_GET, answer_version, true, IQ_GET | IQ_SET },
	{ "ping", XMLNS_PING, IQ_GET, answer_ping, true, IQ_GET | IQ_SET },
	{ "time", XMLNS_TIME, IQ_GET, answer_time, true, 0 },
	{ "query", XMLNS_ROSTER, IQ_SET, answer_roster, false, IQ_SET },
};

static bool has_own_feature(struct strview name)
{
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		if (answers[i].feature && strview_is(name, answers[i].ns))
			return true;
	return false;
}

static bool add_own_features(const struct asked *q, struct elem *query)
{
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		if (answers[i].feature && !add_feature(q, query, strview_of(answers[i].ns)))
			return false;
	return true;
}

bool iq_is_claimed(struct strview name, struct strview ns, unsigned types)
{
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		if (strview_is(name, answers[i].name) && strview_is(ns, answers[i].ns))
			return answers[i].claimed & types;
	return false;
}

const struct elem *iq_answer(struct link *k, struct arena *a, const struct elem *e,
			     const struct elem *payload, unsigned type)
{
	const struct asked q = { k, a, e, payload };

	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		if (answers[i].type == type && elem_is(payload, answers[i].ns, answers[i].name))
			return answers[i].answer(&q);
	return error(&q, "cancel", "service-unavailable");
}
