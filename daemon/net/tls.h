/*
 * TLS sessions (GnuTLS) as a client: verification against the JID's domain, never against the host
 * connected to; trust stores are loaded once per file and shared by all sessions. Only transport.c
 * drives sessions; others make options and read infos.
 */
#pragma once

#include "protocol/base/fault.h"

#include <gnutls/gnutls.h>

/* A tls-error with this text as its reason. */
struct fault *tls_fault(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How the peer must prove itself. */
struct tls_options {
	bool verify;		    /* false: any certificate (raw streams that ask for it) */
	const char *server_name;    /* to verify and to send as SNI; a trailing dot is dropped */
	const char *ca_file;	    /* NULL: the system's store, unless there is ca_pem */
	struct strview ca_pem;	    /* trust anchors in PEM, besides ca_file; p NULL: none */
	const struct strview *pins; /* SHA-256 of SubjectPublicKeyInfo, 32 bytes each */
	size_t n_pins;		    /* 0: no pinning; else one must match, besides `verify` */
	bool alpn;		    /* offer xmpp-client (XEP-0368, direct TLS); never required */
};

struct tls_context; /* credentials: refcounted, cached by CA file and its mtime */

/* NULL with *ret_fault (tls-error: "cannot read FILE: …"). Files are read at each handshake. */
struct tls_context *tls_context_get(const struct tls_options *o, struct fault **ret_fault);
void tls_context_unref(struct tls_context *c); /* takes NULL */

/*
 * A client session, set up for non-blocking use on fd with our own buffered pull function. It keeps
 * a reference to ctx and copies of the options; fd stays the caller's.
 */
struct tls_session;
struct tls_session *tls_session_new(struct tls_context *ctx, const struct tls_options *o, int fd,
				    struct fault **ret_fault);
void tls_session_free(struct tls_session *t); /* takes NULL */

/* How a transfer went; transport.c hands it through. */
enum transport_result {
	TRANSPORT_OK,	 /* *ret_n > 0 bytes */
	TRANSPORT_AGAIN, /* wait for transport_wants() */
	TRANSPORT_EOF,	 /* orderly: FIN in plain, close_notify under TLS */
	TRANSPORT_FAILED /* *ret_fault; FIN without close_notify under TLS is ECONNRESET-like
			    truncation */
};

/* OK: up and verified. AGAIN: tls_session_wants_write() says for what to wait. Never EOF. */
enum transport_result tls_session_handshake(struct tls_session *t, struct fault **ret_fault);
enum transport_result tls_session_read(struct tls_session *t, char *p, size_t n, size_t *ret_n,
				       struct fault **ret_fault);
/* After AGAIN the next call must begin with the same bytes; it may have more behind them. AGAIN
 * comes too where the peer is gone (tls_session_push_error()), for what it said may be unread. */
enum transport_result tls_session_write(struct tls_session *t, struct strview v, size_t *ret_n,
					struct fault **ret_fault);
int tls_session_push_error(const struct tls_session *t);      /* errno of a failed write; 0: none */
enum transport_result tls_session_bye(struct tls_session *t); /* close_notify; OK when it is out */

bool tls_session_wants_write(const struct tls_session *t);
bool tls_session_pending(const struct tls_session *t); /* bytes are here already */

/* What stream.starttls answers and stream.tls shows, copied: strings owned by the struct. */
struct tls_info {
	char *protocol, *cipher; /* "TLS1.3", "TLS_AES_256_GCM_SHA384"-like names */
	char *subject, *issuer;
	char *not_before, *not_after; /* RFC 3339 */
	char fingerprint[65];	      /* SHA-256 of the certificate, hex */
	char spki_sha256[65];	      /* of its public key, hex */
	char **names;		      /* subjectAltName dNSName entries, NULL-terminated */
	bool verified;		      /* against trust anchors and name; pins alone do not count */
	bool tls_exporter, tls_unique, tls_server_end_point; /* channel bindings available */
};
int tls_info_init(struct tls_info *i, const struct tls_session *t); /* 0, -ENOMEM or -EPROTO */
void tls_info_done(struct tls_info *i);
