/* The negotiation of managed streams: STARTTLS and SASL. */
#include <stdio.h>

#include <check.h>

#include "tests/transcripts/negotiation.h"
#include "tests/unit/suite.h"

static void run(enum negotiate_tls tls, const char *text)
{
	const struct negotiate_options options = negotiation_options(tls);

	negotiation_run(&options, text, NULL);
}

START_TEST(a_whole_login)
{
	const struct negotiate_options options = negotiation_options(NEGOTIATE_TLS_REQUIRED);

	negotiation_run(&options,
			"?: features\n"
			"F: <starttls " TLS "><required/></starttls>\n"
			"=: send\n"
			"?: starttls\n"
			"C: <starttls " TLS "/>\n"
			"M:\n"
			"=: wait\n"
			"E: <proceed " TLS "/>\n"
			"=: starttls\n"
			"T:\n"
			"?: features\n" LOGGED_IN "F: <bind " BIND "/>\n" BIND_SENT BOUND
			"=: done\n"
			"?: done\n"
			"E: <message/>\n"
			"=: wait\n",
			"user@example.test/here");
}
END_TEST

START_TEST(without_starttls_there_is_no_sasl)
{
	run(NEGOTIATE_TLS_REQUIRED,
	    "F: <mechanisms " SASL "><mechanism>SCRAM-SHA-1</mechanism></mechanisms>\n"
	    "=: failed\n"
	    "!: tls-error : the server offers no STARTTLS\n"
	    "M:\n"
	    "=: failed\n");
	run(NEGOTIATE_TLS_REQUIRED, "F: \n"
				    "=: failed\n"
				    "!: tls-error\n");
	run(NEGOTIATE_TLS_REQUIRED, "F: <starttls xmlns='urn:other'/>\n"
				    "=: failed\n"
				    "!: tls-error\n");
}
END_TEST

START_TEST(refused_starttls_is_a_tls_error)
{
	run(NEGOTIATE_TLS_REQUIRED, "F: <starttls " TLS "/>\n"
				    "=: send\n"
				    "E: <failure " TLS "/>\n"
				    "=: failed\n"
				    "!: tls-error : the server refuses STARTTLS\n");
}
END_TEST

START_TEST(plain_text_behind_proceed_is_an_attack)
{
	run(NEGOTIATE_TLS_REQUIRED, "F: <starttls " TLS "/>\n"
				    "=: send\n"
				    "R: <proceed " TLS "/>\n"
				    "=: failed\n"
				    "!: tls-error : something was sent in plain text\n");
}
END_TEST

START_TEST(tls_and_sasl_out_of_turn_end_the_negotiation)
{
	run(NEGOTIATE_TLS_REQUIRED, "E: <proceed " TLS "/>\n"
				    "=: failed\n"
				    "!: tls-error : the server speaks of TLS out of turn\n");
	run(NEGOTIATE_TLS_REQUIRED,
	    "F: <starttls " TLS "/>\n"
	    "=: send\n"
	    "E: <success " SASL "/>\n"
	    "=: failed\n"
	    "!: auth-error aborted: the server speaks of SASL out of turn\n");
	run(NEGOTIATE_TLS_DONE, "E: <success " SASL "/>\n"
				"=: failed\n"
				"!: auth-error aborted\n");
	run(NEGOTIATE_TLS_DONE, SCRAM_FEATURES "E: <success " SASL "/>\n"
					       "=: failed\n"
					       "!: auth-error aborted\n");
	run(NEGOTIATE_TLS_DONE, LOGGED_IN "E: <proceed " TLS "/>\n"
					  "=: failed\n"
					  "!: tls-error\n");
}
END_TEST

START_TEST(other_elements_and_repeated_features_are_ignored)
{
	run(NEGOTIATE_TLS_REQUIRED, "E: <message/>\n"
				    "=: wait\n"
				    "F: <starttls " TLS "/>\n"
				    "=: send\n"
				    "F: <starttls " TLS "/>\n"
				    "=: wait\n"
				    "E: <message/>\n"
				    "=: wait\n"
				    "E: <proceed/>\n"
				    "=: wait\n"
				    "E: <proceed " TLS "/>\n"
				    "=: starttls\n"
				    "F: <mechanisms " SASL "/>\n"
				    "=: wait\n");
	run(NEGOTIATE_TLS_DONE, SCRAM_AUTH "E: <iq type='result' id='bind'/>\n"
					   "=: wait\n"
					   "E: <other " SASL "/>\n"
					   "=: wait\n");
}
END_TEST

START_TEST(plain_is_sent_only_under_tls)
{
	run(NEGOTIATE_TLS_OFF, "F: <mechanisms " SASL "><mechanism>PLAIN</mechanism></mechanisms>\n"
			       "=: password\n"
			       "P: pencil\n"
			       "=: failed\n"
			       "!: auth-error encryption-required\n");
	run(NEGOTIATE_TLS_DONE,
	    "F: <mechanisms " SASL "><mechanism>PLAIN</mechanism></mechanisms>\n"
	    "=: password\n"
	    "P: pencil\n"
	    "=: send\n"
	    "X: <auth " SASL " mechanism='PLAIN'>AHVzZXIAcGVuY2ls</auth>\n"
	    "M:\n"
	    "=: wait\n"
	    "E: <success " SASL "/>\n"
	    "=: reset\n");
}
END_TEST

