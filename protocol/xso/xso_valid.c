#include "protocol/xso/xso_valid.h"

#include <arpa/inet.h>
#include <errno.h>

#include "protocol/base/jid.h"
#include "protocol/xml/xmlwrite.h"
#include "protocol/xso/xso_types.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static int valid_jid(struct strview v, struct arena *scratch)
{
	struct jid jid;

	if (jid_split(v, &jid))
		return 0;
	switch (jid_parse(v, scratch, &jid)) {
	case JID_OK:
		return 0;
	case JID_EMPTY:
	case JID_TOO_LONG:
	case JID_BAD_LOCAL:
	case JID_BAD_DOMAIN:
	case JID_BAD_RESOURCE:
		return -EINVAL;
	case JID_NO_MEMORY:
		return -ENOMEM;
	}
	return -EINVAL;
}

static int valid_base64(struct strview v, struct arena *scratch)
{
	size_t n = v.n;

	(void)scratch;
	if (v.n == 1 && *v.p == '=')
		return 0;
	if (v.n % 4)
		return -EINVAL;
	for (size_t pad = 0; pad < 2 && n > 0 && v.p[n - 1] == '='; pad++)
		n--;
	for (size_t i = 0; i < n; i++)
		if (!is_digit(v.p[i]) && !is_alpha(v.p[i]) && v.p[i] != '+' && v.p[i] != '/')
			return -EINVAL;
	return 0;
}

static int valid_hex(struct strview v, struct arena *scratch)
{
	(void)scratch;
	for (size_t i = 0; i < v.n; i++)
		if (!is_hex(v.p[i]))
			return -EINVAL;
	return v.n % 2 ? -EINVAL : 0;
}

/* Parts of one to eight letters, behind the first also digits, with hyphens between them. */
static int valid_language(struct strview v, struct arena *scratch)
{
	bool first = true;
	size_t n = 0;

	(void)scratch;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '-' && n > 0) {
			first = false;
			n = 0;
		} else if ((!is_alpha(v.p[i]) && (first || !is_digit(v.p[i]))) || ++n > 8) {
			return -EINVAL;
		}
	}
	return n > 0 ? 0 : -EINVAL;
}

static int valid_nmtoken(struct strview v, struct arena *scratch)
{
	(void)scratch;
	return xml_is_nmtoken(v) ? 0 : -EINVAL;
}

/* Whether c may stand in a URI or IRI; what is beyond ASCII is not looked at. */
static bool is_uri_char(char c)
{
	return (c > ' ' && c < 0x7f && !strchr("<>\"{}|\\^`", c)) || (unsigned char)c >= 0x80;
}

/* A percent sign has two digits behind it. */
static bool are_uri_chars(struct strview v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (!is_uri_char(v.p[i]))
			return false;
		if (v.p[i] == '%' && (v.n - i < 3 || !is_hex(v.p[i + 1]) || !is_hex(v.p[i + 2])))
			return false;
	}
	return true;
}

/* scheme ":" and the rest */
static int valid_uri(struct strview v, struct arena *scratch)
{
	size_t n = 0;

	(void)scratch;
	while (n < v.n && (is_alpha(v.p[n]) || (n > 0 && (is_digit(v.p[n]) || v.p[n] == '+' ||
							  v.p[n] == '-' || v.p[n] == '.'))))
		n++;
	return n > 0 && n < v.n && v.p[n] == ':' && are_uri_chars(v) ? 0 : -EINVAL;
}

static bool is_ipv6(struct strview v)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (v.n >= sizeof(text) || memchr(v.p, '\0', v.n))
		return false;
	memcpy(text, v.p, v.n);
	text[v.n] = '\0';
	return inet_pton(AF_INET6, text, &address) == 1;
}

static bool is_port(struct strview v)
{
	unsigned port = 0;

	for (size_t i = 0; i < v.n && port <= UINT16_MAX; i++) {
		if (!is_digit(v.p[i]))
			return false;
		port = port * 10 + (unsigned)(v.p[i] - '0');
	}
	return port >= 1 && port <= UINT16_MAX;
}

/* A host, an IPv6 address in brackets, and perhaps a port behind a colon. */
static int valid_location(struct strview v, struct arena *scratch)
{
	bool in_brackets = v.n && *v.p == '[';
	const char *end = v.n ? memchr(v.p, in_brackets ? ']' : ':', v.n) : NULL;
	size_t n = end ? (size_t)(end - v.p) : v.n;
	struct strview host = { v.p, n };

	(void)scratch;
	if (in_brackets) {
		if (!end || !is_ipv6((struct strview){ v.p + 1, n - 1 }))
			return -EINVAL;
		n++;
	} else if (n == 0 || !are_uri_chars(host) || memchr(v.p, '/', n) || memchr(v.p, '@', n) ||
		   memchr(v.p, '?', n) || memchr(v.p, '#', n) || memchr(v.p, '[', n) ||
		   memchr(v.p, ']', n)) {
		return -EINVAL;
	}
	if (n == v.n)
		return 0;
	return v.p[n] == ':' && is_port((struct strview){ v.p + n + 1, v.n - n - 1 }) ? 0 : -EINVAL;
}

const struct xso_type xso_string = { .name = "string" };
const struct xso_type xso_jid = { .name = "JID", .valid = valid_jid };
const struct xso_type xso_datetime = { .name = "date and time", .valid = xso_valid_datetime };
const struct xso_type xso_date = { .name = "date", .valid = xso_valid_date };
const struct xso_type xso_time = { .name = "time", .valid = xso_valid_time };
const struct xso_type xso_base64 = { .name = "base64", .valid = valid_base64 };
const struct xso_type xso_hex = { .name = "hex", .valid = valid_hex };
const struct xso_type xso_language = { .name = "language tag", .valid = valid_language };
const struct xso_type xso_nmtoken = { .name = "NMTOKEN", .valid = valid_nmtoken };
const struct xso_type xso_uri = { .name = "URI", .valid = valid_uri };
const struct xso_type xso_location = { .name = "host and port", .valid = valid_location };

#define INTEGER(lowest, highest)                                                                   \
	{                                                                                          \
		.name = "integer", .store = XSO_STORE_INT, .min = lowest, .max = highest           \
	}
#define MAX_53_BITS (((int64_t)1 << 53) - 1)

const struct xso_type xso_byte = INTEGER(INT8_MIN, INT8_MAX);
const struct xso_type xso_uint8 = INTEGER(0, UINT8_MAX);
const struct xso_type xso_uint16 = INTEGER(0, UINT16_MAX);
const struct xso_type xso_uint32 = INTEGER(0, UINT32_MAX);
const struct xso_type xso_int = INTEGER(-MAX_53_BITS, MAX_53_BITS);
const struct xso_type xso_uint = INTEGER(0, MAX_53_BITS);
const struct xso_type xso_bool = { .name = "boolean", .store = XSO_STORE_BOOL };
