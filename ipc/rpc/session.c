#include "ipc/rpc/session.h"

#include "ipc/json/jsonw.h"
#include "ipc/rpc/batch.h"
#include "ipc/rpc/envelope.h"
#include "ipc/rpc/line.h"
#include "ipc/rpc/request.h"
#include "protocol/vocab/vocab.h"

#include <assert.h>
#include <stdlib.h>

struct session_input {
	struct line_reader lines;
	struct session_limits limits;
	struct batch *batch; /* whose members are being begun, or NULL */
};

struct session *session_new(uint64_t id, const struct peer *peer,
			    const struct session_limits *limits, struct list *dirty)
{
	struct session *s = calloc(1, sizeof(*s));
	struct session_input *input = calloc(1, sizeof(*input));

	if (!s || !input) {
		free(peer->groups);
		free(input);
		free(s);
		return NULL;
	}
	s->id = id;
	s->peer = *peer;
	s->next_subscription = 1;
	s->next_handler = 1;
	s->input = input;
	list_init(&s->requests);
	list_init(&s->subscriptions);
	outq_init(&s->out, limits->max_queue_bytes, dirty);
	s->out.quota = limits->quota;
	input->limits = *limits;
	line_init(&input->lines, limits->max_request_bytes);
	return s;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	if (s->input->batch)
		batch_drop(s->input->batch);
	assert(list_empty(&s->requests));
	assert(list_empty(&s->subscriptions));
	line_done(&s->input->lines);
	outq_done(&s->out);
	free(s->input);
	free(s->peer.groups);
	free(s);
}

const struct xso_registry *session_registry(const struct session *s)
{
	(void)s;
	return vocab_registry();
}

static void fail(struct session *s)
{
	s->out.failed = true;
	outq_wake(&s->out);
}

void session_push(struct session *s, struct strview in)
{
	if (line_push(&s->input->lines, in) < 0)
		fail(s);
}

void session_eof(struct session *s)
{
	line_eof(&s->input->lines);
}

void session_reply(struct session *s, struct buf *line)
{
	buf_put_char(line, '\n');
	if (line->error)
		fail(s);
	else
		outq_put(&s->out, buf_view(line));
}

/* Answers what is no request that could be begun; consumes why. */
static void refuse(struct session *s, struct batch *batch, const struct buf *id, struct fault *why)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;

	out.error = id ? id->error : 0;
	reply_begin(&out, id && id->n ? buf_view(id) : SV_NONE);
	jsonw_key(&out, "error");
	fault_json(&out, why);
	jsonw_end_object(&out);
	fault_unref(why);
	if (!batch)
		session_reply(s, &out);
	else if (out.error)
		fail(s);
	else
		batch_put(batch, buf_view(&out));
}

/* Limits of this client that are checked before a request is begun. */
static struct fault *check_limits(const struct session *s, const struct batch *batch)
{
	const struct session_limits *limits = &s->input->limits;
	const struct quota *q = limits->quota;

	if (limits->max_in_flight && s->n_requests >= limits->max_in_flight)
		return fault_new(FAULT_OVERFLOW, "more than %u requests that are not answered yet",
				 limits->max_in_flight);
	if (q && q->max_requests && q->requests >= q->max_requests)
		return fault_new(FAULT_OVERFLOW,
				 "this user's clients have %u requests that are not answered yet",
				 q->requests);
	if (batch && limits->max_queue_bytes && batch->out.n >= limits->max_queue_bytes)
		return fault_new(FAULT_OVERFLOW, "the replies to this batch exceed %zu bytes",
				 limits->max_queue_bytes);
	return NULL;
}

static struct fault *find_method(const struct envelope *e, enum method_id *ret)
{
	*ret = method_find((struct strview){ e->method, e->method_n });
	return *ret == METHOD_COUNT_
		       ? fault_new(FAULT_METHOD_NOT_FOUND, "no method \"%.*s\"",
				   (int)(e->method_n < 100 ? e->method_n : 100), e->method)
		       : NULL;
}

