#include "ctl/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "protocol/base/utf8.h"

/* The character at the front of v and its length; a byte that begins none stands for itself. */
static size_t decode(struct strview v, uint32_t *ret)
{
	size_t n = utf8_decode(v, ret);

	if (n == 0)
		*ret = (unsigned char)*v.p;
	return n ? n : 1;
}

/* What can move the cursor, change how later text looks, or look like another line. */
static bool is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0x061c ||
	       c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || (c >= 0xe0000 && c <= 0xe007f);
}

static void put_escape(struct buf *b, uint32_t c, bool json)
{
	if (!json && (c == '\n' || c == '\t' || c == '\r'))
		buf_put_str(b, c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r");
	else if (c > 0xffff)
		buf_printf(b, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
			   0xdc00 + ((c - 0x10000) & 0x3ff));
	else
		buf_printf(b, "\\u%04x", c);
}

static void put_safe(struct buf *b, struct strview v, bool json)
{
	size_t from = 0, i = 0;

	while (i < v.n) {
		uint32_t c;
		size_t len = decode((struct strview){ v.p + i, v.n - i }, &c);

		if (is_unsafe(c) && !(json && c == '\n')) {
			buf_put(b, v.p + from, i - from);
			put_escape(b, c, json);
			from = i + len;
		}
		i += len;
	}
	buf_put(b, v.p + from, v.n - from);
}

void safe_put(struct buf *b, struct strview v)
{
	put_safe(b, v, false);
}

void safe_put_json(struct buf *b, struct strview json)
{
	put_safe(b, json, true);
}

void complain(const char *format, ...)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT, line = BUF_INIT;
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	buf_put_str(&line, "stanzactl: ");
	safe_put(&line, buf_view(&text));
	buf_put_char(&line, '\n');
	if (line.error)
		fputs("stanzactl: out of memory\n", stderr);
	else
		fwrite(line.p, 1, line.n, stderr);
}

void complain_json(struct strview json)
{
	CLEANUP(buf_done) struct buf line = BUF_INIT;

	safe_put_json(&line, json);
	buf_put_char(&line, '\n');
	if (!line.error)
		fwrite(line.p, 1, line.n, stderr);
}

enum exit_status output(struct buf *b)
{
	errno = ENOMEM;
	if (b->error ||
	    (b->n > 0 && (fwrite(b->p, 1, b->n, stdout) != b->n || fflush(stdout) != 0))) {
		if (errno != EPIPE)
			complain("cannot write the output: %s", strerror(errno));
		return EXIT_OUTPUT;
	}
	buf_clear(b);
	return EXIT_OK;
}

static int dump_to_buf(const char *text, size_t n, void *data)
{
	buf_put(data, text, n);
	return ((struct buf *)data)->error;
}

static void dump(struct buf *b, const json_t *value, size_t flags)
{
	/* 15 digits: what came as 0.1 goes out as 0.1 */
	if (json_dump_callback(value, dump_to_buf, b,
			       flags | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) < 0 &&
	    !b->error)
		b->error = -ENOMEM;
}

void put_json(struct buf *b, const json_t *value)
{
	dump(b, value, JSON_COMPACT);
}

enum exit_status output_json(const json_t *value, bool pretty)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT, line = BUF_INIT;
	bool terminal = isatty(STDOUT_FILENO);

	dump(&text, value, pretty && terminal ? JSON_INDENT(2) : JSON_COMPACT);
	if (terminal)
		safe_put_json(&line, buf_view(&text));
	else
		buf_put_sv(&line, buf_view(&text));
	buf_put_char(&line, '\n');
	line.error = line.error ? line.error : text.error;
	return output(&line);
}

void put_clock(struct buf *b, const char *rfc3339)
{
	struct tm tm = { 0 };
	char text[16];
	time_t t;

	if (!strptime(rfc3339, "%Y-%m-%dT%H:%M:%S", &tm)) {
		buf_put_str(b, "--:--:--");
		return;
	}
	t = timegm(&tm);
	localtime_r(&t, &tm);
	strftime(text, sizeof(text), "%H:%M:%S", &tm);
	buf_put_str(b, text);
}

void put_duration(struct buf *b, double seconds)
{
	uint64_t s = seconds > 0 ? (uint64_t)seconds : 0;
	unsigned d = (unsigned)(s / 86400), h = (unsigned)(s / 3600 % 24);
	unsigned m = (unsigned)(s / 60 % 60);

	if (d)
		buf_printf(b, "%u d %u h", d, h);
	else if (h)
		buf_printf(b, "%u h %u min", h, m);
	else if (m)
		buf_printf(b, "%u min %u s", m, (unsigned)(s % 60));
	else
		buf_printf(b, "%u s", (unsigned)s);
}

const char *member_text(const json_t *object, const char *key, const char *missing)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : missing;
}

double member_number(const json_t *object, const char *key, double missing)
{
	const json_t *v = json_object_get(object, key);

	return json_is_number(v) ? json_number_value(v) : missing;
}

/* --- tables ---------------------------------------------------------------------------------- */

/* Columns of a terminal that text takes. */
static size_t width_of(const char *text)
{
	wchar_t wide[256];
	size_t n = mbstowcs(wide, text, ARRAY_SIZE(wide) - 1);
	int width;

	if (n == (size_t)-1)
		return strlen(text);
	wide[ARRAY_SIZE(wide) - 1] = L'\0';
	width = wcswidth(wide, n);
	return width < 0 ? n : (size_t)width;
}

void table_cell(struct table *t, struct strview text)
{
	safe_put(&t->cells, text);
	buf_put_char(&t->cells, '\0');
	t->n_cells++;
}

/* The widest cell of a column. */
static size_t column_width(const struct table *t, size_t column)
{
	const char *p = t->cells.p;
	size_t widest = 0;

	for (size_t i = 0; i < t->n_cells; i++, p += strlen(p) + 1) {
		size_t w = i % t->n_columns == column ? width_of(p) : 0;

		widest = w > widest ? w : widest;
	}
	return widest;
}

void table_put(const struct table *t, struct buf *b)
{
	const char *p = t->cells.p;

	if (t->cells.error) {
		b->error = t->cells.error;
		return;
	}
	for (size_t i = 0; i < t->n_cells; i++, p += strlen(p) + 1) {
		size_t column = i % t->n_columns;
		size_t pad = column_width(t, column) + 2 - width_of(p);

		buf_put_str(b, p);
		if (column + 1 < t->n_columns)
			buf_printf(b, "%*s", (int)pad, "");
		else {
			while (b->n && b->p[b->n - 1] == ' ')
				b->n--;
			buf_put_char(b, '\n');
		}
	}
}

void table_done(struct table *t)
{
	buf_done(&t->cells);
}
