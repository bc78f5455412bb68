#!/usr/bin/env bash
# curl 7.88, wget 1.21, Armeria's client 1.40.0, Vert.x 5.0.7 (WebClientSession), Apache HttpClient 5.6.1 and the JDK's CookieManager:
# none has the RFC's rules for the path of a cookie.
#
# Expected (RFC 6265, 5.1.4 and 5.3): Path=/shop is not for /shopping, Path=/shop/ not for /shop; a cookie without Path that
# /shop/cart/item set is for /shop/cart and what lies below, and for nothing else; one set again with Max-Age=0 is gone.
# Seen: what the lines below say; "no, yes, yes, no" would be right. With Armeria, what is removed with Max-Age=0 stays as it was,
# and Vert.x sends it without its value. For Vert.x, a cookie without Path is for "/".
# For a gateway: the path is no wall between two routes, least of all between /shop and /shopping: use a name for each route. Always
# say Path. Take an empty value of your own cookie for none, and one that you had removed for what it says.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 wget=1.21.3-1+deb12u1
maven_packages com.linecorp.armeria:armeria:1.40.0 io.vertx:vertx-web-client:5.0.7 \
  org.apache.httpcomponents.client5:httpclient5:5.6.1 org.slf4j:slf4j-simple:2.0.17
java_main <<'JAVA' | expect_seen \
  "                        /shop at /shopping   /shop/ at /shop   without at /shop/cart   without at /   removed" \
  "curl                    no                   yes               yes                     no             gone" \
  "wget                    yes                  no                no                      no             gone" \
  "Apache HttpClient       no                   yes               yes                     no             gone" \
  "the JDK's HttpClient    yes                  no                no                      no             gone" \
  "Armeria                 yes                  no                yes                     no             gone=1" \
  "Vert.x                  no                   no                yes                     yes            gone="
import com.sun.net.httpserver.HttpServer;
import java.net.*;
import java.net.http.*;
import java.util.*;
import java.util.concurrent.TimeUnit;

public class Main {
    interface Client {
        String get(String url) throws Exception;
    }

    private static String url;

    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", exchange -> {
            byte[] content = String.join("; ", exchange.getRequestHeaders().getOrDefault("Cookie", List.of("nothing"))).getBytes();
            switch (exchange.getRequestURI().getPath()) {
                case "/shop/cart/item" -> exchange.getResponseHeaders().put("Set-Cookie",
                        List.of("plain=1; Path=/shop", "slash=1; Path=/shop/", "without=1", "gone=1; Path=/shop"));
                case "/shop/bye" -> exchange.getResponseHeaders().set("Set-Cookie", "gone=; Path=/shop; Max-Age=0");
                default -> {}
            }
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
        System.out.println("                        /shop at /shopping   /shop/ at /shop   without at /shop/cart   without at /   removed");
        try {
            show("curl", url -> run("root/usr/bin/curl", "-s", "-m", "9", "-b", "jar1", "-c", "jar1", url));
            show("wget", url -> run("root/usr/bin/wget", "-q", "-T9", "-t1", "-O-", "--keep-session-cookies", "--load-cookies=jar2",
                    "--save-cookies=jar2", url));
            var apache = org.apache.hc.client5.http.impl.classic.HttpClients.createDefault();
            show("Apache HttpClient", url -> apache.execute(new org.apache.hc.client5.http.classic.methods.HttpGet(url),
                    answer -> org.apache.hc.core5.http.io.entity.EntityUtils.toString(answer.getEntity())));
            HttpClient jdk = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
            show("the JDK's HttpClient", url ->
                    jdk.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString()).body());
            var armeria = com.linecorp.armeria.client.WebClient.builder()
                    .decorator(com.linecorp.armeria.client.cookie.CookieClient.newDecorator()).build();
            show("Armeria", url -> armeria.get(url).aggregate().get(20, TimeUnit.SECONDS).contentUtf8());
            var vertx = io.vertx.core.Vertx.vertx();
            var session = io.vertx.ext.web.client.WebClientSession.create(io.vertx.ext.web.client.WebClient.create(vertx));
            show("Vert.x", url -> session.getAbs(url).send().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS).bodyAsString());
        } catch (Exception e) {
            e.printStackTrace();
        }
        System.exit(0);
    }

    private static void show(String name, Client client) throws Exception {
        client.get(url + "/shop/cart/item");
        String removed = "";
        String line = String.format("%-23s %-20s %-17s %-23s %-14s ", name, has(client, "/shopping", "plain"), has(client, "/shop", "slash"),
                has(client, "/shop/cart", "without"), has(client, "/", "without"));
        client.get(url + "/shop/bye");
        for (String cookie : client.get(url + "/shop/x").split("; ")) {
            if (cookie.startsWith("gone")) removed = cookie;
        }
        System.out.println(line + (removed.isEmpty() ? "gone" : removed));
    }

    private static String has(Client client, String path, String cookie) throws Exception {
        return List.of(client.get(url + path).split("; ")).contains(cookie + "=1") ? "yes" : "no";
    }

    private static String run(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LD_LIBRARY_PATH", "root/usr/lib/" + System.getProperty("os.arch").replace("amd64", "x86_64") + "-linux-gnu");
        Process process = builder.start();
        return new String(process.getInputStream().readAllBytes());
    }
}
JAVA
