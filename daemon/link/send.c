/* stream.send and stream.send_and_wait_for. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "daemon/link/managed.h"
#include "daemon/link/send.h"
#include "daemon/link/waiter.h"
#include "ipc/json/jsonw.h"
#include "protocol/base/ns.h"

enum {
	MAX_PENDING = 8 * 1024 * 1024, /* bytes that the server has not taken: no more is queued */
};

struct fault *link_check_room(const struct link *k)
{
	if (stream_pending(k->conn.stream).n <= MAX_PENDING)
		return NULL;
	return fault_new(FAULT_OVERFLOW, "the server does not take what is queued for it");
}

int link_new_id(char id[LINK_ID_SIZE])
{
	uint64_t v[2];

	if (getrandom(v, sizeof(v), 0) != (ssize_t)sizeof(v))
		return -ENOMEM;
	snprintf(id, LINK_ID_SIZE, "%016llx%08llx", (unsigned long long)v[0],
		 (unsigned long long)(v[1] >> 32));
	return 0;
}

/* An id for a stanza that has none (RFC 6120 8.1.3). */
static int add_id(struct arena *a, struct elem *e)
{
	char id[LINK_ID_SIZE];
	struct strview copy;

	if (link_new_id(id) < 0)
		return -ENOMEM;
	copy = arena_dup(a, strview_of(id));
	return copy.p ? elem_add_attr(a, e, SV_NONE, SV("id"), copy) : -ENOMEM;
}

/* Puts a fault's path, which is that in the XSO `value`, behind where that stands. */
static struct fault *fault_at(struct fault *f, const json_t *value, const char *path)
{
	const char *key = f && f->path && f->path[0] == '/' ? f->path + 1 : "";
	bool typed = json_object_get(value, key);
	bool raw = !typed && json_object_get(json_object_get(value, "attrs"), key);
	struct strview at;

	if (!f || !f->path)
		return f;
	at = arena_printf(&f->arena, "%s%s%s", path, raw ? "/attrs" : "",
			  typed || raw ? f->path : "");
	fault_set(f, &f->path, at);
	return f;
}

/*
 * What is to be sent, checked as far as that is possible without writing: on a managed stream also
 * against what would end the session of the others.
 */
static struct fault *prepare(struct link *k, const struct session *s, const json_t *value,
			     const char *path, bool replace, struct arena *a,
			     const struct elem **ret)
{
	struct xso_json_context ctx = link_xso_context(k);
	struct fault *why = xso_json_read(value, path, &ctx, replace, a, ret);

	if (why)
		return why;
	if (k->raw)
		return NULL;
	if (!elem_attr(*ret, "id").p && add_id(a, (struct elem *)*ret) < 0)
		return fault_no_memory();
	return fault_at(managed_may_send(k, s, *ret), value, path);
}

/* Nothing is kept for later in this version: neither for a raw stream, nor while a managed one is
 * away. */
static struct fault *check_queue(const struct link *k, const struct params_send *p)
{
	if (p->queue.value && (k->raw || k->link != LINK_UP))
		return fault_new(FAULT_UNSUPPORTED, "%s",
				 k->raw ? "a raw stream queues nothing"
					: "queueing while the stream is not up");
	return NULL;
}

static struct fault *check_options(const struct link *k, const struct params_send *p)
{
	if (p->wait == SEND_ACKED)
		return fault_new(FAULT_UNSUPPORTED,
				 "no acknowledgements (XEP-0198) on this stream");
	return link_check_room(k);
}

void link_reply_sent(struct link *k, struct request *r, struct strview id, const char *status)
{
	struct buf *b = request_result(r);

	jsonw_begin_object(b);
	jsonw_member_cstr(b, "stream", k->name);
	jsonw_member_opt(b, "id", id);
	jsonw_member_cstr(b, "status", status);
	jsonw_end_object(b);
	request_done(r);
}

static void wait_sent(struct link *k, struct request *r, struct strview id)
{
	const struct params_send *p = r->params;
	struct waiter *w = waiter_add(k, WAIT_SENT, r, &p->timeout);

	if (!w)
		return;
	w->sent_at = stream_queued_total(k->conn.stream);
	w->id = id.p ? strview_dup(id) : NULL;
}

void link_handle_send(struct link *k, struct request *r)
{
	const struct params_send *p = r->params;
	const struct elem *e = NULL;
	struct fault *why = check_queue(k, p);
	struct arena a;

	arena_init(&a, 0);
	if (!why)
		why = link_check(k);
	if (!why)
		why = check_options(k, p);
	if (!why)
		why = prepare(k, r->session, p->xso, "/xso", p->replace_invalid.value, &a, &e);
	if (!why)
		why = link_send(k, e, r->session, p->mute.value);
	if (why)
		request_fail(r, why);
	else if (p->wait == SEND_SENT)
		wait_sent(k, r, elem_attr(e, "id"));
	else
		link_reply_sent(k, r, elem_attr(e, "id"), "accepted");
	arena_done(&a);
}

/* All of them must be fit to be sent before the first one is. */
static struct fault *send_all(struct link *k, struct request *r, struct arena *a)
{
	const struct params_send_and_wait_for *p = r->params;
	size_t n = json_array_size(p->send);
	const struct elem **list = arena_alloc(a, (n + 1) * sizeof(*list));
	struct fault *why = NULL;

	if (!list)
		return fault_no_memory();
	for (size_t i = 0; i < n && !why; i++) {
		struct strview path = arena_printf(a, "/send/%zu", i);

		if (!path.p)
			return fault_no_memory();
		why = prepare(k, r->session, json_array_get(p->send, i), path.p, false, a,
			      &list[i]);
	}
	for (size_t i = 0; i < n && !why; i++)
		why = link_send(k, list[i], r->session, false);
	return why;
}

void link_handle_send_and_wait_for(struct link *k, struct request *r)
{
	const struct params_send_and_wait_for *p = r->params;
	struct xso_json_context ctx = link_xso_context(k);
	struct match_list *match = NULL;
	struct fault *why;
	struct waiter *w;
	struct arena a;

	arena_init(&a, 0);
	why = match_compile(p->wait_for, "/wait_for", &ctx, &match);
	if (!why)
		why = link_check(k);
	if (!why)
		why = link_check_room(k);
	if (!why)
		why = send_all(k, r, &a);
	arena_done(&a);
	if (why) {
		match_free(match);
		request_fail(r, why);
		return;
	}
	w = waiter_add(k, WAIT_MATCH, r, &p->timeout);
	if (!w) {
		match_free(match);
		return;
	}
	w->match = match;
	w->format = p->format >= 0 ? (enum xso_format)p->format : XSO_TYPED;
}
