#!/usr/bin/env bash
# Jetty 12.1.12, HTTP/2: cancels the stream of an upload that it has answered completely, instead of ending it without error.
#
# Expected: a server that doesn't need the rest of a request may send a complete answer and then RST_STREAM with NO_ERROR;
# a client must not discard the answer because of that (RFC 9113, 8.1). Jetty's own code has a case for it: NO_ERROR if the
# failure is HttpStream.CONTENT_NOT_CONSUMED.
# Seen: the failure reaches that comparison inside another exception, so it is never equal: after a whole 413 comes
# RST_STREAM with CANCEL (8). Clients that take CANCEL for the loss of the exchange throw the answer away: Java 25's
# HttpClient reports "Stream cancelled" in its place.
# For a gateway: wrap the HttpStream and hand the unwrapped cause on, if the answer's status shall reach uploading clients.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages org.eclipse.jetty.http2:jetty-http2-server:12.1.12 org.slf4j:slf4j-simple:2.0.17
java_main <<'JAVA' | expect_seen "the answer's body: too large" "it ends the answer: true" "then RST_STREAM with 8"
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.*;
import org.eclipse.jetty.util.Callback;

public class Main {
    public static void main(String[] arguments) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, new HTTP2CServerConnectionFactory(new HttpConfiguration()));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                response.setStatus(413);
                Content.Sink.write(response, true, "too large", callback); // without reading the request
                return true;
            }
        });
        server.start();
        try (Socket socket = new Socket("127.0.0.1", connector.getLocalPort())) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            frame(out, 4, 0, 0, "");
            frame(out, 1, 4, 1, field(":method", "POST") + field(":scheme", "http") + field(":path", "/") + field(":authority", "x"));
            frame(out, 0, 0, 1, "the first part of an upload");
            while (true) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                in.readInt();
                byte[] payload = in.readNBytes(length);
                if (type == 0) {
                    System.out.println("the answer's body: " + new String(payload, StandardCharsets.US_ASCII));
                    System.out.println("it ends the answer: " + ((flags & 1) != 0));
                } else if (type == 3) {
                    System.out.println("then RST_STREAM with " + (payload[3] & 255));
                    break;
                }
            }
        }
        server.stop();
    }

    private static String field(String name, String value) { // spelled out (RFC 7541, 6.2.2)
        return "\0" + (char) name.length() + name + (char) value.length() + value;
    }

    private static void frame(DataOutputStream out, int type, int flags, int stream, String payload) throws IOException {
        out.write(payload.length() >> 16);
        out.writeShort(payload.length());
        out.write(type);
        out.write(flags);
        out.writeInt(stream);
        out.write(payload.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }
}
JAVA
