/* stanzactl send: one message. */
#include "ctl/daemon.h"
#include "ctl/output.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum {
	READ_SIZE = 16 * 1024,
	MAX_TEXT = 16 * 1024 * 1024,
};

/* All of standard input, without the newline that ends it. */
static enum exit_status read_text(struct buf *text)
{
	ssize_t n;

	if (isatty(STDIN_FILENO))
		fputs("stanzactl: type the message; Ctrl-D on an empty line sends it\n", stderr);
	do {
		char *room = text->n < MAX_TEXT ? buf_reserve(text, READ_SIZE) : NULL;

		if (!room) {
			complain("the message is too long");
			return EXIT_USAGE;
		}
		n = read(STDIN_FILENO, room, READ_SIZE);
		if (n < 0 && errno != EINTR) {
			complain("cannot read standard input: %s", strerror(errno));
			return EXIT_USAGE;
		}
		text->n += n > 0 ? (size_t)n : 0;
	} while (n != 0);
	if (text->n > 0 && text->p[text->n - 1] == '\n')
		text->n--;
	return EXIT_OK;
}

static json_t *make_params(const struct options *o, const char *to, struct strview text)
{
	json_t *params =
		json_pack("{s:{s:s, s:s, s:s, s:s*, s:s%}, s:s*, s:s*}", "xso", "kind", "message",
			  "to", to, "type", o->type ? o->type : "chat", "subject", o->subject,
			  "body", text.p ? text.p : "", text.n, "wait", o->wait, "stream",
			  o->streams.n ? o->streams.items[0] : NULL);

	if (!params)
		complain("the message is not UTF-8 text");
	else if (o->timeout >= 0)
		(void)json_object_set_new(params, "timeout", json_real(o->timeout));
	return params;
}

static enum exit_status print_result(const struct options *o, const char *to, const json_t *result)
{
	CLEANUP(buf_done) struct buf line = BUF_INIT;

	if (o->json)
		return output_json(result, false);
	safe_put(&line, strview_of(member_text(result, "status", "accepted")));
	buf_put_str(&line, ": message to ");
	safe_put(&line, strview_of(to));
	if (json_object_get(result, "id")) {
		buf_put_str(&line, ", id ");
		safe_put(&line, strview_of(member_text(result, "id", "")));
	}
	buf_put_char(&line, '\n');
	return output(&line);
}

enum exit_status command_send(const struct options *o, char **args)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;
	json_t *params, *result = NULL;
	struct daemon d;
	enum exit_status status = daemon_open(&d, o); /* before anybody types */

	if (status == EXIT_OK && args[1])
		buf_put_str(&text, args[1]);
	else if (status == EXIT_OK)
		status = read_text(&text);
	if (status == EXIT_OK) {
		params = make_params(o, args[0], buf_view(&text));
		status = params ? daemon_call(&d, "stream.send", params, o->json, &result)
				: EXIT_USAGE;
	}
	if (status == EXIT_OK)
		status = print_result(o, args[0], result);
	json_decref(result);
	daemon_done(&d);
	return status;
}
