#!/usr/bin/env bash
# Node 20.20.2, http2: stream.close(code) ends the answer properly first, so that no client sees the error.
#
# Expected: "Closes the Http2Stream instance by sending an RST_STREAM frame to the connected HTTP/2 peer" (Node's manual): a server, or a
# proxy, that breaks off an answer with close(constants.NGHTTP2_INTERNAL_ERROR) makes it end with an error at the client.
# Seen: close() first ends the stream, by an empty DATA frame with END_STREAM. For the client that is a whole answer; after it, no RST_STREAM
# comes, if the request was whole. stream.destroy(error) does what close() is said to do.
# For a gateway in Node: break off with destroy(), or half an answer of a service is a whole one for the client.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15
node_server <<'JS'
const http2 = require("http2");
const server = http2.createServer();
server.on("sessionError", () => {});
server.on("stream", (stream, head) => {
  stream.on("error", () => {});
  stream.respond({ ":status": 200 });
  stream.write("half of it");
  setTimeout(() => {
    if (head[":path"] === "/close") stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
    else stream.destroy(new Error("broken off"));
  }, 300);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
JS
ask() {
  local code=0
  LD_LIBRARY_PATH=root/usr/lib/$(uname -m)-linux-gnu root/usr/bin/curl -s -m 10 --http2-prior-knowledge "http://127.0.0.1:$PORT/$1" || code=$?
  echo ", curl's exit code $code"
}
{
  echo "close(NGHTTP2_INTERNAL_ERROR): $(ask close)"
  echo "destroy(error): $(ask destroy)"
} | expect_seen \
  "close(NGHTTP2_INTERNAL_ERROR): half of it, curl's exit code 0" \
  "destroy(error): half of it, curl's exit code 92"
