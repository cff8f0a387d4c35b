#include "daemon/net/tls_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	NAMES_MAX = 100, /* of a certificate that are kept */
};

/* --- what a certificate says ------------------------------------------------------------------ */

gnutls_x509_crt_t tls_peer_certificate(gnutls_session_t session)
{
	gnutls_x509_crt_t crt;
	const gnutls_datum_t *list;
	unsigned n = 0;

	if (gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS) != GNUTLS_CRT_X509)
		return NULL;
	list = gnutls_certificate_get_peers(session, &n);
	if (!list || n == 0 || gnutls_x509_crt_init(&crt) < 0)
		return NULL;
	if (gnutls_x509_crt_import(crt, &list[0], GNUTLS_X509_FMT_DER) < 0) {
		gnutls_x509_crt_deinit(crt);
		return NULL;
	}
	return crt;
}

char *tls_clean_text(struct strview v)
{
	bool utf8 = strview_is_utf8(v);
	char *s = strview_dup(v);

	for (size_t i = 0; s && i < v.n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8))
			s[i] = '?';
	}
	return s;
}

char *tls_name_text(gnutls_x509_crt_t crt, bool issuer)
{
	gnutls_datum_t d = { NULL, 0 };
	int r = issuer ? gnutls_x509_crt_get_issuer_dn3(crt, &d, 0)
		       : gnutls_x509_crt_get_dn3(crt, &d, 0);
	char *s;

	if (r < 0)
		return NULL;
	s = tls_clean_text((struct strview){ (char *)d.data, d.size });
	gnutls_free(d.data);
	return s;
}

/* The text of the alternative name `at` if it is a dNSName; *ret_more says if there is such one. */
static char *alternative_name(gnutls_x509_crt_t crt, unsigned at, bool *ret_more)
{
	char name[256];
	size_t n = sizeof(name);
	int r = gnutls_x509_crt_get_subject_alt_name(crt, at, name, &n, NULL);

	*ret_more = r != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
	if (r != GNUTLS_SAN_DNSNAME)
		return NULL;
	return tls_clean_text((struct strview){ name, strnlen(name, n) });
}

char *tls_dns_name(gnutls_x509_crt_t crt, unsigned i)
{
	bool more = true;

	for (unsigned at = 0; more && at < NAMES_MAX; at++) {
		char *name = alternative_name(crt, at, &more);

		if (name && i-- == 0)
			return name;
		free(name);
	}
	return NULL;
}

char *tls_time_text(time_t t)
{
	struct tm tm;
	char text[64];

	if (t == (time_t)-1 || !gmtime_r(&t, &tm))
		return NULL;
	if (strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return NULL;
	return strview_dup(strview_of(text));
}

bool tls_spki_sha256(gnutls_x509_crt_t crt, unsigned char ret[32])
{
	size_t n = 32;

	return gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, ret, &n) == 0 && n == 32;
}

/* --- the info --------------------------------------------------------------------------------- */

static void put_hex(char *to, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		snprintf(to + 2 * i, 3, "%02x", p[i]);
}

static bool binding_available(gnutls_session_t s, gnutls_channel_binding_t kind)
{
	gnutls_datum_t d = { NULL, 0 };
	int r = gnutls_session_channel_binding(s, kind, &d);

	gnutls_free(d.data);
	return r == 0;
}

static void set_bindings(struct tls_info *i, gnutls_session_t s)
{
	bool tls13 = gnutls_protocol_get_version(s) == GNUTLS_TLS1_3;
	bool ems = tls13 || gnutls_session_ext_master_secret_status(s);

	/* RFC 9266 4.2 and RFC 7627: below 1.3 only with extended master secret */
	i->tls_exporter = ems && binding_available(s, GNUTLS_CB_TLS_EXPORTER);
	i->tls_unique = !tls13 && binding_available(s, GNUTLS_CB_TLS_UNIQUE);
	i->tls_server_end_point = binding_available(s, GNUTLS_CB_TLS_SERVER_END_POINT);
}

static int set_names(struct tls_info *i, gnutls_x509_crt_t crt)
{
	size_t n = 0;
	bool more = true;

	i->names = calloc(NAMES_MAX + 1, sizeof(*i->names));
	if (!i->names)
		return -ENOMEM;
	for (unsigned at = 0; more && at < NAMES_MAX; at++) {
		char *name = alternative_name(crt, at, &more);

		if (name)
			i->names[n++] = name;
	}
	i->names = reallocarray(i->names, n + 1, sizeof(*i->names)) ?: i->names;
	return 0;
}

static int set_certificate(struct tls_info *i, gnutls_x509_crt_t crt)
{
	unsigned char hash[32];
	size_t n = sizeof(hash);

	if (gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, hash, &n) < 0)
		return -EPROTO;
	put_hex(i->fingerprint, hash, sizeof(hash));
	if (!tls_spki_sha256(crt, hash))
		return -EPROTO;
	put_hex(i->spki_sha256, hash, sizeof(hash));
	i->subject = tls_name_text(crt, false);
	i->issuer = tls_name_text(crt, true);
	i->not_before = tls_time_text(gnutls_x509_crt_get_activation_time(crt));
	i->not_after = tls_time_text(gnutls_x509_crt_get_expiration_time(crt));
	return set_names(i, crt);
}

int tls_info_init(struct tls_info *i, const struct tls_session *t)
{
	gnutls_session_t s = t->session;
	gnutls_x509_crt_t crt = tls_peer_certificate(s);
	const char *protocol = gnutls_protocol_get_name(gnutls_protocol_get_version(s));
	int r;

	*i = (struct tls_info){ .verified = t->verified };
	if (!crt)
		return -EPROTO;
	r = set_certificate(i, crt);
	gnutls_x509_crt_deinit(crt);
	i->protocol = strview_dup(strview_of(protocol));
	i->cipher = strview_dup(strview_of(gnutls_ciphersuite_get(s)));
	set_bindings(i, s);
	if (r == 0 && (!i->protocol || !i->cipher))
		r = -ENOMEM;
	if (r < 0)
		tls_info_done(i);
	return r;
}

void tls_info_done(struct tls_info *i)
{
	free(i->protocol);
	free(i->cipher);
	free(i->subject);
	free(i->issuer);
	free(i->not_before);
	free(i->not_after);
	for (char **name = i->names; name && *name; name++)
		free(*name);
	free(i->names);
	*i = (struct tls_info){ 0 };
}
