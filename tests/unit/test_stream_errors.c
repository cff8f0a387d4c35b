/* Stream errors, sent and received. */
#include <stdio.h>

#include <check.h>

#include "tests/transcripts/transcript.h"
#include "tests/unit/suite.h"

#define STREAMS "xmlns='urn:ietf:params:xml:ns:xmpp-streams'"

/* RFC 6120 4.9.3.1 to 4.9.3.25 */
static const char *const conditions[] = {
	"bad-format",
	"bad-namespace-prefix",
	"conflict",
	"connection-timeout",
	"host-gone",
	"host-unknown",
	"improper-addressing",
	"internal-server-error",
	"invalid-from",
	"invalid-namespace",
	"invalid-xml",
	"not-authorized",
	"not-well-formed",
	"policy-violation",
	"remote-connection-failed",
	"reset",
	"resource-constraint",
	"restricted-xml",
	"see-other-host",
	"system-shutdown",
	"undefined-condition",
	"unsupported-encoding",
	"unsupported-feature",
	"unsupported-stanza-type",
	"unsupported-version",
};

START_TEST(each_condition_can_be_received)
{
	const char *c = conditions[_i];
	char script[2048];

	snprintf(script, sizeof(script),
		 "%sS: <stream:error><%s " STREAMS "/></stream:error>\n"
		 "C: %%f\n"
		 "E: closing stream-error %s received\n"
		 "E: state CLOSING OPEN\n"
		 "~: shutdown\n"
		 ">: send <message/>\n"
		 "!: stream-error %s received\n",
		 TRANSCRIPT_OPEN, c, c, c);
	transcript_run(NULL, script);
}
END_TEST

START_TEST(each_condition_can_be_sent)
{
	const char *c = conditions[_i];
	char script[2048];

	ck_assert(stream_condition_known(c));
	snprintf(script, sizeof(script),
		 "%s>: error %s\n"
		 "C: <stream:error><%s " STREAMS "/></stream:error>%%f\n"
		 "E: closing stream-error %s sent\n"
		 "E: state CLOSING OPEN\n"
		 "~: shutdown\n"
		 ">: send <message/>\n"
		 "!: stream-error %s sent\n"
		 "S: <message/>%%f\n"
		 "E: element message\n"
		 "E: state CLOSING_STREAM_FOOTER_RECEIVED\n",
		 TRANSCRIPT_OPEN, c, c, c, c);
	transcript_run(NULL, script);
}
END_TEST

START_TEST(an_unknown_condition_is_not_sent)
{
	ck_assert(!stream_condition_known("text"));
	ck_assert(!stream_condition_known(""));
	ck_assert(!stream_condition_known("Conflict"));
	/* of RFC 3920 */
	ck_assert(!stream_condition_known("xml-not-well-formed"));
	transcript_run(NULL, TRANSCRIPT_OPEN ">: error no-such\n"
					     "!: internal\n"
					     "=: OPEN\n");
}
END_TEST

START_TEST(an_error_comes_with_its_words_and_its_application_condition)
{
	transcript_run(NULL, TRANSCRIPT_OPEN
		       "S: <stream:error><app xmlns='urn:x'><y/></app><second xmlns='urn:x'/>"
		       "<text " STREAMS " xml:lang='en'>be gone &amp; stay</text>"
		       "<policy-violation " STREAMS "/></stream:error>\n"
		       "C: %f\n"
		       "E: closing stream-error policy-violation received \"be gone & stay\" "
		       "{urn:x}app\n"
		       "E: state CLOSING\n");
}
END_TEST

START_TEST(another_host_is_told_in_the_text)
{
	transcript_run(NULL, TRANSCRIPT_OPEN
		       "S: <stream:error><see-other-host " STREAMS
		       ">[2001:41D0::1]:9222</see-other-host></stream:error>\n"
		       "C: %f\n"
		       "E: closing stream-error see-other-host received \"[2001:41D0::1]:9222\"\n"
		       "E: state CLOSING\n");
	transcript_run(NULL, TRANSCRIPT_OPEN ">: error see-other-host b.example.test\n"
					     "C: <stream:error><see-other-host " STREAMS
					     ">b.example.test</see-other-host></stream:error>%f\n"
					     "E: closing stream-error see-other-host sent "
					     "\"b.example.test\"\n"
					     "E: state CLOSING\n");
}
END_TEST

