package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.cluster.Redis.Call;
import gateway.settings.RedisSettings;
import gateway.settings.RedisUrl;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

@Tag("redis")
class RedisTest {
    private static final Duration PATIENT = Duration.ofSeconds(5);
    private static final Script COUNT = Script.of("return redis.call('INCRBY', KEYS[1], ARGV[1])");

    private static TestRedis server;

    @BeforeAll
    static void start() throws Exception {
        server = TestRedis.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Call count(String key, int by) {
        return new Call(COUNT, List.of(Redis.bytes(key)), List.of(Redis.bytes("" + by)));
    }

    private static Redis redis(RedisSettings settings) {
        return new Redis(settings, PATIENT);
    }

    private static RedisSettings at(String url) {
        return new RedisSettings(RedisUrl.parse(url), "gateway", PATIENT, RedisSettings.Fallback.DIVIDE, false);
    }

    @Test
    void a_script_that_redis_does_not_know_is_loaded_by_running_it() throws Exception {
        try (Redis redis = redis(server.settings());
                Jedis jedis = server.client()) {
            jedis.scriptFlush();
            assertEquals(3L, redis.run(count("a", 3)));
            assertEquals(true, jedis.scriptExists(new String(COUNT.sha())));
            jedis.scriptFlush();
            assertEquals(List.of(4L, 1L), redis.runAll(List.of(count("a", 1), count("b", 1))));
        }
    }

    @Test
    void many_at_once_are_answered_in_their_order() throws Exception {
        try (Redis redis = redis(server.settings())) {
            List<Call> calls = new ArrayList<>();
            List<Object> expected = new ArrayList<>();
            for (long i = 1; i <= 500; i++) {
                calls.add(count("many", 1));
                expected.add(i);
            }
            assertEquals(expected, redis.runAll(calls));
        }
    }

    @Test
    void one_that_fails_does_not_harm_those_beside_it() throws Exception {
        try (Redis redis = redis(server.settings());
                Jedis jedis = server.client()) {
            jedis.set("word", "x");
            List<Object> outcomes = redis.runAll(List.of(count("c", 1), count("word", 1), count("c", 1)));
            assertEquals(1L, outcomes.get(0));
            assertTrue(
                    assertInstanceOf(RedisFailure.class, outcomes.get(1))
                                    .getMessage()
                                    .matches("it answered -?(ERR|WRONGTYPE) .*")
                            && !outcomes.get(1).toString().contains("script"),
                    outcomes.get(1).toString());
            assertEquals(2L, outcomes.get(2));
        }
    }

    @Test
    void after_a_restart_the_broken_connection_is_replaced() throws Exception {
        try (TestRedis own = TestRedis.start();
                Redis redis = redis(own.settings())) {
            assertEquals(1L, redis.run(count("a", 1)));
            own.kill();
            assertEquals(
                    "connection refused",
                    failure(redis, count("a", 1), count("a", 1)).getMessage());
            own.startAgain();
            assertEquals(1L, redis.run(count("a", 1)));
        }
    }

    /** The last of these failures: the first may only have found the connection broken. */
    private static RedisFailure failure(Redis redis, Call... calls) {
        RedisFailure last = null;
        for (Call call : calls) {
            last = assertThrows(RedisFailure.class, () -> redis.run(call));
        }
        return last;
    }

    /** As by Redis's {@code timeout}, a proxy or a firewall: the next requests were decided without Redis. */
    @Test
    void a_connection_that_somebody_ended_while_it_was_idle_is_replaced_before_it_is_used() throws Exception {
        try (TestRedis own = TestRedis.start();
                Redis redis = new Redis(own.settings(), PATIENT);
                Jedis jedis = own.client()) {
            assertEquals(1L, redis.run(count("a", 1)));
            long began = System.nanoTime();
            jedis.clientKill(new ClientKillParams().type(ClientType.NORMAL).skipMe(ClientKillParams.SkipMe.YES));
            Await.until("that it counts as idle", () -> System.nanoTime() - began > NodeConnection.IDLE);
            assertEquals(2L, redis.run(count("a", 1)));
        }
    }

    /** A probe makes many calls: a cluster that was away got hundreds of connections a second from each gateway. */
    @Test
    void nodes_that_cannot_be_found_are_searched_once_for_all_calls() throws Exception {
        String noCluster = "redis://127.0.0.1:" + server.port() + ",redis://localhost:" + server.port();
        try (Redis redis = redis(at(noCluster));
                Jedis jedis = server.client()) {
            long before = connections(jedis);
            List<Object> outcomes = redis.runAll(Collections.nCopies(64, count("a", 1)));
            assertEquals(
                    64, outcomes.stream().filter(RedisFailure.class::isInstance).count());
            assertTrue(
                    connections(jedis) - before <= 4,
                    "two nodes were asked " + (connections(jedis) - before) + " times");
        }
    }

    private static long connections(Jedis jedis) {
        String line = jedis.info("stats")
                .lines()
                .filter(each -> each.startsWith("total_connections_received:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.substring(line.indexOf(':') + 1));
    }

    @Test
    void failures_are_told_in_words() throws Exception {
        try (TestRedis locked = TestRedis.start("--requirepass", "right")) {
            String where = "127.0.0.1:" + locked.port();
            assertEquals("it requires a password", failureAt("redis://" + where));
            assertEquals("wrong user or password", failureAt("redis://:wrong-one@" + where));
            assertEquals("wrong user or password", failureAt("redis://nobody:right@" + where));
            assertEquals("connection refused", failureAt("redis://127.0.0.1:" + TestBackend.deadPort()));
            assertEquals("unknown host", failureAt("redis://no-such-host.invalid"));
            try (Redis redis = redis(at("redis://:right@" + where + "/3"))) {
                assertEquals(1L, redis.run(count("a", 1)));
            }
        }
    }

    private static String failureAt(String url) {
        try (Redis redis = redis(at(url))) {
            return failure(redis, count("a", 1)).getMessage();
        }
    }

    @Test
    void who_is_silent_is_not_waited_for_longer_than_the_timeout() throws Exception {
        try (TestRedis own = TestRedis.start();
                Redis redis = new Redis(own.settings(), Duration.ofMillis(50))) {
            own.freeze();
            assertEquals("no answer within 50ms", failure(redis, count("a", 1)).getMessage());
            own.thaw();
        }
    }

    @Test
    void a_closed_one_says_so() throws IOException {
        Redis redis = redis(server.settings());
        redis.close();
        assertEquals("closed", failure(redis, count("a", 1)).getMessage());
        assertEquals(Optional.empty(), server.settings().url().password());
    }
}
