#include "ctl/ctl.h"

#include <locale.h>
#include <signal.h>

const struct command commands[] = {
	{ "call", "METHOD [JSON]", 1, 2, OPTION_STREAM, command_call },
	{ "monitor", "", 0, 0, OPTION_STREAMS | OPTION_EVENTS | OPTION_FORMAT | OPTION_MATCH,
	  command_monitor },
	{ "send", "JID [TEXT]", 1, 2,
	  OPTION_STREAM | OPTION_TYPE | OPTION_SUBJECT | OPTION_WAIT | OPTION_TIMEOUT,
	  command_send },
	{ "status", "", 0, 0, OPTION_STREAMS, command_status },
};
const size_t n_commands = ARRAY_SIZE(commands);

int main(int argc, char **argv)
{
	struct options options;
	enum exit_status status;
	char **args;
	const struct command *command;

	setlocale(LC_ALL, "");
	/* whoever reads us may stop, as `head` does: that ends us without a word */
	signal(SIGPIPE, SIG_DFL);
	command = options_parse(argc, argv, &options, &args, &status);
	if (command)
		status = command->run(&options, args);
	options_done(&options);
	return (int)status;
}
