/* Events on their way to clients: who gets which, and as which text. */
#include <stdio.h>
#include <stdlib.h>

#include <check.h>

#include "tests/unit/bus_fixture.h"
#include "tests/unit/suite.h"

START_TEST(an_event_is_a_line_of_json_in_the_takers_format)
{
	fixture_begin(4);
	subscribe(0, "{}");
	subscribe(1, "{'format':'raw'}");
	subscribe(2, "{'format':'xml'}");
	subscribe(3, "{'format':'typed'}");
	publish_xso(12, MESSAGE);
	check_read(0, XSO("12", TYPED, "1"));
	check_read(1, XSO("12", RAW, "1"));
	check_read(2, XSO("12",
			  "\"<message xmlns='jabber:client' from='a@b.test' type='chat'>"
			  "<body>Hi</body></message>\"",
			  "1"));
	check_read(3, XSO("12", TYPED, "1"));
	fixture_end();
}
END_TEST

START_TEST(an_event_goes_to_a_connection_once_per_format)
{
	fixture_begin(1);
	ck_assert_uint_eq(subscribe(0, "{'format':'raw'}"), 1);
	ck_assert_uint_eq(subscribe(0, "{'events':['stream.state']}"), 2);
	ck_assert_uint_eq(subscribe(0, "{'format':'typed'}"), 3);
	ck_assert_uint_eq(subscribe(0, "{'format':'raw','events':['xso']}"), 4);
	publish_xso(1, MESSAGE);
	check_read(0, XSO("1", TYPED, "3") XSO("1", RAW, "1,4"));
	publish_state("s", 2);
	check_read(0, STATE("s", "2", "2,3") STATE("s", "2", "1"));
	fixture_end();
}
END_TEST

START_TEST(nobody_gets_what_he_did_not_ask_for)
{
	fixture_begin(2);
	publish_xso(1, MESSAGE);
	publish_state("s", 2);
	check_read(0, "");
	subscribe(0, "{'events':['xso']}");
	publish_state("s", 3);
	check_read(0, "");
	check_read(1, "");
	ck_assert_uint_eq(bus_events_sent(f.bus), 0);
	fixture_end();
}
END_TEST

START_TEST(by_default_come_all_events_that_are_not_opt_in)
{
	fixture_begin(2);
	subscribe(0, "{'format':'raw'}");
	subscribe(1, "{'format':'raw','events':['xso.out','log','stream.bytes']}");
	for (enum event_kind k = 0; k < EVENT_KIND_COUNT_; k++) {
		struct event e = event_of(k, events[k].has_seq ? 5 : 0);

		if (k == EVENT_XSO_INVALID || k == EVENT_EVENTS_LOST)
			continue;
		e.only = k == EVENT_STREAM_BYTES ? f.clients[1].session : NULL;
		e.level = EVENT_LEVEL_INFO;
		bus_publish(f.bus, &e);
		ck_assert_int_eq(*rpc_client_read(&f.clients[0]) != '\0', !events[k].opt_in);
		/* what follows every subscription comes without being named */
		ck_assert_int_eq(*rpc_client_read(&f.clients[1]) != '\0',
				 events[k].opt_in || k == EVENT_DAEMON_STOPPING ||
					 k == EVENT_SUBSCRIPTION_ENDED);
	}
	fixture_end();
}
END_TEST

START_TEST(named_streams_are_those_of_today_and_of_tomorrow)
{
	fixture_begin(3);
	subscribe(0, "{'streams':['s','later']}");
	subscribe(1, "{}");
	subscribe(2, "{'streams':[]}");
	publish_state("s", 1);
	publish_state("other", 1);
	publish_state("later", 1);
	publish_state("late", 1);
	check_read(0, STATE("s", "1", "1") STATE("later", "1", "1"));
	check_read(1, STATE("s", "1", "1") STATE("other", "1", "1") STATE("later", "1", "1")
			      STATE("late", "1", "1"));
	check_read(2, "");
	fixture_end();
}
END_TEST

START_TEST(matches_select_among_xsos_and_nothing_else)
{
	fixture_begin(1);
	subscribe(0, "{'format':'raw','match':[{'type':'chat'},{'id':'7'}]}");
	publish_xso(1, MESSAGE);
	publish_xso(2, "<message type='headline'/>");
	publish_xso(3, "<message id='7'/>");
	publish_state("s", 4);
	check_read(0, XSO("1", RAW, "1") XSO("3", "{\"name\":\"message\",\"attrs\":{\"id\":\"7\"}}",
					     "1") STATE("s", "4", "1"));
	fixture_end();
}
END_TEST

