package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.EventListener;
import gateway.events.Who;
import gateway.registry.ServiceList;
import gateway.route.Route;
import gateway.route.RouteConfig;
import gateway.route.RouteConflict;
import gateway.route.RouteDefaults;
import gateway.route.Routes;
import gateway.route.config.InvalidRoutes;
import gateway.route.config.PutRoutes;
import gateway.route.config.RouteReader;
import gateway.settings.RedisSettings;
import gateway.settings.Settings;
import gateway.testing.TestRedis;
import gateway.testing.TestRoutes;
import gateway.util.Time;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** The routes that operators put at several gateways on one Redis, step by step: no thread, only {@link SharedRoutes#sync}. */
@Tag("redis")
class SharedRoutesTest {
    private static TestRedis redis;

    private final List<Member> members = new ArrayList<>();
    private final Member one = join();
    private final Member two = join();

    /** What a gateway has of the shared routes. */
    private static final class Member {
        final Routes routes = TestRoutes.usual(new ServiceList(Time.system()));
        final PutRoutes put;
        final SharedRoutes shared;
        final RouteReader reader;

        Member(RedisSettings redis, Map<String, String> settings) {
            Settings all = Settings.from(settings);
            this.reader = new RouteReader(RouteDefaults.of(all), url -> Optional.empty());
            this.put = new PutRoutes(routes, all, EventListener.NONE);
            this.shared = new SharedRoutes(redis, put, Time.system());
        }

        void put(String name, String path) {
            put(name, path, "");
        }

        void put(String name, String path, String more) {
            String text = "{\"match\":{\"path\":\"" + path + "\"}" + more + "}";
            try {
                put.put(text, reader.route(name, text.getBytes(StandardCharsets.UTF_8)), Who.GATEWAY);
            } catch (InvalidRoutes | PutRoutes.Full e) {
                throw new AssertionError(e);
            }
        }

        boolean sync() {
            return shared.sync();
        }

        String list() {
            return routes.table().all().stream()
                    .filter(route -> routes.sourceOf(route.name()) == Routes.Source.API)
                    .map(route -> route.name() + "=" + route.path())
                    .collect(Collectors.joining(" "));
        }

        RouteConfig config(String name) {
            return routes.table().get(name).config();
        }
    }

    @BeforeAll
    static void start() throws Exception {
        redis = TestRedis.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void forget() {
        empty();
    }

    @AfterEach
    void leave() {
        members.forEach(member -> member.shared.close());
    }

    private Member join() {
        return join(Map.of());
    }

    private Member join(Map<String, String> settings) {
        Member member = new Member(redis.settings(), settings);
        members.add(member);
        return member;
    }

    private Member late() {
        Member late = join();
        assertTrue(late.sync());
        return late;
    }

    private static void empty() {
        try (Jedis jedis = redis.client()) {
            jedis.flushAll();
        }
    }

    private void assertAllHave(String list) {
        members.forEach(member -> assertTrue(member.sync()));
        members.forEach(member -> assertTrue(member.sync()));
        members.forEach(member -> assertEquals(list, member.list()));
    }

    /** So that two changes don't fall into one millisecond of Redis's clock. */
    private static void pause() {
        long end = System.nanoTime() + 20_000_000;
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void what_is_put_at_one_is_at_all_and_at_those_that_start_when_all_others_have_ended() {
        one.put("shop", "/shop", ",\"balance\":\"sticky\"");
        two.put("blog", "/blog");
        assertEquals("shop=/shop", one.list(), "at once");
        assertAllHave("blog=/blog shop=/shop");
        assertEquals("sticky", two.config("shop").balance().toString());
        leave();
        assertEquals("blog=/blog shop=/shop", late().list());
    }

    @Test
    void what_is_replaced_or_deleted_at_one_is_so_at_all() {
        one.put("shop", "/shop");
        one.put("blog", "/blog");
        assertAllHave("blog=/blog shop=/shop");
        two.put("shop", "/store");
        assertTrue(one.put.remove("blog", Who.GATEWAY));
        assertAllHave("shop=/store");
        assertFalse(one.put.remove("blog", Who.GATEWAY));
        two.put("blog", "/blog");
        assertAllHave("blog=/blog shop=/store");
    }

    @Test
    void a_route_that_stays_stays_the_same_object() {
        one.put("shop", "/shop");
        assertAllHave("shop=/shop");
        Route before = two.routes.table().get("shop");
        one.put("blog", "/blog");
        assertAllHave("blog=/blog shop=/shop");
        assertSame(before, two.routes.table().get("shop"));
    }

    @Test
    void of_two_changes_at_once_the_one_that_comes_last_holds_and_of_others_the_later() {
        assertAllHave("");
        one.put("shop", "/a");
        pause();
        two.put("shop", "/b");
        two.sync();
        one.sync(); // tells the earlier one afterwards
        assertAllHave("shop=/b");
        one.put("shop", "/c");
        pause();
        assertTrue(two.put.remove("shop", Who.GATEWAY));
        two.sync();
        assertAllHave("");
        one.put("shop", "/d");
        assertAllHave("shop=/d");
    }

    @Test
    void the_built_in_route_is_replaced_at_all_and_back_at_all() {
        one.put("default", "/v1");
        assertAllHave("default=/v1");
        assertTrue(two.put.remove("default", Who.GATEWAY));
        assertAllHave("");
        assertEquals("/api", one.config("default").match().path().toString());
    }

    @Test
    void what_redis_has_lost_is_written_back_and_flaps_nowhere() {
        one.put("shop", "/shop");
        two.put("blog", "/blog");
        assertAllHave("blog=/blog shop=/shop");
        Route before = one.routes.table().get("shop");
        empty();
        one.sync();
        assertEquals("blog=/blog shop=/shop", one.list());
        assertAllHave("blog=/blog shop=/shop");
        assertSame(before, one.routes.table().get("shop"));
        assertEquals("blog=/blog shop=/shop", late().list());
    }

    @Test
    void a_change_after_a_loss_prevails_over_what_others_write_back() {
        one.put("shop", "/shop");
        assertAllHave("shop=/shop");
        empty();
        two.put("shop", "/store");
        one.sync(); // writes the one of before back first
        assertAllHave("shop=/store");
        empty();
        assertTrue(two.put.remove("shop", Who.GATEWAY));
        two.sync();
        assertAllHave("");
    }

    @Test
    void a_redis_that_went_back_to_an_earlier_state_loses_nothing() {
        one.put("shop", "/shop");
        assertAllHave("shop=/shop");
        try (Jedis jedis = redis.client()) {
            Map<String, String> routes = jedis.hgetAll("{gateway}:routes");
            Map<String, String> state = jedis.hgetAll("{gateway}:routes-state");
            one.put("blog", "/blog");
            assertAllHave("blog=/blog shop=/shop");
            jedis.del("{gateway}:routes", "{gateway}:routes-state");
            jedis.hset("{gateway}:routes", routes);
            jedis.hset("{gateway}:routes-state", state);
        }
        assertAllHave("blog=/blog shop=/shop");
    }

    @Test
    void a_part_that_redis_evicted_is_a_loss_too() {
        one.put("shop", "/shop");
        assertAllHave("shop=/shop");
        try (Jedis jedis = redis.client()) {
            jedis.del("{gateway}:routes");
        }
        assertAllHave("shop=/shop");
        assertEquals("shop=/shop", late().list());
    }

    @Test
    void changes_made_while_redis_is_away_hold_here_at_once_and_arrive_later() throws Exception {
        try (TestRedis own = TestRedis.start()) {
            Member first = new Member(own.settings(), Map.of());
            Member second = new Member(own.settings(), Map.of());
            members.addAll(List.of(first, second));
            first.put("shop", "/shop");
            first.put("blog", "/blog");
            assertTrue(first.sync() && second.sync());
            own.kill();
            first.put("shop", "/store");
            assertTrue(first.put.remove("blog", Who.GATEWAY));
            assertFalse(first.sync());
            assertFalse(second.sync());
            assertEquals("shop=/store", first.list());
            assertEquals("blog=/blog shop=/shop", second.list());
            own.startAgain(); // without its data
            assertTrue(first.sync());
            assertTrue(second.sync());
            assertTrue(first.sync());
            assertEquals("shop=/store", first.list());
            assertEquals("shop=/store", second.list());
        }
    }

    @Test
    void a_gateway_that_cannot_read_a_route_leaves_it_out_and_keeps_it_for_the_others() {
        Member strict = join(Map.of("GATEWAY_SERVICE_NETWORKS", "10.0.0.0/8"));
        one.put("shop", "/shop", ",\"services\":[\"http://127.0.0.1:9\"]");
        one.put("blog", "/blog");
        two.sync();
        one.sync();
        assertTrue(strict.sync());
        assertEquals("blog=/blog", strict.list());
        try (Jedis jedis = redis.client()) {
            jedis.hset("{gateway}:routes", "news", "1 {\"match\":{\"path\":\"/news\"},\"of-tomorrow\":true}");
            jedis.hset("{gateway}:routes", "not a name", "1 {\"match\":{\"path\":\"/x\"}}");
            jedis.hset("{gateway}:routes", "junk", "junk");
            jedis.hset("{gateway}:routes-state", "count", "5");
        }
        two.put("api", "/v1");
        two.sync();
        strict.sync();
        assertEquals("api=/v1 blog=/blog", strict.list());
        one.sync();
        assertEquals("api=/v1 blog=/blog shop=/shop", one.list());
        empty();
        strict.sync();
        assertEquals("api=/v1 blog=/blog shop=/shop", late().list(), "also what it can't read is written back");
        assertTrue(strict.put.remove("shop", Who.GATEWAY));
        strict.sync();
        assertEquals("api=/v1 blog=/blog", late().list());
    }

    @Test
    void each_gateway_has_its_own_defaults_for_what_a_route_leaves_out() {
        Member other = join(Map.of("GATEWAY_UPSTREAM_TIMEOUT", "7s"));
        one.put("shop", "/shop");
        one.sync();
        other.sync();
        assertEquals("PT7S", other.config("shop").timeout().toString());
        assertEquals("PT30S", one.config("shop").timeout().toString());
    }

    @Test
    void what_a_gateways_file_says_goes_before_what_is_shared_and_hides_it_only_there() throws Exception {
        two.routes.file(
                List.of(two.reader.route("own", "{\"match\":{\"path\":\"/shop\"}}".getBytes(StandardCharsets.UTF_8))));
        one.put("shop", "/shop");
        one.sync();
        two.sync();
        assertEquals("", two.list());
        assertEquals("shop=/shop", late().list());
        two.routes.file(List.of());
        assertEquals("shop=/shop", two.list());
        assertThrows(RouteConflict.class, () -> one.put("more", "/shop"));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(ints = {1, 2, 3})
    void whatever_happens_in_whatever_order_all_have_the_same_routes_in_the_end(int seed) {
        join();
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            Member member = members.get(random.nextInt(3));
            String name = "r" + random.nextInt(5);
            switch (random.nextInt(8)) {
                case 0, 1 -> member.put(name, "/" + name + "/" + random.nextInt(3));
                case 2 -> member.put.remove(name, Who.GATEWAY);
                case 3 -> {
                    if (random.nextInt(6) == 0) {
                        empty();
                    }
                }
                default -> member.sync();
            }
        }
        members.forEach(Member::sync);
        members.forEach(Member::sync);
        assertAllHave(one.list());
        assertEquals(one.list(), late().list());
    }

    @Test
    void a_thousand_routes_are_one_step_and_one_more_is_too_many() throws Exception {
        for (int i = 0; i < PutRoutes.MOST; i++) {
            one.put("r" + i, "/r" + i);
        }
        assertTrue(one.sync() && two.sync());
        assertEquals(PutRoutes.MOST + 1, two.routes.table().all().size());
        assertThrows(
                PutRoutes.Full.class,
                () -> two.put.put(
                        "",
                        two.reader.route("more", "{\"match\":{\"path\":\"/more\"}}".getBytes(StandardCharsets.UTF_8)),
                        Who.GATEWAY));
        two.put("r7", "/r7/b"); // one that is there
    }
}
