#include "ctl/ctl.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"

static const char help[] =
	"Usage: stanzactl [OPTION...] COMMAND [ARGUMENT...]\n"
	"\n"
	"Asks and watches a running stanzad.\n"
	"\n"
	"  status              the daemon and its streams\n"
	"  monitor             what happens, as it happens, until interrupted\n"
	"  send JID [TEXT]     sends a message; without TEXT, what stands on standard input\n"
	"  call METHOD [JSON]  calls any method of stanzad-protocol(7); JSON: its parameters\n"
	"\n"
	"  --socket PATH       the daemon's socket; else $STANZAD_SOCKET, then\n"
	"                      $XDG_RUNTIME_DIR/stanzad/stanzad.sock if there is one, then\n"
	"                      /run/stanzad/stanzad.sock\n"
	"  --stream NAME       which stream; not needed where there is only one\n"
	"                      (status, monitor: may be repeated; all if left out)\n"
	"  --json              JSON lines instead of text for people\n"
	"\n"
	"of monitor:\n"
	"  --events NAME,...   which events, such as xso,stream.state; may be repeated\n"
	"  --format FORMAT     XSOs as typed, raw or xml\n"
	"  --match JSON        only XSOs that match, such as '{\"kind\":\"message\"}'; may be "
	"repeated\n"
	"\n"
	"of send:\n"
	"  --type TYPE         chat (the default), normal, headline or groupchat\n"
	"  --subject TEXT      a subject line\n"
	"  --wait STATUS       answer when accepted (the default), sent or acked\n"
	"  --timeout SECONDS   how long to wait for that; 60 if left out\n"
	"\n"
	"  --help, --version\n"
	"\n"
	"Exit status: 0 done, 1 the daemon answered with an error, 2 wrong usage, 3 the daemon "
	"cannot\n"
	"be reached, 4 the connection was lost, 5 the output cannot be written. See "
	"stanzactl(1).\n";

enum {
	OPT_SOCKET = 256,
	OPT_STREAM,
	OPT_JSON,
	OPT_EVENTS,
	OPT_FORMAT,
	OPT_MATCH,
	OPT_TYPE,
	OPT_SUBJECT,
	OPT_WAIT,
	OPT_TIMEOUT,
	OPT_HELP,
	OPT_VERSION,
};

/* In the order of their numbers. */
static const struct option long_options[] = {
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "stream", required_argument, NULL, OPT_STREAM },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "events", required_argument, NULL, OPT_EVENTS },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "match", required_argument, NULL, OPT_MATCH },
	{ "type", required_argument, NULL, OPT_TYPE },
	{ "subject", required_argument, NULL, OPT_SUBJECT },
	{ "wait", required_argument, NULL, OPT_WAIT },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ 0 },
};

/* Which commands take an option, by their bits; 0: all. */
static const unsigned owners[] = {
	[OPT_STREAM - OPT_SOCKET] = OPTION_STREAM | OPTION_STREAMS,
	[OPT_EVENTS - OPT_SOCKET] = OPTION_EVENTS,
	[OPT_FORMAT - OPT_SOCKET] = OPTION_FORMAT,
	[OPT_MATCH - OPT_SOCKET] = OPTION_MATCH,
	[OPT_TYPE - OPT_SOCKET] = OPTION_TYPE,
	[OPT_SUBJECT - OPT_SOCKET] = OPTION_SUBJECT,
	[OPT_WAIT - OPT_SOCKET] = OPTION_WAIT,
	[OPT_TIMEOUT - OPT_SOCKET] = OPTION_TIMEOUT,
};

static const char *const formats[] = { "typed", "raw", "xml", NULL };
static const char *const types[] = { "chat", "normal", "headline", "groupchat", NULL };
static const char *const waits[] = { "accepted", "sent", "acked", NULL };

static bool usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

static bool usage(const char *format, ...)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	complain("%.*s; try stanzactl --help", SV_ARG(buf_view(&text)));
	return false;
}

static bool add_string(struct strings *s, const char *item)
{
	const char **items = reallocarray(s->items, s->n + 1, sizeof(*items));

	if (!items)
		return usage("out of memory");
	s->items = items;
	s->items[s->n++] = item;
	return true;
}

