/* Whatever can happen to an XMLStream, in each of its states. */
#include <stdio.h>

#include <check.h>

#include "tests/transcripts/transcript.h"
#include "tests/unit/suite.h"

#define TO_CLOSING                                                                                 \
	TRANSCRIPT_OPEN                                                                            \
	">: close\n"                                                                               \
	"C: %f\n"                                                                                  \
	"E: closing null\n"                                                                        \
	"E: state CLOSING OPEN\n"
#define TO_FOOTER_RECEIVED                                                                         \
	TO_CLOSING                                                                                 \
	"S: %f\n"                                                                                  \
	"E: state CLOSING_STREAM_FOOTER_RECEIVED CLOSING\n"
#define TO_CLOSED                                                                                  \
	TO_FOOTER_RECEIVED                                                                         \
	">: lost\n"                                                                                \
	"E: state CLOSED CLOSING_STREAM_FOOTER_RECEIVED\n"

static const char *const ways[STREAM_STATE_COUNT_] = {
	[STREAM_READY] = "",
	[STREAM_HEADER_SENT] = TRANSCRIPT_SENT,
	[STREAM_OPEN] = TRANSCRIPT_OPEN,
	[STREAM_CLOSING] = TO_CLOSING,
	[STREAM_FOOTER_RECEIVED] = TO_FOOTER_RECEIVED,
	[STREAM_CLOSED] = TO_CLOSED,
};

#define STILL(STATE) "=: " STATE "\n"

