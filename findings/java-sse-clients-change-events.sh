#!/usr/bin/env bash
# okhttp-sse 5.5.1, LaunchDarkly's okhttp-eventsource 4.1.1, Jersey 4.0.2 and RESTEasy 6.2.16: clients of event streams that lose or
# change events of a valid stream.
#
# Expected: one BOM at the stream's begin is skipped, LF, CRLF and CR end lines alike, one space behind the colon is removed, and only
# one; an event that the stream's end cuts off is discarded (WHATWG HTML, 9.2.5 and 9.2.6).
# Seen: none of the four skips the BOM; the first event is lost (Jersey and RESTEasy hand on one without data). Jersey and RESTEasy remove
# all spaces behind the colon: of text that is sent in pieces, " world" arrives as "world". With CR, okhttp-sse and Jersey lose all
# events once there is an id. Jersey hands on the half event at the end, and asks for what follows its id when it comes back.
# For a gateway: pass the stream as it is, these differ among themselves. A service that streams text should send it as JSON, which keeps
# its spaces, end lines by LF, and send no BOM, as a file begins with that is written to the stream.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages com.squareup.okhttp3:okhttp-jvm:5.5.1 com.squareup.okhttp3:okhttp-sse:5.5.1 com.launchdarkly:okhttp-eventsource:4.1.1 \
  org.slf4j:slf4j-nop:2.0.17
rm -f lib/okhttp-4.* lib/okio-2.* lib/kotlin-stdlib-common-* # of LaunchDarkly's, which runs with the newer ones
mv lib okhttp
maven_packages org.glassfish.jersey.media:jersey-media-sse:4.0.2 org.glassfish.jersey.core:jersey-client:4.0.2 \
  org.glassfish.jersey.inject:jersey-hk2:4.0.2 org.slf4j:slf4j-nop:2.0.17
mv lib jersey
maven_packages org.jboss.resteasy:resteasy-client:6.2.16.Final org.slf4j:slf4j-nop:2.0.17
mv lib resteasy
python_server <<'PY'
import socket, threading

STREAMS = {
    "/bom": b"\xef\xbb\xbfdata: a\n\ndata: b\n\n",
    "/spaces": b"data: a\n\ndata:  b\n\n",
    "/cr": b"id: 1\rdata: a\r\rdata: b\r\r: end\r",
    "/half": b"data: a\n\nid: 7\ndata: b\n",
}

def serve(client):
    path = client.recv(10000).split()[1].decode()
    content = STREAMS[path]
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(content), content))
    if path == "/half":
        client.sendall(b"0\r\n\r\n")
        client.close()
    else:
        client.recv(1)

server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
PY
cat >OkHttp.java <<'JAVA'
import okhttp3.*;
import okhttp3.sse.*;

public class OkHttp {
    public static void main(String[] arguments) throws Exception {
        StringBuffer seen = new StringBuffer();
        EventSources.createFactory(new OkHttpClient()).newEventSource(new Request.Builder().url(arguments[0]).build(), new EventSourceListener() {
            @Override public void onEvent(EventSource source, String id, String type, String data) { seen.append('[' + data + ']'); }
        });
        Thread.sleep(2000);
        System.out.println(seen);
        System.exit(0);
    }
}
JAVA
cat >LaunchDarkly.java <<'JAVA'
import com.launchdarkly.eventsource.*;
import com.launchdarkly.eventsource.background.*;
import java.net.URI;

public class LaunchDarkly {
    public static void main(String[] arguments) throws Exception {
        StringBuffer seen = new StringBuffer();
        new BackgroundEventSource.Builder(new BackgroundEventHandler() {
            @Override public void onOpen() {}
            @Override public void onClosed() {}
            @Override public void onComment(String comment) {}
            @Override public void onError(Throwable failure) {}
            @Override public void onMessage(String name, MessageEvent event) { seen.append('[' + event.getData() + ']'); }
        }, new EventSource.Builder(ConnectStrategy.http(URI.create(arguments[0]))).retryDelay(1, java.util.concurrent.TimeUnit.HOURS)).build().start();
        Thread.sleep(2000);
        System.out.println(seen);
        System.exit(0);
    }
}
JAVA
cat >JaxRs.java <<'JAVA'
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.sse.SseEventSource;

public class JaxRs {
    public static void main(String[] arguments) throws Exception {
        java.util.logging.LogManager.getLogManager().reset();
        StringBuffer seen = new StringBuffer();
        SseEventSource[] source = new SseEventSource[1];
        source[0] = SseEventSource.target(ClientBuilder.newClient().target(arguments[0])).build();
        source[0].register(event -> {
            seen.append('[' + (event.isEmpty() ? "" : event.readData()) + ']');
            if (arguments[0].endsWith("half") && seen.indexOf("[a][b]") < 0 && seen.indexOf("[a][a]") >= 0) source[0].close();
        });
        source[0].open();
        Thread.sleep(400);
        source[0].close(200, java.util.concurrent.TimeUnit.MILLISECONDS);
        System.out.println(seen.length() > 6 ? seen.substring(0, 6) : seen); // it may have come back to /half already
        System.exit(0);
    }
}
JAVA
ask() { timeout 60 "$JAVA" -cp "$1/*" "$2.java" "http://127.0.0.1:$PORT/$3" 2>>java.log; }
for client in "okhttp OkHttp" "okhttp LaunchDarkly" "jersey JaxRs" "resteasy JaxRs"; do
  read -r libraries program <<<"$client"
  name=$program
  if [ "$program" = JaxRs ]; then name=$libraries; fi
  echo "$name: BOM $(ask "$libraries" "$program" bom), spaces $(ask "$libraries" "$program" spaces), CR $(ask "$libraries" "$program" cr), half an event $(ask "$libraries" "$program" half)"
done | expect_seen \
  "OkHttp: BOM [b], spaces [a][ b], CR , half an event [a]" \
  "LaunchDarkly: BOM [b], spaces [a][ b], CR [a][b], half an event [a]" \
  "jersey: BOM [][b], spaces [a][b], CR , half an event [a][b]" \
  "resteasy: BOM [][b], spaces [a][b], CR [a][b], half an event [a]"
