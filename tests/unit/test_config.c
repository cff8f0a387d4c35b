/* The configuration: each fault with its line, word by word, and what files come to. */
#include "daemon/base/config.h"

#include "tests/unit/failmalloc.h"
#include "tests/unit/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory of its own, in which c.conf is the file. */
struct place {
	char dir[32];
	char path[64];
};

static void write_file(const char *path, struct strview text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text.p, text.n), (int)text.n);
	close(fd);
}

static void place_open(struct place *p)
{
	strcpy(p->dir, "/tmp/stanzad-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/c.conf", p->dir);
}

static void place_close(struct place *p)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", p->dir);
	ck_assert_int_eq(system(command), 0);
}

static struct config *load_bytes(struct strview text)
{
	CLEANUP(buf_done) struct buf faults = BUF_INIT;
	struct config *c = NULL;
	struct place p;
	int r;

	place_open(&p);
	write_file(p.path, text);
	r = config_load(p.path, false, &c, &faults);
	ck_assert_msg(r == 0, "%.*s", SV_ARG(buf_view(&faults)));
	ck_assert_uint_eq(faults.n, 0);
	place_close(&p);
	return c;
}

static struct config *load(const char *text)
{
	return load_bytes(strview_of(text));
}

/* Faults with the path of the file written as F. */
static void check_faults_bytes(struct strview text, const char *expected)
{
	CLEANUP(buf_done) struct buf faults = BUF_INIT, got = BUF_INIT;
	struct config *c = NULL;
	struct place p;
	const char *at, *next;

	place_open(&p);
	write_file(p.path, text);
	ck_assert_int_eq(config_load(p.path, false, &c, &faults), -EINVAL);
	ck_assert_ptr_null(c);
	buf_put(&faults, "", 1);
	for (at = faults.p; (next = strstr(at, p.path)); at = next + strlen(p.path)) {
		buf_put(&got, at, (size_t)(next - at));
		buf_put_char(&got, 'F');
	}
	buf_put_str(&got, at);
	buf_put(&got, "", 1);
	ck_assert_str_eq(got.p, expected);
	place_close(&p);
}

static void check_faults(const char *text, const char *expected)
{
	check_faults_bytes(strview_of(text), expected);
}

/* A whole stream, to which lines are added; it has four lines. */
#define STREAM "[stream a]\njid = a@example.test\npassword_file = /p\n\n"

START_TEST(an_empty_file_has_the_defaults)
{
	struct config *c = load("");

	ck_assert_uint_eq(c->n_streams, 0);
	ck_assert_ptr_null(c->socket);
	ck_assert_ptr_null(c->state_dir);
	ck_assert_int_eq(c->log_level, LOG_LEVEL_INFO);
	ck_assert_uint_eq(c->limits.max_request_bytes, 1048576);
	ck_assert_uint_eq(c->limits.max_client_queue_bytes, 8388608);
	ck_assert_uint_eq(c->limits.max_clients, 1024);
	ck_assert_uint_eq(c->limits.max_send_bytes, 256000);
	ck_assert_uint_eq(c->limits.max_stanza_bytes, 4194304);
	ck_assert_uint_eq(c->limits.max_stanza_depth, 128);
	config_unref(c);
}
END_TEST

START_TEST(a_stream_has_defaults)
{
	struct config *c = load(STREAM);
	const struct config_stream *s = config_find_stream(c, "a");

	ck_assert_ptr_nonnull(s);
	ck_assert_ptr_null(config_find_stream(c, "b"));
	ck_assert_int_eq(s->line, 1);
	ck_assert_str_eq(s->jid, "a@example.test");
	ck_assert_str_eq(s->local, "a");
	ck_assert_str_eq(s->domain, "example.test");
	ck_assert_str_eq(s->password_file, "/p");
	ck_assert_str_eq(s->resource, "stanzad");
	ck_assert_ptr_null(s->host);
	ck_assert_uint_eq(s->port, 0);
	ck_assert_int_eq(s->tls, CONFIG_TLS_AUTO);
	ck_assert_ptr_null(s->ca_file);
	ck_assert_uint_eq(s->n_pins, 0);
	ck_assert_ptr_null(s->mechanisms);
	ck_assert(s->presence);
	ck_assert(s->autostart);
	ck_assert_uint_eq(s->deadtime_soft_limit, 60000000000u);
	ck_assert_uint_eq(s->deadtime_hard_limit, 120000000000u);
	ck_assert_uint_eq(s->negotiation_timeout, 20000000000u);
	ck_assert_uint_eq(s->shutdown_timeout, 15000000000u);
	config_unref(c);
}
END_TEST

