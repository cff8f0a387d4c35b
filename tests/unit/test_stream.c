/* The life of an XMLStream: header, reset, TLS. */
#include <stdio.h>

#include <check.h>

#include "protocol/base/ns.h"
#include "tests/transcripts/transcript.h"
#include "tests/unit/suite.h"

#define STREAMS "xmlns='urn:ietf:params:xml:ns:xmpp-streams'"
#define TLS	"xmlns='urn:ietf:params:xml:ns:xmpp-tls'"
#define SERVER(ATTRS)                                                                              \
	"<stream:stream xmlns='jabber:client' "                                                    \
	"xmlns:stream='http://etherx.jabber.org/streams'" ATTRS ">"

START_TEST(a_stream_is_opened_used_and_closed)
{
	transcript_run(NULL, TRANSCRIPT_OPEN
		       "S: <stream:features><x xmlns='y'/></stream:features>\n"
		       "E: features\n"
		       ">: send <message to='a@b'><body>hi</body></message>\n"
		       "C: <message to='a@b'><body>hi</body></message>\n"
		       "S: <message from='a@b'><body>ho</body></message>\n"
		       "E: element message <message from='a@b'><body>ho</body></message>\n"
		       "~: keep\n"
		       ">: close\n"
		       "C: %f\n"
		       "E: closing null\n"
		       "E: state CLOSING OPEN\n"
		       "~: shutdown\n"
		       "D: 15\n"
		       "S: <message/>\n"
		       "E: element message\n"
		       "S: %f\n"
		       "E: state CLOSING_STREAM_FOOTER_RECEIVED CLOSING\n"
		       "~: close\n"
		       ">: lost\n"
		       "E: state CLOSED CLOSING_STREAM_FOOTER_RECEIVED\n"
		       "D: none\n"
		       ">: check\n"
		       "!: not-connected the stream is closed\n");
}
END_TEST

START_TEST(the_header_says_what_the_options_say)
{
	struct stream_options o = transcript_options();

	o.from = SV("romeo@example.test");
	o.lang = SV("de");
	o.default_namespace = SV("urn:example:x");
	transcript_run(&o, ">: connected\n"
			   "C: <?xml version='1.0'?><stream:stream xmlns='urn:example:x' "
			   "xmlns:stream='http://etherx.jabber.org/streams' "
			   "from='romeo@example.test' to='example.test' version='1.0' "
			   "xml:lang='de'>\n"
			   "E: state STREAM_HEADER_SENT READY\n");
}
END_TEST

START_TEST(a_component_sends_and_expects_no_version)
{
	struct stream_options o = transcript_options();

	o.default_namespace = SV(XMLNS_COMPONENT);
	o.no_version = true;
	transcript_run(&o, ">: connected\n"
			   "C: <?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
			   "xmlns:stream='http://etherx.jabber.org/streams' to='example.test'>\n"
			   "E: state STREAM_HEADER_SENT READY\n"
			   "S: <stream:stream xmlns='jabber:component:accept' "
			   "xmlns:stream='http://etherx.jabber.org/streams' from='example.test' "
			   "id='3'>\n"
			   "E: header\n"
			   "E: state OPEN\n"
			   ">: send <handshake xmlns='jabber:component:accept'>aa</handshake>\n"
			   "C: <handshake>aa</handshake>\n"
			   "S: <handshake/>\n"
			   "E: element handshake\n");
}
END_TEST

static const struct {
	const char *attrs, *condition; /* NULL: accepted */
} headers[] = {
	{ " from='example.test' id='1' version='1.0'", NULL },
	{ " from='example.test' id='1' version='01.00'", NULL },
	{ " from='example.test' id='' version='1.0'", NULL },
	{ " from='example.test' id='1'", "unsupported-version" },
	{ " from='example.test' id='1' version=''", "unsupported-version" },
	{ " from='example.test' id='1' version='1'", "unsupported-version" },
	{ " from='example.test' id='1' version='1.'", "unsupported-version" },
	{ " from='example.test' id='1' version='.0'", "unsupported-version" },
	{ " from='example.test' id='1' version='1.1'", "unsupported-version" },
	{ " from='example.test' id='1' version='1.0.0'", "unsupported-version" },
	{ " from='example.test' id='1' version='11.0'", "unsupported-version" },
	{ " from='example.test' id='1' version='2.0'", "unsupported-version" },
	{ " from='example.test' id='1' version='-1.0'", "unsupported-version" },
	{ " id='1' version='1.0'", "undefined-condition" },
	{ " from='example.test' version='1.0'", "undefined-condition" },
};

