#!/usr/bin/env bash
# @hapi/inert 7.1.2 (hapi 21.4.10), a directory with redirectToSlash: the redirect to the slash form has no query.
#
# Expected: /docs?page=2 leads to /docs/?page=2, as with Express 5.3.0, Fastify's static files and http-server; who asks for a directory
# without its slash loses nothing but a round trip.
# Seen: hapi sends to /docs/, so that the query is gone. Both send a path without the prefix that X-Forwarded-Prefix names.
# For a gateway: leave the slash alone; a gateway that adds or takes a slash makes redirects that cost the client its query. And
# Location needs the prefix put before it, since neither asks for X-Forwarded-Prefix.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

npm_packages @hapi/hapi@21.4.10 @hapi/inert@7.1.2 express@5.3.0
mkdir -p www/docs
echo 'the page' >www/docs/index.html
node_server <<'JS'
const express = require("express");
const hapi = require("@hapi/hapi");
const inert = require("@hapi/inert");

async function main() {
  const server = hapi.server({ port: 0, host: "127.0.0.1" });
  await server.register(inert);
  const directory = { path: __dirname + "/www", redirectToSlash: true };
  server.route({ method: "GET", path: "/{path*}", handler: { directory } });
  await server.start();
  const app = express().use(express.static(__dirname + "/www"));
  const listener = app.listen(0, "127.0.0.1", () => console.log(server.info.port + "\n" + listener.address().port));
}
main();
JS
mapfile -t ports <port
ask() { # name, port, path
  echo "$1 /$3: $(curl -s -m 5 -i -H 'X-Forwarded-Prefix: /shop' "http://127.0.0.1:$2/$3" | tr -d '\r' | sed -n 's/^HTTP[^ ]* \(...\).*/\1/p; s/^[Ll]ocation: //p' | tr '\n' ' ')"
}
for path in docs 'docs?page=2' 'docs/?page=2'; do
  ask hapi "${ports[0]}" "$path"
  ask express "${ports[1]}" "$path"
done | expect_seen \
  "hapi /docs: 302 /docs/ " "express /docs: 301 /docs/ " \
  "hapi /docs?page=2: 302 /docs/ " "express /docs?page=2: 301 /docs/?page=2 " \
  "hapi /docs/?page=2: 200 " "express /docs/?page=2: 200 "
