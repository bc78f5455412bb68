#!/usr/bin/env bash
# AsyncHttpClient 3.0.3, Vert.x 5.0.7 (WebClientSession) and Jetty's client 12.1.14: of two cookies with one name, set for "/" and for
# "/shop", a request to /shop/cart brings the wrong one, only one, or the wrong one first.
#
# Expected: both, the one with the longer path first (RFC 6265, 5.4), since servers that want one take the first. Apache
# HttpClient 5.6.1 and OkHttp 5.5.1 (with JavaNetCookieJar) do that.
# Seen: AsyncHttpClient sends only the one of "/", Vert.x only the one of "/shop", Jetty both with that of "/" first.
# For a gateway: a sticky cookie of a route below another route needs a name of its own; the path alone doesn't keep the two apart.
# The same is true of two apps behind one host that use their framework's usual name of a session cookie.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages com.squareup.okhttp3:okhttp-jvm:5.5.1 com.squareup.okhttp3:okhttp-java-net-cookiejar:5.5.1 \
  org.apache.httpcomponents.client5:httpclient5:5.6.1 org.eclipse.jetty:jetty-client:12.1.14 io.vertx:vertx-web-client:5.0.7 \
  org.asynchttpclient:async-http-client:3.0.3 org.slf4j:slf4j-simple:2.0.17
java_main <<'JAVA' | expect_seen \
  "Apache HttpClient  app=shop; app=root" \
  "OkHttp             app=shop; app=root" \
  "AsyncHttpClient    app=root" \
  "Vert.x             app=shop" \
  "Jetty              app=root; app=shop"
import com.sun.net.httpserver.HttpServer;
import java.net.*;
import java.util.List;
import java.util.concurrent.TimeUnit;

public class Main {
    interface Client {
        String get(String url) throws Exception;
    }

    private static String url;

    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", exchange -> {
            byte[] content = exchange.getRequestHeaders().getOrDefault("Cookie", List.of("nothing")).get(0).getBytes();
            exchange.getResponseHeaders().put("Set-Cookie", List.of("app=root; Path=/", "app=shop; Path=/shop"));
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort() + "/shop/cart";
        try {
            var apache = org.apache.hc.client5.http.impl.classic.HttpClients.createDefault();
            show("Apache HttpClient", url -> apache.execute(new org.apache.hc.client5.http.classic.methods.HttpGet(url),
                    answer -> org.apache.hc.core5.http.io.entity.EntityUtils.toString(answer.getEntity())));
            var okhttp = new okhttp3.OkHttpClient.Builder()
                    .cookieJar(new okhttp3.java.net.cookiejar.JavaNetCookieJar(new CookieManager())).build();
            show("OkHttp", url -> okhttp.newCall(new okhttp3.Request.Builder().url(url).build()).execute().body().string());
            var async = org.asynchttpclient.Dsl.asyncHttpClient();
            show("AsyncHttpClient", url -> async.prepareGet(url).execute().get(20, TimeUnit.SECONDS).getResponseBody());
            var vertx = io.vertx.core.Vertx.vertx();
            var session = io.vertx.ext.web.client.WebClientSession.create(io.vertx.ext.web.client.WebClient.create(vertx));
            show("Vert.x", url -> session.getAbs(url).send().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS).bodyAsString());
            var jetty = new org.eclipse.jetty.client.HttpClient();
            jetty.start();
            show("Jetty", url -> jetty.GET(url).getContentAsString());
        } finally {
            System.exit(0);
        }
    }

    private static void show(String name, Client client) throws Exception {
        client.get(url);
        System.out.printf("%-18s %s%n", name, client.get(url));
    }
}
JAVA
