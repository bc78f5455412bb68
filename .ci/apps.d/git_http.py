"""git over HTTP, by Apache and git-http-backend: two clones and a push within the minute for which a limit counts."""

import random
import shutil

from app import App, debian
from place import HOST, expect


def start(place):
    served = place.for_others("served")
    git(place, "init", "-q", "--bare", served / "one.git")
    git(place, "-C", served / "one.git", "config", "http.receivepack", "true")
    for path in (served, *served.rglob("*")):
        shutil.chown(path, "www-data", "www-data")
    place.run("GIT", ["apache2", "-f", place.configure("git.conf", "GIT", served), "-DFOREGROUND"])


def git(place, *words, **more):
    return place.tool("git", "-c", f"http.curloptResolve={HOST}:{place.port}:127.0.0.1", *words, GIT_CONFIG_NOSYSTEM="1",
                      GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@example.org", GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@example.org",
                      GIT_TERMINAL_PROMPT="0", **more)


def clones_and_push(place):
    url, first, second = f"{place.url}/git/one.git", place.folder / "first", place.folder / "second"
    git(place, "clone", "-q", url, first)
    (first / "file").write_bytes(random.Random(1).randbytes(3_000_000))  # more than git sends at once: it goes chunked
    git(place, "add", "file", cwd=first)
    git(place, "commit", "-q", "-m", "one", cwd=first)
    git(place, "push", "-q", "origin", "HEAD:refs/heads/master", cwd=first)
    git(place, "clone", "-q", "-b", "master", url, second)
    expect("what was cloned", (second / "file").read_bytes(), (first / "file").read_bytes())


APP = App("git", debian("git"), ["GIT"], start, {"two clones and a push within a minute": clones_and_push})
