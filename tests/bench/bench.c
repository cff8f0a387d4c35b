/*
 * make bench: what the daemon costs, as ratios against a reference of the same run.
 *
 *   bench STANZAD [ROUNDS]     CPU per stanza (raw, typed) against bare libxml2; memory of idle
 * streams
 *
 * Exits 1 when a bar is missed.
 */
#include "tests/bench/corpus.h"
#include "tests/bench/server.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <libxml/parser.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	STANZAS = 20000, /* in the corpus */
	ROUNDS = 5,	 /* the corpus is sent so often in one measurement */
	IDLE = 500,	 /* streams */
	CHUNK = 16 * 1024,
};

static const double bar_raw = 2.0, bar_typed = 2.5, bar_idle_kib = 48;

static char dir[] = "/tmp/stanzad-bench.XXXXXX";

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(2);
}

static double cpu_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- the reference: libxml2's SAX2 push parser with empty handlers -----------------------------
 */

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
		     int n_ns, const xmlChar **ns, int n_attrs, int n_defaulted,
		     const xmlChar **attrs)
{
	(void)ctx, (void)name, (void)prefix, (void)uri, (void)n_ns, (void)ns, (void)n_attrs;
	(void)n_defaulted, (void)attrs;
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	(void)ctx, (void)name, (void)prefix, (void)uri;
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
	(void)ctx, (void)text, (void)n;
}

/* Seconds of CPU for one pass over the corpus. */
static double parse_bare(struct strview corpus)
{
	static const char header[] = "<stream:stream xmlns='jabber:client' "
				     "xmlns:stream='http://etherx.jabber.org/streams'>";
	xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC,
			      .startElementNs = on_start,
			      .endElementNs = on_end,
			      .characters = on_text,
			      .cdataBlock = on_text };
	xmlParserCtxtPtr ctxt = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
	double begun = cpu_of(CLOCK_THREAD_CPUTIME_ID);

	xmlParseChunk(ctxt, header, sizeof(header) - 1, 0);
	for (size_t off = 0; off < corpus.n; off += CHUNK)
		xmlParseChunk(ctxt, corpus.p + off,
			      (int)(corpus.n - off < CHUNK ? corpus.n - off : CHUNK), 0);
	begun = cpu_of(CLOCK_THREAD_CPUTIME_ID) - begun;
	if (!ctxt->wellFormed || !ctxt->nsWellFormed)
		die("the corpus is not well-formed");
	xmlFreeParserCtxt(ctxt);
	return begun;
}

static int by_value(const void *a, const void *b)
{
	double d = *(const double *)a - *(const double *)b;

	return d < 0 ? -1 : d > 0;
}

static double median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(values[0]), by_value);
	return values[n / 2];
}

/* Where there are several processors: the daemon, and the reference, have one to themselves. */
static void use_processor(pid_t pid, unsigned processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
		(void)sched_setaffinity(pid, sizeof(set),
					&set); /* refused: it is slower, no more */
}

static double measure_bare(struct strview corpus)
{
	double passes[5];

	use_processor(0, 0);
	for (int i = 0; i < 5; i++)
		passes[i] = parse_bare(corpus);
	use_processor(0, 1);
	return median(passes, 5);
}

/* --- the daemon ------------------------------------------------------------------------------- */

static void write_config(const struct bench_server *s, unsigned n_streams)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/password", dir);
	f = fopen(path, "we");
	if (!f)
		die(path);
	fputs("secret\n", f);
	fclose(f);
	chmod(path, 0600);
	snprintf(path, sizeof(path), "%s/stanzad.conf", dir);
	f = fopen(path, "we");
	if (!f)
		die(path);
	fprintf(f, "[daemon]\nlog_level = error\n");
	for (unsigned i = 0; i < n_streams; i++)
		fprintf(f,
			"[stream s%u]\njid = bench@bench.test\npassword_file = %s/password\n"
			"host = 127.0.0.1\nport = %u\ntls = direct\nca_file = %s\nautostart = no\n"
			"deadtime_soft_limit = 0\ndeadtime_hard_limit = 0\n",
			i, dir, s->port, s->ca_file);
	fclose(f);
}

