package gateway.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.http.ProxyError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String IDS = ", id=44ae81ac0b376e33e5198fb5e8349844, trace=" + TRACE;
    private static final Problem BAD_GATEWAY =
            ProblemType.BAD_GATEWAY.problem("The service b gave no answer: reset the connection");

    static Stream<Arguments> traces() {
        return Stream.of(
                Arguments.of(
                        TestTrace.get().servedBy("service-a").ended(200),
                        "127.0.0.1 \"GET /api/data\" 200 210B 3.2ms served by service-a, 1 attempt" + IDS),
                Arguments.of(
                        TestTrace.get()
                                .failedAt("a", "connection refused", ProxyError.CONNECTION_REFUSED)
                                .servedBy("b")
                                .ended(200),
                        "127.0.0.1 \"GET /api/data\" 200 210B 3.2ms served by b, 2 attempts (a: connection refused)"
                                + IDS),
                Arguments.of(
                        TestTrace.onRoute("shop").servedBy("orders").ended(200),
                        "127.0.0.1 \"GET /shop/data\" 200 210B 3.2ms served by orders, 1 attempt, route=shop" + IDS),
                Arguments.of(
                        TestTrace.get().limited().ended(429),
                        "127.0.0.1 \"GET /api/data\" 429 210B 3.2ms limited" + IDS
                                + "; rate-limited: More than 5 req/min"),
                Arguments.of(
                        TestTrace.get()
                                .failedAt("a", "connection refused", ProxyError.CONNECTION_REFUSED)
                                .failedAt("b", "reset the connection", ProxyError.CONNECTION_TERMINATED)
                                .answeredBy(BAD_GATEWAY)
                                .ended(502, 0, Duration.ofSeconds(12)),
                        "127.0.0.1 \"GET /api/data\" 502 0B 12000.0ms failed at b, 2 attempts (a: connection refused)"
                                + IDS + "; bad-gateway: The service b gave no answer: reset the connection"),
                Arguments.of(
                        TestTrace.get()
                                .failedAt("a", "the client left", null)
                                .clientGone()
                                .ended(0, 0, Duration.ofNanos(49_999)),
                        "127.0.0.1 \"GET /api/data\" - 0B 0.0ms abandoned at a, 1 attempt (a: the client left)" + IDS),
                Arguments.of(
                        TestTrace.get().clientGone().ended(0, 0, Duration.ofNanos(50_000)),
                        "127.0.0.1 \"GET /api/data\" - 0B 0.1ms abandoned" + IDS),
                Arguments.of(
                        TestTrace.of("GET", "/health", TRACE).ended(200),
                        "127.0.0.1 \"GET /health\" 200 210B 3.2ms served by the gateway, id=" + TRACE),
                Arguments.of(
                        TestTrace.of(null, "null", null, null, false).ended(400),
                        "127.0.0.1 \"- null\" 400 210B 3.2ms rejected"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("traces")
    void a_line_tells_what_became_of_a_request(Trace trace, String line) {
        assertEquals(line, new TextLine().apply(trace));
    }

    @Test
    void as_json_it_is_an_object_without_what_there_is_nothing_to_say_of() throws Exception {
        assertEquals(
                "{\"time\":\"2026-11-24T14:00:00.123Z\",\"client\":\"127.0.0.1\",\"method\":\"GET\",\"path\":\"/api/data\","
                        + "\"route\":\"default\",\"status\":200,\"bytes\":210,\"duration_ms\":3.21,\"outcome\":\"served\","
                        + "\"backend\":\"service-a\",\"attempts\":1,"
                        + "\"request_id\":\"44ae81ac0b376e33e5198fb5e8349844\",\"trace_id\":\"" + TRACE + "\"}",
                new JsonLine().apply(TestTrace.get().servedBy("service-a").ended(200)));
        JsonNode failed = JSON.readTree(new JsonLine()
                .apply(TestTrace.get()
                        .failedAt("a", "connection refused", ProxyError.CONNECTION_REFUSED)
                        .failedAt("b", "reset the connection", ProxyError.CONNECTION_TERMINATED)
                        .answeredBy(BAD_GATEWAY)
                        .ended(502)));
        assertEquals(
                "[\"a: connection refused\",\"b: reset the connection\"]",
                failed.path("failures").toString());
        assertEquals("bad-gateway", failed.path("problem").asText());
        assertEquals(BAD_GATEWAY.detail(), failed.path("reason").asText());
        JsonNode refused = JSON.readTree(
                new JsonLine().apply(TestTrace.of(null, "*", null, null, false).ended(400)));
        assertFalse(refused.has("route"), "for the gateway itself: " + refused);
        assertFalse(refused.has("request_id") || refused.has("method") || refused.has("backend"), refused.toString());
        assertEquals("rejected", refused.path("outcome").asText());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\r", "\n", "\u001b[2J", "\u2028", "\u0085", "\u0000", "\u007f", "\"", "\\", "\ud800", "grün"})
    void nothing_from_outside_ends_a_line_or_a_quotation(String evil) throws Exception {
        Trace trace = TestTrace.of("G" + evil + "T", "/x" + evil + "y", "i" + evil + "d")
                .failedAt("service" + evil, "not a valid answer: " + evil, ProxyError.HTTP_PROTOCOL_ERROR)
                .failedAt("service" + evil, "not a valid answer: " + evil, ProxyError.HTTP_PROTOCOL_ERROR)
                .answeredBy(ProblemType.BAD_GATEWAY.problem("not a valid answer: " + evil))
                .ended(502);
        String text = new TextLine().apply(trace);
        assertTrue(text.chars().allMatch(c -> c >= ' ' && c <= '~'), text);
        assertEquals(
                2, text.replaceAll("\\\\.", "").chars().filter(c -> c == '"').count(), text);

        String json = new JsonLine().apply(trace);
        assertTrue(json.chars().allMatch(c -> c >= ' ' && c <= '\u007f'), json);
        JsonNode read = JSON.readTree(json);
        assertEquals("G" + evil + "T", read.path("method").asText());
        assertEquals("/x" + evil + "y", read.path("path").asText());
        assertEquals("i" + evil + "d", read.path("request_id").asText());
        assertEquals("not a valid answer: " + evil, read.path("reason").asText());
        assertEquals(
                "service" + evil + ": not a valid answer: " + evil,
                read.path("failures").path(0).asText());
    }

    @Test
    void a_line_has_an_end() {
        String much = "x".repeat(100_000);
        Trace trace = TestTrace.of(much, much, much)
                .failedAt(much, much, ProxyError.HTTP_PROTOCOL_ERROR)
                .answeredBy(ProblemType.BAD_GATEWAY.problem(much))
                .ended(502);
        assertTrue(new TextLine().apply(trace).length() < 4000);
        assertTrue(new JsonLine().apply(trace).length() < 4000);
    }

    @Test
    void all_requests_are_written_in_order_but_those_that_are_routine() {
        List<String> lines = new ArrayList<>();
        AccessLog log = new AccessLog(Trace::path, lines::add);
        log.start();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            log.accept(TestTrace.of("GET", "/" + i, "id").ended(200));
            log.accept(TestTrace.of("GET", "/renewal", "id").routine().ended(200));
            expected.add("/" + i);
        }
        log.close();
        assertEquals(expected, lines);
        assertEquals(0, log.dropped());
    }

    @Test
    void while_the_reader_is_stalled_nobody_waits_and_what_is_dropped_is_counted() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch stalled = new CountDownLatch(1);
        List<String> lines = new ArrayList<>();
        AccessLog log = new AccessLog(Trace::path, line -> {
            reached.countDown();
            try {
                stalled.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            lines.add(line);
        });
        log.start();
        log.accept(TestTrace.get().ended(200));
        reached.await();
        for (int i = 0; i < 20_000; i++) {
            log.accept(TestTrace.get().ended(200));
        }
        assertTrue(log.dropped() >= 20_000 - 8192, log.dropped() + " dropped");
        stalled.countDown();
        log.close();
        assertEquals(20_001, lines.size() + log.dropped());
    }
}
