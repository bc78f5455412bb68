"""What is checked of each server. A check takes a Case and raises Wrong, or returns what is worth showing."""

import hashlib
import threading
import time

import gateways
import processes
import raw


class Wrong(Exception):
    """What was got instead."""


class Case:
    """A server that runs, and the gateway before it."""

    def __init__(self, server, work, kind):
        self.server, self.work, self.kind = server, work, kind
        self.folder = work / server.name.replace(" ", "-")
        self.instances, self.gateway = [], None

    def start(self, shortened=True):
        port = processes.port()
        self.instances.append((port, self.run(port, len(self.instances), shortened)))
        return port

    def run(self, port, number, shortened=True):
        folder = self.folder / f"{number}-{time.monotonic_ns()}"
        command = self.server.prepare(self.work, folder, port, shortened)
        process = processes.Process(self.server.name, command, folder, {"FILES": str(self.work / "files")})
        try:
            process.until_listening(port)
        except AssertionError:
            process.end()
            raise
        return process

    def begin(self):
        self.port = self.start()
        self.gateway = self.kind(self.folder / "gateway", [self.port])

    def end(self):
        if self.gateway:
            self.gateway.end()
        for port, process in self.instances:
            process.end()
        left = [port for port, _ in self.instances if processes.listens(port)]
        if left:
            raise Wrong(f"{self.server.name} still listens on {left} after it was ended")

    def both(self, method, path, *headers, body=None):
        """The same request sent to the server itself and through the gateway."""
        own = raw.once(self.port, raw.request(method, path, *headers, body=body), method)
        passed = raw.once(self.gateway.port, raw.request(method, "/api" + path, *headers, body=body), method)
        return own, passed


# --- the same as from the server itself --------------------------------------------------------------------------------

BY_CONNECTION = ("connection", "keep-alive", "transfer-encoding", "date", "trailer", "host")  # php -S repeats Host


def fields(answer, replaced=()):
    left_out = BY_CONNECTION + gateways.ADDED + replaced
    return sorted((name.lower(), value) for name, value in answer.headers if name.lower() not in left_out)


def same(case, *requests):
    """Status, header and content are the server's own; what belongs to one connection may differ."""
    replaced = ("server",) if case.kind is gateways.Nginx else ()
    shown = []
    for method, path, *headers in requests:
        body = headers.pop() if headers and isinstance(headers[-1], bytes) else None
        own, passed = case.both(method, path, *headers, body=body)
        what = " ".join([method, path, *headers])
        if (own.status, own.body) != (passed.status, passed.body):
            raise Wrong(f"{what}: {passed.status} {passed.body[:80]!r} instead of {own.status} {own.body[:80]!r}")
        given, got = fields(own, replaced), fields(passed, replaced)
        if given != got:
            raise Wrong(f"{what}: {[field for field in got if field not in given]} added, "
                        f"{[field for field in given if field not in got]} lost, of {given}")
        shown.append(str(own.status))
    return " ".join(shown)


def head(case):
    return same(case, ("HEAD", "/file.txt"), ("HEAD", "/health"), ("HEAD", "/chunks"), ("HEAD", "/none"))


def ranges(case):
    return same(case, ("GET", "/file.txt", "Range: bytes=10-19"), ("GET", "/file.txt", "Range: bytes=-5"),
                ("GET", "/file.txt", "Range: bytes=5000-"))


