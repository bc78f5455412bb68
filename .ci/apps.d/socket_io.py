"""Two servers of socket.io, which keep their sessions to themselves; its default client asks several times before it has one
connection, and each time must meet the same server."""

from app import App, npm
from place import APPS


def start(place):
    for name in ("CHAT_1", "CHAT_2"):
        place.run(name, ["node", APPS / "apps" / "chat.cjs", "{PORT}"])


def in_pages(place):
    return "Chromium, sticky: " + place.page("chat", "/socket.io/socket.io.js")


def with_cookies(place):
    return "Node with cookies, sticky: " + place.tool("node", APPS / "connect.cjs", place.url, '{"withCredentials": true}')


def without_cookies(place):
    return "Node, hash:client: " + place.tool("node", APPS / "connect.cjs", place.url, '{"path": "/chat/socket.io"}')


APP = App("socket.io", npm("socket.io"), ["CHAT_1", "CHAT_2"], start, {
    "the default client in Chromium": in_pages,
    "the client of Node, with cookies": with_cookies,
    "the client of Node as it is, by hash:client": without_cookies,
})
