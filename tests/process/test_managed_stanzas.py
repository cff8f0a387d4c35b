#!/usr/bin/python3
"""Stanzas on a managed stream: what the daemon answers itself, what it lets clients send, who sees it."""

from streams import *

# --- answers of the daemon's own --------------------------------------------------------------------


@test("a ping is answered, to its sender, with its id, and clients see it as an xso")
def _():
    with Up() as u:
        for attrs, want in (("id='q1' from='a@example.test/r' to='user@example.test/r'", {"to": "a@example.test/r"}),
                            ("id='&lt;&amp;'", {}), ("id='q2' from='example.test'", {"to": "example.test"})):
            u.server.send(iq("get", "<ping xmlns='urn:xmpp:ping'/>", attrs))
            got = as_typed(u, u.server.expect("<iq .*?>(?:</iq>)?")[0])
            seen = u.c.event("xso")["xso"]
            equal(got, {"kind": "iq", "type": "result", "id": seen["id"], **want})
            equal(seen["type"], "get")


@test("a get or set that nobody handles: service-unavailable, and an xso event all the same")
def _():
    with Up() as u:
        for type in ("get", "set"):
            for payload in ("<query xmlns='jabber:iq:roster'/>", "<x xmlns='urn:example:x'><y/></x>",
                            "<query xmlns='http://jabber.org/protocol/disco#items'/>", "<query xmlns='jabber:iq:private'/>"):
                u.server.send(iq(type, payload))
                got = as_typed(u, u.server.expect("<iq .*?</iq>")[0])
                equal((got["type"], got["id"], got["to"]), ("error", "q1", "a@example.test/r"))
                equal((got["error"]["type"], got["error"]["condition"]), ("cancel", "service-unavailable"))
                equal(u.c.event("xso")["xso"]["type"], type)
        u.server.send(iq("set", "<ping xmlns='urn:xmpp:ping'/>"))
        equal(as_typed(u, u.server.expect("<iq .*?</iq>")[0])["error"]["condition"], "service-unavailable",
              "a ping is a get")


