/* Errors as clients see them: code, kind and every member of the manual's table. */
#include <errno.h>
#include <stdlib.h>

#include <check.h>

#include "ipc/rpc/request.h"
#include "protocol/base/ns.h"
#include "protocol/xml/elem.h"
#include "tests/unit/suite.h"

static void check(struct fault *why, const char *wanted)
{
	struct buf b = BUF_INIT;

	fault_json(&b, why);
	buf_put_char(&b, '\0');
	ck_assert_str_eq(b.p, wanted);
	buf_done(&b);
	fault_unref(why);
}

START_TEST(each_kind_has_its_stable_number)
{
	static const struct {
		int code;
		const char *kind;
	} kinds[FAULT_KIND_COUNT_] = {
		{ -32001, "unknown-stream" },
		{ -32002, "access-denied" },
		{ -32003, "not-connected" },
		{ -32004, "transport-error" },
		{ -32005, "stream-error" },
		{ -32006, "stanza-error" },
		{ -32007, "timeout" },
		{ -32008, "unsupported" },
		{ -32009, "invalid-xso" },
		{ -32010, "conflict" },
		{ -32011, "overflow" },
		{ -32012, "tls-error" },
		{ -32013, "auth-error" },
		{ -32014, "canceled" },
		{ -32700, NULL },
		{ -32600, NULL },
		{ -32601, NULL },
		{ -32602, NULL },
		{ -32603, NULL },
	};

	for (enum fault_kind k = 0; k < FAULT_KIND_COUNT_; k++) {
		struct buf wanted = BUF_INIT;

		buf_printf(&wanted, "{\"code\":%d,\"message\":\"m\"", kinds[k].code);
		if (k == FAULT_TRANSPORT_ERROR)
			buf_printf(&wanted, ",\"data\":{\"kind\":\"%s\",\"message\":\"m\"}",
				   kinds[k].kind);
		else if (kinds[k].kind)
			buf_printf(&wanted, ",\"data\":{\"kind\":\"%s\"}", kinds[k].kind);
		buf_put_str(&wanted, "}");
		buf_put_char(&wanted, '\0');
		check(fault_new(k, "m"), wanted.p);
		buf_done(&wanted);
	}
}
END_TEST

START_TEST(a_transport_error_names_its_errno)
{
	check(fault_errno(ECONNRESET, "read"),
	      "{\"code\":-32004,\"message\":\"read: Connection reset by peer\",\"data\":{\"kind\":"
	      "\"transport-error\",\"errno\":\"ECONNRESET\",\"message\":\"read: Connection reset "
	      "by "
	      "peer\"}}");
}
END_TEST

START_TEST(a_stream_error_has_all_that_the_peer_said)
{
	struct fault *why = fault_new(FAULT_STREAM_ERROR, "m");

	fault_set(why, &why->condition, SV("policy-violation"));
	fault_set(why, &why->text, SV("no \"more\""));
	why->has_sent = true;
	why->application = elem_new(&why->arena, SV("urn:x"), SV("app"));
	check(why, "{\"code\":-32005,\"message\":\"m\",\"data\":{\"kind\":\"stream-error\","
		   "\"condition\":\"policy-violation\",\"text\":\"no \\\"more\\\"\","
		   "\"application\":{\"name\":\"app\",\"ns\":\"urn:x\"},\"sent\":false}}");
}
END_TEST

START_TEST(a_stanza_error_has_the_whole_answer)
{
	struct fault *why = fault_new(FAULT_STANZA_ERROR, "m");

	fault_set(why, &why->type, SV("cancel"));
	fault_set(why, &why->condition, SV("gone"));
	fault_set(why, &why->by, SV("b.test"));
	why->stanza = elem_new(&why->arena, SV(XMLNS_CLIENT), SV("iq"));
	check(why,
	      "{\"code\":-32006,\"message\":\"m\",\"data\":{\"kind\":\"stanza-error\",\"type\":"
	      "\"cancel\",\"condition\":\"gone\",\"by\":\"b.test\",\"stanza\":{\"name\":\"iq\"}}}");
}
END_TEST

START_TEST(other_errors_have_what_is_theirs)
{
	struct fault *why = fault_new(FAULT_AUTH_ERROR, "m");

	fault_set(why, &why->condition, SV("not-authorized"));
	fault_set(why, &why->mechanism, SV("SCRAM-SHA-1"));
	check(why,
	      "{\"code\":-32013,\"message\":\"m\",\"data\":{\"kind\":\"auth-error\",\"condition\":"
	      "\"not-authorized\",\"mechanism\":\"SCRAM-SHA-1\"}}");
	why = fault_new(FAULT_TLS_ERROR, "m");
	fault_set(why, &why->reason, SV("expired"));
	check(why, "{\"code\":-32012,\"message\":\"m\",\"data\":{\"kind\":\"tls-error\",\"reason\":"
		   "\"expired\"}}");
	why = fault_new(FAULT_CANCELED, "m");
	why->has_sent = why->sent = true;
	check(why,
	      "{\"code\":-32014,\"message\":\"m\",\"data\":{\"kind\":\"canceled\",\"sent\":true}}");
	why = fault_new(FAULT_INVALID_XSO, "m");
	fault_set(why, &why->path, SV("/xso/body"));
	check(why, "{\"code\":-32009,\"message\":\"m\",\"data\":{\"kind\":\"invalid-xso\",\"path\":"
		   "\"/xso/body\"}}");
	why = fault_new(FAULT_INVALID_PARAMS, "m");
	fault_set(why, &why->path, SV("/to"));
	check(why, "{\"code\":-32602,\"message\":\"m\",\"data\":{\"path\":\"/to\"}}");
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ each_kind_has_its_stable_number, 0 },
		{ a_transport_error_names_its_errno, 0 },
		{ a_stream_error_has_all_that_the_peer_said, 0 },
		{ a_stanza_error_has_the_whole_answer, 0 },
		{ other_errors_have_what_is_theirs, 0 },
	};

	return suite_run("fault_json", tests, ARRAY_SIZE(tests));
}
