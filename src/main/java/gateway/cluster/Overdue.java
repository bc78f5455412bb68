package gateway.cluster;

import gateway.util.Loop;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Ends the wait of calls that have waited for too long, whatever the sockets do. One thread looks every few milliseconds
 * at the oldest: so a call costs an entry in a queue, and not a timed wait of its own, for which the JDK would set and
 * cancel a timer. While no call is made, the thread sleeps.
 */
final class Overdue implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(5);

    /** After so many pauses without a call the thread sleeps, and the next call has to wake it. */
    private static final int QUIET = 100;

    private final Duration most;
    private final Queue<PendingCall> pending = new ConcurrentLinkedQueue<>(); // the oldest first
    private final Semaphore wake = new Semaphore(0);
    private final Loop loop = new Loop("redis-overdue", this::lookAndPause);
    private volatile boolean sleeping;
    private int quiet; // of the loop

    /** @param most how long a call may wait; it waits up to 5 ms longer */
    Overdue(Duration most) {
        this.most = most;
    }

    void start() {
        loop.start();
    }

    /** Ends the call's wait if it has no outcome by then. */
    void watch(PendingCall call) {
        pending.add(call);
        if (sleeping) {
            wake.release();
        }
    }

    private void lookAndPause() throws InterruptedException {
        end(System.nanoTime());
        quiet = pending.isEmpty() ? quiet + 1 : 0;
        if (quiet < QUIET) {
            wake.tryAcquire(PAUSE.toNanos(), TimeUnit.NANOSECONDS);
            return;
        }
        sleeping = true;
        if (pending.isEmpty()) {
            wake.acquire();
        }
        sleeping = false;
        wake.drainPermits();
        quiet = 0;
    }

    /** Ends the waits that are over at this time, as {@link System#nanoTime} counts. */
    private void end(long now) {
        for (PendingCall oldest = pending.peek(); oldest != null; oldest = pending.peek()) {
            if (!oldest.isOver() && now - oldest.since() < most.toNanos()) {
                return;
            }
            pending.poll();
            oldest.giveUp(RedisFailure.timedOut(most)); // without effect if it is over
        }
    }

    /** Returns the thread's name if it has ended for good though this isn't closed; normally empty. */
    Optional<String> failed() {
        return loop.failed();
    }

    @Override
    public void close() {
        loop.interrupt();
    }
}
