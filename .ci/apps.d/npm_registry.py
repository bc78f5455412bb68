"""A registry of npm packages, verdaccio: published and installed through the gateway, a scoped package among them."""

import json
import shutil

from app import App, npm
from place import APPS, HOST, Wrong, expect


def start(place):
    shutil.copy(APPS / "apps" / "verdaccio.yaml", place.folder / "verdaccio.yaml")
    place.run("NPM", ["node", place.modules / "verdaccio/bin/verdaccio", "-c", place.folder / "verdaccio.yaml", "-l", "127.0.0.1:{PORT}"])


def client(place, *words, cwd):
    return place.tool("npm", *words, "--registry", f"{place.url}/npm/", "--no-audit", "--no-fund", "--no-update-notifier", "--noproxy", HOST,
                      f"--//{HOST}:{place.port}/npm/:_authToken=any", cwd=cwd)


def publishes(place):
    for name in ("one", "@some/two"):  # of the second, npm asks for @some%2ftwo
        folder = place.folder / name.replace("/", "-")
        folder.mkdir()
        (folder / "package.json").write_text(json.dumps({"name": name, "version": "1.0.0"}))
        (folder / "index.js").write_text(f"module.exports = '{name}'\n")
        client(place, "publish", "--access", "public", cwd=folder)


def installs(place):
    folder = place.folder / "user"
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    client(place, "install", "one", "@some/two", cwd=folder)
    expect("what was installed", place.tool("node", "-p", "require('one') + require('@some/two')", cwd=folder), "one@some/two")
    for name, package in json.loads((folder / "package-lock.json").read_text())["packages"].items():
        if name and not package["resolved"].startswith(f"{place.url}/npm/"):
            raise Wrong(f"{name} was taken from {package['resolved']}")


APP = App("verdaccio", npm("verdaccio"), ["NPM"], start, {
    "npm publish": publishes,
    "npm install, every tarball through the gateway": installs,
})
