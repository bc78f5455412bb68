import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.FakeTime;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import gateway.util.Time;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A route whose clients are bound to services by a cookie, over sockets. */
class StickyRouteTest {
    private static final String SECRET = "not-to-be-guessed";

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = toClose.size() - 1; i >= 0; i--) {
            toClose.get(i).close();
        }
    }

    private TestBackend named(String name) throws IOException {
        TestBackend backend = TestBackend.named(name);
        toClose.add(backend);
        return backend;
    }

    /** A gateway whose route shop is sticky, to these services. */
    private TestGateway gateway(String more, TestBackend... backends) throws IOException {
        return gateway(more, Map.of(), backends);
    }

    private TestGateway gateway(String more, Map<String, String> settings, TestBackend... backends) throws IOException {
        return gateway(more, settings, Time.system(), backends);
    }

    private TestGateway gateway(String more, Map<String, String> settings, Time time, TestBackend... backends)
            throws IOException {
        String urls = Arrays.stream(backends).map(TestBackend::url).collect(Collectors.joining(", "));
        String routes = """
                routes:
                  shop: {match: {path: /shop}, services: [%s], balance: sticky, slow-start: off%s}
                """.formatted(urls, more);
        Map<String, String> all = new HashMap<>(Map.of(
                "GATEWAY_HEALTH_INTERVAL",
                "1h", // what has gone, only requests find out
                "GATEWAY_STICKY_SECRET",
                SECRET));
        all.putAll(settings);
        TestGateway gateway = TestGateway.withRoutes(routes, all, time);
        toClose.add(gateway);
        return gateway;
    }

    private static Answer get(TestGateway gateway, String... headers) throws IOException {
        return ask(gateway, "GET", "", headers);
    }

    private static Answer ask(TestGateway gateway, String method, String body, String... headers) throws IOException {
        String lines = Arrays.stream(headers).map(line -> line + "\r\n").collect(Collectors.joining());
        String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
        return gateway.raw(method + " /shop/x HTTP/1.1\r\nHost: x\r\n" + lines + length + "\r\n" + body);
    }

    /** Opens a page as a new visitor. */
    private static Answer visit(TestGateway gateway) throws IOException {
        return get(gateway, "Sec-Fetch-Dest: document");
    }

    /** The header by which whoever got this answer is known again. */
    private static String cookie(Answer answer) {
        List<String> set = answer.header("Set-Cookie");
        assertEquals(1, set.size(), answer.head());
        return "Cookie: " + set.get(0).substring(0, set.get(0).indexOf(';'));
    }

    private static String who(Answer answer) throws IOException {
        assertEquals(200, answer.status(), answer.body());
        return TestGateway.json(answer).path("service").asText();
    }

    private static void assertBinds(boolean anew, Answer answer) {
        assertEquals(anew ? 1 : 0, answer.header("Set-Cookie").size(), answer.head());
        assertEquals(anew ? List.of("private") : List.of(), answer.header("Cache-Control"), answer.head());
    }

    @Test
    void a_visitor_stays_with_the_service_that_answered_first() throws Exception {
        TestGateway gateway = gateway("", named("a"), named("b"));
        Set<String> services = new TreeSet<>();
        for (int visitor = 0; visitor < 4; visitor++) {
            Answer first = visit(gateway);
            assertBinds(true, first);
            String line = first.header("Set-Cookie").get(0);
            assertTrue(line.matches("gateway-shop=[\\w-]{22}; Path=/shop; HttpOnly; SameSite=Lax"), line);
            assertEquals(List.of("Sticky"), first.header("X-Load-Balancer"));
            services.add(who(first));
            for (int i = 0; i < 3; i++) {
                Answer again = get(gateway, cookie(first));
                assertEquals(who(first), who(again));
                assertBinds(false, again);
            }
        }
        assertEquals(Set.of("a", "b"), services, "visitors are spread");
    }

    @Test
    void a_program_without_cookies_stays_too() throws Exception {
        TestGateway gateway = gateway("", named("a"), named("b"), named("c"));
        Set<String> services = new TreeSet<>();
        for (int i = 0; i < 10; i++) {
            services.add(who(get(gateway)));
        }
        assertEquals(1, services.size(), "all went to " + services);
    }

    @Test
    void the_service_gets_every_cookie_but_that_one() throws Exception {
        TestBackend service = named("a");
        TestGateway gateway = gateway("", service);
        String own = cookie(visit(gateway)).substring("Cookie: ".length());
        service.next();
        who(get(gateway, "Cookie: cart=1; " + own + "; theme=\"dark\""));
        assertEquals(List.of("cart=1; theme=\"dark\""), service.next().header("Cookie"));
        who(get(gateway, "Cookie: " + own));
        assertEquals(List.of(), service.next().header("Cookie"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "no-store, no-store | private",
        "'public, max-age=60', 'public, max-age=60 | private'",
        "private, private | private",
        "'', private"
    })
    void what_the_service_says_about_caching_stays(String said, String got) throws Exception {
        String line = said.isEmpty() ? "" : "Cache-Control: " + said + "\r\n";
        TestBackend service = TestBackend.doing(
                (request, wire) -> wire.send("HTTP/1.1 200 OK\r\n" + line + "Content-Length: 0\r\n\r\n"));
        toClose.add(service);
        TestGateway gateway = gateway("", service);
        Answer first = visit(gateway);
        assertEquals(got, String.join(" | ", first.header("Cache-Control")));
        assertEquals(said, String.join(" | ", get(gateway, cookie(first)).header("Cache-Control")));
    }

    @Test
    void over_https_the_cookie_is_for_https_alone() throws Exception {
        TestGateway gateway = gateway("", Map.of("GATEWAY_TRUSTED_PROXIES", "127.0.0.1"), named("a"));
        assertFalse(cookieLine(gateway, "http").contains("Secure"));
        assertTrue(cookieLine(gateway, "https").endsWith("; Secure"));
    }

    private static String cookieLine(TestGateway gateway, String proto) throws IOException {
        return get(gateway, "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: " + proto)
                .header("Set-Cookie")
                .get(0);
    }

    @ParameterizedTest(name = "{0}, checks: {1}")
    @CsvSource(
            delimiter = '|',
            value = {"GET | {path: /health}", "POST | {path: /health}", "GET | off", "POST | off", "POST | tcp"})
    void whose_service_is_gone_is_answered_by_another_in_the_same_request(String method, String health)
            throws Exception {
        TestBackend a = named("a");
        TestBackend b = named("b");
        TestGateway gateway = gateway(", health: " + health, a, b);
        Answer first = visit(gateway);
        (who(first).equals("a") ? a : b).kill();
        Answer moved = ask(gateway, method, method.equals("POST") ? "a=1" : "", cookie(first));
        assertNotEquals(who(first), who(moved));
        assertBinds(true, moved);
        assertNotEquals(cookie(first), cookie(moved));
        Answer again = get(gateway, cookie(moved));
        assertEquals(who(moved), who(again));
        assertBinds(false, again);
    }

    @Test
    void with_no_other_service_there_is_no_answer_and_no_cookie() throws Exception {
        TestBackend a = named("a");
        TestGateway gateway = gateway("", a);
        Answer first = visit(gateway);
        a.kill();
        Answer none = get(gateway, cookie(first));
        assertEquals(502, none.status());
        assertEquals(List.of(), none.header("Set-Cookie"));
    }

    @Test
    void a_connection_that_its_service_has_closed_moves_nobody() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        TestBackend closing = TestBackend.doing((request, wire) -> {
            if (requests.incrementAndGet() % 2 == 0) {
                wire.close(); // as if the request had crossed with the end of an idle connection
            } else {
                wire.ok("{\"service\":\"closing\"}");
            }
        });
        toClose.add(closing);
        TestGateway gateway = gateway("", Map.of(), new FakeTime(), closing, named("other")); // no connection grows old
        String page = "GET /shop/x HTTP/1.1\r\nHost: x\r\n";
        String visit = page + "Sec-Fetch-Dest: document\r\n\r\n";
        // It stays: a client that leaves as soon as it has its answer may take the service's connection with it.
        try (RawClient client = gateway.raw()) {
            Answer first = client.send(visit).answer();
            first = who(first).equals("closing") ? first : client.send(visit).answer();
            for (int i = 0; i < 3; i++) {
                Await.until("its connection's return", () -> isIdle(gateway)); // the answer is whole a moment before
                Answer again = client.send(page + cookie(first) + "\r\n\r\n").answer();
                assertEquals("closing", who(again));
                assertBinds(false, again);
            }
        }
        assertEquals(7, requests.get(), "each further one was sent twice");
    }

    private static boolean isIdle(TestGateway gateway) {
        try {
            return gateway.json("/services").findValues("in_flight").stream().allMatch(number -> number.asInt() == 0);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void draining_keeps_who_is_there_until_it_ends_or_an_operator_moves_them() throws Exception {
        TestGateway gateway = gateway("", named("a"), named("b"));
        Answer first = visit(gateway);
        String home = name(gateway, first);
        post(gateway, "/services/" + home + "/drain", 200);
        for (int i = 0; i < 3; i++) {
            assertEquals(who(first), who(get(gateway, cookie(first))));
            assertNotEquals(who(first), who(visit(gateway)), "new visitors come elsewhere");
        }
        assertEquals("drained by an operator", reason(gateway, home));

        post(gateway, "/services/" + home + "/drain?sessions=move", 200);
        assertTrue(reason(gateway, home).contains("moves"), reason(gateway, home));
        Answer moved = get(gateway, cookie(first));
        assertNotEquals(who(first), who(moved));
        assertBinds(true, moved);

        post(gateway, "/services/" + home + "/resume", 200);
        assertEquals(who(first), who(get(gateway, cookie(first))), "the old cookie leads back");
        assertEquals(who(moved), who(get(gateway, cookie(moved))));
    }

    @Test
    void draining_all_keeps_who_is_there_and_lets_nobody_in() throws Exception {
        TestGateway gateway = gateway("", named("a"));
        Answer first = visit(gateway);
        post(gateway, "/services/" + name(gateway, first) + "/drain", 200);
        assertEquals("a", who(get(gateway, cookie(first))));
        assertEquals(503, visit(gateway).status());
    }

    @Test
    void a_weight_of_0_keeps_who_is_there() throws Exception {
        TestBackend a = named("a");
        TestGateway gateway = gateway("", named("b"));
        String registration = "{\"name\":\"a\",\"url\":\"" + a.url() + "\",\"route\":\"shop\",\"weight\":%d}";
        assertEquals(201, gateway.post("/services", registration.formatted(1)).statusCode());
        Answer first = visit(gateway);
        first = who(first).equals("a") ? first : visit(gateway);
        assertEquals(200, gateway.post("/services", registration.formatted(0)).statusCode());
        for (int i = 0; i < 3; i++) {
            assertEquals("a", who(get(gateway, cookie(first))));
            assertEquals("b", who(visit(gateway)));
        }
    }

    @ParameterizedTest(name = "sessions={0}")
    @ValueSource(strings = {"leave", "", "MOVE"})
    void an_unknown_choice_for_a_drain_changes_nothing(String choice) throws Exception {
        TestGateway gateway = gateway("", named("a"));
        String home = name(gateway, visit(gateway));
        String detail = post(gateway, "/services/" + home + "/drain?sessions=" + choice, 400);
        assertTrue(detail.contains("sessions=" + choice + ": expected stay or move"), detail);
        assertEquals("healthy", gateway.status(0));
        post(gateway, "/services/" + home + "/drain?sessions=stay", 200);
        assertEquals("draining", gateway.status(0));
    }

    @Test
    void gateways_with_the_same_secret_follow_each_others_cookies_and_with_another_they_do_not() throws Exception {
        TestBackend[] services = {named("a"), named("b"), named("c"), named("d")};
        TestGateway one = gateway("", services);
        TestGateway two = gateway("", services);
        TestGateway other = gateway("", Map.of("GATEWAY_STICKY_SECRET", ""), services);
        Answer first = visit(one);
        assertBinds(false, get(two, cookie(first)));
        assertEquals(who(first), who(get(two, cookie(first))));
        assertBinds(true, get(other, cookie(first)));
    }

    @Test
    void a_web_socket_follows_the_cookie_and_brings_one_to_who_has_none() throws Exception {
        TestGateway gateway = gateway("", switching("a"), switching("b"), switching("c"));
        try (RawClient client = gateway.raw()) {
            Answer first = upgrade(client, "Sec-Fetch-Dest: document");
            String service = first.header("X-Name").get(0);
            assertEquals(1, first.header("Set-Cookie").size());
            for (int i = 0; i < 3; i++) {
                try (RawClient more = gateway.raw()) {
                    Answer again = upgrade(more, cookie(first));
                    assertEquals(List.of(service), again.header("X-Name"));
                    assertEquals(List.of(), again.header("Set-Cookie"));
                }
            }
        }
    }

    /** One that accepts each WebSocket and says its name in the answer. */
    private TestBackend switching(String name) throws IOException {
        TestBackend backend = TestBackend.doing((request, wire) ->
                wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Name: "
                        + name + "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"));
        toClose.add(backend);
        return backend;
    }

    private static Answer upgrade(RawClient client, String header) throws IOException {
        Answer answer = client.send("GET /shop/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + header
                        + "\r\n\r\n")
                .head();
        assertEquals(101, answer.status(), answer.head());
        return answer;
    }

    /** The name in the list of the service that gave this answer. */
    private static String name(TestGateway gateway, Answer answer) throws Exception {
        String url = answer.header("X-Backend-Service").get(0);
        for (var service : gateway.json("/services").path("services")) {
            if (service.path("url").asText().equals(url)) {
                return service.path("name").asText();
            }
        }
        throw new AssertionError(url + " isn't in the list");
    }

    private static String reason(TestGateway gateway, String name) throws Exception {
        return gateway.json("/services/" + name).path("reason").asText();
    }

    /** What is said to this request. */
    private static String post(TestGateway gateway, String path, int status) throws Exception {
        var response = gateway.post(path, "");
        assertEquals(status, response.statusCode(), response.body());
        return Optional.ofNullable(TestGateway.json(response).path("detail").textValue())
                .orElse("");
    }
}
