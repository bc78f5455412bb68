#!/usr/bin/env bash
# nginx 1.22.1, HAProxy 2.6.12, stunnel 5.68, socat 1.7.4.4 with TLS before a server in clear text: an answer whose connection is
# reset within it ends, to the client, with TLS's close_notify, as a whole one does.
#
# Expected: only close_notify says that an answer without length and chunks is whole (RFC 9112, 9.8), so that whoever knows that it
# isn't, since the connection to the server failed (ECONNRESET), ends without it; stunnel's manual has "reset = yes", its
# default, for passing errors on by a reset.
# Seen: close_notify from all four, as at a regular end (from nginx where it makes no chunks: chunked_transfer_encoding off, or a
# client of HTTP/1.0). Apache and lighttpd are right by another way: they make such an answer chunked, and leave out the last chunk.
# For a gateway: to check for close_notify is right, and proves nothing about what is behind the server that sent it. Services must
# give their answers a length or chunks, behind TLS as before it.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages nginx=1.22.1-9+deb12u11 haproxy=2.6.12-1+deb12u4 stunnel4=3:5.68-2+deb12u1 socat=1.7.4.4-2
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out cert.pem >openssl.log 2>&1
cat key.pem cert.pem >both.pem
python_server <<'PY'
import socket, struct, threading

def answer(wire):
    head = b""
    while b"\r\n\r\n" not in head:
        got = wire.recv(4096)
        if not got:
            return
        head += got
    wire.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfirst half")
    regular.wait(1)  # for the proxy to have read it: a reset may overtake it
    if b"/broken" in head:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close by a reset
    else:
        wire.sendall(b", second half")
    wire.close()

regular = threading.Event()
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()
PY
service=$PORT

# What a proxy's client gets, and how it ends.
cat >ask.py <<'PY'
import socket, ssl, sys

context = ssl.create_default_context(cafile="cert.pem")
for path in "whole", "broken":
    wire = context.wrap_socket(
        socket.create_connection(("127.0.0.1", int(sys.argv[2])), 10), server_hostname="localhost", suppress_ragged_eofs=False)
    wire.sendall(b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path.encode())
    got, end = b"", "close_notify"
    try:
        while more := wire.recv(4096):
            got += more
    except ssl.SSLEOFError:
        end = "no close_notify"
    except ConnectionResetError:
        end = "reset"
    print(sys.argv[1], path, got.partition(b"\r\n\r\n")[2].decode(), "|", end)
PY
ask() {
  STARTED+=($!)
  until_listening
  python3 ask.py "$1" "$PORT"
}
{
  free_port
  cat >nginx.conf <<CONF
daemon off; pid $WORK/nginx.pid; error_log $WORK/nginx.log; events {}
http {
  access_log off; proxy_temp_path $WORK/a; client_body_temp_path $WORK/b; fastcgi_temp_path $WORK/c; uwsgi_temp_path $WORK/d; scgi_temp_path $WORK/e;
  server {
    listen 127.0.0.1:$PORT ssl; ssl_certificate $WORK/cert.pem; ssl_certificate_key $WORK/key.pem;
    location / { proxy_pass http://127.0.0.1:$service; proxy_http_version 1.1; proxy_buffering off; chunked_transfer_encoding off; }
  }
}
CONF
  root/usr/sbin/nginx -e nginx.log -c "$WORK/nginx.conf" >nginx.out 2>&1 &
  ask nginx

  free_port
  cat >haproxy.conf <<CONF
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
listen tls
  bind 127.0.0.1:$PORT ssl crt $WORK/both.pem
  server s 127.0.0.1:$service
CONF
  root/usr/sbin/haproxy -f haproxy.conf >haproxy.log 2>&1 &
  ask HAProxy

  free_port
  printf 'foreground = yes\npid =\n[s]\naccept = 127.0.0.1:%s\nconnect = 127.0.0.1:%s\ncert = both.pem\n' "$PORT" "$service" >stunnel.conf
  root/usr/bin/stunnel stunnel.conf >stunnel.log 2>&1 &
  ask stunnel

  free_port
  root/usr/bin/socat "openssl-listen:$PORT,bind=127.0.0.1,cert=both.pem,verify=0,fork" "tcp:127.0.0.1:$service" >socat.log 2>&1 &
  ask socat
} | expect_seen \
  "nginx whole first half, second half | close_notify" "nginx broken first half | close_notify" \
  "HAProxy whole first half, second half | close_notify" "HAProxy broken first half | close_notify" \
  "stunnel whole first half, second half | close_notify" "stunnel broken first half | close_notify" \
  "socat whole first half, second half | close_notify" "socat broken first half | close_notify"
