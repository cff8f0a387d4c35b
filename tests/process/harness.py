"""The daemon as a process, seen from outside: a private daemon, clients of its socket, and a scripted
XMPP server. Standard library only.

A test program defines functions with @test and ends with main(). Every wait has an end and none
sleeps: readiness comes from sd_notify, events from the sockets themselves. Whatever a test starts it
ends by its own process id. The programs to test are those of $STANZAD and $STANZACTL, else those of
the current directory.

    @test("daemon.info names the protocol")
    def _():
        with Daemon() as d, d.client() as c:
            equal(c.call("daemon.info")["protocol"], 1)
"""

import atexit
import faulthandler
import json
import os
import re
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback

STANZAD = os.path.abspath(os.environ.get("STANZAD", "stanzad"))
STANZACTL = os.path.abspath(os.environ.get("STANZACTL", "stanzactl"))

# Nothing that works needs so long; slow machines and valgrind may multiply it.
PATIENCE = 10.0 * float(os.environ.get("STANZAD_TEST_PATIENCE", "1"))

NS_STREAM = "http://etherx.jabber.org/streams"


class Failure(AssertionError):
    pass


class Skip(Exception):
    pass


# --- saying what is expected -----------------------------------------------------------------------


def equal(got, want, what=""):
    if got != want:
        raise Failure(f"{what + ': ' if what else ''}got {got!r}, want {want!r}")


def check(condition, what="condition"):
    if not condition:
        raise Failure(f"not so: {what}")


def matches(pattern, text, what=""):
    if not re.search(pattern, text, re.S):
        raise Failure(f"{what + ': ' if what else ''}{text!r} does not match {pattern!r}")


# --- the test program -------------------------------------------------------------------------------

_tests = []


def test(name):
    def add(function):
        _tests.append((name, function))
        return function

    return add


def main(seconds=240):
    """Runs the tests (those whose names contain an argument, if there are any): TAP on standard
    output, exit 1 if one failed."""
    faulthandler.dump_traceback_later(seconds * PATIENCE / 10, exit=True)
    chosen = [t for t in _tests if not sys.argv[1:] or any(a in t[0] for a in sys.argv[1:])]
    print(f"1..{len(chosen)}", flush=True)
    failed = 0
    for number, (name, function) in enumerate(chosen, 1):
        result, note, details = "ok", "", ""
        try:
            function()
        except Skip as e:
            note = f" # SKIP {e}"
        except Exception:
            failed += 1
            result = "not ok"
            details = traceback.format_exc()
            for daemon in Daemon.running:
                lines = daemon.log().splitlines()[-40:]
                details += "\n".join([f"--- log of daemon {daemon.process.pid}", *lines])
        finally:
            for daemon in list(Daemon.running):
                daemon.kill()
        print(f"{result} {number} - {name}{note}", flush=True)
        for line in details.splitlines():
            print(f"#   {line}", flush=True)
    faulthandler.cancel_dump_traceback_later()
    sys.exit(1 if failed else 0)


class Deadline:
    def __init__(self, seconds=None):
        self.seconds = PATIENCE if seconds is None else seconds
        self.end = time.monotonic() + self.seconds

    def left(self, what):
        left = self.end - time.monotonic()
        if left <= 0:
            raise Failure(f"waited {self.seconds:g} s in vain for {what}")
        return left


def wait_readable(sock, deadline, what):
    if not select.select([sock], [], [], deadline.left(what))[0]:
        deadline.left(what)
        raise Failure(f"waited in vain for {what}")


_scratch = None


def scratch():
    """A directory of this test program, gone when it ends. Short: sockets lie in it."""
    global _scratch
    if _scratch is None:
        _scratch = tempfile.mkdtemp(prefix="szd-", dir="/tmp")
        os.chmod(_scratch, 0o755)  # tests with other uids look inside
        atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
    return _scratch


_count = 0


def new_dir():
    global _count
    _count += 1
    path = os.path.join(scratch(), str(_count))
    os.mkdir(path, 0o755)
    return path