static pid_t start_daemon(const char *program)
{
	char config[512], socket_path[512];
	pid_t pid;

	snprintf(config, sizeof(config), "%s/stanzad.conf", dir);
	snprintf(socket_path, sizeof(socket_path), "%s/stanzad.sock", dir);
	unlink(socket_path);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		use_processor(0, 0);
		execl(program, program, "--config", config, "--socket", socket_path, "--state-dir",
		      dir, (char *)NULL);
		_exit(127);
	}
	return pid;
}

static int connect_client(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/stanzad.sock", dir);
	for (int i = 0; i < 1000; i++) {
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd < 0)
			die("socket");
		if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0)
			return fd;
		close(fd);
		nanosleep(&pause, NULL);
	}
	die("connect");
	return -1;
}

static void ask(int fd, const char *request)
{
	if (write(fd, request, strlen(request)) != (ssize_t)strlen(request))
		die("write");
}

static unsigned count_lines(const char *p, size_t n)
{
	unsigned lines = 0;

	for (const char *end = p + n; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		lines++;
	return lines;
}

/* Reads until `end` has come `times`; how many bytes that was. Counts lines in *lines if not NULL.
 */
static size_t read_until(int fd, const char *end, unsigned times, atomic_ulong *lines)
{
	static char b[256 * 1024 + 64];
	size_t total = 0, keep = 0, len = strlen(end);

	while (times > 0) {
		ssize_t n = read(fd, b + keep, sizeof(b) - 64);
		char *p = b, *hit;
		size_t have;

		if (n <= 0)
			die("the daemon closed the connection");
		total += (size_t)n;
		if (lines)
			atomic_fetch_add(lines, count_lines(b + keep, (size_t)n));
		have = keep + (size_t)n;
		while (times > 0 && (hit = memmem(p, have - (size_t)(p - b), end, len))) {
			times--;
			p = hit + len;
		}
		keep = have - (size_t)(p - b) < len - 1 ? have - (size_t)(p - b) : len - 1;
		memmove(b, b + have - keep, keep);
	}
	return total;
}

static void stop_daemon(pid_t pid)
{
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

/* Seconds of the daemon's CPU for ROUNDS times the corpus in that format. */
static double measure(struct bench_server *s, const char *program, const char *format,
		      size_t *ret_bytes)
{
	char request[512];
	clockid_t clock;
	double cpu;
	pid_t pid;
	int fd;

	write_config(s, 1);
	pid = start_daemon(program);
	fd = connect_client();
	if (clock_getcpuclockid(pid, &clock))
		die("clock_getcpuclockid");
	snprintf(request, sizeof(request),
		 "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"subscribe\",\"params\":{\"streams\":"
		 "[\"s0\"],\"events\":[\"xso\",\"xso.invalid\"],\"format\":\"%s\"}}\n",
		 format);
	ask(fd, request);
	read_until(fd, "\n", 1, NULL);
	atomic_store(&s->n_read, 0);
	cpu = cpu_of(clock);
	ask(fd, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"stream.start\",\"params\":{}}\n");
	*ret_bytes = read_until(fd, "\"END\"", 1, &s->n_read);
	cpu = cpu_of(clock) - cpu;
	close(fd);
	stop_daemon(pid);
	return cpu;
}

static size_t resident_kib(pid_t pid)
{
	char path[64];
	size_t size = 0, rss = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%zu %zu", &size, &rss) != 2)
		die(path);
	fclose(f);
	return rss * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

static double measure_idle(struct bench_server *s, const char *program)
{
	struct timespec settle = { .tv_sec = 8 };
	char request[256];
	size_t before;
	double per;
	pid_t pid;
	int fd;

	write_config(s, IDLE + 1);
	pid = start_daemon(program);
	fd = connect_client();
	ask(fd, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"subscribe\",\"params\":{\"events\":"
		"[\"stream.link\"]}}\n");
	read_until(fd, "\n", 1, NULL);
	ask(fd, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"stream.start\",\"params\":"
		"{\"stream\":\"s0\"}}\n");
	read_until(fd, "\"link\":\"up\"", 1, NULL); /* what the first one loads is shared by all */
	before = resident_kib(pid);
	for (unsigned i = 1; i <= IDLE; i++) {
		snprintf(request, sizeof(request),
			 "{\"jsonrpc\":\"2.0\",\"method\":\"stream.start\",\"params\":"
			 "{\"stream\":\"s%u\"}}\n",
			 i);
		ask(fd, request);
	}
	read_until(fd, "\"link\":\"up\"", IDLE, NULL);
	nanosleep(&settle, NULL); /* what "idle" means: it gives back what it does not need */
	per = (double)(resident_kib(pid) - before) / IDLE;
	close(fd);
	stop_daemon(pid);
	return per;
}

/* --- what is printed -------------------------------------------------------------------------- */

/*
 * The machine's speed may change from second to second: each measurement is set against the
 * reference right before and after it, and the median of the ratios counts.
 */
static bool bench_format(struct bench_server *s, const char *program, const char *format, int n,
			 double bar)
{
	double ratios[64], cpu = 0, bare = 0;
	size_t bytes = 0;

	for (int i = 0; i < n; i++) {
		double before = measure_bare(s->corpus), after;

		cpu = measure(s, program, format, &bytes) / ROUNDS;
		after = measure_bare(s->corpus);
		bare = (before + after) / 2;
		ratios[i] = cpu / bare;
	}
	(void)median(ratios, n);
	printf("%-6s %6.2f us a stanza, bare libxml2 %.2f us; median of %d ratios %.2f "
	       "(%.2f to %.2f; at most %.1f)   %zu bytes a line\n",
	       format, cpu * 1e6 / STANZAS, bare * 1e6 / STANZAS, n, ratios[n / 2], ratios[0],
	       ratios[n - 1], bar, bytes / (STANZAS * ROUNDS));
	return ratios[n / 2] <= bar;
}

int main(int argc, char **argv)
{
	static struct bench_server blaster = {
		.mode = BENCH_BLAST, .rounds = ROUNDS, .n_stanzas = STANZAS, .window = 4000
	};
	static struct bench_server idler = { .mode = BENCH_IDLE };
	struct buf corpus = BUF_INIT;
	int n = argc > 2 ? atoi(argv[2]) : 5;
	bool good = true;
	double kib;

	if (argc < 2 || n < 1 || n > 64) {
		fprintf(stderr, "usage: %s STANZAD [ROUNDS]\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(dir))
		die(dir);
	corpus_mixed(&corpus, STANZAS, 42);
	blaster.corpus = buf_view(&corpus);
	setlinebuf(stdout);
	printf("corpus %8u stanzas, %zu bytes on average, TLS 1.3 in records of 16 KiB\n", STANZAS,
	       corpus.n / STANZAS);
	use_processor(0, 1);
	if (bench_server_start(&blaster, dir, "bench.test") < 0)
		die("server");
	good &= bench_format(&blaster, argv[1], "raw", n, bar_raw);
	good &= bench_format(&blaster, argv[1], "typed", n, bar_typed);
	if (bench_server_start(&idler, dir, "bench.test") < 0)
		die("server");
	kib = measure_idle(&idler, argv[1]);
	printf("idle   %8.1f KiB resident a TLS stream, %d streams (at most %.0f)\n", kib, IDLE,
	       bar_idle_kib);
	good &= kib <= bar_idle_kib;
	buf_done(&corpus);
	return good ? 0 : 1;
}
