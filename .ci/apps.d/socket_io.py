"""Two servers of socket.io, which keep their sessions to themselves; its default client asks several times before it has one
connection, and each time must meet the same server."""

from app import App, npm
from place import APPS, expect


def start(place):
    for name in ("CHAT_1", "CHAT_2"):
        place.run(name, ["node", APPS / "apps" / "chat.cjs", "{PORT}"])


ALL = "20 of 20"


def in_pages(place):
    # As localhost, which browsers trust like HTTPS: only then do they say what is a page (Sec-Fetch-Dest), and so who is new.
    expect("connections", place.page("chat", "/socket.io/socket.io.js", GATEWAY=f"http://localhost:{place.port}"), ALL)


def in_node(place, options):
    expect("connections", place.tool("node", APPS / "connect.cjs", place.url, options), ALL)


APP = App("socket.io", npm("socket.io"), ["CHAT_1", "CHAT_2"], start, {
    f"{ALL} at the first try: the default client in Chromium": in_pages,
    "in Node, with cookies": lambda place: in_node(place, '{"withCredentials": true}'),
    "without cookies": lambda place: in_node(place, "{}"),
    "by hash:client": lambda place: in_node(place, '{"path": "/chat/socket.io"}'),
})
