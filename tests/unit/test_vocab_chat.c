/* What the examples of specifications do not show of messages, presence and what is in them. */
#include "protocol/base/ns.h"
#include "protocol/vocab/chat.h"
#include "protocol/vocab/forward.h"
#include "protocol/vocab/message.h"
#include "protocol/vocab/muc.h"
#include "protocol/vocab/payload.h"
#include "protocol/vocab/presence.h"
#include "protocol/vocab/stanza.h"
#include "protocol/vocab/vocab.h"
#include "protocol/xml/xmlparse.h"
#include "protocol/xml/xmlwrite.h"
#include "protocol/xso/xso_class.h"
#include "tests/unit/suite.h"

static struct arena arena;
static struct xso_context context;

static void begin(void)
{
	arena_init(&arena, 0);
	context = (struct xso_context){ .default_ns = SV(XMLNS_CLIENT),
					.registry = vocab_registry() };
}

static void end(void)
{
	arena_done(&arena);
}

static enum xso_result try_decode(const char *xml, struct xso **ret)
{
	struct xso_issue issue;
	const struct elem *e;
	const char *text = "";

	ck_assert_msg(xmlparse_fragment(&arena, strview_of(xml), context.default_ns, &e, &text) ==
			      0,
		      "%s: %s", text, xml);
	return xso_decode(xso_registry_find(context.registry, e->ns, e->name, context.default_ns),
			  e, &context, &arena, ret, &issue);
}

static void *decode(const char *xml)
{
	struct xso *x = NULL;

	ck_assert_msg(try_decode(xml, &x) == XSO_OK, "%s", xml);
	return x;
}

/* A message with that inside. */
static struct message *message_with(const char *inner)
{
	struct strview xml = arena_printf(&arena,
					  "<message from='a@example.test' to='a@example.test/r'>"
					  "%s</message>",
					  inner);

	return decode(xml.p);
}

static void comes_back_as(const void *object, const char *xml)
{
	const struct xmlwrite_context ctx = { .default_ns = context.default_ns };
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	const struct elem *e = xso_encode(object, &context, &arena);

	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(xmlwrite_elem(&b, e, &ctx, NULL), 0);
	ck_assert_msg(strview_is(buf_view(&b), xml), "%.*s, not %s", SV_ARG(buf_view(&b)), xml);
}

/* How many children no field took. */
static size_t left(const struct xso *x)
{
	size_t n = 0;

	elem_for_each_node(node, &x->rest) n += node->elem != NULL;
	return n;
}

#define has(x, T, m)	   xso_has(&(x)->xso, offsetof(T, m))
#define expect(v, literal) ck_assert_msg(strview_is(v, literal), "%.*s, not %s", SV_ARG(v), literal)
#define item_of(list, i)   (((void *const *)(list).items)[i])
#define number_of(list, i) (((const union xso_value *)(list).items)[i].number)

/* --- what the core says ----------------------------------------------------------------------- */

START_TEST(a_message_of_no_or_an_unknown_type_is_normal_and_keeps_what_it_said)
{
	static const char *const messages[] = {
		"<message/>",
		"<message type='telegram'/>",
		"<message type=''/>",
	};
	const struct message *m = decode(messages[_i]);

	ck_assert(!has(m, struct message, type));
	ck_assert_uint_eq(m->type, MESSAGE_NORMAL);
	comes_back_as(m, messages[_i]);
}
END_TEST

START_TEST(a_default_that_was_said_is_said_again)
{
	const struct message *m = decode("<message type='normal'/>");
	const struct presence *p = decode("<presence><priority>0</priority></presence>");

	ck_assert(has(m, struct message, type));
	comes_back_as(m, "<message type='normal'/>");
	ck_assert(has(p, struct presence, priority));
	comes_back_as(p, "<presence><priority>0</priority></presence>");
}
END_TEST

START_TEST(a_presence_of_an_unknown_type_is_not_one)
{
	struct xso *x;

	ck_assert_int_eq(try_decode("<presence type='invisible'/>", &x), XSO_INVALID);
	ck_assert_int_eq(try_decode("<presence type=''/>", &x), XSO_INVALID);
}
END_TEST

