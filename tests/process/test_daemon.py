#!/usr/bin/python3
"""The daemon's own methods, and who may do what (stanzad-protocol(7), THE DAEMON and RIGHTS)."""

import contextlib

from harness import *

STREAM = {"to": "example.test", "host": "127.0.0.1", "shutdown_timeout": 0.1}
MANAGED = ("[stream {0}]\njid = {0}@example.test\npassword_file = @DIR@/p\nautostart = no\n")


def shared(config=""):
    """A daemon whose socket other users may open."""
    d = new_dir()
    with open(d + "/c", "w") as f:
        f.write(config.replace("@DIR@", d))
    return Daemon(args=["--system", "--config", d + "/c", "--socket", d + "/s", "--state-dir",
                        d + "/state"], socket_path=d + "/s")


@test("daemon.info says what and who it is, what it can, and its limits")
def _():
    with Daemon("[limits]\nmax_clients = 77\n") as d, d.client() as c:
        info = c.call("daemon.info")
        equal((info["name"], info["protocol"], info["pid"]), ("stanzad", 1, d.process.pid))
        equal(info["version"], run_daemon("--version")[1].split()[1])
        check(0 <= info["uptime"] < 60, "uptime")
        check("raw-streams" in info["capabilities"], "capabilities")
        equal(info["limits"]["max_clients"], 77)
        check(c.call("daemon.info")["uptime"] >= info["uptime"], "it goes on")


@test("daemon.stats counts")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        before = c.call("daemon.stats")
        i = c.begin("stream.open", STREAM, port=s.port)
        server = s.accept()
        server.header("")
        c.finish(i)
        c.call("subscribe", events=["xso"])
        server.send("<message/>" * 3)
        for _ in range(3):
            c.event("xso")
        after = c.call("daemon.stats")
        equal(after["events_sent"] - before["events_sent"], 3)
        equal(after["streams"] - before["streams"], 1)
        equal(after["subscriptions"] - before["subscriptions"], 1)
        equal(after["stanzas_in"] - before["stanzas_in"], 3)
        equal(after["requests"] - before["requests"], 3)


@test("client.list: one's own uid's clients; root sees all")
def _():
    with shared() as d, d.client() as root, Client.as_user(d.socket_path, 4321) as a, \
            Client.as_user(d.socket_path, 4321) as b, Client.as_user(d.socket_path, 4322) as c:
        for k in (a, b, c):
            k.call("daemon.info")  # it has been let in
        equal(sorted(k["uid"] for k in root.call("client.list")), [0, 4321, 4321, 4322])
        equal([k["uid"] for k in a.call("client.list")], [4321, 4321])
        equal([k["uid"] for k in c.call("client.list")], [4322])
        equal([k["self"] for k in b.call("client.list")], [False, True])
        a.call("subscribe")
        equal(sorted(k["subscriptions"] for k in b.call("client.list")), [0, 1])


@test("rpc.discover is an OpenRPC document of every method that can be called, with every event")
def _():
    with Daemon() as d, d.client() as c:
        doc = c.call("rpc.discover")
        matches(r"^1\.\d+\.\d+$", doc["openrpc"])
        equal(doc["info"]["title"], "stanzad")
        calls = [m for m in doc["methods"] if not m.get("x-event")]
        names = [m["name"] for m in doc["methods"]]
        equal(len(names), len(set(names)), "no name twice")
        for wanted in ("daemon.info", "stream.open", "stream.send", "subscribe", "xso.convert", "xso",
                       "stream.state", "events.lost", "daemon.stopping"):
            check(wanted in names, wanted)
        for m in calls:
            equal(m["paramStructure"], "by-name", m["name"])
            check("result" in m, m["name"])
            # it exists: an unknown parameter is what is wrong, not the method
            equal(c.fails(m["name"], -32602, x_no_such=1).data["path"], "/x_no_such", m["name"])
            for p in m["params"]:
                check(p["name"] and "schema" in p, m["name"])
        for m in doc["methods"]:
            if m.get("x-event"):
                check("result" not in m, "an event has no result")
                equal(c.fails(m["name"], -32601).code, -32601)


