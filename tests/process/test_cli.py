#!/usr/bin/python3
"""The command line and the configuration, reload and the end (stanzad(8), stanzad.conf(5))."""

from harness import *


def bad_usage(*args):
    status, out, err = run_daemon(*args)
    equal((status, out), (64, ""), err)
    equal(len(err.splitlines()), 1, f"one line: {err!r}")
    return err


def faults(config):
    """The lines that --check-config says of a configuration; @ stands for its path."""
    status, out, err = run_daemon("--check-config", config=config)
    equal((status, out), (78, ""), err)
    return re.sub(r"/\S*/stanzad\.conf", "@", err).splitlines()


@test("--version and --help say so and exit 0")
def _():
    status, out, err = run_daemon("--version")
    equal((status, err), (0, ""))
    matches(r"^stanzad \d+\.\d+", out)
    status, out, err = run_daemon("--help")
    equal((status, err), (0, ""))
    for option in ("config", "socket", "state-dir", "user", "system", "log-level", "check-config",
                   "version", "help"):
        check(f"--{option}" in out, f"--{option} is explained")


@test("wrong usage is one line and exit 64")
def _():
    matches("--nonsense", bad_usage("--nonsense"))
    matches("-x", bad_usage("-x"))
    matches("unexpected argument file", bad_usage("file"))
    matches("--config", bad_usage("--config"))
    matches("exclude", bad_usage("--user", "--system"))
    matches("loud", bad_usage("--log-level", "loud"))


@test("--check-config says nothing on standard error where all is right, and starts nothing")
def _():
    d = new_dir()
    status, out, err = run_daemon("--user", "--check-config", "--socket", d + "/s", config=
                                  "[stream a]\njid = a@example.test\npassword_file = /x\n")
    equal((status, err), (0, ""))
    matches("1 stream", out)
    check(not os.path.exists(d + "/s"), "no socket")


@test("faults in the configuration are FILE:LINE: lines, all of them, and exit 78")
def _():
    lines = faults("[deamon]\n[daemon]\nsokcet = /x\nlog_level = loud\n[limits]\nmax_clients = many\n")
    equal([l.split(":")[:2] for l in lines], [["@", "1"], ["@", "3"], ["@", "4"], ["@", "6"]])
    matches("daemon", lines[0], "the nearest name is suggested")
    matches("socket", lines[1], "the nearest name is suggested")
    equal(run_daemon("--user", "--socket", new_dir() + "/s", config="[x]\n")[0], 78, "at the start too")


@test("a missing key is a fault at the line of its section, a section given twice too")
def _():
    equal([l.split(":")[:2] for l in faults("\n[stream a]\nhost = x\n")], [["@", "2"]] * 2)
    equal([l.split(":")[:2] for l in faults("[daemon]\n\n[daemon]\n")], [["@", "3"]])


@test("a configuration that cannot be read is one line and exit 78")
def _():
    status, out, err = run_daemon("--config", "/nonexistent/stanzad.conf")
    equal((status, out), (78, ""))
    matches("/nonexistent/stanzad.conf.*No such file", err)
    status, _, err = run_daemon("--config", "/")
    equal(status, 78, err)
    equal(len(err.splitlines()), 1, err)


@test("FILE.d is read after FILE, in order")
def _():
    d = new_dir()
    os.mkdir(d + "/c.d")
    for path, text in (("c", "[limits]\nmax_clients = 10\n"), ("c.d/b.conf", "[x]\n"),
                       ("c.d/a.conf", "[y]\n"), ("c.d/ignored", "[z]\n")):
        with open(f"{d}/{path}", "w") as f:
            f.write(text)
    status, _, err = run_daemon("--check-config", "--config", d + "/c")
    equal((status, [l.split(":")[0] for l in err.splitlines()]), (78, [d + "/c.d/a.conf", d + "/c.d/b.conf"]))


