package gateway.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.registry.ServiceList;
import gateway.route.Limit;
import gateway.route.Route;
import gateway.route.Routes;
import gateway.testing.FakeTime;
import gateway.testing.TestRoutes;
import gateway.trace.LimitDecision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of counts when routes change. */
class LimitsTest {
    private final FakeTime time = new FakeTime();
    private final Routes routes = TestRoutes.usual(new ServiceList(time));
    private final Limits limits = Limits.of(routes, LimitStore.MEMORY, 1000, time);

    private void put(String name, String... texts) {
        routes.put(TestRoutes.named(name, Stream.of(texts).map(Limit::parse).toList()));
    }

    private RouteLimits of(String name) {
        return limits.of(name).orElseThrow();
    }

    /** The key of this client's requests to a route. */
    private LimitKey key(String route, long client) {
        ClientAddress address = new ClientAddress(client);
        return LimitKey.of(of(route).kinds().stream()
                .map(kind -> kind.key() == Limit.Key.ROUTE ? ClientAddress.ALL : address)
                .toList());
    }

    private int passOf(int requests, String route, long client) {
        int passed = 0;
        for (int i = 0; i < requests; i++) {
            passed += of(route).limit().take(key(route, client)).allowed() ? 1 : 0;
        }
        return passed;
    }

    @Test
    void each_route_counts_for_itself() {
        put("shop", "2/60s by client");
        put("blog", "3/60s by client");
        assertEquals(2, passOf(9, "shop", 1));
        assertEquals(3, passOf(9, "blog", 1));
        assertEquals(5, passOf(9, "default", 1));
        assertSame(of("default"), limits.usual());
        assertEquals(
                List.of("blog", "default", "shop"),
                limits.all().stream().map(RouteLimits::route).toList());
    }

