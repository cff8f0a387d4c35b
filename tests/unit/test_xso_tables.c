/* What the examination of tables finds. */
#include "protocol/vocab/vocab.h"
#include "protocol/xso/xso_macros.h"
#include "tests/unit/suite.h"
#include "tests/unit/xso_samples.h"

static struct arena arena;

static void begin(void)
{
	arena_init(&arena, 0);
}

static void end(void)
{
	arena_done(&arena);
}

START_TEST(the_tables_of_the_built_in_classes_are_right)
{
	const char *found = xso_registry_check(vocab_registry(), &arena);

	ck_assert_msg(!found, "%s", found);
	found = xso_registry_check(xso_samples(), &arena);
	ck_assert_msg(!found, "%s", found);
}
END_TEST

/* A registry like that of the samples, in which one class can be spoilt. */
struct spoilt {
	const struct xso_class *list[32];
	struct xso_class cls;
	struct xso_index index;
	struct xso_field fields[XSO_MAX_FIELDS];
	struct xso_rule rules[4];
	struct xso_registry registry;
};

static void copy(struct spoilt *s, const struct xso_class *cls)
{
	const struct xso_registry *r = xso_samples();

	*s = (struct spoilt){ .cls = *cls };
	memcpy(s->fields, cls->fields, cls->n_fields * sizeof(*cls->fields));
	if (cls->n_rules)
		memcpy(s->rules, cls->rules, cls->n_rules * sizeof(*cls->rules));
	s->index = *xso_index_new(XSO_MAX_FIELDS, &arena);
	s->cls.fields = s->fields;
	s->cls.rules = s->rules;
	s->cls.index = &s->index;
	for (size_t i = 0; i < r->n_classes; i++)
		s->list[i] = r->classes[i] == cls ? &s->cls : r->classes[i];
	s->registry = (struct xso_registry){ .classes = s->list, .n_classes = r->n_classes };
}

static struct xso_field *field(struct spoilt *s, const char *name)
{
	for (size_t i = 0; i < s->cls.n_fields; i++)
		if (strview_is(s->fields[i].name, name))
			return &s->fields[i];
	ck_abort_msg("no field %s", name);
	return NULL;
}

static void finds(struct spoilt *s, const char *text)
{
	const char *found = xso_registry_check(&s->registry, &arena);

	ck_assert_msg(found && strstr(found, text), "%s, not %s", found ? found : "nothing", text);
}

/* Each spoils one member of a field of the sample class. */
enum spoil {
	NAME,
	TAG_NAME,
	MARK,
	OFFSET,
	EXTRA_OFFSET,
	EXTRA,
	EXTRA_NAME,
	LANG_NAME,
	ITEM,
	TYPE,
	CLASS,
	FLAGS,
	ABSENT,
};

