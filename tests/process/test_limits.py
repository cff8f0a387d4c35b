#!/usr/bin/python3
"""Limits, and clients that do not read (stanzad-protocol(7), LIMITS AND SLOW CLIENTS)."""

import signal

from harness import *

SMALL = "[limits]\nmax_client_queue_bytes = 64K\n"
STREAM = {"to": "example.test", "host": "127.0.0.1", "shutdown_timeout": 0.1}


def open_stream(client, server, **more):
    """A raw stream of that client that is open: the server's end of it."""
    i = client.begin("stream.open", STREAM, port=server.port, **more)
    connection = server.accept()
    connection.header("")
    stream = client.finish(i)["stream"]
    client.call("stream.wait", stream=stream, state="OPEN")
    return connection


def message(n, size=1000):
    return f"<message from='a@example.test' id='{n}'><body>{'x' * size}</body></message>"


def pump(server, client, numbers, size=1000):
    """Sends messages, and a client that reads sees each of them in order."""
    for n in numbers:
        server.send(message(n, size))
        equal(client.event("xso")["xso"]["id"], str(n))


@test("a client that does not read slows neither others nor the stream, and holds a bounded queue")
def _():
    with Daemon(SMALL) as d, d.client() as good, d.client() as slow, Server() as s:
        server = open_stream(good, s, name="r")
        good.call("subscribe", events=["xso"])
        slow.call("subscribe", events=["xso"])
        before = d.rss_kib()
        pump(server, good, range(2000))
        queued = {k["id"]: k["queued_bytes"] for k in good.call("client.list")}
        check(max(queued.values()) <= 64 * 1024, f"queued: {queued}")
        check(d.rss_kib() - before < 2048 or is_sanitized(), "memory is bounded")


@test("what a slow client lost is told once it reads: how many, from, to; before the next event")
def _():
    with Daemon(SMALL) as d, d.client() as good, d.client() as slow, Server() as s:
        server = open_stream(good, s, name="r")
        good.call("subscribe", events=["xso"])
        subscription = slow.call("subscribe", events=["xso"])["subscription"]
        total = 2000
        pump(server, good, range(total))
        got = []
        lost = None
        while lost is None:  # what stood in the queue, in order, then that there is a gap
            e = slow.read()
            if e["method"] == "events.lost":
                lost = e["params"]
            else:
                equal(e["method"], "xso")
                got.append(e["params"])
            if len(got) % 50 == 49 and lost is None:
                server.send(message(total))
                good.event("xso")
                total += 1
        equal([int(e["xso"]["id"]) for e in got], list(range(len(got))), "the oldest stay, without a gap")
        equal(lost["stream"], "r")
        equal(lost["reason"], "slow")
        equal(lost["subscriptions"], [subscription])
        check(lost["dropped"] > 100, "many were dropped")
        equal(lost["from_seq"], got[-1]["seq"] + 1)
        equal(lost["to_seq"] - lost["from_seq"] + 1, lost["dropped"], "only xso events happened")
        check("seq" not in lost, "an own event has no seq")
        after = slow.read()
        equal((after["method"], after["params"]["seq"]), ("xso", lost["to_seq"] + 1))


@test("replies are never dropped: the daemon stops reading the requests of a client that does not read")
def _():
    with Daemon(SMALL) as d, d.client() as other, d.client() as slow:
        request = b'{"jsonrpc":"2.0","id":%d,"method":"daemon.info"}\n'
        sent, data = 0, b""
        slow.sock.setblocking(False)
        while True:  # until the kernel takes no more: then the daemon has stopped to read
            if not data:
                data = request % sent
                sent += 1
            try:
                data = data[slow.sock.send(data):]
            except BlockingIOError:
                other.call("daemon.info")
                if not select.select([], [slow.sock], [], 0.5)[1]:
                    break
            check(sent < 200000, "the daemon reads for ever")
        queued = max(k["queued_bytes"] for k in other.call("client.list"))
        check(queued < 64 * 1024 + 4096, f"the queue is bounded: {queued}")
        before = d.cpu_seconds()
        try:
            other.read(timeout=1)
        except Failure:
            pass
        check(d.cpu_seconds() - before < 0.3, "it does not spin meanwhile")
        equal([slow.read()["id"] for _ in range(sent - 1)], list(range(sent - 1)), "every reply, in order")
        slow.send_bytes(data)
        equal(slow.read()["id"], sent - 1)