START_TEST(every_key_is_read)
{
	struct config *c = load(
		"[daemon]\nsocket = /run/s\nstate_dir = /var/s\nlog_level = debug\n"
		"[limits]\nmax_request_bytes = 2M\nmax_client_queue_bytes=128k\nmax_clients = 7\n"
		"max_send_bytes = 4096\nmax_stanza_bytes = 1G\nmax_stanza_depth = 64\n" STREAM
		"host = xmpp.example.test\nport = 5269\ntls = direct\nca_file = /ca.pem\n"
		"pin_sha256 = AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=, "
		"00:01:02:03:04:05:06:07:08:09:0A:0b:0c:0d:0e:0f:10:11:12:13:14:15:16:17:18:19:1a:"
		"1b:1c:1d:1e:1f\n"
		"mechanisms = scram-sha-1, PLAIN\nresource = R\nmode = c2s\npresence = none\n"
		"autostart = off\ndeadtime_soft_limit = 1.5\ndeadtime_hard_limit = 0\n"
		"negotiation_timeout = 0.000000001\nshutdown_timeout = 3\n");
	const struct config_stream *s = &c->streams[0];

	ck_assert_str_eq(c->socket, "/run/s");
	ck_assert_str_eq(c->state_dir, "/var/s");
	ck_assert_int_eq(c->log_level, LOG_LEVEL_DEBUG);
	ck_assert_uint_eq(c->limits.max_request_bytes, 2 * 1024 * 1024);
	ck_assert_uint_eq(c->limits.max_client_queue_bytes, 128 * 1024);
	ck_assert_uint_eq(c->limits.max_clients, 7);
	ck_assert_uint_eq(c->limits.max_send_bytes, 4096);
	ck_assert_uint_eq(c->limits.max_stanza_bytes, 1024 * 1024 * 1024);
	ck_assert_uint_eq(c->limits.max_stanza_depth, 64);
	ck_assert_str_eq(s->host, "xmpp.example.test");
	ck_assert_uint_eq(s->port, 5269);
	ck_assert_int_eq(s->tls, CONFIG_TLS_DIRECT);
	ck_assert_str_eq(s->ca_file, "/ca.pem");
	ck_assert_uint_eq(s->n_pins, 2);
	for (int i = 0; i < 32; i++) {
		ck_assert_int_eq(s->pins[0].p[i], i);
		ck_assert_int_eq(s->pins[1].p[i], i);
	}
	ck_assert_str_eq(s->mechanisms, "SCRAM-SHA-1,PLAIN");
	ck_assert_str_eq(s->resource, "R");
	ck_assert(!s->presence);
	ck_assert(!s->autostart);
	ck_assert_uint_eq(s->deadtime_soft_limit, 1500000000u);
	ck_assert_uint_eq(s->deadtime_hard_limit, 0);
	ck_assert_uint_eq(s->negotiation_timeout, 1);
	ck_assert_uint_eq(s->shutdown_timeout, 3000000000u);
	config_unref(c);
}
END_TEST

/* --- syntax ----------------------------------------------------------------------------------- */

static const struct {
	const char *text; /* of the line after "password_file" */
	const char *resource;
} values[] = {
	{ "resource = r", "r" },
	{ "resource=r", "r" },
	{ "\t resource\t=\tr \t", "r" },
	{ "resource = r\r", "r" },
	{ "resource = two words", "two words" },
	{ "resource = r ; comment", "r" },
	{ "resource = r # comment", "r" },
	{ "resource = r\t#comment", "r" },
	{ "resource = r;no comment", "r;no comment" },
	{ "resource = r#no ;comment", "r#no" },
	{ "resource = #comment", "stanzad" },
	{ "resource =;x", ";x" },
	{ "resource =", "stanzad" },
	{ "resource = \"\"", "stanzad" },
	{ "resource = \"r ; x # y\" ; comment", "r ; x # y" },
	{ "resource = \"r\"", "r" },
	{ "resource = a=b", "a=b" },
	{ "resource = a\"b", "a\"b" },
	{ "resource = [r]", "[r]" },
	{ "#resource = r", "stanzad" },
	{ "   ; resource = r", "stanzad" },
	{ "resource = grün", "grün" },
};

START_TEST(values_are_read_with_their_quotes_and_comments)
{
	char text[300];
	struct config *c;

	snprintf(text, sizeof(text), STREAM "%s\n", values[_i].text);
	c = load(text);
	ck_assert_str_eq(c->streams[0].resource, values[_i].resource);
	config_unref(c);
	/* the same without a newline at the end of the file */
	snprintf(text, sizeof(text), STREAM "%s", values[_i].text);
	c = load(text);
	ck_assert_str_eq(c->streams[0].resource, values[_i].resource);
	config_unref(c);
}
END_TEST

