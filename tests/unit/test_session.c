/* JSON-RPC 2.0 on a session: each row whole, byte by byte, at random cuts, and without memory. */
#include <stdio.h>
#include <stdlib.h>

#include <check.h>

#include "tests/unit/failmalloc.h"
#include "tests/unit/rpc_client.h"
#include "tests/unit/suite.h"

#define OK(id, method) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"result\":{\"method\":\"" method "\"}}"
#define ERR(id, code, text)                                                                        \
	"{\"jsonrpc\":\"2.0\",\"id\":" id ",\"error\":{\"code\":" code ",\"message\":\"" text "\"" \
	"}}"
#define CALL(id, method) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"" method "\"}"
#define NOTE(method)	 "{\"jsonrpc\":\"2.0\",\"method\":\"" method "\"}"
#define L		 "stream.list"
#define LONG_64		 "----------------------------------------------------------------"
#define FRAMING                                                                                    \
	"no headers are used here: a message is one JSON text on one line, which ends in a "       \
	"newline"
#define DEEP_16	       "[[[[[[[[[[[[[[[["
#define DEEP_64	       DEEP_16 DEEP_16 DEEP_16 DEEP_16
#define CLOSE_16       "]]]]]]]]]]]]]]]]"
#define CLOSE_64       CLOSE_16 CLOSE_16 CLOSE_16 CLOSE_16
#define DEEP_256(text) DEEP_64 DEEP_64 DEEP_64 DEEP_64 text CLOSE_64 CLOSE_64 CLOSE_64 CLOSE_64

