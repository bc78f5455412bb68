import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.server.YieldingSelector;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import gateway.util.Threads;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One limit for several whole gateways. */
@Tag("redis")
class SharedLimitTest {
    private static final String GET = "GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n";

    private static Map<String, String> settings(TestRedis redis) {
        return Map.of("GATEWAY_RATE_LIMIT", "5/60s", "GATEWAY_REDIS_URL", redis.url(), "GATEWAY_REDIS_TIMEOUT", "10s");
    }

    @Test
    void of_200_requests_at_once_to_three_gateways_5_pass() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(30);
        try (TestRedis redis = TestRedis.start();
                TestBackend a = TestBackend.named("a");
                TestGateway first = TestGateway.with(settings(redis), a);
                TestGateway second = TestGateway.with(settings(redis), a);
                TestGateway third = TestGateway.with(settings(redis), a)) {
            List<TestGateway> gateways = List.of(first, second, third);
            for (int round = 1; round <= 3; round++) {
                String address = "127.0.1." + round;
                List<Future<Integer>> answers = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    TestGateway gateway = gateways.get(i % 3);
                    answers.add(threads.submit(() -> {
                        try (var client = gateway.from(address)) {
                            return client.send(GET).answer().status();
                        }
                    }));
                }
                int served = 0;
                for (Future<Integer> answer : answers) {
                    int status = answer.get();
                    assertTrue(status == 200 || status == 429, "status " + status);
                    served += status == 200 ? 1 : 0;
                }
                assertEquals(5, served, "round " + round);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** There is no client yet: what is in the selector is the connection to Redis, open before the first request. */
    @Test
    void decisions_wait_for_redis_at_the_clients_selector() throws Exception {
        assumeTrue(Threads.areVirtual(), "a platform thread waits for its socket");
        try (TestRedis redis = TestRedis.start();
                TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(settings(redis), a)) {
            YieldingSelector selector =
                    gateway.app.jettyServer().server().getContainedBeans(YieldingSelector.class).stream()
                            .filter(each -> each.getTotalKeys() > 0)
                            .findFirst()
                            .orElseThrow();
            assertEquals(1, selector.getTotalKeys());
            assertEquals(200, gateway.get("/api/x").statusCode());
            assertEquals("redis", gateway.json("/limits/explain").path("store").asText());
        }
    }

    /** The first round meets gateways that have just started, the others kept connections. */
    @Test
    @Tag("process")
    void of_200_requests_at_once_to_three_processes_5_pass_for_each_client() throws Exception {
        List<Launched> gateways = new ArrayList<>();
        List<RawClient> clients = new ArrayList<>();
        try (TestRedis redis = TestRedis.start();
                TestBackend a = TestBackend.named("a")) {
            Map<String, String> settings = new HashMap<>(settings(redis));
            settings.put("GATEWAY_SERVICES", a.url());
            settings.put("GATEWAY_TRUSTED_PROXIES", "127.0.0.1");
            for (int i = 0; i < 3; i++) {
                gateways.add(Program.gateway(settings));
            }
            for (Launched gateway : gateways) {
                gateway.line(" is healthy");
            }
            for (int i = 0; i < 200; i++) {
                clients.add(new RawClient(gateways.get(i % 3).port()));
            }
            for (int round = 1; round <= 10; round++) {
                for (RawClient client : clients) {
                    client.send("GET /api/x HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2." + round + "\r\n\r\n");
                }
                Map<Integer, Integer> answers = new TreeMap<>();
                for (RawClient client : clients) {
                    answers.merge(client.answer().status(), 1, Integer::sum);
                }
                assertEquals(Map.of(200, 5, 429, 195), answers, "round " + round);
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
            gateways.forEach(Launched::close);
        }
    }

    /** A person with curl and a browser has one budget, whichever gateway and family they reach it by. */
    @Test
    void the_loopback_addresses_of_both_families_have_one_budget_at_all_gateways() throws Exception {
        InetAddress six = InetAddress.getByName("::1");
        assumeTrue(NetworkInterface.getByInetAddress(six) != null, "has IPv6");
        try (TestRedis redis = TestRedis.start();
                TestBackend a = TestBackend.named("a")) {
            Map<String, String> by6 = new HashMap<>(settings(redis));
            by6.put("GATEWAY_HOST", "::1");
            try (TestGateway first = TestGateway.with(settings(redis), a);
                    TestGateway second = TestGateway.with(by6, a)) {
                List<Integer> statuses = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    try (RawClient client = i % 2 == 0 ? first.raw() : new RawClient(six, second.port(), six)) {
                        statuses.add(client.send(GET).answer().status());
                    }
                }
                assertEquals(List.of(200, 200, 200, 200, 200, 429), statuses);
            }
        }
    }

    @Test
    void what_one_gateway_sent_nowhere_takes_nothing_at_the_others() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TestGateway first = TestGateway.with(settings(redis));
                TestGateway second = TestGateway.with(settings(redis))) {
            for (int i = 0; i < 7; i++) {
                var answer = first.raw(GET);
                assertEquals(503, answer.status());
                assertEquals(List.of("5"), answer.header("X-RateLimit-Remaining"));
            }
            JsonNode standing = second.json("/limits/explain");
            assertEquals("redis", standing.path("store").asText());
            assertEquals(0, standing.path("used").asInt());
        }
    }

    @Test
    void which_store_holds_the_limit_is_said_everywhere() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(settings(redis), a)) {
            assertEquals(200, gateway.get("/api/x").statusCode());
            assertEquals(
                    "redis", gateway.json("/health").path("rate_limit_store").asText());
            JsonNode limiting = gateway.json("/stats").path("rate_limiting");
            assertEquals("redis", limiting.path("store").asText());
            assertEquals(4, limiting.path("remaining_requests").asInt());
            assertEquals("redis", gateway.json("/limits/explain").path("store").asText());
            String metrics = gateway.get("/metrics").body();
            assertTrue(metrics.contains("gateway_redis_up 1.0"), metrics);
            assertTrue(metrics.contains("gateway_redis_failures_total 0.0"), metrics);
            assertTrue(metrics.contains("gateway_rate_limit_store_decisions_total{store=\"memory\"} 0.0"), metrics);

            redis.kill();
            Await.until(
                    "the fallback",
                    () -> gateway.json("/health")
                            .path("rate_limit_store")
                            .asText()
                            .startsWith("memory (redis unreachable since 20"));
            assertEquals(
                    "memory of this gateway",
                    gateway.json("/limits/explain").path("store").asText());
            assertEquals(1, gateway.json("/limits/explain").path("used").asInt(), "it isn't a fresh budget");
            assertTrue(gateway.get("/metrics").body().contains("gateway_redis_up 0.0"));
            assertEquals(200, gateway.get("/api/x").statusCode());
        }
    }

    @ParameterizedTest(name = "with the limit {0}")
    @ValueSource(strings = {"5/60s", "off"})
    void a_gateway_that_needs_redis_exits_with_2_and_says_why(String limit) throws Exception {
        int port = TestBackend.deadPort();
        Map<String, String> environment = Map.of(
                "GATEWAY_PORT",
                "0",
                "GATEWAY_REDIS_URL",
                "redis://:secret@127.0.0.1:" + port,
                "GATEWAY_REDIS_REQUIRED",
                "true",
                "GATEWAY_RATE_LIMIT",
                limit);
        try (Launched gateway = Program.start(environment, "GatewayApp")) {
            assertEquals(2, gateway.exitCode(), gateway.output());
            assertTrue(
                    gateway.output()
                            .contains("GATEWAY_REDIS_URL: Redis at redis://127.0.0.1:" + port
                                    + " can't be used: connection refused"),
                    gateway.output());
            assertTrue(!gateway.output().contains("secret"), gateway.output());
        }
    }
}
