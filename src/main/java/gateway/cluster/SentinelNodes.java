package gateway.cluster;

import gateway.util.Loop;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * The master that the sentinels name. They are asked again in the background: regularly, since a gateway may be the last
 * that still reaches an old master; at once when the master says that it is a replica now, or fails, and then again and
 * again until it can be reached. When they name another, all connections to the old one are broken, so that an answer of
 * it that comes late counts for nothing.
 */
final class SentinelNodes implements Nodes {
    private static final Logger LOG = LoggerFactory.getLogger(SentinelNodes.class);

    /** How long to wait before the sentinels are asked again, if nothing happens. */
    static final Duration PAUSE = Duration.ofMillis(500);

    /** The same while the master can't be reached. */
    private static final Duration SHORT_PAUSE = Duration.ofMillis(100);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);

    private final Sentinels sentinels;
    private final NodeConnector connector;
    private final Consumer<HostAndPort> left;
    private final Duration pause;
    private final Semaphore wake = new Semaphore(0);
    private final Loop watch = new Loop("redis-sentinels", this::watch);
    private volatile HostAndPort current;
    private volatile boolean failing;
    private boolean silent; // the watch's own

    /**
     * Asks the sentinels for the master, and begins to watch them.
     *
     * @param left takes a node that isn't the master any more
     * @param pause how long to wait before the sentinels are asked again, if nothing happens
     * @throws RedisFailure if no sentinel knows the master
     */
    SentinelNodes(Sentinels sentinels, NodeConnector connector, Consumer<HostAndPort> left, Duration pause)
            throws RedisFailure {
        this.sentinels = sentinels;
        this.connector = connector;
        this.left = left;
        this.pause = pause;
        this.current = sentinels.master().node();
        watch.start();
    }

    @Override
    public HostAndPort of(byte[] key) {
        return current;
    }

    @Override
    public Connection connect(HostAndPort node) throws RedisFailure {
        if (!node.equals(current)) { // it changed since the caller asked
            throw new RedisFailure(node + " is not the master any more");
        }
        try {
            Connection opened = connector.open(node);
            failing = false;
            return opened;
        } catch (JedisDataException e) { // as for a wrong password
            throw failed(node, RedisFailure.of(e, connector.timeout()));
        }
    }

    @Override
    public RedisFailure failed(HostAndPort node, RedisFailure why) {
        if (node.equals(current)) { // else it is known already
            failing = true;
        }
        wake.release();
        return new RedisFailure("the sentinels' master " + sentinels.name() + " at " + node + ": " + why.getMessage());
    }

    @Override
    public void moved() {
        wake.release();
    }

    @Override
    public boolean renew() {
        failing = true;
        wake.release();
        return true;
    }

    private void watch() throws InterruptedException {
        wake.tryAcquire((failing ? SHORT_PAUSE : pause).toMillis(), TimeUnit.MILLISECONDS);
        wake.drainPermits();
        try {
            use(sentinels.master().node());
            silent = false;
        } catch (RedisFailure e) {
            if (!silent && !watch.isEnding()) {
                LOG.warn("no Redis Sentinel names the master, so a failover would not be noticed: {}", e.getMessage());
            }
            silent = true;
        }
        LockSupport.parkNanos(SHORTEST_PAUSE.toNanos()); // however much fails
    }

    private void use(HostAndPort master) {
        HostAndPort before = current;
        if (!master.equals(before)) {
            current = master;
            left.accept(before);
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