START_TEST(a_byte_order_mark_and_carriage_returns_do_not_matter)
{
	struct config *c = load("\xef\xbb\xbf[daemon] ; x\r\nlog_level = error\r\n\r\n# c\r\n");

	ck_assert_int_eq(c->log_level, LOG_LEVEL_ERROR);
	config_unref(c);
}
END_TEST

START_TEST(a_line_may_be_long)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;
	struct config *c;

	buf_put_str(&text, STREAM "resource = ");
	for (int i = 0; i < 1000; i++)
		buf_put_char(&text, 'r');
	buf_put_str(&text, " ; ");
	for (int i = 0; i < 100000; i++)
		buf_put_char(&text, 'x');
	c = load_bytes(buf_view(&text));
	ck_assert_uint_eq(strlen(c->streams[0].resource), 1000);
	config_unref(c);
}
END_TEST

static const struct {
	struct strview text;
	const char *faults;
} faulty_syntax[] = {
	{ SV("x = 1\n[daemon]\n"), "F:1: a key stands before the first [SECTION]\n" },
	{ SV("x = 1\ny = 2\n[daemon]\n"), "F:1: a key stands before the first [SECTION]\n" },
	{ SV("\n\n[daemon\nx = 1\n"), "F:3: a \"]\" is missing\n" },
	{ SV("[daemon] x\n"), "F:1: there is something behind \"]\"\n" },
	{ SV("[daemon];x\n"), "F:1: there is something behind \"]\"\n" },
	{ SV("[ ]\n"), "F:1: the section has no name\n" },
	{ SV("[daemon]\nsocket\n"), "F:2: neither KEY = VALUE nor [SECTION]\n" },
	{ SV("[daemon]\nsocket : /x\n"), "F:2: neither KEY = VALUE nor [SECTION]\n" },
	{ SV("[daemon]\n= x\n"), "F:2: there is no key before \"=\"\n" },
	{ SV("[daemon]\nsocket = \"/x\n"), "F:2: a closing quote is missing\n" },
	{ SV("[daemon]\nsocket = \"/x\" y\n"),
	  "F:2: there is something behind the closing quote\n" },
	{ SV("[daemon]\nsocket = \"/x\"#y\n"),
	  "F:2: there is something behind the closing quote\n" },
	{ SV("[daemon]\nsocket = /\xff\n"), "F:2: this is not UTF-8 text\n" },
	{ SV("[daemon]\nsocket = /a\0b\n"), "F:2: this is not UTF-8 text\n" },
	{ SV("[daemon]\nsocket = /a\x1b[1m\n"), "F:2: there is a control character\n" },
	{ SV("[daemon]\nsocket = /a\rb\n"), "F:2: there is a control character\n" },
};

START_TEST(faults_of_syntax_are_told_with_their_line)
{
	check_faults_bytes(faulty_syntax[_i].text, faulty_syntax[_i].faults);
}
END_TEST

/* --- sections and keys ------------------------------------------------------------------------ */

