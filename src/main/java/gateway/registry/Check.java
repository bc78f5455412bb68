package gateway.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What one health check saw.
 *
 * @param time when it ended
 * @param latency how long it took
 * @param problem what was wrong; empty if the service is fine
 */
public record Check(Instant time, Duration latency, Optional<Problem> problem) {

    /**
     * What was wrong.
     *
     * @param words for people, like {@code connection refused}
     * @param unreachable no connection could be made: not slow, not ill, not there
     */
    public record Problem(String words, boolean unreachable) {}

    /** Whether the service said it is fine. */
    public boolean good() {
        return problem.isEmpty();
    }
}
