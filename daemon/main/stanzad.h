/*
 * The daemon: it owns the loop, the bus, the resolver, the streams, the listener and the clients;
 * it starts them, reloads the configuration, and takes them down in order.
 */
#pragma once

#include "daemon/main/options.h"

#include "daemon/base/config.h"

struct stanzad;

/*
 * Everything that can fail at the start. The configuration's reference is taken over. NULL after
 * one line in the log.
 */
struct stanzad *stanzad_new(const struct options *o, struct config *config);
void stanzad_run(struct stanzad *s); /* until SIGTERM or SIGINT, and all is closed */
void stanzad_free(struct stanzad *s);
