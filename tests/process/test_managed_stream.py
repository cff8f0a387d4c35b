#!/usr/bin/python3
"""Managed streams over time: lost and found again, stopped and started, reloaded, restarted."""

from streams import *

ERROR = f"<stream:error><{{}} xmlns='{NS_ERRORS}'/></stream:error></stream:stream>"


def links(c):
    """Subscribes to what happens, all of it, so that numbers have no gaps."""
    c.call("subscribe")


def log_of(d, pattern):
    return [line for line in d.log().splitlines() if re.search(pattern, line)]


# --- ends, and what becomes of them -----------------------------------------------------------------


def heals(name, end, kind, condition=None):
    @test(f"while up: {name}: waiting with the reason and when it goes on, and then up again, not resumed")
    def _():
        with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
            with come_up(c, s) as server:
                c.call("subscribe")
                end(server)
                seen = events_until(c, "stream.link", link="waiting")
                gapless(seen)
                words = [m for m, p in seen]
                equal(words.count("stream.closing"), 1)
                check(("stream.state", "CLOSED") in [(m, p.get("state")) for m, p in seen], "CLOSED before waiting")
                link = seen[-1][1]
                equal((link["previous"], link["attempt"]), ("up", 1))
                check(0 <= link["retry_in"] <= 1, link)
                reason = link["reason"]
                equal(reason["data"]["kind"], kind)
                equal(reason["data"].get("condition"), condition)
                equal([p["reason"] for m, p in seen if m == "stream.closing"], [reason])
                info = c.call("stream.info")
                equal(info["error"], reason)
                # a wait may be over at once
                check(info["link"] in ("waiting", "connecting", "negotiating"), info)
                check(0 <= info.get("retry_in", 0) <= link["retry_in"], info)
            with come_up(c, s, begin=False, jid="user@example.test/again") as server:
                seen = events_until(c, "stream.link", link="up")
                gapless(seen)
                words = [p["link"] for m, p in seen if m == "stream.link"]
                equal(words, ["connecting", "negotiating", "up"])
                equal([p["attempt"] for m, p in seen if m == "stream.link"], [2, 2, 2])
                equal((seen[-1][1]["resumed"], seen[-1][1]["jid"]), (False, "user@example.test/again"))
                check("error" not in c.call("stream.info"), "no error once up")
                server.send("<message id='after'/>")
                equal(c.event("xso")["xso"]["id"], "after")


heals("EOF", lambda k: k.close(), "not-connected")
heals("RST", lambda k: k.reset(), "transport-error")
heals("a footer", lambda k: k.send("</stream:stream>"), "not-connected")
heals("what is not well-formed", lambda k: k.send("<a></b>"), "stream-error", "not-well-formed")
for condition_ in ("system-shutdown", "reset", "policy-violation", "resource-constraint", "undefined-condition"):
    heals(f"the stream error {condition_}", lambda k, c=condition_: k.send(ERROR.format(c)), "stream-error", condition_)


@test("while up: conflict, host-unknown, not-authorized, unsupported-version: down, until start or reload")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        links(c)
        for condition in ("conflict", "host-unknown", "not-authorized", "unsupported-version"):
            for again in (lambda: c.call("stream.start"), lambda: c.call("daemon.reload"),
                          lambda: d.signal(signal.SIGHUP)):
                if c.call("stream.info")["link"] == "stopped":
                    c.call("stream.start")
                server = come_up(c, s, begin=False)
                log = len(d.log())
                server.send(ERROR.format(condition))
                seen = events_until(c, "stream.link", link="down")
                reason = seen[-1][1]["reason"]
                equal((reason["data"]["kind"], reason["data"]["condition"]), ("stream-error", condition))
                check("retry_in" not in seen[-1][1], "nothing is tried")
                info = c.call("stream.info")
                equal((info["link"], info["error"]), ("down", reason))
                e = c.fails("stream.send", "stream-error", xso={"kind": "message", "to": "a@example.test"})
                equal(e.data["condition"], condition)
                equal(len(re.findall(rf"\[alerts\].*{condition}", d.log()[log:])), 1, "one line of it")
                server.close()
                again()
        s.accept().close()