@test("the command line overrides the file: socket, state directory, log level")
def _():
    d = new_dir()
    with open(d + "/c", "w") as f:
        f.write(f"[daemon]\nsocket = {d}/file\nstate_dir = {d}/fs\nlog_level = error\n")
    with Daemon(args=["--user", "--config", d + "/c"], socket_path=d + "/file") as daemon:
        daemon.client().call("daemon.info")
        equal(daemon.log(), "", "log_level = error")
        check(os.path.isdir(d + "/fs"), "the file's state directory")
    with Daemon(args=["--user", "--config", d + "/c", "--socket", d + "/arg", "--state-dir",
                      d + "/as", "--log-level", "info"], socket_path=d + "/arg") as daemon:
        daemon.client().call("daemon.info")
        check(not os.path.exists(d + "/file"), "not the file's socket")
        matches("listening on " + d + "/arg", daemon.log())
        check(os.path.isdir(d + "/as"), "the state directory")


@test("READY=1 comes when the socket accepts, with a status")
def _():
    with Daemon() as d:
        ready = d.notify.seen[0]
        equal(ready["READY"], "1")
        matches("0 of 0 streams up, 0 clients", ready["STATUS"])
        with d.client() as c:
            c.call("daemon.info")
            matches("0 of 0 streams up, 1 client$", d.notify.until("STATUS", "1 client")["STATUS"])


@test("the watchdog is fed from the loop")
def _():
    d = new_dir()
    with Daemon(env={"WATCHDOG_USEC": "200000"}) as daemon:
        for _ in range(3):
            daemon.notify.until("WATCHDOG", "1")


@test("SIGTERM and SIGINT: STOPPING=1, daemon.stopping to subscribers, EOF, exit 0, the socket is gone")
def _():
    for number in (signal.SIGTERM, signal.SIGINT):
        with Daemon() as d, d.client() as c, d.client() as silent:
            c.call("subscribe")
            silent.call("daemon.info")
            d.signal(number)
            d.notify.until("STOPPING", "1")
            c.event("daemon.stopping")
            c.at_eof()
            silent.at_eof()
            equal(d.wait(), 0)
            check(not os.path.exists(d.socket_path), "the socket is gone")


@test("at the end streams are closed cleanly, and their events and waiting replies flushed")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        i = c.begin("stream.open", to="example.test", host="127.0.0.1", port=s.port, name="r")
        server = s.accept()
        server.header("")
        c.finish(i)
        c.call("stream.get_features")
        waiting = c.begin("stream.get_features", timeout=None)
        c.call("subscribe")
        d.signal(signal.SIGTERM)
        server.expect("</stream:stream>")
        server.send("<message from='late@example.test'><body>last words</body></message></stream:stream>")
        server.expect_eof()
        server.close()
        equal(c.event("xso")["xso"]["body"], "last words", "stanzas may still arrive")
        equal(c.event("stream.closing")["reason"], None)
        c.event("stream.state", state="CLOSED")
        check("error" in c.reply(waiting), "the wait ends")
        c.at_eof()
        equal(d.wait(), 0)


@test("a server that never answers holds up the end no longer than shutdown_timeout")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        i = c.begin("stream.open", to="example.test", host="127.0.0.1", port=s.port,
                    shutdown_timeout=0.2)
        server = s.accept()
        server.header("")
        c.finish(i)
        start = time.monotonic()
        equal(d.stop(), 0)
        check(time.monotonic() - start < 3, "bounded")


@test("a client that does not read holds up the end only for a moment")
def _():
    with Daemon() as d, d.client() as c, d.client() as deaf:
        deaf.sock.setblocking(False)
        request = b'{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}\n' * 100
        try:
            deaf.sock.send(request)
        except BlockingIOError:
            pass
        c.call("daemon.info")
        start = time.monotonic()
        equal(d.stop(), 0)
        check(time.monotonic() - start < 6, "bounded")


@test("a second SIGTERM ends it at once")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        i = c.begin("stream.open", to="example.test", host="127.0.0.1", port=s.port,
                    shutdown_timeout=0)
        server = s.accept()
        server.header("")
        c.finish(i)
        c.call("subscribe")
        d.signal(signal.SIGTERM)
        c.event("daemon.stopping")
        d.signal(signal.SIGTERM)
        equal(d.wait(), 0)
        server.close()


# --- reload -----------------------------------------------------------------------------------------

STREAM = "[stream {0}]\njid = {0}@example.test\npassword_file = @DIR@/p\nautostart = no\n"


