#!/usr/bin/python3
"""JSON-RPC 2.0 on the socket, one JSON text a line (stanzad-protocol(7), THE SOCKET)."""

import json

from harness import *

# servers here do not care for a clean end
BLANK_STREAM = {"to": "example.test", "host": "127.0.0.1", "shutdown_timeout": 0.1}


def error_of(line):
    value = json.loads(line)
    equal(value["jsonrpc"], "2.0")
    check("result" not in value, "an error reply has no result")
    return value["id"], value["error"]["code"], value["error"]["message"]


def expect_error(client, sent, code, request_id=None):
    """What was sent gets that error, and the next line is read as usual."""
    client.send_bytes(sent if isinstance(sent, bytes) else sent.encode())
    got_id, got_code, message = error_of(client.line())
    equal((got_id, got_code), (request_id, code), f"reply to {sent[:80]!r}: {message}")
    equal(client.call("daemon.info")["protocol"], 1)
    return message


@test("the daemon sends nothing before it is asked")
def _():
    with Daemon() as d, d.client() as c:
        with d.client() as other:
            other.call("daemon.info")
        check(not select.select([c.sock], [], [], 0)[0], "silence")


@test("ids come back unchanged: strings, null, integers of 64 bits")
def _():
    with Daemon() as d, d.client() as c:
        for text in ('"a"', '""', '"\\u0000\\ud83d\\ude00\\"\\\\"', "0", "-1", "9223372036854775807",
                     "-9223372036854775808", "null"):
            c.send_line('{"jsonrpc":"2.0","id":%s,"method":"daemon.info"}' % text)
            reply = c.read()
            check("result" in reply, f"a result for the id {text}")
            equal(reply["id"], json.loads(text))
        c.send_line('{"jsonrpc":"2.0","id":"x","method":"no.such"}')
        equal(c.read()["id"], "x", "also in an error reply")


@test("an id of another type is an invalid request, answered with id null")
def _():
    with Daemon() as d, d.client() as c:
        for text in ("1.5", "true", "[]", "{}", "1e2"):
            expect_error(c, '{"jsonrpc":"2.0","id":%s,"method":"daemon.info"}\n' % text, -32600)


@test("an integer id beyond 64 bits gets an error and the next line is read")
def _():
    with Daemon() as d, d.client() as c:
        c.send_line('{"jsonrpc":"2.0","id":9223372036854775808,"method":"daemon.info"}')
        check(error_of(c.line())[1] in (-32600, -32700), "an error")
        c.call("daemon.info")


@test("a notification gets no reply, not even an error")
def _():
    with Daemon() as d, d.client() as c:
        c.notify("daemon.info")
        c.notify("no.such")
        c.notify("stream.info", stream="none")
        c.notify("stream.info", nonsense=1)
        equal(c.call("daemon.info")["protocol"], 1)
        equal(c.replies, {})


@test("lines end in LF or CR LF; blank lines are ignored")
def _():
    with Daemon() as d, d.client() as c:
        c.send_bytes(b'\n\r\n  \n{"jsonrpc":"2.0","id":1,"method":"daemon.info"}\r\n\n')
        equal(c.read()["id"], 1)
        c.send_bytes(b"\n\n")
        c.next_id = 2
        c.call("daemon.info")


@test("a request that arrives byte by byte is one request")
def _():
    with Daemon() as d, d.client() as c:
        for byte in b'{"jsonrpc":"2.0","id":"bytes","method":"daemon.info"}\n':
            c.send_bytes(bytes([byte]))
        equal(c.read()["id"], "bytes")


@test("what is not JSON is a parse error, and the next line is read as usual")
def _():
    with Daemon() as d, d.client() as c:
        for text in ("{", "x", '{"a":}', "{} {}", "'a'", '{"jsonrpc":"2.0"', "\x00", "[1,", "nul",
                     '{"id":"\\ud800"}', '{"a":"\\x"}', "NaN", "\ufeff{}", "GET / HTTP/1.1"):
            expect_error(c, text + "\n", -32700)


