#include "daemon/main/service.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "daemon/base/clock.h"

/* In the order in which the manager must hear them. */
enum notice {
	NOTICE_RELOADING,
	NOTICE_READY, /* with the status */
	NOTICE_STATUS,
	NOTICE_STOPPING,
	NOTICE_EXTEND,
	NOTICE_ALIVE,
	NOTICE_COUNT_
};

/* --- the socket ------------------------------------------------------------------------------ */

/* A path, or "@name" in the abstract name space. */
static bool read_address(struct service *s, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	if (n < 2 || n >= sizeof(s->address.sun_path) || (text[0] != '/' && text[0] != '@'))
		return false;
	s->address.sun_family = AF_UNIX;
	memcpy(s->address.sun_path, text, n + 1);
	if (text[0] == '@')
		s->address.sun_path[0] = '\0';
	else
		n++; /* a path's NUL belongs to it */
	s->address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	return true;
}

void service_init(struct service *s)
{
	*s = (struct service){ .fd = -1 };
	if (read_address(s, getenv("NOTIFY_SOCKET")))
		s->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

void service_done(struct service *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

bool service_is_managed(const struct service *s)
{
	return s->fd >= 0;
}

/* --- telling --------------------------------------------------------------------------------- */

static int write_notice(const struct service *s, enum notice n, char *text, size_t size)
{
	switch (n) {
	case NOTICE_RELOADING:
		return snprintf(text, size, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
				s->reloading_us);
	case NOTICE_READY:
		return snprintf(text, size, "READY=1\nSTATUS=%s", s->status);
	case NOTICE_STATUS:
		return snprintf(text, size, "STATUS=%s", s->status);
	case NOTICE_STOPPING:
		return snprintf(text, size, "STOPPING=1\nSTATUS=closing streams");
	case NOTICE_EXTEND:
		return snprintf(text, size, "EXTEND_TIMEOUT_USEC=%" PRIu64, s->extend_us);
	case NOTICE_ALIVE:
		return snprintf(text, size, "WATCHDOG=1");
	case NOTICE_COUNT_:
		break;
	}
	return 0;
}

/* False if it is to be told again; a manager that is gone altogether is told nothing. */
static bool tell(const struct service *s, enum notice n)
{
	char text[SERVICE_STATUS_SIZE + 32];
	int size = write_notice(s, n, text, sizeof(text));

	return sendto(s->fd, text, (size_t)size, MSG_NOSIGNAL, (const struct sockaddr *)&s->address,
		      s->address_len) >= 0 ||
	       errno != EAGAIN;
}

bool service_flush(struct service *s)
{
	for (enum notice n = 0; n < NOTICE_COUNT_; n++) {
		if (!(s->due & 1u << n))
			continue;
		if (!tell(s, n))
			return false;
		s->due &= ~(1u << n);
	}
	return true;
}

static void notify(struct service *s, enum notice n)
{
	if (s->fd < 0)
		return;
	s->due |= 1u << n;
	(void)service_flush(s); /* what stays due, the caller flushes later */
}

static void set_status(struct service *s, const char *status)
{
	snprintf(s->status, sizeof(s->status), "%s", status);
}

void service_ready(struct service *s, const char *status)
{
	set_status(s, status);
	notify(s, NOTICE_READY);
}

void service_status(struct service *s, const char *status)
{
	if (strcmp(status, s->status) == 0)
		return;
	set_status(s, status);
	notify(s, NOTICE_STATUS);
}

void service_reloading(struct service *s)
{
	s->reloading_us = clock_monotonic_ns() / 1000;
	notify(s, NOTICE_RELOADING);
}

void service_stopping(struct service *s)
{
	notify(s, NOTICE_STOPPING);
}

void service_extend(struct service *s, uint64_t us)
{
	s->extend_us = us;
	notify(s, NOTICE_EXTEND);
}

void service_alive(struct service *s)
{
	notify(s, NOTICE_ALIVE);
}

double service_watchdog_interval(void)
{
	uint64_t us = 0;

	if (sd_watchdog_enabled(0, &us) <= 0)
		return 0;
	return (double)us / 2e6;
}
