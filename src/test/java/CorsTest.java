import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What pages of other origins may do, as browsers are told. */
class CorsTest {
    private static final String APP = "https://app.example";
    private static final String RETRY_AFTER = "Retry-After";

    private TestGateway gateway(TestBackend backend, String cors, String... settings) throws Exception {
        return gateway(Map.of(), backend, cors, settings);
    }

    private TestGateway gateway(Map<String, String> environment, TestBackend backend, String cors, String... settings)
            throws Exception {
        String more = settings.length == 0 ? "" : ", " + String.join(", ", settings);
        String file = "routes: {api: {match: {path: /api}, services: [\"" + backend.url() + "\"]" + cors + more + "}}";
        return TestGateway.withRoutes(file, environment);
    }

    private static String cors(String more) {
        return ", cors: {origins: [\"" + APP + "\", \"http://localhost:3000\"]" + more + "}";
    }

    private static Answer ask(TestGateway gateway, String line, String... fields) throws Exception {
        return gateway.raw(head(line, fields));
    }

    private static String head(String line, String... fields) {
        String all = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
        return line + " HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n" + all + "\r\n";
    }

    private static Answer preflight(TestGateway gateway, String origin, String... fields) throws Exception {
        String[] all = new String[fields.length + 2];
        all[0] = "Origin: " + origin;
        all[1] = "Access-Control-Request-Method: PUT";
        System.arraycopy(fields, 0, all, 2, fields.length);
        return ask(gateway, "OPTIONS /api/things/1", all);
    }

    private static String one(Answer answer, String name) {
        List<String> values = answer.header(name);
        return values.isEmpty() ? "none" : String.join(" AND ", values);
    }

