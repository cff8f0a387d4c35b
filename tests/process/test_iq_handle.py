#!/usr/bin/python3
"""iq.handle, iq.incoming, iq.reply: requests of others on a managed stream, answered by clients or by the daemon."""

from streams import *

NS = "urn:example:lamp"
PAYLOAD = f"<lamp xmlns='{NS}' state='on'/>"
DISCO_INFO = "http://jabber.org/protocol/disco#info"
DISCO_ITEMS = "http://jabber.org/protocol/disco#items"
COMMANDS = "http://jabber.org/protocol/commands"
OWN_FEATURES = [DISCO_INFO, "jabber:iq:version", "urn:xmpp:ping", "urn:xmpp:time"]


def handle(c, **params):
    return c.call("iq.handle", {"name": "lamp", "ns": NS, **params})["handler"]


def answer(u, id=None):
    """The next iq that goes out, typed."""
    got = as_typed(u, u.server.expect("<iq [^>]*?(?:/>|(?<!/)>.*?</iq>)")[0])
    if id is not None:
        equal(got["id"], id)
    return got


def close(c, other):
    """Closes c, and returns when the daemon has noticed it: other is a client like it."""
    deadline, n = Deadline(), len(other.call("client.list"))
    c.close()
    while len(other.call("client.list")) == n:
        deadline.left("the end of a client")


def condition(got):
    equal(got["type"], "error")
    return got["error"]["type"], got["error"]["condition"]


def from_a(id, payload=PAYLOAD, type="get"):
    return iq(type, payload, f"id='{id}' from='a@example.test/r' to='user@example.test/r'")


def features(u, node=None):
    """Our disco#info: identities and features, or the error's condition."""
    node = f" node='{node}'" if node is not None else ""
    u.server.send(from_a("disco", f"<query xmlns='{DISCO_INFO}'{node}/>"))
    got = u.server.expect("<iq .*?</iq>")[0]
    if "<error " in got:
        return condition(as_typed(u, got))
    return (re.findall("category='([^']*)' type='([^']*)'", got), re.findall("<feature var='([^']*)'/>", got))


SERVICE_UNAVAILABLE = ("cancel", "service-unavailable")
CONSTRAINT = ("wait", "resource-constraint")


# --- from a peer to a client and back ---------------------------------------------------------------


@test("a request comes as iq.incoming without any subscription, and iq.reply answers it to its sender")
def _():
    with Up() as u, u.d.client() as c:
        h = handle(c)
        u.server.send(from_a("q7"))
        e = c.event("iq.incoming")
        seen = u.c.event("xso")
        equal((e["stream"], e["seq"], e["handler"], e["subscriptions"]), ("alerts", seen["seq"], h, []))
        equal(e["xso"], seen["xso"])
        equal((e["xso"]["id"], e["xso"]["payload"]["attrs"]), ("q7", {"state": "on"}))
        equal(c.call("iq.reply", token=e["token"], payload={"name": "lamp", "ns": NS, "children": ["yes"]}), {})
        equal(answer(u), {"kind": "iq", "type": "result", "id": "q7", "to": "a@example.test/r",
                          "payload": {"name": "lamp", "ns": NS, "children": ["yes"]}})
        u.c.no_more_events()
        c.no_more_events()


@test("the xso event comes before iq.incoming where a client gets both")
def _():
    with Up() as u:
        handle(u.c)
        u.server.send(from_a("q1"))
        events = events_until(u.c, "iq.incoming")
        equal([(name, p["seq"]) for name, p in events], [(name, events[0][1]["seq"]) for name in ("xso", "iq.incoming")])


@test("replies: no payload, a payload of each form, an error with all that it may have")
def _():
    replies = (({}, {"type": "result"}),
               ({"payload": PAYLOAD}, {"type": "result", "payload": {"name": "lamp", "ns": NS, "attrs": {"state": "on"}}}),
               ({"error": {"type": "auth", "condition": "forbidden"}},
                {"type": "error", "error": {"type": "auth", "condition": "forbidden"}}),
               ({"error": {"type": "modify", "condition": "not-acceptable", "text": "a & b", "lang": "en",
                           "by": "example.test", "application": {"name": "x", "ns": "urn:example:x"}}},) * 2)
    with Up() as u, u.d.client() as c:
        handle(c)
        for n, (given, want) in enumerate(replies):
            u.server.send(from_a(f"q{n}"))
            c.call("iq.reply", token=c.event("iq.incoming")["token"], **given)
            want = {"type": "error", **want} if "type" not in want else want
            equal(answer(u), {"kind": "iq", "id": f"q{n}", "to": "a@example.test/r", **want})


