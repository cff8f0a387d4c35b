#include "ctl/sentence.h"

#include "ctl/output.h"

typedef void (*sentence_fn)(struct buf *b, const json_t *params);

static void put_safe(struct buf *b, const char *text)
{
	safe_put(b, strview_of(text));
}

/* Label and text, where there is text. */
static void put_part(struct buf *b, const char *label, const char *text)
{
	if (!text)
		return;
	buf_put_str(b, label);
	put_safe(b, text);
}

static void put_value(struct buf *b, const json_t *value)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;

	if (json_is_string(value)) {
		safe_put(b,
			 (struct strview){ json_string_value(value), json_string_length(value) });
		return;
	}
	put_json(&text, value);
	safe_put_json(b, buf_view(&text));
}

/* Who, to whom, as what. */
static void put_ends(struct buf *b, const json_t *xso)
{
	put_part(b, " from ", member_text(xso, "from", NULL));
	put_part(b, " to ", member_text(xso, "to", NULL));
}

static void put_message(struct buf *b, const json_t *xso)
{
	const char *body = member_text(xso, "body", NULL);

	put_part(b, "", member_text(xso, "type", "message"));
	put_ends(b, xso);
	put_part(b, ", subject ", member_text(xso, "subject", NULL));
	put_part(b, ": ", body);
	if (!body && json_object_get(xso, "error")) {
		buf_put_str(b, ": ");
		put_value(b, json_object_get(xso, "error"));
	}
}

static void put_presence(struct buf *b, const json_t *xso)
{
	buf_put_str(b, "presence");
	put_ends(b, xso);
	put_part(b, ": ", member_text(xso, "type", member_text(xso, "show", "available")));
	put_part(b, ", ", member_text(xso, "status", NULL));
}

static void put_iq(struct buf *b, const json_t *xso)
{
	const json_t *payload = json_object_get(xso, "payload");

	put_part(b, "iq ", member_text(xso, "type", "?"));
	put_ends(b, xso);
	put_part(b, ", id ", member_text(xso, "id", NULL));
	put_part(b, ": ", member_text(payload, "kind", member_text(payload, "name", NULL)));
}

static void put_xso(struct buf *b, const json_t *xso)
{
	const char *kind = member_text(xso, "kind", "");

	if (strcmp(kind, "message") == 0)
		put_message(b, xso);
	else if (strcmp(kind, "presence") == 0)
		put_presence(b, xso);
	else if (strcmp(kind, "iq") == 0)
		put_iq(b, xso);
	else
		put_value(b, xso);
}

static void say_xso(struct buf *b, const json_t *params)
{
	put_xso(b, json_object_get(params, "xso"));
}

static void say_xso_out(struct buf *b, const json_t *params)
{
	buf_printf(b, "sent by client %.0f: ", member_number(params, "client", 0));
	put_xso(b, json_object_get(params, "xso"));
}

static void say_invalid(struct buf *b, const json_t *params)
{
	buf_put_str(b, "cannot be read: ");
	put_xso(b, json_object_get(params, "partial"));
	put_part(b, ": ", member_text(json_object_get(params, "error"), "message", NULL));
}

static void say_send_lost(struct buf *b, const json_t *params)
{
	buf_put_str(b, json_is_true(json_object_get(params, "sent")) ? "perhaps lost: " : "lost: ");
	put_xso(b, json_object_get(params, "xso"));
}

static void put_error(struct buf *b, const char *label, const json_t *error)
{
	const char *kind = member_text(json_object_get(error, "data"), "kind", NULL);

	if (!json_is_object(error))
		return;
	put_part(b, label, kind);
	put_part(b, kind ? ": " : label, member_text(error, "message", NULL));
}

static void say_state(struct buf *b, const json_t *params)
{
	put_part(b, "", member_text(params, "state", "?"));
	put_part(b, ", was ", member_text(params, "previous", NULL));
}

