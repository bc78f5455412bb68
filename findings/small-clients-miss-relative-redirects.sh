#!/usr/bin/env bash
# PHP 8.2's http:// streams, BusyBox wget 1.35 and Perl's HTTP::Tiny 0.080: none follows "Location: items/" to where it points.
#
# Expected: in the answer to /shop/list that means /shop/items/ (RFC 9110, 10.2.2), and "//HOST/cart" another host (RFC 3986, 4.2).
# curl and wget go there.
# Seen: PHP asks for /shop//items/. BusyBox's wget takes "items" for a host's name. HTTP::Tiny gives up with its own status 599.
# The first two take "//HOST/cart" for a path of the same host.
# For a gateway: these are what container images check their health with and what small scripts call. Rewrite a service's Location
# to the form with the whole path or to the absolute one, which all follow, and leave no relative one that you change anyway.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages php8.2-cli=8.2.36-1~deb12u1 php8.2-common=8.2.36-1~deb12u1 busybox=1:1.35.0-4+deb12u1+b1 perl-modules-5.36
python_server <<'PY'
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        where = {"/shop/list": "items/", "/shop/full": "/shop/items/", "/shop/host": "//" + self.headers["Host"] + "/cart"}.get(self.path)
        content = b"" if where else self.requestline.split()[1].encode()
        self.send_response(302 if where else 200)
        if where:
            self.send_header("Location", where)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PY
# shellcheck disable=SC2016 # that is PHP's variable
echo '<?php echo file_get_contents($argv[1]);' >get.php

ask() { # what the client asked for in the end, or what it said
  case $1 in
    PHP) root/usr/bin/php8.2 -n get.php "$2" ;;
    BusyBox) timeout 5 root/bin/busybox wget -q -O - "$2" ;;
    HTTP::Tiny) perl -Iroot/usr/share/perl/5.36 -MHTTP::Tiny -e 'my $a = HTTP::Tiny->new(timeout => 5)->get($ARGV[0]); print "$a->{status} " if $a->{status} != 200; print $a->{content}' "$2" ;;
    curl) curl -m 5 -sL "$2" ;;
  esac 2>&1 | head -1 | sed "s/:$PORT/:PORT/"
}
for client in curl PHP BusyBox HTTP::Tiny; do
  for path in full list host; do
    echo "$client, /shop/$path: $(ask "$client" "http://127.0.0.1:$PORT/shop/$path")"
  done
done | expect_seen \
  "curl, /shop/full: /shop/items/" "curl, /shop/list: /shop/items/" "curl, /shop/host: /cart" \
  "PHP, /shop/full: /shop/items/" "PHP, /shop/list: /shop//items/" "PHP, /shop/host: //127.0.0.1:PORT/cart" \
  "BusyBox, /shop/full: /shop/items/" "BusyBox, /shop/list: wget: bad address 'items'" "BusyBox, /shop/host: //127.0.0.1:PORT/cart" \
  "HTTP::Tiny, /shop/full: /shop/items/" "HTTP::Tiny, /shop/list: 599 Cannot parse URL: 'items/'" "HTTP::Tiny, /shop/host: /cart"
