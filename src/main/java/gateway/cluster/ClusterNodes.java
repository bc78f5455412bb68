package gateway.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.ClusterConnectionProvider;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * The nodes of a Redis Cluster. A node that fails rests: calls for its keys fail at once, until it has answered a trial,
 * which costs no call anything, as it is made in the background. There, too, another node is asked which node has the keys
 * now. So the silence of a node, or of the host it was on, costs one batch a timeout, and the keys of other nodes nothing.
 * A node that answers with errors, being full or just loading, goes on being asked: that costs no time.
 */
final class ClusterNodes implements Nodes {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNodes.class);
    private static final long TRIAL_PAUSE = Duration.ofMillis(250).toNanos();

    /** For how long a node that answered with an error counts as failing, unless it does so again. */
    private static final long LATELY = Duration.ofSeconds(5).toNanos();

    private final ClusterConnectionProvider provider;
    private final NodeConnector connector;
    private final Executor background;
    private final Map<HostAndPort, Resting> resting = new ConcurrentHashMap<>();
    private final Map<HostAndPort, Long> refused = new ConcurrentHashMap<>(); // when last, nanoseconds
    private final AtomicBoolean learning = new AtomicBoolean();
    private volatile long learned = System.nanoTime(); // when the nodes were last asked for, nanoseconds

    /** A node's rest: why, and when the last trial ended, unless one is being made. The first may be made at once. */
    private static final class Resting {
        private volatile RedisFailure why;
        private volatile boolean confirmed; // whether a trial failed, too
        private final AtomicBoolean trying = new AtomicBoolean();
        private volatile long tried = System.nanoTime() - TRIAL_PAUSE;

        private Resting(RedisFailure why) {
            this.why = why;
        }

        private boolean mayTry() {
            return System.nanoTime() - tried >= TRIAL_PAUSE && trying.compareAndSet(false, true);
        }

        private void tried() {
            tried = System.nanoTime();
            trying.set(false);
        }
    }

    /**
     * Takes over the provider, which has learned all nodes from one of them. Its connections serve to learn more: the pool
     * that it has them in replaces one that broke before it returns, for which a call to a silent node would wait, too.
     */
    ClusterNodes(ClusterConnectionProvider provider, NodeConnector connector, Executor background) {
        this.provider = provider;
        this.connector = connector;
        this.background = background;
    }

    @Override
    public HostAndPort of(byte[] key) throws RedisFailure {
        HostAndPort node = provider.getNode(JedisClusterCRC16.getSlot(key));
        if (node == null) {
            learn();
            throw RedisFailure.ofOneNode("no node of the cluster has this key");
        }
        return node;
    }

    @Override
    public Connection connect(HostAndPort node) throws RedisFailure {
        Resting rest = resting.get(node);
        if (rest == null) {
            return connector.open(node);
        }
        tryIfDue(node, rest);
        throw concerning(rest.why);
    }

    private void tryIfDue(HostAndPort node, Resting rest) {
        if (rest.mayTry()) {
            inBackground(() -> tryAgain(node, rest), rest::tried);
        }
    }

    private void tryAgain(HostAndPort node, Resting rest) {
        try (Connection connection = connector.open(node)) {
            connection.ping();
            if (resting.remove(node, rest)) {
                LOG.info("Redis Cluster node {} answers again", node);
            }
        } catch (JedisException e) {
            rest.why = of(node, RedisFailure.of(e, connector.timeout()));
            rest.confirmed = true;
            learn();
        }
    }

    private static RedisFailure of(HostAndPort node, RedisFailure why) {
        return RedisFailure.ofOneNode(node + ": " + why.getMessage());
    }

    /** Returns a node's failure as one of Redis as a whole, if all nodes fail. */
    private RedisFailure concerning(RedisFailure ofNode) {
        return masters().stream().allMatch(this::fails) ? new RedisFailure(ofNode.getMessage()) : ofNode;
    }

    /**
     * Returns whether a node answers with errors, or rests and a trial has failed, too: a moment in which several were late
     * is over by then, and it ends sooner than the breaker's rest would.
     */
    private boolean fails(HostAndPort master) {
        Resting rest = resting.get(master);
        return rest != null && rest.confirmed || isRecent(refused.get(master));
    }

    private static boolean isRecent(Long time) {
        return time != null && System.nanoTime() - time < LATELY;
    }

    private Set<HostAndPort> masters() {
        return provider.getPrimaryNodes().keySet().stream()
                .map(HostAndPort::from)
                .collect(Collectors.toSet());
    }

    @Override
    public RedisFailure failed(HostAndPort node, RedisFailure why) {
        RedisFailure named = of(node, why);
        Resting rest = new Resting(named);
        if (resting.putIfAbsent(node, rest) == null) {
            LOG.warn("Redis Cluster node failed: {}; still using the others", named.getMessage());
            tryIfDue(node, rest); // so that the next call finds it answering, if only one answer was lost
        }
        learn();
        return concerning(named);
    }

    @Override
    public RedisFailure refused(HostAndPort node, RedisFailure why) {
        if (!why.isGeneral()) {
            return why;
        }
        RedisFailure named = of(node, why);
        if (!isRecent(refused.put(node, System.nanoTime()))) {
            LOG.warn("Redis Cluster node fails: {}; still using it and the others", named.getMessage());
        }
        if (System.nanoTime() - learned >= TRIAL_PAUSE) { // it may have left the cluster
            learn();
        }
        return concerning(named);
    }

    @Override
    public void moved() {
        learn();
    }

    /** Learns the nodes anew, in the background, since the first nodes that are asked may be silent. */
    private void learn() {
        if (learning.compareAndSet(false, true)) {
            inBackground(
                    () -> {
                        try {
                            learnFromOne();
                            resting.keySet().retainAll(masters()); // a replica rests for nothing
                            refused.keySet().retainAll(masters());
                        } catch (JedisException e) {
                            // the next failure starts it again
                        }
                    },
                    () -> {
                        learned = System.nanoTime();
                        learning.set(false);
                    });
        }
    }

    /** Asks a master that answers well, if there is one: Jedis believes whoever of all answers first. */
    private void learnFromOne() {
        Optional<HostAndPort> sound = masters().stream()
                .filter(master -> !resting.containsKey(master) && !fails(master))
                .findFirst();
        if (sound.isPresent()) {
            try (Connection connection = connector.open(sound.get())) {
                provider.renewSlotCache(connection);
                return;
            } catch (JedisException e) {
                // then any
            }
        }
        provider.renewSlotCache();
    }

    private void inBackground(Runnable task, Runnable afterwards) {
        try {
            background.execute(() -> {
                try {
                    task.run();
                } finally {
                    afterwards.run();
                }
            });
        } catch (RejectedExecutionException e) {
            afterwards.run(); // this was closed meanwhile
        } catch (Error e) { // there may be no more threads
            afterwards.run();
            throw e;
        }
    }

    @Override
    public void close() {
        provider.close();
    }
}
