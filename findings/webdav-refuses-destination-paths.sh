#!/usr/bin/env bash
# Apache httpd 2.4.71 (mod_dav), Radicale 3.1.8: refuse a MOVE whose Destination is a path.
#
# Expected: Destination is an absolute URI or an absolute path (RFC 4918, 10.3 and 8.3: Simple-ref), which means the same at
# the server that is asked. lighttpd 1.4.69 and nginx 1.22.1 take both.
# Seen: Apache answers a path with 400 (its log: "must be an absolute URI"), Radicale with 502. Of whole URLs, Apache takes one
# of another host if only the port is its own; all but Radicale refuse one with https, with 400 or 502, though
# that is what a client writes when TLS ends before them.
# For a gateway: no form of Destination suits all servers but the URL by which the service was asked, with its scheme. So let
# services have the client's path and Host, and behind HTTPS have the scheme changed (Apache: RequestHeader edit Destination).
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages apache2-bin=2.4.71-1~deb12u1 libapr1 libaprutil1 lighttpd=1.4.69-1 lighttpd-mod-webdav=1.4.69-1 nginx python3-radicale=3.1.8-2 \
  python3-passlib python3-vobject python3-dateutil python3-defusedxml python3-six python3-pkg-resources
libraries=$(dirname "$(find "$WORK/root" -name 'libapr-1.so.0')")
mkdir files locks data
chmod a+rwx "$WORK" files locks

served() { # name, how to have one file there, command...
  "${@:3}" >"$1.log" 2>&1 &
  STARTED+=($!)
  until_listening >&2
  for destination in "http://x:$PORT$at/two" "$at/two" "http://other:$PORT$at/two" "https://x:$PORT$at/two"; do
    $2 >&2
    ask MOVE one "Destination: $destination" | sed "s|^|$1, ${destination/":$PORT"/}: |"
  done
}
ask() { # method, file, header lines... ; content
  talk "$1 $at/$2 HTTP/1.1\r\nHost: x:$PORT\r\nAuthorization: Basic dXNlcjp4\r\nConnection: close\r\n$3\r\n\r\n${4-}" | cut -d ' ' -f 2
}
file() {
  rm -f files/two
  echo content >files/one
}
card() {
  local content='BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:a\r\nN:a\r\nEND:VCARD\r\n'
  ask DELETE '' 'Depth: infinity'
  ask MKCOL '' 'Content-Type: text/xml\r\nContent-Length: 151' \
    '<mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><set><prop><resourcetype><collection/><C:addressbook/></resourcetype></prop></set></mkcol>'
  ask PUT one 'Content-Type: text/vcard\r\nContent-Length: 55' "$content"
}

{
  at=
  free_port
  cat >apache.conf <<CONF
$(for name in mpm_event authz_core dav dav_fs; do echo "LoadModule ${name}_module $WORK/root/usr/lib/apache2/modules/mod_$name.so"; done)
ServerName x
Listen 127.0.0.1:$PORT
PidFile $WORK/pid
DefaultRuntimeDir $WORK
ErrorLog $WORK/errors
User nobody
Group nogroup
DocumentRoot $WORK/files
DavLockDB $WORK/locks/lock
<Directory $WORK/files>
  Dav On
</Directory>
CONF
  LD_LIBRARY_PATH=$libraries served Apache file "$WORK/root/usr/sbin/apache2" -f "$WORK/apache.conf" -DFOREGROUND

  free_port
  cat >lighttpd.conf <<CONF
server.modules = ("mod_webdav")
server.port = $PORT
server.bind = "127.0.0.1"
server.document-root = "$WORK/files"
webdav.activate = "enable"
CONF
  LD_LIBRARY_PATH=$libraries served lighttpd file "$WORK/root/usr/sbin/lighttpd" -D -m "$WORK/root/usr/lib/lighttpd" -f lighttpd.conf

  free_port
  cat >nginx.conf <<CONF
daemon off; pid $WORK/nginx.pid; error_log stderr; user root; events {}
http { access_log off; client_body_temp_path $WORK/bodies;
  server { listen 127.0.0.1:$PORT; server_name x; root $WORK/files; dav_methods PUT COPY MOVE; } }
CONF
  served nginx file "$WORK/root/usr/sbin/nginx" -e stderr -c "$WORK/nginx.conf"

  at=/user/book
  free_port
  PYTHONPATH=$WORK/root/usr/lib/python3/dist-packages served Radicale card /usr/bin/python3 -m radicale --server-hosts "127.0.0.1:$PORT" \
    --auth-type none --storage-filesystem-folder "$WORK/data"
} | expect_seen \
  'Apache, http://x/two: 201' \
  'Apache, /two: 400' \
  'Apache, http://other/two: 201' \
  'Apache, https://x/two: 502' \
  'lighttpd, http://x/two: 201' \
  'lighttpd, /two: 201' \
  'lighttpd, http://other/two: 502' \
  'lighttpd, https://x/two: 400' \
  'nginx, http://x/two: 204' \
  'nginx, /two: 204' \
  'nginx, http://other/two: 400' \
  'nginx, https://x/two: 400' \
  'Radicale, http://x/user/book/two: 201' \
  'Radicale, /user/book/two: 502' \
  'Radicale, http://other/user/book/two: 502' \
  'Radicale, https://x/user/book/two: 201'
