#!/usr/bin/python3
"""Every error of the table (stanzad-protocol(7), ERRORS): its code, its kind and what it carries."""

from harness import *

STREAM = {"to": "example.test", "host": "127.0.0.1", "shutdown_timeout": 0.1}
ERRORS = "urn:ietf:params:xml:ns:xmpp-streams"

CODES = {
    "unknown-stream": -32001, "access-denied": -32002, "not-connected": -32003,
    "transport-error": -32004, "stream-error": -32005, "stanza-error": -32006, "timeout": -32007,
    "unsupported": -32008, "invalid-xso": -32009, "conflict": -32010, "overflow": -32011,
    "tls-error": -32012, "auth-error": -32013, "canceled": -32014,
}


def fails(client, method, kind, **params):
    e = client.fails(method, kind, params)
    equal(e.code, CODES[kind], method)
    check(e.message and "\n" not in e.message, "a message in one line")
    return e


def open_stream(client, server, **more):
    i = client.begin("stream.open", STREAM, port=server.port, **more)
    connection = server.accept()
    connection.header("")
    stream = client.finish(i)["stream"]
    client.call("stream.wait", stream=stream, state="OPEN")
    return connection


def closed_port():
    with Server() as s:
        return s.port


@test("unknown-stream")
def _():
    with Daemon() as d, d.client() as c:
        fails(c, "stream.info", "unknown-stream", stream="none")
        fails(c, "stream.send", "unknown-stream", xso="<message/>")


@test("not-connected: before the peer's header, and after a close that nobody caused")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        i = c.begin("stream.open", STREAM, port=s.port)
        server = s.accept()
        server.expect("<stream:stream [^>]*>")
        c.finish(i)
        fails(c, "stream.send", "not-connected", xso="<message/>")
        c.call("stream.abort")
        for method, params in (("stream.send", {"xso": "<message/>"}), ("stream.reset", {}),
                               ("stream.starttls", {}), ("stream.write", {"data": "eA=="}),
                               ("stream.get_features", {})):
            fails(c, method, "not-connected", **params)
        equal(c.call("stream.close"), {"state": "CLOSED"}, "on a closed stream a no-op that succeeds")
        equal(c.call("stream.info")["state"], "CLOSED", "the name stays")


@test("not-connected is the reason where the peer closed unasked")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s)
        c.call("subscribe")
        server.send("</stream:stream>")
        reason = c.event("stream.closing")["reason"]
        equal((reason["code"], reason["data"]["kind"]), (-32003, "not-connected"))
        fails(c, "stream.send", "not-connected", xso="<message/>")
        server.close()


@test("transport-error of a refused connection: errno and message, and no stream")
def _():
    with Daemon() as d, d.client() as c:
        e = fails(c, "stream.open", "transport-error", **STREAM, port=closed_port())
        equal(e.data["errno"], "ECONNREFUSED")
        check(e.data["message"], "message")
        equal(c.call("stream.list"), [])


@test("transport-error of a name that does not resolve")
def _():
    with Daemon() as d, d.client() as c:
        e = fails(c, "stream.open", "transport-error", to="example.test", host="no-such-host.invalid",
                  port=1)
        matches("no-such-host.invalid", e.message)


@test("transport-error of a reset: raised again by every later call")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s)
        c.call("subscribe")
        server.reset()
        equal(c.event("stream.closing")["reason"]["data"]["errno"], "ECONNRESET")
        for method, params in (("stream.send", {"xso": "<message/>"}), ("stream.reset", {}),
                               ("stream.get_features", {}), ("stream.send", {"xso": "<message/>"})):
            equal(fails(c, method, "transport-error", **params).data["errno"], "ECONNRESET")
        info = c.call("stream.info")
        equal(info["error"]["data"]["kind"], "transport-error")
        equal(c.call("stream.wait", error=True)["error"]["data"]["errno"], "ECONNRESET")