START_TEST(a_priority_out_of_range_and_an_unknown_show_count_as_absent)
{
	static const char *const children[] = {
		"<priority>128</priority>", "<priority>-129</priority>",
		"<priority>1.5</priority>", "<priority/>",
		"<show>busy</show>",	    "<show/>",
	};
	struct strview xml = arena_printf(&arena, "<presence>%s</presence>", children[_i]);
	const struct presence *p = decode(xml.p);

	ck_assert(!has(p, struct presence, priority) && !has(p, struct presence, show));
	ck_assert_int_eq(p->priority, 0);
	ck_assert_uint_eq(p->show, SHOW_NONE);
	ck_assert_uint_eq(left(&p->xso), 1);
	comes_back_as(p, xml.p);
}
END_TEST

START_TEST(a_chat_state_is_one_of_five)
{
	const struct message *m = message_with("<composing xmlns='" XMLNS_CHAT_STATES "'/>");
	const struct message *unknown = message_with("<yawning xmlns='" XMLNS_CHAT_STATES "'/>");

	expect(m->chat_state, "composing");
	ck_assert(!has(unknown, struct message, chat_state));
	ck_assert_uint_eq(left(&unknown->xso), 1);
}
END_TEST

/* --- children that their classes cannot take ----------------------------------------------------
 */

/* What misses something that its specification demands, or is out of range: kept as it is. */
enum {
	IN_PRESENCE = 4, /* the first ones */
};
static const char *const bad_children[] = {
	"<c xmlns='http://jabber.org/protocol/caps' node='urn:example:x'/>",
	"<c xmlns='http://jabber.org/protocol/caps' ver='1'/>",
	"<idle xmlns='urn:xmpp:idle:1'/>",
	"<idle xmlns='urn:xmpp:idle:1' since='1969-02-29T00:00:00Z'/>",
	"<delay xmlns='urn:xmpp:delay'/>",
	"<delay xmlns='urn:xmpp:delay' stamp='yesterday'/>",
	"<stanza-id xmlns='urn:xmpp:sid:0' id='1'/>",
	"<stanza-id xmlns='urn:xmpp:sid:0' by='a@b'/>",
	"<origin-id xmlns='urn:xmpp:sid:0'/>",
	"<referenced-stanza xmlns='urn:xmpp:sid:0' by='a@b'/>",
	"<received xmlns='urn:xmpp:receipts'/>",
	"<request xmlns='urn:xmpp:receipts' id='1'/>",
	"<store xmlns='urn:xmpp:hints'><x/></store>",
	"<replace xmlns='urn:xmpp:message-correct:0'/>",
	"<displayed xmlns='urn:xmpp:chat-markers:0'/>",
	"<attach-to xmlns='urn:xmpp:message-attaching:1'/>",
	"<reference xmlns='urn:xmpp:reference:0' uri='xmpp:a@b'/>",
	"<reference xmlns='urn:xmpp:reference:0' type='mention' uri='not one'/>",
	"<reference xmlns='urn:xmpp:reference:0' type='mention' begin='-1'/>",
	"<reference xmlns='urn:xmpp:reference:0' type='mention' end='4294967296'/>",
	"<encryption xmlns='urn:xmpp:eme:0' name='x'/>",
	"<occupant-id xmlns='urn:xmpp:occupant-id:0'/>",
	"<apply-to xmlns='urn:xmpp:fasten:0'/>",
	"<apply-to xmlns='urn:xmpp:fasten:0' id='1' clear='maybe'/>",
	"<retract xmlns='urn:xmpp:message-retract:1'/>",
	"<retracted xmlns='urn:xmpp:message-retract:1' stamp='0'/>",
	"<reactions xmlns='urn:xmpp:reactions:0'><reaction>x</reaction></reactions>",
	"<reply xmlns='urn:xmpp:reply:0' to='a@b'/>",
	"<reply xmlns='urn:xmpp:reply:0' id='1' to='@b'/>",
	"<x xmlns='jabber:x:oob'><desc>of nothing</desc></x>",
	"<x xmlns='jabber:x:conference' password='x'/>",
	"<x xmlns='jabber:x:conference' jid='a@b' continue='perhaps'/>",
	"<data xmlns='urn:xmpp:bob' type='text/plain'>aGk=</data>",
	"<data xmlns='urn:xmpp:bob' cid='x'>a G k =</data>",
	"<data xmlns='urn:xmpp:bob' cid='x' max-age='-1'/>",
	"<file-sharing xmlns='urn:xmpp:sfs:0'/>",
	"<invite xmlns='urn:xmpp:call-invites:0' video='2'/>",
	"<retract xmlns='urn:xmpp:call-invites:0'/>",
	"<accept xmlns='urn:xmpp:call-invites:0'/>",
	"<reject xmlns='urn:xmpp:call-invites:0'/>",
	"<left xmlns='urn:xmpp:call-invites:0'/>",
	"<received xmlns='urn:xmpp:carbons:2'/>",
	"<sent xmlns='urn:xmpp:carbons:2'><message/></sent>",
};

