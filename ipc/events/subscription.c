#include "ipc/events/bus_private.h"
#include "protocol/base/ns.h"

#include <stdlib.h>

/* Every subscription gets these, whatever it names. */
static const uint32_t always = (uint32_t)1 << EVENT_EVENTS_LOST |
			       (uint32_t)1 << EVENT_SUBSCRIPTION_ENDED |
			       (uint32_t)1 << EVENT_DAEMON_STOPPING;

static struct strview text_of(const json_t *string)
{
	return (struct strview){ json_string_value(string), json_string_length(string) };
}

static struct fault *take_kinds(struct subscription *sub, const json_t *names)
{
	size_t i;
	json_t *name;

	sub->kinds = always;
	for (enum event_kind k = 0; !names && k < EVENT_KIND_COUNT_; k++)
		sub->kinds |= events[k].opt_in ? 0 : kind_bit(k);
	json_array_foreach(names, i, name)
	{
		enum event_kind kind = event_find(text_of(name));
		struct fault *why;
		char path[40];

		if (kind < EVENT_KIND_COUNT_ && kind != EVENT_IQ_INCOMING) {
			sub->kinds |= kind_bit(kind);
			continue;
		}
		why = fault_new(
			FAULT_INVALID_PARAMS, "no event \"%.*s\"",
			(int)(json_string_length(name) < 80 ? json_string_length(name) : 80),
			json_string_value(name));
		snprintf(path, sizeof(path), "/events/%zu", i);
		fault_set(why, &why->path, strview_of(path));
		return why;
	}
	return NULL;
}

static struct fault *take_streams(struct subscription *sub, const json_t *names)
{
	size_t i;
	json_t *name;

	sub->all_streams = !names;
	if (!names)
		return NULL;
	sub->streams = calloc(json_array_size(names) + 1, sizeof(*sub->streams));
	if (!sub->streams)
		return fault_no_memory();
	json_array_foreach(names, i, name)
	{
		sub->streams[i] = strview_dup(text_of(name));
		if (!sub->streams[i])
			return fault_no_memory();
		sub->n_streams++;
	}
	return NULL;
}

struct fault *subscription_new(const struct params_subscribe *p, struct subscription **ret)
{
	const struct xso_json_context ctx = { .default_ns = SV(XMLNS_CLIENT) };
	struct subscription *sub = calloc(1, sizeof(*sub));
	struct fault *why;

	if (!sub)
		return fault_no_memory();
	list_init(&sub->losses);
	sub->format = p->format < 0 ? XSO_TYPED : (enum xso_format)p->format;
	sub->level = p->level < 0 ? EVENT_LEVEL_INFO : p->level;
	sub->disconnect = p->overflow == OVERFLOW_DISCONNECT;
	why = take_kinds(sub, p->events);
	if (!why)
		why = take_streams(sub, p->streams);
	if (!why)
		why = match_compile(p->match, "/match", &ctx, &sub->match);
	if (why)
		subscription_free(sub);
	else
		*ret = sub;
	return why;
}

void subscription_free(struct subscription *sub)
{
	if (!sub)
		return;
	list_remove(&sub->in_session);
	loss_forget(sub);
	for (size_t i = 0; i < sub->n_streams; i++)
		free(sub->streams[i]);
	free(sub->streams);
	match_free(sub->match);
	free(sub);
}

bool subscription_has_stream(const struct subscription *sub, struct strview stream)
{
	if (sub->all_streams || !stream.p)
		return true;
	for (size_t i = 0; i < sub->n_streams; i++)
		if (strview_is(stream, sub->streams[i]))
			return true;
	return false;
}
