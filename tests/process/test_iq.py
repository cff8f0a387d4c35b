#!/usr/bin/python3
"""iq.request: what clients ask others on a managed stream, and who gets which answer."""

import random

from streams import *

VERSION = {"name": "query", "ns": "urn:example:version"}
SENT = r"<iq [^>]*?id=['\"]([^'\"]*)['\"][^>]*?>.*?</iq>"


def ask(u, client=None, **params):
    """Begins an iq.request: the request's id and that on the wire."""
    i = (client or u.c).begin("iq.request", {"type": "get", "payload": VERSION, **params})
    return i, u.server.expect(SENT)[1]


def result(id, payload="", sender=None, type="result"):
    sender = f" from='{sender}'" if sender is not None else ""
    return f"<iq type='{type}' id='{id}'{sender}>{payload}</iq>"


def error(id, sender=None, content="<item-not-found xmlns='%s'/>" % NS_STANZAS, attrs="type='cancel'"):
    return result(id, f"<error {attrs}>{content}</error>", sender, "error")


def is_pending(u, i):
    """Whether that call still waits, once the daemon has read all that the server sent so far."""
    u.server.send("<message id='read'/>")
    while u.c.event("xso")["xso"].get("id") != "read":
        pass
    return i not in u.c.replies


# --- what goes out, and what comes back -------------------------------------------------------------


@test("a request goes out with an id of the daemon's own and no from; its answer is the result")
def _():
    with Up() as u:
        i = u.c.begin("iq.request", to="a@example.test/r", type="get", payload=VERSION)
        m = u.server.expect(SENT)
        equal(as_typed(u, m[0]), {"kind": "iq", "type": "get", "id": m[1], "to": "a@example.test/r",
                                  "payload": VERSION})
        check(len(m[1]) >= 20, "an id that nobody guesses")
        u.server.send(result(m[1], "<query xmlns='urn:example:version'><name>x</name></query>", "a@example.test/r"))
        equal(u.c.finish(i), {"kind": "iq", "type": "result", "id": m[1], "from": "a@example.test/r",
                              "payload": {**VERSION, "children": [{"name": "name", "children": ["x"]}]}})
        i, id = ask(u, type="set", payload="<x xmlns='urn:example:x'>&lt;</x>")
        u.server.send(result(id))
        equal(u.c.finish(i), {"kind": "iq", "type": "result", "id": id})


@test("the answer is no event for whom it answers, and an ordinary one for others, with its number")
def _():
    with Up() as u, u.d.client() as other:
        other.call("subscribe", events=["xso"])
        before = u.c.call("stream.info")["seq"]
        i, id = ask(u)
        u.server.send(result(id))
        u.c.finish(i)
        e = other.event("xso")
        equal((e["xso"]["id"], e["seq"]), (id, before + 1))
        u.c.no_more_events()


@test("each format: the result, and the stanza of an error")
def _():
    with Up() as u:
        for format, kind in (("typed", dict), ("raw", dict), ("xml", str)):
            i, id = ask(u, format=format)
            u.server.send(result(id))
            got = u.c.finish(i)
            check(isinstance(got, kind) and ("kind" in got) == (format == "typed"), f"{format}: {got}")
            i, id = ask(u, format=format)
            u.server.send(error(id))
            got = u.c.reply(i)["error"]["data"]["stanza"]
            check(isinstance(got, kind) and ("kind" in got) == (format == "typed"), f"{format}: {got}")


@test("payloads as objects and as XML; what cannot be sent is invalid-xso with its path, and nothing goes out")
def _():
    with Up(before="[limits]\nmax_send_bytes = 1K\n") as u:
        for payload in ({"kind": "bind"}, {"name": "ping", "ns": "urn:xmpp:ping"}, "<ping xmlns='urn:xmpp:ping'/>"):
            _, id = ask(u, payload=payload)
            u.server.send(result(id))
        for payload, path in (({"kind": "nonsense"}, "/payload"), ("<a/><b/>", "/payload"), ("<a", "/payload"), ("<a><!-- --></a>", "/payload"),
                              ({"name": "a b"}, "/payload"), ("<a>\u0001</a>", "/payload"),
                              ({"name": "a", "children": ["\u0000"]}, "/payload"),
                              ({"name": "a", "ns": "x", "children": ["x" * 2000]}, "/payload"),
                              ({"kind": "bind", "nonsense": 1}, "/payload")):
            e = u.c.fails("iq.request", "invalid-xso", type="get", payload=payload)
            check(e.data["path"].startswith(path), f"{payload!r}: {e.data}")
        for to in ("@", "a@", "", "a b@example.test", "x" * 1100):
            equal(u.c.fails("iq.request", "invalid-xso", type="get", payload=VERSION, to=to).data["path"], "/to", to)
        for wrong in ({"type": "result"}, {"type": None}, {"payload": 1}, {"collect": {}}, {"timeout": -1},
                      {"id": "x"}, {"collect": [{"kind": "nonsense"}]}, {"format": "json"}):
            u.c.fails("iq.request", -32602, {"type": "get", "payload": VERSION, **wrong})
        equal(u.sent(), "")
        u.is_up()


