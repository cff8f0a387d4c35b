/*
 * From a request to what does it: the right is checked, the stream found, the method's function
 * called. Private to daemon/clients.
 */
#pragma once

#include "daemon/clients/clients.h"
#include "ipc/rpc/request.h"

typedef void (*handler_fn)(struct clients *c, struct request *r); /* consumes r */

/* Ends the request or hands it to whoever ends it later. */
void dispatch(struct clients *c, struct request *r);

/* handlers_daemon.c */
void handle_client_list(struct clients *c, struct request *r);
void handle_daemon_info(struct clients *c, struct request *r);
void handle_daemon_reload(struct clients *c, struct request *r);
void handle_daemon_stats(struct clients *c, struct request *r);
void handle_rpc_discover(struct clients *c, struct request *r);

/* handlers_subscribe.c */
void handle_subscribe(struct clients *c, struct request *r);
void handle_unsubscribe(struct clients *c, struct request *r);

/* handlers_xso.c */
void handle_xso_classes(struct clients *c, struct request *r);
void handle_xso_convert(struct clients *c, struct request *r);
void handle_xso_schema(struct clients *c, struct request *r);
