#!/usr/bin/python3
"""The methods on an open raw stream: asking, waiting, sending. Each row of the table of methods."""

from datetime import datetime, timezone

from streams import *


# --- stream.list, stream.info, stream.set -----------------------------------------------------------


@test("stream.info: every member, before the peer's header and after it")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=None, name="r") as r:
            info = r.call("stream.info")
            equal({k: info[k] for k in ("stream", "managed", "mode", "to", "state", "secure", "can_starttls")},
                  {"stream": "r", "managed": False, "mode": "c2s", "to": "example.test",
                   "state": "STREAM_HEADER_SENT", "secure": False, "can_starttls": True})
            for absent in ("from", "jid", "link", "attempt", "retry_in", "remote_id", "remote_from", "version",
                           "features", "tls", "error", "sm"):
                check(absent not in info, f"no {absent}")
            since = datetime.fromisoformat(info["since"])
            check(0 <= (datetime.now(timezone.utc) - since).total_seconds() < PATIENCE, info["since"])
            r.answer("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
            r.call("stream.get_features")
            info = r.call("stream.info")
            equal((info["state"], info["remote_id"], info["remote_from"], info["version"]),
                  ("OPEN", "s1", "example.test", "1.0"))
            equal(info["features"], {"kind": "features", "bind": {}})
            check(datetime.fromisoformat(info["since"]) >= since, "since moves with the state")


@test("stream.list: the info of each stream that this client sees, and [] where there is none")
def _():
    with Daemon() as d, d.client() as c, d.client() as other, Server() as s:
        equal(c.call("stream.list"), [])
        with Raw(c, s, name="a") as a, Raw(other, s, name="b") as b:
            equal([i["stream"] for i in c.call("stream.list")], ["a", "b"])
            listed = c.call("stream.list")
            equal(listed, [a.call("stream.info"), b.call("stream.info")])
            a.call("stream.abort")
            equal([i["state"] for i in c.call("stream.list")], ["CLOSED", "OPEN"])


@test("stream may be left out where there is one, and is asked for where there are two")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.fails("stream.info", "unknown-stream")
        with Raw(c, s, name="a"):
            equal(c.call("stream.info")["stream"], "a")
            c.call("stream.send", xso="<message/>")
            with Raw(c, s, name="b"):
                equal(c.fails("stream.send", -32602, xso="<message/>").data["path"], "/stream")
                equal(c.call("stream.info", stream="b")["stream"], "b")


@test("stream.set answers with all values, changes what is given, and stream.info tells them")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            want = {"shutdown_timeout": 0.1, "deadtime_soft_limit": 0, "deadtime_hard_limit": 0, "log_level": "info"}
            equal(r.call("stream.set"), want)
            for change in ({"shutdown_timeout": 2.5}, {"deadtime_soft_limit": 60}, {"deadtime_hard_limit": 120.25},
                           {"log_level": "debug"}, {"shutdown_timeout": 0, "deadtime_hard_limit": 0}):
                want.update(change)
                equal(r.call("stream.set", change), want)
                info = r.call("stream.info")
                equal({k: info[k] for k in want}, want)
            for key, value in (("shutdown_timeout", -1), ("deadtime_soft_limit", "1"), ("log_level", "x"),
                               ("timeout", 1), ("deadtime_hard_limit", True)):
                equal(r.fails("stream.set", -32602, {key: value}).data["path"], "/" + key)
            equal(r.call("stream.set"), want, "a refused call changes nothing")


@test("stream.set of the dead-time limits acts at once, on and off")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=["stream.deadtime", "stream.closing"])
        with Raw(c, s, deadtime_hard_limit=0.3) as r, Raw(c, s, name="clock") as clock:
            r.call("stream.set", deadtime_hard_limit=0)
            clock.call("stream.set", deadtime_soft_limit=0.05)
            c.event("stream.deadtime", stream="clock")
            clock.call("stream.set", deadtime_soft_limit=0, deadtime_hard_limit=0.4)
            equal(c.event("stream.closing")["stream"], "clock")
            equal(r.state(), "OPEN")


# --- stream.get_features ----------------------------------------------------------------------------

BIND = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"


