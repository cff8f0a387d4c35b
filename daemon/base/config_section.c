/* Sections: which one a line belongs to, that each is given once, and that it is complete. */
#include <errno.h>
#include <stdlib.h>

#include "daemon/base/config_internal.h"
#include "daemon/base/config_value.h"
#include "daemon/base/ini.h"

enum {
	STREAM_NAME_MAX = 64,
	SUGGESTIONS_MAX = 64,
};

void config_fault(struct config_load *l, int line, const char *format, ...)
{
	va_list ap;

	buf_printf(l->faults, "%s:%d: ", l->file, line);
	va_start(ap, format);
	buf_vprintf(l->faults, format, ap);
	va_end(ap);
	buf_put_char(l->faults, '\n');
}

const char *config_dup(struct config_load *l, struct strview v)
{
	struct strview copy = arena_dup(&l->config->arena, v);

	if (!copy.p)
		l->error = -ENOMEM;
	return copy.p;
}

/* --- streams ---------------------------------------------------------------------------------- */

static bool is_stream_name(struct strview v)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";

	for (size_t i = 0; i < v.n; i++)
		if (!memchr(allowed, v.p[i], sizeof(allowed) - 1))
			return false;
	return v.n > 0 && v.n <= STREAM_NAME_MAX;
}

static struct config_stream *add_stream(struct config_load *l, struct strview name, int line)
{
	struct config *c = l->config;
	struct config_stream *streams =
		reallocarray(c->streams, c->n_streams + 1, sizeof(*streams));
	const char *copy = config_dup(l, name);

	if (streams)
		c->streams = streams;
	if (!streams || !copy) {
		l->error = -ENOMEM;
		return NULL;
	}
	c->streams[c->n_streams] = (struct config_stream){
		.name = copy,
		.file = l->file,
		.line = line,
		.presence = true,
		.autostart = true,
		.deadtime_soft_limit = 60000000000u,
		.deadtime_hard_limit = 120000000000u,
		.negotiation_timeout = 20000000000u,
		.shutdown_timeout = 15000000000u,
	};
	return &c->streams[c->n_streams++];
}

static const struct config_stream *find_stream(const struct config *c, struct strview name)
{
	for (size_t i = 0; i < c->n_streams; i++)
		if (strview_is(name, c->streams[i].name))
			return &c->streams[i];
	return NULL;
}

static void begin_stream(struct config_load *l, struct strview name, int line)
{
	const struct config_stream *before;

	if (!is_stream_name(name)) {
		config_fault(l, line,
			     "\"%.*s\" is no name for a stream: 1 to %d letters, digits, dots, "
			     "underscores and hyphens",
			     SV_ARG(name), STREAM_NAME_MAX);
		return;
	}
	before = find_stream(l->config, name);
	if (before) {
		config_fault(l, line, "[stream %.*s] is given twice, first at %s:%d", SV_ARG(name),
			     before->file, before->line);
		return;
	}
	l->target = add_stream(l, name, line);
	l->skipping = !l->target;
}

/* --- sections --------------------------------------------------------------------------------- */

static const struct config_section *find_section(struct strview name)
{
	for (const struct config_section *s = config_sections; s->name; s++)
		if (strview_is(name, s->name))
			return s;
	return NULL;
}

static const char *nearest_section(struct strview name)
{
	const char *names[SUGGESTIONS_MAX + 1] = { 0 };

	for (size_t i = 0; i < SUGGESTIONS_MAX && config_sections[i].name; i++)
		names[i] = config_sections[i].keys ? config_sections[i].name : "";
	return config_nearest(name, names);
}

static void begin_single(struct config_load *l, const struct config_section *s, int line)
{
	bool is_limits = strcmp(s->name, "limits") == 0;
	struct config_place *seen = &l->seen[is_limits];

	if (seen->file) {
		config_fault(l, line, "[%s] is given twice, first at %s:%d", s->name, seen->file,
			     seen->line);
		return;
	}
	*seen = (struct config_place){ l->file, line };
	l->target = is_limits ? (void *)&l->config->limits : (void *)l->config;
	l->skipping = false;
}

static void unknown_section(struct config_load *l, struct strview name, int line)
{
	const char *near = nearest_section(name);

	if (near)
		config_fault(l, line, "unknown section [%.*s]: did you mean [%s]?", SV_ARG(name),
			     near);
	else
		config_fault(l, line, "unknown section [%.*s]", SV_ARG(name));
}

