/* Which XSOs a match wants: each sentence of the manual's EVENTS about `match`. */
#include <stdio.h>
#include <stdlib.h>

#include <check.h>

#include "ipc/events/match.h"
#include "protocol/base/ns.h"
#include "protocol/xml/xmlparse.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

static const struct xso_json_context json_ctx = { .default_ns = SV(XMLNS_CLIENT) };
static const struct match_context ctx = { .default_ns = SV(XMLNS_CLIENT),
					  .own_bare = SV("bot@example.test") };

static const struct elem *parse(struct arena *a, const char *xml)
{
	const struct elem *e = NULL;
	const char *text = NULL;

	ck_assert_msg(xmlparse_fragment(a, strview_of(xml), SV(XMLNS_CLIENT), &e, &text) == 0, "%s",
		      text ? text : "no memory");
	return e;
}

#define MSG(attrs)  "<message " attrs "/>"
#define FROM(jid)   MSG("from='" jid "'")
#define CHILDREN    "<message><body/><x xmlns='urn:x'/></message>"
#define ANY_MESSAGE "<message/>"

static const struct {
	const char *match, *xml;
	bool matches;
} rows[] = {
	{ "[]", ANY_MESSAGE, true },
	{ "[{}]", ANY_MESSAGE, true },

	{ "[{'kind':'message'}]", ANY_MESSAGE, true },
	{ "[{'kind':'message'}]", "<presence/>", false },
	{ "[{'kind':'message'}]", "<message xmlns='urn:x'/>", false },
	{ "[{'kind':'iq'}]", "<iq type='get'/>", true },
	{ "[{'kind':'presence'},{'kind':'iq'}]", "<iq/>", true }, /* alternatives */
	{ "[{'kind':'presence'},{'kind':'iq'}]", ANY_MESSAGE, false },

	{ "[{'name':'message'}]", ANY_MESSAGE, true },
	{ "[{'name':'Message'}]", ANY_MESSAGE, false },
	{ "[{'name':'a','ns':'urn:x'}]", "<a xmlns='urn:x'/>", true },
	{ "[{'name':'a','ns':'urn:y'}]", "<a xmlns='urn:x'/>", false },
	{ "[{'ns':'urn:x'}]", "<a xmlns='urn:x'/>", true },
	{ "[{'ns':'jabber:client'}]", "<a/>", true },

	{ "[{'id':'1'}]", MSG("id='1'"), true },
	{ "[{'id':'1'}]", MSG("id='11'"), false },
	{ "[{'id':'1'}]", ANY_MESSAGE, false },
	{ "[{'id':''}]", ANY_MESSAGE, false },
	{ "[{'id':''}]", MSG("id=''"), true },

	{ "[{'type':'chat'}]", MSG("type='chat'"), true },
	{ "[{'type':'chat'}]", ANY_MESSAGE, false },
	{ "[{'type':'normal'}]", ANY_MESSAGE, true }, /* absent is normal */
	{ "[{'type':'normal'}]", MSG("type='normal'"), true },
	{ "[{'type':'normal'}]", "<presence/>", false },
	{ "[{'type':'available'}]", "<presence/>", true },
	{ "[{'type':'available'}]", "<presence type='unavailable'/>", false },
	{ "[{'type':'available'}]", ANY_MESSAGE, false },
	{ "[{'type':'get'}]", "<iq/>", false },

	/* a bare JID: all its resources */
	{ "[{'from':'a@b.test'}]", FROM("a@b.test"), true },
	{ "[{'from':'a@b.test'}]", FROM("a@b.test/r"), true },
	{ "[{'from':'a@b.test'}]", FROM("a@b.test/r/s@t"), true },
	{ "[{'from':'a@b.test'}]", FROM("a@b.test2"), false },
	{ "[{'from':'a@b.test'}]", FROM("aa@b.test"), false },
	{ "[{'from':'a@b.test'}]", FROM("b.test"), false },
	{ "[{'from':'a@b.test'}]", FROM("b.test/a@b.test"), false },
	/* a domain: all its JIDs */
	{ "[{'from':'b.test'}]", FROM("b.test"), true },
	{ "[{'from':'b.test'}]", FROM("b.test/r"), true },
	{ "[{'from':'b.test'}]", FROM("a@b.test"), true },
	{ "[{'from':'b.test'}]", FROM("a@b.test/r"), true },
	{ "[{'from':'b.test'}]", FROM("a@x.b.test/r"), false },
	{ "[{'from':'b.test'}]", FROM("a@c.test/b.test"), false },
	{ "[{'from':'b.test'}]", FROM("a@c.test/x@b.test"), false },
	/* a full JID: itself */
	{ "[{'from':'a@b.test/r'}]", FROM("a@b.test/r"), true },
	{ "[{'from':'a@b.test/r'}]", FROM("a@b.test/R"), false },
	{ "[{'from':'a@b.test/r'}]", FROM("a@b.test"), false },
	{ "[{'from':'b.test/r'}]", FROM("b.test/r"), true },
	{ "[{'from':'b.test/r'}]", FROM("a@b.test/r"), false },
	/* compared prepared */
	{ "[{'from':'A@B.Test'}]", FROM("a@b.test/r"), true },
	{ "[{'from':'a@b.test'}]", FROM("A@B.TEST/r"), true },
	{ "[{'from':'a@b.test/r'}]", FROM("A@B.TEST/r"), true },
	{ "[{'from':'B.TEST'}]", FROM("a@b.test/r"), true },
	{ "[{'from':'b.test'}]", FROM("a@B.test/r"), true },
	{ "[{'from':'\xc3\xa4@b.test'}]", FROM("\xc3\x84@b.test/r"), true },
	{ "[{'from':'a@b.test/\xc3\xa4'}]", FROM("a@b.test/a\xcc\x88"), true },
	{ "[{'from':'a@b.test'}]", FROM("@b.test"), false },
	{ "[{'from':'b.test'}]", FROM("@b.test"), false },
	{ "[{'from':'b.test'}]", FROM("a@@b.test"), false },
	{ "[{'from':'b.test'}]", FROM("b.test/"), false },
	{ "[{'from':'b.test'}]", FROM(""), false },
	/* no `from` is our bare JID */
	{ "[{'from':'bot@example.test'}]", ANY_MESSAGE, true },
	{ "[{'from':'example.test'}]", ANY_MESSAGE, true },
	{ "[{'from':'bot@example.test/r'}]", ANY_MESSAGE, false },
	{ "[{'from':'a@b.test'}]", ANY_MESSAGE, false },
	{ "[{'to':'a@b.test'}]", MSG("to='a@b.test/r'"), true },
	{ "[{'to':'a@b.test'}]", MSG("from='a@b.test/r'"), false },
	{ "[{'to':'bot@example.test'}]", ANY_MESSAGE, false },

	{ "[{'has':{}}]", ANY_MESSAGE, false },
	{ "[{'has':{}}]", "<message>text</message>", false },
	{ "[{'has':{'name':'body'}}]", CHILDREN, true },
	{ "[{'has':{'name':'x'}}]", CHILDREN, false }, /* ns is the parent's */
	{ "[{'has':{'name':'x','ns':'urn:x'}}]", CHILDREN, true },
	{ "[{'has':{'ns':'urn:x'}}]", CHILDREN, true },
	{ "[{'has':{'ns':'urn:y'}}]", CHILDREN, false },
	{ "[{'has':{'name':'body','ns':'urn:x'}}]", CHILDREN, false },
	{ "[{'has':{'name':'c'}}]", "<a xmlns='urn:x'><c/></a>", true },
	{ "[{'has':{'name':'c'}}]", "<a xmlns='urn:x'><b><c/></b></a>", false },

	/* all members of one match together */
	{ "[{'kind':'message','type':'chat','from':'b.test','has':{'name':'body'}}]",
	  "<message type='chat' from='a@b.test'><body/></message>", true },
	{ "[{'kind':'message','type':'chat','from':'b.test','has':{'name':'body'}}]",
	  "<message type='chat' from='a@b.test'/>", false },
	{ "[{'kind':'message','type':'chat','from':'b.test','has':{'name':'body'}}]",
	  "<message from='a@b.test'><body/></message>", false },
};

