#!/usr/bin/python3
"""stanzactl: what people and scripts see of a daemon (stanzactl(1))."""

import pty
import threading

from harness import *

STREAM = {"to": "example.test", "host": "127.0.0.1", "shutdown_timeout": 0.1}


def open_stream(client, server, **more):
    i = client.begin("stream.open", STREAM, port=server.port, **more)
    connection = server.accept()
    connection.header("")
    client.finish(i)
    client.call("stream.wait", stream=more["name"], state="OPEN")
    return connection


class Monitor:
    """A running stanzactl monitor; its lines as they come."""

    def __init__(self, daemon, *args):
        self.process = subprocess.Popen([STANZACTL, "--socket", daemon.socket_path, "monitor", *args],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env={**os.environ, "TZ": "UTC"})
        self.buffer = b""

    def line(self):
        deadline = Deadline()
        while b"\n" not in self.buffer:
            wait_readable(self.process.stdout, deadline, "a line of the monitor")
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise Failure(f"the monitor ended: {self.process.stderr.read().decode()}")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode()

    def until(self, pattern):
        while True:
            line = self.line()
            if re.search(pattern, line):
                return line

    def wait(self):
        status = self.process.wait(PATIENCE)
        error = self.process.stderr.read().decode()
        self.process.stdout.close()
        self.process.stderr.close()
        return status, error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        if not self.process.stdout.closed:
            self.wait()


def on_terminal(*args, stdin_terminal=False, typed=b""):
    """Runs stanzactl with standard output (and input) on a terminal: (status, what it shows)."""
    leader, follower = pty.openpty()
    p = subprocess.Popen([STANZACTL, *args], stdin=follower if stdin_terminal else subprocess.DEVNULL,
                         stdout=follower, stderr=follower)
    os.close(follower)
    if typed:
        os.write(leader, typed)
    shown = b""
    deadline = Deadline()
    while True:
        if not select.select([leader], [], [], deadline.left("the terminal"))[0]:
            continue
        try:
            data = os.read(leader, 65536)
        except OSError:  # EIO: the last one has closed it
            break
        if not data:
            break
        shown += data
    status = p.wait(PATIENCE)
    os.close(leader)
    return status, shown.decode()


# --- usage ------------------------------------------------------------------------------------------


@test("--help and --version say so and exit 0, without a daemon")
def _():
    status, out, err = ctl("--help")
    equal((status, err), (0, ""))
    for word in ("status", "monitor", "send JID", "call METHOD", "--socket", "--stream", "--json"):
        check(word in out, word)
    status, out, err = ctl("--version")
    equal((status, err), (0, ""))
    matches(r"^stanzactl \d", out)


@test("wrong usage is one line and exit 2")
def _():
    for args, word in (((), "command"), (("nonsense",), "nonsense"), (("--nonsense",), "--nonsense"),
                       (("status", "x"), "usage"), (("send",), "send JID"), (("call",), "call METHOD"),
                       (("call", "a", "{}", "x"), "usage"), (("status", "--wait", "sent"), "--wait"),
                       (("monitor", "--match", "{"), "not JSON"), (("monitor", "--format", "yaml"), "yaml"),
                       (("send", "a", "b", "--type", "loud"), "loud"), (("--socket",), "--socket"),
                       (("send", "a", "b", "--stream", "x", "--stream", "y"), "once"),
                       (("send", "a", "b", "--timeout", "soon"), "soon")):
        status, out, err = ctl(*args)
        equal((status, out), (2, ""), f"{args}: {err}")
        equal(len(err.splitlines()), 1, f"{args}: {err}")
        matches(re.escape(word), err)


@test("no daemon is exit 3 and a line that says where and what to do")
def _():
    d = new_dir()
    status, out, err = ctl("status", socket_path=d + "/none")
    equal((status, out), (3, ""))
    matches(re.escape(d + "/none") + ".*No such file.*running", err)
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.bind(d + "/stale")
    s.close()
    status, _, err = ctl("status", socket_path=d + "/stale")
    equal(status, 3)
    matches("refused.*start", err)
    status, _, err = ctl("status", socket_path="/" + "x" * 200)
    equal(status, 3)
    matches("too long", err)


