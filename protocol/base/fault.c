#include "protocol/base/fault.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	int code;
	const char *name;
} kinds[FAULT_KIND_COUNT_] = {
	[FAULT_UNKNOWN_STREAM] = { -32001, "unknown-stream" },
	[FAULT_ACCESS_DENIED] = { -32002, "access-denied" },
	[FAULT_NOT_CONNECTED] = { -32003, "not-connected" },
	[FAULT_TRANSPORT_ERROR] = { -32004, "transport-error" },
	[FAULT_STREAM_ERROR] = { -32005, "stream-error" },
	[FAULT_STANZA_ERROR] = { -32006, "stanza-error" },
	[FAULT_TIMEOUT] = { -32007, "timeout" },
	[FAULT_UNSUPPORTED] = { -32008, "unsupported" },
	[FAULT_INVALID_XSO] = { -32009, "invalid-xso" },
	[FAULT_CONFLICT] = { -32010, "conflict" },
	[FAULT_OVERFLOW] = { -32011, "overflow" },
	[FAULT_TLS_ERROR] = { -32012, "tls-error" },
	[FAULT_AUTH_ERROR] = { -32013, "auth-error" },
	[FAULT_CANCELED] = { -32014, "canceled" },
	[FAULT_PARSE_ERROR] = { -32700, NULL },
	[FAULT_INVALID_REQUEST] = { -32600, NULL },
	[FAULT_METHOD_NOT_FOUND] = { -32601, NULL },
	[FAULT_INVALID_PARAMS] = { -32602, NULL },
	[FAULT_INTERNAL] = { -32603, NULL },
};

/* Handed out without memory; its count never reaches 0 and it is never written to. */
static struct fault no_memory = {
	.kind = FAULT_INTERNAL,
	.message = "out of memory",
};

struct fault *fault_no_memory(void)
{
	return &no_memory;
}

struct fault *fault_new(enum fault_kind kind, const char *format, ...)
{
	struct fault *f = calloc(1, sizeof(*f));
	va_list ap;
	char *text = NULL;

	assert(kind < FAULT_KIND_COUNT_);
	if (!f)
		return &no_memory;
	f->refs = 1;
	f->kind = kind;
	f->message = fault_kind_name(kind) ? fault_kind_name(kind) : "error";
	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	fault_set(f, &f->message, strview_of(text));
	free(text);
	return f;
}

struct fault *fault_errno(int errnum, const char *context)
{
	struct fault *f = fault_new(FAULT_TRANSPORT_ERROR, "%s%s%s", context ? context : "",
				    context ? ": " : "", strerror(errnum));

	fault_set_errnum(f, errnum);
	return f;
}

void fault_set_errnum(struct fault *f, int errnum)
{
	if (f != &no_memory)
		f->errnum = errnum;
}

struct fault *fault_ref(const struct fault *f)
{
	struct fault *shared = (struct fault *)f;

	if (shared && shared != &no_memory)
		shared->refs++;
	return shared;
}

void fault_set_lasting(struct fault *f)
{
	if (f != &no_memory)
		f->lasting = true;
}

void fault_set_sent(struct fault *f, bool sent)
{
	if (f == &no_memory)
		return;
	f->has_sent = true;
	f->sent = sent;
}

void fault_unref(struct fault *f)
{
	if (!f || f == &no_memory || --f->refs > 0)
		return;
	arena_done(&f->arena);
	free(f);
}

void fault_unrefp(struct fault **f)
{
	fault_unref(*f);
	*f = NULL;
}

void fault_set(struct fault *f, const char **field, struct strview v)
{
	struct strview copy;

	if (f == &no_memory || !v.p)
		return;
	copy = arena_dup(&f->arena, v);
	if (copy.p)
		*field = copy.p;
}

const char *fault_kind_name(enum fault_kind kind)
{
	return kinds[kind].name;
}

int fault_kind_code(enum fault_kind kind)
{
	return kinds[kind].code;
}

const char *errno_name(int errnum)
{
	const char *name = strerrorname_np(errnum);

	return name ? name : "EIO";
}
