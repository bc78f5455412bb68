#!/usr/bin/env bash
# The JDK's java.net.CookieManager, Java 17 and 25 (HttpClient, HttpURLConnection, and through it jsoup and Helidon's client): a
# cookie that was set with Max-Age goes back in quotes, with $Path and $Domain behind it, though it has no Version.
#
# Expected: "Set-Cookie: sid=abc; Path=/; Max-Age=60" comes back as "Cookie: sid=abc" (RFC 6265, 5.4), as it does without Max-Age;
# and where both Max-Age and Expires are there, Max-Age counts (5.3).
# Seen: Max-Age alone makes it a cookie of RFC 2965: $Version="1"; sid="abc";$Path="/";$Domain="127.0.0.1". An Expires beside it
# prevents that, but then the first of the two counts: an Expires that has passed, before a Max-Age that hasn't, drops the cookie.
# For a gateway: a cookie of your own that shall last needs Expires and Max-Age that agree, or neither; and read your cookie's value
# with quotes as well as without. A service that compares its own with what it set takes every such client for a new one.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

# shellcheck disable=SC2016 # $Version and its kind are part of the header
java_main <<'JAVA' | expect_seen \
  'sid=abc; Path=/ -> sid=abc' \
  'sid=abc; Path=/; Max-Age=60 -> $Version="1"; sid="abc";$Path="/";$Domain="127.0.0.1"' \
  'sid=abc; Path=/; Max-Age=60; Expires=Tue, 01 Jan 2999 00:00:00 GMT -> sid=abc' \
  'sid=abc; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60 -> nothing'
import com.sun.net.httpserver.HttpServer;
import java.net.*;
import java.net.http.*;

public class Main {
    private static String cookie;

    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", exchange -> {
            byte[] content = exchange.getRequestHeaders().getOrDefault("Cookie", java.util.List.of("nothing")).get(0).getBytes();
            exchange.getResponseHeaders().set("Set-Cookie", cookie);
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
        for (String attributes : new String[] {"", "; Max-Age=60", "; Max-Age=60; Expires=Tue, 01 Jan 2999 00:00:00 GMT",
                "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60"}) {
            cookie = "sid=abc; Path=/" + attributes;
            HttpClient client = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getAddress().getPort())).build();
            client.send(request, HttpResponse.BodyHandlers.discarding());
            System.out.println(cookie + " -> " + client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        }
        server.stop(0);
        System.exit(0);
    }
}
JAVA
