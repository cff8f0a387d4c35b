#include "ipc/events/match_private.h"
#include "ipc/json/jsonw.h"

#include <stdio.h>
#include <stdlib.h>

struct compiler {
	struct arena *arena;
	const struct xso_json_context *ctx;
	struct strview path; /* of the match or child that is being compiled */
};

static struct fault *fault_at(const struct compiler *c, const char *key, const char *text)
{
	CLEANUP(buf_done) struct buf path = BUF_INIT;
	struct fault *why = fault_new(FAULT_INVALID_PARAMS, "%s", text);

	buf_put_sv(&path, c->path);
	if (key)
		jsonw_pointer(&path, strview_of(key));
	if (!path.error)
		fault_set(why, &why->path, buf_view(&path));
	return why;
}

static struct fault *take_string(const struct compiler *c, const char *key, const json_t *v,
				 struct strview *ret)
{
	char text[64];

	if (!json_is_string(v)) {
		snprintf(text, sizeof(text), "\"%s\" of a match must be a string", key);
		return fault_at(c, key, text);
	}
	*ret = arena_dup(c->arena, (struct strview){ json_string_value(v), json_string_length(v) });
	return ret->p ? NULL : fault_no_memory();
}

static struct fault *take_kind(const struct compiler *c, const char *key, const json_t *v, void *to)
{
	struct match *m = to;
	struct strview kind, ns, name;
	struct fault *why = take_string(c, key, v, &kind);

	if (why)
		return why;
	if (!xso_json_kind(c->ctx, kind, &ns, &name))
		return fault_at(c, key, "no class of that kind");
	m->kind_ns = arena_dup(c->arena, ns);
	m->kind_name = arena_dup(c->arena, name);
	return m->kind_ns.p && m->kind_name.p ? NULL : fault_no_memory();
}

static struct fault *take_jid(const struct compiler *c, const char *key, const json_t *v,
			      struct jid *ret)
{
	struct strview text;
	struct fault *why = take_string(c, key, v, &text);
	char message[128];
	enum jid_result r;

	if (why)
		return why;
	r = jid_parse(text, c->arena, ret);
	if (r == JID_NO_MEMORY)
		return fault_no_memory();
	if (r == JID_OK)
		return NULL;
	snprintf(message, sizeof(message), "\"%s\" of a match is no JID: %s", key,
		 jid_result_text(r));
	return fault_at(c, key, message);
}

#define TAKE_STRING(T, member)                                                                     \
	static struct fault *take_##T##_##member(const struct compiler *c, const char *key,        \
						 const json_t *v, void *to)                        \
	{                                                                                          \
		return take_string(c, key, v, &((struct T *)to)->member);                          \
	}

TAKE_STRING(match, name)
TAKE_STRING(match, ns)
TAKE_STRING(match, type)
TAKE_STRING(match, id)
TAKE_STRING(match_child, name)
TAKE_STRING(match_child, ns)

static struct fault *take_from(const struct compiler *c, const char *key, const json_t *v, void *to)
{
	return take_jid(c, key, v, &((struct match *)to)->from);
}

static struct fault *take_to(const struct compiler *c, const char *key, const json_t *v, void *to)
{
	return take_jid(c, key, v, &((struct match *)to)->to);
}

struct member {
	const char *key;
	struct fault *(*take)(const struct compiler *c, const char *key, const json_t *v, void *to);
};

static const struct member child_members[] = {
	{ "name", take_match_child_name },
	{ "ns", take_match_child_ns },
};

static struct fault *take_object(const struct compiler *c, const json_t *object,
				 const struct member *members, size_t n_members, void *to)
{
	const char *key;
	json_t *v;

	if (!json_is_object(object))
		return fault_at(c, NULL, "a match, and what it has, is an object");
	json_object_foreach((json_t *)object, key, v)
	{
		struct fault *why;
		size_t i = 0;

		while (i < n_members && strcmp(members[i].key, key) != 0)
			i++;
		if (i == n_members)
			return fault_at(c, key, "a match has no such member");
		why = members[i].take(c, members[i].key, v, to);
		if (why)
			return why;
	}
	return NULL;
}

static struct fault *take_has(const struct compiler *c, const char *key, const json_t *v, void *to)
{
	CLEANUP(buf_done) struct buf path = BUF_INIT;
	struct match_child *has = &((struct match *)to)->has;
	struct compiler child = *c;

	buf_put_sv(&path, c->path);
	jsonw_pointer(&path, strview_of(key));
	if (path.error)
		return fault_no_memory();
	child.path = buf_view(&path);
	has->set = true;
	return take_object(&child, v, child_members, ARRAY_SIZE(child_members), has);
}

static const struct member members[] = {
	{ "kind", take_kind },	     { "name", take_match_name }, { "ns", take_match_ns },
	{ "type", take_match_type }, { "id", take_match_id },	  { "from", take_from },
	{ "to", take_to },	     { "has", take_has },
};

static struct fault *compile_items(struct match_list *m, const json_t *array, const char *path,
				   const struct xso_json_context *ctx)
{
	size_t i;
	json_t *item;

	m->items = calloc(json_array_size(array) + 1, sizeof(*m->items));
	if (!m->items)
		return fault_no_memory();
	json_array_foreach(array, i, item)
	{
		struct compiler c = { &m->arena, ctx, arena_printf(&m->arena, "%s/%zu", path, i) };
		struct fault *why;

		if (!c.path.p)
			return fault_no_memory();
		why = take_object(&c, item, members, ARRAY_SIZE(members), &m->items[i]);
		if (why)
			return why;
		m->n_items++;
	}
	return NULL;
}

struct fault *match_compile(const json_t *array, const char *path,
			    const struct xso_json_context *ctx, struct match_list **ret)
{
	struct match_list *m = calloc(1, sizeof(*m));
	struct fault *why;

	if (!m)
		return fault_no_memory();
	why = array ? compile_items(m, array, path, ctx) : NULL;
	if (why)
		match_free(m);
	else
		*ret = m;
	return why;
}

void match_free(struct match_list *m)
{
	if (!m)
		return;
	arena_done(&m->arena);
	free(m->items);
	free(m);
}
