/* The negotiation of managed streams: resource binding. */
#include <stdio.h>

#include <check.h>

#include "tests/transcripts/negotiation.h"
#include "tests/unit/suite.h"

static void run(enum negotiate_tls tls, const char *text)
{
	const struct negotiate_options options = negotiation_options(tls);

	negotiation_run(&options, text, NULL);
}

START_TEST(a_server_without_binding_is_unsupported)
{
	run(NEGOTIATE_TLS_DONE, LOGGED_IN "F: \n"
					  "=: failed\n"
					  "!: unsupported\n");
}
END_TEST

START_TEST(the_server_may_choose_the_resource)
{
	struct negotiate_options options = negotiation_options(NEGOTIATE_TLS_DONE);

	options.resource = SV_NONE;
	negotiation_run(&options,
			LOGGED_IN "F: <bind " BIND "/>\n"
				  "=: send\n"
				  "C: <iq type='set' id='bind'><bind " BIND "/></iq>\n"
				  "E: <iq type='result' id='bind'><bind " BIND
				  "><jid>user@example.test/a b</jid></bind></iq>\n"
				  "=: done\n",
			"user@example.test/a b");
}
END_TEST

START_TEST(only_the_answer_to_our_request_counts)
{
	run(NEGOTIATE_TLS_DONE, LOGGED_IN "F: <bind " BIND "/>\n" BIND_SENT
					  "E: <iq type='result' id='other'><bind " BIND
					  "><jid>evil@example.test/x</jid></bind></iq>\n"
					  "=: wait\n"
					  "E: <iq type='set' id='bind'><bind " BIND
					  "><jid>evil@example.test/x</jid></bind></iq>\n"
					  "=: wait\n"
					  "E: <message type='result' id='bind'/>\n"
					  "=: wait\n" BOUND "=: done\n");
}
END_TEST

START_TEST(a_refused_binding_is_a_stanza_error)
{
	run(NEGOTIATE_TLS_DONE,
	    LOGGED_IN "F: <bind " BIND "/>\n" BIND_SENT
		      "E: <iq type='error' id='bind'><error type='cancel'><conflict " STANZA
		      "/><text " STANZA ">taken</text></error></iq>\n"
		      "=: failed\n"
		      "!: stanza-error cancel conflict: taken\n");
	run(NEGOTIATE_TLS_DONE,
	    LOGGED_IN "F: <bind " BIND "/>\n" BIND_SENT "E: <iq type='error' id='bind'/>\n"
		      "=: failed\n"
		      "!: stanza-error undefined-condition\n");
}
END_TEST

START_TEST(a_binding_without_a_full_jid_is_refused)
{
	static const char *const answers[] = {
		"",
		"<bind " BIND "/>",
		"<bind " BIND "><jid/></bind>",
		"<bind " BIND "><jid>user@example.test</jid></bind>",
		"<bind " BIND "><jid>@/x</jid></bind>",
	};
	char text[4096];

	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		snprintf(text, sizeof(text),
			 "%sF: <bind " BIND "/>\n"
			 "=: send\n"
			 "E: <iq type='result' id='bind'>%s</iq>\n"
			 "=: failed\n"
			 "!: stanza-error\n",
			 LOGGED_IN, answers[i]);
		run(NEGOTIATE_TLS_DONE, text);
	}
}
END_TEST

#define SESSION "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'"

START_TEST(a_session_is_established_where_it_is_not_optional)
{
	run(NEGOTIATE_TLS_DONE,
	    LOGGED_IN "F: <bind " BIND "/>" SESSION "/>\n" BIND_SENT BOUND "=: send\n"
		      "C: <iq type='set' id='session'>" SESSION "/></iq>\n"
		      "M:\n"
		      "=: wait\n" BOUND "=: wait\n"
		      "E: <iq type='result' id='session'/>\n"
		      "=: done\n");
	run(NEGOTIATE_TLS_DONE, LOGGED_IN "F: <bind " BIND "/>" SESSION
					  "><optional/></session>\n" BIND_SENT BOUND "=: done\n");
	run(NEGOTIATE_TLS_DONE,
	    LOGGED_IN "F: <bind " BIND "/>" SESSION "/>\n" BIND_SENT BOUND "=: send\n"
		      "E: <iq type='error' id='session'><error type='wait'>"
		      "<internal-server-error " STANZA "/></error></iq>\n"
		      "=: failed\n"
		      "!: stanza-error wait internal-server-error\n");
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ a_server_without_binding_is_unsupported, 0 },
		{ the_server_may_choose_the_resource, 0 },
		{ only_the_answer_to_our_request_counts, 0 },
		{ a_refused_binding_is_a_stanza_error, 0 },
		{ a_binding_without_a_full_jid_is_refused, 0 },
		{ a_session_is_established_where_it_is_not_optional, 0 },
	};

	return suite_run("negotiate bind", tests, ARRAY_SIZE(tests));
}
