import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import gateway.testing.TestBackend.Received;
import gateway.testing.TestBackend.Wire;
import gateway.testing.TestCa;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a route changes in headers, in both directions, and what its answers tell of its services. */
class RouteHeadersTest {
    private static final String EDITS = "headers: {"
            + "request: {set: {X-Env: prod, x-request-id: fixed, Cookie: a=b}, remove: [X-Debug, X-Forwarded-For, traceparent]},"
            + " response: {set: {X-Frame-Options: DENY, retry-after: \"9\"}, remove: [Server, X-Gateway, X-Request-ID]}}";

    @TempDir
    private Path folder;

    private TestGateway gateway(String route, Map<String, String> settings, TestBackend... services) throws Exception {
        String urls = String.join(
                ", ",
                List.of(services).stream()
                        .map(service -> '"' + service.url() + '"')
                        .toList());
        String file = "routes: {api: {match: {path: /api}, services: [" + urls + "], " + route + "}}";
        return TestGateway.withRoutes(file, settings);
    }

    private static Answer ask(TestGateway gateway, String line, String... fields) throws Exception {
        String all = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
        return gateway.raw(line + " HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n" + all + "\r\n");
    }

    @Test
    void a_request_gets_what_the_route_sets_and_loses_what_it_removes() throws Exception {
        try (TestBackend service = TestBackend.named("a");
                TestGateway gateway = gateway(EDITS, Map.of(), service)) {
            ask(
                    gateway,
                    "GET /api/x",
                    "X-Debug: 1",
                    "x-env: dev",
                    "X_Env: dev",
                    "X_Debug: 1",
                    "Cookie: c=d",
                    "X-Other: 1");
            Received got = service.next();
            assertEquals(List.of("prod"), got.header("X-Env"));
            assertEquals(List.of(), got.header("X_Env")); // which some servers would take for X-Env
            assertEquals(List.of(), got.header("X-Debug"));
            assertEquals(List.of(), got.header("X_Debug"));
            assertEquals(List.of("a=b"), got.header("Cookie"));
            assertEquals(List.of("1"), got.header("X-Other"));
            assertEquals(List.of("fixed"), got.header("X-Request-ID"));
            assertEquals(List.of(), got.header("X-Forwarded-For"));
            assertEquals(List.of(), got.header("traceparent"));
            assertEquals(List.of("/api"), got.header("X-Forwarded-Prefix"));
            assertEquals(1, got.header("Via").size());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "an answer | GET /api/x | 200",
                "one that nothing has changed for | GET /api/unchanged | 304",
                "an error of the service | GET /api/missing | 404",
                "a service that hangs up | GET /api/hang | 502",
                "a path that is refused | GET /api/%2e%2e/x | 400",
                "a method that isn't forwarded | TRACE /api/x | 405",
                "a browser's question | OPTIONS /api/x | 204",
                "a page that may not ask | OPTIONS /api/other | 403",
            })
    void every_answer_of_the_route_gets_what_it_sets_whoever_makes_it(String what, String line, int status)
            throws Exception {
        try (TestBackend service = TestBackend.doing(RouteHeadersTest::serve);
                TestGateway gateway =
                        gateway(EDITS + ", cors: {origins: [\"https://app.example\"]}", Map.of(), service)) {
            String origin = "Origin: https://" + (line.endsWith("other") ? "other" : "app") + ".example";
            Answer answer = ask(gateway, line, origin, "Access-Control-Request-Method: PUT");
            assertEquals(status, answer.status());
            assertEquals(List.of("DENY"), answer.header("X-Frame-Options"));
            assertEquals(List.of("9"), answer.header("Retry-After"));
            for (String removed : List.of("Server", "X-Gateway", "X-Request-ID")) {
                assertEquals(List.of(), answer.header(removed), removed);
            }
        }
    }

    private static void serve(Received request, Wire wire) throws IOException {
        String head = "\r\nServer: backend/1\r\nX-Frame-Options: ALLOW\r\n";
        switch (request.target()) {
            case "/unchanged" -> wire.send("HTTP/1.1 304 Not Modified" + head + "ETag: \"1\"\r\n\r\n");
            case "/missing" -> wire.send("HTTP/1.1 404 Not Found" + head + "Content-Length: 0\r\n\r\n");
            case "/hang" -> wire.close();
            default -> wire.send("HTTP/1.1 200 OK" + head + "Content-Length: 2\r\n\r\nok");
        }
    }

    @Test
    void another_route_keeps_what_this_one_changes() throws Exception {
        try (TestBackend service = TestBackend.named("a");
                TestGateway gateway = gateway(EDITS, Map.of(), service)) {
            Answer answer = ask(gateway, "GET /elsewhere");
            assertEquals(404, answer.status());
            assertEquals(List.of(), answer.header("X-Frame-Options"));
            assertEquals(1, answer.header("X-Request-ID").size());
        }
    }

