#!/usr/bin/python3
"""The daemon against a real server, Debian's Prosody, with a client of other make on the far side."""

import base64
import contextlib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "process"))

from harness import *  # noqa: E402,F403

XMLNS_TLS = "urn:ietf:params:xml:ns:xmpp-tls"
XMLNS_SASL = "urn:ietf:params:xml:ns:xmpp-sasl"


class Prosody:
    def __init__(self, **settings):
        self.dir = new_dir()
        self.env = {**os.environ, **{"PROSODY_" + k.upper(): v for k, v in settings.items()}}
        self.run("init")
        with open(self.path("ports")) as f:
            ports = dict(line.strip().split("=") for line in f)
        self.c2s, self.direct_tls = int(ports["C2S"]), int(ports["DIRECT_TLS"])
        self.run("start")

    def run(self, command):
        # its output is no pipe: the server that stays behind would keep that open
        with open(self.path("script.log"), "ab") as log:
            status = subprocess.run([os.path.join(HERE, "prosody.sh"), command, self.dir], env=self.env,
                                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=60).returncode
        if status != 0:
            with open(self.path("script.log")) as f:
                raise Failure(f"prosody.sh {command}: {f.read()}")

    def path(self, name):
        return os.path.join(self.dir, name)

    def password(self, account):
        with open(self.path(account + ".password")) as f:
            return f.readline().strip()

    def config(self, account="alerts", **keys):
        keys = {"jid": account + "@example.test", "password_file": self.path(account + ".password"),
                "host": "127.0.0.1", "port": self.c2s, "tls": "starttls", "ca_file": self.path("ca.pem"), **keys}
        return f"[stream {account}]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.run("kill")


