/* What an XMLStream takes and gives while it is open. */
#include <check.h>

#include "protocol/xml/elem.h"
#include "protocol/xso/xso_registry.h"
#include "tests/transcripts/transcript.h"
#include "tests/unit/suite.h"

#define STREAMS "xmlns='urn:ietf:params:xml:ns:xmpp-streams'"
#define TLS	"xmlns='urn:ietf:params:xml:ns:xmpp-tls'"

START_TEST(what_is_done_with_one_element_acts_on_the_next)
{
	transcript_run(NULL, TRANSCRIPT_OPEN "W: element a | close\n"
					     "S: <a/><b/><message/><iq/><presence/>"
					     "<message xmlns='urn:other'/>%f<c/>\n"
					     "E: element a\n"
					     "C: %f\n"
					     "E: closing null\n"
					     "E: state CLOSING\n"
					     /* b is no stanza: ignored while closing */
					     "E: element message\n"
					     "E: element iq\n"
					     "E: element presence\n"
					     "E: state CLOSING_STREAM_FOOTER_RECEIVED\n");
	transcript_run(NULL, TRANSCRIPT_OPEN "W: element a | abort\n"
					     "S: <a/><message/>%f\n"
					     "E: element a\n"
					     "E: closing null\n"
					     "E: state CLOSED OPEN\n");
	transcript_run(NULL, TRANSCRIPT_OPEN "W: element a | send <b xmlns='urn:x'/>\n"
					     "S: <a/><c/>\n"
					     "E: element a\n"
					     "E: element c\n"
					     "C: <b xmlns='urn:x'/>\n");
}
END_TEST

START_TEST(the_element_at_hand_outlives_what_is_done_with_the_stream)
{
	const struct stream_options o = transcript_options();
	struct stream *s = stream_new(&o);
	struct stream_event ev = { 0 }, more;

	stream_input(s, STREAM_INPUT_CONNECTED, NULL, 0);
	stream_push(s, SV(TRANSCRIPT_SERVER_HEADER "<success a='b'/>"), 0);
	while (ev.kind != STREAM_EVENT_ELEMENT)
		ck_assert(stream_next(s, &ev));
	ck_assert_ptr_null(stream_reset(s, 0));
	ck_assert_ptr_null(stream_reset(s, 0));
	stream_abort(s, 0);
	while (stream_next(s, &more))
		;
	ck_assert(strview_is(elem_attr(ev.elem, "a"), "b"));
	stream_free(s);
}
END_TEST

START_TEST(an_element_that_cannot_be_written_is_not_sent_and_harms_nothing)
{
	transcript_run(NULL, TRANSCRIPT_OPEN ">: send <message id='1'/>\n"
					     ">: send-text a\\x01b\n"
					     "!: invalid-xso at ''\n"
					     ">: send-text \\xff\n"
					     "!: invalid-xso at ''\n"
					     ">: send-text \\xef\\xbf\\xbf\n"
					     "!: invalid-xso at ''\n"
					     ">: send <message id='2'/>\n"
					     "C: <message id='1'/><message id='2'/>\n"
					     "=: OPEN\n");
}
END_TEST

START_TEST(bytes_are_sent_as_they_are)
{
	transcript_run(NULL, TRANSCRIPT_SENT ">: bytes <a>&\\xff\n"
					     "C: <a>&\\xff\n"
					     "S: %s\n"
					     "E: header\n"
					     "E: state OPEN\n"
					     ">: bytes </a>\n"
					     "C: </a>\n");
}
END_TEST

