#!/usr/bin/env bash
# Helidon WebServer 4.5.0: a route for any method answers HEAD with the content itself; 204 and 304 get a length.
#
# Expected: a server sends no content in answer to HEAD (RFC 9110, 9.3.2), no Content-Length with 204, and with 304 only that of
# the 200 it stands for (8.6). Undertow, Vert.x, reactor-netty, Jetty and Tomcat drop what a handler writes for HEAD.
# Seen: the content follows the head of the answer to HEAD, where a client expects the next answer on that connection; both
# 204 and 304 say Content-Length: 0.
# For a gateway: what comes on a kept connection after an answer to HEAD isn't an answer. Don't reuse a connection on which
# bytes came that nobody asked for; pass no length with 204.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

java_from 21
maven_packages io.helidon.webserver:helidon-webserver:4.5.0
java_server <<'JAVA'
import io.helidon.webserver.WebServer;

public class Main {
    public static void main(String[] arguments) {
        WebServer server = WebServer.builder().host("127.0.0.1").port(0)
                .routing(routes -> routes.any("/ok", (request, response) -> response.send("content"))
                        .any("/none", (request, response) -> response.status(204).send())
                        .any("/same", (request, response) -> response.status(304).send()))
                .build().start();
        System.out.println(server.port());
    }
}
JAVA
{
  talk 'HEAD /ok HTTP/1.1\r\nHost: x\r\n\r\n'
  talk 'GET /none HTTP/1.1\r\nHost: x\r\n\r\n'
  talk 'GET /same HTTP/1.1\r\nHost: x\r\n\r\n'
} | expect_seen \
  'HTTP/1.1 200 OK | Connection: keep-alive | Content-Length: 7 | Content-Type: text/plain; charset=UTF-8 |  | content(open)' \
  'HTTP/1.1 204 No Content | Connection: keep-alive | Content-Length: 0 |  | (open)' \
  'HTTP/1.1 304 Not Modified | Connection: keep-alive | Content-Length: 0 |  | (open)'