@test("invalid UTF-8 is a parse error")
def _():
    with Daemon() as d, d.client() as c:
        for raw in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x28\xa1"):
            expect_error(c, b'{"jsonrpc":"2.0","id":1,"method":"' + raw + b'"}\n', -32700)


@test("JSON that is no request is an invalid request")
def _():
    with Daemon() as d, d.client() as c:
        for text in ("1", '"x"', "null", "true", "{}", '{"jsonrpc":"2.0","id":null}',
                     '{"method":"daemon.info","id":null}', '{"jsonrpc":"1.0","method":"m","id":null}',
                     '{"jsonrpc":2.0,"method":"m","id":null}', '{"jsonrpc":"2.0","method":1,"id":null}',
                     '{"jsonrpc":"2.0","method":"m","params":1,"id":null}',
                     '{"jsonrpc":"2.0","method":"m","params":"x","id":null}'):
            expect_error(c, text + "\n", -32600)


@test("an invalid request is answered with its id where that could be read")
def _():
    with Daemon() as d, d.client() as c:
        expect_error(c, '{"jsonrpc":"2.0","id":7}\n', -32600, 7)
        expect_error(c, '{"id":"q","method":"daemon.info"}\n', -32600, "q")


@test("an unknown method is -32601")
def _():
    with Daemon() as d, d.client() as c:
        for name in ("no.such", "", "daemon.info\u0000", "DAEMON.INFO", "rpc.", "stream"):
            c.fails(name, -32601)


@test("positional, unknown and ill-typed parameters are -32602 with a path")
def _():
    with Daemon() as d, d.client() as c:
        c.send_line('{"jsonrpc":"2.0","id":"p","method":"stream.info","params":["x"]}')
        equal(error_of(c.line())[:2], ("p", -32602))
        equal(c.fails("stream.info", -32602, nonsense=1).data.get("path"), "/nonsense")
        equal(c.fails("daemon.info", -32602, stream="x").data.get("path"), "/stream")
        equal(c.fails("stream.info", -32602, stream=1).data.get("path"), "/stream")
        equal(c.fails("subscribe", -32602, streams="x").data.get("path"), "/streams")
        equal(c.fails("subscribe", -32602, format="yaml").data.get("path"), "/format")
        equal(c.fails("subscribe", -32602, events=["no.such"]).data.get("path"), "/events/0")
        equal(c.fails("stream.open", -32602, to="example.test", port=65536).data.get("path"), "/port")
        equal(c.fails("stream.wait", -32602, state="OPEN", timeout=-1).data.get("path"), "/timeout")


@test("empty params are none: an object without members, also where nothing is taken")
def _():
    with Daemon() as d, d.client() as c:
        c.send_line('{"jsonrpc":"2.0","id":1,"method":"daemon.info","params":{}}')
        check("result" in c.read(), "a result")


@test("duplicate keys are an invalid request, also deep inside and when spelt differently")
def _():
    with Daemon() as d, d.client() as c:
        for text in ('{"jsonrpc":"2.0","id":1,"id":2,"method":"daemon.info"}',
                     '{"jsonrpc":"2.0","id":1,"method":"xso.convert","params":{"format":"raw",'
                     '"xso":{"name":"a","name":"b"}}}',
                     '{"jsonrpc":"2.0","id":1,"method":"daemon.info","params":{"a":1,"\\u0061":2}}'):
            c.send_line(text)
            equal(error_of(c.line())[1], -32600)
        c.call("daemon.info")


@test("a text that is refused though it is JSON is answered with its id, wherever that stands")
def _():
    with Daemon() as d, d.client() as c:
        deep = "[" * 3000 + "]" * 3000
        for params in ('{"a":1,"a":2}', '{"\\u0000":1}', '{"a":99999999999999999999}',
                       '{"a":1e999}', '{"a":%s}' % deep, '{"id":8,"a":"\\"id\\":9","id":8}'):
            for text in ('{"jsonrpc":"2.0","id":"7","method":"x","params":%s}',
                         '{"params":%s,"jsonrpc":"2.0", "id" : "7" ,"method":"x"}',
                         '{"jsonrpc":"2.0","id":"7","method":"x","method":"x","params":%s}'):
                expect_error(c, text % params + "\n", -32600, "7")
            for text in ('{"jsonrpc":"2.0","id":7,"id":7,"method":"x","params":%s}',
                         '{"jsonrpc":"2.0","id":7,"\\u0069d":7,"method":"x","params":%s}',
                         '{"jsonrpc":"2.0","method":"id","params":%s}',
                         '[{"jsonrpc":"2.0","id":7,"method":"x","params":%s}]'):
                expect_error(c, text % params + "\n", -32600)


