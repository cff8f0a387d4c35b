#include "ipc/json/jsonw.h"
#include "ipc/json/schema.h"
#include "ipc/json/schema_write.h"
#include "ipc/rpc/event.h"
#include "ipc/rpc/method.h"

/* What the tables refer to besides the classes, whose names have no hyphen. */
static const struct {
	const char *name, *schema;
} schemas[] = {
	{ "stream-state", "{\"enum\":[\"READY\",\"STREAM_HEADER_SENT\",\"OPEN\",\"CLOSING\","
			  "\"CLOSING_STREAM_FOOTER_RECEIVED\",\"CLOSED\"]}" },
	{ "link-state", "{\"enum\":[\"stopped\",\"connecting\",\"negotiating\",\"up\",\"waiting\","
			"\"down\"]}" },
	{ "stream-info", "{\"type\":\"object\",\"properties\":{\"stream\":{\"type\":\"string\"},"
			 "\"managed\":{\"type\":\"boolean\"},"
			 "\"state\":{\"$ref\":\"#/components/schemas/stream-state\"},"
			 "\"link\":{\"$ref\":\"#/components/schemas/link-state\"},"
			 "\"error\":{\"$ref\":\"#/components/schemas/rpc-error\"}},"
			 "\"required\":[\"stream\",\"managed\",\"state\"]}" },
	{ "rpc-error", "{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"integer\"},"
		       "\"message\":{\"type\":\"string\"},\"data\":{\"type\":\"object\"}},"
		       "\"required\":[\"code\",\"message\"]}" },
};

static void put_schema(struct buf *b, const char *text)
{
	jsonw_key(b, "schema");
	jsonw_raw(b, strview_of(text));
}

static void put_param(struct buf *b, const struct param_field *f)
{
	jsonw_begin_object(b);
	jsonw_member_cstr(b, "name", f->name);
	jsonw_member_cstr(b, "summary", f->summary);
	jsonw_member_bool(b, "required", f->required);
	jsonw_key(b, "schema");
	param_schema(b, f);
	jsonw_end_object(b);
}

/* The names under components.errors: data.kind, or for JSON-RPC's own what it calls them. */
static const char *error_name(enum fault_kind k)
{
	static const char *const own[FAULT_KIND_COUNT_] = {
		[FAULT_PARSE_ERROR] = "parse-error",
		[FAULT_INVALID_REQUEST] = "invalid-request",
		[FAULT_METHOD_NOT_FOUND] = "method-not-found",
		[FAULT_INVALID_PARAMS] = "invalid-params",
		[FAULT_INTERNAL] = "internal-error",
	};

	return fault_kind_name(k) ? fault_kind_name(k) : own[k];
}

static void put_error_refs(struct buf *b)
{
	jsonw_key(b, "errors");
	jsonw_begin_array(b);
	for (enum fault_kind k = 0; k < FAULT_KIND_COUNT_; k++)
		buf_printf(b, "%s{\"$ref\":\"#/components/errors/%s\"}", k ? "," : "",
			   error_name(k));
	jsonw_end_array(b);
}

/* What methods and events begin with: the array of their parameters is open then. */
static void begin_entry(struct buf *b, const char *name, const char *summary)
{
	jsonw_begin_object(b);
	jsonw_member_cstr(b, "name", name);
	jsonw_member_cstr(b, "summary", summary);
	jsonw_member_cstr(b, "paramStructure", "by-name");
	jsonw_key(b, "params");
	jsonw_begin_array(b);
}

static void put_method(struct buf *b, const struct method *m)
{
	begin_entry(b, m->name, m->summary);
	for (size_t i = 0; i < m->params->n; i++)
		put_param(b, &m->params->fields[i]);
	jsonw_end_array(b);
	jsonw_key(b, "result");
	jsonw_begin_object(b);
	jsonw_member_cstr(b, "name", "result");
	put_schema(b, m->result);
	jsonw_end_object(b);
	put_error_refs(b);
	jsonw_member_cstr(b, "x-right", right_name(m->right));
	jsonw_end_object(b);
}

