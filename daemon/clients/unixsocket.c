#include "daemon/clients/unixsocket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int refuse(struct buf *why, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int refuse(struct buf *why, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	buf_vprintf(why, format, ap);
	va_end(ap);
	return error;
}

static int make_parent(const char *path, struct buf *why)
{
	CLEANUP(buf_done) struct buf dir = BUF_INIT;
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return 0;
	buf_printf(&dir, "%.*s", (int)(slash - path), path);
	buf_put_char(&dir, '\0');
	if (dir.error)
		return dir.error;
	if (mkdir(dir.p, 0700) < 0 && errno != EEXIST)
		return refuse(why, -errno, "cannot create the directory %s: %m", dir.p);
	return 0;
}

/* The directory must not let others replace what stands in it. */
static int check_parent(const char *path, struct buf *why)
{
	CLEANUP(buf_done) struct buf dir = BUF_INIT;
	const char *slash = strrchr(path, '/');
	struct stat st;

	if (!slash)
		buf_put_char(&dir, '.');
	else
		buf_put(&dir, path, slash == path ? 1 : (size_t)(slash - path));
	buf_put_char(&dir, '\0');
	if (dir.error)
		return dir.error;
	if (stat(dir.p, &st) < 0)
		return refuse(why, -errno, "cannot create the socket %s: %s: %m", path, dir.p);
	if (!S_ISDIR(st.st_mode))
		return refuse(why, -ENOTDIR, "cannot create the socket %s: %s is no directory",
			      path, dir.p);
	if ((st.st_mode & S_IWOTH) && !(st.st_mode & S_ISVTX))
		return refuse(why, -EPERM,
			      "cannot create the socket %s: everyone can write to %s, so that the "
			      "socket could be replaced",
			      path, dir.p);
	return 0;
}

static int take_lock(struct unixsocket *s, const char *path, struct buf *why)
{
	CLEANUP(buf_done) struct buf lock = BUF_INIT, pid = BUF_INIT;
	char holder[24] = "";
	ssize_t n;

	buf_printf(&lock, "%s.lock", path);
	buf_put_char(&lock, '\0');
	buf_printf(&pid, "%ld\n", (long)getpid());
	if (lock.error || pid.error)
		return -ENOMEM;
	s->lock_fd = open(lock.p, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (s->lock_fd < 0)
		return refuse(why, -errno, "cannot open the lock file %s: %m", lock.p);
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return refuse(why, -errno, "cannot lock %s: %m", lock.p);
		n = pread(s->lock_fd, holder, sizeof(holder) - 1, 0);
		holder[n > 0 ? strspn(holder, "0123456789") : 0] = '\0';
		return refuse(why, -EADDRINUSE,
			      "socket path in use: %s (a running stanzad%s%s holds %s)", path,
			      holder[0] ? ", process " : "", holder, lock.p);
	}
	/* For people only: who holds it is known by the lock. */
	if (ftruncate(s->lock_fd, 0) == 0)
		(void)!pwrite(s->lock_fd, pid.p, pid.n, 0);
	return 0;
}

/* Only a refused connection proves that nobody listens any more. */
static int clear_path(const struct sockaddr_un *addr, struct buf *why)
{
	struct stat st;
	int fd, r, e;

	if (lstat(addr->sun_path, &st) < 0)
		return errno == ENOENT
			       ? 0
			       : refuse(why, -errno, "cannot look at %s: %m", addr->sun_path);
	if (!S_ISSOCK(st.st_mode))
		return refuse(why, -EEXIST, "%s exists and is no socket: it is left alone",
			      addr->sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return refuse(why, -errno, "cannot make a socket: %m");
	r = connect(fd, (const struct sockaddr *)addr, sizeof(*addr));
	e = errno;
	close(fd);
	if (r == 0 || e == EAGAIN || e == EINPROGRESS)
		return refuse(why, -EADDRINUSE, "socket path in use: %s (something listens on it)",
			      addr->sun_path);
	if (e == ENOENT)
		return 0;
	errno = e;
	if (e != ECONNREFUSED)
		return refuse(why, -e,
			      "%s is a socket that is perhaps in use (%m): it is left alone",
			      addr->sun_path);
	if (unlink(addr->sun_path) < 0 && errno != ENOENT)
		return refuse(why, -errno, "cannot remove the stale socket %s: %m", addr->sun_path);
	return 0;
}

/* The mode is right from the start: bind() creates the socket under the umask. */
static int bind_path(struct unixsocket *s, const struct unixsocket_options *o,
		     const struct sockaddr_un *addr, struct buf *why)
{
	struct stat st;
	mode_t old;
	int r, e;

	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return refuse(why, -errno, "cannot make a socket: %m");
	old = umask(0777 & ~o->mode);
	r = bind(s->fd, (const struct sockaddr *)addr, sizeof(*addr));
	e = errno;
	umask(old);
	errno = e;
	if (r < 0)
		return refuse(why, -e, "cannot create the socket %s: %m", o->path);
	s->path = strdup(o->path);
	if (!s->path || lstat(o->path, &st) < 0) {
		unlink(o->path);
		return refuse(why, -ENOMEM, "cannot create the socket %s: out of memory", o->path);
	}
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	if (o->group != (gid_t)-1 && st.st_gid != o->group &&
	    lchown(o->path, (uid_t)-1, o->group) < 0)
		return refuse(why, -errno, "cannot give the socket %s to group %u: %m", o->path,
			      (unsigned)o->group);
	if (listen(s->fd, SOMAXCONN) < 0)
		return refuse(why, -errno, "cannot listen on %s: %m", o->path);
	return 0;
}

static int open_path(struct unixsocket *s, const struct unixsocket_options *o, struct buf *why)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t n = strlen(o->path);
	int r;

	if (n == 0)
		return refuse(why, -EINVAL, "the path of the socket is empty");
	if (n >= sizeof(addr.sun_path))
		return refuse(why, -ENAMETOOLONG,
			      "the path of the socket is too long (%zu bytes, at most %zu): %s", n,
			      sizeof(addr.sun_path) - 1, o->path);
	memcpy(addr.sun_path, o->path, n);
	r = o->make_parent ? make_parent(o->path, why) : 0;
	if (r == 0)
		r = check_parent(o->path, why);
	if (r == 0)
		r = take_lock(s, o->path, why);
	if (r == 0)
		r = clear_path(&addr, why);
	if (r == 0)
		r = bind_path(s, o, &addr, why);
	return r;
}

int unixsocket_open(struct unixsocket *s, const struct unixsocket_options *o, struct buf *why)
{
	int r;

	*s = UNIXSOCKET_INIT;
	r = open_path(s, o, why);
	if (r < 0)
		unixsocket_close(s);
	return r;
}

void unixsocket_close(struct unixsocket *s)
{
	struct stat st;

	if (s->path && lstat(s->path, &st) == 0 && st.st_dev == s->dev && st.st_ino == s->ino)
		unlink(s->path);
	free(TAKE_PTR(s->path));
	if (s->fd >= 0)
		close(s->fd);
	/* The lock goes last; its file stays, for removing it would race with the next daemon. */
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	s->fd = s->lock_fd = -1;
}