/* The stream is in this state; what follows happens, and nothing else. */
static const struct {
	enum stream_state in;
	const char *script;
} rows[] = {
	/* --- EOF --- */
	{ STREAM_READY, ">: eof\n" STILL("READY") },
	{ STREAM_HEADER_SENT, ">: eof\n"
			      "E: closing not-connected connection closed by peer\n"
			      "E: state CLOSING_STREAM_FOOTER_RECEIVED STREAM_HEADER_SENT\n"
			      "~: close\n"
			      ">: check\n"
			      "!: not-connected connection closed by peer\n" },
	{ STREAM_OPEN, ">: eof\n"
		       "C: %f\n"
		       "E: closing not-connected connection closed by peer\n"
		       "E: state CLOSING OPEN\n"
		       "E: state CLOSING_STREAM_FOOTER_RECEIVED CLOSING\n"
		       "~: close\n"
		       ">: lost\n"
		       "E: state CLOSED CLOSING_STREAM_FOOTER_RECEIVED\n"
		       ">: check\n"
		       "!: not-connected connection closed by peer\n" },
	{ STREAM_CLOSING, ">: eof\n"
			  "E: state CLOSING_STREAM_FOOTER_RECEIVED CLOSING\n"
			  "~: close\n"
			  ">: check\n"
			  "!: not-connected the stream is closing\n" },
	{ STREAM_FOOTER_RECEIVED, ">: eof\n" STILL("CLOSING_STREAM_FOOTER_RECEIVED") "~: close\n" },
	{ STREAM_CLOSED, ">: eof\n" STILL("CLOSED") },

	/* --- the transport goes --- */
	{ STREAM_READY, ">: lost\n"
			"E: closing not-connected connection closed by peer\n"
			"E: state CLOSED READY\n" },
	{ STREAM_HEADER_SENT, ">: lost\n"
			      "E: closing not-connected connection closed by peer\n"
			      "E: state CLOSED STREAM_HEADER_SENT\n"
			      ">: check\n"
			      "!: not-connected connection closed by peer\n" },
	{ STREAM_OPEN, ">: lost\n"
		       "E: closing not-connected connection closed by peer\n"
		       "E: state CLOSED OPEN\n"
		       "D: none\n" },
	{ STREAM_CLOSING, ">: lost\n"
			  "E: state CLOSED CLOSING\n"
			  "D: none\n" },
	{ STREAM_FOOTER_RECEIVED, ">: lost\n"
				  "E: state CLOSED CLOSING_STREAM_FOOTER_RECEIVED\n"
				  "D: none\n" },
	{ STREAM_CLOSED, ">: lost\n" STILL("CLOSED") },

	/* --- it goes by an error --- */
	{ STREAM_READY, ">: lost ECONNRESET\n"
			"E: closing transport-error ECONNRESET\n"
			"E: state CLOSED READY\n"
			">: check\n"
			"!: transport-error ECONNRESET\n" },
	{ STREAM_HEADER_SENT, ">: lost ECONNRESET\n"
			      "E: closing transport-error ECONNRESET\n"
			      "E: state CLOSED STREAM_HEADER_SENT\n"
			      ">: check\n"
			      "!: transport-error ECONNRESET\n" },
	{ STREAM_OPEN, ">: lost ECONNRESET\n"
		       "E: closing transport-error ECONNRESET\n"
		       "E: state CLOSED OPEN\n"
		       ">: send <message/>\n"
		       "!: transport-error ECONNRESET\n" },
	{ STREAM_CLOSING, ">: lost ECONNRESET\n"
			  "E: state CLOSED CLOSING\n"
			  ">: send <message/>\n"
			  "!: transport-error ECONNRESET\n" },
	{ STREAM_FOOTER_RECEIVED, ">: lost ECONNRESET\n"
				  "E: state CLOSED CLOSING_STREAM_FOOTER_RECEIVED\n" },
	{ STREAM_CLOSED, ">: lost ECONNRESET\n" STILL("CLOSED") },

	/* --- abort --- */
	{ STREAM_READY, ">: abort\n"
			"E: closing null\n"
			"E: state CLOSED READY\n"
			"~: abort\n"
			/* too late */
			">: connected\n" STILL("CLOSED") },
	{ STREAM_HEADER_SENT, ">: abort\n"
			      "E: closing null\n"
			      "E: state CLOSED STREAM_HEADER_SENT\n"
			      "~: close\n" },
	{ STREAM_OPEN, ">: abort\n"
		       "E: closing null\n"
		       "E: state CLOSED OPEN\n"
		       "~: close\n"
		       ">: check\n"
		       "!: not-connected the stream is closed\n"
		       "S: <message/>\n" STILL("CLOSED") },
	{ STREAM_CLOSING, ">: abort\n"
			  "E: state CLOSED CLOSING\n"
			  "~: close\n" },
	{ STREAM_FOOTER_RECEIVED, ">: abort\n"
				  "E: state CLOSED CLOSING_STREAM_FOOTER_RECEIVED\n"
				  "~: close\n" },
	{ STREAM_CLOSED, ">: abort\n" STILL("CLOSED") },

	/* --- close --- */
	{ STREAM_READY, ">: close\n"
			"E: closing null\n"
			"E: state CLOSED READY\n"
			"~: abort\n" },
	{ STREAM_HEADER_SENT, ">: close\n"
			      "C: %f\n"
			      "E: closing null\n"
			      "E: state CLOSING STREAM_HEADER_SENT\n"
			      "~: close\n"
			      /* nobody listens any more */
			      "S: %s<message/>\n" STILL("CLOSING") },
	{ STREAM_OPEN, ">: close\n"
		       "C: %f\n"
		       "E: closing null\n"
		       "E: state CLOSING OPEN\n"
		       "~: shutdown\n"
		       ">: check\n"
		       "!: not-connected the stream is closing\n" },
	{ STREAM_CLOSING, ">: close\n" STILL("CLOSING") "~: shutdown\n" },
	{ STREAM_FOOTER_RECEIVED, ">: close\n" STILL("CLOSING_STREAM_FOOTER_RECEIVED") },
	{ STREAM_CLOSED, ">: close\n" STILL("CLOSED") },

	/* --- the peer's footer --- */
	{ STREAM_READY, "S: %s%f\n" STILL("READY") },
	{ STREAM_HEADER_SENT, "S: %s%f\n"
			      "C: %f\n"
			      "E: header\n"
			      "E: state OPEN STREAM_HEADER_SENT\n"
			      "E: closing not-connected stream closed by peer\n"
			      "E: state CLOSING OPEN\n"
			      "E: state CLOSING_STREAM_FOOTER_RECEIVED CLOSING\n" },
	{ STREAM_OPEN, "S: %f\n"
		       "C: %f\n"
		       "E: closing not-connected stream closed by peer\n"
		       "E: state CLOSING OPEN\n"
		       "E: state CLOSING_STREAM_FOOTER_RECEIVED CLOSING\n"
		       "~: close\n"
		       ">: send <message/>\n"
		       "!: not-connected stream closed by peer\n"
		       ">: lost\n"
		       "E: state CLOSED CLOSING_STREAM_FOOTER_RECEIVED\n"
		       ">: send <message/>\n"
		       "!: not-connected stream closed by peer\n" },
	{ STREAM_CLOSING, "S: %f\n"
			  "E: state CLOSING_STREAM_FOOTER_RECEIVED CLOSING\n"
			  "~: close\n" },
	{ STREAM_FOOTER_RECEIVED, "S: %f\n" STILL("CLOSING_STREAM_FOOTER_RECEIVED") },
	{ STREAM_CLOSED, "S: %f\n" STILL("CLOSED") },

	/* --- the peer's stream error --- */
	{ STREAM_OPEN, "S: <stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
		       "</stream:error>\n"
		       "C: %f\n"
		       "E: closing stream-error conflict received\n"
		       "E: state CLOSING OPEN\n"
		       "~: shutdown\n"
		       ">: check\n"
		       "!: stream-error conflict received\n"
		       "S: %f\n"
		       "E: state CLOSING_STREAM_FOOTER_RECEIVED CLOSING\n"
		       ">: lost\n"
		       "E: state CLOSED CLOSING_STREAM_FOOTER_RECEIVED\n"
		       ">: check\n"
		       "!: stream-error conflict received\n" },
	{ STREAM_CLOSING, "S: <stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
			  "</stream:error>\n" STILL("CLOSING") ">: check\n"
							       "!: stream-error reset received\n" },

	/* --- what is no XML --- */
	{ STREAM_HEADER_SENT,
	  "S: HTTP/1.1 400 Bad Request\n"
	  "C: <stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
	  "</stream:error>%f\n"
	  "E: closing stream-error not-well-formed sent\n"
	  "E: state CLOSING STREAM_HEADER_SENT\n"
	  "~: close\n" },

	/* --- silence while closing --- */
	{ STREAM_CLOSING, "T: 14\n" STILL("CLOSING") "T: 1\n"
						     "E: state CLOSED CLOSING\n"
						     "~: abort\n"
						     "D: none\n"
						     ">: check\n"
						     "!: not-connected\n" },
	{ STREAM_FOOTER_RECEIVED,
	  "T: 14\n" STILL("CLOSING_STREAM_FOOTER_RECEIVED") "T: 1\n"
							    "E: state CLOSED "
							    "CLOSING_STREAM_FOOTER_RECEIVED\n"
							    "~: abort\n" },
	{ STREAM_HEADER_SENT, ">: eof\n"
			      "E: closing not-connected\n"
			      "E: state CLOSING_STREAM_FOOTER_RECEIVED STREAM_HEADER_SENT\n"
			      "D: 15\n"
			      "T: 15\n"
			      "E: state CLOSED CLOSING_STREAM_FOOTER_RECEIVED\n"
			      "~: abort\n" },
	{ STREAM_OPEN, "D: none\n"
		       "T: 100000\n" STILL("OPEN") },
	{ STREAM_HEADER_SENT, "D: none\n" },

	/* --- the owner's own reason --- */
	{ STREAM_READY, ">: fail transport-error\n"
			"E: closing transport-error\n"
			"E: state CLOSED READY\n"
			"~: abort\n" },
	{ STREAM_HEADER_SENT, ">: fail timeout\n"
			      "C: %f\n"
			      "E: closing timeout\n"
			      "E: state CLOSING STREAM_HEADER_SENT\n"
			      ">: check\n"
			      "!: not-connected the stream is closing: as the owner says\n" },
	{ STREAM_OPEN, ">: fail auth-error\n"
		       "C: %f\n"
		       "E: closing auth-error\n"
		       "E: state CLOSING OPEN\n"
		       "~: shutdown\n"
		       ">: check\n"
		       "!: auth-error\n" },
	{ STREAM_CLOSING, ">: fail tls-error\n" STILL("CLOSING") ">: check\n"
								 "!: tls-error\n" },
	{ STREAM_CLOSED, ">: fail tls-error\n" STILL("CLOSED") },
};

