#!/usr/bin/python3
"""stream.open: each of its parameters, and each way in which there is no stream afterwards."""

from streams import *


@test("it connects, sends the header, and answers with the name and STREAM_HEADER_SENT")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=None, name="r") as r:
            equal(r.result, {"stream": "r", "state": "STREAM_HEADER_SENT"})
            matches(r"^<stream:stream ", r.header)
            for attribute in ("to='example.test'", "version='1.0'", "xmlns='jabber:client'",
                              f"xmlns:stream='{NS_STREAM}'"):
                check(attribute in r.header.replace('"', "'"), f"{attribute} in {r.header}")
            check(" from=" not in r.header, "no from of its own making")


@test("an XML declaration, and then the header, are the first bytes")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        i = Raw.begin_open(c, s)
        server = s.accept()
        matches(r"^<\?xml version=['\"]1\.0['\"][^>]*\?>\s*<stream:stream ",
                server.expect(f"^.*?{HEADER}")[0])
        c.finish(i)
        server.close()


@test("from stands in the header and in stream.info")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, **{"from": "user@example.test"}) as r:
            check("from='user@example.test'" in r.header.replace('"', "'"), r.header)
            equal(r.call("stream.info")["from"], "user@example.test")


@test("mode component: namespace of components, no version asked or given")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=None, mode="component", to="bot.example.test") as r:
            check("xmlns='jabber:component:accept'" in r.header.replace('"', "'"), r.header)
            check("version=" not in r.header, r.header)
            c.call("subscribe", events=["xso"])
            r.server.send(f"<stream:stream xmlns='jabber:component:accept' xmlns:stream='{NS_STREAM}' "
                          "id='77' from='bot.example.test'>")
            r.call("stream.wait", state="OPEN")
            info = r.call("stream.info")
            equal((info["mode"], info["remote_id"]), ("component", "77"))
            r.call("stream.send", xso={"name": "handshake", "children": ["abc"]})
            equal(r.server.expect(r"<handshake.*?</handshake>")[0], "<handshake>abc</handshake>")
            r.server.send("<handshake/><message from='a@example.test'><body>x</body></message>")
            equal(c.event("xso")["xso"], {"name": "handshake"})
            xso = c.event("xso")["xso"]
            equal((xso["kind"], xso["body"]), ("message", "x"))


@test("default_namespace is that of the header and of what has no namespace of its own")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=None, default_namespace="jabber:server") as r:
            check("xmlns='jabber:server'" in r.header.replace('"', "'"), r.header)
            r.server.send(f"<stream:stream xmlns='jabber:server' xmlns:stream='{NS_STREAM}' id='1' "
                          "from='example.test' version='1.0'>")
            r.call("stream.wait", state="OPEN")
            c.call("subscribe", events=["xso"], format="raw")
            r.call("stream.send", xso={"name": "message", "attrs": {"id": "1"}})
            r.call("stream.send", xso={"name": "message", "ns": "jabber:client", "attrs": {"id": "2"}})
            m = r.server.expect(r"<message[^>]*id=.1[^>]*/>")[0]
            check("xmlns" not in m, m)
            m = r.server.expect(r"<message[^>]*id=.2[^>]*/>")[0]
            check("jabber:client" in m, m)
            r.server.send("<message/><message xmlns='jabber:client'/>")
            equal(c.event("xso")["xso"], {"name": "message"})
            equal(c.event("xso")["xso"], {"name": "message", "ns": "jabber:client"})


@test("sorted_attributes writes them in the order of their names, in the header too")
def _():
    attrs = {"z": "1", "m": "2", "a": "3", "to": "x@y"}
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, sorted_attributes=True, **{"from": "u@example.test"}) as r:
            names = [n for n in re.findall(r" ([a-z:]+)=", r.header) if not n.startswith("xmlns")]
            equal(names, sorted(names), "header")
            r.call("stream.send", xso={"name": "message", "attrs": attrs})
            equal(re.findall(r" ([a-z]+)=", r.server.expect("<message[^>]*>")[0]), ["a", "m", "to", "z"])
        with Raw(c, s) as r:
            r.call("stream.send", xso={"name": "message", "attrs": attrs})
            equal(re.findall(r" ([a-z]+)=", r.server.expect("<message[^>]*>")[0]), ["z", "m", "a", "to"])


