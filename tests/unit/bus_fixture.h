/*
 * A bus with clients, for tests of one event after the other. There is one at a time; it may be
 * used while allocations fail.
 */
#pragma once

#include "ipc/events/bus.h"
#include "tests/unit/rpc_client.h"

#define TIME	"\"time\":\"2026-11-22T18:00:00.000001Z\""
#define UNIX_US 1795370400000001u
#define MESSAGE "<message from='a@b.test' type='chat'><body>Hi</body></message>"
#define RAW                                                                                        \
	"{\"name\":\"message\",\"attrs\":{\"from\":\"a@b.test\",\"type\":\"chat\"},"               \
	"\"children\":[{\"name\":\"body\",\"children\":[\"Hi\"]}]}"
#define TYPED "{\"kind\":\"message\",\"from\":\"a@b.test\",\"type\":\"chat\",\"body\":\"Hi\"}"
#define XSO(seq, xso, subs)                                                                        \
	"{\"jsonrpc\":\"2.0\",\"method\":\"xso\",\"params\":{\"stream\":\"s\",\"seq\":" seq        \
	"," TIME ",\"xso\":" xso ",\"subscriptions\":[" subs "]}}\n"
#define STATE(stream, seq, subs)                                                                   \
	"{\"jsonrpc\":\"2.0\",\"method\":\"stream.state\",\"params\":{\"stream\":\"" stream        \
	"\",\"seq\":" seq "," TIME ",\"state\":\"OPEN\",\"previous\":\"READY\","                   \
	"\"subscriptions\":[" subs "]}}\n"
#define LOST(members, subs)                                                                        \
	"{\"jsonrpc\":\"2.0\",\"method\":\"events.lost\",\"params\":{\"stream\":\"s\"," TIME       \
	"," members ",\"subscriptions\":[" subs "]}}\n"

enum {
	MAX_CLIENTS = 100,
};

struct bus_fixture {
	struct bus *bus;
	struct rpc_client clients[MAX_CLIENTS];
	size_t n_clients;
	struct arena arena;
};

extern struct bus_fixture f;

struct rpc_client *add_client(const struct session_limits *limits);
void fixture_begin(size_t n_clients);
void fixture_end(void);

/* Params with ' for ". The fault, or NULL and *ret_id. */
struct fault *try_subscribe(size_t client, const char *quoted, uint64_t *ret_id);
uint64_t subscribe(size_t client, const char *quoted);

const struct elem *parse(const char *xml);

/* An event of the stream "s". */
struct event event_of(enum event_kind kind, uint64_t seq);
void publish_xso(uint64_t seq, const char *xml);
void publish_state(const char *stream, uint64_t seq);

/* What came to the client since it was read last. */
void check_read(size_t client, const char *wanted);
