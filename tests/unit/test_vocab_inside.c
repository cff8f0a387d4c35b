/* What is in messages and presence: of rooms, of other stanzas, in lists. */
#include "protocol/base/ns.h"
#include "protocol/vocab/chat.h"
#include "protocol/vocab/forward.h"
#include "protocol/vocab/muc.h"
#include "protocol/vocab/presence.h"
#include "tests/unit/vocab_fixture.h"

#define number_of(list, i) (((const union xso_value *)(list).items)[i].number)

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
		{ an_unknown_affiliation_or_role_leaves_the_rest_of_the_item, 0 },
		{ a_status_that_is_no_code_leaves_the_others, 0 },
		{ no_photo_and_an_empty_photo_are_not_the_same, 3 },
		{ carbons_are_taken_from_the_own_account_only, 6 },
		{ a_carbon_in_a_carbon_is_not_one, 0 },
		{ what_is_forwarded_is_in_the_namespace_of_the_stream, 0 },
		{ headers_of_one_name_keep_their_order, 0 },
		{ fields_whose_names_are_words_of_c_have_these_names, 0 },
	};

	return suite_run_with("vocab_inside", vocab_begin, vocab_end, tests, ARRAY_SIZE(tests));
}