START_TEST(an_error_without_a_condition_that_is_known_is_undefined)
{
	static const char *const contents[] = {
		"",
		"text",
		"<xml-not-well-formed " STREAMS "/>",
		"<text " STREAMS "/>",
		"<conflict/>",
	};
	char script[2048];

	for (size_t i = 0; i < ARRAY_SIZE(contents); i++) {
		snprintf(script, sizeof(script),
			 "%sS: <stream:error>%s</stream:error>\n"
			 "C: %%f\n"
			 "E: closing stream-error undefined-condition received\n"
			 "E: state CLOSING\n",
			 TRANSCRIPT_OPEN, contents[i]);
		transcript_run(NULL, script);
	}
}
END_TEST

START_TEST(an_error_is_sent_whole_or_not_at_all)
{
	transcript_run(NULL, TRANSCRIPT_OPEN
		       ">: error conflict a\\x01b\n"
		       "!: invalid-xso at '/text'\n"
		       "=: OPEN\n"
		       ">: error conflict a<b | <app xmlns='urn:x' a='&lt;'><y/></app>\n"
		       "C: <stream:error><conflict " STREAMS "/><text " STREAMS ">a&lt;b</text>"
		       "<app xmlns='urn:x' a='&lt;'><y/></app></stream:error>%f\n"
		       "E: closing stream-error conflict sent \"a<b\" {urn:x}app\n"
		       "E: state CLOSING\n");
}
END_TEST

START_TEST(the_first_cause_stays)
{
	transcript_run(NULL,
		       TRANSCRIPT_OPEN ">: error conflict\n"
				       "C: <stream:error><conflict " STREAMS "/></stream:error>%f\n"
				       "E: closing stream-error conflict sent\n"
				       "E: state CLOSING\n"
				       "S: <stream:error><reset " STREAMS "/></stream:error>%f\n"
				       "E: state CLOSING_STREAM_FOOTER_RECEIVED\n"
				       ">: lost ECONNRESET\n"
				       "E: state CLOSED\n"
				       ">: check\n"
				       "!: stream-error conflict sent\n");
}
END_TEST

START_TEST(after_a_stream_error_stanzas_may_come_until_the_footer)
{
	transcript_run(NULL, TRANSCRIPT_OPEN "S: <stream:error><reset " STREAMS
					     "/></stream:error><message/><x/>%f\n"
					     "C: %f\n"
					     "E: closing stream-error reset received\n"
					     "E: state CLOSING\n"
					     "E: element message\n"
					     "E: state CLOSING_STREAM_FOOTER_RECEIVED\n");
}
END_TEST

/* What breaks XML or RFC 6120 section 11, and the condition that it earns. */
static const struct {
	const char *in, *condition;
} faults[] = {
	{ "<a></b>", "not-well-formed" },
	{ "<a", NULL },
	{ "<a b='1' b='2'/>", "not-well-formed" },
	{ "<p:a/>", "not-well-formed" },
	{ "<a>\\x01</a>", "not-well-formed" },
	{ "<a>\\x00</a>", "not-well-formed" },
	{ "<a>\\xc0\\xbc</a>", "not-well-formed" },
	{ "<a>\\xff</a>", "not-well-formed" },
	{ "<a>&#0;</a>", "not-well-formed" },
	{ "<!-- comment -->", "restricted-xml" },
	{ "<a><!-- comment --></a>", "restricted-xml" },
	{ "<?pi?>", "restricted-xml" },
	{ "<a>&nbsp;</a>", "restricted-xml" },
};

