#!/usr/bin/python3
"""Managed streams that are stopped, aborted or reloaded while something is under way, and servers
that do nothing or too much."""

import threading
from contextlib import contextmanager

from streams import *


@contextmanager
def managed(server, client_events=(), config=None, **keys):
    """A daemon with one stream to that server, and a client of it."""
    directory = new_dir()
    with open(os.path.join(directory, "password"), "w") as f:
        f.write("pencil")
    os.chmod(f.name, 0o600)
    config = config or stream_section(server, **keys)
    with Daemon(config, directory=directory) as d, d.client() as c:
        if client_events:
            c.call("subscribe", events=list(client_events))
        yield d, c


def come_up(server, client):
    connection = server.accept()
    connection.log_in()
    client.call("stream.wait", link="up")
    return connection


def clog(client):
    """Sends until the server, which reads nothing, takes no more."""
    message = {"kind": "message", "to": "a@example.test", "body": "x" * 200000}
    while True:
        try:
            client.call("stream.send", xso=message)
        except RpcError as e:
            equal(e.kind, "overflow")
            return


def no_connection(server, client):
    """Nothing connects: had it been begun, it would be in the backlog, as this is loopback."""
    client.call("daemon.info")
    check(not select.select([server.sock], [], [], 0)[0], "no connection")


@test("abort leaves a server that reads nothing behind at once")
def _():
    with Server() as s, managed(s) as (_, c):
        old = come_up(s, c)
        clog(c)
        c.call("stream.abort")
        s.accept(timeout=PATIENCE / 2).close()  # its shutdown_timeout is longer
        old.close()


@test("stop ends what abort has begun, and no attempt follows")
def _():
    with Server() as s, managed(s) as (_, c):
        old = come_up(s, c)
        clog(c)
        c.send([{"jsonrpc": "2.0", "id": "a", "method": "stream.abort"},
                {"jsonrpc": "2.0", "id": "b", "method": "stream.stop"}])
        replies = {r["id"]: r["result"]["link"] for r in c.read()}
        equal(replies["b"], "stopped")
        equal(c.call("stream.info")["link"], "stopped")
        no_connection(s, c)
        old.close()


@test("start while it stops brings it back at once, whatever ended it, and stop has its reply")
def _():
    with Server() as s, managed(s) as (_, c):
        old = come_up(s, c)
        old.send(f"<stream:error><conflict xmlns='{NS_ERRORS}'/></stream:error>")
        old.expect(FOOTER)
        i = c.begin("stream.stop")
        equal(c.call("stream.start")["link"], "up")
        old.send("</stream:stream>")
        equal(c.finish(i)["link"], "waiting")
        come_up(s, c).close()


@test("start does not bring back what is being removed")
def _():
    with Server() as s, managed(s, ["stream.removed"]) as (d, c):
        old = come_up(s, c)
        d.configure("")
        c.call("daemon.reload")
        old.expect(FOOTER)
        c.call("stream.start")
        old.send("</stream:stream>")
        c.event("stream.removed")
        no_connection(s, c)


@test("abort while it connects connects anew")
def _():
    with Server() as s, managed(s, ["stream.link"], stream_section(s).replace(
            "tls = starttls", "tls = direct")) as (_, c):
        first = s.accept()
        first.sock.settimeout(PATIENCE)
        check(first.sock.recv(1), "a ClientHello")
        equal(c.call("stream.abort")["link"], "waiting")
        second = s.accept()
        equal(c.call("stream.info")["link"], "connecting")
        second.tls()
        second.log_in(tls=False)
        c.event("stream.link", link="up")
        first.close()
        second.close()


@test("abort of a stopped stream does nothing, now or later")
def _():
    with Server() as s, managed(s, ["stream.link"], tls=False) as (_, c):
        connection = s.accept()
        i = c.begin("stream.stop")
        connection.end()
        c.finish(i)
        for _ in range(3):
            equal(c.call("stream.abort")["link"], "stopped")
        no_connection(s, c)
        c.events.clear()
        c.call("stream.start")
        s.accept().reset()
        check(c.event("stream.link", link="waiting")["retry_in"] > 0, "a back-off")


