import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Await;
import gateway.testing.FakeTime;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limits of routes as clients meet them. */
class RouteLimitsTest {
    private static final String SECRET = "key-of-alice";

    private final FakeTime time = new FakeTime();
    private TestBackend backend;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        backend = TestBackend.named("a");
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        backend.close();
    }

    /** A gateway with the routes /shop, with these limits, and /blog, with the usual one. */
    private void start(String limits, String... settings) throws Exception {
        String routes = """
                routes:
                  shop: {match: {path: /shop}, services: [%s], limits: [%s]}
                  blog: {match: {path: /blog}, services: [%s]}
                """.formatted(backend.url(), limits, backend.url());
        Map<String, String> all = new HashMap<>(Map.of("GATEWAY_RATE_LIMIT", "5/60s"));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        gateway = TestGateway.withRoutes(routes, all, time);
    }

    private Answer get(String path, String... fields) throws Exception {
        return gateway.raw(request("GET", path, fields));
    }

    private Answer getFrom(String address, String path, String... fields) throws Exception {
        try (RawClient client = gateway.from(address)) {
            return client.send(request("GET", path, fields)).answer();
        }
    }

    private static String request(String method, String path, String... fields) {
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: x\r\n");
        for (String field : fields) {
            request.append(field).append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    private static void assertSays(Answer answer, int limit, int remaining, String name, int seconds) {
        assertEquals(List.of("" + limit), answer.header("X-RateLimit-Limit"));
        assertEquals(List.of("" + remaining), answer.header("X-RateLimit-Remaining"));
        assertEquals(List.of("\"" + name + "\";r=" + remaining + ";t=" + seconds), answer.header("RateLimit"));
    }

    @Test
    void each_answer_lists_all_limits_and_says_where_the_tightest_stands() throws Exception {
        start("2/60s by client, 9/10s by client, 3/30s by route");
        String policy = "\"client:2/60s\";q=2;w=60, \"client:9/10s\";q=9;w=10, \"route\";q=3;w=30";
        Answer first = get("/shop/x");
        assertEquals(200, first.status());
        assertEquals(List.of(policy), first.header("RateLimit-Policy"));
        assertSays(first, 2, 1, "client:2/60s", 60);
        assertSays(getFrom("127.0.0.2", "/shop/x"), 2, 1, "client:2/60s", 60);
        assertSays(getFrom("127.0.0.3", "/shop/x"), 3, 0, "route", 30);
        time.pass(Duration.ofSeconds(10));
        Answer refused = getFrom("127.0.0.4", "/shop/x");
        assertEquals(429, refused.status());
        assertEquals(List.of(policy), refused.header("RateLimit-Policy"));
        assertSays(refused, 3, 0, "route", 20);
        assertEquals(List.of("20"), refused.header("Retry-After"));
        JsonNode problem = TestGateway.json(refused);
        assertEquals("shop", problem.path("route").asText());
        assertEquals("route", problem.path("limit_by").asText());
        assertEquals(3, problem.path("limit").asInt());
        assertEquals("127.0.0.4", problem.path("client_ip").asText());
        assertEquals(
                "More than 3 req/30s on this route; try again in 20 s",
                problem.path("detail").asText());
        time.pass(Duration.ofSeconds(20));
        assertSays(getFrom("127.0.0.4", "/shop/x"), 2, 1, "client:2/60s", 60);
        assertSays(get("/shop/x"), 2, 0, "client:2/60s", 30);
    }

    @Test
    void each_route_has_limits_of_its_own() throws Exception {
        start("1/60s by client");
        assertSays(get("/shop/x"), 1, 0, "default", 60);
        assertEquals(429, get("/shop/x").status());
        assertSays(get("/blog/x"), 5, 4, "default", 60);
        assertEquals("shop", TestGateway.json(get("/shop/x")).path("route").asText());
    }

    /** Or one key's requests could count for each address that sends them, where the service reads it all the same. */
    @Test
    void a_key_under_a_name_that_only_some_servers_read_as_the_headers_does_not_reach_a_service() throws Exception {
        start("9/60s by header:X-API-Key");
        assertEquals(
                200,
                get("/shop/x", "X_API_Key: " + SECRET, "x-api_key: " + SECRET, "X_Other: 1")
                        .status());
        TestBackend.Received got = backend.next();
        assertEquals(List.of(), got.header("X_API_Key"));
        assertEquals(List.of(), got.header("X-API_Key"));
        assertEquals(List.of("1"), got.header("X_Other"));
        assertEquals(200, get("/shop/x", "X-API-Key: " + SECRET).status());
        assertEquals(List.of(SECRET), backend.next().header("X-API-Key"));
    }

    @Test
    void each_value_of_a_header_has_a_budget_and_who_has_none_counts_by_address() throws Exception {
        start("2/60s by header:X-API-Key");
        String key = "X-API-Key: " + SECRET;
        assertSays(get("/shop/x", key), 2, 1, "header:X-API-Key", 60);
        assertEquals(
                200, getFrom("127.0.0.2", "/shop/x", "x-api-key: " + SECRET).status());
        Answer refused = getFrom("127.0.0.3", "/shop/x", key);
        assertEquals(429, refused.status());
        assertEquals(
                "More than 2 req/min with this X-API-Key; try again in 60 s",
                TestGateway.json(refused).path("detail").asText());
        assertEquals(
                "header:X-API-Key", TestGateway.json(refused).path("limit_by").asText());
        assertEquals(200, getFrom("127.0.0.3", "/shop/x", "X-API-Key: another").status());
        assertSays(get("/shop/x"), 2, 1, "header:X-API-Key", 60);
        assertEquals(200, get("/shop/x", "X-API-Key:").status());
        refused = get("/shop/x");
        assertEquals(
                "More than 2 req/min without X-API-Key from 127.0.0.1; try again in 60 s",
                TestGateway.json(refused).path("detail").asText());
        assertEquals(200, getFrom("127.0.0.2", "/shop/x").status());
    }

    @Test
    void a_value_is_shown_as_its_hash_and_nowhere_else() throws Exception {
        start("2/60s by header:X-API-Key, 9/60s by route");
        String key = "X-API-Key: " + SECRET;
        get("/shop/x", key, "X-Request-ID: one");
        get("/shop/x", key);
        List<Answer> answers = new ArrayList<>(List.of(get("/shop/x", key, "X-Request-ID: refused")));
        for (String path :
                List.of("/limits/explain?route=shop", "/requests/one", "/requests/refused", "/metrics", "/stats")) {
            answers.add(get(path, key));
        }
        for (Answer answer : answers) {
            assertFalse((answer.head() + answer.body()).contains(SECRET), answer.head() + answer.body());
        }
        JsonNode explained = TestGateway.json(answers.get(1));
        assertEquals("sha256:d16a80956c32f3f", explained.path("counted_as").asText());
        assertEquals("header:X-API-Key", explained.path("limit_by").asText());
        assertFalse(explained.path("allowed_now").asBoolean());
    }

    /** Two preflights and two requests of a page were four of its five. */
    @Test
    void preflights_never_count_and_other_options_do() throws Exception {
        start("2/60s by client, 9/60s by route", "GATEWAY_RATE_LIMIT_SHADOW", "1/60s");
        String[] asks = {"Origin: https://app.example", "Access-Control-Request-Method: POST"};
        for (int i = 0; i < 20; i++) {
            Answer preflight = gateway.raw(request("OPTIONS", "/shop/x", asks));
            assertEquals(200, preflight.status());
            assertEquals(List.of(), preflight.header("RateLimit"));
        }
        assertEquals(
                0, gateway.json("/stats").at("/rate_limiting/shadow/refused").asInt());
        assertSays(gateway.raw(request("OPTIONS", "/shop/x", asks[0])), 2, 1, "client", 60);
        assertSays(get("/shop/x", asks), 2, 0, "client", 60);
        assertEquals(429, get("/shop/x", asks).status());
        assertEquals(200, gateway.raw(request("OPTIONS", "/shop/x", asks)).status());
    }

    @Test
    void an_exempt_client_is_exempt_from_all_limits_and_uses_up_none() throws Exception {
        start("2/60s by client, 2/60s by header:X-API-Key, 2/60s by route", "GATEWAY_RATE_LIMIT_EXEMPT", "127.0.0.9");
        for (int i = 0; i < 9; i++) {
            Answer answer = getFrom("127.0.0.9", "/shop/x", "X-API-Key: " + SECRET);
            assertEquals(200, answer.status());
            assertEquals(List.of(), answer.header("RateLimit"));
        }
        assertSays(get("/shop/x", "X-API-Key: " + SECRET), 2, 1, "client", 60);
        JsonNode explained =
                TestGateway.json(getFrom("127.0.0.9", "/limits/explain?route=shop", "X-API-Key: " + SECRET));
        assertTrue(explained.path("exempt").asBoolean());
        assertTrue(explained.path("allowed_now").asBoolean());
    }

    @Test
    void of_200_requests_at_once_as_many_reach_a_service_as_the_smallest_limit_allows() throws Exception {
        start("7/60s by client, 5/60s by route");
        ExecutorService threads = Executors.newFixedThreadPool(50);
        try {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(threads.submit(() -> get("/shop/x").status()));
            }
            int served = 0;
            for (Future<Integer> answer : answers) {
                served += answer.get() == 200 ? 1 : 0;
            }
            assertEquals(5, served);
            JsonNode explained = gateway.json("/limits/explain?route=shop");
            assertEquals(5, explained.at("/limits/0/used").asInt());
            assertEquals(5, explained.at("/limits/1/used").asInt());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void what_was_sent_nowhere_takes_from_no_limit() throws Exception {
        start("2/60s by client, 3/60s by route");
        assertSays(get("/shop/x"), 2, 1, "client", 60);
        for (int i = 0; i < 9; i++) {
            Answer refused = gateway.raw(request("TRACE", "/shop/x"));
            assertEquals(405, refused.status());
            assertSays(refused, 2, 1, "client", 60);
        }
        JsonNode explained = gateway.json("/limits/explain?route=shop");
        assertEquals(1, explained.at("/limits/0/used").asInt());
        assertEquals(1, explained.at("/limits/1/used").asInt());
    }

    @Test
    void an_explanation_is_about_the_tightest_limit_and_lists_all() throws Exception {
        start("5/60s by client, 3/30s by route");
        get("/shop/x");
        getFrom("127.0.0.2", "/shop/x");
        JsonNode explained = gateway.json("/limits/explain?route=shop");
        assertEquals("shop", explained.path("route").asText());
        assertEquals("route", explained.path("limit_by").asText());
        assertEquals("all", explained.path("counted_as").asText());
        assertEquals(2, explained.path("used").asInt());
        assertEquals(1, explained.path("remaining").asInt());
        assertEquals(30_000, explained.at("/policy/window_ms").asInt());
        JsonNode all = explained.path("limits");
        assertEquals(2, all.size());
        assertEquals("client", all.at("/0/limit_by").asText());
        assertEquals("127.0.0.1", all.at("/0/counted_as").asText());
        assertEquals(4, all.at("/0/remaining").asInt());
        assertEquals(1, all.at("/0/requests").size());
        assertEquals(2, all.at("/1/requests").size());
        assertFalse(gateway.json("/limits/explain?route=blog").has("limits"), "it has one");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "/limits/explain, several routes; name one",
        "/limits/explain?route=nowhere, route=nowhere isn't a route",
    })
    void an_explanation_needs_a_route(String path, String words) throws Exception {
        start("5/60s by client");
        Answer answer = get(path);
        assertEquals(400, answer.status());
        assertTrue(answer.body().contains(words), answer.body());
    }

    @Test
    void a_changed_file_gives_nobody_a_fresh_budget() throws Exception {
        start("5/24h by client");
        assertEquals(3, passed(3));
        change("[8/24h by client, 100/24h by route]");
        assertEquals(5, passed(9), "eight less three");
        change("[9/12h by client]");
        assertEquals(1, passed(9), "nine less eight");
    }

    private int passed(int requests) throws Exception {
        int passed = 0;
        for (int i = 0; i < requests; i++) {
            passed += get("/shop/x").status() == 200 ? 1 : 0;
        }
        return passed;
    }

    private void change(String limits) throws Exception {
        JsonNode before = gateway.json("/limits/explain?route=shop").path("policy");
        Path file = gateway.routes();
        Files.writeString(file, Files.readString(file).replaceAll("limits: \\[.*?]", "limits: " + limits));
        Await.until(
                "the change",
                () -> !gateway.json("/limits/explain?route=shop").path("policy").equals(before));
    }
}
