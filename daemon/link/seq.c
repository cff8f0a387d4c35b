/*
 * Event numbers of managed streams go on after a restart of the daemon. A file per stream holds a
 * number that no event has reached yet: numbers are reserved in blocks, so that after a crash they
 * skip ahead and never repeat.
 */
#include "daemon/link/link_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	BLOCK = 1 << 22, /* a write to the disk each so many events */
};

static char *seq_path(const struct link *k, const char *suffix)
{
	char *path = NULL;

	if (asprintf(&path, "%s/seq/%s%s", k->links->state_dir, k->name, suffix) < 0)
		return NULL;
	return path;
}

static int write_file(const char *path, uint64_t value)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (dprintf(fd, "%" PRIu64 "\n", value) < 0 || fsync(fd) < 0)
		r = -errno;
	close(fd);
	return r;
}

static int store(const struct link *k, uint64_t value)
{
	char *path = seq_path(k, ""), *tmp = seq_path(k, ".new");
	char *dir = NULL;
	int r = -ENOMEM;

	if (path && tmp && asprintf(&dir, "%s/seq", k->links->state_dir) >= 0) {
		r = mkdir(dir, 0700) < 0 && errno != EEXIST ? -errno : write_file(tmp, value);
		if (r == 0 && rename(tmp, path) < 0)
			r = -errno;
		free(dir);
	}
	free(path);
	free(tmp);
	return r;
}

static void reserve(struct link *k)
{
	int r;

	k->seq_reserved = k->seq + BLOCK;
	if (!k->links->state_dir)
		return;
	r = store(k, k->seq_reserved);
	if (r < 0)
		log_stream(strview_of(k->name), LOG_LEVEL_WARNING,
			   "cannot keep event numbers in %s/seq: %s", k->links->state_dir,
			   strerror(-r));
}

void seq_load(struct link *k)
{
	char *path = k->links->state_dir ? seq_path(k, "") : NULL;
	FILE *f = path ? fopen(path, "re") : NULL;
	uint64_t value;

	if (f && fscanf(f, "%" SCNu64, &value) == 1 && value < (1ull << 53))
		k->seq = value;
	if (f)
		fclose(f);
	free(path);
	reserve(k);
}

uint64_t seq_next(struct link *k)
{
	if (!k->raw && k->seq + 1 >= k->seq_reserved)
		reserve(k);
	return ++k->seq;
}

void seq_save(struct link *k)
{
	if (k->links->state_dir && store(k, k->seq) < 0)
		return; /* it was said when the block was reserved */
}
