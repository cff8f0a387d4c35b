/* What the examples of specifications do not show of messages and presence: what is not valid. */
#include "protocol/vocab/chat.h"
#include "protocol/vocab/presence.h"
#include "tests/unit/vocab_fixture.h"

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

	expect(xso_field_named(&message_class, SV("type"))->absent, "normal");
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

/* One child of a child is bad. */
static const char *const bad_items[] = {
	"<x xmlns='" XMLNS_ROSTERX "'><item jid='c@d'/><item action='hide' jid='a@b'/></x>",
	"<x xmlns='" XMLNS_ROSTERX "'><item name='nobody'/><item jid='c@d'/></x>",
	"<headers xmlns='" XMLNS_SHIM "'><header>x</header></headers>",
	"<fallback xmlns='urn:xmpp:fallback:0'><body start='-1'/><subject end='1'/></fallback>",
	"<markup xmlns='urn:xmpp:markup:0'><span start='0'/></markup>",
	"<markup xmlns='urn:xmpp:markup:0'><bcode end='0'/></markup>",
	"<markup xmlns='urn:xmpp:markup:0'><bquote start='0' end='x'/></markup>",
	"<markup xmlns='urn:xmpp:markup:0'><list start='0' end='1' ordered='?'/></markup>",
	"<apply-to xmlns='urn:xmpp:fasten:0' id='1'><external/></apply-to>",
	"<invite xmlns='urn:xmpp:call-invites:0'><jingle jid='a@b'/></invite>",
	"<invite xmlns='urn:xmpp:call-invites:0'><external uri='nowhere'/></invite>",
	("<sources xmlns='urn:xmpp:sfs:0'>"
	 "<url-data xmlns='http://jabber.org/protocol/url-data'/></sources>"),
};

START_TEST(a_bad_item_does_not_spoil_its_holder)
{
	const struct message *m = message_with(bad_items[_i]);
	const struct xso *x = first_inside(&m->xso);

	ck_assert_uint_eq(left(&m->xso), 0);
	ck_assert_uint_eq(left(x), 1);
}
END_TEST

/* One child of a file is bad. */
static const char *const bad_in_files[] = {
	"<hash xmlns='urn:xmpp:hashes:2'>AAAA</hash>",
	"<hash xmlns='urn:xmpp:hashes:2' algo='sha-1'>?</hash>",
	"<thumbnail xmlns='urn:xmpp:thumbs:1' width='1'/>",
	"<thumbnail xmlns='urn:xmpp:thumbs:1' uri='cid:x' width='65536'/>",
	"<size>9007199254740992</size>",
	"<width>-1</width>",
	"<height>4294967296</height>",
	"<length/>",
	"<date>yesterday</date>",
};

START_TEST(nor_does_one_spoil_a_file)
{
	struct strview xml = arena_printf(&arena,
					  "<file-sharing xmlns='urn:xmpp:sfs:0' disposition='odd'>"
					  "<file xmlns='urn:xmpp:file:metadata:0'>%s</file>"
					  "</file-sharing>",
					  bad_in_files[_i]);
	const struct message *m = message_with(xml.p);
	const struct xso *sharing = item_of(m->file_sharings, 0);

	ck_assert_uint_eq(sharing->rest.n_attrs, 1);
	ck_assert_uint_eq(left(first_inside(sharing)), 1);
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

int main(void)
{
	const struct suite_test tests[] = {
		{ a_message_of_no_or_an_unknown_type_is_normal_and_keeps_what_it_said, 3 },
		{ a_default_that_was_said_is_said_again, 0 },
		{ a_presence_of_an_unknown_type_is_not_one, 0 },
		{ a_priority_out_of_range_and_an_unknown_show_count_as_absent, 6 },
		{ a_chat_state_is_one_of_five, 0 },
		{ a_child_that_its_class_cannot_take_stays_as_it_is, ARRAY_SIZE(bad_children) },
		{ a_bad_item_does_not_spoil_its_holder, ARRAY_SIZE(bad_items) },
		{ nor_does_one_spoil_a_file, ARRAY_SIZE(bad_in_files) },
		{ a_second_one_of_what_may_be_there_once_is_kept, 0 },
	};

	return suite_run_with("vocab_chat", vocab_begin, vocab_end, tests, ARRAY_SIZE(tests));
}