# --- names ------------------------------------------------------------------------------------------


@test("names: 1 to 64 of A-Z a-z 0-9 . _ -")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        for name in ("a", "A.b_c-9", "x" * 64, "-", "..."):
            with Raw(c, s, name=name) as r:
                equal(r.name, name)
                equal(r.call("stream.info")["stream"], name)
        for name in ("", "x" * 65, "a b", "a/b", "ä", "a\u0000", "a\n", "*"):
            e = c.fails("stream.open", -32602, STREAM, port=s.port, name=name)
            equal(e.data["path"], "/name", repr(name))


@test("made-up names are free ones, also where a client has taken what would come next")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as first:
            number = int(re.search(r"\d+$", first.name)[0])
            stem = first.name[:-len(str(number))]
            with Raw(c, s, name=f"{stem}{number + 1}"), Raw(c, s) as third:
                equal(len({k["stream"] for k in c.call("stream.list")}), 3)
                matches(r"^[A-Za-z0-9._-]{1,64}$", third.name)


@test("a taken name is conflict: of a live stream, of a configured one, of one just being opened")
def _():
    config = "[stream m]\njid = a@example.test\npassword_file = @DIR@/p\nautostart = no\n"
    with Daemon(config) as d, d.client() as c, d.client() as other, Server() as s:
        c.fails("stream.open", "conflict", STREAM, port=s.port, name="m")
        with Raw(c, s, name="r"):
            for client in (c, other):
                client.fails("stream.open", "conflict", STREAM, port=s.port, name="r")
        i = Raw.begin_open(c, s, name="direct", tls="direct")
        server = s.accept()
        c.fails("stream.open", "conflict", STREAM, port=s.port, name="direct")
        equal([k["stream"] for k in c.call("stream.list") if k["stream"] == "direct"], [])
        server.close()
        try:
            c.finish(i)
            raise Failure("opened without a handshake")
        except RpcError as e:
            equal(e.kind, "tls-error")
        # the failed attempt holds the name no longer
        with Raw(c, s, name="direct"):
            pass


@test("a dead stream keeps its name for its client, who may open it anew; to others it is taken")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with d.client() as owner:
            with Raw(owner, s, name="r") as r:
                r.call("stream.abort")
                equal(r.state(), "CLOSED")
                c.fails("stream.open", "conflict", STREAM, port=s.port, name="r")
            c.call("subscribe", events=["stream.removed", "stream.added", "stream.state"])
            with Raw(owner, s, name="r") as r:
                equal(r.state(), "OPEN")
                seen = events_until(c, "stream.state", state="OPEN")
                equal([m for m, _ in seen], ["stream.removed", "stream.added", "stream.state",
                                             "stream.state"])
                equal(seen[1][1]["seq"], 1, "a new stream counts anew")
                r.call("stream.abort")
        c.event("stream.removed")
        with Raw(c, s, name="r"):
            pass


# --- no stream --------------------------------------------------------------------------------------


def no_stream(c):
    equal(c.call("stream.list"), [], "streams")


@test("faulty parameters are -32602, name the parameter, and open nothing")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        good = {**STREAM, "port": s.port}
        for more, path in (({"to": ""}, "/to"), ({"to": "@"}, "/to"), ({"to": 1}, "/to"),
                           ({"from": "a@b@c/"}, "/from"), ({"from": "@example.test"}, "/from"),
                           ({"port": 0}, "/port"), ({"port": 65536}, "/port"), ({"port": "5222"}, "/port"),
                           ({"mode": "s2s"}, "/mode"), ({"tls": "off"}, "/tls"),
                           ({"unknown_stanza": "ignore"}, "/unknown_stanza"),
                           ({"shutdown_timeout": -1}, "/shutdown_timeout"),
                           ({"deadtime_soft_limit": "1"}, "/deadtime_soft_limit"),
                           ({"deadtime_hard_limit": -0.1}, "/deadtime_hard_limit"),
                           ({"sorted_attributes": 1}, "/sorted_attributes"),
                           ({"verify": "no"}, "/verify"), ({"log_level": "loud"}, "/log_level"),
                           ({"pin_sha256": "00"}, "/pin_sha256"), ({"pin_sha256": ["0" * 63]}, "/pin_sha256"),
                           ({"pin_sha256": "g" * 64}, "/pin_sha256"), ({"timeout": -1}, "/timeout"),
                           ({"x_unknown": 1}, "/x_unknown")):
            matches(f"^{path}(/|$)", c.fails("stream.open", -32602, {**good, **more}).data["path"], more)
        equal(c.fails("stream.open", -32602, host="127.0.0.1", port=s.port).data["path"], "/to")
        no_stream(c)


