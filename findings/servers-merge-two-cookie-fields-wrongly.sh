#!/usr/bin/env bash
# Gunicorn 20.1.0, PHP 8.2.36's built-in server, Starlette 0.26.1 (uvicorn 0.17.6): what becomes of a second Cookie field.
#
# Expected: "a=1" and "b=2" in two Cookie fields are two cookies. A client of HTTP/1.1 must send one field (RFC 6265, 5.4), but
# some send two (see helidon-client-sends-a-field-for-each-cookie.sh), and a proxy that passes on what came by HTTP/2, where
# that is allowed (RFC 9113, 8.2.3), may forget to join them. Cookie is no list, so fields must not be joined by a comma
# (RFC 9110, 5.3). Node joins them by "; ", Go reads both.
# Seen: Gunicorn and PHP join by a comma, and the app finds one cookie, a, with the value "1,b=2" or "1, b=2": the second is
# lost and the first is wrong. Starlette finds the first field only.
# For a gateway: join them by "; " before they go to a service, whatever the client's version of HTTP was.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages python3-gunicorn=20.1.0-6+deb12u1 python3-uvicorn=0.17.6-1 python3-starlette=0.26.1-1+deb12u2 \
  php8.2-cli=8.2.36-1~deb12u1 python3-werkzeug python3-markupsafe python3-anyio \
  python3-sniffio python3-idna python3-h11 python3-click python3-asgiref python3-typing-extensions
PYTHONPATH=$WORK/root/usr/lib/python3/dist-packages
export PYTHONPATH
cat >wsgi.py <<'PY'
from werkzeug.wrappers import Request, Response

@Request.application
def app(request):
    return Response(" ".join("%s is %r" % item for item in request.cookies.items()))
PY
cat >asgi.py <<'PY'
from starlette.requests import Request
from starlette.responses import PlainTextResponse

async def app(scope, receive, send):
    request = Request(scope, receive)
    await PlainTextResponse(" ".join("%s is %r" % item for item in request.cookies.items()))(scope, receive, send)
PY
# shellcheck disable=SC2016 # PHP's variables
echo '<?php foreach ($_COOKIE as $name => $value) echo "$name is \"$value\" ";' >index.php

seen() { # name, command: starts it at PORT, and shows what it answers to two fields
  local name=$1
  shift
  "$@" >"$name.log" 2>&1 &
  STARTED+=($!)
  until_listening
  echo "$name: $(talk 'GET / HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n' | sed 's/.*|  | //')"
}
{
  free_port
  seen Gunicorn /usr/bin/python3 -m gunicorn.app.wsgiapp -b "127.0.0.1:$PORT" wsgi:app
  free_port
  seen Starlette /usr/bin/python3 -m uvicorn --lifespan off --port "$PORT" asgi:app
  free_port
  seen PHP root/usr/bin/php8.2 -n -S "127.0.0.1:$PORT"
} >answers
expect_seen <answers "Gunicorn: a is '1,b=2'(closed)" "Starlette: a is '1'(closed)" 'PHP: a is "1, b=2" (closed)'
