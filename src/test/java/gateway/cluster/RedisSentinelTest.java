package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.cluster.Redis.Call;
import gateway.settings.RedisSettings;
import gateway.settings.Settings;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import gateway.testing.TestRedisSentinel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;

/** A Redis behind sentinels: real ones. */
@Tag("redis")
class RedisSentinelTest {
    private static final Duration PATIENT = Duration.ofSeconds(5);
    private static final Script COUNT = Script.of("return redis.call('INCRBY', KEYS[1], ARGV[1])");

    private static TestRedisSentinel shared;

    @BeforeAll
    static void start() throws Exception {
        shared = TestRedisSentinel.start();
    }

    @AfterAll
    static void stop() {
        if (shared != null) {
            shared.close();
        }
    }

    private static Call count(String key) {
        return new Call(COUNT, List.of(Redis.bytes(key)), List.of(Redis.bytes("1")));
    }

    private static Redis redis(String url) {
        return new Redis(TestRedis.settings(url), PATIENT);
    }

    private static String refusal(String url) {
        try (Redis redis = redis(url)) {
            return assertThrows(RedisFailure.class, () -> redis.run(count("refused")))
                    .getMessage();
        }
    }

    private static boolean works(Redis redis, String key) {
        return redis.runAll(List.of(count(key))).get(0) instanceof Long;
    }

    private static String sentinel(int number) {
        return "127.0.0.1:" + shared.sentinels().get(number).port();
    }

    @Test
    void what_is_counted_is_at_the_master_in_its_database_and_one_sentinel_is_enough() throws Exception {
        for (String url : List.of(
                shared.url() + "/3",
                "redis+sentinel://" + sentinel(1) + "/mymaster?db=3",
                "redis+sentinel://127.0.0.1:" + TestBackend.deadPort() + "," + sentinel(2) + "/mymaster/3",
                shared.url().replace("127.0.0.1", "localhost") + "/3")) {
            try (Redis redis = redis(url)) {
                assertInstanceOf(Long.class, redis.run(count("one")), url);
            }
        }
        try (Jedis master = shared.master().client()) {
            master.select(3);
            assertEquals("4", master.get("one"));
        }
    }

    @Test
    void a_sentinel_that_is_silent_at_the_start_is_not_waited_for_much_and_all_silent_ones_are_named()
            throws Exception {
        try (TestRedisSentinel own = TestRedisSentinel.start()) {
            own.sentinels().get(0).freeze();
            try (Redis redis = new Redis(own.settings(), PATIENT)) {
                assertEquals(1L, redis.run(count("a")));
            }
            own.sentinels().get(1).freeze();
            own.sentinels().get(2).freeze();
            List<TestRedis> two = own.sentinels().subList(0, 2);
            assertEquals(
                    "sentinel 127.0.0.1:%d: no answer within 1s; sentinel 127.0.0.1:%d: no answer within 1s"
                            .formatted(two.get(0).port(), two.get(1).port()),
                    refusal(TestRedisSentinel.url(two)));
        }
    }

    @Test
    void a_master_that_is_killed_is_left_for_the_new_one() throws Exception {
        try (TestRedisSentinel own = TestRedisSentinel.start();
                Redis redis = new Redis(own.settings(), PATIENT)) {
            assertEquals(1L, redis.run(count("k")));
            TestRedis old = own.master();
            awaitCopy(own, "k", "1");
            old.kill();
            RedisFailure failure = assertThrows(RedisFailure.class, () -> redis.run(count("k")));
            assertTrue(
                    failure.getMessage().startsWith("the sentinels' master mymaster at 127.0.0.1:" + old.port() + ": "),
                    failure.getMessage());
            Await.until("an answer of the new master", () -> works(redis, "k"));
            assertEquals(3L, redis.run(count("k")), "it has what the old one had");

            old.startAgain(); // as a replica, and back by a switch that an operator wants
            own.awaitWhole();
            TestRedis now = own.master();
            try (Jedis jedis = new Jedis("127.0.0.1", own.sentinels().get(0).port())) {
                jedis.sentinelFailover(TestRedisSentinel.NAME);
            }
            own.awaitMasterAfter(now);
            Await.until("an answer of the old master that is the new one", () -> works(redis, "k"));
        }
    }

    private static void awaitCopy(TestRedisSentinel own, String key, String value) {
        try (Jedis replica = own.replica().client()) {
            Await.until("the replica's copy", () -> value.equals(replica.get(key)));
        }
    }

    /** As long as a timeout of 30 s isn't over, an answer of the old master would still be waited for. */
    @Test
    void a_frozen_master_is_waited_for_until_there_is_a_new_one_and_when_it_wakes_nobody_listens() throws Exception {
        try (TestRedisSentinel own = TestRedisSentinel.start();
                Redis redis = new Redis(own.settings(), Duration.ofSeconds(30))) {
            assertEquals(1L, redis.run(count("f")));
            awaitCopy(own, "f", "1");
            TestRedis old = own.master();
            old.freeze();
            CompletableFuture<Object> lost = CompletableFuture.supplyAsync(
                    () -> redis.runAll(List.of(count("f"))).get(0));
            assertInstanceOf(RedisFailure.class, lost.get(20, TimeUnit.SECONDS));
            for (long count = 2; count < 20; count++) {
                assertEquals(count, redis.run(count("f")));
            }
            old.thaw(); // it runs what it was sent, and takes itself for the master for some seconds
            try (Jedis jedis = old.client()) {
                assertEquals("2", jedis.get("f"));
            }
            for (long count = 20; count < 200; count++) {
                assertEquals(count, redis.run(count("f")));
            }
        }
    }