/* Without a fault `skipping` ends here. */
static void begin_section(struct config_load *l, struct strview title, int line)
{
	size_t n = 0;
	struct strview word, name;
	const struct config_section *s;

	while (n < title.n && title.p[n] != ' ' && title.p[n] != '\t')
		n++;
	word = (struct strview){ title.p, n };
	while (n < title.n && (title.p[n] == ' ' || title.p[n] == '\t'))
		n++;
	name = (struct strview){ title.p + n, title.n - n };
	s = find_section(word);
	*l = (struct config_load){
		.config = l->config,
		.faults = l->faults,
		.file = l->file,
		.section = s,
		.skipping = true,
		.section_line = line,
		.seen = { l->seen[0], l->seen[1] },
		.error = l->error,
	};
	if (!s)
		unknown_section(l, word, line);
	else if (!s->keys)
		config_fault(l, line, "[%s] is not supported by this version", s->name);
	else if (s->named && name.n == 0)
		config_fault(l, line, "[%s NAME] needs a name", s->name);
	else if (!s->named && name.n > 0)
		config_fault(l, line, "[%s] takes no name", s->name);
	else if (s->named)
		begin_stream(l, name, line);
	else
		begin_single(l, s, line);
}

/* What follows is skipped until the next section, if there was a fault in its title. */
static void end_section(struct config_load *l, bool skip)
{
	if (l->section && !l->skipping && l->section->named)
		config_check_stream(l, l->target);
	l->section = NULL;
	l->skipping = skip;
}

/* --- keys ------------------------------------------------------------------------------------- */

static size_t find_key(const struct config_section *s, struct strview name)
{
	size_t i = 0;

	while (s->keys[i].name && !strview_is(name, s->keys[i].name))
		i++;
	return i;
}

int config_key_line(const struct config_load *l, const char *name)
{
	int line = l->lines[find_key(l->section, strview_of(name))];

	return line > 0 ? line : l->section_line;
}

bool config_has_key(const struct config_load *l, const char *name)
{
	return l->lines[find_key(l->section, strview_of(name))] > 0;
}

bool config_refused(const struct config_load *l, const char *name)
{
	return l->refused[find_key(l->section, strview_of(name))];
}

static void unknown_key(struct config_load *l, struct strview name, int line)
{
	const char *names[CONFIG_KEYS_MAX + 1] = { 0 };
	const char *near;

	for (size_t i = 0; l->section->keys[i].name; i++)
		names[i] = l->section->keys[i].name;
	near = config_nearest(name, names);
	if (near)
		config_fault(l, line, "unknown key \"%.*s\" in [%s]: did you mean %s?",
			     SV_ARG(name), l->section->name, near);
	else
		config_fault(l, line, "unknown key \"%.*s\" in [%s]", SV_ARG(name),
			     l->section->name);
}

/* An empty value is as good as no line, but the key is checked. */
static void set_key(struct config_load *l, const struct ini_item *item)
{
	size_t i = find_key(l->section, item->name);
	const struct config_key *k = &l->section->keys[i];
	const char *wrong;

	if (!k->name) {
		unknown_key(l, item->name, item->line);
		return;
	}
	if (l->lines[i] > 0) {
		config_fault(l, item->line, "%s is given twice, first at line %d", k->name,
			     l->lines[i]);
		return;
	}
	l->lines[i] = item->line;
	wrong = item->value.n > 0 ? k->set(l, k, item->value) : NULL;
	l->refused[i] = wrong != NULL;
	if (wrong)
		config_fault(l, item->line, "%s \"%.*s\" %s", k->name, SV_ARG(item->value), wrong);
}

void config_read_text(struct config_load *l, struct strview text)
{
	bool homeless = false; /* told once that keys stand before any section */
	struct ini ini;

	ini_init(&ini, text);
	for (;;) {
		struct ini_item item = ini_next(&ini);

		if (item.kind == INI_END)
			break;
		if (item.kind == INI_FAULT) {
			if (item.of_section)
				end_section(l, true);
			config_fault(l, item.line, "%s", item.what);
		} else if (item.kind == INI_SECTION) {
			end_section(l, false);
			begin_section(l, item.name, item.line);
		} else if (l->section && !l->skipping) {
			set_key(l, &item);
		} else if (!l->skipping && !homeless) {
			config_fault(l, item.line, "a key stands before the first [SECTION]");
			homeless = true;
		}
	}
	end_section(l, false);
}