@test("a stream that is not up is not-connected; a raw one has no iq.request")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        c.fails("iq.request", "not-connected", type="get", payload=VERSION)
        for method, params in (("iq.request", {"type": "get", "payload": VERSION}),
                               ("iq.handle", {"name": "a", "ns": "b"})):
            with Raw(c, s, name="mine") as raw:
                raw.fails(method, "unsupported", params)


# --- whose answer it is -----------------------------------------------------------------------------


@test("what our account was asked, it answers by its bare JID, its domain, or without a from")
def _():
    with Up() as u:
        for to in ({}, {"to": "user@example.test"}, {"to": "USER@Example.Test"}):
            for sender in (None, "user@example.test", "example.test", "User@EXAMPLE.test", "EXAMPLE.TEST"):
                i, id = ask(u, **to)
                u.server.send(result(id, sender=sender))
                equal(u.c.finish(i)["id"], id)


@test("anyone else's answer with the right id is none: an event like any other, and the call waits on")
def _():
    with Up() as u:
        spoofers = {None: ("a@example.test", "user@example.test/r", "user@example.test/other", "other.test",
                           "user@other.test", "sub.example.test", "example.test/x", "", "@"),
                    "a@example.test/r": (None, "a@example.test", "a@example.test/R", "a@example.test/r2",
                                         "example.test", "user@example.test", "b@example.test/r", ""),
                    "a@example.test": (None, "a@example.test/r", "example.test", "user@example.test"),
                    "example.test": ("user@example.test", "a@example.test", "example.test/x", "other.test"),
                    "user@example.test/r": (None, "user@example.test", "example.test", "user@example.test/r2")}
        for to, senders in spoofers.items():
            i, id = ask(u, **({"to": to} if to else {}))
            for sender in senders:
                u.server.send(result(id, sender=sender) + error(id, sender=sender))
            u.server.send(result(id, sender=to, type="get") + result(id + "x", sender=to) + result("", sender=to))
            u.server.send(f"<message type='result' id='{id}'" + (f" from='{to}'" if to else "") + "/>")
            check(is_pending(u, i), f"to {to}")
            u.server.expect("bad-request.*?</iq>")  # of the get
            u.server.send(result(id, sender=to))
            equal(u.c.finish(i)["id"], id)


@test("spoofed answers are xso events also for the client that asked")
def _():
    with Up() as u:
        i, id = ask(u, to="a@example.test")
        u.server.send(result(id, sender="mallory@example.test"))
        equal(u.c.event("xso")["xso"]["from"], "mallory@example.test")
        u.server.send(result(id, sender="a@example.test"))
        equal(u.c.finish(i)["from"], "a@example.test")
        u.c.no_more_events()


@test("JIDs of senders are compared prepared")
def _():
    with Up() as u:
        for to, sender in (("A@Example.Test/Res", "a@example.test/Res"), ("a@example.test/Res", "A@EXAMPLE.test/Res"),
                           ("Stra\u00dfe@example.test", "strasse@example.test"), ("Sub.Example.Test", "sub.example.test"),
                           ("EXAMPLE.test", None)):
            i, id = ask(u, to=to)
            u.server.send(result(id, sender=sender))
            equal(u.c.finish(i)["id"], id)