static const struct {
	const char *text, *faults;
} faulty[] = {
	{ "[deamon]\nx = 1\n", "F:1: unknown section [deamon]: did you mean [daemon]?\n" },
	{ "[limit]\n", "F:1: unknown section [limit]: did you mean [limits]?\n" },
	{ "[Stream a]\n", "F:1: unknown section [Stream]: did you mean [stream]?\n" },
	{ "[foo bar]\nx = 1\n", "F:1: unknown section [foo]\n" },
	{ "[access ops]\nuser =\ngroup = ops\n",
	  "F:1: [access] is not supported by this version\n" },
	{ "[socket public]\npath = /x\n", "F:1: [socket] is not supported by this version\n" },
	{ "[daemon x]\n", "F:1: [daemon] takes no name\n" },
	{ "[stream]\n", "F:1: [stream NAME] needs a name\n" },
	{ "[stream a b]\n", "F:1: \"a b\" is no name for a stream: 1 to 64 letters, digits, dots, "
			    "underscores and hyphens\n" },
	{ "[stream ä]\n", "F:1: \"ä\" is no name for a stream: 1 to 64 letters, digits, dots, "
			  "underscores and hyphens\n" },
	{ "[daemon]\n[limits]\n[daemon]\nsocket = x\n",
	  "F:3: [daemon] is given twice, first at F:1\n" },
	{ "[limits]\n[limits]\n", "F:2: [limits] is given twice, first at F:1\n" },
	{ STREAM "[stream a]\n", "F:5: [stream a] is given twice, first at F:1\n" },
	{ STREAM "[stream \t a ]\n", "F:5: [stream a] is given twice, first at F:1\n" },
	{ "[daemon]\nsokcet = /x\n", "F:2: unknown key \"sokcet\" in [daemon]: did you mean "
				     "socket?\n" },
	{ "[daemon]\nhost = x\n", "F:2: unknown key \"host\" in [daemon]\n" },
	{ STREAM "passwordfile = x\n",
	  "F:5: unknown key \"passwordfile\" in [stream]: did you mean password_file?\n" },
	{ STREAM "Port = 1\n", "F:5: unknown key \"Port\" in [stream]: did you mean port?\n" },
	{ STREAM "prot =\n", "F:5: unknown key \"prot\" in [stream]: did you mean port?\n" },
	{ STREAM "jid = b@example.test\n", "F:5: jid is given twice, first at line 2\n" },
	{ "\n[stream b]\n", "F:2: [stream b] has no jid\nF:2: [stream b] has no password_file\n" },
	{ "[stream b]\njid =\npassword_file = /p\n", "F:1: [stream b] has no jid\n" },
	{ "[stream b]\npassword_file = /p\n[stream c]\njid = c@d\n",
	  "F:1: [stream b] has no jid\nF:3: [stream c] has no password_file\n" },
	{ "[stream b]\njid = @\npassword_file = p\n",
	  "F:2: jid \"@\" is not a JID: the domain is not valid\n"
	  "F:3: password_file \"p\" is not an absolute path\n" },
	{ "[stream b]\njid = example.test\npassword_file = /p\n",
	  "F:2: jid \"example.test\" is not the JID of an account: there is nothing before @\n" },
};

START_TEST(faults_of_sections_and_keys_are_told_with_their_line)
{
	check_faults(faulty[_i].text, faulty[_i].faults);
}
END_TEST

START_TEST(names_of_streams_may_be_64_bytes_long_and_no_longer)
{
	char name[66], text[300], expected[300];
	struct config *c;

	memset(name, 'n', 65);
	name[65] = '\0';
	snprintf(text, sizeof(text), "[stream %.64s]\njid=a@b\npassword_file=/p\n", name);
	c = load(text);
	ck_assert_uint_eq(strlen(c->streams[0].name), 64);
	config_unref(c);
	snprintf(text, sizeof(text), "[stream %s]\n", name);
	snprintf(expected, sizeof(expected),
		 "F:1: \"%s\" is no name for a stream: 1 to 64 letters, digits, dots, "
		 "underscores and hyphens\n",
		 name);
	check_faults(text, expected);
}
END_TEST

/* --- values ----------------------------------------------------------------------------------- */

