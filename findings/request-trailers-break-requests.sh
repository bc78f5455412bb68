#!/usr/bin/env bash
# The JDK's HttpServer (Java 17 and 25) and Helidon WebServer 4.5.0: a chunked request that ends with a trailer field is lost.
#
# Expected: a trailer section may follow the last chunk; a recipient that has no use for it ignores it (RFC 9112, 7.1.2; RFC 9110,
# 6.5.1). Undertow, Vert.x, reactor-netty, Jetty and Tomcat answer such a request like any other.
# Seen: the JDK's server closes the connection without an answer, though its handler has read the content and answered; Helidon
# answers 400, "Invalid terminating chunk". Both answer the same request without the trailer.
# For a gateway: drop the trailers of requests (as nginx does), or pass them only to services that say they want them.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

java_from 21
maven_packages io.helidon.webserver:helidon-webserver:4.5.0
ask() {
  echo "$1"
  talk 'POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
  talk 'POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n'
}
java_server <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

public class Main {
    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            byte[] content = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
        System.out.println(server.getAddress().getPort());
    }
}
JAVA
ask "the JDK's HttpServer" >answers
java_server <<'JAVA'
import io.helidon.webserver.WebServer;

public class Main {
    public static void main(String[] arguments) {
        WebServer server = WebServer.builder().host("127.0.0.1").port(0)
                .routing(routes -> routes.post("/echo", (request, response) -> response.send(request.content().as(byte[].class))))
                .build().start();
        System.out.println(server.port());
    }
}
JAVA
ask Helidon | sed 's/(.*)$//' >>answers # it closes sooner or later
expect_seen <answers \
  "the JDK's HttpServer" \
  'HTTP/1.1 200 OK | Content-length: 3 |  | abc(open)' \
  '(closed)' \
  'Helidon' \
  'HTTP/1.1 200 OK | Connection: keep-alive | Content-Length: 3 |  | abc' \
  'HTTP/1.1 400 Bad Request | Connection: keep-alive | Content-Length: 25 | Content-Type: text/plain |  | Invalid terminating chunk'