@test("ten clients with the same ids and 10,000 requests in flight: each gets each answer of its own, no other's")
def _():
    with Up() as u:
        each, clients = 1000, [u.d.client() for _ in range(10)]
        lines = [json.dumps({"jsonrpc": "2.0", "id": n, "method": "iq.request", "params": {
            "to": "a@example.test", "type": "get", "timeout": None,
            "payload": {"name": "q", "ns": "urn:example:q", "attrs": {"n": f"%-{n}"}}}}) for n in range(each)]
        for number, c in enumerate(clients):
            c.send_bytes("\n".join(lines).replace("%", str(number)).encode() + b"\n")
        asked = []
        while len(asked) < each * len(clients):
            m = u.server.expect(r"<iq [^>]*id=['\"]([^'\"]*)['\"][^>]*><q [^>]*n=['\"]([^'\"]*)['\"]")
            asked.append((m[1], m[2]))
        equal(len({id for id, _ in asked}), len(asked), "ids on the wire are different")
        random.Random(1).shuffle(asked)
        started = u.d.cpu_seconds()
        for at in range(0, len(asked), 100):
            u.server.send("".join(result(id, f"<q xmlns='urn:example:q' n='{n}'/>", "a@example.test")
                                  for id, n in asked[at:at + 100]))
        for number, c in enumerate(clients):
            for n in range(each):
                equal(c.finish(n)["payload"]["attrs"]["n"], f"{number}-{n}")
            c.no_more_events()
            c.close()
        # each for itself took some 20 us; a walk over all others would take a thousand times that
        check(u.d.cpu_seconds() - started < 2 * PATIENCE, f"{u.d.cpu_seconds() - started} s of CPU")


@test("10,000 that time out, and 10,000 of clients that go, are over at once")
def _():
    with Up() as u:
        line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "iq.request", "params": {
            "to": "a@example.test", "type": "get", "timeout": "@", "payload": VERSION}})
        clients = [u.d.client() for _ in range(10)]
        for c in clients:
            c.send_bytes("".join(line.replace('"@"', str(1 + n / 1e6)) + "\n" for n in range(1000)).encode())
        for c in clients:
            equal(len([c.read()["error"]["data"]["kind"] for _ in range(1000)]), 1000)
            c.send_bytes("".join(line.replace('"@"', "null") + "\n" for n in range(1000)).encode())
            c.call("daemon.info")
            c.close()
        u.c.call("stream.send", xso=MESSAGE)
        check(u.d.cpu_seconds() < PATIENCE, f"{u.d.cpu_seconds()} s of CPU")


# --- errors -----------------------------------------------------------------------------------------


@test("an error is stanza-error with type, condition, text, by and the stanza")
def _():
    with Up() as u:
        i, id = ask(u, to="a@example.test/r")
        u.server.send(error(id, "a@example.test/r", attrs="type='modify' by='example.test'",
                            content=f"<not-acceptable xmlns='{NS_STANZAS}'/><text xmlns='{NS_STANZAS}'>No &amp; no"
                                    "</text><too-many xmlns='urn:example:app'/>"))
        e = u.c.reply(i)["error"]
        equal(e["code"], -32006)
        stanza = e["data"].pop("stanza")
        equal(e["data"], {"kind": "stanza-error", "type": "modify", "condition": "not-acceptable",
                          "text": "No & no", "by": "example.test"})
        equal((stanza["from"], stanza["id"], stanza["error"]["application"]),
              ("a@example.test/r", id, {"name": "too-many", "ns": "urn:example:app"}))


@test("an error that lacks what it should have is one all the same")
def _():
    with Up() as u:
        for text in (lambda id: result(id, type="error"), lambda id: error(id, content="", attrs=""),
                     lambda id: error(id, content="text", attrs="type='nonsense'"),
                     lambda id: result(id, "<query xmlns='urn:example:version'/>", type="error"),
                     lambda id: error(id, content="<x xmlns='urn:example:x'/>")):
            i, id = ask(u)
            u.server.send(text(id))
            e = u.c.reply(i)["error"]
            equal((e["data"]["kind"], e["data"]["condition"]), ("stanza-error", "undefined-condition"))
            check(e["data"]["type"] and e["data"]["stanza"], "type and stanza")
        u.is_up()


@test("an answer that its class cannot take is invalid-xso with the stanza as it is; raw has no such fault")
def _():
    bad = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>@</jid></bind>"
    with Up() as u:
        for format, wants in (("typed", False), ("raw", True), ("xml", True)):
            i, id = ask(u, format=format)
            u.server.send(result(id, bad))
            reply = u.c.reply(i)
            equal("result" in reply, wants, format)
            if not wants:
                data = reply["error"]["data"]
                equal((data["kind"], data["sent"], data["stanza"]["attrs"]["id"]), ("invalid-xso", True, id))
        u.is_up()