@test("a reply that cannot be sent is refused, and another may follow; only one goes out")
def _():
    with Up(before="[limits]\nmax_send_bytes = 1K\n") as u, u.d.client() as c:
        handle(c)
        u.server.send(from_a("q1"))
        token = c.event("iq.incoming")["token"]
        for wrong, kind, path in (({"payload": {"kind": "nonsense"}}, "invalid-xso", "/payload"),
                                  ({"payload": "<a/><b/>"}, "invalid-xso", "/payload"),
                                  ({"payload": {"name": "a", "ns": "b", "children": ["x" * 2000]}}, "invalid-xso", "/payload"),
                                  ({"error": {"type": "cancel"}}, "invalid-xso", "/error"),
                                  ({"error": {"type": "x", "condition": "gone"}}, "invalid-xso", "/error"),
                                  ({"error": {"type": "cancel", "condition": "nonsense"}}, "invalid-xso", "/error"),
                                  ({"error": {"type": "cancel", "condition": "gone"}, "payload": PAYLOAD}, -32602, None),
                                  ({"nonsense": 1}, -32602, None), ({"payload": 1}, -32602, None)):
            e = c.fails("iq.reply", kind, {"token": token, **wrong})
            check(path is None or e.data["path"].startswith(path), f"{wrong}: {e.data}")
        equal(u.sent(), "")
        c.call("iq.reply", token=token)
        e = c.fails("iq.reply", "canceled", token=token)
        equal(e.data["sent"], False)
        equal(u.sent().count("<iq "), 1)


@test("nobody but the client that was asked can answer: tokens are its own, and not to be guessed")
def _():
    with Up() as u, u.d.client() as c, u.d.client() as thief:
        handle(c)
        handle(thief, name="other")
        tokens = set()
        for n in range(20):
            u.server.send(from_a(f"q{n}"))
            tokens.add(c.event("iq.incoming")["token"])
        equal(len(tokens), 20)
        for token in (*tokens, "", "x", "0", next(iter(tokens))[:-1]):
            thief.fails("iq.reply", "canceled", token=token)
        equal(u.sent(), "")
        for token in tokens:
            c.call("iq.reply", token=token)


@test("a peer may use one id many times, and none of its own; each request is answered for itself")
def _():
    with Up() as u, u.d.client() as c:
        handle(c)
        senders = ("a@example.test/r", "b@example.test/r", "a@example.test/r", "example.test", None)
        for s in senders:
            u.server.send(iq("get", PAYLOAD, "id='same'" + (f" from='{s}'" if s else "")))
        tokens = [c.event("iq.incoming")["token"] for _ in senders]
        for n in (3, 0, 4, 2, 1):
            c.call("iq.reply", token=tokens[n])
            got = answer(u, "same")
            equal(got.get("to"), senders[n])


@test("each format; a handler that takes raw elements also gets what a class refuses, another one never does")
def _():
    bad = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>@</jid></bind>"
    bind = {"name": "bind", "ns": "urn:ietf:params:xml:ns:xmpp-bind"}
    with Up() as u:
        for format, kind in (("typed", None), ("raw", dict), ("xml", str)):
            with u.d.client() as c:
                h = c.call("iq.handle", format=format, **bind)["handler"]
                u.server.send(from_a("q1", bad))
                if kind is None:
                    equal(condition(answer(u, "q1")), ("modify", "bad-request"))
                else:
                    e = c.event("iq.incoming")
                    check(isinstance(e["xso"], kind), format)
                    c.call("iq.reply", token=e["token"])
                    equal(answer(u, "q1")["type"], "result")
                # what has not exactly one payload is no request at all
                for nothing in ("", bad * 2):
                    u.server.send(from_a("q2", nothing))
                    equal(condition(answer(u, "q2")), ("modify", "bad-request"))
                c.call("iq.unhandle", handler=h)
                c.no_more_events()