@test("back-off: each wait is random below a bound that doubles; abort ends it at once and counts on")
def _():
    with Server() as dead, daemon_for(plain_section(dead)) as d, d.client() as c:
        dead.close()
        links(c)
        c.call("stream.start")
        waits = []
        for attempt in range(1, 13):
            e = c.event("stream.link", link="waiting")
            equal(e["attempt"], attempt)
            bound = min(300, 2 ** (attempt - 1))
            check(0 <= e["retry_in"] <= bound, f"{e['retry_in']} at attempt {attempt}")
            waits.append(e["retry_in"] / bound)
            equal(c.call("stream.abort")["link"] in ("connecting", "waiting"), True)
        check(min(waits) < 0.9 and max(waits) > 0.3, f"random: {waits}")


@test("back-off goes on by itself: the second attempt follows within a second")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        c.call("stream.start")
        begun = time.monotonic()
        s.accept().reset()
        server = s.accept()
        check(time.monotonic() - begun < 1 + PATIENCE / 4, "in time")
        server.close()


@test("stream.wait for a link: at once if it is that, else when it comes; timeout")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c, d.client() as o:
        equal(c.call("stream.wait", link="stopped")["link"], "stopped")
        c.fails("stream.wait", "timeout", link="up", timeout=0.05)
        waits = {k: o.begin("stream.wait", link=k) for k in ("connecting", "negotiating", "up", "waiting", "down")}
        o.call("daemon.info")
        server = come_up(c, s)
        for k in ("connecting", "negotiating", "up"):
            equal(o.finish(waits[k])["link"], k)
        server.send(ERROR.format("system-shutdown"))
        result = o.finish(waits["waiting"])
        equal((result["link"], result["error"]["data"]["condition"]), ("waiting", "system-shutdown"))
        server = come_up(c, s, begin=False)
        server.send(ERROR.format("conflict"))
        equal(o.finish(waits["down"])["error"]["data"]["condition"], "conflict")


@test("on a managed stream close, reset, starttls, write and close_with_error are unsupported, and harm nothing")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        with come_up(c, s):
            for method, params in (("stream.close", {}), ("stream.reset", {}), ("stream.starttls", {}),
                                   ("stream.reset_and_get_features", {}), ("stream.write", {"data": "eA=="}),
                                   ("stream.close_with_error", {"condition": "reset"})):
                c.fails(method, "unsupported", params)
            equal(c.call("stream.info")["link"], "up")


@test("sends while not up: an error, nothing kept, and none of it goes out later")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        xso = {"kind": "message", "id": "too-early", "to": "a@example.test"}
        c.fails("stream.send", "not-connected", xso=xso)
        c.call("stream.start")
        server = s.accept()
        c.fails("stream.send", "not-connected", xso=xso)
        server.header(None)
        c.call("stream.wait", state="OPEN")
        c.fails("stream.send", "not-connected", xso=xso)
        c.fails("stream.send_and_wait_for", "not-connected", send=[xso], wait_for=[{}])
        authenticate(server)
        server.header(ServerConnection.FEATURE_BIND)
        server.expect("<iq .*?</iq>")
        c.fails("stream.send", "not-connected", xso=xso)
        server.send(bound())
        c.call("stream.wait", link="up")
        c.call("stream.send", xso={**xso, "id": "in-time"})
        check("too-early" not in server.expect("^.*in-time")[0], "nothing of before")
        server.close()


# --- start, stop, abort -----------------------------------------------------------------------------


@test("stop: footer, EOF, the peer's footer, stopped; the reply comes then; no attempt follows; again a no-op")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        with come_up(c, s) as server:
            links(c)
            i = c.begin("stream.stop")
            matches("</stream:stream>$", server.expect_eof())
            c.call("daemon.info")
            check(i not in c.replies, "not before the peer has closed")
            server.send("</stream:stream>")
            equal(c.finish(i), {"state": "CLOSED", "link": "stopped"})
            seen = events_until(c, "stream.link", link="stopped")
            gapless(seen)
            equal([p["reason"] for m, p in seen if m == "stream.closing"], [None])
            check("reason" not in seen[-1][1], "nothing went wrong")
            equal(c.call("stream.stop"), {"state": "CLOSED", "link": "stopped"})
            info = c.call("stream.info")
            check("error" not in info and "retry_in" not in info, info)
            c.no_more_events()