@test("port closed: transport-error ECONNREFUSED, at once, no stream, no event")
def _():
    with Daemon() as d, d.client() as c:
        c.call("subscribe")
        e = c.fails("stream.open", "transport-error", STREAM, port=refused_port(), name="r")
        equal(e.data["errno"], "ECONNREFUSED")
        check(e.data["message"], "message")
        no_stream(c)
        c.no_more_events()
        c.fails("stream.info", "unknown-stream", stream="r")


@test("a name that does not resolve: transport-error that names it, no stream")
def _():
    with Daemon() as d, d.client() as c:
        for host in ("no-such-host.invalid", "a..b", "x" * 64 + ".invalid"):
            e = c.fails("stream.open", "transport-error", to="example.test", host=host, port=5222)
            check(host in e.message, e.message)
            check("errno" in e.data and "message" in e.data, e.data)
        no_stream(c)


@test("without host it is the domain of `to` that is looked up, without a user or resource")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        for to in ("localhost", "user@localhost/r"):
            i = c.begin("stream.open", to=to, port=s.port)
            with s.accept() as server:
                server.expect(HEADER)
                c.finish(i)
        e = c.fails("stream.open", "transport-error", to="user@no-such-host.invalid", port=5222)
        check("user@" not in e.message, e.message)


@test("a connection that takes too long is timeout, and no stream comes of it later")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        i = Raw.begin_open(c, s, tls="direct", timeout=0.1)
        server = s.accept()  # and no handshake
        try:
            c.finish(i)
            raise Failure("opened")
        except RpcError as e:
            equal(e.kind, "timeout")
        try:
            while server.sock.recv(4096):  # its hello, then the end
                pass
        except ConnectionResetError:
            pass
        no_stream(c)


@test("a client that goes while its stream is being opened leaves nothing behind")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with d.client() as leaving:
            Raw.begin_open(leaving, s, tls="direct", name="r")
            server = s.accept()
        try:
            while server.sock.recv(4096):
                pass
        except ConnectionResetError:
            pass
        no_stream(c)
        with Raw(c, s, name="r"):
            pass


# --- direct TLS -------------------------------------------------------------------------------------


def direct(client, server, files, **options):
    """stream.open with direct TLS at a server with those files: (reply, connection)."""
    i = Raw.begin_open(client, server, tls="direct", **options)
    connection = server.accept()
    if handshake(connection, files):
        try:
            connection.expect(HEADER)
        except Failure:
            pass
    return client.reply(i), connection


@test("direct TLS: verified by ca_file or ca_pem before anything is said, and no STARTTLS then")
def _():
    files = certificates()
    with open(files[0]) as f:
        pem = f.read()
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=["stream.tls"])
        for more in ({"ca_file": files[0]}, {"ca_pem": pem}):
            with Raw(c, s, tls="direct", **more) as r:
                info = r.call("stream.info")
                equal((info["secure"], info["can_starttls"]), (True, False))
                equal(info["tls"]["peer_certificate"]["verified"], True)
                matches("^TLS1\\.3$", info["tls"]["protocol"])
                r.fails("stream.starttls", "unsupported")
                r.call("stream.send", xso="<message id='1'/>")
                r.server.expect("<message [^>]*/>")


