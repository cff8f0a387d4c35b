/* The keys of each section, and how their values are read. One table a section. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <strings.h>

#include "daemon/base/config_internal.h"
#include "daemon/base/config_value.h"
#include "protocol/base/jid.h"

static void *field(const struct config_load *l, const struct config_key *k)
{
	return (char *)l->target + k->offset;
}

static const char *set_text(struct config_load *l, const struct config_key *k, struct strview v)
{
	*(const char **)field(l, k) = config_dup(l, v);
	return NULL;
}

static const char *set_path(struct config_load *l, const struct config_key *k, struct strview v)
{
	const char *wrong = config_parse_path(v);

	return wrong ? wrong : set_text(l, k, v);
}

static const char *set_socket(struct config_load *l, const struct config_key *k, struct strview v)
{
	return v.n > k->max ? "is too long for a socket (107 bytes)" : set_path(l, k, v);
}

static const char *set_size(struct config_load *l, const struct config_key *k, struct strview v)
{
	uint64_t n = 0;
	const char *wrong = config_parse_size(v, k->min, k->max, &n);

	if (!wrong)
		*(size_t *)field(l, k) = (size_t)n;
	return wrong;
}

static const char *set_depth(struct config_load *l, const struct config_key *k, struct strview v)
{
	uint64_t n = 0;
	const char *wrong = config_parse_number(v, k->min, k->max, &n);

	if (!wrong)
		*(size_t *)field(l, k) = (size_t)n;
	return wrong;
}

static const char *set_count(struct config_load *l, const struct config_key *k, struct strview v)
{
	uint64_t n = 0;
	const char *wrong = config_parse_number(v, k->min, k->max, &n);

	if (!wrong)
		*(unsigned *)field(l, k) = (unsigned)n;
	return wrong;
}

static const char *set_port(struct config_load *l, const struct config_key *k, struct strview v)
{
	uint64_t n = 0;
	const char *wrong = config_parse_number(v, 1, 65535, &n);

	if (!wrong)
		*(uint16_t *)field(l, k) = (uint16_t)n;
	return wrong ? "is not a port (1 to 65535)" : NULL;
}

static const char *set_seconds(struct config_load *l, const struct config_key *k, struct strview v)
{
	return config_parse_seconds(v, field(l, k));
}

static const char *set_flag(struct config_load *l, const struct config_key *k, struct strview v)
{
	return config_parse_bool(v, field(l, k));
}

static const char *set_log_level(struct config_load *l, const struct config_key *k,
				 struct strview v)
{
	return log_level_parse(v, field(l, k)) ? NULL : "is not error, warning, info or debug";
}

static const char *set_presence(struct config_load *l, const struct config_key *k, struct strview v)
{
	bool *available = field(l, k);

	if (!strview_is(v, "available") && !strview_is(v, "none"))
		return "is neither available nor none";
	*available = strview_is(v, "available");
	return NULL;
}

static const char *set_tls(struct config_load *l, const struct config_key *k, struct strview v)
{
	static const char *const names[] = {
		[CONFIG_TLS_AUTO] = "auto",
		[CONFIG_TLS_STARTTLS] = "starttls",
		[CONFIG_TLS_DIRECT] = "direct",
		[CONFIG_TLS_OFF] = "off",
	};
	enum config_tls *tls = field(l, k);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strview_is(v, names[i]))
			continue;
		*tls = (enum config_tls)i;
		return NULL;
	}
	return "is not auto, starttls, direct or off";
}

/* A key of a later version: only what this one does anyway is taken. */
static const char *set_only(struct config_load *l, const struct config_key *k, struct strview v)
{
	bool no;

	(void)l;
	if (!k->only)
		return "is not supported by this version";
	if (strview_is(v, k->only))
		return NULL;
	if (strcmp(k->only, "no") == 0 && !config_parse_bool(v, &no) && !no)
		return NULL;
	return "is not supported by this version";
}

/* --- of streams ------------------------------------------------------------------------------- */

