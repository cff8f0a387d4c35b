/* What time does to an XMLStream. */
#include <malloc.h>
#include <stdio.h>

#include <check.h>

#include "tests/transcripts/transcript.h"
#include "tests/unit/suite.h"

#define SECOND UINT64_C(1000000000)
#define TLS    "xmlns='urn:ietf:params:xml:ns:xmpp-tls'"

START_TEST(dead_time_is_told_once_and_then_kills)
{
	struct stream_options o = transcript_options();

	o.deadtime_soft_limit = 10 * SECOND;
	o.deadtime_hard_limit = 20 * SECOND;
	transcript_run(&o, "D: none\n" TRANSCRIPT_SENT "D: 10\n"
			   "T: 9\n"
			   "D: 1\n"
			   "S: %s\n"
			   "E: header\n"
			   "E: state OPEN\n"
			   "D: 10\n"
			   "T: 12\n"
			   "E: deadtime\n"
			   "D: 8\n"
			   /* any byte will do, even one that is no element */
			   "P:  \n"
			   "S:  \n"
			   "T: 1\n"
			   "S: \\x0a\n"
			   "D: 10\n"
			   "T: 19\n"
			   "E: deadtime\n"
			   "T: 1\n"
			   "E: closing transport-error ETIMEDOUT\n"
			   "E: state CLOSING_STREAM_FOOTER_RECEIVED OPEN\n"
			   "E: state CLOSED CLOSING_STREAM_FOOTER_RECEIVED\n"
			   "~: abort\n"
			   "D: none\n"
			   ">: send <message/>\n"
			   "!: transport-error ETIMEDOUT\n");
}
END_TEST

START_TEST(dead_time_runs_while_the_stream_closes)
{
	struct stream_options o = transcript_options();

	o.deadtime_hard_limit = 10 * SECOND;
	transcript_run(&o, TRANSCRIPT_OPEN ">: close\n"
					   "C: %f\n"
					   "E: closing null\n"
					   "E: state CLOSING\n"
					   "T: 10\n"
					   "E: state CLOSING_STREAM_FOOTER_RECEIVED\n"
					   "E: state CLOSED\n"
					   "~: abort\n"
					   ">: check\n"
					   "!: transport-error ETIMEDOUT\n");
}
END_TEST

START_TEST(a_hard_limit_below_the_soft_one_needs_no_warning)
{
	struct stream_options o = transcript_options();

	o.deadtime_soft_limit = 10 * SECOND;
	o.deadtime_hard_limit = 10 * SECOND;
	transcript_run(&o, TRANSCRIPT_OPEN "T: 10\n"
					   "E: closing transport-error ETIMEDOUT\n"
					   "E: state CLOSING_STREAM_FOOTER_RECEIVED\n"
					   "E: state CLOSED\n");
}
END_TEST

START_TEST(bytes_that_are_discarded_are_signs_of_life)
{
	struct stream_options o = transcript_options();

	o.deadtime_hard_limit = 10 * SECOND;
	transcript_run(&o, TRANSCRIPT_OPEN "S: <proceed " TLS "/>\n"
					   "E: element proceed\n"
					   "T: 9\n"
					   "S: x\n"
					   "D: 10\n");
}
END_TEST

START_TEST(limits_can_be_changed_while_the_stream_runs)
{
	transcript_run(NULL, TRANSCRIPT_OPEN "T: 5\n"
					     ">: limits 3 10 0\n"
					     "D: 5\n"
					     ">: limits 3 0 20\n"
					     "D: 15\n"
					     ">: limits 3 0 0\n"
					     "D: none\n"
					     ">: close\n"
					     "C: %f\n"
					     "E: closing null\n"
					     "E: state CLOSING\n"
					     "D: 3\n"
					     ">: limits 0 0 0\n"
					     "D: none\n"
					     ">: limits 8 0 0\n"
					     "D: 8\n"
					     "T: 8\n"
					     "E: state CLOSED\n"
					     "~: abort\n");
}
END_TEST

START_TEST(a_lowered_limit_that_has_passed_acts_at_once)
{
	transcript_run(NULL, TRANSCRIPT_OPEN "T: 5\n"
					     ">: limits 15 4 0\n"
					     "T: 0\n"
					     "E: deadtime\n"
					     "D: none\n"
					     ">: limits 15 7 0\n"
					     "D: none\n"
					     "S:  \n"
					     "P:  \n"
					     "D: 7\n");
}
END_TEST

