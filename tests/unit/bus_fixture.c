#include "tests/unit/bus_fixture.h"

#include <stdlib.h>

#include <check.h>

#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse.h"
#include "tests/unit/failmalloc.h"

struct bus_fixture f;

struct rpc_client *add_client(const struct session_limits *limits)
{
	struct rpc_client *c = &f.clients[f.n_clients++];

	rpc_client_init(c, limits);
	return c;
}

void fixture_begin(size_t n_clients)
{
	f = (struct bus_fixture){ .bus = bus_new() };
	for (size_t i = 0; i < n_clients; i++)
		add_client(NULL);
}

void fixture_end(void)
{
	for (size_t i = 0; i < f.n_clients; i++) {
		bus_session_gone(f.bus, f.clients[i].session);
		rpc_client_read(&f.clients[i]);
		list_remove(&f.clients[i].session->out.dirty);
		rpc_client_done(&f.clients[i]);
	}
	failmalloc_pause(true);
	ck_assert_uint_eq(bus_subscriptions(f.bus), 0);
	failmalloc_pause(false);
	bus_free(f.bus);
	arena_done(&f.arena);
}

struct fault *try_subscribe(size_t client, const char *quoted, uint64_t *ret_id)
{
	struct fault *why;
	void *params = NULL;
	json_t *json;
	char *text;

	failmalloc_pause(true);
	text = strdup(quoted);
	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	json = json_loads(text, 0, NULL);
	ck_assert_msg(json != NULL, "%s", quoted);
	why = method_decode(METHOD_SUBSCRIBE, json, &params);
	failmalloc_pause(false);
	if (!why)
		why = bus_subscribe(f.bus, f.clients[client].session, params, ret_id);
	free(params);
	json_decref(json); /* nothing of it is kept */
	failmalloc_pause(true);
	free(text);
	failmalloc_pause(false);
	return why;
}

uint64_t subscribe(size_t client, const char *quoted)
{
	uint64_t id = 0;
	struct fault *why = try_subscribe(client, quoted, &id);

	ck_assert_msg(!why, "%s", why ? why->message : "");
	return id;
}

const struct elem *parse(const char *xml)
{
	const struct elem *e = NULL;
	const char *text = NULL;

	ck_assert_int_eq(xmlparse_fragment(&f.arena, strview_of(xml), SV(XMLNS_CLIENT), &e, &text),
			 0);
	return e;
}

struct event event_of(enum event_kind kind, uint64_t seq)
{
	return (struct event){
		.kind = kind,
		.stream = SV("s"),
		.seq = seq,
		.unix_us = UNIX_US,
		.xso_ctx = { .default_ns = SV(XMLNS_CLIENT) },
		.match_ctx = { .default_ns = SV(XMLNS_CLIENT) },
	};
}

void publish_xso(uint64_t seq, const char *xml)
{
	struct event e = event_of(EVENT_XSO, seq);

	e.elem = parse(xml);
	bus_publish(f.bus, &e);
}

void publish_state(const char *stream, uint64_t seq)
{
	struct event e = event_of(EVENT_STREAM_STATE, seq);

	e.stream = strview_of(stream);
	e.members = SV("\"state\":\"OPEN\",\"previous\":\"READY\"");
	bus_publish(f.bus, &e);
}

void check_read(size_t client, const char *wanted)
{
	ck_assert_str_eq(rpc_client_read(&f.clients[client]), wanted);
}
