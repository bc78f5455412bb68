#!/usr/bin/env bash
# Jetty's client 12.1.14, wget 1.21, Apache HttpClient 5.6.1: drop a cookie whose Max-Age says that it lives.
#
# Expected: Max-Age has precedence over Expires, in either order (RFC 6265, 5.3), so that a wrong clock doesn't matter; a Max-Age that
# is larger than the client can count is as good as for ever (5.2.2). curl 7.88 does all that.
# Seen: the lines below. A service that sets both, the Expires for old clients, by a clock that is wrong, loses its sessions.
# For a gateway: give a sticky cookie no lifetime, or Max-Age alone and less than 2^31 seconds; when it turns a cookie's attributes
# to the route's, it leaves the order and the rest of them alone.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 wget=1.21.3-1+deb12u1
maven_packages org.eclipse.jetty:jetty-client:12.1.14 org.apache.httpcomponents.client5:httpclient5:5.6.1 org.slf4j:slf4j-simple:2.0.17
java_main <<'JAVA' | expect_seen \
  "curl    sends [age-first=1, age-last=1, age=1, long=1]" \
  "wget    sends [age=1, long=1]" \
  "Jetty   sends [age=1, long=1]" \
  "Apache  sends [age-first=1, age-last=1, age=1]"
import com.sun.net.httpserver.HttpServer;
import java.net.*;
import java.util.*;

public class Main {
    interface Client {
        String get(String url) throws Exception;
    }

    private static String url;

    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        String past = "Expires=Thu, 01 Jan 1970 00:00:00 GMT";
        server.createContext("/", exchange -> {
            byte[] content = String.join("; ", exchange.getRequestHeaders().getOrDefault("Cookie", List.of("nothing"))).getBytes();
            exchange.getResponseHeaders().put("Set-Cookie", List.of(
                    "age=1; Max-Age=60", "age-first=1; Max-Age=60; " + past, "age-last=1; " + past + "; Max-Age=60", "long=1; Max-Age=9999999999"));
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
        try {
            show("curl", url -> run("root/usr/bin/curl", "-s", "-m", "9", "-b", "jar1", "-c", "jar1", url));
            show("wget", url -> run("root/usr/bin/wget", "-q", "-T9", "-t1", "-O-", "--load-cookies=jar2", "--save-cookies=jar2", url));
            var jetty = new org.eclipse.jetty.client.HttpClient();
            jetty.start();
            show("Jetty", url -> jetty.GET(url).getContentAsString());
            var apache = org.apache.hc.client5.http.impl.classic.HttpClients.createDefault();
            show("Apache", url -> apache.execute(new org.apache.hc.client5.http.classic.methods.HttpGet(url),
                    answer -> org.apache.hc.core5.http.io.entity.EntityUtils.toString(answer.getEntity())));
        } catch (Exception e) {
            e.printStackTrace();
        }
        System.exit(0);
    }

    private static void show(String name, Client client) throws Exception {
        client.get(url);
        System.out.printf("%-7s sends %s%n", name, new TreeSet<>(List.of(client.get(url).split("; "))));
    }

    private static String run(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LD_LIBRARY_PATH", "root/usr/lib/" + System.getProperty("os.arch").replace("amd64", "x86_64") + "-linux-gnu");
        Process process = builder.start();
        return new String(process.getInputStream().readAllBytes());
    }
}
JAVA
