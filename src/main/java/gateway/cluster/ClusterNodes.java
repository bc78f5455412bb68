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
 * The nodes of a Redis Cluster. One that fails rests: for a moment nobody asks it, so that its silence delays one batch
 * and not all, in which there are keys of other nodes too. Meanwhile the others are asked, in the background, who has
 * its keys now.
 */
final class ClusterNodes implements Nodes {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNodes.class);
    private static final long REST = Duration.ofMillis(250).toNanos();

    private record Rest(long since, RedisFailure why) {}

    private final ClusterConnectionProvider provider;
    private final Executor background;
    private final Map<HostAndPort, Rest> resting = new ConcurrentHashMap<>();
    private final AtomicBoolean learning = new AtomicBoolean();

    /** Takes over the provider, which has been told by some node which others there are. */
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
                throw rest.why; // or somebody else is just trying
            }
        }
        return provider.getConnection(node);
    }

    @Override
    public void answered(HostAndPort node) {
        if (!resting.isEmpty()) {
            if (resting.remove(node) != null) {
                LOG.info("{} answers again, a node of the Redis Cluster", node);
            }
        }
    }

    @Override
    public RedisFailure failed(HostAndPort node, RedisFailure why) {
        RedisFailure named = new RedisFailure(node + ": " + why.getMessage());
        if (resting.put(node, new Rest(System.nanoTime(), named.remembered())) == null) {
            LOG.warn("A node of the Redis Cluster failed, {}; the others are asked on", named.getMessage());
        }
        learn();
        return named;
    }

    @Override
    public void moved(Connection connection) {
        provider.renewSlotCache(connection);
    }

    /** In the background, since the first who are asked may be silent too. */
    private void learn() {
        if (learning.compareAndSet(false, true)) {
            try {
                background.execute(() -> {
                    try {
                        provider.renewSlotCache();
                    } catch (JedisException e) {
                        // the next failure asks again
                    } finally {
                        learning.set(false);
                    }
                });
            } catch (RejectedExecutionException e) {
                learning.set(false); // closed meanwhile
            }
        }
    }

    @Override
    public void close() {
        provider.close();
    }
}
