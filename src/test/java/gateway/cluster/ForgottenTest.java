package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.client.ClientAddress;
import gateway.cluster.Redis.Call;
import gateway.testing.FakeTime;
import gateway.testing.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Clients that two gateways on one Redis forget, step by step: no thread, only {@link Forgotten#sync}. */
@Tag("redis")
class ForgottenTest {
    private final FakeTime time = new FakeTime();
    private TestRedis redis;
    private Forgotten one;
    private Forgotten two;
    private final List<String> learned = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        redis = TestRedis.start();
        one = new Forgotten(redis.settings(), time);
        two = new Forgotten(redis.settings(), time);
        two.onLearned((route, client) -> learned.add(route + " " + client.key()));
        assertTrue(two.sync());
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
        redis.close();
    }

    private static Call forget(String... keys) {
        return new Call(
                Script.named("forget.lua"),
                List.of(keys).stream().map(Redis::bytes).toList(),
                List.of());
    }

    /** Without its arguments, this script always fails. */
    private static final Call IMPOSSIBLE = new Call(Script.named("take.lua"), List.of(Redis.bytes("x")), List.of());

    private void tell(long client, Call... left) {
        one.tell("shop", new ClientAddress(client), List.of(left));
    }

    private void startAgain() throws Exception {
        redis.startAgain();
        for (Forgotten each : List.of(one, two)) {
            each.sync(); // by a connection of before, which may be found dead now
            assertTrue(each.sync());
        }
    }

    private List<String> learnedAfterASync() {
        assertTrue(one.sync());
        assertTrue(two.sync());
        return learned;
    }

    /** All later ones once waited behind it, for as long as the gateway ran. */
    @Test
    void a_call_that_always_fails_holds_up_no_other_client_and_is_given_up_after_a_minute() throws Exception {
        try (Jedis jedis = redis.client()) {
            jedis.set("one", "x");
            jedis.set("two", "x");
            tell(1, forget("one"), IMPOSSIBLE);
            tell(2, forget("two"));
            tell(3);
            assertEquals(List.of("shop 2", "shop 3"), learnedAfterASync());
            assertEquals(0, jedis.exists("one", "two"), "what could be done is done");
            jedis.set("one", "x");
            time.pass(Duration.ofSeconds(59));
            tell(4);
            assertEquals(List.of("shop 2", "shop 3", "shop 4"), learnedAfterASync());
            assertTrue(one.outOfSync(""), "the first is still tried");
            time.pass(Duration.ofSeconds(1));
            assertEquals(List.of("shop 2", "shop 3", "shop 4", "shop 1"), learnedAfterASync());
            assertFalse(one.outOfSync(""), "nothing is left");
            assertTrue(jedis.exists("one"), "what was done isn't repeated: it may be counted anew");
            learned.clear();
            assertEquals(List.of(), learnedAfterASync());
        }
    }

    /** However long Redis is away, it is not a client's call that fails. */
    @Test
    void what_waits_for_a_redis_that_is_away_is_not_given_up() throws Exception {
        tell(1, forget("one"));
        redis.kill();
        for (int i = 0; i < 2; i++) {
            assertFalse(one.sync());
            time.pass(Duration.ofMinutes(5));
        }
        startAgain();
        assertEquals(List.of("shop 1"), learnedAfterASync());
    }

    @Test
    void the_minute_begins_again_when_redis_is_back() throws Exception {
        tell(1, IMPOSSIBLE);
        assertEquals(List.of(), learnedAfterASync());
        redis.kill();
        time.pass(Duration.ofMinutes(5));
        assertFalse(one.sync());
        startAgain();
        assertEquals(List.of(), learnedAfterASync());
        time.pass(Duration.ofMinutes(1));
        assertEquals(List.of("shop 1"), learnedAfterASync());
    }

    @Test
    void of_more_than_a_thousand_that_wait_the_oldest_are_dropped() throws Exception {
        redis.kill();
        for (int client = 1; client <= 1002; client++) {
            tell(client);
        }
        startAgain();
        assertEquals(1000, learned.size());
        assertEquals("shop 3", learned.get(0));
    }
}
