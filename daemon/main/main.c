#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/base/config.h"
#include "daemon/base/log.h"
#include "daemon/main/options.h"
#include "daemon/main/stanzad.h"

/* 0, 1 and 2 are always open, so that no socket ever gets such a number and is written to. */
static bool fill_standard_fds(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", O_RDWR) != fd)
			return false;
	}
	return true;
}

static void prepare_process(void)
{
	struct rlimit rl;

	umask(077);
	signal(SIGPIPE, SIG_IGN);
	/* a busy stream frees and takes the same memory all the time; idle, it is trimmed anyway */
	(void)mallopt(M_TRIM_THRESHOLD, 8 * 1024 * 1024);
	(void)mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
	/* no core dump and no /proc/PID/mem for others: passwords pass through memory */
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (getrlimit(RLIMIT_NOFILE, &rl) == 0) {
		rl.rlim_cur = rl.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &rl);
	}
}

static int load(const struct options *o, struct config **ret)
{
	CLEANUP(buf_done) struct buf faults = BUF_INIT;
	int r = config_load(o->config, o->user_mode, ret, &faults);

	if (r == 0)
		return 0;
	if (faults.n > 0)
		fwrite(faults.p, 1, faults.n, stderr);
	else
		fprintf(stderr, "stanzad: cannot read the configuration: %s\n", strerror(-r));
	return r;
}

int main(int argc, char **argv)
{
	struct options options;
	struct config *config = NULL;
	struct stanzad *s;
	int r;

	if (!fill_standard_fds())
		return EX_OSERR;
	switch (options_parse(&options, argc, argv)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_DONE:
		return EXIT_SUCCESS;
	case OPTIONS_USAGE:
		return EX_USAGE;
	}
	prepare_process();
	if (load(&options, &config) < 0)
		return EX_CONFIG;
	if (options.check_config) {
		printf("the configuration is right: %zu %s\n", config->n_streams,
		       config->n_streams == 1 ? "stream" : "streams");
		config_unref(config);
		return EXIT_SUCCESS;
	}
	r = options_apply(&options, config);
	if (r < 0) {
		fprintf(stderr, "stanzad: out of memory\n");
		config_unref(config);
		return EXIT_FAILURE;
	}
	log_open(config->log_level);
	s = stanzad_new(&options, config);
	if (!s)
		return EXIT_FAILURE;
	stanzad_run(s);
	stanzad_free(s);
	return EXIT_SUCCESS;
}