@test("direct TLS refused: unknown CA, another domain, out of date; tls-error with the reason, no stream")
def _():
    ca = certificates()[0]
    with Daemon() as d, d.client() as c, Server() as s:
        for files, options, reason in (
                (certificates(), {}, "signer"),
                (certificate(ca="Another CA"), {"ca_file": ca}, "signer"),
                (certificate("other.test"), {"ca_file": ca}, "other.test.*example.test"),
                (certificate(days=-1), {"ca_file": ca}, "expired"),
                (certificates(), {"ca_file": ca, "server_name": "other.test"}, "not for other.test"),
                (certificates(), {"ca_file": ca, "pin_sha256": "0" * 64}, "pin"),
                (certificates(), {"verify": False, "pin_sha256": "0" * 64}, "pin")):
            reply, server = direct(c, s, files, name="r", **options)
            equal((reply["error"]["code"], reply["error"]["data"]["kind"]), (-32012, "tls-error"))
            matches(reason, reply["error"]["data"]["reason"])
            check(HEADER not in server.buffer, "nothing was said")
            server.close()
            no_stream(c)


@test("server_name is what must stand in the certificate, whatever `to` says")
def _():
    files = certificate("other.test")
    with Daemon() as d, d.client() as c, Server() as s:
        reply, server = direct(c, s, files, ca_file=files[0], server_name="other.test")
        equal(reply["result"]["state"], "STREAM_HEADER_SENT")
        server.close()
        reply, server = direct(c, s, certificates(), ca_file=files[0], to="user@example.test/r")
        equal(reply["result"]["state"], "STREAM_HEADER_SENT", "the domain of a JID")
        server.close()


@test("verify false takes any certificate and says that it was not verified")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        for files in (certificates(), certificate("other.test"), certificate(days=-1)):
            reply, server = direct(c, s, files, name="r", verify=False)
            equal(reply["result"]["stream"], "r")
            info = c.call("stream.info", stream="r")
            equal(info["tls"]["peer_certificate"]["verified"], False)
            c.call("stream.abort", stream="r")
            server.close()


@test("pin_sha256: hex with or without colons, base64, one of several")
def _():
    pin = spki_sha256(certificates())
    hexed = pin.hex()
    with Daemon() as d, d.client() as c, Server() as s:
        for value in (hexed, hexed.upper(), ":".join(re.findall("..", hexed)),
                      base64.b64encode(pin).decode(), ["0" * 64, hexed]):
            for more in ({"ca_file": certificates()[0]}, {"verify": False}):
                with Raw(c, s, tls="direct", pin_sha256=value, **more) as r:
                    tls = r.call("stream.info")["tls"]
                    equal(tls["peer_certificate"]["spki_sha256"], hexed)
        reply, server = direct(c, s, certificates(), pin_sha256=hexed)
        equal(reply["error"]["data"]["kind"], "tls-error", "a pin does not stand for the CA")
        server.close()


@test("a CA file that is missing or no CA file: one message that names it, no stream")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        for path in (d.dir + "/no-such.pem", d.write("empty.pem", "nonsense\n")):
            i = Raw.begin_open(c, s, tls="direct", ca_file=path)
            s.accept().close()
            error = c.reply(i)["error"]
            equal(error["data"]["kind"], "tls-error")
            check(path in error["message"], error)
        i = Raw.begin_open(c, s, tls="direct", ca_pem="nonsense")
        s.accept().close()
        error = c.reply(i)["error"]
        equal(error["data"]["kind"], "tls-error")
        no_stream(c)


@test("a server that does not speak TLS, or hangs up: tls-error, no stream")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        for data in (b"<?xml version='1.0'?><stream:stream>", b"HTTP/1.1 400 Bad Request\r\n\r\n", b""):
            i = Raw.begin_open(c, s, tls="direct")
            with s.accept() as server:
                if data:
                    server.send(data)
                else:
                    server.close()
                equal(c.reply(i)["error"]["data"]["kind"], "tls-error", data)
        no_stream(c)


# --- time, and the rest -----------------------------------------------------------------------------


