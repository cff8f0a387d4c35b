#!/usr/bin/python3
"""A small XMPP client that shares no code with stanzad: the other account in the demo and the tests.

xmpp_peer.py --port PORT --ca FILE --jid USER@DOMAIN[/RESOURCE] --password-file FILE [--direct-tls]

Logs in (TLS verified for DOMAIN, SCRAM-SHA-256, SCRAM-SHA-1 or PLAIN), sends presence, and then obeys its
standard input, a command a line:

    send JID TEXT   a chat message
    raw XML         these bytes, as they are
    quit            says goodbye and ends; so does the end of the input

What happens is a line of standard output, each a JSON array:

    ["ready", JID]               logged in, and the server has our presence
    ["message", FROM, TEXT]      a message with a body
    ["stanza", XML]              every other one
    ["closed", REASON]           the stream ended: the last line
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import selectors
import socket
import ssl
import sys
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

STREAM = "{http://etherx.jabber.org/streams}"
CLIENT = "{jabber:client}"
SASL = "{urn:ietf:params:xml:ns:xmpp-sasl}"
TLS = "{urn:ietf:params:xml:ns:xmpp-tls}"
BIND = "{urn:ietf:params:xml:ns:xmpp-bind}"

TIMEOUT = 20


class Closed(Exception):
    """The stream is over; says why."""


def say(*words):
    print(json.dumps(words), flush=True)


class Stream:
    """An XML stream over a socket: its elements one by one, and what is written to it."""

    def __init__(self, sock, domain):
        self.sock = sock
        self.domain = domain
        self.restart()

    def restart(self):
        self.parser = ET.XMLPullParser(("start", "end"))
        self.depth = 0
        self.root = None
        self.elements = []
        self.write("<?xml version='1.0'?><stream:stream to=%s version='1.0' xmlns='jabber:client'"
                   " xmlns:stream='http://etherx.jabber.org/streams'>" % quoteattr(self.domain))

    def secure(self, context):
        self.sock = context.wrap_socket(self.sock, server_hostname=self.domain)

    def write(self, text):
        self.sock.sendall(text.encode())

    def receive(self):
        """Waits for input and takes it apart; TLS has nothing pending afterwards."""
        data = self.sock.recv(65536)
        while isinstance(self.sock, ssl.SSLSocket) and self.sock.pending():
            data += self.sock.recv(65536)
        if not data:
            raise Closed("end of file")
        self.parser.feed(data)
        for event, element in self.parser.read_events():
            if event == "start":
                self.depth += 1
                self.root = element if self.depth == 1 else self.root
                continue
            self.depth -= 1
            if self.depth == 0:
                raise Closed("the server closed the stream")
            if self.depth == 1:
                self.elements.append(element)
                self.root.remove(element)

    def next(self):
        while not self.elements:
            self.receive()
        element = self.elements.pop(0)
        if element.tag == STREAM + "error":
            raise Closed("stream error " + element[0].tag.partition("}")[2])
        return element

    def expect(self, tag):
        element = self.next()
        if element.tag != tag:
            raise Closed("expected %s, got %s" % (tag, ET.tostring(element, "unicode")))
        return element


def b64(data):
    return base64.b64encode(data).decode()


def scram(stream, mechanism, user, password):
    digest = mechanism[len("SCRAM-"):].replace("-", "").lower()

    def mac(key, data):
        return hmac.digest(key, data, digest)

    nonce = b64(os.urandom(18))
    first = "n=%s,r=%s" % (user.replace("=", "=3D").replace(",", "=2C"), nonce)
    stream.write("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='%s'>%s</auth>"
                 % (mechanism, b64(("n,," + first).encode())))
    server_first = base64.b64decode(stream.expect(SASL + "challenge").text).decode()
    fields = dict(field.split("=", 1) for field in server_first.split(","))
    if not fields["r"].startswith(nonce):
        raise Closed("the server's nonce is not made from ours")
    salted = hashlib.pbkdf2_hmac(digest, password.encode(), base64.b64decode(fields["s"]), int(fields["i"]))
    client_key = mac(salted, b"Client Key")
    final = "c=biws,r=" + fields["r"]
    message = ",".join((first, server_first, final)).encode()
    signature = mac(hashlib.new(digest, client_key).digest(), message)
    proof = bytes(a ^ b for a, b in zip(client_key, signature))
    stream.write("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</response>"
                 % b64((final + ",p=" + b64(proof)).encode()))
    success = base64.b64decode(stream.expect(SASL + "success").text or "").decode()
    if success != "v=" + b64(mac(mac(salted, b"Server Key"), message)):
        raise Closed("the server does not know the password either")


def authenticate(stream, features, user, password):
    offered = [m.text for m in features.iter(SASL + "mechanism")]
    for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-1"):
        if mechanism in offered:
            return scram(stream, mechanism, user, password)
    if "PLAIN" not in offered:
        raise Closed("no common mechanism among " + " ".join(offered))
    stream.write("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>"
                 % b64(("\0%s\0%s" % (user, password)).encode()))
    stream.expect(SASL + "success")


def log_in(args, password):
    bare, _, resource = args.jid.partition("/")
    user, _, domain = bare.partition("@")
    context = ssl.create_default_context(cafile=args.ca)
    sock = socket.create_connection((args.host, args.port), TIMEOUT)
    if args.direct_tls:
        sock = context.wrap_socket(sock, server_hostname=domain)
    stream = Stream(sock, domain)
    features = stream.expect(STREAM + "features")
    if not args.direct_tls:
        stream.write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        stream.expect(TLS + "proceed")
        stream.secure(context)
        stream.restart()
        features = stream.expect(STREAM + "features")
    authenticate(stream, features, user, password)
    stream.restart()
    stream.expect(STREAM + "features")
    stream.write("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>%s</bind></iq>"
                 % ("<resource>%s</resource>" % escape(resource) if resource else ""))
    jid = stream.expect(CLIENT + "iq").findtext(".//" + BIND + "jid")
    if jid is None:
        raise Closed("the server binds no resource")
    # our own presence comes back to us, and then the server is known to have it
    stream.write("<presence/>")
    while True:
        element = stream.next()
        if element.tag == CLIENT + "presence" and element.get("from") == jid:
            break
    return stream, jid


def show(element):
    body = element.findtext(CLIENT + "body")
    if element.tag == CLIENT + "message" and body is not None:
        say("message", element.get("from"), body)
    else:
        say("stanza", ET.tostring(element, "unicode"))


def obey(stream, line):
    command, _, rest = line.rstrip("\n").partition(" ")
    if command == "send":
        to, _, text = rest.partition(" ")
        stream.write("<message type='chat' to=%s><body>%s</body></message>" % (quoteattr(to), escape(text)))
    elif command == "raw":
        stream.write(rest)
    elif command == "quit":
        raise EOFError
    else:
        sys.exit("xmpp_peer.py: no such command: " + command)


def talk(stream):
    selector = selectors.DefaultSelector()
    selector.register(stream.sock, selectors.EVENT_READ)
    selector.register(0, selectors.EVENT_READ)
    pending = b""
    while True:
        while stream.elements:
            show(stream.next())
        for key, _ in selector.select():
            if key.fd != 0:
                stream.receive()
                continue
            data = os.read(0, 65536)
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                obey(stream, line.decode())
            if not data:
                raise EOFError


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ca", required=True)
    parser.add_argument("--jid", required=True)
    parser.add_argument("--password-file", required=True)
    parser.add_argument("--direct-tls", action="store_true")
    args = parser.parse_args()
    with open(args.password_file, encoding="utf-8") as file:
        password = file.readline().rstrip("\n")
    try:
        stream, jid = log_in(args, password)
        say("ready", jid)
        try:
            talk(stream)
        except EOFError:
            stream.write("</stream:stream>")
            while True:
                show(stream.next())
    except (Closed, OSError) as error:
        say("closed", str(error))


if __name__ == "__main__":
    main()
