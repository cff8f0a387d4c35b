#include "protocol/xso/xso.h"

#include <stdio.h>

#include "protocol/base/ns.h"
#include "protocol/vocab/message.h"
#include "protocol/vocab/nonza.h"
#include "protocol/vocab/nonza_sasl.h"
#include "protocol/vocab/payload.h"
#include "protocol/vocab/presence.h"
#include "protocol/vocab/stanza.h"
#include "protocol/vocab/vocab.h"
#include "protocol/xml/xmlparse.h"
#include "protocol/xml/xmlwrite.h"
#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"
#include "tests/unit/xso_gen.h"
#include "tests/unit/xso_same.h"

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

static const struct elem *parse(const char *xml)
{
	const struct elem *e;
	const char *text = "";

	ck_assert_msg(xmlparse_fragment(&arena, strview_of(xml), context.default_ns, &e, &text) ==
			      0,
		      "%s: %s", text, xml);
	return e;
}

static const struct xso_class *class_of(const struct elem *e)
{
	return xso_registry_find(context.registry, e->ns, e->name, context.default_ns);
}

static void *decode(const char *xml)
{
	const struct elem *e = parse(xml);
	struct xso_issue issue = { 0 };
	struct xso *x = NULL;
	enum xso_result r = xso_decode(class_of(e), e, &context, &arena, &x, &issue);

	ck_assert_msg(r == XSO_OK, "%s: %.*s %s", xml, SV_ARG(issue.path), issue.text);
	return x;
}

static void *decode_invalid(const char *xml, const char *path)
{
	const struct elem *e = parse(xml);
	struct xso_issue issue;
	struct xso *x;

	ck_assert_int_eq(xso_decode(class_of(e), e, &context, &arena, &x, &issue), XSO_INVALID);
	ck_assert_msg(strview_is(issue.path, path), "%.*s, not %s", SV_ARG(issue.path), path);
	return x;
}

static struct strview xml_of(const struct elem *e)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	const struct xmlwrite_context ctx = { .default_ns = context.default_ns };

	ck_assert_int_eq(xmlwrite_elem(&b, e, &ctx, NULL), 0);
	return arena_dup(&arena, buf_view(&b));
}

#define expect(v, literal) ck_assert_msg(strview_is(v, literal), "%.*s, not %s", SV_ARG(v), literal)

START_TEST(a_message_is_decoded_into_its_struct)
{
	const struct message *m = decode(
		"<message from='j@x/r' to='b@x' type='chat' id='1' xml:lang='en'>"
		"<subject>S</subject><body xml:lang='de'>A</body><body>B</body>"
		"<thread parent='p'>t</thread><delay xmlns='urn:xmpp:delay' "
		"stamp='2026-11-22T18:00:00Z' from='x'>late</delay>"
		"<stanza-id xmlns='urn:xmpp:sid:0' id='1' by='b@x'/><stanza-id "
		"xmlns='urn:xmpp:sid:0' id='2' by='c@x'/><origin-id xmlns='urn:xmpp:sid:0' id='o'/>"
		"<x xmlns='y'/></message>");
	struct stanza_id *const *ids = m->stanza_ids.items;

	ck_assert(xso_is(&m->xso, &message_class));
	ck_assert_uint_eq(m->type, MESSAGE_CHAT);
	expect(m->from, "j@x/r");
	expect(m->to, "b@x");
	expect(m->id, "1");
	expect(m->lang, "en");
	expect(xso_text_main(&m->bodies)->text, "B");
	ck_assert_uint_eq(m->bodies.n, 2);
	expect(xso_text_main(&m->subjects)->text, "S");
	expect(m->thread, "t");
	expect(m->thread_parent, "p");
	expect(m->delay->stamp, "2026-11-22T18:00:00Z");
	expect(m->delay->from, "x");
	expect(m->delay->reason, "late");
	ck_assert_uint_eq(m->stanza_ids.n, 2);
	expect(ids[1]->id, "2");
	expect(ids[1]->by, "c@x");
	expect(m->origin_id, "o");
	ck_assert_ptr_null(m->error);
	ck_assert(!xso_has(&m->xso, offsetof(struct message, error)));
	ck_assert(elem_is(m->xso.rest.first->elem, "y", "x"));
	ck_assert_ptr_null(m->xso.rest.first->next);
}
END_TEST

