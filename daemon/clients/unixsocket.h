/*
 * A listening Unix socket at a path, and the lock beside it that keeps a second daemon away. What
 * stands at the path and is not a socket that nobody listens on is left alone and refused.
 */
#pragma once

#include "protocol/base/bytes.h"

#include <sys/types.h>

struct unixsocket {
	int fd;	     /* listening; -1: none */
	int lock_fd; /* holds PATH.lock; -1: none */
	char *path;  /* NULL: was passed to us, and is never unlinked */
	dev_t dev;   /* of what we bound, so that nothing else is unlinked */
	ino_t ino;
};

#define UNIXSOCKET_INIT ((struct unixsocket){ .fd = -1, .lock_fd = -1 })

struct unixsocket_options {
	const char *path;
	mode_t mode;
	gid_t group;	  /* (gid_t)-1: the process's */
	bool make_parent; /* create the directory of the socket, for its owner only */
};

/* 0, or a negative errno with one line on `why` that says what is wrong where. */
int unixsocket_open(struct unixsocket *s, const struct unixsocket_options *o, struct buf *why);
void unixsocket_close(
	struct unixsocket *s); /* unlinks what unixsocket_open() bound; twice is safe */
