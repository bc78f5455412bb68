#!/usr/bin/env bash
# fabric8's Kubernetes client 8.0.0: reports that it waits as long as Retry-After says, and asks again after a tenth of a second.
#
# Expected: after a 429 with "Retry-After: 3600" no request for an hour (RFC 9110, 10.2.3), or an exception; Kubernetes' API server
# sheds load by that field. The client computes the wait, and reports it.
# Seen: the lines below, with nothing set. It reports 3,600,000 ms, and sends the request 11 times within half a minute, by its
# own back-off, each time reporting the same. A POST as well.
# For a gateway: before an API server, or as one, it can't slow this client by Retry-After. kubernetes.request.retry.backoffLimit=0
# switches its repetitions off.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages io.fabric8:kubernetes-client:8.0.0 org.slf4j:slf4j-simple:2.0.17
java_main <<'JAVA' | expect_seen \
  "GET  reports: 429, retrying after 3600000 millis; sent 11 times within a minute" \
  "POST reports: 429, retrying after 3600000 millis; sent 11 times within a minute"
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.*;
import java.io.*;
import java.net.*;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true));
        System.setProperty("org.slf4j.simpleLogger.log.io.fabric8.kubernetes.client.http", "debug");
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            requests.incrementAndGet();
            exchange.getResponseHeaders().set("Retry-After", "3600");
            exchange.sendResponseHeaders(429, -1);
            exchange.close();
        });
        server.start();
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .build();
        try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
            for (String method : new String[] {"GET", "POST"}) {
                requests.set(0);
                log.reset();
                long start = System.nanoTime();
                try {
                    client.raw("/api/v1/namespaces/default/configmaps", method, method.equals("POST") ? "{}" : null);
                } catch (KubernetesClientException refused) {
                    // as expected
                }
                boolean soon = System.nanoTime() - start < 60_000_000_000L;
                Matcher reported = Pattern.compile("as the response code was (429, retrying after [0-9]+ millis)").matcher(log.toString());
                System.out.printf("%-4s reports: %s; sent %d times %s%n", method, reported.find() ? reported.group(1) : "nothing",
                        requests.get(), soon ? "within a minute" : "in more than a minute");
            }
        }
        System.exit(0);
    }
}
JAVA