START_TEST(a_child_that_its_class_cannot_take_stays_as_it_is)
{
	const char *holder = _i < IN_PRESENCE ? "presence" : "message";
	struct strview xml =
		arena_printf(&arena, "<%s from='a@example.test' to='a@example.test/r'>%s</%s>",
			     holder, bad_children[_i], holder);
	const struct xso *x = decode(xml.p);

	ck_assert_uint_eq(left(x), 1);
	comes_back_as(x, xml.p);
}
END_TEST

START_TEST(a_bad_item_does_not_spoil_its_list)
{
	const struct message *m =
		message_with("<x xmlns='" XMLNS_ROSTERX "'><item action='hide' jid='a@b'/>"
			     "<item jid='c@d'/><item name='nobody'/></x>"
			     "<markup xmlns='urn:xmpp:markup:0'><span start='0'/>"
			     "<span start='0' end='1'><strong/></span></markup>");
	const struct xso *x = item_of(m->markups, 0);

	ck_assert_uint_eq(left((const struct xso *)m->rosterx), 2);
	ck_assert_uint_eq(m->markups.n, 1);
	ck_assert_uint_eq(left(x), 1);
}
END_TEST

START_TEST(a_second_one_of_what_may_be_there_once_is_kept)
{
	const struct message *m = message_with("<replace xmlns='" XMLNS_CORRECT "' id='1'/>"
					       "<replace xmlns='" XMLNS_CORRECT "' id='2'/>");

	ck_assert(has(m, struct message, replace));
	ck_assert_uint_eq(left(&m->xso), 1);
}
END_TEST

/* --- rooms ------------------------------------------------------------------------------------ */

START_TEST(an_unknown_affiliation_or_role_leaves_the_rest_of_the_item)
{
	const struct message *m = message_with("<x xmlns='" XMLNS_MUC_USER "'><item role='jester' "
					       "affiliation='crew' nick='me'/></x>");
	const struct muc_item *item = item_of(m->muc_user->items, 0);

	expect(item->nick, "me");
	ck_assert(!has(item, struct muc_item, role) && !has(item, struct muc_item, affiliation));
	ck_assert_uint_eq(item->xso.rest.n_attrs, 2);
}
END_TEST

START_TEST(a_status_that_is_no_code_leaves_the_others)
{
	const struct message *m =
		message_with("<x xmlns='" XMLNS_MUC_USER "'><status code='100'/>"
			     "<status code='99'/><status code='1000'/><status code='x'/>"
			     "<status/><status code='999'/></x>");

	ck_assert_uint_eq(m->muc_user->statuses.n, 2);
	ck_assert_int_eq(number_of(m->muc_user->statuses, 0), 100);
	ck_assert_int_eq(number_of(m->muc_user->statuses, 1), 999);
	ck_assert_uint_eq(left(&m->muc_user->xso), 4);
}
END_TEST

START_TEST(no_photo_and_an_empty_photo_are_not_the_same)
{
	static const char *const presences[] = {
		"<presence><x xmlns='vcard-temp:x:update'/></presence>",
		"<presence><x xmlns='vcard-temp:x:update'><photo/></x></presence>",
		"<presence><x xmlns='vcard-temp:x:update'><photo>not hex</photo></x></presence>",
	};
	const struct presence *p = decode(presences[_i]);
	const struct xso *x = (const struct xso *)p->vcard_update;

	ck_assert_ptr_nonnull(x);
	ck_assert_int_eq(xso_mask_has(&x->present, 0), _i == 1);
	ck_assert_uint_eq(left(x), _i == 2);
	comes_back_as(p, presences[_i]);
}
END_TEST

/* --- other stanzas inside --------------------------------------------------------------------- */

#define CARBON(inner)                                                                              \
	"<received xmlns='" XMLNS_CARBONS "'><forwarded xmlns='" XMLNS_FORWARD "'>" inner          \
	"</forwarded></received>"
#define INNER(body) "<message xmlns='" XMLNS_CLIENT "' from='b@example.test'>" body "</message>"