START_TEST(an_element_that_drips_in_ends_the_stream)
{
	struct stream_options o = transcript_options();

	o.element_timeout = 30 * SECOND;
	transcript_run(&o, TRANSCRIPT_OPEN
		       "D: none\n"
		       "S: <message/><message><body>slow\n"
		       "E: element message\n"
		       "D: 30\n"
		       "T: 20\n"
		       "S: er\n"
		       "D: 10\n"
		       "S: </body></message><message>\n"
		       "E: element message\n"
		       "D: 30\n"
		       "S: </message>\n"
		       "E: element message\n"
		       "D: none\n"
		       "S: <a b='1\n"
		       "T: 29\n"
		       "S: &\n"
		       "T: 1\n"
		       "C: <stream:error><policy-violation "
		       "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text "
		       "xmlns='urn:ietf:params:xml:ns:xmpp-streams'>an element was begun and not "
		       "ended in time</text></stream:error>%f\n"
		       "E: closing stream-error policy-violation sent\n"
		       "E: state CLOSING\n"
		       "~: close\n");
}
END_TEST

START_TEST(a_header_that_drips_in_ends_the_stream)
{
	transcript_run(NULL,
		       TRANSCRIPT_SENT "S: <stream:stream\n"
				       "T: 299\n"
				       "=: STREAM_HEADER_SENT\n"
				       "S:  \n"
				       "P:  x\n"
				       "T: 1\n"
				       "C: <stream:error><policy-violation "
				       "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text "
				       "xmlns='urn:ietf:params:xml:ns:xmpp-streams'>an element "
				       "was begun and not ended in time</text></stream:error>%f\n"
				       "E: closing stream-error policy-violation sent\n"
				       "E: state CLOSING\n");
	/* a reset begins anew */
	transcript_run(NULL, TRANSCRIPT_OPEN "S: <a\n"
					     "D: 300\n"
					     ">: reset\n"
					     "C: %c\n"
					     "E: state STREAM_HEADER_SENT\n"
					     "D: none\n");
}
END_TEST

START_TEST(an_idle_stream_gives_back_memory_and_goes_on)
{
	transcript_run(NULL, TRANSCRIPT_OPEN ">: relax\n"
					     "S: <message id='1'/>\n"
					     "E: element message <message id='1'/>\n"
					     ">: relax\n"
					     ">: send <message/>\n"
					     "C: <message/>\n"
					     ">: relax\n"
					     "S: <message id='2'/>%f\n"
					     "E: element message <message id='2'/>\n"
					     "C: %f\n"
					     "E: closing not-connected\n"
					     "E: state CLOSING\n"
					     "E: state CLOSING_STREAM_FOOTER_RECEIVED\n"
					     ">: relax\n");
}
END_TEST

static void exchange(struct stream *s, size_t rounds)
{
	struct stream_event ev;

	for (size_t i = 0; i < rounds; i++) {
		char text[256];
		int n = snprintf(text, sizeof(text), "<message id='%zu'><n%zu/></message>", i, i);

		stream_push(s, (struct strview){ text, (size_t)n }, i);
		while (stream_next(s, &ev))
			if (ev.kind == STREAM_EVENT_ELEMENT)
				ck_assert_ptr_null(stream_send(s, ev.elem));
		stream_sent(s, stream_pending(s).n);
		if (i % 100 == 99) {
			ck_assert_ptr_null(stream_reset(s, i));
			stream_push(s, SV(TRANSCRIPT_SERVER_HEADER), i);
			while (stream_next(s, &ev))
				;
		}
	}
}

START_TEST(a_long_lived_stream_does_not_grow)
{
	const struct stream_options o = transcript_options();
	struct stream *s = stream_new(&o);
	struct stream_event ev;
	size_t before;

	stream_input(s, STREAM_INPUT_CONNECTED, NULL, 0);
	stream_push(s, SV(TRANSCRIPT_SERVER_HEADER), 0);
	while (stream_next(s, &ev))
		;
	exchange(s, 1000);
	before = mallinfo2().uordblks;
	exchange(s, 20000);
	ck_assert_uint_le(mallinfo2().uordblks, before + 64 * 1024);
	stream_free(s);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ dead_time_is_told_once_and_then_kills, 0 },
		{ dead_time_runs_while_the_stream_closes, 0 },
		{ a_hard_limit_below_the_soft_one_needs_no_warning, 0 },
		{ bytes_that_are_discarded_are_signs_of_life, 0 },
		{ limits_can_be_changed_while_the_stream_runs, 0 },
		{ a_lowered_limit_that_has_passed_acts_at_once, 0 },
		{ an_element_that_drips_in_ends_the_stream, 0 },
		{ a_header_that_drips_in_ends_the_stream, 0 },
		{ an_idle_stream_gives_back_memory_and_goes_on, 0 },
		{ a_long_lived_stream_does_not_grow, 0 },
	};

	return suite_run("stream time", tests, ARRAY_SIZE(tests));
}
