#!/usr/bin/env bash
# H2O 2.2.5, a service mounted at "/shop" by proxy.reverse.url: its redirects to its own address lose the slash behind the prefix.
#
# Expected: what is cut off a request is put back: /shop/list goes to the service as /list, so that its Location
# http://127.0.0.1:PORT/list/ comes back as /shop/list/.
# Seen: requests are right, with or without a slash at the end of the mount and of the URL. The Location becomes /shoplist/, which
# H2O itself doesn't route to the service: 404. With the mount written "/shop/" it is right. One that is only a path, /list/, is left
# as it is in either case.
# For a gateway: cut and put back by one rule, on whole segments. Who checks such a mount with requests alone sees no fault.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages h2o=2.2.5+dfsg2-7
python_server <<'PY'
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(302)
        own = "" if self.path == "/path" else "http://127.0.0.1:%d" % self.server.server_port
        self.send_header("Location", own + self.path + "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PY
backend=$PORT
free_port
cat >conf <<CONF
listen: {host: 127.0.0.1, port: $PORT}
hosts:
  default:
    paths:
      "/shop": {proxy.reverse.url: "http://127.0.0.1:$backend/"}
      "/slash/": {proxy.reverse.url: "http://127.0.0.1:$backend/"}
CONF
root/usr/bin/h2o -c conf >h2o.log 2>&1 &
STARTED+=($!)
until_listening
for path in shop/list shoplist/ slash/list shop/path slash/path; do
  echo "/$path -> $(curl -s -m 5 -o answer -w '%{http_code}' -D head -H 'Host: shop.example' "http://127.0.0.1:$PORT/$path") $(grep -i '^location' head | tr -d '\r')"
done | expect_seen \
  "/shop/list -> 302 Location: http://shop.example/shoplist/" \
  "/shoplist/ -> 404 " \
  "/slash/list -> 302 Location: http://shop.example/slash/list/" \
  "/shop/path -> 302 Location: /path/" \
  "/slash/path -> 302 Location: /path/"