@test("results and errors of others are never handed out")
def _():
    with Up() as u, u.d.client() as c:
        handle(c)
        for type in ("result", "error", "nonsense"):
            u.server.send(from_a("q1", type=type))
        equal(u.sent(), "")
        c.no_more_events()


# --- which handler ----------------------------------------------------------------------------------


@test("a second handler for the same is conflict, also of the same client; another type, node or element is not")
def _():
    with Up() as u, u.d.client() as a, u.d.client() as b:
        handle(a, types=["get"])
        for types in ({"types": ["get"]}, {"types": ["get", "set"]}, {}):
            for c in (a, b):
                c.fails("iq.handle", "conflict", {"name": "lamp", "ns": NS, **types})
        h = handle(b, types=["set"])
        handle(b, node="")
        handle(b, node="x")
        a.fails("iq.handle", "conflict", name="lamp", ns=NS, node="x", types=["set"])
        handle(b, name="lamps")
        handle(b, ns=NS + "s")
        b.call("iq.unhandle", handler=h)
        h = handle(a, types=["set"])
        a.call("iq.unhandle", handler=h)
        a.fails("iq.unhandle", -32602, handler=h)
        b.fails("iq.unhandle", -32602, handler=1000)
        close(a, u.c)
        handle(b, types=["get"])


@test("what the daemon answers itself is conflict; disco#items, time, and roster gets are free")
def _():
    with Up() as u:
        for name, ns in (("ping", "urn:xmpp:ping"), ("query", DISCO_INFO), ("query", "jabber:iq:version"),
                         ("query", "jabber:iq:roster")):
            for more in ({}, {"types": ["set"]}, {"node": "x"}):
                u.c.fails("iq.handle", "conflict", name=name, ns=ns, **more)
        for name, ns, more in (("query", DISCO_ITEMS, {}), ("time", "urn:xmpp:time", {}),
                               ("query", "jabber:iq:roster", {"types": ["get"]}), ("pong", "urn:xmpp:ping", {})):
            u.c.call("iq.handle", name=name, ns=ns, **more)
        u.server.send(from_a("q1", f"<query xmlns='{DISCO_ITEMS}'/>"))
        e = u.c.event("iq.incoming")
        equal(e["xso"]["id"], "q1")


@test("handlers of one stream do not hear another's; names, namespaces and so on must be possible")
def _():
    with Up() as u:
        for wrong, path in (({"name": "a b"}, "/name"), ({"name": ""}, "/name"), ({"name": "a:b"}, "/name"),
                            ({"ns": ""}, "/ns"), ({"ns": "a\u0001"}, "/ns"), ({"types": []}, "/types"),
                            ({"types": ["get", "result"]}, "/types/1"), ({"features": ["a", ""]}, "/features/1"),
                            ({"features": ["\uffff"]}, "/features/0"), ({"features": [1]}, "/features"),
                            ({"node": 1}, "/node"), ({"timeout": -1}, "/timeout"), ({"format": "x"}, "/format")):
            equal(u.c.fails("iq.handle", -32602, {"name": "lamp", "ns": NS, **wrong}).data["path"], path, str(wrong))
        u.c.fails("iq.handle", -32602, name="lamp")
        u.c.fails("iq.handle", -32602, ns=NS)
        u.c.fails("iq.handle", "unknown-stream", stream="none", name="lamp", ns=NS)
        equal(features(u)[1], OWN_FEATURES)


@test("a handler of a node comes before one of any; types decide")
def _():
    with Up() as u:
        clients = {name: u.d.client() for name in ("any", "x", "y", "set")}
        for name, params in (("any", {"types": ["get"]}), ("x", {"node": "x"}), ("y", {"node": "y", "types": ["get"]}),
                             ("set", {"types": ["set"]})):
            handle(clients[name], **params)
        for type, node, want in (("get", None, "any"), ("get", "z", "any"), ("get", "", "any"), ("get", "x", "x"),
                                 ("set", "x", "x"), ("get", "y", "y"), ("set", "y", "set"), ("set", None, "set")):
            node = f" node='{node}'" if node is not None else ""
            u.server.send(from_a("q1", f"<lamp xmlns='{NS}'{node}/>", type))
            e = clients[want].event("iq.incoming")
            clients[want].call("iq.reply", token=e["token"])
            equal(answer(u, "q1")["type"], "result")
        for c in clients.values():
            c.no_more_events()