@test("no answer in time is timeout; one that comes late is nobody's, but an event for all")
def _():
    with Up() as u:
        i, id = ask(u, timeout=0.05)
        equal(u.c.reply(i)["error"]["data"]["kind"], "timeout")
        u.server.send(result(id))
        equal(u.c.event("xso")["xso"]["id"], id)
        u.is_up()


@test("of many that wait the ones whose time is over end, in whatever order they began")
def _():
    with Up() as u:
        never = [ask(u, timeout=t)[0] for t in (None, 0, 1000)]
        soon = [ask(u, timeout=t)[0] for t in (0.2, 0.02, 0.1, 0.05)]
        for i in soon:
            equal(u.c.reply(i)["error"]["data"]["kind"], "timeout")
        check(not any(i in u.c.replies for i in never), "the others wait")
        u.c.call("stream.abort")
        for i in never:
            equal(u.c.reply(i)["error"]["data"]["kind"], "canceled")


# --- ends -------------------------------------------------------------------------------------------


@test("a client that goes: the answer is nobody's but an event, and nobody else's calls are disturbed")
def _():
    with Up() as u:
        gone = u.d.client()
        _, id = ask(u, gone)
        i, mine = ask(u)
        gone.close()
        u.c.call("daemon.info")
        u.server.send(result(id) + result(mine))
        equal(u.c.finish(i)["id"], mine)
        equal(u.c.event("xso")["xso"]["id"], id)
        u.is_up()


@test("a client that only shuts its sending side down still gets its answers, and then EOF")
def _():
    with Up() as u:
        with u.d.client() as c:
            i, id = ask(u, c)
            j, _ = ask(u, c, timeout=0.05)
            c.shutdown()
            equal(c.reply(j)["error"]["data"]["kind"], "timeout")
            u.server.send(result(id))
            equal(c.finish(i)["id"], id)
            c.at_eof()


@test("a session that is over cancels what waits, and says that it was sent")
def _():
    for end in (lambda u: u.server.close(), lambda u: u.server.reset(), lambda u: u.c.call("stream.abort"),
                lambda u: u.server.send("<stream:error><reset xmlns='%s'/></stream:error>" % NS_ERRORS)):
        with Up() as u:
            i, _ = ask(u, timeout=None)
            j, _ = ask(u, timeout=None)
            end(u)
            for k in (i, j):
                data = u.c.reply(k)["error"]["data"]
                equal((data["kind"], data["sent"]), ("canceled", True))
            come_up(u.c, u.s, begin=False).close()


@test("canceled says sent: false where the kernel had not taken it")
def _():
    with Up() as u:
        for _ in range(30):
            u.c.call("stream.send", xso={**MESSAGE, "body": "x" * 250_000})
        i = u.c.begin("iq.request", type="get", payload=VERSION)
        u.c.call("stream.abort")
        data = u.c.reply(i)["error"]["data"]
        equal((data["kind"], data["sent"]), ("canceled", False))


@test("an answer of the old session does not answer a request of the new one")
def _():
    with Up() as u:
        i, old = ask(u)
        u.c.call("stream.abort")
        u.c.reply(i)
        u.server = come_up(u.c, u.s, begin=False)
        i, id = ask(u)
        check(id != old, "another id")
        u.server.send(result(old))
        check(is_pending(u, i), "the new one waits")
        u.server.send(result(id))
        u.c.finish(i)


@test("while the stream is closed in order, answers still arrive; what has none then is canceled")
def _():
    with Up(shutdown_timeout=PATIENCE) as u:
        i, id = ask(u)
        j, _ = ask(u)
        stop = u.c.begin("stream.stop")
        u.server.expect("</stream:stream>")
        u.c.fails("iq.request", "not-connected", type="get", payload=VERSION)
        u.server.send(result(id))
        equal(u.c.finish(i)["id"], id)
        u.server.send("</stream:stream>")
        u.c.finish(stop)
        equal(u.c.reply(j)["error"]["data"]["kind"], "canceled")


