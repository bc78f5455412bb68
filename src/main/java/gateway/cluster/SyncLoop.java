package gateway.cluster;

import gateway.settings.InvalidSettings;
import gateway.settings.RedisSettings;
import gateway.util.Loop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps something the same at all gateways by syncing it with Redis again and again, in a thread and with a connection of
 * its own: at once after a change, else four times a second. A failed sync is repeated like any other, and logged only if
 * the one before it wasn't.
 */
final class SyncLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SyncLoop.class);
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** What is synced. All methods are called by one thread at a time. */
    interface Synced {
        /**
         * Makes one round trip.
         *
         * @return whether to make another at once, to write back what Redis has lost
         */
        boolean exchange(Redis redis) throws RedisFailure;

        /** Learns that a sync succeeded. */
        default void inSync() {}

        /**
         * Learns that a sync failed; returns whether that is worth a line in the log.
         *
         * @param why what has failed, for people
         */
        boolean outOfSync(String why);
    }

    private final String what;
    private final Synced synced;
    private final Redis redis;
    private final Loop loop;
    private final Semaphore wake = new Semaphore(0);
    private final CountDownLatch firstSync = new CountDownLatch(1);
    private long startedAt;
    private volatile String lastFailure = RedisFailure.timedOut(TIMEOUT).getMessage();
    private boolean logged;

    /**
     * Makes a loop that doesn't use Redis before {@link #start}.
     *
     * @param thread the thread's name
     * @param what what is shared, for the log
     */
    SyncLoop(String thread, String what, RedisSettings settings, Synced synced) {
        this.what = what;
        this.synced = synced;
        this.redis = new Redis(settings, TIMEOUT);
        this.loop = new Loop(thread, this::syncAndPause);
    }

    /** Starts syncing, in the background. */
    void start() {
        startedAt = System.nanoTime(); // for a real wait, so not the gateway's clock
        loop.start();
    }

    /** Waits for the first sync, until a second after the start at most. */
    void awaitFirst() {
        try {
            firstSync.await(startedAt + TIMEOUT.toNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Has the next sync come at once. */
    void wake() {
        wake.release();
    }

    private void syncAndPause() throws InterruptedException {
        wake.drainPermits();
        sync();
        firstSync.countDown();
        wake.tryAcquire(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Syncs once; returns whether Redis answered. Called regularly in the background, and by tests. */
    synchronized boolean sync() {
        try {
            if (synced.exchange(redis)) {
                synced.exchange(redis); // write back what Redis has lost
            }
            synced.inSync();
            if (logged) {
                LOG.info("Redis at {} is back: {} shared again", redis, what);
            }
            logged = false;
            return true;
        } catch (RedisFailure e) {
            failed(e.getMessage());
            return false;
        } catch (RuntimeException | Error e) { // even a lack of memory may be over with the next sync
            failed(e.toString());
            return false;
        }
    }

    private void failed(String words) {
        lastFailure = words;
        redis.reset();
        if (synced.outOfSync(words) && !logged) {
            LOG.warn("{} not shared, Redis at {}: {}; keeping what is here, changes are queued", what, redis, words);
            logged = true;
        }
    }

    /** Returns the error for a gateway that must not start unless a sync has succeeded. */
    InvalidSettings notStarted() {
        return RedisFailure.atStart(redis, lastFailure);
    }

    /** Returns the thread's name if it has ended for good though nobody wanted that; normally empty. */
    Optional<String> ended() {
        return loop.failed();
    }

    /** Ends the thread after the current sync; returns whether it has ended, so that one last sync may be made. */
    boolean end() {
        loop.end();
        wake.release();
        return loop.join(TIMEOUT.multipliedBy(2));
    }

    /** Closes the connection, after {@link #end}. */
    @Override
    public void close() {
        redis.close();
    }
}