@test("transport-error ETIMEDOUT of the hard dead-time limit")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s, deadtime_soft_limit=0.1, deadtime_hard_limit=0.2)
        c.call("subscribe")
        equal(c.event("stream.deadtime")["limit"], "soft")
        equal(c.event("stream.closing")["reason"]["data"]["errno"], "ETIMEDOUT")
        fails(c, "stream.send", "transport-error", xso="<message/>")
        server.close()


@test("stream-error received: condition, text, application, sent false")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s)
        waiting = c.begin("stream.wait", state="CLOSING", timeout=None)
        server.send(f"<stream:error><conflict xmlns='{ERRORS}'/><text xmlns='{ERRORS}' "
                    "xml:lang='en'>Replaced</text><gone xmlns='urn:example:app'>x</gone>"
                    "</stream:error></stream:stream>")
        c.reply(waiting)
        e = fails(c, "stream.send", "stream-error", xso="<message/>")
        equal((e.data["condition"], e.data["text"], e.data["sent"]), ("conflict", "Replaced", False))
        equal(e.data["application"], {"name": "gone", "ns": "urn:example:app", "children": ["x"]})
        server.close()


@test("stream-error sent: sent true, raised again")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s)
        server.send("<message><a></b></message>")
        server.expect("<stream:error><not-well-formed ")
        c.call("stream.wait", state="CLOSING")
        e = fails(c, "stream.send", "stream-error", xso="<message/>")
        equal((e.data["condition"], e.data["sent"]), ("not-well-formed", True))
        server.close()


@test("timeout: of every method that waits, and the stream lives on")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s)
        c.call("stream.get_features")
        fails(c, "stream.get_features", "timeout", timeout=0.01)
        fails(c, "stream.wait", "timeout", state="CLOSED", timeout=0.01)
        fails(c, "stream.wait", "timeout", error=True, timeout=0.01)
        fails(c, "stream.send_and_wait_for", "timeout", send=[], wait_for=[{"kind": "iq"}], timeout=0.01)
        equal(c.call("stream.info")["state"], "OPEN")
        server.close()


@test("unsupported: acked without XEP-0198, start of a raw stream")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s)
        for method in ("stream.start", "stream.stop"):
            fails(c, method, "unsupported")
        fails(c, "stream.send", "unsupported", xso="<message/>", wait="acked")
        server.close()


@test("invalid-xso: nothing was sent, the stream stays usable, the path leads to the fault")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s)
        for xso, path in (("<message>", "/xso"), ("", "/xso"), ({"kind": "message", "body": 1}, "/xso/body"),
                          ({"kind": "message", "body": "\u0001"}, "/xso/body"),
                          ({"name": "a", "children": ["ok", {"name": "b", "attrs": {"c": "\uffff"}}]},
                           "/xso/children/1/attrs/c"),
                          ({"kind": "no-such"}, "/xso/kind"), ("<x:y/>", "/xso"),
                          ("<message><body>&#x1FFFF;</body></message>", "/xso"),
                          ("<message a='&#xFDD0;'/>", "/xso"),
                          ({"name": "a", "attrs": {"{&}b": "1"}, "children": [
                              {"kind": "message", "other": [{"kind": "iq", "type": "set", "id": "1",
                               "payload": "<q xmlns='&#xFDD0;'/>"}]}]},
                           "/xso/children/0/other/0/payload"),
                          ({"kind": "message", "typo": 1}, "/xso/typo")):
            equal(fails(c, "stream.send", "invalid-xso", xso=xso).data["path"], path, repr(xso))
        e = fails(c, "stream.send_and_wait_for", "invalid-xso", send=["<message id='1'/>", "<broken"],
                  wait_for=[{"kind": "iq"}])
        equal(e.data["path"], "/send/1")
        c.call("stream.send", xso="<message id='good'/>")
        m = server.expect("<[^>]*>")
        matches("id=['\"]good['\"]", m[0], "the first that was sent")
        c.call("stream.send", xso="<message><body>a&#x1FFFF;b\ufdd0c</body></message>",
               replace_invalid=True)
        server.expect("<body>a\ufffdb\ufffdc</body>")
        server.close()