def unchanged(case):
    own = raw.once(case.port, raw.request("GET", "/file.txt"))
    conditions = [("GET", "/file.txt", f"{condition}: {own.get(validator)}")
                  for validator, condition in (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
                  if own.get(validator)]
    return same(case, *conditions) if conditions else "-"


CHUNKED = b"3\r\none\r\n4;x=y\r\ntwo,\r\n0\r\n\r\n"


def chunked(case):
    """Both ways; a server that takes no chunked request says so itself."""
    return same(case, ("POST", "/echo", "Transfer-Encoding: chunked", CHUNKED), ("GET", "/chunks"),
                ("GET", "/chunks", "Accept-Encoding: gzip"))


def content_of_get(case):
    return same(case, ("GET", "/echo", b"content"), ("GET", "/file.txt", b"content"))


def expect(case):
    """A client that waits for the 100 must get it, or the answer, before it sends its content."""
    own, passed = (expecting(port, prefix) for port, prefix in ((case.port, ""), (case.gateway.port, "/api")))
    if own != passed:
        raise Wrong(f"Expect: 100-continue: {passed} instead of {own}")
    return str(own[0])


def expecting(port, prefix):
    with raw.connect(port) as s:
        stream = s.makefile("rb")
        s.sendall(raw.request("POST", prefix + "/echo", "Expect: 100-continue", "Content-Length: 7"))
        s.settimeout(5)
        try:
            s.recv(1, 2)  # MSG_PEEK: whatever comes first
        except TimeoutError:
            pass  # a server that doesn't know of it waits, and so the client goes on by itself
        s.settimeout(20)
        s.sendall(b"content")
        answer = raw.read(stream)
        return answer.status, answer.body[:100]


# --- amounts -------------------------------------------------------------------------------------------------------------


def at_once(case):
    """A hundred clients, each with a connection of its own, all connected before the first asks."""
    statuses, lock, gate = [], threading.Lock(), threading.Barrier(100)

    def client():
        try:
            with raw.connect(case.gateway.port, 60) as s:
                gate.wait(30)
                s.sendall(raw.request("GET", "/api/file.txt"))
                said = raw.read(s.makefile("rb")).status
        except (raw.Closed, OSError, threading.BrokenBarrierError) as e:
            said = repr(e)
        with lock:
            statuses.append(said)

    run_all([client] * 100)
    bad = [said for said in statuses if said != 200]
    if bad:
        raise Wrong(f"100 at once: {len(bad)} of them {bad[:3]}")
    return "100"


def run_all(tasks):
    threads = [threading.Thread(target=task, daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


MB = 1 << 20


def download(case):
    with raw.connect(case.gateway.port, 60) as s:
        s.sendall(raw.request("GET", "/api/big.bin"))
        stream = s.makefile("rb")
        answer, digest = raw.read_head(stream), hashlib.sha256()
        for piece in raw.pieces(stream, answer, "GET"):
            digest.update(piece)
    if answer.status != 200 or digest.digest() != hashlib.sha256((case.work / "files/big.bin").read_bytes()).digest():
        raise Wrong(f"50 MB down: {answer.status}, another content")
    return bounded(case)


def upload(case):
    if case.server.lacks:
        return "-"
    content = (case.work / "files/big.bin").read_bytes()
    expected = hashlib.sha256(content).hexdigest()
    method, path = ("PUT", "/stored/big.bin") if case.server.stores else ("POST", "/echo")
    answer = raw.once(case.gateway.port, raw.request(method, "/api" + path, body=content), timeout=60)
    if case.server.stores:
        said = hashlib.sha256(next(case.folder.glob("*/stored/big.bin")).read_bytes()).hexdigest()
    else:
        said = answer.body.decode().removeprefix("POST ")
    if answer.status not in (200, 201) or said != expected:
        raise Wrong(f"50 MB up: {answer.status} {answer.body[:80]!r}")
    return bounded(case)


def bounded(case):
    """Of -Xmx64m, what the JVM itself needs, and sockets: never the content."""
    memory = case.gateway.process.memory()
    if memory > 320:
        raise Wrong(f"the gateway took {memory} MB of memory")
    return f"{memory} MB"


# --- refused while the upload goes on ------------------------------------------------------------------------------------


def early(case):
    """The server refuses before it has all; its answer arrives as early as the server's own, whatever the client goes on
    sending, and a client that sends at full speed gets it too."""
    if case.server.lacks:
        return "-"
    own, passed = (slow_upload(port, prefix) for port, prefix in ((case.port, ""), (case.gateway.port, "/api")))
    if own != passed:
        raise Wrong(f"an early answer: {passed} instead of {own}")
    status = fast_upload(case.gateway.port, "/api")
    if status != own[0]:
        raise Wrong(f"an answer amid an upload: {status} instead of {own[0]}")
    return f"{own[0]} {own[1]}"


def slow_upload(port, prefix):
    """The answer's status, and whether it came before the end of the upload."""
    with raw.connect(port) as s:
        s.sendall(raw.request("POST", prefix + "/early", f"Content-Length: {2 * MB}"))
        s.settimeout(0.02)
        for _ in range(64):  # 1.3 s
            try:
                s.sendall(bytes(MB // 64))
                if s.recv(1, 2):
                    s.settimeout(20)
                    return raw.read(s.makefile("rb")).status, "early"
            except TimeoutError:
                continue
            except OSError as e:
                return repr(e), "amid the upload"
        s.settimeout(20)
        s.sendall(bytes(MB))
        return raw.read(s.makefile("rb")).status, "late"


def fast_upload(port, prefix):
    with raw.connect(port) as s:
        s.settimeout(20)
        try:
            s.sendall(raw.request("POST", prefix + "/early", f"Content-Length: {2 * MB}"))
            for _ in range(32):
                s.sendall(bytes(MB // 16))
        except ConnectionError:
            pass  # what matters is that the answer can be read all the same
        try:
            return raw.read(s.makefile("rb")).status
        except (raw.Closed, OSError) as e:
            return repr(e)


# --- where connections end -------------------------------------------------------------------------------------------------

EDGES = (-0.02, -0.01, 0, 0.01, 0.02)
CROSSED = 3  # POSTs that may cross with the connection's end; HAProxy 2.6 lost up to 2 of 56, nginx 1.22 up to 7


def edge(case):
    """Workers in parallel, each asking whenever the server is just about to end, or has just ended, idle connections."""
    idle, _ = raw.idle_seconds(case.port, "/file.txt", 5)
    case.idle = idle
    lost = {}
    for method in ("GET", "POST"):
        wrong, count, lock = [], [0], threading.Lock()

        def worker(number):
            client = raw.Client(case.gateway.port)
            time.sleep(number * 0.003)
            for turn in range(len(EDGES)):
                path, body = ("/api/file.txt", None) if method == "GET" else (case.server.posts, b"order")
                try:
                    answer = client.ask(method, path, body=body).status
                except (raw.Closed, OSError) as e:
                    answer = repr(e)
                with lock:
                    count[0] += 1
                    if answer != (200 if method == "GET" else case.server.posted):
                        wrong.append(answer)
                time.sleep((idle or 0.1) + EDGES[(turn + number) % len(EDGES)])
            client.close()

        run_all([lambda number=number: worker(number) for number in range(8)])
        if len(wrong) > (CROSSED if method == "POST" else 0):
            raise Wrong(f"{method}s at the idle timeout ({idle}): {len(wrong)} of {count[0]} lost, such as {wrong[0]}")
        lost[method] = f"{len(wrong)}/{count[0]}"
    return f"{lost['GET']} {lost['POST']}"


def moved(case):
    """POSTs without a pause while one of two servers takes new settings, if it can, and then is restarted."""
    second = case.start()
    case.gateway.add(second, [case.port])
    wrong, count, lock, over = [], [0], threading.Lock(), threading.Event()

    def worker():
        client = raw.Client(case.gateway.port)
        while not over.is_set():
            try:
                answer = client.ask("POST", case.server.posts, body=b"order").status
            except (raw.Closed, OSError) as e:
                answer = repr(e)
            with lock:
                count[0] += 1
                if answer != case.server.posted:
                    wrong.append(answer)
            over.wait(0.01)
        client.close()

    threads = [threading.Thread(target=worker, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    process = case.instances[1][1]
    if case.server.reload:
        process.tell(case.server.reload)
        time.sleep(1)
    process.end(case.server.stop)
    case.instances[1] = (second, case.run(second, 1))
    time.sleep(1)
    over.set()
    for thread in threads:
        thread.join(30)
    if len(wrong) > case.server.moving:
        raise Wrong(f"POSTs while it is {'reloaded and ' if case.server.reload else ''}restarted: "
                    f"{len(wrong)} of {count[0]} lost, such as {wrong[0]}")
    return f"{len(wrong)}/{count[0]}"


CHECKS = {"HEAD": head, "Range": ranges, "304": unchanged, "chunked": chunked, "GET with content": content_of_get,
          "Expect": expect, "early": early, "100 at once": at_once, "50 MB down": download, "50 MB up": upload,
          "idle edge": edge, "restart": moved}