# --- no answer --------------------------------------------------------------------------------------


@test("no answer within the handler's timeout: resource-constraint, wait; the reply that comes too late is canceled")
def _():
    with Up() as u, u.d.client() as c:
        handle(c, timeout=0.05)
        handle(c, name="slow", timeout=None)
        u.server.send(from_a("q1") + from_a("q2", f"<slow xmlns='{NS}'/>"))
        tokens = [c.event("iq.incoming")["token"] for _ in range(2)]
        equal(condition(answer(u, "q1")), CONSTRAINT)
        c.fails("iq.reply", "canceled", token=tokens[0])
        c.call("iq.reply", token=tokens[1])
        equal(answer(u, "q2")["type"], "result")
        u.server.send(from_a("q3"))
        c.call("iq.reply", token=c.event("iq.incoming")["token"])
        equal(answer(u, "q3")["type"], "result")


@test("a client that dies: what it had is answered with service-unavailable, and so is what comes then")
def _():
    with Up() as u:
        c = u.d.client()
        handle(c)
        for n in range(3):
            u.server.send(from_a(f"q{n}"))
            c.event("iq.incoming")
        c.close()
        for n in range(3):
            equal(condition(answer(u, f"q{n}")), SERVICE_UNAVAILABLE)
        u.server.send(from_a("q3"))
        equal(condition(answer(u, "q3")), SERVICE_UNAVAILABLE)
        equal(features(u)[1], OWN_FEATURES)


@test("a client that dies while requests pour in: each of them is answered exactly once")
def _():
    with Up() as u:
        c = u.d.client()
        handle(c)
        u.server.send("".join(from_a(f"q{n}") for n in range(300)))
        for _ in range(100):
            c.call("iq.reply", token=c.event("iq.incoming")["token"])
        c.close()
        u.server.send("".join(from_a(f"q{n}") for n in range(300, 400)))
        got = [answer(u) for _ in range(400)]
        equal(sorted(int(g["id"][1:]) for g in got), list(range(400)))
        check(sum(g["type"] == "result" for g in got) <= 100, "its own replies")
        equal({condition(g) for g in got if g["type"] == "error"}, {SERVICE_UNAVAILABLE})


@test("iq.unhandle ends what comes; what came before may still be answered")
def _():
    with Up() as u, u.d.client() as c:
        h = handle(c)
        u.server.send(from_a("q1"))
        token = c.event("iq.incoming")["token"]
        c.call("iq.unhandle", handler=h)
        u.server.send(from_a("q2"))
        equal(condition(answer(u, "q2")), SERVICE_UNAVAILABLE)
        c.call("iq.reply", token=token)
        equal(answer(u, "q1")["type"], "result")


@test("a client that has only shut its sending side down keeps its handler, and never can reply")
def _():
    with Up() as u, u.d.client() as c:
        handle(c, timeout=0.05)
        c.shutdown()
        u.server.send(from_a("q1"))
        equal(c.event("iq.incoming")["xso"]["id"], "q1")
        equal(condition(answer(u, "q1")), CONSTRAINT)
        close(c, u.c)
        u.server.send(from_a("q2"))
        equal(condition(answer(u, "q2")), SERVICE_UNAVAILABLE)


@test("a handler outlives the session; a request of the old one is canceled with it")
def _():
    with Up() as u, u.d.client() as c:
        handle(c)
        u.server.send(from_a("q1"))
        token = c.event("iq.incoming")["token"]
        u.c.call("stream.abort")
        u.server = come_up(u.c, u.s, begin=False)
        c.fails("iq.reply", "canceled", token=token)
        equal(u.sent(), "")
        u.server.send(from_a("q2"))
        c.call("iq.reply", token=c.event("iq.incoming")["token"])
        equal(answer(u, "q2")["type"], "result")


