/*
 * Why a stream, an element or a request failed: one immutable, reference-counted value, made where
 * the failure is found and carried unchanged to the log line, the event and the reply. The kinds
 * are those that clients see as `data.kind` (stanzad-protocol(7), ERRORS), plus the JSON-RPC ones.
 */
#pragma once

#include "protocol/base/arena.h"

struct elem;

enum fault_kind {
	FAULT_UNKNOWN_STREAM,
	FAULT_ACCESS_DENIED,
	FAULT_NOT_CONNECTED,
	FAULT_TRANSPORT_ERROR,
	FAULT_STREAM_ERROR,
	FAULT_STANZA_ERROR,
	FAULT_TIMEOUT,
	FAULT_UNSUPPORTED,
	FAULT_INVALID_XSO,
	FAULT_CONFLICT,
	FAULT_OVERFLOW,
	FAULT_TLS_ERROR,
	FAULT_AUTH_ERROR,
	FAULT_CANCELED,
	/* JSON-RPC 2.0's own, which have no data.kind */
	FAULT_PARSE_ERROR,
	FAULT_INVALID_REQUEST,
	FAULT_METHOD_NOT_FOUND,
	FAULT_INVALID_PARAMS,
	FAULT_INTERNAL,
	FAULT_KIND_COUNT_
};

/* Strings live in `arena`, are NUL-terminated, and NULL where they do not apply. */
struct fault {
	unsigned refs;
	enum fault_kind kind;
	const char *message;   /* for people; never NULL */
	int errnum;	       /* transport-error: positive errno */
	bool lasting;	       /* tls-error: a new attempt would fail alike (the certificate) */
	bool has_sent, sent;   /* stream-error: we sent it; canceled: a stanza was sent */
	const char *condition; /* stream-, stanza-, auth-error: RFC 6120's name of it */
	const char *text;      /* the peer's words */
	const char *type, *by; /* stanza-error */
	const char *mechanism; /* auth-error */
	const char *reason;    /* tls-error */
	const char *path;      /* JSON Pointer into params, or into the XSO */
	const struct elem *application; /* application-specific condition, in `arena` */
	const struct elem *stanza;	/* stanza-error: the whole answer, in `arena` */
	struct arena arena;
};

/* A new fault with one reference. Never NULL: without memory it is fault_no_memory(). */
struct fault *fault_new(enum fault_kind kind, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * "out of memory", of kind FAULT_INTERNAL: a static one that takes references like any other and
 * cannot be set.
 */
struct fault *fault_no_memory(void);

/* transport-error of a positive errno: "CONTEXT: Connection refused"; context may be NULL. */
struct fault *fault_errno(int errnum, const char *context);

struct fault *fault_ref(const struct fault *f); /* takes NULL */
void fault_unref(struct fault *f);		/* takes NULL */
void fault_unrefp(struct fault **f);		/* for CLEANUP */

/* Only before the fault is shared: copies v into its arena and sets *field (of that fault). */
void fault_set(struct fault *f, const char **field, struct strview v);

void fault_set_errnum(struct fault *f, int errnum);
void fault_set_lasting(struct fault *f);
void fault_set_sent(struct fault *f, bool sent);

const char *fault_kind_name(enum fault_kind kind); /* "unknown-stream"; NULL for JSON-RPC's own */
int fault_kind_code(enum fault_kind kind);	   /* -32001 ... */
const char *errno_name(int errnum);		   /* "ECONNRESET"; "EIO" for what has no name */
