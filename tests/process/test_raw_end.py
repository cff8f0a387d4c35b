#!/usr/bin/python3
"""How a raw stream ends: each state against each end, close, close_with_error, abort, a client that goes.
Exactly one stream.closing, numbers without gaps, a legal path to CLOSED, and the cause again at each call."""

from streams import *

CONDITIONS = """bad-format bad-namespace-prefix conflict connection-timeout host-gone host-unknown
improper-addressing internal-server-error invalid-from invalid-namespace invalid-xml not-authorized
not-well-formed policy-violation remote-connection-failed reset resource-constraint restricted-xml
see-other-host system-shutdown undefined-condition unsupported-encoding unsupported-feature
unsupported-stanza-type unsupported-version""".split()

EVENTS = ["stream.added", "stream.state", "stream.features", "stream.closing", "xso", "stream.deadtime", "stream.tls",
          "xso.invalid"]


def end_of(c, name):
    """The reason for which that stream has closed, and its states, all of its events being in order."""
    seen = events_until(c, "stream.state", stream=name, state="CLOSED")
    seen = [(m, p) for m, p in seen if p["stream"] == name]
    gapless(seen)
    states = [(p["previous"], p["state"]) for m, p in seen if m == "stream.state"]
    for (_, before), (after, _) in zip(states, states[1:]):
        equal(after, before, "previous")
    for previous, state in states:
        check(STATES.index(previous) < STATES.index(state), f"{previous} before {state}")
    closing = [n for n, (m, _) in enumerate(seen) if m == "stream.closing"]
    equal(len(closing), 1, "number of stream.closing")
    first = [n for n, (m, p) in enumerate(seen) if m == "stream.state" and STATES.index(p["state"]) >= 3][0]
    equal(closing[0], first - 1, "stream.closing right before the first state of closing")
    return seen[closing[0]][1]["reason"], [state for _, state in states]


def dead_of(r, kind):
    """Each method says again what killed it; those that are to do nothing succeed."""
    for method, params in (("stream.send", {"xso": "<message/>"}), ("stream.reset", {}), ("stream.starttls", {}),
                           ("stream.get_features", {}), ("stream.write", {"data": "eA=="}),
                           ("stream.send_and_wait_for", {"send": [], "wait_for": [{}]}),
                           ("stream.close_with_error", {"condition": "reset"}),
                           ("stream.reset_and_get_features", {}), ("stream.send", {"xso": "<message/>", "wait": "sent"})):
        r.fails(method, kind, params)
    for method in ("stream.close", "stream.abort", "stream.info"):
        equal(r.call(method)["state"], "CLOSED")
    equal(r.call("stream.close", wait=True)["state"], "CLOSED")
    equal(r.call("stream.wait", error=True)["error"]["data"]["kind"], kind)


# --- each state, each end ---------------------------------------------------------------------------


def header_sent(c, s, **options):
    return Raw(c, s, features=None, **options)


def opened(c, s, **options):
    return Raw(c, s, **options)


def closing(c, s, **options):
    r = Raw(c, s, **{"shutdown_timeout": 0, **options})
    r.call("stream.close")
    r.server.expect(FOOTER)
    equal(r.server.expect_eof(), "", "after the footer our EOF")
    return r


def after_starttls(c, s, **options):
    """Secured and not yet reset: nothing is heard."""
    r = Raw(c, s, features=ServerConnection.FEATURE_STARTTLS, **options)
    r.proceed()
    i = r.begin("stream.starttls", ca_file=certificates()[0])
    r.server.tls()
    c.finish(i)
    return r


def eof(r):
    r.server.close()


def rst(r):
    r.server.reset()


def footer(r):
    r.server.send("</stream:stream>")


def malformed(r):
    r.server.send("<a></b>")


def stream_error(r):
    r.server.send(f"<stream:error><conflict xmlns='{NS_ERRORS}'/></stream:error></stream:stream>")


