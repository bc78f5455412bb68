package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.FakeSentinel;
import gateway.testing.TestRedis;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/** Which of several answers of sentinels is believed, and when they are asked; the sentinels aren't real. */
@Tag("redis")
class SentinelNodesTest {
    private static final Duration PATIENT = Duration.ofSeconds(5);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Script NAME = Script.of("return redis.call('SET', KEYS[1], 'x')");
    private static final Redis.Call CALL = new Redis.Call(NAME, List.of(Redis.bytes("a")), List.of());

    private static TestRedis one;
    private static TestRedis two;

    private final BlockingQueue<HostAndPort> left = new LinkedBlockingQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeAll
    static void start() throws Exception {
        one = TestRedis.start();
        two = TestRedis.start();
    }

    @AfterAll
    static void stop() {
        one.close();
        two.close();
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private Sentinels sentinels(FakeSentinel... named) {
        List<Sentinel> all = Stream.of(named)
                .map(sentinel -> new Sentinel(
                        new HostAndPort("127.0.0.1", sentinel.port()),
                        "mymaster",
                        DefaultJedisClientConfig.builder().build()))
                .collect(Collectors.toList());
        return new Sentinels("mymaster", all, threads);
    }

    private SentinelNodes nodes(Sentinels sentinels, Duration pause) throws RedisFailure {
        NodeConnector connector =
                new NodeConnector(DefaultJedisClientConfig.builder().build());
        return new SentinelNodes(sentinels, connector, left::add, pause);
    }

    private Object run(SentinelNodes nodes) throws RedisFailure {
        PendingCall pending = new PendingCall(CALL);
        new Pipelines(nodes, PATIENT).add(pending);
        return pending.await();
    }

    private static int port(SentinelNodes nodes) {
        return nodes.of(Redis.bytes("a")).getPort();
    }

    @Test
    void a_sentinel_that_slept_through_a_failover_is_not_believed_even_alone() throws Exception {
        try (FakeSentinel sleepy = new FakeSentinel(1001, 4);
                FakeSentinel awake = new FakeSentinel(1002, 5);
                FakeSentinel other = new FakeSentinel(1002, 5);
                Sentinels sentinels = sentinels(sleepy, awake, other)) {
            assertEquals(1002, sentinels.master().node().getPort());
            awake.die();
            other.die();
            assertEquals(1002, sentinels.master().node().getPort(), "one of three, and older");
        }
    }

    @Test
    void sentinels_that_were_set_up_anew_are_believed_if_they_are_most() throws Exception {
        try (FakeSentinel a = new FakeSentinel(1001, 7);
                FakeSentinel b = new FakeSentinel(1001, 7);
                Sentinels sentinels = sentinels(a, b)) {
            assertEquals(7, sentinels.master().epoch());
            a.says(1002, 0);
            assertEquals(1001, sentinels.master().node().getPort(), "the other still knows better");
            b.says(1002, 0);
            assertEquals(1002, sentinels.master().node().getPort());
        }
    }

    @Test
    void a_master_that_is_a_replica_now_has_the_sentinels_asked_at_once() throws Exception {
        try (FakeSentinel sentinel = new FakeSentinel(one.port(), 1);
                Sentinels sentinels = sentinels(sentinel);
                SentinelNodes nodes = nodes(sentinels, NEVER)) {
            assertEquals("OK", new String((byte[]) run(nodes)));
            sentinel.says(two.port(), 2);
            try (Jedis jedis = one.client()) {
                jedis.replicaof("127.0.0.1", two.port());
                RedisFailure failure = assertInstanceOf(RedisFailure.class, run(nodes));
                assertTrue(failure.getMessage().contains("READONLY"), failure.getMessage());
                Await.until("the new master", () -> port(nodes) == two.port());
                assertEquals("OK", new String((byte[]) run(nodes)));
                jedis.replicaofNoOne();
            }
        }
    }

    @Test
    void a_master_that_breaks_connections_has_the_sentinels_asked_at_once() throws Exception {
        try (TestRedis dying = TestRedis.start();
                FakeSentinel sentinel = new FakeSentinel(dying.port(), 1);
                Sentinels sentinels = sentinels(sentinel);
                SentinelNodes nodes = nodes(sentinels, NEVER)) {
            assertEquals("OK", new String((byte[]) run(nodes)));
            sentinel.says(two.port(), 2);
            dying.kill();
            assertInstanceOf(RedisFailure.class, run(nodes));
            Await.until("the new master", () -> port(nodes) == two.port());
        }
    }

    /** A gateway may be cut off from nobody but the sentinels' majority, and go on counting at the old master. */
    @Test
    void an_old_master_that_still_answers_is_left_without_any_failure() throws Exception {
        try (FakeSentinel sentinel = new FakeSentinel(one.port(), 1);
                Sentinels sentinels = sentinels(sentinel);
                SentinelNodes nodes = nodes(sentinels, Duration.ofMillis(10))) {
            assertEquals("OK", new String((byte[]) run(nodes)));
            sentinel.says(two.port(), 2);
            assertEquals(new HostAndPort("127.0.0.1", one.port()), left.take());
            assertEquals(two.port(), port(nodes));
        }
    }

    @Test
    void after_an_outage_the_sentinels_are_asked_again_and_again_until_the_master_can_be_reached() throws Exception {
        try (FakeSentinel sentinel = new FakeSentinel(one.port(), 1);
                Sentinels sentinels = sentinels(sentinel);
                SentinelNodes nodes = nodes(sentinels, NEVER)) {
            assertTrue(nodes.renew());
            int before = sentinel.looks();
            Await.until("some looks", () -> sentinel.looks() > before + 3);
            sentinel.says(two.port(), 2);
            Await.until("the new master", () -> port(nodes) == two.port());
            assertEquals(one.port(), left.take().getPort());
        }
    }

    @Test
    void a_sentinel_that_is_started_again_is_asked_again_on_a_new_connection() throws Exception {
        try (FakeSentinel sentinel = new FakeSentinel(1001, 1);
                Sentinels sentinels = sentinels(sentinel)) {
            for (int looks = 1; looks < 5; looks++) {
                assertEquals(1001, sentinels.master().node().getPort());
                assertEquals(looks, sentinel.looks());
                sentinel.hangUp();
            }
        }
    }
}
