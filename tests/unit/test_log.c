/* What the log writes on standard error, byte by byte. */
#include "daemon/base/log.h"

#include "tests/unit/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Standard error goes into a file meanwhile. */
static int saved_fd, file_fd;

static void catch_stderr(void)
{
	char path[] = "/tmp/stanzad-test-XXXXXX";

	fflush(stderr);
	saved_fd = dup(STDERR_FILENO);
	file_fd = mkstemp(path);
	ck_assert_int_ge(file_fd, 0);
	unlink(path);
	dup2(file_fd, STDERR_FILENO);
}

static void expect_log(const char *expected)
{
	char got[1000];
	ssize_t n;

	dup2(saved_fd, STDERR_FILENO);
	n = pread(file_fd, got, sizeof(got) - 1, 0);
	ck_assert_int_ge(n, 0);
	got[n] = '\0';
	close(file_fd);
	close(saved_fd);
	ck_assert_str_eq(got, expected);
}

START_TEST(lines_have_level_and_stream)
{
	catch_stderr();
	log_open(LOG_LEVEL_DEBUG);
	log_write(LOG_LEVEL_ERROR, "number %d", 1);
	log_write(LOG_LEVEL_WARNING, "w");
	log_stream(SV("alerts"), LOG_LEVEL_INFO, "i");
	log_stream(SV_NONE, LOG_LEVEL_DEBUG, "d");
	expect_log("error: number 1\nwarning: w\ninfo: [alerts] i\ndebug: d\n");
}
END_TEST

START_TEST(less_important_levels_are_left_out)
{
	catch_stderr();
	log_open(LOG_LEVEL_WARNING);
	log_write(LOG_LEVEL_INFO, "i");
	log_write(LOG_LEVEL_WARNING, "w");
	ck_assert_int_eq(log_get_level(), LOG_LEVEL_WARNING);
	log_set_level(LOG_LEVEL_DEBUG);
	log_stream(SV("s"), LOG_LEVEL_DEBUG, "d");
	log_set_level(LOG_LEVEL_ERROR);
	log_stream(SV("s"), LOG_LEVEL_WARNING, "w");
	expect_log("warning: w\ndebug: [s] d\n");
}
END_TEST

static const struct {
	const char *text, *escaped;
} texts[] = {
	{ "a\nerror: forged", "a\\x0aerror: forged" },
	{ "\r\t\x1b[2J\x7f", "\\x0d\\x09\\x1b[2J\\x7f" },
	{ "back\\slash", "back\\\\slash" },
	{ "grün €  🐟", "grün €  🐟" },
	{ "bad \xff\xc3", "bad \\xff\\xc3" },
	{ "grün and bad \xff", "gr\\xc3\\xbcn and bad \\xff" },
	{ "nel \xc2\x85 sos \xc2\x98", "nel \\xc2\\x85 sos \\xc2\\x98" },
	{ "nbsp \xc2\xa0", "nbsp \xc2\xa0" },
	{ "separators \xe2\x80\xa8 \xe2\x80\xa9.", "separators \\xe2\\x80\\xa8 \\xe2\\x80\\xa9." },
	{ "dash \xe2\x80\x93.", "dash \xe2\x80\x93." },
	{ "", "" },
};

START_TEST(a_line_stays_a_line)
{
	char expected[200];

	catch_stderr();
	log_open(LOG_LEVEL_INFO);
	log_write(LOG_LEVEL_INFO, "%s", texts[_i].text);
	log_stream(strview_of("x\ny"), LOG_LEVEL_INFO, "%s", texts[_i].text);
	snprintf(expected, sizeof(expected), "info: %s\ninfo: [x\\x0ay] %s\n", texts[_i].escaped,
		 texts[_i].escaped);
	expect_log(expected);
}
END_TEST

/* Whatever it says, this standard error is none of the journal's sockets. */
START_TEST(a_journal_stream_of_another_descriptor_is_not_believed)
{
	static const char *const values[] = { "1:1",  "", "x", "8:", "18446744073709551615:1",
					      "1:2:3" };

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		setenv("JOURNAL_STREAM", values[i], 1);
		catch_stderr();
		log_open(LOG_LEVEL_INFO);
		log_write(LOG_LEVEL_INFO, "here");
		expect_log("info: here\n");
	}
}
END_TEST

/* --- the journal ------------------------------------------------------------------------------ */

static char entry[1000];
static int journal_result;

/* In place of libsystemd's, by the linker: the fields in order, a line each. */
int __wrap_sd_journal_sendv(const struct iovec *iov, int n);

int __wrap_sd_journal_sendv(const struct iovec *iov, int n)
{
	for (int i = 0; i < n; i++) {
		strncat(entry, iov[i].iov_base, iov[i].iov_len);
		strcat(entry, "\n");
	}
	return journal_result;
}

/* systemd's promise: JOURNAL_STREAM names what standard error is connected to. */
static void set_journal_stream(void)
{
	struct stat st;
	char value[64];

	ck_assert_int_eq(fstat(STDERR_FILENO, &st), 0);
	snprintf(value, sizeof(value), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", value, 1);
}

START_TEST(the_journal_gets_fields)
{
	catch_stderr();
	set_journal_stream();
	log_open(LOG_LEVEL_INFO);
	log_stream(SV("alerts"), LOG_LEVEL_WARNING, "a\nb");
	log_write(LOG_LEVEL_ERROR, "e");
	log_write(LOG_LEVEL_INFO, "i");
	log_write(LOG_LEVEL_DEBUG, "d");
	expect_log("");
	ck_assert_str_eq(entry, "MESSAGE=[alerts] a\\x0ab\nPRIORITY=4\nSYSLOG_IDENTIFIER=stanzad\n"
				"STANZAD_STREAM=alerts\n"
				"MESSAGE=e\nPRIORITY=3\nSYSLOG_IDENTIFIER=stanzad\n"
				"MESSAGE=i\nPRIORITY=6\nSYSLOG_IDENTIFIER=stanzad\n");
}
END_TEST

START_TEST(what_the_journal_does_not_take_goes_to_standard_error)
{
	catch_stderr();
	set_journal_stream();
	journal_result = -EMSGSIZE;
	log_open(LOG_LEVEL_INFO);
	log_stream(SV("s"), LOG_LEVEL_INFO, "here");
	expect_log("info: [s] here\n");
}
END_TEST

START_TEST(levels_have_names)
{
	enum log_level level = LOG_LEVEL_ERROR;

	for (int i = 0; i < LOG_LEVEL_COUNT_; i++) {
		const char *name = log_level_name((enum log_level)i);

		ck_assert(log_level_parse(strview_of(name), &level));
		ck_assert_int_eq((int)level, i);
	}
	ck_assert(!log_level_parse(SV("Error"), &level));
	ck_assert(!log_level_parse(SV(""), &level));
	ck_assert(!log_level_parse(SV("errors"), &level));
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ lines_have_level_and_stream, 0 },
		{ less_important_levels_are_left_out, 0 },
		{ a_line_stays_a_line, ARRAY_SIZE(texts) },
		{ a_journal_stream_of_another_descriptor_is_not_believed, 0 },
		{ the_journal_gets_fields, 0 },
		{ what_the_journal_does_not_take_goes_to_standard_error, 0 },
		{ levels_have_names, 0 },
	};

	return suite_run("log", tests, ARRAY_SIZE(tests));
}
