#!/usr/bin/env bash
# retry-axios 4.0.3, Unirest 4.10.1: "Retry-After: 0", or a date that is past by the client's clock, switches their retries off.
#
# Expected: 0 means that the client may come again at once, and so does a date that has gone by (RFC 9110, 10.2.3 allows both), as
# axios-retry, got, ky, curl, Apache HttpClient and urllib3 read it. retry-axios repeats a 503 without the field, too, so that a
# field that allows more shouldn't make it do less.
# Seen: the lines below. A date becomes the past by itself when the client's clock is ahead by as little as the wait.
# For a gateway: say 1 at least, and seconds, not a date; mend what a service says if its clients are these.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

npm_packages axios@1.21.1 retry-axios@4.0.3
maven_packages com.konghq:unirest-java-core:4.10.1

node_server <<'JS'
const seen = new Map();
const server = require('http').createServer((request, answer) => {
  const times = (seen.get(request.url) || 0) + 1;
  seen.set(request.url, times);
  if (times > 1) return answer.end();
  const value = { zero: '0', one: '1', past: new Date(Date.now() - 2000).toUTCString(), soon: new Date(Date.now() + 2000).toUTCString() };
  const after = value[request.url.split('/')[2]];
  answer.writeHead(503, after ? { 'Retry-After': after } : {}).end();
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
JS
cat >get.mjs <<'JS'
import axios from 'axios';
import { attach } from 'retry-axios';
const client = axios.create();
attach(client);
for (const after of ['without', 'one', 'soon', 'zero', 'past']) {
  const told = await client.get(`${process.argv[2]}/axios/${after}`, { raxConfig: { retry: 3 } }).catch(e => e.response);
  console.log(`retry-axios ${after}: told ${told.status}`);
}
JS
cat >Get.java <<'JAVA'
import kong.unirest.core.Unirest;

public class Get {
    public static void main(String[] arguments) throws Exception {
        Unirest.config().retryAfter(true);
        for (String after : new String[] {"one", "soon", "zero", "past"}) {
            System.out.println("Unirest " + after + ": told " + Unirest.get(arguments[0] + "/unirest/" + after).asEmpty().getStatus());
        }
        System.exit(0);
    }
}
JAVA
{
  node get.mjs "http://127.0.0.1:$PORT"
  "$JAVA" -cp 'lib/*' Get.java "http://127.0.0.1:$PORT"
} 2>errors.log | expect_seen \
  "retry-axios without: told 200" \
  "retry-axios one: told 200" \
  "retry-axios soon: told 200" \
  "retry-axios zero: told 503" \
  "retry-axios past: told 503" \
  "Unirest one: told 200" \
  "Unirest soon: told 200" \
  "Unirest zero: told 503" \
  "Unirest past: told 503"
