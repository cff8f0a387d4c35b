/* JIDs: parts, preparation, and what is none. */
#include "protocol/base/jid.h"
#include "tests/unit/suite.h"

#define LONG_1023 TEN(TEN(TEN("x"))) TEN("x") TEN("x") "xxx"
#define TEN(x)	  x x x x x x x x x x

static const struct {
	const char *text, *local, *domain, *resource;
} good[] = {
	{ "juliet@example.com", "juliet", "example.com", "" },
	{ "juliet@example.com/foo", "juliet", "example.com", "foo" },
	{ "juliet@example.com/foo bar", "juliet", "example.com", "foo bar" },
	{ "juliet@example.com/foo@bar", "juliet", "example.com", "foo@bar" },
	{ "juliet@example.com/a/b", "juliet", "example.com", "a/b" },
	{ "example.com", "", "example.com", "" },
	{ "example.com/foo", "", "example.com", "foo" },
	{ "a.example.com/b@example.net", "", "a.example.com", "b@example.net" },
	{ "Juliet@EXAMPLE.com/Foo", "juliet", "example.com", "Foo" },
	{ "foo\\20bar@example.com", "foo\\20bar", "example.com", "" },
	{ "fu\xc3\x9f"
	  "ball@example.com",
	  "fussball", "example.com", "" },
	{ "\xcf\x80@example.com", "\xcf\x80", "example.com", "" },
	{ "\xce\xa3@example.com/\xce\xa3", "\xcf\x83", "example.com", "\xce\xa3" },
	{ "king@example.com/\xe2\x99\x9a", "king", "example.com", "\xe2\x99\x9a" },
	{ "\xf0\x9f\x99\x82@x/\xf0\x9f\x99\x82", "\xf0\x9f\x99\x82", "x", "\xf0\x9f\x99\x82" },
	{ "\xe2\x84\xaa@x", "k", "x", "" },    /* the Kelvin sign */
	{ "\xd0\xb0@x", "\xd0\xb0", "x", "" }, /* Cyrillic a stays */
	{ "a\xe2\x80\x8b"
	  "b@x",
	  "ab", "x", "" }, /* zero width space vanishes */
	{ "a\xe2\x80\xa4"
	  "b@x",
	  "a.b", "x", "" }, /* one dot leader */
	{ "a@B\xc3\x9c"
	  "CHER.de",
	  "a",
	  "b\xc3\xbc"
	  "cher.de",
	  "" },
	{ "a@x\xe3\x80\x82y\xe3\x80\x82", "a", "x.y", "" }, /* ideographic full stops */
	{ "a@\xef\xbc\x91.de", "a", "1.de", "" },	    /* fullwidth one */
	{ "a@example.com.", "a", "example.com", "" },
	{ "a@192.168.1.1", "a", "192.168.1.1", "" },
	{ "a@[2001:DB8::1]/b", "a", "[2001:db8::1]", "b" },
	{ "a@[fe80::1%eth0]", "a", "[fe80::1%eth0]", "" },
	{ "a@_xmpp.x_y", "a", "_xmpp.x_y", "" },
	{ "a@averylonglabelisstillvalideventhoughitexceedsthesixtythreebytesofdns.example", "a",
	  "averylonglabelisstillvalideventhoughitexceedsthesixtythreebytesofdns.example", "" },
	{ "a@" LONG_1023, "a", LONG_1023, "" },
	{ LONG_1023 "@a/" LONG_1023, LONG_1023, "a", LONG_1023 },
};

#define ROW(text, result)                                                                          \
	{                                                                                          \
		{ text, sizeof(text) - 1 }, result                                                 \
	}