START_TEST(the_peers_header_is_checked)
{
	const char *text = strcmp(headers[_i].condition ? headers[_i].condition : "",
				  "unsupported-version") == 0
				   ? "unsupported version"
			   : strstr(headers[_i].attrs, "from=")
				   ? "id attribute required in response header"
				   : "from attribute required in response header";
	char script[1024], all[4096];
	int n = snprintf(script, sizeof(script), "%sS: " SERVER("%s") "<a/>\n", TRANSCRIPT_SENT,
			 headers[_i].attrs);

	if (!headers[_i].condition)
		snprintf(all, sizeof(all), "%sE: header\nE: state OPEN\nE: element a\n", script);
	else
		snprintf(all, sizeof(all),
			 "%s"
			 "C: <stream:error><%s " STREAMS "/><text " STREAMS ">%s</text>"
			 "</stream:error>%%f\n"
			 "E: closing stream-error %s sent \"%s\"\n"
			 "E: state CLOSING STREAM_HEADER_SENT\n"
			 "~: close\n",
			 script, headers[_i].condition, text, headers[_i].condition, text);
	ck_assert_int_gt(n, 0);
	transcript_run(NULL, all);
}
END_TEST

START_TEST(what_the_header_said_can_be_asked_until_a_reset)
{
	const struct stream_options o = transcript_options();
	struct stream *s = stream_new(&o);
	const struct xmlparse_header *h;
	struct stream_event ev;

	ck_assert_ptr_null(stream_remote(s));
	stream_input(s, STREAM_INPUT_CONNECTED, NULL, 0);
	stream_push(s, SV(SERVER(" from='f' to='t' id='i' version='1.0' xml:lang='en'")), 0);
	while (stream_next(s, &ev))
		;
	stream_push(s, SV(" "), 0); /* overwrites what the parser had */
	while (stream_next(s, &ev))
		;
	h = stream_remote(s);
	ck_assert_ptr_nonnull(h);
	ck_assert(strview_is(h->from, "f") && strview_is(h->to, "t") && strview_is(h->id, "i"));
	ck_assert(strview_is(h->version, "1.0") && strview_is(h->lang, "en"));
	ck_assert(strview_is(h->default_ns, "jabber:client"));
	ck_assert_ptr_null(stream_reset(s, 0));
	ck_assert_ptr_null(stream_remote(s));
	stream_push(s, SV(TRANSCRIPT_SERVER_HEADER), 0);
	while (stream_next(s, &ev))
		;
	ck_assert_ptr_nonnull(stream_remote(s));
	ck_assert_ptr_null(stream_starttls(s));
	ck_assert_ptr_null(stream_remote(s));
	stream_free(s);
}
END_TEST

START_TEST(a_reset_sends_a_new_header_and_discards_what_was_received)
{
	transcript_run(NULL, TRANSCRIPT_OPEN
		       "W: element success | reset\n"
		       "P: <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/><message/>%f\n"
		       "E: element success\n"
		       "C: %c\n"
		       "E: state STREAM_HEADER_SENT OPEN\n"
		       "S: %s<message id='2'/>\n"
		       "E: header\n"
		       "E: state OPEN\n"
		       "E: element message <message id='2'/>\n"
		       /* also in the middle of an element, and twice */
		       "S: <message><body>half of\n"
		       ">: reset\n"
		       "E: state STREAM_HEADER_SENT\n"
		       ">: reset\n"
		       "C: %c%c\n"
		       "S: %s\n"
		       "E: header\n"
		       "E: state OPEN\n");
}
END_TEST

