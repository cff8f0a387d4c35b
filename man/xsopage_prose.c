#include <stdarg.h>

#include "man/xsopage.h"

void prose_text(struct prose *p, const char *format, ...)
{
	va_list ap;

	if (p->at != PROSE_BEGIN)
		fputs(p->at == PROSE_TEXT ? " " : "\n", p->out);
	va_start(ap, format);
	vfprintf(p->out, format, ap);
	va_end(ap);
	p->at = PROSE_TEXT;
}

/* What is no macro of its own and no delimiter, whatever it is. */
static void put_arg(FILE *out, struct strview arg)
{
	fputs("\"\\&", out);
	for (size_t i = 0; i < arg.n; i++) {
		switch (arg.p[i]) {
		case '\\':
			fputs("\\e", out);
			break;
		case '"':
			fputs("\\(dq", out);
			break;
		case '\'':
			fputs("\\(aq", out);
			break;
		default:
			fputc(arg.p[i], out);
		}
	}
	fputs("\"", out);
}

void prose_macro(struct prose *p, const char *macro, struct strview arg)
{
	if (p->at != PROSE_BEGIN)
		fputs("\n", p->out);
	fprintf(p->out, ".%s ", macro);
	put_arg(p->out, arg);
	p->at = PROSE_MACRO;
}

void prose_punct(struct prose *p, const char *mark)
{
	fprintf(p->out, "%s%s", p->at == PROSE_MACRO ? " " : "", mark);
}

void prose_end(struct prose *p)
{
	if (p->at != PROSE_BEGIN)
		fputs("\n", p->out);
	p->at = PROSE_BEGIN;
}

void prose_stop(struct prose *p)
{
	prose_punct(p, ".");
	prose_end(p);
}

void prose_list(struct prose *p, const char *macro, const struct strview *names, size_t n,
		const char *last)
{
	size_t left = 0, put = 0;

	for (size_t i = 0; i < n; i++)
		left += names[i].n > 0;
	for (size_t i = 0; i < n; i++) {
		if (names[i].n == 0)
			continue;
		left--;
		if (put++ && left == 0)
			prose_text(p, "%s", last);
		prose_macro(p, macro, names[i]);
		if (left > 1)
			prose_punct(p, ",");
	}
}

/* The code point at p and how many bytes it has; the text is valid UTF-8. */
static size_t code_point(const char *p, unsigned *ret)
{
	unsigned char c = (unsigned char)*p;
	size_t n = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

	*ret = c & (0xFFu >> (n + 1));
	for (size_t i = 1; i < n; i++)
		*ret = *ret << 6 | ((unsigned char)p[i] & 0x3Fu);
	return n;
}

void roff_literal(FILE *out, struct strview text)
{
	for (size_t i = 0; i < text.n;) {
		unsigned c = (unsigned char)text.p[i];
		size_t n = 1;

		if (c >= 0x80)
			n = code_point(text.p + i, &c);
		if (c >= 0x80)
			fprintf(out, "\\[u%04X]", c);
		else if (c == '\\')
			fputs("\\e", out);
		else if (c == '\'')
			fputs("\\(aq", out);
		else if (c == '-')
			fputs("\\-", out);
		else if (c == '.' && i && text.p[i - 1] == '\n')
			fputs("\\&.", out);
		else if (c == '^' || c == '`' || c == '~')
			fputs(c == '^' ? "\\(ha" : c == '`' ? "\\(ga" : "\\(ti", out);
		else
			fputc((int)c, out);
		i += n;
	}
}