START_TEST(what_is_absent_reads_as_the_default)
{
	const struct message *m = decode("<message/>");
	const struct presence *p = decode("<presence/>");

	ck_assert_uint_eq(m->xso.present.words[0] | m->xso.present.words[1], 0);
	ck_assert_uint_eq(m->type, MESSAGE_NORMAL);
	ck_assert_ptr_null(m->from.p);
	ck_assert_ptr_null(xso_text_main(&m->bodies));
	ck_assert_uint_eq(p->type, PRESENCE_AVAILABLE);
	ck_assert_uint_eq(p->show, SHOW_NONE);
	ck_assert_int_eq(p->priority, 0);
}
END_TEST

START_TEST(features_are_decoded_into_their_struct)
{
	const struct features *f = decode(
		"<features xmlns='" XMLNS_STREAM "'><starttls xmlns='" XMLNS_TLS
		"'><required/></starttls><mechanisms xmlns='" XMLNS_SASL
		"'> <mechanism>PLAIN</mechanism>\n<mechanism>SCRAM-SHA-1</mechanism></mechanisms>"
		"<bind xmlns='" XMLNS_BIND "'><required/></bind><session xmlns='" XMLNS_SESSION
		"'><optional/></session><sm xmlns='" XMLNS_SM
		"'/><csi xmlns='urn:xmpp:csi:0'/><limits xmlns='urn:xmpp:stream-limits:0'>"
		"<max-bytes> 262144 </max-bytes></limits></features>");
	const struct strview *mechanisms = f->mechanisms.items;

	ck_assert(f->starttls->required);
	ck_assert_uint_eq(f->mechanisms.n, 2);
	expect(mechanisms[0], "PLAIN");
	expect(mechanisms[1], "SCRAM-SHA-1");
	ck_assert(f->bind->required && !f->bind->optional);
	ck_assert(f->session->optional && !f->session->required);
	ck_assert(f->sm && !f->sm->required);
	ck_assert(f->csi);
	ck_assert_int_eq(f->limits->max_bytes, 262144);
	ck_assert_ptr_null(f->xso.rest.first);
}
END_TEST

START_TEST(errors_of_all_kinds_are_decoded)
{
	const struct iq *iq =
		decode("<iq type='error' id='1'><q xmlns='q'/><error type='modify' "
		       "by='x'><gone xmlns='" XMLNS_STANZA_ERROR
		       "'>xmpp:a@b</gone><text xml:lang='en' xmlns='" XMLNS_STANZA_ERROR
		       "'>bye</text><app xmlns='app'/></error></iq>");
	const struct stream_error *s =
		decode("<error xmlns='" XMLNS_STREAM "'><conflict xmlns='" XMLNS_STREAM_ERROR
		       "'/></error>");
	const struct sasl_failure *f =
		decode("<failure xmlns='" XMLNS_SASL "'><text>no</text><bad-auth/></failure>");

	ck_assert_uint_eq(iq->error->type, ERROR_MODIFY);
	expect(iq->error->condition, "gone");
	expect(iq->error->condition_text, "xmpp:a@b");
	expect(iq->error->text, "bye");
	expect(iq->error->lang, "en");
	expect(iq->error->by, "x");
	ck_assert(elem_is(iq->error->application.elem, "app", "app"));
	ck_assert(elem_is(iq->payload.elem, "q", "q"));
	expect(s->condition, "conflict");
	ck_assert_ptr_null(s->condition_text.p);
	expect(f->condition, "bad-auth");
	expect(f->text, "no");
}
END_TEST

START_TEST(a_partial_object_has_its_attributes)
{
	const struct iq *iq = decode_invalid(
		"<iq type='set' id='1' from='a@@b' to='c@d'><bind xmlns='" XMLNS_BIND "'/></iq>",
		"/from");

	ck_assert_uint_eq(iq->type, IQ_SET);
	expect(iq->id, "1");
	expect(iq->to, "c@d");
	ck_assert(!xso_has(&iq->xso, offsetof(struct iq, from)));
	ck_assert_ptr_null(iq->from.p);
	expect(elem_attr(&iq->xso.rest, "from"), "a@@b");
}
END_TEST