START_TEST(nothing_is_parsed_behind_proceed)
{
	transcript_run(NULL,
		       TRANSCRIPT_OPEN ">: send <starttls " TLS "/>\n"
				       "C: <starttls " TLS "/>\n"
				       "S: <proceed " TLS "/><message/>%f<not xml & at \\x00all\n"
				       "E: element proceed\n"
				       "S: <message/>\n"
				       "=: OPEN\n"
				       ">: starttls\n"
				       "S: \\x16\\x03\\x01<message/>%f\n"
				       ">: send <message/>\n"
				       "!: not-connected the stream must be reset\n"
				       ">: bytes x\n"
				       "!: not-connected the stream must be reset\n"
				       ">: reset\n"
				       "C: %c\n"
				       "E: state STREAM_HEADER_SENT OPEN\n"
				       "S: %s<message/>\n"
				       "E: header\n"
				       "E: state OPEN\n"
				       "E: element message\n");
}
END_TEST

START_TEST(a_reset_behind_proceed_listens_again)
{
	transcript_run(NULL, TRANSCRIPT_OPEN "S: <proceed " TLS "/><message/>\n"
					     "E: element proceed\n"
					     ">: reset\n"
					     "C: %c\n"
					     "E: state STREAM_HEADER_SENT\n"
					     "S: %s\n"
					     "E: header\n"
					     "E: state OPEN\n");
}
END_TEST

START_TEST(only_a_top_level_proceed_of_tls_deafens)
{
	transcript_run(NULL,
		       TRANSCRIPT_OPEN "S: <proceed/><message><proceed " TLS "/></message><a/>\n"
				       "E: element proceed\n"
				       "E: element message\n"
				       "E: element a\n");
}
END_TEST

START_TEST(what_follows_proceed_is_counted)
{
	const struct stream_options o = transcript_options();
	struct stream *s = stream_new(&o);
	struct stream_event ev = { 0 };

	stream_input(s, STREAM_INPUT_CONNECTED, NULL, 0);
	stream_push(s, SV(TRANSCRIPT_SERVER_HEADER "<proceed " TLS "/><message/>"), 0);
	while (ev.kind != STREAM_EVENT_ELEMENT)
		ck_assert(stream_next(s, &ev));
	ck_assert_uint_eq(ev.rest, strlen("<message/>"));
	ck_assert(!stream_next(s, &ev));
	stream_free(s);
}
END_TEST

START_TEST(closing_before_the_handshake_or_in_it_ends_the_transport)
{
	/* nobody would see the peer's footer; and TLS has no footer of the stream before it */
	transcript_run(NULL, TRANSCRIPT_OPEN "S: <proceed " TLS "/>\n"
					     "E: element proceed\n"
					     ">: close\n"
					     "C: %f\n"
					     "E: closing null\n"
					     "E: state CLOSING\n"
					     "~: close\n");
	transcript_run(NULL, TRANSCRIPT_OPEN ">: starttls\n"
					     ">: close\n"
					     "E: closing null\n"
					     "E: state CLOSING\n"
					     "~: close\n");
	transcript_run(NULL, TRANSCRIPT_OPEN ">: starttls\n"
					     ">: eof\n"
					     "E: closing not-connected connection closed by peer\n"
					     "E: state CLOSING\n"
					     "E: state CLOSING_STREAM_FOOTER_RECEIVED\n"
					     "~: close\n");
	transcript_run(NULL, TRANSCRIPT_OPEN ">: starttls\n"
					     ">: fail tls-error\n"
					     "E: closing tls-error\n"
					     "E: state CLOSED OPEN\n"
					     "~: abort\n"
					     ">: reset\n"
					     "!: tls-error\n");
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ a_stream_is_opened_used_and_closed, 0 },
		{ the_header_says_what_the_options_say, 0 },
		{ a_component_sends_and_expects_no_version, 0 },
		{ the_peers_header_is_checked, (int)ARRAY_SIZE(headers) },
		{ what_the_header_said_can_be_asked_until_a_reset, 0 },
		{ a_reset_sends_a_new_header_and_discards_what_was_received, 0 },
		{ nothing_is_parsed_behind_proceed, 0 },
		{ a_reset_behind_proceed_listens_again, 0 },
		{ only_a_top_level_proceed_of_tls_deafens, 0 },
		{ what_follows_proceed_is_counted, 0 },
		{ closing_before_the_handshake_or_in_it_ends_the_transport, 0 },
	};

	return suite_run("stream", tests, ARRAY_SIZE(tests));
}