class Peer:
    """xmpp_peer.py, logged in as juliet."""

    def __init__(self, prosody):
        self.process = subprocess.Popen(
            [os.path.join(HERE, "xmpp_peer.py"), "--port", str(prosody.c2s), "--ca", prosody.path("ca.pem"),
             "--jid", "juliet@example.test/balcony", "--password-file", prosody.path("juliet.password")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        equal(self.read(), ["ready", "juliet@example.test/balcony"])

    def read(self):
        wait_readable(self.process.stdout, Deadline(), "a line of the peer's")
        return json.loads(self.process.stdout.readline())

    def tell(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@contextlib.contextmanager
def connected(prosody, **keys):
    """A daemon with the stream alerts, up, and a subscriber."""
    with Daemon(prosody.config(**keys)) as d, d.client() as c:
        c.call("stream.wait", stream="alerts", link="up")
        c.call("subscribe", streams=["alerts"])
        yield d, c


def goes_down(config, stream="alerts"):
    """The error object of a stream that goes down; it must say the same to all who ask."""
    with Daemon(config) as d, d.client() as c:
        c.call("stream.wait", stream=stream, link="down")
        info = c.call("stream.info", stream=stream)
        equal(info["link"], "down")
        e = c.fails("stream.send", info["error"]["data"]["kind"], stream=stream,
                    xso={"kind": "message", "to": "juliet@example.test", "body": "x"})
        equal(e.code, info["error"]["code"])
        return info["error"], d.log()


# --- logging in -------------------------------------------------------------------------------------


@test("it logs in by STARTTLS and SCRAM-SHA-1, and binds its resource")
def _():
    with Prosody() as p, connected(p, resource="lamp") as (_, c):
        info = c.call("stream.info", stream="alerts")
        equal(info["jid"], "alerts@example.test/lamp")
        equal(info["mechanism"], "SCRAM-SHA-1")
        equal(info["state"], "OPEN")
        check(info["secure"] and info["tls"]["peer_certificate"]["verified"], "a verified certificate")


@test("of SCRAM-SHA-256 and PLAIN it takes SCRAM-SHA-256")
def _():
    with Prosody(hash="SHA-256") as p, connected(p) as (_, c):
        equal(c.call("stream.info", stream="alerts")["mechanism"], "SCRAM-SHA-256")


@test("it logs in by direct TLS")
def _():
    with Prosody() as p, connected(p, tls="direct", port=p.direct_tls) as (_, c):
        info = c.call("stream.info", stream="alerts")
        check(info["secure"], "TLS")
        equal(info["mechanism"], "SCRAM-SHA-1")


@test("PLAIN alone is taken under TLS, where nothing else is allowed")
def _():
    with Prosody() as p, connected(p, mechanisms="PLAIN") as (_, c):
        equal(c.call("stream.info", stream="alerts")["mechanism"], "PLAIN")


@test("a wrong password: auth-error, down, the line names the stream, and no password is in the log")
def _():
    with Prosody() as p:
        wrong = os.path.join(new_dir(), "password")
        with open(wrong, "w") as f:
            f.write("n0t-the-p4ssword\n")
        error, log = goes_down(p.config(password_file=wrong))
        equal(error["data"]["kind"], "auth-error")
        equal(error["data"]["condition"], "not-authorized")
        matches(r"\[alerts\].*not-authorized", log)
        check("n0t-the-p4ssword" not in log and base64.b64encode(b"\0alerts\0n0t-the-p4ssword").decode() not in log,
              "the password is not in the log")


@test("a certificate for another domain: tls-error, and down")
def _():
    with Prosody(certificate_for="other.test") as p:
        error, log = goes_down(p.config())
        equal(error["data"]["kind"], "tls-error")
        matches(r"\[alerts\].*example\.test", log)


@test("a certificate of an unknown CA: tls-error, and down")
def _():
    with Prosody() as p, Prosody() as other:
        error, _ = goes_down(p.config(ca_file=other.path("ca.pem")))
        equal(error["data"]["kind"], "tls-error")


@test("a domain that the server does not serve: stream error host-unknown, and down")
def _():
    with Prosody() as p:
        error, _ = goes_down(p.config(jid="alerts@nowhere.test"))
        equal(error["data"]["kind"], "stream-error")
        equal(error["data"]["condition"], "host-unknown")


# --- stanzas ----------------------------------------------------------------------------------------


@test("messages go both ways as they are, whatever is in them")
def _():
    text = "a <b> & \"c\" 'd' \u00e9\u4e2d\U0001f525 ]]>"
    with Prosody() as p, connected(p) as (_, c), Peer(p) as juliet:
        juliet.tell("send alerts@example.test " + text)
        xso = c.event("xso", timeout=10)["xso"]
        while xso.get("body") is None:
            xso = c.event("xso", timeout=10)["xso"]
        equal(xso["body"], text)
        equal((xso["kind"], xso["type"], xso["from"]), ("message", "chat", "juliet@example.test/balcony"))
        for xso in ({"kind": "message", "type": "chat", "to": "juliet@example.test", "body": text},
                    {"name": "message", "attrs": {"type": "chat", "to": "juliet@example.test"},
                     "children": [{"name": "body", "children": [text]}]},
                    "<message type='chat' to='juliet@example.test'><body>%s</body></message>"
                    % text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")):
            c.call("stream.send", stream="alerts", xso=xso)
            equal(juliet.read(), ["message", "alerts@example.test/stanzad", text])


@test("what XML cannot carry is refused, and the session of the others goes on")
def _():
    with Prosody() as p, connected(p) as (d, c), Peer(p) as juliet:
        for bad in ("\x00", "\x08", "\ufffe"):
            c.fails("stream.send", "invalid-xso", stream="alerts",
                    xso={"kind": "message", "to": "juliet@example.test", "body": bad})
        c.fails("stream.send", "invalid-xso", stream="alerts", xso="<presence/><presence/>")
        c.fails("stream.send", "invalid-xso", stream="alerts",
                xso={"kind": "message", "from": "juliet@example.test", "to": "juliet@example.test"})
        c.call("stream.send", stream="alerts", xso={"kind": "message", "to": "juliet@example.test", "body": "on"})
        equal(juliet.read()[2], "on")
        equal(c.call("stream.info", stream="alerts")["link"], "up")


@test("a message to nobody comes back as an error of type and condition")
def _():
    with Prosody() as p, connected(p) as (_, c):
        sent = c.call("stream.send", stream="alerts",
                      xso={"kind": "message", "to": "nobody@example.test", "type": "chat", "body": "x"})
        while True:
            xso = c.event("xso")["xso"]
            if xso["kind"] == "message":
                break
        equal((xso["type"], xso["id"], xso["error"]["condition"]), ("error", sent["id"], "service-unavailable"))


# --- its ends and returns ---------------------------------------------------------------------------


@test("a server that says goodbye is a stream error, and the daemon returns when it is back")
def _():
    with Prosody() as p, connected(p) as (_, c):
        p.run("stop")
        reason = c.event("stream.closing")["reason"]
        equal(reason["data"]["kind"], "stream-error")
        equal(reason["data"]["condition"], "system-shutdown")
        p.run("start")
        c.event("stream.link", link="up", timeout=30)


@test("a server that dies is a transport error, and the daemon returns when it is back")
def _():
    with Prosody() as p, connected(p) as (_, c):
        p.run("kill")
        equal(c.event("stream.closing")["reason"]["data"]["kind"], "transport-error")
        c.event("stream.state", state="CLOSED")
        c.event("stream.link", link="waiting")
        p.run("start")
        c.event("stream.link", link="up", timeout=30)


@test("a restart of the server loses nothing that is the daemon's: subscriptions, numbers, order")
def _():
    with Prosody() as p, connected(p) as (d, c):
        for command in ("stop", "kill"):
            seq = c.call("stream.info", stream="alerts")["seq"]
            c.events.clear()
            p.run(command)
            p.run("start")
            words, numbers = [], []
            while not words or words[-1] != "up":
                e = c.event(timeout=30)
                numbers.append(e["seq"])
                words += [e["link"]] if "link" in e else []
            equal(numbers, list(range(seq + 1, seq + 1 + len(numbers))), "numbers")
            matches(r"^(waiting connecting (negotiating )?)+up$", " ".join(words))
            with Peer(p) as juliet:
                juliet.tell("send alerts@example.test after the " + command)
                while (e := c.event("xso", timeout=10))["xso"].get("body") != "after the " + command:
                    pass
                c.call("stream.send", stream="alerts", xso={"kind": "message", "to": "juliet@example.test", "body": "yes"})
                while juliet.read()[-1] != "yes":
                    pass


@test("two accounts in one daemon: each its own session, and they talk to each other")
def _():
    with Prosody() as p, Daemon(p.config() + p.config("juliet", resource="balcony")) as d, d.client() as c:
        for account in ("alerts", "juliet"):
            c.call("stream.wait", stream=account, link="up")
        equal([i["jid"] for i in c.call("stream.list")],
              ["alerts@example.test/stanzad", "juliet@example.test/balcony"])
        c.call("subscribe", streams=["juliet"], events=["xso"], match=[{"kind": "message"}])
        c.call("subscribe", streams=["alerts"], events=["xso"], match=[{"kind": "message"}])
        c.call("stream.send", stream="alerts", xso={"kind": "message", "to": "juliet@example.test/balcony", "body": "a"})
        e = c.event("xso")
        equal((e["stream"], e["xso"]["from"], e["xso"]["body"]), ("juliet", "alerts@example.test/stanzad", "a"))
        c.call("stream.send", stream="juliet", xso={"kind": "message", "to": "alerts@example.test/stanzad", "body": "b"})
        e = c.event("xso")
        equal((e["stream"], e["xso"]["from"], e["xso"]["body"]), ("alerts", "juliet@example.test/balcony", "b"))
        c.call("stream.stop", stream="juliet")
        equal(c.call("stream.info", stream="alerts")["link"], "up")
        c.no_more_events()


@test("another client of the same resource: conflict, and down until stream.start")
def _():
    with Prosody() as p, connected(p) as (_, c):
        with Daemon(p.config()) as other, other.client() as o:
            o.call("stream.wait", stream="alerts", link="up")
            equal(c.event("stream.closing")["reason"]["data"]["condition"], "conflict")
            c.event("stream.link", link="down")
        c.call("stream.start", stream="alerts")
        c.event("stream.link", link="up")


@test("stream.stop closes the stream in order, and the server sees us go")
def _():
    with Prosody() as p, connected(p) as (_, c), Peer(p) as juliet:
        c.call("stream.send", stream="alerts", xso={"kind": "presence", "to": "juliet@example.test/balcony"})
        matches("<[^ ]*presence.*alerts@example.test/stanzad", juliet.read()[1])
        c.call("stream.stop", stream="alerts")
        equal(c.event("stream.closing")["reason"], None)
        c.event("stream.state", state="CLOSED")
        c.event("stream.link", link="stopped")
        matches("alerts@example.test/stanzad.*unavailable|unavailable.*alerts@example.test/stanzad", juliet.read()[1])


# --- a raw stream -----------------------------------------------------------------------------------


@test("a client drives a raw stream by hand: features, STARTTLS, PLAIN, bind, close")
def _():
    with Prosody() as p, Daemon("[daemon]\n") as d, d.client() as c:
        c.call("stream.open", name="hand", to="example.test", host="127.0.0.1", port=p.c2s)
        features = c.call("stream.get_features", stream="hand")
        check("starttls" in features, "STARTTLS is offered")
        proceed = c.call("stream.send_and_wait_for", stream="hand", send=[f"<starttls xmlns='{XMLNS_TLS}'/>"],
                         wait_for=[{"ns": XMLNS_TLS}], format="raw")
        equal(proceed["name"], "proceed")
        with open(p.path("ca.pem")) as f:
            tls = c.call("stream.starttls", stream="hand", ca_pem=f.read())
        check(tls["peer_certificate"]["verified"], "a verified certificate")
        features = c.call("stream.reset_and_get_features", stream="hand")
        check("PLAIN" in features["mechanisms"], "PLAIN is offered")
        secret = base64.b64encode(f"\0alerts\0{p.password('alerts')}".encode()).decode()
        success = c.call("stream.send_and_wait_for", stream="hand", wait_for=[{"ns": XMLNS_SASL}], format="raw",
                         send=[f"<auth xmlns='{XMLNS_SASL}' mechanism='PLAIN'>{secret}</auth>"])
        equal(success["name"], "success")
        check("bind" in c.call("stream.reset_and_get_features", stream="hand"), "bind is offered")
        answer = c.call("stream.send_and_wait_for", stream="hand", wait_for=[{"kind": "iq", "id": "b"}],
                        send=[{"kind": "iq", "type": "set", "id": "b",
                               "payload": "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"}])
        equal(answer["type"], "result")
        matches("^alerts@example.test/", answer["payload"]["jid"])
        equal(c.call("stream.close", stream="hand", wait=True)["state"] in
              ("CLOSING_STREAM_FOOTER_RECEIVED", "CLOSED"), True)


@test("a raw stream that is not well-formed gets the server's stream error, and it is raised again")
def _():
    with Prosody() as p, Daemon("[daemon]\n") as d, d.client() as c:
        c.call("stream.open", name="hand", to="example.test", host="127.0.0.1", port=p.c2s)
        c.call("stream.get_features", stream="hand")
        c.call("stream.write", stream="hand", data=base64.b64encode(b"<a></b>").decode())
        c.call("stream.wait", stream="hand", state="CLOSED")
        e = c.fails("stream.send", "stream-error", stream="hand", xso="<presence/>")
        equal((e.data["condition"], e.data["sent"]), ("not-well-formed", False))


if __name__ == "__main__":
    main()
