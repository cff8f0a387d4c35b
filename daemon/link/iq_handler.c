/* iq.handle, iq.unhandle: which client answers which requests of others. */
#include <stdio.h>
#include <stdlib.h>

#include "daemon/link/iq_internal.h"
#include "ipc/json/jsonw.h"
#include "ipc/rpc/params_iq.h"
#include "protocol/xml/xmlwrite.h"

enum {
	MAX_HANDLERS = 1024, /* of one client */
	/* a feature in our disco#info: each byte as an entity reference, and what is around it */
	FEATURE_BYTE = 6,
	FEATURE_FRAME = 20,
};

static const uint64_t default_timeout = 30u * UINT64_C(1000000000);

static struct iq_handler *handler_of(struct list *node)
{
	return list_entry(node, struct iq_handler, in_all);
}

/* "name\0ns": no name has a NUL. */
static struct strview key_of(struct arena *a, struct strview name, struct strview ns)
{
	return arena_printf(a, "%.*s%c%.*s", SV_ARG(name), 0, SV_ARG(ns));
}

static bool same_node(struct strview a, struct strview b)
{
	return (a.p != NULL) == (b.p != NULL) && strview_eq(a, b);
}

/* --- features --------------------------------------------------------------------------------- */

static size_t size_of(struct strview feature)
{
	return feature.n * FEATURE_BYTE + FEATURE_FRAME;
}

static struct iq_feature *feature_ref(struct iq *iq, struct strview name)
{
	struct table_node *node = table_find(&iq->features, name);
	struct iq_feature *f = node ? table_entry(node, struct iq_feature, in_table) : NULL;

	if (f) {
		f->refs++;
		return f;
	}
	f = calloc(1, sizeof(*f) + name.n);
	if (!f)
		return NULL;
	memcpy(f->text, name.p, name.n);
	f->name = (struct strview){ f->text, name.n };
	if (table_add(&iq->features, &f->in_table, f->name) < 0) {
		free(f);
		return NULL;
	}
	f->refs = 1;
	list_append(&iq->all_features, &f->in_all);
	iq->features_size += size_of(name);
	return f;
}

static void feature_unref(struct iq *iq, struct iq_feature *f)
{
	if (--f->refs > 0)
		return;
	iq->features_size -= size_of(f->name);
	table_remove(&f->in_table);
	list_remove(&f->in_all);
	free(f);
}

/* --- one handler ------------------------------------------------------------------------------ */

void iq_handler_free(struct link *k, struct iq_handler *h)
{
	struct session *s = h->session;

	for (size_t i = 0; i < h->n_features; i++)
		feature_unref(k->iq, h->features[i]);
	table_remove(&h->in_table);
	list_remove(&h->in_all);
	s->n_handlers--;
	if (s->out.quota)
		s->out.quota->handlers--;
	arena_done(&h->arena);
	free(h);
}

static struct fault *invalid(const char *key, size_t i, const char *text)
{
	struct fault *why = fault_new(FAULT_INVALID_PARAMS, "%s", text);
	char path[48];

	snprintf(path, sizeof(path), i == SIZE_MAX ? "/%s" : "/%s/%zu", key, i);
	fault_set(why, &why->path, strview_of(path));
	return why;
}

static struct fault *read_types(const json_t *types, unsigned *ret)
{
	json_t *item;
	size_t i;

	*ret = types ? 0 : IQ_GET | IQ_SET;
	json_array_foreach(types, i, item)
	{
		const char *type = json_string_value(item);

		if (strcmp(type, "get") != 0 && strcmp(type, "set") != 0)
			return invalid("types", i, "a type is get or set");
		*ret |= type[0] == 'g' ? IQ_GET : IQ_SET;
	}
	return *ret ? NULL : invalid("types", SIZE_MAX, "at least one type is needed");
}

static bool is_text(struct strview v)
{
	return v.n > 0 && xml_bad_char(v) == v.n;
}

static struct fault *check_features(const json_t *features)
{
	json_t *item;
	size_t i;

	json_array_foreach(
		features, i,
		item) if (!is_text((struct strview){
				  json_string_value(item),
				  json_string_length(
					  item) })) return invalid("features", i,
								   "no feature can be named so");
	return NULL;
}

static struct fault *check(const struct params_iq_handle *p, unsigned *ret_types)
{
	struct fault *why;

	if (!xml_is_ncname(p->name))
		return invalid("name", SIZE_MAX, "no element can have that name");
	if (!is_text(p->ns))
		return invalid("ns", SIZE_MAX, "no namespace can be named so");
	why = read_types(p->types, ret_types);
	return why ? why : check_features(p->features);
}

/* Those of the element itself, with whatever node and types. */
static struct iq_handler *first_of(const struct iq *iq, struct strview name, struct strview ns)
{
	struct arena a = { 0 };
	struct strview key = key_of(&a, name, ns);
	struct table_node *node = key.p ? table_find(&iq->handlers, key) : NULL;

	arena_done(&a);
	return node ? table_entry(node, struct iq_handler, in_table) : NULL;
}

static struct iq_handler *next_of(const struct iq_handler *h)
{
	struct table_node *node = table_find_next(&h->in_table);

	return node ? table_entry(node, struct iq_handler, in_table) : NULL;
}

