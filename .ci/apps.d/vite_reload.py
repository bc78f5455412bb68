"""Vite's dev server: a page sees a file's change without being loaded anew."""

import shutil

from app import App, npm
from place import APPS


def start(place):
    shutil.copytree(APPS / "apps" / "vite", place.folder / "site")
    place.run("VITE", ["node", place.modules / "vite/bin/vite.js", "--host", "127.0.0.1", "--port", "{PORT}", "--strictPort"],
              to=place.folder / "site")


def edit(place):
    place.page("reload", "/vite/", place.folder / "site" / "text.js")


APP = App("Vite", npm("vite"), ["VITE"], start, {"hot reload: an edited file shows in the page": edit})
