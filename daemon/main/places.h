/* Where the daemon lives in the file system: its socket and its state directory. */
#pragma once

#include "daemon/clients/listener.h"

/* The sockets that systemd passed, else one of our own. false after one line in the log. */
bool places_open_sockets(struct listener *l, const char *path, bool user_mode);

/* Makes the state directory if it is missing; that it cannot be made is logged, and not the end. */
void places_make_state_dir(const char *path, bool user_mode);
