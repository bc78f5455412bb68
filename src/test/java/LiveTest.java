import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.testing.Await;
import gateway.testing.FakeTime;
import gateway.testing.TestBackend;
import gateway.trace.History;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the page is told over Server-Sent Events, drain and resume, and who may ask for changes. */
@Timeout(60)
class LiveTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** An open page. */
    private static final class Viewer implements AutoCloseable {
        private final HttpResponse<java.io.InputStream> response;
        private final BufferedReader lines;

        Viewer(TestGateway gateway) throws Exception {
            response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + gateway.port() + "/dashboard/events"))
                                    .build(),
                            BodyHandlers.ofInputStream());
            lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        /** The next event of this name. */
        JsonNode next(String event) throws IOException {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("event: " + event)) {
                    return JSON.readTree(lines.readLine().substring("data: ".length()));
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
    void a_page_is_told_the_history_the_last_requests_and_how_things_are() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "1/60s"), a)) {
            gateway.get("/api/one");
            gateway.get("/api/two");
            Await.until(
                    "both to be counted",
                    () -> gateway.json("/stats").path("totals").path("requests").asInt() == 2);
            try (Viewer viewer = new Viewer(gateway)) {
                assertEquals(
                        "text/event-stream",
                        viewer.response.headers().firstValue("Content-Type").orElseThrow());
                assertEquals(3000, viewer.next("history").path("step_ms").asInt());
                List<String> outcomes = new ArrayList<>();
                while (outcomes.size() < 2) {
                    viewer.next("hops")
                            .forEach(trace -> outcomes.add(trace.path("path").asText() + " "
                                    + trace.path("outcome").asText()));
                }
                assertEquals(List.of("/api/one served", "/api/two limited"), outcomes);
                JsonNode state = viewer.next("state");
                assertEquals("running", state.path("status").asText());
                assertEquals(1, state.path("totals").path("served").asInt());
                assertEquals(1, state.path("totals").path("limited").asInt());
                assertEquals(
                        "healthy", state.path("backends").path(0).path("status").asText());
                assertEquals(1, state.path("backends").path(0).path("requests").asInt());
                assertEquals(
                        state.path("backends").path(0).path("name"),
                        state.path("balancer").path("next"));
                JsonNode nearest = state.path("limit").path("nearest").path(0);
                assertEquals("127.0.0.1", nearest.path("client").asText());
                assertEquals(0, nearest.path("remaining").asInt());
                assertTrue(nearest.path("next_free_in_ms").asLong() > 0);
                gateway.get("/api/three");
                assertEquals(
                        "/api/three", viewer.next("hops").path(0).path("path").asText());
            }
        }
    }

    /** The page once dropped all steps that were later by the new time than the next one: the plots were empty. */
    @Test
    void steps_come_anew_in_their_order_when_the_clock_is_set_back() throws Exception {
        FakeTime time = new FakeTime();
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_SERVICES", ""), time);
                Viewer viewer = new Viewer(gateway)) {
            assertEquals(0, viewer.next("history").path("points").size());
            time.pass(History.STEP);
            long before = viewer.next("point").path("time_ms").asLong();
            assertEquals(time.now().toEpochMilli(), before);
            time.setClock(Duration.ofHours(-1));
            time.pass(History.STEP);
            JsonNode points = viewer.next("history").path("points");
            long now = time.now().toEpochMilli();
            assertEquals(2, points.size());
            assertEquals(now - 3000, points.path(0).path("time_ms").asLong());
            assertEquals(now, points.path(1).path("time_ms").asLong());
        }
    }

    @Test
    void a_step_of_the_history_comes_as_it_ends() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a);
                Viewer viewer = new Viewer(gateway)) {
            gateway.get("/api/one");
            JsonNode point = viewer.next("point");
            while (point.path("served").asInt() == 0) {
                point = viewer.next("point");
            }
            assertEquals(1, point.path("backends").elements().next().asInt());
            assertTrue(point.path("p99_ms").asDouble() > 0);
        }
    }

    @Test
    void at_most_fifty_pages_are_open_and_one_that_closes_makes_room() throws Exception {
        List<Viewer> viewers = new ArrayList<>();
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            for (int i = 0; i < 50; i++) {
                viewers.add(new Viewer(gateway));
            }
            var refused = gateway.get("/dashboard/events");
            assertEquals(503, refused.statusCode());
            assertTrue(refused.body().contains("too-many-viewers"), refused.body());
            viewers.get(0).close();
            Await.until("room", () -> {
                try (Viewer another = new Viewer(gateway)) {
                    return another.response.statusCode() == 200;
                }
            });
        } finally {
            for (Viewer viewer : viewers) {
                viewer.close();
            }
        }
    }

    @Test
    void an_open_page_does_not_keep_the_gateway_from_leaving() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf();
                Viewer viewer = new Viewer(gateway)) {
            viewer.next("state");
            gateway.drain.run(gateway.app.jettyServer().server());
            while (viewer.lines.readLine() != null) {
                // what was sent before; a stream that goes on runs into the timeout
            }
        }
    }

    @Test
    void a_drained_service_is_listed_but_gets_nothing_until_resumed() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf(a, b)) {
            String service = "/services/127.0.0.1-" + a.port();
            JsonNode drained = TestGateway.json(gateway.post(service + "/drain", ""));
            assertEquals("draining", drained.path("status").asText());
            assertTrue(drained.path("draining").asBoolean());
            assertEquals(List.of("b", "b", "b"), List.of(gateway.who(), gateway.who(), gateway.who()));
            assertEquals(2, gateway.json("/services").path("total_services").asInt());
            assertEquals(1, gateway.json("/services").path("healthy_services").asInt());
            JsonNode resumed = TestGateway.json(gateway.post(service + "/resume", ""));
            assertEquals("healthy", resumed.path("status").asText());
            assertTrue(resumed.path("draining").isMissingNode());
            assertTrue(List.of(gateway.who(), gateway.who()).contains("a"));
        }
    }

    @Test
    void draining_what_is_not_there_is_a_problem() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            assertEquals(404, gateway.post("/services/none/drain", "").statusCode());
            assertEquals(404, gateway.post("/services/none/resume", "").statusCode());
        }
    }

    @Test
    void a_page_of_another_site_may_look_but_change_nothing() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            String drain = "POST /services/127.0.0.1-" + a.port()
                    + "/drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n";
            assertEquals(
                    403, gateway.raw(drain + "Origin: http://other\r\n\r\n").status());
            assertEquals(403, gateway.raw(drain + "Origin: null\r\n\r\n").status());
            assertEquals("healthy", gateway.status(0));
            assertEquals(
                    200, gateway.raw(drain + "Origin: http://localhost\r\n\r\n").status());
            assertEquals(
                    200,
                    gateway.raw("GET /services HTTP/1.1\r\nHost: localhost\r\nOrigin: http://other\r\n\r\n")
                            .status());
        }
    }

    @Test
    void browsers_are_led_to_the_page_and_others_get_json() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            String browser = "GET / HTTP/1.1\r\nHost: x\r\n"
                    + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\r\n";
            assertEquals(303, gateway.raw(browser).status());
            assertTrue(gateway.raw(browser).header("Location").get(0).endsWith("/dashboard"));
            for (String accept : List.of(
                    "*/*",
                    "application/json",
                    "application/json, text/html;q=0.9",
                    "text/html;q=0",
                    "text/html;q=much",
                    "\"text/html",
                    "",
                    ";;q=")) {
                assertEquals(
                        200,
                        gateway.raw("GET / HTTP/1.1\r\nHost: x\r\nAccept: " + accept + "\r\n\r\n")
                                .status(),
                        accept);
            }
        }
    }
}