@test('overflow: "disconnect" closes the connection instead, after what was queued')
def _():
    with Daemon(SMALL) as d, d.client() as good, d.client() as slow, Server() as s:
        server = open_stream(good, s, name="r")
        good.call("subscribe", events=["xso"])
        slow.call("subscribe", events=["xso"], overflow="disconnect")
        pump(server, good, range(2000))
        got = 0
        while True:
            e = slow.read()
            if e is None:
                break
            equal((e["method"], e["params"]["xso"]["id"]), ("xso", str(got)))
            got += 1
        check(0 < got < 2000, f"{got} events, then EOF")


@test("an event larger than the queue is lost, and the next that fits comes")
def _():
    with Daemon(SMALL) as d, d.client() as c, Server() as s:
        server = open_stream(c, s, name="r")
        c.call("subscribe", events=["xso"])
        server.send(message(1, 100000) + message(2, 10))
        lost = c.event("events.lost")
        equal((lost["dropped"], lost["from_seq"]), (1, lost["to_seq"]))
        equal(c.event("xso")["xso"]["id"], "2")


@test("a reply may be larger than the queue")
def _():
    with Daemon(SMALL) as d, d.client() as c:
        c.send([{"jsonrpc": "2.0", "id": n, "method": "rpc.discover"} for n in range(1)])
        line = c.line()
        check(len(line) > 64 * 1024, f"{len(line)} bytes")
        check(all("methods" in r["result"] for r in json.loads(line)), "whole")
        c.call("daemon.info")


@test("a batch whose replies exceed the queue by far is cut short by overflow errors, and answered")
def _():
    with Daemon(SMALL) as d, d.client() as c:
        c.send([{"jsonrpc": "2.0", "id": n, "method": "rpc.discover"} for n in range(1000)])
        line = c.line()
        check(len(line) < 1024 * 1024, f"{len(line)} bytes")
        replies = json.loads(line)
        equal(len(replies), 1000)
        equal(replies[999]["error"]["data"]["kind"], "overflow")


@test("more than 4,096 requests in flight are overflow; the others wait on")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        i = c.begin("stream.open", STREAM, name="r", port=s.port)
        server = s.accept()
        server.expect("<stream:stream")
        c.finish(i)
        wait = b'{"jsonrpc":"2.0","id":%d,"method":"stream.wait","params":{"state":"OPEN"}}\n'
        c.send_bytes(b"".join(wait % n for n in range(10000, 10000 + 4096)))
        c.send_bytes(wait % 1)
        equal(c.reply(1)["error"]["data"]["kind"], "overflow")
        server.send(
            "<stream:stream xmlns='jabber:client' id='1' from='example.test' version='1.0' "
            f"xmlns:stream='{NS_STREAM}'>")
        for n in range(10000, 10000 + 4096):
            equal(c.finish(n)["state"], "OPEN")


# --- all clients of one user together ----------------------------------------------------------------


def shared(config):
    """A daemon with a managed stream, whose socket other users may open."""
    d = new_dir()
    with open(d + "/c", "w") as f:
        f.write(config + "[stream a]\njid = a@example.test\npassword_file = /x\nautostart = no\n")
    return Daemon(args=["--system", "--config", d + "/c", "--socket", d + "/s", "--state-dir",
                        d + "/state"], socket_path=d + "/s")


def batch(client, method, params, n):
    """The replies to n calls."""
    client.send([{"jsonrpc": "2.0", "id": i, "method": method, "params": params} for i in range(n)])
    return client.read()


