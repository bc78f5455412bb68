#!/usr/bin/env bash
# Jersey 4.0.2's SseEventSource comes back at once, again and again, when a stream has ended or the answer was 204.
#
# Expected: a client made with reconnectingEvery(1, SECONDS) waits a second before each new try, unless the service names another delay
# (Jakarta REST, SseEventSource.Builder: "the initial reconnect delay to be used by the event source"); after 204 none comes back (WHATWG
# HTML, 9.2.1). RESTEasy 6.2.16 does both.
# Seen: of ten such answers, 204 or a stream of one event that ends, the tenth request has come within a second. After "retry: 1000" Jersey
# does wait. Neither the callback for errors nor the one for the end is called meanwhile.
# For a gateway: a service that ends its streams, or says 204 so that clients go away, gets as many requests as the network carries, and
# a client its limit's 429, which ends Jersey's source for good. Have the service send "retry:" first, and never 204.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages org.glassfish.jersey.media:jersey-media-sse:4.0.2 org.glassfish.jersey.core:jersey-client:4.0.2 \
  org.glassfish.jersey.inject:jersey-hk2:4.0.2 org.slf4j:slf4j-nop:2.0.17
mv lib jersey
maven_packages org.jboss.resteasy:resteasy-client:6.2.16.Final org.slf4j:slf4j-nop:2.0.17
mv lib resteasy
python_server <<'PY'
import http.server, time

times = {}

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        mine = times.setdefault(self.path, [])
        if self.headers["Accept"] == "times":
            content = b"%d requests, the last %s" % (len(mine), b"within a second" if mine[-1] - mine[0] < 1 else b"later")
            self.answer(200, content)
            return
        mine.append(time.time())
        if len(mine) == 10:
            time.sleep(30)
        if self.path.endswith("204"):
            self.answer(204, None)
        else:
            self.answer(200, (b"retry: 1000\n" if self.path.endswith("retry") else b"") + b"data: a\n\n")

    def answer(self, status, content):
        self.send_response(status)
        if content is not None:
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *arguments):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
PY
cat >Main.java <<'JAVA'
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.sse.SseEventSource;
import java.util.concurrent.TimeUnit;

public class Main {
    public static void main(String[] arguments) throws Exception {
        java.util.logging.LogManager.getLogManager().reset();
        SseEventSource source = SseEventSource.target(ClientBuilder.newClient().target(arguments[0])).reconnectingEvery(1, TimeUnit.SECONDS).build();
        source.register(event -> {}, failure -> {}, () -> {});
        source.open();
        Thread.sleep(2500);
        System.exit(0);
    }
}
JAVA
for client in jersey resteasy; do
  for stream in 204 ended retry; do
    timeout 60 "$JAVA" -cp "$client/*" Main.java "http://127.0.0.1:$PORT/$client/$stream" >>java.log 2>&1 || true
    echo "$client, $stream: $(curl -s -m 5 -H 'Accept: times' "http://127.0.0.1:$PORT/$client/$stream")"
  done
done | expect_seen \
  "jersey, 204: 10 requests, the last within a second" \
  "jersey, ended: 10 requests, the last within a second" \
  "jersey, retry: 3 requests, the last later" \
  "resteasy, 204: 1 requests, the last within a second" \
  "resteasy, ended: 3 requests, the last later" \
  "resteasy, retry: 3 requests, the last later"