@test("xso.convert: any format to any, without a stream; what cannot be an XSO is invalid-xso")
def _():
    with Daemon() as d, d.client() as c:
        def convert(xso, format):
            return c.call("xso.convert", xso=xso, format=format)["xso"]

        xml = "<message xmlns='jabber:client' to='a@example.test'><body>Hi &amp; bye</body></message>"
        typed = {"kind": "message", "to": "a@example.test", "body": "Hi & bye"}
        raw = {"name": "message", "attrs": {"to": "a@example.test"},
               "children": [{"name": "body", "children": ["Hi & bye"]}]}
        for form in (xml, typed, raw):
            equal(convert(form, "typed"), typed)
            equal(convert(form, "raw"), raw)
            equal(convert(convert(form, "xml"), "raw"), raw)
        equal(c.call("xso.convert", xso=xml), {"xso": typed}, "typed, unless asked otherwise")
        equal(c.fails("xso.convert", -32602, format="raw").data["path"], "/xso")
        for bad in ("", "x", "<a", "<a/><b/>", "<a><!-- no --></a>", "<?pi?><a/>", "<a>\u0001</a>",
                    {"name": "a b"}, {"kind": "no-such"}, {"kind": "message", "nonsense": 1}, {},
                    {"name": "x", "children": [1]}, "<message type='\ufffe'/>"):
            error = c.fails("xso.convert", "invalid-xso", xso=bad, format="raw")
            check(error.data["path"].startswith("/xso"), f"path of {bad!r}: {error.data}")
        error = {"type": "wait", "text": "t", "condition": "gone", "application": "<x xmlns='urn:x'/>"}
        children = convert({"kind": "message", "error": error}, "raw")["children"][0]["children"]
        equal([child["name"] for child in children], ["gone", "text", "x"], "RFC 6120's order")
        for untypable in ({"name": "message", "attrs": {"to": "@"}}, "<iq type='get' id='1'/>"):
            error = c.fails("xso.convert", "invalid-xso", xso=untypable, format="typed")
            equal(error.data["path"], "/xso", "a place in the parameters")
        c.fails("xso.convert", -32602, xso=1, format="raw")
        c.fails("xso.convert", -32602, xso=xml, format="yaml")


@test("subscribe: a snapshot, then exactly the changes; unsubscribe ends it")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        equal(c.call("subscribe"), {"subscription": 1, "streams": []})
        i = c.begin("stream.open", STREAM, name="r", port=s.port)
        server = s.accept()
        server.header("")
        c.finish(i)
        second = c.call("subscribe", streams=["r"], events=["stream.state"])
        equal(second["subscription"], 2)
        equal([info["stream"] for info in second["streams"]], ["r"])
        equal(c.call("unsubscribe", subscription=1), {})
        c.events.clear()
        c.fails("unsubscribe", -32602, subscription=1)
        equal(c.fails("unsubscribe", -32602, subscription=99).data["path"], "/subscription")
        c.call("stream.abort")
        equal(c.event("stream.state", state="CLOSED")["subscriptions"], [2])
        c.call("unsubscribe", subscription=2)
        c.no_more_events()


@test("a stream that one cannot see is unknown to subscribe, with its place in the list")
def _():
    with Daemon(MANAGED.format("a")) as d, d.client() as c:
        equal(c.fails("subscribe", "unknown-stream", streams=["a", "b"]).data["path"], "/streams/1")
        equal(c.call("daemon.stats")["subscriptions"], 0)


# --- rights -----------------------------------------------------------------------------------------


