/*
 * The other side of a TLS connection, for tests: certificates made on the spot, and a server on
 * loopback that is driven in the same thread, step by step. What the operating system refuses ends
 * the test.
 */
#pragma once

#include "daemon/net/transport.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <time.h>

/* A certificate and its key. */
struct cert {
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
};

struct cert_options {
	const char *const *names;  /* dNSNames, NULL-terminated; NULL: none */
	const char *cn;		   /* NULL: none */
	const struct cert *signer; /* NULL: itself */
	bool ca;
	const char *purpose; /* OID; NULL: serverAuth, unless it is a CA */
	time_t begin, end;   /* 0: an hour ago, in an hour */
};

void cert_make(struct cert *ret, const struct cert_options *o);
void cert_done(struct cert *c);
char *cert_pem(const struct cert *c); /* to be freed */
void cert_spki_sha256(const struct cert *c, unsigned char ret[32]);

/* A file with this text; unlinked and freed by temp_file_free(). */
char *temp_file(const char *text);
void temp_file_write(const char *path, const char *text); /* anew */
void temp_file_free(char *path);

/* A listening socket on loopback, IPv4, and a transport connected to it. */
int listen_on_loopback(struct sockaddr_in *ret);
struct transport *connect_to(const struct sockaddr_in *addr);
int accept_from(int listener);

/* The server's end. */
struct tls_peer {
	int fd;
	gnutls_session_t session;
	gnutls_certificate_credentials_t credentials;
	struct buf out; /* what it wants to send, while `held` */
	bool held;
	int result; /* of the latest handshake step */
};

/* priorities NULL: the default. */
void tls_peer_init(struct tls_peer *p, int fd, const struct cert *cert, const char *priorities);
void tls_peer_done(struct tls_peer *p); /* closes fd */

/* Waits (bounded) until fd can be read; with a transport: until its wants may go on. */
void await_readable(int fd);
void await_transport(const struct transport *t);

/*
 * Drives both sides until the client's handshake is done or failed; NULL or its fault. The server
 * is then done as well, if it could be.
 */
struct fault *handshake(struct transport *t, struct tls_peer *p);
/* Called with false before each step of the client, with true after it; NULL at first. */
extern void (*handshake_pause)(bool pause);

/* A pair with the handshake done. */
struct pair {
	struct transport *t;
	struct tls_peer peer;
};

void pair_open(struct pair *ret, const struct cert *cert, const struct tls_options *o,
	       const char *priorities);
void pair_close(struct pair *p);

/* All of it, in one gnutls_record_send() each; the peer must take it without waiting. */
void peer_send(struct tls_peer *p, struct strview v);
