"""HTTP/1.1 as bytes on a socket: nothing is added, mended or followed."""

import socket
import ssl
import time


class Answer:
    def __init__(self, version, status, headers, interim):
        self.version, self.status, self.headers, self.interim = version, status, headers, interim
        self.body = b""

    def get(self, name):
        """All values of that name, as one list; None without any."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    def closes(self):
        tokens = [token.strip().lower() for token in (self.get("Connection") or "").split(",")]
        return "close" in tokens or (self.version == "HTTP/1.0" and "keep-alive" not in tokens)


class Closed(Exception):
    """The other side closed or reset before its answer was whole."""


def connect(port, timeout=20):
    s = socket.create_connection(("127.0.0.1", port), timeout)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def request(method, path, *headers, body=None):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    if body is not None and not any(h.lower().startswith(("content-length", "transfer-encoding")) for h in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines + ["", ""]).encode() + (body or b"")


def read_head(stream):
    interim = []
    while True:
        line = stream.readline()
        if not line:
            raise Closed("closed before an answer" + (f", after {interim}" if interim else ""))
        version, status, *_ = line.decode("latin-1").split(None, 2)
        headers = []
        while (line := stream.readline().decode("latin-1").rstrip("\r\n")):
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        if 100 <= int(status) < 200:
            interim.append(int(status))
            continue
        return Answer(version, int(status), headers, interim)


def pieces(stream, answer, method):
    """The content, by whatever frames it; raises Closed if it isn't whole."""
    if method == "HEAD" or answer.status in (204, 304):
        return
    if (answer.get("Transfer-Encoding") or "").lower() == "chunked":
        while size := int(exactly(stream.readline(), 1).split(b";")[0], 16):
            yield exactly(stream.read(size), size)
            stream.readline()
        while stream.readline() not in (b"\r\n", b""):
            pass
    elif answer.get("Content-Length") is not None:
        left = int(answer.get("Content-Length"))
        while left:
            piece = exactly(stream.read(min(left, 65536)), 1)
            left -= len(piece)
            yield piece
    else:
        while piece := stream.read(65536):
            yield piece


def exactly(data, least):
    if len(data) < least:
        raise Closed(f"closed amid the content: {len(data)} of {least} bytes")
    return data


def read(stream, method="GET"):
    try:
        answer = read_head(stream)
        answer.body = b"".join(pieces(stream, answer, method))
    except (ConnectionError, ValueError) as e:
        raise Closed(repr(e)) from e
    return answer


class Client:
    """One connection at a time, kept as long as the other side keeps it."""

    def __init__(self, port):
        self.port, self.socket, self.opened = port, None, 0

    def ask(self, method, path, *headers, body=None):
        if self.socket is None:
            self.socket = connect(self.port)
            self.stream = self.socket.makefile("rb")
            self.opened += 1
        try:
            self.socket.sendall(request(method, path, *headers, body=body))
            answer = read(self.stream, method)
        except (Closed, OSError):
            self.close()
            raise
        if answer.closes():
            self.close()
        return answer

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def once(port, data, method="GET", timeout=20, ca=None):
    """Sends these bytes on a connection of its own, by TLS if there is a CA; the whole answer."""
    with connect(port, timeout) as s:
        if ca:
            s = ssl.create_default_context(cafile=ca).wrap_socket(s, server_hostname="localhost")
        s.sendall(data)
        return read(s.makefile("rb"), method)


def idle_seconds(port, path, most):
    """How long the server keeps a connection after an answer; 0 if it closes at once, None if longer than most."""
    with connect(port) as s:
        s.sendall(request("GET", path))
        stream = s.makefile("rb")
        answer = read(stream)
        began = time.monotonic()
        s.settimeout(most)
        try:
            if s.recv(1):
                raise AssertionError("the server sends more than its answer")
        except socket.timeout:
            return None, answer
        except ConnectionError:
            pass
        took = time.monotonic() - began
        return (0 if answer.closes() or took < 0.05 else took), answer