    @Test
    void the_master_is_used_though_all_sentinels_have_died() throws Exception {
        try (TestRedisSentinel own = TestRedisSentinel.start();
                Redis redis = new Redis(own.settings(), PATIENT)) {
            assertEquals(1L, redis.run(count("s")));
            own.sentinels().forEach(TestRedis::kill);
            for (long count = 2; count < 10; count++) {
                assertEquals(count, redis.run(count("s")));
            }
            own.sentinels().get(1).startAgain();
            try (Redis fresh = new Redis(own.settings(), PATIENT)) {
                Await.until("one sentinel's return", () -> works(fresh, "s"));
            }
        }
    }

    @Test
    void passwords_of_the_sentinels_and_of_the_master_are_two_things() throws Exception {
        List<String> node = List.of("--requirepass", "ofredis", "--masterauth", "ofredis");
        List<String> ofSentinels = List.of(
                "requirepass ofsentinels",
                "user few on >offew -@all +auth +sentinel|get-master-addr-by-name",
                "user gateway on >ofgateway -@all +auth +sentinel|get-master-addr-by-name +sentinel|master",
                "sentinel auth-pass mymaster ofredis");
        try (TestRedisSentinel own = TestRedisSentinel.start(node, ofSentinels, "ofsentinels")) {
            String url = own.url().replace("://", "://:ofredis@");
            String first = "sentinel 127.0.0.1:" + own.sentinels().get(0).port() + ": ";
            assertEquals("1", said(url, "ofsentinels"));
            assertEquals("2", said(url, "gateway", "ofgateway"));
            assertEquals("3", said(url, "few", "offew"), "it can't tell how new its answer is");
            assertContains(first + "it requires a password of its own: GATEWAY_REDIS_SENTINEL_PASSWORD", said(url, ""));
            assertContains(
                    first + "wrong GATEWAY_REDIS_SENTINEL_USER or GATEWAY_REDIS_SENTINEL_PASSWORD", said(url, "wrong"));
            String master = "the sentinels' master mymaster at 127.0.0.1:"
                    + own.nodes().get(0).port() + ": ";
            assertEquals(master + "it requires a password", said(own.url(), "ofsentinels"));
            assertEquals(master + "wrong user or password", said(own.url().replace("://", "://:no@"), "ofsentinels"));
        }
    }

    private static void assertContains(String part, String text) {
        assertTrue(text.contains(part), text);
    }

    /** What a call answers, or why it fails. */
    private static String said(String url, String sentinelPassword) {
        return said(url, "", sentinelPassword);
    }

    private static String said(String url, String sentinelUser, String sentinelPassword) {
        RedisSettings settings = Settings.from(Map.of(
                        "GATEWAY_REDIS_URL", url,
                        "GATEWAY_REDIS_SENTINEL_USER", sentinelUser,
                        "GATEWAY_REDIS_SENTINEL_PASSWORD", sentinelPassword))
                .redis()
                .orElseThrow();
        try (Redis redis = new Redis(settings, PATIENT)) {
            return redis.run(count("said")).toString();
        } catch (RedisFailure e) {
            return e.getMessage();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "an unknown name | redis+sentinel://SENTINEL/mymister | sentinel SENTINEL knows no master mymister, but"
                        + " mymaster; put that at the end of GATEWAY_REDIS_URL",
                "a database without a name | redis+sentinel://SENTINEL/0 | sentinel SENTINEL knows no master 0, but"
                        + " mymaster; put that at the end of GATEWAY_REDIS_URL",
                "a Redis as sentinel | redis+sentinel://MASTER/mymaster | sentinel MASTER: this is a Redis and no"
                        + " sentinel; write redis://MASTER, or give the sentinels' port, mostly 26379",
                "a sentinel as Redis | redis://SENTINEL | it answered ERR unknown command QEVALSHAQ; if it is a Sentinel,"
                        + " write redis+sentinel://host:port/NAME",
                "a sentinel as Redis with a database | redis://SENTINEL/3 | it answered ERR unknown command QSELECTQ; if"
                        + " it is a Sentinel, write redis+sentinel://host:port/NAME",
                "nobody there | redis+sentinel://NOBODY/mymaster | sentinel NOBODY: connection refused",
                "no such host | redis+sentinel://h.invalid/mymaster | sentinel h.invalid:26379: unknown host",
            })
    void what_is_wrong_is_said_with_the_fix(String name, String url, String words) throws Exception {
        String nobody = "127.0.0.1:" + TestBackend.deadPort();
        String master = "127.0.0.1:" + shared.master().port();
        String said = refusal(
                url.replace("SENTINEL", sentinel(0)).replace("MASTER", master).replace("NOBODY", nobody));
        String expected = words.replace("GATEWAY_REDIS_SENTINEL", "GRS")
                .replace("SENTINEL", sentinel(0))
                .replace("MASTER", master)
                .replace("NOBODY", nobody);
        assertEquals(expected, said.replace('`', 'Q').replace('\'', 'Q').replace("sentinelsQ", "sentinels'"));
    }
}
