/* stanzactl monitor: events as they come. */
#include "ctl/daemon.h"
#include "ctl/output.h"
#include "ctl/sentence.h"

#include <unistd.h>

static json_t *string_array(const struct strings *s)
{
	json_t *array;

	if (s->n == 0)
		return NULL;
	array = json_array();
	for (size_t i = 0; i < s->n; i++)
		(void)json_array_append_new(array, json_string(s->items[i]));
	return array;
}

/* As it came, but for characters that a terminal would obey. */
static enum exit_status print_line(struct strview line)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;

	if (isatty(STDOUT_FILENO))
		safe_put_json(&out, line);
	else
		buf_put_sv(&out, line);
	buf_put_char(&out, '\n');
	return output(&out);
}

static enum exit_status print_event(struct strview line)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	json_t *event = json_loadb(line.p, line.n, JSON_ALLOW_NUL, NULL);

	if (!event)
		return print_line(line);
	put_sentence(&out, member_text(event, "method", "?"), json_object_get(event, "params"));
	buf_put_char(&out, '\n');
	json_decref(event);
	return output(&out);
}

static enum exit_status print_snapshot(const json_t *streams)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	size_t i;
	json_t *info;

	json_array_foreach(streams, i, info)
	{
		put_standing(&out, info);
		buf_put_char(&out, '\n');
	}
	return output(&out);
}

static enum exit_status watch(struct daemon *d, const struct options *o)
{
	json_t *result = NULL,
	       *params = json_pack("{s:o*, s:o*, s:O*, s:s*}", "streams", string_array(&o->streams),
				   "events", string_array(&o->events), "match", o->match, "format",
				   o->format);
	enum exit_status status;

	if (!params) {
		complain("out of memory");
		return EXIT_USAGE;
	}
	status = daemon_call(d, "subscribe", params, o->json, &result);
	if (status == EXIT_OK && !o->json)
		status = print_snapshot(json_object_get(result, "streams"));
	json_decref(result);
	while (status == EXIT_OK) {
		struct strview line;

		status = daemon_line(d, &line);
		if (status == EXIT_OK)
			status = o->json ? print_line(line) : print_event(line);
	}
	return status;
}

enum exit_status command_monitor(const struct options *o, char **args)
{
	struct daemon d;
	enum exit_status status = daemon_open(&d, o);

	(void)args;
	if (status == EXIT_OK)
		status = watch(&d, o);
	daemon_done(&d);
	return status;
}
