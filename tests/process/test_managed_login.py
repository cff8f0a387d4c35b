#!/usr/bin/python3
"""How a managed stream logs in: what it says and when, what it does not believe, and where it gives up."""

from streams import *

CONNECTION = ServerConnection
BIND = CONNECTION.FEATURE_BIND


def begin(d, c, s, events=None):
    """Subscribes to everything and starts the one stream: the server's end."""
    c.call("subscribe", **({"events": events} if events else {}))
    c.call("stream.start")
    return s.accept()


def ends(c, link, kind=None):
    """The events up to that link state, whose reason must be of that kind; the reason."""
    seen = events_until(c, "stream.link", link=link)
    gapless(seen)
    reason = seen[-1][1].get("reason")
    equal(reason and reason["data"]["kind"], kind, f"reason of {link}: {reason}")
    closing = [p["reason"] for m, p in seen if m == "stream.closing"]
    if closing:
        equal(closing, [reason], "stream.closing, once")
    info = c.call("stream.info")
    # a wait may be over at once
    now = (link, "connecting", "negotiating") if link == "waiting" else (link,)
    check(info["link"] in now, info)
    equal(info.get("error"), reason, "stream.info")
    return reason


def nothing_of_sasl(server):
    """Closes with the daemon; no byte of SASL, nor of the password, may have come."""
    text = server.end()
    check("auth" not in text and "sasl" not in text, text)


def starttls(server, offered="", after=""):
    """Up to TLS, and the features behind it."""
    server.header(CONNECTION.FEATURE_STARTTLS + offered)
    server.starttls()
    server.header(after or CONNECTION.FEATURE_PLAIN)


# --- the way up -------------------------------------------------------------------------------------


