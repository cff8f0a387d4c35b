#include "daemon/base/config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SECRET_MAX = 4096,
	FIFO_WAIT_MS = 1000,
};

/* 1 with more in the buffer, 0 at the end of the file, or negative errno. */
static int read_more(int fd, struct buf *b)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t r = read(fd, b->p + b->n, SECRET_MAX + 1 - b->n);

	if (r < 0 && errno == EAGAIN) {
		int ready = poll(&p, 1, FIFO_WAIT_MS);

		if (ready == 0)
			return -ETIMEDOUT;
		return ready < 0 && errno != EINTR ? -errno : 1;
	}
	if (r < 0)
		return errno == EINTR ? 1 : -errno;
	b->n += (size_t)r;
	return r > 0;
}

static int read_first_line(int fd, struct buf *b)
{
	const char *end;
	int r = 1;

	if (!buf_reserve(b, SECRET_MAX + 1))
		return b->error;
	while (r > 0 && b->n <= SECRET_MAX && !memchr(b->p, '\n', b->n))
		r = read_more(fd, b);
	if (r < 0)
		return r;
	end = memchr(b->p, '\n', b->n);
	if (!end && b->n > SECRET_MAX)
		return -EFBIG;
	if (end)
		b->n = (size_t)(end - b->p);
	if (b->n > 0 && b->p[b->n - 1] == '\r')
		b->n--;
	if (memchr(b->p, '\0', b->n))
		return -EINVAL;
	return b->n > 0 ? 0 : -ENODATA;
}

int config_read_secret(const char *path, struct buf *ret)
{
	struct stat st;
	int r, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		r = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	else
		r = read_first_line(fd, ret);
	close(fd);
	if (r < 0 && ret->p)
		explicit_bzero(ret->p, ret->cap);
	if (r < 0)
		buf_done(ret);
	return r < 0 ? r : (st.st_mode & S_IROTH) ? CONFIG_SECRET_EXPOSED : 0;
}
