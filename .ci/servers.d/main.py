"""Runs the checks of checks.py on the servers of servers.py, and prints a row for each."""

import concurrent.futures
import os
import pathlib
import random
import signal
import sys
import time

import checks
import clients
import defaults
import gateways
import processes
import servers


def files(work):
    folder = work / "files"
    folder.mkdir()
    (folder / "file.txt").write_text("0123456789\n" * 100)
    (folder / "health").write_text("ok")
    (folder / "big.bin").write_bytes(random.Random(1).randbytes(50 * checks.MB))
    for path in (work, folder):
        os.chmod(path, 0o755)


def row(server, work, kind):
    """Runs all checks of one server; prints its row, and below it what was wrong; how much was wrong."""
    case, cells, wrong = checks.Case(server, work, kind), [], []
    began = time.monotonic()

    def attempt(name, check):
        try:
            cells.append(check() or "")
        except Exception as e:
            cells.append("WRONG")
            wrong.append(f"{server.name}: {name}: {e if isinstance(e, checks.Wrong) else repr(e)}")

    attempt("start", case.begin)
    if not wrong:
        for name, check in checks.CHECKS.items():
            attempt(name, lambda: check(case))
    attempt("end", case.end)
    print("\n".join(["| " + " | ".join([server.name, server.version(), *cells[1:-1], f"{time.monotonic() - began:.0f} s"]) + " |",
                     *wrong]), flush=True)
    return len(wrong)


def main(work, only):
    work = pathlib.Path(work)
    files(work)
    servers.go_binary(work)
    servers.cgi_folder(work)
    if only == ["defaults"]:
        return defaults.show(work)
    kind = gateways.KINDS[os.environ.get("PEER", "gateway")]
    unknown = set(only) - {server.name for server in servers.SERVERS} - {"clients"}
    if unknown:
        sys.exit(f"no such server: {', '.join(sorted(unknown))}")
    chosen = [server for server in servers.SERVERS if not only or server.name in only]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:  # mostly waiting
        by_clients = None
        if kind is gateways.Gateway and (not only or "clients" in only):
            by_clients = pool.submit(clients.check, work)
        if chosen:
            print("| " + " | ".join(["server", "version", *checks.CHECKS, "took"]) + " |", flush=True)
        wrong = sum(pool.map(lambda server: row(server, work, kind), chosen))
        if by_clients:
            lines, more = by_clients.result()
            print("\n".join(lines))
            wrong += more
    return 1 if wrong else 0


def stop(*_):
    processes.end_all()
    os._exit(1)  # whatever the other threads are doing


signal.signal(signal.SIGTERM, stop)
sys.exit(main(sys.argv[1], sys.argv[2:]))