static json_t *json_of(const char *quoted)
{
	char *text = strdup(quoted);
	json_t *json;

	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	json = json_loads(text, JSON_ALLOW_NUL, NULL);
	ck_assert_ptr_nonnull(json);
	free(text);
	return json;
}

START_TEST(each_match_wants_what_it_says)
{
	struct arena a = { 0 };
	struct match_list *m = NULL;
	json_t *json = json_of(rows[_i].match);
	struct fault *why = match_compile(json, "/match", &json_ctx, &m);

	json_decref(json); /* nothing of it is kept */
	ck_assert_msg(!why, "%s", why ? why->message : "");
	ck_assert_int_eq(match_elem(m, parse(&a, rows[_i].xml), &ctx), rows[_i].matches);
	match_free(m);
	arena_done(&a);
}
END_TEST

START_TEST(no_match_wants_everything)
{
	struct arena a = { 0 };
	struct match_list *m = NULL;

	ck_assert(!match_compile(NULL, "/match", &json_ctx, &m));
	ck_assert(match_elem(m, parse(&a, "<x xmlns='urn:x'/>"), &ctx));
	match_free(m);
	arena_done(&a);
}
END_TEST

START_TEST(a_kind_of_stanza_is_that_of_the_streams_own_namespace)
{
	const struct match_context component = { .default_ns = SV(XMLNS_COMPONENT) };
	struct arena a = { 0 };
	struct match_list *m = NULL;
	json_t *json = json_of("[{'kind':'message'}]");

	ck_assert(!match_compile(json, "/match", &json_ctx, &m));
	ck_assert(match_elem(m, parse(&a, "<message xmlns='" XMLNS_COMPONENT "'/>"), &component));
	ck_assert(!match_elem(m, parse(&a, "<message xmlns='" XMLNS_COMPONENT "'/>"), &ctx));
	json_decref(json);
	match_free(m);
	arena_done(&a);
}
END_TEST

