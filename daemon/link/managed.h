/* What makes a link managed: its life across connections. Inside daemon/link only. */
#pragma once

#include "daemon/link/link_internal.h"

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
void managed_deadtime(struct link *k);
void managed_tick(struct link *k, uint64_t now);
void managed_reconnect(struct link *k); /* stream.abort */
void managed_done(struct link *k);
uint64_t managed_deadline(const struct link *k);
void links_slot_free(struct links *l); /* someone stopped connecting: the next may */

/* What managed.c and managed_login.c share. */
void managed_set_link(struct link *k, enum link_state to, const struct fault *why);
void managed_wind_up(struct link *k);	   /* the step that begins now has its time */
void managed_release_slot(struct link *k); /* it connects no more */

/* managed_stanza.c */
void managed_send_presence(struct link *k);

/* Whether a managed stream may send e on behalf of s: NULL or the fault (invalid-xso, access). */
struct fault *managed_may_send(const struct link *k, const struct session *s, const struct elem *e);
/* The same for the iq of an iq.request, whose faults have paths into its params. */
struct fault *managed_may_request(const struct link *k, const struct session *s,
				  const struct elem *e);
struct fault *managed_check_size(const struct link *k, const struct elem *e); /* invalid-xso */
