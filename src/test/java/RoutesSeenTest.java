import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the gateway says of its routes: in short, of each request, and to who watches. */
class RoutesSeenTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TestGateway gateway(Map<String, String> settings, String routes) throws Exception {
        return TestGateway.withRoutes("routes:\n" + routes, settings);
    }

    private static String shop(TestBackend... services) {
        return "  shop: {match: {path: /shop}, services: ["
                + List.of(services).stream()
                        .map(service -> '"' + service.url() + '"')
                        .collect(Collectors.joining(", "))
                + "]}\n";
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /** The next event of this name for a viewer with this query. */
    private static JsonNode event(TestGateway gateway, String query, String name) throws Exception {
        try (RawClient viewer =
                gateway.raw().send("GET /dashboard/events" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            viewer.head();
            StringBuilder events = new StringBuilder();
            while (true) {
                events.append(viewer.chunk());
                for (int end = events.indexOf("\n\n"); end >= 0; end = events.indexOf("\n\n")) {
                    String event = events.substring(0, end);
                    events.delete(0, end + 2);
                    String start = "event: " + name + "\ndata: ";
                    if (event.startsWith(start)) {
                        return JSON.readTree(event.substring(start.length()));
                    }
                }
            }
        }
    }

    // --- in short --------------------------------------------------------------------------------------------------

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "only one, with another name | shop: {match: {path: /shop}} | /shop/ | ",
                "only one, for all paths     | all: {match: {path: /}} | / | ",
                "the default one and another | 'default: {match: {path: /v1}}; shop: {match: {path: /shop}}' | /v1/ | '/shop/,/v1/'",
                "two others                  | 'a: {match: {path: /a}}; b: {match: {path: /b}}' | | '/a/,/b/'",
                "two with one path           | 'a: {match: {path: /a}}; b: {match: {path: /a, methods: [PUT]}}' | | /a/",
            })
    void the_overview_says_where_services_answer(String what, String routes, String api, String paths)
            throws Exception {
        try (TestGateway gateway = gateway(Map.of(), routes.replaceAll("(^|; )", "\n  "))) {
            JsonNode overview = gateway.json("/");
            assertEquals(api == null ? "" : api, overview.at("/links/api").asText());
            assertEquals(paths == null ? "" : paths, String.join(",", texts(overview.path("paths"))));
        }
    }

    @Test
    void stats_count_each_routes_requests_and_tell_nothing_of_what_it_takes() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = gateway(
                        Map.of(),
                        shop(a)
                                + "  docs: {match: {path: /secret-docs, host: secret.example}, limits: [1/60s by route],"
                                + " balance: least-requests}\n")) {
            gateway.get("/shop/x");
            gateway.get("/shop/y");
            for (int i = 0; i < 3; i++) {
                gateway.raw("GET /secret-docs HTTP/1.1\r\nHost: secret.example\r\n\r\n");
            }
            Await.until(
                    "all to be counted",
                    () -> gateway.json("/stats").path("routes").toString().contains("\"requests\":3"));
            JsonNode stats = gateway.json("/stats");
            assertEquals(
                    "[{\"name\":\"docs\",\"algorithm\":\"Least Requests\",\"total_services\":0,\"healthy_services\":0,"
                            + "\"requests\":3,\"limited\":0,\"failed\":3},"
                            + "{\"name\":\"shop\",\"algorithm\":\"Round Robin\",\"total_services\":1,\"healthy_services\":1,"
                            + "\"requests\":2,\"limited\":0,\"failed\":0}]",
                    stats.path("routes").toString());
            assertEquals(
                    "Least Requests, Round Robin",
                    stats.at("/load_balancing/algorithm").asText());
            assertFalse(stats.path("load_balancing").has("current_index"), "of which route?");
            assertEquals("docs", stats.at("/rate_limiting/route").asText());
            assertEquals("shop", stats.at("/backend_services/services/0/route").asText());
            assertFalse(stats.toString().contains("secret"), stats.toString());
        }
    }

    @Test
    void one_route_is_as_it_was() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf(a, b)) {
            gateway.get("/api/x");
            JsonNode stats = gateway.json("/stats");
            assertEquals(
                    "{\"algorithm\":\"Round Robin\",\"current_index\":1}",
                    stats.path("load_balancing").toString());
            assertFalse(stats.has("routes") || stats.path("rate_limiting").has("route"), stats.toString());
            assertFalse(stats.at("/backend_services/services/0").has("route"), stats.toString());
            assertFalse(gateway.json("/").has("paths"));
            assertFalse(event(gateway, "", "state").has("routes"));
        }
    }

    @Test
    void a_route_without_an_available_service_degrades_the_gateway_and_one_that_waits_for_its_first_does_not()
            throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = gateway(
                        Map.of(),
                        shop(a) + "  docs: {match: {path: /manual}, services: [\"" + b.url() + "\"]}\n"
                                + "  empty: {match: {path: /empty}}\n")) {
            JsonNode health = gateway.json("/health");
            assertEquals("healthy", health.path("status").asText());
            assertFalse(health.has("unavailable_routes"));
            gateway.post("/services/127.0.0.1-" + b.port() + "/drain?route=docs", "");
            health = gateway.json("/health");
            assertEquals("degraded", health.path("status").asText());
            assertEquals(List.of("docs"), texts(health.path("unavailable_routes")));
        }
    }

    @Test
    void what_comes_and_goes_by_the_api_is_seen() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            gateway.send(gateway.request("/routes/shop")
                    .header("Content-Type", "application/json")
                    .PUT(BodyPublishers.ofString(
                            "{\"match\":{\"path\":\"/shop\"},\"services\":[\"" + a.url() + "\"]}")));
            gateway.get("/shop/x");
            Await.until(
                    "its count",
                    () -> gateway.json("/stats").at("/routes/1/requests").asInt() == 1);
            assertEquals(List.of("/api/", "/shop/"), texts(gateway.json("/").path("paths")));
            assertEquals(2, event(gateway, "", "state").at("/routes/total").asInt());
            assertTrue(gateway.get("/metrics")
                    .body()
                    .contains("gateway_route_requests_total{outcome=\"served\",route=\"shop\""));

            gateway.delete("/routes/shop");
            assertFalse(gateway.json("/stats").has("routes"));
            Await.until( // all viewers of a quarter of a second get the same state
                    "the page's next state", () -> !event(gateway, "", "state").has("routes"));
            assertFalse(gateway.get("/metrics").body().contains("route=\"shop\""));
        }
    }

    // --- of each request -------------------------------------------------------------------------------------------

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "round-robin        | Round Robin     | not its turn",
                "least-requests     | Least Requests  | not the less busy of the two that were drawn",
                "hash:client        | Hash of Client  | the client's address leads to another",
                "hash:header:X-User | Hash of X-User  | the value of X-User leads to another",
                "sticky             | Sticky          | not the client's own, or not its turn",
            })
    void a_trace_tells_the_route_how_a_service_was_chosen_and_why_not_another(
            String balance, String algorithm, String reason) throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway =
                        gateway(Map.of(), shop(a, b).replace("{match", "{balance: \"" + balance + "\", match"))) {
            RawClient.Answer answer = gateway.raw("GET /shop/x HTTP/1.1\r\nHost: x\r\nX-User: me\r\n\r\n");
            JsonNode trace =
                    gateway.json("/requests/" + answer.header("X-Request-ID").get(0));
            assertEquals("shop", trace.path("route").asText());
            assertEquals(algorithm, trace.path("algorithm").asText());
            assertEquals(reason, trace.at("/passed_over/0/reason").asText());
            assertEquals("healthy", trace.at("/passed_over/0/status").asText());
        }
    }

    @Test
    void a_request_that_never_came_to_a_choice_tells_of_no_algorithm() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway =
                        gateway(Map.of(), shop(a).replace("{match", "{limits: [1/60s by route], match"))) {
            gateway.get("/shop/x");
            RawClient.Answer refused = gateway.raw("GET /shop/x HTTP/1.1\r\nHost: x\r\n\r\n");
            JsonNode trace =
                    gateway.json("/requests/" + refused.header("X-Request-ID").get(0));
            assertEquals("limited", trace.path("outcome").asText());
            assertEquals("route", trace.at("/limit/by").asText());
            assertEquals("shop", trace.path("route").asText());
            assertFalse(trace.has("algorithm"), trace.toString());
        }
    }

    /** Services stay when their route goes: they may have registered for one that comes back. */
    @Test
    void services_of_a_route_that_is_gone_are_counted() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = gateway(
                        Map.of(), shop() + "  manual: {match: {path: /manual}}\n  old: {match: {path: /old}}\n")) {
            gateway.post("/services", "{\"name\":\"a\",\"route\":\"old\",\"url\":\"" + a.url() + "\"}");
            assertEquals(0, event(gateway, "", "state").at("/routes/strays").asInt());
            Files.writeString(gateway.routes(), "routes:\n" + shop() + "  manual: {match: {path: /manual}}\n");
            Await.until("the file", () -> gateway.json("/stats").path("routes").size() == 2);
            JsonNode state = event(gateway, "", "state");
            assertEquals(1, state.at("/routes/strays").asInt());
            assertEquals(0, state.path("backends").size());
        }
    }

    // --- to who watches --------------------------------------------------------------------------------------------

    @Test
    void each_route_is_shown_with_what_it_takes_its_policy_and_the_service_that_is_next() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = gateway(
                        Map.of(),
                        "  docs: {match: {path: /manual, host: docs.example, methods: [POST, GET]}, health: off,"
                                + " balance: least-requests}\n"
                                + shop(a, b)
                                        .replace(
                                                "{match",
                                                "{limits: [9/60s by client, 99/60s by route], health: {path: \"/health?key=secret\"}, match"))) {
            gateway.get("/shop/x");
            Await.until(
                    "its count",
                    () -> gateway.json("/stats").at("/routes/1/requests").asInt() == 1);
            JsonNode state = event(gateway, "", "state");
            String next = state.at("/routes/shown/1/next_url").asText();
            JsonNode last =
                    state.at("/backends/0/requests").asInt() == 1 ? state.at("/backends/0") : state.at("/backends/1");
            assertFalse(next.equals(last.path("url").asText()), "the other one's turn");
            assertEquals(
                    "{\"total\":2,\"found\":2,\"unavailable\":0,\"strays\":0,\"shown\":["
                            + "{\"name\":\"docs\",\"match\":\"docs.example/manual GET,POST\",\"algorithm\":\"Least Requests\","
                            + "\"limits\":[],\"health\":\"off\",\"services\":0,\"available\":0,\"unhealthy\":0,\"far_more_errors\":0,\"next\":null,\"next_url\":null,"
                            + "\"totals\":{\"served\":0,\"limited\":0,\"failed\":0,\"rejected\":0,\"abandoned\":0}},"
                            + "{\"name\":\"shop\",\"match\":\"/shop\",\"algorithm\":\"Round Robin\","
                            + "\"limits\":[\"9/60s by client\",\"99/60s by route\"],\"health\":\"/health 200-299\","
                            + "\"services\":2,\"available\":2,\"unhealthy\":0,\"far_more_errors\":0,\"next\":\""
                            + state.at("/routes/shown/1/next").asText()
                            + "\",\"next_url\":\"" + next + "\","
                            + "\"totals\":{\"served\":1,\"limited\":0,\"failed\":0,\"rejected\":0,\"abandoned\":0}}]}",
                    state.path("routes").toString());
            assertTrue(state.path("balancer").isNull(), "of which route?");
            JsonNode nearest = state.at("/limit/nearest/0");
            assertEquals("shop", nearest.path("route").asText());
            assertEquals(1, nearest.path("used").asInt());
        }
    }

    /** Of many routes those that need somebody are shown, and each can be found; the event stays small. */
    @Test
    void of_a_thousand_routes_those_in_trouble_and_the_busiest_are_shown_and_any_can_be_found() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = gateway(
                        Map.of("GATEWAY_MAX_SERVICES", "3000"),
                        IntStream.range(0, 1000)
                                .mapToObj(
                                        i -> "  route-" + i + ": {match: {path: /r" + i + "}, health: off, services: ["
                                                + "\"" + a.url() + "\", \"http://127.0.0.2:" + a.port()
                                                + "\", \"http://127.0.0.3:"
                                                + a.port() + "\"]}\n")
                                .collect(Collectors.joining()))) {
            gateway.get("/r777/x");
            for (int i = 1; i <= 3; i++) {
                gateway.post("/services/127.0.0." + i + "-" + a.port() + "/drain?route=route-999", "");
            }
            Await.until("the count", () -> gateway.get("/stats").body().contains("\"requests\":1"));
            JsonNode state = event(gateway, "", "state");
            assertEquals(1000, state.at("/routes/total").asInt());
            assertEquals(1, state.at("/routes/unavailable").asInt());
            assertEquals(40, state.at("/routes/shown").size());
            assertEquals(120, state.path("backends").size());
            List<String> shown = new ArrayList<>();
            state.at("/routes/shown")
                    .forEach(route -> shown.add(route.path("name").asText()));
            assertTrue(shown.containsAll(List.of("route-777", "route-999")), shown.toString());
            assertEquals(shown.stream().sorted().toList(), shown);
            assertTrue(state.toString().length() < 64 * 1024, state.toString().length() + " characters");

            JsonNode found = event(gateway, "?route=R55", "state");
            assertEquals(11, found.at("/routes/found").asInt(), "route-55 and route-550 to route-559");
            assertEquals(11, found.at("/routes/shown").size());
            assertEquals(33, found.path("backends").size());
            assertEquals(
                    0,
                    event(gateway, "?route=none", "state").at("/routes/found").asInt());
        }
    }

    @Test
    void routes_with_many_services_leave_room_for_the_others() throws Exception {
        String many = IntStream.range(0, 250)
                .mapToObj(i -> "\"http://127.0.1." + i + ":9\"")
                .collect(Collectors.joining(", "));
        try (TestGateway gateway = gateway(
                Map.of(),
                "  few: {match: {path: /few}, health: off, services: [\"http://127.0.0.1:9\", \"http://127.0.0.2:9\"]}\n"
                        + "  many: {match: {path: /many}, health: off, services: [" + many + "]}\n")) {
            JsonNode state = event(gateway, "", "state");
            List<String> routes = new ArrayList<>();
            state.path("backends")
                    .forEach(backend -> routes.add(backend.path("route").asText()));
            assertEquals(2, routes.stream().filter("few"::equals).count());
            assertEquals(118, routes.stream().filter("many"::equals).count());
            assertEquals(250, state.at("/routes/shown/1/services").asInt());
        }
    }
}