@test("deadtime_soft_limit: an event for each silence; any byte ends one")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=["stream.deadtime", "stream.closing"])
        with Raw(c, s, deadtime_soft_limit=0.05) as r:
            equal(c.event("stream.deadtime")["limit"], "soft")
            r.server.send(" ")
            c.event("stream.deadtime")
            equal(r.state(), "OPEN")


@test("deadtime_hard_limit: transport-error ETIMEDOUT, transport closed, states skipped; bytes defer it")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=["stream.deadtime", "stream.closing", "stream.state"])
        with Raw(c, s, deadtime_soft_limit=0.1, deadtime_hard_limit=0.2) as r:
            for _ in range(3):
                c.event("stream.deadtime")
                r.server.send("\n")
            seen = events_until(c, "stream.state", state="CLOSED")
            closing = [p["reason"] for m, p in seen if m == "stream.closing"]
            equal(len(closing), 1)
            equal(closing[0]["data"]["errno"], "ETIMEDOUT")
            r.server.expect_eof()
            for method in ("stream.send", "stream.get_features"):
                params = {"xso": "<message/>"} if method == "stream.send" else {}
                equal(r.fails(method, "transport-error", params).data["errno"], "ETIMEDOUT")


@test("limits of 0 are off: a stream opened with them lives on in silence")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, deadtime_soft_limit=0, deadtime_hard_limit=0) as r, \
                Raw(c, s, deadtime_soft_limit=0.1, deadtime_hard_limit=0) as clock:
            c.call("subscribe", events=["stream.deadtime"])
            for _ in range(3):
                equal(c.event("stream.deadtime")["stream"], clock.name)
                clock.server.send(" ")
            equal(r.state(), "OPEN")


@test("unknown_stanza deliver: what nobody declared is an ordinary xso, raw")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=["xso", "xso.invalid"])
        with Raw(c, s) as r:
            r.server.send("<x xmlns='urn:example:x'>1</x><y/><iq type='get' id='1'><q xmlns='urn:example:q'/></iq>")
            equal(c.event("xso")["xso"], {"name": "x", "ns": "urn:example:x", "children": ["1"]})
            equal(c.event("xso")["xso"], {"name": "y"})
            equal(c.event("xso")["xso"]["payload"], {"name": "q", "ns": "urn:example:q"})
            equal(r.state(), "OPEN")


@test("unknown_stanza reject: stream error unsupported-stanza-type; an iq with an unknown payload is xso.invalid")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=["xso", "xso.invalid"])
        for element in ("<x xmlns='urn:example:x'/>", "<y/>", "<message xmlns='jabber:server'/>"):
            with Raw(c, s, unknown_stanza="reject") as r:
                r.server.send("<iq type='get' id='1' from='a@example.test'><q xmlns='urn:example:q'/></iq>"
                              "<message id='2'><q xmlns='urn:example:q'/></message>")
                partial = c.event("xso.invalid")["partial"]
                equal((partial["kind"], partial["id"], partial["from"]), ("iq", "1", "a@example.test"))
                equal(c.event("xso")["xso"]["id"], "2")
                r.server.send(element)
                r.server.expect("<stream:error><unsupported-stanza-type ")
                e = r.fails("stream.get_features", "stream-error") if r.call(
                    "stream.wait", state="CLOSING") else None
                equal((e.data["condition"], e.data["sent"]), ("unsupported-stanza-type", True))
        with Raw(c, s, unknown_stanza="reject") as r:
            r.server.send(PROCEED)
            equal(c.event("xso")["xso"], {"kind": "starttls_proceed"})


@test("log_level bounds the stream's log events, whatever a subscription asks")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=["log"], level="debug")
        with Raw(c, s, log_level="debug", name="loud") as loud, Raw(c, s, log_level="error", name="calm") as r:
            r.call("stream.send", xso="<message id='calm-1'/>")
            loud.call("stream.send", xso="<message id='loud-1'/>")
            while True:
                e = c.event("log")
                equal(e["stream"], "loud")
                check("seq" not in e, "log has no seq")
                if "loud-1" in e["message"]:
                    break
            equal(r.call("stream.info")["log_level"], "error")


main()
