/*
 * What waits to be written to one client: spans of shared, append-only pages of text. A line that
 * many clients get stands once in memory; spans that follow each other on a page become one, so
 * that a client which keeps up is served by one write per loop turn. Replies are never refused;
 * whether an event still fits is asked first.
 */
#pragma once

#include "ipc/rpc/quota.h"
#include "protocol/base/bytes.h"
#include "protocol/base/list.h"

enum {
	OUTPAGE_SIZE = 64 * 1024,
};

/* Append-only text with a count of references (one thread). */
struct outpage {
	size_t refs, n, cap;
	char p[];
};

void outpage_unref(struct outpage *p); /* takes NULL */

/*
 * Appends text to the page in *page, or to a new one that takes its place where it does not fit.
 * Its offset there, or SIZE_MAX without memory.
 */
size_t outpage_append(struct outpage **page, struct strview text);

struct outspan {
	struct outpage *page;
	size_t off, n;
};

struct outq {
	struct outspan *spans; /* ring */
	size_t first, n_spans, cap_spans;
	size_t bytes;	     /* queued, not yet written */
	size_t max_bytes;    /* for events; replies may exceed it */
	struct quota *quota; /* of the client's user; NULL: none */
	bool failed;	     /* a reply was lost for want of memory: the client must go */
	struct list dirty;   /* put into *dirty_head when bytes or `failed` begin to be; the writer
				takes it out */
	struct list *dirty_head;
};

void outq_init(struct outq *q, size_t max_bytes, struct list *dirty_head);
void outq_done(struct outq *q);

/* Puts it into *dirty_head, so that its client is looked at in this loop turn. */
void outq_wake(struct outq *q);

bool outq_fits(const struct outq *q, size_t n);	    /* an event of n bytes */
bool outq_full(const struct outq *q);		    /* stop reading requests */
void outq_put(struct outq *q, struct strview text); /* copied; latches `failed` */
void outq_put_span(struct outq *q, struct outpage *page, size_t off, size_t n); /* takes a ref */

/* Up to max views on what is to be written, in order; how many. */
size_t outq_views(const struct outq *q, struct strview *ret, size_t max);
void outq_written(struct outq *q, size_t n);

/*
 * The client does not keep up: copies small spans off the shared pages, so that what it holds in
 * memory is near what it is charged for.
 */
void outq_compact(struct outq *q);