static const struct {
	struct strview text;
	enum jid_result result;
} bad[] = {
	ROW("", JID_EMPTY),
	ROW("@", JID_BAD_DOMAIN),
	ROW("/", JID_BAD_DOMAIN),
	ROW("@/", JID_BAD_DOMAIN),
	ROW("a@", JID_BAD_DOMAIN),
	ROW("a@/b", JID_BAD_DOMAIN),
	ROW("/b", JID_BAD_DOMAIN),
	ROW("@b", JID_BAD_LOCAL),
	ROW("@b/c", JID_BAD_LOCAL),
	ROW("a@b/", JID_BAD_RESOURCE),
	ROW("b/", JID_BAD_RESOURCE),
	ROW("a@@b", JID_BAD_DOMAIN),
	ROW("a@b@c", JID_BAD_DOMAIN),
	ROW("a@b@c/d", JID_BAD_DOMAIN),
	/* --- the part before @ --- */
	ROW("a b@c", JID_BAD_LOCAL),
	ROW("\"a\"@c", JID_BAD_LOCAL),
	ROW("a&b@c", JID_BAD_LOCAL),
	ROW("a'b@c", JID_BAD_LOCAL),
	ROW("a:b@c", JID_BAD_LOCAL),
	ROW("a<b@c", JID_BAD_LOCAL),
	ROW("a>b@c", JID_BAD_LOCAL),
	ROW("a\x01@c", JID_BAD_LOCAL),
	ROW("a\x7f@c", JID_BAD_LOCAL),
	ROW("a\0@c", JID_BAD_LOCAL),
	ROW("a\xff@c", JID_BAD_LOCAL),
	ROW("a\xc2\xa0@c", JID_BAD_LOCAL), /* no-break space */
	ROW("a\xef\xbc\xa0"
	    "b@c",
	    JID_BAD_LOCAL),		       /* fullwidth @ */
	ROW("\xe2\x80\x8b@c", JID_BAD_LOCAL),  /* nothing remains */
	ROW("a\xee\x80\x80@c", JID_BAD_LOCAL), /* private use */
	ROW("a\xd7\x90@c", JID_BAD_LOCAL),     /* both directions */
	ROW(LONG_1023 "x@c", JID_TOO_LONG),
	/* --- the domain --- */
	ROW("a@b c", JID_BAD_DOMAIN),
	ROW("a@b..c", JID_BAD_DOMAIN),
	ROW("a@.b", JID_BAD_DOMAIN),
	ROW("a@.", JID_BAD_DOMAIN),
	ROW("a@b..", JID_BAD_DOMAIN),
	ROW("a@b:1", JID_BAD_DOMAIN),
	ROW("a@<b>", JID_BAD_DOMAIN),
	ROW("a@b\x1f", JID_BAD_DOMAIN),
	ROW("a@b\0c", JID_BAD_DOMAIN),
	ROW("a@\xc0\xae", JID_BAD_DOMAIN),
	ROW("a@b\xef\xbc\x8f"
	    "c",
	    JID_BAD_DOMAIN),			/* fullwidth / */
	ROW("a@b\xe2\x84\x85", JID_BAD_DOMAIN), /* c/o */
	ROW("a@\xe3\x80\x82", JID_BAD_DOMAIN),
	ROW("a@b\xe2\x80\xa8"
	    "c",
	    JID_BAD_DOMAIN),
	ROW("a@[::1", JID_BAD_DOMAIN),
	ROW("a@::1", JID_BAD_DOMAIN),
	ROW("a@[::1].b", JID_BAD_DOMAIN),
	ROW("a@[1.2.3.4]", JID_BAD_DOMAIN),
	ROW("a@[]", JID_BAD_DOMAIN),
	ROW("a@[::1%]", JID_BAD_DOMAIN),
	ROW("a@[::1%/x]", JID_BAD_DOMAIN),
	ROW("a@" LONG_1023 "x", JID_TOO_LONG),
	/* --- the resource --- */
	ROW("a@b/\x01", JID_BAD_RESOURCE),
	ROW("a@b/\x7f", JID_BAD_RESOURCE),
	ROW("a@b/c\0", JID_BAD_RESOURCE),
	ROW("a@b/\xc3", JID_BAD_RESOURCE),
	ROW("a@b/\xe2\x80\x8b", JID_BAD_RESOURCE),
	ROW("a@b/\xef\xbf\xbd", JID_BAD_RESOURCE), /* U+FFFD is prohibited (RFC 3454 C.6) */
	ROW("a@b/" LONG_1023 "x", JID_TOO_LONG),
};

START_TEST(a_jid_is_split_and_prepared)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	struct jid jid, again;
	enum jid_result r = jid_parse(strview_of(good[_i].text), &a, &jid);
	struct strview bare;

	ck_assert_msg(r == JID_OK, "%s: %s", good[_i].text, jid_result_text(r));
	ck_assert(strview_is(jid.local, good[_i].local));
	ck_assert(strview_is(jid.domain, good[_i].domain));
	ck_assert(strview_is(jid.resource, good[_i].resource));
	bare = jid.local.n ? arena_printf(&a, "%s@%s", good[_i].local, good[_i].domain)
			   : strview_of(good[_i].domain);
	ck_assert(strview_eq(jid.bare, bare));
	ck_assert_ptr_eq(jid.bare.p, jid.full.p);
	ck_assert_int_eq(jid.full.p[jid.full.n], '\0');
	ck_assert_int_eq(jid_parse(jid.full, &a, &again), JID_OK);
	ck_assert(strview_eq(jid.full, again.full));
}
END_TEST

START_TEST(what_is_no_jid_is_refused_by_its_part)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	struct jid jid;
	enum jid_result r = jid_parse(bad[_i].text, &a, &jid);

	ck_assert_msg(r == bad[_i].result, "%.*s: %s", SV_ARG(bad[_i].text), jid_result_text(r));
}
END_TEST

struct utf8 {
	char bytes[4];
	int n;
};