/* The request of what was read; NULL: without memory, and the session has failed. */
static struct request *request_new(struct session *s, struct batch *batch, enum method_id method,
				   void *params, const struct buf *id)
{
	struct request *r = calloc(1, sizeof(*r));

	if (r && id->n && !id->error)
		r->id = (struct strview){ strview_dup(buf_view(id)), id->n };
	if (!r || id->error || (id->n && !r->id.p)) {
		free(r);
		fail(s);
		return NULL;
	}
	r->session = s;
	r->batch = batch;
	r->method = method;
	r->params = params;
	list_append(&s->requests, &r->in_session);
	s->n_requests++;
	if (s->out.quota)
		s->out.quota->requests++;
	return r;
}

/*
 * Begins one request, or answers it if it is none. Consumes json, and its part of the batch if no
 * request came of it.
 */
static struct request *begin(struct session *s, struct batch *batch, json_t *json)
{
	struct envelope e = { 0 };
	enum method_id method = METHOD_COUNT_;
	void *params = NULL;
	bool valid;
	struct fault *why = envelope_read(json, &e, &valid);
	struct request *r = NULL;

	if (!why)
		why = find_method(&e, &method);
	if (!why)
		why = check_limits(s, batch);
	if (!why)
		why = method_decode(method, e.params, &params);
	if (why && (!valid || e.id.n > 0 || e.id.error))
		refuse(s, batch, &e.id, why);
	else if (why)
		fault_unref(why);
	else
		r = request_new(s, batch, method, params, &e.id);
	envelope_done(&e);
	if (r) {
		r->json = json;
		return r;
	}
	free(params);
	json_decref(json);
	if (batch)
		batch_end(batch);
	return NULL;
}

static struct request *begin_batch(struct session *s, json_t *members)
{
	size_t n = json_array_size(members);

	if (n > 0 && n <= BATCH_MAX) {
		s->input->batch = batch_new(s, members);
		if (!s->input->batch)
			fail(s);
		return NULL;
	}
	json_decref(members);
	refuse(s, NULL, NULL,
	       n ? fault_new(FAULT_INVALID_REQUEST, "a batch has at most %d members", BATCH_MAX)
		 : fault_new(FAULT_INVALID_REQUEST, "the batch is empty"));
	return NULL;
}

static struct request *begin_line(struct session *s, struct strview line)
{
	struct envelope e = { 0 };
	json_t *json;
	struct fault *why = envelope_parse(line, &json, &e);

	if (why)
		refuse(s, NULL, &e.id, why);
	envelope_done(&e);
	if (why)
		return NULL;
	return json_is_array(json) ? begin_batch(s, json) : begin(s, NULL, json);
}

static struct request *begin_member(struct session *s)
{
	struct batch *batch = s->input->batch;
	json_t *member = batch_next(batch);

	if (batch_all_begun(batch)) {
		s->input->batch = NULL;
		batch_drop(batch); /* the member keeps it */
	}
	return begin(s, batch, member);
}

struct request *session_next(struct session *s)
{
	struct session_input *in = s->input;
	struct request *r = NULL;

	while (!r && !s->out.failed && !s->disconnect && !outq_full(&s->out)) {
		struct strview line;

		if (in->batch) {
			r = begin_member(s);
			continue;
		}
		switch (line_next(&in->lines, &line)) {
		case LINE_NONE:
			return NULL;
		case LINE_READY:
			r = begin_line(s, line);
			break;
		case LINE_TOO_LONG:
			refuse(s, NULL, NULL,
			       fault_new(FAULT_INVALID_REQUEST, "a line has at most %zu bytes",
					 in->limits.max_request_bytes));
			break;
		}
	}
	return r;
}

bool session_pending(const struct session *s)
{
	return s->input->batch || line_pending(&s->input->lines);
}