@test("a server gains no time by features that nobody waits for")
def _():
    with Server() as s, managed(s, ["stream.link"], negotiation_timeout=0.5) as (_, c):
        connection = s.accept()
        connection.header(ServerConnection.FEATURE_STARTTLS)
        connection.expect("<starttls ")
        end = time.monotonic() + PATIENCE
        while not select.select([c.sock], [], [], 0.05)[0]:
            connection.features()
            check(time.monotonic() < end, "an end of the login")
            while not c.events and select.select([c.sock], [], [], 0)[0]:
                c._take(None, "an event")
                if c.events[-1]["params"]["link"] != "waiting":
                    c.events.pop()
        reason = c.event("stream.link", link="waiting")["reason"]
        equal(reason["data"]["errno"], "ETIMEDOUT")
        connection.close()


@test("a changed section does not start what is being stopped, or is stopped")
def _():
    with Server() as s, managed(s) as (d, c):
        connection = come_up(s, c)
        i = c.begin("stream.stop")
        connection.expect(FOOTER)
        d.configure(stream_section(s, resource="other"))
        c.call("daemon.reload")
        connection.send("</stream:stream>")
        equal(c.finish(i)["link"], "stopped")
        d.configure(stream_section(s, resource="third"))
        c.call("daemon.reload")
        equal(c.call("stream.info")["link"], "stopped")
        no_connection(s, c)


@test("a section that begins to say autostart starts its stream")
def _():
    with Server() as s, managed(s, autostart="no") as (d, c):
        equal(c.call("stream.info")["link"], "stopped")
        d.configure(stream_section(s, resource="other", autostart="no"))
        c.call("daemon.reload")
        equal(c.call("stream.info")["link"], "stopped")
        no_connection(s, c)
        d.configure(stream_section(s, resource="other"))
        c.call("daemon.reload")
        come_up(s, c).close()


@test("a section that is back before its stream is closed comes up again")
def _():
    with Server() as s, managed(s) as (d, c):
        connection = come_up(s, c)
        d.configure("")
        c.call("daemon.reload")
        connection.expect(FOOTER)
        d.configure(stream_section(s))
        c.call("daemon.reload")
        connection.send("</stream:stream>")
        come_up(s, c).close()


@test("a fault of the old section does not hold the new one down")
def _():
    with Server() as s, managed(s) as (d, c):
        connection = come_up(s, c)
        connection.send(f"<stream:error><conflict xmlns='{NS_ERRORS}'/></stream:error>")
        connection.expect(FOOTER)
        d.configure(stream_section(s, resource="other"))
        c.call("daemon.reload")
        connection.send("</stream:stream>")
        come_up(s, c).close()


@test("an aborted raw stream does not begin the TLS handshake that waited")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        with Raw(c, s, features=STARTTLS, shutdown_timeout=PATIENCE) as r:
            for _ in range(16):
                r.call("stream.write", data=base64.b64encode(b" " * 600000).decode())
            i = r.begun("stream.starttls")
            r.call("stream.abort")
            c.reply(i)
            matches(r"^ *$", r.server.expect_eof(), "after the header")


def flood(connection, stop):
    """Sends stanzas as fast as they are taken."""
    block = b"<message/>" * 20000
    try:
        while not stop.is_set():
            connection.send(block)
    except OSError:
        pass  # the stream was aborted


@test("a server that never pauses holds up neither clients nor other streams")
def _():
    for options in {}, {"tls": "direct", "ca_file": certificates()[0]}:
        with Daemon() as d, d.client() as c, Server() as s:
            with Raw(c, s, **options) as fast, Raw(c, s, name="other") as other:
                stop = threading.Event()
                thread = threading.Thread(target=flood, args=(fast.server, stop))
                thread.start()
                try:
                    while c.call("daemon.stats")["stanzas_in"] < 100000:
                        pass
                    i = other.begin("stream.send_and_wait_for", send=["<message id='1'/>"],
                                    wait_for=[{"id": "2"}])
                    other.server.expect("id=.1.")
                    other.server.send("<message id='2'/>")
                    c.finish(i)
                    fast.call("stream.abort")
                finally:
                    stop.set()
                    thread.join()


main()
