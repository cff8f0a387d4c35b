/* Output for people: nothing that comes from others can move a cursor or forge a line. */
#pragma once

#include "ctl/ctl.h"

/* Appends v with control, C1 and bidirectional formatting characters written as escapes. */
void safe_put(struct buf *b, struct strview v);
/* The same for text that is JSON: the escapes are JSON's. */
void safe_put_json(struct buf *b, struct strview json);

/* Writes b and flushes it, then empties it. EXIT_OK, or EXIT_OUTPUT after saying why. */
enum exit_status output(struct buf *b);

/* A JSON value as a line, or indented if standard output is a terminal and pretty is asked for. */
enum exit_status output_json(const json_t *value, bool pretty);
void put_json(struct buf *b, const json_t *value); /* compact */

/* "18:00:00", local time, of an event's `time`. */
void put_clock(struct buf *b, const char *rfc3339);
/* Days, hours, minutes, seconds: the two largest. */
void put_duration(struct buf *b, double seconds);

/* Members of a JSON object, with what to take where they are missing. */
const char *member_text(const json_t *object, const char *key, const char *missing);
double member_number(const json_t *object, const char *key, double missing);

/* Columns as wide as their widest cell, two spaces apart. */
struct table {
	struct buf cells; /* NUL-terminated, row by row */
	size_t n_columns, n_cells;
};

void table_cell(struct table *t, struct strview text);
void table_put(const struct table *t, struct buf *b);
void table_done(struct table *t);
