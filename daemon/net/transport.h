/*
 * A non-blocking byte transport: TCP, then perhaps TLS on it. It owns the descriptor and no
 * watcher: the owner waits for what transport_wants() says and calls again. No libev here.
 */
#pragma once

#include "daemon/net/tls.h"

#include <sys/socket.h>

enum transport_state {
	TRANSPORT_CONNECTING,
	TRANSPORT_PLAIN,
	TRANSPORT_HANDSHAKE,
	TRANSPORT_SECURE,
	TRANSPORT_DEAD, /* fault or closed */
};

enum {
	TRANSPORT_WANT_READ = 1,
	TRANSPORT_WANT_WRITE = 2,
	TRANSPORT_READ_PENDING = 4, /* bytes are already here: read again without waiting */
};

struct transport;

/* Starts to connect. NULL with *ret_fault if it failed at once. */
struct transport *transport_connect(const struct sockaddr *addr, socklen_t len,
				    struct fault **ret_fault);
void transport_free(struct transport *t); /* closes; takes NULL */

int transport_fd(const struct transport *t);
enum transport_state transport_state(const struct transport *t);
unsigned transport_wants(const struct transport *t);

/*
 * Goes on with connecting, handshaking or shutting down. NULL while under way or done (ask
 * transport_state()), or the fault: transport-error, or tls-error with `reason`.
 */
struct fault *transport_step(struct transport *t);

/*
 * TRANSPORT_PLAIN only: the handshake begins, and its first message is sent. Bytes that the peer
 * sent before and nobody read are a tls-error: in TLS the client speaks first.
 */
struct fault *transport_starttls(struct transport *t, const struct tls_options *o);

/*
 * How a transfer went is enum transport_result (tls.h). A write takes as much as it can; after
 * AGAIN the next one must begin with the same bytes and may have more behind them.
 */
enum transport_result transport_read(struct transport *t, char *p, size_t n, size_t *ret_n,
				     struct fault **ret_fault);
enum transport_result transport_write(struct transport *t, struct strview v, size_t *ret_n,
				      struct fault **ret_fault);

/*
 * Sends EOF (close_notify under TLS, then FIN) and goes on reading. What does not go out at once
 * goes with a later read or step: then transport_wants() says WANT_WRITE.
 */
void transport_shutdown(struct transport *t);

/* A frozen view after the handshake, or NULL. */
const struct tls_info *transport_tls_info(const struct transport *t);
/* "192.0.2.1:5222", "[2001:db8::1]:5222" */
const char *transport_peer(const struct transport *t);
