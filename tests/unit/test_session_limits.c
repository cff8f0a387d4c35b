/* Requests of a session in their order, and its bounds: batches, full queues, in flight. */
#include <stdio.h>
#include <stdlib.h>

#include <check.h>

#include "ipc/json/jsonw.h"
#include "ipc/rpc/batch.h"
#include "tests/unit/rpc_client.h"
#include "tests/unit/suite.h"

#define CALL(id) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"stream.list\"}"
#define OK(id)	 "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"result\":{\"method\":\"stream.list\"}}"
#define DONE(id) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"result\":{}}"

static struct request *next(struct rpc_client *c)
{
	struct request *r = session_next(c->session);

	ck_assert_ptr_nonnull(r);
	return r;
}

START_TEST(requests_are_begun_in_order_and_answered_when_done)
{
	struct rpc_client c;
	struct request *a, *b;

	rpc_client_init(&c, NULL);
	rpc_client_push(&c, CALL("1") "\n" CALL("2") "\n" CALL("3") "\n");
	a = next(&c);
	ck_assert_str_eq(a->id.p, "1");
	b = next(&c);
	ck_assert_str_eq(b->id.p, "2");
	ck_assert_uint_eq(c.session->n_requests, 2);
	request_ok(b);
	ck_assert_str_eq(rpc_client_read(&c), DONE("2") "\n");
	request_ok(next(&c));
	request_ok(a);
	ck_assert_str_eq(rpc_client_read(&c), DONE("3") "\n" DONE("1") "\n");
	ck_assert_uint_eq(c.session->n_requests, 0);
	rpc_client_done(&c);
}
END_TEST

START_TEST(a_batch_is_answered_when_all_its_members_are)
{
	struct rpc_client c;
	struct request *a, *b, *last;

	rpc_client_init(&c, NULL);
	rpc_client_push(&c, "[" CALL("1") ",5," CALL("2") "]\n" CALL("3") "\n");
	a = next(&c);
	b = next(&c);
	ck_assert_str_eq(b->id.p, "2");
	last = next(&c);
	ck_assert_str_eq(last->id.p, "3");
	request_ok(b);
	ck_assert_str_eq(rpc_client_read(&c), "");
	request_ok(last); /* replies to other lines may overtake it */
	ck_assert_str_eq(rpc_client_read(&c), DONE("3") "\n");
	request_ok(a);
	ck_assert_str_eq(rpc_client_read(&c),
			 "[{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":"
			 "\"a request is an object\"}}," DONE("2") "," DONE("1") "]\n");
	rpc_client_done(&c);
}
END_TEST

START_TEST(dropped_requests_say_nothing_and_leave_nothing)
{
	struct rpc_client c;
	struct request *a, *b;

	rpc_client_init(&c, NULL);
	rpc_client_push(&c, "[" CALL("1") "," CALL("2") "," CALL("3") "]\n");
	a = next(&c);
	b = next(&c);
	request_drop(a);
	request_drop(b);
	ck_assert_str_eq(rpc_client_read(&c), "");
	rpc_client_done(&c); /* with a member that was never begun */
}
END_TEST

static void push_batch(struct rpc_client *c, int n)
{
	struct buf b = BUF_INIT;

	for (int i = 0; i < n; i++)
		buf_printf(&b, "%c{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"stream.list\"}",
			   i ? ',' : '[', i);
	buf_put_str(&b, "]\n");
	session_push(c->session, buf_view(&b));
	buf_done(&b);
}

START_TEST(a_batch_has_at_most_a_thousand_members)
{
	struct rpc_client c;
	const char *out;
	json_t *reply;

	rpc_client_init(&c, NULL);
	push_batch(&c, BATCH_MAX);
	rpc_client_echo(&c);
	reply = json_loads(rpc_client_read(&c), 0, NULL);
	ck_assert_uint_eq(json_array_size(reply), 1000);
	for (size_t i = 0; i < 1000; i++)
		ck_assert_int_eq(
			json_integer_value(json_object_get(json_array_get(reply, i), "id")),
			(int)i);
	json_decref(reply);
	push_batch(&c, BATCH_MAX + 1);
	ck_assert(!session_next(c.session));
	out = rpc_client_read(&c);
	ck_assert_str_eq(out, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,"
			      "\"message\":\"a batch has at most 1000 members\"}}\n");
	rpc_client_done(&c);
}
END_TEST

START_TEST(more_requests_in_flight_than_allowed_are_overflow)
{
	const struct session_limits limits = { .max_in_flight = 2 };
	struct rpc_client c;
	struct request *a, *b;

	rpc_client_init(&c, &limits);
	rpc_client_push(&c, CALL("1") "\n" CALL("2") "\n" CALL("3") "\n" CALL("4") "\n");
	a = next(&c);
	b = next(&c);
	ck_assert(!session_next(c.session));
	ck_assert_str_eq(
		rpc_client_read(&c),
		"{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":-32011,\"message\":\"more than "
		"2 "
		"requests that are not answered yet\",\"data\":{\"kind\":\"overflow\"}}}\n"
		"{\"jsonrpc\":\"2.0\",\"id\":4,\"error\":{\"code\":-32011,\"message\":\"more than "
		"2 "
		"requests that are not answered yet\",\"data\":{\"kind\":\"overflow\"}}}\n");
	request_ok(a);
	rpc_client_push(&c, CALL("5") "\n");
	a = next(&c);
	ck_assert_str_eq(a->id.p, "5");
	request_ok(a);
	request_ok(b);
	rpc_client_done(&c);
}
END_TEST

