/*
 * Framing: bytes in, lines out. A line ends in LF or CR LF, the last one also at the end of the
 * input; blank lines are no lines. One that exceeds the limit is skipped up to its end without
 * being stored. Costs are linear in the input, however it is cut.
 */
#pragma once

#include "protocol/base/bytes.h"

enum line_result {
	LINE_NONE, /* none that is complete */
	LINE_READY,
	LINE_TOO_LONG, /* once for each such line */
};

struct line_reader {
	struct buf in;
	size_t start;	/* of the line that is next */
	size_t scanned; /* no LF between start and here */
	size_t max;	/* bytes of a line without its end; 0: no limit */
	bool skipping;	/* of an over-long line what follows is dropped */
	bool eof;
};

void line_init(struct line_reader *l, size_t max);
void line_done(struct line_reader *l);

int line_push(struct line_reader *l, struct strview in); /* 0 or -ENOMEM */
void line_eof(struct line_reader *l);

/* *ret is valid until the next call of any of these. */
enum line_result line_next(struct line_reader *l, struct strview *ret);

/* Whether line_next() would say anything but LINE_NONE. */
bool line_pending(struct line_reader *l);
