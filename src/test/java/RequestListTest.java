import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code GET /requests}: the last requests, as operators look for them. */
class RequestListTest {
    private static TestBackend a;
    private static TestBackend b;
    private static TestGateway gateway;

    /** Five requests, each with its number as its id, after one another. */
    @BeforeAll
    static void five_requests_have_ended() throws Exception {
        a = TestBackend.doing((request, wire) -> {
            String status = request.target().equals("/bad") ? "500" : "200";
            wire.send("HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\n\r\n");
        });
        b = TestBackend.hangsUp();
        gateway = TestGateway.withRoutes("""
                routes:
                  shop: {match: {path: /shop}, limits: [1/1h], services: ["%s"]}
                  docs: {match: {path: /docs-of-it}}
                """.formatted(a.url()), Map.of("GATEWAY_HEALTH_INTERVAL", "1h"));
        gateway.post("/services", "{\"name\":\"hanging\",\"route\":\"docs\",\"url\":\"" + b.url() + "\"}");
        send("127.0.0.1", "/shop/good", "1");
        send("127.0.0.1", "/shop/good", "2"); // over the limit
        send("127.0.0.2", "/shop/bad", "3");
        send("127.0.0.1", "/docs-of-it/x", "4"); // no answer
        send("127.0.0.2", "/docs-of-it/../x", "5"); // rejected
    }

    @AfterAll
    static void close() throws Exception {
        gateway.close();
        a.close();
        b.close();
    }

    /** Waits until the request has ended, which may be a moment after its answer: the order is that of their ends. */
    private static void send(String from, String path, String id) throws Exception {
        try (RawClient client = gateway.from(from)) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\nX-Request-ID: " + id + "\r\n\r\n")
                    .answer();
        }
        Await.until("its trace", () -> gateway.get("/requests/" + id).statusCode() == 200);
    }

    private static List<String> ids(String query) throws Exception {
        List<String> ids = new ArrayList<>();
        gateway.json("/requests" + query)
                .path("requests")
                .forEach(trace -> ids.add(trace.path("id").asText()));
        return ids;
    }

    @ParameterizedTest(name = "/requests{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "''                             | 5 4 3 2 1",
                "?outcome=served                | 3 1",
                "?outcome=limited               | 2",
                "?outcome=failed                | 4",
                "?outcome=rejected              | 5",
                "?outcome=abandoned             | ''",
                "?client=127.0.0.2              | 5 3",
                "?client=192.0.2.7              | ''",
                "?status=500                    | 3",
                "?status=5xx                    | 4 3",
                "?status=4xx                    | 5 2",
                "?status=none                   | ''",
                "?route=shop                    | 3 2 1",
                "?service=hanging               | 4",
                "?service=nobody                | ''",
                "?client=127.0.0.1&route=shop   | 2 1",
                "?outcome=served&status=5xx     | 3",
                "?limit=2                       | 5 4",
                "?limit=1&route=shop            | 3",
            })
    void those_that_fit_all_parameters_come_newest_first(String query, String found) throws Exception {
        assertEquals(found, String.join(" ", ids(query)));
    }

    @Test
    void page_after_page_leads_to_the_oldest_that_fits() throws Exception {
        List<String> seen = new ArrayList<>();
        String cursor = "";
        for (int pages = 0; pages < 3; pages++) {
            JsonNode page = gateway.json("/requests?limit=1&route=shop" + cursor);
            seen.add(page.at("/requests/0/id").asText());
            assertEquals(pages < 2, page.has("next_cursor"), page.toString());
            cursor = "&cursor=" + page.path("next_cursor").asText();
        }
        assertEquals(List.of("3", "2", "1"), seen);
    }

    @Test
    void a_trace_in_the_list_is_the_same_as_by_its_id() throws Exception {
        assertEquals(
                gateway.json("/requests/3"),
                gateway.json("/requests?status=500").at("/requests/0"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "outcome=fine         | outcome=fine: expected one of served, limited, failed, rejected, abandoned",
                "client=nobody        | client=nobody: expected an IP address like 192.0.2.7 or 2001:db8::1",
                "status=6xx           | status=6xx: expected a status like 502, a class like 5xx, or none",
                "status=20            | status=20: expected a status like 502, a class like 5xx, or none",
                "limit=0              | limit=0: expected 1 to 1000",
                "limit=many           | limit=many: expected 1 to 1000",
                "limit=1001           | limit=1001: expected 1 to 1000",
                "cursor=-1            | cursor=-1: expected next_cursor of an earlier answer",
                "outcom=served        | outcom isn't a parameter; expected some of outcome, client, service, status, route, limit, cursor",
                "a=1&limit=2&b=3      | a, b aren't parameters; expected some of outcome, client, service, status, route, limit, cursor",
                "limit=0&status=x     | status=x: expected a status like 502, a class like 5xx, or none; limit=0: expected 1 to 1000",
            })
    void a_bad_value_is_named_with_what_was_expected(String query, String detail) throws Exception {
        HttpResponse<String> answer = gateway.get("/requests?" + query);
        assertEquals(400, answer.statusCode());
        assertEquals(detail, TestGateway.json(answer).path("detail").asText());
    }

    @Test
    void an_unknown_route_is_named_with_those_that_there_are() throws Exception {
        HttpResponse<String> answer = gateway.get("/requests?route=shops");
        assertEquals(404, answer.statusCode());
        assertEquals(
                "No route is called shops; there are docs, shop",
                TestGateway.json(answer).path("detail").asText());
    }

    @Test
    void the_list_is_for_operators() throws Exception {
        Map<String, String> settings =
                Map.of("GATEWAY_SERVICES", "", "GATEWAY_ADMIN_TOKEN", "a-token-of-many-letters-1");
        try (TestGateway guarded = TestGateway.with(settings)) {
            HttpResponse<String> answer = guarded.get("/requests");
            assertEquals(401, answer.statusCode());
            assertFalse(answer.body().contains("\"requests\""), answer.body());
        }
    }
}
