#include "ipc/rpc/batch.h"

#include "ipc/json/jsonw.h"

#include <assert.h>
#include <stdlib.h>

struct batch *batch_new(struct session *s, json_t *members)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (!b) {
		json_decref(members);
		return NULL;
	}
	b->session = s;
	b->members = members;
	b->open = 1;
	return b;
}

json_t *batch_next(struct batch *b)
{
	assert(!batch_all_begun(b));
	b->open++;
	return json_incref(json_array_get(b->members, b->next++));
}

bool batch_all_begun(const struct batch *b)
{
	return b->next == json_array_size(b->members);
}

void batch_put(struct batch *b, struct strview reply)
{
	if (b->out.n == 0)
		jsonw_begin_array(&b->out);
	jsonw_raw(&b->out, reply);
}

void batch_end(struct batch *b)
{
	assert(b->open > 0);
	if (--b->open > 0)
		return;
	if (b->out.n > 0 || b->out.error) {
		jsonw_end_array(&b->out);
		session_reply(b->session, &b->out);
	}
	buf_done(&b->out);
	free(b);
}

void batch_drop(struct batch *b)
{
	json_decref(b->members);
	b->members = NULL;
	batch_end(b);
}