START_TEST(raw_streams_are_seen_by_their_user_and_root_only)
{
	const struct audience raw = { .raw = true, .uid = 1000 }, managed = { .uid = 1000 };

	ck_assert(audience_includes(&raw, &(struct peer){ .uid = 1000 }));
	ck_assert(audience_includes(&raw, &(struct peer){ .uid = 0 }));
	ck_assert(!audience_includes(&raw, &(struct peer){ .uid = 1001 }));
	ck_assert(!audience_includes(&raw, &(struct peer){ .uid = 1001, .all_rights = true }));
	ck_assert(audience_includes(&managed, &(struct peer){ .uid = 1001 }));
	fixture_begin(3);
	f.clients[1].session->peer.uid = 1001;
	f.clients[2].session->peer.uid = 0;
	for (size_t i = 0; i < 3; i++)
		subscribe(i, "{}");
	for (int is_raw = 0; is_raw < 2; is_raw++) {
		struct event e = event_of(EVENT_STREAM_REMOVED, 9);

		e.audience = is_raw ? raw : managed;
		bus_publish(f.bus, &e);
		ck_assert_int_ne(*rpc_client_read(&f.clients[0]), '\0');
		ck_assert_int_eq(*rpc_client_read(&f.clients[1]) != '\0', !is_raw);
		ck_assert_int_ne(*rpc_client_read(&f.clients[2]), '\0');
	}
	fixture_end();
}
END_TEST

START_TEST(own_events_go_to_their_client_alone_and_a_consumed_xso_to_all_others)
{
	struct event e;

	fixture_begin(2);
	subscribe(0, "{'format':'raw'}");
	subscribe(1, "{'format':'raw'}");
	e = event_of(EVENT_SEND_LOST, 0);
	e.only = f.clients[1].session;
	e.members = SV("\"sent\":true");
	e.elem = parse("<message/>");
	bus_publish(f.bus, &e);
	check_read(0, "");
	check_read(
		1,
		"{\"jsonrpc\":\"2.0\",\"method\":\"send.lost\",\"params\":{\"stream\":\"s\"," TIME
		",\"sent\":true,\"xso\":{\"name\":\"message\"},\"subscriptions\":[1]}}\n");
	e = event_of(EVENT_XSO, 4);
	e.not = f.clients[1].session;
	e.elem = parse(MESSAGE);
	bus_publish(f.bus, &e);
	check_read(0, XSO("4", RAW, "1"));
	check_read(1, "");
	fixture_end();
}
END_TEST

START_TEST(bytes_go_to_their_owner_or_nobody)
{
	struct event e;

	fixture_begin(2);
	subscribe(0, "{'events':['stream.bytes']}");
	subscribe(1, "{'events':['stream.bytes']}");
	e = event_of(EVENT_STREAM_BYTES, 0);
	bus_publish(f.bus, &e);
	check_read(0, "");
	e.only = f.clients[0].session;
	bus_publish(f.bus, &e);
	ck_assert_int_ne(*rpc_client_read(&f.clients[0]), '\0');
	check_read(1, "");
	fixture_end();
}
END_TEST

START_TEST(each_event_has_its_own_time)
{
	static const struct {
		uint64_t us;
		const char *text;
	} times[] = {
		{ UNIX_US, "2026-11-22T18:00:00.000001Z" },
		{ UNIX_US + 998, "2026-11-22T18:00:00.000999Z" },
		{ UNIX_US + 999999, "2026-11-22T18:00:01.000000Z" },
		{ UNIX_US, "2026-11-22T18:00:00.000001Z" }, /* a clock may be set back */
		{ 0, "1970-01-01T00:00:00.000000Z" },
		{ 1709251199123456, "2024-02-29T23:59:59.123456Z" },
	};

	fixture_begin(1);
	subscribe(0, "{}");
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		struct event e = event_of(EVENT_STREAM_DEADTIME, i + 1);
		char wanted[100];

		e.unix_us = times[i].us;
		bus_publish(f.bus, &e);
		snprintf(wanted, sizeof(wanted), ",\"time\":\"%s\",", times[i].text);
		ck_assert_ptr_nonnull(strstr(rpc_client_read(&f.clients[0]), wanted));
	}
	fixture_end();
}
END_TEST

