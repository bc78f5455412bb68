"""Real clients before the gateway, by HTTP and HTTPS: each asks 200 times on kept connections, posts, exceeds a limit, and is
refused amid an upload of 8 MB."""

import os
import pathlib
import re
import socket
import subprocess
import threading

import checks
import gateways
import servers

FOLDER = pathlib.Path(__file__).parent / "clients"
LARGE = 8 << 20


class Relay:
    """Counts the connections that clients open; passes their bytes on."""

    def __init__(self, to, source):
        self.to, self.source, self.opened = to, source, 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            self.opened += 1
            there = socket.create_connection(("127.0.0.1", self.to), source_address=(self.source, 0))
            for source, target in ((client, there), (there, client)):
                threading.Thread(target=self.pump, args=(source, target), daemon=True).start()

    @staticmethod
    def pump(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            for each in (source, target):
                each.close()


def run(argv, **settings):
    return subprocess.run([str(word) for word in argv], capture_output=True, text=True, timeout=100, stdin=subprocess.DEVNULL,
                          **settings).stdout


class Client:
    """opens: the most connections for 200 requests on kept connections. misses: whether by HTTP/2 it may give no answer that
    comes while it uploads, whoever sends it."""

    def __init__(self, name, version, schemes, opens, misses=False):
        self.name, self.version_command, self.schemes, self.opens, self.misses = name, version, schemes, opens, misses

    def version(self):
        return subprocess.run(self.version_command, shell=True, capture_output=True, text=True, check=True).stdout.strip()


class Script(Client):
    """A program of the folder clients."""

    def __init__(self, name, version, argv, opens=1, misses=False):
        super().__init__(name, version, ("http", "https"), opens, misses)
        self.argv = argv

    def use(self, use):
        said = run([*(str(word).format(classes=use.classes) for word in self.argv), use.url, use.limited, use.uploads, use.ca], env={**os.environ, "NODE_EXTRA_CA_CERTS": str(use.ca), "REQUESTS_CA_BUNDLE": str(use.ca)})
        found = dict(line.split(" ", 1) for line in said.splitlines())
        return {"gets": found.get("gets"), "posts": found.get("posts"), "limit": found.get("limit"),
                "upload": (found.get("upload") or "nothing").removesuffix(" whole"), "opened": use.kept.opened}


class Curl(Client):
    def __init__(self):
        super().__init__("curl", "curl -V | awk 'NR == 1 { print $2 }'", ("http", "https"), 1)

    def use(self, use):
        curl = ["curl", "-s", "--cacert", use.ca, "-o", "/dev/null", "-m", "60"]
        gets = run([*curl, "-w", "%{http_code}\n", f"{use.url}/api/file.txt?[1-200]"])
        opened = use.kept.opened
        posts = run([*curl, "-w", "%{http_code}\n", "--data-binary", "x" * 3000, f"{use.url}/api/echo?[1-50]"])
        limit = run([*curl, "-D", "-", f"{use.limited}/api/file.txt?[1-6]"])
        upload = run([*curl, "-w", "%{http_code}", "-X", "POST", "-T", use.large, "-H", "Transfer-Encoding: chunked",
                      "-H", "Expect:", f"{use.uploads}/api/echo"])
        return {"gets": str(gets.split().count("200")), "posts": str(posts.split().count("200")), "limit": limited(limit),
                "upload": upload, "opened": opened}


class Ab(Client):
    """Announces how much it uploads, and speaks HTTP/1.0."""

    def __init__(self):
        super().__init__("ab -k", "ab -V | sed -n 's/.*Version \\([0-9.]*\\).*/\\1/p'", ("http", "https"), 4)

    def use(self, use):
        ab = ["ab", "-k", "-q", "-S", "-c", "4"]
        gets = run([*ab, "-n", "200", f"{use.url}/api/file.txt"])
        opened = use.kept.opened
        posts = run([*ab, "-n", "50", "-p", use.small, f"{use.url}/api/echo"])
        limit = run(["ab", "-k", "-v", "4", "-n", "6", f"{use.limited}/api/file.txt"])
        upload = run(["ab", "-v", "4", "-n", "1", "-p", use.large, f"{use.uploads}/api/echo"])
        status = re.search(r"^HTTP/1.1 (\d+)", upload, re.M)
        return {"gets": ab_good(gets), "posts": ab_good(posts), "limit": limited(limit),
                "upload": status[1] if status else upload[-300:], "opened": opened}


def ab_good(said):
    def number(name):
        found = re.search(rf"^{name}: *(\d+)", said, re.M)
        return int(found[1]) if found else 0
    return str(number("Complete requests") - number("Failed requests") - number("Non-2xx responses"))


def limited(said):
    status = re.findall(r"^HTTP/[0-9.]+ (\d+)", said, re.M)
    after = re.findall(r"^retry-after: (\d+)", said, re.M | re.I)
    return f"{status[-1] if status else None}, Retry-After {after[-1] if after else None}"


class H2load(Client):
    """Announces how much it uploads; doesn't show headers."""

    def __init__(self, name, schemes, *options):
        super().__init__(name, "h2load --version | sed 's/.*\\///'", schemes, 4)
        self.options = options

    def use(self, use):
        h2load = ["h2load", *self.options, "-c", "4", "-t", "1"]
        gets = run([*h2load, "-n", "200", f"{use.url}/api/file.txt"])
        opened = use.kept.opened
        posts = run([*h2load, "-n", "50", "-d", use.small, f"{use.url}/api/echo"])
        limit = run(["h2load", *self.options, "-c", "1", "-t", "1", "-n", "6", f"{use.limited}/api/file.txt"])
        upload = run(["h2load", *self.options, "-c", "1", "-t", "1", "-n", "1", "-d", use.large, f"{use.uploads}/api/echo"])
        return {"gets": codes(gets)[0], "posts": codes(posts)[0],
                "limit": "429" if codes(limit) == ("5", "1") else limit[-300:],
                "upload": "413" if codes(upload) == ("0", "1") else upload[-600:], "opened": opened}


def codes(said):
    """How many answers of 2xx and 4xx."""
    found = re.search(r"status codes: (\d+) 2xx, \d+ 3xx, (\d+) 4xx", said)
    return found.groups() if found else ("0", "0")


def jdks():
    """Where this machine's JDKs are, by version."""
    found = {}
    for release in pathlib.Path("/usr/lib/jvm").glob("*/release"):
        if (release.parent / "bin/javac").exists():
            found[re.search(r'^JAVA_VERSION="(.*)"', release.read_text(), re.M)[1]] = release.parent
    return found


CLIENTS = [
    Curl(),
    Ab(),
    H2load("h2load --h1", ("http", "https"), "--h1"),
    H2load("h2load", ("https",)),
    Script("Node fetch", "node -p process.versions.node", ["node", FOLDER / "fetch.js"], opens=2),
    Script("Python requests", "/usr/bin/python3 -c 'import requests; print(requests.__version__)'",
           ["/usr/bin/python3", FOLDER / "sessions.py"]),
    *(Script("JDK HttpClient", f"echo {version}", [home / "bin/java", "-cp", "{classes}", "Jdk"], misses=int(version.split(".")[0]) < 25)
      for version, home in sorted(jdks().items())),
]


def certificate(work):
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", work / "key.pem", "-out",
         work / "cert.pem"])
    return work / "cert.pem"


