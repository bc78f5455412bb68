#!/usr/bin/env bash
# Jetty 12.1.12: gives an answer to HEAD and a 304 that have no Content-Length a "Content-Length: 0".
#
# Expected: in both, Content-Length is the length that the answer to GET would have had, and is left out when that isn't known
# (RFC 9110, 8.6: a server MUST NOT send another value). A 0 says that the resource is empty.
# Seen: a handler that completes such an answer without a length, since it doesn't know it, gets a 0 added, by HTTP/1.1. If the
# answer is sent before it is completed, a 304 is left alone, and one to HEAD gets "Transfer-Encoding: chunked".
# For a gateway: a HEAD or 304 that is passed on changes its meaning; caches and sync tools take the file for empty. Send the
# head before you complete the answer, and take the Transfer-Encoding out of one to HEAD.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages org.eclipse.jetty:jetty-server:12.1.12 org.slf4j:slf4j-simple:2.0.17
java_main <<'JAVA' | expect_seen "HEAD, completed at once -> Content-Length: 0" "HEAD, sent first -> Transfer-Encoding: chunked" "304, completed at once -> Content-Length: 0" "304, sent first -> nothing"
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
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
            public boolean handle(Request request, Response response, Callback callback) {
                String path = request.getHttpURI().getPath();
                response.setStatus(path.startsWith("/304") ? 304 : 200);
                if (path.endsWith("sent")) {
                    response.write(false, null, Callback.from(callback::succeeded, callback::failed));
                } else {
                    callback.succeeded();
                }
                return true;
            }
        });
        server.start();
        int port = connector.getLocalPort();
        ask(port, "HEAD, completed at once", "HEAD /200");
        ask(port, "HEAD, sent first", "HEAD /200sent");
        ask(port, "304, completed at once", "GET /304");
        ask(port, "304, sent first", "GET /304sent");
        server.stop();
    }

    private static void ask(int port, String words, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write((request + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String said = "nothing";
            for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                if (line.startsWith("Content-Length") || line.startsWith("Transfer-Encoding")) {
                    said = line;
                }
            }
            System.out.println(words + " -> " + said);
        }
    }
}
JAVA
