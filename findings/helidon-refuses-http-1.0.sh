#!/usr/bin/env bash
# Helidon WebServer 4.5.0: answers every request of HTTP/1.0 with 505, whatever it asks for.
#
# Expected: a server that speaks HTTP/1.1 answers a 1.0 request as well (RFC 9110, 2.5: the same major version; 505 means a
# major version that it won't speak, 15.6.6). Undertow, Vert.x, reactor-netty, Jetty, Tomcat and the JDK's server answer.
# Seen: 505 without content, with Host or without, and no setting for it.
# For a gateway: nginx asks its backends by HTTP/1.0 unless proxy_http_version says 1.1, "ab" asks by 1.0, and so do health
# checks of some balancers (HAProxy's "option httpchk" without a version). All of them find such a service broken.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

java_from 21
maven_packages io.helidon.webserver:helidon-webserver:4.5.0
java_server <<'JAVA'
import io.helidon.webserver.WebServer;

public class Main {
    public static void main(String[] arguments) {
        WebServer server = WebServer.builder().host("127.0.0.1").port(0)
                .routing(routes -> routes.get("/ok", (request, response) -> response.send("content")))
                .build().start();
        System.out.println(server.port());
    }
}
JAVA
{
  talk 'GET /ok HTTP/1.1\r\nHost: x\r\n\r\n'
  talk 'GET /ok HTTP/1.0\r\nHost: x\r\n\r\n'
  talk 'GET /ok HTTP/1.0\r\n\r\n'
} | expect_seen \
  'HTTP/1.1 200 OK | Connection: keep-alive | Content-Length: 7 | Content-Type: text/plain; charset=UTF-8 |  | content(open)' \
  'HTTP/1.1 505 HTTP Version Not Supported | Connection: close | Content-Length: 0 |  | (closed)' \
  'HTTP/1.1 505 HTTP Version Not Supported | Connection: close | Content-Length: 0 |  | (closed)'
