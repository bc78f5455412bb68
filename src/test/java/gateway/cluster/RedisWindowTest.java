package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.client.ClientAddress;
import gateway.cluster.Redis.Call;
import gateway.limit.RateLimit.Standing;
import gateway.limit.SlidingWindow;
import gateway.limit.WindowContract;
import gateway.route.Limit;
import gateway.route.RouteConfig;
import gateway.settings.Rate;
import gateway.testing.FakeTime;
import gateway.testing.TestRedis;
import gateway.trace.LimitDecision;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

@Tag("redis")
class RedisWindowTest extends WindowContract {
    private static final Rate FIVE_A_MINUTE = Rate.parse("5/60s");
    private static final String KEY = "gateway:limit:{192.0.2.1}";
    private static final ClientAddress CLIENT = new ClientAddress(0x0000_ffff_c000_0201L);

    private static final Script SCRIPT = Script.named("take.lua");

    private static TestRedis server;

    private final FakeTime time = new FakeTime();
    private final RedisWindow window = window(FIVE_A_MINUTE, RouteConfig.DEFAULT);
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

    private static RedisWindow window(Rate rate, String route) {
        return new RedisWindow(SCRIPT, route, List.of(Limit.byClient(rate)), server.settings());
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

    private long micros() {
        return ChronoUnit.MICROS.between(java.time.Instant.EPOCH, time.now());
    }

    private Object run(Call call) {
        try {
            return redis.run(call);
        } catch (RedisFailure e) {
            throw new AssertionError(e);
        }
    }

    private Object runNow(Call call) {
        return run(RedisWindow.at(micros(), call));
    }

    @Override
    protected Asked of(Rate rate) {
        RedisWindow asked = window(rate, RouteConfig.DEFAULT);
        return new Asked() {
            @Override
            public LimitDecision take(ClientAddress client) {
                return asked.decision(runNow(asked.take(client)));
            }

            @Override
            public LimitDecision look(ClientAddress client) {
                return asked.decision(runNow(asked.explain(client)));
            }

            @Override
            public LimitDecision giveBack(ClientAddress client, LimitDecision taken) {
                return asked.decision(runNow(asked.giveBack(client, taken.sharedAt())));
            }

            @Override
            public Standing explain(ClientAddress client) {
                return asked.standings(runNow(asked.explain(client))).get(0);
            }
        };
    }

    @Override
    protected void pass(Duration duration) {
        time.pass(duration);
    }

    @Test
    void a_random_history_is_decided_as_in_memory() {
        Random random = new Random(42);
        for (String rate : List.of("1/1s", "5/60s", "40/60s", "300/10s")) {
            SlidingWindow memory = new SlidingWindow(Rate.parse(rate), 1000, time);
            RedisWindow shared = window(Rate.parse(rate), "random-" + rate.replace("/", "-"));
            for (int step = 0; step < 25_000; step += 500) {
                List<LimitDecision> expected = new ArrayList<>();
                List<Call> calls = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    time.pass(Duration.of(
                            random.nextInt(8) == 0 ? random.nextInt(20_000_000) : random.nextInt(20_000),
                            ChronoUnit.MICROS));
                    ClientAddress client = client(random.nextInt(random.nextInt(20) + 1));
                    boolean take = random.nextInt(10) > 0;
                    expected.add(take ? memory.take(client) : memory.look(client));
                    calls.add(RedisWindow.at(micros(), take ? shared.take(client) : shared.explain(client)));
                }
                assertEquals(
                        expected,
                        redis.runAll(calls).stream().map(shared::decision).toList(),
                        rate + " from step " + step);
            }
        }
    }

    @Test
    void without_a_time_the_servers_clock_holds() {
        LimitDecision first = window.decision(run(window.take(CLIENT)));
        assertEquals(new LimitDecision(true, 4, 60_000_000_000L), first);
        long stored = Long.parseLong(jedis.lindex(KEY, 0));
        List<String> now = jedis.time();
        long age = Long.parseLong(now.get(0)) * 1_000_000 + Long.parseLong(now.get(1)) - stored;
        assertTrue(age >= 0 && age < 60_000_000, "microseconds: " + stored);
    }

