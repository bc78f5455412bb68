"""Runs apps behind one gateway with one routes file, has their real clients use them, and prints a row for each."""

import concurrent.futures
import os
import pathlib
import signal
import sys
import time

import place  # first: it makes the modules of .ci/servers known

import processes

import caldav_radicale
import docker_registry
import fastapi_docs
import flask_gunicorn
import git_http
import jupyter_notebook
import npm_registry
import prometheus_ui
import socket_io
import vite_reload
import webdav

APPS = [module.APP for module in (socket_io, fastapi_docs, flask_gunicorn, jupyter_notebook, prometheus_ui, vite_reload, git_http, npm_registry,
                                  docker_registry, webdav, caldav_radicale)]


def row(app, where):
    """Prints what the app's clients got; how much was wrong."""
    began, wrong, cells = time.monotonic(), [], []
    for what, check in app.checks.items():
        try:
            check(where)
            cells.append(what)
        except Exception as e:
            wrong.append(f"{app.name}: {what}: {e if isinstance(e, place.Wrong) else repr(e)}")
    print("\n".join([f"| {app.name} | {app.version(where.modules)} | {'; '.join(cells)} | {time.monotonic() - began:.0f} s |", *wrong]), flush=True)
    return len(wrong)


def main(work, modules, only):
    work, modules = pathlib.Path(work), pathlib.Path(modules)
    unknown = set(only) - {app.name for app in APPS}
    if unknown:
        sys.exit(f"no such app: {', '.join(sorted(unknown))}; there are {', '.join(app.name for app in APPS)}")
    ports = {name: processes.port() for app in APPS for name in app.ports}
    port = processes.port()
    chosen = [(app, place.Place(work, modules, app.name.replace(" ", "-"), ports, port)) for app in APPS if not only or app.name in only]
    try:
        with concurrent.futures.ThreadPoolExecutor(4) as pool:  # mostly waiting
            list(pool.map(lambda each: each[0].start(each[1]), chosen))
            place.Gateway(work, port, ports, [name for app, _ in chosen for name in app.ports])
            print("| app | version | what was done through the gateway | took |", flush=True)
            wrong = sum(pool.map(lambda each: row(*each), chosen))
    finally:
        processes.end_all()
    return 1 if wrong else 0


def stop(*_):
    processes.end_all()
    os._exit(1)  # whatever the other threads are doing


signal.signal(signal.SIGTERM, stop)
sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
