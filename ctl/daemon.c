#include "ctl/daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl/output.h"

enum {
	READ_SIZE = 64 * 1024,
};

#define SYSTEM_SOCKET "/run/stanzad/stanzad.sock"

static const char *env(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

static void find_socket(struct daemon *d, const struct options *o)
{
	struct stat st;

	if (o->socket) {
		buf_put_str(&d->path_text, o->socket);
	} else if (env("STANZAD_SOCKET")) {
		buf_put_str(&d->path_text, env("STANZAD_SOCKET"));
	} else if (env("XDG_RUNTIME_DIR")) {
		buf_printf(&d->path_text, "%s/stanzad/stanzad.sock", env("XDG_RUNTIME_DIR"));
		buf_put_char(&d->path_text, '\0');
		if (!d->path_text.error && stat(d->path_text.p, &st) < 0 &&
		    (errno == ENOENT || errno == ENOTDIR))
			buf_clear(&d->path_text);
	}
	if (d->path_text.n == 0)
		buf_put_str(&d->path_text, SYSTEM_SOCKET);
	buf_put_char(&d->path_text, '\0');
	d->path = d->path_text.error ? "" : d->path_text.p;
}

static const char *advice(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return ": are you in the group stanzad?";
	case ENOENT:
		return ": is stanzad running? --socket says where else to look";
	case ECONNREFUSED:
		return ": nobody listens there any more; start stanzad";
	case EAGAIN:
		return ": too many clients are waiting; try again";
	default:
		return "";
	}
}

enum exit_status daemon_open(struct daemon *d, const struct options *o)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t n;

	*d = (struct daemon){ .fd = -1 };
	find_socket(d, o);
	n = strlen(d->path);
	if (n == 0 || n >= sizeof(addr.sun_path)) {
		complain(n ? "cannot connect to %s: the path is too long"
			   : "cannot connect: the path of the socket is empty%s",
			 d->path);
		return EXIT_UNREACHABLE;
	}
	memcpy(addr.sun_path, d->path, n);
	d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (d->fd < 0 || connect(d->fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0) {
		int e = errno;

		complain("cannot connect to %s: %s%s", d->path, strerror(e), advice(e));
		return EXIT_UNREACHABLE;
	}
	return EXIT_OK;
}

void daemon_done(struct daemon *d)
{
	if (d->fd >= 0)
		close(d->fd);
	buf_done(&d->in);
	buf_done(&d->path_text);
	d->fd = -1;
}

static enum exit_status lost(const struct daemon *d, const char *why)
{
	complain("lost the connection to %s: %s", d->path, why);
	return EXIT_LOST;
}

static enum exit_status fill(struct daemon *d)
{
	char *room = buf_reserve(&d->in, READ_SIZE);
	ssize_t n;

	if (!room)
		return lost(d, "out of memory");
	do
		n = recv(d->fd, room, READ_SIZE, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return lost(d, strerror(errno));
	if (n == 0)
		return lost(d, "the daemon closed it");
	d->in.n += (size_t)n;
	return EXIT_OK;
}

enum exit_status daemon_line(struct daemon *d, struct strview *ret)
{
	size_t searched = 0;

	buf_consume(&d->in, d->taken);
	d->taken = 0;
	for (;;) {
		size_t n = d->in.n - searched;
		const char *end = n ? memchr(d->in.p + searched, '\n', n) : NULL;
		enum exit_status status;

		if (end) {
			*ret = (struct strview){ d->in.p, (size_t)(end - d->in.p) };
			d->taken = ret->n + 1;
			return EXIT_OK;
		}
		searched = d->in.n;
		status = fill(d);
		if (status != EXIT_OK)
			return status;
	}
}

static enum exit_status send_all(const struct daemon *d, struct strview v)
{
	while (v.n > 0) {
		ssize_t n = send(d->fd, v.p, v.n, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lost(d, strerror(errno));
		v.p += n;
		v.n -= (size_t)n;
	}
	return EXIT_OK;
}

static enum exit_status send_request(struct daemon *d, const char *method, json_t *params)
{
	CLEANUP(buf_done) struct buf line = BUF_INIT;
	json_t *request = json_pack("{s:s, s:I, s:s, s:o*}", "jsonrpc", "2.0", "id",
				    (json_int_t)++d->last_id, "method", method, "params", params);

	if (!request) {
		complain("out of memory, or text that is not UTF-8");
		return EXIT_USAGE;
	}
	put_json(&line, request);
	json_decref(request);
	buf_put_char(&line, '\n');
	if (line.error) {
		complain("out of memory");
		return EXIT_USAGE;
	}
	return send_all(d, buf_view(&line));
}

static enum exit_status error_reply(const char *method, const json_t *error, bool json)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;
	const json_t *data = json_object_get(error, "data");
	const char *kind = member_text(data, "kind", NULL), *path = member_text(data, "path", NULL);

	if (json) {
		put_json(&text, error);
		complain_json(buf_view(&text));
		return EXIT_ERROR_REPLY;
	}
	buf_printf(&text, "%s: %s%s%s", method, kind ? kind : "", kind ? ": " : "",
		   member_text(error, "message", "error"));
	if (path)
		buf_printf(&text, " (at %s)", path);
	complain("%.*s", SV_ARG(buf_view(&text)));
	return EXIT_ERROR_REPLY;
}

/* Ours too is an error without an id: the daemon could not read it, and nothing else is asked. */
static bool is_ours(const struct daemon *d, const json_t *reply)
{
	const json_t *id = json_object_get(reply, "id");

	return json_is_null(id) ? json_object_get(reply, "error") != NULL
				: json_integer_value(id) == (json_int_t)d->last_id;
}

enum exit_status daemon_call(struct daemon *d, const char *method, json_t *params, bool json,
			     json_t **ret)
{
	enum exit_status status = send_request(d, method, params);

	while (status == EXIT_OK) {
		struct strview line;
		json_t *reply;

		status = daemon_line(d, &line);
		if (status != EXIT_OK)
			break;
		reply = json_loadb(line.p, line.n, JSON_ALLOW_NUL, NULL);
		if (!reply)
			return lost(d, "it does not speak JSON-RPC lines: is it stanzad?");
		if (is_ours(d, reply)) {
			const json_t *error = json_object_get(reply, "error");

			if (error)
				status = error_reply(method, error, json);
			else
				*ret = json_incref(json_object_get(reply, "result"));
			json_decref(reply);
			return status;
		}
		json_decref(reply); /* an event that came before the reply */
	}
	return status;
}
