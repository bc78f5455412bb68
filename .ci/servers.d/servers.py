"""The servers, a row each: how to start it, with which idle time, and what it can't do.

Each serves the same paths: /health; /file.txt and /big.bin, files; /echo, which answers the method and a hash of the
content; /early, which refuses a POST without reading it; /chunks, an answer whose length isn't known.
"""

import os
import pathlib
import shutil
import signal
import subprocess

APPS = pathlib.Path(__file__).parent / "apps"


class Server:
    """idle: the shortened idle time, in seconds; setting: the server's own words for it, unset: what stands there without.
    conf: its configuration. reload: the signal by which it takes new settings without closing its port; stop: the one by
    which it ends after finishing what it has begun. lacks: whether it only serves files; stores: whether it can't answer with
    a hash, and stores what is sent. posts, posted: where steady POSTs go, and with what status. moving: how many
    POSTs of four clients may be lost while it is reloaded and restarted. A POST that meets the end of its connection is never
    sent twice, so that is one for each client; two where a reload also ends connections with requests on them. nginx 1.22 and
    HAProxy 2.6 in the gateway's place lost up to 4 in the same runs."""

    def __init__(self, name, version, argv, setting="", unset="", idle=1, conf=None, reload=None, lacks=False,
                 stores=False, posts="/api/echo", posted=200, stop=signal.SIGTERM, moving=4):
        self.name, self.version_command, self.argv, self.setting, self.unset = name, version, argv, setting, unset
        self.idle, self.conf, self.reload, self.lacks, self.stores = idle, conf, reload, lacks, stores
        self.posts, self.posted, self.stop, self.moving = posts, posted, stop, moving

    def version(self):
        said = subprocess.run(self.version_command, shell=True, capture_output=True, text=True, check=True)
        return said.stdout.strip()

    def prepare(self, work, folder, port, shortened):
        """The command that starts it on that port; writes its configuration. By default with its own idle time."""
        (folder / "stored").mkdir(parents=True)
        for written in (folder, folder / "stored"):
            os.chmod(written, 0o777)  # where root starts it, another user serves
        words = self.setting.format(s=self.idle, ms=int(self.idle * 1000)) if shortened else self.unset
        values = {"port": port, "folder": folder, "files": work / "files", "work": work, "apps": APPS, "idle": words,
                  "conf": folder / "conf"}
        if self.conf:
            text = (APPS / self.conf).read_text()
            for name, value in values.items():
                text = text.replace(f"@{name.upper()}@", str(value))
            values["conf"].write_text(text)
        return self.argv.format(**values).split()


def go_binary(work):
    binary = work / "go-server"
    subprocess.run(["go", "build", "-o", binary, APPS / "main.go"], check=True, capture_output=True, text=True,
                   env={**os.environ, "GOCACHE": str(work / "go-cache"), "GO111MODULE": "off"})
    return binary


def cgi_folder(work):
    """Apache and lighttpd run one script under three names."""
    folder = work / "cgi"
    folder.mkdir()
    for name in ("echo", "early", "chunks"):
        shutil.copy(APPS / "echo.sh", folder / name)


PYTHON = "/usr/bin/python3"  # Debian's: its packages are there, and another python3 may come before it
DEB = "dpkg-query -W -f '${{Version}}' {} | sed 's/.*://; s/[-+~].*//'"
GUNICORN = PYTHON + " -m gunicorn -b 127.0.0.1:{{port}} --chdir {{apps}} {} {{idle}} wsgi:app"

SERVERS = [
    Server("uvicorn", DEB.format("uvicorn"),
           PYTHON + " -m uvicorn --app-dir {apps} --port {port} --log-level warning {idle} asgi:app",
           setting="--timeout-keep-alive {s}"),
    Server("gunicorn sync", DEB.format("gunicorn"), GUNICORN.format("-k sync -w 2"), reload=signal.SIGHUP,
           moving=8),
    Server("gunicorn gthread", DEB.format("gunicorn"), GUNICORN.format("-k gthread --threads 8"), setting="--keep-alive {s}",
           reload=signal.SIGHUP, moving=8),
    Server("Node", "node -p process.versions.node", "node {apps}/server.js {port} {idle}", setting="{ms}", unset="default"),
    Server("php -S", "php -r 'echo PHP_VERSION;'", "php -S 127.0.0.1:{port} -t {files} {apps}/router.php"),
    Server("http.server", PYTHON + " -c 'import platform; print(platform.python_version())'",
           PYTHON + " -m http.server --bind 127.0.0.1 --directory {files} {port}", lacks=True, posted=501),
    Server("Apache", DEB.format("apache2"), "apache2 -f {conf} -DFOREGROUND", setting="KeepAliveTimeout {ms}ms",
           conf="apache.conf", reload=signal.SIGUSR1, stop=signal.SIGWINCH),
    Server("lighttpd", DEB.format("lighttpd"), "lighttpd -D -f {conf}", setting="server.max-keep-alive-idle = {s}",
           conf="lighttpd.conf", reload=signal.SIGUSR1, stop=signal.SIGINT),
    Server("nginx", DEB.format("nginx"), "nginx -c {conf}", setting="keepalive_timeout {ms}ms;", conf="nginx.conf",
           reload=signal.SIGHUP, stop=signal.SIGQUIT, stores=True),
    Server("Go", "go env GOVERSION | sed s/go//", "{work}/go-server 127.0.0.1:{port} {idle}", setting="{ms}ms", unset="0s"),
    Server("puma", DEB.format("puma"), "puma -C {conf}", setting="persistent_timeout {s}", conf="puma.rb"),
]
