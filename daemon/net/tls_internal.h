/* What the parts of TLS (context, session, verification, info) share with each other only. */
#pragma once

#include "daemon/net/tls.h"

#include <gnutls/x509.h>

struct tls_context {
	unsigned refs;
	gnutls_certificate_credentials_t credentials;
};

struct tls_session {
	gnutls_session_t session;
	struct tls_context *context;
	int fd;
	char *server_name; /* without a trailing dot; NULL: none */
	bool verify;
	unsigned char (*pins)[32];
	size_t n_pins;
	struct fault *refused; /* why our verification refused, until the handshake reports it */
	bool verified;
	bool blocked;	 /* the latest pull found nothing to read */
	int errnum;	 /* positive errno of the pull that failed, or of a push in the handshake */
	int push_errnum; /* of a push later on: the peer is gone, but what it sent may be read */
	bool heard, not_tls; /* the peer's first byte has come, and begins no TLS record */
	bool up;	     /* the handshake is done */
	size_t writing;	     /* bytes of ours in a record that waits to be sent */
	char *rest;	     /* received bytes which the session has not taken yet, or NULL */
	size_t rest_at, rest_n;
};

/* The peer's own certificate, parsed: to be freed; NULL if there is none that can be read. */
gnutls_x509_crt_t tls_peer_certificate(gnutls_session_t session);

/* Whether the peer proved itself as the session demands: NULL, or a tls-error with the reason. */
struct fault *tls_verify(struct tls_session *t);

size_t tls_context_cached(void); /* how many the cache holds */

/*
 * Heap copies of what a certificate says, fit for logs and JSON: valid UTF-8 without control
 * characters. NULL without memory or where it says nothing.
 */
char *tls_clean_text(struct strview v);
char *tls_name_text(gnutls_x509_crt_t crt, bool issuer);
char *tls_dns_name(gnutls_x509_crt_t crt, unsigned i); /* the i-th dNSName; NULL: no more */
char *tls_time_text(time_t t);			       /* RFC 3339 */
bool tls_spki_sha256(gnutls_x509_crt_t crt, unsigned char ret[32]);

/* Transport functions of a session for GnuTLS. */
ssize_t tls_pull(gnutls_transport_ptr_t session, void *data, size_t n);
ssize_t tls_push(gnutls_transport_ptr_t session, const giovec_t *iov, int n_iov);
bool tls_pull_pending(const struct tls_session *t);
void tls_pull_done(struct tls_session *t);
