#!/usr/bin/python3
"""STARTTLS on a raw stream, and stream.reset: what is thrown away, what dies, what nobody may slip in."""

from streams import *

FEATURE = ServerConnection.FEATURE_STARTTLS


def asked(c, s, **options):
    """A raw stream whose server has agreed to STARTTLS."""
    r = Raw(c, s, features=FEATURE, **options)
    r.proceed()
    return r


def secured(c, s, files=None, **options):
    """A raw stream under TLS: (stream, result of stream.starttls). Not reset yet."""
    r = asked(c, s, **options)
    i = r.begin("stream.starttls", ca_file=certificates()[0])
    if files:
        handshake(r.server, files)
    else:
        r.server.tls()
    return r, c.finish(i)


def at_eof(sock):
    """Reads what is left, to EOF or RST, as bytes."""
    data = b""
    sock.settimeout(PATIENCE)
    try:
        while True:
            more = sock.recv(65536)
            data += more
            if not more:
                return data
    except (ConnectionResetError, ssl.SSLError):
        return data


@test("the whole way: starttls, reset, features, stanzas both ways, close")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe")
        r, _ = secured(c, s)
        with r:
            i = r.begin("stream.reset_and_get_features")
            r.server.expect(HEADER)
            r.answer("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
            equal(c.finish(i), {"kind": "features", "bind": {}})
            info = r.call("stream.info")
            equal((info["state"], info["secure"], info["can_starttls"]), ("OPEN", True, False))
            body = "x" * 100_000
            r.call("stream.send", xso={"kind": "message", "body": body}, wait="sent")
            r.server.expect(f"<body>{body}</body>")
            r.server.send(f"<message id='1'><body>{body}</body></message>")
            while True:
                xso = c.event("xso")["xso"]
                if xso.get("id") == "1":
                    break
            equal(xso["body"], body)
            i = r.begin("stream.close", wait=True)
            r.server.expect(FOOTER)
            r.server.send("</stream:stream>")
            check(c.finish(i)["state"] in STATES[4:], "closed")
            equal(c.event("stream.closing")["reason"], None)
            c.event("stream.state", state="CLOSED")


@test("the result tells protocol, cipher, certificate and channel bindings; the event stream.tls the same")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=["stream.tls"])
        for files, protocol, bindings in ((None, "TLS1.3", {"tls-exporter", "tls-server-end-point"}),
                                          (certificates(), "TLS1.2", {"tls-unique", "tls-server-end-point"})):
            r, result = secured(c, s, files)
            with r:
                equal(sorted(result), ["channel_binding", "cipher", "peer_certificate", "protocol"])
                equal(result["protocol"], protocol)
                check(result["cipher"], "cipher")
                check(bindings <= set(result["channel_binding"]), result["channel_binding"])
                check("tls-unique" not in result["channel_binding"] or protocol == "TLS1.2", "RFC 9266")
                certificate_ = result["peer_certificate"]
                equal(certificate_["verified"], True)
                equal(certificate_["names"], ["example.test"])
                matches("example.test", certificate_["subject"])
                matches("CA of a test", certificate_["issuer"])
                equal(certificate_["spki_sha256"], spki_sha256(certificates()).hex())
                with open(certificates()[1]) as f:
                    der = ssl.PEM_cert_to_DER_cert(f.read())
                equal(certificate_["sha256"], hashlib.sha256(der).hexdigest())
                check(certificate_["not_before"] < certificate_["not_after"], "dates")
                event = c.event("stream.tls")
                equal({k: event[k] for k in result}, result)
                check(event["seq"] > 0 and event["stream"] == r.name, "stream and seq")
                equal(r.call("stream.info")["tls"], result)


