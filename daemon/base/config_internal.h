/* What the parts of the configuration share with each other only, while it is loaded. */
#pragma once

#include "daemon/base/config.h"

enum {
	CONFIG_KEYS_MAX = 32, /* of one kind of section */
};

struct config_load;
struct config_key;

/* NULL, or what is wrong as the end of a sentence that begins with key and value. */
typedef const char *(*config_setter)(struct config_load *l, const struct config_key *k,
				     struct strview v);

struct config_key {
	const char *name;
	config_setter set;
	size_t offset; /* in the section's struct */
	uint64_t min, max;
	const char *only; /* the one value that this version knows */
};

struct config_section {
	const char *name; /* its first word */
	const struct config_key
		*keys; /* up to a name of NULL; NULL: not supported by this version */
	bool named;    /* a second word follows */
};

extern const struct config_section config_sections[]; /* up to a name of NULL */

struct config_place {
	const char *file;
	int line;
};

/* The state of loading: which section is being read, where it began, what it had. */
struct config_load {
	struct config *config;
	struct buf *faults;
	const char *file;
	const struct config_section *section; /* NULL: none, or one that is skipped */
	bool skipping;			      /* in a faulty section: its keys are not looked at */
	int section_line;
	void *target;		    /* the section's struct */
	int lines[CONFIG_KEYS_MAX]; /* of its keys; 0: not given */
	bool refused[CONFIG_KEYS_MAX];
	struct config_place seen[2]; /* [daemon], [limits] */
	struct strview jid_resource; /* of the stream's jid; n == 0: none */
	int error;		     /* latched negative errno: memory */
};

void config_fault(struct config_load *l, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void config_read_text(struct config_load *l, struct strview text); /* of l->file */

/* Where the current section has the key, else where it begins. */
int config_key_line(const struct config_load *l, const char *name);
bool config_has_key(const struct config_load *l, const char *name);
bool config_refused(const struct config_load *l, const char *name); /* it has had its fault */

/* What no single key shows: missing keys, and values that do not go together. */
void config_check_stream(struct config_load *l, struct config_stream *s);

/* A copy in the configuration; NULL with the error latched. */
const char *config_dup(struct config_load *l, struct strview v);
