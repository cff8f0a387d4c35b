#include "tests/unit/xsojson.h"

#include <stdlib.h>

#include <check.h>

#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse.h"

struct xsojson xsojson;

void xsojson_begin(void)
{
	arena_init(&xsojson.arena, 0);
	xsojson.ctx = (struct xso_json_context){ .default_ns = SV(XMLNS_CLIENT) };
}

void xsojson_end(void)
{
	arena_done(&xsojson.arena);
}

const struct elem *xsojson_parse(const char *xml)
{
	const struct elem *e = NULL;
	const char *text = "";

	ck_assert_msg(xmlparse_fragment(&xsojson.arena, strview_of(xml), xsojson.ctx.default_ns, &e,
					&text) == 0,
		      "%s: %s", text, xml);
	return e;
}

struct strview xsojson_write(const struct elem *e, enum xso_format format,
			     struct fault **ret_invalid)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	CLEANUP(fault_unrefp) struct fault *invalid = NULL;

	ck_assert_int_eq(xso_json_write(&b, e, format, &xsojson.ctx, &xsojson.arena, &invalid), 0);
	ck_assert_msg(!invalid || ret_invalid, "%s", invalid ? invalid->message : "");
	if (ret_invalid)
		*ret_invalid = TAKE_PTR(invalid);
	return arena_dup(&xsojson.arena, buf_view(&b));
}

const struct elem *xsojson_read(struct strview json, bool replace_invalid, struct fault **ret)
{
	json_error_t error = { .text = "" };
	json_t *value = json_loadb(json.p, json.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	const struct elem *e = NULL;

	ck_assert_msg(value, "%s: %.*s", error.text, SV_ARG(json));
	*ret = xso_json_read(value, "/xso", &xsojson.ctx, replace_invalid, &xsojson.arena, &e);
	json_decref(value);
	ck_assert(!e == (*ret != NULL));
	return e;
}

void xsojson_expect_equal(const struct elem *got, const struct elem *want)
{
	struct strview a = xsojson_write(got, XSO_RAW, NULL),
		       b = xsojson_write(want, XSO_RAW, NULL);

	ck_assert_msg(elem_equal(got, want), "%.*s\nis not %.*s", SV_ARG(a), SV_ARG(b));
}