@test("after the handshake only reset, abort and close go on; all that was received before is gone")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        r, _ = secured(c, s)
        with r:
            for method, params in (("stream.send", {"xso": "<message/>"}), ("stream.starttls", {}),
                                   ("stream.write", {"data": "eA=="}),
                                   ("stream.send_and_wait_for", {"send": [], "wait_for": [{}]}),
                                   ("stream.close_with_error", {"condition": "reset"})):
                r.fails(method, "not-connected", params)
            info = r.call("stream.info")
            check("features" not in info and "remote_id" not in info, "nothing of before")
            r.fails("stream.get_features", "timeout", timeout=0.05)
            equal(r.call("stream.reset"), {"state": "STREAM_HEADER_SENT"})
            matches("example.test", r.server.expect(HEADER)[0])
            r.fails("stream.send", "not-connected", xso="<message/>")
            r.answer()
            r.call("stream.wait", state="OPEN")
            r.fails("stream.starttls", "unsupported")
            equal(r.state(), "OPEN", "a refused starttls harms nothing")


@test("the certificate looked at and not liked: abort, and the server sees the end, and nothing else")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        r, _ = secured(c, s)
        with r:
            equal(r.call("stream.abort")["state"], "CLOSED")
            equal(at_eof(r.server.sock), b"")


@test("starttls does not ask for it: the first bytes are the handshake's")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=FEATURE) as r:
            i = r.begin("stream.starttls", ca_file=certificates()[0])
            r.server.tls()
            c.finish(i)


@test("stream.send, reset and starttls again while the handshake is under way: not-connected, no harm")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        r = asked(c, s)
        with r:
            i = r.begin("stream.starttls", ca_file=certificates()[0])
            for method, params in (("stream.send", {"xso": "<message/>"}), ("stream.reset", {}),
                                   ("stream.starttls", {}), ("stream.write", {"data": "eA=="}),
                                   ("stream.reset_and_get_features", {})):
                r.fails(method, "not-connected", params)
            equal(r.call("stream.info")["can_starttls"], False)
            r.server.tls()
            c.finish(i)
            r.call("stream.reset")
            r.server.expect(HEADER)


@test("starttls before the peer's header is not-connected; on a dead stream it is the cause")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=None) as r:
            r.fails("stream.starttls", "not-connected")
            r.server.reset()
            r.call("stream.wait", state="CLOSED")
            equal(r.fails("stream.starttls", "transport-error").data["errno"], "ECONNRESET")


# --- injection --------------------------------------------------------------------------------------

EVIL = "<message id='evil'><body>evil</body></message><stream:features><evil xmlns='urn:evil'/></stream:features>"


def evil_is_nowhere(c, d):
    c.call("daemon.info")
    seen = [e for e in c.events if e["method"] != "stream.bytes"]
    check("evil" not in json.dumps(seen), "no event of it")
    check("evil" not in d.log(), "not even in the log")


@test("what follows <proceed/> in the same segment is never parsed: gone with starttls")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        for evil in (EVIL, "<a></b>", "</stream:stream>", "<", " "):
            with Raw(c, s, features=FEATURE, log_level="debug") as r:
                r.call("stream.get_features")
                c.call("subscribe")
                i = r.begin("stream.send_and_wait_for", send=[STARTTLS], wait_for=[{"kind": "starttls_proceed"}])
                r.server.expect("<starttls ")
                r.server.send(PROCEED + evil)
                c.finish(i)
                r.fails("stream.get_features", "timeout", timeout=0.05)
                i = r.begin("stream.starttls", ca_file=certificates()[0])
                r.server.tls()
                c.finish(i)
                i = r.begin("stream.reset_and_get_features")
                r.server.expect(HEADER)
                r.answer("<c xmlns='urn:example:true'/>")
                equal(c.finish(i)["other"], [{"name": "c", "ns": "urn:example:true"}])
                evil_is_nowhere(c, d)


@test("what follows <proceed/> in a later segment is never parsed either")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        r = asked(c, s)
        with r:
            c.call("subscribe", events=["stream.bytes"])
            r.server.send(EVIL)
            c.event("stream.bytes", direction="in", data=base64.b64encode(EVIL.encode()).decode())
            c.call("subscribe")
            i = r.begin("stream.starttls", ca_file=certificates()[0])
            r.server.tls()
            c.finish(i)
            i = r.begin("stream.reset_and_get_features")
            r.server.expect(HEADER)
            r.answer()
            equal(c.finish(i), {"kind": "features"})
            evil_is_nowhere(c, d)