def is_sanitized():
    """Whether the program under test has AddressSanitizer in it: then its memory says nothing."""
    with open(STANZAD, "rb") as f:
        return b"__asan_init" in f.read()


def measurable():
    if is_sanitized():
        raise Skip("memory is not measured under AddressSanitizer")


# --- the daemon -------------------------------------------------------------------------------------


class Notify:
    """What sd_notify says, as a service manager would hear it. As with that, the sender never has to
    wait until somebody looks: the kernel holds only ten messages."""

    def __init__(self, directory):
        self.path = os.path.join(directory, "notify")
        self.bound = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self.bound.bind(self.path)
        os.chmod(self.path, 0o777)
        self.sock, self.inbox = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.seen = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        with self.bound, self.inbox:
            try:
                while message := self.bound.recv(65536):
                    self.inbox.send(message)
            except OSError:
                pass

    def close(self):
        try:
            self.bound.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()

    def next(self, deadline, what):
        wait_readable(self.sock, deadline, what)
        message = dict(l.split("=", 1) for l in self.sock.recv(65536).decode().splitlines())
        self.seen.append(message)
        return message

    def until(self, key, pattern=".", timeout=None):
        """The next message in which KEY's value matches."""
        deadline = Deadline(timeout)
        while True:
            message = self.next(deadline, f"{key}={pattern}")
            if re.search(pattern, message.get(key, "")):
                return message


class Daemon:
    """A daemon on a private socket. config: the text of its configuration; @DIR@ becomes its
    directory. It is in user mode with a socket of its own unless args say otherwise."""

    running = []

    def __init__(self, config="", args=None, env=None, wait=True, wrapper=(), user=None,
                 directory=None, socket_path=None, pass_fds=(), preexec=None):
        self.dir = directory or new_dir()
        self.socket_path = socket_path or os.path.join(self.dir, "s")
        self.config_path = os.path.join(self.dir, "stanzad.conf")
        self.configure(config)
        self.notify = Notify(self.dir if directory is None else new_dir())
        self.log_path = os.path.join(self.dir, f"log{len(os.listdir(self.dir))}")
        self.status = None
        if args is None:
            args = ["--user", "--config", self.config_path, "--socket", self.socket_path,
                    "--state-dir", os.path.join(self.dir, "state"), "--log-level", "debug"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "LISTEN_"))
                       and k not in ("STANZAD_SOCKET", "STATE_DIRECTORY", "JOURNAL_STREAM")}
        environment["NOTIFY_SOCKET"] = self.notify.path
        environment["HOME"] = self.dir
        environment.update(env or {})
        if user is not None:
            os.chown(self.dir, user, user)  # it keeps its socket and state there
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [*wrapper, STANZAD, *args], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment, user=user, group=user, extra_groups=[] if user else None,
                pass_fds=pass_fds, preexec_fn=preexec, close_fds=True)
        Daemon.running.append(self)
        if wait:
            self.ready()

    def configure(self, text):
        with open(self.config_path, "w") as f:
            f.write(text.replace("@DIR@", self.dir))

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def ready(self):
        deadline = Deadline()
        while True:
            try:
                message = self.notify.next(Deadline(min(0.2, deadline.left("READY=1"))), "READY=1")
            except Failure:
                if self.process.poll() is not None:
                    raise Failure(f"the daemon exited with {self.process.returncode}: {self.log()}")
                deadline.left("READY=1")
                continue
            if message.get("READY") == "1":
                return

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def client(self, **kw):
        return Client(self.socket_path, **kw)

    def ctl(self, *args, **kw):
        return ctl(*args, socket_path=self.socket_path, **kw)

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=None):
        """Its exit status."""
        try:
            self.status = self.process.wait(Deadline(timeout).seconds)
        except subprocess.TimeoutExpired:
            raise Failure("waited in vain for the daemon's end")
        self.forget()
        return self.status

    def stop(self, timeout=None):
        self.signal(signal.SIGTERM)
        return self.wait(timeout)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.forget()

    def forget(self):
        if self in Daemon.running:
            Daemon.running.remove(self)
            self.notify.close()

    def rss_kib(self):
        with open(f"/proc/{self.process.pid}/status") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read())[1])

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        """A daemon that lives to the end of its test must also stop cleanly."""
        if kind is None and self.process.poll() is None:
            equal(self.stop(), 0, "exit status at SIGTERM")
        elif kind is None and self.status is None:
            raise Failure(f"the daemon died: {self.process.returncode}: {self.log()}")
        # after a failure main() shows the log and kills it


