import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.lifecycle.RequestsUnderWay;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real answers beside the description of the API: status, content type, headers and body. */
@ResourceLock(value = "threads of WebSockets", mode = ResourceAccessMode.READ)
class OpenApiAnswersTest {
    @TempDir
    Path folder;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> FEW_CHECKS = Map.of("GATEWAY_HEALTH_INTERVAL", "1h");

    private final OpenApi api = new OpenApi();
    private final Set<String> asked = new TreeSet<>();
    private TestGateway gateway;

    OpenApiAnswersTest() throws Exception {}

    private void start(Map<String, String> settings, TestBackend... backends) {
        stop();
        gateway = TestGateway.with(settings, backends);
    }

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
            gateway = null;
        }
    }

    /** Asks, and has the answer checked; a body, if there is one, comes last, after an empty line. */
    private RawClient.Answer ask(int status, String operation, String path, String... lines) throws Exception {
        String method = operation.substring(0, operation.indexOf(' '));
        boolean body = lines.length > 1 && lines[lines.length - 2].isEmpty();
        String end = body ? "" : "\r\n\r\n";
        String request = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + (body ? "Content-Length: " + lines[lines.length - 1].length() + "\r\n" : "")
                + String.join("\r\n", lines) + (lines.length == 0 ? "\r\n" : end);
        try (RawClient client = gateway.raw().send(request)) {
            boolean streams = path.equals("/dashboard/events") && status == 200;
            RawClient.Answer answer = method.equals("HEAD") || streams ? client.head() : client.answer();
            check(status, operation, answer);
            return answer;
        }
    }

    private void check(int status, String operation, RawClient.Answer answer) throws IOException {
        assertEquals(status, answer.status(), answer.head() + answer.body());
        Map<String, String> headers = new TreeMap<>();
        answer.head().lines().skip(1).filter(line -> !line.isEmpty()).forEach(line -> {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        });
        String body = new String(answer.body().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        assertEquals(List.of(), api.faults(operation, new OpenApi.Answer(status, headers, body)), answer.head() + body);
        asked.add(operation);
    }

    private static String form(String name, String url) {
        return "{\"name\":\"" + name + "\",\"url\":\"" + url + "\",\"lease\":\"15s\"}";
    }

    private static final String AS_JSON = "Content-Type: application/json";

    @Test
    void each_operation_answers_as_described() throws Exception {
        try (TestBackend a = TestBackend.named("a")) {
            start(Map.of("GATEWAY_RATE_LIMIT", "100/60s"), a);
            for (String method : List.of("GET", "HEAD", "DELETE", "OPTIONS")) {
                ask(200, method + " /api/{path}", "/api/orders/7?x=1", "X-Request-ID: seen");
            }
            for (String method : List.of("POST", "PUT", "PATCH")) {
                ask(200, method + " /api/{path}", "/api/data", AS_JSON, "", "{}");
            }
            ask(405, "TRACE /api/{path}", "/api/data");
            ask(201, "POST /services", "/services", AS_JSON, "", form("d", a.url()));
            ask(200, "POST /services", "/services", AS_JSON, "", form("d", a.url()));
            ask(200, "GET /services", "/services");
            ask(200, "GET /services/{name}", "/services/d");
            ask(200, "POST /services/{name}/drain", "/services/d/drain");
            ask(200, "GET /services", "/services");
            ask(200, "POST /services/{name}/resume", "/services/d/resume");
            ask(204, "DELETE /services/{name}", "/services/d");
            String shop = "{\"match\":{\"path\":\"/shop\"},\"services\":[\"" + a.url() + "\"],"
                    + "\"headers\":{\"request\":{\"set\":{\"X-Env\":\"prod\"}}}}";
            ask(201, "PUT /routes/{name}", "/routes/shop", AS_JSON, "", shop);
            ask(200, "PUT /routes/{name}", "/routes/shop", AS_JSON, "", shop);
            ask(409, "PUT /routes/{name}", "/routes/shop2", AS_JSON, "", shop);
            ask(400, "PUT /routes/{name}", "/routes/shop", AS_JSON, "", "{\"match\":{\"path\":\"shop\"}}");
            ask(400, "PUT /routes/{name}", "/routes/-", AS_JSON, "", shop);
            ask(415, "PUT /routes/{name}", "/routes/shop", "Content-Type: text/plain", "", shop);
            ask(200, "GET /routes", "/routes");
            ask(200, "GET /routes/{name}", "/routes/shop");
            ask(200, "GET /services", "/services?route=shop");
            ask(204, "DELETE /routes/{name}", "/routes/shop");
            ask(404, "DELETE /routes/{name}", "/routes/shop");
            ask(404, "GET /routes/{name}", "/routes/shop");
            ask(404, "GET /services", "/services?route=shop");
            ask(409, "DELETE /routes/{name}", "/routes/default");
            ask(200, "GET /", "/");
            ask(303, "GET /", "/", "Accept: text/html,application/xhtml+xml,*/*;q=0.8");
            ask(200, "GET /health", "/health");
            ask(200, "GET /stats", "/stats");
            ask(200, "GET /gateways", "/gateways");
            ask(200, "GET /config", "/config");
            ask(200, "GET /metrics", "/metrics");
            ask(200, "GET /limits/explain", "/limits/explain");
            ask(200, "GET /limits/explain", "/limits/explain?ip=127.0.0.2");
            ask(204, "DELETE /limits/{client}", "/limits/127.0.0.2");
            ask(200, "GET /requests/{id}", "/requests/seen");
            ask(200, "GET /events", "/events");
            ask(200, "GET /events", "/events?kind=drained&service=d&since=1&limit=1");
            ask(200, "GET /requests", "/requests");
            ask(200, "GET /requests", "/requests?limit=1&status=200&outcome=served&client=127.0.0.1&route=default");
            ask(400, "GET /requests", "/requests?limit=0");
            ask(404, "GET /requests", "/requests?route=nothing");
            ask(200, "GET /dashboard", "/dashboard");
            ask(200, "GET /dashboard/events", "/dashboard/events");
            ask(200, "GET /dashboard/history", "/dashboard/history");
            ask(200, "GET /dashboard/history", "/dashboard/history?span=24h");
            ask(400, "GET /dashboard/history", "/dashboard/history?span=2h");
            ask(200, "GET /dashboard/assets/{file}", "/dashboard/assets/docs.js");
            ask(200, "GET /docs", "/docs");
            ask(200, "GET /openapi.json", "/openapi.json");
            ask(200, "GET /webjars/{path}", "/webjars/swagger-ui/5.34.1/swagger-ui.css");
            assertEquals(api.operations(), asked);
        }
    }

    @Test
    void a_gateway_without_a_limit_and_a_draining_one_answer_as_described() throws Exception {
        start(Map.of());
        for (String path : List.of("/health", "/stats", "/services", "/limits/explain")) {
            ask(200, "GET " + path, path);
        }
        Server elsewhere = new Server(); // so that this one's connections stay and can be asked
        RequestsUnderWay.of(elsewhere);
        gateway.drain.run(elsewhere);
        ask(503, "GET /health", "/health");
        ask(200, "GET /", "/");
    }

    @Test
    void a_gateway_with_exempt_clients_and_a_limit_to_try_out_answers_as_described() throws Exception {
        start(Map.of("GATEWAY_RATE_LIMIT_EXEMPT", "127.0.0.1", "GATEWAY_RATE_LIMIT_SHADOW", "5/1s"));
        for (String path : List.of("/stats", "/limits/explain")) {
            ask(200, "GET " + path, path);
        }
    }

    @Test
    void a_loop_is_refused_as_described() throws Exception {
        start(Map.of("GATEWAY_RATE_LIMIT", "3/60s"));
        ask(508, "GET /api/{path}", "/api/data", "Via: 1.1 " + gateway.via());
        ask(508, "POST /api/{path}", "/api/data", "Via: 1.1 " + gateway.via(), "", "{}");
        ask(508, "GET /stats", "/stats", "Via: 1.1 " + gateway.via());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "not JSON            | 400 | application/json | {",
                "not a service       | 400 | application/json | {\"name\":\"my service\",\"url\":\"localhost\"}",
                "a forbidden place   | 400 | application/json | {\"name\":\"mine\",\"url\":\"http://169.254.169.254\"}",
                "not said to be JSON | 415 | text/plain       | {}",
            })
    void what_cannot_be_registered_is_refused_as_described(String what, int status, String type, String body)
            throws Exception {
        start(Map.of());
        ask(status, "POST /services", "/services", "Content-Type: " + type, "", body);
    }

    @Test
    void other_refusals_are_as_described() throws Exception {
        start(Map.of());
        ask(413, "POST /services", "/services", AS_JSON, "", " ".repeat(64 * 1024 + 1));
        String elsewhere = "Origin: http://evil.example";
        ask(403, "POST /services", "/services", AS_JSON, elsewhere, "", form("d", "http://localhost:1"));
        ask(403, "DELETE /services/{name}", "/services/d", elsewhere);
        ask(403, "POST /services/{name}/drain", "/services/d/drain", elsewhere);
        ask(403, "POST /services/{name}/resume", "/services/d/resume", elsewhere);
        ask(404, "GET /services/{name}", "/services/none");
        ask(404, "DELETE /services/{name}", "/services/none");
        ask(404, "POST /services/{name}/drain", "/services/none/drain");
        ask(404, "POST /services/{name}/resume", "/services/none/resume");
        ask(404, "GET /requests/{id}", "/requests/none");
        ask(400, "GET /limits/explain", "/limits/explain?ip=nobody");
        ask(400, "GET /events", "/events?kind=nothing");
        ask(204, "DELETE /limits/{client}", "/limits/127.0.0.2");
        ask(400, "DELETE /limits/{client}", "/limits/nobody");
        ask(403, "DELETE /limits/{client}", "/limits/127.0.0.2", elsewhere);
        ask(404, "GET /dashboard/assets/{file}", "/dashboard/assets/none.js");
        ask(404, "GET /webjars/{path}", "/webjars/none/1/none.js");
        ask(400, "GET /services/{name}", "/services/../x");
        for (String path : List.of("/health", "/services/d", "/docs")) {
            String operation = "GET " + path.replace("/d", "/{name}").replace("{name}ocs", "docs");
            RawClient.Answer answer = gateway.raw("PUT " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
            check(405, operation, answer);
            assertTrue(answer.header("Allow").get(0).contains("GET"));
        }
        check(
                431,
                "GET /health",
                gateway.raw("GET /health HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(70_000) + "\r\n\r\n"));
        check(404, "GET /services/{name}", gateway.raw("GET /services/%C3%BC HTTP/1.1\r\nHost: x\r\n\r\n"));
    }

    private static String pathOf(String operation) {
        return operation.replaceAll("\\S+ ", "").replaceAll("\\{\\w+}", "a");
    }

    @Test
    void who_is_no_operator_is_refused_as_described() throws Exception {
        List<String> closed = List.of(
                "GET /metrics",
                "GET /config",
                "GET /requests/{id}",
                "GET /events",
                "GET /dashboard/events",
                "POST /services",
                "DELETE /services/{name}",
                "POST /services/{name}/drain",
                "POST /services/{name}/resume");
        start(Map.of());
        for (String operation : closed) {
            ask(403, operation, pathOf(operation), "Via: 1.1 proxy");
        }
        start(Map.of("GATEWAY_ADMIN_TOKEN", "the-token-of-this-test"));
        for (String operation : closed) {
            ask(401, operation, pathOf(operation));
        }
        for (String operation : closed) {
            ask(401, operation, pathOf(operation), "Authorization: Bearer wrong");
        }
    }

    @Test
    void what_is_not_forwarded_is_refused_as_described() throws Exception {
        try (TestBackend a = TestBackend.named("a")) {
            start(Map.of("GATEWAY_RATE_LIMIT", "1/60s"), a);
            ask(400, "GET /api/{path}", "/api/../services");
            ask(501, "POST /api/{path}", "/api/data", "Transfer-Encoding: gzip, chunked");
            ask(405, "TRACE /api/{path}", "/api/data");
            ask(200, "GET /api/{path}", "/api/data");
            RawClient.Answer limited = ask(429, "GET /api/{path}", "/api/data");
            ask(429, "POST /api/{path}", "/api/data", AS_JSON, "", "{}");
            ask(429, "TRACE /api/{path}", "/api/data");
            ask(429, "HEAD /api/{path}", "/api/data");
            ask(200, "GET /limits/explain", "/limits/explain");
            ask(
                    200,
                    "GET /requests/{id}",
                    "/requests/" + limited.header("X-Request-ID").get(0));
        }
    }

    @Test
    void several_limits_are_described() throws Exception {
        Path routes = Files.writeString(folder.resolve("routes.yaml"), """
                routes:
                  default: {match: {path: /api}, limits: [2/60s by client, 9/1s by client, 9/60s by header:X-Key]}
                """);
        try (TestBackend a = TestBackend.named("a")) {
            start(Map.of("GATEWAY_ROUTES", routes.toString()));
            gateway.post("/services", form("d", a.url()));
            ask(200, "GET /api/{path}", "/api/data");
            ask(200, "GET /api/{path}", "/api/data", "X-Key: hello");
            ask(429, "GET /api/{path}", "/api/data", "X-Key: hello");
            ask(200, "GET /limits/explain", "/limits/explain", "X-Key: hello");
            ask(400, "GET /limits/explain", "/limits/explain?route=none");
        }
    }

    @Test
    void failures_of_services_are_answered_as_described() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (TestBackend silent = TestBackend.heldBy(never);
                TestBackend dead = TestBackend.named("dead")) {
            start(Map.of());
            RawClient.Answer none = ask(503, "GET /api/{path}", "/api/x");
            ask(
                    200,
                    "GET /requests/{id}",
                    "/requests/" + none.header("X-Request-ID").get(0));
            start(Map.of("GATEWAY_UPSTREAM_TIMEOUT", "200ms", "GATEWAY_HEALTH_INTERVAL", "1h"), silent);
            RawClient.Answer late = ask(504, "GET /api/{path}", "/api/x");
            ask(
                    200,
                    "GET /requests/{id}",
                    "/requests/" + late.header("X-Request-ID").get(0));
            start(FEW_CHECKS, dead);
            dead.kill();
            RawClient.Answer gone = ask(502, "POST /api/{path}", "/api/x", AS_JSON, "", "{}");
            ask(
                    200,
                    "GET /requests/{id}",
                    "/requests/" + gone.header("X-Request-ID").get(0));
            ask(503, "HEAD /api/{path}", "/api/x");
            ask(200, "GET /services", "/services");
        } finally {
            never.countDown();
        }
    }

    @Test
    void an_answer_after_a_failed_attempt_is_as_described() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b")) {
            start(FEW_CHECKS, a, b);
            b.kill();
            Set<String> statuses = new HashSet<>();
            for (int i = 0; i < 2; i++) {
                RawClient.Answer answer = ask(200, "GET /api/{path}", "/api/x");
                statuses.addAll(answer.header("Proxy-Status"));
                ask(
                        200,
                        "GET /requests/{id}",
                        "/requests/" + answer.header("X-Request-ID").get(0));
            }
            assertEquals(1, statuses.size(), statuses.toString());
        }
    }

    @Test
    void a_web_socket_s_handshake_is_as_described() throws Exception {
        try (TestBackend a = TestBackend.raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")) {
            start(Map.of("GATEWAY_RATE_LIMIT", "3/60s"), a);
            try (RawClient client = gateway.raw()
                    .send("GET /api/chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")) {
                check(101, "GET /api/{path}", client.head());
            }
        }
    }

    @Test
    void one_viewer_too_many_is_told_so_as_described() throws Exception {
        start(Map.of());
        List<RawClient> viewers = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                viewers.add(gateway.raw().send("GET /dashboard/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
                assertEquals(200, viewers.get(i).head().status());
            }
            ask(503, "GET /dashboard/events", "/dashboard/events");
        } finally {
            for (RawClient viewer : viewers) {
                viewer.close();
            }
        }
    }

    @Test
    void events_are_as_described() throws Exception {
        try (TestBackend a = TestBackend.named("a")) {
            start(Map.of("GATEWAY_RATE_LIMIT", "1/60s"), a);
            gateway.get("/api/x");
            gateway.get("/api/x");
            checkEvents("");
        }
    }

    private static final String ROUTES = """
            routes:
              shop: {match: {path: /shop, host: 127.0.0.1}, balance: sticky, limits: [3/60s by route, 2/60s by header:X-Key],
                services: [{url: "SERVICE", weight: 3}, "http://127.0.0.2:9"]}
              docs: {match: {path: /manual}, services: ["http://127.0.0.3:9"]}
            """;

    @Test
    void a_gateway_with_several_routes_answers_as_described(@TempDir Path folder) throws Exception {
        try (TestBackend a = TestBackend.named("a")) {
            Path file = folder.resolve("routes.yaml");
            Files.writeString(file, ROUTES.replace("SERVICE", a.url()));
            start(Map.of("GATEWAY_ROUTES", file.toString()));
            ask(200, "POST /services/{name}/drain", "/services/127.0.0.1-" + a.port() + "/drain?route=shop");
            ask(200, "POST /services/{name}/resume", "/services/127.0.0.1-" + a.port() + "/resume?route=shop");
            for (int i = 0; i < 5; i++) {
                gateway.get("/shop/x");
                gateway.get("/manual/x");
            }
            ask(200, "GET /", "/");
            ask(200, "GET /health", "/health");
            ask(200, "GET /stats", "/stats");
            ask(200, "GET /services", "/services");
            ask(200, "GET /limits/explain", "/limits/explain?route=shop");
            ask(200, "GET /metrics", "/metrics");
            checkEvents("");
            gateway.post("/services/127.0.0.1-" + a.port() + "/drain?route=shop", "");
            checkEvents("?route=sho");
        }
    }

    /** Has one event of each kind checked. */
    private void checkEvents(String query) throws Exception {
        JsonNode described = api.document.at("/paths/~1dashboard~1events/get/x-events");
        Set<String> missing = new TreeSet<>(Set.of("history", "hops", "state", "point"));
        try (RawClient client = gateway.raw()
                .send("GET /dashboard/events" + query
                        + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")) {
            client.head();
            StringBuilder events = new StringBuilder();
            while (!missing.isEmpty()) {
                events.append(client.chunk());
                for (int end = events.indexOf("\n\n"); end >= 0; end = events.indexOf("\n\n")) {
                    String[] event = events.substring(0, end).split("\n");
                    events.delete(0, end + 2);
                    if (event.length < 2 || !event[0].startsWith("event: ")) {
                        continue; // a comment
                    }
                    String name = event[0].substring("event: ".length());
                    String pointer = described.path(name).path("$ref").asText();
                    assertTrue(pointer.startsWith("#/"), name + " isn't described");
                    JsonNode data = JSON.readTree(event[1].substring("data: ".length()));
                    assertEquals(List.of(), api.faults(pointer.substring(1), data), data.toString());
                    missing.remove(name);
                }
            }
        }
    }
}