class Use:
    """What one client is given: the gateway through two relays of its own, one of which comes from an address that the
    limit is for, and what to upload."""

    def __init__(self, gateway, scheme, number, folder, ca):
        self.scheme, self.ca, self.small, self.large = scheme, ca, folder / "small", folder / "large"
        self.classes = folder
        self.kept, self.counted = Relay(gateway.port, "127.0.0.1"), Relay(gateway.port, f"127.0.1.{number}")
        self.url, self.limited, self.uploads = (f"{scheme}://localhost:{at.port}" for at in (self.kept, self.counted, gateway))


def check(work):
    """The lines of a table, a row for each client and scheme with what was wrong below it; how much was wrong."""
    folder = work / "clients"
    folder.mkdir()
    ca = certificate(folder)
    (folder / "small").write_bytes(b"x" * 3000)
    (folder / "large").write_bytes(bytes(LARGE))
    run([gateways.JAVA + "c", "--release", "17", "-d", folder, FOLDER / "Jdk.java"])
    server = next(server for server in servers.SERVERS if server.name == "Go")
    backend = checks.Case(server, work, None)
    lines = ["| client | version | by | 200 GETs | connections | 50 POSTs | beyond the limit | amid an upload of 8 MB |"]
    rows = 1
    try:
        port = backend.start(shortened=False)
        for scheme in ("http", "https"):
            tls = {"GATEWAY_TLS_CERT": str(ca), "GATEWAY_TLS_KEY": str(folder / "key.pem")} if scheme == "https" else {}
            gateway = gateways.Gateway(folder / scheme, [port], ca=ca if tls else None, GATEWAY_MAX_BODY="1MB",
                                       GATEWAY_RATE_LIMIT="5/60s", GATEWAY_RATE_LIMIT_EXEMPT="127.0.0.1", **tls)
            try:
                for number, client in enumerate(CLIENTS, 1):
                    if scheme in client.schemes:
                        rows += 1
                        lines += row(client, Use(gateway, scheme, number, folder, ca))
            finally:
                gateway.end()
    finally:
        backend.end()
    return lines, len(lines) - rows


EXPECTED = {"gets": "200", "posts": "50", "limit": "429(, Retry-After (60|5[0-9]))?", "upload": "413"}


def row(client, use):
    seen = client.use(use)
    opened = seen.pop("opened")
    excused = {"upload": "none"} if client.misses and use.scheme == "https" else {}
    wrong = [f"{client.name} {client.version()} by {use.scheme}: {name}: {said} instead of {EXPECTED[name]}"
             for name, said in seen.items() if not re.fullmatch(EXPECTED[name], str(said)) and said != excused.get(name)]
    if opened > client.opens:
        wrong.append(f"{client.name} by {use.scheme}: {opened} connections for 200 GETs instead of {client.opens}")
    cells = [client.name, client.version(), use.scheme, seen["gets"], str(opened), seen["posts"], seen["limit"], seen["upload"]]
    return ["| " + " | ".join(cells) + " |", *wrong]