START_TEST(carbons_are_taken_from_the_own_account_only)
{
	static const struct {
		const char *from;
		bool taken;
	} cases[] = {
		{ "", true },
		{ "from='a@example.test'", true },
		{ "from='A@Example.Test'", true },
		{ "from='a@example.test/r'", false },
		{ "from='b@example.test'", false },
		{ "from='example.test'", false },
	};
	struct strview xml = arena_printf(&arena, "<message %s to='a@example.test/r'>%s</message>",
					  cases[_i].from, CARBON(INNER("<body>x</body>")));
	const struct message *m = decode(xml.p);

	ck_assert_int_eq(has(m, struct message, received), cases[_i].taken);
	ck_assert_uint_eq(left(&m->xso), cases[_i].taken ? 0 : 1);
	if (cases[_i].taken)
		expect(xso_text_main(&m->received->forwarded->message->bodies)->text, "x");
}
END_TEST

START_TEST(a_carbon_in_a_carbon_is_not_one)
{
	const struct message *m = message_with(CARBON(INNER(CARBON(INNER("<body>x</body>")))));
	const struct message *inner = m->received->forwarded->message;

	ck_assert(!has(inner, struct message, received));
	ck_assert_uint_eq(left(&inner->xso), 1);
}
END_TEST

START_TEST(what_is_forwarded_is_in_the_namespace_of_the_stream)
{
	const char *xml =
		"<message><forwarded xmlns='" XMLNS_FORWARD
		"'>" INNER("<body/>") "<error xmlns='" XMLNS_CLIENT "'/></forwarded></message>";
	const struct message *m = decode(xml);

	ck_assert_ptr_nonnull(m->forwarded->message);
	comes_back_as(m, xml);
	context.default_ns = SV(XMLNS_COMPONENT);
	m = decode(xml);
	ck_assert_ptr_null(m->forwarded->message);
	ck_assert_uint_eq(left(&m->forwarded->xso), 2);
	comes_back_as(m, xml);
	m = decode("<message><forwarded xmlns='" XMLNS_FORWARD "'><message xmlns='" XMLNS_COMPONENT
		   "'><body>x</body></message></forwarded></message>");
	ck_assert_uint_eq(m->forwarded->message->bodies.n, 1);
}
END_TEST

/* --- lists ------------------------------------------------------------------------------------ */

START_TEST(headers_of_one_name_keep_their_order)
{
	const char *xml = "<message><headers xmlns='" XMLNS_SHIM "'><header name='a'>1</header>"
			  "<header name='b'>2</header><header name='a'>3</header></headers>"
			  "</message>";
	const struct message *m = decode(xml);

	ck_assert_uint_eq(left((const struct xso *)m->headers), 0);
	comes_back_as(m, xml);
}
END_TEST

START_TEST(fields_whose_names_are_words_of_c_have_these_names)
{
	ck_assert_ptr_nonnull(xso_field_named(&fallback_class, SV("for")));
	ck_assert_ptr_nonnull(xso_field_named(&muc_invite_class, SV("continue")));
	ck_assert_ptr_nonnull(xso_field_named(&muc_item_class, SV("continue")));
	ck_assert_ptr_nonnull(xso_field_named(&direct_invite_class, SV("continue")));
	ck_assert_ptr_nonnull(xso_field_named(&message_class, SV("private")));
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ a_message_of_no_or_an_unknown_type_is_normal_and_keeps_what_it_said, 3 },
		{ a_default_that_was_said_is_said_again, 0 },
		{ a_presence_of_an_unknown_type_is_not_one, 0 },
		{ a_priority_out_of_range_and_an_unknown_show_count_as_absent, 6 },
		{ a_chat_state_is_one_of_five, 0 },
		{ a_child_that_its_class_cannot_take_stays_as_it_is, ARRAY_SIZE(bad_children) },
		{ a_bad_item_does_not_spoil_its_list, 0 },
		{ a_second_one_of_what_may_be_there_once_is_kept, 0 },
		{ an_unknown_affiliation_or_role_leaves_the_rest_of_the_item, 0 },
		{ a_status_that_is_no_code_leaves_the_others, 0 },
		{ no_photo_and_an_empty_photo_are_not_the_same, 3 },
		{ carbons_are_taken_from_the_own_account_only, 6 },
		{ a_carbon_in_a_carbon_is_not_one, 0 },
		{ what_is_forwarded_is_in_the_namespace_of_the_stream, 0 },
		{ headers_of_one_name_keep_their_order, 0 },
		{ fields_whose_names_are_words_of_c_have_these_names, 0 },
	};

	return suite_run_with("vocab_chat", begin, end, tests, ARRAY_SIZE(tests));
}
