/*
 * Writes flat JSON text onto a buf: no tree, no indentation, one line. Commas come by themselves,
 * from the last byte written. Errors latch in the buf. Strings must be valid UTF-8 (what XML, the
 * request parser or we ourselves made); invalid bytes become U+FFFD rather than an invalid line.
 */
#pragma once

#include "protocol/base/bytes.h"

void jsonw_begin_object(struct buf *b);
void jsonw_end_object(struct buf *b);
void jsonw_begin_array(struct buf *b);
void jsonw_end_array(struct buf *b);

void jsonw_key(struct buf *b, const char *key); /* plain ASCII without quotes or backslashes */

void jsonw_string(struct buf *b, struct strview v);
void jsonw_cstr(struct buf *b, const char *cstr);
void jsonw_uint(struct buf *b, uint64_t v);
void jsonw_int(struct buf *b, int64_t v);
void jsonw_seconds(struct buf *b,
		   uint64_t ns); /* 15, 0.25: nanoseconds as a JSON number of seconds */
void jsonw_bool(struct buf *b, bool v);
void jsonw_null(struct buf *b);
void jsonw_base64(struct buf *b, struct strview data);
void jsonw_raw(struct buf *b, struct strview json); /* one JSON value that is text already */

/* "2026-11-22T18:00:00.000000Z" of microseconds since the epoch, quoted. */
void jsonw_time(struct buf *b, uint64_t unix_us);

/* "/key" at the end of a JSON Pointer (RFC 6901), which is no JSON text yet. */
void jsonw_pointer(struct buf *b, struct strview key);

/* Escaped content of a string, without the quotes: the hot path. */
void jsonw_escape(struct buf *b, struct strview v);

/* key and value in one */
static inline void jsonw_member(struct buf *b, const char *key, struct strview v)
{
	jsonw_key(b, key);
	jsonw_string(b, v);
}

static inline void jsonw_member_cstr(struct buf *b, const char *key, const char *cstr)
{
	jsonw_key(b, key);
	jsonw_cstr(b, cstr);
}

/* "key":"v", or nothing where v is absent (p == NULL). */
static inline void jsonw_member_opt(struct buf *b, const char *key, struct strview v)
{
	if (v.p)
		jsonw_member(b, key, v);
}

static inline void jsonw_member_uint(struct buf *b, const char *key, uint64_t v)
{
	jsonw_key(b, key);
	jsonw_uint(b, v);
}

static inline void jsonw_member_bool(struct buf *b, const char *key, bool v)
{
	jsonw_key(b, key);
	jsonw_bool(b, v);
}
