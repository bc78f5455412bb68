"""Python's requests, a Session. Arguments: the gateway's URL, that by which a limit holds, and that for uploads."""

import sys

import requests

url, limited, uploads = sys.argv[1:4]
session = requests.Session()

good = 0
for _ in range(200):
    answer = session.get(url + "/api/file.txt")
    good += answer.status_code == 200 and len(answer.content) == 1100
print("gets", good)
print("posts", sum(session.post(url + "/api/echo", data="x" * 3000).text.startswith("POST ") for _ in range(50)))
for _ in range(6):
    answer = session.get(limited + "/api/file.txt")
    if answer.status_code == 429:
        print("limit 429, Retry-After", answer.headers.get("Retry-After"))
try:
    answer = session.post(uploads + "/api/echo", data=(bytes(65536) for _ in range(128)))
    print("upload", answer.status_code, "whole" if "content-too-large" in answer.text else "broken off")
except requests.RequestException as e:
    print("upload", repr(e))