@test("get_features: those of this header once, then the next; two that wait both get them")
def _():
    with Daemon() as d, d.client() as c, d.client() as other, Server() as s:
        with Raw(c, s, features=BIND) as r:
            equal(r.call("stream.get_features"), {"kind": "features", "bind": {}})
            r.fails("stream.get_features", "timeout", timeout=0.05)
            i, j = r.begun("stream.get_features"), other.begin("stream.get_features", stream=r.name)
            other.call("daemon.info")
            r.server.features()
            equal(c.finish(i), {"kind": "features"})
            equal(other.finish(j), {"kind": "features"})
            r.fails("stream.get_features", "timeout", timeout=0.05)


@test("get_features: one that timed out has consumed nothing")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=None) as r:
            r.fails("stream.get_features", "timeout", timeout=0.05)
            r.answer(BIND)
            equal(r.call("stream.get_features")["bind"], {})


@test("get_features waits from before the peer's header; an error that comes first is its error")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=None) as r:
            i = r.begun("stream.get_features", timeout=None)
            r.server.send("<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
                          f"xmlns:stream='{NS_STREAM}' id='1' from='example.test' version='1.0'>"
                          f"<stream:error><host-unknown xmlns='{NS_ERRORS}'/></stream:error></stream:stream>")
            error = c.reply(i)["error"]
            equal((error["code"], error["data"]["condition"], error["data"]["sent"]),
                  (-32005, "host-unknown", False))
            r.fails("stream.get_features", "stream-error")


@test("features unconsumed before a reset are gone with it, and the stream.features event is no call")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.call("subscribe", events=["stream.features"])
        with Raw(c, s, features=BIND) as r:
            equal(c.event("stream.features")["xso"], {"kind": "features", "bind": {}})
            i = r.begin("stream.reset_and_get_features")
            r.server.expect(HEADER)
            r.answer("<c xmlns='urn:example:c'/>")
            equal(c.finish(i)["other"], [{"name": "c", "ns": "urn:example:c"}])


@test("features are no xso event, and a match of send_and_wait_for may ask for them")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            r.call("stream.get_features")
            c.call("subscribe", events=["xso", "stream.features"])
            i = r.begun("stream.send_and_wait_for", send=[], wait_for=[{"kind": "features"}])
            r.server.features(BIND)
            equal(c.finish(i)["kind"], "features")
            c.no_more_events()


# --- stream.wait ------------------------------------------------------------------------------------


@test("wait for a state is over when it is reached or passed, at once if it is already")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=None) as r:
            for state in ("READY", "STREAM_HEADER_SENT"):
                equal(r.call("stream.wait", state=state), {"state": "STREAM_HEADER_SENT"})
            waits = {state: r.begin("stream.wait", state=state) for state in STATES[2:]}
            r.fails("stream.wait", "timeout", state="OPEN", timeout=0.05)
            r.answer()
            equal(c.finish(waits["OPEN"]), {"state": "OPEN"})
            r.call("stream.close")
            equal(c.finish(waits["CLOSING"])["state"], "CLOSING")
            r.server.expect(FOOTER)
            r.server.send("</stream:stream>")
            check(STATES.index(c.finish(waits["CLOSING_STREAM_FOOTER_RECEIVED"])["state"]) >= 4, "footer")
            equal(c.finish(waits["CLOSED"])["state"], "CLOSED")
            for state in STATES:
                equal(r.call("stream.wait", state=state), {"state": "CLOSED"})


@test("wait for the error has it as a result: when it comes, and when it has come")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        for end, kind in ((lambda r: r.server.reset(), "transport-error"),
                          (lambda r: r.server.send("</stream:stream>"), "not-connected"),
                          (lambda r: r.server.send("<a></b>"), "stream-error"),
                          (lambda r: r.server.send(f"<stream:error><reset xmlns='{NS_ERRORS}'/></stream:error>"),
                           "stream-error")):
            with Raw(c, s) as r:
                i = r.begun("stream.wait", error=True)
                end(r)
                result = c.finish(i)
                equal(result["error"]["data"]["kind"], kind)
                equal(r.call("stream.wait", error=True)["error"], result["error"])
                equal(r.call("stream.info")["error"], result["error"])