static const char *set_jid(struct config_load *l, const struct config_key *k, struct strview v)
{
	struct config_stream *s = l->target;
	struct arena *a = &l->config->arena;
	struct jid jid;
	enum jid_result r = jid_parse(v, a, &jid);
	const char *wrong;

	(void)k;
	if (r == JID_NO_MEMORY) {
		l->error = -ENOMEM;
		return NULL;
	}
	if (r != JID_OK) {
		wrong = arena_printf(a, "is not a JID: %s", jid_result_text(r)).p;
		return wrong ? wrong : "is not a JID";
	}
	if (jid.local.n == 0)
		return "is not the JID of an account: there is nothing before @";
	s->jid = config_dup(l, jid.bare);
	s->local = config_dup(l, jid.local);
	s->domain = config_dup(l, jid.domain);
	l->jid_resource = jid.resource;
	return NULL;
}

/* Prepared as part of some JID. */
static const char *set_resource(struct config_load *l, const struct config_key *k, struct strview v)
{
	struct arena *a = &l->config->arena;
	struct strview full = arena_printf(a, "a@b/%.*s", SV_ARG(v));
	enum jid_result r;
	struct jid jid;

	r = full.p ? jid_parse(full, a, &jid) : JID_NO_MEMORY;
	if (r == JID_NO_MEMORY) {
		l->error = -ENOMEM;
		return NULL;
	}
	return r == JID_OK ? set_text(l, k, jid.resource) : "is not a resource";
}

static const char *set_host(struct config_load *l, const struct config_key *k, struct strview v)
{
	for (size_t i = 0; i < v.n; i++)
		if (strchr(" \t/@\"'", v.p[i]))
			return "is not a host name or address";
	return set_text(l, k, v);
}

static const char *set_mechanisms(struct config_load *l, const struct config_key *k,
				  struct strview v)
{
	static const char *const known[] = { "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN" };
	CLEANUP(buf_done) struct buf list = BUF_INIT;
	struct strview item;

	while (config_next_item(&v, &item)) {
		size_t i = 0;

		while (i < ARRAY_SIZE(known) &&
		       (item.n != strlen(known[i]) || strncasecmp(item.p, known[i], item.n) != 0))
			i++;
		if (i == ARRAY_SIZE(known))
			return "names a mechanism that is none of SCRAM-SHA-256, SCRAM-SHA-1 and "
			       "PLAIN";
		buf_printf(&list, "%s%s", list.n > 0 ? "," : "", known[i]);
	}
	if (list.error)
		l->error = list.error;
	return set_text(l, k, buf_view(&list));
}

static const char *set_pins(struct config_load *l, const struct config_key *k, struct strview v)
{
	struct config_stream *s = l->target;
	struct strview rest = v, item;
	struct strview *pins;
	size_t n = 0;

	(void)k;
	while (config_next_item(&rest, &item))
		n++;
	pins = arena_zalloc(&l->config->arena, n * sizeof(*pins));
	if (!pins) {
		l->error = -ENOMEM;
		return NULL;
	}
	for (size_t i = 0; config_next_item(&v, &item); i++) {
		unsigned char pin[32];
		int r = config_parse_pin(item, pin);

		if (r == -EINVAL)
			return "is not a SHA-256 in hex or base64";
		if (r < 0)
			l->error = r;
		pins[i].p = config_dup(l, (struct strview){ (char *)pin, sizeof(pin) });
		pins[i].n = sizeof(pin);
	}
	s->pins = pins;
	s->n_pins = n;
	return NULL;
}

/* An address that never leaves this machine, written as a number. */
static bool is_loopback(const char *host)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static void check_resource(struct config_load *l, struct config_stream *s)
{
	if (!s->resource && l->jid_resource.n > 0)
		s->resource = config_dup(l, l->jid_resource);
	else if (!s->resource)
		s->resource = "stanzad";
	else if (l->jid_resource.n > 0 && !strview_is(l->jid_resource, s->resource))
		config_fault(l, config_key_line(l, "resource"),
			     "resource \"%s\" is not that of the jid, \"%.*s\"", s->resource,
			     SV_ARG(l->jid_resource));
}

static bool is_missing(const struct config_load *l, const char *key, const char *value)
{
	return !value && !config_refused(l, key);
}

