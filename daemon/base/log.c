#include "daemon/base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION /* it would always be that of this file */
#include <systemd/sd-journal.h>

static const char *const names[LOG_LEVEL_COUNT_] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static const int priorities[LOG_LEVEL_COUNT_] = {
	[LOG_LEVEL_ERROR] = LOG_ERR,
	[LOG_LEVEL_WARNING] = LOG_WARNING,
	[LOG_LEVEL_INFO] = LOG_INFO,
	[LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

static enum log_level max_level = LOG_LEVEL_INFO;
static bool to_journal;

const char *log_level_name(enum log_level level)
{
	return names[level];
}

bool log_level_parse(struct strview name, enum log_level *ret)
{
	for (size_t i = 0; i < LOG_LEVEL_COUNT_; i++) {
		if (!strview_is(name, names[i]))
			continue;
		*ret = (enum log_level)i;
		return true;
	}
	return false;
}

/* systemd.exec(5): JOURNAL_STREAM is DEVICE:INODE of the journal's socket. */
static bool is_journal(void)
{
	const char *text = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;
	char rest;

	return text && sscanf(text, "%llu:%llu%c", &dev, &ino, &rest) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

void log_open(enum log_level level)
{
	max_level = level;
	to_journal = is_journal();
}

void log_set_level(enum log_level level)
{
	max_level = level;
}

enum log_level log_get_level(void)
{
	return max_level;
}

/*
 * Onto b: valid UTF-8 in which no character ends a line or moves a cursor. C1 controls and the line
 * and paragraph separators are two and three bytes there, everything else bad is one byte.
 */
static void put_escaped(struct buf *b, struct strview v)
{
	bool utf8 = strview_is_utf8(v);

	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];
		bool c1 = c == 0xc2 && i + 1 < v.n && (unsigned char)v.p[i + 1] < 0xa0;
		bool separator = c == 0xe2 && i + 2 < v.n && (unsigned char)v.p[i + 1] == 0x80 &&
				 ((unsigned char)v.p[i + 2] & 0xfe) == 0xa8;

		if (c == '\\')
			buf_put_str(b, "\\\\");
		else if (c < 0x20 || c == 0x7f || (c >= 0x80 && (!utf8 || c1 || separator)))
			buf_printf(b, "\\x%02x", c);
		else
			buf_put_char(b, (char)c);
		if (utf8 && (c1 || separator))
			for (size_t more = c1 ? 1 : 2; more > 0; more--)
				buf_printf(b, "\\x%02x", (unsigned char)v.p[++i]);
	}
}

/* --- where it goes ---------------------------------------------------------------------------- */

/* One write, so that lines of several processes do not mix; what fails cannot be told anywhere. */
static void write_line(enum log_level level, struct strview stream, struct strview text)
{
	CLEANUP(buf_done) struct buf line = BUF_INIT;
	ssize_t r;

	buf_printf(&line, "%s: ", names[level]);
	if (stream.n > 0) {
		buf_put_char(&line, '[');
		put_escaped(&line, stream);
		buf_put_str(&line, "] ");
	}
	put_escaped(&line, text);
	buf_put_char(&line, '\n');
	do {
		r = write(STDERR_FILENO, line.p, line.n);
	} while (r < 0 && errno == EINTR);
}

static void send_journal(enum log_level level, struct strview stream, struct strview text)
{
	CLEANUP(buf_done) struct buf message = BUF_INIT, priority = BUF_INIT, name = BUF_INIT;
	struct iovec iov[4];
	int n = 0;

	buf_put_str(&message, "MESSAGE=");
	if (stream.n > 0)
		buf_printf(&message, "[%.*s] ", SV_ARG(stream));
	put_escaped(&message, text);
	buf_printf(&priority, "PRIORITY=%d", priorities[level]);
	buf_printf(&name, "STANZAD_STREAM=%.*s", SV_ARG(stream));
	iov[n++] = (struct iovec){ message.p, message.n };
	iov[n++] = (struct iovec){ priority.p, priority.n };
	iov[n++] = (struct iovec){ (char *)"SYSLOG_IDENTIFIER=stanzad", 25 };
	if (stream.n > 0)
		iov[n++] = (struct iovec){ name.p, name.n };
	if (message.error || priority.error || name.error || sd_journal_sendv(iov, n) < 0)
		write_line(level, stream, text);
}

static void emit(struct strview stream, enum log_level level, const char *format, va_list ap)
	__attribute__((format(printf, 3, 0)));

static void emit(struct strview stream, enum log_level level, const char *format, va_list ap)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;

	if (level > max_level)
		return;
	buf_vprintf(&text, format, ap);
	if (text.error)
		write_line(level, stream, SV("out of memory in the log"));
	else if (to_journal)
		send_journal(level, stream, buf_view(&text));
	else
		write_line(level, stream, buf_view(&text));
}

void log_write(enum log_level level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	emit(SV_NONE, level, format, ap);
	va_end(ap);
}

void log_stream(struct strview stream, enum log_level level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	emit(stream, level, format, ap);
	va_end(ap);
}
