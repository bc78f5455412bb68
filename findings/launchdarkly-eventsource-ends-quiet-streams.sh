#!/usr/bin/env bash
# LaunchDarkly's launchdarkly-eventsource 2.2.0 on Node 20: breaks off each stream that is quiet for five seconds.
#
# Expected: no read timeout, since none was set; its manual says that setting readTimeoutMillis makes the client drop a silent stream.
# Seen: after five seconds without a byte "Read timeout, received no data in undefinedms", then a new connection a second later, and so on.
# Node's own agent for all requests has had a timeout of five seconds since Node 19; Node only tells of it, by an event that this library
# takes for its own. With readTimeoutMillis set, that holds; eventsource 4.1.1, also on Node, stays connected.
# For a gateway: a keep-alive comment each 15 or 30 seconds, as the WHATWG advises, is too rare for such clients: they come back every
# six seconds, and each time counts against their limit. Have them set readTimeoutMillis.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

npm_packages launchdarkly-eventsource@2.2.0 eventsource@4.1.1
node_server <<'JS'
const server = require("http").createServer((request, answer) => {
  answer.writeHead(200, { "Content-Type": "text/event-stream" });
  answer.write("data: a\n\n");
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
JS
cat >client.mjs <<'JS'
import launchdarkly from "launchdarkly-eventsource";
import { EventSource } from "eventsource";
const [port] = process.argv.slice(2);
const url = `http://127.0.0.1:${port}/`;
const watch = (name, source) => {
  const began = Date.now();
  let events = 0, end = "stays connected";
  source.onmessage = () => events++;
  source.onerror = error => { end = `${error.message} after ${Math.round((Date.now() - began) / 1000)} s`; };
  setTimeout(() => console.log(`${name}: ${events} events, ${end}`), 8000);
};
watch("eventsource", new EventSource(url));
watch("launchdarkly-eventsource", new launchdarkly.EventSource(url));
watch("launchdarkly-eventsource, readTimeoutMillis 60000", new launchdarkly.EventSource(url, { readTimeoutMillis: 60000 }));
setTimeout(() => process.exit(), 8500);
JS
timeout 30 node client.mjs "$PORT" | expect_seen \
  "eventsource: 1 events, stays connected" \
  "launchdarkly-eventsource: 2 events, Read timeout, received no data in undefinedms, assuming connection is dead after 5 s" \
  "launchdarkly-eventsource, readTimeoutMillis 60000: 1 events, stays connected"
