import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code GET /dashboard/history}: what the plots show. */
class HistoryApiTest {
    private static TestBackend a;
    private static TestGateway gateway;

    /** Three requests are served and one is limited, and a step of the shortest span has ended since. */
    @BeforeAll
    static void four_requests_are_in_the_history() throws Exception {
        a = TestBackend.named("a");
        gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "3/1h"), a);
        for (int i = 0; i < 4; i++) {
            gateway.get("/api/x");
        }
        Await.until("their steps", () -> sum("24h", "served") == 3 && sum("24h", "limited") == 1);
    }

    @AfterAll
    static void close() throws Exception {
        gateway.close();
        a.close();
    }

    private static long sum(String span, String outcome) throws Exception {
        long sum = 0;
        for (JsonNode point : gateway.json("/dashboard/history?span=" + span).path("points")) {
            sum += point.path(outcome).asLong();
        }
        return sum;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"15m, 3000", "1h, 15000", "24h, 300000"})
    void each_span_has_the_requests_in_its_own_steps(String span, long step) throws Exception {
        JsonNode history = gateway.json("/dashboard/history?span=" + span);
        assertEquals(span, history.path("span").asText());
        assertEquals(step, history.path("step_ms").asLong());
        assertEquals(3, sum(span, "served"));
        assertEquals(1, sum(span, "limited"));
        long before = 0;
        for (JsonNode point : history.path("points")) {
            assertTrue(point.path("time_ms").asLong() > before, history::toString);
            before = point.path("time_ms").asLong();
            boolean served = point.path("served").asLong() > 0;
            assertEquals(served, point.path("p99_ms").isNumber(), history::toString);
        }
    }

    @Test
    void the_step_of_a_day_is_shown_though_it_is_under_way() throws Exception {
        JsonNode points = gateway.json("/dashboard/history?span=24h").path("points");
        assertEquals(1, points.size(), "the gateway has run for less than five minutes");
        assertTrue(points.get(0).path("duration_ms").asLong() < 300_000);
        assertEquals(3, points.get(0).at("/backends").iterator().next().asLong());
        assertEquals(3, points.get(0).at("/routes/default").asLong());
        assertEquals(3, points.get(0).at("/answers/2xx_3xx").asLong());
    }

    @Test
    void without_a_span_it_is_the_shortest() throws Exception {
        assertEquals("15m", gateway.json("/dashboard/history").path("span").asText());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "span=2h         | span=2h: expected one of 15m, 1h, 24h",
                "span=           | span=: expected one of 15m, 1h, 24h",
                "span=24H        | span=24H: expected one of 15m, 1h, 24h",
                "spam=1h         | spam isn't a parameter; expected some of span",
            })
    void a_bad_value_is_named_with_what_was_expected(String query, String detail) throws Exception {
        HttpResponse<String> answer = gateway.get("/dashboard/history?" + query);
        assertEquals(400, answer.statusCode());
        assertEquals(
                "urn:api-gateway:problem:bad-request",
                TestGateway.json(answer).path("type").asText());
        assertEquals(detail, TestGateway.json(answer).path("detail").asText());
    }

    @Test
    void it_is_for_operators() throws Exception {
        Map<String, String> settings =
                Map.of("GATEWAY_SERVICES", "", "GATEWAY_ADMIN_TOKEN", "a-token-of-many-letters-1");
        try (TestGateway guarded = TestGateway.with(settings)) {
            HttpResponse<String> answer = guarded.get("/dashboard/history?span=1h");
            assertEquals(401, answer.statusCode());
            assertFalse(answer.body().contains("points"), answer.body());
        }
    }
}