@test("a stream that is stopped, or a daemon: what was handed out is answered first")
def _():
    for stop_daemon in (False, True):
        with Up() as u, u.d.client() as c:
            handle(c)
            u.server.send(from_a("q1"))
            token = c.event("iq.incoming")["token"]
            if stop_daemon:
                u.d.signal(signal.SIGTERM)
            else:
                u.c.begin("stream.stop")
            got = u.server.expect("^(<iq .*</iq>).*</stream:stream>")[1]
            matches("id=.q1.*service-unavailable", got)
            u.server.send("</stream:stream>")
            if not stop_daemon:
                c.fails("iq.reply", "canceled", token=token)


@test("too many requests that one client has not answered: resource-constraint for the next, not memory without end")
def _():
    with Up() as u, u.d.client() as c:
        handle(c)
        for n in range(0, 1024, 64):
            u.server.send("".join(from_a(f"q{k}") for k in range(n, n + 64)))
        tokens = [c.event("iq.incoming")["token"] for _ in range(1024)]
        u.server.send(from_a("more"))
        equal(condition(answer(u, "more")), CONSTRAINT)
        c.call("iq.reply", token=tokens[500])
        equal(answer(u, "q500")["type"], "result")
        u.server.send(from_a("again"))
        equal(c.event("iq.incoming")["xso"]["id"], "again")


@test("a client that does not read: what does not fit its queue is answered, and the stream goes on")
def _():
    big = f"<lamp xmlns='{NS}'>{'x' * 30_000}</lamp>"
    with Up(before="[limits]\nmax_client_queue_bytes = 64K\n") as u, u.d.client() as c:
        handle(c)
        refused, n = 0, 0
        while refused < 3:
            u.server.send(from_a(f"q{n}", big) + "<message id='read'/>")
            while u.c.event("xso")["xso"].get("id") != "read":
                pass
            refused += u.sent().count("resource-constraint")
            n += 1
            check(n < 1000, "the queue has no end")
        for _ in range(n - refused):
            c.call("iq.reply", token=c.event("iq.incoming")["token"])
        u.is_up()


@test("ids and senders as long as a stanza can be are neither kept nor harmful")
def _():
    with Up(before="[limits]\nmax_send_bytes = 16K\n") as u, u.d.client() as c:
        handle(c)
        for size in (1, 1000, 8000):
            u.server.send(from_a("i" * size))
            c.call("iq.reply", token=c.event("iq.incoming")["token"])
            equal(answer(u, "i" * size)["type"], "result")
        u.server.send(from_a("i" * 9000))
        equal(condition(answer(u, "i" * 9000)), CONSTRAINT)
        # what answers these would be more than may be sent
        u.server.send(from_a("i" * 30_000) + from_a("i" * 30_000, "<ping xmlns='urn:xmpp:ping'/>"))
        u.server.send(from_a("end", "<ping xmlns='urn:xmpp:ping'/>"))
        answer(u, "end")
        c.no_more_events()
        u.is_up()


@test("handlers are bounded for a client and for a user; features by what may be sent")
def _():
    with Server() as s, shared(s) as d, d.client() as root, Client.as_user(d.socket_path, 4321) as c, \
            Client.as_user(d.socket_path, 4321) as same:
        come_up(root, s)

        def fill(client, name, count):
            lines = [{"jsonrpc": "2.0", "id": f"{name}{n}", "method": "iq.handle",
                      "params": {"name": f"{name}{n}", "ns": NS}} for n in range(count)]
            client.send_bytes("".join(json.dumps(line) + "\n" for line in lines).encode())
            for line in lines:
                client.finish(line["id"])

        fill(c, "a", 1024)
        c.fails("iq.handle", "overflow", name="more", ns=NS)
        fill(same, "b", 1024)
        with Client.as_user(d.socket_path, 4321) as third:
            third.fails("iq.handle", "overflow", name="more", ns=NS)
        close(c, root)
        close(same, root)
        with Client.as_user(d.socket_path, 4321) as third:
            third.call("iq.handle", name="more", ns=NS)
            third.fails("iq.handle", "overflow", name="long", ns=NS, features=["x" * 100_000])
            third.call("iq.handle", name="long", ns=NS, features=["x" * 10_000])


# --- what the daemon answers ------------------------------------------------------------------------