@test("a daemon that is told to stop cancels what waits, and ends")
def _():
    with Up() as u:
        i, _ = ask(u, timeout=None)
        u.d.signal(signal.SIGTERM)
        data = u.c.reply(i)["error"]["data"]
        equal((data["kind"], data["sent"]), ("canceled", True))
        u.server.close()
        equal(u.d.wait(), 0)


@test("requests beyond what a client may have in flight are overflow, and cost nothing")
def _():
    with Up() as u, u.d.client() as c:
        line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "iq.request", "params": {
            "to": "a@example.test", "type": "get", "timeout": None, "payload": VERSION}})
        c.send_bytes((line + "\n").encode() * 4096)
        c.fails("iq.request", "overflow", type="get", payload=VERSION)
        u.c.call("stream.abort")
        kinds = {c.read()["error"]["data"]["kind"] for _ in range(4096)}
        equal(kinds, {"canceled"})


@test("a notification, and a batch whose answers come in any order")
def _():
    with Up() as u:
        u.c.notify("iq.request", type="get", payload=VERSION)
        u.server.send(result(u.server.expect(SENT)[1]))
        u.c.send([{"jsonrpc": "2.0", "id": f"b{n}", "method": "iq.request",
                   "params": {"type": "get", "payload": VERSION}} for n in range(3)])
        ids = [u.server.expect(SENT)[1] for _ in range(3)]
        for id in reversed(ids):
            u.server.send(result(id))
        got = u.c.read()
        while isinstance(got, dict):
            got = u.c.read()
        equal({r["id"]: r["result"]["id"] for r in got}, {f"b{n}": id for n, id in enumerate(ids)})


# --- collect ----------------------------------------------------------------------------------------

MAM = "urn:xmpp:mam:2"
QUERY = {"name": "query", "ns": MAM, "attrs": {"queryid": "q1"}}
COLLECT = [{"kind": "message", "has": {"name": "result", "ns": MAM}}]


def archived(n, sender=None, queryid="q1"):
    sender = f" from='{sender}'" if sender else ""
    return (f"<message id='{n}'{sender} to='user@example.test/r'><result xmlns='{MAM}' queryid='{queryid}' id='{n}'>"
            f"<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='a@example.test/r'>"
            f"<body>{n}</body></message></forwarded></result></message>")


@test("collect: matching stanzas before the answer come with it, in order, and are nobody's events")
def _():
    with Up() as u, u.d.client() as other:
        other.call("subscribe", events=["xso", "xso.invalid"])
        before = u.c.call("stream.info")["seq"]
        i, id = ask(u, type="set", payload=QUERY, collect=COLLECT)
        u.server.send(archived(1) + "<message id='live'/>" + archived(2, "user@example.test") + archived(3))
        u.server.send(result(id, f"<fin xmlns='{MAM}' complete='true'/>") + archived("late"))
        got = u.c.finish(i)
        equal((got["answer"]["id"], [m["id"] for m in got["collected"]]), (id, ["1", "2", "3"]))
        for c, ids in ((other, ["live", id, "late"]), (u.c, ["live", "late"])):
            events = [c.event("xso") for _ in ids]
            equal([e["xso"]["id"] for e in events], ids)
            equal([e["seq"] for e in events], [before + 1 + n for n, k in enumerate(["live", id, "late"]) if k in ids])
            c.no_more_events()


@test("collect takes from the one asked alone, messages and presences alone, of its own query alone")
def _():
    with Up() as u:
        i, id = ask(u, to="room@rooms.example.test", type="set", payload=QUERY, collect=[{}])
        j, other = ask(u, to="room@rooms.example.test", type="set", collect=[{}],
                       payload={**QUERY, "attrs": {"queryid": "q2"}})
        asked = "room@rooms.example.test"
        u.server.send(archived("spoof") + archived("spoof", "mallory@example.test") + archived("spoof", asked + "/x"))
        u.server.send(f"<iq type='get' id='spoof' from='{asked}'><x xmlns='y'/></iq>")
        u.server.send(archived("b1", asked, "q2") + archived("a1", asked) + f"<presence id='a2' from='{asked}'/>")
        u.server.send(result(other, sender=asked) + result(id, sender=asked))
        equal([m["id"] for m in u.c.finish(j)["collected"]], ["b1"])
        equal([m["id"] for m in u.c.finish(i)["collected"]], ["a1", "a2"])
        equal([u.c.event("xso")["xso"]["id"] for _ in range(4)], ["spoof"] * 4)
        u.c.no_more_events()
        u.server.expect("service-unavailable")


