/* What the files of daemon/link share. Not for other rooms. */
#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/table.h"
#include "daemon/link/archives.h"
#include "daemon/link/link.h"
#include "daemon/link/link_events.h"
#include "protocol/stream/negotiate.h"

struct links {
	struct ev_loop *loop;
	struct bus *bus;
	struct resolver *resolver;
	struct config *config; /* a reference; NULL before the first links_configure() */
	const char *state_dir; /* NULL: nothing is kept */
	struct list all;       /* struct link.in_links */
	struct list queue;     /* struct link.in_queue: wait for a connecting slot */
	struct list dead;      /* struct link.in_links: to be freed at the end of the turn */
	struct table tokens;   /* of iq.incoming, of all links */
	ev_prepare reap;
	ev_timer trim; /* gives freed memory back to the system, some time after it was freed */
	unsigned n_connecting;
	uint64_t next_raw;
	bool stopping;
	uint64_t stanzas_in, stanzas_out, bytes_in, bytes_out,
		connects; /* of ended connections too */
};

struct link {
	struct list in_links;
	struct links *links;
	char *name;
	bool raw;
	bool silent; /* does not exist for clients: still being opened, or only closing */
	uint64_t seq;
	uint64_t since_us; /* of the latest change of state or link */
	struct conn conn;
	struct list waiters;
	struct archives archives;
	uint64_t waiters_deadline; /* no later than the first of theirs; UINT64_MAX: none */
	int log_level;		   /* of its `log` events */

	/* the latest features of this XMLStream */
	struct arena features_arena;
	const struct elem *features;
	bool features_unconsumed;

	/* options of the stream, owned */
	struct stream_options options;
	struct arena options_arena; /* its strings, and those of `tls` */
	struct tls_options tls;
	const char *host;
	uint16_t port;
	bool direct_tls;
	bool component;

	/* raw */
	struct session *owner; /* NULL once it has gone */
	uid_t owner_uid;

	/* managed */
	struct config *config; /* keeps `section` alive */
	const struct config_stream *section;
	enum link_state link;
	struct negotiate *negotiate;
	struct list in_queue;
	bool connecting; /* counted in links.n_connecting */
	bool want_stop;	 /* stream.stop, or removed from the configuration */
	bool reconnect;	 /* without a back-off: stream.abort, a changed configuration */
	bool remove;	 /* gone from the configuration: removed once closed */
	unsigned attempt;
	uint64_t step_deadline, retry_at, settled_at; /* ns; UINT64_MAX: none */
	struct fault *error;			      /* the last cause, until up */
	char *jid;				      /* bound */
	struct iq *iq;				      /* NULL: raw */
	uint64_t next_id;			      /* of our own iqs */
	uint64_t seq_reserved; /* numbers below are ours without writing to the disk */
};

/* links.c */
struct link *links_by_name(const struct links *l, struct strview name); /* also silent ones */
struct link *link_new(struct links *l, struct strview name, bool raw);
bool link_visible(struct link *k, const struct session *s);
void link_free(struct link *k);
void link_remove(struct link *k); /* tells clients, then frees it at the end of the turn */

/* link.c: events */
struct event link_event(struct link *k, enum event_kind kind); /* numbered and timed */
void link_publish(struct link *k, enum event_kind kind, const struct buf *members);
void link_publish_info(struct link *k, enum event_kind kind); /* stream.added, stream.removed */
struct xso_json_context link_xso_context(const struct link *k);
struct match_context link_match_context(const struct link *k);
struct audience link_audience(const struct link *k);
bool link_wants(const struct link *k, enum event_kind kind); /* ask before building members */

/* link_log.c */
void link_log(struct link *k, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void link_log_xso(struct link *k, bool out, const struct elem *e, bool secret);

/* info.c */
void link_info(const struct link *k, struct buf *out);
/* Answers with {state, link?, error?}; error may be NULL; consumes r. */
void link_reply_state(struct link *k, struct request *r, const struct fault *error);
void tls_info_json(const struct tls_info *i, struct buf *out);

/* raw.c */
struct fault *raw_read_tls(struct link *k, const struct params_tls *p);

/* seq.c: event numbers of managed streams survive the daemon */
void seq_load(struct link *k);
uint64_t seq_next(struct link *k);
void seq_save(struct link *k);
