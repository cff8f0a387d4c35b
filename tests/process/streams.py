"""What the tests of streams share besides the harness: a raw stream with both its ends in hand, and
certificates that are wrong in one way each."""

import base64
import hashlib
import hmac

from harness import *

HEADER = r"<stream:stream [^>]*>"
FOOTER = r"</stream:stream>"
STATES = ("READY", "STREAM_HEADER_SENT", "OPEN", "CLOSING", "CLOSING_STREAM_FOOTER_RECEIVED",
          "CLOSED")

NS_TLS = "urn:ietf:params:xml:ns:xmpp-tls"
NS_SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
NS_ERRORS = "urn:ietf:params:xml:ns:xmpp-streams"
NS_STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"
STARTTLS = f"<starttls xmlns='{NS_TLS}'/>"
PROCEED = f"<proceed xmlns='{NS_TLS}'/>"

# What every raw stream here is opened with, unless a test says otherwise.
STREAM = {"to": "example.test", "host": "127.0.0.1", "shutdown_timeout": 0.1}


class Raw:
    """A raw stream of CLIENT, and the server's end of it. OPEN, unless features is None: then the
    server has said nothing yet."""

    def __init__(self, client, server, features="", **options):
        self.client = client
        request = self.begin_open(client, server, **options)
        self.server = server.accept()
        if options.get("tls") == "direct":
            self.server.tls()
        self.header = self.server.expect(HEADER)[0]
        self.result = client.finish(request)
        self.name = self.result["stream"]
        if features is not None:
            self.answer(features)
            self.call("stream.wait", state="OPEN")

    @staticmethod
    def begin_open(client, server, **options):
        return client.begin("stream.open", {**STREAM, "port": server.port, **options})

    def answer(self, features=""):
        """The server's header, and its features unless they are None."""
        self.server.send(f"<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
                         f"xmlns:stream='{NS_STREAM}' id='s1' from='example.test' version='1.0'>")
        if features is not None:
            self.server.features(features)

    def call(self, method, params=None, **kw):
        return self.client.call(method, {"stream": self.name, **(params or {})}, **kw)

    def begin(self, method, params=None, **kw):
        return self.client.begin(method, {"stream": self.name, **(params or {})}, **kw)

    def begun(self, method, params=None, **kw):
        """As begin(), and then the daemon has it: requests are begun in their order."""
        i = self.begin(method, params, **kw)
        self.client.call("daemon.info")
        return i

    def fails(self, method, kind, params=None, **kw):
        return self.client.fails(method, kind, {"stream": self.name, **(params or {})}, **kw)

    def state(self):
        return self.call("stream.info")["state"]

    def proceed(self):
        """Asks for STARTTLS and gets it: the handshake may begin."""
        i = self.begin("stream.send_and_wait_for", send=[STARTTLS],
                       wait_for=[{"kind": "starttls_proceed"}])
        self.server.expect("<starttls ")
        self.server.send(PROCEED)
        self.client.finish(i)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.close()


def events_until(client, method, **members):
    """The events that have come up to the first of that name with those members, in their order:
    pairs of name and parameters."""
    taken = []
    while True:
        if not client.events:
            client._take(None, f"the event {method} {members or ''}")
            continue
        e = client.events.pop(0)
        taken.append((e["method"], e["params"]))
        if e["method"] == method and all(e["params"].get(k) == v for k, v in members.items()):
            return taken


def gapless(events):
    """Whether these, all of one stream, have each its number and none is left out."""
    numbers = [p["seq"] for _, p in events]
    equal(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "seq")


def refused_port():
    """A port of loopback at which nobody listens."""
    with Server() as s:
        return s.port


_made = {}


