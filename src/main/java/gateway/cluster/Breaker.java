package gateway.cluster;

import gateway.util.Time;
import java.time.Instant;

/**
 * A circuit breaker for Redis. While it is closed, requests ask Redis. Three failures in a row open it; then no request
 * asks Redis until a probe has succeeded. Reading it costs one volatile read; a success writes only after a failure.
 */
final class Breaker {
    /** How many failures in a row open the breaker; a single one may be a connection that was closed meanwhile. */
    static final int FAILURES = 3;

    /**
     * The breaker's state.
     *
     * @param closed whether Redis is asked
     * @param since when the state began
     * @param words why Redis isn't asked; empty if it is
     */
    record State(boolean closed, Instant since, String words) {}

    private final Time time;
    private volatile int failures;
    private long failedLast;
    private volatile State state;

    /** Makes a closed breaker. */
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

    /** Notes a success. An open breaker stays open: a call that was under way when it opened proves nothing. */
    void succeeded() {
        if (failures != 0) {
            failures = 0;
        }
    }

    /**
     * Notes a failure; returns whether that opened the breaker. Of calls that waited at the same time only the first
     * counts: else a single late answer, or a pause of this gateway itself, would make many failures.
     *
     * @param asked when the failed call was made, nanoseconds
     */
    synchronized boolean failed(long asked, String words) {
        if (failures > 0 && asked - failedLast < 0) {
            return false;
        }
        failedLast = time.nanos();
        failures++;
        return failures >= FAILURES && open(words);
    }

    /** Opens the breaker at once; returns whether it was closed. */
    synchronized boolean open(String words) {
        if (!state.closed()) {
            return false;
        }
        state = new State(false, time.now(), words);
        return true;
    }

    /** Closes the breaker after a successful probe; returns whether it was open. */
    synchronized boolean close() {
        failures = 0;
        if (state.closed()) {
            return false;
        }
        state = new State(true, time.now(), "");
        return true;
    }
}