/* Of keys of [stream], behind STREAM. */
static const struct {
	const char *line, *fault;
} faulty_values[] = {
	{ "port = 0", "port \"0\" is not a port (1 to 65535)" },
	{ "port = 65536", "port \"65536\" is not a port (1 to 65535)" },
	{ "port = 5222x", "port \"5222x\" is not a port (1 to 65535)" },
	{ "port = +1", "port \"+1\" is not a port (1 to 65535)" },
	{ "port = 99999999999999999999",
	  "port \"99999999999999999999\" is not a port (1 to 65535)" },
	{ "tls = on", "tls \"on\" is not auto, starttls, direct or off" },
	{ "tls = off", "tls = off is only for a host on loopback, such as 127.0.0.1" },
	{ "presence = away", "presence \"away\" is neither available nor none" },
	{ "autostart = 1", "autostart \"1\" is neither yes nor no" },
	{ "ca_file = ca.pem", "ca_file \"ca.pem\" is not an absolute path" },
	{ "pin_sha256 = abc", "pin_sha256 \"abc\" is not a SHA-256 in hex or base64" },
	{ "pin_sha256 = AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,", NULL },
	{ "pin_sha256 = AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=, x",
	  "pin_sha256 \"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=, x\" is not a SHA-256 in "
	  "hex or base64" },
	{ "pin_sha256 = AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AAAA=",
	  "pin_sha256 \"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AAAA=\" is not a SHA-256 in "
	  "hex or base64" },
	{ "mechanisms = SCRAM-SHA-512",
	  "mechanisms \"SCRAM-SHA-512\" names a mechanism that is none of SCRAM-SHA-256, "
	  "SCRAM-SHA-1 and PLAIN" },
	{ "mechanisms = PLAIN,,PLAIN",
	  "mechanisms \"PLAIN,,PLAIN\" names a mechanism that is none of SCRAM-SHA-256, "
	  "SCRAM-SHA-1 and PLAIN" },
	{ "host = a b", "host \"a b\" is not a host name or address" },
	{ "host = xmpp://x", "host \"xmpp://x\" is not a host name or address" },
	{ "mode = component", "mode \"component\" is not supported by this version" },
	{ "mode = c2s", NULL },
	{ "carbons = yes", "carbons \"yes\" is not supported by this version" },
	{ "carbons = no", NULL },
	{ "resume = on", "resume \"on\" is not supported by this version" },
	{ "resume = false", NULL },
	{ "at_exit = keep", "at_exit \"keep\" is not supported by this version" },
	{ "at_exit = close", NULL },
	{ "rooms = ops@conference.example.test/alerts",
	  "rooms \"ops@conference.example.test/alerts\" is not supported by this version" },
	{ "rooms =", NULL },
	{ "password_credential = x", "password_credential \"x\" is not supported by this version" },
	{ "password_command = x", "password_command \"x\" is not supported by this version" },
	{ "secret_file = /x", "secret_file \"/x\" is not supported by this version" },
	{ "deadtime_soft_limit = 1m",
	  "deadtime_soft_limit \"1m\" is not a number of seconds such as 60 or 0.5" },
	{ "deadtime_soft_limit = .5",
	  "deadtime_soft_limit \".5\" is not a number of seconds such as 60 or 0.5" },
	{ "deadtime_soft_limit = 5.",
	  "deadtime_soft_limit \"5.\" is not a number of seconds such as 60 or 0.5" },
	{ "deadtime_soft_limit = -1",
	  "deadtime_soft_limit \"-1\" is not a number of seconds such as 60 or 0.5" },
	{ "deadtime_soft_limit = 1e3",
	  "deadtime_soft_limit \"1e3\" is not a number of seconds such as 60 or 0.5" },
	{ "deadtime_soft_limit = 0.0000000001",
	  "deadtime_soft_limit \"0.0000000001\" is not a number of seconds such as 60 or 0.5" },
	{ "shutdown_timeout = 999999999", "shutdown_timeout \"999999999\" is too large" },
	{ "shutdown_timeout = 99999999999999999999",
	  "shutdown_timeout \"99999999999999999999\" is too large" },
	{ "deadtime_soft_limit = 120", "deadtime_hard_limit is not above deadtime_soft_limit" },
	{ "deadtime_hard_limit = 60", "deadtime_hard_limit is not above deadtime_soft_limit" },
	{ "deadtime_soft_limit = 0", NULL },
	{ "deadtime_hard_limit = 0", NULL },
};

START_TEST(faults_of_values_are_told_with_their_line)
{
	char text[300], expected[300];

	snprintf(text, sizeof(text), STREAM "%s\n", faulty_values[_i].line);
	if (faulty_values[_i].fault) {
		snprintf(expected, sizeof(expected), "F:5: %s\n", faulty_values[_i].fault);
		check_faults(text, expected);
	} else {
		config_unref(load(text));
	}
}
END_TEST

START_TEST(limits_have_bounds)
{
	check_faults("[limits]\nmax_clients = 0\nmax_request_bytes = 1\nmax_stanza_depth = 1M\n"
		     "max_stanza_bytes = 9999\nmax_send_bytes = 2G\nmax_client_queue_bytes = 8MB\n"
		     "max_durable_bytes = 256M\nmax_durable_age =\nmax_clients = 1K\n",
		     "F:2: max_clients \"0\" is too small\n"
		     "F:3: max_request_bytes \"1\" is too small\n"
		     "F:4: max_stanza_depth \"1M\" is not a number\n"
		     "F:5: max_stanza_bytes \"9999\" is too small\n"
		     "F:6: max_send_bytes \"2G\" is too large\n"
		     "F:7: max_client_queue_bytes \"8MB\" is not a size such as 4096, 256K, 4M or "
		     "1G\n"
		     "F:8: max_durable_bytes \"256M\" is not supported by this version\n"
		     "F:10: max_clients is given twice, first at line 2\n");
	check_faults("[limits]\nmax_send_bytes = 18446744073709551616\n"
		     "max_request_bytes = 18446744073709551615K\n",
		     "F:2: max_send_bytes \"18446744073709551616\" is too large\n"
		     "F:3: max_request_bytes \"18446744073709551615K\" is too large\n");
}
END_TEST

START_TEST(faults_of_the_daemon_are_told)
{
	char text[200], expected[300], path[110];

	memset(path, 'p', 108);
	path[0] = '/';
	path[108] = '\0';
	snprintf(text, sizeof(text), "[daemon]\nsocket = %s\nstate_dir = var\nlog_level = loud\n",
		 path);
	snprintf(expected, sizeof(expected),
		 "F:2: socket \"%s\" is too long for a socket (107 bytes)\n"
		 "F:3: state_dir \"var\" is not an absolute path\n"
		 "F:4: log_level \"loud\" is not error, warning, info or debug\n",
		 path);
	check_faults(text, expected);
}
END_TEST