@test("stop: a peer that does not answer is waited for shutdown_timeout")
def _():
    with Server() as s, daemon_for(plain_section(s, shutdown_timeout=0.2)) as d, d.client() as c:
        with come_up(c, s) as server:
            begun = time.monotonic()
            equal(c.call("stream.stop")["link"], "stopped")
            check(0.19 < time.monotonic() - begun < PATIENCE / 2, "the time it took")
            server.expect(FOOTER)


@test("stop in each phase of the login, while waiting and when down: stopped, and start goes on")
def _():
    def connecting(s):
        s.accept()

    def header(s):
        s.accept().header(None)

    def tls_wanted(s):
        k = s.accept()
        k.header(ServerConnection.FEATURE_STARTTLS)
        k.expect("<starttls ")

    def handshake_(s):
        k = s.accept()
        k.header(ServerConnection.FEATURE_STARTTLS)
        k.expect("<starttls ")
        k.send(PROCEED)
        wait_readable(k.sock, Deadline(), "a hello")
        return k

    def sasl_(s):
        k = s.accept()
        k.header(ServerConnection.FEATURE_STARTTLS)
        k.starttls()
        k.header(mechanisms("PLAIN"))
        k.expect("</auth>")
        return k

    def waiting(s):
        s.accept().reset()

    def down(s):
        k = s.accept()
        k.header(None)
        k.send(ERROR.format("host-unknown"))
        return k

    with Server() as s, daemon_for(section(s)) as d, d.client() as c:
        links(c)
        for phase in (connecting, header, tls_wanted, handshake_, sasl_, waiting, down):
            c.call("stream.start")
            kept = phase(s)
            if phase in (waiting, down):
                c.call("stream.wait", link=phase.__name__)
            equal(c.call("stream.stop")["link"], "stopped", phase.__name__)
            seen = events_until(c, "stream.link", link="stopped")
            gapless(seen)
            if kept:
                kept.close()
        come_up(c, s, tls=True).close()


@test("start of a stream that is up or on its way changes nothing")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        c.call("stream.start")
        equal(c.call("stream.start")["link"] in ("connecting", "negotiating"), True)
        with come_up(c, s, begin=False) as server:
            links(c)
            equal(c.call("stream.start"), {"state": "OPEN", "link": "up"})
            c.no_more_events()
            server.send("<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>")
            server.expect("<iq [^>]*type=.result.")


@test("abort of a stream that is up: the transport is closed, and it connects anew without waiting")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        with come_up(c, s) as old:
            links(c)
            c.call("stream.abort")
            check("message" not in old.expect_eof(), "the end")
            with come_up(c, s, begin=False):
                seen = events_until(c, "stream.link", link="up")
                gapless(seen)
                equal([p["reason"] for m, p in seen if m == "stream.closing"], [None])
                equal([p["retry_in"] for m, p in seen if p.get("link") == "waiting"], [0])


@test("a stopped stream starts again with the daemon; autostart = no does not")
def _():
    with Server() as s:
        d = daemon_for(plain_section(s, "yes", autostart="yes"), plain_section(s, "no"))
        c = d.client()
        server = come_up(c, s, "yes", begin=False)
        i = c.begin("stream.stop", stream="yes")
        server.end()
        c.finish(i)
        equal(d.stop(), 0)
        with Daemon(open(d.config_path).read(), directory=d.dir) as d, d.client() as c:
            with come_up(c, s, "yes", begin=False):
                equal(c.call("stream.info", stream="no")["link"], "stopped")


