package gateway.registry;

import java.util.List;
import java.util.Optional;

/**
 * The effect of a registration.
 *
 * @param backend the backend that it concerns
 * @param before where the instance was until now, if it has moved
 * @param twin the service of the settings whose place it has taken: it had the same URL
 * @param displaced the id of the instance that was at this URL until now: another process has it
 * @param back whether it has moved back to where it came from last: two processes may have the same id
 */
public record Registered(
        Outcome outcome,
        Backend backend,
        List<Backend> before,
        Optional<Backend> twin,
        Optional<String> displaced,
        boolean back) {
    /** What a registration did. */
    public enum Outcome {
        /** The instance is new: it waits for its first check, and then serves beside the others of its name. */
        ADDED,
        /** The name has an instance at this URL: its lease starts again. */
        RENEWED,
        /** The instance, known by an id of its own, is at another URL now; see {@link Backend#leaving}. */
        MOVED
    }
}
