/*
 * Runs a negotiation by a script of a line a step, and once with each allocation failing:
 *
 *	F: XML		features with this inside
 *	E: XML		an element
 *	R: XML		an element with more bytes behind it in the same push
 *	P: PASSWORD	the answer to NEGOTIATE_PASSWORD
 *	T:		TLS is up
 *	M:		negotiate_more()
 *	C: XML		this is to be sent, and is no secret
 *	X: XML		this is to be sent, and is a secret
 *	=: ACTION	what the step above has said to do
 *	?: STEP		negotiate_step()
 *	!: FAULT	why it has failed
 */
#pragma once

#include "protocol/stream/negotiate.h"

#define TLS    "xmlns='urn:ietf:params:xml:ns:xmpp-tls'"
#define SASL   "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
#define BIND   "xmlns='urn:ietf:params:xml:ns:xmpp-bind'"
#define STANZA "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"

#define SCRAM_FEATURES                                                                             \
	"F: <mechanisms " SASL "><mechanism>PLAIN</mechanism>"                                     \
	"<mechanism>SCRAM-SHA-1</mechanism></mechanisms>\n"                                        \
	"=: password\n"                                                                            \
	"?: sasl\n"

/* RFC 5802 section 5 */
#define SCRAM_AUTH                                                                                 \
	SCRAM_FEATURES                                                                             \
	"P: pencil\n"                                                                              \
	"=: send\n"                                                                                \
	"X: <auth " SASL " mechanism='SCRAM-SHA-1'>"                                               \
	"biwsbj11c2VyLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdM</auth>\n"                                \
	"M:\n"                                                                                     \
	"=: wait\n"                                                                                \
	"E: <challenge " SASL ">cj1meWtvK2QybGJiRmdPTlJ2OXFreGRhd0wzcmZjTkhZSlkxWlZ2V1ZzN2oscz1RU" \
	"1hDUitRNnNlazhiZjkyLGk9NDA5Ng==</challenge>\n"                                            \
	"=: send\n"                                                                                \
	"X: <response " SASL ">Yz1iaXdzLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdMM3JmY05IWUpZMVpWdldWcz" \
	"dqLHA9djBYOHYzQnoyVDBDSkdiSlF5RjBYK0hJNFRzPQ==</response>\n"                              \
	"M:\n"                                                                                     \
	"=: wait\n"
#define LOGGED_IN                                                                                  \
	SCRAM_AUTH                                                                                 \
	"E: <success " SASL ">dj1ybUY5cHFWOFM3c3VBb1pXamE0ZEpSa0ZzS1E9</success>\n"                \
	"=: reset\n"                                                                               \
	"?: features\n"
#define BIND_SENT                                                                                  \
	"=: send\n"                                                                                \
	"?: bind\n"                                                                                \
	"C: <iq type='set' id='bind'><bind " BIND "><resource>here</resource></bind></iq>\n"       \
	"M:\n"                                                                                     \
	"=: wait\n"
#define BOUND                                                                                      \
	"E: <iq type='result' id='bind'><bind " BIND "><jid>user@example.test/here</jid></bind>"   \
	"</iq>\n"

/* user@example.test, resource "here" */
struct negotiate_options negotiation_options(enum negotiate_tls tls);
/* jid: bound in the end, or NULL if that does not matter */
void negotiation_run(const struct negotiate_options *options, const char *script, const char *jid);
