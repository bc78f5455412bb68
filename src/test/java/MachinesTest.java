import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What Prometheus is told of a gateway. */
class MachinesTest {
    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
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
            String backend = "{backend=\"127.0.0.1-" + bad.port() + "\",url=\"" + bad.url() + "\"}";
            String none = backend.replace(",url", ",status_class=\"none\",url");
            assertEquals(1, value(text, "gateway_backend_requests_total" + none));
            assertEquals(0, value(text, "gateway_backend_requests_total" + none.replace("none", "2xx")));
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

    /** The first who asked made Micrometer write two warnings to the log, of filters that came too late. */
    @Tag("process")
    @Test
    void asking_leaves_no_warning_in_the_log() throws Exception {
        try (Launched gateway = Program.gateway(Map.of())) {
            try (RawClient client = new RawClient(gateway.port())) {
                assertEquals(200, client.send(get("/metrics")).answer().status());
            }
            gateway.terminate();
            assertEquals(0, gateway.exitCode(), gateway.output());
            List<String> warnings = gateway.output()
                    .lines()
                    .filter(line -> line.contains(" WARN ") && !line.contains("this process stood still")) // it's busy
                    .toList();
            assertEquals(List.of(), warnings);
        }
    }

    @Tag("process")
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
            for (String path : List.of("/shop", "/cart")) { // a service in two routes, and in the default one
                String route = "{\"match\":{\"path\":\"" + path + "\"},\"services\":[\"" + good.url() + "\"]}";
                assertEquals(
                        201,
                        gateway.send(gateway.request("/routes" + path)
                                        .header("Content-Type", "application/json")
                                        .PUT(BodyPublishers.ofString(route)))
                                .statusCode());
            }
            Files.writeString(file, gateway.get("/metrics").body());
        }
        try (Launched promtool = Launched.start(Map.of(), "sh", "-c", "promtool check metrics < " + file)) {
            assertEquals(0, promtool.exitCode(), promtool.output());
            assertEquals("", promtool.output());
        }
    }
}