@test("a socket that one may not open names the group")
def _():
    if os.geteuid() != 0:
        raise Skip("needs root, to run as somebody else")
    with Daemon() as d:
        p = subprocess.run([STANZACTL, "--socket", d.socket_path, "status"], capture_output=True,
                           user=4321, group=4321, extra_groups=[])
        equal((p.returncode, p.stdout), (3, b""))
        matches("Permission denied.*group stanzad", p.stderr.decode())


@test("the socket is found: --socket, then $STANZAD_SOCKET, then the user's own if there is one")
def _():
    runtime = new_dir()
    own = runtime + "/stanzad/stanzad.sock"
    with Daemon() as named, Daemon(args=["--user", "--config", "/dev/null"], socket_path=own,
                                   env={"XDG_RUNTIME_DIR": runtime}) as users:
        def pid(*args, **env):
            status, out, err = ctl(*args, "call", "daemon.info", env=env)
            equal(status, 0, err)
            return json.loads(out)["pid"]

        equal(pid(XDG_RUNTIME_DIR=runtime), users.process.pid)
        equal(pid(XDG_RUNTIME_DIR=runtime, STANZAD_SOCKET=named.socket_path), named.process.pid)
        equal(pid("--socket", own, STANZAD_SOCKET=named.socket_path), users.process.pid)
    status, _, err = ctl("status", env={"XDG_RUNTIME_DIR": new_dir()})
    if status == 3:  # nobody's daemon runs on this machine
        matches("/run/stanzad/stanzad.sock", err)


@test("a daemon that closes the connection is exit 4")
def _():
    path = new_dir() + "/s"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.bind(path)
        s.listen()
        thread = threading.Thread(target=lambda: s.accept()[0].close())
        thread.start()
        status, out, err = ctl("status", socket_path=path)
        thread.join()
    equal((status, out), (4, ""))
    matches("lost the connection", err)


@test("something that is no daemon is said so")
def _():
    path = new_dir() + "/s"

    def greet(s):
        c = s.accept()[0]
        c.recv(100)
        c.sendall(b"220 smtp ready\r\n")
        c.recv(100)
        c.close()

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.bind(path)
        s.listen()
        thread = threading.Thread(target=greet, args=(s,))
        thread.start()
        status, _, err = ctl("status", socket_path=path)
        thread.join()
    equal(status, 4)
    matches("is it stanzad", err)


# --- call -------------------------------------------------------------------------------------------


@test("call prints the result as one line of JSON; on a terminal it is indented")
def _():
    with Daemon() as d:
        status, out, err = d.ctl("call", "daemon.info")
        equal((status, err, out.count("\n")), (0, "", 1))
        equal(json.loads(out)["pid"], d.process.pid)
        status, shown = on_terminal("--socket", d.socket_path, "call", "daemon.info")
        equal(status, 0)
        check(shown.count("\n") > 5, shown)
        equal(json.loads(shown)["pid"], d.process.pid)


@test("call takes parameters as an argument, from standard input for -, and --stream")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        servers = [open_stream(c, s, name=name) for name in ("a", "b")]
        equal(json.loads(d.ctl("call", "stream.info", '{"stream":"a"}')[1])["stream"], "a")
        equal(json.loads(d.ctl("call", "stream.info", "-", stdin='{"stream":"b"}')[1])["stream"], "b")
        equal(json.loads(d.ctl("--stream", "b", "call", "stream.info")[1])["stream"], "b")
        equal(json.loads(d.ctl("call", "--stream=b", "stream.info", '{"stream":"a"}')[1])["stream"], "a")
        for server in servers:
            server.close()