@test("stream.reset after <proceed/>, without TLS, throws away what followed it too")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=FEATURE) as r:
            r.call("stream.get_features")
            c.call("subscribe")
            i = r.begun("stream.send_and_wait_for", send=[], wait_for=[{"kind": "starttls_proceed"}])
            r.server.send(PROCEED + EVIL)
            c.finish(i)
            i = r.begin("stream.reset_and_get_features")
            r.server.expect(HEADER)
            r.answer()
            equal(c.finish(i), {"kind": "features"})
            evil_is_nowhere(c, d)


# --- refusals ---------------------------------------------------------------------------------------


def dead_of_tls(c, r, error):
    """The stream is dead of that error, once, and says so again."""
    seen = events_until(c, "stream.state", state="CLOSED")
    closing = [p["reason"] for m, p in seen if m == "stream.closing"]
    equal(closing, [error], "exactly one, with the reason")
    for method, params in (("stream.send", {"xso": "<message/>"}), ("stream.reset", {}), ("stream.starttls", {}),
                           ("stream.get_features", {})):
        e = r.fails(method, "tls-error", params)
        equal(e.data["reason"], error["data"]["reason"])
    equal(r.call("stream.info")["error"], error)


@test("a certificate that does not verify: tls-error, nothing said under TLS, the stream is dead of it")
def _():
    ca = certificates()[0]
    with Daemon() as d, d.client() as c, Server() as s:
        for files, options, reason in (
                (certificates(), {}, "signer"),
                (certificate(ca="Another CA"), {"ca_file": ca}, "signer"),
                (certificate("other.test"), {"ca_file": ca}, "other.test.*example.test"),
                (certificate("*.test"), {"ca_file": ca, "server_name": "a.b.test"}, "not for a.b.test"),
                (certificate(days=-1), {"ca_file": ca}, "expired"),
                (certificates(), {"ca_file": ca, "pin_sha256": ["0" * 64]}, "pin"),
                (certificates(), {"verify": False, "pin_sha256": "f" * 64}, "pin"),
                (certificates(), {"ca_pem": "nonsense"}, "ca_pem|CA")):
            r = asked(c, s)
            with r:
                c.call("subscribe", streams=[r.name], events=["stream.closing", "stream.state", "stream.tls"])
                i = r.begin("stream.starttls", options)
                check(not handshake(r.server, files), "the server was told")
                error = c.reply(i)["error"]
                equal((error["code"], error["data"]["kind"]), (-32012, "tls-error"))
                matches(reason, error["data"]["reason"])
                dead_of_tls(c, r, error)


@test("verify false, a pin and server_name are honoured by starttls as by stream.open")
def _():
    pin = spki_sha256(certificate("other.test")).hex()
    with Daemon() as d, d.client() as c, Server() as s:
        for options, verified in (({"verify": False}, False), ({"verify": False, "pin_sha256": pin}, False),
                                  ({"ca_file": certificates()[0], "server_name": "other.test"}, True),
                                  ({"ca_file": certificates()[0], "server_name": "other.test", "pin_sha256": [pin]},
                                   True)):
            with asked(c, s) as r:
                i = r.begin("stream.starttls", options)
                check(handshake(r.server, certificate("other.test")), "handshake")
                equal(c.finish(i)["peer_certificate"]["verified"], verified)
        with asked(c, s) as r:
            for key, value in (("verify", 1), ("pin_sha256", "x"), ("ca_file", 1), ("timeout", -1), ("x", 1)):
                matches(f"^/{key}", r.fails("stream.starttls", -32602, {key: value}).data["path"])
            i = r.begin("stream.starttls", ca_file=certificates()[0])
            r.server.tls()
            c.finish(i)


@test("a handshake that exceeds its time: the call is timeout, the stream is dead, the server sees the end")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        r = asked(c, s)
        with r:
            c.call("subscribe", events=["stream.closing", "stream.state"])
            r.fails("stream.starttls", "timeout", timeout=0.1)
            seen = events_until(c, "stream.state", state="CLOSED")
            reasons = [p["reason"]["data"]["kind"] for m, p in seen if m == "stream.closing"]
            equal(reasons, ["tls-error"])
            r.fails("stream.send", "tls-error", xso="<message/>")
            check(b"stream" not in at_eof(r.server.sock), "no plain text")