START_TEST(events_without_a_stream_have_none)
{
	struct event e;

	fixture_begin(2);
	subscribe(0, "{'events':[],'streams':['x']}");
	e = event_of(EVENT_DAEMON_STOPPING, 0);
	e.stream = SV_NONE;
	bus_publish(f.bus, &e);
	check_read(0, "{\"jsonrpc\":\"2.0\",\"method\":\"daemon.stopping\",\"params\":{" TIME
		      ",\"subscriptions\":[1]}}\n");
	check_read(1, ""); /* asked for nothing */
	fixture_end();
}
END_TEST

START_TEST(log_lines_come_up_to_the_level_asked_for)
{
	static const char *const levels[] = { "error", "warning", "info", "debug" };

	fixture_begin(5);
	for (size_t i = 0; i < 4; i++) {
		char text[60];

		snprintf(text, sizeof(text), "{'events':['log'],'level':'%s'}", levels[i]);
		subscribe(i, text);
	}
	subscribe(4, "{'events':['log']}");
	for (int level = 0; level < EVENT_LEVEL_COUNT_; level++) {
		struct event e = event_of(EVENT_LOG, 0);

		e.level = level;
		bus_publish(f.bus, &e);
		for (size_t i = 0; i < 4; i++)
			ck_assert_int_eq(*rpc_client_read(&f.clients[i]) != '\0', level <= (int)i);
		ck_assert_int_eq(*rpc_client_read(&f.clients[4]) != '\0',
				 level <= EVENT_LEVEL_INFO);
	}
	fixture_end();
}
END_TEST

START_TEST(an_xso_that_its_class_refuses_is_another_event_for_typed_takers)
{
	const char *out;

	fixture_begin(4);
	subscribe(0, "{}");
	subscribe(1, "{'events':['xso']}");
	subscribe(2, "{'events':['xso.invalid']}");
	subscribe(3, "{'events':['xso','xso.invalid'],'format':'raw'}");
	publish_xso(8, "<iq from='a@b.test' id='p1' type='ask'/>");
	out = rpc_client_read(&f.clients[0]);
	ck_assert_msg(
		strstr(out, "\"method\":\"xso.invalid\",\"params\":{\"stream\":\"s\",\"seq\":8"),
		"%s", out);
	ck_assert_ptr_nonnull(strstr(out, "\"partial\":{\"kind\":\"iq\""));
	ck_assert_ptr_nonnull(strstr(out, "\"id\":\"p1\""));
	ck_assert_ptr_nonnull(strstr(out, "\"error\":{\"code\":-32009,"));
	ck_assert_ptr_nonnull(strstr(out, "\"kind\":\"invalid-xso\""));
	ck_assert_ptr_nonnull(strstr(out, ",\"subscriptions\":[1]}}\n"));
	check_read(1, "");
	ck_assert_ptr_nonnull(strstr(rpc_client_read(&f.clients[2]), "xso.invalid"));
	out = rpc_client_read(&f.clients[3]);
	ck_assert_ptr_nonnull(
		strstr(out, "\"method\":\"xso\",\"params\":{\"stream\":\"s\",\"seq\":8"));
	ck_assert_ptr_nonnull(strstr(out, "\"xso\":{\"name\":\"iq\""));
	publish_xso(9, MESSAGE);
	check_read(0, XSO("9", TYPED, "1"));
	check_read(1, XSO("9", TYPED, "1"));
	check_read(2, "");
	fixture_end();
}
END_TEST

START_TEST(what_was_sent_is_never_invalid_but_raw)
{
	struct event e;
	const char *out;

	fixture_begin(1);
	subscribe(0, "{'events':['xso.out']}");
	e = event_of(EVENT_XSO_OUT, 0);
	e.elem = parse("<iq type='ask'/>");
	e.members = SV("\"client\":7");
	bus_publish(f.bus, &e);
	out = rpc_client_read(&f.clients[0]);
	ck_assert_msg(strstr(out, "\"client\":7,\"xso\":{\"name\":\"iq\"") != NULL, "%s", out);
	fixture_end();
}
END_TEST

