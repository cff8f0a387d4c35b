/*
 * TLS sessions (GnuTLS) as a client: verification against the JID's domain, never against the host
 * connected to; trust stores are loaded once per file and shared by all sessions.
 */
#pragma once

#include "protocol/base/fault.h"

#include <gnutls/gnutls.h>

/* How the peer must prove itself. */
struct tls_options {
	bool verify;		    /* false: any certificate (raw streams that ask for it) */
	const char *server_name;    /* to verify and to send as SNI; a trailing dot is dropped */
	const char *ca_file;	    /* NULL: the system's store */
	struct strview ca_pem;	    /* further trust anchors, PEM; p NULL: none */
	const struct strview *pins; /* SHA-256 of SubjectPublicKeyInfo, 32 bytes each */
	size_t n_pins;		    /* 0: no pinning; else one must match, besides `verify` */
};

struct tls_context; /* credentials: refcounted, cached by CA file and its mtime */

/* NULL with *ret_fault (tls-error: "cannot read FILE: …"). Files are read at each handshake. */
struct tls_context *tls_context_get(const struct tls_options *o, struct fault **ret_fault);
void tls_context_unref(struct tls_context *c);

/* A client session, set up for non-blocking use on fd with our own buffered pull function. */
struct tls_session;
struct tls_session *tls_session_new(struct tls_context *ctx, const struct tls_options *o, int fd,
				    struct fault **ret_fault);
void tls_session_free(struct tls_session *t);

/* What stream.starttls answers and stream.tls shows, copied: strings owned by the struct. */
struct tls_info {
	char *protocol, *cipher; /* "TLS1.3", "TLS_AES_256_GCM_SHA384"-like names */
	char *subject, *issuer;
	char *not_before, *not_after; /* RFC 3339 */
	char fingerprint[65];	      /* SHA-256 of the certificate, hex */
	char spki_sha256[65];	      /* of its public key, hex */
	char **names;		      /* subjectAltName dNSName entries, NULL-terminated */
	bool verified;
	bool tls_exporter, tls_unique, tls_server_end_point; /* channel bindings available */
};
void tls_info_done(struct tls_info *i);