static struct fault *check_conflict(const struct link *k, const struct params_iq_handle *p,
				    unsigned types)
{
	if (iq_is_claimed(p->name, p->ns, types))
		return fault_new(FAULT_CONFLICT, "the daemon itself answers these");
	for (struct iq_handler *h = first_of(k->iq, p->name, p->ns); h; h = next_of(h))
		if ((h->types & types) && same_node(h->node, p->node))
			return fault_new(FAULT_CONFLICT, "a client handles these already");
	return NULL;
}

static struct fault *check_quota(const struct session *s)
{
	const struct quota *q = s->out.quota;

	if (s->n_handlers >= MAX_HANDLERS)
		return fault_new(FAULT_OVERFLOW, "a client has at most %d handlers", MAX_HANDLERS);
	if (q && q->max_handlers && q->handlers >= q->max_handlers)
		return fault_new(FAULT_OVERFLOW, "this user's clients have %u handlers",
				 q->handlers);
	return NULL;
}

static int add_features(struct iq *iq, struct iq_handler *h, const struct params_iq_handle *p)
{
	size_t n = p->features ? json_array_size(p->features) : 1;

	h->features = arena_alloc(&h->arena, (n + 1) * sizeof(struct iq_feature *));
	if (!h->features)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(p->features, i);
		struct strview name = { json_string_value(item), json_string_length(item) };

		h->features[i] = feature_ref(iq, p->features ? name : p->ns);
		if (!h->features[i])
			return -1;
		h->n_features++;
	}
	return 0;
}

/* NULL: no memory. */
static struct iq_handler *new_handler(struct link *k, struct session *s,
				      const struct params_iq_handle *p, unsigned types)
{
	struct iq_handler *h = calloc(1, sizeof(*h));
	struct strview key;

	if (!h)
		return NULL;
	arena_init(&h->arena, 0);
	h->session = s;
	h->id = s->next_handler;
	h->types = types;
	h->format = p->format >= 0 ? (enum xso_format)p->format : XSO_TYPED;
	h->timeout = p->timeout.set ? p->timeout.ns : default_timeout;
	h->ns = arena_dup(&h->arena, p->ns);
	h->node = p->node.p ? arena_dup(&h->arena, p->node) : SV_NONE;
	key = key_of(&h->arena, p->name, p->ns);
	s->n_handlers++;
	if (s->out.quota)
		s->out.quota->handlers++;
	if (!h->ns.p || (p->node.p && !h->node.p) || !key.p || add_features(k->iq, h, p) < 0 ||
	    table_add(&k->iq->handlers, &h->in_table, key) < 0) {
		iq_handler_free(k, h);
		return NULL;
	}
	list_append(&k->iq->all_handlers, &h->in_all);
	return h;
}

void iq_handle_handle(struct link *k, struct request *r)
{
	const struct params_iq_handle *p = r->params;
	struct iq_handler *h = NULL;
	unsigned types = 0;
	struct fault *why = check(p, &types);
	struct buf *b;

	if (!why)
		why = check_conflict(k, p, types);
	if (!why)
		why = check_quota(r->session);
	if (!why && !(h = new_handler(k, r->session, p, types)))
		why = fault_no_memory();
	if (h && k->iq->features_size > k->config->limits.max_send_bytes / 2) {
		iq_handler_free(k, h);
		why = fault_new(FAULT_OVERFLOW, "our disco#info would be larger than may be sent");
	}
	if (why) {
		request_fail(r, why);
		return;
	}
	r->session->next_handler++;
	b = request_result(r);
	jsonw_begin_object(b);
	jsonw_member_uint(b, "handler", h->id);
	jsonw_end_object(b);
	request_done(r);
}

/* --- asking ----------------------------------------------------------------------------------- */

struct iq_handler *iq_handler_find(const struct link *k, const struct elem *payload, unsigned type)
{
	struct strview node = elem_attr(payload, "node");
	struct iq_handler *of_any = NULL;

	for (struct iq_handler *h = first_of(k->iq, payload->name, payload->ns); h;
	     h = next_of(h)) {
		if (!(h->types & type))
			continue;
		if (!h->node.p)
			of_any = h;
		else if (node.p && strview_eq(h->node, node))
			return h;
	}
	return of_any;
}

static struct iq_handler *by_id(const struct link *k, const struct session *s, uint64_t id)
{
	list_for_each (it, &k->iq->all_handlers)
		if (handler_of(it)->session == s && handler_of(it)->id == id)
			return handler_of(it);
	return NULL;
}

struct link *links_find_handler(struct links *l, const struct request *r, struct fault **ret_fault)
{
	const struct params_iq_unhandle *p = r->params;

	list_for_each (it, &l->all) {
		struct link *k = list_entry(it, struct link, in_links);

		if (k->iq && by_id(k, r->session, p->handler.value))
			return k;
	}
	*ret_fault = invalid("handler", SIZE_MAX, "this connection has no such handler");
	return NULL;
}

void iq_handle_unhandle(struct link *k, struct request *r)
{
	const struct params_iq_unhandle *p = r->params;

	iq_handler_free(k, by_id(k, r->session, p->handler.value));
	request_ok(r);
}

void iq_handlers_drop(struct link *k, const struct session *s)
{
	list_for_each (it, &k->iq->all_handlers)
		if (handler_of(it)->session == s)
			iq_handler_free(k, handler_of(it));
}
