#include "protocol/base/jid.h"

#include <arpa/inet.h>

#include <stringprep.h>

enum {
	ZONE_MAX = 16, /* of an IPv6 address: a name of a network interface */
};

/* A part in preparation; `n` bytes and a NUL. */
struct part {
	char text[JID_PART_MAX + 1];
	size_t n;
};

static bool is_ascii(const struct part *part)
{
	for (size_t i = 0; i < part->n; i++)
		if ((unsigned char)part->text[i] >= 0x80)
			return false;
	return true;
}

static void lower(struct part *part)
{
	for (size_t i = 0; i < part->n; i++)
		if (part->text[i] >= 'A' && part->text[i] <= 'Z')
			part->text[i] = (char)(part->text[i] + ('a' - 'A'));
}

/* Whether an ASCII part has no control character and none of `forbidden`. */
static bool has_only_printable(const struct part *part, const char *forbidden)
{
	for (size_t i = 0; i < part->n; i++)
		if (part->text[i] < ' ' || part->text[i] == 0x7f ||
		    strchr(forbidden, part->text[i]))
			return false;
	return true;
}

/* Copies the part; `bad` where it cannot be one at all. */
static enum jid_result take(struct part *part, struct strview v, enum jid_result bad)
{
	if (v.n == 0)
		return bad;
	if (v.n > JID_PART_MAX)
		return JID_TOO_LONG;
	if (!strview_is_utf8(v))
		return bad;
	memcpy(part->text, v.p, v.n);
	part->text[v.n] = '\0';
	part->n = v.n;
	return JID_OK;
}

static enum jid_result prepare(struct part *part, const Stringprep_profile *profile,
			       enum jid_result bad)
{
	/* flags 0: unassigned code points stay, as servers route them */
	switch ((Stringprep_rc)stringprep(part->text, sizeof(part->text), 0, profile)) {
	case STRINGPREP_OK:
		break;
	case STRINGPREP_TOO_SMALL_BUFFER:
		return JID_TOO_LONG;
	case STRINGPREP_MALLOC_ERROR:
		return JID_NO_MEMORY;
	case STRINGPREP_CONTAINS_UNASSIGNED:
	case STRINGPREP_CONTAINS_PROHIBITED:
	case STRINGPREP_BIDI_BOTH_L_AND_RAL:
	case STRINGPREP_BIDI_LEADTRAIL_NOT_RAL:
	case STRINGPREP_BIDI_CONTAINS_PROHIBITED:
	case STRINGPREP_PROFILE_ERROR:
	case STRINGPREP_FLAG_ERROR:
	case STRINGPREP_UNKNOWN_PROFILE:
	case STRINGPREP_ICONV_ERROR:
	case STRINGPREP_NFKC_FAILED:
	default:
		return bad;
	}
	part->n = strlen(part->text);
	return part->n ? JID_OK : bad;
}

static enum jid_result prepare_local(struct part *part)
{
	if (!is_ascii(part))
		return prepare(part, stringprep_xmpp_nodeprep, JID_BAD_LOCAL);
	lower(part);
	return has_only_printable(part, " \"&'/:<>@") ? JID_OK : JID_BAD_LOCAL;
}

static enum jid_result prepare_resource(struct part *part)
{
	if (!is_ascii(part))
		return prepare(part, stringprep_xmpp_resourceprep, JID_BAD_RESOURCE);
	return has_only_printable(part, "") ? JID_OK : JID_BAD_RESOURCE;
}

/* [2001:db8::1], also with a zone (RFC 6874) */
static bool is_ip6(const struct part *part)
{
	struct in6_addr address;
	char text[INET6_ADDRSTRLEN + ZONE_MAX + 1];
	char *zone;

	if (part->n < 2 || part->n - 2 >= sizeof(text) || part->text[0] != '[' ||
	    part->text[part->n - 1] != ']')
		return false;
	memcpy(text, part->text + 1, part->n - 2);
	text[part->n - 2] = '\0';
	zone = strchr(text, '%');
	if (zone) {
		*zone++ = '\0';
		if (!*zone || zone[strspn(zone, "abcdefghijklmnopqrstuvwxyz0123456789._-")])
			return false;
	}
	return inet_pton(AF_INET6, text, &address) == 1;
}

static bool has_empty_label(const struct part *part)
{
	return part->n == 0 || part->text[0] == '.' || part->text[part->n - 1] == '.' ||
	       strstr(part->text, "..");
}

