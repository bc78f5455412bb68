"""CalDAV, by Radicale: a client finds its calendar by the paths that answers name."""

from app import App, debian
from place import APPS, PYTHON


def start(place):
    place.run("RADICALE", [PYTHON, "-m", "radicale", "--server-hosts", "127.0.0.1:{PORT}", "--auth-type", "none",
                           "--storage-filesystem-folder", place.folder / "data"])


def calendar(place):
    place.tool(PYTHON, APPS / "calendar_client.py", f"http://127.0.0.1:{place.port}/radicale/")


APP = App("Radicale", debian("radicale"), ["RADICALE"], start, {"a calendar is found, an event saved and found": calendar})
