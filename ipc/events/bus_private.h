/* What the parts of the bus share: takers, subscriptions, and the text of an event being sent. */
#pragma once

#include "ipc/events/bus.h"

/* Events of one stream that one subscription should have had and did not get. */
struct loss {
	struct list in_subscription;	    /* subscription.losses */
	uint64_t dropped, from_seq, to_seq; /* seq 0: of events that have none */
	bool slow;			    /* else each was larger than the whole queue */
	struct strview stream;		    /* in this very allocation; p NULL: of no stream */
};

struct subscription {
	struct list in_session; /* session.subscriptions, in order of id */
	struct taker *taker;
	uint64_t id;
	uint32_t kinds; /* a bit for each enum event_kind */
	enum xso_format format;
	int level; /* EVENT_LOG: this and graver */
	bool disconnect;
	bool all_streams;
	char **streams; /* else these */
	size_t n_streams;
	struct match_list *match;
	struct list losses;
};

/* A session that has subscriptions. */
struct taker {
	struct list in_bus;
	struct session *session;
	size_t n_subscriptions;
	size_t n_losses; /* entries in all of its subscriptions */
};

/* One text on a shared page. */
struct placed {
	struct outpage *page; /* a reference */
	size_t off, n;
};

enum {
	PLACED_TAILS = 8, /* different ends of one event that are found again */
};

/* The text of one event in one format: one head, and an end for each set of subscriptions. */
struct event_text {
	bool made, invalid, failed;
	struct buf head; /* kept from event to event */
	struct placed placed;
	struct placed tails[PLACED_TAILS];
	size_t n_tails;
};

struct bus {
	struct list takers;
	unsigned n_subscriptions;
	unsigned wanting[EVENT_KIND_COUNT_];	 /* subscriptions to each kind ... */
	unsigned wanting_all[EVENT_KIND_COUNT_]; /* ... of every stream */
	uint64_t n_sent, n_lost;
	struct event_text texts[XSO_FORMAT_COUNT_];
	struct buf tail, lost; /* scratch */
	struct arena scratch;
	struct outpage *page; /* where texts are put */
	uint64_t time_second; /* of time_text */
	struct buf time_text; /* "2026-11-22T18:00:00 */
};

static inline uint32_t kind_bit(enum event_kind kind)
{
	return (uint32_t)1 << kind;
}

/* subscription.c */
struct fault *subscription_new(const struct params_subscribe *p, struct subscription **ret);
void subscription_free(struct subscription *sub); /* takes NULL */
bool subscription_has_stream(const struct subscription *sub, struct strview stream);

/* event_text.c: the text of e in that format, up to `subscriptions`; see its `failed`, `invalid`.
 */
struct event_text *event_text_get(struct bus *b, const struct event *e, enum xso_format format);
void event_text_reset(struct event_text *t); /* ready for the next event */
void event_text_time(struct bus *b, struct buf *out, uint64_t unix_us);

/* loss.c */
void loss_record(struct bus *b, struct subscription *sub, const struct event *e, bool slow);
void loss_write(struct bus *b, struct taker *t,
		uint64_t unix_us); /* all of it, as lines to b->lost */
void loss_forget(struct subscription *sub);
