import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ClusterMembers behind gateways: chains work, loops end. */
class LoopTest {
    private static String url(TestGateway gateway, String path) {
        return "http://127.0.0.1:" + gateway.port() + path;
    }

    private static void register(TestGateway at, String name, String url) throws Exception {
        at.post("/services", "{\"name\":\"" + name + "\",\"url\":\"" + url + "\"}");
    }

    private static String status(TestGateway gateway, String name) throws Exception {
        return gateway.json("/services/" + name).path("status").asText();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/api/x", "/services", "/health", "/nowhere"})
    void what_has_passed_this_gateway_is_refused_whatever_it_asks_for(String path) throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Answer answer = gateway.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nVia: 1.1 first\r\nVia: 1.0 other, 1.1 "
                    + gateway.via() + " (really)\r\n\r\n");
            assertEquals(508, answer.status());
            JsonNode problem = TestGateway.json(answer);
            assertEquals(
                    "urn:api-gateway:problem:loop-detected",
                    problem.path("type").asText());
            boolean forService = path.startsWith("/api/");
            assertEquals(forService ? 1 : 0, answer.header("Proxy-Status").size());
            if (forService) {
                assertEquals(
                        0,
                        answer.header("Proxy-Status")
                                .get(0)
                                .indexOf("api-gateway; error=proxy_loop_detected; details="));
            }
            assertEquals(0, a.waiting());
        }
    }

    @Test
    void what_has_passed_another_gateway_passes() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway inner = TestGateway.inFrontOf(a);
                TestGateway outer = TestGateway.with(Map.of("GATEWAY_SERVICES", url(inner, "/api")))) {
            assertNotEquals(inner.via(), outer.via());
            assertEquals("a", outer.who());
            assertEquals(
                    List.of("1.1 " + outer.via(), "1.1 " + inner.via()),
                    a.next().header("Via"));
        }
    }

    @Test
    void a_loop_through_two_gateways_ends_and_no_check_takes_part_in_it() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway one = TestGateway.inFrontOf(a);
                TestGateway two = TestGateway.with(Map.of("GATEWAY_SERVICES", url(one, "/api")))) {
            assertEquals("a", two.who());
            one.delete("/services/127.0.0.1-" + a.port());
            register(one, "two", url(two, "/api"));
            JsonNode check = one.json("/services/two").path("last_check");
            assertEquals("leads back to this gateway", check.path("error").asText());
            assertEquals("checking", status(one, "two"));
            // Two still holds one for well; one has nobody to ask.
            assertEquals(503, two.get("/api/x").statusCode());
        }
    }

    @Test
    void a_loop_that_checks_cannot_see_ends_at_the_first_request() throws Exception {
        // A proxy between, here a backend that passes on what it gets but answers checks itself.
        TestGateway[] gateway = new TestGateway[1];
        try (TestBackend between = TestBackend.doing((request, wire) -> {
                    Answer answer = gateway[0].raw(request.head()
                            .replaceFirst("GET /", "GET /api/")
                            .replaceFirst("(?i)Connection: .*\r\n", ""));
                    wire.send(answer.head() + answer.body());
                });
                TestGateway looping = TestGateway.inFrontOf(between)) {
            gateway[0] = looping;
            Answer answer = looping.raw("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n");
            assertEquals(508, answer.status());
            assertEquals(1, between.waiting());
        }
    }
}