def run_daemon(*args, env=None, timeout=None, config=None):
    """Runs stanzad to its end: (status, standard output, standard error)."""
    d = new_dir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "LISTEN_"))
                   and k not in ("NOTIFY_SOCKET", "STATE_DIRECTORY")}
    environment["HOME"] = d
    environment.update(env or {})
    if config is not None:
        path = os.path.join(d, "stanzad.conf")
        with open(path, "w") as f:
            f.write(config)
        args = ("--config", path, *args)
    p = subprocess.run([STANZAD, *args], stdin=subprocess.DEVNULL, capture_output=True,
                       env=environment, timeout=Deadline(timeout).seconds)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def ctl(*args, socket_path=None, stdin="", env=None, timeout=None):
    """Runs stanzactl to its end: (status, standard output, standard error)."""
    environment = {k: v for k, v in os.environ.items() if k != "STANZAD_SOCKET"}
    environment.update(env or {})
    before = ["--socket", socket_path] if socket_path else []
    p = subprocess.run([STANZACTL, *before, *args], input=stdin.encode(), capture_output=True,
                       env=environment, timeout=Deadline(timeout).seconds)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


# --- a client ---------------------------------------------------------------------------------------


class RpcError(Exception):
    def __init__(self, error):
        super().__init__(json.dumps(error))
        self.code = error["code"]
        self.message = error["message"]
        self.data = error.get("data") or {}
        self.kind = self.data.get("kind")


