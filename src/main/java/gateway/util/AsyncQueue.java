package gateway.util;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands things over to one thread of its own, which may be slow: whoever hands something over never waits, and when the
 * box is full it is dropped and counted. After each look the thread rests for {@link #PAUSE} before it waits for more: in
 * busy times it isn't woken for each thing, which would cost the giver some microseconds.
 */
public final class AsyncQueue<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AsyncQueue.class);
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final int MOST_AT_ONCE = 1000; // even if it never empties, there is a complaint now and then
    private static final Duration LONGEST_WAITING = Duration.ofMillis(100);
    private static final Duration LONGEST_CLOSING = Duration.ofSeconds(1);
    private static final Duration COMPLAINT_PAUSE = Duration.ofSeconds(10);

    private final String name;
    private final Consumer<T> taker;
    private final Runnable afterwards;
    private final ArrayBlockingQueue<T> waiting;
    private final LongAdder dropped = new LongAdder();
    private final Thread thread;
    private long droppedBefore;
    private long complainedAt;
    private volatile boolean closing;

    /**
     * @param name what is in it, in words; its thread is called so too
     * @param capacity how many things it holds
     * @param taker gets them in order, on the box's thread
     * @param afterwards called there whenever nothing more has come
     */
    public AsyncQueue(String name, int capacity, Consumer<T> taker, Runnable afterwards) {
        this.name = name;
        this.taker = taker;
        this.afterwards = afterwards;
        this.waiting = new ArrayBlockingQueue<>(capacity);
        this.thread = Threads.daemons(name).newThread(this::run);
        this.complainedAt = System.nanoTime() - COMPLAINT_PAUSE.toNanos();
    }

    /** Starts the thread. What was given before is kept for it. */
    public void start() {
        thread.start();
    }

    /** Hands it over; never waits. */
    public void give(T thing) {
        if (!waiting.offer(thing)) {
            dropped.increment();
        }
    }

    /** How many were dropped. */
    public long dropped() {
        return dropped.sum();
    }

    /** How many are waiting. */
    public int waiting() {
        return waiting.size();
    }

    private void run() {
        boolean last;
        do {
            last = closing;
            takeAll(waiting.poll());
            complain(last);
            takeAll(waiting.poll()); // the complaint may be in this very box
            afterwards.run();
            last &= waiting.isEmpty();
            if (!last && waiting.isEmpty()) {
                LockSupport.parkNanos(this, PAUSE.toNanos());
                takeAll(await());
            }
        } while (!last);
    }

    /** The next thing; null if none comes in time. */
    private T await() {
        try {
            return waiting.poll(LONGEST_WAITING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) { // by nobody
            return null;
        }
    }

    private void takeAll(T first) {
        int left = MOST_AT_ONCE;
        for (T thing = first; thing != null; thing = --left > 0 ? waiting.poll() : null) {
            try {
                taker.accept(thing);
            } catch (RuntimeException | Error e) {
                LOG.error("One of the {} failed", name, e);
            }
        }
    }

    private void complain(boolean now) {
        long sum = dropped.sum();
        long time = System.nanoTime();
        if (sum > droppedBefore && (now || time - complainedAt >= COMPLAINT_PAUSE.toNanos())) {
            LOG.warn("{} of the {} were dropped: whoever reads the log is too slow", sum - droppedBefore, name);
            droppedBefore = sum;
            complainedAt = time;
        }
    }

    /** Lets the thread take what is there, for a second at most. */
    @Override
    public void close() {
        closing = true;
        try {
            thread.join(LONGEST_CLOSING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