@test("a get or set that its class cannot take: bad-request, xso.invalid, and the stream lives on")
def _():
    with Up() as u:
        for payload in ("", "<a xmlns='x'/><b xmlns='x'/>", "text",
                        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>@</jid></bind>"):
            u.server.send(iq("get", payload))
            got = as_typed(u, u.server.expect("<iq .*?</iq>")[0])
            equal((got["type"], got["id"], got["to"]), ("error", "q1", "a@example.test/r"), payload)
            equal((got["error"]["type"], got["error"]["condition"]), ("modify", "bad-request"), payload)
            e = u.c.event("xso.invalid")
            equal({k: e["partial"].get(k) for k in ("kind", "type", "id")}, {"kind": "iq", "type": "get", "id": "q1"})
            equal(e["error"]["data"]["kind"], "invalid-xso")
        u.is_up()


@test("results, errors, messages and presences are never answered, faulty ones neither")
def _():
    with Up() as u:
        for stanza in (iq("result", ""), iq("result", "<x xmlns='y'/>"), iq("error", ""),
                       iq("error", f"<error type='cancel'><gone xmlns='{NS_STANZAS}'/></error>"),
                       iq("nonsense", "<ping xmlns='urn:xmpp:ping'/>"), "<iq id='1'/>", "<iq/>",
                       "<message/>", "<message type='error'/>", "<message><body/><body/></message>",
                       "<presence><priority>9999</priority></presence>", "<presence type='subscribe' from='a@b.test'/>",
                       "<message to='@'/>", "<x xmlns='urn:example:x'/>"):
            u.server.send(stanza + "<message id='end'/>")
            seen = events_until(u.c, "xso", xso={"kind": "message", "id": "end"})
            gapless(seen)
            equal(len(seen), 2, stanza)
            equal(u.sent(), "", stanza)
        u.is_up()


@test("elements of SASL, STARTTLS and XEP-0198 that come later are no events, and harm nothing")
def _():
    with Up() as u:
        u.server.send(f"<success xmlns='{NS_SASL}'>c2VjcmV0</success><failure xmlns='{NS_TLS}'/>"
                      "<r xmlns='urn:xmpp:sm:3'/><a xmlns='urn:xmpp:sm:3' h='7'/><message id='end'/>")
        seen = events_until(u.c, "xso")
        equal(len(seen), 1)
        equal(seen[0][1]["xso"]["id"], "end")
        u.is_up()


@test("<proceed/> when nobody asked: nothing behind it is heard, so the connection ends, and a new one comes")
def _():
    with Up() as u:
        u.server.send(f"{PROCEED}<message id='behind'/>")
        seen = events_until(u.c, "stream.link", link="waiting")
        equal(seen[-1][1]["reason"]["data"]["kind"], "tls-error")
        check("behind" not in json.dumps(seen), "nothing behind it")
        come_up(u.c, u.s, begin=False).close()


@test("send_and_wait_for on a managed stream: the answer, consumed once")
def _():
    with Up() as u, u.d.client() as other:
        other.call("subscribe")
        i = u.c.begin("stream.send_and_wait_for", send=[{**MESSAGE, "id": "ask"}],
                      wait_for=[{"kind": "message", "from": "a@example.test"}])
        u.server.expect("ask")
        u.server.send("<message id='no' from='b@example.test'/><message id='yes' from='a@example.test/r'/>")
        equal(u.c.finish(i)["id"], "yes")
        equal(u.c.event("xso")["xso"]["id"], "no")
        u.c.no_more_events()
        equal([other.event("xso")["xso"]["id"] for _ in range(2)], ["no", "yes"])


# --- what may be sent -------------------------------------------------------------------------------


@test("message and presence go out; a missing id is filled in and returned, a given one kept")
def _():
    with Up() as u:
        result = u.c.call("stream.send", xso=MESSAGE)
        equal((result["stream"], result["status"]), ("alerts", "accepted"))
        got = as_typed(u, u.sent())
        equal(got, {**MESSAGE, "id": result["id"]})
        ids = {u.c.call("stream.send", xso=MESSAGE)["id"] for _ in range(50)}
        equal(len(ids), 50, "each its own")
        equal(len(set(re.findall(r" id=['\"]([^'\"]+)", u.sent()))), 50, "on the wire")
        equal(u.c.call("stream.send", xso={**MESSAGE, "id": "mine"})["id"], "mine")
        matches("id=.mine", u.sent())
        equal(u.c.call("stream.send", xso="<presence to='a@example.test'/>", wait="sent")["status"], "sent")
        matches("^<presence [^>]*id=", u.sent())


@test("our own full JID as from may stand there; the bare one, another's, and none of ours may not")
def _():
    with Up() as u:
        u.c.call("stream.send", xso={**MESSAGE, "from": "user@example.test/r"})
        matches("from=.user@example.test/r", u.sent())
        for other in ("user@example.test", "user@example.test/other", "a@example.test/r", "example.test", ""):
            e = u.c.fails("stream.send", "invalid-xso", xso={"name": "message", "attrs": {"from": other}})
            equal(e.data["path"], "/xso/attrs/from")
        equal(u.c.fails("stream.send", "invalid-xso", xso={**MESSAGE, "from": "a@example.test"}).data["path"],
              "/xso/from")
        equal(u.c.fails("stream.send", "invalid-xso", xso="<message from='a@example.test'/>").data["path"], "/xso")
        equal(u.sent(), "")
        u.is_up()


@test("what would end the session for all is invalid-xso, not a byte of it goes out, and the session goes on")
def _():
    poison = (
        {"kind": "iq", "type": "get", "id": "1", "payload": "<ping xmlns='urn:xmpp:ping'/>"},
        "<iq type='result' id='1'/>", "<message xmlns='jabber:server'/>", "<message xmlns='urn:example:x'/>",
        "<presence xmlns='jabber:component:accept'/>", "<x/>", "<x xmlns='urn:example:x'/>",
        "<a xmlns='urn:xmpp:sm:3' h='1'/>", "<r xmlns='urn:xmpp:sm:3'/>", STARTTLS,
        f"<auth xmlns='{NS_SASL}' mechanism='PLAIN'>x</auth>", f"<abort xmlns='{NS_SASL}'/>",
        "<stream:error xmlns:stream='http://etherx.jabber.org/streams'/>",
        {"name": "error", "ns": NS_STREAM}, {"name": "features", "ns": NS_STREAM}, {"name": "stream", "ns": NS_STREAM},
        {"kind": "features"}, {"kind": "stream_error", "condition": "reset"}, {"kind": "sasl_abort"},
        "</stream:stream>", "<message/></stream:stream>", "<message><!-- --></message>", "<message><?x?></message>",
        "<message>&#1;</message>", "<message>\uffff</message>", "<message><p:x/></message>", "<message>&x;</message>",
        "<!DOCTYPE x><message/>", "<message", {"name": "message", "children": ["\u0000"]},
        {"name": "message", "children": [{"name": "a b"}]}, {"name": "message", "attrs": {"x\u0001": ""}})
    with Up() as u:
        for xso in poison:
            u.c.fails("stream.send", "invalid-xso", xso=xso)
            e = u.c.fails("stream.send_and_wait_for", "invalid-xso", wait_for=[{}], send=[MESSAGE, xso])
            check(e.data["path"].startswith("/send/1"), f"{xso!r}: {e.data}")
            equal(u.sent(), "", repr(xso))
        u.is_up()


@test("max_send_bytes is counted on the wire: escapes count, too; just at the limit it goes")
def _():
    with Up(before="[limits]\nmax_send_bytes = 1K\n") as u:
        def message(body):
            return {"kind": "message", "to": "a@example.test", "id": "i", "body": body}

        u.c.call("stream.send", xso=message(""))
        room = 1024 - len(u.sent().replace("<body/>", "<body></body>"))
        u.c.call("stream.send", xso=message("x" * room))
        equal(len(u.sent()), 1024)
        e = u.c.fails("stream.send", "invalid-xso", xso=message("x" * (room + 1)))
        matches("1025.*1024", e.message)
        u.c.fails("stream.send", "invalid-xso", xso=message("&" * (room // 4)))
        u.c.fails("stream.send", "invalid-xso", xso=message("\U0001f525" * (room // 3)))
        equal(u.sent(), "")
        # the id that is filled in counts
        without = {k: v for k, v in message("x" * (room - 3)).items() if k != "id"}
        try:
            u.c.call("stream.send", xso=without)
            check(len(u.sent()) <= 1024, "more than the limit went out")
        except RpcError as error:
            equal(error.kind, "invalid-xso")


@test("a thing that takes a long time to swallow slows nobody: the largest stanza allowed, both ways")
def _():
    with Up() as u:
        body = "x" * 200_000
        u.c.call("stream.send", xso={**MESSAGE, "body": body}, wait="sent")
        u.server.expect(f"<body>{body}</body>")
        body = "x" * 3_900_000
        u.server.send(f"<message id='big'><body>{body}</body></message>")
        equal(len(u.c.event("xso")["xso"]["body"]), len(body))
        try:
            u.server.send(f"<message><body>{body}{body}")
        except ConnectionError:
            pass  # it does not read to the end what it has refused
        u.server.expect("<stream:error><policy-violation ")
        reason = u.c.event("stream.closing")["reason"]
        equal((reason["data"]["condition"], reason["data"]["sent"]), ("policy-violation", True))
        # ours is sent, so it is no fault of the account's: it is tried again
        u.c.event("stream.link", link="waiting")


@test("acked is unsupported; mute keeps a message out of logs and xso.out")
def _():
    with Up() as u, u.d.client() as other:
        u.c.fails("stream.send", "unsupported", xso=MESSAGE, wait="acked")
        equal(u.sent(), "")
        other.call("subscribe", events=["xso.out"])
        u.c.call("stream.send", xso={**MESSAGE, "body": "s3cret"}, mute=True)
        u.c.call("stream.send", xso={**MESSAGE, "body": "0pen"})
        equal(other.event("xso.out")["xso"]["body"], "0pen")
        check("s3cret" not in u.d.log() and "0pen" in u.d.log(), "the log")


@test("a wait for sent ends with canceled, sent false, when the stream goes before the kernel has it")
def _():
    with Up() as u:
        big = {**MESSAGE, "body": "x" * 250_000}
        for _ in range(30):
            u.c.call("stream.send", xso=big)
        i = u.c.begin("stream.send", xso={**MESSAGE, "id": "late"}, wait="sent", timeout=None)
        u.c.call("stream.abort")
        error = u.c.reply(i)["error"]
        equal((error["data"]["kind"], error["data"]["sent"]), ("canceled", False))


@test("a server that takes nothing: overflow in the end, not memory without end; abort frees it")
def _():
    with Up() as u:
        big = {**MESSAGE, "body": "x" * 250_000}
        refused = 0
        for _ in range(200):
            try:
                u.c.call("stream.send", xso=big)
            except RpcError as e:
                equal(e.kind, "overflow")
                refused += 1
        check(100 < refused < 200, f"{refused} refused")
        u.c.call("stream.abort")
        again = come_up(u.c, u.s, begin=False)
        u.c.call("stream.send", xso={**MESSAGE, "id": "again"})
        check("xxxx" not in again.expect("^.*again")[0], "nothing of the old session")
        again.close()


# --- who ------------------------------------------------------------------------------------------


@test("presence for the whole session needs control: undirected, and subscriptions; directed does not")
def _():
    with Server() as s, shared(s) as d, d.client() as root, Client.as_user(d.socket_path, 4321) as c:
        server = come_up(root, s)
        whole = ({"kind": "presence"}, {"kind": "presence", "type": "unavailable"}, {"kind": "presence", "show": "away"},
                 "<presence to=''/>", *({"kind": "presence", "to": "a@example.test", "type": t} for t in
                                       ("subscribe", "subscribed", "unsubscribe", "unsubscribed")))
        for xso in whole:
            c.fails("stream.send", "access-denied", xso=xso)
        c.call("stream.send", xso={"kind": "presence", "to": "a@example.test", "id": "directed"})
        c.call("stream.send", xso={"kind": "presence", "to": "a@example.test", "type": "unavailable", "id": "bye"})
        c.call("stream.send", xso={**MESSAGE, "id": "message"})
        got = server.expect("^.*id=.message[^>]*>")[0]
        equal(re.findall(" id=['\"]([^'\"]*)", got), ["directed", "bye", "message"])
        for xso in whole[:-5] + whole[-4:]:
            root.call("stream.send", xso=xso)
        server.expect("type=.unsubscribed")
        server.close()


@test("xso.out: clients of the same user see what one of them sent, root sees all, others nothing")
def _():
    with Server() as s, shared(s) as d, d.client() as root, Client.as_user(d.socket_path, 4321) as a, \
            Client.as_user(d.socket_path, 4321) as same, Client.as_user(d.socket_path, 4322) as other:
        server = come_up(root, s)
        for c in (root, a, same, other):
            c.call("subscribe", events=["xso.out", "xso"])
        me = [k["id"] for k in a.call("client.list") if k["self"]][0]
        a.call("stream.send", xso={**MESSAGE, "id": "of-a"})
        for c in (root, a, same):
            e = c.event("xso.out")
            equal((e["xso"]["id"], e["client"]), ("of-a", me))
        other.no_more_events()
        root.call("stream.send", xso={**MESSAGE, "id": "of-root"})
        equal(root.event("xso.out")["xso"]["id"], "of-root")
        a.no_more_events()
        # what the daemon itself sends is no client's
        server.send(iq("get", "<ping xmlns='urn:xmpp:ping'/>"))
        server.expect("type=.result")
        for c in (root, a, same, other):
            c.event("xso")
            c.no_more_events()
        server.close()


@test("many clients at once: each gets each stanza once, in the same order, with the same number")
def _():
    with Up() as u:
        clients = [u.d.client() for _ in range(20)]
        for n, c in enumerate(clients):
            c.call("subscribe", events=["xso"], format=("typed", "raw", "xml")[n % 3])
        u.server.send("".join(f"<message id='m{n}'><body>{n}</body></message>" for n in range(100)))
        numbers = set()
        for c in clients:
            seen = [c.event("xso") for _ in range(100)]
            equal([re.search(r"m\d+", json.dumps(e["xso"]))[0] for e in seen], [f"m{n}" for n in range(100)])
            numbers.add(tuple(e["seq"] for e in seen))
            c.no_more_events()
            c.close()
        equal(len(numbers), 1)


main()