void config_check_stream(struct config_load *l, struct config_stream *s)
{
	if (is_missing(l, "jid", s->jid))
		config_fault(l, s->line, "[stream %s] has no jid", s->name);
	if (is_missing(l, "password_file", s->password_file))
		config_fault(l, s->line, "[stream %s] has no password_file", s->name);
	check_resource(l, s);
	if (s->tls == CONFIG_TLS_OFF && (!s->host || !is_loopback(s->host)))
		config_fault(l, config_key_line(l, "tls"),
			     "tls = off is only for a host on loopback, such as 127.0.0.1");
	if (s->deadtime_hard_limit > 0 && s->deadtime_soft_limit >= s->deadtime_hard_limit)
		config_fault(l,
			     config_key_line(l, config_has_key(l, "deadtime_hard_limit")
							? "deadtime_hard_limit"
							: "deadtime_soft_limit"),
			     "deadtime_hard_limit is not above deadtime_soft_limit");
}

/* --- tables ----------------------------------------------------------------------------------- */

#define ONE_K ((uint64_t)1024)
#define ONE_G ((uint64_t)1024 * 1024 * 1024)

#define KEY(T, m, setter, ...)                                                                     \
	{                                                                                          \
		.name = #m, .set = (setter), .offset = offsetof(T, m), __VA_ARGS__                 \
	}
/* value: what this version does anyway; NULL: nothing of the kind */
#define LATER(key, value)                                                                          \
	{                                                                                          \
		.name = (key), .set = set_only, .only = (value)                                    \
	}

static const struct config_key daemon_keys[] = {
	KEY(struct config, socket, set_socket, .max = 107),
	KEY(struct config, state_dir, set_path, .max = 0),
	KEY(struct config, log_level, set_log_level, .max = 0),
	{ 0 },
};

static const struct config_key limits_keys[] = {
	KEY(struct config_limits, max_request_bytes, set_size, .min = ONE_K, .max = ONE_G),
	KEY(struct config_limits, max_client_queue_bytes, set_size, .min = 64 * ONE_K,
	    .max = ONE_G),
	KEY(struct config_limits, max_clients, set_count, .min = 1, .max = 1000000),
	KEY(struct config_limits, max_send_bytes, set_size, .min = ONE_K, .max = ONE_G),
	/* RFC 6120 13.12: no less than 10,000 */
	KEY(struct config_limits, max_stanza_bytes, set_size, .min = 10000, .max = ONE_G),
	KEY(struct config_limits, max_stanza_depth, set_depth, .min = 8, .max = 1000),
	LATER("max_durable_bytes", NULL),
	LATER("max_durable_age", NULL),
	{ 0 },
};

#define STREAM(m, setter) KEY(struct config_stream, m, setter, .max = 0)

static const struct config_key stream_keys[] = {
	STREAM(jid, set_jid),
	STREAM(password_file, set_path),
	STREAM(host, set_host),
	STREAM(port, set_port),
	STREAM(tls, set_tls),
	STREAM(ca_file, set_path),
	{ .name = "pin_sha256", .set = set_pins },
	STREAM(mechanisms, set_mechanisms),
	STREAM(resource, set_resource),
	STREAM(presence, set_presence),
	STREAM(autostart, set_flag),
	STREAM(deadtime_soft_limit, set_seconds),
	STREAM(deadtime_hard_limit, set_seconds),
	STREAM(negotiation_timeout, set_seconds),
	STREAM(shutdown_timeout, set_seconds),
	LATER("mode", "c2s"),
	LATER("carbons", "no"),
	LATER("resume", "no"),
	LATER("at_exit", "close"),
	LATER("rooms", NULL),
	LATER("password_command", NULL),
	LATER("password_credential", NULL),
	LATER("secret_file", NULL),
	{ 0 },
};

static_assert(ARRAY_SIZE(stream_keys) <= CONFIG_KEYS_MAX, "config_load.lines has room");

const struct config_section config_sections[] = {
	{ .name = "daemon", .keys = daemon_keys },
	{ .name = "limits", .keys = limits_keys },
	{ .name = "stream", .keys = stream_keys, .named = true },
	{ .name = "access" },
	{ .name = "socket" },
	{ 0 },
};