class Client:
    """A client of the socket: lines out, lines in. Replies and events are kept until asked for."""

    def __init__(self, path, timeout=None, connect=True):
        self.timeout = timeout
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self.buffer = b""
        self.next_id = 1
        self.replies = {}
        self.events = []
        self.eof = False
        if connect:
            self.sock.connect(path)

    def send_bytes(self, data):
        self.sock.settimeout(PATIENCE)
        self.sock.sendall(data)

    def send_line(self, text):
        self.send_bytes(text.encode() + b"\n")

    def send(self, value):
        self.send_line(json.dumps(value))

    def begin(self, method, params=None, **kw):
        """Sends a request and returns its id; see finish()."""
        request = {"jsonrpc": "2.0", "id": self.next_id, "method": method}
        params = {**(params or {}), **kw}
        if params:
            request["params"] = params
        self.next_id += 1
        self.send(request)
        return request["id"]

    def notify(self, method, **params):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def line(self, timeout=None, what="a line"):
        """The next line as it is, or None at EOF."""
        deadline = Deadline(timeout if timeout is not None else self.timeout)
        while b"\n" not in self.buffer:
            wait_readable(self.sock, deadline, what)
            try:
                data = self.sock.recv(1 << 16)
            except ConnectionResetError:
                data = b""
            if not data:
                self.eof = True
                if self.buffer:
                    raise Failure(f"EOF in the middle of a line: {self.buffer!r}")
                return None
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line

    def read(self, timeout=None, what="a line"):
        """The next line as JSON, or None at EOF."""
        line = self.line(timeout, what)
        return None if line is None else json.loads(line)

    def _take(self, timeout, what):
        value = self.read(timeout, what)
        if value is None:
            raise Failure(f"EOF instead of {what}")
        if isinstance(value, dict) and "method" in value:
            self.events.append(value)
        elif isinstance(value, dict):
            self.replies[value.get("id")] = value
        else:
            raise Failure(f"{value!r} instead of {what}")

    def reply(self, request_id, timeout=None):
        """The reply to that request, as it came."""
        while request_id not in self.replies:
            self._take(timeout, f"the reply to {request_id}")
        return self.replies.pop(request_id)

    def finish(self, request_id, timeout=None):
        """The result of that request; RpcError if it is an error."""
        reply = self.reply(request_id, timeout)
        if "error" in reply:
            raise RpcError(reply["error"])
        return reply["result"]

    def call(self, method, params=None, **kw):
        return self.finish(self.begin(method, params, **kw))

    def fails(self, method, kind, params=None, **kw):
        """Calls and returns the RpcError, whose kind (or code) must be that."""
        try:
            result = self.call(method, params, **kw)
        except RpcError as e:
            if kind not in (e.kind, e.code):
                raise Failure(f"{method}: want {kind}, got {e}")
            return e
        raise Failure(f"{method}: want {kind}, got the result {result!r}")

    def event(self, method=None, timeout=None, **members):
        """The first event not yet taken of that name with those members: its params. Those before it
        stay."""
        seen = 0
        while True:
            for i in range(seen, len(self.events)):
                e = self.events[i]
                if method in (None, e["method"]) and all(
                        e["params"].get(k) == v for k, v in members.items()):
                    del self.events[i]
                    return e["params"]
            seen = len(self.events)
            self._take(timeout, f"the event {method} {members or ''}")

    def no_more_events(self):
        """Nothing has come and, once a call has been answered, nothing was on its way."""
        self.call("daemon.info")
        equal(self.events, [], "events")

    def at_eof(self, timeout=None):
        line = self.line(timeout, "EOF")
        if line is not None:
            raise Failure(f"{line!r} instead of EOF")

    @classmethod
    def as_user(cls, path, uid, gid=0, groups=()):
        """A client whose uid the kernel vouches for: another process connects and hands the
        descriptor over. For tests that run as root."""
        if os.geteuid() != 0:
            raise Skip("needs root, to connect as somebody else")
        ours, theirs = socket.socketpair()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.setgroups(list(groups))
                os.setgid(gid)
                os.setuid(uid)
                sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                sock.connect(path)
                socket.send_fds(theirs, [b"x"], [sock.fileno()])
                status = 0
            except OSError as e:
                theirs.send(b"-" + str(e.errno).encode())
            finally:
                os._exit(status)
        theirs.close()
        data, fds, _, _ = socket.recv_fds(ours, 64, 1)
        ours.close()
        os.waitpid(child, 0)
        if not fds:
            raise OSError(int(data[1:] or b"0"), "connect as another user")
        client = cls(path, connect=False)
        client.sock.close()
        client.sock = socket.socket(fileno=fds[0])
        return client

    def shutdown(self):
        self.sock.shutdown(socket.SHUT_WR)

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# --- a scripted XMPP server -------------------------------------------------------------------------

_ca = None


