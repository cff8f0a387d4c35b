#include "ipc/rpc/line.h"

void line_init(struct line_reader *l, size_t max)
{
	*l = (struct line_reader){ .max = max };
}

void line_done(struct line_reader *l)
{
	buf_done(&l->in);
}

/* Drops what was read, in a way that moves each byte a bounded number of times. */
static void make_room(struct line_reader *l)
{
	size_t left = l->in.n - l->start;

	if (left == 0)
		buf_clear(&l->in);
	else if (l->start >= left)
		buf_consume(&l->in, l->start);
	else
		return;
	l->scanned -= l->start;
	l->start = 0;
}

int line_push(struct line_reader *l, struct strview in)
{
	if (l->skipping && in.n > 0) {
		const char *lf = memchr(in.p, '\n', in.n);

		if (!lf)
			return 0;
		l->skipping = false;
		in.n -= (size_t)(lf + 1 - in.p);
		in.p = lf + 1;
	}
	make_room(l);
	buf_put_sv(&l->in, in);
	return l->in.error;
}

void line_eof(struct line_reader *l)
{
	l->eof = true;
}

static bool over_long(const struct line_reader *l, struct strview line)
{
	return l->max && line.n > l->max;
}

/* What has come from l->start up to `end`, without the CR of a line end. */
static struct strview line_to(const struct line_reader *l, size_t end)
{
	if (end == l->start)
		return (struct strview){ "", 0 };
	if (l->in.p[end - 1] == '\r')
		end--;
	return (struct strview){ l->in.p + l->start, end - l->start };
}

/* The line at l->start without its end, and where the next one begins. */
static bool complete_line(struct line_reader *l, struct strview *ret, size_t *ret_next)
{
	const char *p = l->in.p, *lf = NULL;
	size_t end;

	if (l->scanned < l->in.n)
		lf = memchr(p + l->scanned, '\n', l->in.n - l->scanned);
	end = lf ? (size_t)(lf - p) : l->in.n;
	l->scanned = end;
	if (!lf && (!l->eof || end == l->start))
		return false;
	*ret_next = lf ? end + 1 : end;
	*ret = line_to(l, end);
	return true;
}

static void advance(struct line_reader *l, size_t next)
{
	l->start = l->scanned = next;
}

/* What has come of an unfinished line exceeds the limit, whether or not a CR is its end. */
static bool skip_over_long(struct line_reader *l)
{
	if (!over_long(l, line_to(l, l->in.n)))
		return false;
	advance(l, l->in.n);
	make_room(l);
	l->skipping = true;
	return true;
}

enum line_result line_next(struct line_reader *l, struct strview *ret)
{
	struct strview line;
	size_t next;

	while (complete_line(l, &line, &next)) {
		advance(l, next);
		if (over_long(l, line))
			return LINE_TOO_LONG;
		if (!strview_is_space(line)) {
			*ret = line;
			return LINE_READY;
		}
	}
	if (skip_over_long(l))
		return LINE_TOO_LONG;
	if (l->start == l->in.n)
		make_room(l);
	return LINE_NONE;
}

bool line_pending(struct line_reader *l)
{
	struct strview line;
	size_t next;

	while (complete_line(l, &line, &next)) {
		if (over_long(l, line) || !strview_is_space(line))
			return true;
		advance(l, next);
	}
	return over_long(l, line_to(l, l->in.n));
}
