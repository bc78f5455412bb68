"""An app, as each module of this folder describes one."""

import json
import subprocess


class App:
    """version: tells it, from the folder of npm's packages. ports: the names of its services in routes.yaml. start: starts them at
    a place. checks: what its clients do there, in that order."""

    def __init__(self, name, version, ports, start, checks):
        self.name, self.version, self.ports, self.start, self.checks = name, version, ports, start, checks


def debian(package):
    """A package's version, as its authors number it."""
    command = f"dpkg-query -W -f '${{Version}}' {package} | sed 's/^[0-9]*://; s/[-+~].*//'"
    return lambda _: subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout.strip()


def npm(package):
    return lambda modules: json.loads((modules / package / "package.json").read_text())["version"]
