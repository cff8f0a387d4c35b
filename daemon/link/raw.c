/* Raw streams: stream.open and the TLS options that clients give. */
#include "daemon/link/waiter.h"

#include "daemon/base/config_value.h"
#include "protocol/base/jid.h"
#include "protocol/base/ns.h"
#include "protocol/vocab/vocab.h"

static struct fault *bad_param(const char *path, const char *what)
{
	struct fault *f = fault_new(FAULT_INVALID_PARAMS, "%s: %s", path + 1, what);

	fault_set(f, &f->path, strview_of(path));
	return f;
}

static bool is_name(struct strview v)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";

	if (v.n < 1 || v.n > 64)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (!v.p[i] || !strchr(allowed, v.p[i]))
			return false;
	return true;
}

/* --- TLS options ------------------------------------------------------------------------------ */

static struct fault *read_pins(struct link *k, const json_t *value)
{
	size_t n = json_is_array(value) ? json_array_size(value) : value ? 1 : 0;
	struct strview *pins;

	if (n == 0)
		return NULL;
	pins = arena_zalloc(&k->options_arena, n * sizeof(*pins));
	if (!pins)
		return fault_no_memory();
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;
		unsigned char pin[32];

		if (!json_is_string(item) ||
		    config_parse_pin(strview_of(json_string_value(item)), pin) < 0)
			return bad_param("/pin_sha256", "a SHA-256 in hex or base64 is needed");
		pins[i] = arena_dup(&k->options_arena,
				    (struct strview){ (const char *)pin, sizeof(pin) });
		if (!pins[i].p)
			return fault_no_memory();
	}
	k->tls.pins = pins;
	k->tls.n_pins = n;
	return NULL;
}

/* `to` may be a JID: it is its domain that is looked up, and that a certificate must name. */
static struct strview domain_of(struct arena *a, struct strview to)
{
	struct jid jid;

	return jid_parse(to, a, &jid) == JID_OK ? jid.domain : SV_NONE;
}

struct fault *raw_read_tls(struct link *k, const struct params_tls *p)
{
	struct arena *a = &k->options_arena;
	struct strview name = p->server_name.p ? p->server_name : domain_of(a, k->options.to);

	k->tls = (struct tls_options){ .verify = !p->verify.set || p->verify.value };
	k->tls.alpn = k->direct_tls;
	k->tls.server_name = arena_dup(a, name).p;
	if (p->ca_file.p)
		k->tls.ca_file = arena_dup(a, p->ca_file).p;
	if (p->ca_pem.p)
		k->tls.ca_pem = arena_dup(a, p->ca_pem);
	return read_pins(k, p->pin_sha256);
}

/* --- stream.open ------------------------------------------------------------------------------ */

static uint64_t seconds_or(const struct param_seconds *p, uint64_t otherwise)
{
	if (!p->set)
		return otherwise;
	return p->ns == UINT64_MAX ? 0 : p->ns;
}

static struct fault *check_jids(const struct params_stream_open *p)
{
	struct arena scratch;
	struct jid jid;
	struct fault *why = NULL;

	arena_init(&scratch, 0);
	if (jid_parse(p->to, &scratch, &jid) != JID_OK)
		why = bad_param("/to", "a domain or JID is needed");
	else if (p->from.p && jid_parse(p->from, &scratch, &jid) != JID_OK)
		why = bad_param("/from", "not a JID");
	arena_done(&scratch);
	return why;
}

static struct fault *read_options(struct link *k, const struct params_stream_open *p)
{
	struct arena *a = &k->options_arena;
	struct stream_options *o = &k->options;

