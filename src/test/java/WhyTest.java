import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway says when it is asked why. */
class WhyTest {
    private static final Map<String, String> NO_MORE_CHECKS = Map.of("GATEWAY_HEALTH_INTERVAL", "1h");
    private static final String GET = "GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n";

    private static String get(String headers) {
        return "GET /api/x?secret=1 HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
    }

    /** The trace of the request that this answer is to. */
    private static JsonNode trace(TestGateway gateway, Answer answer) throws Exception {
        return gateway.json("/requests/" + answer.header("X-Request-ID").get(0));
    }

    // --- Proxy-Status ----------------------------------------------------------------------------------------------

    @Test
    void an_answer_of_a_backend_has_no_proxy_status_whatever_its_status() throws Exception {
        try (TestBackend backend = TestBackend.raw("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            Answer answer = gateway.raw(GET);
            assertEquals(503, answer.status());
            assertEquals(List.of(), answer.header("Proxy-Status"));
            assertEquals("served", trace(gateway, answer).path("outcome").asText());
        }
    }

    @Test
    void a_backends_own_proxy_status_passes() throws Exception {
        try (TestBackend backend = TestBackend.raw(
                        "HTTP/1.1 502 Bad\r\nProxy-Status: cdn; error=dns_error\r\nContent-Length: 0\r\n\r\n");
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            assertEquals(List.of("cdn; error=dns_error"), gateway.raw(GET).header("Proxy-Status"));
        }
    }

    @ParameterizedTest(name = "{0} is {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "an answer cut short     | HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\n | http_response_incomplete",
                "what is not HTTP        | hello\\r\\n\\r\\n                              | http_protocol_error",
                "no answer               | ''                                            | connection_terminated",
            })
    void the_error_types_are_the_standards(String what, String sent, String type) throws Exception {
        String bytes = sent.replace("\\r\\n", "\r\n");
        try (TestBackend backend =
                        TestBackend.doing((received, wire) -> wire.send(bytes).close());
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, backend)) {
            Answer answer = gateway.raw(GET);
            assertEquals(502, answer.status());
            String status = answer.header("Proxy-Status").get(0);
            assertTrue(status.startsWith("api-gateway; error=" + type + "; next-hop=\"127.0.0.1-"), status);
            JsonNode trace = trace(gateway, answer);
            assertEquals("failed", trace.path("outcome").asText());
            assertEquals(type, trace.path("attempts").path(0).path("error_type").asText());
            assertEquals("bad-gateway", trace.path("problem").asText());
        }
    }

    @Test
    void nobody_there_silence_and_no_service_have_types_of_their_own() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (TestBackend silent = TestBackend.heldBy(never);
                TestBackend dead = TestBackend.named("dead");
                TestGateway none = TestGateway.inFrontOf();
                TestGateway gateway = TestGateway.with(
                        Map.of("GATEWAY_HEALTH_INTERVAL", "1h", "GATEWAY_UPSTREAM_TIMEOUT", "200ms"), silent);
                TestGateway toDead = TestGateway.with(NO_MORE_CHECKS, dead)) {
            dead.kill();
            assertEquals(
                    List.of("destination_unavailable", "http_response_timeout", "connection_refused"),
                    List.of(type(none.raw(GET)), type(gateway.raw(GET)), type(toDead.raw(GET))));
            never.countDown();
        }
    }

    private static String type(Answer answer) {
        return answer.header("Proxy-Status").get(0).replaceAll(".*; error=([a-z_]+).*", "$1");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"GET /api/../x HTTP/1.1\r\nHost: x\r\n\r\n", "TRACE /api/x HTTP/1.1\r\nHost: x\r\n\r\n"})
    void what_the_gateway_refuses_is_a_request_error(String request) throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            Answer answer = gateway.raw(request);
            assertEquals("http_request_error", type(answer));
            JsonNode trace = trace(gateway, answer);
            assertEquals("rejected", trace.path("outcome").asText());
            assertEquals(
                    TestGateway.json(answer).path("detail").asText(),
                    trace.path("reason").asText());
        }
    }

    @Test
    void the_gateways_own_pages_have_none() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            assertEquals(
                    List.of(),
                    gateway.raw("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n").header("Proxy-Status"));
        }
    }

    @Test
    void an_answer_after_a_failed_attempt_tells_of_it_without_claiming_to_be_an_error() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, a, b)) {
            a.kill();
            Answer answer = gateway.raw(GET);
            for (int i = 0; i < 2 && answer.header("Proxy-Status").isEmpty(); i++) {
                answer = gateway.raw(GET);
            }
            assertEquals(200, answer.status());
            String dead = "127.0.0.1-" + a.port();
            String alive = "127.0.0.1-" + b.port();
            assertEquals(
                    List.of("api-gateway; next-hop=\"" + alive + "\"; details=\"" + dead + ": connection refused\""),
                    answer.header("Proxy-Status"));
            JsonNode attempts = trace(gateway, answer).path("attempts");
            assertEquals(
                    List.of(dead, "connection refused", "connection_refused", alive, "200"),
                    List.of(
                            attempts.path(0).path("backend").asText(),
                            attempts.path(0).path("error").asText(),
                            attempts.path(0).path("error_type").asText(),
                            attempts.path(1).path("backend").asText(),
                            attempts.path(1).path("status").asText()));
        }
    }

    // --- traces ---------------------------------------------------------------------------------------------------

    @Test
    void a_trace_has_the_limit_the_choice_and_the_answer_but_not_the_query() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestBackend c = TestBackend.named("c");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "5/60s"), a, b, c)) {
            gateway.post("/services/127.0.0.1-" + c.port() + "/drain", "");
            JsonNode trace = trace(gateway, gateway.raw(get("")));
            assertEquals("/api/x", trace.path("path").asText());
            assertEquals("served", trace.path("outcome").asText());
            assertEquals(
                    "{\"allowed\":true,\"limit\":5,\"remaining\":4,\"reset_in_ms\":60000}",
                    trace.path("limit").toString());
            assertEquals(200, trace.path("attempts").path(0).path("status").asInt());
            assertEquals("127.0.0.1", trace.path("client").asText());
            assertTrue(trace.path("bytes").asInt() > 0);
            assertFalse(trace.has("reason"));
            List<String> over = List.of(
                    trace.path("passed_over").path(0).path("reason").asText(),
                    trace.path("passed_over").path(1).path("reason").asText());
            assertEquals(List.of("drained by an operator", "not its turn"), over);
        }
    }

    @Test
    void the_trace_of_a_request_without_available_service_says_why_none_was() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            gateway.post("/services/127.0.0.1-" + a.port() + "/drain", "");
            Answer answer = gateway.raw(GET);
            assertEquals(503, answer.status());
            JsonNode over = trace(gateway, answer).path("passed_over");
            assertEquals(1, over.size());
            assertEquals("drained by an operator", over.path(0).path("reason").asText());
        }
    }

    @Test
    void a_limited_requests_trace_has_no_attempt() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "1/60s"), a)) {
            gateway.raw(GET);
            JsonNode trace = trace(gateway, gateway.raw(GET));
            assertEquals("limited", trace.path("outcome").asText());
            assertEquals(0, trace.path("attempts").size());
            assertFalse(trace.path("limit").path("allowed").asBoolean());
            assertEquals("rate-limited", trace.path("problem").asText());
        }
    }

    @Test
    void a_client_that_left_has_abandoned_its_request() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (TestBackend held = TestBackend.heldBy(never);
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, held)) {
            try (RawClient client = gateway.raw()) {
                client.send(get("X-Request-ID: left\r\n"));
                held.next();
            }
            Await.until("its trace", () -> gateway.get("/requests/left").statusCode() == 200);
            JsonNode trace = gateway.json("/requests/left");
            assertEquals("abandoned", trace.path("outcome").asText());
            assertEquals(0, trace.path("status").asInt(), "nothing was answered");
            never.countDown();
        }
    }

    @Test
    void an_answer_that_broke_off_is_a_failure_though_its_status_was_200() throws Exception {
        try (TestBackend cut = TestBackend.doing(
                        (received, wire) -> wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
                                .close());
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, cut);
                RawClient client = gateway.raw()) {
            client.send(get("X-Request-ID: cut\r\n")).rest();
            Await.until("its trace", () -> gateway.get("/requests/cut").statusCode() == 200);
            JsonNode trace = gateway.json("/requests/cut");
            assertEquals("failed", trace.path("outcome").asText());
            assertEquals(
                    "closed the connection before its answer was whole",
                    trace.path("reason").asText());
        }
    }

    /** One in five was unknown: its answer was there before its trace. */
    @Test
    void whoever_has_an_answer_can_ask_about_it_at_once() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf();
                RawClient client = gateway.raw();
                RawClient curious = gateway.raw()) {
            for (int i = 0; i < 200; i++) {
                client.send(get("X-Request-ID: r" + i + "\r\n")).answer();
                String ask = "GET /requests/r" + i + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
                assertEquals(200, curious.send(ask).answer().status(), "request " + i);
            }
        }
    }

    @Test
    void a_request_nobody_knows_is_a_problem() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            JsonNode problem = gateway.json("/requests/nothing");
            assertEquals(404, problem.path("status").asInt());
            assertEquals(
                    "urn:api-gateway:problem:unknown-request",
                    problem.path("type").asText());
        }
    }

    // --- traces ----------------------------------------------------------------------------------------------------

    @Test
    void a_trace_goes_on_to_the_backend_as_it_came() throws Exception {
        String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            Answer answer = gateway.raw(get("traceparent: " + parent + "\r\ntracestate: a=1\r\ntracestate: b=2\r\n"));
            TestBackend.Received received = backend.next();
            assertEquals(List.of(parent), received.header("traceparent"));
            assertEquals(List.of("a=1", "b=2"), received.header("tracestate"));
            JsonNode trace = trace(gateway, answer);
            assertEquals(
                    "4bf92f3577b34da6a3ce929d0e0e4736", trace.path("trace_id").asText());
            assertFalse(trace.path("id").asText().equals(trace.path("trace_id").asText()));
        }
    }

    static Stream<Arguments> noValidTraces() {
        String parent = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";
        return Stream.of(
                Arguments.of("none", ""),
                Arguments.of("a malformed one", "traceparent: nonsense\r\ntracestate: a=1\r\n"),
                Arguments.of("two", parent + parent + "tracestate: a=1\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noValidTraces")
    void without_a_valid_one_a_trace_begins_here(String what, String headers) throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            Answer answer = gateway.raw(get(headers));
            TestBackend.Received received = backend.next();
            String id = answer.header("X-Request-ID").get(0);
            assertEquals(1, received.header("traceparent").size());
            assertTrue(received.header("traceparent").get(0).matches("00-" + id + "-[0-9a-f]{16}-01"));
            assertEquals(List.of(), received.header("tracestate"));
            assertEquals(List.of(id), received.header("X-Request-ID"));
        }
    }

    @Test
    void problems_carry_both_ids() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            Answer answer = gateway.raw(get("X-Request-ID: mine\r\n"));
            assertEquals("mine", TestGateway.json(answer).path("request_id").asText());
            assertEquals(32, TestGateway.json(answer).path("trace_id").asText().length());
        }
    }

    // --- limits ----------------------------------------------------------------------------------------------------

    @Test
    void the_limit_explains_itself_and_takes_nothing() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "5/60s"), a)) {
            gateway.get("/api/x");
            gateway.get("/api/x");
            JsonNode told = gateway.json("/limits/explain");
            assertEquals("127.0.0.1", told.path("client").asText());
            assertEquals(2, told.path("used").asInt());
            assertEquals(3, told.path("remaining").asInt());
            assertEquals(0, told.path("next_free_in_ms").asInt());
            assertEquals(2, told.path("requests").size());
            assertEquals(60_000, told.path("policy").path("window_ms").asInt());
            assertEquals(
                    60_000,
                    told.path("requests").path(0).path("age_ms").asInt()
                            + told.path("requests").path(0).path("leaves_in_ms").asInt());
            assertEquals(2, gateway.json("/limits/explain").path("used").asInt());
        }
    }

    @ParameterizedTest(name = "?ip={0}: {2}")
    @CsvSource({
        "127.0.0.9, 200, 127.0.0.9",
        "2001:db8::7, 200, 2001:db8::/64",
        "::ffff:10.0.0.1, 200, 10.0.0.1",
        "localhost, 400, ''",
        "1.2.3, 400, ''",
        "1.2.3.400, 400, ''",
        "::, 200, ::/64",
        "2001:0db8:0000:0000:0000:ffff:192.168.100.200, 200, 2001:db8::/64",
        ":, 400, ''",
        "1.2.3.4., 400, ''",
        ".1:2, 400, ''",
        "1.2.3.4:5, 400, ''",
        "fe80::1%25eth0, 200, fe80::/64",
        "'', 400, ''"
    })
    void an_operator_asks_for_any_address(String asked, int status, String counted) throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "5/60s"))) {
            var answer = gateway.get("/limits/explain?ip=" + asked);
            assertEquals(status, answer.statusCode(), answer.body());
            assertEquals(counted, TestGateway.json(answer).path("counted_as").asText());
        }
    }

    /** Looking at such a text once took half a second of a processor: each colon was tried with all that follow. */
    @Test
    void what_is_longer_than_any_address_is_not_looked_at() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            String text = "::1" + ":1".repeat(3900) + "x";
            assertEquals(400, gateway.get("/limits/explain?ip=" + text).statusCode());
        }
    }

    @Test
    void without_a_limit_there_is_little_to_explain() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            JsonNode told = gateway.json("/limits/explain");
            assertTrue(told.path("policy").isNull());
            assertTrue(told.path("allowed_now").asBoolean());
        }
    }
}
