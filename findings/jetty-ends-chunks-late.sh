#!/usr/bin/env bash
# Jetty 12.1.12 sends the line end behind a chunk's data only with the next chunk, and Python's urllib3 1.26.12 (2.7.0 too), on which
# requests is built, hands on no chunk before that line end: each event of a stream comes when the next one is sent.
#
# Expected: what a server has flushed, a client that streams can read. Nothing forbids either of the two (RFC 9112, 7.1), and each works
# with all others: a server that sends its chunks whole, and clients like curl, Java's, Node's, or Python's own http.client.
# Seen: a service that sends an event every three seconds. By urllib3 the first comes at once from a server that sends chunks whole, and
# after three seconds from Jetty. The last event before a pause isn't seen until the pause is over.
# For a gateway: one that is built on Jetty has this problem with all services behind it, and in no test with curl. Send the line end
# with the chunk. A service on Jetty (Javalin, Spring with Jetty) can send a comment behind each event.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages org.eclipse.jetty:jetty-server:12.1.12
debian_packages python3-urllib3=1.26.12-1+deb12u4 python3-six
java_server <<'JAVA'
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.*;
import org.eclipse.jetty.util.Callback;

public class Main {
    public static void main(String[] arguments) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                response.getHeaders().put("Content-Type", "text/event-stream");
                for (int i = 0; i < 3; i++) {
                    Content.Sink.write(response, false, ByteBuffer.wrap(("data: " + i + "\n\n").getBytes()));
                    Thread.sleep(3000);
                }
                callback.succeeded();
                return true;
            }
        });
        server.start();
        System.out.println(connector.getLocalPort());
    }
}
JAVA
jetty=$PORT
python_server <<'PY'
import socket, threading, time

def serve(client):
    client.recv(10000)
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    for i in range(3):
        client.sendall(b"9\r\ndata: %d\n\n\r\n" % i)
        time.sleep(3)
    client.sendall(b"0\r\n\r\n")

server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
PY
cat >ask.py <<'PY'
import http.client, sys, time, urllib3

client, port = sys.argv[1:]
if client == "urllib3":
    parts = urllib3.PoolManager().request("GET", f"http://127.0.0.1:{port}/", preload_content=False).stream()
else:
    connection = http.client.HTTPConnection("127.0.0.1", int(port))
    connection.request("GET", "/")
    answer = connection.getresponse()
    parts = iter(lambda: answer.read1(), b"")
began = time.time()
print(f"{next(parts)} after {time.time() - began:.0f} s")
PY
ask() { PYTHONPATH=root/usr/lib/python3/dist-packages timeout 20 python3 ask.py "$1" "$2"; }
{
  echo "chunks sent whole, http.client: $(ask http.client "$PORT")"
  echo "chunks sent whole, urllib3: $(ask urllib3 "$PORT")"
  echo "Jetty, http.client: $(ask http.client "$jetty")"
  echo "Jetty, urllib3: $(ask urllib3 "$jetty")"
} | expect_seen \
  "chunks sent whole, http.client: b'data: 0\n\n' after 0 s" \
  "chunks sent whole, urllib3: b'data: 0\n\n' after 0 s" \
  "Jetty, http.client: b'data: 0\n\n' after 0 s" \
  "Jetty, urllib3: b'data: 0\n\n' after 3 s"
