package gateway.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The result of one health check.
 *
 * @param time when the check ended
 * @param latency how long the check took
 * @param problem what was wrong; empty if the service is fine
 */
public record Check(Instant time, Duration latency, Optional<Problem> problem) {

    /**
     * What was wrong.
     *
     * @param words the problem for people, like {@code connection refused}
     * @param contact how far the check came
     */
    public record Problem(String words, Contact contact) {}

    /** How far a check with a problem came. */
    public enum Contact {
        /** A connection was made, and brought no answer or a bad one. */
        MADE,
        /** There was no connection in time. The service may only have more to do than it can accept. */
        LATE,
        /** No connection could be made. */
        REFUSED
    }

    /** Returns whether the check succeeded. */
    public boolean good() {
        return problem.isEmpty();
    }
}