def matrix(name, begin, ends):
    for end, kind, path in ends:
        def run(end=end, kind=kind, path=path):
            with Daemon() as d, d.client() as c, d.client() as o, Server() as s:
                o.call("subscribe", events=EVENTS)
                with begin(c, s) as r:
                    end(r)
                    reason, states = end_of(o, r.name)
                    equal(reason and reason["data"]["kind"], kind, "reason")
                    matches(path, " ".join(states))
                    if kind:
                        dead_of(r, kind)
                    else:
                        equal(r.call("stream.close")["state"], "CLOSED")
                        e = None
                        try:
                            r.call("stream.send", xso="<message/>")
                        except RpcError as error:
                            e = error.kind
                        check(e in ("not-connected", "transport-error", "stream-error"), e)
                o.no_more_events()

        test(f"{name}: {end.__name__}")(run)


matrix("STREAM_HEADER_SENT", header_sent, (
    (eof, "not-connected", "^STREAM_HEADER_SENT .*CLOSED$"),
    (rst, "transport-error", "^STREAM_HEADER_SENT CLOSED$"),
    (footer, "stream-error", "CLOSED$"),
    (malformed, "stream-error", "CLOSED$"),
    (stream_error, "stream-error", "CLOSED$"),
))
matrix("OPEN", opened, (
    (eof, "not-connected", "OPEN CLOSING CLOSING_STREAM_FOOTER_RECEIVED CLOSED$"),
    (rst, "transport-error", "OPEN CLOSED$"),
    (footer, "not-connected", "OPEN CLOSING CLOSING_STREAM_FOOTER_RECEIVED CLOSED$"),
    (malformed, "stream-error", "OPEN CLOSING .*CLOSED$"),
    (stream_error, "stream-error", "OPEN CLOSING CLOSING_STREAM_FOOTER_RECEIVED CLOSED$"),
))
matrix("CLOSING", closing, (
    (eof, None, "OPEN CLOSING CLOSING_STREAM_FOOTER_RECEIVED CLOSED$"),
    (rst, None, "OPEN CLOSING CLOSED$"),
    (footer, None, "OPEN CLOSING CLOSING_STREAM_FOOTER_RECEIVED CLOSED$"),
    (malformed, None, "OPEN CLOSING .*CLOSED$"),
    (stream_error, None, "OPEN CLOSING .*CLOSED$"),
))
matrix("after STARTTLS", after_starttls, (
    (eof, "transport-error", "CLOSED$"),
    (rst, "transport-error", "CLOSED$"),
))


@test("CLOSING_STREAM_FOOTER_RECEIVED while our bytes are not taken: EOF, RST and more bytes end or leave it")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        for end in (eof, rst, malformed, footer):
            c.call("subscribe", events=EVENTS)
            with Raw(c, s, shutdown_timeout=0.3, name=end.__name__) as r:
                for _ in range(8):  # more than the sockets hold
                    r.call("stream.send", xso={"kind": "message", "body": "x" * 900_000})
                footer(r)
                c.event("stream.state", state="CLOSING_STREAM_FOOTER_RECEIVED", stream=r.name)
                for method, params in (("stream.send", {"xso": "<message/>"}), ("stream.reset", {})):
                    r.fails(method, "not-connected", params)
                equal(r.call("stream.close")["state"], "CLOSING_STREAM_FOOTER_RECEIVED")
                end(r)
                c.event("stream.state", state="CLOSED", stream=r.name)
                equal(len([e for e in c.events if e["method"] == "stream.closing"]), 1)
                c.events.clear()


@test("bytes behind a footer, and a footer that comes too late, reach nobody")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=EVENTS)
        with Raw(c, s, name="a") as r:
            r.server.send("</stream:stream><message id='late'/>")
            end_of(c, "a")
            c.no_more_events()
        with Raw(c, s, shutdown_timeout=0.05, name="b") as r:
            r.call("stream.close", wait=True)
            equal(r.state(), "CLOSED")
            try:
                footer(r)
                r.server.send("<message/>")
            except OSError:
                pass  # the daemon's end is closed
            reason, _ = end_of(c, "b")
            equal(reason, None)
            c.no_more_events()