@test("others have observe, send and iq on managed streams; not control, not raw")
def _():
    with shared(MANAGED.format("a")) as d, Client.as_user(d.socket_path, 4321) as c:
        equal([i["stream"] for i in c.call("stream.list")], ["a"])
        c.call("subscribe")
        equal(c.call("stream.info")["stream"], "a")
        c.fails("stream.send", "not-connected", xso="<message to='b@example.test'/>")
        for method, params in (("stream.start", {}), ("stream.stop", {}), ("stream.abort", {}),
                               ("stream.set", {"shutdown_timeout": 1}), ("daemon.reload", {}),
                               ("stream.open", {"to": "example.test", "host": "127.0.0.1"}),
                               ("stream.close", {}), ("stream.reset", {}), ("stream.starttls", {}),
                               ("stream.write", {"data": ""})):
            c.fails(method, "access-denied", params)
        equal(c.call("stream.info")["link"], "stopped", "nothing came of it")
        for method in ("daemon.info", "daemon.stats", "client.list", "rpc.discover"):
            c.call(method)


@test("root has all rights on managed streams, where raw methods are unsupported")
def _():
    with shared(MANAGED.format("a")) as d, d.client() as c:
        c.call("stream.set", shutdown_timeout=1)
        for method, params in (("stream.close", {}), ("stream.reset", {}), ("stream.starttls", {}),
                               ("stream.write", {"data": ""}),
                               ("stream.close_with_error", {"condition": "reset"})):
            c.fails(method, "unsupported", params)


@test("a raw stream exists for its uid and root only: lists, methods, events, names")
def _():
    with shared() as d, d.client() as root, Client.as_user(d.socket_path, 4321) as c, Server() as s:
        c.call("subscribe")
        i = root.begin("stream.open", STREAM, name="r", port=s.port)
        server = s.accept()
        server.header("")
        root.finish(i)
        root.call("stream.wait", state="OPEN")
        equal(c.call("stream.list"), [])
        c.fails("stream.info", "unknown-stream", stream="r")
        c.fails("stream.info", "unknown-stream")
        c.fails("subscribe", "unknown-stream", streams=["r"])
        server.send("<message><body>secret</body></message>")
        root.call("stream.abort")
        c.no_more_events()


@test("the daemon's own user has all rights, as root has")
def _():
    if os.geteuid() != 0:
        raise Skip("needs root")
    with Daemon(user=4321, wait=True) as d, Server() as s, \
            Client.as_user(d.socket_path, 4321, gid=4321) as own, d.client() as root:
        i = own.begin("stream.open", STREAM, name="r", port=s.port)
        server = s.accept()
        server.header("")
        own.finish(i)
        equal(root.call("stream.info")["stream"], "r")
        equal(own.call("daemon.reload"), {})
        equal(len(own.call("client.list")), 1)
        equal(len(root.call("client.list")), 2)


@test("a user's own daemon keeps others out by its socket's mode")
def _():
    with Daemon() as d:
        try:
            Client.as_user(d.socket_path, 4321)
            raise Failure("came in")
        except PermissionError:
            pass
        except OSError as e:
            equal(e.errno, 13)


@test("a service manager that does not listen holds nothing up, and hears later what matters")
def _():
    def fill():
        with contextlib.suppress(BlockingIOError):
            while True:
                other.send(b"X=1")

    def hear(start):
        """All up to a message that begins so, without what fill() sent."""
        heard = [manager.recv(4096).decode()]
        while not heard[-1].startswith(start):
            heard.append(manager.recv(4096).decode())
        return [m for m in heard if m != "X=1"]

    for address in (new_dir() + "/n", f"@stanzad-test-{os.getpid()}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, \
                socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            manager.bind(address.replace("@", "\0"))
            manager.settimeout(PATIENCE)
            other.connect(manager.getsockname())
            other.setblocking(False)
            with Daemon(env={"NOTIFY_SOCKET": address}, wait=False) as d:
                hear("READY=1")
                fill()
                with d.client() as c:
                    c.call("daemon.reload")
                    c.call("daemon.reload")
                    heard = hear("READY=1")
                    equal([m.split("=")[0] for m in heard], ["RELOADING", "READY"])
                    fill()
                equal(d.stop(), 0)


main()
