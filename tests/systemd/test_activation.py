#!/usr/bin/python3
"""What the daemon and a service manager say to each other: passed sockets, readiness, the watchdog."""

import os
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "process"))

from harness import *  # noqa: E402,F403


class Activated:
    """systemd-socket-activate, which becomes the daemon when the first client comes."""

    def __init__(self):
        self.dir = new_dir()
        self.path = os.path.join(self.dir, "s")
        self.log_path = os.path.join(self.dir, "log")
        self.notify = Notify(self.dir)
        config = os.path.join(self.dir, "stanzad.conf")
        with open(config, "w") as f:
            f.write("[daemon]\n")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                ["systemd-socket-activate", "-l", self.path, "--fdname=stanzad",
                 "-E", "NOTIFY_SOCKET=" + self.notify.path,
                 STANZAD, "--user", "--config", config, "--state-dir", os.path.join(self.dir, "state")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.PIPE)
            # it listens when it says so
            line = self.process.stderr.readline().decode()
        matches("Listening on", line)

    def connect(self):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(PATIENCE)
        s.connect(self.path)
        return s

    def program(self):
        return os.readlink(f"/proc/{self.process.pid}/exe")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None and self.process.poll() is None and self.program() == os.path.realpath(STANZAD):
            self.process.send_signal(signal.SIGTERM)
            equal(self.process.wait(PATIENCE), 0, "exit status at SIGTERM")
        else:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()


def read_to_end(s):
    data = b""
    while chunk := s.recv(65536):
        data += chunk
    return data


@test("without a client the daemon is not started")
def _():
    with Activated() as a:
        matches("systemd-socket-activate", a.program())


@test("the first client starts the daemon, and what it sent before is answered")
def _():
    with Activated() as a:
        with a.connect() as s:
            s.sendall(b'{"jsonrpc":"2.0","id":1,"method":"daemon.info"}\n'
                      b'{"jsonrpc":"2.0","id":2,"method":"stream.list"}\n')
            lines = s.makefile("rb")
            replies = [json.loads(lines.readline()) for _ in range(2)]
        equal([r["id"] for r in replies], [1, 2])
        equal(replies[0]["result"]["pid"], a.process.pid)
        equal(a.program(), os.path.realpath(STANZAD))


@test("a client that has sent and shut down before the daemon is up gets its replies, then the end")
def _():
    with Activated() as a, a.connect() as s:
        s.sendall(b'{"jsonrpc":"2.0","id":7,"method":"daemon.info"}')
        s.shutdown(socket.SHUT_WR)
        equal(json.loads(read_to_end(s))["id"], 7)


@test("clients that queue up while it starts are all answered")
def _():
    with Activated() as a:
        clients = [a.connect() for _ in range(50)]
        for n, s in enumerate(clients):
            s.sendall(b'{"jsonrpc":"2.0","id":%d,"method":"daemon.info"}' % n)
            s.shutdown(socket.SHUT_WR)
        equal([json.loads(read_to_end(s))["id"] for s in clients], list(range(50)))
        for s in clients:
            s.close()


@test("the passed socket is there after the daemon's end")
def _():
    with Activated() as a:
        with a.connect() as s:
            s.sendall(b'{"jsonrpc":"2.0","id":1,"method":"daemon.info"}')
            s.shutdown(socket.SHUT_WR)
            read_to_end(s)
        a.process.send_signal(signal.SIGTERM)
        equal(a.process.wait(PATIENCE), 0)
        check(os.path.exists(a.path), "the socket is there")


@test("READY=1 is said when the socket accepts, with a status")
def _():
    with Daemon("[daemon]\n", wait=False) as d:
        message = d.notify.until("READY", "1")
        matches("streams", message["STATUS"])
        with d.client() as c:
            c.call("daemon.info")


@test("STOPPING=1 is said at SIGTERM, and then it ends with 0")
def _():
    d = Daemon("[daemon]\n")
    d.signal(signal.SIGTERM)
    d.notify.until("STOPPING", "1")
    equal(d.wait(), 0)


@test("a reload is RELOADING=1 with the time, then READY=1")
def _():
    with Daemon("[daemon]\n") as d:
        d.signal(signal.SIGHUP)
        message = d.notify.until("RELOADING", "1")
        check(int(message["MONOTONIC_USEC"]) > 0, "MONOTONIC_USEC")
        d.notify.until("READY", "1")


@test("WATCHDOG=1 is said at least twice in each period that the manager wants, by the loop")
def _():
    period = 0.4
    with Daemon("[daemon]\n", env={"WATCHDOG_USEC": str(int(period * 1e6))}) as d:
        d.notify.until("WATCHDOG", "1")
        begun = time.monotonic()
        for _ in range(4):
            d.notify.until("WATCHDOG", "1")
        took = time.monotonic() - begun
        check(took < 4 * period, f"four within {took:.2f} s")
        check(took > period / 2, f"and no more than needed: {took:.2f} s")
        # stopped, it is silent: nothing but the loop says it
        d.signal(signal.SIGSTOP)
        while select.select([d.notify.sock], [], [], 0)[0]:
            d.notify.sock.recv(65536)
        equal(select.select([d.notify.sock], [], [], 2 * period)[0], [], "messages while stopped")
        d.signal(signal.SIGCONT)
        d.notify.until("WATCHDOG", "1")


@test("a watchdog that is meant for another process is none of ours")
def _():
    with Daemon("[daemon]\n", env={"WATCHDOG_USEC": "200000", "WATCHDOG_PID": "1"}) as d:
        equal(select.select([d.notify.sock], [], [], 0.5)[0], [], "messages")


if __name__ == "__main__":
    main()