@test("wait needs exactly one of state, link and error: true; a raw stream has no link")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            for params in ({}, {"state": "OPEN", "error": True}, {"error": False}, {"state": "OPEN", "link": "up"}):
                r.fails("stream.wait", -32602, params)
            equal(r.fails("stream.wait", -32602, state="open").data["path"], "/state")
            equal(r.fails("stream.wait", -32602, link="Up").data["path"], "/link")
            r.fails("stream.wait", "unsupported", link="up")
            for timeout in ("1", -1, True):
                equal(r.fails("stream.wait", -32602, state="OPEN", timeout=timeout).data["path"], "/timeout")


# --- stream.send ------------------------------------------------------------------------------------


def sent(r):
    """What has arrived at the server since the last look, up to a mark sent now."""
    r.call("stream.send", xso="<mark xmlns='urn:example:mark'/>")
    return r.server.expect(r"^(.*?)<mark xmlns=.urn:example:mark.\s*/>")[1]


@test("send: typed, raw and XML come to the same bytes; the result names stream, id and status")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, name="r") as r:
            forms = ({"kind": "message", "to": "a@example.test", "id": "m", "body": "Hi & <bye>"},
                     {"name": "message", "attrs": {"to": "a@example.test", "id": "m"},
                      "children": [{"name": "body", "children": ["Hi & <bye>"]}]},
                     "<message to='a@example.test' id='m'><body>Hi &amp; &lt;bye&gt;</body></message>",
                     "<message xmlns='jabber:client' to=\"a@example.test\" id=\"m\"><body><![CDATA[Hi & <bye>]]>"
                     "</body></message>")
            for xso in forms:
                equal(r.call("stream.send", xso=xso), {"stream": "r", "id": "m", "status": "accepted"})
                got = sent(r)
                equal(c.call("xso.convert", xso=got, format="typed")["xso"], forms[0], got)
            equal(r.call("stream.send", xso={"kind": "presence"}), {"stream": "r", "status": "accepted"})
            equal(sent(r), "<presence/>", "no id of our making on a raw stream")


@test("send: any element at all, and in the order of the requests")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            requests = [r.begin("stream.send", xso=f"<n{n} xmlns='urn:example:{n % 3}'/>", wait=("accepted", "sent")[n % 2])
                        for n in range(50)]
            for i in requests:
                c.finish(i)
            equal(re.findall(r"<n(\d+)", sent(r)), [str(n) for n in range(50)])


@test("send wait sent: answers once the kernel has it, and not before")
def _():
    with Daemon() as d, d.client() as c, d.client() as other, Server() as s:
        with Raw(c, s, name="r") as r:
            equal(r.call("stream.send", xso="<message id='1'/>", wait="sent"),
                  {"stream": "r", "id": "1", "status": "sent"})
            # more than the sockets hold, while the server does not read
            filler = {"kind": "message", "body": "x" * 900_000}
            for _ in range(8):
                r.call("stream.send", xso=filler)
            r.fails("stream.send", "timeout", xso="<message id='2'/>", wait="sent", timeout=0.05)
            i = r.begun("stream.send", xso="<message id='3'/>", wait="sent", timeout=None)
            check(i not in c.replies, "not answered yet")
            r.server.expect("id=['\"]3['\"]")
            equal(c.finish(i)["status"], "sent")


@test("send wait sent on a stream that ends first: canceled, sent false")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, name="r") as r:
            for _ in range(8):
                r.call("stream.send", xso={"kind": "message", "body": "x" * 900_000})
            i = r.begin("stream.send", xso="<message/>", wait="sent", timeout=None)
            r.call("stream.abort")
            if r.state() != "CLOSED":
                r.server.reset()
            error = c.reply(i)["error"]
            equal((error["data"]["kind"], error["data"]["sent"]), ("canceled", False))


@test("send: what the server does not take is overflow in the end, and other streams do not feel it")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, name="stuck") as stuck, Raw(c, s, name="free") as free:
            for n in range(200):
                try:
                    stuck.call("stream.send", xso={"kind": "message", "body": "x" * 900_000})
                except RpcError as e:
                    equal(e.kind, "overflow")
                    break
            check(2 < n < 199, f"refused after {n}")
            free.call("stream.send", xso="<message id='free'/>", wait="sent")
            free.server.expect("id=['\"]free['\"]")
            stuck.call("stream.abort")