START_TEST(scram_works_without_tls_where_that_is_off)
{
	run(NEGOTIATE_TLS_OFF, LOGGED_IN);
}
END_TEST

START_TEST(a_server_that_wants_tls_where_it_is_off_is_named)
{
	run(NEGOTIATE_TLS_OFF, "F: <starttls " TLS "><required/></starttls>\n"
			       "=: failed\n"
			       "!: tls-error : the server lets nobody log in without TLS\n");
}
END_TEST

START_TEST(no_common_mechanism_is_an_auth_error)
{
	struct negotiate_options options = negotiation_options(NEGOTIATE_TLS_DONE);

	options.mechanisms = SV("SCRAM-SHA-256");
	negotiation_run(&options,
			SCRAM_FEATURES "P: pencil\n"
				       "=: failed\n"
				       "!: auth-error invalid-mechanism\n",
			NULL);
	run(NEGOTIATE_TLS_DONE, "F: <bind " BIND "/>\n"
				"=: password\n"
				"P: pencil\n"
				"=: failed\n"
				"!: auth-error invalid-mechanism: the server offers no SASL\n");
}
END_TEST

static const char *const sasl_conditions[] = {
	/* RFC 6120 6.5 */
	"aborted",
	"account-disabled",
	"credentials-expired",
	"encryption-required",
	"incorrect-encoding",
	"invalid-authzid",
	"invalid-mechanism",
	"malformed-request",
	"mechanism-too-weak",
	"not-authorized",
	"temporary-auth-failure",
};

START_TEST(a_sasl_failure_keeps_its_condition_and_text)
{
	char text[4096];

	snprintf(text, sizeof(text),
		 "%sE: <failure " SASL "><%s/><text xml:lang='en'>so there</text></failure>\n"
		 "=: failed\n"
		 "!: auth-error %s: so there\n",
		 SCRAM_AUTH, sasl_conditions[_i], sasl_conditions[_i]);
	run(NEGOTIATE_TLS_DONE, text);
}
END_TEST

START_TEST(a_sasl_failure_may_be_bare)
{
	run(NEGOTIATE_TLS_DONE, SCRAM_AUTH "E: <failure " SASL "/>\n"
					   "=: failed\n"
					   "!: auth-error not-authorized\n");
}
END_TEST

START_TEST(a_challenge_that_is_refused_aborts)
{
	/* i=1 */
	run(NEGOTIATE_TLS_DONE,
	    SCRAM_FEATURES "P: pencil\n"
			   "=: send\n"
			   "M:\n"
			   "E: <challenge " SASL
			   ">cj1meWtvK2QybGJiRmdPTlJ2OXFreGRhd0wzcmZjTkhZSlkxWlZ2V1ZzN2oscz1RU1hDUi"
			   "tRNnNlazhiZjkyLGk9MQ==</challenge>\n"
			   "=: send\n"
			   "C: <abort " SASL "/>\n"
			   "E: <failure " SASL "><aborted/></failure>\n"
			   "=: wait\n"
			   "M:\n"
			   "=: failed\n"
			   "!: auth-error aborted: the server asks for an iteration count\n");
}
END_TEST

START_TEST(success_without_proof_is_no_success)
{
	run(NEGOTIATE_TLS_DONE, SCRAM_AUTH "E: <success " SASL "/>\n"
					   "=: failed\n"
					   "!: auth-error aborted: the server says success\n");
	run(NEGOTIATE_TLS_DONE, SCRAM_FEATURES "P: pencil\n"
					       "=: send\n"
					       "E: <success " SASL ">=</success>\n"
					       "=: failed\n"
					       "!: auth-error aborted\n");
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ a_whole_login, 0 },
		{ without_starttls_there_is_no_sasl, 0 },
		{ refused_starttls_is_a_tls_error, 0 },
		{ plain_text_behind_proceed_is_an_attack, 0 },
		{ tls_and_sasl_out_of_turn_end_the_negotiation, 0 },
		{ other_elements_and_repeated_features_are_ignored, 0 },
		{ plain_is_sent_only_under_tls, 0 },
		{ scram_works_without_tls_where_that_is_off, 0 },
		{ a_server_that_wants_tls_where_it_is_off_is_named, 0 },
		{ no_common_mechanism_is_an_auth_error, 0 },
		{ a_sasl_failure_keeps_its_condition_and_text, ARRAY_SIZE(sasl_conditions) },
		{ a_sasl_failure_may_be_bare, 0 },
		{ a_challenge_that_is_refused_aborts, 0 },
		{ success_without_proof_is_no_success, 0 },
	};

	return suite_run("negotiate", tests, ARRAY_SIZE(tests));
}