def names(client):
    return sorted(info["stream"] for info in client.call("stream.list"))


@test("SIGHUP reloads: RELOADING=1 with the time, READY=1; streams come and go with their events")
def _():
    with Daemon(STREAM.format("a") + STREAM.format("b")) as d, d.client() as c:
        c.call("subscribe")
        equal(names(c), ["a", "b"])
        d.configure(STREAM.format("b") + STREAM.format("c"))
        d.signal(signal.SIGHUP)
        check(int(d.notify.until("RELOADING", "1")["MONOTONIC_USEC"]) > 0, "MONOTONIC_USEC")
        d.notify.until("READY", "1")
        equal(names(c), ["b", "c"])
        c.event("stream.removed", stream="a")
        c.event("stream.added", stream="c")


@test("a faulty reload keeps the old configuration and logs each fault")
def _():
    with Daemon(STREAM.format("a")) as d, d.client() as c:
        d.configure("[stream b]\njid = nonsense@@\n[what]\n")
        d.signal(signal.SIGHUP)
        d.notify.until("RELOADING", "1")
        d.notify.until("READY", "1")
        equal(names(c), ["a"])
        matches(r"stanzad\.conf:2: .*stanzad\.conf:3: ", d.log())


@test("daemon.reload does the same and answers when it is done, with the fault if there is one")
def _():
    with Daemon(STREAM.format("a")) as d, d.client() as c:
        d.configure(STREAM.format("b"))
        equal(c.call("daemon.reload"), {})
        equal(names(c), ["b"])
        d.configure("[what]\n")
        matches("stanzad.conf:1", c.fails("daemon.reload", -32603).message)
        equal(names(c), ["b"])


@test("a stream whose section did not change is not touched by a reload")
def _():
    with Server() as s, Daemon() as d, d.client() as c:
        d.write("password", "secret\n")
        c.call("subscribe", events=["stream.link", "xso"])
        d.configure(stream_section(s, "kept"))
        c.call("daemon.reload")
        server = s.accept()
        server.log_in()
        c.event("stream.link", stream="kept", link="up")
        d.configure(stream_section(s, "kept") + STREAM.format("new"))
        c.call("daemon.reload")
        server.send("<message from='a@example.test'><body>still here</body></message>")
        equal(c.event("xso")["xso"]["body"], "still here")
        equal(c.call("stream.info", stream="kept")["link"], "up")
        matches("1 of 2 streams up", d.notify.until("STATUS", "of 2")["STATUS"])
        # and one that did change connects anew
        d.configure(stream_section(s, "kept", resource="other"))
        c.call("daemon.reload")
        server.expect("</stream:stream>")
        server.send("</stream:stream>")
        server.expect_eof()
        again = s.accept()
        again.log_in(jid="user@example.test/other")
        c.event("stream.link", stream="kept", link="up", jid="user@example.test/other")
        d.signal(signal.SIGTERM)
        again.end()
        equal(d.wait(), 0)


@test("limits of a reload hold for who connects afterwards")
def _():
    with Daemon("[limits]\nmax_clients = 1\n") as d, d.client() as c:
        c.call("daemon.info")
        with d.client() as no:
            no.at_eof()
        d.configure("[limits]\nmax_clients = 2\n")
        c.call("daemon.reload")
        with d.client() as yes:
            equal(yes.call("daemon.info")["limits"]["max_clients"], 2)


# --- the process ------------------------------------------------------------------------------------


@test("it has no open files that it does not need, and cannot be dumped")
def _():
    with Daemon(preexec=lambda: os.close(0)) as d, d.client() as c:
        c.call("daemon.info")
        if os.geteuid() == 0:
            equal(os.stat(f"/proc/{d.process.pid}/mem").st_uid, 0)
        with open(f"/proc/{d.process.pid}/limits") as f:
            soft, hard = re.search(r"Max open files\s+(\S+)\s+(\S+)", f.read()).groups()
        equal(soft, hard, "the limit of descriptors is raised")
        with open(f"/proc/{d.process.pid}/status") as f:
            matches(r"Umask:\s+0077", f.read())


main()