# --- what the peer sends wrongly --------------------------------------------------------------------

WRONG = (
    ("<a></b>", "not-well-formed"),
    ("<a>&nbsp;</a>", "restricted-xml"),
    ("<!-- -->", "restricted-xml"),
    ("<a><?pi x?></a>", "restricted-xml"),
    ("<a>\u0001</a>", "not-well-formed"),
    (b"<a>\xff</a>", "not-well-formed|unsupported-encoding|bad-format"),
    (b"<a>\0</a>", "not-well-formed"),
    ("<p:a/>", "not-well-formed|bad-namespace-prefix"),
    ("<a>" * 200, "policy-violation"),
    ("text<a/>", "bad-format|not-well-formed"),
)


@test("what is not XML as XMPP has it is answered with a stream error, which is the reason and the cause")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        for n, (data, condition) in enumerate(WRONG):
            with Raw(c, s, name=f"r{n}") as r:
                c.call("subscribe", streams=[r.name], events=EVENTS)
                r.server.send(data)
                sent = r.server.expect(r"<stream:error><([a-z-]+) xmlns=['\"]" + NS_ERRORS)[1]
                matches(f"^({condition})$", sent, repr(data))
                r.server.expect(FOOTER)
                reason, _ = end_of(c, r.name)
                equal((reason["data"]["condition"], reason["data"]["sent"]), (sent, True))
                dead_of(r, "stream-error")


@test("a header that is wrong: the condition that RFC 6120 gives it")
def _():
    def header(xmlns="jabber:client", stream=NS_STREAM, version="1.0", id="id='1'", root="stream:stream",
               sender="from='example.test'", before="<?xml version='1.0'?>"):
        return f"{before}<{root} xmlns='{xmlns}' xmlns:stream='{stream}' {sender} {id} version='{version}'>"

    with Daemon() as d, d.client() as c, Server() as s:
        for data, condition in (
                (header(version="2.0"), "unsupported-version"), (header(version="0.9"), "unsupported-version"),
                (header(stream="urn:example:x"), "invalid-namespace"),
                (header(root="stream:sream"), "invalid-namespace|bad-format|not-well-formed|invalid-xml"),
                (header(before="<?xml version='1.0' encoding='ISO-8859-1'?>"), "unsupported-encoding"),
                (header(before="<?xml version='1.0'?><!DOCTYPE x>"), "restricted-xml"),
                ("HTTP/1.1 400 Bad Request\r\n\r\n", "not-well-formed|bad-format|invalid-xml"),
                ("\x16\x03\x01\x02\0\1", "not-well-formed")):
            with Raw(c, s, features=None) as r:
                c.call("subscribe", streams=[r.name], events=EVENTS)
                r.server.send(data)
                matches(f"^({condition})$", r.server.expect(r"<stream:error><([a-z-]+) ")[1], data)
                reason, states = end_of(c, r.name)
                equal(reason["data"]["sent"], True)
                equal([k for k in states if k == "OPEN"], [], "never open")


@test("an element that is too large is policy-violation; one just below is delivered")
def _():
    with Daemon("[limits]\nmax_stanza_bytes = 64K\nmax_stanza_depth = 8\n") as d, d.client() as c, Server() as s:
        c.call("subscribe", events=["xso"])
        with Raw(c, s) as r:
            body = "x" * (64 * 1024 - 100)
            r.server.send(f"<message><body>{body}</body></message>" + "<a>" * 8 + "</a>" * 8)
            equal(c.event("xso")["xso"]["body"], body)
            equal(c.event("xso")["xso"]["name"], "a")
            r.server.send("<message><body>" + body + "x" * 200)
            r.server.expect("<stream:error><policy-violation ")
        with Raw(c, s) as r:
            r.server.send("<a>" * 9)
            r.server.expect("<stream:error><policy-violation ")


