/* What conn.c and conn_connect.c share. */
#pragma once

#include "daemon/link/conn.h"

void conn_drop_transport(struct conn *c); /* closes it and tells nobody */
void conn_step_connect(struct conn *c);	  /* CONN_CONNECTING, CONN_DIRECT_TLS: go on */
void conn_resolved(struct ev_loop *loop, ev_watcher *w, int revents);