@test("a user without all rights has 8,192 subscriptions, a client 1,024")
def _():
    with shared("") as d, d.client() as root:
        params = {"events": ["stream.state"]}
        crowd = [Client.as_user(d.socket_path, 4321) for _ in range(9)]
        for c in crowd[:8]:
            replies = batch(c, "subscribe", params, 1000) + batch(c, "subscribe", params, 24)
            check(all("result" in r for r in replies), "1,024 of one client")
        crowd[0].fails("subscribe", "overflow", params)
        crowd[8].fails("subscribe", "overflow", params)
        root.call("subscribe", params)
        crowd[0].close()
        deadline = Deadline()
        while root.call("daemon.stats")["clients"] > 9:
            deadline.left("the first to be gone")
        crowd[8].call("subscribe", params)


@test("a user without all rights has 8,192 requests in flight")
def _():
    with shared("") as d, d.client() as root:
        wait = {"stream": "a", "link": "up", "timeout": None}
        crowd = [Client.as_user(d.socket_path, 4321) for _ in range(3)]
        for c in crowd[:2]:
            for n in (1000, 1000, 1000, 1000, 96):
                c.send([{"jsonrpc": "2.0", "id": i, "method": "stream.wait", "params": wait}
                        for i in range(n)])
            c.notify("daemon.info")  # one more than a client may have, and without a reply
            equal(c.fails("daemon.info", "overflow").code, -32011)
        crowd[2].fails("stream.wait", "overflow", wait)
        equal(root.call("daemon.info")["protocol"], 1)
        crowd[0].close()
        deadline = Deadline()
        while root.call("daemon.stats")["clients"] > 3:
            deadline.left("the first to be gone")
        crowd[2].fails("stream.wait", "timeout", {**wait, "timeout": 0.01})


@test("what many clients of a user that do not read have queued is bounded; others are served")
def _():
    with shared("[limits]\nmax_client_queue_bytes = 256K\n") as d, d.client() as root, \
            Client.as_user(d.socket_path, 4322) as other:
        deaf = [Client.as_user(d.socket_path, 4321) for _ in range(40)]
        for c in deaf:
            for _ in range(30):
                c.send({"jsonrpc": "2.0", "id": 1, "method": "rpc.discover"})
        deadline = Deadline()
        queued = [0]
        while min(queued) == 0:  # until the kernel takes no more from any of them
            deadline.left(f"each to have its share: {queued}")
            queued = [k["queued_bytes"] for k in root.call("client.list") if k["uid"] == 4321]
        check(max(queued) > 200 * 1024, "a few may fill their queue")
        check(sum(queued) < 8 << 20, f"together: {sum(queued)}")
        for c in (root, other):
            check("methods" in c.call("rpc.discover"), "others are served")
        for _ in range(30):  # and who reads after all gets all
            check("result" in deaf[-1].read(), "a reply")


@test("an idle client costs at most 8 KiB")
def _():
    measurable()
    with Daemon() as d, d.client() as c:
        crowd = [d.client() for _ in range(400)]
        for k in crowd[:100]:
            k.call("daemon.info")
        c.call("daemon.info")
        before = d.rss_kib()
        for k in crowd[100:]:
            k.call("subscribe", events=["stream.state"])
        for k in crowd:
            k.call("daemon.info")
        more = [d.client() for _ in range(400)]
        for k in more:
            k.call("daemon.info")
        per_client = (d.rss_kib() - before) / 700
        check(per_client <= 8, f"{per_client:.1f} KiB a client")


@test("a client with a thousand requests at once does not starve another")
def _():
    with Daemon() as d, d.client() as greedy, d.client() as c:
        d.signal(signal.SIGSTOP)  # so that it finds the requests of both at once
        greedy.sock.setblocking(False)
        request = b'{"jsonrpc":"2.0","id":1,"method":"client.list"}\n' * 2000
        try:
            greedy.sock.send(request)
        except BlockingIOError:
            pass
        asked = c.begin("daemon.stats")
        d.signal(signal.SIGCONT)
        check(c.finish(asked)["requests"] < 1000, "turns are short")


main()
