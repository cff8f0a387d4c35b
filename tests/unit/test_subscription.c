/* Subscriptions: how they begin and end, and what is wrong with those that do not begin. */
#include <stdio.h>
#include <stdlib.h>

#include <check.h>

#include "tests/unit/bus_fixture.h"
#include "tests/unit/suite.h"

START_TEST(subscriptions_end_when_told_and_when_their_client_goes)
{
	fixture_begin(2);
	subscribe(0, "{'format':'raw'}");
	subscribe(0, "{'format':'raw'}");
	subscribe(1, "{'format':'raw'}");
	ck_assert_uint_eq(bus_subscriptions(f.bus), 3);
	ck_assert(!bus_unsubscribe(f.bus, f.clients[1].session, 2)); /* another's */
	ck_assert(bus_unsubscribe(f.bus, f.clients[0].session, 1));
	ck_assert(!bus_unsubscribe(f.bus, f.clients[0].session, 1));
	publish_xso(1, MESSAGE);
	check_read(0, XSO("1", RAW, "2"));
	check_read(1, XSO("1", RAW, "1"));
	bus_session_gone(f.bus, f.clients[1].session);
	ck_assert(bus_unsubscribe(f.bus, f.clients[0].session, 2));
	ck_assert_uint_eq(bus_subscriptions(f.bus), 0);
	publish_xso(2, MESSAGE);
	check_read(0, "");
	check_read(1, "");
	ck_assert_uint_eq(subscribe(0, "{}"), 3); /* ids are not used again */
	fixture_end();
}
END_TEST

START_TEST(it_knows_beforehand_whether_anyone_wants_an_event)
{
	fixture_begin(2);
	ck_assert(!bus_wants(f.bus, EVENT_XSO, SV("s")));
	subscribe(0, "{'events':['stream.state'],'streams':['s']}");
	ck_assert(bus_wants(f.bus, EVENT_STREAM_STATE, SV("s")));
	ck_assert(!bus_wants(f.bus, EVENT_STREAM_STATE, SV("t")));
	ck_assert(!bus_wants(f.bus, EVENT_XSO, SV("s")));
	subscribe(0, "{'events':['xso.invalid']}");
	ck_assert(bus_wants(f.bus, EVENT_XSO, SV("t")));
	ck_assert(!bus_wants(f.bus, EVENT_STREAM_STATE, SV("t")));
	ck_assert(bus_unsubscribe(f.bus, f.clients[0].session, 1));
	ck_assert(!bus_wants(f.bus, EVENT_STREAM_STATE, SV("s")));
	fixture_end();
}
END_TEST

START_TEST(faults_of_a_subscription_name_what_is_wrong)
{
	static const struct {
		const char *params, *path;
	} rows[] = {
		{ "{'events':['xso','xso.in']}", "/events/1" },
		{ "{'events':['']}", "/events/0" },
		{ "{'events':['iq.incoming']}", "/events/0" },
		{ "{'match':[{'kind':'nothing'}]}", "/match/0/kind" },
		{ "{'match':[{},{'x':1}]}", "/match/1/x" },
		{ "{'event':[]}", "/event" },
	};

	fixture_begin(1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t id = 0;
		struct fault *why = try_subscribe(0, rows[i].params, &id);

		ck_assert_ptr_nonnull(why);
		ck_assert_int_eq(why->kind, FAULT_INVALID_PARAMS);
		ck_assert_str_eq(why->path, rows[i].path);
		fault_unref(why);
	}
	ck_assert_uint_eq(bus_subscriptions(f.bus), 0);
	fixture_end();
}
END_TEST

START_TEST(a_client_has_a_bounded_number_of_subscriptions)
{
	struct fault *why = NULL;
	uint64_t id;
	int n = 0;

	fixture_begin(2);
	while (!why && n < 100000) {
		why = try_subscribe(0, "{}", &id);
		n++;
	}
	ck_assert_ptr_nonnull(why);
	ck_assert_int_eq(why->kind, FAULT_OVERFLOW);
	fault_unref(why);
	subscribe(1, "{}"); /* another client is not concerned */
	ck_assert(bus_unsubscribe(f.bus, f.clients[0].session, 5));
	subscribe(0, "{}");
	fixture_end();
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ subscriptions_end_when_told_and_when_their_client_goes, 0 },
		{ it_knows_beforehand_whether_anyone_wants_an_event, 0 },
		{ faults_of_a_subscription_name_what_is_wrong, 0 },
		{ a_client_has_a_bounded_number_of_subscriptions, 0 },
	};

	return suite_run("subscription", tests, ARRAY_SIZE(tests));
}
