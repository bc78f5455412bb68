#!/usr/bin/env bash
# curl 7.88.1, Python's urllib3 1.26.12, axios 1.21.1 with axios-retry 4.5.0 or retry-axios 4.0.3, gaxios 7.3.1, Azure's
# core-rest-pipeline 1.24.0, Unirest 4.10.1: an upload that was refused is sent again without its content, and the caller is
# told that all went well.
#
# Expected: what is sent again is the same request (RFC 9110, 10.2.3), or it isn't sent again. Who can't read a stream twice says
# so: got, make-fetch-happen, undici and Apache HttpClient do, and urllib3 itself for a file that can't be rewound.
# Seen: the lines below. Each client puts 1000 bytes that come from a pipe, a generator or a stream, gets a 503 with
# "Retry-After: 1", waits, and puts nothing; the server takes that and answers 200. urllib3 does so with no setting at all, the
# others with their retries switched on as their manuals say. From memory, all of them send it whole.
# By hand as well: urllib3 2.7.0 and requests 2.34.2 (a generator), Ruby's Faraday 1.1.0 (a File), PHP's Symfony HttpClient 5.4.53
# (a generator), Perl's LWP::UserAgent::Determined 1.07 (a subroutine).
# For a gateway: its own 429 or 503, which it sends so that a client may come again, can make an upload empty, and nothing in the
# second request tells. An uploader should announce the length, or a digest that the service compares, or keep it in memory.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 python3-urllib3=1.26.12-1+deb12u4 python3-six=1.16.0-4
npm_packages axios@1.21.1 axios-retry@4.5.0 retry-axios@4.0.3 gaxios@7.3.1 @azure/core-rest-pipeline@1.24.0
maven_packages com.konghq:unirest-java-core:4.10.1

node_server <<'JS'
const refused = new Set(), got = {};
const server = require('http').createServer((request, answer) => {
  let bytes = 0;
  request.on('data', data => bytes += data.length).on('end', () => {
    if (request.method === 'GET') return answer.end('the server got ' + got[request.url].join(', then '));
    (got[request.url] ||= []).push(bytes);
    if (refused.has(request.url)) return answer.end();
    refused.add(request.url);
    answer.writeHead(503, { 'Retry-After': '1' }).end();
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
JS
URL=http://127.0.0.1:$PORT
head -c 1000 /dev/zero | tr '\0' z >content

LIBRARIES=root/usr/lib/$(uname -m)-linux-gnu
curl_put() { LD_LIBRARY_PATH=$LIBRARIES root/usr/bin/curl -sS -m 20 --retry 3 -o body -w '%{http_code}' -T - "$URL/curl" <content; }
python_put() {
  PYTHONPATH=root/usr/lib/python3/dist-packages python3 - "$URL/urllib3" <<'PY'
import sys

import urllib3

content = (part for part in [b"z" * 500, b"z" * 500])
print(urllib3.PoolManager().urlopen("PUT", sys.argv[1], body=content, chunked=True, timeout=20).status)
PY
}
cat >put.mjs <<'JS'
import { createReadStream } from 'node:fs';
import axios from 'axios';
const [url, name] = process.argv.slice(2);
const content = () => createReadStream('content');
const clients = {
  async 'axios-retry'() {
    const client = axios.create();
    (await import('axios-retry')).default(client, { retries: 3 });
    return client.put(url, content());
  },
  async 'retry-axios'() {
    const client = axios.create();
    (await import('retry-axios')).attach(client);
    return client.put(url, content(), { raxConfig: { retry: 3 } });
  },
  async gaxios() {
    return (await import('gaxios')).request({ url, method: 'PUT', data: content(), retry: true });
  },
  async azure() {
    const { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } = await import('@azure/core-rest-pipeline');
    const request = createPipelineRequest({ url, method: 'PUT', body: content(), allowInsecureConnection: true });
    return createPipelineFromOptions({}).sendRequest(createDefaultHttpClient(), request);
  },
};
console.log((await clients[name]()).status);
JS
cat >Put.java <<'JAVA'
import java.io.ByteArrayInputStream;
import kong.unirest.core.Unirest;

public class Put {
    public static void main(String[] arguments) throws Exception {
        Unirest.config().retryAfter(true);
        System.out.println(Unirest.put(arguments[0]).body(new ByteArrayInputStream(new byte[1000])).asEmpty().getStatus());
        System.exit(0);
    }
}
JAVA

# Shows what the caller of the command behind the name was told, and what the server got.
show() {
  local name=$1 told
  shift
  told=$("$@") || told="no answer"
  echo "$name: told $told, $(python3 -c 'import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())' "$URL/$name")"
}
{
  show curl curl_put
  show urllib3 python_put
  for client in axios-retry retry-axios gaxios azure; do show $client node put.mjs "$URL/$client" $client; done
  show unirest "$JAVA" -cp 'lib/*' Put.java "$URL/unirest"
} 2>errors.log | expect_seen \
  "curl: told 200, the server got 1000, then 0" \
  "urllib3: told 200, the server got 1000, then 0" \
  "axios-retry: told 200, the server got 1000, then 0" \
  "retry-axios: told 200, the server got 1000, then 0" \
  "gaxios: told 200, the server got 1000, then 0" \
  "azure: told 200, the server got 1000, then 0" \
  "unirest: told 200, the server got 1000, then 0"
