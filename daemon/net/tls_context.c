/*
 * Trust stores. The system's takes 10 ms and 4 MB to load, so contexts are shared: a cache knows
 * them by path, and by what stat() says of the file, asked anew for each handshake. A file that
 * changed gets a new context; sessions finish with the one that they began with.
 */
#include "daemon/net/tls_internal.h"

#include "protocol/base/list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CA_FILE_MAX = 16 * 1024 * 1024,
	CACHE_MAX = 16, /* entries, unless more are in use */
};

/* Where Debian's GnuTLS has its system store, looked at only to notice changes. */
static const char system_store[] = "/etc/ssl/certs/ca-certificates.crt";

/* What tells one state of a file from the next. */
struct stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime;
};

struct entry {
	struct list link;
	char *path; /* NULL: the system's store */
	struct stamp stamp;
	struct tls_context *context; /* one reference */
};

static struct list cache = LIST_INIT(cache);
static size_t n_cached;

static struct fault *no_memory(void)
{
	return fault_no_memory();
}

static struct tls_context *context_new(void)
{
	struct tls_context *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	if (gnutls_certificate_allocate_credentials(&c->credentials) < 0) {
		free(c);
		return NULL;
	}
	c->refs = 1;
	return c;
}

void tls_context_unref(struct tls_context *c)
{
	if (!c || --c->refs > 0)
		return;
	gnutls_certificate_free_credentials(c->credentials);
	free(c);
}

/* --- loading ---------------------------------------------------------------------------------- */

static struct fault *add_pem(struct tls_context *c, struct strview pem, const char *what)
{
	gnutls_datum_t d = { (unsigned char *)pem.p, (unsigned)pem.n };
	int n = pem.n > CA_FILE_MAX ? GNUTLS_E_MEMORY_ERROR
				    : gnutls_certificate_set_x509_trust_mem(c->credentials, &d,
									    GNUTLS_X509_FMT_PEM);

	if (n > 0)
		return NULL;
	if (n == 0 || n == GNUTLS_E_NO_CERTIFICATE_FOUND || n == GNUTLS_E_BASE64_DECODING_ERROR)
		return tls_fault("%s holds no certificate in PEM form", what);
	return tls_fault("%s: %s", what, gnutls_strerror(n));
}

static int read_all(int fd, struct buf *out)
{
	ssize_t r = 1;

	while (r > 0) {
		char *to = buf_reserve(out, 16384);

		if (!to || out->n > CA_FILE_MAX)
			return to ? -EFBIG : out->error;
		r = read(fd, to, 16384);
		if (r > 0)
			out->n += (size_t)r;
		else if (r < 0 && errno == EINTR)
			r = 1;
	}
	return r < 0 ? -errno : 0;
}

/* Clients name files too: nothing but a regular file is read, and opening never waits. */
static int read_file(const char *path, struct buf *out)
{
	struct stat st;
	int r, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (S_ISDIR(st.st_mode))
		r = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	else
		r = read_all(fd, out);
	close(fd);
	return r;
}

static struct fault *add_file(struct tls_context *c, const char *path)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;
	int r = read_file(path, &text);

	if (r < 0)
		return tls_fault("cannot read %s: %s", path, strerror(-r));
	return add_pem(c, buf_view(&text), path);
}

static struct fault *add_system(struct tls_context *c)
{
	int n = gnutls_certificate_set_x509_system_trust(c->credentials);

	if (n > 0)
		return NULL;
	return tls_fault("this system has no CA certificates: install them or set ca_file");
}

/* path NULL: the system's store. */
static struct tls_context *load(const char *path, struct fault **ret_fault)
{
	struct tls_context *c = context_new();
	struct fault *f;

	if (!c) {
		*ret_fault = no_memory();
		return NULL;
	}
	f = path ? add_file(c, path) : add_system(c);
	if (f) {
		*ret_fault = f;
		tls_context_unref(c);
		return NULL;
	}
	return c;
}

/* --- the cache -------------------------------------------------------------------------------- */

static void entry_free(struct entry *e)
{
	list_remove(&e->link);
	n_cached--;
	tls_context_unref(e->context);
	free(e->path);
	free(e);
}

static struct stamp stamp_of(const char *path)
{
	struct stat st;

	if (stat(path ? path : system_store, &st) < 0)
		return (struct stamp){ 0 };
	return (struct stamp){ st.st_dev, st.st_ino, st.st_size, st.st_mtim };
}

static bool stamp_equal(const struct stamp *a, const struct stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->mtime.tv_sec == b->mtime.tv_sec && a->mtime.tv_nsec == b->mtime.tv_nsec;
}

static bool is_entry_of(const struct entry *e, const char *path)
{
	return path && e->path ? strcmp(path, e->path) == 0 : path == e->path;
}

static struct tls_context *cache_find(const char *path, const struct stamp *now)
{
	list_for_each (it, &cache) {
		struct entry *e = list_entry(it, struct entry, link);

		if (!is_entry_of(e, path))
			continue;
		if (stamp_equal(&e->stamp, now)) {
			e->context->refs++;
			return e->context;
		}
		entry_free(e);
	}
	return NULL;
}

/* Oldest first, as long as there are too many; those in use stay. */
static void cache_trim(void)
{
	list_for_each (it, &cache) {
		struct entry *e = list_entry(it, struct entry, link);

		if (n_cached < CACHE_MAX)
			return;
		if (e->context->refs == 1)
			entry_free(e);
	}
}

/* Without memory it is not cached: that costs time only. */
static void cache_add(const char *path, const struct stamp *stamp, struct tls_context *c)
{
	struct entry *e = calloc(1, sizeof(*e));
	char *copy = path ? strview_dup(strview_of(path)) : NULL;

	if (!e || (path && !copy)) {
		free(e);
		free(copy);
		return;
	}
	cache_trim();
	c->refs++;
	*e = (struct entry){ .path = copy, .stamp = *stamp, .context = c };
	list_append(&cache, &e->link);
	n_cached++;
}

size_t tls_context_cached(void)
{
	return n_cached;
}

/* --- which one -------------------------------------------------------------------------------- */

/* With anchors of its own: shared with nobody. */
static struct tls_context *private_context(const struct tls_options *o, struct fault **ret_fault)
{
	struct tls_context *c = context_new();
	struct fault *f;

	if (!c) {
		*ret_fault = no_memory();
		return NULL;
	}
	f = add_pem(c, o->ca_pem, "ca_pem");
	if (!f && o->ca_file)
		f = add_file(c, o->ca_file);
	if (f) {
		*ret_fault = f;
		tls_context_unref(c);
		return NULL;
	}
	return c;
}

/* Without anchors, for whoever verifies nothing: 6 KB that all of them share. */
static struct tls_context *empty_context(struct fault **ret_fault)
{
	static struct tls_context *empty;

	if (!empty)
		empty = context_new();
	if (!empty) {
		*ret_fault = no_memory();
		return NULL;
	}
	empty->refs++;
	return empty;
}

struct tls_context *tls_context_get(const struct tls_options *o, struct fault **ret_fault)
{
	struct tls_context *c;
	struct stamp now;

	if (!o->verify)
		return empty_context(ret_fault);
	if (o->ca_pem.p)
		return private_context(o, ret_fault);
	/* the stamp is taken before the file is read: a change in between is noticed next time */
	now = stamp_of(o->ca_file);
	c = cache_find(o->ca_file, &now);
	if (c)
		return c;
	c = load(o->ca_file, ret_fault);
	if (c)
		cache_add(o->ca_file, &now, c);
	return c;
}
