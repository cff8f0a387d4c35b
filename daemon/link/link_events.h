/* What a connection tells its link. Inside daemon/link only. */
#pragma once

#include "daemon/link/conn.h"

void link_connected(struct link *k); /* the transport is up; the stream has not begun */
void link_connect_failed(struct link *k, struct fault *why); /* consumes why */
void link_stream_event(struct link *k, const struct stream_event *ev);
void link_secured(struct link *k);			       /* TLS is up after STARTTLS */
void link_tls_failed(struct link *k, const struct fault *why); /* before the stream is told */
void link_bytes(struct link *k, bool out, struct strview bytes);
void link_written(struct link *k); /* some pending bytes were transmitted */
void link_relaxed(struct link *k); /* an idle stream gave back memory */
void link_tick(struct link *k, uint64_t now);
uint64_t link_deadline(const struct link *k); /* of what waits on the link itself */
