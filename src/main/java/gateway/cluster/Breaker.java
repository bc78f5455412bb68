package gateway.cluster;

import gateway.util.Time;
import java.time.Instant;

/**
 * Whether Redis is worth asking. Closed, it is; three failures in a row open it, and then nobody asks until a probe has
 * succeeded. Asking it costs one volatile read; a success writes only after a failure.
 */
final class Breaker {
    /** In a row, one after another; a single one may be a connection that was closed meanwhile. */
    static final int FAILURES = 3;

    /**
     * How it is.
     *
     * @param closed whether Redis is asked
     * @param since since when
     * @param words why Redis isn't asked; empty if it is
     */
    record State(boolean closed, Instant since, String words) {}

    private final Time time;
    private volatile int failures;
    private long failedLast;
    private volatile State state;

    /** Closed. */
    Breaker(Time time) {
        this.time = time;
        this.state = new State(true, time.now(), "");
    }

    boolean isOpen() {
        return !state.closed();
    }

    State state() {
        return state;
    }

    /** Redis did what it was asked for. It stays open if it is: what was under way when it opened proves nothing. */
    void succeeded() {
        if (failures != 0) {
            failures = 0;
        }
    }

    /**
     * Redis failed; returns whether that opened it. Of requests that waited at the same time only the first counts: else a
     * single late answer, or a pause of this gateway itself, would be many failures.
     *
     * @param asked when it had been asked, nanoseconds
     */
    synchronized boolean failed(long asked, String words) {
        if (failures > 0 && asked - failedLast < 0) {
            return false;
        }
        failedLast = time.nanos();
        failures++;
        return failures >= FAILURES && open(words);
    }

    /** Opens it at once; returns whether it was closed. */
    synchronized boolean open(String words) {
        if (!state.closed()) {
            return false;
        }
        state = new State(false, time.now(), words);
        return true;
    }

    /** A probe succeeded; returns whether it was open. */
    synchronized boolean close() {
        failures = 0;
        if (state.closed()) {
            return false;
        }
        state = new State(true, time.now(), "");
        return true;
    }
}
