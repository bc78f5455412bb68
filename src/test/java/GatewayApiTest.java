import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gateway.lifecycle.Drain;
import gateway.settings.Settings;
import gateway.testing.Await;
import gateway.testing.FakeTime;
import gateway.testing.TestBackend;
import gateway.util.Release;
import gateway.util.Time;
import io.javalin.testtools.JavalinTest;
import io.javalin.testtools.TestConfig;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the gateway says about itself. */
class GatewayApiTest {
    private static List<String> fields(JsonNode node) {
        return StreamSupport.stream(((Iterable<String>) node::fieldNames).spliterator(), false)
                .toList();
    }

    @Test
    void the_overview_is_the_demos_plus_links() {
        Settings settings = Settings.from(Map.of());
        JavalinTest.test(
                GatewayApp.create(settings, new Drain(), Time.system()), new TestConfig(false), (app, client) -> {
                    JsonNode overview =
                            new ObjectMapper().readTree(client.get("/").body().string());
                    assertEquals(
                            List.of(
                                    "service",
                                    "version",
                                    "status",
                                    "features",
                                    "backend_services",
                                    "timestamp",
                                    "links"),
                            fields(overview));
                    assertEquals("API Gateway", overview.path("service").asText());
                    assertEquals("running", overview.path("status").asText());
                    assertEquals(
                            "[\"Load Balancing (Round Robin)\",\"Rate Limiting (5 req/min per IP)\","
                                    + "\"Health Checks\",\"Request Forwarding\"]",
                            overview.path("features").toString());
                    assertEquals(0, overview.path("backend_services").asInt());
                    Instant.parse(overview.path("timestamp").asText());
                });
    }

    @Test
    void the_version_is_the_poms() throws Exception {
        String pom = Files.readString(Path.of("pom.xml"));
        assertTrue(pom.contains("<version>" + Release.VERSION + "</version>"));
    }