@test("an error reply is exit 1, nothing on standard output, the error as JSON on standard error")
def _():
    with Daemon() as d:
        status, out, err = d.ctl("call", "stream.info", '{"stream":"none"}')
        equal((status, out), (1, ""))
        equal(json.loads(err)["data"]["kind"], "unknown-stream")


@test("a request that is too long for the daemon is its error reply, not an endless wait")
def _():
    with Daemon("[limits]\nmax_request_bytes = 64K\n") as d:
        long = "x" * (64 << 10)
        status, out, err = d.ctl("call", "daemon.info", "-", stdin=json.dumps({"x": long}))
        equal((status, out, json.loads(err)["code"]), (1, "", -32600))
        status, out, err = d.ctl("send", "a@example.test", stdin=long)
        equal((status, out), (1, ""))
        matches("at most 65536 bytes", err)


@test("a standard descriptor that is closed is an error where it is used, never the socket")
def _():
    def run(*args):
        return subprocess.run(["sh", "-c", args[0], STANZACTL, "--socket", d.socket_path, *args[1:]],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=Deadline().seconds)

    def requests():
        return c.call("daemon.stats")["requests"]

    with Daemon() as d, d.client() as c:
        for args in (("call", "daemon.info"), ("status",), ("--json", "status")):
            before = requests()
            equal(run('exec "$0" "$@" >/dev/null', *args).returncode, 0)
            between = requests()
            p = run('exec "$0" "$@" >&-', *args)
            equal((p.returncode, p.stdout), (5, ""), str(args))
            matches("cannot write the output", p.stderr)
            equal(requests() - between, between - before, "requests: no output was one")
        for args in (("send", "a@example.test"), ("call", "daemon.info", "-")):
            p = run('exec "$0" "$@" <&-', *args)
            equal((p.returncode, p.stdout), (2, ""), str(args))
        equal(run('exec "$0" "$@" 2>&-', "call", "no.such").returncode, 1)


@test("parameters that are no JSON object are exit 2")
def _():
    with Daemon() as d:
        for bad in ("{", "[]", "1", "", '{"a":1,"a":2}'):
            status, out, err = d.ctl("call", "daemon.info", bad)
            equal((status, out), (2, ""), err)
            matches("JSON", err)


# --- status -----------------------------------------------------------------------------------------


@test("status: the daemon, and its streams as a table")
def _():
    with Daemon("[stream alerts]\njid = alerts@example.test\npassword_file = /x\nautostart = no\n") as d:
        status, out, err = d.ctl("status")
        equal((status, err), (0, ""))
        lines = out.splitlines()
        matches(rf"^stanzad \d.*process {d.process.pid}, up \d+ s, 1 client$", lines[0])
        equal(lines[1].split(), ["STREAM", "LINK", "STATE", "SINCE", "WHO", "NOTE"])
        equal(lines[2].split()[:2], ["alerts", "stopped"])
        matches(r"alerts@example\.test|example\.test", lines[2])
        equal(lines[2].index("stopped"), lines[1].index("LINK"), "columns stand under their heads")


@test("status says why a stream is not up, and when it is tried again")
def _():
    with Server() as s:
        port = s.port
    with Daemon(f"[stream a]\njid = a@example.test\npassword_file = @DIR@/p\nhost = 127.0.0.1\n"
                f"port = {port}\ntls = starttls\nautostart = no\n") as d, d.client() as c:
        d.write("p", "x\n")
        c.call("stream.start")
        c.call("stream.wait", link="waiting")
        out = d.ctl("status")[1]
        matches(r"a +waiting .*refused.*again in \d", out)