@test("the whole login, event by event, in order, numbered without gaps from 1")
def _():
    with Server() as s, daemon_for(section(s, resource="lamp")) as d, d.client() as c:
        server = begin(d, c, s)
        server.header(CONNECTION.FEATURE_STARTTLS, id="plain")
        server.starttls()
        server.header(CONNECTION.FEATURE_PLAIN, id="tls")
        server.expect("</auth>")
        server.send(f"<success xmlns='{NS_SASL}'/>")
        server.header(BIND, id="bound")
        bind = server.expect("<iq .*?</iq>")[0]
        check("<resource>lamp</resource>" in bind, bind)
        bind_id = re.search(r" id=.([^'\"]+)", bind)[1]
        server.send(f"<iq type='result' id='{bind_id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                    "<jid>user@example.test/other</jid></bind></iq>")
        seen = events_until(c, "stream.link", link="up")
        gapless(seen)
        equal(seen[0][1]["seq"], 2, "stream.added was the first")
        words = [f"{m[7:]} {p.get('link') or p.get('state') or ''}".strip() for m, p in seen]
        step = ["state STREAM_HEADER_SENT", "state OPEN", "features"]
        equal(words, ["link connecting", "link negotiating", *step, "tls", *step, *step, "link up"])
        links = [p for m, p in seen if m == "stream.link"]
        equal([p["previous"] for p in links], ["stopped", "connecting", "negotiating"])
        equal([p["attempt"] for p in links], [1, 1, 1])
        equal((links[2]["jid"], links[2]["resumed"]), ("user@example.test/other", False))
        check(all("reason" not in p and "retry_in" not in p for p in links), "nothing went wrong")
        info = c.call("stream.info")
        equal({k: info[k] for k in ("stream", "managed", "mode", "to", "jid", "state", "link", "secure", "can_starttls",
                                    "remote_id", "version")},
              {"stream": "alerts", "managed": True, "mode": "c2s", "to": "example.test",
               "jid": "user@example.test/other", "state": "OPEN", "link": "up", "secure": True,
               "can_starttls": False, "remote_id": "bound", "version": "1.0"})
        check("error" not in info and "retry_in" not in info, info)
        server.close()


@test("headers name the domain, and say who we are only under TLS; the first presence comes after binding")
def _():
    with Server() as s, daemon_for(section(s)) as d, d.client() as c:
        server = begin(d, c, s)
        first = server.header(CONNECTION.FEATURE_STARTTLS)[0]
        check("to='example.test'" in first.replace('"', "'") and "user@" not in first, first)
        server.starttls()
        check("to='example.test'" in server.header(CONNECTION.FEATURE_PLAIN)[0].replace('"', "'"), "under TLS")
        server.expect("</auth>")
        server.send(f"<success xmlns='{NS_SASL}'/>")
        server.header(BIND)
        server.expect("<iq .*?</iq>")
        server.send(bound())
        matches("^<presence[^>]*/>$", server.expect("<[^>]*>")[0])
        server.close()


@test("presence = none: nothing is said after binding until a client does")
def _():
    with Server() as s, daemon_for(plain_section(s, presence="none")) as d, d.client() as c:
        with come_up(c, s, presence=False) as server:
            c.call("stream.send", xso={"kind": "message", "to": "a@example.test", "id": "first"})
            matches("^<message ", server.expect("<[^>]*>")[0])


@test("an old server that wants a session gets it; one that says it is optional does not")
def _():
    session = "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'>{}</session>"
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        for optional, wanted in (("", True), ("<optional/>", False)):
            c.call("stream.start")
            server = s.accept()
            server.header(None)
            authenticate(server)
            server.header(BIND + session.format(optional))
            server.expect("<iq .*?</iq>")
            server.send(bound())
            if wanted:
                i = server.expect(r"<iq [^>]*id=['\"]([^'\"]*)['\"][^>]*><session .*?</iq>")[1]
                equal(c.call("stream.info")["link"], "negotiating")
                server.send(f"<iq type='result' id='{i}'/>")
            server.expect("^<presence[^>]*/>")
            c.call("stream.wait", link="up")
            i = c.begin("stream.stop")
            server.end()
            c.finish(i)


@test("direct TLS: the handshake first, and no STARTTLS, whatever is offered")
def _():
    with Server() as s, daemon_for(section(s, tls="direct")) as d, d.client() as c:
        server = begin(d, c, s)
        server.tls()
        server.header(CONNECTION.FEATURE_STARTTLS + CONNECTION.FEATURE_PLAIN)
        server.expect("^<auth ")
        server.close()


# --- TLS and what may go wrong ----------------------------------------------------------------------


@test("STARTTLS stripped from the features: tls-error, waiting, and not a byte of SASL")
def _():
    with Server() as s, daemon_for(section(s)) as d, d.client() as c:
        for offered in (CONNECTION.FEATURE_PLAIN, "", mechanisms("SCRAM-SHA-256", "PLAIN"), BIND):
            server = begin(d, c, s)
            server.header(offered)
            ends(c, "waiting", "tls-error")
            nothing_of_sasl(server)
            c.call("stream.stop")
            c.events.clear()
            c.call("unsubscribe", subscription=c.call("subscribe")["subscription"] - 1)


@test("mechanisms offered beside STARTTLS: TLS first, and those of before TLS count for nothing")
def _():
    with Server() as s, daemon_for(section(s)) as d, d.client() as c:
        server = begin(d, c, s)
        starttls(server, mechanisms("SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"), mechanisms("PLAIN"))
        matches("mechanism=.PLAIN", server.expect("^<auth [^>]*>")[0])
        server.close()


@test("STARTTLS refused by <failure/>: tls-error, waiting, no SASL")
def _():
    with Server() as s, daemon_for(section(s)) as d, d.client() as c:
        server = begin(d, c, s)
        server.header(CONNECTION.FEATURE_STARTTLS + CONNECTION.FEATURE_PLAIN)
        server.expect("<starttls ")
        server.send(f"<failure xmlns='{NS_TLS}'/></stream:stream>")
        ends(c, "waiting", "tls-error")
        check("auth" not in server.expect_eof(), "no SASL")


@test("anything behind <proceed/>: tls-error, the connection ends, none of it is seen or logged")
def _():
    evil = f"<stream:features>{CONNECTION.FEATURE_PLAIN}<evil xmlns='urn:evil'/></stream:features>"
    with Server() as s, daemon_for(section(s)) as d, d.client() as c:
        c.call("subscribe")
        for injected in (evil, f"<success xmlns='{NS_SASL}'>evil</success>", " evil", "<evil"):
            c.call("stream.start")
            server = s.accept()
            server.header(CONNECTION.FEATURE_STARTTLS)
            server.expect("<starttls ")
            server.send(PROCEED + injected)
            seen = events_until(c, "stream.link", link="waiting")
            equal(seen[-1][1]["reason"]["data"]["kind"], "tls-error")
            check("evil" not in json.dumps(seen) and "evil" not in d.log(), "nothing of it")
            server.sock.settimeout(PATIENCE)
            rest = b""
            try:
                while more := server.sock.recv(4096):
                    rest += more
            except ConnectionResetError:
                pass
            check(b"\x16\x03" not in rest and b"auth" not in rest, rest)
            c.call("stream.stop")
            events_until(c, "stream.link", link="stopped")


@test("<proceed/>, <success/> and <challenge/> that nobody asked for end the attempt")
def _():
    with Server() as s, daemon_for(section(s)) as d, d.client() as c:
        c.call("subscribe")
        for unasked, kind, link in ((PROCEED, "tls-error", "waiting"),
                                    (f"<success xmlns='{NS_SASL}'/>", "auth-error", "down"),
                                    (f"<challenge xmlns='{NS_SASL}'/>", "auth-error", "down")):
            c.call("stream.start")
            server = s.accept()
            server.header(None)
            server.send(unasked)
            events_until(c, "stream.link", link="negotiating")
            ends(c, link, kind)
            nothing_of_sasl(server)
            c.call("stream.stop")
            events_until(c, "stream.link", link="stopped")


def refused_certificate(name, files, reason, **options):
    @test(f"a certificate {name}: down, tls-error, no SASL, and no further attempt")
    def _():
        with Server() as s, daemon_for(section(s, **options)) as d, d.client() as c:
            server = begin(d, c, s)
            server.header(CONNECTION.FEATURE_STARTTLS)
            server.expect("<starttls ")
            server.send(PROCEED)
            check(not handshake(server, files()), "refused")
            data = ends(c, "down", "tls-error")["data"]
            matches(reason, data["reason"])
            equal(len([l for l in d.log().splitlines() if re.search(f"\\[alerts\\].*{reason}", l)]), 1, "one line")
            equal(c.fails("stream.send", "tls-error", xso="<message/>").data["reason"], data["reason"])


refused_certificate("for another domain", lambda: certificate("other.test"), "other\\.test.*example\\.test")
refused_certificate("for the host that is connected to", lambda: certificate("localhost"), "localhost.*example\\.test",
                    host="localhost")
refused_certificate("of an unknown CA", lambda: certificate(ca="Another CA"), "signer")
refused_certificate("out of date", lambda: certificate(days=-1), "expired")
refused_certificate("of another key than the pin", certificates, "pin", pin_sha256="0" * 64)


@test("direct TLS with a wrong certificate is down too")
def _():
    with Server() as s, daemon_for(section(s, tls="direct")) as d, d.client() as c:
        server = begin(d, c, s)
        check(not handshake(server, certificate("other.test")), "refused")
        matches("other.test", ends(c, "down", "tls-error")["data"]["reason"])


@test("a server that breaks off the handshake may be repaired: waiting")
def _():
    with Server() as s, daemon_for(section(s)) as d, d.client() as c:
        c.call("subscribe")
        for act in (lambda k: k.close(), lambda k: k.send(b"\x15\x03\x03\0\2\2\x28"), lambda k: k.send("plain text")):
            c.call("stream.start")
            server = s.accept()
            server.header(CONNECTION.FEATURE_STARTTLS)
            server.expect("<starttls ")
            server.send(PROCEED)
            wait_readable(server.sock, Deadline(), "a hello")
            act(server)
            events_until(c, "stream.link", link="negotiating")
            ends(c, "waiting", "tls-error")
            server.close()
            c.call("stream.stop")
            events_until(c, "stream.link", link="stopped")


@test("a CA file that is missing: one line that names it, no handshake without it, healed when it is there")
def _():
    with Server() as s, daemon_for(section(s, ca_file="@DIR@/no-such-ca.pem", shutdown_timeout=0.1)) as d, \
            d.client() as c:
        server = begin(d, c, s)
        server.header(CONNECTION.FEATURE_STARTTLS)
        server.expect("<starttls ")
        server.send(PROCEED)
        reason = ends(c, "waiting", "tls-error")
        check("no-such-ca.pem" in reason["message"], reason)
        server.close()
        shutil.copy(certificates()[0], d.dir + "/no-such-ca.pem")
        c.call("stream.abort")
        come_up(c, s, begin=False, tls=True).close()


# --- SASL -------------------------------------------------------------------------------------------


@test("SASL: the strongest that both have; SCRAM-SHA-256, SCRAM-SHA-1, PLAIN; unknown ones are passed over")
def _():
    with Server() as s, daemon_for(section(s)) as d, d.client() as c:
        for offered, taken in ((("PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"), "SCRAM-SHA-256"),
                               (("SCRAM-SHA-1", "PLAIN", "DIGEST-MD5"), "SCRAM-SHA-1"),
                               (("ANONYMOUS", "EXTERNAL", "X-OAUTH2", "PLAIN"), "PLAIN")):
            c.call("stream.start")
            server = s.accept()
            starttls(server, after=mechanisms(*offered))
            equal(authorize(server)[0], taken)
            i = c.begin("stream.stop")
            server.end()
            c.finish(i)


@test("SCRAM: the server proves that it knows the password too, and then we are up")
def _():
    for mechanism, digest in (("SCRAM-SHA-1", "sha1"), ("SCRAM-SHA-256", "sha256")):
        with Server() as s, daemon_for(section(s)) as d, d.client() as c:
            server = begin(d, c, s)
            starttls(server, after=mechanisms(mechanism))
            server.send(sasl("success", scram(server, digest)))
            server.header(BIND)
            server.expect("<iq .*?</iq>")
            server.send(bound())
            c.call("stream.wait", link="up")
            equal(c.call("stream.info")["mechanism"], mechanism)
            check(SECRET not in d.log(), "no password in the log")
            server.close()


@test("a success that proves nothing is refused: without signature, with a wrong one, without a challenge")
def _():
    def forged(server):
        server.send(sasl("success", scram(server, "sha256", forge=lambda v: bytes(len(v)))))

    def silent(server):
        scram(server, "sha256")
        server.send(f"<success xmlns='{NS_SASL}'/>")

    def early(server):
        authorize(server)
        server.send(f"<success xmlns='{NS_SASL}'/>")

    def wrong_nonce(server):
        scram(server, "sha256", nonce=lambda n: "x" + n)

    for trick in (forged, silent, early, wrong_nonce):
        with Server() as s, daemon_for(section(s)) as d, d.client() as c:
            server = begin(d, c, s)
            starttls(server, after=mechanisms("SCRAM-SHA-256"))
            trick(server)
            equal(ends(c, "down", "auth-error")["data"]["mechanism"], "SCRAM-SHA-256", trick.__name__)
            text = server.end()
            check("stream:stream " not in text, "no stream was begun on it")


@test("downgrade: mechanisms in the configuration are all that is allowed; nothing is sent otherwise")
def _():
    for allowed, offered in (("SCRAM-SHA-256", ("PLAIN", "SCRAM-SHA-1")), ("SCRAM-SHA-1,SCRAM-SHA-256", ("PLAIN",))):
        with Server() as s, daemon_for(section(s, mechanisms=allowed)) as d, d.client() as c:
            server = begin(d, c, s)
            starttls(server, after=mechanisms(*offered))
            ends(c, "down", "auth-error")
            nothing_of_sasl(server)


@test("PLAIN is never said without TLS, also where the configuration names it; SCRAM may be")
def _():
    for allowed in (None, "PLAIN", "PLAIN,SCRAM-SHA-1"):
        with Server() as s, daemon_for(plain_section(s, mechanisms=allowed)) as d, d.client() as c:
            server = begin(d, c, s)
            server.header(mechanisms("PLAIN"))
            ends(c, "down", "auth-error")
            nothing_of_sasl(server)
            if allowed != "PLAIN":
                c.call("stream.start")
                server = s.accept()
                server.header(mechanisms("PLAIN", "SCRAM-SHA-1"))
                equal(authorize(server)[0], "SCRAM-SHA-1")
                server.close()


@test("tls = off at a server that wants TLS: tls-error says so, nothing is said of the password")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        server = begin(d, c, s)
        server.header(CONNECTION.FEATURE_STARTTLS)
        ends(c, "waiting", "tls-error")
        nothing_of_sasl(server)


@test("every SASL failure is refused credentials, down; temporary-auth-failure alone is tried again")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        c.call("subscribe", events=["stream.link", "stream.closing"])
        for condition in ("aborted", "account-disabled", "credentials-expired", "encryption-required",
                          "incorrect-encoding", "invalid-authzid", "invalid-mechanism", "malformed-request",
                          "mechanism-too-weak", "not-authorized", "bad-protocol", "temporary-auth-failure"):
            c.call("stream.start")
            server = s.accept()
            server.header(mechanisms("SCRAM-SHA-1"))
            authorize(server)
            server.send(f"<failure xmlns='{NS_SASL}'><{condition}/><text xml:lang='en'>Why not</text></failure>")
            server.end()
            link = "waiting" if condition == "temporary-auth-failure" else "down"
            data = events_until(c, "stream.link", link=link)[-1][1]["reason"]["data"]
            equal((data["kind"], data["condition"], data["text"], data["mechanism"]),
                  ("auth-error", condition, "Why not", "SCRAM-SHA-1"))
        c.call("stream.wait", link="negotiating")  # by itself, again
        s.accept().close()


@test("the password is the first line of its file, read at each login, and is in no event, reply or log")
def _():
    with Server() as s, daemon_for(section(s)) as d, d.client() as c:
        c.call("subscribe", events=["stream.link", "stream.closing", "log", "xso", "xso.out"], level="debug")
        for password in (SECRET, "second p\u00e4ssword & <tag>"):
            d.write("password", password + "\nanother line\n")
            c.call("stream.start")
            server = s.accept()
            starttls(server)
            equal(authorize(server), ("PLAIN", f"\0user\0{password}"))
            server.send(f"<failure xmlns='{NS_SASL}'><not-authorized/></failure>")
            server.end()
            events = json.dumps(events_until(c, "stream.link", link="down"))
            encoded = base64.b64encode(f"\0user\0{password}".encode()).decode()
            for text in (events, d.log(), json.dumps(c.call("stream.list"))):
                check(password not in text and encoded not in text, "no secret")


@test("a password file that is missing or empty: one line says what and where; waiting; healed when it is there")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        c.call("subscribe")
        os.unlink(d.dir + "/password")
        for prepare in (lambda: None, lambda: d.write("password", "\n")):
            prepare()
            log = len(d.log())
            c.call("stream.start")
            server = s.accept()
            server.header(mechanisms("PLAIN"))
            events_until(c, "stream.link", link="negotiating")
            reason = ends(c, "waiting", "auth-error")
            check(d.dir + "/password" in reason["message"], reason)
            lines = [l for l in d.log()[log:].splitlines() if d.dir + "/password" in l]
            equal(len(lines), 1, f"lines {lines}")
            nothing_of_sasl(server)
            c.call("stream.stop")
            events_until(c, "stream.link", link="stopped")
        d.write("password", SECRET + "\n")
        come_up(c, s).close()


# --- binding ----------------------------------------------------------------------------------------


def to_bind(d, c, s, feature=BIND):
    """Starts it and goes up to the request to bind."""
    server = begin(d, c, s)
    server.header(None)
    authenticate(server)
    server.header(feature)
    return server


@test("binding refused: stanza-error with its condition, waiting")
def _():
    for condition, type in (("conflict", "cancel"), ("not-allowed", "cancel"), ("resource-constraint", "wait"),
                            ("bad-request", "modify")):
        with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
            server = to_bind(d, c, s)
            server.expect("<iq .*?</iq>")
            server.send(f"<iq type='error' id='bind'><error type='{type}'><{condition} xmlns='{NS_STANZAS}'/>"
                        f"<text xmlns='{NS_STANZAS}'>No.</text></error></iq>")
            data = ends(c, "waiting", "stanza-error")["data"]
            equal((data["condition"], data["type"], data["text"]), (condition, type, "No."))
            equal(data["stanza"]["attrs"]["type"], "error")
            server.end()


@test("an answer to the binding without a full JID of ours is refused; one to somebody else is not ours")
def _():
    for jid in ("", "<jid/>", "<jid>user@example.test</jid>", "<jid>@</jid>"):
        with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
            server = to_bind(d, c, s)
            server.expect("<iq .*?</iq>")
            server.send("<iq type='result' id='not-ours'/><iq type='result' id='bind'>"
                        f"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>{jid}</bind></iq>")
            ends(c, "waiting", "stanza-error")
            server.end()


@test("no binding offered: unsupported, waiting")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        server = to_bind(d, c, s, feature="")
        ends(c, "waiting", "unsupported")
        server.end()


@test("what the daemon exchanges to log in is no xso event; a stanza that comes before `up` does no harm")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        server = to_bind(d, c, s)
        server.expect("<iq .*?</iq>")
        server.send("<message id='early'/>" + bound() + "<message id='first'/>")
        seen = events_until(c, "xso")
        equal(seen[-1][1]["xso"]["id"], "first")
        gapless(seen)
        check(("stream.link", "up") in [(m, p.get("link")) for m, p in seen], "up comes before any stanza")
        server.close()


# --- time, and stream errors ------------------------------------------------------------------------


@test("a step that is not answered within negotiation_timeout: transport-error ETIMEDOUT names it, waiting")
def _():
    def connect(server):
        pass

    def header(server):
        server.header(None)

    def tls(server):
        server.header(CONNECTION.FEATURE_STARTTLS)
        server.expect("<starttls ")

    def shake(server):
        tls(server)
        server.send(PROCEED)

    def authenticate(server):
        starttls(server)
        server.expect("</auth>")

    def bind(server):
        authenticate(server)
        server.send(f"<success xmlns='{NS_SASL}'/>")
        server.header(BIND)
        server.expect("<iq ")

    with Server() as s, daemon_for(section(s, negotiation_timeout=0.3)) as d, d.client() as c:
        c.call("subscribe")
        for go, step in ((connect, ""), (header, "features"), (tls, "starttls"), (shake, "starttls"),
                         (authenticate, "sasl"), (bind, "bind")):
            c.call("stream.start")
            server = s.accept()
            go(server)
            events_until(c, "stream.link", link="negotiating")
            reason = ends(c, "waiting", "transport-error")
            equal(reason["data"]["errno"], "ETIMEDOUT", go.__name__)
            check(step in reason["message"], reason["message"])
            server.close()
            c.call("stream.stop")
            events_until(c, "stream.link", link="stopped")


@test("the time-out is for each step: a slow login that goes on comes up")
def _():
    with Server() as s, daemon_for(plain_section(s, negotiation_timeout=1.0)) as d, d.client() as c, \
            Daemon() as clock, clock.client() as tick:
        with Raw(tick, s, deadtime_soft_limit=0.4) as t:
            tick.call("subscribe", events=["stream.deadtime"])

            def pause():
                """0.4 s by another daemon's clock."""
                t.server.send(" ")
                tick.event("stream.deadtime")

            server = begin(d, c, s)
            pause()
            server.header(None)
            pause()
            server.features(mechanisms("SCRAM-SHA-1"))
            last = scram(server)
            pause()
            server.send(sasl("success", last))
            pause()
            server.header(BIND)
            server.expect("<iq ")
            pause()
            server.send(bound())
            c.call("stream.wait", link="up")
            server.close()


@test("a stream error at each step of the login is its reason; which ones are for good")
def _():
    with Server() as s, daemon_for(plain_section(s)) as d, d.client() as c:
        c.call("subscribe", events=["stream.link", "stream.closing"])
        for condition, link in (("host-unknown", "down"), ("not-authorized", "down"), ("conflict", "down"),
                                ("unsupported-version", "down"), ("policy-violation", "down"),
                                ("system-shutdown", "waiting"), ("internal-server-error", "waiting"),
                                ("resource-constraint", "waiting"), ("host-gone", "waiting"),
                                ("see-other-host", "waiting")):
            for step in range(2):
                c.call("stream.start")
                server = s.accept()
                server.header(None if step == 0 else mechanisms("SCRAM-SHA-1"))
                if step == 1:
                    server.expect("</auth>")
                server.send(f"<stream:error><{condition} xmlns='{NS_ERRORS}'/></stream:error></stream:stream>")
                data = events_until(c, "stream.link", link=link)[-1][1]["reason"]["data"]
                equal((data["kind"], data["condition"], data["sent"]), ("stream-error", condition, False))
                server.close()
                c.call("stream.stop")
                events_until(c, "stream.link", link="stopped")


@test("a name that does not resolve, and a closed port: waiting with a transport-error that says which")
def _():
    with Server() as s, daemon_for(section(s, "unknown", host="no-such-host.invalid"),
                                   section(s, "closed", port=refused_port())) as d, d.client() as c:
        c.call("subscribe", events=["stream.link"])
        for stream, text in (("unknown", "no-such-host.invalid"), ("closed", "refused")):
            c.call("stream.start", stream=stream)
            reason = c.event("stream.link", stream=stream, link="waiting")["reason"]
            equal(reason["data"]["kind"], "transport-error")
            check(text in reason["message"], reason)
            check(re.search(rf"\[{stream}\] .*{text}", d.log()), "in the log")
        equal(c.call("stream.info", stream="closed")["error"]["data"]["errno"], "ECONNREFUSED")


@test("negotiation_timeout = 0: no limit")
def _():
    with Server() as s, daemon_for(plain_section(s, negotiation_timeout=0)) as d, d.client() as c:
        c.call("subscribe", events=["stream.link"])
        c.call("stream.start")
        with s.accept() as server:
            server.expect("<stream:stream [^>]*>")
            c.call("daemon.info")
            equal(c.call("stream.info")["link"], "negotiating")


main()
