package gateway.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.ClusterConnectionProvider;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * The nodes of a Redis Cluster. A node that fails rests: for a moment no call is sent to it, so that its silence delays
 * one batch and not every batch, most of which concern other nodes too. Meanwhile, in the background, another node is
 * asked which node has its keys now.
 */
final class ClusterNodes implements Nodes {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNodes.class);
    private static final long REST = Duration.ofMillis(250).toNanos();

    private record Rest(long since, RedisFailure why) {}

    private final ClusterConnectionProvider provider;
    private final Executor background;
    private final Map<HostAndPort, Rest> resting = new ConcurrentHashMap<>();
    private final AtomicBoolean learning = new AtomicBoolean();

    /** Takes over the provider, which has learned all nodes from one of them. */
    ClusterNodes(ClusterConnectionProvider provider, Executor background) {
        this.provider = provider;
        this.background = background;
    }

    @Override
    public HostAndPort of(byte[] key) {
        HostAndPort node = provider.getNode(JedisClusterCRC16.getSlot(key));
        if (node == null) {
            learn();
            throw new JedisException("no node of the cluster has this key");
        }
        return node;
    }

    @Override
    public Connection connect(HostAndPort node) throws RedisFailure {
        Rest rest = resting.get(node);
        if (rest != null) {
            long now = System.nanoTime();
            if (now - rest.since < REST || !resting.replace(node, rest, new Rest(now, rest.why))) {
                throw rest.why; // it rests, or another thread is just trying it
            }
        }
        return provider.getConnection(node);
    }

    @Override
    public void answered(HostAndPort node) {
        if (!resting.isEmpty()) {
            if (resting.remove(node) != null) {
                LOG.info("Redis Cluster node {} answers again", node);
            }
        }
    }

    @Override
    public RedisFailure failed(HostAndPort node, RedisFailure why) {
        RedisFailure named = new RedisFailure(node + ": " + why.getMessage());
        if (resting.put(node, new Rest(System.nanoTime(), named.remembered())) == null) {
            LOG.warn("Redis Cluster node failed: {}; still using the others", named.getMessage());
        }
        learn();
        return named;
    }

    @Override
    public void moved(Connection connection) {
        provider.renewSlotCache(connection);
    }

    /** Learns the nodes anew, in the background, since the first nodes that are asked may be silent too. */
    private void learn() {
        if (learning.compareAndSet(false, true)) {
            try {
                background.execute(() -> {
                    try {
                        provider.renewSlotCache();
                    } catch (JedisException e) {
                        // the next failure starts it again
                    } finally {
                        learning.set(false);
                    }
                });
            } catch (RejectedExecutionException e) {
                learning.set(false); // this was closed meanwhile
            }
        }
    }

    @Override
    public void close() {
        provider.close();
    }
}
