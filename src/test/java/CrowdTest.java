import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import gateway.testing.TestBackend.Script;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many the gateway takes on at the same time: who is one too many is told so at once, and others don't suffer. */
@ResourceLock(value = "threads of WebSockets", mode = ResourceAccessMode.READ)
class CrowdTest {
    private static final String TYPE = "urn:api-gateway:problem:";
    private static final String GET = "GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n";

    private static void assertRefused(String slug, Answer answer) throws IOException {
        assertEquals(503, answer.status(), answer.head());
        assertEquals(TYPE + slug, TestGateway.json(answer).path("type").asText());
        assertEquals(List.of("1"), answer.header("Retry-After"));
    }

    private static Script held(String name, CountDownLatch latch) {
        return (request, wire) -> {
            latch.await();
            wire.ok(name);
        };
    }

    @Test
    void more_requests_than_may_be_under_way_are_refused_at_once_while_the_gateway_answers() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        Map<String, String> settings = Map.of("GATEWAY_MAX_IN_FLIGHT", "1", "GATEWAY_RATE_LIMIT", "2/1h");
        try (TestBackend backend = TestBackend.heldBy(latch);
                TestGateway gateway = TestGateway.with(settings, backend);
                RawClient first = gateway.raw();
                RawClient second = gateway.raw()) {
            first.send(GET);
            backend.next();
            for (int i = 0; i < 3; i++) {
                Answer refused = second.send(GET).answer();
                assertRefused("overloaded", refused);
                assertEquals(List.of(), refused.header("X-Request-ID"), "at the door, before anything was done for it");
                assertTrue(
                        refused.header("Proxy-Status").get(0).startsWith("api-gateway; error=connection_limit_reached"),
                        refused.head());
            }
            assertEquals(200, gateway.get("/health").statusCode());
            assertEquals(200, gateway.get("/services").statusCode());
            Await.until(
                    "counts", // when its connection is read again
                    () -> gateway.get("/metrics").body().contains("gateway_problems_total{type=\"overloaded\"} 3.0"));
            assertTrue(gateway.get("/metrics").body().contains("gateway_requests_in_flight 1.0"));
            latch.countDown();
            assertEquals(200, first.answer().status());
            Await.until("room", () -> gateway.get("/metrics").body().contains("gateway_requests_in_flight 0.0"));
            assertEquals(200, second.send(GET).answer().status(), "what was refused took nothing of the limit");
        }
    }

    @Test
    void a_service_that_has_as_many_as_it_may_have_is_passed_over() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        try (TestBackend slow = TestBackend.doing(held("slow", latch));
                TestBackend quick = TestBackend.named("quick");
                TestGateway gateway = TestGateway.with(
                        Map.of(
                                "GATEWAY_MAX_IN_FLIGHT_PER_SERVICE",
                                "1",
                                "GATEWAY_SERVICES",
                                slow.url() + "," + quick.url()),
                        slow,
                        quick);
                RawClient first = gateway.raw();
                RawClient second = gateway.raw()) {
            while (slow.waiting() == 0) {
                first.send(GET);
                Await.until("one of the two", () -> first.isReadable() || slow.waiting() > 0);
                if (first.isReadable()) {
                    first.answer();
                }
            }
            for (int i = 0; i < 4; i++) {
                assertTrue(second.send(GET).answer().body().contains("quick"));
            }
            JsonNode services = gateway.json("/services").path("services");
            List<String> full = new ArrayList<>();
            services.forEach(service -> {
                if (service.path("full").asBoolean()) {
                    full.add(service.path("url").asText());
                }
            });
            assertEquals(List.of(slow.url()), full);
            latch.countDown();
        }
    }

    @Test
    void when_all_services_are_full_that_is_said_and_told_in_the_request_s_trace() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.heldBy(latch);
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_IN_FLIGHT_PER_SERVICE", "2"), backend);
                RawClient first = gateway.raw();
                RawClient second = gateway.raw();
                RawClient third = gateway.raw()) {
            first.send(GET);
            second.send(GET);
            backend.next();
            backend.next();
            Answer answer = third.send(GET.replace("Host: x", "Host: x\r\nX-Request-ID: one-too-many"))
                    .answer();
            assertRefused("all-full", answer);
            assertTrue(answer.header("Proxy-Status").get(0).contains("connection_limit_reached"));
            JsonNode trace = gateway.json("/requests/one-too-many");
            assertEquals("full", trace.at("/passed_over/0/status").asText());
            latch.countDown();
            assertEquals(200, first.answer().status());
            assertEquals(200, second.answer().status());
            Await.until(
                    "room",
                    () -> gateway.json("/services").at("/services/0/in_flight").asInt() == 0);
            assertEquals(200, third.send(GET).answer().status());
            assertFalse(gateway.json("/services").at("/services/0").has("full"));
        }
    }

    @Test
    void an_open_websocket_takes_no_request_s_place() throws Exception {
        String accepted = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
        String handshake = "GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        Map<String, String> settings = Map.of("GATEWAY_MAX_IN_FLIGHT_PER_SERVICE", "1", "GATEWAY_MAX_IN_FLIGHT", "1");
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    if (request.target().equals("/ws")) {
                        wire.send(accepted).rest();
                    } else {
                        wire.ok("fine");
                    }
                });
                TestGateway gateway = TestGateway.with(settings, backend);
                RawClient webSocket = gateway.raw();
                RawClient client = gateway.raw()) {
            assertEquals(101, webSocket.send(handshake).head().status());
            Await.until("a served request", () -> client.send(GET).answer().status() == 200);
            assertEquals(
                    1, gateway.json("/services").at("/services/0/in_flight").asInt());
            webSocket.reset();
            Await.until(
                    "its end",
                    () -> gateway.json("/services").at("/services/0/in_flight").asInt() == 0);
            assertEquals(200, client.send(GET).answer().status());
        }
    }

    @Test
    void more_connections_than_there_may_be_are_closed_and_counted_until_there_is_room() throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_CONNECTIONS", "2"));
                RawClient first = gateway.raw();
                RawClient second = gateway.raw()) {
            String health = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
            assertEquals(200, first.send(health).answer().status());
            assertEquals(200, second.send(health).answer().status());
            try (RawClient third = gateway.raw()) {
                assertEquals("", closed(third));
            }
            Answer metrics = first.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .answer();
            assertTrue(
                    metrics.body().contains("gateway_connections_refused_total{reason=\"too-many-connections\"} 1.0"));
            assertTrue(metrics.body().contains("gateway_connections 2.0"), metrics.body());
            second.reset();
            Await.until("room", () -> {
                try (RawClient again = gateway.raw()) {
                    return again.send(health).answer().status() == 200;
                } catch (IOException e) { // closed: the other's end hasn't been seen yet
                    return false;
                }
            });
        }
    }

    /** What comes until the end, which may be a reset. */
    private static String closed(RawClient client) {
        try {
            return client.rest();
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void one_service_too_many_is_refused_and_those_there_are_still_renew() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_SERVICES", "1"))) {
            String one = "{\"name\":\"one\",\"url\":\"" + backend.url() + "\",\"instance\":\"first\"}";
            assertEquals(201, gateway.post("/services", one).statusCode());
            HttpResponse<String> refused = gateway.post("/services", one.replace("one", "two"));
            assertEquals(503, refused.statusCode());
            assertEquals(
                    TYPE + "too-many-services",
                    TestGateway.json(refused).path("type").asText());
            assertEquals(200, gateway.post("/services", one).statusCode(), "renewed");
            assertEquals(
                    200,
                    gateway.post("/services", one.replace("127.0.0.1", "localhost"))
                            .statusCode(),
                    "moved");
            assertEquals(204, gateway.delete("/services/one").statusCode());
            assertEquals(
                    201, gateway.post("/services", one.replace("one", "two")).statusCode());
        }
    }

    @Test
    void registrations_beyond_their_pace_are_to_come_again() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_REGISTRATIONS", "1"));
                RawClient client = gateway.raw()) {
            String body = "{\"name\":\"one\",\"url\":\"" + backend.url() + "\"}";
            String request =
                    "POST /services HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body;
            List<Answer> refused = new ArrayList<>();
            Await.until("two in one second", () -> {
                Answer answer = client.send(request).answer();
                if (answer.status() == 503) {
                    refused.add(answer);
                }
                return !refused.isEmpty();
            });
            assertRefused("too-many-registrations", refused.get(0));
            Await.until("the next second", () -> client.send(request).answer().status() == 200);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void viewers_are_as_many_as_is_set(int most) throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_VIEWERS", "" + most));
                RawClient first = gateway.raw();
                RawClient second = gateway.raw()) {
            String events = "GET /dashboard/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
            if (most > 0) {
                assertEquals(200, first.send(events).head().status());
            }
            Answer refused = second.send(events).answer();
            assertEquals(503, refused.status());
            assertEquals(
                    TYPE + "too-many-viewers",
                    TestGateway.json(refused).path("type").asText());
        }
    }
}
