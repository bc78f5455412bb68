package gateway;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands things over to one thread of its own, which may be slow: whoever hands something over never waits, and when the
 * box is full it is dropped and counted.
 *
 * <p>A ring. Givers claim a place by moving {@link #given} on and then fill it; the taker empties places and tells the
 * givers of it by {@link #taken}, now and then only, because each time their processors must fetch it anew. While there
 * is something to do, the taker isn't woken but looks again by itself after a {@link #PAUSE}: waking a thread costs its
 * giver some microseconds, looking at an empty ring costs nobody anything.
 */
public final class Mailbox<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_CLOSING = Duration.ofSeconds(1);
    private static final long COMPLAINT_PAUSE = TimeUnit.SECONDS.toNanos(10);
    private static final int TELL_AFTER = 64;

    private final String name;
    private final Consumer<T> taker;
    private final Runnable afterwards;
    private final AtomicReferenceArray<T> ring;
    private final AtomicLong given = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final LongAdder dropped = new LongAdder();
    private final Thread thread;
    private long next;
    private long droppedBefore;
    private long complainedAt;
    private volatile boolean asleep;
    private volatile boolean closing;

    /**
     * @param name what is in it, in words; its thread is called so too
     * @param capacity how many things it holds, a power of two
     * @param taker gets them in order, on the box's thread
     * @param afterwards called there whenever nothing more has come
     */
    public Mailbox(String name, int capacity, Consumer<T> taker, Runnable afterwards) {
        this.name = name;
        this.taker = taker;
        this.afterwards = afterwards;
        this.ring = new AtomicReferenceArray<>(capacity);
        this.thread = Threads.daemons(name).newThread(this::run);
        this.complainedAt = System.nanoTime() - COMPLAINT_PAUSE;
    }

    /** Starts the thread. What was given before is kept for it. */
    public void start() {
        thread.start();
    }

    /** Hands it over; never waits. */
    public void give(T thing) {
        long place = given.get();
        while (true) {
            if (place - taken.get() >= ring.length()) {
                dropped.increment();
                return;
            }
            long seen = given.compareAndExchange(place, place + 1);
            if (seen == place) {
                break;
            }
            place = seen;
        }
        ring.set(index(place), thing);
        if (asleep) { // read after the place was filled, as the taker looks at the place after it has said so
            asleep = false;
            LockSupport.unpark(thread);
        }
    }

    /** How many were dropped. */
    public long dropped() {
        return dropped.sum();
    }

    /** How many are waiting, or have been until just now. */
    public long waiting() {
        return given.get() - taken.get();
    }

    private int index(long place) {
        return (int) place & (ring.length() - 1);
    }

    private void run() {
        while (true) {
            boolean last = closing;
            takeAll();
            complain(last);
            takeAll(); // the complaint may be in this very box
            afterwards.run();
            if (last) {
                return;
            }
            LockSupport.parkNanos(this, PAUSE.toNanos());
            if (ring.get(index(next)) == null) {
                asleep = true;
                if (ring.get(index(next)) == null && !closing) {
                    LockSupport.park(this);
                }
                asleep = false;
            }
        }
    }

    private void takeAll() {
        for (T thing = ring.get(index(next)); thing != null; thing = ring.get(index(next))) {
            ring.setPlain(index(next), null);
            if (++next % TELL_AFTER == 0) {
                taken.set(next);
            }
            try {
                taker.accept(thing);
            } catch (RuntimeException | Error e) {
                LOG.error("One of the {} failed", name, e);
            }
        }
        taken.set(next);
    }

    private void complain(boolean now) {
        long sum = dropped.sum();
        long time = System.nanoTime();
        if (sum > droppedBefore && (now || time - complainedAt >= COMPLAINT_PAUSE)) {
            LOG.warn("{} of the {} were dropped: whoever reads the log is too slow", sum - droppedBefore, name);
            droppedBefore = sum;
            complainedAt = time;
        }
    }

    /** Lets the thread take what is there, for a second at most. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(LONGEST_CLOSING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