@test("the soft dead-time limit makes the daemon ping; the hard one ends the connection, and it comes back")
def _():
    with Server() as s, daemon_for(plain_section(s, deadtime_soft_limit=0.1, deadtime_hard_limit=0.4)) as d, \
            d.client() as c:
        with come_up(c, s) as server:
            c.call("subscribe", events=["stream.deadtime", "stream.link", "stream.closing"])
            ping = server.expect(r"<iq [^>]*type=.get.[^>]*><ping xmlns=.urn:xmpp:ping.\s*/></iq>")[0]
            c.event("stream.deadtime")
            i = re.search(r" id=['\"]([^'\"]*)", ping)[1]
            server.send(f"<iq type='result' id='{i}'/>")
            server.expect("<ping ")
            equal(c.call("stream.info")["link"], "up")
            equal(c.event("stream.closing")["reason"]["data"]["errno"], "ETIMEDOUT")
            c.event("stream.link", link="waiting")
        come_up(c, s, begin=False).close()


# --- reload -----------------------------------------------------------------------------------------


def reload_(d, c, *sections, **kw):
    d.configure(kw.get("before", "") + "\n".join(sections))
    return c.call("daemon.reload")


@test("reload: unchanged streams are not touched, also where others come, change and go")
def _():
    with Server() as s, daemon_for(plain_section(s, "kept", autostart="yes"),
                                   plain_section(s, "gone"), plain_section(s, "changed")) as d, d.client() as c:
        kept = come_up(c, s, "kept", begin=False)
        gone = come_up(c, s, "gone")
        changed = come_up(c, s, "changed")
        links(c)
        reload_(d, c, plain_section(s, "kept", autostart="yes"), plain_section(s, "changed", resource="new"),
                plain_section(s, "added", autostart="yes"))
        for server in (gone, changed):
            server.expect(FOOTER)
            server.send("</stream:stream>")
        ready = [s.accept(), s.accept()]
        for server in ready:
            log_in(server)
        for stream in ("changed", "added"):
            c.call("stream.wait", stream=stream, link="up")
        equal(sorted(k["stream"] for k in c.call("stream.list")), ["added", "changed", "kept"])
        equal([e for e in c.events if e["params"].get("stream") == "kept"], [], "kept was not touched")
        equal(c.event("stream.removed")["info"]["stream"], "gone")
        equal(c.event("stream.added")["info"]["stream"], "added")
        # each in order, ends with what it is
        closings = [e["params"] for e in c.events if e["method"] == "stream.closing"]
        equal(sorted((p["stream"], p["reason"]) for p in closings), [("changed", None), ("gone", None)])
        kept.send("<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>")
        kept.expect("<iq [^>]*type=.result.")
        for server in (kept, *ready):
            server.close()


@test("reload: a changed section is used for the next connection, with all of its keys")
def _():
    with Server() as s, Server() as other, daemon_for(plain_section(s)) as d, d.client() as c:
        server = come_up(c, s)
        reload_(d, c, plain_section(other, jid="else@example.test", resource="lamp"))
        server.end()
        server = other.accept()
        server.header(mechanisms("SCRAM-SHA-1"))
        matches("n=else,", authorize(server)[1])
        equal(c.call("stream.info")["link"], "negotiating")
        server.close()


@test("reload: what is not the stream's section touches no stream, and counts at once")
def _():
    body = {"kind": "message", "to": "a@example.test", "body": "x" * 2000}
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        with come_up(c, s) as server:
            links(c)
            c.call("stream.send", xso=body)
            reload_(d, c, plain_section(s), before="[limits]\nmax_send_bytes = 1K\n[daemon]\nlog_level = debug\n")
            c.fails("stream.send", "invalid-xso", xso=body)
            c.no_more_events()
            c.call("stream.send", xso={"kind": "message", "to": "a@example.test", "id": "small"})
            server.expect("small")


