/* stanzactl status: the daemon and its streams. */
#include "ctl/daemon.h"
#include "ctl/output.h"

static bool is_asked_for(const struct options *o, const json_t *info)
{
	const char *name = member_text(info, "stream", "");

	for (size_t i = 0; i < o->streams.n; i++)
		if (strcmp(o->streams.items[i], name) == 0)
			return true;
	return o->streams.n == 0;
}

/* Only those asked for; a name that does not exist is an error like the daemon's own. */
static enum exit_status choose(const struct options *o, json_t *streams)
{
	enum exit_status status = EXIT_OK;

	for (size_t i = 0; i < o->streams.n; i++) {
		bool found = false;
		size_t j;
		json_t *info;

		json_array_foreach(streams, j, info) found |=
			strcmp(member_text(info, "stream", ""), o->streams.items[i]) == 0;
		if (found)
			continue;
		complain("unknown-stream: there is no stream %s", o->streams.items[i]);
		status = EXIT_ERROR_REPLY;
	}
	for (size_t i = json_array_size(streams); i-- > 0;)
		if (!is_asked_for(o, json_array_get(streams, i)))
			json_array_remove(streams, i);
	return status;
}

/* Why it is not up, when it is tried again, or how it is secured. */
static void put_note(struct buf *b, const json_t *info)
{
	const json_t *error = json_object_get(info, "error");
	const json_t *data = json_object_get(error, "data");
	const json_t *tls = json_object_get(info, "tls");
	double retry = member_number(info, "retry_in", -1);

	if (error) {
		const char *kind = member_text(data, "kind", NULL);

		buf_printf(b, "%s%s%s", kind ? kind : "", kind ? ": " : "",
			   member_text(error, "message", ""));
	} else if (tls) {
		buf_put_str(b, member_text(tls, "protocol", "TLS"));
	} else if (!json_is_true(json_object_get(info, "secure"))) {
		buf_put_str(b, "not encrypted");
	}
	if (retry >= 0) {
		buf_put_str(b, b->n ? "; again in " : "again in ");
		put_duration(b, retry + 0.5);
	}
}

static void add_row(struct table *t, const json_t *info)
{
	CLEANUP(buf_done) struct buf note = BUF_INIT, since = BUF_INIT;
	const char *who = member_text(info, "jid", member_text(info, "from", NULL));

	if (!who)
		who = member_text(info, "to", "");
	put_note(&note, info);
	put_clock(&since, member_text(info, "since", ""));
	table_cell(t, strview_of(member_text(info, "stream", "?")));
	table_cell(t, strview_of(member_text(info, "link", "raw")));
	table_cell(t, strview_of(member_text(info, "state", "?")));
	table_cell(t, buf_view(&since));
	table_cell(t, strview_of(who));
	table_cell(t, buf_view(&note));
}

static enum exit_status print_table(const json_t *info, const json_t *stats, const json_t *streams)
{
	static const char *const heads[] = { "STREAM", "LINK", "STATE", "SINCE", "WHO", "NOTE" };
	CLEANUP(buf_done) struct buf out = BUF_INIT;
	CLEANUP(table_done) struct table t = { .n_columns = ARRAY_SIZE(heads) };
	double clients = member_number(stats, "clients", 1);
	size_t i;
	json_t *stream;

	safe_put(&out, strview_of(member_text(info, "name", "?")));
	buf_put_char(&out, ' ');
	safe_put(&out, strview_of(member_text(info, "version", "?")));
	buf_printf(&out, ", process %.0f, up ", member_number(info, "pid", 0));
	put_duration(&out, member_number(info, "uptime", 0));
	buf_printf(&out, ", %.0f %s\n", clients, clients == 1 ? "client" : "clients");
	if (json_array_size(streams) == 0) {
		buf_put_str(&out, "no streams\n");
		return output(&out);
	}
	for (i = 0; i < ARRAY_SIZE(heads); i++)
		table_cell(&t, strview_of(heads[i]));
	json_array_foreach(streams, i, stream) add_row(&t, stream);
	table_put(&t, &out);
	return output(&out);
}

static enum exit_status print(const struct options *o, json_t *info, json_t *stats, json_t *streams)
{
	enum exit_status unknown = choose(o, streams), status;
	json_t *all;

	if (!o->json) {
		status = print_table(info, stats, streams);
	} else {
		all = json_pack("{s:O, s:O, s:O}", "daemon", info, "stats", stats, "streams",
				streams);
		status = output_json(all, false);
		json_decref(all);
	}
	return status == EXIT_OK ? unknown : status;
}

enum exit_status command_status(const struct options *o, char **args)
{
	json_t *info = NULL, *stats = NULL, *streams = NULL;
	struct daemon d;
	enum exit_status status = daemon_open(&d, o);

	(void)args;
	if (status == EXIT_OK)
		status = daemon_call(&d, "daemon.info", NULL, o->json, &info);
	if (status == EXIT_OK)
		status = daemon_call(&d, "daemon.stats", NULL, o->json, &stats);
	if (status == EXIT_OK)
		status = daemon_call(&d, "stream.list", NULL, o->json, &streams);
	if (status == EXIT_OK)
		status = print(o, info, stats, streams);
	json_decref(info);
	json_decref(stats);
	json_decref(streams);
	daemon_done(&d);
	return status;
}