START_TEST(no_request_is_begun_while_the_queue_is_full_and_none_is_lost)
{
	const struct session_limits limits = { .max_queue_bytes = 300 };
	struct rpc_client c;
	int begun = 0;

	rpc_client_init(&c, &limits);
	for (int i = 0; i < 100; i++)
		rpc_client_push(&c, CALL("1") "\n");
	while (begun < 100) {
		struct request *r = session_next(c.session);

		if (r) {
			ck_assert(!outq_full(&c.session->out));
			rpc_client_answer(r);
			begun++;
			continue;
		}
		ck_assert(outq_full(&c.session->out));
		ck_assert(session_pending(c.session));
		ck_assert_uint_le(c.session->out.bytes, 300 + sizeof(OK("1")));
		rpc_client_read(&c);
	}
	rpc_client_read(&c);
	ck_assert_uint_eq(c.out.n, 100 * sizeof(OK("1"))); /* the NUL counts as the LF */
	ck_assert(!session_pending(c.session));
	rpc_client_done(&c);
}
END_TEST

START_TEST(a_reply_larger_than_the_queue_goes_whole)
{
	const struct session_limits limits = { .max_queue_bytes = 1000 };
	char *text = malloc(20 * 1024 * 1024 + 1);
	struct rpc_client c;
	struct request *r;

	memset(text, 'x', 20 * 1024 * 1024);
	text[20 * 1024 * 1024] = '\0';
	rpc_client_init(&c, &limits);
	rpc_client_push(&c, CALL("1") "\n");
	r = next(&c);
	jsonw_cstr(request_result(r), text);
	request_done(r);
	ck_assert_ptr_nonnull(strstr(rpc_client_read(&c), text));
	ck_assert_uint_eq(c.out.n,
			  20 * 1024 * 1024 + strlen("{'jsonrpc':'2.0','id':1,'result':''}\n"));
	rpc_client_done(&c);
	free(text);
}
END_TEST

START_TEST(a_batch_whose_replies_exceed_the_queue_overflows_and_ends)
{
	const struct session_limits limits = { .max_queue_bytes = 2000 };
	struct rpc_client c;
	json_t *reply;

	rpc_client_init(&c, &limits);
	push_batch(&c, 1000);
	rpc_client_echo(&c);
	reply = json_loads(rpc_client_read(&c), 0, NULL);
	ck_assert_uint_eq(json_array_size(reply), 1000);
	ck_assert(json_object_get(json_array_get(reply, 0), "result"));
	ck_assert_str_eq(
		json_string_value(json_object_get(
			json_object_get(json_object_get(json_array_get(reply, 999), "error"),
					"data"),
			"kind")),
		"overflow");
	json_decref(reply);
	rpc_client_done(&c);
}
END_TEST

START_TEST(a_request_that_fails_after_it_began_to_answer_sends_the_error_alone)
{
	struct rpc_client c;
	struct request *r;

	rpc_client_init(&c, NULL);
	rpc_client_push(&c, CALL("1") "\n");
	r = next(&c);
	jsonw_begin_object(request_result(r));
	request_fail(r, fault_new(FAULT_TIMEOUT, "too late"));
	ck_assert_str_eq(
		rpc_client_read(&c),
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32007,\"message\":\"too "
		"late\",\"data\":{\"kind\":\"timeout\"}}}\n");
	rpc_client_done(&c);
}
END_TEST

START_TEST(a_session_that_is_to_be_closed_begins_nothing_more)
{
	struct rpc_client c;

	rpc_client_init(&c, NULL);
	rpc_client_push(&c, CALL("1") "\n");
	c.session->disconnect = true;
	ck_assert(!session_next(c.session));
	rpc_client_done(&c);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ requests_are_begun_in_order_and_answered_when_done, 0 },
		{ a_batch_is_answered_when_all_its_members_are, 0 },
		{ dropped_requests_say_nothing_and_leave_nothing, 0 },
		{ a_batch_has_at_most_a_thousand_members, 0 },
		{ more_requests_in_flight_than_allowed_are_overflow, 0 },
		{ no_request_is_begun_while_the_queue_is_full_and_none_is_lost, 0 },
		{ a_reply_larger_than_the_queue_goes_whole, 0 },
		{ a_batch_whose_replies_exceed_the_queue_overflows_and_ends, 0 },
		{ a_request_that_fails_after_it_began_to_answer_sends_the_error_alone, 0 },
		{ a_session_that_is_to_be_closed_begins_nothing_more, 0 },
	};

	return suite_run("session limits", tests, ARRAY_SIZE(tests));
}