def certificate(name="example.test", days=2, ca=None):
    """Paths (ca, certificate, key), made once for each set of arguments. ca: a name that makes it
    another CA than the one of certificates()."""
    if (name, days, ca) not in _made:
        d = new_dir()

        def openssl(*args):
            subprocess.run(["openssl", *args], cwd=d, check=True, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        ca_pem = certificates()[0]
        ca_key = os.path.join(os.path.dirname(ca_pem), "ca.key")
        if ca:
            openssl("req", "-x509", *new_key, "-days", "2", "-subj", f"/CN={ca}", "-keyout",
                    "ca.key", "-out", "ca.pem")
            ca_pem, ca_key = os.path.join(d, "ca.pem"), os.path.join(d, "ca.key")
        with open(os.path.join(d, "ext"), "w") as f:
            f.write(f"subjectAltName=DNS:{name}\nbasicConstraints=CA:FALSE\n")
        openssl("req", *new_key, "-subj", f"/CN={name}", "-keyout", "key.pem", "-out", "csr.pem")
        openssl("x509", "-req", "-in", "csr.pem", "-CA", ca_pem, "-CAkey", ca_key,
                "-set_serial", "1", "-days", str(days), "-extfile", "ext", "-out", "cert.pem")
        _made[name, days, ca] = (ca_pem, os.path.join(d, "cert.pem"), os.path.join(d, "key.pem"))
    return _made[name, days, ca]


def handshake(connection, files):
    """The server's side of TLS with those (ca, certificate, key); whether it came about."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files[1], files[2])
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # it tells the server who refused
    connection.sock.settimeout(PATIENCE)
    try:
        connection.sock = context.wrap_socket(connection.sock, server_side=True,
                                              suppress_ragged_eofs=False)
    except (ssl.SSLError, ConnectionResetError, BrokenPipeError):
        return False
    connection.buffer = ""
    return True


def spki_sha256(files):
    """The digest of a certificate's public key, by openssl."""
    key = subprocess.run(["openssl", "x509", "-in", files[1], "-noout", "-pubkey"], check=True,
                         capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, check=True,
                         capture_output=True).stdout
    return hashlib.sha256(der).digest()


# --- managed streams --------------------------------------------------------------------------------

SECRET = "pencil-0f-the-4ccount"


def daemon_for(*sections, before="", password=SECRET, **kw):
    """A daemon with those sections, and the password file that they name by default."""
    directory = new_dir()
    with open(os.path.join(directory, "password"), "w") as f:
        f.write(password + "\n")
    return Daemon(before + "\n".join(sections), directory=directory, **kw)


def section(server, name="alerts", **more):
    """A stream that does not start by itself and gives up soon what does not go on."""
    return stream_section(server, name, **{"autostart": "no", "shutdown_timeout": 0.2, **more})


def plain_section(server, name="alerts", **more):
    """Likewise, without TLS: for all that has nothing to do with it."""
    return section(server, name, tls=False, **more)


# --- the server's side of a login -------------------------------------------------------------------


def mechanisms(*names):
    return (f"<mechanisms xmlns='{NS_SASL}'>" + "".join(f"<mechanism>{n}</mechanism>" for n in names) +
            "</mechanisms>")


def authorize(server):
    """What <auth/> said: mechanism and decoded text."""
    m = server.expect(r"<auth [^>]*mechanism=['\"]([^'\"]*)['\"][^>]*>([^<]*)</auth>")
    return m[1], base64.b64decode(m[2]).decode()


def sasl(name, text):
    return f"<{name} xmlns='{NS_SASL}'>{base64.b64encode(text.encode()).decode()}</{name}>"


def scram(server, digest="sha1", password=SECRET, forge=lambda signature: signature, nonce=lambda n: n + "server"):
    """The server's side of SCRAM up to its last word, which is returned."""
    _, first = authorize(server)
    bare = re.match(r"^[ny],,(n=user,r=([!-+\--~]+))$", first)
    check(bare, first)
    whole = nonce(bare[2])
    challenge = f"r={whole},s={base64.b64encode(b'salt').decode()},i=4096"
    server.send(sasl("challenge", challenge))
    m = server.expect(r"<response [^>]*>([^<]*)</response>|<abort ")
    if m[1] is None:
        return None
    final = base64.b64decode(m[1]).decode()
    without, proof = final.rsplit(",p=", 1)
    salted = hashlib.pbkdf2_hmac(digest, password.encode(), b"salt", 4096)
    message = ",".join((bare[1], challenge, without)).encode()
    client_key = hmac.digest(salted, b"Client Key", digest)
    signature = hmac.digest(hashlib.new(digest, client_key).digest(), message, digest)
    equal(bytes(a ^ b for a, b in zip(client_key, signature)), base64.b64decode(proof), "proof")
    return "v=" + base64.b64encode(forge(hmac.digest(hmac.digest(salted, b"Server Key", digest), message,
                                                     digest))).decode()


def authenticate(server):
    """All of SASL, after the features: PLAIN is believed, SCRAM-SHA-1 done."""
    if isinstance(server.sock, ssl.SSLSocket):
        server.features(mechanisms("PLAIN"))
        authorize(server)
        server.send(f"<success xmlns='{NS_SASL}'/>")
    else:
        server.features(mechanisms("SCRAM-SHA-1"))
        server.send(sasl("success", scram(server)))


def bound(jid="user@example.test/r", id="bind"):
    return (f"<iq type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
            f"<jid>{jid}</jid></bind></iq>")


def log_in(server, jid="user@example.test/r"):
    """Header, SASL, header, binding; STARTTLS or direct TLS has been before or is not at all."""
    server.header(None)
    authenticate(server)
    server.header(ServerConnection.FEATURE_BIND)
    server.expect("<iq .*?</iq>")
    server.send(bound(jid))


def come_up(client, server, stream="alerts", tls=False, begin=True, presence=True, jid="user@example.test/r"):
    """Starts it and logs it in: the server's end."""
    if begin:
        client.call("stream.start", stream=stream)
    connection = server.accept()
    if tls:
        connection.header(ServerConnection.FEATURE_STARTTLS)
        connection.starttls()
    log_in(connection, jid)
    if presence:
        connection.expect("<presence[^>]*/>")
    client.call("stream.wait", stream=stream, link="up")
    return connection


# --- a stream that is up --------------------------------------------------------------------------


MESSAGE = {"kind": "message", "to": "a@example.test", "body": "x"}


class Up:
    """A daemon whose one stream is up, a client that is subscribed, and the server's end."""

    def __init__(self, before="", **options):
        self.s = Server()
        self.d = daemon_for(plain_section(self.s, **options), before=before)
        self.c = self.d.client()
        self.server = come_up(self.c, self.s)
        self.c.call("subscribe")

    def sent(self):
        """What clients and daemon have sent since the last look, up to a mark sent now."""
        self.c.call("stream.send", xso={"kind": "message", "to": "mark@example.test", "id": "mark"})
        return self.server.expect(r"^(.*?)<message [^>]*id=['\"]mark['\"][^>]*/>")[1]

    def is_up(self):
        equal(self.c.call("stream.info")["link"], "up")

    def __enter__(self):
        self.d.__enter__()
        return self

    def __exit__(self, kind, *rest):
        self.server.close()
        self.c.close()
        self.s.close()
        self.d.__exit__(kind, *rest)


def iq(type, payload, attrs="id='q1' from='a@example.test/r' to='user@example.test/r'"):
    return f"<iq type='{type}' {attrs}>{payload}</iq>"


def as_typed(u, xml):
    return u.c.call("xso.convert", xso=xml, format="typed")["xso"]


def shared(s, before=""):
    """A daemon whose socket other users may open, with one stream."""
    d = new_dir()
    with open(d + "/password", "w") as f:
        f.write(SECRET + "\n")
    with open(d + "/c", "w") as f:
        f.write(before + plain_section(s, directory=d))
    return Daemon(args=["--system", "--config", d + "/c", "--socket", d + "/s", "--state-dir", d + "/state"],
                  socket_path=d + "/s")
