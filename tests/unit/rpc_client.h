/* A client's session with the other end in the test: text in, requests answered here, text out. */
#pragma once

#include "ipc/rpc/request.h"
#include "ipc/rpc/session.h"

struct rpc_client {
	struct list dirty;
	struct session *session;
	struct buf out; /* all that was taken out of its queue, NUL-terminated */
};

#define RPC_CLIENT_UID 1000

/* limits: NULL for ones that no test meets by accident. */
void rpc_client_init(struct rpc_client *c, const struct session_limits *limits);
void rpc_client_done(struct rpc_client *c);

void rpc_client_push(struct rpc_client *c, const char *text);

/* Writes the queue's content to c->out, and returns what came since the last call. */
const char *rpc_client_read(struct rpc_client *c);

/* Answers all requests that are there by naming method and parameters. */
void rpc_client_echo(struct rpc_client *c);

/* {"jsonrpc":"2.0","id":ID,"result":{"method":…,"params":…}} */
void rpc_client_answer(struct request *r);
