import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.settings.InvalidSettings;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a restart forgets, and what the file of GATEWAY_STATE keeps. */
@Timeout(120)
class StateTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void begin() {
        file = folder.resolve("state.json");
    }

    private TestGateway gateway(String... services) {
        return TestGateway.with(
                Map.of("GATEWAY_STATE", file.toString(), "GATEWAY_SERVICES", String.join(",", services)));
    }

    private static JsonNode register(TestGateway gateway, String name, TestBackend backend, String more)
            throws Exception {
        return TestGateway.json(
                gateway.post("/services", "{\"name\":\"" + name + "\",\"url\":\"" + backend.url() + "\"" + more + "}"));
    }

    @Test
    void services_drains_and_routes_are_there_again_after_a_restart_and_what_was_removed_is_not() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestBackend c = TestBackend.named("c")) {
            try (TestGateway first = gateway()) {
                register(first, "a", a, ",\"weight\":3");
                register(first, "b", b, ",\"lease\":\"1h\",\"instance\":\"web-1\"");
                register(first, "c", c, "");
                first.post("/services/b/drain?sessions=move", "");
                first.delete("/services/c");
                first.send(first.request("/routes/shop")
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString("{\"match\":{\"path\":\"/shop\"},\"services\":[\"" + c.url()
                                + "\"],\"headers\":{\"request\":{\"set\":{\"X-Key\":\"hush\"}}}}")));
            }
            try (TestGateway second = gateway()) {
                JsonNode list = second.json("/services").path("services");
                assertEquals(List.of("a", "b", "127.0.0.1-" + c.port()), list.findValuesAsText("name"));
                assertEquals(
                        List.of("healthy", "draining", "healthy"),
                        list.findValuesAsText("status"),
                        "each was checked before the gateway listened");
                assertEquals(3, list.at("/0/weight").asInt());
                assertEquals("web-1", list.at("/1/instance").asText());
                assertEquals("1h", list.at("/1/lease").asText());
                assertEquals("a", second.who());
                assertEquals(
                        "hush",
                        second.json("/routes/shop")
                                .at("/headers/request/set/X-Key")
                                .asText());
                assertEquals("{\"service\":\"c\"}", second.get("/shop/who").body());
                List<String> told = new ArrayList<>();
                for (JsonNode event : second.json("/events").path("events")) {
                    if (!event.path("kind").asText().equals("healthy")) {
                        told.add(
                                0,
                                event.path("kind").asText() + " "
                                        + event.path("service").asText("-") + ": "
                                        + event.path("reason").asText() + " by "
                                        + event.path("who").asText());
                    }
                }
                assertEquals(
                        List.of(
                                "reloaded -: routes kept across the restart: added shop by gateway",
                                "registered a: kept across the restart: registered without a lease by gateway",
                                "registered b: kept across the restart: registered with a lease of 1h by gateway",
                                "drained b: kept across the restart: gets no more requests, and clients bound to it"
                                        + " move by gateway"),
                        told,
                        "after a restart, nobody wants to read that all has just come");
                second.post("/services/b/resume", "");
                assertEquals(
                        "gets requests again",
                        second.json("/events?limit=1").at("/events/0/reason").asText());
                second.delete("/routes/shop");
            }
            try (TestGateway third = gateway()) {
                assertEquals(
                        List.of("healthy", "healthy"),
                        third.json("/services").path("services").findValuesAsText("status"));
                assertEquals(404, third.get("/routes/shop").statusCode());
            }
        }
    }

    @Test
    void of_what_the_settings_list_the_drain_is_kept_and_not_the_service() throws Exception {
        try (TestBackend a = TestBackend.named("a")) {
            try (TestGateway first = gateway(a.url())) {
                first.post("/services/127.0.0.1-" + a.port() + "/drain", "");
            }
            try (TestGateway second = gateway(a.url())) {
                assertEquals("draining", second.status(0));
            }
            try (TestGateway without = gateway()) {
                assertEquals(0, without.json("/services").path("total_services").asInt());
            }
        }
    }

    @Test
    void a_change_is_in_the_file_soon() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = gateway()) {
            assertTrue(Files.exists(file), "that it can be written shows at the start");
            register(gateway, "orders", a, "");
            Await.until("the change in the file", () -> Files.readString(file).contains("\"orders\""));
        }
    }

    @Test
    void a_file_that_can_not_be_written_any_more_shows_in_health_and_events_until_it_can_be() throws Exception {
        Path own = Files.createDirectory(folder.resolve("own"));
        file = own.resolve("state.json");
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = gateway()) {
            register(gateway, "a", a, "");
            Await.until("the change in the file", () -> Files.readString(file).contains("\"a\""));
            assertEquals("healthy", gateway.json("/health").path("status").asText());
            assertFalse(gateway.json("/health").has("troubles"));
            Files.delete(file);
            Files.delete(own);
            gateway.post("/services/a/drain", "");
            Await.until("the trouble", () -> gateway.json("/health").has("troubles"));
            JsonNode health = gateway.json("/health");
            assertEquals("degraded", health.path("status").asText());
            assertEquals(
                    "[\"GATEWAY_STATE: the file can't be written: its folder isn't there; a restart would forget the"
                            + " last changes\"]",
                    health.path("troubles").toString());
            assertEquals(List.of(), new OpenApi().faults("/components/schemas/Health", health));
            gateway.post("/services/a/resume", "");
            Files.createDirectory(own);
            Await.until(
                    "the end of the trouble",
                    () -> gateway.json("/health").path("status").asText().equals("healthy"));
            assertFalse(gateway.json("/health").has("troubles"));
            assertEquals(1, gateway.json("/events?kind=unsaved").path("events").size());
            assertEquals(1, gateway.json("/events?kind=saved").path("events").size());
        }
    }

    @Test
    void a_file_that_is_not_whole_keeps_the_gateway_from_starting_and_stays() throws Exception {
        String half = "{\"format\":1,\"services\":[{\"route\":";
        Files.writeString(file, half);
        String message = assertThrows(InvalidSettings.class, this::gateway).getMessage();
        assertTrue(message.startsWith("GATEWAY_STATE=" + file + ": isn't whole JSON: "), message);
        assertEquals(half, Files.readString(file));
    }

    @Test
    void what_is_kept_is_not_said_to_be_forgotten() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = gateway()) {
            assertFalse(register(gateway, "a", a, "").has("after_restart"));
            assertFalse(TestGateway.json(gateway.post("/services/a/drain", "")).has("after_restart"));
        }
    }

    /** A real process that is killed: nothing is left of it but the file. */
    @Test
    @Tag("process")
    void a_killed_gateway_finds_its_services_again() throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of("GATEWAY_PORT", "0", "GATEWAY_STATE", file.toString()));
        try (TestBackend a = TestBackend.named("a")) {
            try (Launched gateway = Program.gateway(environment)) {
                send("POST", gateway.port(), "/services", "{\"name\":\"orders\",\"url\":\"" + a.url() + "\"}");
                send("POST", gateway.port(), "/services/orders/drain", "");
                Await.until(
                        "the drain in the file", () -> Files.readString(file).contains("\"stay\""));
                gateway.signal("KILL");
                gateway.exitCode();
            }
            try (Launched gateway = Program.gateway(environment)) {
                String list = send("GET", gateway.port(), "/services", "");
                assertTrue(list.contains("\"name\":\"orders\""), list);
                assertTrue(list.contains("\"draining\":true"), list);
            }
            Files.writeString(file, Files.readString(file).substring(0, 40));
            try (Launched gateway = Program.start(environment, "GatewayApp")) {
                assertEquals(2, gateway.exitCode(), gateway.output());
                gateway.line("GATEWAY_STATE=" + file + ": isn't whole JSON");
            }
        }
    }

    private static String send(String method, int port, String path, String json) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .header("Content-Type", "application/json")
                                .method(method, BodyPublishers.ofString(json))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }
}
