/* stream.info, and what TLS has to say of itself. */
#include "daemon/link/link_internal.h"

#include "ipc/json/jsonw.h"

static void write_certificate(const struct tls_info *i, struct buf *out)
{
	jsonw_key(out, "peer_certificate");
	jsonw_begin_object(out);
	jsonw_member_opt(out, "subject", strview_of(i->subject));
	jsonw_member_opt(out, "issuer", strview_of(i->issuer));
	jsonw_member_opt(out, "not_before", strview_of(i->not_before));
	jsonw_member_opt(out, "not_after", strview_of(i->not_after));
	jsonw_member_cstr(out, "sha256", i->fingerprint);
	jsonw_member_cstr(out, "spki_sha256", i->spki_sha256);
	jsonw_key(out, "names");
	jsonw_begin_array(out);
	for (char **name = i->names; name && *name; name++)
		jsonw_cstr(out, *name);
	jsonw_end_array(out);
	jsonw_member_bool(out, "verified", i->verified);
	jsonw_end_object(out);
}

void tls_info_json(const struct tls_info *i, struct buf *out)
{
	jsonw_begin_object(out);
	jsonw_member_cstr(out, "protocol", i->protocol);
	jsonw_member_cstr(out, "cipher", i->cipher);
	write_certificate(i, out);
	jsonw_key(out, "channel_binding");
	jsonw_begin_array(out);
	if (i->tls_exporter)
		jsonw_cstr(out, "tls-exporter");
	if (i->tls_unique)
		jsonw_cstr(out, "tls-unique");
	if (i->tls_server_end_point)
		jsonw_cstr(out, "tls-server-end-point");
	jsonw_end_array(out);
	jsonw_end_object(out);
}

static void write_limit(struct buf *out, const char *key, uint64_t ns)
{
	jsonw_key(out, key);
	jsonw_seconds(out, ns);
}

static void write_managed(const struct link *k, struct buf *out)
{
	uint64_t now = clock_monotonic_ns();

	jsonw_member_cstr(out, "link", link_state_name(k->link));
	if (k->jid)
		jsonw_member_cstr(out, "jid", k->jid);
	if (k->attempt)
		jsonw_member_uint(out, "attempt", k->attempt);
	if (k->link == LINK_WAITING)
		write_limit(out, "retry_in", k->retry_at > now ? k->retry_at - now : 0);
	if (k->negotiate && negotiate_mechanism(k->negotiate))
		jsonw_member_cstr(out, "mechanism", negotiate_mechanism(k->negotiate));
}

static void write_remote(const struct link *k, struct buf *out)
{
	const struct xmlparse_header *h = k->conn.stream ? stream_remote(k->conn.stream) : NULL;
	const struct tls_info *tls = NULL;
	struct xso_json_context ctx = link_xso_context(k);

	if (h) {
		jsonw_member_opt(out, "remote_id", h->id);
		jsonw_member_opt(out, "remote_from", h->from);
		jsonw_member_opt(out, "version", h->version);
	}
	if (k->features) {
		struct fault *invalid = NULL;
		struct arena scratch;

		arena_init(&scratch, 0);
		jsonw_key(out, "features");
		(void)xso_json_write(out, k->features, XSO_TYPED, &ctx, &scratch, &invalid);
		fault_unref(invalid);
		arena_done(&scratch);
	}
	if (k->conn.transport)
		tls = transport_tls_info(k->conn.transport);
	if (tls) {
		jsonw_key(out, "tls");
		tls_info_json(tls, out);
	}
}

/* The last cause: of a managed stream until it is up, of a raw one for ever. */
static const struct fault *cause(const struct link *k)
{
	if (!k->raw)
		return k->error;
	return k->conn.stream ? stream_cause(k->conn.stream) : NULL;
}

void link_info(const struct link *k, struct buf *out)
{
	jsonw_begin_object(out);
	jsonw_member_cstr(out, "stream", k->name);
	jsonw_member_bool(out, "managed", !k->raw);
	jsonw_member_cstr(out, "mode", k->component ? "component" : "c2s");
	jsonw_member(out, "to", k->options.to);
	jsonw_member_opt(out, "from", k->options.from);
	jsonw_member_cstr(out, "state", stream_state_name(conn_state(&k->conn)));
	jsonw_key(out, "since");
	jsonw_time(out, k->since_us);
	if (!k->raw)
		write_managed(k, out);
	jsonw_member_bool(out, "secure", conn_secure(&k->conn));
	jsonw_member_bool(out, "can_starttls", conn_can_starttls(&k->conn));
	if (k->conn.transport)
		jsonw_member_cstr(out, "address", transport_peer(k->conn.transport));
	write_remote(k, out);
	if (cause(k)) {
		jsonw_key(out, "error");
		fault_json(out, cause(k));
	}
	write_limit(out, "shutdown_timeout", k->options.shutdown_timeout);
	write_limit(out, "deadtime_soft_limit", k->options.deadtime_soft_limit);
	write_limit(out, "deadtime_hard_limit", k->options.deadtime_hard_limit);
	jsonw_member_cstr(out, "log_level", log_level_name((enum log_level)k->log_level));
	jsonw_member_uint(out, "seq", k->seq);
	jsonw_end_object(out);
}

void link_reply_state(struct link *k, struct request *r, const struct fault *error)
{
	struct buf *b = request_result(r);

	jsonw_begin_object(b);
	jsonw_member_cstr(b, "state", stream_state_name(conn_state(&k->conn)));
	if (!k->raw)
		jsonw_member_cstr(b, "link", link_state_name(k->link));
	if (error) {
		jsonw_key(b, "error");
		fault_json(b, error);
	}
	jsonw_end_object(b);
	request_done(r);
}