START_TEST(an_unknown_own_jid_is_nobodys)
{
	const struct match_context nobody = { .default_ns = SV(XMLNS_CLIENT) };
	struct arena a = { 0 };
	struct match_list *m = NULL;
	json_t *json = json_of("[{'from':'bot@example.test'}]");

	ck_assert(!match_compile(json, "/match", &json_ctx, &m));
	ck_assert(!match_elem(m, parse(&a, ANY_MESSAGE), &nobody));
	json_decref(json);
	match_free(m);
	arena_done(&a);
}
END_TEST

static const struct {
	const char *match, *path;
} faults[] = {
	{ "[1]", "/match/0" },
	{ "['message']", "/match/0" },
	{ "[null]", "/match/0" },
	{ "[{},[]]", "/match/1" },
	{ "[{'kind':'mesage'}]", "/match/0/kind" },
	{ "[{'kind':''}]", "/match/0/kind" },
	{ "[{'kind':1}]", "/match/0/kind" },
	{ "[{},{'nick':'x'}]", "/match/1/nick" },
	{ "[{'a/b':'x'}]", "/match/0/a~1b" },
	{ "[{'name':null}]", "/match/0/name" },
	{ "[{'ns':[]}]", "/match/0/ns" },
	{ "[{'type':true}]", "/match/0/type" },
	{ "[{'id':7}]", "/match/0/id" },
	{ "[{'from':''}]", "/match/0/from" },
	{ "[{'from':'a@'}]", "/match/0/from" },
	{ "[{'to':'@b'}]", "/match/0/to" },
	{ "[{'to':'b/'}]", "/match/0/to" },
	{ "[{'to':{}}]", "/match/0/to" },
	{ "[{'has':'body'}]", "/match/0/has" },
	{ "[{'has':[]}]", "/match/0/has" },
	{ "[{'has':{'kind':'x'}}]", "/match/0/has/kind" },
	{ "[{'has':{'name':1}}]", "/match/0/has/name" },
};

START_TEST(a_faulty_match_is_invalid_params_with_the_path_to_it)
{
	struct match_list *m = NULL;
	json_t *json = json_of(faults[_i].match);
	struct fault *why = match_compile(json, "/match", &json_ctx, &m);

	ck_assert_ptr_nonnull(why);
	ck_assert_ptr_null(m);
	ck_assert_int_eq(why->kind, FAULT_INVALID_PARAMS);
	ck_assert_str_eq(why->path, faults[_i].path);
	ck_assert_uint_gt(strlen(why->message), 5);
	fault_unref(why);
	json_decref(json);
}
END_TEST

static void match_without_memory(void *arg)
{
	struct match_list *m = NULL;
	struct fault *why = match_compile(arg, "/match", &json_ctx, &m);

	failmalloc_pause(true);
	ck_assert(!why != !m);
	failmalloc_pause(false);
	if (m) {
		struct elem_attr from = { SV(""), SV("from"), SV("A@B.test/\xc3\xa4") };
		struct elem e = { SV(XMLNS_CLIENT), SV("message"), &from, 1, NULL, NULL };

		(void)match_elem(m, &e, &ctx);
	}
	fault_unref(why);
	match_free(m);
}

START_TEST(a_match_compiles_or_says_that_memory_is_short)
{
	json_t *json =
		json_of("[{'kind':'message','from':'a@b.test','has':{'name':'x','ns':'y'}}]");

	ck_assert_uint_gt(failmalloc_sweep(match_without_memory, json), 3);
	json_decref(json);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ each_match_wants_what_it_says, (int)ARRAY_SIZE(rows) },
		{ no_match_wants_everything, 0 },
		{ a_kind_of_stanza_is_that_of_the_streams_own_namespace, 0 },
		{ an_unknown_own_jid_is_nobodys, 0 },
		{ a_faulty_match_is_invalid_params_with_the_path_to_it, (int)ARRAY_SIZE(faults) },
		{ a_match_compiles_or_says_that_memory_is_short, 0 },
	};

	return suite_run("match", tests, ARRAY_SIZE(tests));
}