    @Test
    void health_counts_the_healthy_and_is_degraded_without_any() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend ill = TestBackend.named("b")
                        .withHealth((request, wire) -> wire.send("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"));
                TestGateway gateway = TestGateway.inFrontOf(a, ill);
                TestGateway lonely = TestGateway.inFrontOf(ill)) {
            HttpResponse<String> response = gateway.get("/health");
            JsonNode health = TestGateway.json(response);
            assertEquals(200, response.statusCode());
            assertEquals("healthy", health.path("status").asText());
            assertEquals(2, health.at("/backend_services/total_services").asInt());
            assertEquals(1, health.at("/backend_services/healthy_services").asInt());
            assertEquals(List.of("name", "url", "status"), fields(health.at("/backend_services/services/0")));

            response = lonely.get("/health");
            assertEquals(200, response.statusCode());
            assertEquals("degraded", TestGateway.json(response).path("status").asText());
        }
    }

    @Test
    void services_tell_all_that_is_known_of_each() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            gateway.get("/api/x");
            Await.until(
                    "it to count",
                    () -> gateway.json("/stats").at("/answers/2xx_3xx").asInt() == 1);
            JsonNode list = gateway.json("/services");
            assertEquals("Round Robin", list.path("load_balancing").asText());
            assertEquals("off", list.path("rate_limiting").asText());
            JsonNode service = list.path("services").path(0);
            assertEquals(
                    List.of(
                            "name",
                            "instance",
                            "url",
                            "status",
                            "since",
                            "reason",
                            "last_check",
                            "requests",
                            "failures",
                            "in_flight",
                            "answers",
                            "last_minute"),
                    fields(service));
            assertEquals("healthy", service.path("status").asText());
            assertEquals(1, service.path("requests").asInt());
            assertEquals(0, service.path("in_flight").asInt());
            assertTrue(service.at("/last_check/good").asBoolean());
            assertEquals(1, service.at("/answers/2xx_3xx").asInt());
            JsonNode details = gateway.json("/services/127.0.0.1-" + a.port());
            assertEquals(
                    List.of("peak_in_flight", "bytes_in", "bytes_out", "checks"),
                    fields(details).subList(fields(service).size(), details.size()));
            assertEquals(service, ((ObjectNode) details).retain(fields(service)));
        }
    }

    @Test
    void stats_show_the_askers_limit_and_looking_takes_nothing() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "5/60s"), new FakeTime(), a)) {
            gateway.get("/stats");
            JsonNode before = gateway.json("/stats").path("rate_limiting");
            assertEquals("127.0.0.1", before.path("your_ip").asText());
            assertEquals(5, before.path("remaining_requests").asInt());
            assertEquals(0, before.path("reset_in_seconds").asInt());
            for (int i = 0; i < 7; i++) {
                gateway.get("/api/x");
            }
            JsonNode stats = gateway.json("/stats");
            assertEquals(0, stats.at("/rate_limiting/remaining_requests").asInt());
            assertEquals(60, stats.at("/rate_limiting/reset_in_seconds").asInt());
            assertEquals("Round Robin", stats.at("/load_balancing/algorithm").asText());
            assertEquals(0, stats.at("/load_balancing/current_index").asInt());
            assertEquals(1, stats.at("/backend_services/total_services").asInt());
            assertEquals(7, stats.at("/totals/requests").asInt());
            assertEquals(2, stats.at("/totals/limited").asInt());
            assertEquals(5, stats.at("/totals/forwarded").asInt());
        }
    }

    @ParameterizedTest(name = "{0} {1}: {2}, Allow {3}")
    @CsvSource({
        "GET, /nowhere, 404, ",
        "POST, /api2/data, 404, ",
        "PUT, /services, 405, 'GET, POST, HEAD'",
        "POST, /health, 405, 'GET, HEAD'",
        "PATCH, /services/a, 405, 'GET, DELETE, HEAD'",
        "GET, /services/unknown, 404, ",
        "DELETE, /services/unknown, 404, ",
        "FANCY, /, 405, 'GET, HEAD'",
    })
    void what_is_not_there_is_said_in_a_problem_document(String method, String path, int status, String allow)
            throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            HttpResponse<String> response = gateway.send(gateway.request(path).method(method, BodyPublishers.noBody()));
            JsonNode problem = TestGateway.json(response);
            assertEquals(status, response.statusCode());
            assertEquals(
                    "application/problem+json",
                    response.headers().firstValue("Content-Type").orElse(""));
            assertEquals(status, problem.path("status").asInt());
            assertEquals(path, problem.path("instance").asText());
            assertTrue(problem.path("type").asText().startsWith("urn:api-gateway:problem:"));
            assertFalse(problem.path("detail").asText().isEmpty());
            assertEquals(
                    allow == null ? "" : allow,
                    response.headers().firstValue("Allow").orElse(""));
        }
    }

    @Test
    void head_has_the_headers_of_get_and_no_body() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            HttpResponse<String> head =
                    gateway.send(gateway.request("/health").method("HEAD", BodyPublishers.noBody()));
            assertEquals(200, head.statusCode());
            assertEquals("", head.body());
            assertEquals(
                    "application/json",
                    head.headers().firstValue("Content-Type").orElse(""));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "bytes that aren't HTTP, 'garbage', 400",
        "a header without a colon, 'GET / HTTP/1.1|Host: x|nocolon', 400",
        "no Host, 'GET / HTTP/1.1', 400",
        "two Hosts, 'GET / HTTP/1.1|Host: a|Host: b', 400",
        "two lengths, 'POST /api/x HTTP/1.1|Host: x|Content-Length: 1|Content-Length: 2', 400",
        "length and chunks, 'POST /api/x HTTP/1.1|Host: x|Content-Length: 1|Transfer-Encoding: chunked', 400",
        "a version from the future, 'GET / HTTP/7.0|Host: x', 505",
    })
    void what_is_not_http_is_refused_in_a_problem_document(String what, String head, int status) throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            var answer = gateway.raw(head.replace("|", "\r\n") + "\r\n\r\n");
            assertEquals(status, answer.status());
            assertEquals(List.of("application/problem+json"), answer.header("Content-Type"));
            assertEquals(status, TestGateway.json(answer).path("status").asInt());
        }
    }

    @Test
    void a_huge_header_block_is_refused() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            var answer = gateway.raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(40_000) + "\r\n\r\n");
            assertEquals(431, answer.status());
            answer = gateway.raw("GET /" + "x".repeat(40_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertEquals(414, answer.status());
        }
    }
}