START_TEST(the_first_issue_is_the_one_that_is_told)
{
	decode_invalid("<iq type='set' id='1' to='@'><bind xmlns='" XMLNS_BIND
		       "'><jid>@</jid></bind></iq>",
		       "/to");
	decode_invalid("<iq type='set' id='1'><bind xmlns='" XMLNS_BIND
		       "'><jid>@</jid></bind></iq>",
		       "/payload/jid");
}
END_TEST

START_TEST(an_object_made_by_hand_is_encoded)
{
	struct message *m = (struct message *)xso_new(&message_class, &arena);
	struct xso_text *text;
	const struct elem *e;

	ck_assert_ptr_nonnull(m);
	m->to = SV("a@b");
	xso_set(&m->xso, offsetof(struct message, to));
	m->type = MESSAGE_CHAT;
	xso_set(&m->xso, offsetof(struct message, type));
	text = xso_list_add(&m->bodies, sizeof(*text), &arena);
	text->text = SV("<hi>");
	xso_set(&m->xso, offsetof(struct message, bodies));
	m->id = SV("without its bit");
	e = xso_encode(&m->xso, &context, &arena);
	expect(xml_of(e), "<message to='a@b' type='chat'><body>&lt;hi&gt;</body></message>");
}
END_TEST

START_TEST(required_fields_and_the_rules_of_iq_are_checked)
{
	struct iq *iq = (struct iq *)xso_new(&iq_class, &arena);
	struct xso_issue issue;

	ck_assert_int_eq(xso_check(&iq->xso, &arena, &issue), XSO_INVALID);
	expect(issue.path, "/type");
	iq->type = IQ_RESULT;
	xso_set(&iq->xso, offsetof(struct iq, type));
	ck_assert_int_eq(xso_check(&iq->xso, &arena, &issue), XSO_INVALID);
	expect(issue.path, "/id");
	iq->id = SV("1");
	xso_set(&iq->xso, offsetof(struct iq, id));
	ck_assert_int_eq(xso_check(&iq->xso, &arena, &issue), XSO_OK);
	iq->type = IQ_GET;
	ck_assert_int_eq(xso_check(&iq->xso, &arena, &issue), XSO_INVALID);
	expect(issue.path, "/payload");
	iq->type = IQ_ERROR;
	ck_assert_int_eq(xso_check(&iq->xso, &arena, &issue), XSO_INVALID);
	expect(issue.path, "/error");
}
END_TEST

START_TEST(stanzas_are_those_of_the_streams_own_namespace)
{
	const struct elem *e;

	context.default_ns = SV(XMLNS_COMPONENT);
	e = parse("<message><body>hi</body></message>");
	ck_assert_ptr_eq(class_of(e), &message_class);
	expect(xso_text_main(
		       &((struct message *)decode("<message><body>hi</body></message>"))->bodies)
		       ->text,
	       "hi");
	e = parse("<message xmlns='" XMLNS_CLIENT "'/>");
	ck_assert_ptr_null(class_of(e));
	ck_assert_ptr_eq(class_of(parse("<bind xmlns='" XMLNS_BIND "'/>")), &bind_class);
}
END_TEST

START_TEST(very_many_texts_between_elements_cost_no_square)
{
	enum {
		N = 60000
	};
	struct elem *e = elem_new(&arena, SV(XMLNS_CLIENT), SV("message"));
	struct xso_issue issue;
	struct xso *x;
	size_t used;

	for (size_t i = 0; i < N; i++) {
		ck_assert_int_eq(elem_add_text(&arena, e, SV("0123456789")), 0);
		ck_assert_ptr_nonnull(
			elem_add_new(&arena, e, SV(XMLNS_CLIENT), SV("body"), SV("b")));
	}
	used = arena.used;
	ck_assert_int_eq(xso_decode(&message_class, e, &context, &arena, &x, &issue), XSO_OK);
	ck_assert_uint_eq(x->rest.first->text.n, (size_t)N * 10);
	ck_assert_ptr_null(x->rest.first->next);
	ck_assert_uint_lt(arena.used - used, 16 << 20);
}
END_TEST