static struct utf8 utf8_of(uint32_t c)
{
	const struct utf8 u = { { (char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 63)),
				  (char)(0x80 | (c >> 6 & 63)), (char)(0x80 | (c & 63)) },
				4 };

	if (c < 0x80)
		return (struct utf8){ { (char)c }, 1 };
	if (c < 0x800)
		return (struct utf8){ { (char)(0xc0 | c >> 6), u.bytes[3] }, 2 };
	if (c < 0x10000)
		return (struct utf8){ { (char)(0xe0 | c >> 12), u.bytes[2], u.bytes[3] }, 3 };
	return u;
}

/* A JID with a character in one of its parts. */
static const struct {
	const char *before, *after;
} places[] = {
	{ "x", "@d" },	{ "", "@d/r" },	 { "l@x", "" },	 { "l@", "" },
	{ "l@d.", "" }, { "l@d/x", "" }, { "l@d/", "" }, { "l@d/", "\xe3\x81\x8b" },
};

static struct strview jid_with(uint32_t c, size_t place, struct arena *a)
{
	struct utf8 u = utf8_of(c);

	return arena_printf(a, "%s%.*s%s", places[place].before, u.n, u.bytes, places[place].after);
}

/* Equal JIDs must have equal bytes, so preparing twice must change nothing. */
START_TEST(preparation_is_stable_for_every_character)
{
	CLEANUP(arena_done) struct arena a = { 0 };

	for (uint32_t c = 0x80 + (uint32_t)_i; c < 0x30000; c += 16) {
		for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
			struct strview text = jid_with(c, i, &a);
			struct jid jid, again;

			if (jid_parse(text, &a, &jid) != JID_OK)
				continue;
			if (jid_parse(jid.full, &a, &again) != JID_OK ||
			    !strview_eq(jid.full, again.full))
				ck_abort_msg("U+%04X in %.*s", c, SV_ARG(text));
		}
		arena_reset(&a);
	}
}
END_TEST

static bool same_jid(const struct jid *a, const struct jid *b)
{
	return strview_eq(a->full, b->full) && strview_eq(a->bare, b->bare) &&
	       strview_eq(a->local, b->local) && strview_eq(a->domain, b->domain) &&
	       strview_eq(a->resource, b->resource);
}

START_TEST(what_is_split_without_preparation_needs_none)
{
	CLEANUP(arena_done) struct arena a = { 0 };

	for (uint32_t c = 1 + (uint32_t)_i; c < 0x30000; c += 16) {
		for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
			struct strview text = jid_with(c, i, &a);
			struct jid split, jid;

			if (!jid_split(text, &split))
				continue;
			if (jid_parse(text, &a, &jid) != JID_OK || !same_jid(&jid, &split))
				ck_abort_msg("U+%04X in %.*s", c, SV_ARG(text));
		}
		arena_reset(&a);
	}
}
END_TEST

START_TEST(what_is_no_jid_or_would_change_is_not_split)
{
	struct jid jid;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!jid_split(bad[i].text, &jid), "%.*s", SV_ARG(bad[i].text));
	ck_assert(!jid_split(SV("A@b"), &jid));
	ck_assert(!jid_split(SV("a@B"), &jid));
	ck_assert(!jid_split(SV("a@b."), &jid));
	ck_assert(!jid_split(SV("a@b/\xef\xbc\x91"), &jid)); /* fullwidth one */
}
END_TEST

START_TEST(what_servers_stamp_is_split)
{
	static const char *const texts[] = {
		"juliet@example.com/balcony-0f3a",
		"room@muc.example.org/J\xc3\xbcrgen with a long name",
		"room@muc.example.org/\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd",
		"room@muc.example.org/\xe6\x9d\x8e \xf0\x9f\x99\x82",
		"a.b_c-1@_x.example",
		"example.com",
	};
	struct jid jid;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		ck_assert_msg(jid_split(strview_of(texts[i]), &jid), "%s", texts[i]);
}
END_TEST

START_TEST(without_memory_there_is_no_jid)
{
	CLEANUP(arena_done) struct arena a = { 0 };
	struct jid jid;

	arena_init(&a, 1);
	ck_assert_int_eq(jid_parse(SV("a@b"), &a, &jid), JID_NO_MEMORY);
}
END_TEST

START_TEST(each_result_has_a_text)
{
	for (int i = JID_OK; i <= JID_NO_MEMORY; i++)
		for (int k = JID_OK; k < i; k++)
			ck_assert_str_ne(jid_result_text((enum jid_result)i),
					 jid_result_text((enum jid_result)k));
}
END_TEST

int main(void)
{
	struct suite_test tests[] = {
		{ a_jid_is_split_and_prepared, ARRAY_SIZE(good) },
		{ what_is_no_jid_is_refused_by_its_part, ARRAY_SIZE(bad) },
		{ preparation_is_stable_for_every_character, 16 },
		{ what_is_split_without_preparation_needs_none, 16 },
		{ what_is_no_jid_or_would_change_is_not_split, 0 },
		{ what_servers_stamp_is_split, 0 },
		{ without_memory_there_is_no_jid, 0 },
		{ each_result_has_a_text, 0 },
	};

	return suite_run("jid", tests, ARRAY_SIZE(tests));
}