@test("a lone surrogate is the fault of the XSO in which it stands; of an id it is no JSON")
def _():
    with Daemon() as d, d.client() as c:
        def convert(text, id='"\\ud83d\\ude00"'):
            c.send_line('{"jsonrpc":"2.0","id":%s,"method":"xso.convert","params":{"format":"raw",'
                        '"xso":{"name":"a","children":[%s]}}}' % (id, text))
            return c.read()

        for bad in (r"\ud800", r"\uDFFF", r"x\udc00\ud800", r"\ud800\ud83d\ude00", r"\ud800\\udc00"):
            reply = convert('"ok","%s"' % bad)
            equal((reply["id"], reply["error"]["data"]),
                  ("\U0001f600", {"kind": "invalid-xso", "path": "/xso/children/1"}), bad)
        equal(convert(r'"\ud83d\ude00\\ud800"')["result"]["xso"]["children"],
              ["\U0001f600\\ud800"])
        for text in ('"\\ud800"', '[{"id":"\\ud800"}]', '{"id":"\\ud800"}', r'"\ud80"', r'"\ud80x"'):
            if text[0] == '"':
                equal(convert('"x"', text)["error"]["code"], -32700)
            else:
                expect_error(c, text + "\n", -32700)


@test("300 levels are taken, more are an invalid request, a megabyte of brackets too")
def _():
    with Daemon() as d, d.client() as c:
        def nested(n):
            return '{"jsonrpc":"2.0","id":1,"method":"daemon.info","params":{"x":%s%s}}\n' % (
                "[" * n, "]" * n)

        c.send_bytes(nested(298).encode())
        equal(error_of(c.line())[1], -32602, "300 levels: only the parameter is unknown")
        c.send_bytes(nested(299).encode())
        equal(error_of(c.line())[1], -32600, "301 levels")
        expect_error(c, "[" * 1000000 + "\n", -32600)
        expect_error(c, '{"a":' * 100000 + "\n", -32600)


@test("a line that begins with Content-Length: gets the framing named")
def _():
    with Daemon() as d, d.client() as c:
        message = expect_error(c, "Content-Length: 52\r\n", -32700)
        matches("line", message)


@test("a line longer than max_request_bytes is skipped unstored and the next is read")
def _():
    with Daemon("[limits]\nmax_request_bytes = 4K\n") as d, d.client() as c:
        fits = '{"jsonrpc":"2.0","id":"fits","method":"daemon.info"%s}' % (" " * 4044)
        equal(len(fits), 4096)
        c.send_line(fits)
        equal(c.read()["id"], "fits", "a line of exactly the limit")
        expect_error(c, fits[:-1] + " }\n", -32600)
        before = d.rss_kib()
        for _ in range(64):
            c.send_bytes(b"x" * 1048576)
        check(d.rss_kib() - before < 4096 or is_sanitized(), "64 MiB without a newline are not stored")
        expect_error(c, b"\n", -32600)


@test("bytes before EOF without a newline are a line")
def _():
    with Daemon() as d, d.client() as c:
        c.send_bytes(b'{"jsonrpc":"2.0","id":1,"method":"daemon.info"}')
        c.shutdown()
        equal(c.read()["id"], 1)
        c.at_eof()


@test("bytes before EOF that are no request get their error, then EOF")
def _():
    with Daemon() as d, d.client() as c:
        c.send_bytes(b"garbage")
        c.shutdown()
        equal(error_of(c.line())[1], -32700)
        c.at_eof()


@test("a client that says nothing and shuts down gets EOF")
def _():
    with Daemon() as d, d.client() as c:
        c.shutdown()
        c.at_eof()