/* What is sent, and all that is answered; lines of `in` may have at most 1,000 bytes. */
static const struct {
	const char *in, *out;
} rows[] = {
	/* --- framing --- */
	{ CALL("1", L) "\n", OK("1", L) "\n" },
	{ CALL("1", L) "\r\n", OK("1", L) "\n" },
	{ "\n\r\n  \n\t\r\n" CALL("1", L) "\n\n", OK("1", L) "\n" },
	{ CALL("1", L) "\n" CALL("2", L) "\n", OK("1", L) "\n" OK("2", L) "\n" },
	{ CALL("1", L) "\n" CALL("2", L), OK("1", L) "\n" OK("2", L) "\n" }, /* no LF at EOF */
	{ CALL("1", L) "\r", OK("1", L) "\n" },
	{ " { \"jsonrpc\" : \"2.0\",\t\"id\" : 1 , \"method\" : \"" L "\" } \n", OK("1", L) "\n" },
	{ "Content-Length: 55\r\n\r\n" CALL("1", L),
	  ERR("null", "-32700", FRAMING) "\n" OK("1", L) "\n" },
	{ "content-length:55\n", ERR("null", "-32700", FRAMING) "\n" },

	/* --- ids come back unchanged --- */
	{ CALL("\"\"", L) "\n", OK("\"\"", L) "\n" },
	{ CALL("\"a\\\"b\\\\\\n\\u0000\\u001f\"", L) "\n",
	  OK("\"a\\\"b\\\\\\n\\u0000\\u001f\"", L) "\n" },
	{ CALL("\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xb0\"", L) "\n",
	  OK("\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xb0\"", L) "\n" },
	{ CALL("\"\\ud83d\\udc30\"", L) "\n", OK("\"\xf0\x9f\x90\xb0\"", L) "\n" },
	{ CALL("0", L) "\n", OK("0", L) "\n" },
	{ CALL("-1", L) "\n", OK("-1", L) "\n" },
	{ CALL("9223372036854775807", L) "\n", OK("9223372036854775807", L) "\n" },
	{ CALL("-9223372036854775808", L) "\n", OK("-9223372036854775808", L) "\n" },
	{ CALL("9007199254740993", L) "\n", OK("9007199254740993", L) "\n" },
	{ CALL("null", L) "\n", OK("null", L) "\n" },
	{ CALL("\"x\"", "nothing") "\n", ERR("\"x\"", "-32601", "no method \\\"nothing\\\"") "\n" },

	/* --- what is no id --- */
	{ CALL("1.0", L) "\n",
	  ERR("null", "-32600", "id must be a string, an integer or null") "\n" },
	{ CALL("1e2", L) "\n",
	  ERR("null", "-32600", "id must be a string, an integer or null") "\n" },
	{ CALL("true", L) "\n",
	  ERR("null", "-32600", "id must be a string, an integer or null") "\n" },
	{ CALL("[1]", L) "\n",
	  ERR("null", "-32600", "id must be a string, an integer or null") "\n" },
	{ CALL("{}", L) "\n",
	  ERR("null", "-32600", "id must be a string, an integer or null") "\n" },
	{ CALL("9223372036854775808", L) "\n",
	  ERR("null", "-32600",
	      "too big integer near '9223372036854775808': integers have at most 64 bits") "\n" },

	/* --- notifications have no reply, whatever is wrong with them --- */
	{ NOTE(L) "\n" CALL("2", L) "\n", OK("2", L) "\n" },
	{ NOTE("nothing") "\n", "" },
	{ "{\"jsonrpc\":\"2.0\",\"method\":\"" L "\",\"params\":[1]}\n", "" },
	{ "{\"jsonrpc\":\"2.0\",\"method\":\"" L "\",\"params\":{\"x\":1}}\n", "" },

	/* --- what is no request --- */
	{ "1\n", ERR("null", "-32600", "a request is an object") "\n" },
	{ "\"x\"\n", ERR("null", "-32600", "a request is an object") "\n" },
	{ "null\n", ERR("null", "-32600", "a request is an object") "\n" },
	{ "{}\n", ERR("null", "-32600", "jsonrpc must be \\\"2.0\\\"") "\n" },
	{ "{\"id\":3,\"method\":\"" L "\"}\n",
	  ERR("3", "-32600", "jsonrpc must be \\\"2.0\\\"") "\n" },
	{ "{\"jsonrpc\":\"1.0\",\"id\":3,\"method\":\"" L "\"}\n",
	  ERR("3", "-32600", "jsonrpc must be \\\"2.0\\\"") "\n" },
	{ "{\"jsonrpc\":2.0,\"id\":3,\"method\":\"" L "\"}\n",
	  ERR("3", "-32600", "jsonrpc must be \\\"2.0\\\"") "\n" },
	{ "{\"jsonrpc\":\"2.0\\u0000\",\"id\":3,\"method\":\"" L "\"}\n",
	  ERR("3", "-32600", "jsonrpc must be \\\"2.0\\\"") "\n" },
	{ "{\"jsonrpc\":\"2.0\",\"id\":\"k\"}\n",
	  ERR("\"k\"", "-32600", "method must be a string") "\n" },
	{ "{\"jsonrpc\":\"2.0\",\"method\":1,\"params\":\"bar\"}\n",
	  ERR("null", "-32600", "method must be a string") "\n" },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" L "\",\"params\":\"bar\"}\n",
	  ERR("1", "-32600", "params must be an object") "\n" },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" L "\",\"params\":null}\n",
	  ERR("1", "-32600", "params must be an object") "\n" },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n",
	  ERR("1", "-32600", "method must be a string") "\n" },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" L "\",\"more\":[]}\n", OK("1", L) "\n" },

	/* --- parameters are named --- */
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" L "\",\"params\":[]}\n",
	  "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"method\":\"" L "\",\"params\":[]}}\n" },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" L "\",\"params\":[\"a\"]}\n",
	  ERR("1", "-32602", "parameters are named here: params must be an object") "\n" },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" L "\",\"params\":{\"a/b~\":1}}\n",
	  "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":\"stream.list has "
	  "no "
	  "parameter \\\"a/b~\\\"; it takes none\",\"data\":{\"path\":\"/a~1b~0\"}}}\n" },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"stream.info\",\"params\":{\"stream\":\"s\"}}"
	  "\n",
	  "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"method\":\"stream.info\","
	  "\"params\":{\"stream\":\"s\"}}}\n" },

	/* --- lines that are too long are skipped, and answered once --- */
	{ LONG_64 LONG_64 LONG_64 LONG_64 LONG_64 LONG_64 LONG_64 LONG_64 LONG_64 LONG_64 LONG_64
		  LONG_64 LONG_64 LONG_64 LONG_64 LONG_64 "\n" CALL("1", L) "\n",
	  ERR("null", "-32600", "a line has at most 1000 bytes") "\n" OK("1", L) "\n" },
	{ LONG_64 LONG_64 LONG_64 LONG_64 LONG_64 LONG_64 LONG_64 LONG_64 LONG_64 LONG_64 LONG_64
		  LONG_64 LONG_64 LONG_64 LONG_64 LONG_64,
	  ERR("null", "-32600", "a line has at most 1000 bytes") "\n" },

	/* --- duplicate keys --- */
	{ "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"" L
	  "\",\"params\":{\"a\":1,\"\\u0061\":2}}\n",
	  ERR("5", "-32600", "duplicate object key near '\\\"\\\\u0061\\\"'") "\n" },
	{ "{\"id\":1,\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"" L "\"}\n",
	  ERR("null", "-32600", "duplicate object key near '\\\"id\\\"'") "\n" },

	/* --- depth: 300 and no more --- */
	{ "{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"" L
	  "\",\"params\":" DEEP_256("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
				    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]") "}\n",
	  ERR("6", "-32602", "parameters are named here: params must be an object") "\n" },
	{ "{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"" L "\",\"params\":" DEEP_256(
		  "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
		  "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]") "}\n" CALL("7", L) "\n",
	  ERR("6", "-32600", "nested deeper than 300") "\n" OK("7", L) "\n" },
	{ "{\"jsonrpc\":\"2.0\",\"id\":\"\\\"" DEEP_256(DEEP_64) "\",\"method\":\"" L "\"}\n",
	  OK("\"\\\"" DEEP_256(DEEP_64) "\"", L) "\n" }, /* brackets in a string are none */

	/* --- batches --- */
	{ "[" CALL("1", L) "," NOTE(L) "," CALL("\"b\"", "daemon.info") "]\n",
	  "[" OK("1", L) "," OK("\"b\"", "daemon.info") "]\n" },
	{ "[" NOTE(L) "," NOTE("nothing") "]\n" CALL("1", L) "\n", OK("1", L) "\n" },
	{ "[]\n", ERR("null", "-32600", "the batch is empty") "\n" },
	{ "[1]\n", "[" ERR("null", "-32600", "a request is an object") "]\n" },
	{ "[1,[],{},\"a\"]\n",
	  "[" ERR("null", "-32600", "a request is an object") "," ERR(
		  "null", "-32600",
		  "a request is an object") "," ERR("null", "-32600",
						    "jsonrpc must be \\\"2.0\\\"") "," ERR("null",
											   "-32600",
											   "a "
											   "request"
											   " is an "
											   "object") "]\n" },
	{ "[" CALL("1", L) "," CALL("2", "nothing") ",{\"foo\":\"boo\"}]\n",
	  "[" OK("1", L) "," ERR("2", "-32601", "no method \\\"nothing\\\"") "," ERR(
		  "null", "-32600", "jsonrpc must be \\\"2.0\\\"") "]\n" },
	{ "[" CALL("1", L) "]\n" CALL("2", L) "\n", "[" OK("1", L) "]\n" OK("2", L) "\n" },
};

