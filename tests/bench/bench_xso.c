/*
 * What it costs to turn elements into text: `bench_xso FILE [FORMAT [ROUNDS]]`. FILE holds one
 * stanza a line, FORMAT is raw, typed, xml or decode (objects only); without it all are measured.
 * Elements are parsed beforehand, so that under callgrind one format alone is seen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ipc/json/xso_json.h"
#include "protocol/xml/xmlparse.h"

struct stanzas {
	struct arena arena;
	const struct elem **items;
	size_t n, room, bytes;
};

static const struct xso_json_context context = { .default_ns = { "jabber:client", 13 } };

static void add(struct stanzas *s, struct strview line)
{
	const char *text;

	if (s->n == s->room) {
		s->room = s->room ? s->room * 2 : 1024;
		s->items = realloc(s->items, s->room * sizeof(*s->items));
		if (!s->items)
			abort();
	}
	if (xmlparse_fragment(&s->arena, line, context.default_ns, &s->items[s->n], &text) == 0) {
		s->n++;
		s->bytes += line.n;
	}
}

static bool load(struct stanzas *s, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	if (!f)
		return false;
	while ((n = getline(&line, &room, f)) > 0)
		add(s, (struct strview){ line, (size_t)n - (line[n - 1] == '\n') });
	free(line);
	fclose(f);
	return s->n > 0;
}

/* One element; returns how many bytes came out. */
static size_t run_one(const struct elem *e, const char *format, struct buf *out,
		      struct arena *scratch)
{
	enum xso_format f;
	struct fault *fault = NULL;

	buf_clear(out);
	if (xso_format_parse(strview_of(format), &f))
		(void)xso_json_write(out, e, f, &context, scratch, &fault); /* seen in out->n */
	else
		fault = xso_json_check(e, &context, scratch);
	fault_unref(fault);
	arena_reset(scratch);
	return out->n;
}

static void measure(const struct stanzas *s, const char *format, unsigned long rounds)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	struct timespec begin, end;
	struct arena scratch;
	size_t bytes = 0;
	double us;

	arena_init(&scratch, 0);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
	for (unsigned long round = 0; round < rounds; round++)
		for (size_t i = 0; i < s->n; i++)
			bytes += run_one(s->items[i], format, &out, &scratch);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	arena_done(&scratch);
	us = (double)(end.tv_sec - begin.tv_sec) * 1e6 +
	     (double)(end.tv_nsec - begin.tv_nsec) / 1e3;
	printf("%-7s %.3f us a stanza, %.0f bytes in, %.0f out\n", format,
	       us / (double)(rounds * s->n), (double)s->bytes / (double)s->n,
	       (double)bytes / (double)(rounds * s->n));
}

int main(int argc, char **argv)
{
	static const char *const formats[] = { "decode", "raw", "typed", "xml" };
	unsigned long rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 100;
	struct stanzas s = { .n = 0 };

	arena_init(&s.arena, 0);
	if (argc < 2 || !load(&s, argv[1])) {
		fprintf(stderr, "usage: bench_xso FILE [raw|typed|xml|decode [ROUNDS]]\n");
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (argc < 3 || strcmp(argv[2], formats[i]) == 0)
			measure(&s, formats[i], rounds);
	arena_done(&s.arena);
	free(s.items);
	return 0;
}
