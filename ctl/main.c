#include "ctl/ctl.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

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

/*
 * Where one of 0, 1 and 2 is closed, the socket must not get its number: the wrong way round, so
 * that using it is still an error.
 */
static bool fill_standard_fds(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct options options;
	enum exit_status status;
	char **args;
	const struct command *command;

	if (!fill_standard_fds())
		return EXIT_UNREACHABLE;
	setlocale(LC_ALL, "");
	/* whoever reads us may stop, as `head` does: that ends us without a word */
	signal(SIGPIPE, SIG_DFL);
	command = options_parse(argc, argv, &options, &args, &status);
	if (command)
		status = command->run(&options, args);
	options_done(&options);
	return (int)status;
}
