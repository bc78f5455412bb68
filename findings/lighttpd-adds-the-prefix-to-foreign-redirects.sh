#!/usr/bin/env bash
# lighttpd 1.4.69, mod_proxy with proxy.header "map-urlpath": puts the prefix into redirects to other hosts, too.
#
# Expected: with "map-urlpath" => ("/shop/" => "/"), a Location at the service's own address or path gets /shop back, as the
# manual says; one at another host isn't the service's (Apache's ProxyPassReverse and H2O leave it alone).
# Seen: http://login.example/authorize becomes http://login.example/shop/authorize, which isn't there. Content-Location likewise. With
# "map-host-response" for the service's own address, which one would take for the condition, it is the same.
# For a gateway: before the path of a Location is mapped, look whose it is: scheme, host and port. An app that sends its users to
# another host to log in works behind lighttpd only without map-urlpath.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages lighttpd=1.4.69-1
python_server <<'PY'
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        own = "http://127.0.0.1:%d" % self.server.server_port
        where = {"/own": own + "/cart/", "/path": "/cart/", "/other": "http://login.example/authorize?back=1"}[self.path]
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Location", where)
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
server.bind = "127.0.0.1"
server.port = $PORT
server.document-root = "$WORK"
server.errorlog = "$WORK/lighttpd.log"
server.modules = ("mod_proxy")
proxy.server = ("/shop/" => (("host" => "127.0.0.1", "port" => $backend)))
proxy.header = (
  "map-urlpath" => ("/shop/" => "/"),
  "map-host-response" => ("127.0.0.1:$backend" => "-")
)
CONF
root/usr/sbin/lighttpd -D -m root/usr/lib/lighttpd -f conf >lighttpd.out 2>&1 &
STARTED+=($!)
until_listening
for path in own path other; do
  curl -s -m 5 -i -H 'Host: shop.example' "http://127.0.0.1:$PORT/shop/$path" | grep -iE '^(content-)?location' | tr -d '\r' | sort
done | expect_seen \
  "Content-Location: http://shop.example/shop/cart/" "Location: http://shop.example/shop/cart/" \
  "Content-Location: /shop/cart/" "Location: /shop/cart/" \
  "Content-Location: http://login.example/shop/authorize?back=1" "Location: http://login.example/shop/authorize?back=1"
