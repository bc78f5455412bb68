import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.FakeTime;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limit as clients meet it. */
class LimitTest {
    private static final Map<String, String> FIVE = Map.of("GATEWAY_RATE_LIMIT", "5/60s");
    private static final String GET = "GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final long EPOCH = 1_767_225_600; // 2026-01-01, where FakeTime begins

    private final FakeTime time = new FakeTime();

    @Test
    void sixth_request_within_a_minute_is_refused_and_all_say_where_the_client_stands() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(FIVE, time, a)) {
            for (int left = 4; left >= 0; left--) {
                Answer answer = gateway.raw(GET);
                assertEquals(200, answer.status());
                assertEquals(List.of("5"), answer.header("X-RateLimit-Limit"));
                assertEquals(List.of("" + left), answer.header("X-RateLimit-Remaining"));
                assertEquals(List.of("" + (EPOCH + 60)), answer.header("X-RateLimit-Reset"));
                assertEquals(List.of("\"default\";q=5;w=60"), answer.header("RateLimit-Policy"));
                assertEquals(List.of("\"default\";r=" + left + ";t=60"), answer.header("RateLimit"));
                assertEquals(List.of(), answer.header("Retry-After"));
            }
            time.pass(Duration.ofMillis(18_500));
            Answer refused = gateway.raw(GET);
            assertEquals(429, refused.status());
            assertEquals(List.of("42"), refused.header("Retry-After"), "41.5 s, rounded up");
            assertEquals(List.of("\"default\";r=0;t=42"), refused.header("RateLimit"));
            assertEquals(List.of("application/problem+json"), refused.header("Content-Type"));
            JsonNode problem = TestGateway.json(refused);
            assertEquals(
                    "urn:api-gateway:problem:rate-limited", problem.path("type").asText());
            assertEquals("Rate limit exceeded", problem.path("error").asText());
            assertEquals(
                    "More than 5 req/min from 127.0.0.1; try again in 42 s",
                    problem.path("message").asText());
            assertEquals("127.0.0.1", problem.path("client_ip").asText());
            assertEquals(42, problem.path("retry_after").asInt());
            assertEquals(5, problem.path("limit").asInt());
            assertEquals(0, problem.path("remaining").asInt());
            assertEquals("2026-01-01T00:00:18.500Z", problem.path("timestamp").asText());

            time.pass(Duration.ofMillis(41_500));
            assertEquals(200, gateway.raw(GET).status());
        }
    }

    @Test
    void of_200_requests_at_once_5_reach_a_backend() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(50);
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(FIVE, time, a)) {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(threads.submit(() -> gateway.raw(GET).status()));
            }
            int served = 0;
            for (Future<Integer> answer : answers) {
                served += answer.get() == 200 ? 1 : 0;
            }
            assertEquals(5, served);
            assertEquals(5, a.waiting());
        } finally {
            threads.shutdownNow();
        }
    }

    /** Once, five 503s while no service was there used up the limit: its client got 429 for a minute when one came. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "no service there    | GET                                    | 503",
                "every one refusing  | GET                                    | 502, then 503",
                "all full            | GET                                    | 503",
                "a method not sent   | TRACE                                  | 405",
            })
    void what_was_sent_nowhere_takes_nothing(String what, String method, String statuses) throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        Map<String, String> settings = Map.of("GATEWAY_RATE_LIMIT", "5/60s", "GATEWAY_MAX_IN_FLIGHT_PER_SERVICE", "1");
        try (TestBackend backend = TestBackend.heldBy(answer);
                TestGateway gateway = what.startsWith("no service")
                        ? TestGateway.with(settings, time)
                        : TestGateway.with(settings, time, backend);
                RawClient other = gateway.from("127.0.0.2")) {
            if (what.startsWith("every")) {
                backend.kill();
            } else if (what.startsWith("all")) {
                other.send(GET);
                backend.next();
            }
            List<String> got = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                Answer refused = gateway.raw(method + " /api/x HTTP/1.1\r\nHost: x\r\n\r\n");
                got.add("" + refused.status());
                assertEquals(List.of("5"), refused.header("X-RateLimit-Remaining"));
                assertEquals(List.of("\"default\";r=5;t=0"), refused.header("RateLimit"));
                assertEquals(List.of("" + EPOCH), refused.header("X-RateLimit-Reset"));
            }
            assertEquals(statuses, String.join(", then ", new LinkedHashSet<>(got)));
            assertEquals(0, gateway.json("/limits/explain").path("used").asInt());
        } finally {
            answer.countDown();
        }
    }

    @Test
    void what_a_service_may_have_got_counts_though_no_answer_came() throws Exception {
        try (TestBackend a = TestBackend.hangsUp();
                TestGateway gateway = TestGateway.with(FIVE, time, a)) {
            Answer answer = gateway.raw(GET);
            assertEquals(502, answer.status());
            assertEquals(List.of("4"), answer.header("X-RateLimit-Remaining"));
            assertEquals(1, gateway.json("/limits/explain").path("used").asInt());
        }
    }

    @Test
    void a_limit_on_trial_gets_back_what_was_sent_nowhere_too() throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT_SHADOW", "5/60s"), time)) {
            for (int i = 0; i < 7; i++) {
                assertEquals(503, gateway.raw(GET).status());
            }
            String metrics = gateway.get("/metrics").body();
            assertTrue(
                    metrics.lines()
                            .anyMatch(line -> line.startsWith("gateway_rate_limit_shadow") && line.endsWith(" 7.0")),
                    metrics);
        }
    }

    @Test
    void a_claimed_address_is_not_believed() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(FIVE, time, a)) {
            int served = 0;
            for (int i = 0; i < 20; i++) {
                Answer answer = gateway.raw("GET /api/x HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.0.0." + i
                        + "\r\nForwarded: for=10.0.0." + i + "\r\nX-Real-IP: 10.0.0." + i + "\r\n\r\n");
                served += answer.status() == 200 ? 1 : 0;
            }
            assertEquals(5, served);
        }
    }

    @Test
    void only_what_goes_to_backends_counts() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(FIVE, time, a)) {
            for (String path : List.of("/", "/health", "/services", "/stats", "/nowhere", "/api/../x", "/apix")) {
                Answer answer = gateway.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
                assertEquals(List.of(), answer.header("X-RateLimit-Limit"), path);
            }
            assertEquals(List.of("4"), gateway.raw(GET).header("X-RateLimit-Remaining"));
        }
    }

    @Test
    void with_no_limit_nothing_is_said_of_one_and_the_backends_own_passes() throws Exception {
        try (TestBackend a = TestBackend.raw("HTTP/1.1 200 OK\r\nX-RateLimit-Limit: 77\r\nContent-Length: 0\r\n\r\n");
                TestGateway off = TestGateway.inFrontOf(a);
                TestGateway on = TestGateway.with(FIVE, time, a)) {
            for (int i = 0; i < 10; i++) {
                assertEquals(List.of("77"), off.raw(GET).header("X-RateLimit-Limit"));
            }
            assertEquals(List.of("5"), on.raw(GET).header("X-RateLimit-Limit"), "once, and the gateway's own");
        }
    }

    // It once looked for "429" in the bytes it had read so far, and now and then found it in a request id.
    @Test
    void each_address_has_its_own_budget() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(FIVE, time, a)) {
            for (int last = 1; last <= 3; last++) {
                try (RawClient client = gateway.from("127.0.0." + last)) {
                    client.send(GET.repeat(6));
                    for (int request = 1; request <= 5; request++) {
                        assertEquals(200, client.answer().status(), "request " + request + " from client " + last);
                    }
                    assertEquals(429, client.answer().status());
                }
            }
        }
    }
}