    @Test
    void a_refusal_for_overload_gets_it_too() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        try (TestBackend service = TestBackend.heldBy(latch);
                TestGateway gateway = gateway(EDITS, Map.of("GATEWAY_MAX_IN_FLIGHT", "1"), service);
                RawClient first = gateway.raw().send("GET /api/slow HTTP/1.1\r\nHost: x\r\n\r\n")) {
            service.next();
            Answer refused = ask(gateway, "GET /api/x");
            assertEquals(503, refused.status());
            assertEquals(List.of("DENY"), refused.header("X-Frame-Options"));
            assertEquals(List.of("9"), refused.header("Retry-After"));
            latch.countDown();
            assertEquals(List.of("DENY"), first.answer().header("X-Frame-Options"));
        }
    }

    @Test
    void a_websockets_handshake_gets_it_in_both_directions() throws Exception {
        String key = Base64.getEncoder().encodeToString("0123456789abcdef".getBytes(US_ASCII));
        String accept = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-1")
                        .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(US_ASCII)));
        try (TestBackend service = TestBackend.doing((request, wire) -> {
                    wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accept + "\r\nServer: backend/1\r\n\r\nhello");
                    wire.rest();
                });
                TestGateway gateway = gateway(EDITS, Map.of(), service);
                RawClient client = gateway.raw()
                        .send("GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key + "\r\n\r\n")) {
            Answer answer = client.head();
            assertEquals(101, answer.status());
            assertEquals(List.of("DENY"), answer.header("X-Frame-Options"));
            assertEquals(List.of(), answer.header("Server"));
            assertEquals("hello", client.bytes(5));
            assertEquals(List.of("prod"), service.next().header("X-Env"));
        }
    }

    @Test
    void by_http2_it_is_the_same() throws Exception {
        TestCa ca = new TestCa("Test CA");
        Map<String, String> settings = ca.issue("localhost").writeTo(folder);
        try (TestBackend service = TestBackend.doing(RouteHeadersTest::serve);
                TestGateway gateway = gateway(EDITS, settings, service)) {
            HttpClient client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_2)
                    .sslContext(ca.client())
                    .build();
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.port() + "/api/x"))
                            .header("X-Debug", "1")
                            .build(),
                    BodyHandlers.ofString());
            assertEquals(HttpClient.Version.HTTP_2, answer.version());
            assertEquals(List.of("DENY"), answer.headers().allValues("X-Frame-Options"));
            assertEquals(List.of(), answer.headers().allValues("Server"));
            Received got = service.next();
            assertEquals(List.of("prod"), got.header("X-Env"));
            assertEquals(List.of(), got.header("X-Debug"));
        }
    }

    @ParameterizedTest(name = "service-header: {0}")
    @CsvSource({"url, true, true", "name, true, false", "off, false, false"})
    void an_answer_tells_of_its_services_only_what_the_route_shows(String shown, boolean names, boolean addresses)
            throws Exception {
        try (TestBackend hangsUp = TestBackend.hangsUp();
                TestBackend serves = TestBackend.named("it");
                TestGateway gateway = gateway("service-header: " + shown, Map.of())) {
            register(gateway, "front", hangsUp);
            Answer failed = ask(gateway, "GET /api/x");
            assertEquals(502, failed.status());
            assertEquals(names, text(failed).contains("front"), text(failed));
            assertFalse(text(failed).contains(String.valueOf(hangsUp.port())), text(failed));

            register(gateway, "back", serves);
            boolean retried = false;
            for (int i = 0; i < 2; i++) { // one of them goes to the one that hangs up first
                Answer served = ask(gateway, "GET /api/x");
                assertEquals(200, served.status());
                String expected = addresses ? serves.url() : "back";
                assertEquals(names ? List.of(expected) : List.of(), served.header("X-Backend-Service"));
                assertEquals(addresses, text(served).contains(String.valueOf(serves.port())), text(served));
                assertFalse(text(served).contains(String.valueOf(hangsUp.port())), text(served));
                if (!served.header("Proxy-Status").isEmpty()) {
                    retried = true;
                    assertEquals(names, text(served).contains("front"), text(served));
                    assertEquals(names, text(served).contains("next-hop=\"back\""), text(served));
                }
            }
            assertTrue(retried);
        }
    }

    private static String text(Answer answer) {
        return answer.head() + answer.body();
    }

    private static void register(TestGateway gateway, String name, TestBackend service) throws Exception {
        String body = "{\"name\":\"" + name + "\",\"url\":\"" + service.url() + "\",\"route\":\"api\"}";
        assertEquals(201, gateway.post("/services", body).statusCode());
    }
}