def certificates():
    """A throw-away CA and a certificate of it for example.test: paths (ca, certificate, key)."""
    global _ca
    if _ca is None:
        d = new_dir()

        def openssl(*args):
            subprocess.run(["openssl", *args], cwd=d, check=True, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        with open(os.path.join(d, "ext"), "w") as f:
            f.write("subjectAltName=DNS:example.test\nbasicConstraints=CA:FALSE\n")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "2", "-subj", "/CN=CA of a test", "-keyout", "ca.key", "-out", "ca.pem")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=example.test", "-keyout", "key.pem", "-out", "csr.pem")
        openssl("x509", "-req", "-in", "csr.pem", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", "ext", "-out", "cert.pem")
        _ca = tuple(os.path.join(d, n) for n in ("ca.pem", "cert.pem", "key.pem"))
    return _ca


class Server:
    """Listens on a loopback port of its own choice; the test says what each connection does."""

    def __init__(self):
        self.sock = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.sock.getsockname()[1]

    def accept(self, timeout=None):
        wait_readable(self.sock, Deadline(timeout), "a connection to the server")
        return ServerConnection(self.sock.accept()[0])

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class ServerConnection:
    """The server's end of one XML stream, driven step by step: expect() and send()."""

    def __init__(self, sock):
        self.sock = sock
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = ""

    def _more(self, deadline, what):
        self.sock.settimeout(deadline.left(f"{what}; so far: {self.buffer!r}"))
        try:
            data = self.sock.recv(1 << 16)
        except (TimeoutError, ssl.SSLWantReadError):
            return True
        except (ConnectionResetError, ssl.SSLEOFError):
            data = b""
        self.buffer += data.decode()
        return bool(data)

    def expect(self, pattern, timeout=None):
        """Reads until the regular expression is found; what stood up to its end is taken. The
        match."""
        deadline = Deadline(timeout)
        while True:
            m = re.search(pattern, self.buffer, re.S)
            if m:
                self.buffer = self.buffer[m.end():]
                return m
            if not self._more(deadline, f"{pattern!r} from the daemon"):
                raise Failure(f"EOF instead of {pattern!r}; so far: {self.buffer!r}")

    def expect_eof(self, timeout=None):
        """Reads to EOF: what came before it."""
        deadline = Deadline(timeout)
        while self._more(deadline, "EOF"):
            pass
        text, self.buffer = self.buffer, ""
        return text

    def send(self, text):
        self.sock.settimeout(PATIENCE)
        self.sock.sendall(text.encode() if isinstance(text, str) else text)

    def header(self, features="", id="s1", to=None, attrs=""):
        """Awaits the daemon's header; answers with ours and, unless None, features. The match of
        theirs."""
        m = self.expect(r"<stream:stream [^>]*>")
        self.send(f"<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
                  f"xmlns:stream='{NS_STREAM}' id='{id}' from='example.test' version='1.0'"
                  f"{attrs}>")
        if features is not None:
            self.features(features)
        return m

    def features(self, content=""):
        self.send(f"<stream:features>{content}</stream:features>")

    def starttls(self):
        """Awaits <starttls/>, proceeds, and shakes hands as example.test."""
        self.expect(r"<starttls [^>]*/>")
        self.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        self.tls()

    def tls(self):
        _, cert, key = certificates()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self.sock.settimeout(PATIENCE)
        self.sock = context.wrap_socket(self.sock, server_side=True,
                                        suppress_ragged_eofs=False)
        self.buffer = ""

    FEATURE_STARTTLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
    FEATURE_PLAIN = ("<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                     "<mechanism>PLAIN</mechanism></mechanisms>")
    FEATURE_BIND = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"

    def log_in(self, tls=True, jid="user@example.test/r"):
        """A whole login, as a server that trusts everybody. What PLAIN said, base64."""
        if tls:
            self.header(self.FEATURE_STARTTLS)
            self.starttls()
        self.header(self.FEATURE_PLAIN)
        secret = self.expect(r"<auth [^>]*mechanism=['\"]PLAIN['\"][^>]*>([^<]*)</auth>")[1]
        self.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
        self.header(self.FEATURE_BIND)
        iq_id = self.expect(r"<iq [^>]*id=['\"]([^'\"]*)['\"].*?</iq>")[1]
        self.send(f"<iq type='result' id='{iq_id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                  f"<jid>{jid}</jid></bind></iq>")
        return secret

    def end(self):
        """Answers the daemon's footer with ours and awaits its EOF."""
        self.expect("</stream:stream>")
        self.send("</stream:stream>")
        text = self.expect_eof()
        self.close()
        return text

    def reset(self):
        """Cuts the connection with a RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.close()

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def stream_section(server, name="alerts", tls=True, directory="@DIR@", **more):
    """A [stream] section for that server; write its password file with d.write("password", …). tls:
    what its key says, True for starttls or False for off, where only SCRAM can log in."""
    keys = {"jid": "user@example.test", "password_file": f"{directory}/password",
            "host": "127.0.0.1", "port": server.port,
            "tls": tls if isinstance(tls, str) else "starttls" if tls else "off",
            "ca_file": certificates()[0] if tls else None}
    keys.update(more)
    lines = [f"{k} = {v}" for k, v in keys.items() if v is not None]
    return f"[stream {name}]\n" + "\n".join(lines) + "\n"
