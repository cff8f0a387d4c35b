#include "daemon/main/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config.h"

static const char help[] =
	"Usage: stanzad [--config FILE] [--socket PATH] [--state-dir DIR] [--user | --system]\n"
	"               [--log-level LEVEL] [--check-config] [--version] [--help]\n"
	"\n"
	"Keeps XMPP streams and serves them to local programs as JSON-RPC lines on a Unix socket.\n"
	"\n"
	"  --config FILE      read FILE, then FILE.d/*.conf, instead of the default files\n"
	"  --socket PATH      listen on PATH\n"
	"  --state-dir DIR    keep state in DIR\n"
	"  --user             run as a user's own daemon: files below $XDG_CONFIG_HOME and\n"
	"                     $XDG_RUNTIME_DIR, a socket for this user only\n"
	"  --system           run as the system's daemon: /etc/stanzad, /run/stanzad, group "
	"stanzad\n"
	"                     (the default is --system for root and where $XDG_RUNTIME_DIR is not\n"
	"                     set, else --user)\n"
	"  --log-level LEVEL  error, warning, info or debug\n"
	"  --check-config     say what is wrong with the configuration and exit\n"
	"  --version          say the version and exit\n"
	"  --help             say this and exit\n"
	"\n"
	"It runs in the foreground and logs to standard error. SIGHUP reloads the configuration.\n"
	"See stanzad(8), stanzad.conf(5), stanzad-protocol(7).\n";

enum {
	OPT_CONFIG = 256,
	OPT_SOCKET,
	OPT_STATE_DIR,
	OPT_USER,
	OPT_SYSTEM,
	OPT_LOG_LEVEL,
	OPT_CHECK_CONFIG,
	OPT_VERSION,
	OPT_HELP,
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "state-dir", required_argument, NULL, OPT_STATE_DIR },
	{ "user", no_argument, NULL, OPT_USER },
	{ "system", no_argument, NULL, OPT_SYSTEM },
	{ "log-level", required_argument, NULL, OPT_LOG_LEVEL },
	{ "check-config", no_argument, NULL, OPT_CHECK_CONFIG },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static bool default_user_mode(void)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	return geteuid() != 0 && runtime && *runtime;
}

static enum options_result usage(const char *what, const char *which)
{
	fprintf(stderr, "stanzad: %s%s; try stanzad --help\n", what, which);
	return OPTIONS_USAGE;
}

static enum options_result say(const char *text)
{
	return fputs(text, stdout) < 0 || fflush(stdout) < 0 ? OPTIONS_USAGE : OPTIONS_DONE;
}

static bool set_log_level(struct options *o, const char *name)
{
	enum log_level level;

	if (!log_level_parse(strview_of(name), &level))
		return false;
	o->log_level = (int)level;
	return true;
}

enum options_result options_parse(struct options *o, int argc, char **argv)
{
	bool user = false, system = false;
	int c;

	*o = (struct options){ .log_level = -1 };
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		if (c == OPT_CONFIG)
			o->config = optarg;
		else if (c == OPT_SOCKET)
			o->socket = optarg;
		else if (c == OPT_STATE_DIR)
			o->state_dir = optarg;
		else if (c == OPT_USER)
			user = true;
		else if (c == OPT_SYSTEM)
			system = true;
		else if (c == OPT_CHECK_CONFIG)
			o->check_config = true;
		else if (c == OPT_VERSION)
			return say(PACKAGE_STRING "\n");
		else if (c == OPT_HELP)
			return say(help);
		else if (c == OPT_LOG_LEVEL && !set_log_level(o, optarg))
			return usage("no such log level (error, warning, info, debug): ", optarg);
		else if (c == ':')
			return usage("an argument is missing behind ", argv[optind - 1]);
		else if (c == '?')
			return usage("unknown option ", argv[optind - 1]);
	}
	if (optind < argc)
		return usage("unexpected argument ", argv[optind]);
	if (user && system)
		return usage("--user and --system exclude each other", "");
	o->user_mode = user || (!system && default_user_mode());
	return OPTIONS_RUN;
}

static const char *env(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

/* The first of a list with colons, as systemd passes it. */
static struct strview first_of(const char *list)
{
	return (struct strview){ list, strcspn(list, ":") };
}

static int apply_socket(const struct options *o, struct config *c)
{
	if (o->socket)
		c->socket = o->socket;
	if (c->socket)
		return 0;
	if (!o->user_mode)
		c->socket = "/run/stanzad/stanzad.sock";
	else if (env("XDG_RUNTIME_DIR"))
		c->socket =
			arena_printf(&c->arena, "%s/stanzad/stanzad.sock", env("XDG_RUNTIME_DIR"))
				.p;
	else
		return 0;
	return c->socket ? 0 : -ENOMEM;
}

static int apply_state_dir(const struct options *o, struct config *c)
{
	struct strview v = SV_NONE;

	if (o->state_dir)
		c->state_dir = o->state_dir;
	if (c->state_dir)
		return 0;
	if (env("STATE_DIRECTORY"))
		v = arena_dup(&c->arena, first_of(env("STATE_DIRECTORY")));
	else if (!o->user_mode)
		v = SV("/var/lib/stanzad");
	else if (env("XDG_STATE_HOME"))
		v = arena_printf(&c->arena, "%s/stanzad", env("XDG_STATE_HOME"));
	else if (env("HOME"))
		v = arena_printf(&c->arena, "%s/.local/state/stanzad", env("HOME"));
	else
		return 0;
	c->state_dir = v.p;
	return v.p ? 0 : -ENOMEM;
}

int options_apply(const struct options *o, struct config *config)
{
	int r = apply_socket(o, config);

	if (r == 0)
		r = apply_state_dir(o, config);
	if (o->log_level >= 0)
		config->log_level = (enum log_level)o->log_level;
	return r;
}
