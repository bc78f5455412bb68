#!/usr/bin/env bash
# Apache HttpClient 5.6.1, the JDK's HttpClient and HttpURLConnection, reactor-netty 1.3.7 and AsyncHttpClient 3.0.3: a Location
# that is only a query loses the last part of the path, or all of it.
#
# Expected: "Location: ?page=2" in the answer to /shop/list means /shop/list?page=2 (RFC 3986, 5.2.2: an empty path is the base's).
# OkHttp 5.5.1, Vert.x 5.0.7, jsoup 1.24.1 and Apache's own older HttpClient 4.5.14 go there.
# Seen: Apache's goes to /?page=2. The others go to /shop/?page=2, as RFC 2396 had it, since java.net.URI.resolve does so.
# For a gateway: rewrite such a Location to the form with the path, or leave it; never make one to shorten an answer. A health
# check or a hook that runs on one of these clients and is redirected so asks for something else.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages com.squareup.okhttp3:okhttp-jvm:5.5.1 io.vertx:vertx-core:5.0.7 org.jsoup:jsoup:1.24.1 org.apache.httpcomponents:httpclient:4.5.14 \
  org.apache.httpcomponents.client5:httpclient5:5.6.1 io.projectreactor.netty:reactor-netty-http:1.3.7 org.asynchttpclient:async-http-client:3.0.3 org.slf4j:slf4j-simple:2.0.17
java_main <<'JAVA' | expect_seen \
  "OkHttp                 /shop/list?page=2" \
  "Vert.x                 /shop/list?page=2" \
  "jsoup                  /shop/list?page=2" \
  "Apache HttpClient 4    /shop/list?page=2" \
  "Apache HttpClient 5    /?page=2" \
  "the JDK's HttpClient   /shop/?page=2" \
  "HttpURLConnection      /shop/?page=2" \
  "reactor-netty          /shop/?page=2" \
  "AsyncHttpClient        /shop/?page=2"
import com.sun.net.httpserver.HttpServer;
import java.net.*;
import java.net.http.*;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

public class Main {
    interface Client {
        String get(String url) throws Exception;
    }

    private static String url;

    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", exchange -> {
            String target = exchange.getRequestURI().toString();
            boolean first = target.equals("/shop/list");
            if (first) exchange.getResponseHeaders().set("Location", "?page=2");
            byte[] content = target.getBytes(StandardCharsets.ISO_8859_1);
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(first ? 302 : 200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort() + "/shop/list";

        var okhttp = new okhttp3.OkHttpClient();
        show("OkHttp", url -> okhttp.newCall(new okhttp3.Request.Builder().url(url).build()).execute().body().string());
        var vertx = io.vertx.core.Vertx.vertx().createHttpClient();
        show("Vert.x", url -> vertx.request(new io.vertx.core.http.RequestOptions().setAbsoluteURI(url).setFollowRedirects(true))
                .compose(request -> request.send()).compose(answer -> answer.body())
                .toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS).toString());
        show("jsoup", url -> org.jsoup.Jsoup.connect(url).execute().body());
        var apache4 = org.apache.http.impl.client.HttpClients.createDefault();
        show("Apache HttpClient 4", url -> org.apache.http.util.EntityUtils.toString(
                apache4.execute(new org.apache.http.client.methods.HttpGet(url)).getEntity()));
        var apache5 = org.apache.hc.client5.http.impl.classic.HttpClients.createDefault();
        show("Apache HttpClient 5", url -> apache5.execute(new org.apache.hc.client5.http.classic.methods.HttpGet(url),
                answer -> org.apache.hc.core5.http.io.entity.EntityUtils.toString(answer.getEntity())));
        HttpClient jdk = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();
        show("the JDK's HttpClient", url -> jdk.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString()).body());
        show("HttpURLConnection", url -> new String(URI.create(url).toURL().openStream().readAllBytes()));
        var netty = reactor.netty.http.client.HttpClient.create().followRedirect(true);
        show("reactor-netty", url -> netty.get().uri(url).responseContent().aggregate().asString().block());
        var async = org.asynchttpclient.Dsl.asyncHttpClient(org.asynchttpclient.Dsl.config().setFollowRedirect(true));
        show("AsyncHttpClient", url -> async.prepareGet(url).execute().get(20, TimeUnit.SECONDS).getResponseBody());
        System.exit(0);
    }

    private static void show(String name, Client client) throws Exception {
        System.out.printf("%-22s %s%n", name, client.get(url));
    }
}
JAVA