# --- batches ----------------------------------------------------------------------------------------


@test("a batch has one reply with the members' replies; notifications have none")
def _():
    with Daemon() as d, d.client() as c:
        c.send([{"jsonrpc": "2.0", "id": 1, "method": "daemon.info"},
                {"jsonrpc": "2.0", "method": "daemon.info"},
                {"jsonrpc": "2.0", "id": 2, "method": "no.such"}, 17,
                {"jsonrpc": "2.0", "id": "x", "method": "client.list"}])
        replies = c.read()
        equal(len(replies), 4)
        by_id = {r["id"]: r for r in replies}
        check("result" in by_id[1] and "result" in by_id["x"], "results")
        equal(by_id[2]["error"]["code"], -32601)
        equal(by_id[None]["error"]["code"], -32600)


@test("a batch of notifications only has no reply")
def _():
    with Daemon() as d, d.client() as c:
        c.send([{"jsonrpc": "2.0", "method": "daemon.info"}] * 3)
        c.call("daemon.info")
        equal(c.replies, {})


@test("an empty batch is one invalid request; so is one of 1,001, of which nothing is begun")
def _():
    with Daemon() as d, d.client() as c:
        expect_error(c, "[]\n", -32600)
        before = c.call("daemon.stats")["requests"]
        expect_error(c, json.dumps([{"jsonrpc": "2.0", "id": 1, "method": "daemon.info"}] * 1001) +
                     "\n", -32600)
        equal(c.call("daemon.stats")["requests"] - before, 2, "the check's own request and this one")


@test("a batch of 1,000 is answered whole, and its reply comes when all have theirs")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        i = c.begin("stream.open", BLANK_STREAM, name="r", port=s.port)
        server = s.accept()
        server.expect("<stream:stream")
        c.finish(i)
        c.send([{"jsonrpc": "2.0", "id": n, "method": "stream.wait",
                 "params": {"stream": "r", "state": "OPEN"}} for n in range(999)] +
               [{"jsonrpc": "2.0", "id": 999, "method": "daemon.info"}])
        equal(c.call("daemon.info")["protocol"], 1, "a later request overtakes the waiting batch")
        server.send("<stream:stream xmlns='jabber:client' id='1' from='example.test' version='1.0' "
                    f"xmlns:stream='{NS_STREAM}'>")
        replies = c.read()
        equal(sorted(r["id"] for r in replies), list(range(1000)))
        check(all("result" in r for r in replies), "results")


# --- order, and the end of a connection --------------------------------------------------------------


@test("requests are begun in order: what they put on the wire goes out in that order")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        i = c.begin("stream.open", BLANK_STREAM, port=s.port)
        server = s.accept()
        server.header("")
        c.finish(i)
        c.call("stream.wait", state="OPEN")
        lines = b"".join(json.dumps(
            {"jsonrpc": "2.0", "id": n, "method": "stream.send",
             "params": {"xso": f"<message id='m{n}'/>", "wait": ("accepted", "sent")[n % 2]}}
        ).encode() + b"\n" for n in range(1000, 2000))
        c.send_bytes(lines)
        got = [server.expect("<message [^>]*?id=['\"]m([0-9]+)['\"]")[1] for _ in range(1000)]
        equal(got, [str(n) for n in range(1000, 2000)])
        for n in range(1000, 2000):
            c.finish(n)


@test("replies of waiting methods may be overtaken")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        i = c.begin("stream.open", BLANK_STREAM, port=s.port)
        server = s.accept()
        server.expect("<stream:stream")
        c.finish(i)
        waits = c.begin("stream.wait", state="OPEN")
        c.call("daemon.info")
        check(waits not in c.replies, "the wait goes on")
        server.send(
            "<stream:stream xmlns='jabber:client' id='1' from='example.test' version='1.0' "
            f"xmlns:stream='{NS_STREAM}'>")
        equal(c.finish(waits)["state"], "OPEN")


