package gateway.balance;

import static gateway.registry.Meant.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.EventKind;
import gateway.events.Who;
import gateway.registry.Backend;
import gateway.registry.Draining;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StickyTest {
    private static final Pools.Asked PAGE = Pools.ANYBODY.with("Sec-Fetch-Dest", "document");

    private final Pools pools = Pools.of(1, 1, 1);
    private final Sticky balancer = with("a secret");

    private static Sticky with(String secret) {
        return with(secret, "/shop");
    }

    private static Sticky with(String secret, String path) {
        RoundRobin spread = new RoundRobin(new AtomicInteger());
        return new Sticky(spread, "gateway-shop", path, secret.getBytes(StandardCharsets.UTF_8));
    }

    /** What an answer from this service says to a client that asked so. */
    private List<String> said(Sticky balancer, String service, Pools.Asked asked) {
        balancer.belongsTo(pools.now(), asked);
        List<String> said = new ArrayList<>();
        balancer.answers(pools.get(service), asked, (name, value) -> said.add(name + ": " + value));
        return said;
    }

    /** The value of the cookie that a new client of this service gets. */
    private String cookie(String service) {
        String line = said(balancer, service, PAGE).get(0);
        return line.substring(line.indexOf('=') + 1, line.indexOf(';'));
    }

    private Pools.Asked bound(String service) {
        return PAGE.withCookies(cookie(service));
    }

    private String home(RequestView asked) {
        Backend own = balancer.belongsTo(pools.now(), asked);
        return own == null ? "none" : own.name();
    }

    // The cookie.

    @Test
    void a_new_client_gets_a_cookie_for_the_route_and_no_cache_may_keep_it_for_others() {
        List<String> said = said(balancer, "b", PAGE);
        assertTrue(
                said.get(0).matches("Set-Cookie: gateway-shop=[A-Za-z0-9_-]{22}; Path=/shop; HttpOnly; SameSite=Lax"),
                said.get(0));
        assertEquals("Cache-Control: private", said.get(1));
        assertEquals(2, said.size());
    }

    @Test
    void over_https_the_cookie_is_secure() {
        assertTrue(said(balancer, "b", PAGE.secure()).get(0).endsWith("; SameSite=Lax; Secure"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"/, /", "/shop/cart, /shop/cart", "/a%3Bb, /a%3Bb", "/shop;v=1/cart, /", "/shop/cart;v=1, /shop"})
    void the_cookie_is_for_the_routes_path_as_far_as_a_cookie_can_say_it(String path, String said) {
        String line = said(with("a secret", path), "b", PAGE).get(0);
        assertTrue(line.contains("; Path=" + said + "; HttpOnly"), line);
    }

    @Test
    void who_has_the_cookie_of_the_one_that_answers_gets_no_other() {
        assertEquals(List.of(), said(balancer, "b", bound("b")));
        assertEquals(List.of(), said(balancer, "b", PAGE.withCookies("of another", cookie("b"))));
    }

    @Test
    void who_was_answered_by_another_one_gets_that_ones_cookie() {
        assertEquals(said(balancer, "b", PAGE), said(balancer, "b", bound("a")));
        assertEquals(said(balancer, "b", PAGE), said(balancer, "b", PAGE.withCookies("")));
    }

    @Test
    void each_service_has_a_cookie_of_its_own_that_names_no_address() {
        Set<String> cookies = new HashSet<>();
        for (String service : List.of("a", "b", "c")) {
            cookies.add(cookie(service));
        }
        assertEquals(3, cookies.size());
        assertFalse(cookies.toString().contains("example"));
    }

    @Test
    void gateways_with_one_secret_agree_and_with_another_secret_no_one_can_tell() {
        assertEquals(said(balancer, "a", PAGE), said(with("a secret"), "a", PAGE));
        assertNotEquals(said(balancer, "a", PAGE), said(with("another"), "a", PAGE));
        assertNull(with("another").belongsTo(pools.now(), bound("a")));
    }

    // Where a client with a cookie goes.

    @Test
    void a_client_stays_where_its_cookie_says() {
        for (String service : List.of("a", "b", "c")) {
            assertEquals(service, home(bound(service)));
        }
    }

    static Stream<Arguments> causes() {
        Consumer<Pools> nothing = pools -> {};
        Consumer<Pools> drained = pools ->
                pools.services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        Consumer<Pools> moved =
                pools -> pools.services.drain(everywhere("a", Optional.empty()), Draining.MOVING_SESSIONS, Who.GATEWAY);
        Consumer<Pools> weightless = pools -> pools.register("a", 0);
        Consumer<Pools> out = pools -> pools.services.eject(pools.get("a"), "test", true, EventKind.UNHEALTHY);
        Consumer<Pools> removed = pools -> pools.services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        Consumer<Pools> back = pools -> {
            moved.accept(pools);
            pools.services.drain(everywhere("a", Optional.empty()), Draining.NO, Who.GATEWAY);
        };
        return Stream.of(
                Arguments.of("is as always", nothing, true),
                Arguments.of("drains", drained, true),
                Arguments.of("drains and moves its clients", moved, false),
                Arguments.of("drained and moved its clients, and is resumed", back, true),
                Arguments.of("has weight 0", weightless, true),
                Arguments.of("is out", out, false),
                Arguments.of("drains and is out", drained.andThen(out), false),
                Arguments.of("has weight 0 and moves its clients", weightless.andThen(moved), false),
                Arguments.of("is removed", removed, false),
                Arguments.of(
                        "is there again, waiting for its first check",
                        removed.andThen(pools -> pools.register("a", 1)),
                        false),
                Arguments.of("is there again", removed.andThen(pools -> pools.healthy("a", 1)), true));
    }

    @ParameterizedTest(name = "its service {0}: it stays: {2}")
    @MethodSource("causes")
    void a_client_stays_as_long_as_its_service_is_healthy_unless_an_operator_moves_it(
            String words, Consumer<Pools> cause, boolean stays) {
        Pools.Asked asked = bound("a");
        cause.accept(pools);
        assertEquals(stays ? "a" : "none", home(asked));
    }

    @Test
    void new_clients_do_not_come_to_one_that_drains() {
        pools.services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        assertEquals(
                "b c b c",
                Stream.generate(() -> balancer.choose(pools.now(), PAGE).name())
                        .limit(4)
                        .reduce((one, other) -> one + " " + other)
                        .orElseThrow());
    }

    @Test
    void of_several_cookies_the_first_that_can_be_followed_counts() {
        // A browser sends those with longer paths first: of a route whose path was longer until lately.
        assertEquals("b", home(PAGE.withCookies("unknown", cookie("b"), cookie("c"))));
        pools.services.eject(pools.get("b"), "test", true, EventKind.UNHEALTHY);
        assertEquals("c", home(PAGE.withCookies("unknown", cookie("b"), cookie("c"))));
    }

    @ParameterizedTest(name = "a cookie of \"{0}\"")
    @CsvSource({"''", "x", "http://a.example:8001", "AAAAAAAAAAAAAAAAAAAAAA"})
    void a_cookie_that_means_nothing_is_as_none(String value) {
        assertEquals("none", home(PAGE.withCookies(value)));
    }

    // Where clients without a cookie go.

    @Test
    void pages_that_are_opened_are_spread_in_turn_and_so_is_who_must_leave_its_service() {
        // By http to a host other than localhost, Chromium says nothing of Sec-Fetch.
        Pools.Asked byHttp = Pools.ANYBODY.with("Upgrade-Insecure-Requests", "1");
        for (Pools.Asked asked : List.of(PAGE, byHttp, Pools.ANYBODY.withCookies("unknown"))) {
            Set<Backend> chosen = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                chosen.add(balancer.choose(pools.now(), asked));
            }
            assertEquals(3, chosen.size());
        }
    }

    @Test
    void a_client_without_a_place_for_cookies_comes_to_the_same_service_again() {
        // The socket.io client for Node sends no cookies unless it is told to.
        Backend first = balancer.choose(pools.now(), Pools.ANYBODY);
        for (int i = 0; i < 100; i++) {
            assertTrue(first.load().tryStart(), "whatever the load");
            assertSame(first, balancer.choose(pools.now(), Pools.ANYBODY));
            assertSame(first, balancer.chooseAgain(pools.available(), Pools.ANYBODY));
        }
    }

    @Test
    void such_clients_spread_by_their_addresses() {
        Set<Backend> chosen = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            chosen.add(balancer.choose(pools.now(), Pools.from("192.0.2." + i)));
        }
        assertEquals(3, chosen.size());
    }
}