# --- stream.close -----------------------------------------------------------------------------------


@test("close: footer, then EOF; stanzas may still arrive; nothing more can be sent; the reason is null")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=EVENTS)
        with Raw(c, s, shutdown_timeout=0) as r:
            r.call("stream.send", xso="<message id='last'/>")
            equal(r.call("stream.close"), {"state": "CLOSING"})
            matches("id=['\"]last['\"]/></stream:stream>$", r.server.expect_eof())
            r.fails("stream.send", "not-connected", xso="<message/>")
            r.server.send("<message id='1'/><iq type='get' id='2'><q xmlns='x'/></iq>")
            equal(c.event("xso")["xso"]["id"], "1")
            equal(c.event("xso")["xso"]["id"], "2")
            equal(r.call("stream.close"), {"state": "CLOSING"}, "again: a no-op that succeeds")
            footer(r)
            c.event("stream.state", state="CLOSED")
            r.fails("stream.send", "not-connected", xso="<message/>")
            check("error" not in r.call("stream.info"), "no error")


@test("close with wait answers when the peer has closed too, by footer or by EOF")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        for end in (footer, eof):
            with Raw(c, s, shutdown_timeout=0) as r:
                i = r.begun("stream.close", wait=True)
                r.server.expect(FOOTER)
                check(i not in c.replies, "not yet")
                end(r)
                check(c.finish(i)["state"] in STATES[4:], "footer received")


@test("close with wait of two callers, and of one that comes later, answers all of them")
def _():
    with Daemon() as d, d.client() as c, d.client() as other, Server() as s:
        with Raw(c, s, shutdown_timeout=0) as r:
            waits = [(c, r.begun("stream.close", wait=True)),
                     (other, other.begin("stream.close", stream=r.name, wait=True)),
                     (c, r.begun("stream.close", wait=True))]
            other.call("daemon.info")
            footer(r)
            for client, i in waits:
                check(client.finish(i)["state"] in STATES[4:], "closed")


@test("close: a peer that does not answer is waited for shutdown_timeout, not more, not less")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=EVENTS)
        with Raw(c, s, shutdown_timeout=0.2) as r:
            begun = time.monotonic()
            equal(r.call("stream.close", wait=True)["state"], "CLOSED")
            took = time.monotonic() - begun
            check(0.19 < took < 0.2 + PATIENCE / 2, f"took {took}")
            equal(end_of(c, r.name)[0], None)
        with Raw(c, s, shutdown_timeout=60) as r:
            i = r.begun("stream.close", wait=True)
            r.call("stream.set", shutdown_timeout=0.1)
            equal(c.finish(i)["state"], "CLOSED", "a new limit acts on a pending close")


@test("close with wait and a time-out of its own: timeout, and the close goes on")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, shutdown_timeout=0) as r:
            r.fails("stream.close", "timeout", wait=True, timeout=0.05)
            equal(r.state(), "CLOSING")
            footer(r)
            r.call("stream.wait", state="CLOSED")


@test("close before the peer's header: the footer is sent, and nothing is waited for")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=EVENTS)
        with header_sent(c, s, shutdown_timeout=60) as r:
            r.call("stream.close", wait=True)
            matches("</stream:stream>$", r.server.expect_eof())
            equal(end_of(c, r.name)[0], None)


# --- stream.close_with_error ------------------------------------------------------------------------