static void comes_back(struct xso_gen *g, const struct xso_class *cls)
{
	struct elem *e = xso_gen_class(g, cls), *again;
	struct xso_issue issue = { 0 };
	const char *found;
	struct xso *x;
	enum xso_result r = xso_decode(cls, e, &context, &arena, &x, &issue);

	ck_assert_msg(r == XSO_OK || !g->valid, "%.*s: %.*s %s", SV_ARG(xml_of(e)),
		      SV_ARG(issue.path), issue.text);
	if (r != XSO_OK)
		return;
	again = xso_encode(x, &context, &arena);
	ck_assert_ptr_nonnull(again);
	found = xso_same_typed(cls, e, again, &context, &arena);
	ck_assert_msg(!found, "%.*s\nbecame %.*s: %s", SV_ARG(xml_of(e)), SV_ARG(xml_of(again)),
		      found);
}

START_TEST(random_elements_come_back_but_for_order_and_white_space)
{
	const struct xso_registry *r = context.registry;

	for (size_t i = 0; i < r->n_classes; i++)
		for (uint64_t seed = 0; seed < 200; seed++) {
			struct xso_gen g = xso_gen_of(r, context.default_ns, &arena,
						      seed + (uint64_t)_i * 1000, seed % 2);

			comes_back(&g, r->classes[i]);
			arena_reset(&arena);
		}
}
END_TEST

/* Every allocation of decoding, checking and encoding fails once, in arenas that start empty. */
START_TEST(without_memory_nothing_comes_out)
{
	const struct elem *e = parse("<iq type='set' id='1'><bind xmlns='" XMLNS_BIND
				     "'>a<jid>m\xc3\xa4x@b</jid>b<x/>c</bind></iq>");
	bool failed = true;

	for (size_t i = 0; failed; i++) {
		struct arena scratch;
		struct xso_issue issue;
		struct xso *x = NULL;
		struct elem *again = NULL;
		enum xso_result r;

		arena_init(&scratch, 0);
		failmalloc_arm(i);
		r = xso_decode(&iq_class, e, &context, &scratch, &x, &issue);
		if (r == XSO_OK)
			again = xso_encode(x, &context, &scratch);
		failed = failmalloc_disarm();
		ck_assert(failed ? r == XSO_NO_MEMORY || !again : r == XSO_OK && again);
		arena_done(&scratch);
	}
}
END_TEST

/* The same for every single allocation from the arena, which has ever more room. */
START_TEST(a_full_arena_is_an_error_wherever_it_fills_up)
{
	struct xso_gen g =
		xso_gen_of(context.registry, context.default_ns, &arena, (uint64_t)_i, true);
	struct elem *e = xso_gen_class(&g, _i % 2 ? &message_class : &features_class);
	const struct xso_class *cls = class_of(e);

	for (size_t room = 0; room < 4000; room += 16) {
		struct arena scratch;
		struct xso_issue issue;
		struct xso *x;

		arena_init(&scratch, 0);
		ck_assert_ptr_nonnull(arena_alloc(&scratch, 4096));
		scratch.max = scratch.used; /* no block more */
		scratch.cur = scratch.end - room;
		if (xso_decode(cls, e, &context, &scratch, &x, &issue) == XSO_OK)
			(void)xso_encode(x, &context, &scratch); /* must not crash */
		arena_done(&scratch);
	}
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ a_message_is_decoded_into_its_struct, 0 },
		{ what_is_absent_reads_as_the_default, 0 },
		{ features_are_decoded_into_their_struct, 0 },
		{ errors_of_all_kinds_are_decoded, 0 },
		{ a_partial_object_has_its_attributes, 0 },
		{ the_first_issue_is_the_one_that_is_told, 0 },
		{ an_object_made_by_hand_is_encoded, 0 },
		{ required_fields_and_the_rules_of_iq_are_checked, 0 },
		{ stanzas_are_those_of_the_streams_own_namespace, 0 },
		{ very_many_texts_between_elements_cost_no_square, 0 },
		{ random_elements_come_back_but_for_order_and_white_space, 4 },
		{ without_memory_nothing_comes_out, 0 },
		{ a_full_arena_is_an_error_wherever_it_fills_up, 20 },
	};

	return suite_run_with("xso", begin, end, tests, ARRAY_SIZE(tests));
}
