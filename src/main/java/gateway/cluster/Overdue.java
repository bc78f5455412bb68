package gateway.cluster;

import gateway.util.Loop;
import gateway.util.Threads;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Ends the wait of calls that have waited for too long. Of those who wait, the one that leads a {@link Pipeline} ends its
 * wait itself, when its socket has been silent for the timeout. One thread looks every few milliseconds
 * at the oldest: so a call costs an entry in a queue, and not a timed wait of its own, for which the JDK would set and
 * cancel a timer. While no call is made, the thread sleeps.
 *
 * <p>Only time counts in which this gateway could have handed on an answer that is there already. So before each look the
 * thread takes a turn among the threads of requests, and by how much later than that a look comes, doesn't count. With two
 * cores that others kept busy, answers of Redis lay in the socket for up to half a second; of 12 rounds of 200 requests
 * at once, in 3 more passed than the limit of 5, because those that had waited for 200 ms were decided by memory.
 */
final class Overdue implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(5);

    /** For how long the pause before a look counts at most. */
    private static final long MOST_COUNTED = PAUSE.multipliedBy(2).toNanos();

    /** How long the thread waits for its turn at most: no look at all would help nobody. */
    private static final Duration TURN = Duration.ofSeconds(1);

    /** After so many pauses without a call the thread sleeps, and the next call has to wake it. */
    private static final int QUIET = 100;

    private final Duration most;
    private final Queue<PendingCall> pending = new ConcurrentLinkedQueue<>(); // the oldest first
    private final Semaphore wake = new Semaphore(0);
    private final Semaphore turn = new Semaphore(0);
    private final ExecutorService turns = Threads.forWaiting("redis-overdue-turn", 1);
    private final Loop loop = new Loop("redis-overdue", this::lookAndPause);
    private volatile boolean sleeping;
    private volatile long counted; // written by the loop alone, like the next
    private long looked;
    private int quiet;

    /** @param most how long a call may wait; it waits up to 20 ms longer */
    Overdue(Duration most) {
        this.most = most;
    }

    void start() {
        loop.start();
    }

    /** Ends the call's wait if it has no outcome by then. */
    void watch(PendingCall call) {
        call.dueAt(counted
                + most.toNanos()
                + MOST_COUNTED); // at the next look, as much may count that was before the call
        pending.add(call);
        if (sleeping) {
            wake.release();
        }
    }

    private void lookAndPause() throws InterruptedException {
        takeTurn();
        look(System.nanoTime());
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

    /** Waits until what was ready to run before has run. Threads of the system need none: the system has them take turns. */
    private void takeTurn() throws InterruptedException {
        if (Threads.areVirtual()) {
            turn.drainPermits();
            turns.execute(turn::release);
            turn.tryAcquire(TURN.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Ends the waits that are over.
     *
     * @param now as {@link System#nanoTime} counts
     */
    void look(long now) {
        counted = counted + Math.min(now - looked, MOST_COUNTED);
        looked = now;
        for (PendingCall oldest = pending.peek(); oldest != null; oldest = pending.peek()) {
            if (!oldest.isOver() && counted - oldest.due() < 0) {
                return;
            }
            pending.poll();
            if (!oldest.isOver()) {
                oldest.giveUp(RedisFailure.timedOut(most));
            }
        }
    }

    /** Returns the thread's name if it has ended for good though this isn't closed; normally empty. */
    Optional<String> failed() {
        return loop.failed();
    }

    @Override
    public void close() {
        loop.interrupt();
        loop.join(TURN); // it uses the turns
        turns.shutdown();
    }
}
