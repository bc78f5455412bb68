import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.RawClient;
import gateway.TestBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What machines are told: metrics, and the access log of real processes. */
class MachinesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CLASSES = Path.of("target/classes").toAbsolutePath() + ":"
            + Path.of("target/lib").toAbsolutePath() + "/*";
    private static final String LONG_PATH = "/nothing/" + "x".repeat(600);

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    private static List<String> metrics(String text, String name) {
        return text.lines().filter(line -> line.startsWith(name)).toList();
    }

    private static double value(String text, String start) {
        List<String> found = metrics(text, start);
        assertEquals(1, found.size(), start + " in " + text);
        return Double.parseDouble(found.get(0).substring(found.get(0).lastIndexOf(' ')));
    }

    /** A gateway that has served, limited, rejected and retried, and whose only backend then fails. */
    private static TestGateway busy(TestBackend good, TestBackend bad) throws Exception {
        TestGateway gateway =
                TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "6/1h", "GATEWAY_HEALTH_INTERVAL", "1h"), good, bad);
        bad.kill();
        for (int i = 0; i < 7; i++) { // each second one's first attempt is refused, until that backend is out
            gateway.get("/api/x");
        }
        try (RawClient other = gateway.from("127.0.0.2")) {
            assertEquals(400, other.send(get("/api/../x")).answer().status());
            assertEquals(
                    200,
                    other.send(get("/api/x").replace("GET", "BREW")).answer().status());
        }
        good.kill();
        try (RawClient other = gateway.from("127.0.0.3")) {
            assertEquals(502, other.send(get("/api/x")).answer().status());
            assertEquals(503, other.send(get("/api/x")).answer().status());
        }
        return gateway;
    }

    @Test
    void what_became_of_requests_is_counted() throws Exception {
        try (TestBackend good = TestBackend.named("a");
                TestBackend bad = TestBackend.named("b");
                TestGateway gateway = busy(good, bad)) {
            String text = gateway.get("/metrics").body();
            List<String> requests = metrics(text, "gateway_requests_total").stream()
                    .map(line -> line.substring("gateway_requests_total".length()))
                    .sorted()
                    .toList();
            assertEquals(
                    List.of(
                            "{method=\"GET\",outcome=\"failed\",status_class=\"5xx\"} 2.0",
                            "{method=\"GET\",outcome=\"limited\",status_class=\"4xx\"} 1.0",
                            "{method=\"GET\",outcome=\"rejected\",status_class=\"4xx\"} 1.0",
                            "{method=\"GET\",outcome=\"served\",status_class=\"2xx\"} 6.0",
                            "{method=\"other\",outcome=\"served\",status_class=\"2xx\"} 1.0"),
                    requests);
            assertEquals(6 + 1, value(text, "gateway_request_duration_seconds_count{outcome=\"served\"}"));
            assertEquals(1, value(text, "gateway_retries_total{reason=\"connection_refused\"}"));
            assertEquals(1, value(text, "gateway_rate_limit_decisions_total{decision=\"refused\"}"));
            assertEquals(9, value(text, "gateway_rate_limit_decisions_total{decision=\"allowed\"}"));
            assertEquals(3, value(text, "gateway_rate_limit_clients"));
            String backend = "{backend=\"127.0.0.1-" + bad.port() + "\"}";
            assertEquals(1, value(text, "gateway_backend_requests_total" + backend));
            assertEquals(1, value(text, "gateway_backend_failures_total" + backend));
            assertEquals(1, value(text, "gateway_backend_ejections_total" + backend));
            assertEquals(0, value(text, "gateway_backend_up" + backend));
            assertEquals(0, value(text, "gateway_backend_in_flight" + backend));
            assertTrue(value(text, "gateway_backend_check_duration_seconds_count" + backend) >= 1);
        }
    }

    @Test
    void looking_at_the_metrics_is_no_request_to_a_service_and_takes_nothing() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "1/1h"), a)) {
            for (int i = 0; i < 3; i++) {
                assertEquals(List.of(), metrics(gateway.get("/metrics").body(), "gateway_requests_total"));
            }
            var head = gateway.raw(
                    get("/metrics").replace("GET", "HEAD").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
            assertEquals(200, head.status());
            assertEquals("", head.body());
            assertEquals(List.of("text/plain; version=0.0.4; charset=utf-8"), head.header("Content-Type"));
            assertEquals(200, gateway.get("/api/x").statusCode());
        }
    }

    @Test
    void promtool_has_no_complaint() throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "promtool"))),
                "promtool isn't there to check the metrics with; Debian's package prometheus has it");
        Path file = Path.of("target", "metrics.txt");
        try (TestBackend good = TestBackend.named("a");
                TestBackend bad = TestBackend.named("b");
                TestGateway gateway = busy(good, bad)) {
            Files.writeString(file, gateway.get("/metrics").body());
        }
        try (Launched promtool = Launched.start(Map.of(), "sh", "-c", "promtool check metrics < " + file)) {
            assertEquals(0, promtool.exitCode(), promtool.output());
            assertEquals("", promtool.output());
        }
    }

    // --- the access log of a process -------------------------------------------------------------------------------

    private static Launched gateway(int port, Map<String, String> more) throws IOException {
        Map<String, String> environment = new HashMap<>(Map.of(
                "CLASSPATH", CLASSES,
                "GATEWAY_HOST", "127.0.0.1",
                "GATEWAY_PORT", "" + port,
                "GATEWAY_RATE_LIMIT", "off",
                "GATEWAY_HEALTH_INTERVAL", "50ms"));
        environment.putAll(more);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return Launched.unread(Path.of("."), environment, java, "GatewayApp");
    }

    /**
     * Waits until it listens, which its output can't say when nobody reads that. Not at a port that the system gives
     * out: trying one of these again and again, a client is given it as its own and connects to itself.
     */
    private static RawClient connected(int port, Launched gateway) throws Exception {
        for (int tries = 0; gateway.handle().isAlive() && tries < 6000; tries++) {
            try {
                return new RawClient(port);
            } catch (IOException e) {
                java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
            }
        }
        throw new AssertionError("it doesn't listen:\n" + gateway.output());
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
        int port = Launched.freePorts(1);
        try (TestBackend a = TestBackend.named("a");
                Launched gateway =
                        gateway(port, Map.of("GATEWAY_SERVICES", a.url())).reading()) {
            connected(port, gateway).close();
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
        int port = Launched.freePorts(1);
        try (TestBackend evil = TestBackend.raw("HTTP/1.1\u001b[2J \"\\ 200\r\n\r\n");
                Launched gateway = gateway(
                                port,
                                Map.of(
                                        "GATEWAY_ACCESS_LOG", "json",
                                        "GATEWAY_RATE_LIMIT", "1/1h",
                                        "GATEWAY_SERVICES", evil.url()))
                        .reading()) {
            try (RawClient client = connected(port, gateway)) {
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
            assertTrue(failed.path("reason").asText().contains("\u001b[2J"), failed.toString());
            assertEquals("limited", objects.get(1).path("outcome").asText());
            assertEquals("rejected", objects.get(2).path("outcome").asText());
            assertTrue(gateway.output().chars().allMatch(c -> c >= ' ' || c == '\n'), gateway.output());
        }
    }

    @Test
    void off_there_are_no_lines() throws Exception {
        int port = Launched.freePorts(1);
        try (Launched gateway =
                gateway(port, Map.of("GATEWAY_ACCESS_LOG", "off")).reading()) {
            connected(port, gateway).close();
            ask(port, 40, "/health", 200);
            gateway.terminate();
            assertEquals(0, gateway.exitCode(), gateway.output());
            assertEquals(List.of(), lines(gateway, "access"));
        }
    }

    @Test
    void while_nobody_reads_the_output_requests_are_answered_and_what_is_dropped_is_said() throws Exception {
        int port = Launched.freePorts(1);
        try (TestBackend a = TestBackend.named("a");
                Launched gateway = gateway(port, Map.of("GATEWAY_SERVICES", a.url()));
                RawClient client = connected(port, gateway)) {
            ask(port, 12_000, LONG_PATH, 404);
            // Also those who have other things to log go on: health checks, and requests that take a backend out.
            a.kill();
            TestGateway.await(
                    "its ejection", () -> client.send(get("/api/x")).answer().status() == 503);
            String metrics = client.send(get("/metrics")).answer().body();
            double dropped = value(metrics, "gateway_access_log_dropped_total");
            assertTrue(dropped > 0, "none was dropped");

            gateway.reading();
            gateway.line("access log lines were dropped");
            gateway.line("is unhealthy: connection refused");
            gateway.terminate();
            assertEquals(0, gateway.exitCode(), gateway.output());
            assertEquals(12_000, lines(gateway, "rejected, id=").size() + dropped, 2.0);
        }
    }

    @Test
    void it_stops_when_asked_to_even_if_nobody_reads_its_output() throws Exception {
        int port = Launched.freePorts(1);
        try (Launched gateway = gateway(port, Map.of())) {
            connected(port, gateway).close();
            ask(port, 400, LONG_PATH, 404); // more than a pipe holds
            gateway.terminate();
            assertTrue(gateway.handle().onExit().get(30, java.util.concurrent.TimeUnit.SECONDS) != null);
        }
    }
}
