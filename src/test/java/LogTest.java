import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The access log of a gateway's process, read and unread. */
@Tag("process")
class LogTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LONG_PATH = "/nothing/" + "x".repeat(600);

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    /** What the metrics say of dropped lines. */
    private static double dropped(RawClient client) throws IOException {
        String name = "gateway_access_log_dropped_total ";
        return client.send(get("/metrics"))
                .answer()
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    /** One whose output nobody reads yet. */
    private static Launched gateway(Map<String, String> more) throws IOException {
        Map<String, String> settings = new HashMap<>(Map.of("GATEWAY_HEALTH_INTERVAL", "50ms"));
        settings.putAll(more);
        return Program.unreadGateway(settings);
    }

    private static List<String> lines(Launched gateway, String text) {
        return gateway.output().lines().filter(line -> line.contains(text)).toList();
    }

    /** Has so many requests for a path answered, on a few connections. */
    private void ask(int port, int requests, String path, int status) throws Exception {
        int clients = 4;
        List<Future<?>> asking = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            asking.add(threads.submit(() -> {
                try (RawClient raw = new RawClient(port)) {
                    for (int i = 0; i < requests / clients; i++) {
                        assertEquals(status, raw.send(get(path)).answer().status());
                    }
                }
                return null;
            }));
        }
        for (Future<?> one : asking) {
            one.get();
        }
    }

    @Test
    void each_request_has_its_line_when_the_output_is_read() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                Launched gateway = gateway(Map.of("GATEWAY_SERVICES", a.url())).reading()) {
            int port = gateway.port();
            ask(port, 4000, "/api/data", 200);
            ask(port, 4000, LONG_PATH, 404);
            gateway.terminate();
            assertEquals(0, gateway.exitCode(), gateway.output());
            assertEquals(
                    4000,
                    lines(gateway, "INFO access - 127.0.0.1 \"GET /api/data\" 200 15B ")
                            .size());
            assertEquals(4000, lines(gateway, "rejected, id=").size());
            String line = lines(gateway, "/api/data").get(0);
            assertTrue(
                    line.matches(
                            ".* INFO access - 127\\.0\\.0\\.1 \"GET /api/data\" 200 15B [0-9.]+ms served by 127.0.0.1-"
                                    + a.port() + ", 1 attempt, id=[0-9a-f]{32}"),
                    line);
        }
    }

    @Test
    void as_json_each_line_is_an_object() throws Exception {
        try (TestBackend evil = TestBackend.raw("HTTP/1.1\u001b[2J \"\\ 200\r\n\r\n");
                Launched gateway = gateway(Map.of(
                                "GATEWAY_ACCESS_LOG", "json",
                                "GATEWAY_RATE_LIMIT", "1/1h",
                                "GATEWAY_SERVICES", evil.url()))
                        .reading()) {
            int port = gateway.port();
            try (RawClient client = new RawClient(port)) {
                assertEquals(
                        502, client.send(get("/api/%0a%22?secret")).answer().status());
                assertEquals(429, client.send(get("/api/x")).answer().status());
            }
            try (RawClient client = new RawClient(port)) {
                assertEquals(400, client.send("nonsense\r\n\r\n").answer().status());
            }
            gateway.terminate();
            assertEquals(0, gateway.exitCode(), gateway.output());
            List<JsonNode> objects = new ArrayList<>();
            for (String line : lines(gateway, "INFO access - ")) {
                objects.add(JSON.readTree(line.substring(line.indexOf(" - ") + 3)));
            }
            assertEquals(3, objects.size(), gateway.output());
            JsonNode failed = objects.get(0);
            assertEquals("/api/%0a%22", failed.path("path").asText());
            assertEquals("failed", failed.path("outcome").asText());
            assertEquals("bad-gateway", failed.path("problem").asText());
            assertTrue(failed.path("reason").asText().contains("HTTP/1.1.[2J \"\\ 200"), failed.toString());
            assertEquals("limited", objects.get(1).path("outcome").asText());
            assertEquals("rejected", objects.get(2).path("outcome").asText());
            assertTrue(gateway.output().chars().allMatch(c -> c >= ' ' || c == '\n'), gateway.output());
        }
    }

    /**
     * What a backend answers to a health check is told in the log. Of control characters, those beyond ASCII passed:
     * U+0085, at which a terminal begins a new line, and U+009B, with which its commands begin.
     */
    @Test
    void no_backend_moves_the_cursor_of_who_reads() throws Exception {
        String utf8 = "\u00c2\u0085forged\u001b[2J\u00c2\u009b2J"; // byte by byte, as the backend sends it
        try (TestBackend evil = TestBackend.named("evil")
                        .withHealth((request, wire) ->
                                wire.send("HTTP" + utf8 + "\r\n\r\n").close());
                Launched gateway = gateway(Map.of(
                                "GATEWAY_SERVICES",
                                evil.url(),
                                "JDK_JAVA_OPTIONS",
                                "-Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8"))
                        .reading()) {
            String line = gateway.line("not a valid answer");
            assertTrue(line.endsWith("Unexpected status line: HTTP??forged?[2J??2J"), line);
        }
    }

    @Test
    void off_there_are_no_lines() throws Exception {
        try (Launched gateway = gateway(Map.of("GATEWAY_ACCESS_LOG", "off")).reading()) {
            ask(gateway.port(), 40, "/health", 200);
            gateway.terminate();
            assertEquals(0, gateway.exitCode(), gateway.output());
            assertEquals(List.of(), lines(gateway, "access"));
        }
    }

    @Test
    void while_nobody_reads_the_output_requests_are_answered_and_what_is_dropped_is_said() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                Launched gateway = gateway(Map.of("GATEWAY_SERVICES", a.url()))) {
            int port = gateway.portUnread();
            ask(port, 12_000, LONG_PATH, 404);
            // Also those who have other things to log go on: health checks, and requests that take a backend out.
            a.kill();
            AtomicInteger requests = new AtomicInteger(12_000 + 1);
            double dropped;
            try (RawClient client = new RawClient(port)) {
                Await.until("its ejection", () -> {
                    requests.incrementAndGet();
                    return client.send(get("/api/x")).answer().status() == 503;
                });
                dropped = dropped(client);
            }
            assertTrue(dropped > 0, "none was dropped");

            gateway.reading();
            gateway.line(" access log lines: stdout is read too slowly");
            gateway.line("is unhealthy: "); // by a request or by checks, whichever came first
            gateway.terminate();
            assertEquals(0, gateway.exitCode(), gateway.output());
            double known = lines(gateway, "INFO access").size() + dropped;
            assertEquals(requests.get(), known, 1.0, "all but that for the metrics, which may be one that was dropped");
        }
    }

    @Test
    void it_stops_when_asked_to_even_if_nobody_reads_its_output() throws Exception {
        try (Launched gateway = gateway(Map.of())) {
            ask(gateway.portUnread(), 400, LONG_PATH, 404); // more than a pipe holds
            gateway.terminate();
            assertTrue(gateway.handle().onExit().get(30, TimeUnit.SECONDS) != null);
        }
    }
}
