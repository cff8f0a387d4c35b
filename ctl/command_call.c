/* stanzactl call: any method, always JSON. */
#include "ctl/daemon.h"
#include "ctl/output.h"

#include <stdio.h>

/* The parameters: of the command line, or of standard input for "-". NULL after saying why. */
static json_t *read_params(const char *text)
{
	json_error_t error;
	size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
	json_t *params;

	if (strcmp(text, "-") == 0)
		params = json_loadf(stdin, flags, &error);
	else
		params = json_loads(text, flags, &error);
	if (!params)
		complain("the parameters are not JSON: %s (line %d, column %d)", error.text,
			 error.line, error.column);
	else if (!json_is_object(params))
		complain("the parameters are not a JSON object");
	if (json_is_object(params))
		return params;
	json_decref(params);
	return NULL;
}

static bool add_stream(json_t **params, const struct options *o)
{
	if (o->streams.n == 0 || json_object_get(*params, "stream"))
		return true;
	if (!*params)
		*params = json_object();
	if (json_object_set_new(*params, "stream", json_string(o->streams.items[0])) == 0)
		return true;
	complain("the name of the stream is not UTF-8");
	return false;
}

enum exit_status command_call(const struct options *o, char **args)
{
	json_t *params = NULL, *result = NULL;
	struct daemon d;
	enum exit_status status;

	if (args[1]) {
		params = read_params(args[1]);
		if (!params)
			return EXIT_USAGE;
	}
	if (!add_stream(&params, o)) {
		json_decref(params);
		return EXIT_USAGE;
	}
	status = daemon_open(&d, o);
	if (status == EXIT_OK)
		status = daemon_call(&d, args[0], json_incref(params), true, &result);
	if (status == EXIT_OK)
		status = output_json(result, true);
	json_decref(params);
	json_decref(result);
	daemon_done(&d);
	return status;
}
