#include "ipc/json/schema.h"

/* Where several rows have one type the first is written, and all are read. */
static const struct schema_type types[] = {
	{ &xso_string, "string", NULL, NULL },
	{ &xso_jid, "string", "jid", NULL },
	{ &xso_datetime, "string", "date-time", NULL },
	{ &xso_date, "string", "date", NULL },
	{ &xso_time, "string", "time", NULL },
	{ &xso_base64, "string", NULL, "base64" },
	{ &xso_hex, "string", NULL, "base16" },
	{ &xso_language, "string", "language", NULL },
	{ &xso_nmtoken, "string", "nmtoken", NULL },
	{ &xso_uri, "string", "iri", NULL },
	{ &xso_uri, "string", "uri", NULL },
	{ &xso_location, "string", "host-port", NULL },
	{ &xso_int, "integer", NULL, NULL },
	{ &xso_bool, "boolean", NULL, NULL },
};
static const struct schema_type enumeration = { NULL, "string", NULL, NULL };

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

const struct schema_type *schema_type_of(const struct xso_type *t)
{
	if (t->store == XSO_STORE_ENUM)
		return &enumeration;
	if (t->store == XSO_STORE_INT)
		t = &xso_int;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].type == t)
			return &types[i];
	return NULL;
}

const struct schema_type *schema_type_find(const char *json, const char *format,
					   const char *encoding, bool with_enum)
{
	if (with_enum)
		return same(json, "string") && !format && !encoding ? &enumeration : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const struct schema_type *t = &types[i];

		if (same(t->json, json) && same(t->format, format) && same(t->encoding, encoding))
			return t;
	}
	return NULL;
}