@test("reload: a faulty configuration changes nothing, and the reply and the log say where the fault is")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        with come_up(c, s) as server:
            links(c)
            good = open(d.config_path).read()
            for bad, text in ((good + "\nnonsense = 1\n", "nonsense"), (good + "\n[stream alerts]\n", "alerts"),
                              (good.replace("port =", "prot ="), "prot")):
                d.configure(bad)
                e = c.fails("daemon.reload", -32603)
                matches(rf"stanzad\.conf:\d+: .*{text}", e.message)
                d.notify.until("READY", "1")
                log = len(d.log())
                d.signal(signal.SIGHUP)
                d.notify.until("READY", "1")
                check(text in d.log()[log:], "the log")
            equal(c.call("stream.info")["link"], "up")
            c.no_more_events()
            server.send("<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>")
            server.expect("<iq [^>]*type=.result.")


@test("reload: a stream that was stopped by hand stays so; one that waits goes on waiting")
def _():
    with Server() as s, daemon_for(plain_section(s, "stopped", autostart="yes"),
                                   plain_section(s, "waits", port=refused_port())) as d, d.client() as c:
        server = come_up(c, s, "stopped", begin=False)
        i = c.begin("stream.stop", stream="stopped")
        server.end()
        c.finish(i)
        c.call("stream.start", stream="waits")
        c.call("stream.wait", stream="waits", link="waiting")
        c.call("daemon.reload")
        equal(c.call("stream.info", stream="stopped")["link"], "stopped")
        check(c.call("stream.info", stream="waits")["link"] in ("waiting", "connecting"), "as before")


@test("reload: a section changed or removed in the middle of a login is taken at its word")
def _():
    with Server() as s, Server() as other, daemon_for(section(s, tls="direct")) as d, d.client() as c:
        links(c)
        c.call("stream.start")
        half = s.accept()  # no handshake
        reload_(d, c, plain_section(other))
        server = come_up(c, other, begin=False)
        seen = events_until(c, "stream.link", link="up")
        gapless(seen)
        reload_(d, c, plain_section(other, resource="x"))
        server.end()
        k = other.accept()
        k.header(None)
        reload_(d, c)
        c.event("stream.removed")
        equal(c.call("stream.list"), [])
        half.close()
        k.close()


@test("reload: a stream removed while its peer does not answer is gone in its shutdown_timeout; calls end")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        with come_up(c, s):
            links(c)
            i = c.begin("stream.wait", stream="alerts", link="down", timeout=None)
            j = c.begin("stream.send_and_wait_for", stream="alerts", send=[], wait_for=[{"kind": "iq"}], timeout=None)
            reload_(d, c)
            c.event("stream.removed")
            c.fails("stream.info", "unknown-stream", stream="alerts")
            for k in (i, j):
                check(c.reply(k)["error"]["data"]["kind"] in ("canceled", "not-connected"), "answered")


# --- numbers, and the end of the daemon -------------------------------------------------------------


def next_seq(c):
    """The number of the next event of the one stream."""
    return c.call("stream.info")["seq"] + 1


@test("numbers go on after a clean restart, without a gap")
def _():
    with Server() as s:
        d = daemon_for(plain_section(s))
        last = 0
        for _ in range(3):
            c = d.client()
            c.call("subscribe")
            first = next_seq(c)
            check(first > last, f"{first} after {last}")
            server = come_up(c, s)
            seen = events_until(c, "stream.link", link="up")
            equal(seen[0][1]["seq"], first)
            gapless(seen)
            d.signal(signal.SIGTERM)
            server.end()
            seen = events_until(c, "stream.state", state="CLOSED")
            while (line := c.read()) is not None:
                seen.append((line["method"], line["params"]))
            last = max(p["seq"] for _, p in seen if "seq" in p)
            c.close()
            equal(d.wait(), 0)
            config = open(d.config_path).read()
            d = Daemon(config, directory=d.dir)
            with d.client() as c:
                # stream.added of the new daemon was the next one
                equal(c.call("stream.info")["seq"], last + 1)
                last += 1
        d.kill()


