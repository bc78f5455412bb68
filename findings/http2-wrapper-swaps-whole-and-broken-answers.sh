#!/usr/bin/env bash
# http2-wrapper 2.2.4 (npm), by which got 14.6.6 speaks HTTP/2: takes a broken answer for a whole one, and got a whole one for a broken.
#
# Expected: as by HTTP/1.1, and as Node's own http2 module: an answer that the server breaks off (RST_STREAM with INTERNAL_ERROR) is an
# error; one that ended with END_STREAM, after which the server doesn't want the rest of the upload (RST_STREAM with NO_ERROR), is whole
# (RFC 9113, 8.1).
# Seen: of the broken answer, got returns the first half as if that were all, with status 200, and http2-wrapper emits neither "aborted" nor
# "error" and says that the answer is complete. The whole 429 to an upload is a ReadError of got, "The server aborted pending request".
# For a gateway: a service that dies within an answer without a Content-Length isn't noticed by got users who set http2: true, and a refused
# upload looks like a broken connection.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

npm_packages got@14.6.6 http2-wrapper@2.2.4
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out cert.pem 2>openssl.log
node_server <<'JS'
const fs = require("fs");
const server = require("http2").createSecureServer({ key: fs.readFileSync("key.pem"), cert: fs.readFileSync("cert.pem") });
server.on("sessionError", () => {});
server.on("stream", (stream, head) => {
  stream.on("error", () => {});
  if (head[":path"] === "/breaks") {
    stream.respond({ ":status": 200 });
    stream.write("half of it");
    setTimeout(() => stream.destroy(new Error("broken off")), 300); // RST_STREAM with INTERNAL_ERROR
  } else {
    stream.respond({ ":status": 429, "content-length": "8" });
    stream.end("too many"); // with END_STREAM
    stream.once("finish", () => setTimeout(() => stream.close(0), 100)); // then RST_STREAM with NO_ERROR
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
JS
cat >ask.mjs <<'JS'
import http2 from "node:http2";
import { Readable } from "node:stream";
import got from "got";
import wrapper from "http2-wrapper";

const origin = `https://localhost:${process.argv[2]}`;
const upload = () => Readable.from((async function* () {
  for (let i = 0; i < 100; i++) {
    yield Buffer.alloc(1000);
    await new Promise(soon => setTimeout(soon, 20));
  }
})());
const byNode = (path, body) => new Promise(done => {
  const session = http2.connect(origin, { rejectUnauthorized: false });
  const stream = session.request({ ":path": path, ":method": body ? "POST" : "GET" });
  let status, text = "";
  stream.on("response", head => (status = head[":status"]));
  stream.on("data", data => (text += data));
  stream.on("error", error => done(`error ${error.code}`));
  stream.on("end", () => setTimeout(() => done(`${status}, "${text}"`), 500));
  if (body) body.pipe(stream);
  else stream.end();
});
const byWrapper = async (path, body) => {
  const request = await wrapper.auto(origin + path, { method: body ? "POST" : "GET", rejectUnauthorized: false });
  return new Promise(done => {
    request.on("error", error => done(`error ${error.code}`));
    request.on("response", answer => {
      let text = "";
      answer.on("data", data => (text += data));
      answer.on("aborted", () => done("aborted"));
      answer.on("error", error => done(`error ${error.code}`));
      answer.on("end", () => done(`${answer.statusCode}, "${text}", complete: ${answer.complete}`));
    });
    if (body) body.pipe(request);
    else request.end();
  });
};
const byGot = (path, body) =>
  got(origin + path, { method: body ? "POST" : "GET", body, http2: true, https: { rejectUnauthorized: false }, retry: { limit: 0 }, throwHttpErrors: false })
    .then(answer => `${answer.statusCode}, "${answer.body}"`, error => `${error.name} ${error.code}`);
for (const [name, ask] of [["node:http2", byNode], ["http2-wrapper", byWrapper], ["got", byGot]]) {
  console.log(`${name}, half an answer: ${await ask("/breaks")}`);
  console.log(`${name}, a whole 429 to an upload: ${await ask("/refuses", upload())}`);
}
process.exit();
JS
timeout 60 node ask.mjs "$PORT" 2>errors.log | expect_seen \
  "node:http2, half an answer: error ERR_HTTP2_STREAM_ERROR" \
  'node:http2, a whole 429 to an upload: 429, "too many"' \
  'http2-wrapper, half an answer: 200, "half of it", complete: true' \
  'http2-wrapper, a whole 429 to an upload: 429, "too many", complete: true' \
  'got, half an answer: 200, "half of it"' \
  "got, a whole 429 to an upload: ReadError ECONNRESET"
