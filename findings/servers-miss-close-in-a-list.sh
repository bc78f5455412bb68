#!/usr/bin/env bash
# Undertow 2.4.4, Vert.x 5.0.7: keep a connection open whose client has said "Connection: x-hop, close".
#
# Expected: "close" anywhere in the list ends the connection after the answer, which says close, too (RFC 9112, 9.6). Jetty,
# Tomcat and reactor-netty do so.
# Seen: only a field that is "close" and nothing else is heeded, in either order of the list. Undertow even answers
# "Connection: keep-alive". Who waits for the end, as a client may that has said so, waits for the idle timeout.
# For a gateway: write "close" into a Connection field of its own, with nothing beside it, and close by yourself.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages io.undertow:undertow-core:2.4.4.Final io.vertx:vertx-core:5.0.7
servers() {
  java_server <<JAVA
import io.undertow.Undertow;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;

public class Main {
    public static void main(String[] arguments) throws Exception {
        if ("$1".equals("Undertow")) {
            Undertow server = Undertow.builder().addHttpListener(0, "127.0.0.1")
                    .setHandler(exchange -> exchange.getResponseSender().send("ok")).build();
            server.start();
            System.out.println(((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort());
        } else {
            System.out.println(Vertx.vertx().createHttpServer().requestHandler(request -> request.response().end("ok"))
                    .listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get().actualPort());
        }
    }
}
JAVA
}
for server in Undertow Vert.x; do
  servers $server
  echo "$server"
  for said in 'close' 'x-hop, close' 'close, x-hop'; do
    talk "GET / HTTP/1.1\r\nHost: x\r\nConnection: $said\r\n\r\n"
  done
done >answers
expect_seen <answers \
  'Undertow' \
  'HTTP/1.1 200 OK | Connection: close | Content-Length: 2 |  | ok(closed)' \
  'HTTP/1.1 200 OK | Connection: keep-alive | Content-Length: 2 |  | ok(open)' \
  'HTTP/1.1 200 OK | Connection: keep-alive | Content-Length: 2 |  | ok(open)' \
  'Vert.x' \
  'HTTP/1.1 200 OK | connection: close | content-length: 2 |  | ok(closed)' \
  'HTTP/1.1 200 OK | content-length: 2 |  | ok(open)' \
  'HTTP/1.1 200 OK | content-length: 2 |  | ok(open)'
