import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.testing.Await;
import gateway.testing.TcpProxy;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happened, as operators read it and as the page is told. */
@Timeout(60)
class EventsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> NO_SERVICES = Map.of("GATEWAY_SERVICES", "");

    private static String form(String name, TestBackend backend, String more) {
        return "{\"name\":\"" + name + "\",\"url\":\"" + backend.url() + "\"" + more + "}";
    }

    private static List<String> kinds(TestGateway gateway, String query) throws Exception {
        List<String> kinds = new ArrayList<>();
        gateway.json("/events" + query)
                .path("events")
                .forEach(event -> kinds.add(event.path("kind").asText()));
        return kinds;
    }

    @Test
    void what_happens_to_a_service_is_listed_the_newest_first_with_who_did_it() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NO_SERVICES)) {
            gateway.post("/services", form("orders", a, ""));
            gateway.post("/services/orders/drain", "");
            gateway.post("/services/orders/resume", "");
            gateway.delete("/services/orders");
            assertEquals(List.of("deregistered", "resumed", "drained", "healthy", "registered"), kinds(gateway, ""));
            JsonNode all = gateway.json("/events");
            assertEquals(5, all.path("last").asInt());
            assertEquals(false, all.path("more").asBoolean(true));
            JsonNode drained = all.at("/events/2");
            assertEquals(3, drained.path("number").asInt());
            assertEquals("orders", drained.path("service").asText());
            assertEquals(a.url(), drained.path("url").asText());
            assertEquals("operator", drained.path("who").asText());
            assertEquals("127.0.0.1", drained.path("address").asText());
            assertTrue(drained.path("route").isMissingNode(), "the default route is understood");
            JsonNode healthy = all.at("/events/3");
            assertEquals("gateway", healthy.path("who").asText());
            assertTrue(healthy.path("address").isMissingNode());
            assertEquals("its first check was good", healthy.path("reason").asText());
        }
    }

    @Test
    void a_page_of_them_is_chosen_by_number_kind_service_and_size() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NO_SERVICES)) {
            gateway.post("/services", form("one", a, ""));
            gateway.post("/services", form("two", a, ""));
            assertEquals(List.of("healthy", "registered"), kinds(gateway, "?since=2"));
            assertEquals(List.of("registered", "registered"), kinds(gateway, "?kind=registered"));
            assertEquals(List.of("healthy", "registered"), kinds(gateway, "?service=one"));
            assertEquals(List.of(), kinds(gateway, "?service=three"));
            JsonNode page = gateway.json("/events?limit=3");
            assertEquals(3, page.path("events").size());
            assertTrue(page.path("more").asBoolean());
            assertEquals(List.of("healthy"), kinds(gateway, "?service=two&kind=healthy&since=1&limit=500"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "since=yesterday | since=yesterday: expected a whole number, 0 or more",
                "since=-1        | since=-1: expected a whole number, 0 or more",
                "limit=0         | limit=0: expected a whole number from 1 to 500",
                "limit=501       | limit=501: expected a whole number from 1 to 500",
                "kind=explosion  | kind=explosion: expected one of registered, moved, healthy",
                "limt=5          | limt isn't a parameter; expected some of since, kind, service, limit",
                "service=a%2Fb   | service=a/b: expected a service's name, 1 to 64 letters",
            })
    void a_bad_value_is_refused_by_its_name(String query, String detail) throws Exception {
        try (TestGateway gateway = TestGateway.with(NO_SERVICES)) {
            var answer = gateway.get("/events?" + query);
            assertEquals(400, answer.statusCode());
            assertTrue(TestGateway.json(answer).path("detail").asText().startsWith(detail), answer.body());
        }
    }

    @Test
    void only_operators_may_see_them() throws Exception {
        try (TestGateway gateway =
                TestGateway.with(Map.of("GATEWAY_SERVICES", "", "GATEWAY_ADMIN_TOKEN", "the-token-of-this-test"))) {
            assertEquals(401, gateway.get("/events").statusCode());
            assertEquals(
                    200,
                    gateway.send(gateway.request("/events").header("Authorization", "Bearer the-token-of-this-test"))
                            .statusCode());
        }
    }

    @ParameterizedTest(name = "lease {0}, ?instance={1}, from a page: {2}")
    @CsvSource({
        "15s, i, false, service, service",
        "15s, '', false, service, operator",
        "15s, i, true, operator, operator"
    })
    void a_service_is_told_from_an_operator(
            String lease, String instance, boolean page, String registers, String deregisters) throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NO_SERVICES)) {
            String form = form("orders", a, ",\"lease\":\"" + lease + "\",\"instance\":\"i\"");
            var register = gateway.request("/services")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(form));
            var remove = gateway.request("/services/orders" + (instance.isEmpty() ? "" : "?instance=" + instance))
                    .DELETE();
            for (var request : List.of(register, remove)) {
                gateway.send(page ? request.header("Origin", "http://127.0.0.1:" + gateway.port()) : request);
            }
            assertEquals(
                    registers,
                    gateway.json("/events?kind=registered").at("/events/0/who").asText());
            assertEquals(
                    deregisters,
                    gateway.json("/events?kind=deregistered")
                            .at("/events/0/who")
                            .asText());
        }
    }

    @Test
    void routes_that_are_put_and_deleted_are_listed() throws Exception {
        try (TestGateway gateway = TestGateway.with(NO_SERVICES)) {
            for (int i = 0; i < 2; i++) {
                gateway.send(gateway.request("/routes/shop")
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString("{\"match\":{\"path\":\"/shop\"}}")));
            }
            gateway.delete("/routes/shop");
            JsonNode events = gateway.json("/events").path("events");
            List<String> told = new ArrayList<>();
            events.forEach(event -> told.add(event.path("kind").asText() + " "
                    + event.path("route").asText() + " " + event.path("reason").asText() + " "
                    + event.path("address").asText()));
            assertEquals(
                    List.of(
                            "deleted shop the route was deleted 127.0.0.1",
                            "put shop the route was replaced 127.0.0.1",
                            "put shop the route was added 127.0.0.1"),
                    told);
        }
    }

    @Test
    void a_changed_file_of_routes_is_listed_whether_it_is_taken_or_not() throws Exception {
        String shop = "routes:\n  shop: {match: {path: /shop}}\n";
        try (TestGateway gateway = TestGateway.withRoutes(shop)) {
            Files.writeString(gateway.routes(), shop + "  blog: {match: {path: /blog}}\n");
            Await.until("the new routes", () -> kinds(gateway, "").equals(List.of("reloaded")));
            Files.writeString(gateway.routes(), shop + "  blog: {match: {path: blog}}\n");
            Await.until("the refusal", () -> kinds(gateway, "").equals(List.of("refused", "reloaded")));
            assertEquals("file", gateway.json("/events").at("/events/0/who").asText());
        }
    }

    @Test
    @Tag("redis")
    void the_loss_of_redis_and_its_return_are_listed() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TcpProxy proxy = new TcpProxy(redis.port());
                TestGateway gateway = TestGateway.with(
                        Map.of("GATEWAY_SERVICES", "", "GATEWAY_REDIS_URL", "redis://127.0.0.1:" + proxy.port()))) {
            assertEquals(List.of(), kinds(gateway, ""));
            proxy.cut();
            Await.until("its loss", () -> kinds(gateway, "").equals(List.of("lost")));
            proxy.mend();
            Await.until("its return", () -> kinds(gateway, "").equals(List.of("back", "lost")));
        }
    }

    /** An open page's stream. */
    private static final class Stream implements AutoCloseable {
        private final BufferedReader lines;

        Stream(TestGateway gateway) throws Exception {
            lines = new BufferedReader(new InputStreamReader(
                    HttpClient.newHttpClient()
                            .send(gateway.request("/dashboard/events").build(), BodyHandlers.ofInputStream())
                            .body(),
                    StandardCharsets.UTF_8));
        }

        /** The next event of this name whose data is as wanted. */
        JsonNode next(String event, Predicate<JsonNode> wanted) throws IOException {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("event: " + event)) {
                    JsonNode data = JSON.readTree(lines.readLine().substring("data: ".length()));
                    if (wanted.test(data)) {
                        return data;
                    }
                }
            }
            throw new AssertionError("the stream ended");
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    @Test
    void a_page_is_told_what_happened_before_it_came_and_then_what_is_new() throws Exception {
        OpenApi api = new OpenApi();
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NO_SERVICES)) {
            gateway.post("/services", form("orders", a, ""));
            try (Stream stream = new Stream(gateway)) {
                JsonNode first = stream.next("events", data -> true);
                assertEquals(List.of("registered", "healthy"), first.findValuesAsText("kind"));
                assertEquals(List.of(), api.faults("/components/schemas/EventsEvent", first));
                gateway.delete("/services/orders");
                JsonNode news = stream.next("events", data -> true);
                assertEquals(List.of("deregistered"), news.findValuesAsText("kind"));
                JsonNode state = stream.next("state", data -> !data.path("left").isEmpty());
                assertEquals(List.of(), api.faults("/components/schemas/StateEvent", state));
                assertEquals("orders", state.at("/left/0/service").asText());
                assertEquals(
                        "all instances of orders were deregistered",
                        state.at("/left/0/reason").asText());
                gateway.post("/services", form("orders", a, ""));
                stream.next("state", data -> data.path("left").isEmpty());
            }
        }
    }

    @Test
    void a_service_whose_lease_ran_out_is_shown_as_gone() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NO_SERVICES)) {
            gateway.post("/services", form("orders", a, ",\"lease\":\"1s\""));
            try (Stream stream = new Stream(gateway)) {
                JsonNode state = stream.next("state", data -> !data.path("left").isEmpty());
                assertEquals("expired", state.at("/left/0/kind").asText());
                assertEquals(
                        "its lease of 1s was not renewed",
                        state.at("/left/0/reason").asText());
                assertEquals(List.of("expired"), kinds(gateway, "?kind=expired"));
            }
        }
    }
}
