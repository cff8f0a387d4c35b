/* Methods about events. */
#include "daemon/clients/dispatch.h"

#include <stdio.h>

#include "ipc/json/jsonw.h"
#include "ipc/rpc/params.h"

/* Names that this client cannot see do not exist for it. */
static struct fault *check_streams(struct clients *c, const struct session *s, const json_t *names)
{
	size_t i;
	json_t *name;

	json_array_foreach((json_t *)names, i, name)
	{
		struct strview v = { json_string_value(name), json_string_length(name) };
		struct fault *why = NULL;
		char path[48];

		if (links_find(c->links, s, v, &why))
			continue;
		snprintf(path, sizeof(path), "/streams/%zu", i);
		fault_set(why, &why->path, strview_of(path));
		return why;
	}
	return NULL;
}

/*
 * The snapshot and the reply are written before anything else can happen, so the events that
 * follow are exactly the changes after it.
 */
void handle_subscribe(struct clients *c, struct request *r)
{
	const struct params_subscribe *p = r->params;
	uint64_t id = 0;
	struct fault *why = check_streams(c, r->session, p->streams);
	struct buf *b;

	if (!why)
		why = bus_subscribe(c->bus, r->session, p, &id);
	if (why) {
		request_fail(r, why);
		return;
	}
	b = request_result(r);
	jsonw_begin_object(b);
	jsonw_member_uint(b, "subscription", id);
	jsonw_key(b, "streams");
	links_info_array(c->links, r->session, p->streams, b);
	jsonw_end_object(b);
	request_done(r);
}

void handle_unsubscribe(struct clients *c, struct request *r)
{
	const struct params_unsubscribe *p = r->params;
	struct fault *why;

	if (bus_unsubscribe(c->bus, r->session, p->subscription.value)) {
		request_ok(r);
		return;
	}
	why = fault_new(FAULT_INVALID_PARAMS, "this connection has no subscription %llu",
			(unsigned long long)p->subscription.value);
	fault_set(why, &why->path, SV("/subscription"));
	request_fail(r, why);
}
