#!/usr/bin/env bash
# Jetty's client 12.1.12, Helidon's 4.5.0, Python's httpx 0.23.3 and curl 7.88.1: by HTTP/2, they lose an answer that comes within their upload.
#
# Expected: a server that doesn't need the rest of a request may answer, end the answer with END_STREAM, and then send RST_STREAM with
# NO_ERROR; "clients MUST NOT discard responses as a result of receiving such a RST_STREAM" (RFC 9113, 8.1). nginx, Apache, Node and the
# gateways do so. JDK 25's client, OkHttp, Go's, undici and Apache HttpClient show the answer.
# Seen: Jetty's client fails. Helidon's gives the status, but an empty content. httpx waits for room in the window for the rest of its
# upload, until its timeout. curl, sending slowly, fails with 92 and shows nothing when the RST_STREAM comes a moment after the answer.
# For a gateway: users of these see a broken connection or a timeout in place of a 413, 401 or 429. Sending RST_STREAM together with the
# answer helps curl; nothing that a server does helps the others.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

java_from 21
maven_packages org.eclipse.jetty.http2:jetty-http2-client-transport:12.1.12 io.helidon.webclient:helidon-webclient-http2:4.5.0 \
  com.squareup.okhttp3:okhttp-jvm:5.5.1
debian_packages curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 python3-httpx=0.23.3-1 python3-h2=4.1.0-4 python3-httpcore=0.16.3-1 \
  python3-hpack python3-hyperframe python3-h11 python3-anyio python3-sniffio python3-certifi python3-rfc3986 python3-idna
node_server <<'JS'
const server = require("http2").createServer();
server.on("sessionError", () => {});
server.on("stream", (stream, head) => {
  stream.on("error", () => {});
  stream.respond({ ":status": head[":path"].slice(1), "content-length": "12" });
  stream.end("early answer"); // with END_STREAM
  stream.once("finish", () => setTimeout(() => stream.close(0), 100)); // then RST_STREAM with NO_ERROR
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
JS
cat >ask.py <<'PY'
import sys, time, httpx

def upload():
    for _ in range(400):
        yield bytes(10000)
        time.sleep(0.005)

with httpx.Client(http1=False, http2=True, timeout=5) as client:
    for status in "429", "200":
        try:
            answer = client.post(f"http://127.0.0.1:{sys.argv[1]}/{status}", content=upload())
            print(f"httpx: {answer.status_code}, {answer.text}")
        except httpx.HTTPError as e:
            print(f"httpx, {status}: {type(e).__name__}")
PY
slowly() { for _ in $(seq 60); do head -c 5000 /dev/zero; sleep 0.05; done; }
by_curl() {
  local code=0
  slowly 2>slowly.log | LD_LIBRARY_PATH=root/usr/lib/$(uname -m)-linux-gnu timeout 20 root/usr/bin/curl -s -m 8 --http2-prior-knowledge -T - "http://127.0.0.1:$PORT/$1" || code=$?
  echo ", exit code $code"
}
{
  sed "s/PORT/$PORT/" <<'JAVA' | java_main
import java.io.*;
import java.net.URI;
import java.util.List;
import java.util.concurrent.*;
import io.helidon.webclient.api.WebClient;
import io.helidon.webclient.http2.Http2Client;
import org.eclipse.jetty.client.*;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.HttpClientTransportOverHTTP2;

public class Main {
    static class Upload extends InputStream {
        private int left = 4_000_000;
        public int read() { throw new UnsupportedOperationException(); }
        public int read(byte[] to, int from, int length) {
            if (left == 0) return -1;
            try { Thread.sleep(5); } catch (InterruptedException e) { return -1; }
            int part = Math.min(Math.min(length, 10_000), left);
            left -= part;
            return part;
        }
    }
    public static void main(String[] arguments) throws Exception {
        var okhttp = new okhttp3.OkHttpClient.Builder().protocols(List.of(okhttp3.Protocol.H2_PRIOR_KNOWLEDGE)).build();
        var jetty = new HttpClient(new HttpClientTransportOverHTTP2(new HTTP2Client()));
        jetty.start();
        var helidon = Http2Client.builder().protocolConfig(c -> c.priorKnowledge(true)).build();
        for (String status : List.of("429", "200")) {
            String url = "http://127.0.0.1:PORT/" + status;
            show("OkHttp, " + status, () -> {
                var body = new okhttp3.RequestBody() {
                    public okhttp3.MediaType contentType() { return null; }
                    public void writeTo(okio.BufferedSink to) throws IOException { to.writeAll(okio.Okio.source(new Upload())); }
                };
                try (var answer = okhttp.newCall(new okhttp3.Request.Builder().url(url).post(body).build()).execute()) {
                    return answer.code() + ", " + answer.body().string();
                }
            });
            show("Jetty, " + status, () -> {
                var answer = jetty.newRequest(url).method("POST").body(new InputStreamRequestContent(new Upload())).timeout(8, TimeUnit.SECONDS).send();
                return answer.getStatus() + ", " + answer.getContentAsString();
            });
            show("Helidon, " + status, () -> {
                try (var answer = helidon.post().uri(URI.create(url)).outputStream(to -> { try (to) { new Upload().transferTo(to); } })) {
                    return answer.status().code() + ", " + answer.as(String.class);
                }
            });
        }
        System.exit(0);
    }
    static void show(String who, Callable<String> call) {
        String seen;
        try {
            seen = call.call();
        } catch (Throwable e) {
            seen = "fails"; // EofException, IOException
        }
        System.out.println(who + ": " + seen);
    }
}
JAVA
  PYTHONPATH=root/usr/lib/python3/dist-packages timeout 60 python3 ask.py "$PORT"
  echo "curl, 429: $(by_curl 429)"
  echo "curl, 200: $(by_curl 200)"
} | expect_seen \
  "OkHttp, 429: 429, early answer" \
  "Jetty, 429: fails" \
  "Helidon, 429: 429, " \
  "OkHttp, 200: 200, early answer" \
  "Jetty, 200: fails" \
  "Helidon, 200: 200, " \
  "httpx, 429: ReadTimeout" \
  "httpx, 200: ReadTimeout" \
  "curl, 429: , exit code 92" \
  "curl, 200: , exit code 92"