@test("numbers after kill -9 may skip ahead and never repeat")
def _():
    with Server() as s:
        d = daemon_for(plain_section(s))
        last = 0
        for _ in range(4):
            with d.client() as c:
                c.call("subscribe")
                equal(next_seq(c) > last, True)
                server = come_up(c, s)
                for n in range(100):
                    server.send(f"<message id='{n}'/>")
                seen = events_until(c, "stream.link", link="up")
                while not (seen[-1][0] == "xso" and seen[-1][1]["xso"].get("id") == "99"):
                    seen += events_until(c, "xso")
                gapless(seen)
                check(seen[0][1]["seq"] > last, "no number twice")
                last = seen[-1][1]["seq"]
            d.kill()
            server.close()
            d = Daemon(open(d.config_path).read(), directory=d.dir)
        d.kill()


@test("a number file that is garbage, or a state directory that cannot be written, is a warning, not an end")
def _():
    with Server() as s:
        d = daemon_for(plain_section(s))
        d.kill()
        path = os.path.join(d.dir, "state", "seq", "alerts")
        for garbage in ("", "nonsense\n", "-5\n", "99999999999999999999999\n", "9007199254740992\n"):
            with open(path, "w") as f:
                f.write(garbage)
            with Daemon(open(d.config_path).read(), directory=d.dir) as again, again.client() as c:
                check(0 < c.call("stream.info")["seq"] < 2 ** 53, garbage)
        shutil.rmtree(os.path.join(d.dir, "state"))
        d.write("state", "in the way")
        with Daemon(open(d.config_path).read(), directory=d.dir) as again, again.client() as c:
            equal(c.call("stream.info")["link"], "stopped")
            check(d.dir + "/state" in again.log(), again.log())


@test("SIGTERM: each stream is closed in order, its events are flushed, and the daemon exits 0")
def _():
    with Server() as s, daemon_for(plain_section(s, "a", shutdown_timeout=30),
                                   section(s, "b", shutdown_timeout=30)) as d, d.client() as c:
        a = come_up(c, s, "a")
        b = come_up(c, s, "b", tls=True)
        c.call("subscribe", events=["stream.closing", "stream.state", "daemon.stopping"])
        d.signal(signal.SIGTERM)
        for server in (a, b):
            server.expect(FOOTER)
        a.send("<message id='still'/></stream:stream>")
        b.send("</stream:stream>")
        seen = []
        while (line := c.read()) is not None:
            seen.append(line)
        equal([e["params"]["reason"] for e in seen if e["method"] == "stream.closing"], [None, None])
        equal(sorted(e["params"]["stream"] for e in seen if e["params"].get("state") == "CLOSED"), ["a", "b"])
        check("daemon.stopping" in [e["method"] for e in seen], "daemon.stopping")
        equal(d.wait(), 0)
        a.close()
        b.close()


@test("SIGTERM: peers that do not answer are waited for shutdown_timeout; half logins and waits end at once")
def _():
    with Server() as s, daemon_for(plain_section(s, "up", shutdown_timeout=0.3),
                                   section(s, "half", shutdown_timeout=30),
                                   section(s, "handshake", tls="direct", shutdown_timeout=30),
                                   plain_section(s, "waits", port=refused_port())) as d, d.client() as c:
        up = come_up(c, s, "up")
        c.call("stream.start", stream="half")
        half = s.accept()
        half.expect(HEADER)
        c.call("stream.start", stream="handshake")
        shake = s.accept()
        c.call("stream.start", stream="waits")
        c.call("stream.wait", stream="waits", link="waiting")
        begun = time.monotonic()
        equal(d.stop(), 0)
        check(0.25 < time.monotonic() - begun < PATIENCE / 2, "as long as it takes")
        matches("</stream:stream>$", half.expect_eof())
        for server in (up, half, shake):
            server.close()


@test("a second SIGTERM ends it at once")
def _():
    with Server() as s, daemon_for(plain_section(s, shutdown_timeout=60)) as d, d.client() as c:
        with come_up(c, s) as server:
            d.signal(signal.SIGTERM)
            server.expect(FOOTER)
            equal(d.stop(), 0)


@test("sd_notify's STATUS tells how many streams are up")
def _():
    with Server() as s, daemon_for(plain_section(s, "a"), plain_section(s, "b")) as d, d.client() as c:
        server = come_up(c, s, "a")
        d.notify.until("STATUS", r"1 of 2")
        server.close()


main()