static const struct spoiling {
	const char *field;
	enum spoil what;
	struct strview text;
	size_t number;
	const char *finding;
} spoilings[] = {
	{ "colour", NAME, { "title", 5 }, 0, "name that occurs twice" },
	{ "jid", NAME, { "jid_node", 8 }, 0, "name that occurs twice" },
	{ "jid", NAME, { "other", 5 }, 0, "not a name" },
	{ "jid", NAME, { "other_attrs", 11 }, 0, "not a name" },
	{ "jid", NAME, { "kind", 4 }, 0, "not a name" },
	{ "jid", NAME, { "Big", 3 }, 0, "not a name" },
	{ "jid", NAME, { "2nd", 3 }, 0, "not a name" },
	{ "jid", NAME, { "", 0 }, 0, "not a name" },
	{ "sizes", NAME, { "size", 4 }, 0, "no plural" },
	{ "headers", NAME, { "headers2", 8 }, 0, "no plural" },
	{ "colour", TAG_NAME, { "title", 5 }, 0, "tag that occurs twice" },
	{ "loud", TAG_NAME, { "jid", 3 }, 0, "tag that occurs twice" },
	{ "loud", TAG_NAME, { "", 0 }, 0, "a name where" },
	{ "mood", TAG_NAME, { "x", 1 }, 0, "a name where" },
	{ "part", TAG_NAME, { "piece", 5 }, 0, "another tag" },
	{ "loud", MARK, { "", 0 }, 5, "mark" },
	{ "jid", OFFSET, { "", 0 }, 100000, "outside" },
	{ "jid", OFFSET, { "", 0 }, 8, "outside" },
	{ "jid", OFFSET, { "", 0 }, offsetof(struct sample, title) + 4, "outside" },
	{ "jid", OFFSET, { "", 0 }, offsetof(struct sample, title), "another one's room" },
	{ "jid", EXTRA_OFFSET, { "", 0 }, offsetof(struct sample, title), "another one's room" },
	{ "jid", EXTRA_OFFSET, { "", 0 }, 100000, "outside" },
	{ "jid", EXTRA_OFFSET, { "", 0 }, 0, "extra member" },
	{ "count", EXTRA_OFFSET, { "", 0 }, offsetof(struct sample, mood), "extra member" },
	{ "jid", EXTRA, { "", 0 }, 0, "extra member" },
	{ "stamp", EXTRA, { "", 0 }, 0, "extra attribute" },
	{ "headers", EXTRA, { "", 0 }, 0, "extra attribute" },
	{ "loud", EXTRA, { "x", 1 }, 0, "extra attribute" },
	{ "jid", EXTRA_NAME, { "title", 5 }, 0, "name that occurs twice" },
	{ "notes", EXTRA_NAME, { "", 0 }, 0, "no names of a text" },
	{ "notes", LANG_NAME, { "", 0 }, 0, "no names of a text" },
	{ "jid", LANG_NAME, { "jid_lang", 8 }, 0, "no names of a text" },
	{ "hosts", ITEM, { "", 0 }, 0, "an item" },
	{ "sizes", ITEM, { "x", 1 }, 0, "an item" },
	{ "jid", TYPE, { "", 0 }, 0, "a type where" },
	{ "loud", TYPE, { "", 0 }, 1, "a type where" },
	{ "mood", TYPE, { "", 0 }, 1, "no enumeration" },
	{ "part", CLASS, { "", 0 }, 0, "a class where" },
	{ "jid", CLASS, { "", 0 }, 1, "a class where" },
	{ "part", CLASS, { "", 0 }, 1, "another tag" },
	{ "loud", FLAGS, { "", 0 }, XSO_LENIENT, "a flag" },
	{ "jid", FLAGS, { "", 0 }, XSO_STRICT, "a flag" },
	{ "jid", FLAGS, { "", 0 }, XSO_OPEN, "a flag" },
	{ "jid", FLAGS, { "", 0 }, 1 << 20, "a flag" },
	{ "title", FLAGS, { "", 0 }, XSO_FROM_ACCOUNT, "a flag" },
	{ "colour", FLAGS, { "", 0 }, XSO_REQUIRED, "a default that it cannot" },
	{ "colour", ABSENT, { "blue", 4 }, 0, "a default that is not valid" },
	{ "loud", ABSENT, { "true", 4 }, 0, "a default that it cannot" },
};

static void spoil(struct spoilt *s, const struct spoiling *with)
{
	struct xso_field *f = field(s, with->field);

	switch (with->what) {
	case NAME:
		f->name = with->text;
		break;
	case TAG_NAME:
		f->tag.name = with->text;
		f->tag.mark = xso_mark(with->text);
		break;
	case MARK:
		f->tag.mark = (unsigned)with->number;
		break;
	case OFFSET:
		f->offset = with->number;
		break;
	case EXTRA_OFFSET:
		f->extra_offset = with->number;
		break;
	case EXTRA:
		f->extra.name = with->text;
		f->extra.mark = xso_mark(with->text);
		break;
	case EXTRA_NAME:
		f->extra_name = with->text;
		break;
	case LANG_NAME:
		f->lang_name = with->text;
		break;
	case ITEM:
		f->item.name = with->text;
		f->item.mark = xso_mark(with->text);
		break;
	case TYPE:
		f->type = with->number ? &xso_string : NULL;
		break;
	case CLASS:
		f->cls = with->number ? &sample_lax_class : NULL;
		break;
	case FLAGS:
		f->flags = (unsigned)with->number;
		break;
	case ABSENT:
		f->absent = with->text;
		break;
	}
}

