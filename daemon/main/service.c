#include "daemon/main/service.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include <systemd/sd-daemon.h>

/* Results are ignored throughout: without a manager, or without its socket, nothing is to be done.
 */

bool service_is_managed(void)
{
	return getenv("NOTIFY_SOCKET") != NULL;
}

void service_ready(const char *status)
{
	(void)sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void service_status(const char *status)
{
	(void)sd_notifyf(0, "STATUS=%s", status);
}

void service_reloading(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
			 (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000);
}

void service_reloaded(const char *status)
{
	service_ready(status);
}

void service_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1\nSTATUS=closing streams");
}

void service_extend(uint64_t us)
{
	(void)sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%" PRIu64, us);
}

double service_watchdog_interval(void)
{
	uint64_t us = 0;

	if (sd_watchdog_enabled(0, &us) <= 0)
		return 0;
	return (double)us / 2e6;
}

void service_alive(void)
{
	(void)sd_notify(0, "WATCHDOG=1");
}
