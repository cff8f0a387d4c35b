"""What the tests of streams share besides the harness: a raw stream with both its ends in hand, and
certificates that are wrong in one way each."""

import base64
import hashlib

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
