#!/usr/bin/env bash
# Feign 13.13: does not repeat a refused request, unless the answer says to wait; then it sends it four more times within seconds.
#
# Expected: who is told "Retry-After: 3600" makes no second request before that time (RFC 9110, 10.2.3), or gives up, as for a
# refusal without the field. Feign's manual: an answer with Retry-After becomes a RetryableException, which the Retryer may retry.
# Seen: the lines below, with nothing set. The wait is cut to the second that Retryer.Default allows, without a word. So a request
# is sent once if it is refused without the field, and five times if it is refused with it; a POST, too, after any status.
# For a gateway: the field that should keep clients away multiplies the requests of this one. Set a Retryer whose maxPeriod is as
# long as the limit's window, or Retryer.NEVER_RETRY.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages io.github.openfeign:feign-core:13.13
java_main <<'JAVA' | expect_seen \
  "GET  429                    sent 1 times" \
  "GET  429, Retry-After: 3600 sent 5 times within 10 s" \
  "POST 503                    sent 1 times" \
  "POST 503, Retry-After: 3600 sent 5 times within 10 s" \
  "POST 403, Retry-After: 3600 sent 5 times within 10 s"
import com.sun.net.httpserver.HttpServer;
import feign.*;
import java.net.*;
import java.util.concurrent.atomic.AtomicInteger;

public class Main {
    interface Api {
        @RequestLine("GET /orders/{status}/{wait}")
        String get(@Param("status") int status, @Param("wait") int wait);

        @RequestLine("POST /orders/{status}/{wait}")
        String post(@Param("status") int status, @Param("wait") int wait, String order);
    }

    private static final AtomicInteger requests = new AtomicInteger();

    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/orders/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            requests.incrementAndGet();
            String[] parts = exchange.getRequestURI().getPath().split("/");
            if (!parts[3].equals("0")) {
                exchange.getResponseHeaders().set("Retry-After", parts[3]);
            }
            exchange.sendResponseHeaders(Integer.parseInt(parts[2]), -1);
            exchange.close();
        });
        server.start();
        Api api = Feign.builder().target(Api.class, "http://127.0.0.1:" + server.getAddress().getPort());
        show("GET  429                   ", () -> api.get(429, 0));
        show("GET  429, Retry-After: 3600", () -> api.get(429, 3600));
        show("POST 503                   ", () -> api.post(503, 0, "an order"));
        show("POST 503, Retry-After: 3600", () -> api.post(503, 3600, "an order"));
        show("POST 403, Retry-After: 3600", () -> api.post(403, 3600, "an order"));
        System.exit(0);
    }

    private static void show(String what, Runnable call) {
        requests.set(0);
        long start = System.nanoTime();
        try {
            call.run();
        } catch (FeignException refused) {
            // as expected
        }
        boolean soon = System.nanoTime() - start < 10_000_000_000L;
        System.out.println(what + " sent " + requests + " times" + (requests.get() == 1 ? "" : soon ? " within 10 s" : " in a longer time"));
    }
}
JAVA