static const struct session_limits limits = {
	.max_request_bytes = 1000,
	.max_queue_bytes = 64 * 1024,
	.max_in_flight = 10,
};

/* Sizes of the pieces: 0 all at once, else up to so many bytes at a time. */
static void run_row(struct rpc_client *c, const char *in, size_t piece, bool random)
{
	struct strview left = strview_of(in);

	rpc_client_init(c, &limits);
	while (c->session && left.n > 0) {
		size_t n = piece && piece < left.n ? piece : left.n;

		if (random)
			n = 1 + (size_t)rand() % n;
		session_push(c->session, (struct strview){ left.p, n });
		rpc_client_echo(c);
		left.p += n;
		left.n -= n;
	}
	if (!c->session)
		return;
	session_eof(c->session);
	rpc_client_echo(c);
}

static void check_row(int i, size_t piece, bool random)
{
	struct rpc_client c;

	run_row(&c, rows[i].in, piece, random);
	ck_assert_str_eq(rpc_client_read(&c), rows[i].out);
	ck_assert(!session_pending(c.session));
	ck_assert_uint_eq(c.session->n_requests, 0);
	rpc_client_done(&c);
}

START_TEST(each_line_has_its_answer)
{
	check_row(_i, 0, false);
}
END_TEST

START_TEST(each_line_has_its_answer_byte_by_byte)
{
	check_row(_i, 1, false);
}
END_TEST

