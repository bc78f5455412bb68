#!/usr/bin/env bash
# The JDK's com.sun.net.httpserver.HttpServer, Java 25: an answer that is given before the request was read stays unsent until the
# request has come; and whoever sends "Expect: 100-continue" gets the 100 before any handler has looked.
#
# Expected: a handler that answers 413 and closes the exchange has answered; the client gets the 413 and needn't send the rest (RFC
# 9110, 15.5.14). Java 17's server sends it at once, as do Undertow, Vert.x, reactor-netty, Helidon, Jetty and Tomcat. A 100
# says that the content is wanted (10.1.1), has no Content-Length (8.6), and isn't for clients of HTTP/1.0 (15.2).
# Seen: nothing comes while the client waits for the answer; when all of the content is sent, the 413 comes. A 100 comes in any
# case, with "Content-Length: 0", by HTTP/1.0 too (these two in Java 17 as well).
# For a gateway: to wait for the answer before sending more is a deadlock with such a service; send and read at once. Take 1xx
# answers to have no content whatever they say, and pass none to a client of HTTP/1.0.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

java_from 25
java_server <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

public class Main {
    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(413, 2);
            exchange.getResponseBody().write("no".getBytes());
            exchange.close();
        });
        server.start();
        System.out.println(server.getAddress().getPort());
    }
}
JAVA
content=$(printf '%020000d' 0)
{
  talk 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\nabc'
  talk "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n$content"
  talk 'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 20000\r\n\r\n'
  talk 'POST / HTTP/1.0\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc'
} | expect_seen \
  '(open)' \
  'HTTP/1.1 413 Request Entity Too Large | Content-length: 2 |  | no(open)' \
  'HTTP/1.1 100 Continue | Content-Length: 0 |  | (open)' \
  'HTTP/1.1 100 Continue | Content-Length: 0 |  | HTTP/1.1 413 Request Entity Too Large | Connection: close | Content-length: 2 |  | no(closed)'
