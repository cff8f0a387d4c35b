/* Clients that do not keep up, and events when memory is short. */
#include <stdio.h>
#include <stdlib.h>

#include <check.h>

#include "tests/unit/bus_fixture.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

static size_t length_of(uint64_t seq)
{
	char digits[24];

	return strlen(XSO("", RAW, "1")) + (size_t)snprintf(digits, 24, "%ju", (uintmax_t)seq);
}

START_TEST(a_slow_client_is_told_exactly_what_it_lost)
{
	const struct session_limits limits = { .max_queue_bytes = 3 * strlen(XSO("1", RAW, "1")) };
	struct rpc_client *slow, *quick;

	fixture_begin(0);
	slow = add_client(&limits);
	quick = add_client(NULL);
	subscribe(0, "{'format':'raw'}");
	subscribe(1, "{'format':'raw'}");
	for (uint64_t i = 1; i <= 9; i++)
		publish_xso(i, MESSAGE);
	/* the newest go: what fitted is there, and nothing is said before there is room */
	check_read(0, XSO("1", RAW, "1") XSO("2", RAW, "1") XSO("3", RAW, "1"));
	check_read(0, "");
	publish_xso(10, MESSAGE);
	check_read(0, LOST("\"dropped\":6,\"from_seq\":4,\"to_seq\":9,\"reason\":\"slow\"", "1")
			      XSO("10", RAW, "1"));
	publish_xso(11, MESSAGE);
	check_read(0, XSO("11", RAW, "1"));
	ck_assert_uint_eq(bus_events_lost(f.bus), 6);
	rpc_client_read(quick);
	ck_assert_uint_eq(quick->out.n, 9 * length_of(1) + 2 * length_of(10));
	ck_assert(!slow->session->disconnect);
	fixture_end();
}
END_TEST

START_TEST(the_notice_and_the_event_fit_together_or_wait)
{
	const size_t one = strlen(XSO("1", RAW, "1"));
	const struct session_limits limits = { .max_queue_bytes = 2 * one };
	struct strview view;

	fixture_begin(0);
	add_client(&limits);
	subscribe(0, "{'format':'raw'}");
	for (uint64_t i = 1; i <= 3; i++)
		publish_xso(i, MESSAGE);
	outq_views(&f.clients[0].session->out, &view, 1);
	outq_written(&f.clients[0].session->out, one); /* room for an event, not for both */
	publish_xso(4, MESSAGE);
	ck_assert_uint_eq(f.clients[0].session->out.bytes, one);
	outq_written(&f.clients[0].session->out, one);
	publish_xso(5, "<message/>");
	check_read(0, LOST("\"dropped\":2,\"from_seq\":3,\"to_seq\":4,\"reason\":\"slow\"", "1")
			      XSO("5", "{\"name\":\"message\"}", "1"));
	fixture_end();
}
END_TEST

START_TEST(losses_are_counted_per_stream_and_subscription)
{
	const struct session_limits limits = { .max_queue_bytes = 1100 };
	struct rpc_client *c;
	const char *out;

	fixture_begin(0);
	c = add_client(&limits);
	subscribe(0, "{'events':['stream.state'],'streams':['s']}");
	subscribe(0, "{'events':['stream.state']}");
	for (int i = 0; i < 5; i++)
		outq_put(&c->session->out, SV("###########################################"
					      "###########################################"
					      "###########################################"
					      "###########################################"
					      "##########################################\n"));
	publish_state("s", 1);
	publish_state("t", 100);
	publish_state("s", 2);
	publish_state("s", 3);
	publish_state("t", 101);
	rpc_client_read(c);
	publish_state("t", 102);
	out = rpc_client_read(c);
	ck_assert_str_eq(
		out,
		LOST("\"dropped\":3,\"from_seq\":1,\"to_seq\":3,\"reason\":\"slow\"", "1") LOST(
			"\"dropped\":3,\"from_seq\":1,\"to_seq\":3,\"reason\":\"slow\"",
			"2") "{\"jsonrpc\":\"2.0\",\"method\":\"events.lost\",\"params\":{"
			     "\"stream\":\"t\"," TIME
			     ",\"dropped\":2,\"from_seq\":100,\"to_seq\":101,\"reason\":\"slow\","
			     "\"subscriptions\":[2]}}\n" STATE("t", "102", "2"));
	ck_assert_uint_eq(bus_events_lost(f.bus), 8);
	fixture_end();
}
END_TEST

START_TEST(an_event_larger_than_the_queue_is_lost_by_its_limit)
{
	const struct session_limits limits = { .max_queue_bytes = 400 };
	char xml[2000] = "<message><body>";

	fixture_begin(0);
	add_client(&limits);
	subscribe(0, "{'format':'raw'}");
	memset(xml + strlen(xml), 'x', 1000);
	strcat(xml, "</body></message>");
	publish_xso(1, xml);
	check_read(0, "");
	publish_xso(2, "<message/>");
	check_read(0, LOST("\"dropped\":1,\"from_seq\":1,\"to_seq\":1,\"reason\":\"limit\"", "1")
			      XSO("2", "{\"name\":\"message\"}", "1"));
	fixture_end();
}
END_TEST

