package gateway.util;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon thread that repeats a step until it is closed. Whatever a step throws is logged, and the thread goes on: even
 * after an Error, since memory that was lacking once may be there again, and nobody would start another thread.
 */
public final class Loop {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    /** The pause after a step that threw, lest one that always throws take a whole CPU. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** What is repeated. */
    public interface Step {
        /**
         * Runs once.
         *
         * @throws InterruptedException if it was interrupted; the thread goes on unless it is to end
         */
        void run() throws InterruptedException;
    }

    private final String name;
    private final Step step;
    private final Thread thread;
    private volatile boolean ending;

    /** @param name the thread's name */
    public Loop(String name, Step step) {
        this.name = name;
        this.step = step;
        this.thread = Threads.daemons(name).newThread(this::run);
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    private void run() {
        while (!ending) {
            try {
                step.run();
            } catch (InterruptedException e) {
                // it is to end, or else nobody meant this thread
            } catch (RuntimeException | Error e) {
                survived(name, e);
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Logs what a step of a thread threw that goes on, if that is possible: an Error may well happen again here. */
    public static void survived(String name, Throwable thrown) {
        try {
            LOG.error("A step of {} failed; it goes on", name, thrown);
        } catch (RuntimeException | Error e) {
            // there is nobody else to tell
        }
    }

    /** Returns the thread's name if it has ended for good though nobody wanted that; normally empty. */
    public Optional<String> failed() {
        return !ending && thread.getState() == Thread.State.TERMINATED ? Optional.of(name) : Optional.empty();
    }

    /** Returns whether the thread is to end. */
    public boolean isEnding() {
        return ending;
    }

    /** Has the thread end after the current step. */
    public void end() {
        ending = true;
    }

    /** Has the thread end, and interrupts the current step. */
    public void interrupt() {
        ending = true;
        thread.interrupt();
    }

    /** Waits until the thread has ended; returns whether it has. */
    public boolean join(Duration most) {
        try {
            thread.join(most.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