@test("send: acked and queue are unsupported on a raw stream, and nothing is sent")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            r.fails("stream.send", "unsupported", xso="<message/>", wait="acked")
            r.fails("stream.send", "unsupported", xso="<message/>", queue=True)
            r.call("stream.send", xso="<message id='1'/>", queue=False)
            matches("^<message id=.1./>$", sent(r))
            for key, value in (("wait", "done"), ("queue", "yes"), ("mute", 1), ("replace_invalid", "x"),
                               ("expires", -1)):
                equal(r.fails("stream.send", -32602, {"xso": "<message/>", key: value}).data["path"], "/" + key)
            equal(r.fails("stream.send", -32602).data["path"], "/xso")
            for xso in (1, None, True, ["<message/>"]):
                equal(r.fails("stream.send", -32602, xso=xso).data["path"], "/xso")
            equal(sent(r), "")


@test("send mute: its content is in no log and no xso.out; what is not muted is in both")
def _():
    with Daemon() as d, d.client() as c, d.client() as other, Server() as s:
        with Raw(c, s, log_level="debug") as r:
            me = [k["id"] for k in c.call("client.list") if k["self"]][0]
            other.call("subscribe", events=["xso.out", "log"], level="debug")
            r.call("stream.send", xso="<message id='s3cret'><body>s3cret-body</body></message>", mute=True)
            r.call("stream.send", xso="<message id='open'/>")
            seen = events_until(other, "xso.out")
            equal(seen[-1][1]["xso"], {"kind": "message", "id": "open"})
            equal(seen[-1][1]["client"], me)
            check("seq" not in seen[-1][1], "an opt-in event has no seq")
            text = json.dumps(seen) + d.log()
            check("s3cret" not in text, "the muted content is nowhere")
            check("open" in d.log(), "the other one is in the log")
            r.server.expect("s3cret-body")


@test("SASL is not in the log, muted or not, in either direction")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, log_level="debug") as r:
            c.call("subscribe", events=["log"], level="debug")
            i = r.begin("stream.send_and_wait_for", wait_for=[{"kind": "sasl_success"}],
                        send=[f"<auth xmlns='{NS_SASL}' mechanism='PLAIN'>c2VjcmV0</auth>"])
            r.server.expect("c2VjcmV0")
            r.server.send(f"<success xmlns='{NS_SASL}'>bW9yZQ==</success><message id='end'/>")
            c.finish(i)
            while "end" not in c.event("log")["message"]:
                pass
            check("c2VjcmV0" not in d.log() and "bW9yZQ" not in d.log(), "no secret in the log")


@test("send replace_invalid: what XML cannot carry becomes U+FFFD; without it nothing is sent")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            for bad in ("\u0000", "\u0008", "\ufffe", "\uffff", "\U0001fffe", "\u001f"):
                xso = {"kind": "message", "id": "i", "body": f"a{bad}b"}
                equal(r.fails("stream.send", "invalid-xso", xso=xso).data["path"], "/xso/body", repr(bad))
                r.call("stream.send", xso=xso, replace_invalid=True)
                matches("^<message id=.i.><body>a\ufffdb</body></message>$", sent(r), repr(bad))
            for good in ("\t\n", "\u0085", "\ud7ff", "\ue000", "\ufffd", "\U0010fffd", "]]>", "&\"'<>"):
                r.call("stream.send", xso={"kind": "message", "body": good})
                got = c.call("xso.convert", xso=sent(r), format="typed")["xso"]
                equal(got["body"], good)


@test("invalid-xso: nothing of it is sent, the path leads to the fault, the stream stays usable")
def _():
    deep = "<a>" * 400 + "</a>" * 400
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            for xso in ("", " ", "x", "<a", "<a/><b/>", "<a/>x", "<a></b>", "<!-- --><a/>", "<a><!-- --></a>",
                        "<?pi?><a/>", "<a><?pi x?></a>", "<?xml version='1.0'?><a/>", "<!DOCTYPE a><a/>",
                        "<a>&nbsp;</a>", "<a>&#1;</a>", "<a>&#0;</a>", "<a b='1' b='2'/>", "<p:a/>", "<a p:b='1'/>",
                        "<stream:stream>", "<a xmlns:p=''/>", "</stream:stream>", deep,
                        {}, {"kind": "message", "type": 1}, {"kind": "iq", "type": "get"}, {"kind": "nonsense"},
                        {"kind": "message", "subject": ["x"]}, {"kind": "presence", "priority": 1000},
                        {"name": ""}, {"name": "a:b:c"}, {"name": "1a"}, {"name": "a b"}, {"name": "a>"},
                        {"name": "a", "attrs": {"b c": "1"}}, {"name": "a", "attrs": {"b": 1}},
                        {"name": "a", "attrs": {"": "1"}}, {"name": "a", "ns": "\u0001"}, {"name": "a", "attrs": []},
                        {"name": "a", "children": "x"}, {"name": "a", "children": [None]}, {"name": "a", "x": 1},
                        {"name": "a", "attrs": {"xmlns": "urn:x"}}, {"name": "a", "attrs": {"{}": "x"}}):
                e = r.fails("stream.send", "invalid-xso", xso=xso)
                matches("^/xso(/|$)", e.data["path"], repr(xso))
                equal(sent(r), "", repr(xso))
            equal(r.state(), "OPEN")