@test("status --json is one line with daemon, stats and streams; --stream chooses")
def _():
    with Daemon("[stream a]\njid = a@example.test\npassword_file = /x\nautostart = no\n"
                "[stream b]\njid = b@example.test\npassword_file = /x\nautostart = no\n") as d:
        status, out, err = d.ctl("status", "--json")
        equal((status, err, out.count("\n")), (0, "", 1))
        value = json.loads(out)
        equal(value["daemon"]["pid"], d.process.pid)
        equal([i["stream"] for i in value["streams"]], ["a", "b"])
        out = d.ctl("status", "--json", "--stream", "b")[1]
        equal([i["stream"] for i in json.loads(out)["streams"]], ["b"])
        status, _, err = d.ctl("status", "--stream", "none")
        equal(status, 1)
        matches("unknown-stream.*none", err)


# --- monitor ----------------------------------------------------------------------------------------


@test("monitor: readable lines with time, stream, event, and who said what")
def _():
    with Daemon() as d, d.client() as c, Server() as s, Monitor(d) as m:
        deadline = Deadline()
        while len(c.call("client.list")) < 2 or not any(
                k["subscriptions"] for k in c.call("client.list")):
            deadline.left("the monitor's subscription")
        server = open_stream(c, s, name="r")
        matches(r"^\d\d:\d\d:\d\d  r  stream\.added  ", m.line())
        m.until(r"r  stream\.state  OPEN, was STREAM_HEADER_SENT$")
        m.until(r"r  stream\.features  ")
        server.send("<message from='juliet@example.test/balcony' to='bot@example.test' type='chat'>"
                    "<body>Wherefore art thou?</body></message>")
        matches(r"r  xso  chat from juliet@example.test/balcony to bot@example.test: "
                r"Wherefore art thou\?$", m.line())
        server.send("<presence from='a@example.test/x'><show>away</show><status>out</status></presence>")
        matches(r"presence from a@example.test/x: away, out$", m.line())
        server.send("</stream:stream>")
        m.until(r"stream\.closing  closing")
        d.signal(signal.SIGTERM)
        m.until("the daemon is stopping")
        equal(m.wait()[0], 4)
        equal(d.wait(), 0)


@test("monitor --json gives the daemon's lines as they are; --events and --match choose")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s, name="r")
        with Monitor(d, "--json", "--events", "xso", "--match", '{"kind":"message"}', "--match",
                     '[{"kind":"presence","type":"subscribe"}]', "--format", "raw", "--stream", "r") as m:
            deadline = Deadline()
            while not any(k["subscriptions"] for k in c.call("client.list")):
                deadline.left("the monitor's subscription")
            server.send("<presence/><message id='1'><body>\u009b2J</body></message>"
                        "<presence type='subscribe'/>")
            first = m.line()
            e = json.loads(first)
            equal((e["jsonrpc"], e["method"], e["params"]["xso"]["name"]), ("2.0", "xso", "message"))
            equal(e["params"]["xso"]["children"][0]["children"], ["\u009b2J"])
            equal(json.loads(m.line())["params"]["xso"]["attrs"]["type"], "subscribe")


@test("a wrong match or an unknown stream is the daemon's error: exit 1")
def _():
    with Daemon() as d:
        with Monitor(d, "--match", '{"kind":"no-such"}') as m:
            status, err = m.wait()
            equal(status, 1)
            matches("no-such|/match/0", err)
        with Monitor(d, "--stream", "none") as m:
            status, err = m.wait()
            equal(status, 1)
            matches("unknown-stream", err)


@test("what others say cannot move the cursor or forge a line")
def _():
    evil = "\u009b2J\u202eevil\u2028x\ny\tz\u007f\u200f"
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s, name="r")
        with Monitor(d, "--events", "xso") as m:
            m.until("r  is  ")
            server.send(f"<message from='a@example.test'><body>{evil}</body></message>")
            line = m.line()
            check(all(ch.isprintable() for ch in line), f"{line!r}")
            matches(r"\\u009b2J\\u202eevil\\u2028x\\ny\\tz\\u007f\\u200f$", line)
        status, shown = on_terminal("--socket", d.socket_path, "call", "xso.convert",
                                    json.dumps({"xso": {"kind": "message", "body": evil},
                                                "format": "typed"}))
        equal(status, 0)
        check("\u009b" not in shown and "\u202e" not in shown, repr(shown))
        equal(json.loads(shown)["xso"]["body"], evil, "and it is the same JSON")