@test("collect with nothing that comes, and with none that matches: an empty array")
def _():
    with Up() as u:
        i, id = ask(u, collect=COLLECT)
        u.server.send("<message id='1'/>" + result(id))
        equal(u.c.finish(i)["collected"], [])
        equal(u.c.event("xso")["xso"]["id"], "1")


@test("what is collected has the format of the call; what its class cannot take is an event instead")
def _():
    with Up() as u:
        for format, kind in (("typed", dict), ("raw", dict), ("xml", str)):
            i, id = ask(u, collect=COLLECT, format=format)
            u.server.send(archived(1) + f"<message id='bad' to='@'><result xmlns='{MAM}'/></message>" + result(id))
            got = u.c.finish(i)["collected"]
            equal(len(got), 1 if format == "typed" else 2)
            check(all(isinstance(g, kind) for g in got), format)
        equal(u.c.event("xso.invalid")["partial"]["id"], "bad")
        u.c.no_more_events()


@test("collect is bounded by the client's queue: overflow, and what follows is for all again")
def _():
    with Up(before="[limits]\nmax_client_queue_bytes = 64K\n") as u, u.d.client() as c:
        i, id = ask(u, c, collect=COLLECT)
        j, second = ask(u, c, collect=COLLECT)
        big = archived(1).replace("<body>1", "<body>" + "x" * 20_000)
        u.server.send(big * 5)
        equal(c.reply(i)["error"]["data"]["kind"], "overflow")
        u.server.send(result(second))
        check(0 < len(c.finish(j)["collected"]) < 3, "the second had the room of the first")
        u.server.send(archived(2))
        while u.c.event("xso")["xso"].get("id") != "2":
            pass
        i, id = ask(u, c, collect=COLLECT)  # all of it is given back
        u.server.send(big * 2 + result(id))
        equal(len(c.finish(i)["collected"]), 2)


@test("a call that fails takes what it had collected with it, and gives its room back")
def _():
    with Up(before="[limits]\nmax_client_queue_bytes = 64K\n") as u:
        big = archived(1).replace("<body>1", "<body>" + "x" * 20_000)
        for _ in range(5):
            i, id = ask(u, collect=COLLECT)
            u.server.send(big * 2 + error(id))
            equal(u.c.reply(i)["error"]["data"]["kind"], "stanza-error")
        for _ in range(5):
            c = u.d.client()
            ask(u, c, collect=COLLECT)
            u.server.send(big * 2)
            check(is_pending(u, None), "read")
            c.close()
        u.c.call("daemon.info")  # they are gone
        i, id = ask(u, collect=COLLECT)
        u.server.send(big * 2 + result(id))
        equal(len(u.c.finish(i)["collected"]), 2)


# --- who --------------------------------------------------------------------------------------------


@test("a set to our account or server needs control; a get, an archive query, and sets to others do not")
def _():
    with Server() as s, shared(s) as d, d.client() as root, Client.as_user(d.socket_path, 4321) as c:
        server = come_up(root, s)
        ours = ({}, {"to": "user@example.test"}, {"to": "USER@example.test"}, {"to": "example.test"},
                {"to": "Example.Test"}, {"to": "example.test/announce"})
        for to in ours:
            for payload in (VERSION, f"<prefs xmlns='{MAM}'/>", "<query xmlns='jabber:iq:roster'/>",
                            "<query xmlns='urn:xmpp:mam'/>"):
                c.fails("iq.request", "access-denied", type="set", payload=payload, **to)
            for allowed in ({"type": "get", "payload": VERSION}, {"type": "set", "payload": QUERY}):
                c.begin("iq.request", timeout=None, **allowed, **to)
                server.expect(SENT)
            root.begin("iq.request", type="set", payload=VERSION, timeout=None, **to)
            server.expect(SENT)
        for to in ("a@example.test", "a@example.test/r", "rooms.example.test", "user@example.test/r"):
            c.begin("iq.request", type="set", payload=VERSION, to=to, timeout=None)
            server.expect(SENT)
        equal(server.buffer, "")
        server.close()


@test("xso.out shows requests and replies to whom it may")
def _():
    with Up() as u, u.d.client() as c:
        u.c.call("subscribe", events=["xso.out"])
        _, id = ask(u, c)
        equal(u.c.event("xso.out")["xso"]["id"], id)


main()
