#!/usr/bin/env bash
# Python requests 2.28.1: HTTPAdapter(max_retries=3) repeats requests that the server has refused, and sleeps as long as the server
# says, whatever the timeout.
#
# Expected: the adapter's documentation: max_retries "applies only to failed DNS lookups, socket connections and connection
# timeouts, never to requests where data has made it to the server".
# Seen: the lines below. The number becomes an urllib3 Retry, which repeats a 413, 429 or 503 that has a Retry-After; a PUT with its
# content, too, but not a POST. The caller, who asked for a timeout of a second, waits for all of them; with "Retry-After: 60" for
# three minutes. Without the field the same answer comes at once.
# By hand the same with requests 2.34.2 and urllib3 2.7.0.
# For a gateway: a client with max_retries for its connections sleeps through a rate limit's window, with its threads. It needs
# max_retries=Retry(3, respect_retry_after_header=False).
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages python3-requests=2.28.1+dfsg-1 python3-urllib3=1.26.12-1+deb12u4 python3-six=1.16.0-4 python3-idna python3-certifi \
  python3-chardet python3-charset-normalizer
PYTHONPATH=root/usr/lib/python3/dist-packages python3 -W ignore - 2>errors.log <<'PY' | expect_seen \
  "GET  429                 sent 1 times, 0 s, told 429" \
  "GET  429, Retry-After: 2 sent 4 times, 6 s, told 429" \
  "PUT  413, Retry-After: 2 sent 4 times, 6 s, told 413" \
  "PUT  503, Retry-After: 2 sent 4 times, 6 s, told 503" \
  "POST 503, Retry-After: 2 sent 1 times, 0 s, told 503" \
  "the content each time: 100"
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

contents = []


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one(self):
        contents.append(len(self.rfile.read(int(self.headers.get("Content-Length", 0)))))
        status, after = self.path[1:].split("/")
        self.send_response(int(status))
        if after:
            self.send_header("Retry-After", after)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PUT = do_POST = handle_one

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
session = requests.Session()
session.trust_env = False
session.mount("http://", requests.adapters.HTTPAdapter(max_retries=3))
sizes = set()
for method, status, after in [("GET", 429, ""), ("GET", 429, "2"), ("PUT", 413, "2"), ("PUT", 503, "2"), ("POST", 503, "2")]:
    contents.clear()
    start = time.monotonic()
    url = f"http://127.0.0.1:{server.server_port}/{status}/{after}"
    told = session.request(method, url, data=None if method == "GET" else b"z" * 100, timeout=1).status_code
    seconds = int(time.monotonic() - start)
    if method != "GET":
        sizes.update(contents)
    what = f"{method:4} {status}" + (f", Retry-After: {after}" if after else "")
    print(f"{what:24} sent {len(contents)} times, {seconds} s, told {told}")
print("the content each time:", *sizes)
PY