START_TEST(events_without_a_number_are_counted_without_one)
{
	const struct session_limits limits = { .max_queue_bytes = 500 };
	struct event e = event_of(EVENT_LOG, 0);

	fixture_begin(0);
	add_client(&limits);
	subscribe(0, "{'events':['log']}");
	for (int i = 0; i < 400; i++)
		outq_put(&f.clients[0].session->out, SV("#"));
	bus_publish(f.bus, &e);
	bus_publish(f.bus, &e);
	rpc_client_read(&f.clients[0]);
	bus_publish(f.bus, &e);
	check_read(0, LOST("\"dropped\":2,\"reason\":\"slow\"",
			   "1") "{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":{\"stream\":"
				"\"s\"," TIME ",\"subscriptions\":[1]}}\n");
	fixture_end();
}
END_TEST

START_TEST(overflow_disconnect_closes_the_connection_instead)
{
	const struct session_limits limits = { .max_queue_bytes = 400 };
	struct rpc_client *c;

	fixture_begin(0);
	c = add_client(&limits);
	subscribe(0, "{'format':'raw','overflow':'disconnect'}");
	publish_xso(1, MESSAGE);
	ck_assert(!c->session->disconnect);
	publish_xso(2, MESSAGE);
	ck_assert(c->session->disconnect);
	ck_assert(list_linked(&c->session->out.dirty)); /* someone will look */
	publish_xso(3, "<message/>");
	check_read(0, XSO("1", RAW, "1")); /* and nothing after the gap */
	fixture_end();
}
END_TEST

START_TEST(a_subscription_that_goes_takes_its_losses_along)
{
	const struct session_limits limits = { .max_queue_bytes = 400 };

	fixture_begin(0);
	add_client(&limits);
	subscribe(0, "{'format':'raw'}");
	subscribe(0, "{'format':'raw','events':['stream.state']}");
	publish_xso(1, MESSAGE);
	publish_xso(2, MESSAGE);
	ck_assert(bus_unsubscribe(f.bus, f.clients[0].session, 1));
	rpc_client_read(&f.clients[0]);
	publish_state("s", 3);
	check_read(0, STATE("s", "3", "2"));
	fixture_end();
}
END_TEST

/* --- without memory --- */

static void run_without_memory(void *arg)
{
	static const struct session_limits limits = { .max_queue_bytes = 700 };
	uint64_t id[2];
	struct fault *why[2] = { NULL, NULL };

	(void)arg;
	failmalloc_pause(true);
	fixture_begin(0);
	add_client(&limits);
	add_client(NULL);
	failmalloc_pause(false);
	why[0] = try_subscribe(0, "{'format':'raw','streams':['s'],'match':[{'kind':'message'}]}",
			       &id[0]);
	why[1] = try_subscribe(1, "{'events':['xso','xso.invalid']}", &id[1]);
	for (uint64_t i = 1; i <= 6; i++) {
		const struct elem *e;
		struct event ev = event_of(EVENT_XSO, i);

		failmalloc_pause(true);
		e = parse(i == 3 ? "<iq type='ask'/>" : MESSAGE);
		failmalloc_pause(false);
		ev.elem = e;
		bus_publish(f.bus, &ev);
	}
	rpc_client_read(&f.clients[0]);
	rpc_client_read(&f.clients[1]);
	failmalloc_pause(true);
	publish_xso(7, MESSAGE); /* fits, so that losses are told */
	for (size_t i = 0; i < 2; i++) {
		struct session *s = f.clients[i].session;
		size_t got = 0;
		const char *out;
		unsigned dropped = 0;

		rpc_client_read(&f.clients[i]);
		failmalloc_pause(true);
		out = f.clients[i].out.p;
		if (why[i] || s->out.failed)
			continue;
		for (const char *p = strstr(out, "\"dropped\":"); p;
		     p = strstr(p + 1, "\"dropped\":"))
			dropped += (unsigned)strtoul(p + 10, NULL, 10);
		for (const char *p = strstr(out, "\"seq\":"); p; p = strstr(p + 1, "\"seq\":"))
			got++;
		/* the iq is not of the kind that the first asked for */
		ck_assert_msg(got + dropped == (i == 0 ? 6 : 7), "%s", out);
	}
	fault_unref(why[0]);
	fault_unref(why[1]);
	failmalloc_pause(false);
	fixture_end();
}

START_TEST(without_memory_every_event_comes_or_is_told_as_lost_or_the_client_goes)
{
	ck_assert_uint_gt(failmalloc_sweep(run_without_memory, NULL), 10);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ a_slow_client_is_told_exactly_what_it_lost, 0 },
		{ the_notice_and_the_event_fit_together_or_wait, 0 },
		{ losses_are_counted_per_stream_and_subscription, 0 },
		{ an_event_larger_than_the_queue_is_lost_by_its_limit, 0 },
		{ events_without_a_number_are_counted_without_one, 0 },
		{ overflow_disconnect_closes_the_connection_instead, 0 },
		{ a_subscription_that_goes_takes_its_losses_along, 0 },
		{ without_memory_every_event_comes_or_is_told_as_lost_or_the_client_goes, 0 },
	};

	return suite_run("bus, slow clients", tests, ARRAY_SIZE(tests));
}