    @Test
    void a_route_without_a_limit_has_none() {
        put("shop");
        assertEquals(List.of(), of("shop").limits());
        assertEquals(9, passOf(9, "shop", 1));
        put("shop", "2/60s by client");
        assertEquals(2, passOf(9, "shop", 1));
        put("shop");
        assertEquals(9, passOf(9, "shop", 1));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "nothing                            | 5/60s by client                     | 1",
                "the limit is raised                | 8/60s by client                     | 4",
                "the limit is lowered               | 3/60s by client                     | 0",
                "the period gets longer             | 5/600s by client                    | 1",
                "the period gets shorter            | 5/30s by client                     | 3",
                "both                               | 8/30s by client                     | 6",
                "another limit comes                | 5/60s by client, 100/60s by route   | 1",
                "another limit comes before it      | 100/60s by route, 5/60s by client   | 1",
                "a second rate by the same comes    | 5/60s by client, 9/1s by client     | 1",
                "a second rate for longer comes     | 5/60s by client, 6/600s by client   | 1",
            })
    void what_is_counted_stays_when_this_changes(String what, String after, int more) {
        put("shop", "5/60s by client");
        assertEquals(2, passOf(2, "shop", 1));
        time.pass(Duration.ofSeconds(40));
        assertEquals(2, passOf(2, "shop", 1));
        put("shop", after.split(", "));
        assertEquals(more, passOf(99, "shop", 1));
    }

    @Test
    void a_longer_period_counts_the_old_requests_until_it_has_passed() {
        put("shop", "2/60s by client");
        assertEquals(2, passOf(9, "shop", 1));
        put("shop", "2/120s by client");
        time.pass(Duration.ofSeconds(119));
        limits.forgetIdle();
        assertEquals(0, passOf(9, "shop", 1));
        time.pass(Duration.ofSeconds(1));
        assertEquals(2, passOf(9, "shop", 1));
    }

    @Test
    void of_a_lowered_limit_as_many_must_leave_as_are_above_it() {
        put("shop", "5/60s by client");
        for (int i = 0; i < 5; i++) {
            assertEquals(1, passOf(1, "shop", 1));
            time.pass(Duration.ofSeconds(1));
        }
        put("shop", "2/60s by client");
        assertEquals(
                new LimitDecision(false, 0, 58_000_000_000L), of("shop").limit().take(key("shop", 1)));
        time.pass(Duration.ofSeconds(58));
        assertEquals(1, passOf(9, "shop", 1));
    }

    @Test
    void a_limit_that_goes_and_comes_again_begins_anew_and_the_others_go_on() {
        put("shop", "5/60s by client", "5/60s by route");
        assertEquals(3, passOf(3, "shop", 1));
        put("shop", "5/60s by client");
        put("shop", "5/60s by client", "5/60s by route");
        assertEquals(2, passOf(9, "shop", 1));
        assertEquals(3, passOf(9, "shop", 2));
    }

    @Test
    void with_a_route_its_counts_go_and_their_room_is_free() {
        put("shop", "5/60s by client", "9/60s by route");
        assertEquals(5, passOf(9, "shop", 1));
        assertEquals(4, passOf(9, "shop", 2));
        assertEquals(3, limits.clients());
        routes.remove("shop");
        assertTrue(limits.of("shop").isEmpty());
        assertEquals(0, limits.clients());
        put("shop", "5/60s by client", "9/60s by route");
        assertEquals(5, passOf(9, "shop", 1));
    }

    @Test
    void counts_of_what_passed_and_was_refused_outlive_changes() {
        put("shop", "5/60s by client");
        of("shop").counts().refused().add(7);
        put("shop", "6/60s by client", "9/60s by route");
        assertEquals(7, of("shop").refused());
        assertEquals(0, of("shop").allowed());
    }

    @Test
    void routes_that_stay_the_same_keep_their_objects_and_the_same_limits_share_headers() {
        put("shop", "5/60s by client");
        RouteLimits shop = of("shop");
        put("blog", "5/60s by client");
        assertSame(shop, of("shop"));
        assertSame(shop.headers(), of("blog").headers());
        put("shop", "6/60s by client");
        assertNotSame(shop, of("shop"));
    }

    @Test
    void a_request_that_found_a_route_just_before_its_change_is_limited_all_the_same() {
        put("shop", "2/60s by client");
        Route found = routes.table().get("shop");
        put("shop", "9/60s by client");
        assertEquals(2, limits.of(found).limits().get(0).rate().requests());
        assertTrue(limits.of(found).limit().take(key("shop", 1)).allowed());
        assertTrue(limits.of(found).limit().take(key("shop", 1)).allowed());
        assertFalse(limits.of(found).limit().take(key("shop", 1)).allowed());
        assertEquals(7, passOf(99, "shop", 1), "in the same window");
        put("shop", "10/60s by client");
        assertSame(of("shop"), limits.of(found), "after another change by those of now");
        routes.remove("shop");
        assertSame(found.name(), "shop");
        routes.put(TestRoutes.named("blog"));
        assertTrue(limits.of(found).limit().take(key("blog", 1)).allowed(), "by none if the route is gone");
    }

    /** Making a change ready may take a second, while the first checks of new services run. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({"counted by something else, 9/60s by route", "removed,"})
    void while_a_change_is_made_ready_each_client_still_has_its_own_limit(String change, String limit) {
        put("shop", "2/60s by client");
        Route before = routes.table().get("shop");
        List<Long> passed = new ArrayList<>();
        routes.onChange(coming -> {
            if (coming.before().get("shop") == before) {
                LongStream.of(1, 2, 3)
                        .filter(client -> limits.of(before)
                                .limit()
                                .take(new ClientAddress(client))
                                .allowed())
                        .forEach(passed::add);
            }
        });
        if (limit == null) {
            routes.remove("shop");
        } else {
            put("shop", limit);
        }
        assertEquals(List.of(1L, 2L, 3L), passed);
        assertEquals(0, limits.clients(), "of what is gone, nothing is kept");
    }

    /** A flood of clients, or of values of a header, on one route once would have been one on all. */
    @Test
    void who_fills_the_tables_by_one_route_leaves_the_others_their_share() {
        put("shop", "1/60s by client");
        put("blog", "1/60s by client");
        for (int client = 0; client < 5000; client++) {
            passOf(1, "shop", client);
        }
        assertEquals(1000, limits.clients());
        int passed = 0;
        for (int client = 0; client < 5000; client++) {
            passed += passOf(1, "blog", client);
        }
        assertEquals(334, passed, "a third of the room, and one for all others together");
        assertEquals(1333, limits.clients());
        time.pass(Duration.ofSeconds(60));
        assertEquals(1, passOf(9, "blog", 9999), "when the flood is over there is room again");
        assertEquals(1, limits.clients());
    }

    @Test
    void while_limits_change_requests_at_once_are_counted_exactly() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        put("shop", "100000/24h by client", "3000/24h by route");
        try {
            List<Future<Integer>> passed = IntStream.range(0, 4)
                    .mapToObj(thread -> threads.submit(() -> {
                        int own = 0;
                        for (int i = 0; i < 2000; i++) {
                            RouteLimits now = of("shop");
                            LimitKey key = LimitKey.of(now.kinds().stream()
                                    .map(kind -> kind.key() == Limit.Key.ROUTE
                                            ? ClientAddress.ALL
                                            : new ClientAddress(thread))
                                    .toList());
                            own += now.limit().take(key).allowed() ? 1 : 0;
                        }
                        return own;
                    }))
                    .toList();
            Random random = new Random(42);
            for (int change = 0; change < 200; change++) {
                String by = random.nextBoolean() ? "client" : "header:X-Key";
                String other = (100_000 + random.nextInt(9)) + "/24h by " + by;
                String route = "3000/" + (20 + random.nextInt(4)) + "h by route";
                put("shop", random.nextBoolean() ? new String[] {other, route} : new String[] {route, other});
            }
            int sum = 0;
            for (Future<Integer> each : passed) {
                sum += each.get();
            }
            assertEquals(3000, sum);
        } finally {
            threads.shutdownNow();
        }
    }
}