static void say_link(struct buf *b, const json_t *params)
{
	double retry = member_number(params, "retry_in", -1);

	put_part(b, "", member_text(params, "link", "?"));
	put_part(b, " as ", member_text(params, "jid", NULL));
	put_error(b, ": ", json_object_get(params, "reason"));
	if (retry >= 0) {
		buf_put_str(b, "; again in ");
		put_duration(b, retry + 0.5);
	}
}

static void say_features(struct buf *b, const json_t *params)
{
	buf_put_str(b, "features ");
	put_value(b, json_object_get(params, "xso"));
}

static void say_tls(struct buf *b, const json_t *params)
{
	const json_t *certificate = json_object_get(params, "peer_certificate");

	put_part(b, "", member_text(params, "protocol", "TLS"));
	put_part(b, ", ", member_text(params, "cipher", NULL));
	put_part(b, ", certificate of ", member_text(certificate, "subject", NULL));
	if (json_is_false(json_object_get(certificate, "verified")))
		buf_put_str(b, ", not verified");
}

static void say_closing(struct buf *b, const json_t *params)
{
	buf_put_str(b, "closing");
	put_error(b, ": ", json_object_get(params, "reason"));
}

static void say_deadtime(struct buf *b, const json_t *params)
{
	(void)params;
	buf_put_str(b, "nothing has come for a while");
}

static void say_added(struct buf *b, const json_t *params)
{
	put_part(b, "added, to ", member_text(json_object_get(params, "info"), "to", "?"));
}

static void say_removed(struct buf *b, const json_t *params)
{
	(void)params;
	buf_put_str(b, "removed");
}

static void say_bytes(struct buf *b, const json_t *params)
{
	put_part(b, "", member_text(params, "direction", "?"));
	put_part(b, " ", member_text(params, "data", ""));
}

static void say_log(struct buf *b, const json_t *params)
{
	put_part(b, "", member_text(params, "level", "?"));
	put_part(b, ": ", member_text(params, "message", ""));
}

static void say_events_lost(struct buf *b, const json_t *params)
{
	buf_printf(b, "%.0f events were lost", member_number(params, "dropped", 0));
	put_part(b, ": ", member_text(params, "reason", NULL));
}

static void say_stopping(struct buf *b, const json_t *params)
{
	(void)params;
	buf_put_str(b, "the daemon is stopping");
}

static const struct {
	const char *event;
	sentence_fn say;
} sentences[] = {
	{ "xso", say_xso },
	{ "xso.out", say_xso_out },
	{ "xso.invalid", say_invalid },
	{ "send.lost", say_send_lost },
	{ "stream.state", say_state },
	{ "stream.link", say_link },
	{ "stream.features", say_features },
	{ "stream.tls", say_tls },
	{ "stream.closing", say_closing },
	{ "stream.deadtime", say_deadtime },
	{ "stream.added", say_added },
	{ "stream.removed", say_removed },
	{ "stream.bytes", say_bytes },
	{ "log", say_log },
	{ "events.lost", say_events_lost },
	{ "daemon.stopping", say_stopping },
};

static void put_head(struct buf *b, const json_t *params, const char *event)
{
	put_clock(b, member_text(params, "time", ""));
	put_part(b, "  ", member_text(params, "stream", "-"));
	put_part(b, "  ", event);
	buf_put_str(b, "  ");
}

void put_sentence(struct buf *b, const char *event, const json_t *params)
{
	put_head(b, params, event);
	for (size_t i = 0; i < ARRAY_SIZE(sentences); i++) {
		if (strcmp(sentences[i].event, event) == 0) {
			sentences[i].say(b, params);
			return;
		}
	}
	put_value(b, params); /* of a later daemon */
}

void put_standing(struct buf *b, const json_t *info)
{
	put_clock(b, member_text(info, "since", ""));
	put_part(b, "  ", member_text(info, "stream", "?"));
	put_part(b, "  is  ", member_text(info, "link", member_text(info, "state", "?")));
	put_part(b, " as ", member_text(info, "jid", NULL));
	put_error(b, ": ", json_object_get(info, "error"));
}