@test("close_with_error: every condition of RFC 6120, on the wire, in the reason, at each later call")
def _():
    equal(len(CONDITIONS), 25)
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=EVENTS)
        for n, condition in enumerate(CONDITIONS):
            with Raw(c, s, shutdown_timeout=0, name=f"r{n}") as r:
                equal(r.call("stream.close_with_error", condition=condition)["state"], "CLOSING")
                got = r.server.expect_eof()
                matches(f"^<stream:error><{condition} xmlns=.{NS_ERRORS}.\\s*/></stream:error></stream:stream>$", got)
                e = r.fails("stream.send", "stream-error", xso="<message/>")
                equal((e.data["condition"], e.data["sent"]), (condition, True))
                footer(r)
                reason, _ = end_of(c, r.name)
                equal((reason["data"]["condition"], reason["data"]["sent"]), (condition, True))


@test("close_with_error: text and application travel, are in the reason, and are written as XML")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=EVENTS)
        with Raw(c, s, shutdown_timeout=0) as r:
            r.call("stream.close_with_error", condition="undefined-condition", text="a < b & \u00e9",
                   application="<too-bad xmlns='urn:example:app'>x</too-bad>")
            got = r.server.expect_eof()
            matches(f"<text xmlns=.{NS_ERRORS}.[^>]*>a &lt; b &amp; \u00e9</text>", got)
            matches("<too-bad xmlns=.urn:example:app.>x</too-bad></stream:error></stream:stream>$", got)
            footer(r)
            data = end_of(c, r.name)[0]["data"]
            equal((data["text"], data["application"]),
                  ("a < b & \u00e9", {"name": "too-bad", "ns": "urn:example:app", "children": ["x"]}))


@test("close_with_error: what cannot be sent is refused, nothing is sent, the stream stays open")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            for condition in ("nonsense", "", "text", "Reset", "bad-request", "reset\u0000"):
                equal(r.fails("stream.close_with_error", -32602, condition=condition).data["path"], "/condition")
            equal(r.fails("stream.close_with_error", -32602).data["path"], "/condition")
            e = r.fails("stream.close_with_error", "invalid-xso", condition="reset", text="\u0001")
            equal(e.data["path"], "/text")
            for bad in ("<a", {"name": "a b"}, "", {"kind": "nonsense"}):
                e = r.fails("stream.close_with_error", "invalid-xso", condition="reset", application=bad)
                matches("^/application", e.data["path"])
            r.call("stream.send", xso="<message id='1'/>")
            matches("^<message id=.1./>", r.server.expect("<[^>]*>")[0])


@test("close_with_error on a closing stream is its cause, or not-connected; before the header not-connected")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with closing(c, s) as r:
            r.fails("stream.close_with_error", "not-connected", condition="reset")
        with header_sent(c, s) as r:
            r.fails("stream.close_with_error", "not-connected", condition="reset")
            equal(r.state(), "STREAM_HEADER_SENT")
        with opened(c, s, shutdown_timeout=0) as r:
            r.call("stream.close_with_error", condition="conflict")
            e = r.fails("stream.close_with_error", "stream-error", condition="reset")
            equal(e.data["condition"], "conflict", "the first cause stays")


# --- stream.abort -----------------------------------------------------------------------------------


@test("abort in each state: CLOSED at once, transport closed, one closing; a cause stays, else null")
def _():
    with Daemon() as d, d.client() as c, d.client() as o, Server() as s:
        o.call("subscribe", events=EVENTS)
        for begin in (header_sent, opened, closing, after_starttls):
            with begin(c, s, shutdown_timeout=60) as r:
                equal(r.call("stream.abort"), {"state": "CLOSED"})
                equal(end_of(o, r.name)[0], None, begin.__name__)
                r.server.expect_eof()
                r.fails("stream.send", "not-connected", xso="<message/>")
                equal(r.call("stream.abort"), {"state": "CLOSED"})
        with opened(c, s, shutdown_timeout=0) as r:
            r.call("stream.close_with_error", condition="conflict")
            r.call("stream.abort")
            equal(end_of(o, r.name)[0]["data"]["condition"], "conflict")
            r.fails("stream.send", "stream-error", xso="<message/>")
        o.no_more_events()