@test("disco#info: one identity, the daemon's own features, and those of handlers while they are there")
def _():
    with Up() as u, u.d.client() as a, u.d.client() as b:
        me = [("client", "bot")]
        equal(features(u), (me, OWN_FEATURES))
        handle(a)
        handle(b, name="two", features=["urn:example:two", "urn:xmpp:ping", "a&b<'\""])
        equal(features(u), (me, [*OWN_FEATURES, NS, "urn:example:two", "a&amp;b&lt;&apos;&quot;"]))
        h = handle(b, types=["set"], node="n")
        handle(b, name="none", features=[])
        equal(features(u)[1], [*OWN_FEATURES, NS, "urn:example:two", "a&amp;b&lt;&apos;&quot;"])
        close(a, u.c)
        check(NS in features(u)[1], "the other handler has it, too")
        b.call("iq.unhandle", handler=h)
        check(NS not in features(u)[1], "nobody has it")
        close(b, u.c)
        equal(features(u)[1], OWN_FEATURES)


@test("disco#info of a node is that of its handlers; of any other item-not-found")
def _():
    with Up() as u, u.d.client() as c:
        equal(features(u, "x"), ("cancel", "item-not-found"))
        handle(c, node="x", features=[NS, "urn:example:more"])
        c.call("iq.handle", name="command", ns=COMMANDS, node="reboot")
        equal(features(u, "x"), ([("client", "bot")], [NS, "urn:example:more"]))
        equal(features(u, "reboot"), ([("automation", "command-node")], [COMMANDS]))
        equal(features(u, ""), ("cancel", "item-not-found"))
        check(COMMANDS in features(u)[1], "it stands in ours as well")


@test("version and time are answered; a time that a client handles is the client's")
def _():
    with Up() as u, u.d.client() as c:
        u.server.send(from_a("v", "<query xmlns='jabber:iq:version'/>"))
        got = u.server.expect("<iq .*?</iq>")[0]
        matches("<name>stanzad</name><version>%s</version>" % re.escape(u.c.call("daemon.info")["version"]), got)
        check("<os>" not in got, "the system is nobody's business")
        u.server.send(from_a("t", "<time xmlns='urn:xmpp:time'/>"))
        got = u.server.expect("<iq .*?</iq>")[0]
        m = re.search(r"<tzo>([+-]\d\d:\d\d)</tzo><utc>(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)</utc>", got)
        check(m, got)
        said = time.mktime(time.strptime(m[2], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
        check(abs(said - time.time()) < 60, m[2])
        for type in ("set", "result"):
            u.server.send(from_a("s", "<query xmlns='jabber:iq:version'/>", type))
        equal(condition(answer(u, "s")), SERVICE_UNAVAILABLE)
        c.call("iq.handle", name="time", ns="urn:xmpp:time")
        u.server.send(from_a("t2", "<time xmlns='urn:xmpp:time'/>"))
        c.call("iq.reply", token=c.event("iq.incoming")["token"])
        equal(answer(u, "t2"), {"kind": "iq", "type": "result", "id": "t2", "to": "a@example.test/r"})


@test("the time zone is that of the daemon")
def _():
    for zone, want in (("UTC0", "+00:00"), ("XXX-5:30", "+05:30"), ("XXX3:45", "-03:45"), ("XXX0:30", "-00:30")):
        s = Server()
        d = daemon_for(plain_section(s), env={"TZ": zone})
        with d, d.client() as c:
            server = come_up(c, s)
            server.send(from_a("t", "<time xmlns='urn:xmpp:time'/>"))
            equal(server.expect("<tzo>(.*?)</tzo>")[1], want)
            server.close()
        s.close()


@test("roster pushes of our account are answered, those of anybody else refused; all are events")
def _():
    push = "<query xmlns='jabber:iq:roster'><item jid='a@example.test'/></query>"
    with Up() as u:
        for sender, ok in ((None, True), ("user@example.test", True), ("a@example.test/r", False), ("example.test", False),
                           ("user@example.test/other", False), ("user@other.test", False)):
            u.server.send(iq("set", push, "id='p'" + (f" from='{sender}'" if sender else "")))
            got = answer(u, "p")
            equal(got["type"], "result" if ok else "error", str(sender))
            equal(u.c.event("xso")["xso"]["id"], "p")


main()
