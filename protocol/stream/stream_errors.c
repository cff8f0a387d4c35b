/* Stream errors (RFC 6120 4.9), sent and received. */
#include <errno.h>

#include "protocol/base/ns.h"
#include "protocol/stream/stream_private.h"
#include "protocol/vocab/nonza.h"
#include "protocol/xml/xmlwrite.h"

bool stream_condition_known(const char *condition)
{
	return stream_condition_find(strview_of(condition)) != NULL;
}

static struct fault *make_fault(struct strview condition, struct strview text, bool sent,
				const struct elem *application)
{
	struct fault *f = fault_new(FAULT_STREAM_ERROR, "stream error %.*s%s%.*s",
				    SV_ARG(condition), text.n ? ": " : "", SV_ARG(text));

	/* without memory it is a shared one that tells only that */
	if (f->kind != FAULT_STREAM_ERROR)
		return f;
	f->has_sent = true;
	f->sent = sent;
	fault_set(f, &f->condition, condition);
	fault_set(f, &f->text, text);
	if (application)
		f->application = elem_copy(&f->arena, application);
	return f;
}

/*
 * What the peer's words are: <text/>; else what the condition holds, as <see-other-host/> does
 * (RFC 6120 4.9.3.19).
 */
static struct strview words_of(const struct elem *error, const struct elem *condition,
			       struct arena *a)
{
	const struct elem *text = elem_child(error, XMLNS_STREAM_ERROR, "text");
	struct strview words = SV_NONE;

	if (text)
		return elem_text(text, a);
	if (condition)
		words = elem_text(condition, a);
	return words.n ? words : SV_NONE;
}

struct fault *stream_fault_received(const struct elem *error)
{
	const struct elem *condition = NULL, *application = NULL;
	const char *name = NULL;
	struct arena scratch;
	struct fault *f;

	arena_init(&scratch, 0);
	elem_for_each_node(node, error)
	{
		const struct elem *e = node->elem;

		if (!e)
			continue;
		if (!strview_is(e->ns, XMLNS_STREAM_ERROR)) {
			application = application ? application : e;
		} else if (!condition && !strview_is(e->name, "text")) {
			condition = e;
			name = stream_condition_find(e->name);
		}
	}
	f = make_fault(strview_of(name ? name : "undefined-condition"),
		       words_of(error, condition, &scratch), false, application);
	arena_done(&scratch);
	return f;
}

/* RFC 6120 4.9.2; a host to go to stands in the condition itself. NULL without memory. */
static struct elem *make_error(struct arena *a, const char *condition, const struct strview *text,
			       const struct elem *application)
{
	struct elem *e = elem_new(a, SV(XMLNS_STREAM), SV("error"));
	bool inside = strcmp(condition, "see-other-host") == 0;
	struct elem *copy;

	if (!e || !elem_add_new(a, e, SV(XMLNS_STREAM_ERROR), strview_of(condition),
				text && inside ? *text : SV_NONE))
		return NULL;
	if (text && !inside && !elem_add_new(a, e, SV(XMLNS_STREAM_ERROR), SV("text"), *text))
		return NULL;
	if (!application)
		return e;
	copy = elem_copy(a, application);
	return copy && elem_add_child(a, e, copy) == 0 ? e : NULL;
}

static int write_error(struct stream *s, const char *condition, const struct strview *text,
		       const struct elem *application, struct xmlwrite_issue *issue)
{
	const struct xmlwrite_context ctx = {
		.default_ns = s->options.default_namespace,
		.stream_prefix = true,
		.sorted_attributes = s->options.sorted_attributes,
	};
	size_t mark = s->out.n;
	struct arena scratch;
	struct elem *e;
	int r;

	arena_init(&scratch, 0);
	e = make_error(&scratch, condition, text, application);
	r = e ? xmlwrite_elem(&s->out, e, &ctx, issue) : -ENOMEM;
	s->queued_total += s->out.n - mark;
	arena_done(&scratch);
	return r;
}

void stream_refuse(struct stream *s, const char *condition, const char *text)
{
	struct strview words = strview_of(text);

	/* where there is no memory for it the footer has to do */
	if (s->state < STREAM_CLOSING)
		(void)write_error(s, condition, text ? &words : NULL, NULL, NULL);
	stream_set_cause(s, make_fault(strview_of(condition), words, true, NULL));
	s->ear = EAR_SHUT;
	stream_shut(s);
	stream_want_transport(s, STREAM_TRANSPORT_CLOSE);
}

static struct fault *invalid(const char *path, const char *text)
{
	struct fault *f = fault_new(FAULT_INVALID_XSO, "%s", text);

	fault_set(f, &f->path, strview_of(path));
	return f;
}

struct fault *stream_close_with_error(struct stream *s, const char *condition,
				      const struct strview *text, const struct elem *application,
				      uint64_t now)
{
	struct fault *f = stream_check(s);
	struct xmlwrite_issue issue = { 0 };
	int r;

	if (f)
		return f;
	if (!stream_condition_known(condition))
		return fault_new(FAULT_INVALID_PARAMS, "condition: not one of RFC 6120 4.9.3");
	if (text && xml_bad_char(*text) < text->n)
		return invalid("/text", "a character that XML cannot carry");
	r = write_error(s, condition, text, application, &issue);
	if (r == -ENOMEM)
		return fault_no_memory();
	if (r < 0)
		return invalid("/application", issue.text ? issue.text : "cannot be written");
	s->now = now;
	stream_set_cause(
		s, make_fault(strview_of(condition), text ? *text : SV_NONE, true, application));
	stream_shut(s);
	return NULL;
}