START_TEST(bad_xml_is_answered_by_its_stream_error)
{
	const char *c = faults[_i].condition;
	const struct stream_options o = transcript_options();
	struct stream *s;
	struct stream_event ev;
	char text[256], script[2048];
	const char *in = faults[_i].in;
	struct strview sent;

	if (!c) {
		snprintf(script, sizeof(script), "%sS: %s\n=: OPEN\n", TRANSCRIPT_OPEN, in);
		transcript_run(NULL, script);
		return;
	}
	/* with what words is the parser's matter */
	s = stream_new(&o);
	stream_input(s, STREAM_INPUT_CONNECTED, NULL, 0);
	stream_push(s, SV(TRANSCRIPT_SERVER_HEADER), 0);
	while (stream_next(s, &ev))
		;
	stream_sent(s, stream_pending(s).n);
	for (size_t n = 0; *in; n = 0) {
		unsigned byte;

		if (sscanf(in, "\\x%2x", &byte) == 1) {
			text[n++] = (char)byte;
			in += 4;
		} else {
			text[n++] = *in++;
		}
		stream_push(s, (struct strview){ text, n }, 0);
		while (stream_next(s, &ev))
			;
	}
	ck_assert_int_eq(stream_state(s), STREAM_CLOSING);
	ck_assert_int_eq(stream_transport(s), STREAM_TRANSPORT_CLOSE);
	ck_assert_str_eq(stream_cause(s)->condition, c);
	ck_assert(stream_cause(s)->sent);
	sent = stream_pending(s);
	snprintf(text, sizeof(text), "<stream:error><%s " STREAMS "/>", c);
	ck_assert(strview_has_prefix(sent, strview_of(text)));
	ck_assert(memmem(sent.p, sent.n, "</stream:error></stream:stream>", 31));
	stream_free(s);
}
END_TEST

START_TEST(a_header_of_another_namespace_is_refused)
{
	transcript_run(NULL, TRANSCRIPT_SENT
		       "S: <stream:stream xmlns='jabber:client' xmlns:stream='urn:wrong' "
		       "from='example.test' id='1' version='1.0'><message/>\n"
		       "C: <stream:error><invalid-namespace " STREAMS "/><text " STREAMS ">"
		       "not a stream header's namespace</text></stream:error>%f\n"
		       "E: closing stream-error invalid-namespace sent\n"
		       "E: state CLOSING STREAM_HEADER_SENT\n"
		       "~: close\n");
}
END_TEST

START_TEST(bad_xml_while_closing_is_not_answered)
{
	transcript_run(NULL, TRANSCRIPT_OPEN ">: close\n"
					     "C: %f\n"
					     "E: closing null\n"
					     "E: state CLOSING\n"
					     "S: <a></b><message/>%f\n"
					     "=: CLOSING\n"
					     "~: close\n"
					     ">: check\n"
					     "!: stream-error not-well-formed sent\n"
					     ">: lost\n"
					     "E: state CLOSED\n");
}
END_TEST

START_TEST(a_stanza_over_the_limit_is_a_policy_violation)
{
	struct stream_options o = transcript_options();

	o.limits.max_depth = 3;
	transcript_run(&o, TRANSCRIPT_OPEN "S: <a><b><c/></b></a>\n"
					   "E: element a\n"
					   "S: <a><b><c><d\n"
					   "=: OPEN\n"
					   "S: />\n"
					   "C: <stream:error><policy-violation " STREAMS
					   "/><text " STREAMS
					   ">elements nested too deeply</text></stream:error>%f\n"
					   "E: closing stream-error policy-violation sent\n"
					   "E: state CLOSING\n");
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ each_condition_can_be_received, (int)ARRAY_SIZE(conditions) },
		{ each_condition_can_be_sent, (int)ARRAY_SIZE(conditions) },
		{ an_unknown_condition_is_not_sent, 0 },
		{ an_error_comes_with_its_words_and_its_application_condition, 0 },
		{ another_host_is_told_in_the_text, 0 },
		{ an_error_without_a_condition_that_is_known_is_undefined, 0 },
		{ an_error_is_sent_whole_or_not_at_all, 0 },
		{ the_first_cause_stays, 0 },
		{ after_a_stream_error_stanzas_may_come_until_the_footer, 0 },
		{ bad_xml_is_answered_by_its_stream_error, (int)ARRAY_SIZE(faults) },
		{ a_header_of_another_namespace_is_refused, 0 },
		{ bad_xml_while_closing_is_not_answered, 0 },
		{ a_stanza_over_the_limit_is_a_policy_violation, 0 },
	};

	return suite_run("stream errors", tests, ARRAY_SIZE(tests));
}
