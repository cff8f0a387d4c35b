/*
 * Runs an XMLStream by a script, one line a step, and fails the running check test at the first
 * line that does not hold. Each script is run whole, byte by byte, at random cuts with fixed seeds,
 * and once with each allocation failing, where only the invariants have to hold: states go their
 * legal ways, exactly one closing event comes, before any state from CLOSING on, with a reason
 * unless the application closed, and after it no send succeeds.
 *
 *	S: TEXT		the peer sends this (cut in every way)
 *	P: TEXT		the peer sends this in one piece, always
 *	C: TEXT		this is what we have sent next
 *	E: EVENT	this event came next; what follows its beginning may be left out
 *	=: STATE	the state is this
 *	~: TRANSPORT	keep, shutdown, close, abort
 *	D: SECONDS	the deadline is that far away; or none
 *	T: SECONDS	time passes
 *	>: CALL		connected, eof, lost [ERRNO], close, abort, reset, starttls, send XML,
 *			bytes TEXT, error CONDITION [TEXT] [| XML], fail KIND, limits S S S, check,
 *			sent N, relax, queued N
 *	!: FAULT	the call above has failed with this; without such a line it must not fail
 *	W: EVENT | CALL	when that event is pulled the call is made before the next is pulled
 *
 * In TEXT %c is our header, %s the server's, %f the footer, and \xHH a byte. Blank lines and those
 * that begin with # are skipped. What we have sent and the events must be named in full by the end.
 */
#pragma once

#include "protocol/stream/stream.h"

#define TRANSCRIPT_CLIENT_HEADER                                                                   \
	"<?xml version='1.0'?><stream:stream xmlns='jabber:client' "                               \
	"xmlns:stream='http://etherx.jabber.org/streams' to='example.test' version='1.0'>"
#define TRANSCRIPT_SERVER_HEADER                                                                   \
	"<?xml version='1.0'?><stream:stream xmlns='jabber:client' "                               \
	"xmlns:stream='http://etherx.jabber.org/streams' from='example.test' id='s1' "             \
	"version='1.0'>"

/* Beginnings of scripts: HEADER_SENT and OPEN. */
#define TRANSCRIPT_SENT                                                                            \
	">: connected\n"                                                                           \
	"C: %c\n"                                                                                  \
	"E: state STREAM_HEADER_SENT READY\n"
#define TRANSCRIPT_OPEN                                                                            \
	TRANSCRIPT_SENT                                                                            \
	"S: %s\n"                                                                                  \
	"E: header\n"                                                                              \
	"E: state OPEN STREAM_HEADER_SENT\n"

/* options may be NULL: to='example.test', shutdown_timeout of 15 s. */
void transcript_run(const struct stream_options *options, const char *script);
struct stream_options transcript_options(void); /* those */
