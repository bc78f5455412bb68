#!/usr/bin/env bash
# Apache httpd 2.4.71: an answer of a CGI script that says its Content-Length goes out without it, chunked, or with a length
# that Apache counted, as it comes.
#
# Expected: a script's header fields pass (RFC 3875, 6.3.4), so that who reads the answer knows how long it will be: a download
# shows its progress, and HEAD tells the size.
# Seen: a script says "Content-Length: 7", and writes the last four bytes a little later. The answer is chunked; answers to HEAD
# have no length. With "SetEnv ap_trust_cgilike_cl yes" both have it.
# For a gateway: that a service's answer has a length today is no promise that it has one tomorrow: the same script's answer has
# one if it is written at once. Nothing may depend on it.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages apache2-bin=2.4.71-1~deb12u1 libapr1 libaprutil1
modules=$WORK/root/usr/lib/apache2/modules
mkdir cgi
cat >cgi/script <<'CGI'
#!/bin/sh
printf 'Content-Type: text/plain\r\nContent-Length: 7\r\n\r\none'
sleep 0.5
printf ' two'
CGI
chmod -R a+rx "$WORK" cgi
free_port
cat >conf <<CONF
$(for name in mpm_event authz_core alias env cgid; do echo "LoadModule ${name}_module $modules/mod_$name.so"; done)
ServerName localhost
Listen 127.0.0.1:$PORT
PidFile $WORK/pid
DefaultRuntimeDir $WORK
ScriptSock $WORK/sock
ErrorLog $WORK/errors
User nobody
Group nogroup
ScriptAlias /plain $WORK/cgi/script
ScriptAlias /trusted $WORK/cgi/script
<Location /trusted>
  SetEnv ap_trust_cgilike_cl yes
</Location>
CONF
LD_LIBRARY_PATH=$(dirname "$(find "$WORK/root" -name 'libapr-1.so.0')") "$WORK/root/usr/sbin/apache2" -f "$WORK/conf" -DFOREGROUND >apache.log 2>&1 &
STARTED+=($!)
until_listening
{
  talk 'GET /plain HTTP/1.1\r\nHost: x\r\n\r\n'
  talk 'HEAD /plain HTTP/1.1\r\nHost: x\r\n\r\n'
  talk 'GET /trusted HTTP/1.1\r\nHost: x\r\n\r\n'
  talk 'HEAD /trusted HTTP/1.1\r\nHost: x\r\n\r\n'
} | expect_seen \
  'HTTP/1.1 200 OK | Transfer-Encoding: chunked | Content-Type: text/plain |  | 3 | one | 4 |  two | 0 |  | (open)' \
  'HTTP/1.1 200 OK | Content-Type: text/plain |  | (open)' \
  'HTTP/1.1 200 OK | Content-Length: 7 | Content-Type: text/plain |  | one two(open)' \
  'HTTP/1.1 200 OK | Content-Length: 7 | Content-Type: text/plain |  | (open)'
