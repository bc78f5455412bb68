"""Where apps run: their folders and ports, the gateway before them, and how clients reach it by a name."""

import os
import pathlib
import socket
import subprocess
import sys

import requests

APPS = pathlib.Path(__file__).parent
sys.path.insert(0, str(APPS.parent / "servers.d"))

import gateways  # noqa: E402  of .ci/servers, as the rest of processes and sockets
import processes  # noqa: E402

HOST = "gateway.test"  # not localhost, of which apps think better than of other names
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome") if os.path.exists(path)), None)
PYTHON = "/usr/bin/python3"  # Debian's: its packages are there, and another python3 may come before it

_resolved = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: _resolved("127.0.0.1" if host == HOST else host, *rest, **more)


class Wrong(Exception):
    """What was got instead."""


def expect(what, got, expected):
    if got != expected:
        raise Wrong(f"{what}: {got!r} instead of {expected!r}")


class Place:
    """One app's own folder, ports and clients."""

    def __init__(self, work, modules, name, ports, port):
        self.modules, self.ports, self.port = modules, ports, port
        self.url = f"http://{HOST}:{port}"
        self.folder = work / name
        self.folder.mkdir()
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy

    def run(self, name, argv, to=None, **env):
        """Starts a process of the app, with {PORT} for the port of that service; returns once it listens."""
        folder = self.folder / f"run-{name}"
        folder.mkdir()
        port = self.ports[name]
        words = [str(word).format(PORT=port) for word in argv]
        process = processes.Process(name, words, to or folder, {"NODE_PATH": str(self.modules), "HOME": str(folder), **env})
        process.until_listening(port)
        return process

    def for_others(self, name):
        """A folder for servers that another user runs."""
        folder = self.folder / name
        folder.mkdir()
        for path in (folder, self.folder, self.folder.parent):
            path.chmod(0o755)
        return folder

    def configure(self, name, service, folder):
        """A configuration of the folder apps, for that service's port and a folder."""
        text = (APPS / "apps" / name).read_text()
        written = self.folder / name
        written.write_text(text.replace("@PORT@", str(self.ports[service])).replace("@FOLDER@", str(folder)))
        return written

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def ask(self, method, path, status=200, **more):
        """What the gateway answers, redirects followed, which must be of that status and come by the gateway."""
        answer = self.session.request(method, self.url + path, timeout=20, **more)
        expect(f"{method} {path}: {answer.text[:200]!r}", answer.status_code, status)
        if not answer.url.startswith(self.url + "/"):
            raise Wrong(f"{method} {path} led past the gateway, to {answer.url}")
        return answer

    def tool(self, *argv, cwd=None, typed="", **env):
        """What a client prints, to which that is typed; raises Wrong if it fails."""
        node = {"NODE_PATH": str(self.modules), "NODE_OPTIONS": f"--require {APPS / 'resolve.cjs'}", "CHROMIUM": CHROMIUM or "",
                "GATEWAY": self.url, "HOME": str(self.folder)}
        done = subprocess.run([str(word) for word in argv], cwd=cwd or self.folder, env={**os.environ, **node, **env}, timeout=100,
                              input=typed, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise Wrong(f"{' '.join(str(word) for word in argv)}: {done.returncode}: {done.stdout[-1500:]}")
        return done.stdout.strip()

    def page(self, name, *words, **env):
        """Has Chromium do what a script of pages says."""
        return self.tool("node", APPS / "pages" / f"{name}.cjs", *words, **env)


class Gateway(gateways.Gateway):
    """With the routes of all apps, of which only some may run."""

    def __init__(self, work, port, ports, running):
        routes = work / "routes.yaml"
        text = (APPS / "routes.yaml").read_text()
        self.services = sum(text.count(f"@{name}@") for name in running)
        for name, at in ports.items():
            text = text.replace(f"@{name}@", str(at))
        routes.write_text(text)
        super().__init__(work / "gateway", [], GATEWAY_PORT=str(port), GATEWAY_ROUTES=str(routes), GATEWAY_RATE_LIMIT="5/60s")

    def until_healthy(self, _):
        super().until_healthy(self.services)