START_TEST(each_thing_that_happens_in_each_state_has_its_effect)
{
	char script[8192];

	snprintf(script, sizeof(script), "%s%s", ways[rows[_i].in], rows[_i].script);
	transcript_run(NULL, script);
}
END_TEST

/* A state, and what every call that needs a live stream gets there. */
static const struct {
	const char *script, *fault;
	bool reset_works, bytes_work;
} refusals[] = {
	{ .script = "", .fault = "not-connected the stream is not connected yet" },
	{ .script = TRANSCRIPT_SENT,
	  .fault = "not-connected the stream waits for the peer's header",
	  .reset_works = true,
	  .bytes_work = true },
	{ .script = TO_CLOSING, .fault = "not-connected the stream is closing" },
	{ .script = TO_FOOTER_RECEIVED, .fault = "not-connected the stream is closing" },
	{ .script = TO_CLOSED, .fault = "not-connected the stream is closed" },
	{ .script = TRANSCRIPT_OPEN ">: lost ETIMEDOUT\n"
				    "E: closing transport-error ETIMEDOUT\n"
				    "E: state CLOSED\n",
	  .fault = "transport-error ETIMEDOUT" },
	{ .script = TRANSCRIPT_OPEN "S: %f\n"
				    "C: %f\n"
				    "E: closing\n"
				    "E: state CLOSING\n"
				    "E: state CLOSING_STREAM_FOOTER_RECEIVED\n",
	  .fault = "not-connected stream closed by peer" },
	{ .script = TRANSCRIPT_OPEN ">: error policy-violation too much\n"
				    "C: <stream:error><policy-violation "
				    "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text "
				    "xmlns='urn:ietf:params:xml:ns:xmpp-streams'>too much</text>"
				    "</stream:error>%f\n"
				    "E: closing stream-error policy-violation sent \"too much\"\n"
				    "E: state CLOSING\n",
	  .fault = "stream-error policy-violation sent \"too much\"" },
	{ .script = TRANSCRIPT_OPEN ">: fail tls-error\n"
				    "C: %f\n"
				    "E: closing tls-error\n"
				    "E: state CLOSING\n",
	  .fault = "tls-error" },
};

