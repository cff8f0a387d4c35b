/*
 * stanzactl: a plain, blocking client of the daemon's socket for people and scripts. What the
 * commands share.
 */
#pragma once

#include "protocol/base/bytes.h"

#include <jansson.h>

enum exit_status { /* stanzactl(1), EXIT STATUS */
	EXIT_OK,
	EXIT_ERROR_REPLY,
	EXIT_USAGE,
	EXIT_UNREACHABLE,
	EXIT_LOST,
	EXIT_OUTPUT, /* cannot write what was asked for */
};

struct strings {
	const char **items;
	size_t n;
};

struct options {
	const char *socket; /* --socket; NULL: to be found */
	struct strings streams;
	bool json;
	struct strings events; /* split at commas */
	const char *format;
	json_t *match; /* array; NULL: none */
	const char *type, *subject, *wait;
	double timeout; /* seconds; < 0: the daemon's default */
};

struct command {
	const char *name, *args;
	int min_args, max_args;
	unsigned options; /* bits of enum option_bit besides the common ones */
	enum exit_status (*run)(const struct options *o, char **args);
};

enum option_bit {
	OPTION_STREAM = 1,
	OPTION_STREAMS = 2, /* may be given more than once */
	OPTION_EVENTS = 4,
	OPTION_FORMAT = 8,
	OPTION_MATCH = 16,
	OPTION_TYPE = 32,
	OPTION_SUBJECT = 64,
	OPTION_WAIT = 128,
	OPTION_TIMEOUT = 256,
};

extern const struct command commands[];
extern const size_t n_commands;

/* Parses the command line; what is wrong has been said, help or version printed: *ret_status. */
const struct command *options_parse(int argc, char **argv, struct options *o, char ***ret_args,
				    enum exit_status *ret_status);
void options_done(struct options *o);

enum exit_status command_call(const struct options *o, char **args);
enum exit_status command_monitor(const struct options *o, char **args);
enum exit_status command_send(const struct options *o, char **args);
enum exit_status command_status(const struct options *o, char **args);

/* "stanzactl: …" as one line on standard error, safe for a terminal. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A JSON text as one line on standard error. */
void complain_json(struct strview json);
