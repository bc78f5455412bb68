import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What services answered, as {@code /services} and {@code /stats} count it. */
class AnswersTest {
    private static final String NOTHING = "{\"2xx_3xx\":0,\"4xx\":0,\"5xx\":0,\"none\":0,\"abandoned\":0}";

    /** Answers with the status that the path ends with; or breaks off, or hangs up. */
    private static void asAsked(TestBackend.Received request, TestBackend.Wire wire) throws Exception {
        String what = request.target().substring(1);
        switch (what) {
            case "hang-up" -> wire.close();
            case "break-off" ->
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
                        .close();
            case "garbage" -> wire.send("SMTP ready\r\n\r\n").close();
            case "101" ->
                wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
            default -> wire.send("HTTP/1.1 " + what + " x\r\nContent-Length: 0\r\n\r\n");
        }
    }

    private static String only(TestGateway gateway, String field) throws Exception {
        return gateway.json("/services").at("/services/0/" + field).toString();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "200, 2xx_3xx",
        "204, 2xx_3xx",
        "304, 2xx_3xx",
        "404, 4xx",
        "429, 4xx",
        "500, 5xx",
        "503, 5xx",
        "799, 5xx",
        "hang-up, none",
        "break-off, none",
        "garbage, none"
    })
    void an_answer_counts_once_by_its_class(String what, String field) throws Exception {
        try (TestBackend a = TestBackend.doing(AnswersTest::asAsked);
                TestGateway gateway = TestGateway.inFrontOf(a);
                RawClient client = gateway.raw()) { // which stays: one that leaves ends the request in another way
            assertEquals(NOTHING, only(gateway, "answers"));
            client.send("POST /api/" + what + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                    .head();
            String once = NOTHING.replace("\"" + field + "\":0", "\"" + field + "\":1");
            Await.until(what + " to count", () -> only(gateway, "answers").equals(once));
            assertEquals(once, only(gateway, "last_minute"));
            JsonNode stats = gateway.json("/stats");
            assertEquals(once, stats.path("answers").toString());
            assertEquals(once, stats.path("last_minute").toString());
            assertEquals(field.equals("none") ? "1" : "0", only(gateway, "failures"));
        }
    }

    @Test
    void a_web_socket_counts_when_it_opens() throws Exception {
        try (TestBackend a = TestBackend.doing(AnswersTest::asAsked);
                TestGateway gateway = TestGateway.inFrontOf(a);
                RawClient client = gateway.raw()) {
            client.send("GET /api/101 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
            assertEquals(101, client.head().status());
            String once = NOTHING.replace("\"2xx_3xx\":0", "\"2xx_3xx\":1");
            Await.until("it to count", () -> only(gateway, "answers").equals(once));
            assertEquals("1", only(gateway, "in_flight"), "it is still open");
        }
    }

    @Test
    void each_attempt_counts_at_its_own_service() throws Exception {
        try (TestBackend a = TestBackend.hangsUp();
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf(a, b)) {
            assertEquals("b", gateway.who());
            assertEquals("b", gateway.who()); // one of the two began at a
            Await.until(
                    "both to count",
                    () -> gateway.json("/stats").at("/answers/2xx_3xx").asInt() == 2);
            JsonNode ofA = gateway.json("/services/127.0.0.1-" + a.port()).path("answers");
            JsonNode ofB = gateway.json("/services/127.0.0.1-" + b.port()).path("answers");
            assertTrue(ofA.path("none").asInt() >= 1, ofA.toString());
            assertEquals(0, ofA.path("2xx_3xx").asInt());
            assertEquals(NOTHING.replace("\"2xx_3xx\":0", "\"2xx_3xx\":2"), ofB.toString());
            assertEquals(ofA.path("none"), gateway.json("/stats").at("/answers/none"));
        }
    }

    @Test
    void a_client_that_leaves_before_an_answer_is_no_error_of_the_service() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        try (TestBackend a = TestBackend.heldBy(latch);
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            try (RawClient client = gateway.raw().send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n")) {
                a.next();
                assertEquals(NOTHING, only(gateway, "answers"), "it is under way");
                client.reset();
            }
            String once = NOTHING.replace("\"abandoned\":0", "\"abandoned\":1");
            Await.until("it to count", () -> only(gateway, "answers").equals(once));
            assertEquals("0", only(gateway, "failures"));
        } finally {
            latch.countDown();
        }
    }

    @Test
    void an_answer_whose_client_leaves_in_the_middle_counts_as_what_it_was() throws Exception {
        CountDownLatch freed = new CountDownLatch(1);
        TestBackend.Script endless =
                (request, wire) -> wire.send("HTTP/1.1 503 x\r\n\r\n").sendUntilFreed(freed);
        try (TestBackend a = TestBackend.doing(endless);
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            try (RawClient client = gateway.raw().send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n")) {
                assertEquals(503, client.head().status());
                client.reset();
            }
            String once = NOTHING.replace("\"5xx\":0", "\"5xx\":1");
            Await.until("it to count", () -> only(gateway, "answers").equals(once));
        }
    }

    /** The service most likely never read the request, which goes out again on a new connection. */
    @Test
    void a_kept_connection_that_was_closed_is_no_error_of_the_service() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        TestBackend.Script closesSecond = (request, wire) -> {
            if (requests.incrementAndGet() == 2) {
                wire.close();
            } else {
                wire.ok("{}");
            }
        };
        try (TestBackend a = TestBackend.doing(closesSecond);
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            assertEquals(200, gateway.get("/api/x").statusCode());
            assertEquals(200, gateway.get("/api/x").statusCode());
            String all =
                    NOTHING.replace("\"2xx_3xx\":0", "\"2xx_3xx\":2").replace("\"abandoned\":0", "\"abandoned\":1");
            Await.until("all to count", () -> only(gateway, "answers").equals(all));
            assertEquals("3", only(gateway, "requests"));
            assertEquals("0", only(gateway, "failures"));
        }
    }

    /** Retries, stale connections and answers that break off included. */
    @Test
    void in_the_end_every_request_that_was_sent_has_counted_once() throws Exception {
        List<String> paths = List.of("200", "404", "hang-up", "500", "break-off", "304", "garbage");
        try (TestBackend a = TestBackend.doing(AnswersTest::asAsked);
                TestBackend b = TestBackend.doing(AnswersTest::asAsked);
                TestGateway gateway = TestGateway.inFrontOf(a, b)) {
            List<Thread> clients = IntStream.range(0, 8)
                    .mapToObj(client -> new Thread(() -> {
                        for (int i = 0; i < 42; i++) {
                            String path = paths.get((client + i) % paths.size());
                            try (RawClient raw = gateway.raw()) {
                                raw.send("GET /api/" + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
                                        .head();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        }
                    }))
                    .toList();
            clients.forEach(Thread::start);
            for (Thread client : clients) {
                client.join();
            }
            Await.until(
                    "the end of all",
                    () -> gateway.json("/services").findValues("in_flight").stream()
                            .allMatch(inFlight -> inFlight.asInt() == 0));
            int sent = 0;
            int counted = 0;
            for (JsonNode service : gateway.json("/services").path("services")) {
                sent += service.path("requests").asInt();
                counted += sum(service.path("answers"));
            }
            assertTrue(sent >= 8 * 42 / 2, sent + " were sent, unless no service was available");
            assertEquals(sent, counted);
            assertEquals(sent, sum(gateway.json("/stats").path("answers")));
        }
    }

    private static int sum(JsonNode answers) {
        int sum = 0;
        for (JsonNode count : answers) {
            sum += count.asInt();
        }
        return sum;
    }

    @Test
    void a_service_that_answers_far_more_errors_than_the_others_says_so() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b =
                        TestBackend.doing((request, wire) -> wire.send("HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n"));
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_SERVICES", ""))) {
            for (String service : new String[] {"a " + a.url(), "b " + b.url()}) {
                String[] words = service.split(" ");
                gateway.post("/services", "{\"name\":\"" + words[0] + "\",\"url\":\"" + words[1] + "\"}");
            }
            for (int i = 0; i < 40; i++) {
                gateway.get("/api/x");
            }
            Await.until(
                    "the end of a step",
                    () -> gateway.json("/services/b").path("far_more_errors").asBoolean());
            assertFalse(gateway.json("/services/a").has("far_more_errors"));
            assertEquals("healthy", gateway.json("/services/b").path("status").asText());
            assertTrue(
                    gateway.json("/services").at("/services/1/far_more_errors").asBoolean());
            JsonNode marked = gateway.json("/events?kind=marked").path("events");
            assertEquals(1, marked.size());
            assertEquals("b", marked.at("/0/service").asText());
            assertTrue(
                    marked.at("/0/reason").asText().startsWith("answers far more errors than the others: 20 of 20 "),
                    marked.toString());
        }
    }

    @Test
    void the_details_of_a_service_have_its_bytes_its_peak_and_its_latest_checks() throws Exception {
        TestBackend.Script asLongAsAsked = (request, wire) -> wire.ok("x".repeat(1000 + request.body().length));
        try (TestBackend a = TestBackend.doing(asLongAsAsked);
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HEALTH_INTERVAL", "50ms"), a)) {
            String details = "/services/127.0.0.1-" + a.port();
            gateway.get("/api/x");
            Await.until(
                    "the first to have ended",
                    () -> gateway.json(details).path("in_flight").asInt() == 0);
            gateway.post("/api/x", "{\"of\":\"1234\"}");
            Await.until(
                    "both to be counted",
                    () -> gateway.json(details).path("bytes_out").asInt() == 1000 + 1013);
            assertEquals(13, gateway.json(details).path("bytes_in").asInt());
            assertEquals(1, gateway.json(details).path("peak_in_flight").asInt());
            a.withHealth((request, wire) -> wire.send("HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n"));
            Await.until(
                    "a bad check",
                    () -> !gateway.json(details).at("/checks/0/good").asBoolean());
            JsonNode checks = gateway.json(details).path("checks");
            assertTrue(checks.get(0).path("error").asText().contains("503"), checks.toString());
            assertTrue(checks.get(checks.size() - 1).path("good").asBoolean() || checks.size() == 20, "oldest last");
            assertFalse(gateway.json("/services").at("/services/0").has("checks"), "a list stays short");
        }
    }

    @Test
    void a_problem_of_the_gateways_own_has_no_bytes_of_the_service() throws Exception {
        try (TestBackend a = TestBackend.hangsUp();
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            String details = "/services/127.0.0.1-" + a.port();
            assertEquals(502, gateway.post("/api/x", "{}").statusCode());
            Await.until(
                    "it to be counted",
                    () -> gateway.json(details).path("bytes_in").asInt() == 2);
            assertEquals(0, gateway.json(details).path("bytes_out").asInt());
        }
    }
}