START_TEST(a_fault_in_a_field_is_found)
{
	struct spoilt s;

	copy(&s, &sample_class);
	ck_assert_ptr_null(xso_registry_check(&s.registry, &arena));
	spoil(&s, &spoilings[_i]);
	finds(&s, spoilings[_i].finding);
}
END_TEST

static void swap(struct spoilt *s, const char *a, const char *b)
{
	struct xso_field *x = field(s, a), *y = field(s, b), f = *x;

	*x = *y;
	*y = f;
}

START_TEST(fields_in_a_wrong_order_are_found)
{
	struct spoilt s;

	copy(&s, &sample_class);
	swap(&s, "title", "jid");
	finds(&s, "an attribute behind");
	copy(&s, &sample_class);
	swap(&s, "any", "jid");
	finds(&s, "takes the rest");
	copy(&s, &sample_class);
	swap(&s, "mood", "jid");
	finds(&s, "takes the rest");
}
END_TEST

START_TEST(a_fault_in_a_rule_is_found)
{
	static const struct {
		struct xso_rule rule;
		const char *finding;
	} cases[] = {
		{ { "nothing", { "red" }, { "a" }, false, { NULL }, "x" }, "lacks" },
		{ { "colour", { "red" }, { "a" }, false, { NULL }, NULL }, "lacks" },
		{ { "colour", { NULL }, { "a" }, false, { NULL }, "x" }, "lacks" },
		{ { "colour", { "red" }, { NULL }, false, { NULL }, "x" }, "lacks" },
		{ { "colour", { "blue" }, { "a" }, false, { NULL }, "x" }, "value" },
		{ { "loud", { "false" }, { "a" }, false, { NULL }, "x" }, "value" },
		{ { "colour", { "red" }, { "a", "d" }, false, { NULL }, "x" }, "needs" },
		{ { "colour", { "red" }, { "other" }, false, { NULL }, "x" }, "needs" },
		{ { "colour", { "red" }, { NULL }, false, { "a", "d" }, "x" }, "bars" },
	};
	struct spoilt s;

	copy(&s, &sample_ruled_class);
	ck_assert_ptr_null(xso_registry_check(&s.registry, &arena));
	s.rules[1] = cases[_i].rule;
	finds(&s, cases[_i].finding);
}
END_TEST

START_TEST(a_fault_in_a_class_is_found)
{
	struct spoilt s;

	copy(&s, &sample_class);
	s.cls.kind = SV("Sample");
	finds(&s, "no kind");
	copy(&s, &sample_class);
	s.cls.size = sizeof(struct xso) - 1;
	finds(&s, "too small");
	copy(&s, &sample_class);
	s.cls.index = NULL;
	finds(&s, "no index");
	copy(&s, &sample_class);
	s.index.bits = 5;
	finds(&s, "no index");
	copy(&s, &sample_class);
	s.cls.summary = SV("");
	finds(&s, "no summary");
	copy(&s, &sample_class);
	s.cls.refuse = XSO_REFUSE_ATTRS;
	finds(&s, "lenient");
	copy(&s, &sample_class);
	s.cls.kind = SV("ruled");
	finds(&s, "kind that occurs twice");
	copy(&s, &sample_class);
	s.cls.tag = sample_total_class.tag;
	finds(&s, "tag that occurs twice");
	copy(&s, &sample_class);
	s.registry.n_classes = 1;
	finds(&s, "not in the registry");
	copy(&s, &sample_class);
	s.cls.base = &sample_class;
	finds(&s, "not a class of its own");
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ the_tables_of_the_built_in_classes_are_right, 0 },
		{ a_fault_in_a_field_is_found, ARRAY_SIZE(spoilings) },
		{ fields_in_a_wrong_order_are_found, 0 },
		{ a_fault_in_a_rule_is_found, 9 },
		{ a_fault_in_a_class_is_found, 0 },
	};

	return suite_run_with("xso_tables", begin, end, tests, ARRAY_SIZE(tests));
}
