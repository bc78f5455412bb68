#!/usr/bin/env bash
# Vert.x 5.0.7 and reactor-netty 1.3.7: an answer of unknown length to HTTP/1.0 can't be read to its end.
#
# Expected: a client of HTTP/1.0 doesn't know chunks; an answer whose length isn't known ends with the connection, whether or not
# the client asked to keep it (RFC 9112, 6.3 and 6.1: no Transfer-Encoding to a request of HTTP/1.0). Undertow, Jetty, Tomcat
# and the JDK's server close.
# Seen: asked to keep the connection, Vert.x says "connection: keep-alive", gives no length, and leaves it open: the client
# waits. reactor-netty sends chunks in any case, of which such a client takes the sizes for content.
# For a gateway: speak HTTP/1.1 to services, whatever the client speaks, and frame the answer anew for the client.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

started() { # which one; the packages' versions of Netty differ, so each has its own
  rm -rf lib
  maven_packages "$2"
  java_server
  echo "$1"
  talk 'GET / HTTP/1.0\r\nHost: x\r\n\r\n'
  talk 'GET / HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n'
}
started Vert.x io.vertx:vertx-core:5.0.7 >answers <<'JAVA'
import io.vertx.core.Vertx;

public class Main {
    public static void main(String[] arguments) throws Exception {
        System.out.println(Vertx.vertx().createHttpServer().requestHandler(request -> {
            request.response().setChunked(true).write("one,");
            request.response().end("two");
        }).listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get().actualPort());
    }
}
JAVA
started reactor-netty io.projectreactor.netty:reactor-netty-http:1.3.7 >>answers <<'JAVA'
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

public class Main {
    public static void main(String[] arguments) throws Exception {
        DisposableServer server = HttpServer.create().host("127.0.0.1").port(0)
                .handle((request, response) -> response.sendString(Flux.just("one,", "two"))).bindNow();
        System.out.println(server.port());
        server.onDispose().block();
    }
}
JAVA
expect_seen <answers \
  'Vert.x' \
  'HTTP/1.0 200 OK |  | one,two(closed)' \
  'HTTP/1.0 200 OK | connection: keep-alive |  | one,two(open)' \
  'reactor-netty' \
  'HTTP/1.1 200 OK | transfer-encoding: chunked | connection: close |  | 4 | one, | 3 | two | 0 |  | (closed)' \
  'HTTP/1.1 200 OK | transfer-encoding: chunked |  | 4 | one, | 3 | two | 0 |  | (open)'
