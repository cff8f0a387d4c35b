#!/usr/bin/python3
"""The listening socket: its path, mode, lock and stale predecessors; what systemd passes; who may
come in, and what happens when there are too many."""

import grp
import re
import signal
import stat

from harness import *


def mode_of(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def refused(*args, env=None, status=1):
    """The daemon does not start: its one line that says why."""
    got, out, err = run_daemon(*args, env=env, config="")
    equal((got, out), (status, ""), err)
    equal(len(err.strip().splitlines()), 1, f"one line: {err!r}")
    return err


def listening(path, backlog=8):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.bind(path)
    s.listen(backlog)
    return s


@test("a user's own socket is for that user only, in a directory that is made for it")
def _():
    runtime = new_dir()
    path = f"{runtime}/stanzad/stanzad.sock"
    with Daemon(args=["--user", "--config", "/dev/null"], env={"XDG_RUNTIME_DIR": runtime},
                socket_path=path) as d, d.client() as c:
        c.call("daemon.info")
        equal(mode_of(path), 0o600)
        equal(mode_of(os.path.dirname(path)), 0o700)
    check(not os.path.exists(path), "the socket is gone after the end")


@test("the system's socket is 0660, and of the group stanzad if there is one")
def _():
    d = new_dir()
    with Daemon(args=["--system", "--config", "/dev/null", "--socket", d + "/s", "--state-dir",
                      d + "/state"], socket_path=d + "/s") as daemon:
        equal(mode_of(d + "/s"), 0o660)
        try:
            want = grp.getgrnam("stanzad").gr_gid
        except KeyError:
            want = os.getegid()
        equal(os.lstat(d + "/s").st_gid, want)
        daemon.client().call("daemon.info")


@test("a wide umask of whoever starts it makes no wider socket")
def _():
    d = new_dir()
    for umask in (0, 0o777):
        with Daemon(args=["--system", "--config", "/dev/null", "--socket", d + "/s", "--state-dir",
                          d + "/state"], socket_path=d + "/s", preexec=lambda: os.umask(umask)):
            equal(mode_of(d + "/s"), 0o660)


@test("a second daemon on the same socket refuses to start, in one line; the first goes on")
def _():
    with Daemon() as d, d.client() as c:
        matches("socket path in use: .*" + re.escape(d.socket_path), refused("--user", "--socket",
                                                                           d.socket_path))
        c.call("daemon.info")
        d.client().call("daemon.info")


@test("a daemon that was killed leaves a stale socket, which the next one replaces")
def _():
    d = Daemon()
    d.process.kill()
    d.process.wait()
    d.forget()
    check(os.path.exists(d.socket_path), "the stale socket is there")
    with Daemon(directory=d.dir) as again, again.client() as c:
        c.call("daemon.info")


@test("a socket on which something else listens is refused and left alone")
def _():
    path = new_dir() + "/s"
    with listening(path) as s:
        matches("in use", refused("--user", "--socket", path))
        c = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        c.connect(path)
        s.accept()[0].close()


@test("a socket whose queue is full is no stale one")
def _():
    path = new_dir() + "/s"
    with listening(path, 0) as s:
        clients = []
        while True:
            c = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            c.setblocking(False)
            clients.append(c)
            try:
                c.connect(path)
            except BlockingIOError:
                break
        matches("in use", refused("--user", "--socket", path))
        check(stat.S_ISSOCK(os.lstat(path).st_mode), "it is left alone")


@test("a datagram socket at the path is refused and left alone")
def _():
    path = new_dir() + "/s"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(path)
        refused("--user", "--socket", path)
        check(stat.S_ISSOCK(os.lstat(path).st_mode), "left alone")


@test("a file, a directory, a symbolic link or a fifo at the path is refused and left alone")
def _():
    d = new_dir()
    with open(d + "/file", "w") as f:
        f.write("mine")
    os.mkdir(d + "/directory")
    os.symlink("file", d + "/link")
    os.symlink("nowhere", d + "/dangling")
    os.mkfifo(d + "/fifo")
    for name in ("file", "directory", "link", "dangling", "fifo"):
        before = os.lstat(f"{d}/{name}")
        matches(f"{d}/{name}.*left alone", refused("--user", "--socket", f"{d}/{name}"))
        equal(os.lstat(f"{d}/{name}").st_ino, before.st_ino)
    equal(open(d + "/file").read(), "mine")
    check(not os.path.exists(d + "/nowhere"), "the link was not followed")


@test("a link in place of the lock file is not followed")
def _():
    d = new_dir()
    os.symlink(d + "/victim", d + "/s.lock")
    matches("lock", refused("--user", "--socket", d + "/s"))
    check(not os.path.exists(d + "/victim"), "nothing was made")


@test("a path that is too long for a socket is refused with its length; one that just fits is not")
def _():
    d = new_dir()
    fits = d + "/" + "x" * (107 - len(d) - 1)
    matches("too long", refused("--user", "--socket", fits + "x"))
    with Daemon(args=["--user", "--config", "/dev/null", "--socket", fits, "--state-dir",
                      d + "/state"], socket_path=fits) as daemon:
        daemon.client().call("daemon.info")


@test("a missing or unusable directory is one line that names it")
def _():
    d = new_dir()
    matches("/none", refused("--system", "--socket", d + "/none/s"))
    with open(d + "/file", "w"):
        pass
    matches("/file", refused("--user", "--socket", d + "/file/s"))


@test("a directory in which everyone may replace the socket is refused")
def _():
    d = new_dir()
    os.chmod(d, 0o777)
    matches("everyone can write", refused("--user", "--socket", d + "/s"))
    os.chmod(d, 0o1777)
    with Daemon(args=["--user", "--config", "/dev/null", "--socket", d + "/s", "--state-dir",
                      d + "/state"], socket_path=d + "/s"):
        pass


@test("a socket that another has put in our place is not unlinked at the end")
def _():
    with Daemon() as d:
        os.unlink(d.socket_path)
        other = listening(d.socket_path)
        d.stop()
        check(os.path.exists(d.socket_path), "it stays")
        other.close()


@test("without a runtime directory a user's daemon says that it needs a path")
def _():
    matches("XDG_RUNTIME_DIR", refused("--user"))


# --- systemd ----------------------------------------------------------------------------------------


def with_passed(sockets, names=None):
    """Starts a daemon as systemd does with .socket units: descriptors from 3 on."""
    numbers = [s.fileno() for s in sockets]

    def preexec():
        copies = [os.dup2(n, 200 + i) for i, n in enumerate(numbers)]
        for i, n in enumerate(copies):
            os.dup2(n, 3 + i, inheritable=True)

    d = new_dir()
    # LISTEN_PID is the daemon's own: a shell that becomes it knows that
    return Daemon(args=["--user", "--config", "/dev/null", "--state-dir", d + "/state"],
                  env={"LISTEN_FDS": str(len(sockets)), **({"LISTEN_FDNAMES": names} if names else {})},
                  wrapper=["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$0" "$@"'],
                  pass_fds=tuple(range(3, 3 + len(sockets))), preexec=preexec,
                  socket_path=sockets[0].getsockname())


@test("sockets that systemd passed are used, several of them, and never unlinked")
def _():
    d = new_dir()
    with listening(d + "/a") as a, listening(d + "/b") as b:
        with with_passed([a, b], "stanzad.socket:public") as daemon:
            for path in (d + "/a", d + "/b"):
                with Client(path) as c:
                    c.call("daemon.info")
            check(not os.path.exists(d + "/stanzad.sock"), "no socket of its own")
        check(os.path.exists(d + "/a") and os.path.exists(d + "/b"), "they stay")


@test("a client that came before the daemon was started loses nothing")
def _():
    path = new_dir() + "/s"
    with listening(path) as s, Client(path) as early:
        early.send({"jsonrpc": "2.0", "id": "early", "method": "daemon.info"})
        with with_passed([s]):
            equal(early.read()["id"], "early")


@test("a passed descriptor that is no listening socket is ignored with a line")
def _():
    d = new_dir()
    with listening(d + "/a") as a, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        with with_passed([a, other]) as daemon, Client(d + "/a") as c:
            c.call("daemon.info")
            matches("ignored", daemon.log())


# --- who comes in -----------------------------------------------------------------------------------


@test("uid, gid and process come from the kernel")
def _():
    with Daemon() as d, d.client() as c:
        me = c.call("client.list")[0]
        equal((me["uid"], me["gid"], me["pid"]), (os.getuid(), os.getgid(), os.getpid()))


@test("a client in very many groups is taken")
def _():
    d = new_dir()
    with Daemon(args=["--system", "--config", "/dev/null", "--socket", d + "/s", "--state-dir",
                      d + "/state"], socket_path=d + "/s"):
        with Client.as_user(d + "/s", 4321, gid=0, groups=range(1000, 3000)) as c:
            c.call("daemon.info")


@test("beyond max_clients connections are closed at once and counted, and one line is logged")
def _():
    with Daemon("[limits]\nmax_clients = 3\n") as d, d.client() as c:
        others = [d.client() for _ in range(2)]
        for o in others:
            o.call("daemon.info")
        for _ in range(20):
            with d.client() as refused_one:
                refused_one.at_eof()
        stats = c.call("daemon.stats")
        equal((stats["clients"], stats["clients_refused"]), (3, 20))
        equal(d.log().count("refused a client"), 1)
        others[0].close()
        c.call("daemon.info")
        with d.client() as next_one:
            next_one.call("daemon.info")


@test("a uid without all rights may use half of max_clients, however many connect")
def _():
    d = new_dir()
    with open(d + "/c", "w") as f:
        f.write("[limits]\nmax_clients = 6\n")
    with Daemon(args=["--system", "--config", d + "/c", "--socket", d + "/s", "--state-dir",
                      d + "/state"], socket_path=d + "/s") as daemon:
        theirs = [Client.as_user(d + "/s", 4321) for _ in range(3)]
        for c in theirs:
            c.call("daemon.info")
        with Client.as_user(d + "/s", 4321) as one_more:
            one_more.at_eof()
        ours = [daemon.client() for _ in range(2)]
        with Client.as_user(d + "/s", 4322) as another:
            for c in (*ours, another, *theirs):
                c.call("daemon.info")


@test("when descriptors run out the daemon neither spins nor dies, and serves again afterwards")
def _():
    import resource

    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    with Daemon(preexec=few) as d, d.client() as c:
        crowd = [d.client() for _ in range(200)]
        c.call("daemon.info")
        before = d.cpu_seconds()
        try:
            c.read(timeout=1)
        except Failure:
            pass
        check(d.cpu_seconds() - before < 0.3, "it does not spin")
        with Server() as s:  # descriptors are left for streams
            i = c.begin("stream.open", to="example.test", host="127.0.0.1", port=s.port,
                        shutdown_timeout=0.1)
            server = s.accept()
            server.header("")
            c.finish(i)
            server.close()
        for k in crowd:
            k.close()
        deadline = Deadline()
        while c.call("daemon.stats")["clients"] > 1:
            deadline.left("the crowd to be gone")
        with d.client() as late:
            late.call("daemon.info")



@test("when streams use up all descriptors, clients wait in the queue and come in later; no spinning")
def _():
    import resource

    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    with Daemon(preexec=few) as d, d.client() as c, Server() as s:
        servers = []
        while True:
            i = c.begin("stream.open", to="example.test", host="127.0.0.1", port=s.port,
                        shutdown_timeout=0.1)
            reply = None
            while reply is None and not select.select([s.sock], [], [], 0)[0]:
                if select.select([c.sock], [], [], 0.01)[0]:
                    reply = c.reply(i)
            if reply is None:
                servers.append(s.accept())
                reply = c.reply(i)
            if "error" in reply:
                equal(reply["error"]["data"]["errno"], "EMFILE")
                break
        with d.client() as late:
            i = late.begin("daemon.info")
            before = d.cpu_seconds()
            try:
                late.read(timeout=1)
                raise Failure("came in without a descriptor")
            except Failure as e:
                matches("in vain", str(e))
            check(d.cpu_seconds() - before < 0.3, "it does not spin")
            equal(d.log().count("cannot accept"), 1)
            for server in servers[:30]:
                server.close()
            late.finish(i)
        for server in servers[30:]:
            server.close()


@test("a client that closes without reading its replies: all that it had sent before is still begun")
def _():
    with Daemon() as d, Server() as s, d.client() as watcher:
        owner = d.client()
        r = owner.begin("stream.open", name="a", to="example.test", host="127.0.0.1", port=s.port)
        with s.accept() as server:
            owner.finish(r)
            server.header(features=None)
            owner.call("stream.wait", stream="a", state="OPEN")
            d.signal(signal.SIGSTOP)  # the replies to the first meet a closed socket
            owner.send_bytes(b"".join(
                b'{"jsonrpc":"2.0","id":1,"method":"stream.send","params":{"xso":"<message id=\'m%d\'/>"}}\n'
                % n for n in range(300)))
            owner.close()
            d.signal(signal.SIGCONT)
            got = server.expect_eof()
            equal(re.findall("id=.m(\\d+)", got), [str(n) for n in range(300)])
            watcher.call("daemon.info")


main()