static bool add_list(struct strings *s, char *list)
{
	char *state = NULL;

	for (char *p = strtok_r(list, ", ", &state); p; p = strtok_r(NULL, ", ", &state))
		if (!add_string(s, p))
			return false;
	return s->n > 0 || usage("--events needs a name");
}

static bool set_choice(const char **field, const char *option, const char *value,
		       const char *const *choices)
{
	CLEANUP(buf_done) struct buf all = BUF_INIT;

	for (size_t i = 0; choices[i]; i++) {
		if (strcmp(value, choices[i]) == 0) {
			*field = value;
			return true;
		}
		buf_printf(&all, "%s%s", i ? ", " : "", choices[i]);
	}
	return usage("--%s is one of %.*s, not %s", option, SV_ARG(buf_view(&all)), value);
}

/* An object, or an array of them; alternatives add up. */
static bool add_match(struct options *o, const char *text)
{
	json_error_t error;
	json_t *value = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	int r;

	if (!value)
		return usage("--match is not JSON: %s", error.text);
	if (!o->match)
		o->match = json_array();
	if (json_is_array(value)) {
		r = json_array_extend(o->match, value);
		json_decref(value);
	} else {
		r = json_array_append_new(o->match, value);
	}
	return r == 0 || usage("out of memory");
}

static bool set_timeout(struct options *o, const char *text)
{
	char *end;

	o->timeout = strtod(text, &end);
	if (end == text || *end || !isfinite(o->timeout) || o->timeout < 0)
		return usage("--timeout is a number of seconds, not %s", text);
	return true;
}

static bool take(struct options *o, int option, char *value)
{
	switch (option) {
	case OPT_SOCKET:
		o->socket = value;
		return true;
	case OPT_STREAM:
		return add_string(&o->streams, value);
	case OPT_JSON:
		o->json = true;
		return true;
	case OPT_EVENTS:
		return add_list(&o->events, value);
	case OPT_FORMAT:
		return set_choice(&o->format, "format", value, formats);
	case OPT_MATCH:
		return add_match(o, value);
	case OPT_TYPE:
		return set_choice(&o->type, "type", value, types);
	case OPT_SUBJECT:
		o->subject = value;
		return true;
	case OPT_WAIT:
		return set_choice(&o->wait, "wait", value, waits);
	case OPT_TIMEOUT:
		return set_timeout(o, value);
	}
	return false;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < n_commands; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	(void)usage("unknown command %s", name);
	return NULL;
}

static bool check(const struct command *c, const struct options *o, unsigned given, int n_args)
{
	if (n_args < c->min_args || n_args > c->max_args)
		return usage("usage: stanzactl %s%s%s", c->name, *c->args ? " " : "", c->args);
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
		if ((given & (1u << i)) && owners[i] && !(c->options & owners[i]))
			return usage("--%s is no option of %s", long_options[i].name, c->name);
	if (o->streams.n > 1 && !(c->options & OPTION_STREAMS))
		return usage("--stream can be given to %s only once", c->name);
	return true;
}

const struct command *options_parse(int argc, char **argv, struct options *o, char ***ret_args,
				    enum exit_status *ret_status)
{
	const struct command *command;
	unsigned given = 0;
	int c;

	*o = (struct options){ .timeout = -1 };
	*ret_status = EXIT_USAGE;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		if (c == OPT_HELP || c == OPT_VERSION) {
			fputs(c == OPT_HELP ? help : "stanzactl " PACKAGE_VERSION "\n", stdout);
			*ret_status = fflush(stdout) == 0 ? EXIT_OK : EXIT_OUTPUT;
			return NULL;
		}
		if (c == ':' || c == '?') {
			(void)usage(c == ':' ? "an argument is missing behind %s"
					     : "unknown option %s",
				    argv[optind - 1]);
			return NULL;
		}
		if (!take(o, c, optarg))
			return NULL;
		given |= 1u << (c - OPT_SOCKET);
	}
	if (optind == argc) {
		(void)usage("a command is missing");
		return NULL;
	}
	command = find_command(argv[optind]);
	*ret_args = argv + optind + 1;
	return command && check(command, o, given, argc - optind - 1) ? command : NULL;
}

void options_done(struct options *o)
{
	free(o->streams.items);
	free(o->events.items);
	json_decref(o->match);
	*o = (struct options){ 0 };
}
