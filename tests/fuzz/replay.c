/* Runs a fuzz target on files, or without arguments on its corpus. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

enum {
	INPUT_MAX = 1024 * 1024,
};

static void run_file(const char *name)
{
	FILE *f = fopen(name, "re");
	uint8_t *data = malloc(INPUT_MAX);
	size_t n;

	if (!f || !data) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		exit(EXIT_FAILURE);
	}
	n = fread(data, 1, INPUT_MAX, f);
	fclose(f);
	fprintf(stderr, "%s: %zu bytes\n", name, n); /* the last one is the culprit */
	data = realloc(data, n ? n : 1);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
}

static size_t run_folder(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *entry;
	size_t n = 0;

	if (!d) {
		fprintf(stderr, "%s: %s\n", folder, strerror(errno));
		exit(EXIT_FAILURE);
	}
	while ((entry = readdir(d))) {
		char *name;

		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&name, "%s/%s", folder, entry->d_name) < 0)
			exit(EXIT_FAILURE);
		run_file(name);
		free(name);
		n++;
	}
	closedir(d);
	return n;
}

int main(int argc, char **argv)
{
	const char *top = getenv("srcdir"), *name = strstr(argv[0], "fuzz_");
	char *folder;
	size_t n = 0;

	for (int i = 1; i < argc; i++, n++)
		run_file(argv[i]);
	if (argc > 1)
		return EXIT_SUCCESS;
	if (!name || asprintf(&folder, "%s/tests/fuzz/corpus/%s", top ? top : ".", name + 5) < 0)
		return EXIT_FAILURE;
	n = run_folder(folder);
	free(folder);
	printf("%s - the corpus of %s: %zu files\n", n ? "ok" : "not ok", name, n);
	return n ? EXIT_SUCCESS : EXIT_FAILURE;
}
