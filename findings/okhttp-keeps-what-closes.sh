#!/usr/bin/env bash
# OkHttp 5.5.1: keeps a connection for the next request though the answer said that it closes.
#
# Expected: "close" anywhere in the list of Connection ends the connection's use (RFC 9112, 9.6), and so does HTTP/1.0
# without keep-alive (9.3); "Keep-Alive: timeout=1" is a hint at least (RFC 2068, 19.7.1.1).
# Seen: only a Connection field that is "close" and nothing else is heeded. After the others, the next request goes out on
# the same connection, and is lost if the server closes as it said it would.
# For a gateway: decide yourself from the answer's head whether the connection goes back to the pool.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages com.squareup.okhttp3:okhttp-jvm:5.5.1
java_main <<'JAVA' | expect_seen "Connection: close -> a new connection" "Connection: x-hop, close -> the same connection" "two Connection fields, the second says close -> a new connection" "HTTP/1.0 without Connection -> the same connection"
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        try_("Connection: close", "HTTP/1.1 200 OK\r\nConnection: close\r\n");
        try_("Connection: x-hop, close", "HTTP/1.1 200 OK\r\nConnection: x-hop, close\r\n");
        try_("two Connection fields, the second says close", "HTTP/1.1 200 OK\r\nConnection: x-hop\r\nConnection: close\r\n");
        try_("HTTP/1.0 without Connection", "HTTP/1.0 200 OK\r\n");
    }

    private static void try_(String words, String head) throws Exception {
        OkHttpClient client = new OkHttpClient();
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> accept(server, connections, head + "Content-Length: 2\r\n\r\nok"));
            thread.setDaemon(true);
            thread.start();
            Request request = new Request.Builder().url("http://127.0.0.1:" + server.getLocalPort()).build();
            for (int i = 0; i < 2; i++) {
                try (Response answer = client.newCall(request).execute()) {
                    answer.body().string();
                }
            }
        }
        System.out.println(words + " -> " + (connections.get() == 1 ? "the same connection" : "a new connection"));
    }

    private static void accept(ServerSocket server, AtomicInteger connections, String answer) {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                Thread thread = new Thread(() -> serve(socket, answer));
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException e) { // the end
        }
    }

    private static void serve(Socket socket, String answer) { // stays open, so that reuse shows
        try {
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            while (in.readLine() != null) {
                while (!in.readLine().isEmpty()) {}
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) { // the client has gone
        }
    }
}
JAVA
