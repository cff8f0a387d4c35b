/* What the files of daemon/link share. Not for other rooms. */
#pragma once

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
	ev_prepare reap;
	unsigned n_connecting;
	uint64_t next_raw;
	bool stopping;
	uint64_t stanzas_in, stanzas_out, bytes_in, bytes_out,
		connects; /* of ended connections too */
};

enum wait_kind {
	WAIT_OPEN,  /* stream.open */
	WAIT_STATE, /* at least `state` */
	WAIT_LINK,  /* `link_state` */
	WAIT_ERROR,
	WAIT_FEATURES,
	WAIT_CLOSE, /* STREAM_FOOTER_RECEIVED */
	WAIT_SENT,  /* bytes up to `sent_at` */
	WAIT_MATCH, /* an XSO that `match` takes */
	WAIT_STARTTLS,
	WAIT_STOP, /* the managed stream is stopped */
};

/* A request that waits for something of its link. */
struct waiter {
	struct list in_link; /* link.waiters, in order of arrival */
	enum wait_kind kind;
	struct request *request;
	uint64_t deadline; /* UINT64_MAX: none */
	enum stream_state state;
	enum link_state link_state;
	uint64_t sent_at;
	struct match_list *match;
	enum xso_format format;
	char *id; /* of the stanza sent; NULL: none */
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
	int log_level; /* of its `log` events */

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
	bool app_closed; /* the application asked for the end */

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
	bool ever_up;
	unsigned attempt;
	uint64_t step_deadline, retry_at, settled_at; /* ns; UINT64_MAX: none */
	struct fault *error;			      /* the last cause, until up */
	char *jid;				      /* bound */
	uint64_t next_id;			      /* of our own iqs */
	uint64_t seq_reserved; /* numbers below are ours without writing to the disk */
};

/* links.c */
struct link *links_by_name(const struct links *l, struct strview name); /* also silent ones */
struct link *link_new(struct links *l, struct strview name, bool raw);
void link_free(struct link *k);
void link_remove(struct link *k); /* tells clients, then frees it at the end of the turn */

/* link.c: events */
struct event link_event(struct link *k, enum event_kind kind); /* numbered and timed */
void link_publish(struct link *k, enum event_kind kind, const struct buf *members);
void link_publish_info(struct link *k, enum event_kind kind); /* stream.added, stream.removed */
struct xso_json_context link_xso_context(const struct link *k);
struct match_context link_match_context(const struct link *k);
struct audience link_audience(const struct link *k);
void link_log(struct link *k, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void link_log_xso(struct link *k, bool out, const struct elem *e, bool secret);
struct fault *link_send(struct link *k, const struct elem *e, const struct session *by, bool mute);
struct fault *link_check(const struct link *k); /* NULL: a stanza can be sent */

/* info.c */
void link_info(const struct link *k, struct buf *out);
void tls_info_json(const struct tls_info *i, struct buf *out);

/* waiter.c */
struct waiter *waiter_add(struct link *k, enum wait_kind kind, struct request *r,
			  const struct param_seconds *timeout);
void waiter_drop(struct waiter *w);		       /* without its request */
void waiter_fail(struct waiter *w, struct fault *why); /* consumes why */
void waiters_fail(struct link *k, enum wait_kind kind, const struct fault *why);
void waiters_state(struct link *k);			       /* after a state event */
void waiters_link(struct link *k);			       /* after a link event */
void waiters_closing(struct link *k, const struct fault *why); /* after stream.closing */
void waiters_features(struct link *k);
void waiters_written(struct link *k);
bool waiters_match(struct link *k, const struct elem *e, struct waiter **ret);
void waiter_matched(struct link *k, struct waiter *w, const struct elem *e);
void waiters_secured(struct link *k);
void waiters_session_gone(struct link *k, const struct session *s);
void waiters_tick(struct link *k, uint64_t now);
uint64_t waiters_deadline(const struct link *k);

/* raw.c */
struct fault *raw_read_tls(struct link *k, const struct params_tls *p);

/* managed.c */
void managed_configure(struct link *k, struct config *config, const struct config_stream *section);
/* Another section under the same name: closes and comes back by it. */
void managed_reconfigure(struct link *k, struct config *config,
			 const struct config_stream *section);
void managed_start(struct link *k);
void managed_stop(struct link *k);
void managed_connected(struct link *k);
void managed_failed(struct link *k, struct fault *why); /* consumes why: no connection */
void managed_secured(struct link *k);
void managed_closed(struct link *k);				   /* the XMLStream is at its end */
bool managed_takes(struct link *k, const struct stream_event *ev); /* negotiation's, not clients' */
void managed_received(struct link *k, const struct elem *e);	   /* after it was published */
void managed_deadtime(struct link *k);
void managed_tick(struct link *k, uint64_t now);
void managed_reconnect(struct link *k); /* stream.abort */
void managed_done(struct link *k);
uint64_t managed_deadline(const struct link *k);
void links_slot_free(struct links *l); /* someone stopped connecting: the next may */

/* handle.c, send.c */
void link_handle_send(struct link *k, struct request *r);
void link_handle_send_and_wait_for(struct link *k, struct request *r);

/* managed_stanza.c */
bool link_output_full(const struct link *k);
void managed_send_presence(struct link *k);

/* Whether a managed stream may send e on behalf of s: NULL or the fault (invalid-xso, access). */
struct fault *managed_may_send(const struct link *k, const struct session *s, const struct elem *e);

/* seq.c: event numbers of managed streams survive the daemon */
void seq_load(struct link *k);
uint64_t seq_next(struct link *k);
void seq_save(struct link *k);
