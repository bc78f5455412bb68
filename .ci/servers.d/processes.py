"""Processes started here, each ended by its id; ports that nobody else is given."""

import os
import pathlib
import signal
import socket
import subprocess
import time

import raw

_reserved = []
started = []  # what wasn't ended yet


def end_all():
    for process in list(started):
        process.end()


def port():
    """A port that the system gives to nobody, on which a server that is told the number can listen (it is bound, with
    SO_REUSEADDR, not listening); until then connecting to it is refused."""
    own = socket.socket()
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    own.bind(("127.0.0.1", 0))
    _reserved.append(own)
    return own.getsockname()[1]


def listens(at):
    try:
        raw.connect(at, 1).close()
        return True
    except OSError:
        return False


def until(what, true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.05)


class Process:
    """A server, one process (which may have children of its own), its output in a file."""

    def __init__(self, name, argv, folder, env=None):
        self.name, self.log = name, pathlib.Path(folder, "log")
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen(argv, cwd=folder, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                                          stdout=log, stderr=log, start_new_session=True)
        started.append(self)

    def said(self):
        return self.log.read_text(errors="replace")[-2000:]

    def until_listening(self, at):
        def up():
            if self.popen.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.popen.returncode}: {self.said()}")
            return listens(at)
        until(f"{self.name} on port {at}", up)

    def tell(self, number):
        self.popen.send_signal(number)

    def end(self, by=signal.SIGTERM):
        """Asks it to end, and after ten seconds kills it; in either case kills what it started and left."""
        if self in started:
            started.remove(self)
            self.popen.send_signal(by)
            try:
                self.popen.wait(10)
            except subprocess.TimeoutExpired:
                pass
            try:
                os.killpg(self.popen.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.popen.wait()

    def memory(self):
        """The most memory that it had at any time, in MB."""
        for line in pathlib.Path(f"/proc/{self.popen.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
        return 0
