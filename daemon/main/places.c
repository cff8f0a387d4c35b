#include "daemon/main/places.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "daemon/base/log.h"

static bool open_socket(struct listener *l, const char *path, bool user_mode)
{
	CLEANUP(buf_done) struct buf why = BUF_INIT;
	struct unixsocket socket = UNIXSOCKET_INIT;
	const struct group *group = user_mode ? NULL : getgrnam("stanzad");
	const struct unixsocket_options o = {
		.path = path,
		.mode = user_mode ? 0600 : 0660,
		.group = group ? group->gr_gid : (gid_t)-1,
		.make_parent = user_mode,
	};

	if (!path) {
		log_write(LOG_LEVEL_ERROR,
			  "no path for the socket: $XDG_RUNTIME_DIR is not set; use --socket PATH");
		return false;
	}
	if (unixsocket_open(&socket, &o, &why) < 0) {
		log_write(LOG_LEVEL_ERROR, "%.*s",
			  SV_ARG(why.n ? buf_view(&why) : SV("out of memory")));
		return false;
	}
	if (listener_add(l, &socket) < 0) {
		unixsocket_close(&socket);
		log_write(LOG_LEVEL_ERROR, "out of memory");
		return false;
	}
	log_write(LOG_LEVEL_INFO, "listening on %s", path);
	return true;
}

bool places_open_sockets(struct listener *l, const char *path, bool user_mode)
{
	int n = listener_add_passed(l);

	if (n < 0) {
		log_write(LOG_LEVEL_ERROR, "cannot take the sockets that systemd passed: %s",
			  strerror(-n));
		return false;
	}
	if (n > 0)
		log_write(LOG_LEVEL_INFO, "listening on %d %s passed by systemd", n,
			  n == 1 ? "socket" : "sockets");
	return n > 0 || open_socket(l, path, user_mode);
}

/* A user's own directories may all be missing yet; the system's parent must be there. */
static int make_dirs(char *path, bool parents)
{
	for (char *p = path + 1; parents && *p; p++) {
		int r;

		if (*p != '/')
			continue;
		*p = '\0';
		r = mkdir(path, 0700);
		*p = '/';
		if (r < 0 && errno != EEXIST)
			return -errno;
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

void places_make_state_dir(const char *path, bool user_mode)
{
	char *copy = path && *path ? strdup(path) : NULL;
	int r;

	if (!copy)
		return;
	r = make_dirs(copy, user_mode);
	if (r < 0)
		log_write(LOG_LEVEL_WARNING, "cannot make the state directory %s: %s", path,
			  strerror(-r));
	free(copy);
}