# --- stream.send_and_wait_for -----------------------------------------------------------------------


@test("send_and_wait_for: the first that matches is the result, in the format asked for")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            for format, want in (("typed", {"kind": "message", "id": "2", "body": "x"}),
                                 ("raw", {"name": "message", "attrs": {"id": "2"},
                                          "children": [{"name": "body", "children": ["x"]}]}),
                                 (None, {"kind": "message", "id": "2", "body": "x"})):
                i = r.begin("stream.send_and_wait_for", send=["<iq type='get' id='q'><x xmlns='y'/></iq>"],
                            wait_for=[{"id": "nothing"}, {"has": {"name": "body"}}],
                            **({"format": format} if format else {}))
                r.server.expect("<iq .*?</iq>")
                r.server.send("<message id='1'/><message id='2'><body>x</body></message>"
                              "<message id='3'><body>y</body></message>")
                equal(c.finish(i), want)
            i = r.begun("stream.send_and_wait_for", send=[], wait_for=[{"kind": "iq"}], format="xml")
            r.server.send("<iq type='result' id='1'/>")
            result = c.finish(i)
            equal(c.call("xso.convert", xso=result, format="typed")["xso"], {"kind": "iq", "type": "result", "id": "1"})


@test("send_and_wait_for consumes exactly one: no event for this client, an ordinary one for others")
def _():
    with Daemon() as d, d.client() as c, d.client() as other, Server() as s:
        with Raw(c, s) as r:
            c.call("subscribe", events=["xso"])
            c.call("subscribe", events=["xso"], format="raw")
            other.call("subscribe", events=["xso"])
            first = r.begin("stream.send_and_wait_for", send=[], wait_for=[{"kind": "message"}])
            second = r.begun("stream.send_and_wait_for", send=[], wait_for=[{"kind": "message"}])
            r.server.send("<presence id='0'/><message id='1'/><message id='2'/><message id='3'/>")
            equal(c.finish(first)["id"], "1")
            equal(c.finish(second)["id"], "2")
            mine = [c.event("xso")["xso"] for _ in range(4)]
            equal(sorted(x.get("id") or x["attrs"]["id"] for x in mine), ["0", "0", "3", "3"])
            theirs = [other.event("xso") for _ in range(4)]
            equal([x["xso"]["id"] for x in theirs], ["0", "1", "2", "3"])
            equal([x["seq"] for x in theirs], list(range(theirs[0]["seq"], theirs[0]["seq"] + 4)))
            c.no_more_events()


@test("send_and_wait_for: the answer cannot come before the wait has begun")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            # the reply is on its way as soon as the request is: nothing lies between them
            for n in range(50):
                i = r.begin("stream.send_and_wait_for", send=[f"<iq type='get' id='{n}'><a xmlns='b'/></iq>"],
                            wait_for=[{"kind": "iq", "id": str(n)}])
                r.server.expect(f"<iq [^>]*id=.{n}[^>]*>.*?</iq>")
                r.server.send(f"<iq type='result' id='{n}'/>")
                equal(c.finish(i)["id"], str(n))


