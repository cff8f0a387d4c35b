/* What the service manager is told (sd_notify(3)); nothing where there is none. */
#pragma once

#include "protocol/base/bytes.h"

bool service_is_managed(void);

void service_ready(const char *status);
void service_status(const char *status);
void service_reloading(void);
void service_reloaded(const char *status);
void service_stopping(void);
void service_extend(uint64_t us); /* stopping goes on for so long */

/* How often to call service_alive(), in seconds; 0: there is no watchdog. */
double service_watchdog_interval(void);
void service_alive(void);
