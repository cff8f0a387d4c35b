#include "daemon/base/ini.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static struct strview trim(struct strview v)
{
	while (v.n > 0 && is_blank(v.p[0])) {
		v.p++;
		v.n--;
	}
	while (v.n > 0 && is_blank(v.p[v.n - 1]))
		v.n--;
	return v;
}

static bool is_comment(char c)
{
	return c == '#' || c == ';';
}

/* Nothing, or a comment with white space before it. */
static bool is_end(struct strview v)
{
	return v.n == 0 || trim(v).n == 0 || (is_blank(v.p[0]) && is_comment(trim(v).p[0]));
}

static struct strview from(struct strview v, size_t at)
{
	return (struct strview){ v.p + at, v.n - at };
}

static size_t find_char(struct strview v, char c)
{
	const char *at = v.n > 0 ? memchr(v.p, c, v.n) : NULL;

	return at ? (size_t)(at - v.p) : v.n;
}

static struct ini_item fault(const char *what)
{
	return (struct ini_item){ .kind = INI_FAULT, .what = what };
}

static struct ini_item read_section(struct strview v)
{
	size_t close = find_char(v, ']');
	struct ini_item item = { .kind = INI_SECTION };

	if (close == v.n)
		return fault("a \"]\" is missing");
	if (!is_end(from(v, close + 1)))
		return fault("there is something behind \"]\"");
	item.name = trim((struct strview){ v.p + 1, close - 1 });
	return item.name.n > 0 ? item : fault("the section has no name");
}

static const char *read_quoted(struct strview v, struct strview *ret)
{
	size_t close = find_char(from(v, 1), '"');

	if (close == v.n - 1)
		return "a closing quote is missing";
	if (!is_end(from(v, close + 2)))
		return "there is something behind the closing quote";
	*ret = (struct strview){ v.p + 1, close };
	return NULL;
}

/* raw: all behind the "=", so that white space before a comment is seen. */
static const char *read_value(struct strview raw, struct strview *ret)
{
	struct strview v = trim(raw);

	if (v.n > 0 && v.p[0] == '"')
		return read_quoted(v, ret);
	for (size_t i = 1; i < raw.n; i++) {
		if (is_comment(raw.p[i]) && is_blank(raw.p[i - 1])) {
			raw.n = i;
			break;
		}
	}
	*ret = trim(raw);
	return NULL;
}

static struct ini_item read_key(struct strview v)
{
	size_t equals = find_char(v, '=');
	struct ini_item item = { .kind = INI_KEY };
	const char *what;

	if (equals == v.n)
		return fault("neither KEY = VALUE nor [SECTION]");
	item.name = trim((struct strview){ v.p, equals });
	if (item.name.n == 0)
		return fault("there is no key before \"=\"");
	what = read_value(from(v, equals + 1), &item.value);
	return what ? fault(what) : item;
}

/* A tab is white space; a carriage return was cut off at the end of the line. */
static bool has_control(struct strview v)
{
	for (size_t i = 0; i < v.n; i++)
		if (((unsigned char)v.p[i] < 0x20 && v.p[i] != '\t') || v.p[i] == 0x7f)
			return true;
	return false;
}

void ini_init(struct ini *i, struct strview text)
{
	if (strview_has_prefix(text, SV("\xef\xbb\xbf")))
		text = from(text, 3);
	*i = (struct ini){ .rest = text };
}

struct ini_item ini_next(struct ini *i)
{
	while (i->rest.n > 0) {
		size_t end = find_char(i->rest, '\n');
		struct strview line = { i->rest.p, end };
		struct strview v = trim(line);
		struct ini_item item;

		i->rest = from(i->rest, end < i->rest.n ? end + 1 : end);
		i->line++;
		if (v.n == 0 || is_comment(v.p[0]))
			continue;
		if (!strview_is_utf8(line))
			item = fault("this is not UTF-8 text");
		else if (has_control(v))
			item = fault("there is a control character");
		else if (v.p[0] == '[')
			item = read_section(v);
		else
			item = read_key(v);
		item.line = i->line;
		item.of_section = v.p[0] == '[';
		return item;
	}
	return (struct ini_item){ .kind = INI_END, .line = i->line };
}
