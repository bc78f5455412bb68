#!/usr/bin/env bash
# Clients of Helidon 4.5.0, Armeria 1.40.0 and Micronaut 5.2.23: ask for something else than the Location that they were sent to says.
#
# Expected: the target of the next request is the Location's path and query as they are; the fragment stays with the client (RFC
# 9110, 10.2.2; RFC 9112, 3.2.1). An absolute Location without a path means "/" (3.2.1: the path must then be sent as "/").
# Seen: Helidon decodes %2F, which makes two segments of one, and sends the fragment. Armeria takes "/../" out of the query of a
# relative Location. Micronaut asks for "?page=2" without a slash, which many servers refuse. The JDK's client does none of it.
# For a gateway: before a Location goes out, take the fragment for what it is when the path is mapped, add the slash to a bare host
# with a query, and don't count on %2F surviving in the client. Requests for "?x" and "#x" come from honest clients.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

java_from 25
maven_packages io.micronaut:micronaut-http-client:5.2.23 io.micronaut:micronaut-jackson-databind:5.2.23 com.linecorp.armeria:armeria:1.40.0 \
  io.helidon.webclient:helidon-webclient:4.5.0 org.slf4j:slf4j-simple:2.0.17
java_main <<'JAVA' | expect_seen \
  "/a%2Fb -> the JDK's /a%2Fb, Helidon /a/b, Armeria /a%2Fb, Micronaut /a%2Fb" \
  "/a#part -> the JDK's /a, Helidon /a#part, Armeria /a, Micronaut /a" \
  "HOST?page=2 -> the JDK's /?page=2, Helidon /?page=2, Armeria /?page=2, Micronaut ?page=2" \
  "a?back=/x/../y -> the JDK's /shop/a?back=/x/../y, Helidon /a?back=/x/../y, Armeria //shop/a?back=/y, Micronaut /shop/a?back=/x/../y"
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

public class Main {
    private static volatile String location;

    public static void main(String[] arguments) throws Exception {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> accept(server));
        String host = "http://127.0.0.1:" + server.getLocalPort();
        String url = host + "/shop/list";
        try {
            HttpClient jdk = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();
            var helidon = io.helidon.webclient.api.WebClient.builder().followRedirects(true).build();
            var armeria = com.linecorp.armeria.client.WebClient.builder().followRedirects().build();
            var micronaut = io.micronaut.http.client.HttpClient.create(URI.create(url).toURL()).toBlocking();
            for (String next : new String[] {"/a%2Fb", "/a#part", "HOST?page=2", "a?back=/x/../y"}) {
                location = next.replace("HOST", host);
                System.out.println(next + " -> the JDK's "
                        + jdk.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString()).body()
                        + ", Helidon " + helidon.get(url).requestEntity(String.class)
                        + ", Armeria " + armeria.get(url).aggregate().get(20, TimeUnit.SECONDS).contentUtf8()
                        + ", Micronaut " + micronaut.retrieve(url));
            }
        } catch (Exception e) {
            e.printStackTrace();
        }
        System.exit(0);
    }

    private static void accept(ServerSocket server) {
        while (true) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void serve(Socket socket) { // redirects /shop/list; any other answer says what was asked for
        try (socket) {
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String target = in.readLine().split(" ")[1];
            while (!in.readLine().isEmpty()) {}
            boolean first = target.equals("/shop/list");
            String content = first ? "" : target;
            String head = first ? "HTTP/1.1 302 Found\r\nLocation: " + location : "HTTP/1.1 200 OK\r\nContent-Type: text/plain";
            socket.getOutputStream().write((head + "\r\nContent-Length: " + content.length() + "\r\nConnection: close\r\n\r\n" + content)
                    .getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException | RuntimeException e) { // the client has gone, or only looked whether somebody listens
        }
    }
}
JAVA