@test("whoever reads the monitor may stop: no word of complaint")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s, name="r")
        with Monitor(d, "--events", "xso") as m:
            m.until("r  is  ")
            m.process.stdout.close()
            server.send("<message/>" * 3)
            status = m.process.wait(PATIENCE)
            equal(m.process.stderr.read(), b"")
            m.process.stderr.close()
            check(status in (-signal.SIGPIPE, 5), f"status {status}")


@test("Ctrl-C ends the monitor without a word")
def _():
    with Daemon() as d, Monitor(d) as m, d.client() as c:
        deadline = Deadline()
        while not any(k["subscriptions"] for k in c.call("client.list")):
            deadline.left("the monitor's subscription")
        m.process.send_signal(signal.SIGINT)
        status, err = m.wait()
        equal((status, err), (-signal.SIGINT, ""))


# --- send -------------------------------------------------------------------------------------------


@test("send: text as an argument or from standard input, type, subject, --wait")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s, name="r")
        status, out, err = d.ctl("send", "romeo@example.test", "Hi & bye")
        equal((status, err), (0, ""))
        matches(r"^accepted: message to romeo@example.test", out)
        m = server.expect(r"<message([^>]*)>(.*?)</message>")
        matches(r"to=['\"]romeo@example.test['\"]", m[1])
        matches(r"type=['\"]chat['\"]", m[1])
        equal(m[2], "<body>Hi &amp; bye</body>")
        status, out, err = d.ctl("send", "room@example.test", "--type", "groupchat", "--subject", "S",
                                 "--wait", "sent", stdin="two\nlines\n")
        equal((status, err), (0, ""))
        matches("^sent: ", out)
        m = server.expect(r"<message([^>]*)>(.*?)</message>")
        matches(r"type=['\"]groupchat['\"]", m[1])
        check("<body>two\nlines</body>" in m[2] and "<subject>S</subject>" in m[2], m[2])
        equal(d.ctl("send", "a@example.test", "--", "--json")[0], 0)
        equal(server.expect(r"<body>(.*?)</body>")[1], "--json")
        status, out, err = d.ctl("--json", "send", "a@example.test", "x")
        equal((status, json.loads(out)["stream"], json.loads(out)["status"]), (0, "r", "accepted"))


@test("send on a terminal says that it waits for text")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s, name="r")
        status, shown = on_terminal("--socket", d.socket_path, "send", "a@example.test",
                                    stdin_terminal=True, typed=b"typed\n\x04")
        equal(status, 0, shown)
        matches("Ctrl-D", shown)
        equal(server.expect(r"<body>(.*?)</body>")[1], "typed")


@test("send that fails: the daemon's reason in one line, exit 1; text that is not UTF-8: exit 2")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        status, out, err = d.ctl("send", "a@example.test", "x")
        equal((status, out), (1, ""))
        matches("unknown-stream", err)
        server = open_stream(c, s, name="r")
        status, _, err = d.ctl("send", "a@example.test", "bad \u0001 char")
        equal((status, len(err.splitlines())), (1, 1), err)
        matches("invalid-xso", err)
        status, _, err = d.ctl("send", "a@example.test", "x", "--wait", "acked")
        equal(status, 1)
        matches("unsupported", err)
        status, _, err = d.ctl("send", "a@example.test", b"\xff")
        equal(status, 2, err)
        matches("UTF-8", err)
        server.close()


@test("output that cannot be written is exit 5")
def _():
    with Daemon() as d, open("/dev/full", "wb") as full:
        p = subprocess.run([STANZACTL, "--socket", d.socket_path, "status"], stdout=full,
                           stderr=subprocess.PIPE)
        equal(p.returncode, 5)
        matches("cannot write", p.stderr.decode())


main()