@test("a server that hangs up, resets or talks plainly in the handshake: tls-error, dead, one closing")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        for act in (lambda server: server.close(), lambda server: server.reset(),
                    lambda server: server.send("<message/>" * 50), lambda server: server.send(b"\x15\x03\x03\0\2\2\x28")):
            r = asked(c, s)
            with r:
                c.call("subscribe", streams=[r.name], events=["stream.closing", "stream.state"])
                i = r.begin("stream.starttls", timeout=None)
                wait_readable(r.server.sock, Deadline(), "a hello")
                act(r.server)
                error = c.reply(i)["error"]
                equal(error["data"]["kind"], "tls-error")
                dead_of_tls(c, r, error)


@test("close and abort end a handshake: its call is answered, no plain footer is sent")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        for method in ("stream.close", "stream.abort"):
            r = asked(c, s)
            with r:
                c.call("subscribe", streams=[r.name], events=["stream.closing", "stream.state"])
                i = r.begin("stream.starttls", timeout=None)
                wait_readable(r.server.sock, Deadline(), "a hello")
                r.call(method)
                check(c.reply(i)["error"]["data"]["kind"] in ("not-connected", "canceled"), "answered")
                seen = events_until(c, "stream.state", state="CLOSED")
                equal([p["reason"] for m, p in seen if m == "stream.closing"], [None])
                check(b"stream" not in at_eof(r.server.sock), "no plain text")


@test("a client that goes during the handshake takes its stream with it")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with d.client() as owner:
            r = asked(owner, s)
            c.call("subscribe")
            r.begin("stream.starttls", timeout=None)
            wait_readable(r.server.sock, Deadline(), "a hello")
        c.event("stream.removed", stream=r.name)
        check(b"stream" not in at_eof(r.server.sock), "no plain text")
        equal(c.call("stream.list"), [])


# --- reset, and the end of TLS ----------------------------------------------------------------------


@test("reset: a new header, all parser state thrown away, also half an element; elements of before are gone")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=["xso", "stream.state", "stream.features"])
        with Raw(c, s) as r:
            r.server.send("<message id='whole'/><message id='ha")
            equal(c.event("xso")["xso"]["id"], "whole")
            equal(r.call("stream.reset"), {"state": "STREAM_HEADER_SENT"})
            r.server.expect(HEADER)
            equal(c.event("stream.state", previous="OPEN")["state"], "STREAM_HEADER_SENT")
            info = r.call("stream.info")
            check("remote_id" not in info and "features" not in info, "nothing of the old header")
            r.answer("<n xmlns='urn:example:new'/>")
            equal(r.call("stream.get_features")["other"], [{"name": "n", "ns": "urn:example:new"}])
            r.server.send("<message id='new'/>")
            equal(c.event("xso")["xso"]["id"], "new")


@test("reset twice, and before the peer's header: a header each time")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=None) as r:
            for _ in range(3):
                equal(r.call("stream.reset"), {"state": "STREAM_HEADER_SENT"})
                r.server.expect(HEADER)
            r.answer()
            r.call("stream.wait", state="OPEN")


@test("a reset stream whose peer does not answer: the features time out, and it can be reset again")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            r.fails("stream.reset_and_get_features", "timeout", timeout=0.05)
            equal(r.state(), "STREAM_HEADER_SENT")
            i = r.begin("stream.reset_and_get_features")
            r.server.expect(HEADER)
            r.server.expect(HEADER)
            r.answer()
            c.finish(i)


@test("TLS that ends without close_notify is truncation: transport-error; with it, as an EOF")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=["stream.closing"])
        for kind in ("transport-error", "not-connected"):
            r, _ = secured(c, s)
            with r:
                i = r.begin("stream.reset_and_get_features")
                r.server.expect(HEADER)
                r.answer()
                c.finish(i)
                if kind == "transport-error":
                    r.server.sock.shutdown(socket.SHUT_WR)
                else:
                    r.server.sock.settimeout(0)
                    try:
                        r.server.sock.unwrap()  # sends close_notify; the answer does not matter
                    except (ssl.SSLWantReadError, ssl.SSLError, OSError):
                        pass
                equal(c.event("stream.closing")["reason"]["data"]["kind"], kind)


main()
