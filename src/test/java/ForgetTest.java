import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code DELETE /limits/{client}}: a client gets a whole budget again. */
class ForgetTest {
    private static int from(TestGateway gateway, String address, String path, String... lines) throws Exception {
        try (RawClient client = gateway.from(address)) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n"
                            + (lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n") + "\r\n")
                    .answer()
                    .status();
        }
    }

    @Test
    void a_client_whose_window_is_forgotten_has_its_budget_again_and_no_other_has() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "1/1h"), a)) {
            for (String client : new String[] {"127.0.0.2", "127.0.0.3"}) {
                assertEquals(200, from(gateway, client, "/api/x"));
                assertEquals(429, from(gateway, client, "/api/x"));
            }
            assertEquals(204, gateway.delete("/limits/127.0.0.2").statusCode());
            assertEquals(429, from(gateway, "127.0.0.3", "/api/x"));
            assertEquals(200, from(gateway, "127.0.0.2", "/api/x"));
            assertEquals(429, from(gateway, "127.0.0.2", "/api/x"));
            assertEquals(204, gateway.delete("/limits/127.0.0.99").statusCode(), "one that never came");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "localhost, localhost isn't an IP address; expected one like 192.0.2.7 or 2001:db8::1",
        "1.2.3.400, 1.2.3.400 isn't an IP address; expected one like 192.0.2.7 or 2001:db8::1",
        "explain, explain isn't an IP address; expected one like 192.0.2.7 or 2001:db8::1",
        "127.0.0.1?route=none, route=none isn't a route of this gateway",
    })
    void what_is_no_address_or_no_route_is_named(String asked, String detail) throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "1/1h"))) {
            var answer = gateway.delete("/limits/" + asked);
            assertEquals(400, answer.statusCode(), answer.body());
            assertEquals(detail, TestGateway.json(answer).path("detail").asText());
        }
    }

    @Test
    void it_is_for_operators_only() throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_ADMIN_TOKEN", "the-token-of-this-test"))) {
            assertEquals(401, gateway.delete("/limits/127.0.0.1").statusCode());
        }
    }

    @Test
    void each_route_forgets_for_itself_by_address_but_not_what_counts_for_all() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.withRoutes(
                        "routes:\n  docs: {match: {path: /docs2}, limits: [1/1h by client], services: [\"" + a.url()
                                + "\"]}\n  shop: {match: {path: /shop}, limits: [1/1h by header:X-Key, 3/1h by route],"
                                + " services: [\"" + a.url() + "\"]}\n")) {
            for (String path : new String[] {"/docs2/x", "/shop/x"}) {
                assertEquals(200, from(gateway, "127.0.0.2", path));
                assertEquals(429, from(gateway, "127.0.0.2", path));
            }
            assertEquals(200, from(gateway, "127.0.0.2", "/shop/x", "X-Key: k"));
            var several = gateway.delete("/limits/127.0.0.2");
            assertEquals(400, several.statusCode());
            assertTrue(several.body().contains("name one: DELETE /limits/127.0.0.2?route=NAME"), several.body());
            assertEquals(204, gateway.delete("/limits/127.0.0.2?route=shop").statusCode());
            assertEquals(429, from(gateway, "127.0.0.2", "/docs2/x"));
            assertEquals(429, from(gateway, "127.0.0.2", "/shop/x", "X-Key: k"), "another key");
            assertEquals(200, from(gateway, "127.0.0.2", "/shop/x"));
            assertEquals(204, gateway.delete("/limits/127.0.0.2?route=shop").statusCode());
            assertEquals(429, from(gateway, "127.0.0.2", "/shop/x"), "the route's three are used up");
        }
    }

    @Test
    @Tag("redis")
    void all_gateways_that_share_a_limit_forget() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TestBackend a = TestBackend.named("a");
                TestGateway first = sharing(redis, a);
                TestGateway second = sharing(redis, a)) {
            assertEquals(200, from(second, "127.0.0.2", "/api/x"));
            assertEquals(429, from(second, "127.0.0.2", "/api/x"), "by the second one's own memory");
            assertEquals(429, from(first, "127.0.0.2", "/api/x"));
            assertEquals(204, first.delete("/limits/127.0.0.2").statusCode());
            assertEquals(
                    0, first.json("/limits/explain?ip=127.0.0.2").path("used").asInt());
            Await.until("the second one to forget, too", () -> from(second, "127.0.0.2", "/api/x") == 200);
            assertEquals(429, from(first, "127.0.0.2", "/api/x"));

            redis.kill();
            assertEquals(204, first.delete("/limits/127.0.0.2").statusCode());
            redis.startAgain();
            Await.until("the second one to hear of it", () -> from(second, "127.0.0.2", "/api/x") == 200);
        }
    }

    private static TestGateway sharing(TestRedis redis, TestBackend backend) {
        return TestGateway.with(
                Map.of("GATEWAY_RATE_LIMIT", "1/1h", "GATEWAY_REDIS_URL", redis.url(), "GATEWAY_REDIS_TIMEOUT", "5s"),
                backend);
    }
}
