#include "daemon/net/tls_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	NAMES_SHOWN = 3,
};

/* One sentence part for each thing that is wrong. */
struct findings {
	struct tls_session *session;
	gnutls_x509_crt_t crt;
	struct buf text;
};

static void find(struct findings *f, const char *what)
{
	if (f->text.n > 0)
		buf_put_str(&f->text, "; ");
	buf_put_str(&f->text, what);
}

static void find_owner(struct findings *f)
{
	char *name;
	unsigned i;

	find(f, "certificate is for ");
	for (i = 0; i < NAMES_SHOWN && (name = tls_dns_name(f->crt, i)); i++) {
		buf_printf(&f->text, "%s%s", i > 0 ? ", " : "", name);
		free(name);
	}
	if (i == 0)
		buf_put_str(&f->text, "no host name");
	else if (i == NAMES_SHOWN && (name = tls_dns_name(f->crt, i))) {
		buf_put_str(&f->text, ", …");
		free(name);
	}
	buf_printf(&f->text, ", not for %s", f->session->server_name);
}

static void find_expired(struct findings *f)
{
	time_t end = gnutls_x509_crt_get_expiration_time(f->crt);
	char *text = tls_time_text(end);

	if (end < time(NULL) && text) {
		find(f, "certificate expired on ");
		buf_put_str(&f->text, text);
	} else {
		find(f, "a certificate in its chain has expired");
	}
	free(text);
}

static void find_not_yet(struct findings *f)
{
	time_t begin = gnutls_x509_crt_get_activation_time(f->crt);
	char *text = tls_time_text(begin);

	if (begin > time(NULL) && text) {
		find(f, "certificate is not valid before ");
		buf_put_str(&f->text, text);
	} else {
		find(f, "a certificate in its chain is not valid yet");
	}
	free(text);
}

static void find_signer(struct findings *f)
{
	char *issuer = tls_name_text(f->crt, true);

	if (gnutls_x509_crt_check_issuer(f->crt, f->crt)) {
		find(f, "certificate is self-signed and not known: add it with ca_file");
	} else {
		find(f, "the certificate's signer is not known");
		if (issuer)
			buf_printf(&f->text, " (%s)", issuer);
		buf_put_str(&f->text, ": add it with ca_file");
	}
	free(issuer);
}

static void find_revoked(struct findings *f)
{
	find(f, "certificate was revoked");
}

static void find_weak(struct findings *f)
{
	find(f, "certificate is signed with an insecure algorithm");
}

static void find_purpose(struct findings *f)
{
	find(f, "certificate is not meant for servers");
}

static void find_signature(struct findings *f)
{
	find(f, "a signature in the certificate's chain is wrong");
}

static void find_not_ca(struct findings *f)
{
	find(f, "the certificate's signer is no certificate authority");
}

static const struct {
	unsigned flag;
	void (*say)(struct findings *f);
} sayings[] = {
	{ GNUTLS_CERT_UNEXPECTED_OWNER, find_owner },
	{ GNUTLS_CERT_EXPIRED, find_expired },
	{ GNUTLS_CERT_NOT_ACTIVATED, find_not_yet },
	{ GNUTLS_CERT_REVOKED, find_revoked },
	{ GNUTLS_CERT_SIGNER_NOT_FOUND, find_signer },
	{ GNUTLS_CERT_SIGNER_NOT_CA, find_not_ca },
	{ GNUTLS_CERT_INSECURE_ALGORITHM, find_weak },
	{ GNUTLS_CERT_PURPOSE_MISMATCH, find_purpose },
	{ GNUTLS_CERT_SIGNATURE_FAILURE, find_signature },
};

/* What no saying covers, in GnuTLS's words. */
static struct fault *status_fault(struct findings *f, unsigned status)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;
	gnutls_datum_t d = { NULL, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(sayings); i++)
		if (status & sayings[i].flag)
			sayings[i].say(f);
	text = f->text;
	if (text.n > 0 && !text.error)
		return tls_fault("%.*s", SV_ARG(buf_view(&text)));
	if (gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &d, 0) < 0)
		return tls_fault("the certificate does not verify");
	buf_put(&text, d.data, strnlen((char *)d.data, d.size));
	gnutls_free(d.data);
	return tls_fault("%.*s", SV_ARG(buf_view(&text)));
}

static struct fault *verify_chain(struct tls_session *t, gnutls_x509_crt_t crt)
{
	struct findings f = { .session = t, .crt = crt };
	gnutls_typed_vdata_st data[] = {
		{ .type = GNUTLS_DT_KEY_PURPOSE_OID,
		  .data = (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER },
		{ .type = GNUTLS_DT_DNS_HOSTNAME, .data = (unsigned char *)t->server_name },
	};
	unsigned status = 0;
	int r;

	if (!t->server_name)
		return tls_fault("there is no server name to verify the certificate against");
	r = gnutls_certificate_verify_peers(t->session, data, ARRAY_SIZE(data), &status);
	if (r < 0)
		return tls_fault("cannot verify the certificate: %s", gnutls_strerror(r));
	if (status != 0)
		return status_fault(&f, status);
	t->verified = true;
	return NULL;
}

static struct fault *verify_pins(const struct tls_session *t, gnutls_x509_crt_t crt)
{
	unsigned char id[32];
	char hex[65];

	if (!tls_spki_sha256(crt, id))
		return tls_fault("cannot compute the hash of the certificate's public key");
	for (size_t i = 0; i < t->n_pins; i++)
		if (memcmp(t->pins[i], id, sizeof(id)) == 0)
			return NULL;
	for (size_t i = 0; i < sizeof(id); i++)
		snprintf(hex + 2 * i, 3, "%02x", id[i]);
	return tls_fault("the certificate's public key (SHA-256 %s) matches no pin_sha256", hex);
}

struct fault *tls_verify(struct tls_session *t)
{
	gnutls_x509_crt_t crt = tls_peer_certificate(t->session);
	struct fault *f = NULL;

	t->verified = false;
	if (!crt)
		return tls_fault("the peer showed no certificate that can be read");
	if (t->verify)
		f = verify_chain(t, crt);
	if (!f && t->n_pins > 0)
		f = verify_pins(t, crt);
	gnutls_x509_crt_deinit(crt);
	if (f)
		fault_set_lasting(f);
	return f;
}
