/*
 * The daemon's log: lines on standard error, or entries with fields in the journal where systemd
 * connected standard error to it. Only daemon/ logs, once, where a fault is handled. Values are
 * escaped: a line stays a line. Nothing secret is ever given to it.
 */
#pragma once

#include "protocol/base/fault.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_COUNT_
};

const char *log_level_name(enum log_level level); /* "error" ... "debug" */
bool log_level_parse(struct strview name, enum log_level *ret);

void log_open(enum log_level level); /* detects the journal by JOURNAL_STREAM */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* With the stream's name as prefix "[alerts] " or field STANZAD_STREAM. */
void log_stream(struct strview stream, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