static void put_event_param(struct buf *b, const char *name, const char *summary, bool required,
			    const char *schema)
{
	jsonw_begin_object(b);
	jsonw_member_cstr(b, "name", name);
	jsonw_member_opt(b, "summary", strview_of(summary));
	jsonw_member_bool(b, "required", required);
	put_schema(b, schema);
	jsonw_end_object(b);
}

static void put_event(struct buf *b, const struct event_info *e)
{
	begin_entry(b, e->name, e->summary);
	put_event_param(b, "stream", "name of the stream", e->has_seq, "{\"type\":\"string\"}");
	if (e->has_seq)
		put_event_param(b, "seq", "number of the event in its stream", true,
				"{\"type\":\"integer\",\"minimum\":1}");
	put_event_param(b, "time", "when it happened (RFC 3339, UTC)", true,
			"{\"type\":\"string\",\"format\":\"date-time\"}");
	for (const struct event_member *m = e->members; m && m->name; m++)
		put_event_param(b, m->name, NULL, !m->optional, m->schema);
	put_event_param(b, "subscriptions", "those of this connection which it met", true,
			"{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}");
	jsonw_end_array(b);
	jsonw_member_bool(b, "x-event", true);
	jsonw_member_bool(b, "x-opt-in", e->opt_in);
	jsonw_member_bool(b, "x-own", e->own);
	jsonw_end_object(b);
}

static void put_classes(struct buf *b, const struct xso_registry *r)
{
	jsonw_key(b, SCHEMA_ANY);
	schema_write_any(b);
	for (size_t i = 0; i < xso_registry_count(r); i++) {
		const struct xso_class *cls = xso_registry_at(r, i);

		jsonw_string(b, cls->kind);
		buf_put_char(b, ':');
		schema_write(b, cls, r);
	}
}

static void put_components(struct buf *b, const struct xso_registry *r)
{
	jsonw_key(b, "components");
	jsonw_begin_object(b);
	jsonw_key(b, "schemas");
	jsonw_begin_object(b);
	for (size_t i = 0; i < ARRAY_SIZE(schemas); i++) {
		jsonw_key(b, schemas[i].name);
		jsonw_raw(b, strview_of(schemas[i].schema));
	}
	put_classes(b, r);
	jsonw_end_object(b);
	jsonw_key(b, "errors");
	jsonw_begin_object(b);
	for (enum fault_kind k = 0; k < FAULT_KIND_COUNT_; k++) {
		jsonw_key(b, error_name(k));
		jsonw_begin_object(b);
		jsonw_key(b, "code");
		jsonw_int(b, fault_kind_code(k));
		jsonw_member_cstr(b, "message", error_name(k));
		if (fault_kind_name(k))
			buf_printf(b, ",\"data\":{\"kind\":\"%s\"}", fault_kind_name(k));
		jsonw_end_object(b);
	}
	jsonw_end_object(b);
	jsonw_end_object(b);
}

void method_discover(struct buf *b, const char *version, const struct xso_registry *r)
{
	jsonw_begin_object(b);
	jsonw_member_cstr(b, "openrpc", "1.2.6");
	jsonw_key(b, "info");
	jsonw_begin_object(b);
	jsonw_member_cstr(b, "title", "stanzad");
	jsonw_member_cstr(b, "version", version);
	jsonw_end_object(b);
	jsonw_key(b, "methods");
	jsonw_begin_array(b);
	for (enum method_id m = 0; m < METHOD_COUNT_; m++)
		put_method(b, &methods[m]);
	for (enum event_kind k = 0; k < EVENT_KIND_COUNT_; k++)
		put_event(b, &events[k]);
	jsonw_end_array(b);
	put_components(b, r);
	jsonw_end_object(b);
}