@test("conflict: a name that is taken; a dead stream's name may be opened again")
def _():
    with Daemon() as d, d.client() as c, d.client() as other, Server() as s:
        server = open_stream(c, s, name="r")
        fails(other, "stream.open", "conflict", **STREAM, port=s.port, name="r")
        fails(c, "stream.open", "conflict", **STREAM, port=s.port, name="r")
        c.call("stream.abort")
        server.close()
        open_stream(c, s, name="r").close()


@test("tls-error: a certificate of somebody else, plain text for TLS; reason, and the stream is dead")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        ca = certificates()[0]
        for more, reason in (({"server_name": "other.test", "ca_file": ca}, "name|hostname|owner|other.test"),
                             ({}, "issuer|trust|unknown|sign")):
            i = c.begin("stream.open", STREAM, port=s.port)
            server = s.accept()
            server.header(server.FEATURE_STARTTLS)
            name = c.finish(i)["stream"]
            c.call("stream.wait", stream=name, state="OPEN")
            proceed = c.begin("stream.send_and_wait_for", stream=name, wait_for=[{"kind": "starttls_proceed"}],
                              send=["<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"])
            server.expect("<starttls")
            server.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
            c.finish(proceed)
            i = c.begin("stream.starttls", stream=name, **more)
            try:
                server.tls()
            except OSError:
                pass
            e = c.reply(i)["error"]
            equal((e["code"], e["data"]["kind"]), (-32012, "tls-error"))
            matches(reason, e["data"]["reason"])
            fails(c, "stream.send", "tls-error", stream=name, xso="<message/>")
            server.close()
        i = c.begin("stream.open", STREAM, port=s.port, tls="direct", name="direct")
        server = s.accept()
        server.send("<?xml version='1.0'?><stream:stream>")
        e = c.reply(i)["error"]
        equal(e["data"]["kind"], "tls-error")
        server.close()
        check("direct" not in [k["stream"] for k in c.call("stream.list")], "no stream")


@test("auth-error: a managed stream with refused credentials stays down and says so")
def _():
    with Server() as s, Daemon() as d, d.client() as c:
        d.write("password", "wrong\n")
        d.configure(stream_section(s, "a"))
        c.call("daemon.reload")
        server = s.accept()
        server.header(server.FEATURE_STARTTLS)
        server.starttls()
        server.header(server.FEATURE_PLAIN)
        server.expect("<auth ")
        server.send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/>"
                    "<text xml:lang='en'>No.</text></failure>")
        server.end()
        c.call("stream.wait", link="down")
        error = c.call("stream.info")["error"]
        equal((error["code"], error["data"]["kind"]), (-32013, "auth-error"))
        equal((error["data"]["condition"], error["data"]["text"], error["data"]["mechanism"]),
              ("not-authorized", "No.", "PLAIN"))
        fails(c, "stream.send", "auth-error", xso="<message/>")
        check("wrong" not in d.log(), "no password in the log")


@test("canceled or the cause: what waits on a stream that dies is told, each caller once")
def _():
    with Daemon() as d, d.client() as c, d.client() as other, Server() as s:
        server = open_stream(c, s, name="r")
        c.call("stream.get_features")
        waits = [(k, k.begin("stream.get_features", stream="r", timeout=None)) for k in (c, other)]
        waits.append((c, c.begin("stream.send_and_wait_for", stream="r", send=[],
                                 wait_for=[{"kind": "iq"}], timeout=None)))
        other.call("daemon.info")  # both waits have begun
        c.call("stream.abort", stream="r")
        for client, i in waits:
            error = client.reply(i)["error"]
            check(error["data"]["kind"] in ("not-connected", "canceled"), error)
        server.close()


@test("a condition that RFC 6120 does not define is -32602")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        server = open_stream(c, s)
        for condition in ("nonsense", "", "Conflict", "bad-request"):
            e = c.fails("stream.close_with_error", -32602, condition=condition)
            equal(e.data["path"], "/condition")
        c.call("stream.close_with_error", condition="policy-violation", text="enough")
        server.expect(r"<stream:error><policy-violation [^>]*/>")
        server.close()


main()
