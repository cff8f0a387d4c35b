#include <stdlib.h>

#include <check.h>

#include "tests/transcripts/transcript.h"

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

int main(void)
{
	Suite *s = suite_create("stream");
	TCase *t = tcase_create("stream");
	SRunner *r;
	int failed;

	tcase_add_test(t, a_stream_is_opened_used_and_closed);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