START_TEST(tls_may_be_off_only_on_loopback)
{
	static const char *const hosts[] = { "127.0.0.1", "127.9.9.9", "::1" };
	static const char *const bad[] = { "localhost", "192.0.2.1", "128.0.0.1", "::2",
					   "127.0.0.1.example.test" };
	char text[200];

	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		snprintf(text, sizeof(text), STREAM "tls = off\nhost = %s\n", hosts[i]);
		config_unref(load(text));
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(text, sizeof(text), STREAM "host = %s\ntls = off\n", bad[i]);
		check_faults(text, "F:6: tls = off is only for a host on loopback, such as "
				   "127.0.0.1\n");
	}
}
END_TEST

START_TEST(a_jid_is_prepared_and_may_bring_its_resource)
{
	struct config *c = load("[stream a]\njid = Juliet@Example.TEST/Balcony\n"
				"password_file = /p\n");

	ck_assert_str_eq(c->streams[0].jid, "juliet@example.test");
	ck_assert_str_eq(c->streams[0].local, "juliet");
	ck_assert_str_eq(c->streams[0].domain, "example.test");
	ck_assert_str_eq(c->streams[0].resource, "Balcony");
	config_unref(c);
	check_faults("[stream a]\njid = a@b/c\npassword_file = /p\nresource = d\n",
		     "F:4: resource \"d\" is not that of the jid, \"c\"\n");
}
END_TEST

/* --- files ------------------------------------------------------------------------------------ */

static void write_in(const struct place *p, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", p->dir, name);
	write_file(path, strview_of(text));
}