    private static Set<String> exposed(Answer answer) {
        return answer.header("Access-Control-Expose-Headers").stream()
                .flatMap(line -> List.of(line.split(", ")).stream())
                .collect(Collectors.toSet());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "what is asked for |  | content-type,x-user | PUT | content-type, x-user | 600 | none",
                "nothing but the method |  |  | PUT | none | 600 | none",
                "named methods and headers | , methods: [PUT, DELETE], headers: [X-User], max-age: 1h | x-other"
                        + " | PUT, DELETE | X-User | 3600 | none",
                "with cookies | , credentials: true | x-user | PUT | x-user | 600 | true",
                "no headers but bad ones |  | x user | PUT | none | 600 | none",
            })
    void a_preflight_of_a_named_origin_is_answered_without_the_service(
            String what, String cors, String asked, String methods, String headers, String age, String credentials)
            throws Exception {
        try (TestBackend service = TestBackend.named("a");
                TestGateway gateway = gateway(service, cors(cors == null ? "" : cors))) {
            Answer answer = asked == null
                    ? preflight(gateway, APP)
                    : preflight(gateway, APP, "Access-Control-Request-Headers: " + asked);
            assertEquals(204, answer.status());
            assertEquals(APP, one(answer, "Access-Control-Allow-Origin"));
            assertEquals(methods, one(answer, "Access-Control-Allow-Methods"));
            assertEquals(headers, one(answer, "Access-Control-Allow-Headers"));
            assertEquals(age, one(answer, "Access-Control-Max-Age"));
            assertEquals(credentials, one(answer, "Access-Control-Allow-Credentials"));
            assertEquals("Origin", one(answer, "Vary"));
            assertEquals("none", one(answer, "Content-Type"));
            assertEquals(1, answer.header("X-Request-ID").size());
            assertEquals(0, service.waiting());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "https://other.example",
        "http://app.example",
        "https://app.example:444",
        "https://app.example.evil",
        "https://evil-app.example",
        "HTTPS://app.example",
        "null",
    })
    void another_origin_gets_no_permission(String origin) throws Exception {
        try (TestBackend service = TestBackend.named("a");
                TestGateway gateway = gateway(service, cors(""))) {
            Answer preflight = preflight(gateway, origin);
            assertEquals(403, preflight.status());
            assertEquals(
                    "urn:api-gateway:problem:origin-not-allowed",
                    TestGateway.json(preflight).path("type").asText());
            assertEquals("none", one(preflight, "Access-Control-Allow-Origin"));
            assertEquals("Origin", one(preflight, "Vary"));
            assertEquals(0, service.waiting());

            Answer answer = ask(gateway, "GET /api/x", "Origin: " + origin);
            assertEquals(200, answer.status());
            assertEquals("none", one(answer, "Access-Control-Allow-Origin"));
            assertEquals("none", one(answer, "Access-Control-Expose-Headers"));
            assertEquals("Origin", one(answer, "Vary"));
        }
    }

    @Test
    void what_the_service_says_itself_is_replaced_but_for_what_it_exposes() throws Exception {
        String own = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\naccess-control-allow-credentials: true\r\n"
                + "Access-Control-Allow-Private-Network: true\r\nAccess-Control-Expose-Headers: X-Total\r\n"
                + "Vary: Accept-Encoding, origin\r\nX-Total: 3\r\nContent-Length: 0\r\n\r\n";
        try (TestBackend service = TestBackend.doing((request, wire) -> wire.send(own));
                TestGateway gateway = gateway(service, cors(""))) {
            Answer named = ask(gateway, "GET /api/x", "Origin: " + APP);
            assertEquals(APP, one(named, "Access-Control-Allow-Origin"));
            assertEquals("none", one(named, "Access-Control-Allow-Credentials"));
            assertEquals("none", one(named, "Access-Control-Allow-Private-Network"));
            assertTrue(exposed(named).containsAll(Set.of("X-Total", RETRY_AFTER, "X-Request-ID")), named.head());
            assertEquals("accept-encoding, origin", one(named, "Vary").toLowerCase());
            for (String origin : List.of("Origin: https://other.example", "X-None: 1")) {
                Answer other = ask(gateway, "GET /api/x", origin);
                assertEquals("none", one(other, "Access-Control-Allow-Origin"));
                assertEquals(Set.of(), exposed(other));
            }
        }
    }

    @Test
    void a_vary_of_the_service_keeps_its_values_and_gets_one_more() throws Exception {
        String own = "HTTP/1.1 200 OK\r\nVary: Accept\r\nVary: Cookie\r\nContent-Length: 0\r\n\r\n";
        try (TestBackend service = TestBackend.doing((request, wire) -> wire.send(own));
                TestGateway gateway = gateway(service, cors(""))) {
            Answer answer = ask(gateway, "GET /api/x");
            assertEquals("Accept, Cookie, Origin", String.join(", ", answer.header("Vary")));
        }
    }

    @Test
    void any_origin_means_any_and_the_answer_is_the_same_for_all() throws Exception {
        try (TestBackend service = TestBackend.named("a");
                TestGateway gateway = gateway(service, ", cors: {origins: [\"*\"]}")) {
            for (String origin : List.of(APP, "null")) {
                assertEquals(204, preflight(gateway, origin).status());
                assertEquals("*", one(preflight(gateway, origin), "Access-Control-Allow-Origin"));
            }
            Answer without = ask(gateway, "GET /api/x");
            assertEquals("*", one(without, "Access-Control-Allow-Origin"));
            assertEquals("none", one(without, "Vary"));
        }
    }

    @Test
    void a_route_without_cors_leaves_preflights_and_answers_to_the_service() throws Exception {
        String own = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://its.own\r\nVary: Accept\r\n"
                + "Content-Length: 0\r\n\r\n";
        try (TestBackend service = TestBackend.doing((request, wire) -> wire.send(own));
                TestGateway gateway = gateway(service, "")) {
            Answer answer = preflight(gateway, APP);
            assertEquals("OPTIONS", service.next().method());
            assertEquals("https://its.own", one(answer, "Access-Control-Allow-Origin"));
            assertEquals("Accept", one(answer, "Vary"));
            assertEquals(Set.of(), exposed(answer));
        }
    }

    @Test
    void options_that_are_no_preflight_reach_the_service() throws Exception {
        try (TestBackend service = TestBackend.named("a");
                TestGateway gateway = gateway(service, cors(""))) {
            assertEquals(200, ask(gateway, "OPTIONS /api/x", "Origin: " + APP).status());
            assertEquals("OPTIONS", service.next().method());
        }
    }

    @Test
    void preflights_have_no_limit_and_the_refusal_can_be_read() throws Exception {
        try (TestBackend service = TestBackend.named("a");
                TestGateway gateway = gateway(service, cors(""), "limits: [1/60s by client]")) {
            for (int i = 0; i < 5; i++) {
                assertEquals(204, preflight(gateway, APP).status());
            }
            assertEquals(200, ask(gateway, "GET /api/x", "Origin: " + APP).status());
            assertEquals(204, preflight(gateway, APP).status());
            Answer refused = ask(gateway, "GET /api/x", "Origin: " + APP);
            assertEquals(429, refused.status());
            assertEquals(APP, one(refused, "Access-Control-Allow-Origin"));
            assertEquals(1, refused.header(RETRY_AFTER).size());
            assertTrue(exposed(refused).containsAll(Set.of(RETRY_AFTER, "RateLimit", "RateLimit-Policy")));
        }
    }

    @Test
    void what_the_gateway_refuses_can_be_read_whatever_the_reason() throws Exception {
        try (TestBackend service = TestBackend.hangsUp();
                TestGateway gateway = gateway(service, cors(""), "max-body: 1KB")) {
            Map<String, Integer> statuses = Map.of(
                    "GET /api/x",
                    502,
                    "GET /api/" + "x".repeat(9_000),
                    414,
                    "GET /api/%2e%2e/x",
                    400,
                    "TRACE /api/x",
                    405);
            for (Map.Entry<String, Integer> refused : statuses.entrySet()) {
                Answer answer = ask(gateway, refused.getKey(), "Origin: " + APP);
                assertEquals(refused.getValue(), answer.status(), refused.getKey());
                assertEquals(APP, one(answer, "Access-Control-Allow-Origin"), refused.getKey());
            }
            Answer large =
                    ask(gateway, "POST /api/x", "Origin: " + APP, "Content-Length: 2000", "Expect: 100-continue");
            assertEquals(413, large.status());
            assertEquals(APP, one(large, "Access-Control-Allow-Origin"));
            Answer none = ask(gateway, "GET /elsewhere", "Origin: " + APP);
            assertEquals(404, none.status());
            assertEquals("none", one(none, "Access-Control-Allow-Origin"));
        }
    }

    @Test
    void an_overloaded_gateway_says_so_to_pages_and_still_answers_preflights() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        try (TestBackend service = TestBackend.heldBy(latch);
                TestGateway gateway = gateway(Map.of("GATEWAY_MAX_IN_FLIGHT", "1"), service, cors(""));
                RawClient first = gateway.raw().send(head("GET /api/slow"))) {
            service.next();
            Answer refused = ask(gateway, "GET /api/x", "Origin: " + APP);
            assertEquals(503, refused.status());
            assertEquals(APP, one(refused, "Access-Control-Allow-Origin"));
            assertEquals("1", one(refused, RETRY_AFTER));
            assertTrue(exposed(refused).contains(RETRY_AFTER));
            assertEquals(204, preflight(gateway, APP).status());
            latch.countDown();
            assertEquals(200, first.answer().status());
        }
    }
}
