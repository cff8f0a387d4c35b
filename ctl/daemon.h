/* The connection to the daemon: found, opened, asked. Blocking. */
#pragma once

#include "ctl/ctl.h"

struct daemon {
	int fd;
	struct buf in; /* bytes not yet taken as lines */
	size_t taken;  /* of `in`, by the line last returned */
	uint64_t last_id;
	const char *path;
	struct buf path_text;
};

/* EXIT_OK, or EXIT_UNREACHABLE after saying why and what to do. */
enum exit_status daemon_open(struct daemon *d, const struct options *o);
void daemon_done(struct daemon *d);

/*
 * The next line without its end, valid until the next call. EXIT_OK, or EXIT_LOST after saying so.
 */
enum exit_status daemon_line(struct daemon *d, struct strview *ret);

/*
 * Calls and waits for the reply; params (stolen) may be NULL. EXIT_OK with *ret (to be released);
 * EXIT_ERROR_REPLY after printing the error, as JSON where json is set; EXIT_LOST.
 */
enum exit_status daemon_call(struct daemon *d, const char *method, json_t *params, bool json,
			     json_t **ret);
