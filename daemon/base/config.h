/*
 * The configuration file (stanzad.conf(5)) as a validated, immutable value. Faults
 * are one line each, "FILE:LINE: what is wrong", with the nearest known name suggested.
 */
#pragma once

#include "daemon/base/log.h"

enum config_tls {
	CONFIG_TLS_AUTO, /* as STARTTLS where host or port is given; never in the clear */
	CONFIG_TLS_STARTTLS,
	CONFIG_TLS_DIRECT,
	CONFIG_TLS_OFF, /* loopback only */
};

/* All strings are NUL-terminated, owned by the config, NULL where absent. */
struct config_stream {
	const char *name;
	const char *file; /* where its section stands */
	int line;
	const char *jid;	    /* prepared, without a resource */
	const char *local, *domain; /* parts of it */
	const char *password_file;
	const char *host; /* NULL: the domain */
	uint16_t port;	  /* 0: by tls */
	enum config_tls tls;
	const char *ca_file;	    /* NULL: the system's */
	const struct strview *pins; /* pin_sha256: SHA-256 of the public key, 32 bytes each */
	size_t n_pins;
	const char *mechanisms; /* with commas, no spaces, in capitals; NULL: all */
	const char *resource;	/* prepared */
	bool presence;
	bool autostart;
	uint64_t deadtime_soft_limit, deadtime_hard_limit; /* ns; 0: off */
	uint64_t negotiation_timeout, shutdown_timeout;	   /* ns */
};

struct config_limits {
	size_t max_request_bytes, max_client_queue_bytes, max_send_bytes;
	size_t max_stanza_bytes, max_stanza_depth;
	unsigned max_clients;
};

struct config {
	unsigned refs;
	const char *socket;    /* NULL: the default of the mode */
	const char *state_dir; /* NULL: likewise */
	enum log_level log_level;
	struct config_limits limits;
	struct config_stream *streams;
	size_t n_streams;
	struct arena arena;
};

/*
 * Reads `path` and then the *.conf files of path.d in order, or, where path is NULL, the default
 * files of the mode (a missing default file is an empty one). 0; -EINVAL with the faults, a line
 * each, on `faults`; or another negative errno with a line on `faults`.
 */
int config_load(const char *path, bool user_mode, struct config **ret, struct buf *faults);
struct config *config_ref(struct config *c);
void config_unref(struct config *c); /* takes NULL */

const struct config_stream *config_find_stream(const struct config *c, const char *name);
/* Whether a running stream need not be touched by a reload from a to b. */
bool config_stream_equal(const struct config_stream *a, const struct config_stream *b);

enum {
	CONFIG_SECRET_EXPOSED = 1, /* read, but everybody else may read it too */
};

/*
 * Reads a secret: the first line, without its end, of a regular file or a FIFO, at most 4 KiB. 0,
 * CONFIG_SECRET_EXPOSED, or negative errno (-ENODATA: it is empty; -EFBIG; -EINVAL: it has a NUL
 * or is no such file; -ETIMEDOUT: nobody wrote into the FIFO for a second). `ret` is empty before,
 * never grows while it is filled, and is to be wiped after use.
 */
int config_read_secret(const char *path, struct buf *ret);
