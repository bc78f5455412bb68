#!/usr/bin/env bash
# HAProxy 2.6.12, Caddy 2.6.2 and Apache 2.4.71 (mod_proxy_http2) give an answer that their server has broken off a proper end.
#
# Expected: an answer without Content-Length that the server breaks off (no last chunk, or RST_STREAM with INTERNAL_ERROR) reaches
# the proxy's client as one that is broken off, too: a proxy must not make it look complete (RFC 9112, 8; RFC 9113, 8.1). Then curl
# fails, with 18 by HTTP/1.1 and with 92 by HTTP/2.
# Seen: in 7 of 12 ways through the three it is whole. HAProxy passes the break on by HTTP/1.1, but ends the stream with END_STREAM by
# HTTP/2; Apache passes it on by HTTP/2, but sends the last chunk by HTTP/1.1 if an HTTP/2 server broke off; Caddy ends all properly.
# For a gateway: behind these, clients take half a file for the file, whatever the gateway does. Services should send a Content-Length
# where they know it: with one, all three break off.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages haproxy=2.6.12-1+deb12u4 liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 caddy=2.6.2-5 \
  apache2-bin=2.4.71-1~deb12u1 libapr1 libaprutil1 curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15
LIBS=$WORK/root/usr/lib/$(uname -m)-linux-gnu
node_server <<'JS'
const http = require("http"), http2 = require("http2");
const one = http.createServer((request, answer) => {
  answer.writeHead(200, request.url === "/known" ? { "content-length": 1000 } : {});
  answer.write("half of it");
  setTimeout(() => answer.socket.destroy(), 300);
});
const two = http2.createServer();
two.on("sessionError", () => {});
two.on("stream", (stream, head) => {
  stream.on("error", () => {});
  stream.respond(head[":path"] === "/known" ? { ":status": 200, "content-length": 1000 } : { ":status": 200 });
  stream.write("half of it");
  setTimeout(() => stream.destroy(new Error("broken off")), 300); // RST_STREAM with INTERNAL_ERROR
});
one.listen(0, "127.0.0.1", () => two.listen(0, "127.0.0.1", () => console.log(one.address().port + "\n" + two.address().port)));
JS
one=$PORT two=$(sed -n 2p port)
free_port && haproxy=$PORT
cat >haproxy.cfg <<CONF
defaults
  mode http
  timeout connect 5s
  timeout client 20s
  timeout server 20s
listen one
  bind 127.0.0.1:$haproxy
  use_backend two if { path_beg /two }
  server one 127.0.0.1:$one
CONF
free_port && haproxy2=$PORT
cat >>haproxy.cfg <<CONF
listen by-http2
  bind 127.0.0.1:$haproxy2 proto h2
  use_backend two if { path_beg /two }
  server one 127.0.0.1:$one
backend two
  server two 127.0.0.1:$two proto h2
CONF
LD_LIBRARY_PATH=$LIBS root/usr/sbin/haproxy -db -f haproxy.cfg >haproxy.log 2>&1 &
STARTED+=($!)
until_listening
free_port && caddy=$PORT
cat >Caddyfile <<CONF
{
  admin off
  auto_https off
  servers {
    protocols h1 h2c
  }
}
http://127.0.0.1:$caddy {
  handle /two* {
    reverse_proxy h2c://127.0.0.1:$two
  }
  handle {
    reverse_proxy 127.0.0.1:$one
  }
}
CONF
HOME=$WORK root/usr/bin/caddy run --config Caddyfile >caddy.log 2>&1 &
STARTED+=($!)
until_listening
free_port && apache=$PORT
mods=$WORK/root/usr/lib/apache2/modules
cat >apache.conf <<CONF
ServerRoot $WORK
ServerName localhost
PidFile $WORK/apache.pid
ErrorLog $WORK/apache.log
Listen 127.0.0.1:$apache
LoadModule mpm_event_module $mods/mod_mpm_event.so
LoadModule authz_core_module $mods/mod_authz_core.so
LoadModule http2_module $mods/mod_http2.so
LoadModule proxy_module $mods/mod_proxy.so
LoadModule proxy_http_module $mods/mod_proxy_http.so
LoadModule proxy_http2_module $mods/mod_proxy_http2.so
Protocols h2c http/1.1
ProxyPass /two h2c://127.0.0.1:$two/two
ProxyPass / http://127.0.0.1:$one/
CONF
LD_LIBRARY_PATH=$LIBS root/usr/sbin/apache2 -DFOREGROUND -f "$WORK/apache.conf" >apache-out.log 2>&1 &
STARTED+=($!)
until_listening
ask() {
  local code=0
  LD_LIBRARY_PATH=$LIBS root/usr/bin/curl -s -m 10 -o answer "$@" || code=$?
  case $code in 0) echo "whole" ;; 18 | 92) echo "broken off" ;; *) echo "curl $code" ;; esac
}
{
  for server in one two; do
    [ $server = one ] && of="HTTP/1.1" || of="HTTP/2"
    echo "HAProxy, server by $of: to HTTP/1.1 $(ask "http://127.0.0.1:$haproxy/$server"), to HTTP/2 $(ask --http2-prior-knowledge "http://127.0.0.1:$haproxy2/$server")"
    echo "Caddy, server by $of: to HTTP/1.1 $(ask "http://127.0.0.1:$caddy/$server"), to HTTP/2 $(ask --http2-prior-knowledge "http://127.0.0.1:$caddy/$server")"
    echo "Apache, server by $of: to HTTP/1.1 $(ask "http://127.0.0.1:$apache/$server"), to HTTP/2 $(ask --http2-prior-knowledge "http://127.0.0.1:$apache/$server")"
  done
  echo "HAProxy, length known: to HTTP/1.1 $(ask "http://127.0.0.1:$haproxy/known"), to HTTP/2 $(ask --http2-prior-knowledge "http://127.0.0.1:$haproxy2/known")"
  echo "Caddy, length known: to HTTP/1.1 $(ask "http://127.0.0.1:$caddy/known"), to HTTP/2 $(ask --http2-prior-knowledge "http://127.0.0.1:$caddy/known")"
  echo "Apache, length known: to HTTP/1.1 $(ask "http://127.0.0.1:$apache/known"), to HTTP/2 $(ask --http2-prior-knowledge "http://127.0.0.1:$apache/known")"
} | expect_seen \
  "HAProxy, server by HTTP/1.1: to HTTP/1.1 broken off, to HTTP/2 whole" \
  "Caddy, server by HTTP/1.1: to HTTP/1.1 whole, to HTTP/2 whole" \
  "Apache, server by HTTP/1.1: to HTTP/1.1 broken off, to HTTP/2 broken off" \
  "HAProxy, server by HTTP/2: to HTTP/1.1 broken off, to HTTP/2 whole" \
  "Caddy, server by HTTP/2: to HTTP/1.1 whole, to HTTP/2 whole" \
  "Apache, server by HTTP/2: to HTTP/1.1 whole, to HTTP/2 broken off" \
  "HAProxy, length known: to HTTP/1.1 broken off, to HTTP/2 broken off" \
  "Caddy, length known: to HTTP/1.1 broken off, to HTTP/2 broken off" \
  "Apache, length known: to HTTP/1.1 broken off, to HTTP/2 broken off"
