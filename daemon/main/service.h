/*
 * What the service manager is told (sd_notify(3)); nothing where there is none. Nobody waits for
 * it, as sd_notify() itself does when the manager does not read: what its socket does not take is
 * due, the latest of each kind, until service_flush() finds it taken.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#define SERVICE_STATUS_SIZE 96 /* bytes, with the NUL; what is longer is cut */

struct service {
	int fd; /* -1: there is no manager */
	struct sockaddr_un address;
	socklen_t address_len;
	unsigned due; /* 1 << enum notice */
	uint64_t reloading_us, extend_us;
	char status[SERVICE_STATUS_SIZE]; /* what the manager shows */
};

void service_init(struct service *s);
void service_done(struct service *s);

bool service_is_managed(const struct service *s);

void service_ready(struct service *s, const char *status); /* started, or reloaded */
void service_status(struct service *s, const char *status);
void service_reloading(struct service *s);
void service_stopping(struct service *s);
void service_extend(struct service *s, uint64_t us); /* stopping goes on for so long */
void service_alive(struct service *s);

/* Tells what is due; false: some of it still is. */
bool service_flush(struct service *s);

/* How often to call service_alive(), in seconds; 0: there is no watchdog. */
double service_watchdog_interval(void);
