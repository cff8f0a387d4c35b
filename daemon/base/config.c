#include "daemon/base/config_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	FILE_MAX_BYTES = 1024 * 1024,
};

static const struct config_limits default_limits = {
	.max_request_bytes = 1024 * 1024,
	.max_client_queue_bytes = 8 * 1024 * 1024,
	.max_clients = 1024,
	.max_send_bytes = 250 * 1024, /* servers of today take 256 KiB */
	.max_stanza_bytes = 4 * 1024 * 1024,
	.max_stanza_depth = 128,
};

/* --- life ------------------------------------------------------------------------------------- */

static struct config *config_new(void)
{
	struct config *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->refs = 1;
	c->log_level = LOG_LEVEL_INFO;
	c->limits = default_limits;
	arena_init(&c->arena, 0);
	return c;
}

struct config *config_ref(struct config *c)
{
	c->refs++;
	return c;
}

void config_unref(struct config *c)
{
	if (!c || --c->refs > 0)
		return;
	arena_done(&c->arena);
	free(c->streams);
	free(c);
}

/* --- asking ----------------------------------------------------------------------------------- */

const struct config_stream *config_find_stream(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_streams; i++)
		if (strcmp(c->streams[i].name, name) == 0)
			return &c->streams[i];
	return NULL;
}

static bool text_equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool pins_equal(const struct config_stream *a, const struct config_stream *b)
{
	if (a->n_pins != b->n_pins)
		return false;
	for (size_t i = 0; i < a->n_pins; i++)
		if (!strview_eq(a->pins[i], b->pins[i]))
			return false;
	return true;
}

bool config_stream_equal(const struct config_stream *a, const struct config_stream *b)
{
	return text_equal(a->name, b->name) && text_equal(a->jid, b->jid) &&
	       text_equal(a->password_file, b->password_file) && text_equal(a->host, b->host) &&
	       a->port == b->port && a->tls == b->tls && text_equal(a->ca_file, b->ca_file) &&
	       pins_equal(a, b) && text_equal(a->mechanisms, b->mechanisms) &&
	       text_equal(a->resource, b->resource) && a->presence == b->presence &&
	       a->autostart == b->autostart && a->deadtime_soft_limit == b->deadtime_soft_limit &&
	       a->deadtime_hard_limit == b->deadtime_hard_limit &&
	       a->negotiation_timeout == b->negotiation_timeout &&
	       a->shutdown_timeout == b->shutdown_timeout;
}

/* --- files ------------------------------------------------------------------------------------ */

static int read_fd(int fd, struct buf *out)
{
	ssize_t r;

	do {
		char *to = buf_reserve(out, 4096);

		if (!to)
			return out->error;
		r = read(fd, to, 4096);
		if (r > 0)
			out->n += (size_t)r;
		if (out->n > FILE_MAX_BYTES)
			return -EFBIG;
	} while (r > 0 || (r < 0 && errno == EINTR));
	return r < 0 ? -errno : 0;
}

static int read_file(const char *path, struct buf *out)
{
	int r, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	r = read_fd(fd, out);
	close(fd);
	return r;
}

static int cannot_read(struct config_load *l, const char *path, int r)
{
	buf_printf(l->faults, "%s: cannot be read: %s\n", path, strerror(-r));
	return r;
}

static int load_file(struct config_load *l, const char *path, bool must_exist)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;
	int r = read_file(path, &text);

	if (r == -ENOENT && !must_exist)
		return 0;
	if (r < 0)
		return cannot_read(l, path, r);
	l->file = config_dup(l, strview_of(path));
	if (l->file)
		config_read_text(l, buf_view(&text));
	return l->error;
}

/* As a shell's *.conf: no hidden files. */
static int is_conf(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 5 && strcmp(d->d_name + n - 5, ".conf") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int load_in_directory(struct config_load *l, const char *dir, const char *name)
{
	CLEANUP(buf_done) struct buf path = BUF_INIT;

	buf_printf(&path, "%s/%s", dir, name);
	buf_put(&path, "", 1);
	return path.error ? path.error : load_file(l, path.p, true);
}

static int load_directory(struct config_load *l, const char *dir)
{
	struct dirent **entries;
	int r = 0, n = scandir(dir, &entries, is_conf, by_name);

	if (n < 0)
		return errno == ENOENT ? 0 : cannot_read(l, dir, -errno);
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = load_in_directory(l, dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int load_all(struct config_load *l, const char *path, bool must_exist)
{
	CLEANUP(buf_done) struct buf dir = BUF_INIT;
	int r = load_file(l, path, must_exist);

	buf_printf(&dir, "%s.d", path);
	buf_put(&dir, "", 1);
	if (r == 0)
		r = dir.error ? dir.error : load_directory(l, dir.p);
	return r;
}

/* Onto out, with a NUL; nothing where the mode has no place for it. */
static void default_path(bool user_mode, struct buf *out)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (!user_mode)
		buf_put_str(out, "/etc/stanzad/stanzad.conf");
	else if (xdg && xdg[0] == '/')
		buf_printf(out, "%s/stanzad/stanzad.conf", xdg);
	else if (home && home[0] == '/')
		buf_printf(out, "%s/.config/stanzad/stanzad.conf", home);
	else
		return;
	buf_put(out, "", 1);
}

int config_load(const char *path, bool user_mode, struct config **ret, struct buf *faults)
{
	CLEANUP(buf_done) struct buf by_default = BUF_INIT;
	struct config_load l = { .config = config_new(), .faults = faults };
	size_t faults_before = faults->n;
	int r = 0;

	if (!l.config)
		return -ENOMEM;
	if (!path)
		default_path(user_mode, &by_default);
	if (path || by_default.n > 0)
		r = load_all(&l, path ? path : by_default.p, path != NULL);
	if (r == 0)
		r = by_default.error ? by_default.error : faults->error;
	if (r == 0 && faults->n > faults_before)
		r = -EINVAL;
	if (r < 0)
		config_unref(l.config);
	else
		*ret = l.config;
	return r;
}