@test("a client that shuts down its writing side gets every outstanding reply, then EOF")
def _():
    with Daemon() as d, d.client() as opener, d.client() as c, Server() as s:
        i = opener.begin("stream.open", BLANK_STREAM, name="r", port=s.port)
        server = s.accept()
        server.expect("<stream:stream")
        opener.finish(i)
        ids = [c.begin("stream.wait", stream="r", state="OPEN") for _ in range(3)]
        ids.append(c.begin("daemon.info"))
        c.shutdown()
        c.finish(ids[3])
        opener.call("daemon.info")  # the loop has turned, and the waits are still there
        equal(next(k["requests"] for k in opener.call("client.list") if not k["self"]), 3)
        server.send("<stream:stream xmlns='jabber:client' id='1' from='example.test' version='1.0' "
                    f"xmlns:stream='{NS_STREAM}'>")
        for i in ids[:3]:
            equal(c.finish(i)["state"], "OPEN")
        c.at_eof()


@test("a half-closed client that holds a subscription keeps it, costs nothing, and is gone when it closes")
def _():
    with Daemon() as d, d.client() as other, d.client() as c, Server() as s:
        c.call("subscribe")
        c.shutdown()
        i = other.begin("stream.open", BLANK_STREAM, name="r", port=s.port)
        server = s.accept()
        server.header("")
        other.finish(i)
        c.event("stream.features", stream="r")
        before = d.cpu_seconds()
        try:  # one second in which nothing happens: a loop that spins would use all of it
            c.read(timeout=1)
            raise Failure("an event out of nothing")
        except Failure as e:
            matches("in vain", str(e))
        check(d.cpu_seconds() - before < 0.3, "no spinning on the half-closed descriptor")
        equal(len(other.call("client.list")), 2)
        c.close()
        deadline = Deadline()
        while len(other.call("client.list")) > 1:
            deadline.left("the daemon to see that the client is gone")


@test("a client that closes while it waits is forgotten, and its raw stream is closed")
def _():
    with Daemon() as d, d.client() as other, Server() as s:
        c = d.client()
        i = c.begin("stream.open", BLANK_STREAM, name="r", port=s.port)
        server = s.accept()
        server.header("")
        c.finish(i)
        c.call("stream.wait", state="OPEN")
        c.begin("stream.get_features", timeout=None)
        c.begin("stream.get_features", timeout=None)
        other.call("subscribe")
        c.close()
        server.expect("</stream:stream>")
        server.send("</stream:stream>")
        server.expect_eof()
        other.event("stream.removed", stream="r")
        equal(other.call("stream.list"), [])


@test("sends of a client that closes at once still go")
def _():
    with Daemon() as d, d.client() as opener, Server() as s:
        i = opener.begin("stream.open", BLANK_STREAM, name="r", port=s.port)
        server = s.accept()
        server.header("")
        opener.finish(i)
        opener.call("stream.wait", state="OPEN")
        with d.client() as c:
            for n in range(5):
                c.notify("stream.send", stream="r", xso=f"<message id='n{n}'/>")
        for n in range(5):
            server.expect(f"<message [^>]*id=['\"]n{n}['\"]")


@test("nothing that a client sends disturbs another client")
def _():
    with Daemon() as d, d.client() as good, d.client() as bad:
        good.call("subscribe")
        for junk in (b"\0" * 70000, b"[" * 500000, b"\xff\n" * 2000, b"{}\n" * 5000,
                     b'{"jsonrpc":"2.0","method":"\n' * 500):
            try:
                bad.send_bytes(junk)
            except OSError:
                pass
            good.call("daemon.info")
        bad.close()
        good.no_more_events()


@test("stream may be left out where exactly one stream is visible, else it is named in the error")
def _():
    with Daemon() as d, d.client() as c, Server() as s:
        c.fails("stream.info", "unknown-stream")
        for name in ("a", "b"):
            i = c.begin("stream.open", BLANK_STREAM, name=name, port=s.port)
            server = s.accept()
            server.expect("<stream:stream")
            c.finish(i)
            if name == "a":
                equal(c.call("stream.info")["stream"], "a")
            else:
                equal(c.fails("stream.info", -32602).code, -32602)
        equal(c.call("stream.info", stream="b")["stream"], "b")
        c.fails("stream.info", "unknown-stream", stream="c")


main()