	k->component = p->mode == OPEN_MODE_COMPONENT;
	k->direct_tls = p->tls == OPEN_TLS_DIRECT;
	o->to = arena_dup(a, p->to);
	if (p->from.p)
		o->from = arena_dup(a, p->from);
	o->default_namespace = k->component ? SV(XMLNS_COMPONENT) : SV(XMLNS_CLIENT);
	if (p->default_namespace.p)
		o->default_namespace = arena_dup(a, p->default_namespace);
	o->no_version = k->component;
	o->classes = vocab_registry();
	o->sorted_attributes = p->sorted_attributes.value;
	o->reject_unknown = p->unknown_stanza == UNKNOWN_REJECT;
	o->shutdown_timeout = seconds_or(&p->shutdown_timeout, 15000000000u);
	o->deadtime_soft_limit = seconds_or(&p->deadtime_soft_limit, 0);
	o->deadtime_hard_limit = seconds_or(&p->deadtime_hard_limit, 0);
	if (k->links->config) {
		o->limits.max_stanza_bytes = k->links->config->limits.max_stanza_bytes;
		o->limits.max_depth = k->links->config->limits.max_stanza_depth;
	}
	if (p->log_level >= 0)
		k->log_level = p->log_level;
	k->host = arena_dup(a, p->host.p ? p->host : domain_of(a, p->to)).p;
	k->port = p->port.set ? (uint16_t)p->port.value : k->direct_tls ? 5223 : 5222;
	if (!k->host || !o->to.p)
		return fault_no_memory();
	return raw_read_tls(k, &p->tls_options);
}

/* A name that is free, or was that of a dead stream of the same client; NULL with *ret_fault. */
static struct link *new_link(struct links *l, const struct session *s, struct strview name,
			     struct fault **ret_fault)
{
	struct link *old = links_by_name(l, name);
	struct link *k;

	if (old && old->raw && old->owner == s && !old->silent &&
	    conn_state(&old->conn) == STREAM_CLOSED) {
		link_remove(old);
		old = NULL;
	}
	if (old && !(old->silent && !old->owner)) {
		*ret_fault = fault_new(FAULT_CONFLICT, "the name \"%.*s\" is taken", SV_ARG(name));
		return NULL;
	}
	k = link_new(l, name, true);
	if (!k)
		*ret_fault = fault_no_memory();
	return k;
}

static struct link *open_link(struct links *l, const struct session *s,
			      const struct params_stream_open *p, struct fault **ret_fault)
{
	CLEANUP(buf_done) struct buf made = BUF_INIT;
	struct strview name = p->name;

	if (name.p && !is_name(name)) {
		*ret_fault = bad_param("/name", "1 to 64 of A-Z a-z 0-9 . _ - are needed");
		return NULL;
	}
	*ret_fault = check_jids(p);
	if (*ret_fault)
		return NULL;
	while (!name.p || (!p->name.p && links_by_name(l, name))) {
		buf_clear(&made);
		buf_printf(&made, "raw-%llu", (unsigned long long)++l->next_raw);
		name = buf_view(&made);
	}
	return new_link(l, s, name, ret_fault);
}

void link_handle_open(struct links *l, struct request *r)
{
	const struct params_stream_open *p = r->params;
	struct conn_options options;
	struct fault *why = NULL;
	struct stream *stream;
	struct link *k;

	if (l->stopping) {
		request_fail(r, fault_new(FAULT_CANCELED, "the daemon is stopping"));
		return;
	}
	k = open_link(l, r->session, p, &why);
	if (!k) {
		request_fail(r, why);
		return;
	}
	k->silent = true;
	k->owner = r->session;
	k->owner_uid = r->session->peer.uid;
	why = read_options(k, p);
	stream = why ? NULL : stream_new(&k->options);
	if (!stream) {
		request_fail(r, why ? why : fault_no_memory());
		link_remove(k);
		return;
	}
	options = (struct conn_options){ k->host, k->port, k->direct_tls, k->tls };
	if (!waiter_add(k, WAIT_OPEN, r, &p->timeout)) {
		stream_free(stream);
		link_remove(k);
		return;
	}
	conn_open(&k->conn, &options, stream);
	conn_sync(&k->conn);
}
