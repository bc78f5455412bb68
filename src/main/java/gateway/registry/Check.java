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
     * @param unreachable whether no connection could be made, rather than a connection with no answer or a bad one
     */
    public record Problem(String words, boolean unreachable) {}

    /** Returns whether the check succeeded. */
    public boolean good() {
        return problem.isEmpty();
    }
}
