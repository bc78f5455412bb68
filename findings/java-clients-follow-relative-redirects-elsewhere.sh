#!/usr/bin/env bash
# Clients of Jetty 12.1.14, Helidon 4.5.0, Armeria 1.40.0 and Ktor 3.5.2: a relative Location leads them to a place that isn't meant.
#
# Expected: "Location: items/" in the answer to /shop/list means /shop/items/, and "../cart" means /cart (RFC 9110, 10.2.2: resolved
# against the request's URI as RFC 3986, 5.2, says). The JDK's client and OkHttp 5.5.1 go there.
# Seen: Jetty and Helidon resolve both from the root, so that the folder is lost, and send "/../cart" as it stands. Armeria
# resolves them rightly, but asks for a path that begins with two slashes. Ktor leaves the dot segments in.
# For a gateway: give a mounted service's redirects the form with the whole path, or the absolute one, never a relative form to
# save the prefix; "//" and "/../" in a request may come from an honest client that followed a redirect.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

java_from 21
maven_packages org.eclipse.jetty:jetty-client:12.1.14 io.helidon.webclient:helidon-webclient:4.5.0 com.linecorp.armeria:armeria:1.40.0 \
  io.ktor:ktor-client-cio-jvm:3.5.2 com.squareup.okhttp3:okhttp-jvm:5.5.1 org.slf4j:slf4j-simple:2.0.17
java_main <<'JAVA' | expect_seen \
  "the JDK's HttpClient    items/ -> /shop/items/  ../cart -> /cart" \
  "OkHttp                  items/ -> /shop/items/  ../cart -> /cart" \
  "Jetty                   items/ -> /items/  ../cart -> /../cart" \
  "Helidon                 items/ -> /items/  ../cart -> /../cart" \
  "Armeria                 items/ -> //shop/items/  ../cart -> //cart" \
  "Ktor                    items/ -> /shop/items/  ../cart -> /shop/../cart"
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.*;
import java.util.function.Function;
import kotlin.Unit;
import kotlin.coroutines.*;

public class Main {
    interface Client {
        String get(String url) throws Exception;
    }

    private static String location;
    private static String url;

    public static void main(String[] arguments) throws Exception {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> accept(server));
        url = "http://127.0.0.1:" + server.getLocalPort() + "/shop/list";

        HttpClient jdk = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();
        show("the JDK's HttpClient", url -> jdk.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString()).body());
        okhttp3.OkHttpClient okhttp = new okhttp3.OkHttpClient();
        show("OkHttp", url -> okhttp.newCall(new okhttp3.Request.Builder().url(url).build()).execute().body().string());
        var jetty = new org.eclipse.jetty.client.HttpClient();
        jetty.start();
        show("Jetty", url -> jetty.GET(url).getContentAsString());
        var helidon = io.helidon.webclient.api.WebClient.builder().followRedirects(true).build();
        show("Helidon", url -> helidon.get(url).requestEntity(String.class));
        var armeria = com.linecorp.armeria.client.WebClient.builder().followRedirects().build();
        show("Armeria", url -> armeria.get(url).aggregate().get(20, TimeUnit.SECONDS).contentUtf8());
        var ktor = io.ktor.client.HttpClientKt.HttpClient(io.ktor.client.engine.cio.CIO.INSTANCE, config -> Unit.INSTANCE);
        show("Ktor", url -> {
            var request = new io.ktor.client.request.HttpRequestBuilder();
            io.ktor.client.request.HttpRequestKt.url(request, url);
            var statement = new io.ktor.client.statement.HttpStatement(request, ktor);
            io.ktor.client.statement.HttpResponse answer = await(statement::execute);
            return await((Continuation<? super String> then) ->
                    io.ktor.client.statement.HttpResponseKt.bodyAsText(answer, StandardCharsets.UTF_8, then));
        });
        System.exit(0);
    }

    private static void show(String name, Client client) throws Exception {
        StringBuilder line = new StringBuilder(String.format("%-22s", name));
        for (String next : new String[] {"items/", "../cart"}) {
            location = next;
            line.append("  ").append(next).append(" -> ").append(client.get(url));
        }
        System.out.println(line);
    }

    @SuppressWarnings("unchecked")
    private static <T> T await(Function<Continuation<? super T>, Object> call) throws InterruptedException {
        return (T) kotlinx.coroutines.BuildersKt.runBlocking(
                EmptyCoroutineContext.INSTANCE, (scope, then) -> call.apply((Continuation<? super T>) then));
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
            String answer = target.equals("/shop/list")
                    ? "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n"
                    : "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + target.length() + "\r\n";
            String content = target.equals("/shop/list") ? "" : target;
            socket.getOutputStream().write((answer + "Connection: close\r\n\r\n" + content).getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException | RuntimeException e) { // the client has gone, or only looked whether somebody listens
        }
    }
}
JAVA