static void make_dir(const struct place *p, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", p->dir, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

START_TEST(a_directory_of_further_files_is_read_in_order)
{
	CLEANUP(buf_done) struct buf faults = BUF_INIT;
	struct config *c = NULL;
	static const char order[] = "729183465";
	char name[32], text[80];
	struct place p;

	place_open(&p);
	make_dir(&p, "c.conf.d");
	write_in(&p, "c.conf", "[daemon]\nlog_level = error\n");
	for (const char *at = order; *at; at++) {
		snprintf(name, sizeof(name), "c.conf.d/%c.conf", *at);
		snprintf(text, sizeof(text), "[stream s%c]\njid = b@x\npassword_file = /p\n", *at);
		write_in(&p, name, text);
	}
	write_in(&p, "c.conf.d/no.conf.bak", "nonsense\n");
	write_in(&p, "c.conf.d/.hidden.conf", "nonsense\n");
	write_in(&p, "c.conf.d/.conf", "nonsense\n");
	ck_assert_int_eq(config_load(p.path, false, &c, &faults), 0);
	ck_assert_uint_eq(c->n_streams, 9);
	for (size_t i = 0; i < 9; i++)
		ck_assert_int_eq(c->streams[i].name[1], (int)('1' + i));
	ck_assert_ptr_nonnull(strstr(c->streams[1].file, "/c.conf.d/2.conf"));
	config_unref(c);
	/* a section may not be continued in another file */
	write_in(&p, "c.conf.d/30.conf", "\n[daemon]\n[stream s2]\n");
	ck_assert_int_eq(config_load(p.path, false, &c, &faults), -EINVAL);
	buf_put(&faults, "", 1);
	ck_assert_ptr_nonnull(strstr(faults.p, "/c.conf.d/30.conf:2: [daemon] is given twice, "
					       "first at "));
	ck_assert_ptr_nonnull(strstr(faults.p, "/c.conf:1\n"));
	ck_assert_ptr_nonnull(strstr(faults.p, "/c.conf.d/30.conf:3: [stream s2] is given twice"));
	ck_assert_ptr_nonnull(strstr(faults.p, "/c.conf.d/2.conf:1\n"));
	place_close(&p);
}
END_TEST

START_TEST(a_file_that_is_named_has_to_be_there)
{
	CLEANUP(buf_done) struct buf faults = BUF_INIT;
	struct config *c = NULL;
	struct place p;
	char expected[128];

	place_open(&p);
	ck_assert_int_eq(config_load(p.path, false, &c, &faults), -ENOENT);
	snprintf(expected, sizeof(expected), "%s: cannot be read: No such file or directory\n",
		 p.path);
	ck_assert(strview_is(buf_view(&faults), expected));
	buf_clear(&faults);
	ck_assert_int_eq(config_load(p.dir, false, &c, &faults), -EISDIR);
	snprintf(expected, sizeof(expected), "%s: cannot be read: Is a directory\n", p.dir);
	ck_assert(strview_is(buf_view(&faults), expected));
	ck_assert_ptr_null(c);
	place_close(&p);
}
END_TEST

START_TEST(a_user_s_file_is_found_and_may_be_missing)
{
	CLEANUP(buf_done) struct buf faults = BUF_INIT;
	struct config *c = NULL;
	struct place p;

	place_open(&p);
	setenv("HOME", p.dir, 1);
	unsetenv("XDG_CONFIG_HOME");
	ck_assert_int_eq(config_load(NULL, true, &c, &faults), 0);
	ck_assert_uint_eq(c->n_streams, 0);
	config_unref(c);
	make_dir(&p, ".config");
	make_dir(&p, ".config/stanzad");
	write_in(&p, ".config/stanzad/stanzad.conf", "[daemon]\nlog_level = error\n");
	ck_assert_int_eq(config_load(NULL, true, &c, &faults), 0);
	ck_assert_int_eq(c->log_level, LOG_LEVEL_ERROR);
	config_unref(c);
	make_dir(&p, "stanzad");
	write_in(&p, "stanzad/stanzad.conf", "[daemon]\nlog_level = debug\n");
	setenv("XDG_CONFIG_HOME", p.dir, 1);
	ck_assert_int_eq(config_load(NULL, true, &c, &faults), 0);
	ck_assert_int_eq(c->log_level, LOG_LEVEL_DEBUG);
	config_unref(c);
	place_close(&p);
}
END_TEST

START_TEST(an_endless_file_is_refused)
{
	CLEANUP(buf_done) struct buf faults = BUF_INIT;
	struct config *c = NULL;

	ck_assert_int_eq(config_load("/dev/zero", false, &c, &faults), -EFBIG);
	ck_assert(strview_is(buf_view(&faults), "/dev/zero: cannot be read: File too large\n"));
}
END_TEST

static void load_poorly(void *arg)
{
	struct buf faults = BUF_INIT;
	struct config *c = NULL;
	const char *path = arg;
	int r = config_load(path, false, &c, &faults);

	failmalloc_pause(true);
	ck_assert((r == 0) == (c != NULL));
	ck_assert_msg(r == 0 || r == -ENOMEM, "%d %.*s", r, SV_ARG(buf_view(&faults)));
	if (c) {
		ck_assert_uint_eq(c->n_streams, 1);
		ck_assert_str_eq(c->streams[0].jid, "a@example.test");
		ck_assert_str_eq(c->streams[0].host, "h");
		ck_assert_str_eq(c->streams[0].mechanisms, "PLAIN");
		ck_assert_uint_eq(c->streams[0].n_pins, 1);
	}
	config_unref(c);
	buf_done(&faults);
	failmalloc_pause(false);
}

START_TEST(each_failing_allocation_is_told_and_leaves_nothing)
{
	struct place p;

	place_open(&p);
	make_dir(&p, "c.conf.d");
	write_in(&p, "c.conf", "[daemon]\nsocket = /s\n");
	write_in(&p, "c.conf.d/1.conf",
		 STREAM "host = h\nmechanisms = plain\nresource = r\nca_file = /c\n"
			"pin_sha256 = AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
	ck_assert_uint_gt(failmalloc_sweep(load_poorly, p.path), 5);
	place_close(&p);
}
END_TEST

/* --- comparing -------------------------------------------------------------------------------- */

static const char *const changes[] = {
	"host = h",
	"port = 1",
	"tls = direct",
	"ca_file = /c",
	"mechanisms = PLAIN",
	"resource = r",
	"presence = none",
	"autostart = no",
	"deadtime_soft_limit = 1",
	"negotiation_timeout = 1",
	"shutdown_timeout = 1",
	"deadtime_hard_limit = 200",
	"pin_sha256 = AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
};

START_TEST(any_changed_value_makes_streams_unequal)
{
	struct config *plain = load(STREAM), *moved = load("\n\n# x\n" STREAM), *changed, *again;
	char text[300];

	snprintf(text, sizeof(text), STREAM "%s\n", changes[_i]);
	changed = load(text);
	again = load(text);
	ck_assert(config_stream_equal(&plain->streams[0], &moved->streams[0]));
	ck_assert(!config_stream_equal(&plain->streams[0], &changed->streams[0]));
	ck_assert(!config_stream_equal(&changed->streams[0], &plain->streams[0]));
	ck_assert(config_stream_equal(&again->streams[0], &changed->streams[0]));
	config_unref(plain);
	config_unref(moved);
	config_unref(changed);
	config_unref(again);
}
END_TEST

START_TEST(other_accounts_and_passwords_make_streams_unequal)
{
	struct config *c = load(STREAM "[stream b]\njid = b@example.test\npassword_file = /p\n"
				       "[stream c]\njid = a@example.test\npassword_file = /q\n");
	struct config_stream b = c->streams[1], cc = c->streams[2];

	b.name = cc.name = c->streams[0].name;
	ck_assert(!config_stream_equal(&c->streams[0], &b));
	ck_assert(!config_stream_equal(&c->streams[0], &cc));
	ck_assert(!config_stream_equal(&c->streams[0], &c->streams[2]));
	config_unref(c);
}
END_TEST

/* --- secrets ---------------------------------------------------------------------------------- */

static void check_secret(const char *path, int result, const char *expected)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;

	ck_assert_int_eq(config_read_secret(path, &b), result);
	ck_assert_msg(strview_is(buf_view(&b), expected), "%.*s", SV_ARG(buf_view(&b)));
	if (result < 0)
		ck_assert_ptr_null(b.p);
}

START_TEST(a_secret_is_the_first_line_of_a_file)
{
	char big[5000];
	struct place p;

	place_open(&p);
	write_file(p.path, SV("secret"));
	check_secret(p.path, 0, "secret");
	write_file(p.path, SV("secret\n"));
	check_secret(p.path, 0, "secret");
	write_file(p.path, SV(" sec ret \r\nsecond\n"));
	check_secret(p.path, 0, " sec ret ");
	write_file(p.path, SV("\nsecond\n"));
	check_secret(p.path, -ENODATA, "");
	write_file(p.path, SV(""));
	check_secret(p.path, -ENODATA, "");
	write_file(p.path, SV("a\0b\n"));
	check_secret(p.path, -EINVAL, "");
	memset(big, 's', sizeof(big));
	write_file(p.path, (struct strview){ big, 4096 });
	big[4096] = '\0';
	check_secret(p.path, 0, big);
	big[4096] = 's';
	write_file(p.path, (struct strview){ big, 4097 });
	check_secret(p.path, -EFBIG, "");
	check_secret(p.dir, -EISDIR, "");
	check_secret("/dev/zero", -EINVAL, "");
	check_secret("/nonexistent/x", -ENOENT, "");
	write_file(p.path, SV("secret\n"));
	ck_assert_int_eq(chmod(p.path, 0644), 0);
	check_secret(p.path, CONFIG_SECRET_EXPOSED, "secret");
	place_close(&p);
}
END_TEST

START_TEST(a_secret_may_come_by_a_fifo)
{
	struct place p;
	int fd;

	place_open(&p);
	ck_assert_int_eq(mkfifo(p.path, 0600), 0);
	check_secret(p.path, -ENODATA, "");
	fd = open(p.path, O_RDWR);
	ck_assert_int_eq(write(fd, "secret\n", 7), 7);
	check_secret(p.path, 0, "secret");
	close(fd);
	place_close(&p);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{ an_empty_file_has_the_defaults, 0 },
		{ a_stream_has_defaults, 0 },
		{ every_key_is_read, 0 },
		{ values_are_read_with_their_quotes_and_comments, ARRAY_SIZE(values) },
		{ a_byte_order_mark_and_carriage_returns_do_not_matter, 0 },
		{ a_line_may_be_long, 0 },
		{ faults_of_syntax_are_told_with_their_line, ARRAY_SIZE(faulty_syntax) },
		{ faults_of_sections_and_keys_are_told_with_their_line, ARRAY_SIZE(faulty) },
		{ names_of_streams_may_be_64_bytes_long_and_no_longer, 0 },
		{ faults_of_values_are_told_with_their_line, ARRAY_SIZE(faulty_values) },
		{ limits_have_bounds, 0 },
		{ faults_of_the_daemon_are_told, 0 },
		{ tls_may_be_off_only_on_loopback, 0 },
		{ a_jid_is_prepared_and_may_bring_its_resource, 0 },
		{ a_directory_of_further_files_is_read_in_order, 0 },
		{ a_file_that_is_named_has_to_be_there, 0 },
		{ a_user_s_file_is_found_and_may_be_missing, 0 },
		{ an_endless_file_is_refused, 0 },
		{ each_failing_allocation_is_told_and_leaves_nothing, 0 },
		{ any_changed_value_makes_streams_unequal, ARRAY_SIZE(changes) },
		{ other_accounts_and_passwords_make_streams_unequal, 0 },
		{ a_secret_is_the_first_line_of_a_file, 0 },
		{ a_secret_may_come_by_a_fifo, 0 },
	};

	return suite_run("config", tests, ARRAY_SIZE(tests));
}