/* --- one text for all --- */

START_TEST(a_hundred_takers_of_a_format_share_one_text)
{
	struct strview first;
	struct outpage *page;

	fixture_begin(MAX_CLIENTS);
	for (size_t i = 0; i < MAX_CLIENTS; i++)
		subscribe(i, "{'format':'raw'}");
	publish_xso(1, MESSAGE);
	publish_xso(2, MESSAGE);
	ck_assert_uint_eq(outq_views(&f.clients[0].session->out, &first, 1), 1);
	page = f.clients[0].session->out.spans[0].page;
	ck_assert_uint_eq(page->n, first.n); /* both lines, and once */
	for (size_t i = 0; i < MAX_CLIENTS; i++) {
		struct strview views[2];

		ck_assert_uint_eq(outq_views(&f.clients[i].session->out, views, 2), 1);
		ck_assert_ptr_eq(views[0].p, first.p);
		ck_assert_uint_eq(views[0].n, first.n);
	}
	check_read(99, XSO("1", RAW, "1") XSO("2", RAW, "1"));
	ck_assert_uint_eq(bus_events_sent(f.bus), 200);
	fixture_end();
}
END_TEST

START_TEST(takers_with_other_subscriptions_share_all_but_the_end)
{
	struct strview head, views[3];

	fixture_begin(30);
	for (size_t i = 0; i < 30; i++)
		for (size_t n = 0; n <= i; n++) /* ids 1 to i + 1; the last one is for raw */
			subscribe(i, n < i ? "{'events':[]}" : "{'format':'raw'}");
	publish_xso(1, MESSAGE);
	outq_views(&f.clients[0].session->out, &head, 1);
	for (size_t i = 1; i < 30; i++) {
		char wanted[1000];

		ck_assert_uint_eq(outq_views(&f.clients[i].session->out, views, 3), 2);
		ck_assert_ptr_eq(views[0].p, head.p);
		snprintf(wanted, sizeof(wanted), "%.*s", (int)(strlen(XSO("1", RAW, "")) - 4),
			 XSO("1", RAW, ""));
		snprintf(wanted + strlen(wanted), 20, "%zu]}}\n", i + 1);
		check_read(i, wanted);
	}
	fixture_end();
}
END_TEST

START_TEST(texts_that_were_written_make_room_for_the_next)
{
	struct outpage *page = NULL;

	fixture_begin(2);
	subscribe(0, "{'format':'raw'}");
	subscribe(1, "{'format':'raw'}");
	for (unsigned i = 1; i < 5000; i++) {
		publish_xso(i, MESSAGE);
		if (page)
			ck_assert_ptr_eq(f.clients[0].session->out.spans[0].page, page);
		page = f.clients[0].session->out.spans[f.clients[0].session->out.first].page;
		rpc_client_read(&f.clients[0]);
		rpc_client_read(&f.clients[1]);
		f.clients[0].out.n = f.clients[1].out.n = 0;
		arena_reset(&f.arena);
	}
	fixture_end();
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ an_event_is_a_line_of_json_in_the_takers_format, 0 },
		{ an_event_goes_to_a_connection_once_per_format, 0 },
		{ nobody_gets_what_he_did_not_ask_for, 0 },
		{ by_default_come_all_events_that_are_not_opt_in, 0 },
		{ named_streams_are_those_of_today_and_of_tomorrow, 0 },
		{ matches_select_among_xsos_and_nothing_else, 0 },
		{ raw_streams_are_seen_by_their_user_and_root_only, 0 },
		{ own_events_go_to_their_client_alone_and_a_consumed_xso_to_all_others, 0 },
		{ bytes_go_to_their_owner_or_nobody, 0 },
		{ each_event_has_its_own_time, 0 },
		{ events_without_a_stream_have_none, 0 },
		{ log_lines_come_up_to_the_level_asked_for, 0 },
		{ an_xso_that_its_class_refuses_is_another_event_for_typed_takers, 0 },
		{ what_was_sent_is_never_invalid_but_raw, 0 },
		{ a_hundred_takers_of_a_format_share_one_text, 0 },
		{ takers_with_other_subscriptions_share_all_but_the_end, 0 },
		{ texts_that_were_written_make_room_for_the_next, 0 },
	};

	return suite_run("bus", tests, ARRAY_SIZE(tests));
}
