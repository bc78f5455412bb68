#!/usr/bin/env bash
# Apache httpd 2.4.71: ProxyPassReverseCookiePath replaces all of a cookie's path, not only the part that matched.
#
# Expected: as with ProxyPassReverse and Location, what follows the part that matched stays: with "ProxyPassReverseCookiePath / /shop/",
# Path=/admin becomes /shop/admin (nginx's "proxy_cookie_path / /shop/" does that, and lighttpd's map-urlpath).
# Seen: Path=/admin becomes /shop/, as Path=/ does: two cookies of one name, of which the app tells one from the other by the path,
# are now one in the browser, and the last one wins. A quoted Path="/" isn't seen at all, nor is a cookie that has no Path.
# For a gateway: map the start of the path and keep the rest; take the quotes into account. Who copies an app's cookie settings from
# an Apache set-up has perhaps never seen the app's own paths work.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages apache2-bin=2.4.71-1~deb12u1 libapr1 libaprutil1
modules=$WORK/root/usr/lib/apache2/modules
python_server <<'PY'
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(302)
        self.send_header("Location", "http://127.0.0.1:%d/admin" % self.server.server_port)
        for cookie in ("a=1; Path=/", "a=2; Path=/admin", "b=1; Path=/admin/x", 'c=1; Path="/"', "d=1"):
            self.send_header("Set-Cookie", cookie)
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
$(for name in mpm_event authz_core proxy proxy_http; do echo "LoadModule ${name}_module $modules/mod_$name.so"; done)
ServerName localhost
Listen 127.0.0.1:$PORT
PidFile $WORK/pid
DefaultRuntimeDir $WORK
ErrorLog $WORK/errors
User nobody
Group nogroup
ProxyPass /shop/ http://127.0.0.1:$backend/
ProxyPassReverse /shop/ http://127.0.0.1:$backend/
ProxyPassReverseCookiePath / /shop/
CONF
LD_LIBRARY_PATH=$(dirname "$(find "$WORK/root" -name 'libapr-1.so.0')") "$WORK/root/usr/sbin/apache2" -f "$WORK/conf" -DFOREGROUND >apache.log 2>&1 &
STARTED+=($!)
until_listening
curl -s -m 5 -i -H 'Host: shop.example' "http://127.0.0.1:$PORT/shop/x" | grep -E '^(Location|Set-Cookie)' | tr -d '\r' | expect_seen \
  'Location: http://shop.example/shop/admin' \
  'Set-Cookie: a=1; Path=/shop/' \
  'Set-Cookie: a=2; Path=/shop/' \
  'Set-Cookie: b=1; Path=/shop/' \
  'Set-Cookie: c=1; Path="/"' \
  'Set-Cookie: d=1'
