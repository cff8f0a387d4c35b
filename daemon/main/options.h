/* The daemon's command line (stanzad(8)). */
#pragma once

#include "daemon/base/config.h"

struct options {
	const char *config;    /* NULL: the mode's default files */
	const char *socket;    /* NULL: as configured, or the mode's default */
	const char *state_dir; /* likewise */
	bool user_mode;
	bool check_config;
	int log_level; /* enum log_level; -1: as configured */
};

enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE,  /* --help, --version: said on standard output */
	OPTIONS_USAGE, /* one line was said on standard error */
};

enum options_result options_parse(struct options *o, int argc, char **argv);

/*
 * Overrides what the command line sets, and puts the mode's default where neither it nor the file
 * says where the socket and the state are (still NULL: the environment does not tell). 0 or
 * -ENOMEM.
 */
int options_apply(const struct options *o, struct config *config);
