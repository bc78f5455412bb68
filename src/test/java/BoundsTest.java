import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one request may be, and how slow: too much or too slow is answered, and leaves nothing behind. */
class BoundsTest {
    private static final String TYPE = "urn:api-gateway:problem:";
    private static final String HEAD = "POST /api/x HTTP/1.1\r\nHost: x\r\n";

    private static String type(Answer answer) throws IOException {
        return TestGateway.json(answer).path("type").asText();
    }

    private static void assertProblem(int status, String slug, Answer answer) throws IOException {
        assertEquals(status, answer.status(), answer.head());
        assertEquals(TYPE + slug, type(answer));
        assertEquals(List.of("application/problem+json"), answer.header("Content-Type"));
    }

    /** That nothing of it is left, and others are served. */
    private static void assertNothingLeft(TestGateway gateway) throws Exception {
        Await.until(
                "nothing in flight",
                () -> gateway.json("/services").at("/services/0/in_flight").asInt() == 0);
        assertEquals(200, gateway.get("/api/after").statusCode());
    }

    private static void assertCounted(TestGateway gateway, String line) throws Exception {
        Await.until(line, () -> gateway.get("/metrics").body().contains(line));
    }

    @Test
    void a_body_that_is_announced_as_too_large_is_refused_before_it_is_sent() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_BODY", "10"), backend);
                RawClient client = gateway.raw()) {
            Answer answer = client.send(HEAD + "Expect: 100-continue\r\nContent-Length: 11\r\n\r\n")
                    .answer();
            assertProblem(413, "content-too-large", answer);
            assertEquals("", client.rest());
            assertEquals(0, backend.waiting());
            assertCounted(gateway, "gateway_problems_total{type=\"content-too-large\"} 1.0");
        }
    }

    @Test
    void a_body_of_just_the_size_passes_either_way() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_BODY", "10"), backend)) {
            assertEquals(
                    200,
                    gateway.raw(HEAD + "Content-Length: 10\r\n\r\n0123456789").status());
            assertEquals("0123456789", backend.next().text());
            String chunks = "4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n";
            assertEquals(
                    200,
                    gateway.raw(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks)
                            .status());
            assertEquals("0123456789", backend.next().text());
        }
    }

    @Test
    void a_body_that_turns_out_too_large_is_refused_and_never_looks_whole_to_the_backend() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_BODY", "10"), backend);
                RawClient client = gateway.raw()) {
            client.send(HEAD + "Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n");
            Answer answer = client.send("1\r\nx\r\n0\r\n\r\n").answer();
            assertProblem(413, "content-too-large", answer);
            assertEquals(List.of("close"), answer.header("Connection"));
            assertNothingLeft(gateway);
            assertEquals("GET", backend.next().method(), "the other one never was a whole request");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"in chunks, Transfer-Encoding: chunked", "that it announced, Content-Length: 100000000"})
    void who_sends_on_and_on_still_reads_why_it_was_refused(String what, String header) throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_BODY", "1MB"), backend);
                RawClient client = gateway.raw()) {
            client.send(HEAD + header + "\r\n\r\n");
            String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
            for (int i = 0; i < 64; i++) { // 4 MB, whatever is said meanwhile
                client.send(chunk);
            }
            assertProblem(413, "content-too-large", client.answer());
            assertNothingLeft(gateway);
        }
    }

    @ParameterizedTest(name = "{0} -> {3}")
    @CsvSource({
        "a long path, 1000, 10, 414, uri-too-long",
        "a path beyond the whole header, 5000, 10, 414, uri-too-long",
        "a long header, 10, 5000, 431, header-too-large",
        "neither, 400, 400, 200,",
    })
    void what_is_longer_than_it_may_be_is_said(String what, int path, int field, int status, String slug)
            throws Exception {
        Map<String, String> settings = Map.of("GATEWAY_MAX_URI", "500", "GATEWAY_MAX_HEADER", "4KB");
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(settings, backend)) {
            String target = "/api/" + "x".repeat(path / 2) + "?" + "y".repeat(path / 2);
            Answer answer =
                    gateway.raw("GET " + target + " HTTP/1.1\r\nHost: x\r\nX: " + "z".repeat(field) + "\r\n\r\n");
            assertEquals(status, answer.status());
            if (slug != null) {
                assertProblem(status, slug, answer);
                assertCounted(gateway, "gateway_problems_total{type=\"" + slug + "\"} 1.0");
                assertEquals(0, backend.waiting());
            }
        }
    }

    /** Whether there is an answer, or else after one more drop; who sends on may meet a reset, and can read it still. */
    private static boolean isAnswered(RawClient client, String drop) throws IOException {
        if (client.isReadable()) {
            return true;
        }
        try {
            client.send(drop);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"the first, ''", "a later one, 'GET /health HTTP/1.1~Host: x~~'"})
    void a_header_that_drips_is_ended_however_steadily(String which, String before) throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HEADER_TIMEOUT", "300ms"));
                RawClient client = gateway.raw()) {
            if (!before.isEmpty()) {
                assertEquals(
                        200, client.send(before.replace("~", "\r\n")).answer().status());
            }
            client.send("GET / HTTP/1.1\r\nX: ");
            Await.until("an answer", () -> isAnswered(client, "x"));
            assertProblem(408, "request-timeout", client.answer());
            assertCounted(gateway, "gateway_problems_total{type=\"request-timeout\"} 1.0");
        }
    }

    @Test
    void a_connection_that_says_nothing_at_all_is_closed_without_a_word() throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HEADER_TIMEOUT", "100ms"));
                RawClient client = gateway.raw()) {
            assertEquals("", client.rest());
            assertCounted(
                    gateway, "gateway_connections_refused_total{reason=\"silent-connection\"} "); // or more: a slow
            // machine's own question may have been silent, too
        }
    }

    @Test
    void a_connection_without_requests_is_closed_after_its_time() throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_IDLE_TIMEOUT", "100ms"));
                RawClient client = gateway.raw()) {
            assertEquals(
                    200,
                    client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
                            .answer()
                            .status());
            assertEquals("", client.rest());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "that stops, '', ''",
        "of which a byte comes now and then, '', 1~x~",
        "whose chunk has an extension that drips, 5;, x",
        "whose trailer drips, 0~X: , x",
    })
    void a_body_that_stalls_is_ended(String which, String begin, String drop) throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_BODY_TIMEOUT", "200ms"), backend);
                RawClient client = gateway.raw()) {
            client.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + begin.replace("~", "\r\n"));
            Await.until("an answer", () -> isAnswered(client, drop.replace("~", "\r\n")));
            assertProblem(408, "request-timeout", client.answer());
            assertNothingLeft(gateway);
        }
    }

    /** The gateway reads on for a moment after its 413, so that this isn't lost in a reset; but not for as long as it likes. */
    @Test
    void who_goes_on_after_a_413_is_let_go_however_little_comes() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_BODY", "10B"), backend);
                RawClient client = gateway.raw()) {
            client.send(HEAD + "Transfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n5;");
            assertProblem(413, "content-too-large", client.answer());
            Await.until("the end", () -> {
                try {
                    client.send("x"); // no body, but the length of its next chunk
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
            assertNothingLeft(gateway);
        }
    }

    @Test
    void a_body_that_is_slow_because_the_backend_is_has_not_stalled() throws Exception {
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    LockSupport.parkNanos(600_000_000); // three timeouts, of the body's and of the connection's
                    wire.ok(request.text().length() + "");
                });
                TestGateway gateway = TestGateway.with(
                        Map.of("GATEWAY_BODY_TIMEOUT", "200ms", "GATEWAY_IDLE_TIMEOUT", "200ms"), backend);
                RawClient client = gateway.raw()) {
            client.send(HEAD + "Content-Length: 5\r\n\r\n");
            assertEquals("5", client.send("hello").answer().body());
        }
    }

    @Test
    void who_does_not_read_its_answer_is_let_go_and_so_is_the_backend() throws Exception {
        CountDownLatch freed = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    if (request.target().equals("/after")) {
                        wire.ok("fine");
                        return;
                    }
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                    wire.sendUntilFreed(freed);
                });
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_IDLE_TIMEOUT", "300ms"), backend);
                RawClient client = gateway.raw()) {
            client.send("GET /api/large HTTP/1.1\r\nHost: x\r\n\r\n").head();
            assertTrue(freed.await(30, TimeUnit.SECONDS));
            assertNothingLeft(gateway);
            assertThrows(IOException.class, () -> client.bytes(1_000_000_000), "nor did it get the whole");
        }
    }
}