/* The ideographic full stop separates labels as well (RFC 3490 3.1), which nameprep leaves. */
static void unify_dots(struct part *part)
{
	static const char stop[] = "\xe3\x80\x82";
	char *at;

	while ((at = strstr(part->text, stop))) {
		*at = '.';
		part->n -= 2;
		memmove(at + 1, at + 3, part->n - (size_t)(at - part->text));
	}
}

static enum jid_result prepare_domain(struct part *part)
{
	if (is_ascii(part)) {
		lower(part);
	} else {
		enum jid_result r = prepare(part, stringprep_nameprep, JID_BAD_DOMAIN);

		if (r != JID_OK)
			return r;
		unify_dots(part);
	}
	if (is_ip6(part))
		return JID_OK;
	/* one dot at the end says that the name is complete (RFC 7622 3.2) */
	if (part->text[part->n - 1] == '.')
		part->text[--part->n] = '\0';
	/* looked for after preparation, which makes some of them from other characters */
	for (size_t i = 0; i < part->n; i++)
		if ((unsigned char)part->text[i] <= ' ' || strchr("\"&'/:<>@[]\x7f", part->text[i]))
			return JID_BAD_DOMAIN;
	return has_empty_label(part) ? JID_BAD_DOMAIN : JID_OK;
}

static enum jid_result join(const struct part *local, const struct part *domain,
			    const struct part *resource, struct arena *a, struct jid *ret)
{
	size_t n = (local->n ? local->n + 1 : 0) + domain->n + (resource->n ? resource->n + 1 : 0);
	char *p = arena_alloc(a, n + 1), *at = p;
	struct jid jid = { 0 };

	if (!p)
		return JID_NO_MEMORY;
	if (local->n) {
		jid.local = (struct strview){ at, local->n };
		at = mempcpy(at, local->text, local->n);
		*at++ = '@';
	}
	jid.domain = (struct strview){ at, domain->n };
	at = mempcpy(at, domain->text, domain->n);
	jid.bare = (struct strview){ p, (size_t)(at - p) };
	if (resource->n) {
		*at++ = '/';
		jid.resource = (struct strview){ at, resource->n };
		at = mempcpy(at, resource->text, resource->n);
	}
	*at = '\0';
	jid.full = (struct strview){ p, n };
	*ret = jid;
	return JID_OK;
}

/* RFC 7622 3.1: what follows the first `/` is the resource, what precedes the first `@` the local.
 */
enum jid_result jid_parse(struct strview text, struct arena *a, struct jid *ret)
{
	const char *slash = text.n ? memchr(text.p, '/', text.n) : NULL;
	size_t n = slash ? (size_t)(slash - text.p) : text.n;
	const char *at = n ? memchr(text.p, '@', n) : NULL;
	size_t before = at ? (size_t)(at - text.p) + 1 : 0;
	struct part local = { .n = 0 }, domain = { .n = 0 }, resource = { .n = 0 };
	enum jid_result r;

	if (text.n == 0)
		return JID_EMPTY;
	r = take(&domain, (struct strview){ text.p + before, n - before }, JID_BAD_DOMAIN);
	if (r == JID_OK)
		r = prepare_domain(&domain);
	if (r == JID_OK && at)
		r = take(&local, (struct strview){ text.p, before - 1 }, JID_BAD_LOCAL);
	if (r == JID_OK && at)
		r = prepare_local(&local);
	if (r == JID_OK && slash)
		r = take(&resource, (struct strview){ slash + 1, text.n - n - 1 },
			 JID_BAD_RESOURCE);
	if (r == JID_OK && slash)
		r = prepare_resource(&resource);
	return r == JID_OK ? join(&local, &domain, &resource, a, ret) : r;
}

const char *jid_result_text(enum jid_result r)
{
	switch (r) {
	case JID_OK:
		return "a valid JID";
	case JID_EMPTY:
		return "empty";
	case JID_TOO_LONG:
		return "a part is longer than 1023 bytes";
	case JID_BAD_LOCAL:
		return "the part before @ is not valid";
	case JID_BAD_DOMAIN:
		return "the domain is not valid";
	case JID_BAD_RESOURCE:
		return "the part after / is not valid";
	case JID_NO_MEMORY:
		break;
	}
	return "out of memory";
}
