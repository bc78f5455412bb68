#!/usr/bin/env bash
# OkHttp 5.5.1: sends a POST a second time after a 503 with "Retry-After: 0", although retries are switched off.
#
# Expected: retryOnConnectionFailure(false) and followRedirects(false) leave one request for one call; a POST is not
# idempotent (RFC 9110, 9.2.2), and a 503 may come after the work was done.
# Seen: the caller gets the second answer only; the server has got the POST, body and all, twice. A body that says
# isOneShot() is not sent again.
# For a gateway: the service is asked twice for one request of a client. Declare bodies one-shot, or go below the call.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages com.squareup.okhttp3:okhttp-jvm:5.5.1
java_main <<'JAVA' | expect_seen "a body in memory: answer 200, the server got it 2 times" "a one-shot body: answer 503, the server got it 1 times"
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.*;
import okio.BufferedSink;

public class Main {
    public static void main(String[] arguments) throws Exception {
        AtomicInteger posts = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            boolean first = posts.incrementAndGet() == 1;
            if (first) {
                exchange.getResponseHeaders().set("Retry-After", "0");
            }
            exchange.sendResponseHeaders(first ? 503 : 200, -1);
            exchange.close();
        });
        server.start();
        OkHttpClient client = new OkHttpClient.Builder()
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .build();
        HttpUrl url = HttpUrl.get("http://127.0.0.1:" + server.getAddress().getPort() + "/order");
        for (boolean oneShot : new boolean[] {false, true}) {
            posts.set(0);
            RequestBody body = new RequestBody() {
                @Override public MediaType contentType() { return null; }
                @Override public boolean isOneShot() { return oneShot; }
                @Override public void writeTo(BufferedSink sink) throws java.io.IOException { sink.writeUtf8("one order"); }
            };
            try (Response answer = client.newCall(new Request.Builder().url(url).post(body).build()).execute()) {
                System.out.println((oneShot ? "a one-shot body" : "a body in memory") + ": answer " + answer.code()
                        + ", the server got it " + posts.get() + " times");
            }
        }
        server.stop(0);
        client.dispatcher().executorService().shutdown();
    }
}
JAVA
