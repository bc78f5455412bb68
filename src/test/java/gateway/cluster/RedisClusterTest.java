package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.cluster.Redis.Call;
import gateway.route.Limit;
import gateway.route.RouteConfig;
import gateway.settings.RedisSettings;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import gateway.testing.TestRedisCluster;
import gateway.trace.LimitDecision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.args.ClusterResetType;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ClientKillParams;

@Tag("redis")
class RedisClusterTest {
    private static final Duration PATIENT = Duration.ofSeconds(5);
    private static final Script COUNT = Script.of("return redis.call('INCRBY', KEYS[1], ARGV[1])");

    private static TestRedisCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = TestRedisCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static Redis redis() {
        return new Redis(cluster.settings(), PATIENT);
    }

    private static Call count(String key) {
        return new Call(COUNT, List.of(Redis.bytes(key)), List.of(Redis.bytes("1")));
    }

    /** Calls for keys of which each master has some. */
    private static List<Call> counts(String prefix, int keys) {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            calls.add(count(prefix + i));
        }
        return calls;
    }

    private static boolean works(Redis redis, String key) {
        return redis.runAll(List.of(count(key))).get(0) instanceof Long;
    }

    @Test
    void a_batch_is_spread_over_the_masters_and_answered_in_its_order() {
        try (Redis redis = redis()) {
            List<Call> calls = counts("spread", 100);
            calls.addAll(calls);
            List<Object> expected = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                expected.add(i < 100 ? 1L : 2L);
            }
            assertEquals(expected, redis.runAll(calls));
            Set<TestRedis> masters = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                masters.add(cluster.masterOf("spread" + i));
            }
            assertEquals(3, masters.size());
        }
    }

    @Test
    void a_script_that_one_node_has_forgotten_is_sent_to_it_again() {
        try (Redis redis = redis()) {
            redis.runAll(counts("script", 50));
            try (Jedis master = cluster.masterOf("script0").client()) {
                master.scriptFlush();
            }
            redis.runAll(counts("script", 50)).forEach(outcome -> assertEquals(2L, outcome));
        }
    }

    @Test
    void a_key_that_is_moving_or_has_moved_is_asked_for_where_it_is() throws Exception {
        try (Redis redis = redis()) {
            redis.runAll(counts("move", 20));
            TestRedis to = cluster.beginMove("move7");
            assertEquals(2L, redis.run(count("move7")), "ASK");
            redis.runAll(counts("move", 20)).forEach(outcome -> assertTrue((Long) outcome >= 2, "ASK in a batch"));
            cluster.endMove("move7", to);
            assertEquals(4L, redis.run(count("move7")), "MOVED");
            redis.runAll(counts("move", 20)).forEach(outcome -> assertTrue((Long) outcome >= 3));
            TestRedis back = cluster.beginMove("move7");
            cluster.endMove("move7", back);
            redis.runAll(counts("move", 20)).forEach(outcome -> assertTrue((Long) outcome >= 4, "MOVED in a batch"));
        }
    }

    /** While a slot moves, a script finds one of its keys here and another there: its request is decided by memory. */
    @Test
    void several_limits_of_a_route_are_one_slot_and_its_move_concerns_that_route_alone() throws Exception {
        List<Limit> limits = List.of(Limit.parse("5/60s by client"), Limit.parse("9/60s by route"));
        try (Redis redis = redis()) {
            for (String route : List.of("shop", RouteConfig.DEFAULT)) {
                RedisWindow window = new RedisWindow(Script.named("take.lua"), route, limits, cluster.settings());
                for (int client = 1; client <= 20; client++) {
                    LimitKey key = LimitKey.of(List.of(new ClientAddress(client), ClientAddress.ALL));
                    LimitDecision decision = window.decision(redis.run(window.take(key)));
                    assertEquals(client <= 9, decision.allowed(), route + ", client " + client);
                }
            }
            RedisWindow window = new RedisWindow(Script.named("take.lua"), "shop", limits, cluster.settings());
            LimitKey fresh = LimitKey.of(List.of(new ClientAddress(77), ClientAddress.ALL));
            TestRedis to = cluster.beginMove("gateway:limit:{shop}:route");
            RedisFailure failure = assertThrows(RedisFailure.class, () -> redis.run(window.take(fresh)));
            assertTrue(failure.getMessage().contains("TRYAGAIN"), failure.getMessage());
            assertFalse(failure.isGeneral());
            cluster.endMove("gateway:limit:{shop}:route", to);
            assertFalse(window.decision(redis.run(window.take(fresh))).allowed());
        }
    }

    @Test
    void keys_of_other_masters_go_on_when_one_is_killed_and_its_own_come_back_by_themselves() throws Exception {
        try (TestRedisCluster own = TestRedisCluster.start();
                Redis redis = new Redis(own.settings(), PATIENT)) {
            redis.runAll(counts("k", 50));
            TestRedis dead = own.masterOf("k0");
            List<Integer> others = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                if (own.masterOf("k" + i) != dead) {
                    others.add(i);
                }
            }
            dead.kill();
            List<Object> outcomes = redis.runAll(counts("k", 50));
            others.forEach(i -> assertEquals(2L, outcomes.get(i)));
            assertInstanceOf(RedisFailure.class, outcomes.get(0));
            assertEquals(
                    "127.0.0.1:" + dead.port() + ": connection refused",
                    refused(redis).getMessage());
            Await.until("the failover", () -> works(redis, "k0"));
            redis.runAll(counts("k", 50)).forEach(outcome -> assertInstanceOf(Long.class, outcome));

            dead.startAgain();
            own.awaitWhole();
            own.failOver("k0");
            Await.until("the way back", () -> works(redis, "k0"));
        }
    }

    /** What is said of k0, whose connections may all have to be found broken first. */
    private static RedisFailure refused(Redis redis) {
        RedisFailure[] last = new RedisFailure[1];
        Await.until("a refused connection", () -> {
            last[0] = assertThrows(RedisFailure.class, () -> redis.run(count("k0")));
            return last[0].getMessage().endsWith("refused");
        });
        return last[0];
    }

    @Test
    void a_silent_master_delays_one_batch_and_not_those_after_it() throws Exception {
        try (TestRedisCluster own = TestRedisCluster.start("--cluster-node-timeout", "60000"); // no failover
                Redis redis = new Redis(own.settings(), Duration.ofMillis(100))) {
            Await.until(
                    "both connections to each",
                    () -> redis.runAll(counts("s", 50)).stream().allMatch(Long.class::isInstance));
            TestRedis silent = own.masterOf("s0");
            silent.freeze();
            RedisFailure failure = assertThrows(RedisFailure.class, () -> redis.run(count("s0")));
            assertEquals("127.0.0.1:" + silent.port() + ": no answer within 100ms", failure.getMessage());
            // while it rests, others of its keys get the same failure from memory, and keys elsewhere don't wait for it
            Await.until("an answer that nobody waited for", () -> {
                Object first = redis.runAll(List.of(count("s0"))).get(0);
                return redis.runAll(counts("s", 50)).get(0) == first;
            });
            silent.thaw();
            Await.until("its return", () -> works(redis, "s0"));
        }
    }

    /** So that a single answer that is lost costs no second call. */
    @Test
    void a_master_that_broke_a_connection_is_tried_without_a_call() {
        try (Redis redis = redis()) {
            assertTrue(works(redis, "broken"));
            try (Jedis master = cluster.masterOf("broken").client()) {
                long before = pings(master);
                master.clientKill(new ClientKillParams().type(ClientType.NORMAL));
                assertFalse(works(redis, "broken"));
                Await.until("a trial", () -> pings(master) > before);
                Await.until("its return", () -> works(redis, "broken"));
            }
        }
    }

    private static long pings(Jedis master) {
        return master.info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_ping:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^=]*=(\\d+).*", "$1")))
                .sum();
    }

    /** Else a moment in which all are late has the breaker opened, and Redis isn't asked for a while. */
    @Test
    void redis_as_a_whole_fails_only_when_trials_of_all_masters_have_failed_too() throws Exception {
        try (TestRedisCluster own = TestRedisCluster.start("--cluster-node-timeout", "60000"); // no failover
                Redis redis = new Redis(own.settings(), Duration.ofMillis(100))) {
            Await.until(
                    "a connection to each",
                    () -> redis.runAll(counts("w", 50)).stream().allMatch(Long.class::isInstance));
            Set<TestRedis> masters = new HashSet<>();
            for (int i = 0; i < 50; i++) {
                masters.add(own.masterOf("w" + i));
            }
            for (TestRedis master : masters) {
                master.freeze();
            }
            for (Object outcome : redis.runAll(counts("w", 50))) {
                assertFalse(assertInstanceOf(RedisFailure.class, outcome).isGeneral(), outcome.toString());
            }
            Await.until(
                    "failed trials of all",
                    () -> redis.runAll(counts("w", 50)).stream()
                            .allMatch(outcome -> outcome instanceof RedisFailure failure && failure.isGeneral()));
            for (TestRedis master : masters) {
                master.thaw();
            }
            Await.until(
                    "their return", () -> redis.runAll(counts("w", 50)).stream().allMatch(Long.class::isInstance));
        }
    }

    /** Three such answers in a row had all clients limited by memory, and a quarter of a second later by Redis again. */
    @Test
    void a_master_that_answers_with_errors_concerns_its_own_keys_alone() throws Exception {
        try (TestRedisCluster own = TestRedisCluster.start();
                Redis redis = new Redis(own.settings(), PATIENT)) {
            redis.runAll(counts("e", 50));
            TestRedis full = own.masterOf("e0");
            memory(full, "1"); // full at once, and evicting nothing
            List<Object> outcomes = redis.runAll(counts("e", 50));
            RedisFailure failure = assertInstanceOf(RedisFailure.class, outcomes.get(0));
            assertTrue(
                    failure.getMessage().startsWith("127.0.0.1:" + full.port() + ": it answered "),
                    failure.getMessage());
            for (int i = 0; i < 50; i++) {
                boolean itsOwn = own.masterOf("e" + i) == full;
                assertEquals(itsOwn, outcomes.get(i) instanceof RedisFailure, "e" + i);
                assertFalse(itsOwn && ((RedisFailure) outcomes.get(i)).isGeneral(), "e" + i);
            }
            memory(full, "0");
            assertTrue(works(redis, "e0"), "asked again at once");

            for (TestRedis node : own.nodes()) {
                memory(node, "1");
            }
            redis.runAll(counts("e", 50)); // by which it is learned
            for (Object outcome : redis.runAll(counts("e", 50))) {
                assertTrue(assertInstanceOf(RedisFailure.class, outcome).isGeneral(), outcome.toString());
            }
        }
    }

    /** It was asked for ever, as long as the other masters answered. */
    @Test
    void a_master_that_has_left_the_cluster_is_asked_no_more_though_it_answers() throws Exception {
        try (TestRedisCluster own = TestRedisCluster.start();
                Redis redis = new Redis(own.settings(), PATIENT)) {
            redis.runAll(counts("l", 50));
            TestRedis before = own.masterOf("l0");
            own.failOver("l0");
            try (Jedis jedis = before.client()) {
                Await.until("its leaving, once it is a replica", () -> hasLeft(jedis));
            }
            Await.until("an answer of the new master", () -> works(redis, "l0"));
        }
    }

    private static boolean hasLeft(Jedis node) {
        try {
            return node.clusterReset(ClusterResetType.SOFT).equals("OK");
        } catch (JedisDataException e) {
            return false; // it is a master that has keys
        }
    }

    private static void memory(TestRedis node, String most) {
        try (Jedis jedis = node.client()) {
            jedis.configSet("maxmemory", most);
        }
    }

    @Test
    void one_seed_that_lives_is_enough() throws Exception {
        String url = "redis://127.0.0.1:" + TestBackend.deadPort() + ",redis://127.0.0.1:" + TestBackend.deadPort()
                + "," + cluster.nodes().get(5).url();
        RedisSettings settings = TestRedis.settings(url);
        try (Redis redis = new Redis(settings, PATIENT)) {
            redis.runAll(counts("seed", 30)).forEach(outcome -> assertEquals(1L, outcome));
        }
    }

    @Test
    void a_cluster_that_is_not_there_says_so_and_so_does_one_that_was_closed() throws Exception {
        String url = "redis://127.0.0.1:" + TestBackend.deadPort() + ",redis://127.0.0.1:" + TestBackend.deadPort();
        try (Redis redis = new Redis(TestRedis.settings(url), PATIENT)) {
            RedisFailure failure = assertThrows(RedisFailure.class, () -> redis.run(count("a")));
            assertEquals("connection refused", failure.getMessage());
        }
        Redis closed = redis();
        assertTrue(works(closed, "closed"));
        closed.close();
        assertFalse(works(closed, "closed"));
    }

    @Test
    void a_single_server_that_is_taken_for_a_cluster_says_so() throws Exception {
        try (TestRedis one = TestRedis.start();
                Redis redis = new Redis(TestRedis.settings(one.url() + "," + cluster.url()), PATIENT)) {
            assertTrue(works(redis, "x"), "it's not asked for its keys");
        }
        try (TestRedis one = TestRedis.start();
                TestRedis two = TestRedis.start();
                Redis redis = new Redis(TestRedis.settings(one.url() + "," + two.url()), PATIENT)) {
            RedisFailure failure = assertThrows(RedisFailure.class, () -> redis.run(count("a")));
            assertEquals("it answered ERR This instance has cluster support disabled", failure.getMessage());
        }
    }
}