@test("abort ends a pending close, and with it whoever waits")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, shutdown_timeout=0) as r:
            i = r.begun("stream.close", wait=True, timeout=None)
            j = r.begun("stream.wait", state="CLOSED", timeout=None)
            r.call("stream.abort")
            equal(c.finish(i)["state"], "CLOSED")
            equal(c.finish(j)["state"], "CLOSED")


@test("abort answers what waits for features, an answer, or the error")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=None) as r:
            i = r.begun("stream.get_features", timeout=None)
            k = r.begun("stream.wait", error=True, timeout=None)
            r.call("stream.abort")
            check(c.reply(i)["error"]["data"]["kind"] in ("not-connected", "canceled"), "features")
            equal(c.finish(k)["error"]["data"]["kind"], "not-connected")


# --- the owner goes ---------------------------------------------------------------------------------


@test("a client that goes: its streams get a footer, others see them close and go; its accepted sends still go")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe")
        owner = d.client()
        r = Raw(owner, s, name="r", shutdown_timeout=60)
        dead = Raw(owner, s, name="dead")
        dead.call("stream.abort")
        with r, dead:
            c.event("stream.state", stream="r", state="OPEN")
            for n in range(20):
                owner.begin("stream.send", stream="r", xso=f"<message id='m{n}'/>")
            owner.close()
            got = r.server.expect_eof()
            equal(re.findall("id=.m(\\d+)", got), [str(n) for n in range(20)])
            matches("</stream:stream>$", got)
            equal(c.event("stream.closing", stream="r")["reason"], None)
            info = c.event("stream.removed", stream="r")["info"]
            equal((info["stream"], info["state"]), ("r", "CLOSING"))
            c.event("stream.removed", stream="dead")
            equal(c.call("stream.list"), [])
            c.fails("stream.info", "unknown-stream", stream="r")
            with Raw(c, s, name="r"):
                pass  # the name is free at once
            r.server.send("<message id='late'/></stream:stream>")


@test("a client that only shuts down its writing side keeps its streams while it is owed replies")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with d.client() as owner:
            r = Raw(owner, s, name="r")
            i = r.begin("stream.get_features", timeout=None)
            owner.finish(i)
            i = r.begin("stream.get_features", timeout=None)
            owner.shutdown()
            c.call("daemon.info")
            r.server.features("<late xmlns='urn:example:late'/>")
            equal(owner.finish(i)["other"], [{"name": "late", "ns": "urn:example:late"}])
            owner.at_eof()
            matches("</stream:stream>$", r.server.expect_eof())
            r.server.close()


@test("an owner's waiting calls end with it, and other clients' calls on its streams are answered")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        owner = d.client()
        with Raw(owner, s, name="r", shutdown_timeout=0.1) as r:
            owner.begin("stream.wait", stream="r", state="CLOSED", timeout=None)
            waits = [c.begin("stream.get_features", stream="r", timeout=None) for _ in range(2)]
            waits.append(c.begin("stream.wait", stream="r", state="CLOSED", timeout=None))
            c.finish(waits.pop(0))  # the unconsumed ones
            owner.close()
            for i in waits:
                reply = c.reply(i)
                check("result" in reply or reply["error"]["data"]["kind"] in ("not-connected", "canceled"), reply)


@test("SIGTERM: raw streams close with a footer, their events and replies come, and the daemon exits 0")
def _():
    with Server() as s, Daemon() as d, d.client() as c:
        c.call("subscribe", events=["stream.closing", "daemon.stopping", "stream.state"])
        with Raw(c, s, shutdown_timeout=60) as r:
            i = r.begun("stream.wait", state="CLOSED", timeout=None)
            d.signal(signal.SIGTERM)
            r.server.end()
            c.event("daemon.stopping")
            equal(c.event("stream.closing")["reason"], None)
            reply = c.reply(i)
            check("result" in reply or reply["error"]["data"]["kind"] == "canceled", reply)
            equal(d.wait(), 0)


main()
