package gateway.util;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded queue with one consumer thread, which may be slow. Producers never wait: when the queue is full, their
 * items are dropped and counted. Each time it has emptied the queue, the consumer rests for {@link #PAUSE} before it
 * waits for more, so that in busy times producers needn't wake it for each item, which would cost them some
 * microseconds.
 */
public final class AsyncQueue<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AsyncQueue.class);
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final int MOST_AT_ONCE = 1000; // so that drops are logged even if the queue never empties
    private static final Duration LONGEST_WAITING = Duration.ofMillis(100);
    private static final Duration LONGEST_CLOSING = Duration.ofSeconds(1);
    private static final Duration WARNING_PAUSE = Duration.ofSeconds(10);

    /** What can be in the queue besides items. */
    private enum Signal {
        /** Ends the thread's waiting for an item. */
        WAKE_UP
    }

    private final String name;
    private final Consumer<T> consumer;
    private final Runnable afterwards;
    private final ArrayBlockingQueue<Object> queue;
    private final LongAdder dropped = new LongAdder();
    private final Thread thread;
    private long droppedBefore;
    private long warnedAt;
    private volatile boolean closing;

    /**
     * @param name names the items, for the log; also the thread's name
     * @param capacity how many items the queue holds
     * @param consumer receives the items in order, on the queue's thread
     * @param afterwards called on that thread whenever the queue is empty
     */
    public AsyncQueue(String name, int capacity, Consumer<T> consumer, Runnable afterwards) {
        this.name = name;
        this.consumer = consumer;
        this.afterwards = afterwards;
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.thread = Threads.daemons(name).newThread(this::run);
        this.warnedAt = System.nanoTime() - WARNING_PAUSE.toNanos();
    }

    /** Starts the thread. Items that were added before wait for it. */
    public void start() {
        thread.start();
    }

    /** Adds an item, or drops it if the queue is full; never waits. */
    public void add(T item) {
        if (!queue.offer(item)) {
            dropped.increment();
        }
    }

    /** Returns how many items were dropped. */
    public long dropped() {
        return dropped.sum();
    }

    /** Returns how many items are in the queue. */
    public int size() {
        return queue.size();
    }

    private void run() {
        boolean last;
        do {
            last = closing;
            try {
                last &= round(last);
            } catch (RuntimeException | Error e) { // else nobody would write another line
                Loop.survived(name, e);
                last = false;
                LockSupport.parkNanos(this, PAUSE.toNanos());
            }
        } while (!last);
    }

    /** Empties the queue and rests; returns whether it is still empty. */
    private boolean round(boolean last) {
        consumeAll(queue.poll());
        warnOfDrops(last);
        consumeAll(queue.poll()); // the warning may itself be in this queue
        afterwards.run();
        if (!last && queue.isEmpty()) {
            LockSupport.parkNanos(this, PAUSE.toNanos());
            consumeAll(await());
        }
        return queue.isEmpty();
    }

    /** Returns the queue's name if its thread has ended for good though nobody closed it; normally empty. */
    public Optional<String> failed() {
        return !closing && thread.getState() == Thread.State.TERMINATED ? Optional.of(name) : Optional.empty();
    }

    /** Waits for the next item; returns null if none comes in time. */
    private Object await() {
        try {
            return queue.poll(LONGEST_WAITING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) { // nothing interrupts this thread
            return null;
        }
    }

    @SuppressWarnings("unchecked") // all else in the queue came through add
    private void consumeAll(Object first) {
        int left = MOST_AT_ONCE;
        for (Object item = first; item != null; item = --left > 0 ? queue.poll() : null) {
            try {
                if (item != Signal.WAKE_UP) {
                    consumer.accept((T) item);
                }
            } catch (RuntimeException | Error e) {
                Loop.survived(name, e);
            }
        }
    }

    private void warnOfDrops(boolean now) {
        long sum = dropped.sum();
        long time = System.nanoTime();
        if (sum > droppedBefore && (now || time - warnedAt >= WARNING_PAUSE.toNanos())) {
            LOG.warn("dropped {} {}: stdout is read too slowly", sum - droppedBefore, name);
            droppedBefore = sum;
            warnedAt = time;
        }
    }

    /** Waits until the thread has handled the queued items, for a second at most. */
    @Override
    public void close() {
        closing = true;
        queue.offer(Signal.WAKE_UP); // if the queue is full, the thread isn't waiting
        try {
            thread.join(LONGEST_CLOSING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