@test("send_and_wait_for: none is sent where one cannot be, or where a match is faulty")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            e = r.fails("stream.send_and_wait_for", "invalid-xso", wait_for=[{}],
                        send=["<message id='1'/>", {"kind": "message"}, {"name": "a", "attrs": {"b": "\u0001"}}])
            equal(e.data["path"], "/send/2/attrs/b")
            for matches_, path in ((1, "/wait_for"), ([{"kind": "no-such"}], "/wait_for/0/kind"),
                                   ([{}, {"nonsense": 1}], "/wait_for/1/nonsense"), ("x", "/wait_for"),
                                   ([{"has": 1}], "/wait_for/0/has")):
                e = r.fails("stream.send_and_wait_for", -32602, send=["<message/>"], wait_for=matches_)
                equal(e.data["path"], path)
            equal(r.fails("stream.send_and_wait_for", -32602, send=[]).data["path"], "/wait_for")
            equal(r.fails("stream.send_and_wait_for", -32602, wait_for=[{}]).data["path"], "/send")
            equal(sent(r), "")


@test("send_and_wait_for: a time-out leaves the stream and later stanzas alone")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            c.call("subscribe", events=["xso"])
            r.fails("stream.send_and_wait_for", "timeout", send=["<message id='1'/>"], wait_for=[{"kind": "iq"}],
                    timeout=0.05)
            matches("id=.1.", sent(r))
            r.server.send("<iq type='result' id='1'/>")
            equal(c.event("xso")["xso"]["id"], "1")


@test("send_and_wait_for: a stanza that its class cannot take is nobody's answer but xso.invalid")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            c.call("subscribe", events=["xso", "xso.invalid"])
            i = r.begun("stream.send_and_wait_for", send=[], wait_for=[{"kind": "iq"}])
            r.server.send("<iq type='get' from='a@example.test' id='1'/><iq type='result' id='2'/>")
            equal(c.finish(i)["id"], "2")
            e = c.event("xso.invalid")
            equal(e["partial"], {"kind": "iq", "type": "get", "from": "a@example.test", "id": "1"})
            equal(e["error"]["data"]["kind"], "invalid-xso")
            equal(r.state(), "OPEN")


@test("send_and_wait_for on a stream that dies: its cause")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        for end, kind in ((lambda r: r.server.reset(), "transport-error"),
                          (lambda r: r.server.send("</stream:stream>"), "not-connected"),
                          (lambda r: r.server.send("<a></b>"), "stream-error")):
            with Raw(c, s) as r:
                i = r.begun("stream.send_and_wait_for", send=[], wait_for=[{"kind": "iq"}], timeout=None)
                end(r)
                equal(c.reply(i)["error"]["data"]["kind"], kind)


# --- stream.write -----------------------------------------------------------------------------------


@test("write: these bytes, as they are, also before the peer's header")
def _():
    data = b"<a \x00\xff\r\n>" + bytes(range(256))
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=None) as r:
            got = b""
            equal(r.call("stream.write", data=base64.b64encode(b"<early/>").decode()), {})
            r.server.expect("<early/>")
            r.answer()
            r.call("stream.wait", state="OPEN")
            r.call("stream.write", data=base64.b64encode(data).decode())
            while len(got) < len(data):
                wait_readable(r.server.sock, Deadline(), "the bytes")
                got += r.server.sock.recv(4096)
            equal(got, data)
            r.call("stream.write", data="")
            for bad in ("=", "a", "a===", "a b=", "Zm9v!", "Zm9v\n", "Zg=", "Zh=="):
                equal(r.fails("stream.write", -32602, data=bad).data["path"], "/data", bad)
            equal(r.fails("stream.write", -32602).data["path"], "/data")


@test("stream.bytes: what goes in and out, to the owner only, and only where asked for by name")
def _():
    with Daemon() as d, d.client() as c, d.client() as other, Server() as s:
        with Raw(c, s) as r:
            other.call("subscribe", events=["stream.bytes"])
            c.call("subscribe")
            r.call("stream.send", xso="<message id='1'/>")
            c.no_more_events()
            c.call("subscribe", events=["stream.bytes"])
            r.call("stream.send", xso="<message id='2'/>")
            e = c.event("stream.bytes", direction="out")
            matches("^<message id=.2./>$", base64.b64decode(e["data"]).decode())
            check("seq" not in e, "no seq")
            r.server.send("<message id='3'/>")
            e = c.event("stream.bytes", direction="in")
            equal(base64.b64decode(e["data"]), b"<message id='3'/>")
            other.no_more_events()


@test("start and stop are unsupported on a raw stream")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s) as r:
            for method in ("stream.start", "stream.stop"):
                r.fails(method, "unsupported")
            equal(r.state(), "OPEN")


main()
