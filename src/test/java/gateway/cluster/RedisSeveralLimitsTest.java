package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.cluster.Redis.Call;
import gateway.limit.RateLimit.Standing;
import gateway.limit.SeveralLimitsContract;
import gateway.route.Limit;
import gateway.route.RouteConfig;
import gateway.testing.FakeTime;
import gateway.testing.TestRedis;
import gateway.trace.LimitDecision;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Several limits in Redis. */
@Tag("redis")
class RedisSeveralLimitsTest extends SeveralLimitsContract {
    private static final Script SCRIPT = Script.named("take.lua");
    private static final ClientAddress CLIENT = new ClientAddress(0x0000_ffff_c000_0201L);
    private static final ClientAddress VALUE = ClientAddress.hashed("hello");

    private static TestRedis server;

    private final FakeTime time = new FakeTime();
    private Redis redis;
    private Jedis jedis;

    @BeforeAll
    static void start() throws Exception {
        server = TestRedis.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws IOException {
        redis = new Redis(server.settings(), Duration.ofSeconds(5));
        jedis = server.client();
        jedis.flushAll();
    }

    @AfterEach
    void disconnect() {
        jedis.close();
        redis.close();
    }

    private Object runNow(Call call) {
        try {
            return redis.run(RedisWindow.at(ChronoUnit.MICROS.between(Instant.EPOCH, time.now()), call));
        } catch (RedisFailure e) {
            throw new AssertionError(e);
        }
    }

    private static RedisWindow window(String route, List<Limit> limits) {
        return new RedisWindow(SCRIPT, route, limits, server.settings());
    }

    @Override
    protected Asked of(List<Limit> limits) {
        jedis.flushAll();
        RedisWindow asked = window("shop", limits);
        return new Asked() {
            @Override
            public LimitDecision take(LimitKey key) {
                return asked.decision(runNow(asked.take(key)));
            }

            @Override
            public LimitDecision look(LimitKey key) {
                return asked.decision(runNow(asked.explain(key)));
            }

            @Override
            public LimitDecision giveBack(LimitKey key, LimitDecision taken) {
                return asked.decision(runNow(asked.giveBack(key, taken.sharedAt())))
                        .passing();
            }

            @Override
            public List<Standing> explain(LimitKey key) {
                return asked.standings(runNow(asked.explain(key)));
            }
        };
    }

    @Override
    protected void pass(Duration duration) {
        time.pass(duration);
    }

    @Test
    void each_thing_that_is_counted_by_has_a_list_that_lives_as_long_as_its_longest_window() {
        RedisWindow window = window(
                "shop", limits("9/1s by client", "9/60s by client", "9/30s by header:X-API-Key", "9/10s by route"));
        runNow(window.take(LimitKey.of(List.of(CLIENT, VALUE, ClientAddress.ALL))));
        assertEquals(
                Set.of(
                        "gateway:limit:{shop}:client:192.0.2.1",
                        "gateway:limit:{shop}:header:x-api-key:sha256:2cf24dba5fb0a30",
                        "gateway:limit:{shop}:route"),
                jedis.keys("*"));
        assertLives(61, "gateway:limit:{shop}:client:192.0.2.1");
        assertLives(31, "gateway:limit:{shop}:header:x-api-key:sha256:2cf24dba5fb0a30");
        assertLives(11, "gateway:limit:{shop}:route");
    }

    private void assertLives(int seconds, String key) {
        long left = jedis.pttl(key);
        assertTrue(left > (seconds - 1) * 1000 && left <= seconds * 1000, key + ": " + left);
        assertEquals(1, jedis.llen(key));
    }

    @Test
    void clients_of_the_default_route_stay_where_they_were_before_there_were_routes() {
        RedisWindow one = window(RouteConfig.DEFAULT, limits("2/60s by client"));
        RedisWindow more = window(RouteConfig.DEFAULT, limits("2/60s by client", "9/60s by route"));
        runNow(one.take(CLIENT));
        assertEquals(Set.of("gateway:limit:{192.0.2.1}"), jedis.keys("*"));
        LimitKey both = LimitKey.of(List.of(CLIENT, ClientAddress.ALL));
        assertEquals(
                0, one.decision(runNow(more.take(both))).remaining(), "a second limit loses no count of the first");
        assertFalse(one.decision(runNow(one.take(CLIENT))).allowed());
    }

    @Test
    void a_longer_window_counts_what_is_there_and_a_shorter_one_forgets() {
        runNow(window("shop", limits("5/10s by client")).take(CLIENT));
        time.pass(Duration.ofSeconds(9));
        RedisWindow longer = window("shop", limits("5/60s by client"));
        assertEquals(3, longer.decision(runNow(longer.take(CLIENT))).remaining());
        time.pass(Duration.ofSeconds(20));
        assertEquals(2, longer.decision(runNow(longer.take(CLIENT))).remaining());
        RedisWindow shorter = window("shop", limits("5/10s by client"));
        assertEquals(3, shorter.decision(runNow(shorter.take(CLIENT))).remaining());
    }

    @Test
    void a_refused_request_writes_nothing_anywhere() {
        RedisWindow window = window("shop", limits("5/60s by client", "1/60s by route"));
        LimitKey first = LimitKey.of(List.of(CLIENT, ClientAddress.ALL));
        runNow(window.take(first));
        List<String> times = jedis.lrange("gateway:limit:{shop}:route", 0, -1);
        for (String key : jedis.keys("*")) {
            jedis.persist(key);
        }
        LimitKey other = LimitKey.of(List.of(new ClientAddress(7), ClientAddress.ALL));
        assertFalse(window.decision(runNow(window.take(other))).allowed());
        assertFalse(window.decision(runNow(window.take(first))).allowed());
        assertEquals(2, jedis.keys("*").size());
        for (String key : jedis.keys("*")) {
            assertEquals(-1, jedis.pttl(key));
            assertEquals(times, jedis.lrange(key, 0, -1));
        }
    }

    @Test
    void a_clock_that_was_set_back_frees_nothing_and_keeps_the_order_of_times() {
        RedisWindow window = window("shop", limits("1/60s by client", "5/60s by route"));
        runNow(window.take(LimitKey.of(List.of(CLIENT, ClientAddress.ALL))));
        time.pass(Duration.ofSeconds(-30));
        assertFalse(window.decision(runNow(window.take(LimitKey.of(List.of(CLIENT, ClientAddress.ALL)))))
                .allowed());
        runNow(window.take(LimitKey.of(List.of(new ClientAddress(CLIENT.key() + 1), ClientAddress.ALL))));
        List<String> times = jedis.lrange("gateway:limit:{shop}:route", 0, -1);
        assertEquals(Collections.nCopies(2, times.get(0)), times);
        assertEquals(times.subList(0, 1), jedis.lrange("gateway:limit:{shop}:client:192.0.2.2", 0, -1));
    }
}