START_TEST(each_call_that_cannot_be_served_says_what_the_matter_is)
{
	static const char *const calls[] = {
		"check", "send <message/>", "starttls", "error reset", "bytes x", "reset",
	};
	const char *fault = refusals[_i].fault;
	char script[8192];
	int n = snprintf(script, sizeof(script), "%s", refusals[_i].script);

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if ((strcmp(calls[i], "reset") == 0 && refusals[_i].reset_works) ||
		    (strcmp(calls[i], "bytes x") == 0 && refusals[_i].bytes_work))
			continue;
		n += snprintf(script + n, sizeof(script) - (size_t)n, ">: %s\n!: %s\n", calls[i],
			      fault);
	}
	transcript_run(NULL, script);
}
END_TEST

START_TEST(all_states_have_names)
{
	static const char *const names[STREAM_STATE_COUNT_] = {
		"READY",  "STREAM_HEADER_SENT", "OPEN", "CLOSING", "CLOSING_STREAM_FOOTER_RECEIVED",
		"CLOSED",
	};

	for (int i = 0; i < STREAM_STATE_COUNT_; i++)
		ck_assert_str_eq(stream_state_name((enum stream_state)i), names[i]);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ each_thing_that_happens_in_each_state_has_its_effect, (int)ARRAY_SIZE(rows) },
		{ each_call_that_cannot_be_served_says_what_the_matter_is,
		  (int)ARRAY_SIZE(refusals) },
		{ all_states_have_names, 0 },
	};

	return suite_run("stream states", tests, ARRAY_SIZE(tests));
}
