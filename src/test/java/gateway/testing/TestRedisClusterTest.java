package gateway.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** The wire and the cluster that other tests build on do what those take for granted. */
@Tag("redis")
class TestRedisClusterTest {
    @Test
    void a_cluster_serves_moves_a_slot_and_survives_a_master() throws Exception {
        try (TestRedisCluster cluster = TestRedisCluster.start()) {
            TestRedis first = cluster.masterOf("a");
            try (Jedis jedis = first.client()) {
                assertEquals("OK", jedis.set("a", "1"));
            }
            TestRedis other = cluster.beginMove("a");
            assertSame(first, cluster.masterOf("a"));
            cluster.endMove("a", other);
            assertSame(other, cluster.masterOf("a"));
            try (Jedis jedis = other.client()) {
                assertEquals("1", jedis.get("a"));
                assertEquals(1, jedis.waitReplicas(1, 5_000));
            }
            other.kill();
            TestRedis next = cluster.masterOf("a");
            assertNotSame(other, next);
            try (Jedis jedis = next.client()) {
                assertEquals("1", jedis.get("a"));
            }
            other.startAgain();
            cluster.awaitWhole();
            cluster.failOver("a");
        }
    }

    @Test
    void a_wire_is_as_long_as_it_is_said_to_be_and_can_be_cut() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TcpProxy wire = new TcpProxy(redis.port())) {
            Jedis jedis = connect(wire);
            jedis.set("a", "1");
            wire.latency(Duration.ofMillis(100));
            long before = System.nanoTime();
            jedis.get("a");
            assertTrue(System.nanoTime() - before >= 100_000_000);
            wire.latency(Duration.ZERO);
            assertEquals("1", jedis.get("a"));
            assertEquals(1, wire.connections());
            assertTrue(wire.bytesSent() > 20 && wire.bytesReceived() > 5);
            wire.cut();
            assertThrows(JedisConnectionException.class, () -> jedis.get("a"));
            assertThrows(JedisConnectionException.class, () -> connect(wire).get("a"));
            wire.mend();
            try (Jedis again = connect(wire)) {
                assertEquals("1", again.get("a"));
            }
        }
    }

    private static Jedis connect(TcpProxy wire) {
        return new Jedis("127.0.0.1", wire.port(), 5_000);
    }
}
