import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.FakeTime;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import gateway.testing.TestBackend.Received;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom requests come from, behind proxies, and who is limited. The proxies are 127.0.0.2 and 127.0.0.3. */
class OriginTest {
    private static final String PROXIES = "127.0.0.2/31";
    private static final String PROXY = "127.0.0.2";

    private static String get(String path, String... lines) {
        return "GET " + path + " HTTP/1.1\r\nHost: inner\r\nConnection: close\r\n"
                + (lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n") + "\r\n";
    }

    private static Answer ask(TestGateway gateway, String from, String path, String... lines) throws Exception {
        try (RawClient client = gateway.from(from)) {
            return client.send(get(path, lines)).answer();
        }
    }

    @Test
    void the_client_behind_a_trusted_proxy_is_limited_shown_and_told() throws Exception {
        Map<String, String> settings = Map.of("GATEWAY_TRUSTED_PROXIES", PROXIES, "GATEWAY_RATE_LIMIT", "2/60s");
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(settings, new FakeTime(), a)) {
            String chain = "X-Forwarded-For: 6.6.6.6, 203.0.113.9:4711, 127.0.0.3";
            assertEquals(
                    200,
                    ask(gateway, PROXY, "/api/x", chain, "X-Request-ID: seen").status());
            assertEquals(200, ask(gateway, PROXY, "/api/x", chain).status());
            Answer refused = ask(gateway, PROXY, "/api/x", chain);
            assertEquals(429, refused.status());
            assertEquals(
                    "203.0.113.9", TestGateway.json(refused).path("client_ip").asText());
            assertEquals(
                    200,
                    ask(gateway, PROXY, "/api/x", "X-Forwarded-For: 203.0.113.10")
                            .status(),
                    "another client");
            assertEquals(
                    "203.0.113.9", gateway.json("/requests/seen").path("client").asText());
            assertEquals(
                    "203.0.113.9",
                    TestGateway.json(ask(gateway, PROXY, "/stats", chain))
                            .at("/rate_limiting/your_ip")
                            .asText());
            JsonNode explained = TestGateway.json(ask(gateway, PROXY, "/limits/explain", chain));
            assertEquals("203.0.113.9", explained.path("client").asText());
            assertEquals(2, explained.path("used").asInt());
            assertEquals(
                    "the headers of trusted proxies: 203.0.113.9, 127.0.0.3, 127.0.0.2",
                    explained.path("found_by").asText());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a stranger         | 127.0.0.9 | X-Forwarded-For: 1.2.3.4 | 127.0.0.9",
                "a proxy            | 127.0.0.2 | X-Forwarded-For: 1.2.3.4 | 1.2.3.4, 127.0.0.2",
                "a chain            | 127.0.0.2 | X-Forwarded-For: 1.2.3.4, 127.0.0.3 | 1.2.3.4, 127.0.0.3, 127.0.0.2",
                "claims left of it  | 127.0.0.2 | X-Forwarded-For: 6.6.6.6, 1.2.3.4 | 1.2.3.4, 127.0.0.2",
                "a silent proxy     | 127.0.0.2 | Forwarded: for=6.6.6.6   | 127.0.0.2",
            })
    void a_backend_gets_the_way_from_the_client_and_nothing_that_nobody_vouches_for(
            String what, String peer, String line, String forwardedFor) throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_TRUSTED_PROXIES", PROXIES), a)) {
            String[] lines = {line, "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example", "X-Real-IP: 6.6.6.6"};
            assertEquals(200, ask(gateway, peer, "/api/x", lines).status());
            Received got = a.next();
            boolean trusted = peer.equals(PROXY);
            assertEquals(List.of(forwardedFor), got.header("X-Forwarded-For"));
            assertEquals(List.of(trusted ? "https" : "http"), got.header("X-Forwarded-Proto"));
            assertEquals(List.of(trusted ? "shop.example" : "inner"), got.header("X-Forwarded-Host"));
            assertEquals(List.of(), got.header("X-Real-IP"));
            assertEquals(List.of(), got.header("Forwarded"));
        }
    }

    @Test
    void with_forwarded_the_other_headers_are_a_clients_word() throws Exception {
        Map<String, String> settings =
                Map.of("GATEWAY_TRUSTED_PROXIES", PROXIES, "GATEWAY_FORWARDED_HEADER", "Forwarded");
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(settings, a)) {
            String[] lines = {
                "Forwarded: for=6.6.6.6;proto=http;host=evil, for=\"[2001:db8::7]:80\";proto=https;host=shop.example",
                "X-Forwarded-For: 6.6.6.6",
                "X-Forwarded-Proto: http",
                "X-Forwarded-Host: evil"
            };
            assertEquals(200, ask(gateway, PROXY, "/api/x", lines).status());
            Received got = a.next();
            assertEquals(List.of("2001:db8::7, 127.0.0.2"), got.header("X-Forwarded-For"));
            assertEquals(List.of("https"), got.header("X-Forwarded-Proto"));
            assertEquals(List.of("shop.example"), got.header("X-Forwarded-Host"));
            assertEquals(List.of(), got.header("Forwarded"));
        }
    }

    /** It was 0:0:0:0:0:0:0:1 for services, in the log and on every page: Java's own text (RFC 5952, 4.2). */
    @Test
    void a_client_at_ipv6_loopback_is_shown_as_such_everywhere() throws Exception {
        InetAddress loopback = InetAddress.getByName("::1");
        assumeTrue(NetworkInterface.getByInetAddress(loopback) != null, "has IPv6");
        Map<String, String> settings = Map.of("GATEWAY_HOST", "::1", "GATEWAY_RATE_LIMIT", "1/60s");
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(settings, new FakeTime(), a)) {
            List<Answer> answers = new ArrayList<>();
            for (String path : List.of("/api/x", "/api/x", "/limits/explain", "/stats", "/requests/seen")) {
                try (RawClient client = new RawClient(loopback, gateway.port(), loopback)) {
                    String request = get(path, "X-Request-ID: seen").replace("inner", "localhost");
                    answers.add(client.send(request).answer());
                }
            }
            assertEquals(List.of("::1"), a.next().header("X-Forwarded-For"));
            JsonNode refused = TestGateway.json(answers.get(1));
            assertEquals("::1", refused.path("client_ip").asText());
            assertTrue(refused.path("detail").asText().contains(" from ::1;"), refused.toString());
            JsonNode explained = TestGateway.json(answers.get(2));
            assertEquals("::1", explained.path("client").asText());
            assertEquals("127.0.0.1", explained.path("counted_as").asText());
            assertEquals(
                    "::1",
                    TestGateway.json(answers.get(3))
                            .at("/rate_limiting/your_ip")
                            .asText());
            assertEquals("::1", TestGateway.json(answers.get(4)).path("client").asText());
        }
    }

    /** A person with curl and a browser had two budgets: one resolves localhost to ::1, the other to 127.0.0.1. */
    @Test
    void the_loopback_addresses_of_both_families_are_one_client_and_other_ones_are_not() throws Exception {
        InetAddress six = InetAddress.getByName("::1");
        assumeTrue(NetworkInterface.getByInetAddress(six) != null, "has IPv6");
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HOST", "::", "GATEWAY_RATE_LIMIT", "2/1h"), a)) {
            List<Integer> statuses = new ArrayList<>();
            for (String from : List.of("127.0.0.1", "::1", "127.0.0.1", "::1", "127.0.0.2")) {
                InetAddress address = InetAddress.getByName(from);
                InetAddress gatewayAddress = from.equals("::1") ? six : InetAddress.getByName("127.0.0.1");
                try (RawClient client = new RawClient(gatewayAddress, gateway.port(), address)) {
                    statuses.add(client.send(get("/api/x", "X: y").replace("inner", "localhost"))
                            .answer()
                            .status());
                }
            }
            assertEquals(List.of(200, 200, 429, 429, 200), statuses);
        }
    }

    @Test
    void whoever_comes_through_a_proxy_on_this_machine_is_not_on_it() throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_TRUSTED_PROXIES", PROXIES))) {
            String path = "/limits/explain?ip=192.0.2.1";
            assertEquals(
                    403,
                    ask(gateway, PROXY, path, "X-Forwarded-For: 203.0.113.9").status());
        }
    }

    @Test
    void for_exempt_clients_no_limit_holds_and_they_are_counted() throws Exception {
        Map<String, String> settings = Map.of(
                "GATEWAY_RATE_LIMIT", "1/60s",
                "GATEWAY_RATE_LIMIT_SHADOW", "1/60s",
                "GATEWAY_RATE_LIMIT_EXEMPT", "127.0.0.5, 2001:db8::/32",
                "GATEWAY_TRUSTED_PROXIES", PROXIES);
        try (TestBackend a = TestBackend.raw("HTTP/1.1 200 OK\r\nX-RateLimit-Limit: 77\r\nContent-Length: 0\r\n\r\n");
                TestGateway gateway = TestGateway.with(settings, new FakeTime(), a)) {
            for (int i = 0; i < 3; i++) {
                Answer answer = ask(gateway, "127.0.0.5", "/api/x");
                assertEquals(200, answer.status());
                assertEquals(List.of("77"), answer.header("X-RateLimit-Limit"), "the service's own");
                assertEquals(List.of(), answer.header("RateLimit"));
                assertEquals(
                        200,
                        ask(gateway, PROXY, "/api/x", "X-Forwarded-For: 2001:db8::1")
                                .status());
            }
            assertEquals(200, ask(gateway, "127.0.0.6", "/api/x").status());
            assertEquals(429, ask(gateway, "127.0.0.6", "/api/x").status());
            JsonNode stats = TestGateway.json(ask(gateway, "127.0.0.5", "/stats"));
            assertTrue(stats.at("/rate_limiting/exempt").asBoolean());
            assertEquals(6, stats.at("/totals/exempt").asInt());
            assertEquals(8, stats.at("/totals/requests").asInt());
            assertEquals(1, stats.at("/totals/limited").asInt());
            assertEquals(1, stats.at("/rate_limiting/shadow/refused").asInt(), "it leaves them out, too");
            JsonNode explained = TestGateway.json(ask(gateway, "127.0.0.5", "/limits/explain"));
            assertTrue(explained.path("exempt").asBoolean());
            assertTrue(explained.path("allowed_now").asBoolean());
            assertMetric(gateway, "gateway_rate_limit_decisions_total{decision=\"exempt\"} 6.0");
            assertMetric(gateway, "gateway_rate_limit_decisions_total{decision=\"refused\"} 1.0");
        }
    }

    @Test
    void a_limit_that_is_tried_out_counts_what_it_would_refuse_and_refuses_nothing() throws Exception {
        Map<String, String> settings = Map.of("GATEWAY_RATE_LIMIT", "off", "GATEWAY_RATE_LIMIT_SHADOW", "2/60s");
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(settings, new FakeTime(), a)) {
            for (int i = 0; i < 5; i++) {
                Answer answer = ask(gateway, "127.0.0.5", "/api/x");
                assertEquals(200, answer.status());
                assertEquals(List.of(), answer.header("RateLimit"));
            }
            ask(gateway, "127.0.0.6", "/api/x");
            ask(gateway, "127.0.0.6", "/health");
            JsonNode shadow = gateway.json("/stats").at("/rate_limiting/shadow");
            assertEquals("{\"limit\":2,\"window_seconds\":60.0,\"allowed\":3,\"refused\":3}", shadow.toString());
            assertMetric(gateway, "gateway_rate_limit_shadow_decisions_total{decision=\"allowed\"} 3.0");
            assertMetric(gateway, "gateway_rate_limit_shadow_decisions_total{decision=\"refused\"} 3.0");
            assertMetric(gateway, "gateway_rate_limit_decisions_total{decision=\"allowed\"} 6.0");
        }
    }

    @Test
    void a_limit_that_is_tried_out_sees_what_the_other_one_refuses() throws Exception {
        Map<String, String> settings = Map.of("GATEWAY_RATE_LIMIT", "1/60s", "GATEWAY_RATE_LIMIT_SHADOW", "3/60s");
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(settings, new FakeTime(), a)) {
            for (int i = 0; i < 4; i++) {
                assertEquals(
                        i == 0 ? 200 : 429, ask(gateway, "127.0.0.5", "/api/x").status());
            }
            JsonNode shadow = gateway.json("/stats").at("/rate_limiting/shadow");
            assertEquals(3, shadow.path("allowed").asInt());
            assertEquals(1, shadow.path("refused").asInt());
        }
    }

    private static void assertMetric(TestGateway gateway, String line) throws Exception {
        String metrics = gateway.get("/metrics").body();
        assertTrue(metrics.lines().anyMatch(line::equals), () -> line + " in " + metrics);
    }
}
