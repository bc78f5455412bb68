package gateway.cluster;

import gateway.cluster.Sentinel.Master;
import gateway.util.Loop;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.mcf.TrackingConnectionPool;

/**
 * The master that the sentinels name. They are asked again in the background: regularly, since a gateway may be the last
 * that still reaches an old master, and at once when the master fails or says that it is a replica now. When they name
 * another, all connections to the old one are broken, so that an answer of it that comes late counts for nothing.
 */
final class SentinelNodes implements Nodes {
    private static final Logger LOG = LoggerFactory.getLogger(SentinelNodes.class);

    /** How long to wait before the sentinels are asked again, if nothing happens. */
    static final Duration PAUSE = Duration.ofMillis(500);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);

    private record Current(HostAndPort node, TrackingConnectionPool pool) {}

    private final Sentinels sentinels;
    private final Function<HostAndPort, TrackingConnectionPool> pools;
    private final Executor background;
    private final Duration pause;
    private final Semaphore wake = new Semaphore(0);
    private final Loop watch = new Loop("redis-sentinels", this::watch);
    private volatile Current current; // written while this is locked
    private volatile boolean closed; // written while this is locked
    private boolean silent; // the watch's own

    /**
     * Asks the sentinels for the master, and begins to watch them.
     *
     * @param pools makes a pool of connections to a master
     * @param pause how long to wait before the sentinels are asked again, if nothing happens
     * @throws RedisFailure if no sentinel knows the master
     */
    SentinelNodes(
            Sentinels sentinels,
            Function<HostAndPort, TrackingConnectionPool> pools,
            Executor background,
            Duration pause)
            throws RedisFailure {
        this.sentinels = sentinels;
        this.pools = pools;
        this.background = background;
        this.pause = pause;
        HostAndPort node = sentinels.master().node();
        this.current = new Current(node, pools.apply(node));
        watch.start();
    }

    @Override
    public HostAndPort of(byte[] key) {
        return current.node;
    }

    @Override
    public Connection connect(HostAndPort node) {
        Current used = current;
        if (!used.node.equals(node)) { // it changed since the caller asked
            throw new JedisConnectionException(node + " is not the master any more");
        }
        return used.pool.getResource();
    }

    @Override
    public void answered(HostAndPort node) {
        // nothing to note
    }

    @Override
    public RedisFailure failed(HostAndPort node, RedisFailure why) {
        wake.release();
        return new RedisFailure("the sentinels' master " + sentinels.name() + " at " + node + ": " + why.getMessage());
    }

    @Override
    public void moved(Connection connection) {
        wake.release();
    }

    private void watch() throws InterruptedException {
        wake.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
        wake.drainPermits();
        try {
            use(sentinels.master());
            silent = false;
        } catch (RedisFailure e) {
            if (!silent && !closed) {
                LOG.warn("no Redis Sentinel names the master, so a failover would not be noticed: {}", e.getMessage());
            }
            silent = true;
        }
        Thread.sleep(SHORTEST_PAUSE.toMillis()); // however much fails
    }

    private void use(Master master) {
        TrackingConnectionPool old;
        synchronized (this) {
            if (closed || master.node().equals(current.node)) {
                return;
            }
            old = current.pool;
            current = new Current(master.node(), pools.apply(master.node()));
        }
        drop(old);
    }

    /** Breaks all connections, those in use too; in the background, since it waits until all were given back. */
    private void drop(TrackingConnectionPool pool) {
        try {
            background.execute(pool::forceDisconnect);
        } catch (RejectedExecutionException e) { // this was closed meanwhile
            pool.close();
        }
    }

    @Override
    public void close() {
        TrackingConnectionPool old;
        synchronized (this) {
            closed = true;
            old = current.pool;
        }
        watch.interrupt();
        drop(old);
    }
}