START_TEST(each_line_has_its_answer_at_random_cuts)
{
	srand(4242);
	for (int run = 0; run < 20; run++)
		check_row(_i, 40, true);
}
END_TEST

/* Leaves the code of an error and nothing else of it; that of no memory stands for any reply. */
static json_t *essence(json_t *reply)
{
	json_t *error = json_object_get(reply, "error");
	size_t i;
	json_t *member;

	json_array_foreach(reply, i, member) essence(member);
	json_object_del(error, "message");
	json_object_del(error, "data");
	return reply;
}

static bool is_no_memory(const json_t *reply)
{
	return json_integer_value(json_object_get(json_object_get(reply, "error"), "code")) ==
	       -32603;
}

static void check_reply(json_t *got, json_t *wanted)
{
	size_t i;
	json_t *member;

	if (is_no_memory(got))
		return;
	if (!json_is_array(wanted) || !json_is_array(got)) {
		ck_assert(json_equal(essence(got), essence(wanted)));
		return;
	}
	ck_assert_uint_eq(json_array_size(got), json_array_size(wanted));
	json_array_foreach(got, i, member) check_reply(member, json_array_get(wanted, i));
}

/* The same replies, where words may be missing for want of memory. */
static void check_replies(const char *got, const char *wanted)
{
	while (*wanted) {
		const char *got_end = strchr(got, '\n'), *wanted_end = strchr(wanted, '\n');
		json_t *a, *b;

		ck_assert_ptr_nonnull(got_end);
		a = json_loadb(got, (size_t)(got_end - got), JSON_ALLOW_NUL, NULL);
		b = json_loadb(wanted, (size_t)(wanted_end - wanted), JSON_ALLOW_NUL, NULL);
		check_reply(a, b);
		json_decref(a);
		json_decref(b);
		got = got_end + 1;
		wanted = wanted_end + 1;
	}
	ck_assert_str_eq(got, "");
}

/* Without memory either all is as ever, or it says so, or the client goes. */
static void run_without_memory(void *arg)
{
	struct rpc_client c;
	const char *out;
	int i = *(int *)arg;

	run_row(&c, rows[i].in, 0, false);
	if (!c.session)
		return;
	out = rpc_client_read(&c);
	failmalloc_pause(true);
	if (!c.session->out.failed)
		check_replies(out, rows[i].out);
	ck_assert_int_eq(c.session->out.failed, list_linked(&c.session->out.dirty));
	failmalloc_pause(false);
	list_remove(&c.session->out.dirty);
	rpc_client_done(&c);
}

START_TEST(each_line_is_answered_or_its_client_goes_when_memory_fails)
{
	ck_assert_uint_gt(failmalloc_sweep(run_without_memory, &_i), 2);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ each_line_has_its_answer, (int)ARRAY_SIZE(rows) },
		{ each_line_has_its_answer_byte_by_byte, (int)ARRAY_SIZE(rows) },
		{ each_line_has_its_answer_at_random_cuts, (int)ARRAY_SIZE(rows) },
		{ each_line_is_answered_or_its_client_goes_when_memory_fails,
		  (int)ARRAY_SIZE(rows) },
	};

	return suite_run("session", tests, ARRAY_SIZE(tests));
}
