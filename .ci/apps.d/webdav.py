"""WebDAV, by Apache: where a file is to be moved is a whole URL, in a field of the request."""

import shutil

from app import App, debian
from place import expect


def start(place):
    served = place.for_others("served")
    for name in ("files", "locks"):
        (served / name).mkdir()
        shutil.chown(served / name, "www-data", "www-data")
    place.run("WEBDAV", ["apache2", "-f", place.configure("webdav.conf", "WEBDAV", served), "-DFOREGROUND"])


def moves(place):
    file, got = place.folder / "file", place.folder / "got"
    file.write_text("content")
    said = place.tool("cadaver", f"http://127.0.0.1:{place.port}/dav/",
                      typed=f"put {file} one\nmkcol folder\nmove one folder/two\nls folder\nget folder/two {got}\n")
    expect(f"the moved file, after {said}", got.exists() and got.read_text(), "content")


APP = App("WebDAV", debian("apache2"), ["WEBDAV"], start, {"cadaver puts, moves, lists and gets a file": moves})