    @Test
    void the_list_expires_after_each_write_and_never_before_its_times() {
        for (int i = 0; i < 5; i++) {
            jedis.persist(KEY);
            run(window.take(CLIENT));
            long left = jedis.pttl(KEY);
            assertTrue(left > 59_000 && left <= 61_000, "milliseconds left: " + left);
        }
    }

    @Test
    void refused_requests_leave_no_trace() {
        for (int i = 0; i < 5; i++) {
            run(window.take(CLIENT));
        }
        List<String> times = jedis.lrange(KEY, 0, -1);
        jedis.persist(KEY);
        for (int i = 0; i < 10; i++) {
            assertFalse(window.decision(run(window.take(CLIENT))).allowed());
        }
        assertEquals(times, jedis.lrange(KEY, 0, -1));
        assertEquals(-1, jedis.pttl(KEY), "nothing was written");
    }

    @Test
    void looking_writes_nothing_even_where_times_are_old() {
        runNow(window.take(CLIENT));
        time.pass(Duration.ofSeconds(61));
        assertEquals(new LimitDecision(true, 5, 0), window.decision(runNow(window.explain(CLIENT))));
        assertEquals(1, jedis.llen(KEY));
    }

    @Test
    void a_script_that_redis_forgot_is_loaded_again_and_nothing_is_counted_twice() {
        run(window.take(CLIENT));
        jedis.scriptFlush();
        assertEquals(3, window.decision(run(window.take(CLIENT))).remaining());
        jedis.scriptFlush();
        List<Object> both = redis.runAll(List.of(window.take(CLIENT), window.take(CLIENT)));
        assertEquals(2, window.decision(both.get(0)).remaining());
        assertEquals(1, window.decision(both.get(1)).remaining());
    }

    @Test
    void a_clock_that_was_set_back_frees_nothing() {
        for (int i = 0; i < 5; i++) {
            runNow(window.take(CLIENT));
        }
        long back = micros() - 30_000_000;
        assertFalse(
                window.decision(run(RedisWindow.at(back, window.take(CLIENT)))).allowed());
    }

    @Test
    void times_that_are_more_than_a_window_ahead_say_nothing() {
        for (int i = 0; i < 5; i++) {
            runNow(window.take(CLIENT));
        }
        long back = micros() - 60_000_001;
        LimitDecision decision = window.decision(run(RedisWindow.at(back, window.take(CLIENT))));
        assertEquals(new LimitDecision(true, 4, 60_000_000_000L), decision);
        assertEquals(1, jedis.llen(KEY));
    }

    @Test
    void a_probe_writes_beside_the_clients_list() {
        run(RedisWindow.probe(SCRIPT, Redis.bytes(KEY)));
        assertEquals(0, jedis.llen(KEY));
        assertEquals(1, jedis.llen(KEY + ":probe"));
        assertTrue(jedis.pttl(KEY + ":probe") > 0);
    }

    @Test
    void of_a_smaller_limit_as_many_must_leave_as_are_above_it() {
        RedisWindow smaller = window(Rate.parse("3/60s"), RouteConfig.DEFAULT);
        SlidingWindow memory = new SlidingWindow(FIVE_A_MINUTE, 10, time);
        for (int i = 0; i < 5; i++) {
            runNow(window.take(CLIENT));
            memory.take(CLIENT);
            time.pass(Duration.ofSeconds(1));
        }
        assertEquals(memory.take(CLIENT, 2), smaller.decision(runNow(smaller.take(CLIENT))));
        assertEquals(new LimitDecision(false, 0, 57_000_000_000L), smaller.decision(runNow(smaller.take(CLIENT))));
        time.pass(Duration.ofSeconds(57));
        assertTrue(smaller.decision(runNow(smaller.take(CLIENT))).allowed());
    }
}
