#!/usr/bin/env bash
# undici 7.30.2 (from which Node has its own WebSocket), websocket 1.0.35 and faye-websocket 0.11.4 of npm, the JDK's HttpClient (17),
# OkHttp 5.5.1 and Tyrus 2.2.0 refuse a WebSocket whose 101 says "Connection: keep-alive, Upgrade".
#
# Expected: Connection is a list, of which one token must be "Upgrade", in any case (RFC 6455, 4.1, in what a client must validate, 3).
# Seen: these six fail, most as if the server spoke no WebSocket; Tyrus, for one, looks at the first token only. aiohttp 3.8.4 and
# Tornado 6.2 refuse it, too. ws 8.23.0 and Java-WebSocket 1.6.0 connect, as do Chromium 156 and Python's websockets 10.4 and
# websocket-client 1.2.3.
# For a gateway: write "Connection: Upgrade" in the 101, whatever the service wrote there and whatever else would be true.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

npm_packages ws@8.23.0 undici@7.30.2 websocket@1.0.35 faye-websocket@0.11.4
maven_packages com.squareup.okhttp3:okhttp-jvm:5.5.1 org.glassfish.tyrus.bundles:tyrus-standalone-client:2.2.0 \
  org.java-websocket:Java-WebSocket:1.6.0 org.slf4j:slf4j-nop:2.0.17
python_server <<'PY'
import base64, hashlib, socket, threading

def serve(client):
    head = client.recv(10000).decode()
    key = [line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key: ")][0]
    accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
    connection = {"/one": "Upgrade", "/two": "keep-alive, Upgrade"}[head.split()[1]]
    client.sendall(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: {connection}\r\n"
                   f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())
    while client.recv(10000):
        pass

server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
PY
cat >clients.js <<'JS'
const clients = {
  ws: require("ws"), undici: require("undici").WebSocket, websocket: require("websocket").w3cwebsocket, "faye-websocket": require("faye-websocket").Client,
};
const connects = (Client, path) => new Promise(done => {
  const socket = new Client(`ws://127.0.0.1:${process.argv[2]}/${path}`);
  socket.onopen = () => done("open");
  socket.onerror = () => done("refused");
});
(async () => {
  for (const [name, Client] of Object.entries(clients)) console.log(`${name}: ${await connects(Client, "one")}, ${await connects(Client, "two")}`);
  process.exit();
})();
JS
cat >Main.java <<'JAVA'
import jakarta.websocket.*;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

public class Main {
    interface Client { void connect(URI to, CompletableFuture<String> result) throws Exception; }

    public static class Quiet extends Endpoint {
        @Override public void onOpen(Session session, EndpointConfig config) {}
    }

    static void jdk(URI to, CompletableFuture<String> result) {
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(to, new WebSocket.Listener() {})
                .whenComplete((socket, failure) -> result.complete(failure == null ? "open" : "refused"));
    }

    static void okhttp(URI to, CompletableFuture<String> result) {
        new okhttp3.OkHttpClient().newWebSocket(new okhttp3.Request.Builder().url(to.toString()).build(), new okhttp3.WebSocketListener() {
            @Override public void onOpen(okhttp3.WebSocket socket, okhttp3.Response answer) { result.complete("open"); }
            @Override public void onFailure(okhttp3.WebSocket socket, Throwable failure, okhttp3.Response answer) { result.complete("refused"); }
        });
    }

    static void tyrus(URI to, CompletableFuture<String> result) throws Exception {
        try {
            ContainerProvider.getWebSocketContainer().connectToServer(Quiet.class, ClientEndpointConfig.Builder.create().build(), to);
            result.complete("open");
        } catch (DeploymentException e) {
            result.complete("refused");
        }
    }

    static void javaWebSocket(URI to, CompletableFuture<String> result) {
        new org.java_websocket.client.WebSocketClient(to) {
            @Override public void onOpen(org.java_websocket.handshake.ServerHandshake handshake) { result.complete("open"); }
            @Override public void onMessage(String message) {}
            @Override public void onClose(int code, String reason, boolean remote) { result.complete("refused"); }
            @Override public void onError(Exception e) { result.complete("refused"); }
        }.connect();
    }

    static String both(Client client, String port) throws Exception {
        String results = "";
        for (String path : new String[] {"/one", "/two"}) {
            CompletableFuture<String> result = new CompletableFuture<>();
            client.connect(URI.create("ws://127.0.0.1:" + port + path), result);
            results += (results.isEmpty() ? "" : ", ") + result.get(20, TimeUnit.SECONDS);
        }
        return results;
    }

    public static void main(String[] arguments) throws Exception {
        java.util.logging.LogManager.getLogManager().reset();
        System.out.println("JDK: " + both(Main::jdk, arguments[0]));
        System.out.println("OkHttp: " + both(Main::okhttp, arguments[0]));
        System.out.println("Tyrus: " + both(Main::tyrus, arguments[0]));
        System.out.println("Java-WebSocket: " + both(Main::javaWebSocket, arguments[0]));
        System.exit(0);
    }
}
JAVA
# each with "Connection: Upgrade", then with "Connection: keep-alive, Upgrade"
{
  timeout 30 node clients.js "$PORT" 2>node.log
  timeout 100 "$JAVA" -cp 'lib/*' Main.java "$PORT" 2>java.log
} | expect_seen \
  "ws: open, open" "undici: open, refused" "websocket: open, refused" "faye-websocket: open, refused" \
  "JDK: open, refused" "OkHttp: open, refused" "Tyrus: open, refused" "Java-WebSocket: open, open"