START_TEST(what_is_pending_stays_in_order_however_it_is_taken)
{
	const struct stream_options o = transcript_options();
	struct stream *s = stream_new(&o);
	static char big[150 * 1024];
	uint64_t queued;
	size_t taken = 0;

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)('a' + i % 23);
	stream_input(s, STREAM_INPUT_CONNECTED, NULL, 0);
	stream_sent(s, stream_pending(s).n);
	ck_assert_uint_eq(stream_pending(s).n, 0);
	ck_assert_ptr_null(stream_send_bytes(s, (struct strview){ big, sizeof(big) }));
	queued = stream_queued_total(s);
	while (taken < sizeof(big)) {
		struct strview v = stream_pending(s);
		size_t n = v.n < 7001 ? v.n : 7001;

		ck_assert_uint_eq(v.n, sizeof(big) - taken);
		ck_assert(memcmp(v.p, big + taken, n) == 0);
		taken += n;
		stream_sent(s, n);
		ck_assert_uint_eq(stream_sent_total(s), queued - (sizeof(big) - taken));
	}
	ck_assert_uint_eq(stream_pending(s).n, 0);
	stream_free(s);
}
END_TEST

START_TEST(an_aborted_stream_gives_its_last_bytes_some_time)
{
	transcript_run(NULL, TRANSCRIPT_OPEN ">: hold\n"
					     ">: send <message/>\n"
					     ">: abort\n"
					     "E: closing null\n"
					     "E: state CLOSED OPEN\n"
					     "~: close\n"
					     "D: 15\n"
					     ">: take 4\n"
					     "C: <mes\n"
					     "T: 15\n"
					     "~: abort\n"
					     "D: none\n");
}
END_TEST

START_TEST(an_unknown_element_is_refused_where_that_is_wanted)
{
	struct stream_options o = transcript_options();

	o.reject_unknown = true;
	transcript_run(&o, TRANSCRIPT_OPEN
		       "S: <stream:features/><message/><iq/><presence/><failure " TLS "/>"
		       "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
		       "<r xmlns='urn:xmpp:sm:3'/>\n"
		       "E: features\n"
		       "E: element message\n"
		       "E: element iq\n"
		       "E: element presence\n"
		       "E: element failure\n"
		       "E: element challenge\n"
		       "E: element r\n"
		       "S: <message xmlns='urn:x'/><message/>\n"
		       "C: <stream:error><unsupported-stanza-type " STREAMS "/><text " STREAMS
		       ">unsupported stanza: {urn:x}message</text></stream:error>%f\n"
		       "E: closing stream-error unsupported-stanza-type sent\n"
		       "E: state CLOSING OPEN\n"
		       "~: close\n"
		       ">: check\n"
		       "!: stream-error unsupported-stanza-type sent\n");
	transcript_run(&o, TRANSCRIPT_OPEN ">: close\n"
					   "C: %f\n"
					   "E: closing null\n"
					   "E: state CLOSING\n"
					   "S: <a/><message/>\n"
					   "E: element message\n"
					   "=: CLOSING\n");
}
END_TEST

START_TEST(an_element_of_a_declared_class_is_not_unknown)
{
	static const struct xso_class mood = {
		.kind = { "mood", 4 },
		.tag = { .ns = { "urn:mood", 8 }, .name = { "mood", 4 } },
	};
	static const struct xso_class *const list[] = { &mood };
	static const struct xso_registry classes = { .classes = list, .n_classes = 1 };
	struct stream_options o = transcript_options();

	o.reject_unknown = true;
	o.classes = &classes;
	transcript_run(&o, TRANSCRIPT_OPEN "S: <mood xmlns='urn:mood'/>\n"
					   "E: element mood\n"
					   ">: close\n"
					   "C: %f\n"
					   "E: closing null\n"
					   "E: state CLOSING\n"
					   "S: <mood xmlns='urn:mood'/><mood/>\n"
					   "E: element mood\n");
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ what_is_done_with_one_element_acts_on_the_next, 0 },
		{ the_element_at_hand_outlives_what_is_done_with_the_stream, 0 },
		{ an_element_that_cannot_be_written_is_not_sent_and_harms_nothing, 0 },
		{ bytes_are_sent_as_they_are, 0 },
		{ what_is_pending_stays_in_order_however_it_is_taken, 0 },
		{ an_aborted_stream_gives_its_last_bytes_some_time, 0 },
		{ an_unknown_element_is_refused_where_that_is_wanted, 0 },
		{ an_element_of_a_declared_class_is_not_unknown, 0 },
	};

	return suite_run("stream elements", tests, ARRAY_SIZE(tests));
}
